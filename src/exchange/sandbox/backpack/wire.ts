/** Backpack's spelling of orders, fills and positions: numbers as texts, sides Bid and Ask, stamps in two forms. */
import { formatLots, type Instrument } from '../../../domain/instrument.ts'
import {
  formatDecimal,
  formatMoney,
  type Money,
  money,
  type Ratio,
  ratio,
} from '../../../domain/money.ts'
import type { Side } from '../../../domain/order.ts'
import {
  decimalText,
  type SandboxEvent,
  type SandboxFill,
  type SandboxOrder,
  type SandboxPosition,
} from '../front.ts'

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/** `SOL_USDC_PERP` of an instrument. */
export const marketSymbol = (instrument: Instrument): string =>
  `${instrument.base}_${instrument.quote}_PERP`

export const priceText = (instrument: Instrument, price: number): string =>
  formatDecimal(price, instrument.priceDecimals)

export const quantityText = (instrument: Instrument, lots: number): string =>
  formatLots(instrument, Math.round(lots))

export const sideText = (side: Side): 'Bid' | 'Ask' => (side === 'buy' ? 'Bid' : 'Ask')

/** A rate as a fraction. */
export const rateText = (rate: Ratio | number): string => formatDecimal(rate, 8)

/** Microseconds since 1970, as streams carry them. */
export const micros = (atMs: number): number => Math.round(atMs) * 1000

/** `2025-07-27T17:39:00.092`: UTC without a zone, as histories carry it. */
export const naiveTime = (atMs: number): string => new Date(atMs).toISOString().slice(0, 23)

/** `2025-07-19 13:09:00`, as klines carry it. */
export const klineTime = (atMs: number): string =>
  new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')

/** Price units times lots in quote money. */
export const valueText = (instrument: Instrument, cost: number): string =>
  formatMoney(money(Math.round(cost * instrument.moneyPerUnit)))

export type OrderStatusText =
  | 'Cancelled'
  | 'Expired'
  | 'Filled'
  | 'New'
  | 'PartiallyFilled'
  | 'TriggerPending'
  | 'TriggerFailed'

export function statusText(order: SandboxOrder): OrderStatusText {
  const { status, request, isTriggered, quantityFilled } = order
  if (status === 'filled') return 'Filled'
  if (status === 'canceled') return expiryReason(order) === null ? 'Cancelled' : 'Expired'
  if (status === 'rejected' && request.trigger !== null) return 'TriggerFailed'
  if (status !== 'open') return 'Expired'
  if (request.trigger !== null && !isTriggered) return 'TriggerPending'
  return quantityFilled > 0 ? 'PartiallyFilled' : 'New'
}

/** Why the engine ended an order by itself (openapi: OrderExpiryReason); null = it did not. */
export function expiryReason(order: SandboxOrder): string | null {
  const { reason, extra, request, status } = order
  if (reason === 'unfilled') {
    if (extra['timeInForce'] === 'FOK') return 'FillOrKill'
    return request.kind === 'market' ? 'InsufficientLiquidity' : 'ImmediateOrCancel'
  }
  if (reason !== null && reason in EXPIRY_REASONS) return EXPIRY_REASONS[reason] ?? null
  return status === 'expired' || status === 'rejected' ? 'Unknown' : null
}

const EXPIRY_REASONS: Readonly<Record<string, string>> = {
  reduce_only: 'ReduceOnlyNotReduced',
  would_cross: 'PostOnlyTaker',
  post_only_mode: 'PostOnlyMode',
  insufficient_margin: 'InsufficientMargin',
  liquidation: 'Liquidation',
  bad_price: 'InvalidPrice',
  bad_quantity: 'InvalidQuantity',
}

/** Client ids travel as numbers; null of orders without one (or of others' making). */
export function clientIdNumber(clientId: string | null): number | null {
  return clientId !== null && /^\d{1,10}$/.test(clientId) ? Number(clientId) : null
}

const TRIGGER_BY = { mark: 'MarkPrice', last: 'LastPrice' } as const

function triggerFields(order: SandboxOrder, instrument: Instrument): JsonObject {
  const { trigger } = order.request
  if (trigger === null) return {}
  return {
    triggerPrice: priceText(instrument, trigger.price),
    triggerQuantity: quantityText(instrument, order.quantity),
    triggerBy: triggerReference(order),
    ...(order.isTriggered ? { triggeredAt: order.updatedAt } : {}),
  }
}

/** What the client named; the books know mark and last only. */
function triggerReference(order: SandboxOrder): string {
  return order.extra['triggerBy'] ?? TRIGGER_BY[order.request.trigger?.by ?? 'last']
}

