/** What the simulated exchange needs from a feed: it pulls, and the same question always has the same answer. */
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { Candle, FundingRate } from '../domain/market.ts'
import type { Price } from '../domain/money.ts'

/** Implemented by the replay of history, by the demo market, and by the public prices of venues. */
export interface MarketSource {
  readonly instruments: readonly Instrument[]
  /** Candles come while time passes: that there is none yet is no end. Whoever adds one says so (`SimulatedExchange.grow`). */
  readonly isGrowing?: boolean
  /** Candles that open within the same span share one volume, ms; absent = each has its own. */
  readonly volumeSpanMs?: number
  /** Whoever comes in the midst of a candle finds it running, instead of waiting for the next open. */
  readonly isJoinedMidCandle?: boolean
  /** Until when rates are known, for a source that grows; absent = all are. */
  fundingKnownUntil?(instrument: InstrumentId): number
  /** The candle that opens at or after `at`, null at the end of the data. */
  candleFrom(instrument: InstrumentId, at: number): Candle | null
  /** Funding settled in (after, until], ascending. */
  funding(instrument: InstrumentId, after: number, until: number): readonly FundingRate[]
  /** The mark at a time if the source has a series of its own; null = last. */
  markAt(instrument: InstrumentId, at: number): Price | null
}
