/**
 * Protective orders as the venue can hold them. A stop for the whole position rests there as it is where the venue knows such
 * orders, else with the lots that are held now, kept in step; where the venue keeps no stops at all the desk watches the price
 * and sends the closing order itself. Pure; docs/concepts/desk.md.
 */
import type { MarketPrice } from '../domain/market.ts'
import { type Quantity, quantity } from '../domain/money.ts'
import { type OrderRequest, signOf } from '../domain/order.ts'
import type { RestingWant } from '../domain/strategy.ts'
import {
  type FiredStop,
  isSameStop,
  matches,
  type Slot,
  type WorkingOrder,
} from './working-order.ts'

/** What a venue can do for protective orders. */
export interface StopTerms {
  readonly hasRestingStops: boolean
  readonly hasClosePosition: boolean
}

export const ALL_STOPS: StopTerms = { hasRestingStops: true, hasClosePosition: true }

/** Lots of the position that an order of this side can close. */
const closable = (want: RestingWant, position: Quantity): number =>
  Math.max(0, -signOf(want.side) * position)

/** Whether the desk itself has to watch the trigger of this want. */
export const isWatched = (want: RestingWant, { hasRestingStops }: StopTerms): boolean =>
  want.trigger !== null && !hasRestingStops

/** The want as it can rest at the venue. */
export function fitted(want: RestingWant, position: Quantity, terms: StopTerms): RestingWant {
  if (want.quantity !== 'position' || terms.hasClosePosition) return want
  return { ...want, quantity: quantity(closable(want, position)), isReduceOnly: true }
}

/** Whether the price has reached the trigger. */
export function isTriggered({ side, trigger }: RestingWant, price: MarketPrice): boolean {
  if (trigger === null) return false
  const at = trigger.by === 'mark' ? price.mark : price.last
  // A stop follows the price against the position, a take-profit along with it.
  const isFalling = (side === 'sell') === (trigger.kind === 'stop')
  return isFalling ? at <= trigger.price : at >= trigger.price
}

/** A stop that the desk watches has fired when its trigger is reached, and stays so until nothing is held; null = it has not. */
export function fired(
  { fired: before }: Slot,
  want: RestingWant,
  now: MarketPrice,
): FiredStop | null {
  if (before !== null && isSameStop(before, want)) return before
  return isTriggered(want, now) ? { side: want.side, trigger: want.trigger } : null
}

/** What the desk sends when a trigger that it watches is reached; null = nothing is held that it could close. */
export function firedRequest(want: RestingWant, position: Quantity): OrderRequest | null {
  const held = closable(want, position)
  const lots = want.quantity === 'position' ? held : Math.min(held, want.quantity)
  if (lots === 0) return null
  const isStop = want.trigger?.kind === 'stop'
  return {
    instrument: want.instrument,
    side: want.side,
    kind: isStop ? 'market' : 'limit',
    price: isStop ? null : want.price,
    quantity: quantity(lots),
    timeInForce: 'ioc',
    isPostOnly: false,
    isReduceOnly: true,
    trigger: null,
  }
}

/** The next step of a stop that is larger than the position. */
export interface Shrinking {
  /** These go: another of the right size is open. */
  readonly cancels: readonly WorkingOrder[]
  /** An order of this size goes first; null = it is on its way. */
  readonly places: Quantity | null
}

/**
 * A stop with lots that has become too large is replaced without a moment in which none rests: the one of the right size first,
 * then the others go. Both together close no more than the position, since they only reduce.
 * @returns null when nothing is too large, or when the venue has just refused the replacement: then the old one goes first
 */
export function shrinking({ orders, backoffMs }: Slot, want: RestingWant): Shrinking | null {
  const { quantity: wanted } = want
  if (wanted === 'position' || wanted === 0 || want.trigger === null || backoffMs > 0) return null
  const left = (order: WorkingOrder): number => order.lots - order.booked
  const occupied = orders.reduce((sum, order) => sum + left(order), 0)
  if (occupied <= wanted || orders.some(({ request }) => !matches(request, want))) return null
  const fitting = orders.findLast((order) => left(order) === wanted)
  if (fitting === undefined) return { cancels: [], places: wanted }
  const others = orders.filter((order) => order !== fitting)
  return { cancels: fitting.status === 'open' ? others : [], places: null }
}
