/** The venue's wall clock: ours and the difference that was measured last. */
import type { Clock } from '../../../ports/clock.ts'

export class VenueTime {
  readonly #clock: Clock
  #offsetMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Venue wall ms. */
  now(): number {
    return this.#clock.wallMs() + this.#offsetMs
  }

  /**
   * The venue told its time.
   * @param askedMs monotonic ms at which it was asked: the answer is as old as half of the way there and back
   * @returns venue wall clock minus ours, ms
   */
  set(venueMs: number, askedMs: number): number {
    const tripMs = this.#clock.monotonicMs() - askedMs
    this.#offsetMs = venueMs + tripMs / 2 - this.#clock.wallMs()
    return this.#offsetMs
  }
}
