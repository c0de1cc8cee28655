/** Where the books of a desk's prices come from: streams of their own, apart from those of the account. */
import type { Instrument, InstrumentId } from '../../../domain/instrument.ts'
import type { MarketBook } from '../../../domain/market.ts'

export interface BookSourceListener {
  /** null: what was told before does not count until the next one. @param at venue wall ms */
  onBook(instrument: InstrumentId, book: MarketBook | null, at: number): void
  /** One clause for the log. */
  onTrouble(text: string): void
}

export interface BookSource {
  /** So many levels of a side from now on, or as many as the venue streams; the greatest number asked for counts. */
  watch(instrument: Instrument, depth: number): void
  close(): void
}

export type OpenBooks = (listener: BookSourceListener) => BookSource
