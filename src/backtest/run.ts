/**
 * A backtest: one instance on one recorded market, by the same three parts that run live: SimulatedExchange,
 * InstanceEngine and OrderLoop. The rounds are those of a lockstep replay, so both give the same fills to the last unit.
 * Every assumption stands in docs/concepts/backtest.md.
 */

import type { Instrument } from '../domain/instrument.ts'
import type { MarketEvent, MarketPrice } from '../domain/market.ts'
import { type Money, type Price, price } from '../domain/money.ts'
import type { AttributedFill, ClientOrderId } from '../domain/order.ts'
import type { TradeRecorder } from '../domain/statistic/trade-recorder.ts'
import type { Finish, WantChange } from '../domain/strategy.ts'
import type { InstanceEngine } from '../engine/instance.ts'
import type { OrderLoop } from '../engine/order-loop.ts'
import type { BotEvent } from '../engine/order-loop-types.ts'
import { EMPTY_OUTPUT, type EngineOutput } from '../engine/wants-recorder.ts'
import type { VenueAccountEvent } from '../ports/venue.ts'
import { ReplaySource } from '../simulation/replay-source.ts'
import type { CandleEvent, SimulatedExchange } from '../simulation/simulated-exchange.ts'
import type { EquityCurve } from './equity-curve.ts'
import { startedEngine } from './first-start.ts'
import type { TimeInRange } from './grid-figures.ts'
import { countReasons } from './kept-back.ts'
import type { PositionWatch } from './position-watch.ts'
import { RunRecord } from './run-record.ts'
import {
  type BacktestCounts,
  type BacktestEnd,
  BacktestRefused,
  type BacktestRequest,
  type BookedFill,
  type BookedFunding,
  type EngineRan,
  type RunTotals,
} from './run-types.ts'
import { openedWorld, type World } from './skip/landing.ts'
import { type Leap, refusalOf, type SettledLeap, Skipper, totalsOf } from './skip/skipper.ts'

export type {
  BacktestCounts,
  BacktestEnd,
  BacktestRequest,
  BookedFill,
  BookedFunding,
  EngineRan,
  RunTotals,
} from './run-types.ts'
export { BacktestRefused } from './run-types.ts'

const ACCOUNT = 'backtest'
/** Candles between two tries to leap, at the most. */
const PATIENCE_MAX = 64
const LEAPT = 'nothing but fills at lines, funding and days lay between its stops'
/** No fill comes after its order was settled, so nobody needs to remember settled orders. */
const NO_ORIGIN = (): null => null

export class Backtest {
  readonly account = ACCOUNT
  readonly source: ReplaySource
  readonly instrument: Instrument
  #engine: InstanceEngine
  readonly #record: RunRecord
  readonly equity: EquityCurve
  /** Last price at the start. */
  readonly startPrice: Price
  /** Empty when the request asks for figures alone; so is `funding`. */
  readonly fills: readonly BookedFill[]
  readonly funding: readonly BookedFunding[]
  readonly notes: RunRecord['notes']
  /** Orders that the exchange refused, by its reason. */
  readonly rejections: ReadonlyMap<string, number>
  readonly breaches: RunRecord['breaches']
  /** Built when it is needed: a run that leaps from its start to its end never is. */
  #world: World | null = null
  /** How exchange and order loop come to stand as they must; the first time with what is placed at the start. */
  #build: (() => World) | null = null
  readonly #skipper: Skipper | null
  /** A leap whose books nobody has asked for yet, and one whose fills and payments nobody has. */
  #unsettled: Leap | null = null
  #untold: { readonly leap: Leap; readonly settled: SettledLeap } | null = null
  /** Candles until the next leap is tried, and how many that were the last time. */
  #wait = 0
  #patience = 1
  ran: EngineRan = { name: 'stepping', reason: 'every moment of the market was gone through' }
  /** Orders that were wanted at the start and kept back, by reason. */
  keptBackAtStart: Readonly<Record<string, number>> = {}
  readonly request: BacktestRequest
  end: BacktestEnd | null = null
  /** What the strategy changed in this round. */
  readonly #changes: WantChange[] = []
  /** In the order of the instruments. */
  readonly #marks: Price[]
  #seq = 0
  #lastId = 0
  #finish: Finish | null = null
  #last: Price

