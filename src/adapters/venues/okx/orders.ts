/** Orders as OKX takes them, and what its answers say of each. Pure. */
import { formatDecimal, invariant, type Quantity } from '../../../domain/money.ts'
import type { ClientOrderId } from '../../../domain/order.ts'
import type { PlaceOutcome } from '../../../domain/venue-report.ts'
import { priceText, stepsText } from '../live/decimal.ts'
import type { WireOrder } from '../live/dialect.ts'
import { DUPLICATE, kindOf, reasonOf } from './errors.ts'
import type { Row } from './exchange.ts'
import type { Contract } from './instruments.ts'

export type MarginMode = 'isolated' | 'cross'

type Payload = Readonly<Record<string, string | boolean>>

/** What goes into `trade/batch-orders`; the order of the keys is ccxt's. */
export function orderPayload(
  { clientId, instrument, request }: WireOrder,
  contract: Contract,
  tdMode: MarginMode,
): Payload {
  const { side, quantity, price, isReduceOnly } = request
  invariant(quantity !== 'position', 'an order without a trigger has a quantity of its own')
  const isPriced = request.kind === 'limit'
  invariant(isPriced === (price !== null), 'a limit order has a price, a market order none')
  return {
    instId: contract.instId,
    side,
    ordType: orderType(request),
    sz: stepsText(contract.lotSz, quantity),
    tdMode,
    ...(price === null ? {} : { px: priceText(instrument, price) }),
    clOrdId: clientId,
    ...(isReduceOnly ? { reduceOnly: true } : {}),
  }
}

function orderType(request: WireOrder['request']): string {
  if (request.kind === 'market') return 'market'
  if (request.isPostOnly) return 'post_only'
  return request.timeInForce === 'ioc' ? 'ioc' : 'limit'
}

/** What goes into `trade/order-algo`: a stop that rests at the venue; `closeFraction` closes whatever the position is then. */
export function stopPayload(
  { clientId, instrument, request }: WireOrder,
  contract: Contract,
  tdMode: MarginMode,
): Payload {
  const { side, quantity, price, trigger } = request
  invariant(trigger !== null, 'a stop has a trigger')
  const prefix = trigger.kind === 'stop' ? 'sl' : 'tp'
  const isWhole = quantity === 'position'
  invariant(!isWhole || price === null, 'what closes the whole position is a market order')
  return {
    instId: contract.instId,
    side,
    ordType: 'conditional',
    ...(isWhole ? { closeFraction: '1' } : { sz: stepsText(contract.lotSz, quantity) }),
    tdMode,
    [`${prefix}TriggerPx`]: priceText(instrument, trigger.price),
    [`${prefix}OrdPx`]: price === null ? '-1' : priceText(instrument, price),
    [`${prefix}TriggerPxType`]: trigger.by,
    algoClOrdId: clientId,
    ...(request.isReduceOnly || isWhole ? { reduceOnly: true } : {}),
  }
}

/** What one result says; `exists`: the id is used, so the order must be looked at. */
export type Placed = PlaceOutcome | { readonly kind: 'exists'; readonly clientId: ClientOrderId }

/**
 * One outcome for each order, by its id, else by its place in the answer: OKX answers a batch in its order. What has no
 * result of its own is unknown, also when the whole answer says success.
 */
export function placedFrom(ids: readonly ClientOrderId[], rows: readonly Row[]): readonly Placed[] {
  const byId = new Map(rows.map((row) => [row['clOrdId'] || row['algoClOrdId'] || '', row]))
  return ids.map((clientId, index) => {
    const positional = rows.length === ids.length ? rows[index] : undefined
    const named = positional?.['clOrdId'] || positional?.['algoClOrdId'] || ''
    return placedOne(clientId, byId.get(clientId) ?? (named === '' ? positional : undefined))
  })
}

function placedOne(clientId: ClientOrderId, row: Row | undefined): Placed {
  const code = row?.['sCode']
  if (code === undefined) return { kind: 'unknown', clientId, reason: 'no_result' }
  if (code === '0')
    return { kind: 'accepted', clientId, status: 'open', quantityFilled: 0 as Quantity }
  if (DUPLICATE.has(code)) return { kind: 'exists', clientId }
  const kind = kindOf(code)
  const isCertain = kind === 'rejected' || kind === 'rate_limited' || kind === 'credential'
  return { kind: isCertain ? 'rejected' : 'unknown', clientId, reason: reasonOf(code) }
}

/** The header that makes OKX refuse what comes too late; the earliest of a message holds for all of it. */
export function deadlineHeader(
  orders: readonly WireOrder[],
): Readonly<Record<string, string>> | undefined {
  const moments = orders.flatMap(({ expiresAt }) => (expiresAt === null ? [] : [expiresAt]))
  return moments.length === 0
    ? undefined
    : { expTime: formatDecimal(Math.floor(Math.min(...moments)), 0) }
}
