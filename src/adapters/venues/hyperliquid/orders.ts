/**
 * Orders and cancels as actions, and what the venue answers to them, one by one. Keys stand in the order in which the venue
 * hashes them. Source: Hyperliquid documentation, "Exchange endpoint", "Error responses", "Notation".
 */
import { formatLots, isPriceAllowed, roundPrice } from '../../../domain/instrument.ts'
import { mulDiv, type Price, price, quantity } from '../../../domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../../../domain/order.ts'
import type { CancelOutcome, PlaceOutcome } from '../../../domain/venue-report.ts'
import { lotsFrom, priceText } from '../live/decimal.ts'
import type { WireOrder } from '../live/dialect.ts'
import { meaningOf } from './errors.ts'
import type { HyperliquidMarket } from './instruments.ts'
import { isRaw, type Raw, rawOf, textOf } from './raw.ts'

/** How far a market order may go from the price it is sent at, in 1e-8. */
const SLIPPAGE = 5_000_000
/** The same for a stop or take-profit, from its trigger: what the venue's own page gives them. */
const TRIGGER_SLIPPAGE = 10_000_000
const ONE = 100_000_000

export interface OrderRow {
  readonly a: number
  readonly b: boolean
  readonly p: string
  readonly s: string
  readonly r: boolean
  readonly t:
    | { readonly limit: { readonly tif: 'Alo' | 'Gtc' | 'Ioc' } }
    | {
        readonly trigger: {
          readonly isMarket: boolean
          readonly triggerPx: string
          readonly tpsl: 'tp' | 'sl'
        }
      }
  readonly c: string
}

export interface OrderAction {
  readonly type: 'order'
  readonly orders: readonly OrderRow[]
  /** `positionTpsl`: a protective order that closes the whole position, whatever it is when the trigger is reached. */
  readonly grouping: 'na' | 'positionTpsl'
}

/** An order with its contract; `reference` is the price that a market order starts from. */
export interface PreparedOrder {
  readonly order: WireOrder
  readonly market: HyperliquidMarket
  readonly reference: Price | null
}

/** Whether an order needs the price of the moment: the venue has no market orders, only immediate ones with a limit. */
export const needsReference = ({ kind, trigger }: OrderRequest): boolean =>
  kind === 'market' && trigger === null

/** Why the venue cannot take the order as it is; null = it can. */
export function flawOf({ order, market, reference }: PreparedOrder): string | null {
  const { request } = order
  if (!/^0x[0-9a-f]{32}$/i.test(order.clientId)) return 'client_id'
  // The venue compares triggers with the mark alone.
  if (request.trigger !== null && request.trigger.by !== 'mark') return 'trigger_by'
  if (request.trigger !== null && !request.isReduceOnly) return 'trigger_not_reduce_only'
  if (request.quantity === 'position' && request.trigger === null) return 'quantity_rule'
  if (needsReference(request) && reference === null) return 'no_price'
  const prices = [request.price, request.trigger?.price ?? null]
  const isOff = prices.some((one) => one !== null && !isPriceAllowed(market.instrument, one))
  return isOff ? 'price_rule' : null
}

/** A price moved against the order, and from there to the nearest allowed one that is not further away. */
function bounded(market: HyperliquidMarket, from: Price, isBuy: boolean, by: number): Price {
  const moved = price(mulDiv(from, isBuy ? ONE + by : ONE - by, ONE, isBuy ? 'floor' : 'ceil'))
  return roundPrice(market.instrument, moved, isBuy ? 'floor' : 'ceil')
}

function limitOf({ order, market, reference }: PreparedOrder): Price {
  const { request } = order
  if (request.kind === 'limit' && request.price !== null) return request.price
  const isBuy = request.side === 'buy'
  if (request.trigger !== null)
    return bounded(market, request.trigger.price, isBuy, TRIGGER_SLIPPAGE)
  return bounded(market, reference ?? price(0), isBuy, SLIPPAGE)
}

function typeOf({ order, market }: PreparedOrder): OrderRow['t'] {
  const { kind, trigger, isPostOnly, timeInForce } = order.request
  if (trigger !== null) {
    return {
      trigger: {
        isMarket: kind === 'market',
        triggerPx: priceText(market.instrument, trigger.price),
        tpsl: trigger.kind === 'stop' ? 'sl' : 'tp',
      },
    }
  }
  if (isPostOnly) return { limit: { tif: 'Alo' } }
  return { limit: { tif: kind === 'market' || timeInForce === 'ioc' ? 'Ioc' : 'Gtc' } }
}

export function orderRow(prepared: PreparedOrder): OrderRow {
  const { order, market } = prepared
  const { request } = order
  return {
    a: market.asset,
    b: request.side === 'buy',
    p: priceText(market.instrument, limitOf(prepared)),
    s: request.quantity === 'position' ? '0' : formatLots(market.instrument, request.quantity),
    r: request.isReduceOnly,
    t: typeOf(prepared),
    c: order.clientId,
  }
}

