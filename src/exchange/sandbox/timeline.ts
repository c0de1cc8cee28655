/**
 * The market's time as a venue shows it. A demo market of some year must look like one of today: every stamp is moved so that
 * it never lies behind the wall clock. After an outage the market's time jumps, as that of a venue that was away.
 */
import type { Json } from '../../domain/strategy.ts'

const MINUTE_MS = 60_000

/** From this moment of the market on, this much is added. */
interface Segment {
  readonly from: number
  readonly offset: number
}

export class Timeline {
  readonly #segments: Segment[]

  /** @param stored what `stored()` gave; null = begin */
  constructor(stored: Json) {
    this.#segments = Array.isArray(stored) ? [...(stored as unknown as Segment[])] : []
  }

  stored(): Json {
    return this.#segments.map(({ from, offset }) => ({ from, offset }))
  }

  /** Whole minutes are added where the stamps would fall behind the wall clock; true when that has happened. */
  extend(marketAt: number, wallMs: number): boolean {
    const behind = wallMs - this.shown(marketAt)
    const isFirst = this.#segments.length === 0
    if (!isFirst && behind <= 0) return false
    const offset = this.#offsetAt(marketAt) + Math.ceil(behind / MINUTE_MS) * MINUTE_MS
    this.#segments.push({ from: isFirst ? Number.MIN_SAFE_INTEGER : marketAt, offset })
    return true
  }

  /** What a venue shows for a moment of the market. */
  shown(marketAt: number): number {
    return marketAt + this.#offsetAt(marketAt)
  }

  /** The moment of the market behind a shown one; of a moment within a jump the end of the jump. */
  hidden(shownAt: number): number {
    for (let index = this.#segments.length - 1; index >= 0; index -= 1) {
      const segment = this.#segments[index]
      if (segment === undefined) continue
      if (shownAt >= segment.from + segment.offset) {
        const next = this.#segments[index + 1]
        return Math.min(shownAt - segment.offset, next?.from ?? Number.POSITIVE_INFINITY)
      }
    }
    return shownAt
  }

  #offsetAt(marketAt: number): number {
    for (let index = this.#segments.length - 1; index >= 0; index -= 1) {
      const segment = this.#segments[index]
      if (segment !== undefined && marketAt >= segment.from) return segment.offset
    }
    return 0
  }
}
