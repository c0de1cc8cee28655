/** What Aster reports of an account: orders, fills, income, positions, balance. */
import type { Instrument } from '../../../domain/instrument.ts'
import { type Money, money, mulDiv, quantity, RATIO_SCALE, ratio } from '../../../domain/money.ts'
import type { ClientOrderId, Fill, OrderRequest, Side, Trigger } from '../../../domain/order.ts'
import type {
  VenueBalance,
  VenueOrder,
  VenueOrderStatus,
  VenuePosition,
} from '../../../domain/venue-report.ts'
import { VenueError } from '../../../ports/venue.ts'
import { lotsFrom, momentFrom, moneyFrom, priceFrom } from '../live/decimal.ts'
import type { VenueFact } from '../live/dialect.ts'
import type { AccountRow, IncomeRow, OrderEvent, OrderRow, PositionRow, TradeRow } from './rows.ts'

const STATUSES: Readonly<Record<string, VenueOrderStatus>> = {
  NEW: 'open',
  PARTIALLY_FILLED: 'open',
  NEW_INSURANCE: 'open',
  NEW_ADL: 'open',
  FILLED: 'filled',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  REJECTED: 'rejected',
}

/** null for a state that the documents do not know. */
export const statusOf = (state: unknown): VenueOrderStatus | null => STATUSES[String(state)] ?? null

const sideOf = (side: string): Side => (side === 'BUY' ? 'buy' : 'sell')

/** Ids by which the venue names orders of its own: liquidation and auto-deleveraging. */
const isForced = (clientId: string): boolean =>
  clientId.startsWith('autoclose-') || clientId === 'adl_autoclose'

/** Forced orders share an id, so theirs is made of the venue's number. */
export const clientIdOf = (clientId: string, orderId: number | string): ClientOrderId =>
  (isForced(clientId) || clientId === '' ? `venue:${orderId}` : clientId) as ClientOrderId

/** @throws VenueError `unknown` when the row cannot be read */
export function orderReport(instrument: Instrument, row: OrderRow): VenueOrder {
  const status = statusOf(row.status)
  if (status === null)
    throw new VenueError('unknown', 'unreadable', "The venue's state of an order is not known.")
  return {
    clientId: clientIdOf(row.clientOrderId, row.orderId),
    request: requestOf(instrument, row),
    status,
    quantityFilled: lotsFrom(instrument, row.executedQty),
    reason: null,
  }
}

function requestOf(instrument: Instrument, row: OrderRow): OrderRequest {
  const type = row.origType ?? row.type
  const isLimit = type === 'LIMIT' || type === 'STOP' || type === 'TAKE_PROFIT'
  const isWhole = row.closePosition === true
  return {
    instrument: instrument.id,
    side: sideOf(row.side),
    kind: isLimit ? 'limit' : 'market',
    price: isLimit && Number(row.price) > 0 ? priceFrom(instrument, row.price) : null,
    quantity: isWhole ? 'position' : lotsFrom(instrument, row.origQty),
    timeInForce: row.timeInForce === 'IOC' || row.timeInForce === 'FOK' ? 'ioc' : 'gtc',
    isPostOnly: row.timeInForce === 'GTX',
    isReduceOnly: row.reduceOnly === true || isWhole,
    trigger: triggerOf(instrument, row, type),
  }
}

function triggerOf(instrument: Instrument, row: OrderRow, type: string): Trigger | null {
  if (row.stopPrice === undefined || !(Number(row.stopPrice) > 0)) return null
  return {
    kind: type.startsWith('TAKE_PROFIT') ? 'take_profit' : 'stop',
    price: priceFrom(instrument, row.stopPrice),
    by: row.workingType === 'MARK_PRICE' ? 'mark' : 'last',
  }
}

/**
 * A fee in settlement money. Its sign is that of the account's rate: the documents show what is paid with either sign. In
 * base it is counted at the fill's price, in another coin (rebate tokens) as 0.
 */
function feeMoney(
  instrument: Instrument,
  commission: string,
  asset: string,
  paid: string,
  isMaker: boolean,
): Money {
  const size = money(Math.abs(moneyFrom(commission.replace('-', ''), 'ceil')))
  const sign = (isMaker ? instrument.makerFee : instrument.takerFee) < 0 ? -1 : 1
  if (asset === instrument.settle) return money(sign * size)
  if (asset !== instrument.base) return money(0)
  return money(sign * mulDiv(size, moneyFrom(paid), RATIO_SCALE, 'ceil'))
}

