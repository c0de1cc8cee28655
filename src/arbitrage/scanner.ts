/**
 * Keeps the public books of several venues and says at any moment which differences between them would pay, all costs counted.
 * See docs/concepts/arbitrage.md.
 */
import { compareFindings, isOpportunity, type ScanSettings } from '../domain/arbitrage/scan.ts'
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { FundingTerms, MarketBook } from '../domain/market.ts'
import type { BookFeed, BookListener } from '../ports/book-feed.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type {
  OpportunityHistoryRow,
  OpportunityRow,
  PairRow,
  ScanFundingRow,
  ScannerStatus,
} from '../protocol/arbitrage-messages.ts'
import { chosenContracts } from './contracts.ts'
import { type Episode, Episodes, HISTORY_MAX } from './episodes.ts'
import { MarketTable, type PairState } from './market-table.ts'
import { fundingRow, historyRow, opportunityRow, pairRow } from './rows.ts'

/** A venue that did not tell its contracts is asked again after so long. */
const RETRY_MS = 15_000

export interface ScannerParts {
  readonly settings: ScanSettings
  readonly market: 'live' | 'sandbox'
  /** One for each venue. */
  readonly feeds: readonly BookFeed[]
  readonly clock: Clock
  readonly logger: Logger
  /** What an earlier process has kept, the newest first. */
  readonly earlier?: readonly OpportunityHistoryRow[]
  /** Opportunities that have ended, to be kept. */
  readonly keep: (row: OpportunityHistoryRow) => void
  /** For measurements: the pairs of a book are up to date. @param at its stamp, ms */
  readonly onScanned?: (at: number) => void
}

interface Venue {
  readonly feed: BookFeed
  contracts: readonly Instrument[] | null
  trouble: string | null
}

export class Scanner implements BookListener {
  readonly #parts: ScannerParts
  readonly #venues: readonly Venue[]
  readonly #byName: ReadonlyMap<string, BookFeed>
  readonly #table: MarketTable
  readonly #episodes: Episodes
  readonly #startedAt: number
  readonly #cancels: (() => void)[] = []
  #updates = 0
  #isClosed = false

