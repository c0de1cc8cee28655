/** Orders and fills in the venue's words ("Info endpoint", "Order statuses"). */
import type { Side } from '../../../domain/order.ts'
import type { SandboxFill, SandboxOrder } from '../front.ts'
import type { Coin } from './universe.ts'
import { repeated, wireHash, wireMoney, wirePrice, wireSize } from './wire-number.ts'

const CLOID = /^0x[0-9a-f]{32}$/

export const sideOf = (side: Side): 'B' | 'A' => (side === 'buy' ? 'B' : 'A')

/** The client's id of an order; replaced orders share one. What is none of the venue's form is not told. */
export const cloidOf = (of: { readonly clientId: string | null }): string | null =>
  of.clientId !== null && CLOID.test(of.clientId) ? of.clientId : null

/** A status that the backend does not know, by order: why the front itself ended it. */
export type EndCauses = ReadonlyMap<number, string>

const REASONS: Readonly<Record<string, string>> = {
  insufficient_margin: 'marginCanceled',
  reduce_only: 'reduceOnlyCanceled',
  liquidation: 'liquidatedCanceled',
  delisted: 'delistedCanceled',
}

export function statusOf(order: SandboxOrder, causes: EndCauses): string {
  const { status, reason, request, quantityFilled } = order
  if (status === 'open') return order.isTriggered ? 'triggered' : 'open'
  if (status === 'filled') return 'filled'
  if (status === 'rejected') return 'rejected'
  const isUnfilled = request.timeInForce === 'ioc' && quantityFilled === 0 && reason === 'unfilled'
  if (isUnfilled && request.trigger === null) return 'iocCancelRejected'
  return causes.get(order.id) ?? REASONS[reason ?? ''] ?? 'canceled'
}

const isOver = (order: SandboxOrder): boolean => order.status !== 'open'

function remainingOf(coin: Coin, order: SandboxOrder): string {
  const left = order.status === 'filled' ? 0 : order.quantity - order.quantityFilled
  return wireSize(coin.instrument, Math.max(0, left))
}

function limitPxOf(coin: Coin, order: SandboxOrder): string {
  const written = order.extra['p']
  if (written !== undefined) return repeated(written)
  const { price, trigger } = order.request
  const at = price ?? trigger?.price ?? order.lastFill?.price
  return at === undefined ? '0.0' : wirePrice(coin.instrument, at)
}

/** As `openOrders` and `orderUpdates` tell it. */
export function orderView(coin: Coin, order: SandboxOrder) {
  const cloid = cloidOf(order)
  return {
    coin: coin.name,
    side: sideOf(order.request.side),
    limitPx: limitPxOf(coin, order),
    sz: remainingOf(coin, order),
    oid: order.id,
    timestamp: order.createdAt,
    origSz: wireSize(coin.instrument, order.quantity),
    ...(cloid === null ? {} : { cloid }),
    ...(order.request.isReduceOnly ? { reduceOnly: true } : {}),
  }
}

function orderTypeOf(order: SandboxOrder): string {
  const { trigger, kind } = order.request
  if (trigger !== null) {
    return `${trigger.kind === 'stop' ? 'Stop' : 'Take Profit'} ${kind === 'market' ? 'Market' : 'Limit'}`
  }
  return kind === 'market' || order.extra['tif'] === 'FrontendMarket' ? 'Market' : 'Limit'
}

function tifOf(order: SandboxOrder): string | null {
  if (order.origin === 'liquidation') return 'LiquidationMarket'
  if (order.request.trigger !== null) return null
  const { isPostOnly, timeInForce } = order.request
  return order.extra['tif'] ?? (isPostOnly ? 'Alo' : timeInForce === 'ioc' ? 'Ioc' : 'Gtc')
}

function triggerPxOf(coin: Coin, order: SandboxOrder): string {
  const { trigger } = order.request
  if (trigger === null) return '0.0'
  return repeated(order.extra['triggerPx'] ?? wirePrice(coin.instrument, trigger.price))
}

