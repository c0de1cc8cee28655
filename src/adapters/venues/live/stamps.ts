/**
 * Moments that a venue writes on what it tells. One that lies ahead of the venue's own clock is wrong, and the largest harm that
 * a single message can do: everything true that comes after it would count as older, for as long as it lies ahead.
 */

/** Streams of one venue have clocks of their own, some 100 ms apart, and its clock is measured over a slow wire, ms. */
export const AHEAD_MAX_MS = 3000

export interface StampsParts {
  /** Venue wall clock, ms; −∞ until the venue has told it. */
  readonly venueNow: () => number
  /** The market stamps by a clock of its own that may run ahead of the venue's, as that of the sandbox does. */
  readonly runAhead: boolean
  readonly onTrouble: (text: string) => void
}

export class Stamps {
  readonly #parts: StampsParts
  #wrong = 0

  constructor(parts: StampsParts) {
    this.#parts = parts
  }

  /** So many were not believed. */
  get wrong(): number {
    return this.#wrong
  }

  /** Whether it lies so far ahead that it is wrong. */
  isWrong(at: number): boolean {
    const { venueNow, runAhead } = this.#parts
    const now = venueNow()
    // Before the venue has told its time nothing can be held against it.
    return !runAhead && Number.isFinite(now) && !(at <= now + AHEAD_MAX_MS)
  }

  /** @param what of whom, for the log. @returns the moment itself, or that of its arrival where it is wrong; ms */
  believed(at: number, what: string): number {
    if (!this.isWrong(at)) return at
    this.refused(at, what)
    return Math.floor(this.#parts.venueNow())
  }

  /** Counts it, and says so once. */
  refused(at: number, what: string): void {
    this.#wrong++
    if (this.#wrong > 1) return
    const stamp = Number.isFinite(new Date(at).getTime()) ? new Date(at).toISOString() : String(at)
    this.#parts.onTrouble(
      `${what} is stamped ${stamp}, which lies ahead of the venue's own clock: such times are not believed, the moment of arrival counts instead (further ones are counted, not told)`,
    )
  }
}
