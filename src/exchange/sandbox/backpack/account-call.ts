/** What every signed route gets: whose request it is, and what it may use. */
import type { Instrument } from '../../../domain/instrument.ts'
import type { EngineExpiries } from '../engine-expiries.ts'
import type { SandboxAccount, SandboxBackend, SandboxEvent } from '../front.ts'
import { marketOf } from './markets.ts'
import { optionalText, type Params } from './query.ts'
import type { Json } from './wire.ts'

export interface AccountCall {
  readonly backend: SandboxBackend
  readonly account: SandboxAccount
  /** Of the query, or of the body where the request has one. */
  readonly params: Params
  /** The orders of a batch, else empty. */
  readonly batch: readonly Params[]
  /** Venue wall ms after which the request counts no more. */
  readonly expiresAt: number
  readonly expiries: EngineExpiries
  /** Tells the streams of the account. */
  tell(events: readonly SandboxEvent[]): void
}

export type AccountRoute = (call: AccountCall) => Json

/** The instrument of an id that the account holds something in. @throws Error for an unlisted one */
export function instrumentOf(backend: SandboxBackend, id: string): Instrument {
  const found = backend.instrument(id)
  if (found === null)
    throw new Error(`The exchange names an instrument that it does not list: ${id}.`)
  return found.instrument
}

/** The market that `symbol` names; null = none is named. @throws BackpackRefusal */
export function marketParam({ backend, params }: AccountCall): Instrument | null {
  const symbol = optionalText(params, 'symbol')
  return symbol === null ? null : marketOf(backend, symbol).instrument
}