/** A trade id counts within its market and is shared by both sides of a trade with oneself. */
const fillId = (symbol: string, id: number | string, orderId: number | string): string =>
  `${symbol}:${id}:${orderId}`

/** A row of userTrades; it does not name our id, so the caller has found it by the venue's number. */
export function tradeFact(instrument: Instrument, row: TradeRow, clientId: string): VenueFact {
  const at = momentFrom(row.time)
  const fill: Fill = {
    id: fillId(row.symbol, row.id, row.orderId),
    at,
    instrument: instrument.id,
    clientId: clientIdOf(clientId, row.orderId),
    side: sideOf(row.side),
    price: priceFrom(instrument, row.price),
    quantity: lotsFrom(instrument, row.qty),
    fee: feeMoney(instrument, row.commission, row.commissionAsset, row.price, row.maker),
    isMaker: row.maker,
  }
  return { key: `fill:${fill.id}`, kind: 'fill', at, fill, isLiquidation: isForced(clientId) }
}

/** What one message of the user stream says of an order: its execution, if there was one, and its state. */
export function orderEventFacts(instrument: Instrument, event: OrderEvent): VenueFact[] {
  const status = statusOf(event.X)
  const facts: VenueFact[] = []
  if (Number(event.l) > 0 && Number(event.t) > 0) facts.push(streamFill(instrument, event))
  if (status === null) return facts
  const clientId = clientIdOf(event.c, event.i)
  const quantityFilled = lotsFrom(instrument, event.z)
  const key = `order:${clientId}:${status}:${quantityFilled}`
  const at = momentFrom(event.T)
  facts.push({ key, kind: 'order', at, clientId, status, quantityFilled, reason: null })
  return facts
}

function streamFill(instrument: Instrument, event: OrderEvent): VenueFact {
  const row: TradeRow = {
    symbol: event.s,
    id: event.t,
    orderId: event.i,
    side: event.S,
    price: event.L,
    qty: event.l,
    commission: event.n ?? '0',
    commissionAsset: event.N ?? instrument.settle,
    maker: event.m,
    time: event.T,
  }
  return tradeFact(instrument, row, event.c)
}

/** Told by the fills themselves. */
const IN_FILLS = new Set(['REALIZED_PNL', 'COMMISSION'])

/**
 * A row of the income history as a fact; null for what fills tell. Of funding neither rate nor position is told: both 0.
 * @param instrument of the row's symbol; null = none, or not known
 */
export function incomeFact(
  instrument: Instrument | null,
  row: IncomeRow,
  settle: string,
): VenueFact | null {
  if (IN_FILLS.has(row.incomeType)) return null
  const at = momentFrom(row.time)
  if (row.incomeType === 'FUNDING_FEE' && instrument !== null)
    return {
      key: `funding:${instrument.id}:${at}`,
      kind: 'funding',
      at,
      instrument: instrument.id,
      amount: moneyFrom(row.income, 'floor'),
      rate: ratio(0),
      position: quantity(0),
    }
  const isMoney = row.asset === settle
  const kind = row.incomeType.toLowerCase()
  return {
    key: `cash:${row.incomeType}:${row.tranId}`,
    kind: 'cash',
    at,
    amount: isMoney ? moneyFrom(row.income, 'floor') : money(0),
    reason: isMoney ? kind : `${kind} of ${row.income} ${row.asset}`,
  }
}

export function positionReport(instrument: Instrument, row: PositionRow): VenuePosition {
  const lots = lotsFrom(instrument, row.positionAmt)
  const units = lots * instrument.lotSize
  const cost = mulDiv(moneyFrom(row.entryPrice), units, 10 ** instrument.quantityDecimals, 'trunc')
  return { instrument: instrument.id, quantity: lots, cost: money(cost) }
}

export function balanceReport(row: AccountRow, settle: string): VenueBalance {
  const own = row.assets.find(({ asset }) => asset === settle)
  return {
    settle,
    equity: moneyFrom(own?.marginBalance ?? '0'),
    balance: moneyFrom(own?.walletBalance ?? '0'),
  }
}
