/**
 * A real venue account: makes a VenueAccount of a VenueDialect. Streams are hints, queries are truth: after every gap
 * everything is asked, and while a stream is down the account and the prices are polled. See docs/concepts/venues.md.
 */
import type { Instrument, InstrumentId } from '../../../domain/instrument.ts'
import { invariant } from '../../../domain/money.ts'
import type { ClientOrderId } from '../../../domain/order.ts'
import { ApprovedIntent } from '../../../domain/risk.ts'
import type { Wake } from '../../../domain/strategy.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Logger } from '../../../ports/logger.ts'
import {
  type Attached,
  type AttachRequest,
  type BurnOutcome,
  type CancelOutcome,
  type PlaceOutcome,
  type VenueAccount,
  type VenueAccountEvent,
  type VenueBalance,
  VenueError,
  type VenueLink,
  type VenueListener,
  type VenueOrder,
  type VenuePosition,
  type VenueTraits,
} from '../../../ports/venue.ts'
import { backoffMs } from './backoff.ts'
import type { BookSource, OpenBooks } from './book-source.ts'
import type { AccountFacts, VenueDialect, VenueFact, WireOrder } from './dialect.ts'
import { placementFailure } from './errors.ts'
import { FactLog } from './fact-log.ts'
import { MarketFeed } from './market-feed.ts'
import { chunks } from './outcomes.ts'
import { Questions } from './questions.ts'
import { Stamps } from './stamps.ts'
import { checkSteps } from './steps.ts'
import { asQuestion } from './transport.ts'
import { VenueTime } from './venue-time.ts'

/** While a stream is down, and after a gap until the question is answered, ms of machine time. */
const POLL_MS = 2000
/** A market from which nothing came for so long is asked, ms. */
const SILENT_MARKET_MS = 5000
/** What a venue books late is found again: every question looks back so far, ms. */
const OVERLAP_MS = 120_000
/** The first connection waits so long for the streams, ms; what is down then is a gap. */
const STREAMS_WAIT_MS = 10_000
/** A clock that differs by more is warned of, ms: deadlines of seconds depend on it. */
const OFFSET_WARN_MS = 1000

export interface LiveVenueOptions {
  readonly dialect: VenueDialect
  readonly clock: Clock
  readonly logger: Logger
  /** For the log, e.g. `live/okx/main`. */
  readonly account: string
  /** What its market is called where people read it: a rehearsal must not look like the real one. Absent: live. */
  readonly feed?: 'live' | 'testnet' | 'sandbox'
  readonly random: () => number
  /** Absent: the venue's books are not read; prices carry the best bid and ask alone. */
  readonly books?: OpenBooks
  /** The market has a clock of its own that may run ahead (a sandbox); absent: a stamp ahead of the venue's clock is wrong. */
  readonly stampsRunAhead?: boolean
  /** From the journal: number of the last booked event, and whether a key is booked. */
  readonly lastVenueSeq: number
  readonly isBooked: (key: string) => boolean
  /** Venue wall ms from which events may be missing: the last booked one, or the oldest unsettled order; null = a new journal. */
  readonly eventsFrom: number | null
  /** Venue wall ms at which the journal began: what happened before is in the first look at the positions. null = with this connect. */
  readonly journalFrom: number | null
  /** What the account was called at the last connect; another one is refused. null = not known yet. */
  readonly fingerprint: string | null
  /** The account is connected: its name and the beginning of its journal are kept from now on. */
  readonly onConnected?: (fingerprint: string, journalFrom: number) => void
  /** Everything up to this moment (venue wall ms) has been asked for, and was numbered up to `lastSeq`. */
  readonly onAsked?: (until: number, lastSeq: number) => void
}

const offsetOf = ({ clockOffsetMs }: AccountFacts): number => clockOffsetMs

