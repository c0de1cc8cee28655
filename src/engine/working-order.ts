/** An order that is not settled yet, and how it compares with what is wanted. */
import { type Instrument, minimumLots, priceStep, roundPrice } from '../domain/instrument.ts'
import type { MarketPrice } from '../domain/market.ts'
import { type Price, price, type Quantity, quantity } from '../domain/money.ts'
import type { ClientOrderId, OrderRequest, Origin, Side } from '../domain/order.ts'
import type { OrderState } from '../domain/order-state.ts'
import type { ReasonCode } from '../domain/reason.ts'
import type { RestingWant, TargetWant } from '../domain/strategy.ts'

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
  /** `final`: the venue fills no more of it, but fills that it reported are not all booked yet. */
  status: OrderState
  isCancelRequested: boolean
  readonly expiresAt: number | null
  readonly isReserved: boolean
}

/** What tells one stop from another. */
export type FiredStop = Pick<RestingWant, 'side' | 'trigger'>

/** A named place for orders of one want; it may hold several after top-ups. */
export interface Slot {
  readonly name: string
  want: RestingWant | null
  orders: WorkingOrder[]
  /** Market time before which nothing is sent after a refusal. */
  retryAt: number
  backoffMs: number
  retryReason: ReasonCode
  /** Why it has no order; null when nothing is missing. */
  reason: ReasonCode | null
  /** The stop that the desk watches itself and whose trigger was reached while something was held; null = none was. */
  fired: FiredStop | null
  /** The next plan looks at it. */
  isDue: boolean
  /** It waits for another price or for market time to pass. */
  isWaiting: boolean
  /** Its orders may not be what is wanted: another fill elsewhere may matter to it. */
  isUnsettled: boolean
}

export function newSlot(name: string): Slot {
  return {
    name,
    want: null,
    orders: [],
    retryAt: 0,
    backoffMs: 0,
    retryReason: 'venue_rejected',
    reason: null,
    fired: null,
    isDue: false,
    isWaiting: false,
    isUnsettled: false,
  }
}

/** Whether its orders are exactly what is wanted; what is wanted of the whole position changes with the position. */
export function isAtRest({ want, orders }: Slot): boolean {
  if (want === null || want.quantity === 'position') return false
  let occupied = 0
  for (const order of orders) {
    if (!matches(order.request, want)) return false
    occupied += order.lots - order.booked
  }
  return occupied === want.quantity
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
  isSameStop(a, b)

/** Whether two wants have the same trigger on the same side. */
export const isSameStop = (a: FiredStop, b: FiredStop): boolean =>
  a.side === b.side &&
  a.trigger?.kind === b.trigger?.kind &&
  a.trigger?.price === b.trigger?.price &&
  a.trigger?.by === b.trigger?.by

export const isSameTarget = (a: TargetWant, b: TargetWant): boolean =>
  a.quantity === b.quantity &&
  a.worstPrice === b.worstPrice &&
  a.style === b.style &&
  a.deadlineAt === b.deadlineAt &&
  a.isReduceOnly === b.isReduceOnly

/** Orders of a slot that do not fit its want, to be cancelled, and why nothing may be placed beside them yet. */
export function misfitsOf(
  { orders }: Slot,
  want: RestingWant | null,
  isBehind: boolean,
): { readonly misfits: readonly WorkingOrder[]; readonly reason: ReasonCode | null } {
  const misfits = orders.filter(({ request }) => want === null || !matches(request, want))
  if (misfits.length > 0 || want === null) {
    const hasUnknown = orders.some(({ status }) => status === 'unknown')
    return { misfits, reason: hasUnknown ? 'unknown_outcome' : 'canceling' }
  }
  let occupied = 0
  for (const order of orders) occupied += order.lots - order.booked
  if (want.quantity === 'position' || occupied <= want.quantity) return { misfits, reason: null }
  // The wants may be older than a fill that has made them fit.
  if (isBehind) return { misfits, reason: 'basis_behind' }
  return { misfits: orders.slice(-1), reason: 'canceling' }
}

/** What decides about a slot beside its want and its orders. */
export interface SlotFacts {
  readonly instrument: Instrument
  readonly position: Quantity
  /** The bot has not booked the latest event: its wants may be older than a fill. */
  readonly isBehind: boolean
  readonly last: Price
  /** Market time. */
  readonly at: number
}

/** The request that a slot still lacks, null when it is complete, or why it must wait. */
export function missingRequest(
  slot: Slot,
  want: RestingWant,
  { instrument, position, isBehind, last, at }: SlotFacts,
): OrderRequest | ReasonCode | null {
  let occupied = 0
  for (const order of slot.orders) occupied += order.lots - order.booked
  if (want.quantity === 'position') {
    if (slot.orders.length > 0 || position === 0) return null
  } else {
    if (occupied === want.quantity) return null
    if (isBehind) return 'basis_behind'
    if (want.quantity - occupied < minimumLots(instrument, want.price))
      return slot.orders.length > 0 ? null : 'below_minimum'
  }
  if (slot.retryAt > at) return slot.retryReason
  if (want.isPostOnly && want.trigger === null && wouldCross(want, last)) return 'would_cross'
  return restingRequest(want, occupied)
}

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
function wouldCross(want: { readonly side: Side; readonly price: Price }, last: Price): boolean {
  return want.side === 'buy' ? want.price > last : want.price < last
}

/** Slots with nothing wanted first, since cancels never wait; then by the distance of their price; names break a tie. */
export function nearestFirst(slots: readonly Slot[], last: Price): readonly Slot[] {
  const distanceOf = ({ want }: Slot): number => (want === null ? -1 : Math.abs(want.price - last))
  const known = slots.map((slot) => ({ slot, distance: distanceOf(slot) }))
  known.sort((a, b) => a.distance - b.distance || (a.slot.name < b.slot.name ? -1 : 1))
  return known.map(({ slot }) => slot)
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