  constructor(parts: ScannerParts) {
    this.#parts = parts
    const { settings, feeds, clock } = parts
    this.#venues = feeds.map((feed) => ({ feed, contracts: null, trouble: 'not answered yet' }))
    this.#byName = new Map(feeds.map((feed) => [feed.venue, feed]))
    this.#table = new MarketTable({
      settings,
      venueNow: (venue) => this.#venueNow(venue),
      wallMs: () => clock.wallMs(),
    })
    this.#episodes = new Episodes(lastIdOf(parts.earlier ?? []), (episode) => this.#keep(episode))
    this.#startedAt = clock.wallMs()
  }

  /** Resolves when every venue has told its contracts, or why not. Those that did not are asked again by themselves. */
  async start(): Promise<void> {
    const { clock, settings } = this.#parts
    this.#cancels.push(clock.every(settings.intervalMs, () => this.publish()))
    await Promise.all(this.#venues.map((venue) => this.#ask(venue)))
    if (!this.#isClosed) this.#choose()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const cancel of this.#cancels) cancel()
    this.#episodes.closeAll(this.#parts.clock.wallMs())
    await Promise.all(this.#venues.map(({ feed }) => feed.close()))
  }

  /** @returns whether it has answered */
  async #ask(venue: Venue): Promise<boolean> {
    const { clock, logger } = this.#parts
    const { feed } = venue
    try {
      venue.contracts = await feed.instruments()
      venue.trouble = null
      return true
    } catch (error) {
      venue.trouble = error instanceof Error ? error.message : String(error)
      logger.warn('scanner', `${feed.venue} does not tell its contracts: ${venue.trouble}`)
      if (!this.#isClosed)
        this.#cancels.push(clock.after(RETRY_MS, () => void this.#askAgain(venue)))
      return false
    }
  }

  async #askAgain(venue: Venue): Promise<void> {
    if ((await this.#ask(venue)) && !this.#isClosed) this.#choose()
  }

  /** What is compared grows with each venue that answers. */
  #choose(): void {
    const { settings, logger } = this.#parts
    const told = this.#venues.flatMap(({ contracts }) => contracts ?? [])
    const chosen = chosenContracts(told, settings.symbols)
    this.#table.setContracts(chosen)
    for (const { feed } of this.#venues) {
      const own = chosen.filter(({ venue }) => venue === feed.venue)
      if (own.length > 0) feed.watch(own, this)
    }
    const isComplete = this.#venues.every(({ contracts }) => contracts !== null)
    if (!isComplete) return
    const { pairCount } = this.#table
    if (pairCount > 0) logger.info('scanner', `${chosen.length} contracts in ${pairCount} pairs`)
    else logger.warn('scanner', 'no contract that is asked for is listed by two of the venues')
  }

  // What venues tell

  onBook(id: InstrumentId, book: MarketBook, at: number): void {
    this.#updates += 1
    if (this.#table.setBook(id, book, at)) this.#parts.onScanned?.(at)
  }

  onFunding(id: InstrumentId, terms: FundingTerms, at: number): void {
    this.#table.setFunding(id, terms, at)
  }

  onDown(id: InstrumentId): void {
    this.#table.setBook(id, null, 0)
  }

  /** Takes out what has become stale and follows opportunities from their beginning to their end. */
  publish(): void {
    this.#table.refresh()
    const at = this.#parts.clock.wallMs()
    for (const { finding } of this.#table.pairs) this.#episodes.take(finding, at)
  }

  #keep(episode: Episode): void {
    this.#parts.keep(historyRow(episode))
  }

  #venueNow(venue: string): number {
    return this.#byName.get(venue)?.venueNow() ?? this.#parts.clock.wallMs()
  }

  // What is asked

  /** The largest edge first; nothing that has become stale since the last update. */
  opportunities(): readonly OpportunityRow[] {
    this.publish()
    return this.#ranked().flatMap(({ pair, finding }) => {
      const { opportunity } = finding.assessment
      if (opportunity === null || !isOpportunity(finding)) return []
      return [opportunityRow(finding, opportunity, this.#episodes.since(pair.id) ?? finding.at)]
    })
  }

  pairs(): readonly PairRow[] {
    this.publish()
    const venueNow = (venue: string): number => this.#venueNow(venue)
    return this.#ranked().map((state) => pairRow(state, isOpportunity(state.finding), venueNow))
  }

  history(): readonly OpportunityHistoryRow[] {
    this.publish()
    const found = this.#episodes.newest.map(historyRow)
    return [...found, ...(this.#parts.earlier ?? [])].slice(0, HISTORY_MAX)
  }

  /** Opportunities that are there now, as they will stand in the history. */
  open(): readonly OpportunityHistoryRow[] {
    return this.#episodes.open.map(historyRow)
  }

  funding(): readonly ScanFundingRow[] {
    const rows = [...this.#table.contracts].flatMap((state) => fundingRow(state) ?? [])
    const keyOf = (row: ScanFundingRow): string => `${row.base} ${row.exchange} ${row.symbol}`
    return rows.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  }

  status(): ScannerStatus {
    return {
      started_at: new Date(this.#startedAt).toISOString(),
      market: this.#parts.market,
      pairs: this.#table.pairCount,
      updates_total: this.#updates,
      venues: this.#venues.map(({ feed, contracts, trouble }) => {
        const { isOpen, reconnects, lastMessageAt } = feed.link()
        const watched = [...this.#table.contracts].filter(
          ({ contract }) => contract.venue === feed.venue,
        )
        return {
          exchange: feed.venue,
          connected: isOpen,
          reconnects,
          last_message_at: lastMessageAt === null ? null : new Date(lastMessageAt).toISOString(),
          contracts: contracts === null ? 0 : watched.length,
          trouble,
        }
      }),
      opportunities_total: Object.fromEntries(this.#episodes.begun),
    }
  }

  #ranked(): readonly PairState[] {
    return [...this.#table.pairs].sort((a, b) => compareFindings(a.finding, b.finding))
  }
}

/** The one that ended last need not be the one that began last. */
const lastIdOf = (earlier: readonly OpportunityHistoryRow[]): number =>
  earlier.reduce((last, { id }) => Math.max(last, id), 0)
