/** A circuit breaker of one class of endpoints: after failures in a row it lets one probe through from time to time. */
import type { Clock } from '../../../ports/clock.ts'
import { backoffMs } from './backoff.ts'

const FAILURES_MAX = 5
const FIRST_MS = 500
const MAX_MS = 30_000

export class Breaker {
  readonly #clock: Clock
  readonly #random: () => number
  #failures = 0
  /** Monotonic ms before which nothing passes; null = closed. */
  #opensAt: number | null = null

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock
    this.#random = random
  }

  get state(): 'closed' | 'open' | 'half_open' {
    if (this.#opensAt === null) return 'closed'
    return this.#clock.monotonicMs() < this.#opensAt ? 'open' : 'half_open'
  }

  /** Whether a request may leave now; where the breaker is half open it is the probe, and others wait for its answer. */
  admits(): boolean {
    if (this.#opensAt === null) return true
    if (this.#clock.monotonicMs() < this.#opensAt) return false
    this.#opensAt = this.#clock.monotonicMs() + this.#waitMs()
    return true
  }

  succeeded(): void {
    this.#failures = 0
    this.#opensAt = null
  }

  failed(): void {
    this.#failures++
    if (this.#failures >= FAILURES_MAX) this.#opensAt = this.#clock.monotonicMs() + this.#waitMs()
  }

  #waitMs(): number {
    return backoffMs(this.#failures - FAILURES_MAX, FIRST_MS, MAX_MS, this.#random)
  }
}
