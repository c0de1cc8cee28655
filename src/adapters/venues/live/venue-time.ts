/** The venue's wall clock, hung on our monotonic one: a jump of our own wall clock does not move it. */
import type { Clock } from '../../../ports/clock.ts'

/** Our wall clock and our monotonic one have moved apart by so much: it was set. */
const JUMP_MS = 50

export class VenueTime {
  readonly #clock: Clock
  /** Venue wall clock less our monotonic one, ms; a guess by our wall clock until it is measured. */
  #lead: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#lead = this.#wallLead()
  }

  /** ms. */
  now(): number {
    return this.#clock.monotonicMs() + this.#lead
  }

  #wallLead(): number {
    return this.#clock.wallMs() - this.#clock.monotonicMs()
  }

  /**
   * Waits for an answer that tells how far our wall clock is off, and takes it over.
   * @returns `hasJumped`: our wall clock was set meanwhile, so nobody knows which of its times the offset is of; nothing was taken
   */
  async measure<T>(
    answer: Promise<T>,
    offsetOf: (told: T) => number,
  ): Promise<{ readonly told: T; readonly hasJumped: boolean }> {
    const before = this.#wallLead()
    const told = await answer
    const after = this.#wallLead()
    const hasJumped = Math.abs(after - before) >= JUMP_MS
    if (!hasJumped) this.#lead = after + offsetOf(told)
    return { told, hasJumped }
  }
}
