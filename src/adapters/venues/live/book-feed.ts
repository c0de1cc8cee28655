/**
 * Books and funding of a venue's public streams, one reader for each venue: text of a WebSocket in, integers out. A reader
 * knows no socket and no clock; it belongs to one connection. BookFeed (public/book-feed.ts) drives it over sockets of its
 * own, the dialects of accounts over ccxt's. See docs/concepts/venues.md, "Books".
 */
import type { BookLevel, FundingTerms, MarketBook } from '../../../domain/market.ts'
import type { Price } from '../../../domain/money.ts'
import { VenueError } from '../../../ports/venue.ts'
import { type BookContract, isCrossed } from './book-levels.ts'

/** What a message tells besides the book; what is absent is as it was. */
export interface BookFacts {
  readonly mark?: Price
  readonly index?: Price
  readonly funding?: FundingTerms
}

export type BookNews =
  /** The book as it is now: bids downwards, asks upwards, never crossed; a side may be empty. */
  | {
      readonly kind: 'book'
      readonly contract: BookContract
      readonly bids: readonly BookLevel[]
      readonly asks: readonly BookLevel[]
      /** The venue's stamp, ms. */
      readonly at: number
    }
  | {
      readonly kind: 'facts'
      readonly contract: BookContract
      readonly facts: BookFacts
      readonly at: number
    }
  /** What was told of its book does not count until the next one; `begin` must be called for it where it says so. */
  | {
      readonly kind: 'lost'
      readonly contract: BookContract
      readonly reason: string
      readonly isBroken: boolean
    }
  /** The venue refuses a subscription, in its words. */
  | { readonly kind: 'refused'; readonly reason: string }

export interface BookReaderOptions {
  /** Levels of a side that are told: 1 to 50, less where the venue streams less. */
  readonly levels: number
}

/** Books that begin with a question over REST. */
export interface BookSnapshots {
  /** Path and query behind the venue's REST address. */
  path(contract: BookContract): string
  /** The answer to it. A snapshot that does not fit the changes heard so far is told as `lost` with isBroken. */
  take(contract: BookContract, answer: unknown): readonly BookNews[]
}

export interface BookReader {
  readonly venue: string
  /** Levels of a side that are told. */
  readonly levels: number
  /** null: every book comes whole by its stream. */
  readonly snapshots: BookSnapshots | null
  /** The frames that subscribe books and facts. */
  subscribe(contracts: readonly BookContract[]): readonly unknown[]
  /** After `lost` with isBroken: the frames that begin a book anew; its snapshot is asked then too, where there are some. */
  begin(contract: BookContract): readonly unknown[]
  /** A text of the socket. Messages of other kinds, and texts that are no JSON, tell nothing. */
  onMessage(text: string): readonly BookNews[]
  /** The same for a message that has been parsed. */
  read(message: unknown): readonly BookNews[]
}

export const NOTHING: readonly BookNews[] = []

/** Messages overtake each other by one or two: so many older ones in a row say that the stamp before them was wrong. */
const OLDER_MAX = 10

/** A book that comes whole: none that is crossed, unreadable, or older than the one before. */
export class WholeBooks {
  readonly #told = new Map<BookContract, { at: number; older: number }>()

  /** @param bids null = a number in it cannot be read */
  tell(
    contract: BookContract,
    at: number,
    bids: readonly BookLevel[] | null,
    asks: readonly BookLevel[] | null,
  ): readonly BookNews[] {
    if (bids === null || asks === null || !(at > 0)) return lost(contract, 'unreadable', false)
    const told = this.#told.get(contract)
    if (told !== undefined && at < told.at && ++told.older < OLDER_MAX) return NOTHING
    this.#told.set(contract, { at, older: 0 })
    return bookNews(contract, at, { bids, asks }, false)
  }
}

export const lost = (
  contract: BookContract,
  reason: string,
  isBroken: boolean,
): readonly BookNews[] => [{ kind: 'lost', contract, reason, isBroken }]

/** @param isBroken whether a crossed book must begin anew; else its next message mends it */
export const bookNews = (
  contract: BookContract,
  at: number,
  book: MarketBook,
  isBroken: boolean,
): readonly BookNews[] =>
  isCrossed(book)
    ? lost(contract, 'crossed', isBroken)
    : [{ kind: 'book', contract, bids: book.bids, asks: book.asks, at }]

/** Facts of a contract; what cannot be read leaves them as they were. */
export function factsNews(
  contract: BookContract,
  at: number,
  read: () => BookFacts,
): readonly BookNews[] {
  if (!(at > 0)) return NOTHING
  try {
    return [{ kind: 'facts', contract, facts: read(), at }]
  } catch (error) {
    if (error instanceof VenueError) return NOTHING
    throw error
  }
}

/** Runs a reader over a text that may be no JSON. */
export function parsed(text: string, read: (message: unknown) => readonly BookNews[]) {
  // Keep-alives such as `pong`.
  if (text.charCodeAt(0) !== 123) return NOTHING
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    return NOTHING
  }
  return read(message)
}
