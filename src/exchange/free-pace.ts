/**
 * Free pace: market time = where it stood + speed × machine time elapsed. The market waits for nobody; it stands only
 * until the first instance of its life is attached.
 */
import type { InstrumentId } from '../domain/instrument.ts'
import type { MarketEvent } from '../domain/market.ts'
import type { Clock } from '../ports/clock.ts'
import type { ExchangeState } from '../protocol/exchange-messages.ts'
import type { ExchangeBooks, Moment } from './exchange-books.ts'
import type { Pace, Teller } from './pace.ts'

const INTERVAL_MS = 25
/** Work of one turn; a market that is too fast for the machine falls behind instead of blocking requests. */
const BUDGET_MS = 20
const COMMIT_INTERVAL_MS = 1000
/** At most ten prices a second and instrument; with many instances fewer, so that a fleet costs what its events cost. */
const TICK_INTERVAL_MIN_MS = 100
const TICK_INTERVAL_MAX_MS = 1000
const TICK_INTERVAL_PER_INSTANCE_MS = 25

/** Strategies and orders do not wait for these prices: fills, candles and wake bands are told at once. */
const tickIntervalMs = (instances: number): number =>
  Math.min(
    TICK_INTERVAL_MAX_MS,
    Math.max(TICK_INTERVAL_MIN_MS, instances * TICK_INTERVAL_PER_INSTANCE_MS),
  )

export class FreePace implements Pace {
  readonly waitingFor: readonly string[] = []
  readonly #books: ExchangeBooks
  readonly #teller: Teller
  readonly #clock: Clock
  readonly #speed: number
  #cancel: (() => void) | null = null
  #base: { readonly marketAt: number; readonly monotonicMs: number } | null = null
  #committedAt = 0
  #isEndTold = false
  readonly #ticks = new Map<InstrumentId, { last: number; monotonicMs: number }>()

  constructor(books: ExchangeBooks, teller: Teller, clock: Clock, speed: number) {
    this.#books = books
    this.#teller = teller
    this.#clock = clock
    this.#speed = speed
  }

  get state(): ExchangeState {
    if (this.#books.isAtEnd) return 'ended'
    return this.#base === null ? 'waiting' : 'running'
  }

  start(): void {
    if (this.#hasBegun()) this.#begin()
    this.#cancel = this.#clock.every(INTERVAL_MS, () => this.#turn())
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  onAttached(account: string): void {
    if (this.#base === null) this.#begin()
    if (this.#isEndTold) this.#teller.push(account, { type: 'ended', at: this.#books.at })
  }

  onDetached(): void {}

  onHandled(): void {
    for (const { account, events } of this.#books.takeFresh()) {
      this.#teller.push(account, { type: 'account', events })
    }
  }

  onStepDone(): void {}

  #hasBegun(): boolean {
    for (const instances of this.#books.attached().values()) if (instances.length > 0) return true
    return this.#books.at > this.#books.feed.startAt
  }

  #begin(): void {
    this.#base = { marketAt: this.#books.at, monotonicMs: this.#clock.monotonicMs() }
  }

  #turn(): void {
    if (this.#base === null || this.#isEndTold) return
    const now = this.#clock.monotonicMs()
    const until = this.#base.marketAt + Math.floor((now - this.#base.monotonicMs) * this.#speed)
    const moments = this.#advance(until, now)
    const hasAccountEvents = moments.some((moment) => moment.account.length > 0)
    const isEnd = this.#books.isAtEnd
    if (hasAccountEvents || isEnd || now - this.#committedAt >= COMMIT_INTERVAL_MS) {
      this.#books.commit()
      this.#committedAt = now
    }
    this.#tell(moments, now)
    if (isEnd) this.#tellEnd()
  }

  #advance(until: number, startedMs: number): Moment[] {
    const moments: Moment[] = []
    for (;;) {
      const moment = this.#books.advance(until)
      if (moment === null) return moments
      moments.push(moment)
      if (this.#clock.monotonicMs() - startedMs < BUDGET_MS) continue
      this.#begin()
      return moments
    }
  }

  #tell(moments: readonly Moment[], now: number): void {
    // The same events stand in the moments, between the prices among which they happened.
    this.#books.takeFresh()
    const accounts = this.#books.attached()
    for (const moment of moments) {
      for (const { account, events } of moment.account) {
        this.#teller.push(account, { type: 'account', events })
      }
      for (const account of accounts.keys()) this.#pushMarket(account, moment.market)
    }
    const ticks = this.#dueTicks(accounts, now)
    for (const account of accounts.keys()) this.#pushMarket(account, ticks)
  }

  #pushMarket(account: string, all: readonly MarketEvent[]): void {
    if (all.length === 0) return
    const instruments = this.#books.instrumentsOf(account)
    const events = all.filter((event) => instruments.has(event.instrument))
    if (events.length > 0) this.#teller.push(account, { type: 'market', events })
  }

  #dueTicks(accounts: ReadonlyMap<string, readonly string[]>, now: number): MarketEvent[] {
    const instruments = new Set<InstrumentId>()
    let instances = 0
    for (const [account, attached] of accounts) {
      instances += attached.length
      for (const instrument of this.#books.instrumentsOf(account)) instruments.add(instrument)
    }
    const ticks: MarketEvent[] = []
    const intervalMs = tickIntervalMs(instances)
    for (const instrument of instruments) {
      const known = this.#ticks.get(instrument)
      if (known && now - known.monotonicMs < intervalMs) continue
      const price = this.#books.price(instrument)
      if (known?.last === price.last) continue
      this.#ticks.set(instrument, { last: price.last, monotonicMs: now })
      ticks.push({ kind: 'price', at: this.#books.at, instrument, price })
    }
    return ticks
  }

  #tellEnd(): void {
    this.#isEndTold = true
    for (const account of this.#books.attached().keys()) {
      this.#teller.push(account, { type: 'ended', at: this.#books.at })
    }
  }
}
