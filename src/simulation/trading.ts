/** Executions: price of a taker, what an execution does to an account, how an order fills and ends. */
import { roundPrice } from '../domain/instrument.ts'
import { feeOf, money, mulDiv, type Price, price, quantity, RATIO_SCALE } from '../domain/money.ts'
import { type ClientOrderId, type Fill, type Side, signOf } from '../domain/order.ts'
import { initialMargin } from '../domain/position/margin.ts'
import { applyExecution, closingLots } from '../domain/position/position.ts'
import type { VenueAccountEvent, VenueOrderStatus } from '../domain/venue-report.ts'
import { coverMargin, isCross, touch, useVolume, volumeLeft } from './accounts.ts'
import { countNotional, isReduceOnly, remainingOf, takeOut } from './book.ts'
import type { Account, BookOrder, Holding } from './state.ts'

/** An event of an account before it is numbered. */
export type Happening = VenueAccountEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'venueSeq' | 'at'>
    : never
  : never

/** What the parts of the exchange share. */
export interface Floor {
  /** Market time now. */
  readonly at: number
  readonly fillRule: 'through' | 'touch'
  /** Numbers an event of the account and keeps it for takeEvents. */
  tell(account: Account, happening: Happening): void
  /** Notes that an order must be written again; a final one leaves the open orders. */
  noteOrder(order: BookOrder): void
}

/** What an immediate execution gets: last, moved against it by the slippage, but never beyond its limit. */
export function takerPrice(holding: Holding, side: Side, limit: Price | null): Price {
  const { market, terms } = holding
  const { slippage } = terms.paper
  const factor = RATIO_SCALE + signOf(side) * slippage
  const isBuy = side === 'buy'
  const rounding = isBuy ? 'ceil' : 'floor'
  const moved = slippage === 0 ? market.last : mulDiv(market.last, factor, RATIO_SCALE, rounding)
  const rounded = Math.max(1, roundPrice(market.instrument, price(Math.max(1, moved)), rounding))
  if (limit === null) return price(rounded)
  return price(isBuy ? Math.min(rounded, limit) : Math.max(rounded, limit))
}

export interface Execution {
  readonly clientId: ClientOrderId | null
  readonly side: Side
  readonly price: Price
  readonly lots: number
  readonly isMaker: boolean
  readonly isLiquidation: boolean
}

/** Books one execution: position, margin, profit, fee, event. */
export function execute(floor: Floor, holding: Holding, execution: Execution): void {
  const { account, market } = holding
  const { instrument } = market
  const lots = quantity(execution.lots)
  const { price: at, side } = execution
  const change = applyExecution(instrument, holding.position, side, at, lots)
  moveMargin(holding, at, change.closed, change.opened)
  holding.position = change.position
  const { fee, liquidationFee } = feesOf(holding, execution)
  const { ledger } = account
  ledger.realised = money(ledger.realised + change.realised)
  ledger.fees = money(ledger.fees + fee)
  ledger.liquidationFees = money(ledger.liquidationFees + liquidationFee)
  account.balance = money(account.balance + change.realised - fee)
  coverMargin(holding)
  touch(account)
  const fill: Fill = {
    id: `f${account.seq + 1}`,
    at: floor.at,
    instrument: instrument.id,
    clientId: execution.clientId,
    side,
    price: at,
    quantity: lots,
    fee: money(fee),
    isMaker: execution.isMaker,
  }
  floor.tell(account, { kind: 'fill', fill, isLiquidation: execution.isLiquidation })
}

function feesOf(holding: Holding, execution: Execution) {
  const { instrument } = holding.market
  const { maker, taker } = holding.terms.paper
  const notional = money(execution.price * execution.lots * instrument.moneyPerUnit)
  const liquidationFee = execution.isLiquidation ? feeOf(notional, instrument.liquidationFee) : 0
  return {
    fee: feeOf(notional, execution.isMaker ? maker : taker) + liquidationFee,
    liquidationFee,
  }
}

/** Isolated: released in proportion to what is closed, put aside for what is opened. */
function moveMargin(holding: Holding, at: Price, closed: number, opened: number): void {
  if (isCross(holding)) return
  const held = Math.abs(holding.position.quantity)
  if (closed > 0) holding.margin -= mulDiv(holding.margin, closed, held, 'trunc')
  if (opened === 0) return
  const notional = money(at * opened * holding.market.instrument.moneyPerUnit)
  holding.margin += initialMargin(notional, holding.terms.leverage)
}

/** Lots that an order may trade now: what is left, cut to the position (reduce-only) and to the candle's volume. */
export function tradableLots(order: BookOrder): number {
  return Math.min(reducibleLots(order), volumeLeft(order.holding))
}

/** What is left of an order, for reduce-only cut to the position. */
export function reducibleLots(order: BookOrder): number {
  const left = remainingOf(order)
  if (!isReduceOnly(order.request)) return left
  return closingLots(order.holding.position.quantity, order.request.side, quantity(left))
}

/** Fills a part of an order, and ends it when nothing is left or when a reduce-only order has nothing more to reduce. */
export function fillOrder(
  floor: Floor,
  order: BookOrder,
  at: Price,
  lots: number,
  isMaker: boolean,
): void {
  const { holding, request, clientId } = order
  const isCounted = order.place === 'resting'
  if (isCounted) countNotional(order, -1)
  order.filled += lots
  if (isCounted) countNotional(order, 1)
  useVolume(holding, lots)
  execute(floor, holding, {
    clientId,
    side: request.side,
    price: at,
    lots,
    isMaker,
    isLiquidation: false,
  })
  if (remainingOf(order) === 0) finish(floor, order, 'filled', null)
  else floor.noteOrder(order)
}

/** Ends an order without telling: the answer to a request tells it. */
export function settle(
  floor: Floor,
  order: BookOrder,
  status: VenueOrderStatus,
  reason: string | null,
): void {
  takeOut(order)
  order.status = status
  order.reason = reason
  floor.noteOrder(order)
}

/**
 * Ends an order and tells it. A filled order of a fixed quantity needs no event of its own: its fills add up to it.
 */
export function finish(
  floor: Floor,
  order: BookOrder,
  status: VenueOrderStatus,
  reason: string | null,
): void {
  settle(floor, order, status, reason)
  if (status === 'filled' && order.request.quantity !== 'position') return
  tellStatus(floor, order)
}

export function tellStatus(floor: Floor, order: BookOrder): void {
  const { clientId, status, reason } = order
  floor.tell(order.holding.account, {
    kind: 'order',
    clientId,
    status,
    quantityFilled: quantity(order.filled),
    reason,
  })
}
