/**
 * The books of the exchange: the simulated exchange, and a store that is written before anything is told.
 * Synchronous; knows no socket and no clock. Every request and every move of the market is one unit of work:
 * do it, number its events, commit, and only then let them out.
 */
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { MarketEvent, MarketPrice } from '../domain/market.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { PaperTerms } from '../domain/paper-terms.ts'
import type { LiquidationTerms } from '../domain/position/liquidation.ts'
import type { Wake } from '../domain/strategy.ts'
import type {
  Attached,
  AttachRequest,
  CancelOutcome,
  PlaceOutcome,
  VenueAccountEvent,
  VenueBalance,
  VenueOrder,
  VenuePosition,
} from '../domain/venue-report.ts'
import type { ExchangeStore, StoredDeposit } from '../ports/exchange-store.ts'
import { EVENTS_LIMIT, type PlacedRequest } from '../protocol/exchange-messages.ts'
import { SimulationError } from '../simulation/hall.ts'
import { SimulatedExchange } from '../simulation/simulated-exchange.ts'
import { AccountBook } from './account-book.ts'
import { checkFeed, checkTerms } from './attach-check.ts'
import type { Feed } from './feed.ts'
import { FundingBoard } from './funding-board.ts'
import { InstanceRegister } from './instance-register.ts'
import { isClientId, malformationOf } from './order-check.ts'
import { OrderRecord } from './order-record.ts'
import { ExchangeRefused } from './refused.ts'
import { changedRows, joinState } from './state-rows.ts'

export interface Told {
  readonly account: string
  readonly events: readonly VenueAccountEvent[]
}

/** One stop of the market and what happened there. */
export interface Moment {
  readonly at: number
  readonly market: readonly MarketEvent[]
  readonly account: readonly Told[]
}

export interface ExchangeBooksOptions {
  readonly feed: Feed
  readonly store: ExchangeStore
  readonly pace: 'free' | 'lockstep'
  readonly fillRule: 'through' | 'touch'
}

export class ExchangeBooks {
  readonly feed: Feed
  readonly #pace: 'free' | 'lockstep'
  readonly #store: ExchangeStore
  readonly #simulation: SimulatedExchange
  readonly #register: InstanceRegister
  readonly #funding: FundingBoard
  readonly #orders: OrderRecord
  readonly #written: Map<string, string>
  /** Of this feed. */
  readonly #books = new Map<string, AccountBook>()
  readonly #feedOfOthers = new Map<string, string>()
  #step = 0
  #stepEvents: readonly MarketEvent[] = []
  #events: { readonly account: string; readonly event: VenueAccountEvent }[] = []
  #deposits: StoredDeposit[] = []
  #fresh: Told[] = []

  /** Takes up what the store holds of this feed, or begins it. */
  constructor(options: ExchangeBooksOptions) {
    const { feed, store, pace, fillRule } = options
    this.feed = feed
    this.#store = store
    this.#pace = pace
    const { source, startAt, endAt } = feed
    const simulation = new SimulatedExchange({ source, startAt, endAt, fillRule })
    this.#simulation = simulation
    this.#register = new InstanceRegister(feed)
    this.#funding = new FundingBoard(feed)
    this.#orders = new OrderRecord((account, clientId) => simulation.lookup(account, clientId))
    this.#written = new Map(store.state(feed.name))
    this.#takeUp()
  }

