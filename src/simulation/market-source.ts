/** What the simulated exchange needs from a feed: it pulls, and the same question always has the same answer. */
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { Candle, FundingRate } from '../domain/market.ts'
import type { Price } from '../domain/money.ts'

/** Implemented by the replay of history and by the demo market. */
export interface MarketSource {
  readonly instruments: readonly Instrument[]
  /** The candle that opens at or after `at`, null at the end of the data. */
  candleFrom(instrument: InstrumentId, at: number): Candle | null
  /** Funding settled in (after, until], ascending. */
  funding(instrument: InstrumentId, after: number, until: number): readonly FundingRate[]
  /** The mark at a time if the source has a series of its own; null = last. */
  markAt(instrument: InstrumentId, at: number): Price | null
}
