/** Aster's spelling of orders, trades and positions: numbers as texts, stamps in ms. */
import { formatLots, type Instrument } from '../../../domain/instrument.ts'
import { formatDecimal, formatMoney, money } from '../../../domain/money.ts'
import type { Side } from '../../../domain/order.ts'
import { decimalText, type SandboxFill, type SandboxOrder, type SandboxPosition } from '../front.ts'

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/** `BTCUSDT` of an instrument. */
export const symbolName = (instrument: Instrument): string =>
  `${instrument.base}${instrument.quote}`

export const priceText = (instrument: Instrument, price: number): string =>
  formatDecimal(price, instrument.priceDecimals)

export const quantityText = (instrument: Instrument, lots: number): string =>
  formatLots(instrument, Math.round(lots))

export const sideText = (side: Side): 'BUY' | 'SELL' => (side === 'buy' ? 'BUY' : 'SELL')

/** A rate as a fraction with 8 decimals. */
export const rateText = (rate: number): string => (rate / 1e8).toFixed(8)

/** Price units times lots in quote money. */
export const valueText = (instrument: Instrument, cost: number): string =>
  formatMoney(money(Math.round(cost * instrument.moneyPerUnit)))

/** A plain number of a money amount, for the few fields that carry one. */
export const plainNumber = (amount: number): number => amount / 1e8

export type OrderStatusText =
  | 'NEW'
  | 'PARTIALLY_FILLED'
  | 'FILLED'
  | 'CANCELED'
  | 'REJECTED'
  | 'EXPIRED'

/** Reasons by which the engine ends an order by itself. */
const EXPIRING = new Set(['unfilled', 'reduce_only', 'liquidation', 'insufficient_margin'])

export function statusText(order: SandboxOrder): OrderStatusText {
  const { status, reason, quantityFilled } = order
  if (status === 'open') return quantityFilled > 0 ? 'PARTIALLY_FILLED' : 'NEW'
  if (status === 'filled') return 'FILLED'
  if (status === 'canceled') return EXPIRING.has(reason ?? '') ? 'EXPIRED' : 'CANCELED'
  return 'EXPIRED'
}

/** Orders that the client gave no id still have one; the venue makes it. */
export const clientIdText = (order: Pick<SandboxOrder, 'clientId' | 'id' | 'origin'>): string =>
  order.clientId ??
  (order.origin === 'liquidation'
    ? `autoclose-${order.id}`
    : order.origin === 'adl'
      ? 'adl_autoclose'
      : `web_${order.id}`)

/** What the order was when it was sent, and what it is now: a triggered stop has become an order of another type. */
export function originalType(order: SandboxOrder): string {
  const { kind, trigger } = order.request
  if (trigger === null) return kind === 'limit' ? 'LIMIT' : 'MARKET'
  const base = trigger.kind === 'stop' ? 'STOP' : 'TAKE_PROFIT'
  return kind === 'limit' ? base : `${base}_MARKET`
}

export function presentType(order: SandboxOrder): string {
  const { kind, trigger } = order.request
  if (trigger !== null && order.isTriggered) return kind === 'limit' ? 'LIMIT' : 'MARKET'
  return originalType(order)
}

export const timeInForce = (order: SandboxOrder): string =>
  order.extra['timeInForce'] ??
  (order.request.isPostOnly ? 'GTX' : order.request.timeInForce === 'ioc' ? 'IOC' : 'GTC')

export const workingTypeText = (order: SandboxOrder): string =>
  order.request.trigger?.by === 'mark' ? 'MARK_PRICE' : 'CONTRACT_PRICE'

export const averageText = (order: SandboxOrder, instrument: Instrument): string =>
  order.quantityFilled === 0
    ? '0.00000'
    : decimalText(order.costFilled / order.quantityFilled, instrument.priceDecimals)

const isClosePosition = (order: SandboxOrder): boolean => order.request.quantity === 'position'

/** What all answers about an order share. */
function orderCore(order: SandboxOrder, instrument: Instrument): JsonObject {
  const { request } = order
  return {
    avgPrice: averageText(order, instrument),
    clientOrderId: clientIdText(order),
    closePosition: isClosePosition(order),
    cumQuote: valueText(instrument, order.costFilled),
    executedQty: quantityText(instrument, order.quantityFilled),
    orderId: order.id,
    origQty: quantityText(instrument, order.quantity),
    origType: originalType(order),
    positionSide: 'BOTH',
    price: request.price === null ? '0' : priceText(instrument, request.price),
    priceProtect: order.extra['priceProtect'] === 'true',
    reduceOnly: request.isReduceOnly,
    side: sideText(request.side),
    status: statusText(order),
    stopPrice: request.trigger === null ? '0' : priceText(instrument, request.trigger.price),
    symbol: symbolName(instrument),
    timeInForce: timeInForce(order),
    type: presentType(order),
    updateTime: order.updatedAt,
    workingType: workingTypeText(order),
  }
}

