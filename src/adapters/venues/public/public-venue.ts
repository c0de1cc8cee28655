/**
 * The public side of a venue over ccxt, without keys: listed hosts alone, every question within its time, one set of sockets
 * that is dropped as a whole and opened again when one of them is lost or silent. See docs/concepts/exchange.md, "Feeds".
 */
import type { Instrument } from '../../../domain/instrument.ts'
import type { Candle, FundingRate } from '../../../domain/market.ts'
import { type Price, price } from '../../../domain/money.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { PublicListener, PublicVenue } from '../../../ports/public-market.ts'
import { VenueError } from '../../../ports/venue.ts'
import type { UnifiedExchange } from '../generic/unified.ts'
import { CCXT_OPTIONS, loadCcxtClass } from '../live/ccxt-class.ts'
import { momentFrom, ratioFrom, roundedLots, roundedPriceFrom } from '../live/decimal.ts'
import { toVenueError } from '../live/errors.ts'
import { dropClient, guardedClass } from '../live/guarded-class.ts'
import { HostGuard, hostsOf } from '../live/hosts.ts'
import { ConnectQuota, StreamLoop } from '../live/stream-loop.ts'
import { type Ask, describeContract } from './contracts.ts'
import { pointAt } from './urls.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** For the first byte and the body together. */
const TIMEOUT_MS = 8000
const KEEP_ALIVE_MS = 20_000
/** ccxt does not tell when a subscription stands: what is open for so long counts as live. */
const SETTLED_MS = 500
const PAGE_ROWS = 300
const PAGES_MAX = 20
/** A clock that differs by less is taken for ours: the answer to a question is no better. */
const OFFSET_MIN_MS = 100
const MEASURE_EVERY_MS = 600_000

export interface PublicVenueParts {
  readonly venue: string
  /** null = the venue's own hosts; loopback = a sandbox. */
  readonly urls: { readonly rest: string; readonly ws: string } | null
  readonly clock: Clock
  readonly random: () => number
}

interface FundingAnswer {
  readonly markPrice?: string
  readonly fundingRate?: string
  readonly fundingTimestamp?: number
  readonly nextFundingTimestamp?: number
}

interface PublicTicker {
  readonly last?: string
  readonly markPrice?: string
}

/** What is used of ccxt beyond what accounts need. */
interface PublicExchange extends UnifiedExchange {
  fetchOHLCV(
    symbol: string,
    timeframe: string,
    since: number,
    limit: number,
    params?: object,
  ): Promise<readonly (readonly unknown[])[]>
  watchTicker(symbol: string): Promise<PublicTicker>
  watchMarkPrice(symbol: string): Promise<PublicTicker>
  fetchFundingRate(symbol: string): Promise<FundingAnswer>
  fetchMarkPrice(symbol: string): Promise<PublicTicker>
  fetchFundingRateHistory(
    symbol: string,
    since: number,
    limit: number,
    params?: object,
  ): Promise<readonly { readonly timestamp?: number; readonly fundingRate?: string }[]>
}

interface Watched {
  readonly instrument: Instrument
  readonly listener: PublicListener
}

export class CcxtPublicVenue implements PublicVenue {
  readonly #parts: PublicVenueParts
  readonly #exchange: PublicExchange
  readonly #loop: StreamLoop
  readonly #watched = new Map<string, Watched>()
  /** Sockets of an earlier generation are not listened to. */
  #generation = 0
  /** Venue wall clock less our monotonic one, ms. */
  #lead: number
  /** When the clock was measured, and what our wall clock was ahead of the monotonic one. */
  #measured = { atMs: 0, wallLead: 0 }
  #ready: Promise<void> | null = null

  /** @throws VenueError `rejected` when ccxt has no such venue, or the venue no public streams */
  static async create(parts: PublicVenueParts): Promise<CcxtPublicVenue> {
    const Base = await loadCcxtClass<PublicExchange>(parts.venue)
    let made: CcxtPublicVenue | null = null
    const plain = new Base({})
    const guard = new HostGuard(parts.venue, hostsOf(plain.urls.api, plain.hostname))
    const Guarded = guardedClass(Base, guard, () => made?.tap ?? null)
    const exchange = new Guarded({
      ...CCXT_OPTIONS,
      // Without a budget of a desk ccxt's own limiter keeps the venue's limits; loopback has none.
      enableRateLimit: parts.urls === null,
      timeout: TIMEOUT_MS,
      options: { defaultType: 'swap', fetchMarkets: { types: ['swap'] }, maxRetriesOnFailure: 0 },
    })
    Object.assign(exchange.has, { fetchCurrencies: false })
    if (parts.urls !== null) await pointAt(exchange, parts.venue, parts.urls)
    if (exchange.has['watchTicker'] !== true || exchange.has['fetchOHLCV'] !== true)
      throw new VenueError(
        'rejected',
        'not_supported',
        `The prices of ${parts.venue} cannot be followed: take okx, hyperliquid, backpack or aster.`,
      )
    made = new CcxtPublicVenue(parts, exchange)
    return made
  }

