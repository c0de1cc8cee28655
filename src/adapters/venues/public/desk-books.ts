/** The books that a desk's instances ask for, from a public feed of their venue. */
import type { Instrument, InstrumentId } from '../../../domain/instrument.ts'
import type { MarketBook } from '../../../domain/market.ts'
import type { Clock } from '../../../ports/clock.ts'
import { backoffMs } from '../live/backoff.ts'
import type { BookSource, BookSourceListener, OpenBooks } from '../live/book-source.ts'
import { type BookContract, BookFeed, type BookUpdate, type BookVenue } from './book-feed.ts'
import { FEED_VENUES } from './book-venues.ts'
import type { PublicUrls } from './urls.ts'

/** Instances attach one after the other: the feed begins once for all of them. */
const SETTLE_MS = 200
const RETRY_FIRST_MS = 500
const RETRY_MAX_MS = 30_000

export interface DeskBooksParts {
  readonly venue: BookVenue
  readonly urls: PublicUrls | null
  readonly clock: Clock
  /** [0, 1), for jitter. */
  readonly random: () => number
}

interface Watched {
  readonly instrument: Instrument
  readonly depth: number
}

export class DeskBooks implements BookSource {
  readonly #parts: DeskBooksParts
  readonly #listener: BookSourceListener
  readonly #watched = new Map<InstrumentId, Watched>()
  #feed: BookFeed | null = null
  #failures = 0
  #cancel: (() => void) | null = null
  #isClosed = false

  constructor(parts: DeskBooksParts, listener: BookSourceListener) {
    this.#parts = parts
    this.#listener = listener
  }

  watch(instrument: Instrument, depth: number): void {
    const known = this.#watched.get(instrument.id)
    if (known !== undefined && known.depth >= depth) return
    this.#watched.set(instrument.id, { instrument, depth })
    this.#failures = 0
    this.#beginIn(SETTLE_MS)
  }

  close(): void {
    this.#isClosed = true
    this.#cancel?.()
    this.#feed?.stop()
  }

  #beginIn(waitMs: number): void {
    this.#cancel?.()
    this.#cancel = this.#parts.clock.after(waitMs, () => void this.#begin())
  }

  async #begin(): Promise<void> {
    const feed = this.#newFeed()
    const count = this.#watched.size
    let listed: ReadonlyMap<string, BookContract>
    try {
      listed = await feed.contracts()
    } catch {
      if (this.#isClosed) return
      if (this.#failures === 0) this.#listener.onTrouble('the contracts of its books are not told')
      this.#failures += 1
      const { random } = this.#parts
      return this.#beginIn(backoffMs(this.#failures, RETRY_FIRST_MS, RETRY_MAX_MS, random))
    }
    // Another one came meanwhile: it begins anew.
    if (this.#isClosed || count !== this.#watched.size) return
    this.#failures = 0
    this.#feed?.stop()
    this.#feed = feed
    feed.start(this.#contractsOf(listed))
  }

  #newFeed(): BookFeed {
    const levels = Math.max(...[...this.#watched.values()].map(({ depth }) => depth))
    return new BookFeed({
      ...this.#parts,
      levels,
      listener: {
        onBook: (update) => this.#onBook(update),
        onFacts: () => undefined,
        onLost: ({ instrument }, reason) => {
          this.#listener.onBook(instrument.id, null, 0)
          this.#listener.onTrouble(`the book of ${instrument.symbol} is lost: ${reason}`)
        },
        onTrouble: (text) => this.#listener.onTrouble(text),
      },
    })
  }

  /** A contract that counts otherwise than the account's would tell prices and sizes that are none. */
  #contractsOf(listed: ReadonlyMap<string, BookContract>): readonly BookContract[] {
    return [...this.#watched.values()].flatMap(({ instrument }) => {
      const contract = listed.get(instrument.symbol)
      if (contract !== undefined && isAlike(contract.instrument, instrument)) return [contract]
      this.#listener.onTrouble(`${instrument.symbol} has no book here that counts as the account`)
      return []
    })
  }

  #onBook({ contract, bids, asks, at }: BookUpdate): void {
    const { id } = contract.instrument
    const depth = this.#watched.get(id)?.depth ?? 0
    const book: MarketBook =
      bids.length <= depth && asks.length <= depth
        ? { bids, asks }
        : { bids: bids.slice(0, depth), asks: asks.slice(0, depth) }
    this.#listener.onBook(id, book, at)
  }
}

const isAlike = (a: Instrument, b: Instrument): boolean =>
  a.priceDecimals === b.priceDecimals &&
  a.quantityDecimals === b.quantityDecimals &&
  a.lotSize === b.lotSize &&
  a.kind === b.kind

export const deskBooks =
  (parts: DeskBooksParts): OpenBooks =>
  (listener) =>
    new DeskBooks(parts, listener)

const TESTNETS: Readonly<Partial<Record<BookVenue, PublicUrls>>> = {
  okx: { rest: 'https://www.okx.com', ws: 'wss://wspap.okx.com:8443/ws/v5' },
  hyperliquid: {
    rest: 'https://api.hyperliquid-testnet.xyz',
    ws: 'wss://api.hyperliquid-testnet.xyz/ws',
  },
}

/** Where the books of an account's venue are: beside the account. null = the venue's own hosts. */
export function publicUrls(
  venue: BookVenue,
  isTestnet: boolean,
  restUrl: string | null,
  wsUrl: string | null,
): PublicUrls | null {
  const own = (isTestnet ? TESTNETS[venue] : undefined) ?? FEED_VENUES[venue]
  if (restUrl === null && wsUrl === null && own === FEED_VENUES[venue]) return null
  return { rest: restUrl ?? own.rest, ws: wsUrl ?? own.ws }
}
