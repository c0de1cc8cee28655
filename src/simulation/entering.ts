/** How an order enters the market: checks, immediate execution, resting, triggers. */
import { isPriceAllowed, minimumLots } from '../domain/instrument.ts'
import { price, quantity } from '../domain/money.ts'
import { closingLots } from '../domain/position/position.ts'
import {
  fillLevel,
  firesUpwards,
  isBuy,
  isReduceOnly,
  remainingOf,
  rest,
  triggerLevel,
} from './book.ts'
import { shortageOf } from './margin-check.ts'
import type { BookOrder, Holding } from './state.ts'
import {
  type Floor,
  fillOrder,
  finish,
  reducibleLots,
  settle,
  takerPrice,
  tellStatus,
  tradableLots,
} from './trading.ts'

/** Why an order is refused; codes that also answer a placement. */
export type Refusal =
  | 'bad_price'
  | 'bad_quantity'
  | 'below_minimum'
  | 'reduce_only'
  | 'would_cross'
  | 'insufficient_margin'
  | 'leverage_max'

/**
 * Takes an order at the present price: it fills, rests, waits for its trigger, or is refused.
 * @returns the refusal, null when it was accepted (its status tells the rest)
 */
export function enter(floor: Floor, order: BookOrder): Refusal | null {
  const refusal = malformation(order) ?? emptiness(order)
  if (refusal !== null) return refusal
  const { market } = order.holding
  if (order.request.trigger === null) return trade(floor, order)
  order.place = 'conditional'
  market.conditionals.push(order)
  market.isStale = true
  if (isTriggered(order)) fire(floor, order)
  else floor.noteOrder(order)
  return null
}

function malformation(order: BookOrder): Refusal | null {
  const { request, holding } = order
  const { instrument } = holding.market
  const { kind, price: limit, trigger } = request
  if ((kind === 'limit') !== (limit !== null)) return 'bad_price'
  if (limit !== null && !isPriceAllowed(instrument, limit)) return 'bad_price'
  if (trigger !== null && !isPriceAllowed(instrument, trigger.price)) return 'bad_price'
  if (request.quantity === 'position') return null
  if (!Number.isSafeInteger(request.quantity) || request.quantity <= 0) return 'bad_quantity'
  // What reduces may be small: else a remainder could never be closed.
  if (request.isReduceOnly) return null
  const at = limit ?? trigger?.price ?? price(holding.market.last)
  return request.quantity < minimumLots(instrument, at) ? 'below_minimum' : null
}

/** A reduce-only order without a position; conditional ones may come before it. */
function emptiness(order: BookOrder): Refusal | null {
  const { request } = order
  if (!isReduceOnly(request) || request.trigger !== null) return null
  if (request.quantity === 'position') fixQuantity(order)
  return reducibleLots(order) > 0 ? null : 'reduce_only'
}

/** A close-position order takes what is held now. */
function fixQuantity(order: BookOrder): void {
  const { position } = order.holding
  const all = quantity(Math.abs(position.quantity))
  order.lots = closingLots(position.quantity, order.request.side, all)
}

function isMarketable(order: BookOrder): boolean {
  const { request, holding } = order
  if (request.price === null) return true
  const { last } = holding.market
  return isBuy(order) ? request.price > last : request.price < last
}

/** The price at which an order would trade, for its initial margin. */
function pricedAt(holding: Holding, order: BookOrder, isTaking: boolean): number {
  const { side, price: limit } = order.request
  return isTaking ? takerPrice(holding, side, limit) : (limit ?? 0)
}

/** Executes at once what crosses the last price, rests what may rest. */
function trade(floor: Floor, order: BookOrder): Refusal | null {
  const { request, holding } = order
  const { market } = holding
  const isTaking = isMarketable(order)
  if (isTaking && request.isPostOnly) return 'would_cross'
  const at = pricedAt(holding, order, isTaking)
  if (!isReduceOnly(request)) {
    const value = remainingOf(order) * at * market.instrument.moneyPerUnit
    const shortage = shortageOf(holding, request.side, value)
    if (shortage !== null) return shortage
  }
  if (isTaking) {
    const lots = tradableLots(order)
    if (lots > 0) fillOrder(floor, order, price(at), lots, false)
    if (order.status !== 'open') return null
  }
  if (request.timeInForce === 'ioc' || request.kind === 'market') {
    settle(floor, order, 'canceled', reducibleLots(order) === 0 ? 'reduce_only' : 'unfilled')
  } else {
    order.level = fillLevel(market.instrument, request, floor.fillRule)
    rest(market, order)
    floor.noteOrder(order)
  }
  return null
}

/** Whether the price of a conditional order stands at or beyond its trigger. */
export function isTriggered(order: BookOrder): boolean {
  const { market } = order.holding
  const level = triggerLevel(market, order)
  return firesUpwards(order) ? market.last >= level : market.last <= level
}

/** Makes a conditional order an order: tells it, then it trades like one that was placed now. */
export function fire(floor: Floor, order: BookOrder): void {
  const { holding, request } = order
  const { conditionals } = holding.market
  conditionals.splice(conditionals.indexOf(order), 1)
  holding.market.isStale = true
  order.place = 'delayed'
  order.reason = 'triggered'
  if (request.quantity === 'position') fixQuantity(order)
  if (isReduceOnly(request) && reducibleLots(order) === 0) {
    return finish(floor, order, 'canceled', 'reduce_only')
  }
  tellStatus(floor, order)
  if (request.kind === 'market') {
    const value = remainingOf(order) * takerPrice(holding, request.side, null)
    const money = value * holding.market.instrument.moneyPerUnit
    const shortage = isReduceOnly(request) ? null : shortageOf(holding, request.side, money)
    if (shortage !== null) return finish(floor, order, 'rejected', shortage)
    order.place = 'chasing'
    holding.market.chasing.push(order)
    return chase(floor, order)
  }
  const refusal = trade(floor, order)
  if (refusal !== null) finish(floor, order, 'rejected', refusal)
  else if (order.status === 'canceled') tellStatus(floor, order)
}

/** Fills a triggered market order as far as the candle's volume goes; the rest goes on in the next candle. */
export function chase(floor: Floor, order: BookOrder): void {
  const { holding, request } = order
  const lots = tradableLots(order)
  if (lots > 0) fillOrder(floor, order, takerPrice(holding, request.side, null), lots, false)
  if (order.status !== 'open') return
  if (reducibleLots(order) === 0) finish(floor, order, 'canceled', 'reduce_only')
  else floor.noteOrder(order)
}
