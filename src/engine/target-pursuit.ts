/**
 * The target of one instance: the position that is wanted, and the one order at a time that brings the position there
 * (rule 4 of docs/concepts/wants.md). Pure.
 */
import { minimumLots } from '../domain/instrument.ts'
import { type OrderRequest, type Origin, signOf } from '../domain/order.ts'
import type { ReasonCode } from '../domain/reason.ts'
import type { TargetWant } from '../domain/strategy.ts'
import type { InstanceRisk } from './instance-risk.ts'
import type { Restriction } from './restriction.ts'
import { isSameTarget, type Slot, targetRequest, type WorkingOrder } from './working-order.ts'
import { TARGET, type WorkingOrders } from './working-orders.ts'

/** An immediate order that the market did not fill is tried again after this much market time. */
const TARGET_RETRY_MS = 1000

/** How the loop sends what a target needs. */
export interface TargetActions {
  cancel(order: WorkingOrder): void
  /** @returns why it was refused; null = it is sent */
  approve(origin: Origin, request: OrderRequest): ReasonCode | null
}

export class TargetPursuit {
  readonly #risk: InstanceRisk
  readonly #orders: WorkingOrders
  readonly #restriction: Restriction
  #wanted: TargetWant | null = null
  /** Market time before which no order is sent again. */
  retryAt = 0

  constructor(risk: InstanceRisk, orders: WorkingOrders, restriction: Restriction) {
    this.#risk = risk
    this.#orders = orders
    this.#restriction = restriction
  }

  /** The target needs no look while it is held or none is wanted, and no order of it works: most prices and fills end here. */
  get isIdle(): boolean {
    if (this.#restriction.override !== null) return false
    if (this.#wanted !== null && this.#wanted.quantity !== this.#risk.position) return false
    const slot = this.#orders.slots.get(TARGET)
    return slot === undefined || (slot.orders.length === 0 && slot.reason === null)
  }

  /**
   * A target was taken back and nobody knows what an order of it does, or has done: what it still does nobody wants any more.
   * One that is merely on its way is not meant: each repair takes a target back.
   */
  get isLoose(): boolean {
    if (this.#wanted !== null) return false
    const orders = this.#orders.slots.get(TARGET)?.orders ?? []
    return orders.some(({ status }) => status === 'unknown' || status === 'final')
  }

  /** Nobody knows what an order of the target has done, and it has no deadline after which it could be ruled out. */
  get isLost(): boolean {
    const orders = this.#orders.slots.get(TARGET)?.orders ?? []
    return orders.some(({ status, expiresAt }) => status === 'unknown' && expiresAt === null)
  }

  /** Said again by a bot that came back it is no reason to try sooner. @param wanted null = it is taken back */
  change(wanted: TargetWant | null): void {
    if (wanted === null || (this.#wanted !== null && !isSameTarget(this.#wanted, wanted)))
      this.retryAt = 0
    this.#wanted = wanted
  }

  /** The instance has ended. */
  forget(): void {
    this.#wanted = null
  }

  /** The venue is back: what it could not take may go at once. */
  resume(): void {
    if (this.#orders.slot(TARGET).retryReason === 'venue_unavailable') this.retryAt = 0
  }

  /**
   * Withdraws what no longer fits and sends what is missing.
   * @param isBehind the bot has not booked the latest event: its target may be older than a fill
   * @returns why an order is missing, null = none is
   */
  pursue(at: number, isBehind: boolean, actions: TargetActions): ReasonCode | null {
    const { instrument, position, price } = this.#risk
    const slot = this.#orders.slot(TARGET)
    const want = this.#restriction.target(this.#wanted, at)
    const missing = want === null ? 0 : want.quantity - position
    for (const order of slot.orders) {
      // An immediate order ends by itself; a resting one (maker first) is withdrawn when it no longer fits.
      const fits =
        missing !== 0 &&
        signOf(order.request.side) === Math.sign(missing) &&
        want?.style === 'maker_first'
      const isAtTouch = order.request.price === price.last
      if (order.request.timeInForce === 'gtc' && !(fits && isAtTouch)) actions.cancel(order)
    }
    if (slot.orders.length > 0) return 'pending'
    if (want === null || missing === 0) return null
    const reason = this.#hold(slot, want, missing, at, isBehind)
    if (reason !== null) return reason === 'below_minimum' ? null : reason
    const isOrdered = this.#restriction.override !== null
    const request = targetRequest(instrument, want, missing, position, price, at)
    const refused = actions.approve({ kind: isOrdered ? 'operator' : 'target' }, request)
    // A disk that is back lets it go at once, whatever the market does.
    if (refused !== 'journal_unavailable') this.retryAt = at + TARGET_RETRY_MS
    return refused
  }

  /** Why nothing may be sent now. */
  #hold(
    slot: Slot,
    want: TargetWant,
    missing: number,
    at: number,
    isBehind: boolean,
  ): ReasonCode | null {
    const { instrument, price } = this.#risk
    const isOrdered = this.#restriction.override !== null
    // An order on its way out could still fill and, with the closing order, turn the position.
    if (isOrdered && this.#orders.hasOn(missing > 0 ? 'buy' : 'sell')) return 'canceling'
    if (!isOrdered && isBehind) return 'basis_behind'
    const isClosing = want.quantity === 0
    if (!isClosing && Math.abs(missing) < minimumLots(instrument, price.last))
      return 'below_minimum'
    if (slot.retryAt > at) return slot.retryReason
    return this.retryAt > at ? 'target_unfilled' : null
  }
}
