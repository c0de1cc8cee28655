/**
 * Books, marks and funding of many contracts of one venue, public and without keys, over WebSockets of its own: what the
 * scanner of opportunities looks at. See docs/concepts/venues.md, "Books".
 */
import type { Clock } from '../../../ports/clock.ts'
import type { BookFacts, BookNews } from '../live/book-feed.ts'
import type { BookContract } from '../live/book-levels.ts'
import { HostGuard } from '../live/hosts.ts'
import { ConnectQuota } from '../live/stream-loop.ts'
import { BookConnection } from './book-connection.ts'
import { listBookContracts } from './book-contracts.ts'
import { type BookVenue, FEED_VENUES } from './book-venues.ts'
import { PublicHttp } from './public-http.ts'
import type { PublicAddress, PublicUrls } from './urls.ts'

export { type BookVenue, bookVenues, isBookVenue } from './book-venues.ts'
export type { BookContract, BookFacts }

/** The book as it is now, never crossed; `at` is the venue's stamp, ms. Levels and order as in MarketBook. */
export type BookUpdate = Extract<BookNews, { readonly kind: 'book' }>

/** Silence after which a book does not count, ms. */
const STALE_AFTER_MS = 20_000

export interface BookFeedListener {
  onBook(update: BookUpdate): void
  /** Everything known of mark, index and funding, with what is new. */
  onFacts(contract: BookContract, facts: BookFacts, at: number): void
  /** The book told last does not count until the next one: a gap, a crossed book, silence, a lost connection. */
  onLost(contract: BookContract, reason: string): void
  /** One clause for a log: a connection was lost, a subscription refused. */
  onTrouble(text: string): void
}

export interface BookFeedParts {
  readonly venue: BookVenue
  /** null = the venue's own hosts; loopback = a sandbox (its rest_url and ws_url). */
  readonly urls: PublicAddress | null
  /** Levels of a side: 1 to 50. OKX tells 5 whole, more by changes; Hyperliquid and Aster have 20 at most. */
  readonly levels: number
  readonly clock: Clock
  /** [0, 1), for jitter. */
  readonly random: () => number
  readonly listener: BookFeedListener
  readonly staleAfterMs?: number
}

export class BookFeed {
  readonly #parts: BookFeedParts
  readonly #http: PublicHttp
  readonly #facts = new Map<BookContract, BookFacts>()
  #connections: readonly BookConnection[] = []

  constructor(parts: BookFeedParts) {
    this.#parts = parts
    const { venue } = parts
    this.#http = new PublicHttp(venue, () => this.#urls()?.rest ?? FEED_VENUES[venue].rest)
  }

  /**
   * Every perpetual contract that the venue lists, by ccxt's unified symbol.
   * @throws VenueError `unavailable` when it does not answer readably
   */
  contracts(): Promise<ReadonlyMap<string, BookContract>> {
    return listBookContracts(this.#parts.venue, this.#http)
  }

  /** Follows these contracts from now on; those of an earlier call are left. */
  start(contracts: readonly BookContract[]): void {
    this.stop()
    const { contractsMax } = FEED_VENUES[this.#parts.venue]
    const groups: BookContract[][] = []
    for (let from = 0; from < contracts.length; from += contractsMax)
      groups.push(contracts.slice(from, from + contractsMax))
    const quota = this.#quota()
    this.#connections = groups.map((group) => this.#connection(group, quota))
    for (const one of this.#connections) one.start()
  }

  stop(): void {
    for (const one of this.#connections) one.stop()
    this.#connections = []
    this.#facts.clear()
  }

  /** Connections that there should be, those that stand, and how often one has come back. */
  get health(): {
    readonly connections: number
    readonly live: number
    readonly reconnects: number
  } {
    const all = this.#connections
    return {
      connections: all.length,
      live: all.filter((one) => one.isLive).length,
      reconnects: all.reduce((sum, one) => sum + one.reconnects, 0),
    }
  }

  #quota(): ConnectQuota {
    const { clock, venue } = this.#parts
    return new ConnectQuota(clock, FEED_VENUES[venue].connectsPerMinute, 60_000)
  }

  #urls(): PublicUrls | null {
    const { urls } = this.#parts
    return typeof urls === 'function' ? urls() : urls
  }

  #connection(contracts: readonly BookContract[], quota: ConnectQuota): BookConnection {
    const { venue, levels, clock, random, listener } = this.#parts
    const { ws, path, ping, reader } = FEED_VENUES[venue]
    return new BookConnection({
      ...{ clock, random, quota, contracts, ping, http: this.#http },
      name: `${venue} books`,
      url: () => `${this.#urls()?.ws ?? ws}${path}`,
      reader: () => reader({ levels }),
      guard: new HostGuard(venue),
      staleAfterMs: this.#parts.staleAfterMs ?? STALE_AFTER_MS,
      onNews: (news) => this.#onNews(news),
      onTrouble: (text) => listener.onTrouble(text),
    })
  }

  #onNews(news: BookNews): void {
    const { listener } = this.#parts
    if (news.kind === 'book') listener.onBook(news)
    else if (news.kind === 'lost') listener.onLost(news.contract, news.reason)
    else if (news.kind === 'facts') {
      const facts = { ...this.#facts.get(news.contract), ...news.facts }
      this.#facts.set(news.contract, facts)
      listener.onFacts(news.contract, facts, news.at)
    }
  }
}
