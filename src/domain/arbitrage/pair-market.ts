/** What both legs hear of their markets, and when it counts (docs/concepts/legs.md, "Prices"). Pure. */
import { lotsFor, notionalOf } from '../instrument.ts'
import type { BookLevel, MarketBook, MarketPrice } from '../market.ts'
import {
  divide,
  type Money,
  money,
  mulDiv,
  type Price,
  price,
  quantity,
  RATIO_SCALE,
  type Ratio,
} from '../money.ts'
import { isCrossed, touchOf } from './depth.ts'
import { equityOfLeg, type HeardPrice, type Leg, type Legs } from './leg-state.ts'
import type { LegMarket } from './opportunity.ts'
import type { PairSettings } from './pair-parameters.ts'

/** A price as it is kept; without bid and ask they are taken to lie half a spread from the last price. */
export function heardFrom(at: number, found: MarketPrice, halfSpread: Ratio): HeardPrice {
  const { last, mark, book, funding } = found
  const touch = book === undefined ? null : touchOf(book)
  const bid = touch?.bid ?? found.bid ?? beside(last, 0 - halfSpread, 'floor')
  const ask = touch?.ask ?? found.ask ?? beside(last, halfSpread, 'ceil')
  return {
    at,
    last,
    mark,
    bid,
    ask: found.ask === undefined && touch === null ? price(Math.max(ask, bid + 1)) : ask,
    bidQuantity: found.bidQuantity ?? null,
    askQuantity: found.askQuantity ?? null,
    book: book ?? null,
    funding: funding ?? null,
  }
}

const beside = (last: Price, by: number, rounding: 'floor' | 'ceil'): Price =>
  price(Math.max(1, mulDiv(last, RATIO_SCALE + by, RATIO_SCALE, rounding)))

/** Why the price of a leg does not count at a moment; null = it does. */
export function priceFault({ heard }: Leg, at: number, ageMaxMs: number): string | null {
  if (heard === null) return 'no price yet'
  if (heard.bid >= heard.ask || (heard.book !== null && isCrossed(heard.book)))
    return 'bid and ask are crossed'
  return at - heard.at > ageMaxMs ? `the price is ${at - heard.at} ms old` : null
}

/** Both prices count now. */
export const pricesCount = ({ pair, at }: Legs, { priceAgeMs }: PairSettings): boolean =>
  pair.every((leg) => priceFault(leg, at, priceAgeMs) === null)

/** Units that stand for "as much as anybody wants" where no size is told. */
const PLENTY_UNITS = 1e12

function bookOf({ heard, unit }: Leg): MarketBook {
  if (heard?.book) return heard.book
  const plenty = quantity(Math.max(1, divide(PLENTY_UNITS, unit, 'floor')))
  const level = (at: Price | undefined, lots: number | null | undefined): BookLevel[] =>
    at === undefined ? [] : [[at, lots == null ? plenty : quantity(lots)]]
  return {
    bids: level(heard?.bid, heard?.bidQuantity),
    asks: level(heard?.ask, heard?.askQuantity),
  }
}

/** Money of a leg that may be margin, bound or not. */
const marginOf = (leg: Leg): number =>
  mulDiv(Math.max(0, Math.trunc(equityOfLeg(leg))), leg.marginShare, RATIO_SCALE, 'floor')

/** What a margin carries; as much as can be counted at most. */
const carriedBy = (margin: number, leverage: number): Money =>
  money(Math.min(Number.MAX_SAFE_INTEGER, Math.floor(margin * leverage)))

/** Most units that both legs can hold with what they are worth now: a clip that one venue refuses for margin is never begun. */
export function carriedUnits({ pair, grid }: Legs): number {
  const units = pair.map((leg) => {
    if (leg.heard === null) return 0
    const at = price(Math.max(leg.heard.ask, leg.heard.mark))
    return lotsFor(leg.instrument, at, carriedBy(marginOf(leg), leg.leverage)) * leg.unit
  })
  return Math.floor(Math.min(...units) / grid.step) * grid.step
}

/** One leg as the opportunity model wants it (opportunity.ts). */
export function legMarket(leg: Leg): LegMarket {
  const { leverage } = leg
  const { position } = leg.book
  const held = quantity(Math.abs(position))
  const value = leg.heard === null ? 0 : notionalOf(leg.instrument, leg.heard.mark, held)
  const marginFree = money(Math.max(0, marginOf(leg) - Math.ceil(value / leverage)))
  return {
    instrument: leg.instrument,
    book: bookOf(leg),
    funding: leg.heard?.funding ?? null,
    fees: { entry: leg.taker, exit: leg.taker },
    leverage,
    marginFree,
    settleRate: leg.settleRate,
  }
}
