/** What the stream and the curves of equity need from outside src/fleet. */
import type { EquityStore } from '../../ports/equity-store.ts'
import type { JournalTail } from '../../ports/journal-tail.ts'

export interface StreamSources {
  /** Follows all journals from now on. */
  openTail(): JournalTail
}

export interface EquityKeeping {
  /** Belongs to the server, which closes it. */
  readonly store: EquityStore
  /** How long the coarsest points are kept, ms; null = for ever. */
  keptMs(): number | null
}
