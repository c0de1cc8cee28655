/**
 * What lies between a desk and the venue: requests and answers that get lost or come late, streams that drop, repeat and
 * reorder, a line that is cut. It says what a venue's adapter says (VenueDialect): what is not proven is `unknown`.
 */
import type {
  AccountFacts,
  DialectListener,
  InstrumentFacts,
  VenueDialect,
  VenueFact,
  WireOrder,
} from '../../../src/adapters/venues/live/dialect.ts'
import { NotSentError } from '../../../src/adapters/venues/live/errors.ts'
import type { DeskRequestBudget } from '../../../src/desk/request-budget.ts'
import type { Instrument, InstrumentId } from '../../../src/domain/instrument.ts'
import { money, quantity, ratio } from '../../../src/domain/money.ts'
import type { ClientOrderId } from '../../../src/domain/order.ts'
import type { RequestPool, RequestPriority } from '../../../src/domain/request-pool.ts'
import { Histogram } from '../../../src/domain/statistic/histogram.ts'
import type {
  CancelOutcome,
  PlaceOutcome,
  VenueBalance,
  VenueOrder,
  VenuePosition,
} from '../../../src/domain/venue-report.ts'
import { type BurnOutcome, VenueError, type VenueTraits } from '../../../src/ports/venue.ts'
import type { Random } from '../../support/random.ts'
import type { Coverage } from './coverage.ts'
import type { DeadManSwitch } from './dead-man-switch.ts'
import type { Fuse } from './fuse.ts'
import type { MachineTime, Owner, Scheduler } from './scheduler.ts'
import { type BookFact, type BookMarket, priceTold, type VenueModel } from './venue-model.ts'
import { POOL, type WireFaults, type WireLine } from './wire-faults.ts'

export interface WireParts {
  readonly venue: VenueModel
  readonly scheduler: Scheduler
  readonly owner: Owner
  readonly machine: MachineTime
  readonly random: Random
  readonly coverage: Coverage
  readonly fuse: Fuse
  readonly faults: WireFaults
  readonly budget: DeskRequestBudget
  readonly line: WireLine
  readonly deadMan: DeadManSwitch
  /** A cancel had to wait for its allowance for too long. */
  readonly onStarved: () => void
  /** Whether the desk may send this; called as it leaves. */
  readonly onSent: (order: WireOrder) => void
}

const STATE = ['orders', 'facts', 'positions'] as const
const LEAVES_WITHIN_MS = 1000
/** The reserve is for cancels: they go at once, or as soon as other cancels have. */
const STARVED_MS = 2000
const TIMEOUT_MS = 5000
const points = {
  place: ['crash: before place leaves', 'crash: after place has left'],
  cancel: ['crash: before cancel leaves', 'crash: after cancel has left'],
  query: ['crash: before a query leaves', 'crash: after a query has left'],
} as const

export class Wire implements VenueDialect {
  readonly venue: string
  readonly traits: VenueTraits
  readonly pools: readonly RequestPool[]
  readonly streams = ['private']
  readonly roundTrips = new Histogram([1]).counts()
  readonly #parts: WireParts
  #listener: DialectListener | null = null
  #isLive = false
  readonly #unanswered = new Set<ClientOrderId>()
  #isSilent = false
  #gaps = 0
  /** What the desk must still hear after a gap. */
  readonly #untold = new Set<string>(STATE)
  #lastToldAt = 0

  constructor(parts: WireParts) {
    this.#parts = parts
    this.venue = parts.venue.rules.name
    this.traits = parts.venue.rules.traits
    this.pools = parts.line.pool === null ? [] : [parts.line.pool]
    parts.budget.declare(this.pools)
  }

  /** Whether orders, positions and events were asked for and told since the desk heard of a gap. */
  get isTrusted(): boolean {
    return this.#untold.size === 0
  }

  /** The desk hears of a gap: what it was told before is not enough any more. */
  noteGap(): void {
    for (const name of STATE) this.#untold.add(name)
    this.#gaps++
  }