  private constructor(parts: PublicVenueParts, exchange: PublicExchange) {
    const { clock, random, venue } = parts
    this.#parts = parts
    this.#exchange = exchange
    this.#lead = clock.wallMs() - clock.monotonicMs()
    this.#loop = new StreamLoop({
      ...{ name: `${venue} public`, clock, random, keepAliveMs: KEEP_ALIVE_MS },
      quota: new ConnectQuota(clock, 120, HOUR_MS),
      open: () => this.#open(),
      drop: () => this.#drop(),
      // What was missed meanwhile is asked for by whoever listens: prices come with times.
      onLive: () => undefined,
      onGap: () => undefined,
    })
  }

  get tap() {
    return {
      onFrame: () => this.#loop.frame(),
      onLost: (_url: string, reason: string) => this.#loop.lost(reason),
    }
  }

  venueNow(): number {
    return Math.floor(this.#parts.clock.monotonicMs() + this.#lead)
  }

  // Questions

  readonly #ask: Ask = async (name, send) => {
    const { venue, clock } = this.#parts
    let cancel: () => void = () => {}
    const late = new Promise<never>((_, reject) => {
      cancel = clock.after(TIMEOUT_MS, () =>
        reject(
          new VenueError('unavailable', 'timeout', `${venue} did not answer ${name} in time.`),
        ),
      )
    })
    try {
      return await Promise.race([send(this.#exchange), late])
    } catch (error) {
      throw toVenueError(error, venue, name)
    } finally {
      cancel()
    }
  }

  /** Contracts and clock, once; a failure is tried again with the next question. */
  #load(): Promise<void> {
    this.#ready ??= this.#loadNow().catch((error: unknown) => {
      this.#ready = null
      throw error
    })
    return this.#ready
  }

  async #loadNow(): Promise<void> {
    // ccxt keeps the failure of a first attempt for ever, unless it is told to load anew.
    await this.#ask('contracts', () => this.#exchange.loadMarkets(true))
    await this.#measureClock()
  }

  async #measureClock(): Promise<void> {
    const { clock } = this.#parts
    const before = clock.wallMs()
    const isTold = this.#exchange.has['fetchTime'] === true
    const at = isTold ? Number(await this.#ask('time', () => this.#exchange.fetchTime())) : before
    const after = clock.wallMs()
    const offset = at - (before + after) / 2
    const isOurs = !Number.isFinite(offset) || Math.abs(offset) < OFFSET_MIN_MS
    const monotonicMs = clock.monotonicMs()
    this.#lead = after + (isOurs ? 0 : offset) - monotonicMs
    this.#measured = { atMs: monotonicMs, wallLead: after - monotonicMs }
  }

  /** Clocks drift, and a machine that slept has a monotonic clock that stood still. */
  async #keepClock(): Promise<void> {
    const { clock } = this.#parts
    const now = clock.monotonicMs()
    const { atMs, wallLead } = this.#measured
    const jumpMs = Math.abs(clock.wallMs() - now - wallLead)
    if (now - atMs >= MEASURE_EVERY_MS || jumpMs >= OFFSET_MIN_MS) await this.#measureClock()
  }

  async instrument(symbol: string): Promise<Instrument> {
    await this.#load()
    return await describeContract(this.#parts.venue, this.#ask, symbol, async () => {
      const ticker = await this.#ask('ticker', () => this.#exchange.fetchTicker(symbol))
      return ticker.last ?? '0'
    })
  }

  async minutes(instrument: Instrument, openedFrom: number): Promise<readonly Candle[]> {
    await this.#load()
    await this.#keepClock()
    const found: Candle[] = []
    for (let from = openedFrom, pages = 0; pages < PAGES_MAX; pages += 1) {
      // Where ccxt asks up to a moment it takes our clock's; the venue's may be ahead.
      const params =
        this.#parts.venue === 'hyperliquid' ? { until: this.venueNow() + MINUTE_MS } : {}
      const rows = await this.#ask('candles', () =>
        this.#exchange.fetchOHLCV(instrument.symbol, '1m', from, PAGE_ROWS, params),
      )
      const page = rows
        .map((row) => minuteFrom(instrument, row))
        .filter((one) => one.openAt >= from)
        .sort((a, b) => a.openAt - b.openAt)
      found.push(...page)
      const last = page.at(-1)
      if (last === undefined || last.closeAt >= this.venueNow() - MINUTE_MS) break
      from = last.closeAt
    }
    return found
  }

  async settledFunding(instrument: Instrument, after: number): Promise<readonly FundingRate[]> {
    await this.#load()
    if (this.#exchange.has['fetchFundingRateHistory'] !== true) return []
    const rows = await this.#ask('settled funding', () =>
      this.#exchange.fetchFundingRateHistory(instrument.symbol, after, 100, {}),
    )
    return rows
      .map((row) => ({
        // Venues stamp it some ms late.
        at: Math.round(momentFrom(row.timestamp) / MINUTE_MS) * MINUTE_MS,
        rate: ratioFrom(row.fundingRate),
      }))
      .filter((one) => one.at > after)
      .sort((a, b) => a.at - b.at)
  }

  async terms(instrument: Instrument) {
    await this.#load()
    const { symbol } = instrument
    const exchange = this.#exchange
    const told = await this.#ask('funding rate', () => exchange.fetchFundingRate(symbol))
    const asksMark = told.markPrice === undefined && exchange.has['fetchMarkPrice'] === true
    const mark = asksMark
      ? (await this.#ask('mark price', () => exchange.fetchMarkPrice(symbol))).markPrice
      : told.markPrice
    const at = told.fundingTimestamp ?? told.nextFundingTimestamp
    return {
      mark: mark === undefined ? null : roundedPriceFrom(instrument, mark),
      funding:
        at === undefined || told.fundingRate === undefined
          ? null
          : { at: Number(at), rate: ratioFrom(told.fundingRate) },
    }
  }

  // Streams

  watch(instrument: Instrument, listener: PublicListener): void {
    if (this.#watched.has(instrument.symbol)) return
    const watched = { instrument, listener }
    this.#watched.set(instrument.symbol, watched)
    if (this.#loop.isLive) this.#follow(watched, this.#generation)
    else this.#loop.start()
  }

  #open(): Promise<void> {
    const generation = ++this.#generation
    for (const watched of this.#watched.values()) this.#follow(watched, generation)
    // A failure within the time ends the attempt by `lost`.
    return new Promise((resolve) => void this.#parts.clock.after(SETTLED_MS, resolve))
  }

  #drop(): void {
    this.#generation += 1
    for (const url of Object.keys(this.#exchange.clients ?? {})) dropClient(this.#exchange, url)
  }

  #follow({ instrument, listener }: Watched, generation: number): void {
    const exchange = this.#exchange
    const { symbol } = instrument
    const onMark = ({ markPrice }: PublicTicker): void => {
      if (Number(markPrice) > 0) listener.onMark(roundedPriceFrom(instrument, markPrice))
    }
    this.#again(generation, async () => {
      const ticker = await exchange.watchTicker(symbol)
      if (generation !== this.#generation) return
      onMark(ticker)
      if (Number(ticker.last) > 0) listener.onPrice(roundedPriceFrom(instrument, ticker.last))
    })
    if (exchange.has['watchMarkPrice'] === true)
      this.#again(generation, async () => {
        const ticker = await exchange.watchMarkPrice(symbol)
        if (generation === this.#generation) onMark(ticker)
      })
    if (exchange.has['watchOHLCV'] !== true) return
    this.#again(generation, async () => {
      const rows = await exchange.watchOHLCV(symbol, '1m')
      if (generation !== this.#generation) return
      for (const row of rows) listener.onMinute(minuteFrom(instrument, row))
    })
  }

  #again(generation: number, next: () => Promise<void>): void {
    const run = async (): Promise<void> => {
      try {
        while (generation === this.#generation) await next()
      } catch (error) {
        if (generation !== this.#generation) return
        this.#loop.lost(error instanceof Error ? error.constructor.name : 'failed')
      }
    }
    void run()
  }

  async close(): Promise<void> {
    this.#loop.stop()
    this.#watched.clear()
    await this.#exchange.close()
  }
}

/** Volume in base, as ccxt tells that of perpetual contracts. */
function minuteFrom(instrument: Instrument, row: readonly unknown[]): Candle {
  const openAt = momentFrom(row[0])
  const at = (index: number): Price => roundedPriceFrom(instrument, row[index])
  const [open, high, low, close] = [at(1), at(2), at(3), at(4)]
  return {
    openAt,
    closeAt: openAt + MINUTE_MS,
    open,
    // Roundings and corrections of a venue must not leave a path outside its candle.
    high: price(Math.max(open, high, low, close)),
    low: price(Math.min(open, high, low, close)),
    close,
    volume: roundedLots(instrument, row[5] ?? '0'),
  }
}