function triggerConditionOf(coin: Coin, order: SandboxOrder): string {
  const { trigger, side } = order.request
  if (trigger === null) return 'N/A'
  if (order.isTriggered) return 'Triggered'
  const isAbove = (trigger.kind === 'stop') === (side === 'buy')
  return `Price ${isAbove ? 'above' : 'below'} ${triggerPxOf(coin, order)}`
}

/** As `frontendOpenOrders`, `orderStatus` and `historicalOrders` tell it. */
export const frontendOrderView = (coin: Coin, order: SandboxOrder) => ({
  coin: coin.name,
  side: sideOf(order.request.side),
  limitPx: limitPxOf(coin, order),
  sz: remainingOf(coin, order),
  oid: order.id,
  timestamp: order.createdAt,
  triggerCondition: triggerConditionOf(coin, order),
  isTrigger: order.request.trigger !== null,
  triggerPx: triggerPxOf(coin, order),
  children: [] as readonly unknown[],
  isPositionTpsl: order.request.quantity === 'position',
  reduceOnly: order.request.isReduceOnly,
  orderType: orderTypeOf(order),
  origSz: wireSize(coin.instrument, order.quantity),
  tif: tifOf(order),
  cloid: cloidOf(order),
})

/** An order with what became of it. */
export const statusView = (coin: Coin, order: SandboxOrder, causes: EndCauses) => ({
  order: frontendOrderView(coin, order),
  status: statusOf(order, causes),
  statusTimestamp: isOver(order) ? order.updatedAt : order.createdAt,
})

/** `orderUpdates`: stamped with the moment of the change. */
export const updateView = (coin: Coin, order: SandboxOrder, causes: EndCauses) => ({
  order: orderView(coin, order),
  status: statusOf(order, causes),
  statusTimestamp: order.updatedAt,
})

/** `Open Long`, `Close Short`, `Long > Short`, and what a forced trade is called. */
function directionOf(fill: SandboxFill, isCross: boolean): string {
  const before = fill.positionBefore
  const after = before + (fill.side === 'buy' ? fill.quantity : -fill.quantity)
  if (fill.origin === 'adl') return 'Auto-Deleveraging'
  if (fill.origin === 'liquidation') {
    return `Liquidated ${isCross ? 'Cross' : 'Isolated'} ${before > 0 ? 'Long' : 'Short'}`
  }
  if (before > 0 && after < 0) return 'Long > Short'
  if (before < 0 && after > 0) return 'Short > Long'
  const isOpening = Math.abs(after) > Math.abs(before)
  return `${isOpening ? 'Open' : 'Close'} ${(isOpening ? after : before) > 0 ? 'Long' : 'Short'}`
}

export interface FillContext {
  readonly user: string
  readonly isCross: boolean
}

export type FillView = ReturnType<typeof fillView>

export function fillView(coin: Coin, fill: SandboxFill, context: FillContext) {
  const { instrument } = coin
  const px = wirePrice(instrument, fill.price)
  const isForced = fill.origin === 'liquidation'
  const cloid = cloidOf(fill)
  const liquidation = { liquidatedUser: context.user, markPx: px, method: 'market' }
  return {
    coin: coin.name,
    px,
    sz: wireSize(instrument, fill.quantity),
    side: sideOf(fill.side),
    time: fill.at,
    startPosition: wireSize(instrument, fill.positionBefore),
    dir: directionOf(fill, context.isCross),
    closedPnl: wireMoney(fill.realised),
    hash: wireHash(fill.id),
    oid: fill.orderId,
    crossed: !fill.isMaker,
    fee: wireMoney(fill.fee),
    tid: fill.id,
    ...(cloid === null ? {} : { cloid }),
    ...(isForced ? { liquidation } : {}),
    feeToken: instrument.settle,
    twapId: null,
  }
}
