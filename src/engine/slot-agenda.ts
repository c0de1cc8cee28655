/**
 * Which slots of one instance the next plan must look at. A slot at rest is left alone: a price, or a fill elsewhere,
 * cannot change what a plan would find there. Pure.
 */
import type { ReasonCode } from '../domain/reason.ts'
import { isAtRest, type Slot } from './working-order.ts'
import { TARGET, type WorkingOrders } from './working-orders.ts'

export class SlotAgenda {
  readonly #orders: WorkingOrders
  #due: Slot[] = []
  readonly #waiting = new Set<Slot>()
  isTargetDue = false
  /** How many slots were due when a position was opened or closed; null = none was since the last plan. */
  #sweepFrom: number | null = null

  constructor(orders: WorkingOrders) {
    this.#orders = orders
  }

  get hasWork(): boolean {
    return this.isTargetDue || this.#due.length > 0 || this.#sweepFrom !== null
  }

  /** What a plan must look at beside the target, in the order in which it was added. */
  due(): readonly Slot[] {
    if (this.#sweepFrom !== null) this.#sweep(this.#sweepFrom)
    return this.#due
  }

  /** From the moment of the sweep on the order is that of the slots, as if each had been added then. */
  #sweep(from: number): void {
    this.#sweepFrom = null
    for (const slot of this.#due.splice(from)) {
      slot.isDue = false
      slot.isUnsettled = true
    }
    for (const slot of this.#orders.slots.values()) if (slot.isUnsettled) this.add(slot)
  }

  add(slot: Slot): void {
    if (slot.isDue) return
    if (slot.name === TARGET) {
      this.isTargetDue = true
      return
    }
    slot.isDue = true
    this.#due.push(slot)
  }

  addNamed(name: string): void {
    const slot = this.#orders.slots.get(name)
    if (slot) this.add(slot)
  }

  /** An order of the slot was filled in part: the next plan looks at it, and it is not at rest until one has. */
  addChanged(name: string): void {
    this.unsettle(name)
    this.addNamed(name)
  }

  /** What a slot at rest hears of an order that is as it was planned needs no look; a target's order always does. */
  addIfUnsettled(name: string): void {
    const slot = this.#orders.slots.get(name)
    if (slot && (slot.isUnsettled || name === TARGET)) this.add(slot)
  }

  /** What waits for another price, for time, or for others; with a reason, only what waits for that. */
  addWaiting(reason: ReasonCode | null = null): void {
    if (this.#waiting.size === 0) return
    for (const slot of this.#waiting) if (reason === null || slot.reason === reason) this.add(slot)
  }

  /** A position was opened or closed: the plan looks at orders for the whole of it, and at what else is not at rest. */
  addUnsettled(): void {
    this.#sweepFrom ??= this.#due.length
  }

  /** Every slot and the target. */
  addAll(): void {
    for (const slot of this.#orders.slots.values()) this.add(slot)
    this.isTargetDue = true
  }

  /** An order of the slot has changed: it is not at rest until a plan has looked at it. */
  unsettle(name: string): void {
    this.#orders.slot(name).isUnsettled = true
  }

  /** What a plan found: why the slot waits; null = it does not. */
  note(slot: Slot, reason: ReasonCode | null): void {
    slot.reason = reason
    const mayRecover = reason !== null && reason !== 'canceling' && reason !== 'pending'
    this.#setWaiting(slot, mayRecover && slot.want !== null)
    slot.isUnsettled = slot.name !== TARGET && (reason !== null || !isAtRest(slot))
  }

  #setWaiting(slot: Slot, isWaiting: boolean): void {
    if (slot.isWaiting === isWaiting) return
    slot.isWaiting = isWaiting
    if (isWaiting) this.#waiting.add(slot)
    else this.#waiting.delete(slot)
  }

  /** A plan has looked at everything. */
  clear(): void {
    this.isTargetDue = false
    this.#sweepFrom = null
    if (this.#due.length === 0) return
    for (const slot of this.#due) slot.isDue = false
    this.#due = []
  }

  /** Why slots have no order. */
  reasons(): Record<string, ReasonCode> {
    const reasons: Record<string, ReasonCode> = {}
    for (const { name, reason } of this.#orders.slots.values())
      if (reason !== null) reasons[name] = reason
    return reasons
  }

  /** Nothing is wanted any more. */
  forget(): void {
    for (const slot of this.#waiting) slot.isWaiting = false
    this.#waiting.clear()
    for (const slot of this.#orders.slots.values()) slot.reason = null
    if (this.#sweepFrom !== null) this.#sweep(this.#sweepFrom)
    this.#due = this.#due.filter((slot) => {
      slot.isDue = this.#orders.slots.get(slot.name) === slot
      return slot.isDue
    })
  }
}
