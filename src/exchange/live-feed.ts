/**
 * Follows the public prices of venues and feeds them to a LiveSource: streams for the minute that runs, a question for each
 * minute that is over, for a silent stream and for a hole. A market whose venue neither speaks nor answers is stale: its
 * price stands still, nothing fills, and it comes back only with the venue's candles of the time between.
 */
import { type Instrument, type InstrumentId, instrumentId } from '../domain/instrument.ts'
import { price } from '../domain/money.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { PublicVenue } from '../ports/public-market.ts'
import { VenueError } from '../ports/venue.ts'
import { type Feed, LIVE_FEED } from './feed.ts'
import { FINAL_AFTER_MS, type LiveRow, MINUTE_MS, minuteOf } from './live-row.ts'
import { LiveHistory, LiveSource } from './live-source.ts'
import { ExchangeRefused } from './refused.ts'

const LOOK_MS = 500
/** A stream that is silent for so long is helped by a question, ms; quiet markets are asked again and again. */
const SILENT_MS = 3000
/** Not more often than that about one contract, ms. */
const ASK_EVERY_MS = 2500
/** Silent and unanswered for so long is stale, ms. */
const STALE_MS = 10_000
/** A contract that could not be opened is not tried again before, ms. */
const OPEN_EVERY_MS = 5000
const TERMS_EVERY_MS = 10_000
const TERMS_RARELY_MS = 60_000
/** Candles that are fetched at the first look, for charts. */
const FIRST_MINUTES = 300

export interface LiveFeedParts {
  readonly clock: Clock
  readonly logger: Logger
  /** Opened once per venue. @throws VenueError `rejected` where its prices cannot be followed */
  readonly openVenue: (venue: string) => Promise<PublicVenue>
  /** Contracts that were opened earlier: what is counted in their lots goes on being counted so. */
  readonly known: readonly Instrument[]
  /** Keeps contracts durably, before anybody trades them. */
  readonly keep: (instruments: readonly Instrument[]) => void
  /** Where an earlier process stood, by contract: the last price and the open of the last slice. */
  readonly stood: ReadonlyMap<
    InstrumentId,
    { readonly last: number; readonly candleAt: number | null }
  >
  /** Market time at which it stood; null = this is the first start. */
  readonly stoodAt: number | null
}

interface Followed {
  readonly row: LiveRow
  readonly venue: PublicVenue
  /** When something was heard or answered, monotonic ms. */
  heardMs: number
  askedMs: number
  termsMs: number
  /** When a stream told a mark. */
  markMs: number
  isAsking: boolean
  isHoleKnown: boolean
}

export class LiveFeed implements Feed {
  readonly name = LIVE_FEED
  readonly seed = 0
  readonly endAt = null
  readonly startAt: number
  readonly source = new LiveSource()
  readonly #parts: LiveFeedParts
  readonly #history = new LiveHistory(this.source)
  readonly #venues = new Map<string, Promise<PublicVenue>>()
  readonly #opening = new Map<InstrumentId, Promise<void>>()
  readonly #failed = new Map<
    InstrumentId,
    { readonly refusal: ExchangeRefused; readonly untilMs: number }
  >()
  readonly #followed = new Map<InstrumentId, Followed>()
  readonly #cancel: () => void

  constructor(parts: LiveFeedParts) {
    this.#parts = parts
    this.startAt = parts.stoodAt ?? parts.clock.wallMs()
    this.source.marketAt = () => this.startAt
    for (const instrument of parts.known) {
      const stood = parts.stood.get(instrument.id)
      if (stood === undefined) continue
      this.source.add(instrument, this.startAt).remember(price(stood.last), stood.candleAt)
    }
    this.#cancel = parts.clock.every(LOOK_MS, () => this.#look())
  }

