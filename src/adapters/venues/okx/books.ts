/**
 * OKX's books: `books5` comes whole every 100 ms; deeper ones (`books`, 400 levels) by changes that name the message before
 * them. The checksum of `books` is not looked at: the venue fills it with 0; seqId and prevSeqId prove the same.
 * Source: OKX API v5, "Order book channel", "Funding rate channel", "Mark price channel".
 */
import type { Instrument } from '../../../domain/instrument.ts'
import type { FundingTerms } from '../../../domain/market.ts'
import {
  type BookNews,
  type BookReader,
  type BookReaderOptions,
  bookNews,
  factsNews,
  lost,
  NOTHING,
  parsed,
  WholeBooks,
} from '../live/book-feed.ts'
import { type BookContract, levelsFrom } from '../live/book-levels.ts'
import { decimalsOf, momentFrom, ratioFrom, roundedPriceFrom } from '../live/decimal.ts'
import { KeptBook } from '../live/kept-book.ts'
import type { Contract } from './instruments.ts'

/** Levels of `books5`. */
const WHOLE_LEVELS = 5
/** The most that `books` carries. */
const KEPT_LEVELS = 400
const LEVELS_MAX = 50
/** One request may have 64 KB. */
const ARGS_MAX = 100

type Arg = Readonly<Record<string, string>>

interface Message {
  readonly event?: string
  readonly msg?: unknown
  readonly arg?: { readonly channel?: string; readonly instId?: string }
  readonly action?: string
  readonly data?: readonly Row[]
}

interface Row {
  readonly bids?: unknown
  readonly asks?: unknown
  readonly ts?: string
  readonly seqId?: number
  readonly prevSeqId?: number
  readonly markPx?: string
  readonly fundingRate?: string
  readonly fundingTime?: string
  readonly nextFundingTime?: string
}

/** Sizes are told in contracts, of which `lotSz` make a lot. */
export function okxBookContract({ instrument, instId, lotSz }: Contract): BookContract {
  const sizeDecimals = decimalsOf(lotSz)
  return {
    instrument,
    name: instId,
    sizeDecimals,
    sizeStep: Math.round(Number(lotSz) * 10 ** sizeDecimals),
  }
}

interface Kept {
  readonly book: KeptBook
  /** Of the message before; null = it must begin with a snapshot. */
  sequence: number | null
}

export class OkxBooks implements BookReader {
  readonly venue = 'okx'
  readonly levels: number
  readonly snapshots = null
  readonly #channel: string
  readonly #contracts = new Map<string, BookContract>()
  readonly #whole = new WholeBooks()
  readonly #kept = new Map<string, Kept>()

  constructor({ levels }: BookReaderOptions) {
    this.levels = Math.min(levels, LEVELS_MAX)
    this.#channel = levels <= WHOLE_LEVELS ? 'books5' : 'books'
  }

  /** The channels of a contract. */
  args({ name }: BookContract): readonly Arg[] {
    return [
      { channel: this.#channel, instId: name },
      { channel: 'funding-rate', instId: name },
      { channel: 'mark-price', instId: name },
    ]
  }

  /** Messages of the contract are read from now on. */
  follow(contract: BookContract): void {
    this.#contracts.set(contract.name, contract)
    this.#kept.delete(contract.name)
  }

  subscribe(contracts: readonly BookContract[]): readonly unknown[] {
    for (const one of contracts) this.follow(one)
    const args = contracts.flatMap((one) => this.args(one))
    const frames: unknown[] = []
    for (let from = 0; from < args.length; from += ARGS_MAX)
      frames.push({ op: 'subscribe', args: args.slice(from, from + ARGS_MAX) })
    return frames
  }

  begin(contract: BookContract): readonly unknown[] {
    this.#kept.delete(contract.name)
    const args = [{ channel: this.#channel, instId: contract.name }]
    return [
      { op: 'unsubscribe', args },
      { op: 'subscribe', args },
    ]
  }

  onMessage(text: string): readonly BookNews[] {
    return parsed(text, (message) => this.read(message))
  }

  read(message: unknown): readonly BookNews[] {
    const { arg, data, event, msg, action } = message as Message
    if (event === 'error') return [{ kind: 'refused', reason: String(msg) }]
    const contract = this.#contracts.get(arg?.instId ?? '')
    const row = data?.[0]
    if (contract === undefined || row === undefined || event !== undefined) return NOTHING
    const channel = arg?.channel
    if (channel === this.#channel)
      return action === undefined ? this.#readWhole(contract, row) : this.#change(contract, row)
    const at = Number(row.ts)
    if (channel === 'mark-price')
      return factsNews(contract, at, () => ({
        mark: roundedPriceFrom(contract.instrument, row.markPx),
      }))
    if (channel === 'funding-rate')
      return factsNews(contract, at, () => ({ funding: fundingFrom(contract.instrument, row) }))
    return NOTHING
  }

  #readWhole(contract: BookContract, row: Row): readonly BookNews[] {
    const bids = levelsFrom(contract, row.bids, this.levels, -1)
    const asks = levelsFrom(contract, row.asks, this.levels, 1)
    return this.#whole.tell(contract, Number(row.ts), bids, asks)
  }

  #change(contract: BookContract, row: Row): readonly BookNews[] {
    const { prevSeqId, seqId, bids, asks } = row
    const kept = this.#kept.get(contract.name) ?? { book: new KeptBook(contract), sequence: null }
    this.#kept.set(contract.name, kept)
    const isFirst = prevSeqId === -1
    // After a loss nothing counts before the snapshot of the new subscription.
    if (!isFirst && kept.sequence === null) return NOTHING
    if (!isFirst && prevSeqId !== kept.sequence) return this.#break(contract, kept, 'a gap')
    const isRead = isFirst ? kept.book.begin(bids, asks, KEPT_LEVELS) : kept.book.apply(bids, asks)
    if (!isRead || seqId === undefined) return this.#break(contract, kept, 'unreadable')
    kept.sequence = seqId
    const news = bookNews(contract, Number(row.ts), kept.book.top(this.levels), true)
    if (news[0]?.kind === 'lost') kept.sequence = null
    return news
  }

  #break(contract: BookContract, kept: Kept, reason: string): readonly BookNews[] {
    kept.sequence = null
    return lost(contract, reason, true)
  }
}

/**
 * `fundingTime` is the settlement that comes next, `nextFundingTime` the one after it.
 * @throws VenueError `unknown` when the rate is no number
 */
export function fundingFrom(
  instrument: Instrument,
  row: Pick<Row, 'fundingRate' | 'fundingTime' | 'nextFundingTime'>,
): FundingTerms {
  const nextAt = momentFrom(row.fundingTime)
  const intervalMs = Number(row.nextFundingTime) - nextAt
  return {
    rate: ratioFrom(row.fundingRate),
    nextAt,
    intervalMs: intervalMs > 0 ? intervalMs : instrument.fundingIntervalMs,
  }
}
