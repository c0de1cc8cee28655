/** What every signed route gets: whose request it is, and what it may use. */
import type { Instrument } from '../../../domain/instrument.ts'
import type { EngineExpiries } from '../engine-expiries.ts'
import type { SandboxAccount, SandboxBackend, SandboxEvent } from '../front.ts'
import type { Countdowns } from './countdowns.ts'
import type { ListenKeys } from './listen-keys.ts'
import type { Params } from './params.ts'
import type { Json } from './wire.ts'

export interface AccountCall {
  readonly backend: SandboxBackend
  readonly account: SandboxAccount
  readonly params: Params
  readonly expiries: EngineExpiries
  readonly countdowns: Countdowns
  readonly listenKeys: ListenKeys
  /** Builders that the account has approved, by address. */
  readonly builders: Map<string, Json>
  /** Tells the streams of the account. */
  tell(events: readonly SandboxEvent[]): void
}

export type AccountRoute = (call: AccountCall) => Json

/** The instrument of an id that the account holds something in. @throws Error for an unlisted one */
export function instrumentOf(backend: SandboxBackend, id: string): Instrument {
  const found = backend.instrument(id)
  if (found === null) {
    throw new Error(`The exchange names an instrument that it does not list: ${id}.`)
  }
  return found.instrument
}
