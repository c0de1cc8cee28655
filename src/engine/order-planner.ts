/**
 * What an order loop sends now: for each slot that is due, and for the target, what works at the venue is compared with what is
 * wanted and allowed. Orders planned here count as working from this moment. Pure; rules in docs/concepts/wants.md.
 */
import type { OrderRequest, Origin } from '../domain/order.ts'
import type { ReasonCode } from '../domain/reason.ts'
import type { RestingWant } from '../domain/strategy.ts'
import type { InstanceRisk } from './instance-risk.ts'
import type { OrderGate } from './order-gate.ts'
import type { Draft } from './order-loop-types.ts'
import * as protection from './protection.ts'
import type { Restriction } from './restriction.ts'
import type { SlotAgenda } from './slot-agenda.ts'
import type { TargetPursuit } from './target-pursuit.ts'
import {
  misfitsOf,
  missingRequest,
  nearestFirst,
  restingRequest,
  type Slot,
  type WorkingOrder,
} from './working-order.ts'
import { TARGET, type WorkingOrders } from './working-orders.ts'

/** What a loop is made of, as far as a plan needs it. */
export interface OrderPlannerParts {
  readonly risk: InstanceRisk
  readonly gate: OrderGate
  readonly orders: WorkingOrders
  readonly agenda: SlotAgenda
  readonly target: TargetPursuit
  readonly restriction: Restriction
}

export class OrderPlanner {
  readonly #risk: InstanceRisk
  readonly #gate: OrderGate
  readonly #orders: WorkingOrders
  readonly #agenda: SlotAgenda
  readonly #target: TargetPursuit
  readonly #restriction: Restriction
  /** What the venue can do for protective orders. */
  stops = protection.ALL_STOPS

  constructor({ risk, gate, orders, agenda, target, restriction }: OrderPlannerParts) {
    this.#risk = risk
    this.#gate = gate
    this.#orders = orders
    this.#agenda = agenda
    this.#target = target
    this.#restriction = restriction
  }

  /** Looks at everything that is due. */
  plan(draft: Draft): void {
    if (this.#restriction.maySpeak) {
      const isLimited = this.#gate.isRateLimited
      if (isLimited) this.#planTarget(draft)
      for (const slot of isLimited ? this.#nearestFirst() : this.#agenda.due())
        this.#planSlot(slot, draft)
      if (!isLimited) this.#planTarget(draft)
    }
    this.#agenda.clear()
  }

  /** Who may send first when not all may, in an order that does not hang on what was said when: a restart changes nothing. */
  #nearestFirst(): readonly Slot[] {
    this.#agenda.addWaiting('limit_order_rate')
    return nearestFirst(this.#agenda.due(), this.#risk.last)
  }

  #planSlot(slot: Slot, draft: Draft): void {
    const { position } = this.#risk
    const allowed = this.#restriction.allowed(slot, this.#orders.slots.values())
    if (allowed !== null && protection.isWatched(allowed, this.stops))
      return this.#planWatched(slot, allowed, draft)
    const want = allowed && protection.fitted(allowed, position, this.stops)
    const step = want && want !== allowed ? protection.shrinking(slot, want) : null
    if (want && step) return this.#shrink(slot, want, step, draft)
    // How much is held the desk knows better than the bot.
    const isBehind = draft.isBehind && allowed?.quantity !== 'position'
    const reason = this.#compare(slot, want, isBehind, draft)
    if (reason !== null || want === null) return this.#note(slot, reason)
    const request = missingRequest(slot, want, {
      instrument: this.#risk.instrument,
      position,
      isBehind,
      last: this.#risk.last,
      at: draft.at,
    })
    if (request === null || typeof request === 'string') this.#note(slot, request)
    else this.#note(slot, this.#approve({ kind: 'slot', slot: slot.name }, request, draft))
  }

  /** The venue keeps no stops: the desk sends the closing order when the price is there, and until nothing is held. */
  #planWatched(slot: Slot, want: RestingWant, draft: Draft): void {
    if (slot.orders.length > 0) return this.#note(slot, 'pending')
    const request = protection.firedRequest(want, this.#risk.position)
    slot.fired = request && protection.fired(slot, want, this.#risk.price)
    if (request === null || slot.fired === null) this.#note(slot, 'stop_watched')
    else if (slot.retryAt > draft.at) this.#note(slot, slot.retryReason)
    else this.#note(slot, this.#approve({ kind: 'slot', slot: slot.name }, request, draft, true))
  }

  /** A stop has become larger than the position: the right one first, then the others go. */
  #shrink(slot: Slot, want: RestingWant, step: protection.Shrinking, draft: Draft): void {
    for (const order of step.cancels) this.#cancel(order, draft)
    if (step.places === null) return this.#note(slot, 'canceling')
    const request = restingRequest({ ...want, quantity: step.places }, 0)
    this.#note(slot, this.#approve({ kind: 'slot', slot: slot.name }, request, draft))
  }

  /** Cancels what does not fit the want; returns a reason when nothing may be placed yet. */
  #compare(
    slot: Slot,
    want: RestingWant | null,
    isBehind: boolean,
    draft: Draft,
  ): ReasonCode | null {
    const { misfits, reason } = misfitsOf(slot, want, isBehind)
    for (const order of misfits) this.#cancel(order, draft)
    return want === null ? this.#restriction.reason(slot, slot.reason) : reason
  }

  #cancel(order: WorkingOrder, draft: Draft): void {
    // An unknown order is cancelled too: a cancel can only lower risk; its answer proves nothing by itself.
    if (order.isCancelRequested || order.status === 'sent') return
    this.#orders.cancel(order)
    draft.cancels.push(order.clientId)
  }

  #approve(
    origin: Origin,
    request: OrderRequest,
    draft: Draft,
    isProtection = false,
  ): ReasonCode | null {
    const verdict = this.#gate.judge(origin, request, draft, isProtection)
    if ('refused' in verdict) return verdict.refused
    const { clientId, request: bounded } = verdict.intent
    this.#orders.track(clientId, origin, bounded, draft.expiresAt, this.#risk.position)
    draft.places.push(verdict)
    return null
  }

  #planTarget(draft: Draft): void {
    if (this.#target.isIdle) return
    const reason = this.#target.pursue(draft.at, draft.isBehind, {
      cancel: (order) => this.#cancel(order, draft),
      approve: (origin, request) => this.#approve(origin, request, draft),
    })
    this.#note(this.#orders.slot(TARGET), reason)
  }

  #note(slot: Slot, reason: ReasonCode | null): void {
    this.#agenda.note(slot, reason)
    if (slot.want === null && slot.orders.length === 0 && slot.name !== TARGET)
      this.#orders.slots.delete(slot.name)
  }
}
