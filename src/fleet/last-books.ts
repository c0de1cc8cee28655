/**
 * The books of an instance while it trades fast: its desk books a fill a moment before its bot does, or after. Then those
 * that agreed last are told for some seconds, with the time they are of: without them a sum over the fleet would miss one.
 */
import type { Clock } from '../ports/clock.ts'
import type { BooksView } from '../protocol/fleet-messages.ts'

/** So long books that no longer agree are told, ms. */
export const BOOKS_KEPT_MS = 5000

interface Kept {
  /** Start of the process that told them. */
  readonly startedAt: number | null
  /** Of the monotonic clock. */
  readonly at: number
  readonly wallMs: number
  readonly books: BooksView
}

export interface ToldBooks {
  readonly id: string
  readonly startedAt: number | null
  /** Null = bot and desk do not agree, or nothing was told. */
  readonly books: BooksView | null
  /** What is held now; null = not known. */
  readonly position: string | null
}

export class LastBooks {
  readonly #clock: Clock
  readonly #kept = new Map<string, Kept>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @returns those that were told, else those of some seconds ago; null when there are none of this process */
  of({ id, startedAt, books, position }: ToldBooks): BooksView | null {
    const now = this.#clock.monotonicMs()
    if (books !== null) {
      this.#kept.set(id, { startedAt, at: now, wallMs: this.#clock.wallMs(), books })
      return books
    }
    const kept = this.#kept.get(id)
    if (kept === undefined) return null
    if (kept.startedAt !== startedAt || now - kept.at > BOOKS_KEPT_MS) {
      this.#kept.delete(id)
      return null
    }
    const as_of = new Date(kept.wallMs).toISOString()
    // What is flat by now has no entry and cannot be liquidated.
    const flat = Number(position) === 0 ? { entry_price: null, liquidation_price: null } : {}
    return { ...kept.books, ...flat, as_of }
  }

  /** Its process has ended: what it saved counts. */
  forget(id: string): void {
    this.#kept.delete(id)
  }
}
