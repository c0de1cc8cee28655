/** What a venue can do to an account by itself, for rehearsals: fill an order at once, close a position by force. */
import type { InstrumentId } from '../domain/instrument.ts'
import { quantity } from '../domain/money.ts'
import { closingLots } from '../domain/position/position.ts'
import { isReduceOnly, remainingOf } from './book.ts'
import { legOf, priceOfTime } from './candle-path.ts'
import type { Hall } from './hall.ts'
import { move, sync } from './market-path.ts'
import { fillReached, fireReached, liquidateDead, liquidateHolding } from './meeting.ts'
import type { BookOrder, Holding } from './state.ts'
import { execute, fillOrder, reducibleLots, takerPrice } from './trading.ts'

/** Fills what is left of a resting limit order at its limit, whatever the volume; false when it does not rest. */
export function fillAtOnce(hall: Hall, order: BookOrder): boolean {
  const limit = order.request.price
  if (order.place !== 'resting' || limit === null) return false
  const lots = Math.min(remainingOf(order), reducibleLots(order))
  if (lots <= 0) return false
  fillOrder(hall, order, limit, lots, true)
  return true
}

/**
 * Cuts a resting reduce-only order to so many lots in all, what is filled included: some venues do it when the position has
 * become smaller than the order. Its place in the book stays; false when it cannot be cut to that.
 */
export function cutOrder(hall: Hall, order: BookOrder, lots: number): boolean {
  if (order.place !== 'resting' || !isReduceOnly(order.request)) return false
  if (lots <= order.filled || lots > order.lots) return false
  order.lots = lots
  hall.noteOrder(order)
  return true
}

/** Liquidates a position although its margin would do; false when there is none. */
export function liquidateAtOnce(hall: Hall, holding: Holding): boolean {
  if (holding.position.quantity === 0) return false
  liquidateHolding(hall, holding)
  return true
}

/** Auto-deleveraging: the venue closes a part (at most all) of a position at the present price. */
export function deleverage(hall: Hall, holding: Holding, lots: number): boolean {
  const held = holding.position.quantity
  if (held === 0 || lots <= 0) return false
  const side = held > 0 ? 'sell' : 'buy'
  execute(hall, holding, {
    clientId: null,
    side,
    price: takerPrice(holding, side, null),
    lots: closingLots(held, side, quantity(lots)),
    isMaker: false,
    isLiquidation: false,
  })
  return true
}

/**
 * The source has moved the prices of a market: the candle that runs is read anew, the price jumps to where it is by now, and
 * what the jump passes is met as at an open with a gap.
 */
export function jump(hall: Hall, instrument: InstrumentId): void {
  const market = hall.activeMarket(instrument)
  if (market === null) return
  const { candle, next } = market
  const { source, at, endAt } = hall
  market.isStale = true
  if (next !== null) market.next = source.candleFrom(instrument, next.openAt)
  if (candle === null) return
  const fresh = source.candleFrom(instrument, candle.openAt)
  if (fresh === null || fresh.openAt !== candle.openAt) return
  market.candle = fresh
  const mark = source.markAt(instrument, fresh.openAt)
  market.basis = mark === null ? 0 : mark - fresh.open
  const last = market.isOpen
    ? priceOfTime(legOf(fresh, market.leg, market.isLowFirst), at)
    : fresh.close
  move(market, market.leg, last)
  fillReached(hall, market, 0)
  fireReached(hall, market)
  liquidateDead(hall, market, (other) => sync(other, at, endAt))
}