  /** Charts are made of the closed minutes that are in memory. */
  get charts() {
    const { from, to } = this.#history.span
    return { name: this.name, source: this.#history, startAt: from, until: to }
  }

  offer(venue: string, symbol: string): Instrument {
    const found = this.source.instruments.find(
      (one) => one.venue === venue && one.symbol === symbol,
    )
    if (found) return found
    throw new ExchangeRefused(
      'unknown_symbol',
      `The prices of ${symbol} on ${venue} are not followed yet: attach an instance that trades it.`,
    )
  }

  isStale(id: InstrumentId): boolean {
    return this.source.row(id)?.isLive !== true
  }

  /** The venue's wall clock, the furthest of those that speak; null = none does. */
  now(): number | null {
    let now: number | null = null
    for (const { row, venue } of this.#followed.values())
      if (row.isLive) now = Math.max(now ?? 0, venue.venueNow())
    return now
  }

  /** What was told since the last call becomes candles; whether there are any. */
  cut(): boolean {
    let isNew = false
    for (const { row, venue } of this.#followed.values())
      if (row.cut(venue.venueNow())) isNew = true
    return isNew
  }

  close(): void {
    this.#cancel()
    for (const venue of this.#venues.values())
      void venue.then((one) => one.close()).catch(() => undefined)
  }

  // Contracts

  /**
   * Resolves when the contract can be traded: its rules are known and it has a price.
   * @throws ExchangeRefused `unknown_symbol` by the venue's word, `busy` while the venue does not answer
   */
  async prepare(venue: string, symbol: string): Promise<void> {
    const key = instrumentId(venue, symbol)
    const failed = this.#failed.get(key)
    if (failed && this.#parts.clock.monotonicMs() < failed.untilMs) throw failed.refusal
    const known = this.#opening.get(key)
    const opening = known ?? this.#open(venue, symbol)
    this.#opening.set(key, opening)
    try {
      await opening
    } catch (error) {
      const refusal = refusalOf(error, symbol)
      if (this.#opening.get(key) === opening) this.#onFailed(key, refusal)
      throw refusal
    }
    this.source.row(this.offer(venue, symbol).id)?.prepare()
  }

  /** Bots ask again several times a second; their venue is not. */
  #onFailed(key: InstrumentId, refusal: unknown): void {
    this.#opening.delete(key)
    if (!(refusal instanceof ExchangeRefused)) return
    const isNew = this.#failed.get(key)?.refusal.message !== refusal.message
    if (isNew) this.#parts.logger.warn('feed', refusal.message)
    this.#failed.set(key, { refusal, untilMs: this.#parts.clock.monotonicMs() + OPEN_EVERY_MS })
  }

  #venue(name: string): Promise<PublicVenue> {
    const known = this.#venues.get(name)
    if (known) return known
    const opened = this.#parts.openVenue(name)
    this.#venues.set(name, opened)
    opened.catch(() => this.#venues.delete(name))
    return opened
  }

  async #open(venueName: string, symbol: string): Promise<void> {
    const venue = await this.#venue(venueName)
    // What an earlier process followed goes on with the rules that its orders were made by, also while the venue is away.
    const known = this.source.row(instrumentId(venueName, symbol))
    if (known) return this.#follow(known, venue)
    const told = await venue.instrument(symbol)
    const earlier = this.#parts.known.find(({ id }) => id === told.id)
    const instrument = earlier && !isCountedAlike(earlier, told) ? earlier : told
    const now = venue.venueNow()
    const minutes = await venue.minutes(instrument, minuteOf(now) - FIRST_MINUTES * MINUTE_MS)
    if (minutes.length === 0)
      throw new VenueError('unavailable', 'no_candles', `${venueName} has no candles of ${symbol}.`)
    const row = this.source.add(instrument, now)
    row.begin(minutes, now)
    this.#parts.keep(this.source.instruments)
    this.#follow(row, venue)
    // Without a mark the last price stands for it until it is told.
    await this.#askTerms(this.#of(row)).catch(() => undefined)
  }

  #of(row: LiveRow): Followed {
    const found = this.#followed.get(row.instrument.id)
    if (found) return found
    throw new RangeError(`${row.instrument.id} is not followed`)
  }

  /**
   * Takes up what an earlier process followed; venues that do not answer are asked again.
   * @param marketAt market time now, from here on
   */
  resume(marketAt: () => number): void {
    this.source.marketAt = marketAt
    for (const { instrument } of this.source.rows()) {
      this.#venue(instrument.venue).then(
        (venue) => {
          const row = this.source.row(instrument.id)
          if (row) this.#follow(row, venue)
        },
        (error: unknown) => this.#warn(instrument, `cannot be followed: ${textOf(error)}`),
      )
    }
  }

  #follow(row: LiveRow, venue: PublicVenue): void {
    const { id } = row.instrument
    if (this.#followed.has(id)) return
    const heardMs = this.#parts.clock.monotonicMs()
    const never = Number.NEGATIVE_INFINITY
    const followed: Followed = {
      ...{ row, venue, heardMs, askedMs: never, termsMs: never, markMs: never },
      ...{ isAsking: false, isHoleKnown: false },
    }
    this.#followed.set(id, followed)
    const heard = (): void => {
      if (row.isLive) followed.heardMs = this.#parts.clock.monotonicMs()
    }
    venue.watch(row.instrument, {
      onPrice: (last) => {
        heard()
        row.onPrice(last)
      },
      onMark: (mark) => {
        followed.markMs = this.#parts.clock.monotonicMs()
        if (row.isLive) row.mark = mark
      },
      onMinute: (candle) => {
        heard()
        if (!row.onMinute(candle)) followed.isHoleKnown = true
      },
    })
  }

  // Questions

  #look(): void {
    const now = this.#parts.clock.monotonicMs()
    for (const followed of this.#followed.values()) {
      const { row, venue } = followed
      const silentMs = now - followed.heardMs
      if (row.isLive && silentMs >= STALE_MS) {
        row.isLive = false
        this.#warn(row.instrument, 'is stale: neither a stream nor an answer for 10 s')
      }
      const isMinuteOver = venue.venueNow() >= row.confirmedTo + MINUTE_MS + FINAL_AFTER_MS
      const isNeeded = !row.isLive || isMinuteOver || followed.isHoleKnown || silentMs >= SILENT_MS
      if (isNeeded && !followed.isAsking && now - followed.askedMs >= ASK_EVERY_MS)
        void this.#ask(followed)
      if (row.isLive && now - followed.termsMs >= termsEveryMs(followed, now)) {
        followed.termsMs = now
        void this.#askTerms(followed).catch(() => undefined)
      }
    }
  }

  async #ask(followed: Followed): Promise<void> {
    const { row, venue } = followed
    const { clock } = this.#parts
    followed.isAsking = true
    followed.askedMs = clock.monotonicMs()
    const wasLive = row.isLive
    const from = row.confirmedTo
    try {
      const candles = await venue.minutes(row.instrument, from)
      if (!wasLive) await this.#askSettled(followed)
      const missed = row.onAnswer(candles, venue.venueNow())
      followed.isHoleKnown = false
      followed.heardMs = clock.monotonicMs()
      if (missed > 0)
        this.#warn(row.instrument, `had a hole: ${missed} minutes since ${iso(from)} were fetched`)
      if (!wasLive) this.#parts.logger.info('feed', `${row.instrument.id} is followed again`)
    } catch (error) {
      if (wasLive) this.#warn(row.instrument, `was asked in vain: ${textOf(error)}`)
    } finally {
      followed.isAsking = false
    }
  }

