/**
 * The clock of a venue as its messages show it: a stamp is never later than the moment at which it was made, so the one that was
 * under way for the shortest time is the nearest to the truth. It runs on by our monotonic clock, also when nothing comes.
 */
import type { Clock } from '../../../ports/clock.ts'

/** Of a wrong stamp, and of a clock that was set back, nothing is left after twice this time. */
const WINDOW_MS = 60_000

export class StampClock {
  readonly #clock: Clock
  /** Largest stamp less our monotonic time, of the window that runs and of the one before it; null = nothing was heard. */
  #lead: number | null = null
  #leadBefore: number | null = null
  #windowAt = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param at of a message that came this moment, ms */
  hear(at: number): void {
    const monotonicMs = this.#clock.monotonicMs()
    if (this.#lead === null || monotonicMs - this.#windowAt >= WINDOW_MS) {
      this.#leadBefore = this.#lead
      this.#lead = null
      this.#windowAt = monotonicMs
    }
    this.#lead = Math.max(this.#lead ?? Number.NEGATIVE_INFINITY, at - monotonicMs)
  }

  /** ms; our wall clock while nothing was heard */
  now(): number {
    if (this.#lead === null) return this.#clock.wallMs()
    const lead = Math.max(this.#lead, this.#leadBefore ?? this.#lead)
    return Math.floor(this.#clock.monotonicMs() + lead)
  }
}
