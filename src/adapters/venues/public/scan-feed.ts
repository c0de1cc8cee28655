/** The public books of a venue as the scanner asks for them (ports/book-feed.ts). */
import type { Instrument, InstrumentId } from '../../../domain/instrument.ts'
import type {
  BookFeedLink,
  BookListener,
  BookFeed as ScannedVenue,
} from '../../../ports/book-feed.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Logger } from '../../../ports/logger.ts'
import { type BookContract, BookFeed, type BookFeedListener, type BookVenue } from './book-feed.ts'
import { StampClock } from './stamp-clock.ts'
import type { PublicAddress } from './urls.ts'

/** Deep enough for a comparison, and told by every venue. */
const LEVELS = 20

export interface ScanFeedParts {
  readonly venue: BookVenue
  /** null = the venue's own hosts; loopback = a sandbox. */
  readonly urls: PublicAddress | null
  readonly clock: Clock
  readonly logger: Logger
  readonly random: () => number
}

export class ScanFeed implements ScannedVenue {
  readonly venue: BookVenue
  readonly #parts: ScanFeedParts
  readonly #feed: BookFeed
  readonly #stamps: StampClock
  #contracts: ReadonlyMap<string, BookContract> = new Map()
  #watched: ReadonlySet<InstrumentId> = new Set()
  #listener: BookListener | null = null
  #lastMessageAt: number | null = null

  constructor(parts: ScanFeedParts) {
    const { venue, urls, clock, random } = parts
    this.#parts = parts
    this.venue = venue
    this.#stamps = new StampClock(clock)
    const listener = this.#forward()
    this.#feed = new BookFeed({ venue, urls, clock, random, levels: LEVELS, listener })
  }

  #forward(): BookFeedListener {
    const { clock, logger } = this.#parts
    return {
      onBook: ({ contract, bids, asks, at }) => {
        this.#lastMessageAt = clock.wallMs()
        this.#stamps.hear(at)
        this.#listener?.onBook(contract.instrument.id, { bids, asks }, at)
      },
      onFacts: ({ instrument }, { funding }, at) => {
        if (funding !== undefined) this.#listener?.onFunding(instrument.id, funding, at)
      },
      onLost: ({ instrument }, reason) => this.#listener?.onDown(instrument.id, reason),
      onTrouble: (text) => logger.warn('scanner', text),
    }
  }

  venueNow(): number {
    return this.#stamps.now()
  }

  async instruments(): Promise<readonly Instrument[]> {
    this.#contracts = await this.#feed.contracts()
    return [...this.#contracts.values()].map(({ instrument }) => instrument)
  }

  watch(instruments: readonly Instrument[], listener: BookListener): void {
    this.#listener = listener
    const ids = new Set(instruments.map(({ id }) => id))
    // Connections that serve them already are not opened anew.
    if (ids.size === this.#watched.size && [...ids].every((id) => this.#watched.has(id))) return
    this.#watched = ids
    this.#feed.start(instruments.flatMap(({ symbol }) => this.#contracts.get(symbol) ?? []))
  }

  link(): BookFeedLink {
    const { connections, live, reconnects } = this.#feed.health
    return {
      isOpen: connections > 0 && live === connections,
      reconnects,
      lastMessageAt: this.#lastMessageAt,
    }
  }

  async close(): Promise<void> {
    this.#feed.stop()
  }
}