export class LiveVenue implements VenueAccount {
  readonly traits: VenueTraits
  readonly armDeadMan?: NonNullable<VenueAccount['armDeadMan']>
  readonly burn?: (id: ClientOrderId) => Promise<BurnOutcome>
  readonly word?: NonNullable<VenueAccount['word']>
  readonly #options: LiveVenueOptions
  readonly #dialect: VenueDialect
  readonly #clock: Clock
  readonly #log: FactLog
  readonly #stamps: Stamps
  readonly #feed: MarketFeed
  readonly #books: BookSource | null
  readonly #questions = new Questions()
  readonly #instruments = new Map<InstrumentId, Instrument>()
  /** Terms that were set in this process, by instrument. */
  readonly #terms = new Map<InstrumentId, string>()
  /** Streams that are not live. */
  readonly #down: Set<string>
  #listener: VenueListener | null = null
  #facts: AccountFacts | null = null
  readonly #time: VenueTime
  #isClosed = false
  /** The desk has been told of a gap and not yet that it is over. */
  #isGapTold = false
  /** Grows with each gap: what was asked before one does not end it. */
  #gaps = 0
  #lastMessageAt: number | null = null
  /** Why the venue takes the key no more; null = it does. */
  #refusal: string | null = null
  /** Venue wall ms up to which everything has been asked. */
  #askedUntil: number | null
  #journalFrom: number | null
  #cancelPoll: (() => void) | null = null
  #onStreams: (() => void) | null = null

  constructor(options: LiveVenueOptions) {
    const { dialect, clock } = options
    this.#options = options
    this.#dialect = dialect
    this.#clock = clock
    this.#time = new VenueTime(clock)
    this.traits = dialect.traits
    this.#askedUntil = options.eventsFrom
    this.#journalFrom = options.journalFrom
    this.#down = new Set(dialect.streams)
    const venueNow = () => (this.#facts === null ? Number.NEGATIVE_INFINITY : this.venueNow())
    const onTrouble = (text: string) => this.#warn(text)
    this.#stamps = new Stamps({ venueNow, onTrouble, runAhead: options.stampsRunAhead === true })
    this.#log = new FactLog({ ...options, stamps: this.#stamps })
    this.#feed = new MarketFeed({
      clock,
      venueNow,
      stamps: this.#stamps,
      emit: (events) => this.#listener?.onMarket(events),
      refill: dialect.candles ? (instrument, from) => this.#candles(instrument, from) : null,
      onTrouble,
      onStale: (...given) => this.#listener?.onStale?.(...given),
    })
    this.#books =
      options.books?.({
        onBook: (id, book, at) => this.#feed.onBook(id, book, at),
        onTrouble,
      }) ?? null
    const arm = dialect.armDeadMan?.bind(dialect)
    if (arm)
      this.armDeadMan = (timeoutMs, ids) =>
        arm(
          timeoutMs,
          ids.map((id) => this.#instrument(id)),
        )
    const burn = dialect.burn?.bind(dialect)
    if (burn) this.burn = burn
    const word = dialect.word?.bind(dialect)
    if (word) this.word = word
  }

  /** The venue's wall clock, ms. */
  venueNow(): number {
    return this.#time.now()
  }

  /** What the venue said of the account at the last connect. */
  get facts(): AccountFacts | null {
    return this.#facts
  }

  // Connection

