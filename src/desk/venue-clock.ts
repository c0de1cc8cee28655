/**
 * The venue's wall clock as the desk knows it: measured against the monotonic clock of the machine, so that a jump of our own
 * wall clock (NTP, an operator, a leap) moves no deadline and proves no absence.
 */
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { VenueAccount } from '../ports/venue.ts'
import { textOf } from './venue-gateway.ts'

/** Clocks drift and jump, the venue's too: this often (ms of machine time) it is measured anew. */
const MEASURE_EVERY_MS = 15_000
/** A wall clock that is slewed moves less than this between question and answer. */
const JUMP_MS = 50

export interface VenueClockParts {
  readonly venue: Pick<VenueAccount, 'clockOffsetMs'>
  readonly clock: Clock
  readonly logger: Logger
}

export class VenueClock {
  readonly #parts: VenueClockParts
  /** Venue wall clock less our monotonic one, ms; a guess by our wall clock until it is measured. */
  #lead: number
  /** Monotonic ms; null = never. */
  #measuredAt: number | null = null
  #isAsking = false
  /** Our wall clock less our monotonic one at the last look, ms. */
  #wallLead: number

  constructor(parts: VenueClockParts) {
    this.#parts = parts
    this.#lead = parts.clock.wallMs() - parts.clock.monotonicMs()
    this.#wallLead = this.#lead
  }

  /** The venue's wall clock, ms; by our own clock until it was measured. */
  now(): number {
    return this.#parts.clock.monotonicMs() + this.#lead
  }

  /** Whether it was ever measured in this process. */
  get isKnown(): boolean {
    return this.#measuredAt !== null
  }

  /** As `now`, but before the first measurement long ago: by a clock that nobody has compared nothing has expired. */
  provenNow(): number {
    return this.#measuredAt === null ? Number.NEGATIVE_INFINITY : this.now()
  }

  /** Measures it; a question that fails leaves it as it was. */
  async measure(): Promise<void> {
    const { venue, clock, logger } = this.#parts
    if (this.#isAsking) return
    this.#isAsking = true
    try {
      const before = clock.wallMs() - clock.monotonicMs()
      const offsetMs = await venue.clockOffsetMs()
      const after = clock.wallMs() - clock.monotonicMs()
      // Our wall clock has jumped meanwhile: nobody knows which of its times the offset is of.
      if (Math.abs(after - before) > JUMP_MS) return
      this.#lead = after + offsetMs
      this.#measuredAt = clock.monotonicMs()
    } catch (error) {
      logger.warn('desk', `the venue's clock could not be read: ${textOf(error)}`)
    } finally {
      this.#isAsking = false
    }
  }

  everySecond(): void {
    const { clock } = this.#parts
    // Adapters sign with our wall clock and what it was off: after a jump every signature would be refused.
    const lead = clock.wallMs() - clock.monotonicMs()
    const hasJumped = Math.abs(lead - this.#wallLead) > JUMP_MS
    this.#wallLead = lead
    const isDue =
      hasJumped ||
      this.#measuredAt === null ||
      clock.monotonicMs() - this.#measuredAt >= MEASURE_EVERY_MS
    if (isDue) void this.measure()
  }
}
