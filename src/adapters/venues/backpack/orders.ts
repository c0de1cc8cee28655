/** Orders on their way to Backpack, and what its answers say of them. */
import { formatLots, type Instrument } from '../../../domain/instrument.ts'
import type { ClientOrderId, OrderRequest } from '../../../domain/order.ts'
import type { CancelOutcome, PlaceOutcome } from '../../../domain/venue-report.ts'
import { VenueError } from '../../../ports/venue.ts'
import { priceText } from '../live/decimal.ts'
import type { WireOrder } from '../live/dialect.ts'
import { NotSentError } from '../live/errors.ts'
import { errorKind, isNotFound, reasonOf } from './errors.ts'
import { executedLots, statusOf } from './reports.ts'
import type { OrderRow } from './rows.ts'

/** OrderExecutePayload; keys are sorted when it is signed. */
export type OrderPayload = Readonly<Record<string, string | number | boolean>>

/** A trigger of this size takes the whole position there is when it fires. */
const WHOLE_POSITION = '100%'
const UINT32_MAX = 0xffff_ffff

/**
 * The venue's integer id of ours.
 * @throws NotSentError `rejected` when it is no uint32
 */
export function clientIdNumber(id: ClientOrderId): number {
  const value = /^(0|[1-9]\d{0,9})$/.test(id) ? Number(id) : Number.NaN
  if (!(value <= UINT32_MAX))
    throw new NotSentError(
      'rejected',
      'client_id',
      'backpack takes client ids from 0 to 4294967295 only.',
    )
  return value
}

const FOREIGN = 'venue:'

/** How the venue is told which order is meant: by our number, or by its own for one that has none of ours. */
export const orderName = (id: ClientOrderId): Readonly<Record<string, string | number>> =>
  id.startsWith(FOREIGN) ? { orderId: id.slice(FOREIGN.length) } : { clientId: clientIdNumber(id) }

/** Whether a row of the venue is the order with this id. */
export const isNamed = (orderId: string, clientId: unknown, id: ClientOrderId): boolean =>
  id.startsWith(FOREIGN) ? orderId === id.slice(FOREIGN.length) : String(clientId) === id

/** @throws NotSentError `rejected` when the venue has no such order */
export function orderPayload(
  marketId: string,
  { clientId, instrument, request }: WireOrder,
): OrderPayload {
  return {
    symbol: marketId,
    clientId: clientIdNumber(clientId),
    side: request.side === 'buy' ? 'Bid' : 'Ask',
    orderType: request.kind === 'limit' ? 'Limit' : 'Market',
    ...(request.price === null ? {} : { price: priceText(instrument, request.price) }),
    ...quantityFields(instrument, request),
    // GTC is what the venue takes when nothing is said; market orders know no other way.
    ...(request.kind === 'limit' && request.timeInForce === 'ioc' ? { timeInForce: 'IOC' } : {}),
    ...(request.isPostOnly ? { postOnly: true } : {}),
    ...(request.isReduceOnly || request.quantity === 'position' ? { reduceOnly: true } : {}),
  }
}

function quantityFields(instrument: Instrument, { quantity, trigger }: OrderRequest): OrderPayload {
  const size = quantity === 'position' ? WHOLE_POSITION : formatLots(instrument, quantity)
  if (trigger === null) {
    if (quantity === 'position')
      throw new NotSentError(
        'rejected',
        'close_position',
        'backpack closes a whole position with a trigger only: give the quantity.',
      )
    return { quantity: size }
  }
  return {
    triggerPrice: priceText(instrument, trigger.price),
    triggerBy: trigger.by === 'mark' ? 'MarkPrice' : 'LastPrice',
    triggerQuantity: size,
  }
}

/** The answer to one placement: the order as it is now. Anything else proves nothing. */
export function placed(
  { clientId, instrument, request }: WireOrder,
  answer: unknown,
): PlaceOutcome {
  if (!isOrder(answer) || String(answer.clientId) !== clientId)
    return { kind: 'unknown', clientId, reason: 'unreadable' }
  const status = statusOf(answer.status)
  if (status === null) return { kind: 'unknown', clientId, reason: 'unreadable' }
  const quantityFilled = executedLots(instrument, answer)
  // The engine takes a post-only order that would cross and ends it at once.
  if (status === 'expired' && quantityFilled === 0 && request.isPostOnly)
    return { kind: 'rejected', clientId, reason: 'would_cross' }
  return { kind: 'accepted', clientId, status, quantityFilled }
}

/** The answers to a batch, one for each order in its order. Orders without a legible answer of their own are unknown. */
export function placedBatch(orders: readonly WireOrder[], answer: unknown): PlaceOutcome[] {
  const rows: readonly unknown[] = Array.isArray(answer) ? answer : []
  const isComplete = rows.length === orders.length
  return orders.map((order, index) => {
    const own = rows.find((row) => isOrder(row) && String(row.clientId) === order.clientId)
    if (own !== undefined) return placed(order, own)
    // A refusal has no id: only its place says whose it is, and only when none is missing.
    return refused(order.clientId, isComplete ? rows[index] : undefined)
  })
}

function refused(clientId: ClientOrderId, row: unknown): PlaceOutcome {
  const { operation, code, message } = (row ?? {}) as Readonly<Record<string, unknown>>
  if (operation !== 'Err' || typeof code !== 'string')
    return { kind: 'unknown', clientId, reason: 'unreadable' }
  const kind = errorKind(200, code)
  const isCertain = kind === 'rejected' || kind === 'rate_limited' || kind === 'credential'
  const reason = reasonOf(code, String(message ?? ''))
  return { kind: isCertain ? 'rejected' : 'unknown', clientId, reason }
}

/** What one cancel did: the order when it is gone (200), nothing when it is only accepted (202). */
export function canceled(
  instrument: Instrument,
  clientId: ClientOrderId,
  answer: unknown,
): CancelOutcome {
  if (answer === null || answer === '') return { kind: 'pending', clientId }
  const status = isOrder(answer) ? statusOf(answer.status) : null
  if (status === null || !isOrder(answer))
    return { kind: 'unknown', clientId, reason: 'unreadable' }
  if (status === 'open') return { kind: 'pending', clientId }
  return { kind: 'final', clientId, status, quantityFilled: executedLots(instrument, answer) }
}

/** What a failed cancel says: only the venue's own "not found" says that the order is not resting. */
export function cancelFailed(clientId: ClientOrderId, error: unknown): CancelOutcome {
  if (isNotFound(error)) return { kind: 'absent', clientId }
  const reason = error instanceof VenueError ? error.code : 'failed'
  return { kind: 'unknown', clientId, reason }
}

function isOrder(answer: unknown): answer is OrderRow {
  const row = answer as Partial<OrderRow> | null
  return (
    typeof row === 'object' &&
    row !== null &&
    typeof row.id === 'string' &&
    typeof row.status === 'string'
  )
}