  /**
   * Resolves with the first connection, however long an outage lasts.
   * @throws VenueError `credential` or `rejected` when the account must not be traded with these keys
   */
  async connect(listener: VenueListener): Promise<void> {
    this.#listener = listener
    await this.#open()
    this.#dialect.listen({
      onFacts: (facts) => this.#onFacts(facts),
      onCandle: (id, candle, isClosed, price) => {
        if (isClosed) this.#feed.onCandle(id, candle, price)
      },
      onPrice: (id, price, at) => this.#feed.onPrice(id, price, at),
      onLive: (stream) => this.#onLive(stream),
      onGap: (stream, reason) => this.#onGap(stream, reason),
      onMessage: () => {
        this.#lastMessageAt = this.#clock.wallMs()
      },
    })
    await this.#firstStreams()
    this.#cancelPoll = this.#clock.every(POLL_MS, () => this.#poll())
  }

  async #open(): Promise<void> {
    for (let failures = 0; !this.#isClosed; failures++) {
      try {
        const { told, hasJumped } = await this.#time.measure(this.#dialect.open(), offsetOf)
        // By a wrong time every moment that a strategy waits for would come at once.
        if (hasJumped) continue
        this.#take(told)
        this.#feed.onClock()
        return
      } catch (error) {
        const isFinal =
          !(error instanceof VenueError) || error.kind === 'credential' || error.kind === 'rejected'
        if (isFinal) throw error
        if (failures === 0) this.#warn(`no connection yet: ${error.message}`)
        const waitMs = backoffMs(failures, 500, 30_000, this.#options.random)
        await new Promise<void>((resolve) => void this.#clock.after(waitMs, resolve))
      }
    }
  }

  #take(facts: AccountFacts): void {
    const { account, fingerprint } = this.#options
    if (facts.canWithdraw === true)
      throw new VenueError(
        'credential',
        'can_withdraw',
        `The key of ${account} may withdraw: make one without that right and give it instead.`,
      )
    if (fingerprint !== null && facts.fingerprint !== fingerprint)
      throw new VenueError(
        'credential',
        'other_account',
        `The key of ${account} belongs to another account than before: give the old account's key, or use a new account name.`,
      )
    this.#facts = facts
    for (const warning of facts.warnings) this.#warn(warning)
    if (facts.canWithdraw === null)
      this.#warn('the venue does not tell whether the key may withdraw: see that it may not')
    if (facts.isAddressBound === false)
      this.#warn('the key is not bound to internet addresses: bind it at the venue')
    if (Math.abs(facts.clockOffsetMs) > OFFSET_WARN_MS)
      this.#warn(
        `our clock differs by ${Math.round(facts.clockOffsetMs)} ms: set up time synchronisation`,
      )
    this.#journalFrom ??= this.#askedUntil === null ? this.venueNow() : 0
    this.#askedUntil ??= this.venueNow()
    this.#options.onConnected?.(facts.fingerprint, this.#journalFrom)
  }

  async #firstStreams(): Promise<void> {
    if (this.#down.size === 0) return
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(STREAMS_WAIT_MS, resolve)
      this.#onStreams = () => {
        cancel()
        resolve()
      }
    })
    this.#onStreams = null
    if (this.#down.size > 0)
      this.#tellGap(`streams ${[...this.#down].join(', ')} are not there yet`)
  }

  #onLive(stream: string): void {
    this.#down.delete(stream)
    if (this.#down.size > 0) return
    if (this.#onStreams) this.#onStreams()
    else if (this.#isGapTold) void this.#endGap()
  }

  #onGap(stream: string, reason: string): void {
    this.#down.add(stream)
    this.#gaps++
    this.#tellGap(reason)
  }

  #tellGap(reason: string): void {
    if (this.#isGapTold || this.#isClosed) return
    this.#isGapTold = true
    this.#listener?.onGap(reason)
  }

  /** The streams are back: what was missed is asked before the desk hears of it. */
  async #endGap(): Promise<void> {
    const gaps = this.#gaps
    try {
      await this.#ask()
    } catch {
      // The poll asks again.
      return
    }
    if (gaps !== this.#gaps || this.#down.size > 0 || !this.#isGapTold || this.#isClosed) return
    this.#isGapTold = false
    this.#listener?.onReady()
  }

  /** REST instead of what is silent. */
  #poll(): void {
    if (this.#isGapTold && this.#down.size === 0) void this.#endGap()
    else if (this.#down.size > 0) void this.#ask().catch(() => {})
    for (const instrument of this.#feed.instruments) {
      const silentMs = this.#feed.silentMs(instrument.id)
      // A question that has not brought a price by the next poll has failed too.
      if (silentMs >= SILENT_MARKET_MS + POLL_MS) this.#feed.setStale(instrument.id)
      if (silentMs >= SILENT_MARKET_MS) void this.#askPrice(instrument)
    }
  }

  async #askPrice(instrument: Instrument): Promise<void> {
    try {
      const { price, at } = await this.#dialect.instrument(instrument.symbol)
      this.#feed.onPrice(instrument.id, price, at)
    } catch {
      // The next poll asks again; a stream may have spoken meanwhile.
      if (this.#feed.silentMs(instrument.id) >= SILENT_MARKET_MS) this.#feed.setStale(instrument.id)
    }
  }

  // Events

  #onFacts(facts: readonly VenueFact[]): void {
    // What was before the journal is nobody's: the position that came of it is adopted or refused as a whole.
    const added = this.#log.add(facts.filter((fact) => fact.at >= (this.#journalFrom ?? 0)))
    if (added.length > 0 && !this.#isClosed) this.#listener?.onAccount(added)
  }

  /** Everything since the last complete question, numbered and handed on. */
  async #ask(): Promise<void> {
    const startedAt = this.venueNow()
    // A venue's clock that was ahead for a moment must not hide what happens until it comes there.
    const from = Math.min(this.#askedUntil ?? startedAt, startedAt) - OVERLAP_MS
    this.#onFacts(await this.#asked(this.#dialect.factsSince(from)))
    // What happened while the answer was on its way is asked again.
    this.#askedUntil = startedAt
    this.#options.onAsked?.(startedAt, this.#log.lastSeq)
  }

  async eventsSince(venueSeq: number): Promise<readonly VenueAccountEvent[]> {
    await this.#questions.facts(() => this.#ask())
    return this.#log.since(venueSeq)
  }

  // Instruments

  async attach(request: AttachRequest): Promise<Attached> {
    const told = await asQuestion(this.#dialect.instrument(request.symbol))
    const { instrument, price, at, fees } = told
    checkSteps(this.#instruments.get(instrument.id), instrument)
    this.#instruments.set(instrument.id, instrument)
    const terms = `${request.leverage} ${request.marginMode}`
    if (this.#terms.get(instrument.id) !== terms) {
      await asQuestion(this.#dialect.setTerms(instrument, request.leverage, request.marginMode))
      this.#terms.set(instrument.id, terms)
    }
    const believedAt = this.#feed.watch(instrument, price, at)
    this.#dialect.watch(instrument)
    if ((request.bookDepth ?? 0) > 0) this.#books?.watch(instrument, request.bookDepth ?? 0)
    const { feed = 'live' } = this.#options
    return { instrument, price, at: believedAt, fees, feed, pace: 'free' }
  }

  async detach(instance: string): Promise<void> {
    this.#feed.dropWakes(instance)
  }

  setWakes(instance: string, wakes: readonly Wake[]): void {
    this.#feed.setWakes(instance, wakes)
  }

  stepDone(): void {
    // A real market waits for nobody.
  }

  /** Of an instrument that is not attached too: an emergency cancels whatever rests. */
  async #instrumentOf(id: InstrumentId): Promise<Instrument> {
    const known = this.#instruments.get(id)
    if (known) return known
    const { instrument } = await this.#dialect.instrument(id.slice(id.indexOf(':') + 1))
    this.#instruments.set(id, instrument)
    return instrument
  }

  #instrument(id: InstrumentId): Instrument {
    const known = this.#instruments.get(id)
    if (known) return known
    throw new VenueError('rejected', 'unknown_instrument', `${id} is not attached to this account.`)
  }

  #candles(instrument: Instrument, from: number): ReturnType<NonNullable<VenueDialect['candles']>> {
    return asQuestion(this.#dialect.candles?.(instrument, from) ?? Promise.resolve([]))
  }

  // Orders

  async place(intents: readonly ApprovedIntent[]): Promise<readonly PlaceOutcome[]> {
    for (const approved of intents)
      invariant(ApprovedIntent.isApproved(approved), 'only what the risk gate approved is sent')
    const outcomes = new Map<ClientOrderId, PlaceOutcome>()
    const orders: WireOrder[] = []
    for (const { intent, expiresAt } of intents) {
      const { clientId, request } = intent
      const instrument = this.#instruments.get(request.instrument)
      const isLate = expiresAt !== null && expiresAt <= this.venueNow()
      if (instrument && !isLate) orders.push({ clientId, instrument, request, expiresAt })
      // It never leaves, which proves that it does not exist.
      else {
        const reason = isLate ? 'expired' : 'unknown_instrument'
        outcomes.set(clientId, { kind: 'rejected', clientId, reason })
      }
    }
    const sent = await Promise.all(
      chunks(orders, this.traits.batchMax).map((chunk) => this.#placeChunk(chunk)),
    )
    for (const outcome of sent.flat()) outcomes.set(outcome.clientId, outcome)
    return intents.map(
      ({ intent: { clientId } }) =>
        outcomes.get(clientId) ?? { kind: 'unknown', clientId, reason: 'no_result' },
    )
  }

  async #placeChunk(orders: readonly WireOrder[]): Promise<readonly PlaceOutcome[]> {
    try {
      return await this.#dialect.place(orders)
    } catch (error) {
      return orders.map(({ clientId }) => placementFailure(error, clientId))
    }
  }

  async cancel(
    instrument: InstrumentId,
    ids: readonly ClientOrderId[],
  ): Promise<readonly CancelOutcome[]> {
    try {
      const told = await this.#dialect.cancel(await this.#instrumentOf(instrument), ids)
      const outcomes = new Map(told.map((outcome) => [outcome.clientId, outcome]))
      return ids.map(
        (clientId) => outcomes.get(clientId) ?? { kind: 'unknown', clientId, reason: 'no_result' },
      )
    } catch (error) {
      const reason = error instanceof VenueError ? error.code : 'failed'
      return ids.map((clientId) => ({ kind: 'unknown', clientId, reason }))
    }
  }

  async lookup(instrument: InstrumentId, id: ClientOrderId): Promise<VenueOrder | null> {
    return await asQuestion(
      this.#instrumentOf(instrument).then((known) => this.#dialect.lookup(known, id)),
    )
  }

  async openOrders(): Promise<readonly VenueOrder[]> {
    return await this.#asked(this.#dialect.openOrders())
  }

  // Account

  positions(): Promise<readonly VenuePosition[]> {
    return this.#questions.state(() => this.#asked(this.#dialect.positions()))
  }

  balance(): Promise<VenueBalance> {
    return this.#questions.state(() => this.#asked(this.#dialect.balance()))
  }

  async clockOffsetMs(): Promise<number> {
    const answer = asQuestion(this.#dialect.clockOffsetMs())
    return (await this.#time.measure(answer, (offsetMs) => offsetMs)).told
  }

  /** A question about the account; tells whether the venue still takes the key. */
  async #asked<T>(answer: Promise<T>): Promise<T> {
    try {
      const told = await asQuestion(answer)
      this.#refusal = null
      return told
    } catch (error) {
      if (error instanceof VenueError && error.kind === 'credential') {
        if (this.#refusal === null) this.#warn(`the venue refuses the key: ${error.message}`)
        this.#refusal = error.message
      }
      throw error
    }
  }

  link(): VenueLink {
    return {
      isOpen: this.#facts !== null && this.#down.size === 0,
      reconnects: this.#gaps,
      lastMessageAt: this.#lastMessageAt,
      roundTrips: this.#dialect.roundTrips,
      refusal: this.#refusal,
      wrongStamps: this.#stamps.wrong,
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#listener = null
    this.#cancelPoll?.()
    this.#books?.close()
    this.#feed.close()
    await this.#dialect.close()
  }

  #warn(text: string): void {
    this.#options.logger.warn('venue', text, { account: this.#options.account })
  }
}
