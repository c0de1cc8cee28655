/** The closed round trips of an instance or of all: made of their fills once, then of what has come since. */
import { TradeBook } from '../domain/statistic/trade-list.ts'
import type {
  JournalPages,
  JournalPart,
  JournalPlace,
  PlacedEvent,
} from '../ports/journal-pages.ts'
import type { TradeRow } from '../protocol/fleet-messages.ts'
import { newestFirst, TRADE_FILLS_MAX, tradeRow } from './table-rows.ts'

export class TradeKeeper {
  readonly #journals: JournalPages
  readonly #instance: string | null
  #above: JournalPlace = {}
  readonly #books = new Map<string, TradeBook>()
  #rows: TradeRow[] = []

  /** @param instance null = of all */
  constructor(journals: JournalPages, instance: string | null) {
    this.#journals = journals
    this.#instance = instance
  }

  /** The one that was closed last first. @throws Error with one sentence when a journal cannot be read */
  rows(): readonly TradeRow[] {
    const part = this.#fillsAfter(this.#above)
    const isGap = part.next !== null && this.#books.size > 0
    if (!isGap) return this.#take(part)
    // So many have come that the page does not reach back to what was read: as if it were the first time.
    this.#books.clear()
    this.#rows = []
    return this.#take(this.#fillsAfter({}))
  }

  #fillsAfter(above: JournalPlace): JournalPart<PlacedEvent> {
    const question = { instance: this.#instance, venue: null, since: null, place: null }
    return this.#journals.events({ ...question, limit: TRADE_FILLS_MAX, above }, 'fill')
  }

  #take(part: JournalPart<PlacedEvent>): readonly TradeRow[] {
    this.#above = { ...this.#above, ...part.top }
    const closed: TradeRow[] = []
    for (const { account, instance, instrument, event } of part.rows.toReversed()) {
      if (event.kind !== 'fill') continue
      const key = `${account} ${instance}`
      const book = this.#books.get(key) ?? new TradeBook(instrument)
      this.#books.set(key, book)
      const trade = book.take(event.fill)
      if (trade !== null) closed.push(tradeRow(instance, instrument, trade))
    }
    if (closed.length > 0)
      this.#rows = newestFirst([...closed.reverse(), ...this.#rows]).slice(0, TRADE_FILLS_MAX)
    return this.#rows
  }
}