/** One action for what stands alone and one for what hangs on the position: the grouping is the action's. */
export function orderActions(
  prepared: readonly PreparedOrder[],
): readonly { readonly action: OrderAction; readonly orders: readonly PreparedOrder[] }[] {
  const onPosition = ({ order }: PreparedOrder) => order.request.quantity === 'position'
  const groups = [
    { grouping: 'na' as const, orders: prepared.filter((one) => !onPosition(one)) },
    { grouping: 'positionTpsl' as const, orders: prepared.filter(onPosition) },
  ]
  return groups
    .filter(({ orders }) => orders.length > 0)
    .map(({ grouping, orders }) => ({
      action: { type: 'order', orders: orders.map(orderRow), grouping },
      orders,
    }))
}

/** The earliest deadline of a batch: the action has only one. null = none. */
export function deadlineOf(orders: readonly PreparedOrder[]): number | null {
  const deadlines = orders.map(({ order }) => order.expiresAt).filter((at) => at !== null)
  return deadlines.length === 0 ? null : Math.floor(Math.min(...deadlines))
}

/**
 * The statuses of an action, one for each of its `count` entries. The venue tells a fault of the payload once for all of
 * them; entries that it says nothing of are null.
 */
export function statusesOf(answer: unknown, count: number): readonly unknown[] {
  const response = rawOf(rawOf(answer, 'answer to an action')['response'], 'answer to an action')
  const list = rawOf(response['data'], 'answer to an action')['statuses']
  const statuses: readonly unknown[] = Array.isArray(list) ? list : []
  const [first] = statuses
  const isForAll = statuses.length === 1 && isRaw(first) && textOf(first, 'error') !== null
  return Array.from({ length: count }, (_, i) => (isForAll ? first : (statuses[i] ?? null)))
}

/** What one status says of one order; what cannot be read proves nothing. */
export function placeOutcome({ order, market }: PreparedOrder, status: unknown): PlaceOutcome {
  const { clientId, request } = order
  const accepted = (
    state: 'open' | 'filled' | 'canceled',
    quantityFilled = quantity(0),
  ): PlaceOutcome => ({ kind: 'accepted', clientId, status: state, quantityFilled })
  if (status === 'waitingForTrigger' || status === 'waitingForFill') return accepted('open')
  if (!isRaw(status)) return { kind: 'unknown', clientId, reason: 'no_result' }
  const error = textOf(status, 'error')
  if (error !== null) {
    const { kind, code } = meaningOf(error)
    return { kind: kind === 'unknown' ? 'unknown' : 'rejected', clientId, reason: code }
  }
  // Fills that it met at once are told by the streams.
  if (isRaw(status['resting'])) return accepted('open')
  if (!isRaw(status['filled'])) return { kind: 'unknown', clientId, reason: 'unreadable' }
  const filled = lotsFrom(market.instrument, status['filled']['totalSz'])
  if (request.quantity === 'position' || filled >= request.quantity)
    return accepted('filled', filled)
  const isImmediate = request.timeInForce === 'ioc' || request.kind === 'market'
  return accepted(isImmediate ? 'canceled' : 'open', filled)
}

export type CancelAction =
  | {
      readonly type: 'cancelByCloid'
      readonly cancels: readonly { readonly asset: number; readonly cloid: string }[]
    }
  | {
      readonly type: 'cancel'
      readonly cancels: readonly { readonly a: number; readonly o: number }[]
    }

/** By client id, and by the venue's number for orders that have none of ours. */
export function cancelActions(
  market: HyperliquidMarket,
  ids: readonly ClientOrderId[],
): readonly { readonly action: CancelAction; readonly ids: readonly ClientOrderId[] }[] {
  const foreign = ids.filter((id) => id.startsWith('venue:'))
  const own = ids.filter((id) => !id.startsWith('venue:'))
  const asset = market.asset
  const byCloid = own.map((cloid) => ({ asset, cloid }))
  const byOid = foreign.map((id) => ({ a: asset, o: Number(id.slice('venue:'.length)) }))
  return [
    { action: { type: 'cancelByCloid' as const, cancels: byCloid }, ids: own },
    { action: { type: 'cancel' as const, cancels: byOid }, ids: foreign },
  ].filter((one) => one.ids.length > 0)
}

/** `success` says that it is withdrawn, not how much of it was filled before: the streams or a lookup tell that. */
export function cancelOutcome(clientId: ClientOrderId, status: unknown): CancelOutcome {
  if (status === 'success') return { kind: 'pending', clientId }
  const error = isRaw(status) ? textOf(status as Raw, 'error') : null
  if (error === null) return { kind: 'unknown', clientId, reason: 'no_result' }
  const { code } = meaningOf(error)
  return code === 'absent'
    ? { kind: 'absent', clientId }
    : { kind: 'unknown', clientId, reason: code }
}
