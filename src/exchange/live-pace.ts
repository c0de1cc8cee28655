/** Pace of live prices: market time is the venues' time, at speed 1. While no venue speaks it stands still. */
import type { InstrumentId } from '../domain/instrument.ts'
import type { MarketEvent } from '../domain/market.ts'
import type { Clock } from '../ports/clock.ts'
import type { ExchangeState } from '../protocol/exchange-messages.ts'
import type { ExchangeBooks, Moment } from './exchange-books.ts'
import type { LiveFeed } from './live-feed.ts'
import { toldOfSlice } from './live-row.ts'
import type { Pace, Teller } from './pace.ts'

/** How often what venues told becomes prices: at most ten a second. */
const INTERVAL_MS = 100
/** Work of one turn: requests do not wait longer. */
const BUDGET_MS = 20
const COMMIT_INTERVAL_MS = 1000

export class LivePace implements Pace {
  readonly #books: ExchangeBooks
  readonly #feed: LiveFeed
  readonly #teller: Teller
  readonly #clock: Clock
  #cancel: (() => void) | null = null
  #committedAt = 0
  #staleToldAt = 0
  /** Contracts that desks were told to be stale. */
  #stale = new Set<InstrumentId>()

  constructor(books: ExchangeBooks, feed: LiveFeed, teller: Teller, clock: Clock) {
    this.#books = books
    this.#feed = feed
    this.#teller = teller
    this.#clock = clock
  }

  get state(): ExchangeState {
    const attached = this.#attached()
    if (attached.length === 0) return 'waiting'
    return attached.some((id) => this.#feed.isStale(id)) ? 'stale' : 'running'
  }

  /** Contracts whose venue neither speaks nor answers. */
  get waitingFor(): readonly string[] {
    return this.#attached().filter((id) => this.#feed.isStale(id))
  }

  start(): void {
    this.#cancel = this.#clock.every(INTERVAL_MS, () => this.#turn())
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  onAttached(): void {
    // Told again: whoever is new has not heard it.
    this.#staleToldAt = 0
  }

  onDetached(): void {}

  onHandled(): void {
    for (const { account, events } of this.#books.takeFresh()) {
      this.#teller.push(account, { type: 'account', events })
    }
  }

  onStepDone(): void {}

  #attached(): InstrumentId[] {
    const ids = new Set<InstrumentId>()
    for (const [account, instances] of this.#books.attached()) {
      if (instances.length === 0) continue
      for (const id of this.#books.instrumentsOf(account)) ids.add(id)
    }
    return [...ids]
  }

  #turn(): void {
    const startedMs = this.#clock.monotonicMs()
    this.#tellStale(startedMs)
    const now = this.#feed.now()
    if (now === null) return
    if (this.#feed.cut()) this.#books.grow()
    const moments = this.#advance(Math.max(now, this.#books.at), startedMs)
    const hasAccountEvents = moments.some((moment) => moment.account.length > 0)
    if (hasAccountEvents || startedMs - this.#committedAt >= COMMIT_INTERVAL_MS) {
      this.#books.commit()
      this.#committedAt = startedMs
    }
    this.#tell(moments)
  }

  #advance(until: number, startedMs: number): Moment[] {
    const moments: Moment[] = []
    for (;;) {
      const moment = this.#books.advance(until)
      if (moment === null) return moments
      moments.push(moment)
      if (this.#clock.monotonicMs() - startedMs >= BUDGET_MS) return moments
    }
  }

  #tell(moments: readonly Moment[]): void {
    // The same events stand in the moments, between the prices among which they happened.
    this.#books.takeFresh()
    const accounts = [...this.#books.attached().keys()]
    for (const moment of moments) {
      for (const { account, events } of moment.account) {
        this.#teller.push(account, { type: 'account', events })
      }
      const events = moment.market.map(toldOfSlice)
      for (const account of accounts) this.#pushMarket(account, events)
    }
  }

  #pushMarket(account: string, all: readonly MarketEvent[]): void {
    const instruments = this.#books.instrumentsOf(account)
    const events = all.filter((event) => instruments.has(event.instrument))
    if (events.length > 0) this.#teller.push(account, { type: 'market', events })
  }

  /** At every change at once, and each second what still is: a desk may have come meanwhile. */
  #tellStale(now: number): void {
    const stale = new Set(this.waitingFor as readonly InstrumentId[])
    const isChanged =
      stale.size !== this.#stale.size || [...stale].some((id) => !this.#stale.has(id))
    if (!isChanged && (stale.size === 0 || now - this.#staleToldAt < COMMIT_INTERVAL_MS)) return
    this.#staleToldAt = now
    for (const [account] of this.#books.attached())
      for (const instrument of this.#books.instrumentsOf(account)) {
        const isStale = stale.has(instrument)
        if (isStale || this.#stale.has(instrument))
          this.#teller.push(account, { type: 'stale', instrument, isStale })
      }
    this.#stale = stale
  }
}
