/** What is added to the journals of all accounts, for whoever follows them while their desks write. */
import type { Instrument } from '../domain/instrument.ts'
import type { Fill } from '../domain/order.ts'
import type { JournalOrderRow } from './journal-store.ts'

export interface TailOrder {
  readonly order: JournalOrderRow
  readonly instrument: Instrument
}

export interface TailFill {
  readonly fill: Fill & { readonly instance: string }
  readonly instrument: Instrument
}

export interface JournalChanges {
  /** New ones, and those with another outcome or more filled, as they stand now. */
  readonly orders: readonly TailOrder[]
  /** In the order in which they were booked. */
  readonly fills: readonly TailFill[]
}

export interface JournalTail {
  /** What came since the last look, or since it was opened; costs next to nothing while nothing is written. */
  poll(): JournalChanges
  close(): void
}
