/** What Backpack reports of an account: orders, fills, funding, cash, positions, balance. */
import type { Instrument } from '../../../domain/instrument.ts'
import {
  formatMoney,
  type Money,
  money,
  mulDiv,
  type Quantity,
  quantity,
  RATIO_SCALE,
} from '../../../domain/money.ts'
import type { ClientOrderId, Fill, OrderRequest, Side, Trigger } from '../../../domain/order.ts'
import type {
  VenueBalance,
  VenueOrder,
  VenueOrderStatus,
  VenuePosition,
} from '../../../domain/venue-report.ts'
import { VenueError } from '../../../ports/venue.ts'
import { lotsFrom, moneyFrom, priceFrom, ratioFrom } from '../live/decimal.ts'
import type { VenueFact } from '../live/dialect.ts'
import type {
  CollateralRow,
  FillRow,
  FundingRow,
  OrderEvent,
  OrderRow,
  PositionRow,
  TransferRow,
} from './rows.ts'

const STATUSES: Readonly<Record<string, VenueOrderStatus>> = {
  New: 'open',
  PartiallyFilled: 'open',
  TriggerPending: 'open',
  Triggered: 'open',
  Filled: 'filled',
  Cancelled: 'canceled',
  Expired: 'expired',
  TriggerFailed: 'rejected',
}

/** null for a state that the description does not know. */
export const statusOf = (state: unknown): VenueOrderStatus | null => STATUSES[String(state)] ?? null

/** Our word for why an order ended, else the venue's. */
const expiryReason = (reason: string | null | undefined): string | null =>
  reason === 'PostOnlyTaker' ? 'would_cross' : (reason ?? null)

/**
 * A time without a zone (`naive-date-time`, UTC) in ms.
 * @throws VenueError `unknown` when it is none
 */
