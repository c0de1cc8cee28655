/** How market time passes (docs/concepts/clocks.md): what the two paces have in common. */
import type { ExchangePush, ExchangeState } from '../protocol/exchange-messages.ts'

/** Where a pace tells what has happened. Called after the commit, in order. */
export interface Teller {
  /** To every subscribed connection of an account. */
  push(account: string, message: ExchangePush): void
  /** Whether a living connection has attached this instance. */
  isLive(instance: string): boolean
}

export interface Pace {
  start(): void
  stop(): void
  /** An instance was attached (again) by a living connection. */
  onAttached(account: string): void
  /** An instance was let go for good (its id), or a connection has ended (null). */
  onDetached(account: string, instance: string | null): void
  /** A request of an account was handled and committed. */
  onHandled(): void
  onStepDone(account: string, step: number): void
  readonly state: ExchangeState
  readonly waitingFor: readonly string[]
}
