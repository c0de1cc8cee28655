/** Orders on their way to Aster, and what its answers say of them. */
import { formatLots, type Instrument } from '../../../domain/instrument.ts'
import type { ClientOrderId } from '../../../domain/order.ts'
import type { CancelOutcome, PlaceOutcome } from '../../../domain/venue-report.ts'
import { VenueError } from '../../../ports/venue.ts'
import { lotsFrom, priceText } from '../live/decimal.ts'
import type { WireOrder } from '../live/dialect.ts'
import { NotSentError } from '../live/errors.ts'
import { errorKind, isNotFound, reasonOf } from './errors.ts'
import { statusOf } from './reports.ts'
import type { OrderRow } from './rows.ts'

/** In the order in which it is signed. */
export type OrderForm = Readonly<Record<string, string>>

const CLIENT_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/
const FOREIGN = 'venue:'

/** How the venue is told which order is meant: by our id, or by its own number for one that has none of its own. */
export const orderName = (id: ClientOrderId): OrderForm =>
  id.startsWith(FOREIGN) ? { orderId: id.slice(FOREIGN.length) } : { origClientOrderId: id }

/** @throws NotSentError `rejected` when the venue has no such order */
export function orderForm(
  marketId: string,
  { clientId, instrument, request }: WireOrder,
): OrderForm {
  if (!CLIENT_ID.test(clientId))
    throw new NotSentError('rejected', 'client_id', 'aster does not take this client id.')
  const { kind, price, quantity, trigger } = request
  const isWhole = quantity === 'position'
  if (isWhole && (trigger === null || kind !== 'market'))
    throw new NotSentError(
      'rejected',
      'close_position',
      'aster closes a whole position with a market trigger only: give the quantity.',
    )
  const isLimit = kind === 'limit'
  return {
    symbol: marketId,
    side: request.side === 'buy' ? 'BUY' : 'SELL',
    newClientOrderId: clientId,
    type: typeOf(request),
    ...(isWhole ? {} : { quantity: formatLots(instrument, quantity) }),
    ...(price === null ? {} : { price: priceText(instrument, price) }),
    ...(isLimit ? { timeInForce: timeInForce(request) } : {}),
    ...(trigger === null
      ? {}
      : {
          stopPrice: priceText(instrument, trigger.price),
          workingType: trigger.by === 'mark' ? 'MARK_PRICE' : 'CONTRACT_PRICE',
        }),
    ...(isWhole ? { closePosition: 'true' } : {}),
    ...(request.isReduceOnly && !isWhole ? { reduceOnly: 'true' } : {}),
    // The state after matching, not the mere receipt.
    newOrderRespType: 'RESULT',
  }
}

function typeOf({ kind, trigger }: WireOrder['request']): string {
  if (trigger === null) return kind === 'limit' ? 'LIMIT' : 'MARKET'
  const base = trigger.kind === 'stop' ? 'STOP' : 'TAKE_PROFIT'
  return kind === 'limit' ? base : `${base}_MARKET`
}

const timeInForce = ({ isPostOnly, timeInForce: wanted }: WireOrder['request']): string =>
  isPostOnly ? 'GTX' : wanted === 'ioc' ? 'IOC' : 'GTC'

/** Whether an order may stand in a batch, where a quantity is mandatory. */
export const isBatchable = ({ request }: WireOrder): boolean => request.quantity !== 'position'

/** The answer to one placement: the order as it is now. Anything else proves nothing. */
export function placed({ clientId, instrument }: WireOrder, answer: unknown): PlaceOutcome {
  const status =
    isOrder(answer) && answer.clientOrderId === clientId ? statusOf(answer.status) : null
  if (status === null || !isOrder(answer))
    return { kind: 'unknown', clientId, reason: 'unreadable' }
  const quantityFilled = lotsFrom(instrument, answer.executedQty)
  return { kind: 'accepted', clientId, status, quantityFilled }
}

/** "The order of returned contents is the same as the order of the order list." What has no answer of its own is unknown. */
export function placedBatch(orders: readonly WireOrder[], answer: unknown): PlaceOutcome[] {
  const rows: readonly unknown[] = Array.isArray(answer) ? answer : []
  const isComplete = rows.length === orders.length
  return orders.map((order, index) => {
    const own = rows.find((row) => isOrder(row) && row.clientOrderId === order.clientId)
    if (own !== undefined) return placed(order, own)
    return refused(order.clientId, isComplete ? rows[index] : undefined)
  })
}

function refused(clientId: ClientOrderId, row: unknown): PlaceOutcome {
  const { code, msg } = (row ?? {}) as Readonly<Record<string, unknown>>
  if (typeof code !== 'number' && typeof code !== 'string')
    return { kind: 'unknown', clientId, reason: 'unreadable' }
  const kind = errorKind(200, Number(code))
  const isCertain = kind === 'rejected' || kind === 'rate_limited' || kind === 'credential'
  const reason = reasonOf(Number(code), String(msg ?? ''))
  return { kind: isCertain ? 'rejected' : 'unknown', clientId, reason }
}

export function canceled(
  instrument: Instrument,
  clientId: ClientOrderId,
  answer: unknown,
): CancelOutcome {
  const status = isOrder(answer) ? statusOf(answer.status) : null
  if (status === null || !isOrder(answer)) return canceledNot(clientId, answer)
  if (status === 'open') return { kind: 'pending', clientId }
  const quantityFilled = lotsFrom(instrument, answer.executedQty)
  return { kind: 'final', clientId, status, quantityFilled }
}

/** A member of a batch that was refused. */
function canceledNot(clientId: ClientOrderId, answer: unknown): CancelOutcome {
  const { code } = (answer ?? {}) as { code?: unknown }
  if (Number(code) === -2011 || Number(code) === -2013) return { kind: 'absent', clientId }
  return { kind: 'unknown', clientId, reason: code === undefined ? 'unreadable' : String(code) }
}

/** What a failed cancel says: only the venue's own "unknown order" says that the order is not resting. */
export function cancelFailed(clientId: ClientOrderId, error: unknown): CancelOutcome {
  if (isNotFound(error)) return { kind: 'absent', clientId }
  const reason = error instanceof VenueError ? error.code : 'failed'
  return { kind: 'unknown', clientId, reason }
}

function isOrder(answer: unknown): answer is OrderRow {
  const row = answer as Partial<OrderRow> | null
  return (
    typeof row === 'object' && row !== null && 'orderId' in row && typeof row.status === 'string'
  )
}
