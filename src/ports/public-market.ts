/** The public side of a venue: contracts, candles, prices and funding, without any key. */
import type { Instrument } from '../domain/instrument.ts'
import type { Candle, FundingRate } from '../domain/market.ts'
import type { Price } from '../domain/money.ts'

/** What streams tell of one contract; everything may come late or twice. */
export interface PublicListener {
  /** The latest trade, or the mid of the book where the venue tells no trade. */
  onPrice(last: Price): void
  onMark(mark: Price): void
  /** The minute that runs, as it stands. */
  onMinute(candle: Candle): void
}

/** Questions throw VenueError: `rejected` where the venue has no such contract, else why there is no answer. */
export interface PublicVenue {
  /** The venue's wall clock, ms. */
  venueNow(): number
  /** @param symbol ccxt's unified symbol */
  instrument(symbol: string): Promise<Instrument>
  /** 1m candles that opened at or after a moment (venue ms), oldest first; the last one may still run. */
  minutes(instrument: Instrument, openedFrom: number): Promise<readonly Candle[]>
  /** Rates settled after a moment, oldest first. */
  settledFunding(instrument: Instrument, after: number): Promise<readonly FundingRate[]>
  /** The mark, and the rate that is settled next; null where the venue does not tell. */
  terms(
    instrument: Instrument,
  ): Promise<{ readonly mark: Price | null; readonly funding: FundingRate | null }>
  /** Streams of a contract from now on. Reconnects by itself. */
  watch(instrument: Instrument, listener: PublicListener): void
  close(): Promise<void>
}