/** The answer to a new, amended or canceled order. */
export const actedOrderJson = (order: SandboxOrder, instrument: Instrument): JsonObject => ({
  ...orderCore(order, instrument),
  cumQty: quantityText(instrument, order.quantityFilled),
})

/** The answer to a question about an order. */
export const askedOrderJson = (order: SandboxOrder, instrument: Instrument): JsonObject => ({
  ...orderCore(order, instrument),
  time: order.createdAt,
})

/** A fill as /userTrades tells it. */
export function tradeJson(fill: SandboxFill, instrument: Instrument): JsonObject {
  return {
    buyer: fill.side === 'buy',
    commission: formatMoney(fill.fee),
    commissionAsset: instrument.settle,
    id: fill.id,
    maker: fill.isMaker,
    orderId: fill.orderId,
    price: priceText(instrument, fill.price),
    qty: quantityText(instrument, fill.quantity),
    quoteQty: valueText(instrument, fill.price * fill.quantity),
    realizedPnl: formatMoney(fill.realised),
    side: sideText(fill.side),
    positionSide: 'BOTH',
    symbol: symbolName(instrument),
    time: fill.at,
  }
}

/** A row of /positionRisk; flat ones have zeros. */
export function positionRiskJson(
  position: SandboxPosition | null,
  instrument: Instrument,
  figures: {
    mark: number
    leverage: number
    marginMode: 'isolated' | 'cross'
    notionalMax: string
  },
): JsonObject {
  const { mark, leverage, marginMode, notionalMax } = figures
  const liquidation = position?.liquidationPrice ?? null
  return {
    entryPrice:
      position === null ? '0.0' : decimalText(position.entryPrice, instrument.priceDecimals),
    marginType: marginMode,
    isAutoAddMargin: 'false',
    isolatedMargin:
      position !== null && marginMode === 'isolated'
        ? formatMoney(position.initialMargin)
        : '0.00000000',
    leverage: String(leverage),
    liquidationPrice: liquidation === null ? '0' : priceText(instrument, liquidation),
    markPrice: priceText(instrument, mark),
    maxNotionalValue: notionalMax,
    // These two are missing in the documents; the venue sends them, and clients read the side from the sign.
    notional: formatMoney(money((position?.notional ?? 0) * Math.sign(position?.quantity ?? 0))),
    isolatedWallet:
      position !== null && marginMode === 'isolated' ? formatMoney(position.initialMargin) : '0',
    positionAmt: quantityText(instrument, position?.quantity ?? 0),
    symbol: symbolName(instrument),
    unRealizedProfit: formatMoney(position?.unrealised ?? money(0)),
    positionSide: 'BOTH',
    updateTime: position?.updatedAt ?? 0,
  }
}

/** What has happened to an order, in the stream's words. */
export function executionText(order: SandboxOrder, fill: SandboxFill | null): string {
  if (fill !== null) return fill.origin === 'liquidation' ? 'CALCULATED' : 'TRADE'
  const status = statusText(order)
  return status === 'CANCELED' || status === 'EXPIRED' ? status : 'NEW'
}

/** ORDER_TRADE_UPDATE. */
export function orderUpdateJson(
  order: SandboxOrder,
  fill: SandboxFill | null,
  instrument: Instrument,
): JsonObject {
  const { request } = order
  const at = order.updatedAt
  const left = order.request.price === null ? 0 : order.quantity - order.quantityFilled
  const resting = valueText(instrument, (request.price ?? 0) * Math.max(0, left))
  const isLive = order.status === 'open'
  return {
    e: 'ORDER_TRADE_UPDATE',
    E: at,
    T: at,
    o: {
      s: symbolName(instrument),
      c: clientIdText(order),
      S: sideText(request.side),
      o: presentType(order),
      f: timeInForce(order),
      q: quantityText(instrument, order.quantity),
      p: request.price === null ? '0' : priceText(instrument, request.price),
      ap: order.quantityFilled === 0 ? '0' : averageText(order, instrument),
      sp: request.trigger === null ? '0' : priceText(instrument, request.trigger.price),
      x: executionText(order, fill),
      X: statusText(order),
      i: order.id,
      l: fill === null ? '0' : quantityText(instrument, fill.quantity),
      z: quantityText(instrument, order.quantityFilled),
      L: fill === null ? '0' : priceText(instrument, fill.price),
      ...(fill === null ? {} : { N: instrument.settle, n: formatMoney(fill.fee) }),
      T: fill?.at ?? at,
      t: fill?.id ?? 0,
      b: isLive && request.side === 'buy' ? resting : '0',
      a: isLive && request.side === 'sell' ? resting : '0',
      m: fill?.isMaker ?? false,
      R: request.isReduceOnly,
      wt: workingTypeText(order),
      ot: originalType(order),
      ps: 'BOTH',
      cp: isClosePosition(order),
      rp: formatMoney(fill?.realised ?? money(0)),
    },
  }
}
