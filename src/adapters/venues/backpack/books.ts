/**
 * Backpack's books are kept by changes: subscribe, hold the changes back, ask the snapshot over REST, begin with the first
 * change that follows it; each change names its first and last number, and U is one more than the u before it.
 * Source: Backpack API, "Streams: depth" (sizes are absolute, 0 = gone) and "Get depth".
 */
import type { Instrument } from '../../../domain/instrument.ts'
import type { FundingTerms } from '../../../domain/market.ts'
import {
  type BookFacts,
  type BookNews,
  type BookReader,
  type BookReaderOptions,
  type BookSnapshots,
  bookNews,
  factsNews,
  lost,
  NOTHING,
  parsed,
} from '../live/book-feed.ts'
import type { BookContract } from '../live/book-levels.ts'
import { ratioFrom, roundedPriceFrom } from '../live/decimal.ts'
import { KeptBook } from '../live/kept-book.ts'

const LEVELS_MAX = 50
const SNAPSHOT_LEVELS = 1000
/** Held back while the snapshot is on its way: more means that it never came. */
const HELD_MAX = 2000
/** Later ms than this are µs. */
const MS_MAX = 1e14

interface Change {
  readonly e?: string
  readonly s?: string
  readonly a?: unknown
  readonly b?: unknown
  readonly U?: unknown
  readonly u?: unknown
  readonly T?: unknown
  readonly E?: unknown
}

interface Mark {
  readonly p?: unknown
  readonly f?: unknown
  readonly i?: unknown
  readonly n?: unknown
  readonly T?: unknown
  readonly E?: unknown
}

interface Envelope {
  readonly data?: Change & Mark
  readonly error?: { readonly message?: unknown; readonly code?: unknown }
}

interface Snapshot {
  readonly bids?: unknown
  readonly asks?: unknown
  readonly lastUpdateId?: unknown
  readonly timestamp?: unknown
}

interface Kept {
  readonly contract: BookContract
  readonly book: KeptBook
  /** Of the last change applied; null = the snapshot is awaited. */
  last: number | null
  /** No change has been applied since the snapshot. */
  isFresh: boolean
  held: Change[]
}

export class BackpackBooks implements BookReader {
  readonly venue = 'backpack'
  readonly levels: number
  readonly #kept = new Map<string, Kept>()

  constructor({ levels }: BookReaderOptions) {
    this.levels = Math.min(levels, LEVELS_MAX)
  }

  readonly snapshots: BookSnapshots = {
    path: ({ name }) => `/api/v1/depth?symbol=${encodeURIComponent(name)}&limit=${SNAPSHOT_LEVELS}`,
    take: (contract, answer) => this.#takeSnapshot(contract, (answer ?? {}) as Snapshot),
  }

  /** Messages of the contract are read from now on, its book begins with the next snapshot. */
  follow(contract: BookContract): void {
    const book = new KeptBook(contract)
    this.#kept.set(contract.name, { contract, book, last: null, isFresh: false, held: [] })
  }

  subscribe(contracts: readonly BookContract[]): readonly unknown[] {
    for (const one of contracts) this.follow(one)
    const params = contracts.flatMap(({ name }) => [`depth.${name}`, `markPrice.${name}`])
    return [{ method: 'SUBSCRIBE', params }]
  }

  /** The stream goes on: only a new snapshot is needed. */
  begin(contract: BookContract): readonly unknown[] {
    const kept = this.#kept.get(contract.name)
    if (kept !== undefined && kept.last !== null) reset(kept)
    return []
  }

  onMessage(text: string): readonly BookNews[] {
    return parsed(text, (message) => this.read(message))
  }

  read(message: unknown): readonly BookNews[] {
    const { data, error } = message as Envelope
    if (error) return [{ kind: 'refused', reason: String(error.message ?? error.code) }]
    const kept = this.#kept.get(data?.s ?? '')
    if (kept === undefined || data === undefined) return NOTHING
    if (data.e === 'depth') return this.#onChange(kept, data)
    if (data.e !== 'markPrice') return NOTHING
    return factsNews(kept.contract, msOf(data.T ?? data.E), () => factsOf(kept.contract, data))
  }

  #onChange(kept: Kept, change: Change): readonly BookNews[] {
    if (kept.last === null) {
      if (kept.held.length >= HELD_MAX) kept.held = []
      kept.held.push(change)
      return NOTHING
    }
    if (isKnown(kept, change)) return NOTHING
    const reason = follow(kept, change)
    return reason === null ? this.#tell(kept, msOf(change.T ?? change.E)) : broken(kept, reason)
  }

  #takeSnapshot(contract: BookContract, answer: Snapshot): readonly BookNews[] {
    const kept = this.#kept.get(contract.name)
    if (kept === undefined || kept.last !== null) return NOTHING
    const last = Number(answer.lastUpdateId)
    const isRead = kept.book.begin(answer.bids, answer.asks, SNAPSHOT_LEVELS)
    if (!isRead || !Number.isSafeInteger(last)) return broken(kept, 'an unreadable snapshot')
    kept.last = last
    kept.isFresh = true
    let at = msOf(answer.timestamp)
    for (const change of kept.held.splice(0)) {
      if (isKnown(kept, change)) continue
      const reason = follow(kept, change)
      if (reason !== null) return broken(kept, reason)
      at = msOf(change.T ?? change.E)
    }
    return this.#tell(kept, at)
  }

  #tell(kept: Kept, at: number): readonly BookNews[] {
    const news = bookNews(kept.contract, at, kept.book.top(this.levels), true)
    if (news[0]?.kind === 'lost') reset(kept)
    return news
  }
}

/** Twice told, overtaken, or in the snapshot. */
const isKnown = (kept: Kept, change: Change): boolean => Number(change.u) <= (kept.last ?? 0)

/** Applies what follows; @returns why it does not, else null. The first behind a snapshot may begin within it. */
function follow(kept: Kept, change: Change): string | null {
  const [first, next] = [Number(change.U), (kept.last ?? 0) + 1]
  const isNext = kept.isFresh ? first <= next : first === next
  if (!isNext) return kept.isFresh ? 'a snapshot that is older than the changes' : 'a gap'
  kept.last = Number(change.u)
  kept.isFresh = false
  const isRead = Number.isSafeInteger(kept.last) && kept.book.apply(change.b, change.a)
  return isRead ? null : 'unreadable'
}

function reset(kept: Kept): void {
  kept.last = null
  kept.held = []
  kept.book.clear()
}

function broken(kept: Kept, reason: string): readonly BookNews[] {
  reset(kept)
  return lost(kept.contract, reason, true)
}

/** Of a stamp in µs, or in ms as some fields have it. */
function msOf(stamp: unknown): number {
  const value = Number(stamp)
  return value > MS_MAX ? Math.floor(value / 1000) : value
}

/** `f` is foretold for the settlement at `n`; null = not told. */
export function fundingFrom(instrument: Instrument, f: unknown, n: unknown): FundingTerms | null {
  const nextAt = msOf(n)
  if (f == null || !(nextAt > 0)) return null
  return { rate: ratioFrom(f), nextAt, intervalMs: instrument.fundingIntervalMs }
}

function factsOf({ instrument }: BookContract, { p, f, i, n }: Mark): BookFacts {
  const funding = fundingFrom(instrument, f, n)
  return {
    mark: roundedPriceFrom(instrument, p),
    ...(i == null ? {} : { index: roundedPriceFrom(instrument, i) }),
    ...(funding === null ? {} : { funding }),
  }
}
