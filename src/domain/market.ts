/** What a market tells: candles, prices, funding. All times are market time in ms since 1970 UTC. */
import type { InstrumentId } from './instrument.ts'
import type { Price, Quantity, Ratio } from './money.ts'

/** One bar; it covers [openAt, closeAt). */
export interface Candle {
  readonly openAt: number
  readonly closeAt: number
  readonly open: Price
  readonly high: Price
  readonly low: Price
  readonly close: Price
  readonly volume: Quantity
}

/** The rate that is settled at `at`: positive = longs pay shorts. */
export interface FundingRate {
  readonly at: number
  readonly rate: Ratio
}

/**
 * What an instrument's funding costs now: the rate of the running period, as the venue foretells it (live), or the last
 * one that was settled (recorded data: nothing is known ahead). A rate holds for one interval of its own venue, so rates
 * of two venues are compared per time only.
 */
export interface FundingTerms {
  /** For one whole interval; positive = longs pay shorts. */
  readonly rate: Ratio
  /** Length of the interval as the venue runs it now. */
  readonly intervalMs: number
  /** Market time of the next settlement. */
  readonly nextAt: number
}

/** Price and the quantity that waits there. */
export type BookLevel = readonly [Price, Quantity]

/** What waits on both sides, the best first; as many levels as were asked for, or as the venue has. */
export interface MarketBook {
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
}

/** Last traded and mark price of an instrument; the best bid and ask with their sizes and the index where a venue tells them. */
export interface MarketPrice {
  readonly last: Price
  readonly mark: Price
  readonly bid?: Price
  readonly ask?: Price
  readonly bidQuantity?: Quantity
  readonly askQuantity?: Quantity
  readonly index?: Price
  /** Where the venue tells it, or the recorded data has it; absent = not known. */
  readonly funding?: FundingTerms
  /** Only for who asked for depth (DeskInstanceSettings.bookDepth), where the venue streams it. */
  readonly book?: MarketBook
}

/** A closed candle, or a price worth looking at (a wake band was left, or a tick at free pace). */
export type MarketEvent =
  | {
      readonly kind: 'candle'
      readonly at: number
      readonly instrument: InstrumentId
      readonly candle: Candle
      readonly price: MarketPrice
    }
  | {
      readonly kind: 'price'
      readonly at: number
      readonly instrument: InstrumentId
      readonly price: MarketPrice
    }
