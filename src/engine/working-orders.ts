/**
 * The orders of one instance that are not settled, by client id and by slot, and the exposure that they reserve.
 * An order leaves its slot only when it is final at the venue and all its fills are booked.
 */
import { type Quantity, quantity } from '../domain/money.ts'
import type { ClientOrderId, Fill, OrderRequest, Origin, Side } from '../domain/order.ts'
import { nextOrderState, type OrderStep } from '../domain/order-state.ts'
import { type Exposure, lotsOf } from '../domain/risk.ts'
import type { CancelOutcome, VenueOrder } from '../domain/venue-report.ts'
import { newSlot, type Slot, type WorkingOrder } from './working-order.ts'

/** The slot under which target and operator orders work; strategies cannot name it. */
export const TARGET = 'target'

/** Survives a restart: a desk that comes back waits as long as it would have. */
type SlotDelay = Pick<Slot, 'retryAt' | 'backoffMs' | 'retryReason'> & Partial<Pick<Slot, 'fired'>>
export type SlotDelays = { readonly [slot: string]: SlotDelay }

/** What a venue, or the way to it, may say of an order that it does not take. */
const REFUSALS = [
  'would_cross',
  'insufficient_margin',
  'limit_request_rate',
  'limit_address_budget',
  'journal_unavailable',
] as const

const NO_DELAY: SlotDelay = { retryAt: 0, backoffMs: 0, retryReason: 'venue_rejected' }
const BACKOFF_FIRST_MS = 1000
const BACKOFF_MAX_MS = 60_000

export class WorkingOrders {
  readonly slots = new Map<string, Slot>()
  readonly #orders = new Map<ClientOrderId, WorkingOrder>()
  readonly #onChanged: (slot: Slot) => void
  #buying = 0
  #selling = 0

  /** @param onChanged told of a slot when one of its orders has left it, or is open after nobody knew */
  constructor(onChanged: (slot: Slot) => void) {
    this.#onChanged = onChanged
  }

  get size(): number {
    return this.#orders.size
  }
  /** What is held and may still be bought and sold, unknown orders included. */
  exposure(position: Quantity): Exposure {
    return { position, buying: quantity(this.#buying), selling: quantity(this.#selling) }
  }
  /** The venue is back: what waited for that alone may go on at once. */
  resume(): void {
    for (const slot of this.slots.values())
      if (slot.retryReason === 'venue_unavailable') slot.retryAt = 0
  }
  /** What slots wait for after refusals, and which stops have fired, as plain data; what waits for the venue alone is not of it. */
  delays(): SlotDelays {
    const delays: { [slot: string]: SlotDelay } = {}
    for (const [name, { retryAt, backoffMs, retryReason, fired }] of this.slots) {
      const isDelayed = backoffMs > 0 && retryReason !== 'venue_unavailable'
      if (!isDelayed && fired === null) continue
      const delay = isDelayed ? { retryAt, backoffMs, retryReason } : NO_DELAY
      delays[name] = fired === null ? delay : { ...delay, fired }
    }
    return delays
  }
  restoreDelays(delays: SlotDelays): void {
    for (const [name, delay] of Object.entries(delays)) Object.assign(this.slot(name), delay)
  }
  /** Nothing is wanted any more; orders that still work keep their slots. */
  forgetWants(): void {
    for (const [name, slot] of this.slots) {
      slot.want = null
      slot.fired = null
      if (slot.orders.length === 0) this.slots.delete(name)
    }
  }
  /** Whether an order of a slot works on this side. */
  hasOn(side: Side): boolean {
    for (const order of this.#orders.values())
      if (order.slot !== TARGET && order.request.side === side) return true
    return false
  }
  /** Whether a stop works, or (where stops rest at the venue) is wanted. */
  hasStop(isWantEnough: boolean): boolean {
    for (const { request } of this.#orders.values())
      if (request.trigger?.kind === 'stop') return true
    if (!isWantEnough) return false
    for (const { want } of this.slots.values()) if (want?.trigger?.kind === 'stop') return true
    return false
  }
  get(clientId: ClientOrderId): WorkingOrder | undefined {
    return this.#orders.get(clientId)
  }
  all(): WorkingOrder[] {
    return [...this.#orders.values()]
  }

  slot(name: string): Slot {
    let slot = this.slots.get(name)
    if (!slot) {
      slot = newSlot(name)
      this.slots.set(name, slot)
    }
    return slot
  }

  /** From here on the order occupies its slot and its exposure. */
  track(
    clientId: ClientOrderId,
    origin: Origin,
    request: OrderRequest,
    expiresAt: number | null,
    position: Quantity,
  ): WorkingOrder {
    const slot = origin.kind === 'slot' ? origin.slot : TARGET
    const order: WorkingOrder = {
      clientId,
      origin,
      slot,
      request,
      lots: lotsOf(request, position),
      booked: quantity(0),
      filledFinal: null,
      status: 'sent',
      isCancelRequested: false,
      expiresAt,
      // What only closes when its trigger is reached cannot raise |position|, so it reserves nothing.
      isReserved: request.quantity !== 'position' && !(request.isReduceOnly && request.trigger),
    }
    this.#orders.set(clientId, order)
    this.slot(slot).orders.push(order)
    this.#reserve(order, order.lots)
    return order
  }

  /** Takes up an order from the journal: its outcome is unknown until the venue has spoken. */
  takeUp(order: WorkingOrder, quantityFilled: Quantity): void {
    this.#reserve(order, -Math.min(quantityFilled, order.lots))
    order.booked = quantityFilled
    this.lose(order)
  }

  /** The only way in which the state of an order changes; what cannot happen in its state changes nothing. */
  #step(order: WorkingOrder, step: OrderStep): void {
    const before = order.status
    order.status = nextOrderState(before, step) ?? before
    // A cancel whose outcome nobody knew has not worked: whoever does not want the order has to say so again.
    if (before === 'unknown' && order.status === 'open') this.#onChanged(this.slot(order.slot))
  }

  /** Nobody knows what became of it. */
  lose(order: WorkingOrder): void {
    this.#step(order, 'lose')
  }

  /** It is withdrawn; a state that only the venue can end stays. */
  cancel(order: WorkingOrder): void {
    order.isCancelRequested = true
    this.#step(order, 'cancel')
  }

  /** A lookup after its deadline found nothing: it never reached the book, or the venue has forgotten it. */
  proveAbsent(order: WorkingOrder): void {
    this.#step(order, 'lose')
    this.#step(order, 'prove_absent')
    this.#end(order, order.booked)
  }

  bookFill(order: WorkingOrder, fill: Fill): void {
    this.#reserve(order, -Math.min(fill.quantity, order.lots - order.booked))
    order.booked = quantity(order.booked + fill.quantity)
    this.#step(order, 'accept')
    // A close-position order has no quantity of its own: only the venue knows when it is done.
    const hasLots = order.request.quantity !== 'position'
    if (hasLots && order.booked >= order.lots) this.#finish(order, order.booked)
    else this.#settle(order)
  }

  /** The venue will fill no more of it; it leaves its slot when all that it filled is booked. */
  #finish(order: WorkingOrder, quantityFilled: Quantity): void {
    this.#step(order, 'end')
    this.#end(order, quantityFilled)
  }

  #end(order: WorkingOrder, quantityFilled: Quantity): void {
    order.filledFinal = quantityFilled
    this.#settle(order)
  }

  #settle(order: WorkingOrder): void {
    if (order.filledFinal === null || order.booked < order.filledFinal) return
    this.#step(order, 'settle')
    this.#reserve(order, -Math.max(0, order.lots - order.booked))
    this.#orders.delete(order.clientId)
    const slot = this.slot(order.slot)
    slot.orders = slot.orders.filter((other) => other !== order)
    if (order.booked > 0) {
      slot.backoffMs = 0
      slot.retryAt = 0
    }
    this.#onChanged(slot)
  }

  #reserve(order: WorkingOrder, lots: number): void {
    if (!order.isReserved) return
    if (order.request.side === 'buy') this.#buying += lots
    else this.#selling += lots
  }

