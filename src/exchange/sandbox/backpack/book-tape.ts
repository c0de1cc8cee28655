/** The book of each market with the venue's update numbers: the snapshot by REST and the deltas of the stream agree. */
import type { InstrumentId } from '../../../domain/instrument.ts'
import type { BookLevel, SandboxBackend } from '../front.ts'

/** Levels of a side that streams carry; the venue's default limit of /depth is 1000. */
export const DEPTH = 50

export interface TapedBook {
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
  readonly at: number
  /** Number of the last change. */
  readonly updateId: number
}

/** What has changed since the book before: absolute lots, 0 = the level is gone. `from` follows the number before. */
export interface BookDelta {
  readonly from: number
  readonly to: number
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
  readonly isTopChanged: boolean
}

export class BookTape {
  readonly #backend: SandboxBackend
  readonly #books = new Map<InstrumentId, TapedBook>()

  constructor(backend: SandboxBackend) {
    this.#backend = backend
  }

  /** The book as it was told last, without going on; the first call takes it up. */
  book(instrument: InstrumentId): TapedBook {
    const known = this.#books.get(instrument)
    if (known !== undefined) return known
    const { bids, asks, at, sequence } = this.#backend.book(instrument, DEPTH)
    const first = { bids, asks, at, updateId: Math.max(1, sequence) }
    this.#books.set(instrument, first)
    return first
  }

  /** Goes on to the present book. Null = nothing has changed. */
  move(instrument: InstrumentId): BookDelta | null {
    const before = this.book(instrument)
    const { bids, asks, at } = this.#backend.book(instrument, DEPTH)
    const changed = { bids: changes(before.bids, bids), asks: changes(before.asks, asks) }
    const count = changed.bids.length + changed.asks.length
    if (count === 0) return null
    const updateId = before.updateId + count
    this.#books.set(instrument, { bids, asks, at, updateId })
    const isTopChanged = !isSame(before.bids[0], bids[0]) || !isSame(before.asks[0], asks[0])
    return { from: before.updateId + 1, to: updateId, ...changed, isTopChanged }
  }
}

const isSame = (a: BookLevel | undefined, b: BookLevel | undefined): boolean =>
  a?.[0] === b?.[0] && a?.[1] === b?.[1]

function changes(before: readonly BookLevel[], now: readonly BookLevel[]): readonly BookLevel[] {
  const left = new Map(before)
  const found: BookLevel[] = []
  for (const level of now) {
    if (left.get(level[0]) !== level[1]) found.push(level)
    left.delete(level[0])
  }
  for (const price of left.keys()) found.push([price, 0 as BookLevel[1]])
  return found
}
