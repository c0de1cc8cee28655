/** Reads the journals of all accounts page by page, newest first, beside the desks that write them. */
import type { NumberedEvent } from '../domain/account-event.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { JournalOrderRow } from './journal-store.ts'

/** By account: rows with a lower number come next. An account that is not named has no more of them. */
export type JournalPlace = Readonly<Record<string, number>>

export interface JournalQuestion {
  /** With all its legs; null = of all. */
  readonly instance: string | null
  readonly venue: string | null
  /** Rows before it are left out, ms: wall time of orders, market time of events. */
  readonly since: number | null
  readonly limit: number
  /** Where the page before ended; null = from the newest row on. */
  readonly place: JournalPlace | null
  /** Rows up to these numbers are left out; absent = none. */
  readonly above?: JournalPlace
}

/** Rows that come into a journal later do not change what follows. */
export interface JournalPart<Row> {
  readonly rows: readonly Row[]
  /** Null: there are no more. */
  readonly next: JournalPlace | null
  /** Number of the newest row of each account that was looked at. */
  readonly top: JournalPlace
}

/** `account`: `{mode}-{venue}-{account}`. */
export interface PlacedOrder {
  readonly account: string
  readonly instrument: Instrument
  readonly order: JournalOrderRow
}

export interface PlacedEvent {
  readonly account: string
  readonly instrument: Instrument
  readonly instance: string
  readonly event: NumberedEvent
}

/** Every method throws Error with one sentence when a journal cannot be read. */
export interface JournalPages {
  /** @param which `active`: only those whose end is not known yet */
  orders(question: JournalQuestion, which: 'all' | 'active'): JournalPart<PlacedOrder>
  /** @param kind null = all */
  events(question: JournalQuestion, kind: NumberedEvent['kind'] | null): JournalPart<PlacedEvent>
}
