/** Orders in the book. Orders of others do not matter: a market of candles has no queue. */
import { type Instrument, roundPrice } from '../domain/instrument.ts'
import { price, quantity } from '../domain/money.ts'
import type { OrderRequest } from '../domain/order.ts'
import type { VenueOrder } from '../domain/venue-report.ts'
import type { BookOrder, MarketState } from './state.ts'

export const isBuy = (order: BookOrder): boolean => order.request.side === 'buy'
export const remainingOf = (order: BookOrder): number => order.lots - order.filled
/** Reduce-only and close-position orders never raise |position|. */
export const isReduceOnly = (request: OrderRequest): boolean =>
  request.isReduceOnly || request.quantity === 'position'

export const venueOrderOf = (order: BookOrder): VenueOrder => ({
  clientId: order.clientId,
  request: order.request,
  status: order.status,
  quantityFilled: quantity(order.filled),
  reason: order.reason,
})

/** The price that the path must reach: the limit (`touch`), or one allowed price beyond it (`through`). */
export function fillLevel(
  instrument: Instrument,
  request: Pick<OrderRequest, 'side' | 'price'>,
  rule: 'through' | 'touch',
): number {
  const limit = request.price ?? 0
  if (rule === 'touch') return limit
  if (request.side === 'sell') return roundPrice(instrument, price(limit + 1), 'ceil')
  return limit > 1 ? roundPrice(instrument, price(limit - 1), 'floor') : 0
}

/** Whether a trigger fires when the price rises to it: a stop that buys, a take-profit that sells. */
export const firesUpwards = (order: BookOrder): boolean =>
  (order.request.trigger?.kind === 'stop') === isBuy(order)

/** The trigger as a last price. */
export function triggerLevel(market: MarketState, order: BookOrder): number {
  const { trigger } = order.request
  if (trigger === null) return 0
  return trigger.by === 'mark' ? trigger.price - market.basis : trigger.price
}

/** Puts a limit order into its side of the book; among equal prices the one that came first fills first. */
export function rest(market: MarketState, order: BookOrder): void {
  const side = isBuy(order) ? market.bids : market.asks
  const sign = isBuy(order) ? 1 : -1
  const limit = order.request.price ?? 0
  let low = 0
  let high = side.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = side[middle]
    if (other === undefined) break
    const way = sign * ((other.request.price ?? 0) - limit)
    if (way < 0 || (way === 0 && other.number > order.number)) low = middle + 1
    else high = middle
  }
  side.splice(low, 0, order)
  order.place = 'resting'
  countNotional(order, 1)
  market.isStale = true
}

/** Takes an order out of wherever it waits in its market. */
export function takeOut(order: BookOrder): void {
  const { market } = order.holding
  if (order.place === 'resting') {
    countNotional(order, -1)
    removeFrom(isBuy(order) ? market.bids : market.asks, order)
  } else if (order.place === 'conditional') removeFrom(market.conditionals, order)
  else if (order.place === 'chasing') removeFrom(market.chasing, order)
  order.place = 'gone'
  market.isStale = true
}

function removeFrom(orders: BookOrder[], order: BookOrder): void {
  const index = orders.lastIndexOf(order)
  if (index >= 0) orders.splice(index, 1)
}

/** Counts what remains of a resting order for the initial margin (sign +1) or no longer (-1). */
export function countNotional(order: BookOrder, sign: 1 | -1): void {
  const { request, holding } = order
  if (isReduceOnly(request)) return
  const value = remainingOf(order) * (request.price ?? 0) * holding.market.instrument.moneyPerUnit
  if (isBuy(order)) holding.buying += sign * value
  else holding.selling += sign * value
}