  /** What was settled while nobody listened. */
  async #askSettled({ row, venue }: Followed): Promise<void> {
    const until = venue.venueNow()
    const rates = await venue.settledFunding(row.instrument, row.fundingKnownUntil)
    row.onSettled(rates, until)
  }

  async #askTerms(followed: Followed): Promise<void> {
    const { row, venue } = followed
    followed.termsMs = this.#parts.clock.monotonicMs()
    const { mark, funding } = await venue.terms(row.instrument)
    if (mark !== null) row.mark = mark
    if (funding !== null) row.onFunding(funding)
  }

  #warn({ id }: Instrument, text: string): void {
    this.#parts.logger.warn('feed', `${id} ${text}`)
  }
}

/** Where a stream tells the mark, the rate of funding is asked for alone: more often when it is about to be settled. */
function termsEveryMs({ row, venue, markMs }: Followed, now: number): number {
  const isMarkTold = now - markMs < TERMS_EVERY_MS
  const isSettledSoon = row.fundingKnownUntil - venue.venueNow() < TERMS_RARELY_MS
  return isMarkTold && !isSettledSoon ? TERMS_RARELY_MS : TERMS_EVERY_MS
}

/** Whether amounts that were counted by one may be counted by the other. */
const isCountedAlike = (a: Instrument, b: Instrument): boolean =>
  a.priceDecimals === b.priceDecimals &&
  a.quantityDecimals === b.quantityDecimals &&
  a.lotSize === b.lotSize &&
  a.moneyPerUnit === b.moneyPerUnit

function refusalOf(error: unknown, symbol: string): unknown {
  if (!(error instanceof VenueError)) return error
  if (error.kind === 'rejected') return new ExchangeRefused('unknown_symbol', error.message)
  const why = error.message.replace(/\.$/, '')
  return new ExchangeRefused(
    'busy',
    `The prices of ${symbol} cannot be followed yet: ${why}; the venue is asked again.`,
  )
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const iso = (at: number): string => new Date(at).toISOString()
