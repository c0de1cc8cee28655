/** The venue's wall clock, carried on by the monotonic one: our own wall clock may step, nonces and deadlines must not. */
import type { Clock } from '../../../ports/clock.ts'

export class VenueTime {
  readonly #clock: Clock
  #venueMs: number
  #atMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#venueMs = clock.wallMs()
    this.#atMs = clock.monotonicMs()
  }

  /** Venue wall ms. */
  now(): number {
    return this.#venueMs + this.#clock.monotonicMs() - this.#atMs
  }

  /**
   * The venue told its time.
   * @param askedMs monotonic ms at which it was asked: the answer is as old as half of the way there and back
   * @returns venue wall clock minus ours, ms
   */
  set(venueMs: number, askedMs: number): number {
    this.#atMs = this.#clock.monotonicMs()
    this.#venueMs = venueMs + (this.#atMs - askedMs) / 2
    return this.#venueMs - this.#clock.wallMs()
  }
}