  // Requests

  /** One request: it waits for its allowance, may not leave, not arrive, arrive late; the answer may not come. */
  async #call<T>(
    kind: keyof typeof points,
    serve: () => T,
    priority: RequestPriority = 'reconcile',
  ): Promise<T> {
    const { scheduler, budget, onStarved, coverage } = this.#parts
    if (this.pools.length > 0) {
      const askedAt = scheduler.now
      const leavesBy = kind === 'place' ? askedAt + LEAVES_WITHIN_MS : null
      await budget.take(priority, [{ pool: POOL, weight: 1 }], leavesBy)
      if (scheduler.now > askedAt) coverage.sometimes('limiter: a request waited')
      if (kind === 'cancel' && scheduler.now > askedAt + STARVED_MS) onStarved()
    }
    return await this.#send(kind, serve)
  }

  #send<T>(kind: keyof typeof points, serve: () => T): Promise<T> {
    const { scheduler, owner, random, coverage, faults, fuse } = this.#parts
    return new Promise<T>((resolve, reject) => {
      if (fuse.passes(points[kind][0], owner)) return
      if (faults.partitionUntil > scheduler.now || random.chance(faults.noName)) {
        const isCut = faults.partitionUntil > scheduler.now
        coverage.sometimes(isCut ? 'network: partition' : 'network: name not resolved')
        const error = new NotSentError('unavailable', 'not_sent', 'the venue cannot be reached')
        scheduler.after(random.int(1, 300), () => reject(error), owner)
        return
      }
      const timeout = scheduler.after(TIMEOUT_MS, () => reject(timedOut()), owner)
      if (random.chance(faults.lostRequest)) coverage.sometimes('network: request lost')
      else scheduler.after(this.#travelMs(), () => this.#serve(serve, resolve, reject, timeout))
      fuse.passes(points[kind][1], owner)
    })
  }

  #travelMs(): number {
    const { random, coverage, faults, line } = this.#parts
    if (!random.chance(faults.slow)) return random.int(5, 80) + line.farMs
    coverage.sometimes('network: slow request')
    return random.int(2000, 20_000)
  }

  #serve<T>(
    serve: () => T,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
    cancelTimeout: () => void,
  ): void {
    const { scheduler, owner, random, coverage, faults } = this.#parts
    let settle: () => void
    try {
      const value = serve()
      settle = () => resolve(value)
    } catch (error) {
      settle = () => reject(error)
    }
    if (random.chance(faults.lostAnswer) || faults.partitionUntil > scheduler.now)
      return coverage.sometimes('network: answer lost')
    const backMs = random.int(5, 80) + this.#parts.line.farMs
    scheduler.after(backMs, () => this.#answer(settle, cancelTimeout), owner)
  }

  #answer(settle: () => void, cancelTimeout: () => void): void {
    const { scheduler, owner, fuse } = this.#parts
    if (fuse.passes('crash: before an answer is handled', owner)) return
    cancelTimeout()
    settle()
    const passed = (): void => void fuse.passes('crash: after an answer was handled', owner)
    scheduler.after(0, passed, owner, false)
  }

  /** A question: the venue may be too busy for it. */
  #ask<T>(answer: () => T): Promise<T> {
    const { scheduler, faults, venue } = this.#parts
    return this.#call('query', () => {
      if (faults.rateLimitUntil > scheduler.now) throw this.#limited()
      if (venue.isClosed) throw new VenueError('unavailable', 'maintenance', 'maintenance')
      return answer()
    })
  }

  /** A question for a part of the account; asked before a gap, it tells nothing of what was lost. */
  async #askState<T>(name: (typeof STATE)[number], answer: () => T): Promise<T> {
    const gaps = this.#gaps
    const told = await this.#ask(answer)
    if (gaps === this.#gaps) this.#untold.delete(name)
    return told
  }

  #limited(): VenueError {
    this.#parts.coverage.sometimes('venue: rate limit')
    return new VenueError('rate_limited', '429', 'too many requests')
  }

  open(): Promise<AccountFacts> {
    return this.#ask(() => ({
      fingerprint: 'sim',
      canWithdraw: false,
      isAddressBound: null,
      clockOffsetMs: -this.#parts.machine.offsetMs,
      warnings: [],
    }))
  }

  clockOffsetMs(): Promise<number> {
    return this.#ask(() => -this.#parts.machine.offsetMs)
  }

  instrument(symbol: string): Promise<InstrumentFacts> {
    return this.#ask(() => {
      const { venue } = this.#parts
      const market = [...venue.markets.values()].find((one) => one.instrument.symbol === symbol)
      if (market === undefined) throw new VenueError('rejected', 'unknown_symbol', symbol)
      const fees = { maker: ratio(20_000), taker: ratio(50_000) }
      const { instrument } = market
      return { instrument, price: priceTold(market), at: venue.now, fees }
    })
  }

  setTerms(): Promise<void> {
    return Promise.resolve()
  }

  async place(orders: readonly WireOrder[]): Promise<readonly PlaceOutcome[]> {
    for (const order of orders) {
      this.#parts.onSent(order)
      this.#unanswered.add(order.clientId)
    }
    try {
      return await this.#call('place', () => this.#takeBatch(orders), this.#priorityOf(orders))
    } finally {
      for (const { clientId } of orders) this.#unanswered.delete(clientId)
    }
  }

  #priorityOf(orders: readonly WireOrder[]): RequestPriority {
    return orders.every(({ request }) => request.isReduceOnly) ? 'reduce' : 'place'
  }

  #takeBatch(orders: readonly WireOrder[]): readonly PlaceOutcome[] {
    const { random, coverage, faults, venue } = this.#parts
    const isBatch = orders.length > 1
    const outcomes = orders.map((order) => {
      if (isBatch && random.chance(faults.partlyRefused)) {
        coverage.sometimes('venue: batch in part refused')
        return this.#refused(order.clientId, 'insufficient_margin')
      }
      return this.#takeOne(order)
    })
    if (isBatch && venue.rules.hidesBatchResults && random.chance(faults.hiddenBatch)) {
      coverage.sometimes('venue: batch answer unreadable')
      throw new VenueError('unknown', 'batch', 'one error for all')
    }
    return outcomes
  }

  #refused(clientId: ClientOrderId, reason: string): PlaceOutcome {
    this.#parts.coverage.sometimes('order: refused by the venue')
    return { kind: 'rejected', clientId, reason }
  }

  #takeOne({ clientId, request, expiresAt }: WireOrder): PlaceOutcome {
    const { scheduler, random, coverage, faults, venue } = this.#parts
    if (expiresAt !== null && venue.now > expiresAt) {
      coverage.sometimes('venue: deadline passed')
      return this.#refused(clientId, 'expired')
    }
    if (faults.rateLimitUntil > scheduler.now) {
      coverage.sometimes('venue: rate limit')
      return this.#refused(clientId, 'rate_limited')
    }
    if (venue.rules.addressBudget !== null && faults.isBudgetSpent && !request.isReduceOnly) {
      coverage.sometimes('venue: address budget spent')
      return this.#refused(clientId, 'address_budget')
    }
    if (venue.isClosed) {
      coverage.sometimes('venue: maintenance')
      return this.#refused(clientId, 'maintenance')
    }
    if (!random.chance(faults.unknownCode)) {
      let outcome = venue.place(clientId, request)
      if (venue.rules.uniqueIds === 'ever' && random.chance(faults.arrivesTwice)) {
        coverage.sometimes('network: request arrives twice')
        outcome = venue.place(clientId, request)
      }
      // It is there already, so this refusal is not one of the order.
      if (outcome.kind === 'rejected' && outcome.reason === 'duplicate_client_id')
        return { kind: 'unknown', clientId, reason: outcome.reason }
      if (outcome.kind === 'rejected') coverage.sometimes('order: refused by the venue')
      return outcome
    }
    const isTaken = random.chance(0.5)
    coverage.sometimes(isTaken ? 'venue: unknown code, taken' : 'venue: unknown code, not taken')
    if (isTaken) venue.place(clientId, request)
    return { kind: 'unknown', clientId, reason: 'unknown_code' }
  }

  async cancel(
    _instrument: Instrument,
    ids: readonly ClientOrderId[],
  ): Promise<readonly CancelOutcome[]> {
    return await this.#call('cancel', () => ids.map((id) => this.#cancelOne(id)), 'cancel')
  }

  #cancelOne(clientId: ClientOrderId): CancelOutcome {
    const { scheduler, random, coverage, faults, venue } = this.#parts
    if (venue.isClosed) return { kind: 'unknown', clientId, reason: 'maintenance' }
    if (venue.rules.mayDeferCancels && random.chance(faults.deferredCancel)) {
      coverage.sometimes('venue: cancel pending')
      scheduler.after(random.int(50, 3000), () => void venue.cancel(clientId))
      return { kind: 'pending', clientId }
    }
    return venue.cancel(clientId)
  }

  lookup(_instrument: Instrument, id: ClientOrderId): Promise<VenueOrder | null> {
    return this.#ask(() => {
      const { venue, scheduler } = this.#parts
      const same = venue.byClientId.get(id) ?? []
      const order = same.find(({ status }) => status === 'open') ?? same.at(-1)
      if (order === undefined || order.visibleAt > scheduler.now) return null
      // Of what has ended without a fill such a venue knows nothing.
      const isGone = order.status !== 'open' && order.filled - order.late === 0
      return venue.rules.findsRestingOnly && isGone ? null : venue.view(order)
    })
  }

  openOrders(): Promise<readonly VenueOrder[]> {
    return this.#askState('orders', () => {
      const { venue, scheduler } = this.#parts
      const open: VenueOrder[] = []
      for (const market of venue.markets.values())
        for (const order of market.open)
          if (order.visibleAt <= scheduler.now) open.push(venue.view(order))
      return open
    })
  }

  factsSince(at: number): Promise<readonly VenueFact[]> {
    return this.#askState('facts', () => {
      const { venue, scheduler } = this.#parts
      const facts: VenueFact[] = []
      for (let i = venue.facts.length - 1; i >= 0; i--) {
        const { fact, visibleAt } = venue.facts[i] as BookFact
        if (fact.at < at) break
        if (fact.kind !== 'order' && visibleAt <= scheduler.now) facts.push(fact)
      }
      return facts.reverse()
    })
  }

  positions(): Promise<readonly VenuePosition[]> {
    return this.#askState('positions', () =>
      [...this.#parts.venue.markets.values()]
        .filter(({ position }) => position !== 0)
        .map(({ instrument, position, cost }) => ({
          instrument: instrument.id,
          quantity: quantity(position),
          cost: money(cost),
        })),
    )
  }

  balance(): Promise<VenueBalance> {
    return this.#ask(() => {
      const { venue } = this.#parts
      const balance = venue.balance()
      const equity = money(balance + venue.unrealised())
      return { settle: 'USDC', equity, balance: money(balance) }
    })
  }

  async burn(id: ClientOrderId): Promise<BurnOutcome> {
    const { venue, coverage, random } = this.#parts
    if (venue.rules.burns === null) return 'unsure'
    return this.#ask(() => {
      if ((venue.byClientId.get(id) ?? []).length > 0) return 'consumed'
      if (venue.rules.burns === 'unsure' && random.chance(0.5)) return 'unsure'
      venue.burned.add(id)
      coverage.sometimes('venue: nonce burned')
      return 'burned'
    })
  }

  /** Only where traits.deadMan says that there is one. */
  armDeadMan(timeoutMs: number | null, instruments: readonly Instrument[]): Promise<void> {
    return this.#ask(() => this.#parts.deadMan.arm(timeoutMs, instruments))
  }

  // Streams

  listen(listener: DialectListener): void {
    this.#listener = listener
    const { scheduler, owner } = this.#parts
    scheduler.after(20, () => this.#goLive(), owner)
  }
  watch(): void {}

  #goLive(): void {
    const { scheduler, owner, random, faults } = this.#parts
    if (faults.partitionUntil > scheduler.now) {
      scheduler.after(random.int(500, 3000), () => this.#goLive(), owner)
      return
    }
    this.#isLive = true
    this.#isSilent = false
    this.#listener?.onLive('private')
  }

  /** The connection ends; it comes back by itself. */
  cut(reason: string): void {
    const { scheduler, owner, random, coverage } = this.#parts
    if (!this.#isLive || owner.isDead) return
    coverage.sometimes('stream: connection lost')
    this.#isLive = false
    scheduler.after(0, () => this.#listener?.onGap('private', reason), owner)
    scheduler.after(random.int(200, 3000), () => this.#goLive(), owner)
  }

  /** Nothing comes any more, and nobody says so; a watch notices it later. */
  fallSilent(noticedAfterMs: number): void {
    const { scheduler, owner, coverage } = this.#parts
    if (!this.#isLive || this.#isSilent || owner.isDead) return
    coverage.sometimes('stream: half-open')
    this.#isSilent = true
    const notice = (): void => {
      if (this.#isSilent) this.cut('nothing was heard for too long')
    }
    scheduler.after(noticedAfterMs, notice, owner)
  }

  /** Something happened on the account. */
  tell({ fact }: BookFact): void {
    const { random, coverage, faults } = this.#parts
    if (!this.#hears()) return
    if (random.chance(faults.dropped)) return coverage.sometimes('stream: message dropped')
    if (random.chance(faults.twice)) {
      coverage.sometimes('stream: message twice')
      if (fact.kind === 'funding') coverage.sometimes('venue: funding told twice')
      this.#deliver(() => this.#listener?.onFacts([fact]), random.int(0, 5000))
    }
    let delayMs = random.int(3, 60)
    if (random.chance(faults.reordered)) {
      coverage.sometimes('stream: message reordered')
      delayMs += random.int(100, 4000)
    } else delayMs = this.#inOrder(delayMs)
    this.#deliver(() => this.#hear(fact), delayMs)
  }

  #hear(fact: VenueFact): void {
    const clientId = fact.kind === 'fill' ? fact.fill.clientId : null
    if (clientId !== null && this.#unanswered.has(clientId))
      this.#parts.coverage.sometimes('venue: fill before answer')
    this.#listener?.onFacts([fact])
  }

  /** A stream tells in order: nothing overtakes what was told before. */
  #inOrder(delayMs: number): number {
    const { now } = this.#parts.scheduler
    this.#lastToldAt = Math.max(this.#lastToldAt + 0.001, now + delayMs)
    return this.#lastToldAt - now
  }

  tick(market: BookMarket): void {
    if (!this.#hears()) return
    const { instrument } = market
    const told = priceTold(market)
    const marketAt = this.#parts.venue.now
    const tell = (): void => this.#listener?.onPrice(instrument.id as InstrumentId, told, marketAt)
    this.#deliver(tell, this.#inOrder(this.#parts.random.int(3, 40)))
  }

  #hears(): boolean {
    const { scheduler, faults, owner } = this.#parts
    return (
      this.#isLive && !this.#isSilent && !owner.isDead && faults.partitionUntil <= scheduler.now
    )
  }

  #deliver(tell: () => void, delayMs: number): void {
    const { scheduler, owner, fuse, line } = this.#parts
    const handle = (): void => {
      if (!this.#isLive || fuse.passes('crash: before a message is handled', owner)) return
      this.#listener?.onMessage()
      tell()
      const passed = (): void => void fuse.passes('crash: after a message was handled', owner)
      scheduler.after(0, passed, owner, false)
    }
    scheduler.after(delayMs + line.farMs, handle, owner)
  }

  close(): Promise<void> {
    this.#isLive = false
    return Promise.resolve()
  }
}

const timedOut = (): VenueError => new VenueError('unknown', 'timeout', 'no answer in time')