  #takeUp(): void {
    const { name } = this.feed
    for (const row of this.#store.accounts()) {
      if (row.feed !== name) {
        this.#feedOfOthers.set(row.account, row.feed)
        continue
      }
      const kept = this.#store.events(row.account, row.toldSeq, row.lastSeq, row.lastSeq)
      this.#books.set(row.account, new AccountBook(row, kept))
    }
    for (const row of this.#store.instances()) {
      this.#register.takeUp(row, this.#books.has(row.account))
    }
    const stored = this.#store.feed(name)
    if (!stored) return
    this.#step = stored.step
    this.#stepEvents = stored.stepEvents
    if (this.#written.size > 0) this.#simulation.restore(joinState(this.#written))
    // Free pace keeps nothing back: what an earlier lockstep run kept is told now.
    if (this.#pace === 'free') this.commit()
  }

  get at(): number {
    return this.#simulation.at
  }
  get step(): number {
    return this.#step
  }
  get isAtEnd(): boolean {
    return this.#simulation.isAtEnd()
  }
  /** Events that wait for the next step. */
  get hasKept(): boolean {
    for (const book of this.#books.values()) if (book.kept.length > 0) return true
    return false
  }

  /** Accounts of this feed with their attached instances. */
  attached(): ReadonlyMap<string, readonly string[]> {
    return this.#register.attached(this.#books.keys())
  }

  lastSeqOf(account: string): number {
    return this.#books.get(account)?.lastSeq ?? 0
  }

  /** Instruments of the instances that are attached to an account. */
  instrumentsOf(account: string): ReadonlySet<InstrumentId> {
    return this.#register.instrumentsOf(account)
  }

  price(instrument: InstrumentId): MarketPrice {
    return this.#funding.price(instrument, this.at, this.#simulation.price(instrument))
  }

  // Requests

  /**
   * @param isLive whether another instance is attached by a living connection; one that is not gives way
   * @param payer under whose name the deposit is paid in once
   * @throws ExchangeRefused
   */
  attach(
    venue: string,
    account: string,
    request: AttachRequest,
    isLive: (instance: string) => boolean,
    payer: string = request.instance,
  ): Attached {
    const key = `${venue}/${account}`
    checkFeed(this.feed.name, this.#feedOfOthers.get(key) ?? null, key, request)
    const instrument = this.#register.offer(venue, request.symbol)
    const paper = checkTerms(request, instrument)
    const { instance } = request
    const others = this.#register.givingWay(key, instrument, instance, isLive)
    for (const other of others) this.#detach(other)
    // While nothing is kept back, what an attach causes (a deposit) is told at once: no bot hears of it.
    const isTold = (this.#books.get(key)?.kept.length ?? 0) === 0
    this.#enter(key, request, instrument, paper, payer)
    this.#register.attach(instance, key, venue, request)
    this.#collect()
    if (isTold) this.#release(key)
    this.commit()
    const isLockstep = this.#pace === 'lockstep'
    return {
      instrument,
      // In lockstep a desk that comes back decides by the price that it knew.
      price: isLockstep ? this.#simulation.toldPrice(instrument.id) : this.price(instrument.id),
      at: this.at,
      fees: { maker: paper.maker, taker: paper.taker },
      feed: this.feed.name,
      pace: this.#pace,
    }
  }

  /** Opens the account, pays in once per payer, and sets the terms. */
  #enter(
    account: string,
    request: AttachRequest,
    instrument: Instrument,
    paper: PaperTerms,
    payer: string,
  ): void {
    const { instance, leverage, marginMode } = request
    if (!this.#books.has(account)) {
      this.#books.set(account, AccountBook.open(account, this.feed.name))
    }
    this.#simulation.openAccount(account)
    try {
      this.#simulation.attach(account, instance, instrument.id, { leverage, marginMode, paper })
    } catch (error) {
      if (!(error instanceof SimulationError)) throw error
      throw new ExchangeRefused('bad_terms', error.message)
    }
    if (this.#store.hasDeposit(payer)) return
    const amount = paper.initialBalance
    this.#simulation.deposit(account, amount, 'deposit')
    this.#deposits.push({ instance: payer, account, amount, at: this.at })
  }

  detach(instance: string): void {
    if (!this.#register.isAttached(instance)) return
    this.#detach(instance)
    this.#finish()
  }

  #detach(instance: string): void {
    this.#simulation.detach(instance)
    this.#register.detach(instance)
  }

  /** @param wallMs the exchange's wall clock, for deadlines */
  place(
    account: string,
    orders: readonly PlacedRequest[],
    wallMs: number,
  ): readonly PlaceOutcome[] {
    this.#keepTold(account)
    const outcomes = orders.map((order) => this.#placeOne(account, order, wallMs))
    this.#finish()
    return outcomes
  }

  #placeOne(account: string, order: PlacedRequest, wallMs: number): PlaceOutcome {
    const { clientId, request, expiresAt } = order
    const reject = (reason: string): PlaceOutcome => ({ kind: 'rejected', clientId, reason })
    const instrument = this.#register.instrument(request.instrument)
    if (!isClientId(clientId)) return reject('bad_client_id')
    if (!instrument || !this.#books.has(account)) return reject('unknown_instrument')
    if (this.#orders.has(account, clientId) || this.#store.hasOrder(account, clientId)) {
      return reject('duplicate_client_id')
    }
    // What nobody knows the price of cannot be traded, as at a venue that is away.
    if (this.feed.isStale?.(instrument.id) === true) return reject('venue_unavailable')
    const malformation = malformationOf(request, instrument)
    if (malformation !== null) return this.#orders.refuse(account, order, malformation)
    if (expiresAt !== null && wallMs > expiresAt) {
      return this.#orders.refuse(account, order, 'expired')
    }
    const outcome = this.#simulation.place(account, clientId, request)
    if (outcome.kind === 'rejected') return this.#orders.refuse(account, order, outcome.reason)
    this.#orders.touch(account, clientId)
    return outcome
  }

  cancel(
    account: string,
    instrument: InstrumentId,
    clientIds: readonly ClientOrderId[],
  ): readonly CancelOutcome[] {
    this.#keepTold(account)
    const outcomes = clientIds.map((clientId) => this.#cancelOne(account, instrument, clientId))
    this.#finish()
    return outcomes
  }

  #cancelOne(account: string, instrument: InstrumentId, clientId: ClientOrderId): CancelOutcome {
    const absent: CancelOutcome = { kind: 'absent', clientId }
    if (!this.#books.has(account)) return absent
    const outcome = this.#simulation.cancel(account, instrument, clientId)
    if (outcome.kind !== 'absent') {
      this.#orders.touch(account, clientId)
      return outcome
    }
    // The simulation forgets old final orders, the store does not.
    const stored = this.#store.order(account, clientId)
    if (!stored || stored.status === 'open') return absent
    const { status, quantityFilled } = stored
    return { kind: 'final', clientId, status, quantityFilled }
  }

  lookup(account: string, clientId: ClientOrderId): VenueOrder | null {
    const present = this.#books.has(account) ? this.#simulation.lookup(account, clientId) : null
    return present ?? this.#store.order(account, clientId)
  }

  openOrders(account: string): readonly VenueOrder[] {
    return this.#books.has(account) ? this.#simulation.openOrders(account) : []
  }

  /** Events after a number, as far as they have been told; at most EVENTS_LIMIT. */
  eventsSince(account: string, venueSeq: number): readonly VenueAccountEvent[] {
    const book = this.#books.get(account)
    return book ? this.#store.events(account, venueSeq, book.toldSeq, EVENTS_LIMIT) : []
  }

  /** In lockstep as of the events that have been told, so that both agree. */
  positions(account: string): readonly VenuePosition[] {
    const book = this.#books.get(account)
    if (!book) return []
    return book.told?.positions ?? this.#simulation.positions(account)
  }

  /** @throws ExchangeRefused `unknown_account` before the first attach */
  balance(account: string): VenueBalance {
    const book = this.#books.get(account)
    if (!book) {
      const text = `Account ${account} has never been attached here: attach an instance first.`
      throw new ExchangeRefused('unknown_account', text)
    }
    return book.told?.balance ?? this.#simulation.balance(account)
  }

  /** Rehearsal: a resting order fills completely at its limit. */
  fillAtOnce(account: string, clientId: ClientOrderId): boolean {
    const isFilled = this.#books.has(account) && this.#simulation.fillAtOnce(account, clientId)
    this.#finish()
    return isFilled
  }

  /** A resting reduce-only order has so many lots in all from now on; false when it cannot be cut to that. */
  cutOrder(account: string, clientId: ClientOrderId, lots: number): boolean {
    const isCut = this.#books.has(account) && this.#simulation.cutOrder(account, clientId, lots)
    this.#finish()
    return isCut
  }

  /**
   * Rehearsal: an instrument trades away from the feed by so many basis points from now on; 0 ends it. What that fills or
   * liquidates is told with the next move of the market. False = the feed takes no gaps.
   */
  setGap(instrument: InstrumentId, bps: number): boolean {
    const { gaps } = this.feed
    if (gaps === undefined) return false
    if (gaps.current(instrument) === bps) return true
    this.#simulation.jump(instrument, () => gaps.set(instrument, bps, this.at))
    return true
  }

  /** Rehearsal: the venue closes a position; `lots` null = by liquidation, else by auto-deleveraging. */
  closeByForce(account: string, instrument: InstrumentId, lots: number | null): boolean {
    const isClosed =
      this.#books.has(account) && this.#simulation.closeByForce(account, instrument, lots)
    this.#finish()
    return isClosed
  }

  /** What stands against a position; null without one. */
  marginTerms(account: string, instrument: InstrumentId): LiquidationTerms | null {
    return this.#books.has(account) ? this.#simulation.marginTerms(account, instrument) : null
  }

  /** Takes effect at once and is durable with the next commit. */
  setWakes(instance: string, wakes: readonly Wake[]): void {
    if (this.#register.isAttached(instance)) this.#simulation.setWakes(instance, wakes)
  }

  // The market

  /** Whether an instance that is attached trades the instrument. */
  isHeard(instrument: InstrumentId): boolean {
    for (const account of this.#books.keys()) {
      if (this.instrumentsOf(account).has(instrument)) return true
    }
    return false
  }

  /** The feed has more candles than before. */
  grow(): void {
    this.#simulation.grow()
  }

  /** Goes to the next moment that somebody must hear of; null when `until` or the end came first. Commits nothing. */
  advance(until: number): Moment | null {
    const stop = this.#simulation.advance(until)
    const account = this.#collect()
    if (stop !== null) {
      const market = stop.market.map((event) => this.#funding.event(event))
      return { at: stop.at, market, account }
    }
    return account.length > 0 ? { at: this.at, market: [], account } : null
  }

  /** Lockstep: hands out the next step with everything that was kept back; durable when it returns. */
  releaseStep(market: readonly MarketEvent[]): void {
    this.#step++
    this.#stepEvents = market
    for (const book of this.#books.values()) {
      book.beginStep()
      book.release()
    }
    this.commit()
  }

  /** The present step for one account, as often as it is needed. */
  stepFor(account: string): Omit<Moment, 'account' | 'at'> & {
    readonly account: readonly VenueAccountEvent[]
  } {
    const book = this.#books.get(account)
    if (!book) return { account: [], market: [] }
    const instruments = this.instrumentsOf(account)
    return {
      account: this.#store.events(account, book.stepFromSeq, book.toldSeq, book.toldSeq),
      market: this.#stepEvents.filter((event) => instruments.has(event.instrument)),
    }
  }

  /** Events that were committed and let out since the last call; the caller tells them. */
  takeFresh(): readonly Told[] {
    const fresh = this.#fresh
    this.#fresh = []
    return fresh
  }

  // Commit

  #finish(): void {
    this.#collect()
    this.commit()
  }

  /** Records and keeps back what the simulation has produced since the last look. */
  #collect(): readonly Told[] {
    const byAccount = new Map<string, VenueAccountEvent[]>()
    for (const { account, event } of this.#simulation.takeEvents()) {
      this.#books.get(account)?.record(event)
      this.#events.push({ account, event })
      const list = byAccount.get(account)
      if (list) list.push(event)
      else byAccount.set(account, [event])
      const clientId = clientIdOf(event)
      if (clientId !== null) this.#orders.touch(account, clientId)
    }
    return [...byAccount].map(([account, events]) => ({ account, events }))
  }

  /** Lockstep: remembers what the account looked like before this request, see `positions`. */
  #keepTold(account: string): void {
    const book = this.#books.get(account)
    if (this.#pace === 'free' || !book || book.kept.length > 0) return
    book.told = {
      positions: this.#simulation.positions(account),
      balance: this.#simulation.balance(account),
    }
  }

  #release(account: string): void {
    const events = this.#books.get(account)?.release() ?? []
    if (events.length > 0) this.#fresh.push({ account, events })
  }

  /** Writes everything that has changed in one transaction; at free pace lets the events out. */
  commit(): void {
    for (const book of this.#books.values()) {
      if (this.#pace === 'free') this.#release(book.account)
      else if (book.kept.length === 0) book.told = null
    }
    const dirty = [...this.#books.values()].filter((book) => book.isDirty)
    const { name, seed } = this.feed
    const [marketAt, step, stepEvents] = [this.at, this.#step, this.#stepEvents]
    this.#store.commit({
      feed: { feed: name, seed, marketAt, step, stepEvents },
      state: changedRows(this.#simulation.takeDirty(), this.#written),
      accounts: dirty.map((book) => book.row()),
      instances: this.#register.takeChanged(),
      deposits: this.#deposits,
      orders: this.#orders.take(),
      events: this.#events,
    })
    for (const book of dirty) book.isDirty = false
    this.#events = []
    this.#deposits = []
  }
}

function clientIdOf(event: VenueAccountEvent): ClientOrderId | null {
  if (event.kind === 'fill') return event.fill.clientId
  return event.kind === 'order' ? event.clientId : null
}
