/** What of each venue a feed of public books needs to know: addresses, limits, keep-alives, its reader. */
import { AsterBooks } from '../aster/books.ts'
import { BackpackBooks } from '../backpack/books.ts'
import { HyperliquidBooks } from '../hyperliquid/books.ts'
import type { BookReader, BookReaderOptions } from '../live/book-feed.ts'
import { OkxBooks } from '../okx/books.ts'

export const bookVenues = ['okx', 'hyperliquid', 'backpack', 'aster'] as const
export type BookVenue = (typeof bookVenues)[number]

export const isBookVenue = (venue: string): venue is BookVenue =>
  (bookVenues as readonly string[]).includes(venue)

export interface FeedVenue {
  readonly rest: string
  readonly ws: string
  /** Behind `ws`, also behind that of a sandbox. */
  readonly path: string
  /** Contracts of one connection. */
  readonly contractsMax: number
  /** New connections in a minute. */
  readonly connectsPerMinute: number
  /** The venue's own ping, which it answers; null = that of the WebSocket protocol. */
  readonly ping: string | null
  reader(options: BookReaderOptions): BookReader
}

export const FEED_VENUES: Readonly<Record<BookVenue, FeedVenue>> = {
  okx: {
    rest: 'https://www.okx.com',
    ws: 'wss://ws.okx.com:8443/ws/v5',
    path: '/public',
    contractsMax: 50,
    // 3 a second; 480 subscriptions an hour and connection.
    connectsPerMinute: 60,
    ping: 'ping',
    reader: (options) => new OkxBooks(options),
  },
  hyperliquid: {
    rest: 'https://api.hyperliquid.xyz',
    ws: 'wss://api.hyperliquid.xyz/ws',
    path: '',
    // 1000 subscriptions an address.
    contractsMax: 100,
    connectsPerMinute: 20,
    ping: '{"method":"ping"}',
    reader: (options) => new HyperliquidBooks(options),
  },
  backpack: {
    rest: 'https://api.backpack.exchange',
    ws: 'wss://ws.backpack.exchange',
    path: '',
    contractsMax: 50,
    connectsPerMinute: 30,
    ping: null,
    reader: (options) => new BackpackBooks(options),
  },
  aster: {
    rest: 'https://fapi.asterdex.com',
    ws: 'wss://fstream.asterdex.com',
    path: '/stream',
    // 200 streams a connection, of which a contract takes two.
    contractsMax: 90,
    connectsPerMinute: 30,
    ping: null,
    reader: (options) => new AsterBooks(options),
  },
}
