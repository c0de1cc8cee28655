/** An order that is not settled yet, and how it compares with what is wanted. */
import { type Instrument, priceStep, roundPrice } from '../domain/instrument.ts'
import type { MarketPrice } from '../domain/market.ts'
import { type Price, price, type Quantity, quantity } from '../domain/money.ts'
import type { ClientOrderId, OrderRequest, Origin, Side } from '../domain/order.ts'
import type { ReasonCode } from '../domain/reason.ts'
import type { RestingWant, TargetWant } from '../domain/strategy.ts'

/** `final`: the venue fills no more of it, but fills that it reported are not all booked yet. */
export type WorkingStatus = 'sending' | 'open' | 'unknown' | 'final'

export interface WorkingOrder {
  readonly clientId: ClientOrderId
  readonly origin: Origin
  readonly slot: string
  readonly request: OrderRequest
  /** What it may trade at most. */
  readonly lots: Quantity
  /** What of it has been booked by fills. */
  booked: Quantity
  /** Cumulative filled quantity once the order is final at the venue; null before. */
  filledFinal: Quantity | null
  status: WorkingStatus
  isCancelRequested: boolean
  readonly expiresAt: number | null
  readonly isReserved: boolean
}

/** A named place for orders of one want; it may hold several after top-ups. */
export interface Slot {
  want: RestingWant | null
  orders: WorkingOrder[]
  /** Market time before which nothing is sent after a refusal. */
  retryAt: number
  backoffMs: number
  retryReason: ReasonCode
}

/** Whether a working order is of the kind that is wanted; quantities are compared by the loop. */
export function matches(request: OrderRequest, want: RestingWant): boolean {
  const isStop = want.trigger?.kind === 'stop'
  return (
    request.side === want.side &&
    (isStop || request.price === want.price) &&
    request.isPostOnly === want.isPostOnly &&
    request.isReduceOnly === want.isReduceOnly &&
    (request.quantity === 'position') === (want.quantity === 'position') &&
    request.trigger?.price === want.trigger?.price &&
    request.trigger?.kind === want.trigger?.kind
  )
}

/** Whether two wants of a slot ask for the same. */
export const isSameRest = (a: RestingWant, b: RestingWant): boolean =>
  a.side === b.side &&
  a.price === b.price &&
  a.quantity === b.quantity &&
  a.isPostOnly === b.isPostOnly &&
  a.isReduceOnly === b.isReduceOnly &&
  a.trigger?.kind === b.trigger?.kind &&
  a.trigger?.price === b.trigger?.price &&
  a.trigger?.by === b.trigger?.by

export const isSameTarget = (a: TargetWant, b: TargetWant): boolean =>
  a.quantity === b.quantity &&
  a.worstPrice === b.worstPrice &&
  a.style === b.style &&
  a.deadlineAt === b.deadlineAt &&
  a.isReduceOnly === b.isReduceOnly

/** The order that a slot still lacks. @param occupied lots that its orders may trade already */
export function restingRequest(want: RestingWant, occupied: number): OrderRequest {
  const isStop = want.trigger !== null && want.trigger.kind === 'stop'
  return {
    instrument: want.instrument,
    side: want.side,
    kind: isStop ? 'market' : 'limit',
    price: isStop ? null : want.price,
    quantity: want.quantity === 'position' ? 'position' : quantity(want.quantity - occupied),
    timeInForce: 'gtc',
    isPostOnly: want.isPostOnly,
    isReduceOnly: want.isReduceOnly,
    trigger: want.trigger,
  }
}

/** Whether a resting order at this price would trade at once against the last price. */
export function wouldCross(
  want: { readonly side: Side; readonly price: Price },
  last: Price,
): boolean {
  return want.side === 'buy' ? want.price > last : want.price < last
}

/** The target of an operator's close or kill: nothing is held, at whatever price. */
export function flatWant(instrument: Instrument): TargetWant {
  return {
    instrument: instrument.id,
    quantity: quantity(0),
    worstPrice: null,
    style: 'take',
    deadlineAt: null,
    isReduceOnly: true,
  }
}

/** The order that brings a position towards its target: immediate within the worst price, or resting at the touch first. */
export function targetRequest(
  instrument: Instrument,
  want: TargetWant,
  missing: number,
  position: Quantity,
  at: MarketPrice,
  now: number,
): OrderRequest {
  const side: Side = missing > 0 ? 'buy' : 'sell'
  const isReduceOnly = want.isReduceOnly || isCloser(position, want.quantity)
  const common = {
    instrument: instrument.id,
    side,
    quantity: quantity(Math.abs(missing)),
    isReduceOnly,
    trigger: null,
  }
  const rests = want.style === 'maker_first' && (want.deadlineAt === null || now < want.deadlineAt)
  if (rests)
    return { ...common, kind: 'limit', price: at.last, timeInForce: 'gtc', isPostOnly: true }
  const worst = want.worstPrice
  if (worst === null)
    return { ...common, kind: 'market', price: null, timeInForce: 'ioc', isPostOnly: false }
  const limit = roundPrice(instrument, worst, side === 'buy' ? 'floor' : 'ceil')
  return {
    ...common,
    kind: 'limit',
    price: price(Math.max(limit, priceStep(instrument, worst))),
    timeInForce: 'ioc',
    isPostOnly: false,
  }
}

/** The target lies between the position and zero: such an order only reduces. */
function isCloser(position: Quantity, target: Quantity): boolean {
  return position > 0
    ? target >= 0 && target < position
    : position < 0 && target <= 0 && target > position
}