export function naiveTime(text: unknown): number {
  const iso = String(text)
  const at = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`)
  if (!Number.isFinite(at))
    throw new VenueError('unknown', 'unreadable', "The venue's time cannot be read.")
  return at
}

export const executedLots = (instrument: Instrument, row: OrderRow): Quantity =>
  row.executedQuantity == null ? quantity(0) : lotsFrom(instrument, row.executedQuantity)

export const sideOf = (side: string): Side => (side === 'Bid' ? 'buy' : 'sell')

/** The id of ours, or the name of an order that has none. */
export const clientIdOf = (clientId: unknown, orderId: string): ClientOrderId =>
  (clientId == null ? `venue:${orderId}` : String(clientId)) as ClientOrderId

/** @throws VenueError `unknown` when the row cannot be read */
export function orderReport(instrument: Instrument, row: OrderRow): VenueOrder {
  const status = statusOf(row.status)
  if (status === null)
    throw new VenueError('unknown', 'unreadable', "The venue's state of an order is not known.")
  return {
    clientId: clientIdOf(row.clientId, row.id),
    request: requestOf(instrument, row),
    status,
    quantityFilled: executedLots(instrument, row),
    reason: expiryReason(row.expiryReason),
  }
}

function requestOf(instrument: Instrument, row: OrderRow): OrderRequest {
  const isLimit = row.orderType.toLowerCase() === 'limit'
  return {
    instrument: instrument.id,
    side: sideOf(row.side),
    kind: isLimit ? 'limit' : 'market',
    price: isLimit && row.price != null ? priceFrom(instrument, row.price) : null,
    quantity: orderedQuantity(instrument, row),
    timeInForce: row.timeInForce === 'IOC' || row.timeInForce === 'FOK' ? 'ioc' : 'gtc',
    isPostOnly: row.postOnly ?? false,
    isReduceOnly: row.reduceOnly ?? false,
    trigger: triggerOf(instrument, row),
  }
}

/** A waiting trigger has quantity 0 and its size in triggerQuantity, which may be a share of the position. */
function orderedQuantity(instrument: Instrument, row: OrderRow): Quantity | 'position' {
  const isWaiting = row.quantity == null || Number(row.quantity) === 0
  if (!isWaiting) return lotsFrom(instrument, row.quantity)
  if (row.triggerQuantity == null) return quantity(0)
  return row.triggerQuantity.endsWith('%') ? 'position' : lotsFrom(instrument, row.triggerQuantity)
}

/** The venue does not say whether a trigger limits a loss or takes a profit; a stop is the careful reading. */
function triggerOf(instrument: Instrument, row: OrderRow): Trigger | null {
  if (row.triggerPrice == null) return null
  return {
    kind: 'stop',
    price: priceFrom(instrument, row.triggerPrice),
    by: row.triggerBy === 'MarkPrice' ? 'mark' : 'last',
  }
}

/** The fee in settlement money: as charged, at the fill price when charged in base, else 0 (the venue charges USDC). */
function feeMoney(instrument: Instrument, fee: string, symbol: string, paid: string): Money {
  if (symbol === instrument.settle) return moneyFrom(fee, 'ceil')
  if (symbol !== instrument.base) return money(0)
  const inBase = moneyFrom(fee, 'ceil')
  return money(mulDiv(inBase, moneyFrom(paid), RATIO_SCALE, 'ceil'))
}

/**
 * A trade id counts within its market and is shared by both sides of a trade with oneself, so market and order belong to
 * the name of a fill.
 */
const fillId = (market: string, tradeId: number | string, orderId: string): string =>
  `${market}:${tradeId}:${orderId}`

const hasTradeId = (tradeId: number | string | null | undefined): tradeId is number | string =>
  tradeId != null && String(tradeId) !== '0'

/** A row of the fill history. Old fills by the backstop have no trade id: time, price and quantity name them. */
export function fillFact(instrument: Instrument, row: FillRow): VenueFact {
  const at = naiveTime(row.timestamp)
  const tradeId = hasTradeId(row.tradeId)
    ? row.tradeId
    : `${row.timestamp}/${row.price}/${row.quantity}`
  const fill: Fill = {
    id: fillId(row.symbol, tradeId, row.orderId),
    at,
    instrument: instrument.id,
    clientId: clientIdOf(row.clientId, row.orderId),
    side: sideOf(row.side),
    price: priceFrom(instrument, row.price),
    quantity: lotsFrom(instrument, row.quantity),
    fee: feeMoney(instrument, row.fee, row.feeSymbol, row.price),
    isMaker: row.isMaker,
  }
  const isLiquidation = row.systemOrderType?.startsWith('LiquidatePosition') ?? false
  return { key: `fill:${fill.id}`, kind: 'fill', at, fill, isLiquidation }
}

/** Origins of executions that the venue forced. */
const FORCED = new Set(['LIQUIDATION_AUTOCLOSE', 'ADL_AUTOCLOSE', 'BACKSTOP_LIQUIDITY_PROVIDER'])

/** What one message of the order stream says. `isComplete` false: something happened that only a query tells in full. */
export function orderEventFacts(
  instrument: Instrument,
  event: OrderEvent,
): { readonly facts: readonly VenueFact[]; readonly isComplete: boolean } {
  const at = Math.floor(Number(event.T ?? event.E) / 1000)
  const fill = event.e === 'orderFill' ? streamFill(instrument, event, at) : []
  const order = orderFact(instrument, event, at)
  // An order that the venue has cut rests with less (`q`): how much of it was filled must be known, else it is asked.
  const isComplete = event.e === 'orderModified' ? order !== null : isFillTold(event, fill)
  return { facts: order === null ? fill : [...fill, order], isComplete }
}

const isFillTold = (event: OrderEvent, fill: readonly VenueFact[]): boolean =>
  event.e !== 'orderFill' || fill.length > 0

function streamFill(instrument: Instrument, event: OrderEvent, at: number): VenueFact[] {
  if (!hasTradeId(event.t) || event.l == null || event.L == null || event.n == null) return []
  const fill: Fill = {
    id: fillId(event.s, event.t, event.i),
    at,
    instrument: instrument.id,
    clientId: clientIdOf(event.c, event.i),
    side: sideOf(event.S),
    price: priceFrom(instrument, event.L),
    quantity: lotsFrom(instrument, event.l),
    fee: feeMoney(instrument, event.n, event.N ?? instrument.settle, event.L),
    isMaker: event.m ?? false,
  }
  return [
    {
      key: `fill:${fill.id}`,
      kind: 'fill',
      at,
      fill,
      isLiquidation: FORCED.has(event.O ?? ''),
    },
  ]
}

/**
 * The order as it is now. `z` is the cumulative quantity (ccxt 4.5.84 reads `l`, the last execution); messages without it
 * say nothing of the state.
 */
function orderFact(instrument: Instrument, event: OrderEvent, at: number): VenueFact | null {
  const status = statusOf(event.X)
  if (status === null || event.z == null) return null
  const clientId = clientIdOf(event.c, event.i)
  const quantityFilled = lotsFrom(instrument, event.z)
  return {
    key: `order:${clientId}:${status}:${quantityFilled}`,
    kind: 'order',
    at,
    clientId,
    status,
    quantityFilled,
    reason: expiryReason(event.R),
  }
}

/** A funding payment. The venue does not tell the position that it was paid on: 0. */
export function fundingFact(instrument: Instrument, row: FundingRow): VenueFact {
  const at = naiveTime(row.intervalEndTimestamp)
  return {
    key: `funding:${instrument.id}:${at}`,
    kind: 'funding',
    at,
    instrument: instrument.id,
    amount: moneyFrom(row.quantity, 'floor'),
    rate: ratioFrom(row.fundingRate),
    position: quantity(0),
  }
}

/**
 * A deposit or withdrawal that is done; null while it is not. Other currencies than the settlement's are collateral, not
 * money: they are told with an amount of 0.
 */
export function transferFact(
  kind: 'deposit' | 'withdrawal',
  row: TransferRow,
  settle: string,
): VenueFact | null {
  if (row.status !== 'confirmed') return null
  const moved = moneyFrom(row.quantity)
  const isMoney = row.symbol === settle
  const sign = kind === 'deposit' ? 1 : -1
  return {
    key: `cash:${kind}:${row.id}`,
    kind: 'cash',
    at: naiveTime(row.createdAt),
    amount: money(isMoney ? sign * moved : 0),
    reason: isMoney ? kind : `${kind} of ${formatMoney(moved)} ${row.symbol}`,
  }
}

export const positionReport = (instrument: Instrument, row: PositionRow): VenuePosition => ({
  instrument: instrument.id,
  quantity: lotsFrom(instrument, row.netQuantity),
  cost: signedCost(row),
})

/** The description says that the cost has the sign of the quantity; recorded rows agree, but the quantity decides. */
function signedCost(row: PositionRow): Money {
  const size = Math.abs(moneyFrom(row.netCost))
  return money(row.netQuantity.startsWith('-') ? -size : size)
}

export function balanceReport(settle: string, row: CollateralRow): VenueBalance {
  const equity = moneyFrom(row.netEquity)
  return { settle, equity, balance: money(equity - moneyFrom(row.pnlUnrealized)) }
}
