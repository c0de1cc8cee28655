/**
 * Two streams that watch each other: what positions say and what fills say must come to the same. A change that no fill
 * explains in time is a fill that was missed.
 */
import { type Quantity, quantity } from '../../../domain/money.ts'
import type { Clock } from '../../../ports/clock.ts'

/** A fill may come so much later than the position that it made, or earlier, ms. */
export const SETTLE_MS = 1500

interface Held {
  quantity: Quantity
  /** What came with the first message has all come: from now on the two are compared. */
  isSettled: boolean
  /** Fills less changes of the position; 0 when they agree. */
  unexplained: Quantity
  /** Ends the wait for the other stream; null = nothing is awaited. */
  cancel: (() => void) | null
}

export class PositionWatch {
  readonly #clock: Clock
  readonly #onMissed: () => void
  /** By market id of the venue. */
  readonly #held = new Map<string, Held>()

  /** @param onMissed a position changed without a fill, or a fill without a position */
  constructor(clock: Clock, onMissed: () => void) {
    this.#clock = clock
    this.#onMissed = onMissed
  }

  /** The stream begins anew: what it says first is taken as it is. */
  reset(): void {
    for (const held of this.#held.values()) held.cancel?.()
    this.#held.clear()
  }

  /** @param now signed lots */
  position(marketId: string, now: Quantity): void {
    const held = this.#held.get(marketId)
    if (held === undefined) return this.#begin(marketId, now)
    if (held.isSettled) this.#check(held, quantity(held.unexplained + held.quantity - now))
    held.quantity = now
  }

  #begin(marketId: string, now: Quantity): void {
    const held: Held = {
      quantity: now,
      isSettled: false,
      unexplained: quantity(0),
      cancel: null,
    }
    held.cancel = this.#clock.after(SETTLE_MS, () => {
      held.cancel = null
      held.isSettled = true
    })
    this.#held.set(marketId, held)
  }

  /** @param lots signed: positive = bought */
  fill(marketId: string, lots: Quantity): void {
    const held = this.#held.get(marketId)
    if (held?.isSettled) this.#check(held, quantity(held.unexplained + lots))
  }

  #check(held: Held, unexplained: Quantity): void {
    held.unexplained = unexplained
    if (unexplained === 0) {
      held.cancel?.()
      held.cancel = null
      return
    }
    held.cancel ??= this.#clock.after(SETTLE_MS, () => {
      held.cancel = null
      held.unexplained = quantity(0)
      this.#onMissed()
    })
  }
}