  /**
   * @throws BacktestRefused when the strategy objects
   * @throws RangeError when the window holds no candle
   */
  constructor(request: BacktestRequest) {
    this.request = request
    this.source = new ReplaySource([{ market: request.market, window: request.window }])
    this.instrument = this.source.instruments[0] ?? request.market.instrument
    const { startAt } = this.source
    const opening = this.#opening(startAt)
    this.#last = opening.last
    this.#marks = [opening.mark]
    this.#engine = startedEngine(request, this.instrument, this.price, startAt)
    this.startPrice = opening.last
    const { state } = this.#engine.stored()
    const start = { at: startAt, last: opening.last, state }
    this.#record = new RunRecord(request, this.instrument, start)
    const { equity, fills, funding, notes, rejections, breaches } = this.#record
    this.equity = equity
    this.fills = fills
    this.funding = funding
    this.notes = notes
    this.rejections = rejections
    this.breaches = breaches
    this.#skipper = this.#chosenEngine()
  }

  /** Before the first candle the price is its open. */
  #opening(at: number): MarketPrice {
    const last = this.source.candleFrom(this.instrument.id, at)?.open ?? price(0)
    return { last, mark: this.source.markAt(this.instrument.id, at) ?? last }
  }

  #chosenEngine(): Skipper | null {
    const { request, instrument } = this
    const refusal =
      request.engine === 'stepping' ? 'it was asked for' : refusalOf(request, instrument)
    if (refusal === null) return new Skipper(request, instrument, this.source, ACCOUNT)
    if (request.engine === 'skipping') {
      const text = `the skipping engine cannot run this: ${refusal}; leave the engine to the program.`
      throw new BacktestRefused([{ code: 'engine', text, overrideKey: null }])
    }
    this.ran = { name: 'stepping', reason: refusal }
    return null
  }

  get engine(): InstanceEngine {
    if (this.#unsettled !== null) this.#settle()
    return this.#engine
  }

  get counts(): Readonly<BacktestCounts> {
    if (this.#unsettled !== null) this.#settle()
    return this.#record.counts
  }

  /** Market time of the first liquidation. */
  get firstLiquidationAt(): number | null {
    return this.#record.firstLiquidationAt
  }

  /** Cash that the exchange's insurance put in when a loss was larger than the account. */
  get insurance(): Money {
    return this.#record.insurance
  }

  get timeInRange(): TimeInRange {
    this.#tellUntold()
    return this.#record.timeInRange
  }

  /** Sums of the run in money, at the price of a look: fills, cash of the fills, fees and funding. */
  get totals(): RunTotals {
    return totalsOf(this.#engine.ledger, this.#unsettled)
  }

  get exchange(): SimulatedExchange {
    if (this.#unsettled !== null) this.#settle()
    return (this.#world ?? this.#raise()).exchange
  }

  get loop(): OrderLoop {
    if (this.#unsettled !== null) this.#settle()
    return (this.#world ?? this.#raise()).loop
  }

  get positionWatch(): PositionWatch {
    this.#tellUntold()
    return this.#record.positionWatch
  }

  /** Closed round trips; only their sums when the request asks for figures alone. */
  get trades(): TradeRecorder {
    this.#tellUntold()
    return this.#record.trades
  }

  #raise(): World {
    const build = this.#build
    if (build === null) return this.#open()
    this.#world = build()
    return this.#world
  }

  /** Opens account and loop, and carries out what the strategy wants at the start. */
  #open(): World {
    const { request, source, instrument } = this
    const { startAt } = source
    const world = openedWorld(request, source, instrument, ACCOUNT)
    this.#world = world
    const { changes, wakes, finish } = this.#engine.wants()
    world.loop.applyWants(this.#engine.lastSeq, true, changes)
    world.exchange.setWakes(request.instance, wakes)
    this.#onFinish(finish, startAt)
    this.#carryOut(startAt)
    this.keptBackAtStart = countReasons(this.loop.reasons())
    return world
  }

  get price(): MarketPrice {
    const mark = this.#marks[0]
    return { last: this.#last, mark: mark ?? this.#last }
  }

  /** Goes on for about so many candles; returns false when the run is over. */
  run(candles: number): boolean {
    const until = this.#record.counts.candles + candles
    if (this.#skipper === null) this.#stepUntil(until)
    else this.#skipUntil(until, this.#skipper)
    if (this.end !== null) this.#closeCurve(this.end.at)
    return this.end === null
  }

  /** Moment by moment: where nothing leaps, exchange and loop stay the same. */
  #stepUntil(candles: number): void {
    const { exchange, loop } = this
    const { endAt } = this.source
    const counts = this.#record.counts
    while (this.end === null && counts.candles < candles) {
      const quiet = exchange.passCandle(endAt)
      if (quiet === null) this.#round()
      else this.#quietRound(quiet, loop)
    }
  }

  #skipUntil(candles: number, skipper: Skipper): void {
    const { endAt } = this.source
    while (this.end === null && this.#record.counts.candles < candles) {
      if (this.#wait === 0 && this.#leap(skipper)) continue
      if (this.#wait > 0) this.#wait -= 1
      const quiet = this.exchange.passCandle(endAt)
      if (quiet === null) this.#round()
      else this.#quietRound(quiet, this.loop)
    }
  }

  /** What came after the last candle (a liquidation, a closing fill, funding) belongs to the curve as well. */
  #closeCurve(at: number): void {
    const leap = this.#unsettled
    const { ledger } = this.#engine
    const equity = leap === null ? ledger.equity([this.price]) : leap.equity
    const lots = leap === null ? ledger.position : leap.lots
    if (equity !== this.equity.lastEquity) this.equity.add(at, equity, this.#last, lots)
  }

  /** Leaps over what is plain. @returns false when the next candle is not; then the next try waits longer */
  #leap(skipper: Skipper): boolean {
    const isPossible = this.#record.counts.liquidations === 0 && this.#finish === null
    const at = this.#world === null ? this.source.startAt : this.#world.exchange.at
    const leap = !isPossible
      ? null
      : skipper.leap({
          engine: this.#engine,
          curve: this.equity,
          world: this.#world,
          price: this.price,
          at,
          toldSeq: this.#seq,
          orderId: this.#lastId,
        })
    if (leap === null) {
      this.#patience = Math.min(PATIENCE_MAX, this.#patience * 2)
      this.#wait = this.#patience
      return false
    }
    this.#patience = 1
    // The candle in front of which it has stopped is not plain.
    this.#wait = 1
    this.#take(leap)
    return true
  }

  #take(leap: Leap): void {
    this.#last = leap.price.last
    this.#marks[0] = leap.price.mark
    this.#record.leapt(leap)
    this.ran = { name: 'skipping', reason: LEAPT }
    this.#unsettled = leap
    if (leap.isEnd) this.end = { at: this.source.endAt, kind: 'data', reason: 'the data ended' }
    if (this.#record.keepsLists || !leap.isEnd) this.#tellUntold()
  }

  /** Books the last leap. */
  #settle(): void {
    const leap = this.#unsettled
    if (leap === null) return
    this.#unsettled = null
    const settled = leap.settle()
    const { books } = settled
    this.#engine = settled.engine
    this.#seq = books.toldSeq
    this.#lastId = books.orderId
    this.#record.settled(settled)
    this.#world = null
    this.#build = settled.land
    this.#untold = { leap, settled }
  }

  /** Tells trades, lists and figures what the last leap has come to. */
  #tellUntold(): void {
    this.#settle()
    const untold = this.#untold
    if (untold === null) return
    this.#untold = null
    this.#record.hear(untold.leap, untold.settled)
  }

  /** A round of one closed candle and no account event, as most are. */
  #quietRound(event: CandleEvent, loop: OrderLoop): void {
    this.#record.counts.rounds += 1
    this.#onMarketEvent(event, this.#changes, loop)
    if (this.#changes.length > 0) this.#applyChanges()
    if (loop.hasWork() || this.#finish !== null) this.#carryOut(event.at)
  }

  #applyChanges(): void {
    this.loop.applyWants(this.#engine.lastSeq, false, this.#changes)
    this.#changes.length = 0
  }

  /** One round: account events of this moment, else the market goes on; then what the strategy wants is carried out. */
  #round(): void {
    let events = this.exchange.takeEvents()
    let market: readonly MarketEvent[] = []
    let { at } = this.exchange
    if (events.length === 0) {
      const step = this.exchange.advance(this.source.endAt)
      if (step === null) return this.#endOfData()
      at = step.at
      market = step.market
      events = this.exchange.takeEvents()
    }
    this.#record.counts.rounds += 1
    const changes = this.#changes
    for (const { event } of events) this.#onAccountEvent(event, changes)
    if (events.length > 0) this.#watchPosition(at)
    for (const event of market) this.#onMarketEvent(event, changes, this.loop)
    // Most rounds change nothing: the loop would only be told what it knows.
    if (changes.length > 0 || events.length > 0) this.#applyChanges()
    this.#carryOut(at)
  }

  #watchPosition(at: number): void {
    const terms = this.exchange.marginTerms(ACCOUNT, this.instrument.id)
    if (terms !== null) this.#record.positionWatch.change(at, terms)
  }

  #endOfData(): void {
    this.#hear(this.exchange.price(this.instrument.id))
    this.end = { at: this.exchange.at, kind: 'data', reason: 'the data ended' }
  }

  #onAccountEvent(event: VenueAccountEvent, changes: WantChange[]): void {
    if (event.kind === 'cash' && event.reason === 'insurance') this.#record.insured(event.amount)
    if (event.kind === 'order' && event.status === 'rejected') this.#record.rejected(event.reason)
    const { latch } = this.loop.risk
    const told = this.loop.onVenueEvent(event, NO_ORIGIN)
    const code = this.loop.risk.latch
    if (code !== null && code !== latch) this.#record.breaches.push({ at: event.at, code })
    if (told !== null) this.#tell(told, changes)
  }

  #tell(told: BotEvent, changes: WantChange[]): void {
    this.#seq += 1
    const seq = this.#seq
    this.loop.handed(seq)
    const { at } = told.event
    if (told.kind === 'fill') {
      const fill: AttributedFill = { ...told.event.fill, origin: told.origin }
      this.#record.filled(fill, told.event.isLiquidation)
      this.#collect(this.#engine.on({ kind: 'fill', at, seq, fill }), at, changes)
      this.#record.booked(fill, this.#engine.ledger.position)
      return
    }
    const { instrument, amount, position } = told.event
    this.#record.paid({ at, amount, position })
    this.#collect(this.#engine.on({ kind: 'funding', at, seq, instrument, amount }), at, changes)
  }

  #onMarketEvent(event: MarketEvent, changes: WantChange[], loop: OrderLoop): void {
    this.#hear(event.price)
    const breach = loop.onPrice(event.at, event.price)
    if (breach !== null) this.#record.breaches.push({ at: event.at, code: breach })
    this.#collect(this.#engine.on(event), event.at, changes)
    if (event.kind !== 'candle') return
    const { ledger } = this.#engine
    this.#record.closed(event, ledger.equityAt(this.#marks), ledger.position)
  }

  #hear({ last, mark }: MarketPrice): void {
    this.#last = last
    this.#marks[0] = mark
  }

  #collect(output: EngineOutput, at: number, changes: WantChange[]): void {
    if (output === EMPTY_OUTPUT) return
    for (const change of output.changes) changes.push(change)
    if (output.wakes !== null) this.exchange.setWakes(this.request.instance, output.wakes)
    this.#record.noted(output.notes, at)
    this.#onFinish(output.finish, at)
  }

  /** The strategy's own end, as the desk carries it out: orders canceled or kept, position kept or closed. */
  #onFinish(finish: Finish | null, at: number): void {
    if (finish === null || this.#finish !== null) return
    this.#finish = finish
    const { orders, positions, reason } = finish
    if (orders === 'keep' && positions === 'keep') this.end = { at, kind: 'finish', reason }
    else this.loop.setOverride(positions === 'close' ? 'flatten' : 'cancel')
  }

  /** plan → cancel each → place each → outcomes, until nothing more is planned. */
  #carryOut(at: number): void {
    while (this.loop.hasWork()) {
      const { cancels, places } = this.loop.plan(at, this.#nextId, null)
      for (const clientId of cancels) {
        this.#record.counts.ordersCanceled += 1
        this.loop.onCanceled(this.exchange.cancel(ACCOUNT, this.instrument.id, clientId))
      }
      for (const { intent } of places) {
        this.#record.counts.ordersPlaced += 1
        const outcome = this.exchange.place(ACCOUNT, intent.clientId, intent.request)
        if (outcome.kind === 'rejected') this.#record.rejected(outcome.reason)
        this.loop.onPlaced(outcome)
      }
    }
    if (this.#finish !== null && this.end === null && this.loop.isQuiet()) {
      this.end = { at, kind: 'finish', reason: this.#finish.reason }
    }
  }

  readonly #nextId = (): ClientOrderId => {
    this.#lastId += 1
    return `pf1b${this.#lastId}` as ClientOrderId
  }
}
