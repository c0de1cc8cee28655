/**
 * How many new orders an instance may send (risk_config.order_rate_per_s): a token bucket on market time that holds the
 * orders of one second. Integers throughout: a thousandth of an order comes back per millisecond and order per second,
 * so that a look in between changes nothing and a restart goes on exactly where it was. Pure.
 */

/** Plain data: thousandths of an order that are left, at a market time in ms. */
export interface StoredOrderRate {
  readonly left: number
  readonly at: number
}

const WHOLE = 1000

export class OrderRate {
  /** Orders per second; null = without limit. */
  #perSecond: number | null = null
  #left = 0
  #at = 0

  get isLimited(): boolean {
    return this.#perSecond !== null
  }

  /** Another limit from `at` on: the bucket of a first limit is full, a smaller one takes what no longer fits. */
  setLimit(perSecond: number | null, at: number): void {
    if (perSecond === this.#perSecond) return
    if (perSecond !== null) {
      this.#left = this.#perSecond === null ? perSecond * WHOLE : this.#leftAt(at)
      this.#left = Math.min(this.#left, perSecond * WHOLE)
      this.#at = Math.max(this.#at, at)
    }
    this.#perSecond = perSecond
  }

  /** Whether another order must wait at this market time. */
  isSpent(at: number): boolean {
    return this.#perSecond !== null && this.#leftAt(at) < WHOLE
  }

  /** An order was let through; what must never wait (an operator's close) takes what there is. */
  take(at: number): void {
    if (this.#perSecond === null) return
    this.#left = Math.max(0, this.#leftAt(at) - WHOLE)
    this.#at = Math.max(this.#at, at)
  }

  /** Null while nothing is limited. */
  get stored(): StoredOrderRate | null {
    return this.#perSecond === null ? null : { left: this.#left, at: this.#at }
  }

  restore(stored: StoredOrderRate | null): void {
    if (stored === null || this.#perSecond === null) return
    this.#left = Math.min(stored.left, this.#perSecond * WHOLE)
    this.#at = stored.at
  }

  #leftAt(at: number): number {
    const perSecond = this.#perSecond ?? 0
    const passed = Math.max(0, at - this.#at)
    return Math.min(perSecond * WHOLE, this.#left + passed * perSecond)
  }
}