const timeInForce = (order: SandboxOrder): string =>
  order.extra['timeInForce'] ?? (order.request.timeInForce === 'ioc' ? 'IOC' : 'GTC')

const prevention = (order: SandboxOrder): string =>
  order.extra['selfTradePrevention'] ?? 'RejectTaker'

/** What both forms of an order share. */
function orderCore(order: SandboxOrder, instrument: Instrument): JsonObject {
  const { request } = order
  const clientId = clientIdNumber(order.clientId)
  return {
    ...(clientId === null ? {} : { clientId }),
    executedQuantity: quantityText(instrument, order.quantityFilled),
    executedQuoteQuantity: valueText(instrument, order.costFilled),
    orderType: request.kind === 'limit' ? 'Limit' : 'Market',
    ...(request.price === null
      ? {}
      : { postOnly: request.isPostOnly, price: priceText(instrument, request.price) }),
    quantity: quantityText(instrument, order.quantity),
    selfTradePrevention: prevention(order),
    side: sideText(request.side),
    status: statusText(order),
    symbol: marketSymbol(instrument),
    timeInForce: timeInForce(order),
  }
}

/** An order as /order and /orders tell it (openapi: OrderType). */
export function orderJson(order: SandboxOrder, instrument: Instrument): JsonObject {
  return {
    id: String(order.id),
    createdAt: order.createdAt,
    reduceOnly: order.request.isReduceOnly,
    ...orderCore(order, instrument),
    ...triggerFields(order, instrument),
  }
}

/** An order as /history/orders tells it (openapi: Order). */
export function historicOrderJson(order: SandboxOrder, instrument: Instrument): JsonObject {
  const reason = expiryReason(order)
  const { triggeredAt: _, ...trigger } = triggerFields(order, instrument)
  return {
    id: String(order.id),
    createdAt: naiveTime(order.createdAt),
    ...(reason === null ? {} : { expiryReason: reason }),
    ...orderCore(order, instrument),
    ...trigger,
    ...(systemOrderType(order.origin) === null
      ? {}
      : { systemOrderType: systemOrderType(order.origin) }),
  }
}

function systemOrderType(origin: SandboxOrder['origin']): string | null {
  if (origin === 'liquidation') return 'LiquidatePositionOnBook'
  return origin === 'adl' ? 'LiquidatePositionOnAdl' : null
}

/** A fill as /history/fills tells it (openapi: OrderFill). */
export function fillJson(fill: SandboxFill, instrument: Instrument): JsonObject {
  const system = systemOrderType(fill.origin)
  return {
    ...(fill.clientId === null ? {} : { clientId: fill.clientId }),
    fee: formatMoney(fill.fee),
    feeSymbol: instrument.settle,
    isMaker: fill.isMaker,
    orderId: String(fill.orderId),
    price: priceText(instrument, fill.price),
    quantity: quantityText(instrument, fill.quantity),
    side: sideText(fill.side),
    symbol: marketSymbol(instrument),
    ...(system === null ? {} : { systemOrderType: system }),
    timestamp: naiveTime(fill.at),
    tradeId: fill.id,
  }
}

const ORIGINS = {
  client: 'USER',
  foreign: 'USER',
  liquidation: 'LIQUIDATION_AUTOCLOSE',
  adl: 'ADL_AUTOCLOSE',
} as const

type OrderChange = Extract<SandboxEvent, { readonly kind: 'order' }>

/** Which event of the order stream a change is. */
function orderEventName({ order, fill, isCut }: OrderChange): string {
  if (fill !== null) return 'orderFill'
  if (isCut) return 'orderModified'
  const status = statusText(order)
  if (status === 'TriggerPending') return 'triggerPlaced'
  if (status === 'TriggerFailed') return 'triggerFailed'
  if (status === 'Cancelled') return 'orderCancelled'
  return status === 'Expired' ? 'orderExpired' : 'orderAccepted'
}

/** An event of account.orderUpdate (asyncapi: OrderUpdateEvent). */
export function orderUpdateJson(told: OrderChange, instrument: Instrument): JsonObject {
  const { order, fill } = told
  const { request } = order
  const clientId = clientIdNumber(order.clientId)
  const event = orderEventName(told)
  return {
    e: event,
    E: micros(order.updatedAt),
    s: marketSymbol(instrument),
    ...(clientId === null ? {} : { c: clientId }),
    S: sideText(request.side),
    o: request.kind === 'limit' ? 'LIMIT' : 'MARKET',
    f: timeInForce(order),
    q: quantityText(instrument, order.quantity),
    ...(request.price === null ? {} : { p: priceText(instrument, request.price) }),
    ...triggerUpdate(order, instrument),
    X: statusText(order),
    ...(event === 'orderExpired' ? { R: expiryReason(order) ?? 'Unknown' } : {}),
    i: String(order.id),
    ...(fill === null ? {} : fillUpdate(fill, instrument)),
    z: quantityText(instrument, order.quantityFilled),
    Z: valueText(instrument, order.costFilled),
    V: prevention(order),
    T: micros(order.updatedAt),
    O: ORIGINS[order.origin],
    r: request.isReduceOnly,
    y: request.isPostOnly,
  }
}

