/** What the journals of all accounts add up to, by instance; it grows with them and outlives every process. */
import type { Money } from '../domain/money.ts'
import type { JournalOutcome } from './journal-store.ts'

export interface InstanceFigures {
  /** `{mode}-{venue}-{account}`. */
  readonly account: string
  readonly instance: string
  readonly venue: string
  readonly symbol: string
  /** Orders whose end is known, by what it was. */
  readonly outcomes: Readonly<Partial<Record<JournalOutcome, number>>>
  /** Closed round trips. */
  readonly trades: Readonly<Record<'long' | 'short', number>>
  /** Of the closed round trips, net of fees. */
  readonly tradeProfit: Money
  /** Round trips that earned something net of fees. */
  readonly wins: number
  /** The newest round trips that did not, in a row. */
  readonly lossesInARow: number
  /** Amounts of funding that were paid, without those that were received. */
  readonly fundingPaid: Money
}

export interface JournalFigures {
  /** Reads on from where it stood, in short turns; null = not everything has been read yet, ask again later. */
  read(): Promise<readonly InstanceFigures[] | null>
}
