/**
 * Order books of a venue in public, without any key: what the scanner of opportunities compares. Whole books come out of it,
 * however the venue tells them (snapshots or changes).
 */
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { FundingTerms, MarketBook } from '../domain/market.ts'

/** What a venue tells of the contracts that are watched; everything may come late or twice. */
export interface BookListener {
  /**
   * The book as it stands, whole and best first on both sides; a side may be empty. Never called with a book that has lost a
   * change: such a book is down until it was taken anew.
   * @param at stamp of the venue, ms
   */
  onBook(instrument: InstrumentId, book: MarketBook, at: number): void
  /** The rate that is settled next, as the venue tells it now. */
  onFunding(instrument: InstrumentId, terms: FundingTerms, at: number): void
  /** The book counts no more until the next `onBook`: connection lost, a gap in the numbers, silence. */
  onDown(instrument: InstrumentId, reason: string): void
}

/** Questions throw VenueError that says why there is no answer. */
export interface BookFeed {
  readonly venue: string
  /** The venue's clock, ms. */
  venueNow(): number
  /** Perpetual contracts that are open for trading, with base fees. */
  instruments(): Promise<readonly Instrument[]>
  /** Books and funding of these contracts from now on, instead of those of an earlier call. Reconnects by itself. */
  watch(instruments: readonly Instrument[], listener: BookListener): void
  /** How the connections do. */
  link(): BookFeedLink
  close(): Promise<void>
}

export interface BookFeedLink {
  readonly isOpen: boolean
  readonly reconnects: number
  /** Wall ms; null = nothing has come yet. */
  readonly lastMessageAt: number | null
}