  /** What the venue says of an order: it is open, or final with all that it filled. */
  report(
    said: Pick<VenueOrder, 'clientId' | 'status' | 'quantityFilled'>,
    reason: string | null,
    at: number,
  ): void {
    const order = this.#orders.get(said.clientId)
    if (!order) return
    if (said.status === 'rejected') {
      this.#delay(order, reason, at)
      this.#step(order, 'reject')
    }
    if (said.status === 'open') this.#step(order, 'accept')
    else this.#finish(order, said.quantityFilled)
  }

  reportCancel(outcome: CancelOutcome): void {
    const order = this.#orders.get(outcome.clientId)
    if (!order) return
    if (outcome.kind === 'final') this.#finish(order, outcome.quantityFilled)
    else if (outcome.kind === 'absent' || outcome.kind === 'unknown') {
      // Proves nothing: the order keeps its slot until a lookup or an event tells.
      this.#step(order, outcome.kind === 'absent' ? 'miss' : 'lose')
      order.isCancelRequested = false
    }
  }

  /** It never reached the book. */
  refuse(order: WorkingOrder, reason: string, at: number): void {
    this.#delay(order, reason, at)
    this.#step(order, 'reject')
    this.#end(order, order.booked)
  }

  /** After a refusal the slot waits 1, 2, 4 … 60 s of market time, or until its want changes. */
  #delay(order: WorkingOrder, reason: string | null, at: number): void {
    const slot = this.slot(order.slot)
    if (reason === 'not_connected') {
      // Nothing was sent and no market time need pass: it goes on when the venue is back (resume).
      slot.retryAt = Number.MAX_SAFE_INTEGER
      slot.retryReason = 'venue_unavailable'
      return
    }
    const grown = Math.min(BACKOFF_MAX_MS, Math.max(BACKOFF_FIRST_MS, slot.backoffMs * 2))
    // Of our own disk no venue is asked too often, and what must be closed does not wait for a minute once it is back.
    slot.backoffMs = reason === 'journal_unavailable' ? BACKOFF_FIRST_MS : grown
    slot.retryAt = at + slot.backoffMs
    slot.retryReason = REFUSALS.find((known) => known === reason) ?? 'venue_rejected'
  }
}