function triggerUpdate(order: SandboxOrder, instrument: Instrument): JsonObject {
  const { trigger } = order.request
  if (trigger === null) return {}
  return {
    P: priceText(instrument, trigger.price),
    B: triggerReference(order),
    Y: quantityText(instrument, order.quantity),
  }
}

function fillUpdate(fill: SandboxFill, instrument: Instrument): JsonObject {
  return {
    t: fill.id,
    l: quantityText(instrument, fill.quantity),
    L: priceText(instrument, fill.price),
    m: fill.isMaker,
    n: formatMoney(fill.fee),
    N: instrument.settle,
  }
}

/** An event of the public stream `liquidation` (asyncapi: LiquidationEvent). */
export const liquidationJson = (fill: SandboxFill, instrument: Instrument): JsonObject => ({
  e: 'liquidation',
  E: micros(fill.at),
  q: quantityText(instrument, fill.quantity),
  p: priceText(instrument, fill.price),
  S: sideText(fill.side),
  s: marketSymbol(instrument),
  T: micros(fill.at),
})

/** Fractions of the first margin tier: what a small position needs. */
export function marginFractions(instrument: Instrument): { imf: string; mmf: string } {
  const tier = instrument.marginTiers[0]
  if (tier === undefined) return { imf: '1', mmf: '1' }
  return {
    imf: rateText(ratio(Math.ceil(100_000_000 / tier.leverageMax))),
    mmf: rateText(tier.maintenanceRate),
  }
}

/** What the front adds to a position from the account's histories. */
export interface PositionFigures {
  readonly id: number
  readonly realised: Money
  readonly funding: Money
  readonly userId: number
}

/** A position as /position tells it (openapi: FuturePositionWithMargin). */
export function positionJson(
  position: SandboxPosition,
  instrument: Instrument,
  figures: PositionFigures,
): JsonObject {
  const { imf, mmf } = marginFractions(instrument)
  const entry = decimalText(position.entryPrice, instrument.priceDecimals)
  const lots = quantityText(instrument, position.quantity)
  return {
    breakEvenPrice: entry,
    cumulativeFundingPayment: formatMoney(figures.funding),
    cumulativeInterest: '0',
    entryPrice: entry,
    estLiquidationPrice:
      position.liquidationPrice === null ? '0' : priceText(instrument, position.liquidationPrice),
    imf,
    imfFunction: { type: 'sqrt', base: imf, factor: '0' },
    markPrice: priceText(instrument, position.mark),
    mmf,
    mmfFunction: { type: 'sqrt', base: mmf, factor: '0' },
    netCost: formatMoney(position.cost),
    netExposureNotional: formatMoney(position.notional),
    netExposureQuantity: quantityText(instrument, Math.abs(position.quantity)),
    netQuantity: lots,
    pnlRealized: formatMoney(figures.realised),
    pnlUnrealized: formatMoney(position.unrealised),
    positionId: String(figures.id),
    symbol: marketSymbol(instrument),
    userId: figures.userId,
  }
}

/** What an event of account.positionUpdate tells. */
export interface PositionUpdate {
  /** Null in the picture sent on subscription. */
  readonly event: 'positionAdjusted' | 'positionOpened' | 'positionClosed' | null
  readonly at: number
  readonly lots: number
  readonly entryPrice: number
  readonly mark: number
  readonly unrealised: Money
  readonly realised: Money
  readonly notional: Money
  readonly id: number
}

/** An event of account.positionUpdate; texts, as recorded ones have them (the description says numbers). */
export function positionUpdateJson(update: PositionUpdate, instrument: Instrument): JsonObject {
  const { imf, mmf } = marginFractions(instrument)
  const entry = decimalText(update.entryPrice, instrument.priceDecimals)
  return {
    ...(update.event === null ? {} : { e: update.event }),
    E: micros(update.at),
    s: marketSymbol(instrument),
    b: entry,
    B: entry,
    l: '0',
    f: imf,
    M: priceText(instrument, update.mark),
    m: mmf,
    q: quantityText(instrument, update.lots),
    Q: quantityText(instrument, Math.abs(update.lots)),
    n: formatMoney(update.notional),
    i: update.id,
    p: formatMoney(update.realised),
    P: formatMoney(update.unrealised),
    T: micros(update.at),
  }
}
