/**
 * What a wanted size costs on a book: walked level by level, exact in money, its average price rounded against the trader.
 * Source: Hummingbot `get_quote_price` for the amount (`arbitrage_executor.py:159`).
 */
import { type Instrument, notionalOf } from '../instrument.ts'
import type { BookLevel, MarketBook } from '../market.ts'
import {
  divide,
  invariant,
  type Money,
  money,
  mulDiv,
  type Price,
  price,
  type Quantity,
  quantity,
} from '../money.ts'
import type { Side } from '../order.ts'

/** A size as it would be taken from a book. */
export interface DepthPrice {
  readonly lots: Quantity
  /** Paid or received, exact: Σ price · lots of the levels. */
  readonly notional: Money
  /** Depth-weighted average; a buy is rounded up to the price unit, a sale down. */
  readonly average: Price
  /** The last level touched: a limit order at it takes the whole size from the book as it stands. */
  readonly worst: Price
}

/** The side of the book that an order takes from. */
export const levelsFor = (book: MarketBook, side: Side): readonly BookLevel[] =>
  side === 'buy' ? book.asks : book.bids

/**
 * How many lots wait for an order of this side at `worst` or better.
 * @param worst null = all that is known of the book
 */
export function depthOf(book: MarketBook, side: Side, worst: Price | null = null): Quantity {
  let lots = 0
  for (const [at, waiting] of levelsFor(book, side)) {
    if (worst !== null && (side === 'buy' ? at > worst : at < worst)) break
    lots += waiting
  }
  return quantity(lots)
}

/**
 * The depth-weighted price of a size; null = the book has less than that.
 * @param instrument a linear contract, whose notional is exact
 * @throws InvariantError for an inverse contract, and when the size is not positive
 */
export function depthPrice(
  instrument: Instrument,
  book: MarketBook,
  side: Side,
  lots: Quantity,
): DepthPrice | null {
  invariant(instrument.kind === 'linear', 'depth is priced for linear contracts')
  invariant(lots > 0, 'a size that is priced is positive')
  let left: number = lots
  let notional = 0
  for (const [at, waiting] of levelsFor(book, side)) {
    const taken = Math.min(left, waiting)
    notional += notionalOf(instrument, at, quantity(taken))
    left -= taken
    if (left > 0) continue
    const average = averagePrice(instrument, money(notional), lots, side)
    return { lots, notional: money(notional), average, worst: at }
  }
  return null
}

function averagePrice(instrument: Instrument, notional: Money, lots: Quantity, side: Side): Price {
  const perUnit = lots * instrument.moneyPerUnit
  return price(divide(notional, perUnit, side === 'buy' ? 'ceil' : 'floor'))
}

/** Best bid and best ask; null = a side is empty. */
export function touchOf(book: MarketBook): { readonly bid: Price; readonly ask: Price } | null {
  const bid = book.bids[0]?.[0]
  const ask = book.asks[0]?.[0]
  return bid === undefined || ask === undefined ? null : { bid, ask }
}

/** A book whose best bid is at or above its best ask says nothing: a message was lost or the venue is in trouble. */
export function isCrossed(book: MarketBook): boolean {
  const touch = touchOf(book)
  return touch !== null && touch.bid >= touch.ask
}

/** Levels best first, each with lots that wait: what an adapter must deliver. */
export function isOrdered(book: MarketBook): boolean {
  const rises = (levels: readonly BookLevel[], sign: 1 | -1): boolean =>
    levels.every(([at, lots], index) => {
      const before = levels[index - 1]
      return lots > 0 && (before === undefined || (at - before[0]) * sign > 0)
    })
  return rises(book.asks, 1) && rises(book.bids, -1)
}

/**
 * Money of a size at the middle of the touch: rounded up for a buy, down for a sale. What the taken price is worse than it is the
 * cost of crossing the book once.
 */
export function midNotional(
  instrument: Instrument,
  touch: { readonly bid: Price; readonly ask: Price },
  lots: Quantity,
  rounding: 'floor' | 'ceil',
): Money {
  return money(mulDiv(touch.bid + touch.ask, lots * instrument.moneyPerUnit, 2, rounding))
}
