/** The books of one subscription: a snapshot, then what has changed, each message naming the one before it. */
import type { SandboxBackend } from '../front.ts'
import { bookChecksum } from './checksum.ts'
import type { OkxContract } from './contracts.ts'
import { bookRow } from './public-routes.ts'

type Row = readonly string[]

interface Sides {
  readonly bids: readonly Row[]
  readonly asks: readonly Row[]
}

const DEPTHS: Readonly<Record<string, number>> = {
  books: 100,
  books5: 5,
  'bbo-tbt': 1,
  'books-l2-tbt': 100,
  'books50-l2-tbt': 50,
}

export const isBookChannel = (channel: string): boolean => DEPTHS[channel] !== undefined

export class BookStream {
  readonly #backend: SandboxBackend
  readonly #channel: string
  #sent: Sides | null = null
  #sequence = 0

  constructor(backend: SandboxBackend, channel: string) {
    this.#backend = backend
    this.#channel = channel
  }

  /** The next message without its `arg`; null = nothing has changed. */
  next(contract: OkxContract): Readonly<Record<string, unknown>> | null {
    const depth = DEPTHS[this.#channel] ?? 100
    const book = this.#backend.book(contract.instrument.id, depth)
    const bids = book.bids.map((level) => bookRow(contract, level))
    const asks = book.asks.map((level) => bookRow(contract, level))
    const before = this.#sent
    const previous = this.#sequence
    this.#sequence = Math.max(previous + 1, book.sequence)
    const common = { ts: String(book.at), seqId: this.#sequence }
    this.#sent = { bids, asks }
    if (depth <= 5) return { data: [{ asks, bids, ...common, ...this.#named(contract) }] }
    const checksum = bookChecksum(bids, asks)
    if (before === null) {
      return { action: 'snapshot', data: [{ asks, bids, ...common, checksum, prevSeqId: -1 }] }
    }
    const changed = { asks: changes(before.asks, asks), bids: changes(before.bids, bids) }
    return { action: 'update', data: [{ ...changed, ...common, checksum, prevSeqId: previous }] }
  }

  /** books5 names its contract, bbo-tbt does not. */
  #named(contract: OkxContract): Readonly<Record<string, string>> {
    return this.#channel === 'books5' ? { instId: contract.instId } : {}
  }
}

/** Levels that are new or other, and those that are gone with a size of 0. */
function changes(before: readonly Row[], now: readonly Row[]): readonly Row[] {
  const known = new Map(before.map((row) => [row[0], row[1]]))
  const kept = new Set(now.map((row) => row[0]))
  const gone = before.filter((row) => !kept.has(row[0])).map((row) => [row[0] ?? '', '0', '0', '0'])
  return [...now.filter((row) => known.get(row[0]) !== row[1]), ...gone]
}
