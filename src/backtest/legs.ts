/**
 * A backtest of one instance on several instruments, maybe of several venues: the same parts as Backtest (run.ts) and the
 * same rounds, with one OrderLoop for each leg, one InstanceEngine, and one chronological stream of all candles, marks and
 * funding. Always stepped. Assumptions: docs/concepts/backtest.md, "Several legs".
 */
import type { RecordedMarket } from '../domain/history.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { MarketEvent, MarketPrice } from '../domain/market.ts'
import { type Money, money, type Price, quantity } from '../domain/money.ts'
import type { AttributedFill, ClientOrderId } from '../domain/order.ts'
import type { Finish, Objection, StrategyContext, WantChange } from '../domain/strategy.ts'
import { InstanceEngine } from '../engine/instance.ts'
import { OrderLoop } from '../engine/order-loop.ts'
import type { BotEvent } from '../engine/order-loop-types.ts'
import type { EngineOutput } from '../engine/wants-recorder.ts'
import type { VenueAccountEvent } from '../ports/venue.ts'
import { ReplaySource } from '../simulation/replay-source.ts'
import { SimulatedExchange } from '../simulation/simulated-exchange.ts'
import { EquityCurve } from './equity-curve.ts'
import { type BacktestEnd, BacktestRefused, type BacktestRequest, type BookedFill } from './run.ts'

/** As for one market; capital and limits are those of the whole instance. */
export interface LegsRequest extends Omit<BacktestRequest, 'market' | 'engine' | 'detail'> {
  /** In the order of the strategy's legs, each instrument once, all of one settlement currency. */
  readonly markets: readonly RecordedMarket[]
}

export interface LegsCounts {
  candles: number
  ordersPlaced: number
  ordersRejected: number
  fundingPayments: number
  liquidations: number
}

/** One instrument of the instance with its own account and loop. */
interface Leg {
  readonly account: string
  readonly instrument: Instrument
  readonly loop: OrderLoop
  readonly nextId: () => ClientOrderId
  readonly changes: WantChange[]
  /** Prices as they were heard last. */
  last: Price
}

/** No fill comes after its order was settled. */
const NO_ORIGIN = (): null => null

/** The orders of a leg carry its number, so that what the account tells of them finds the way back. */
const idOf = (leg: number, number: number): ClientOrderId => `pf1b${leg}.${number}` as ClientOrderId
const legOfId = (id: ClientOrderId): number => Number(id.slice(4, id.indexOf('.')))

const accountOf = (instrument: Instrument): string => `backtest/${instrument.venue}`

/** A run on several legs. */
export class LegsBacktest {
  readonly source: ReplaySource
  readonly exchange: SimulatedExchange
  readonly engine: InstanceEngine
  readonly equity: EquityCurve
  readonly fills: BookedFill[] = []
  readonly notes: { readonly at: number; readonly level: string; readonly text: string }[] = []
  readonly breaches: { readonly at: number; readonly code: string }[] = []
  readonly counts: LegsCounts = {
    candles: 0,
    ordersPlaced: 0,
    ordersRejected: 0,
    fundingPayments: 0,
    liquidations: 0,
  }
  /** Cash that the exchange's insurance put in when a loss was larger than an account. */
  insurance: Money = money(0)
  end: BacktestEnd | null = null
  readonly #request: LegsRequest
  readonly #legs: readonly Leg[]
  readonly #marks: Price[]
  /** Which leg a slot belongs to: what is dropped is told by its name alone. */
  readonly #legOfSlot = new Map<string, Leg>()
  #seq = 0
  #finish: Finish | null = null

  /**
   * @throws BacktestRefused when the strategy objects, or does not trade so many instruments
   * @throws RangeError when the markets have no time in common
   */
  constructor(request: LegsRequest) {
    this.#request = request
    const { window, markets, fillRule, candlePath = 'by_direction', instance } = request
    this.source = new ReplaySource(markets.map((market) => ({ market, window })))
    const { startAt, endAt } = this.source.commonSpan
    if (startAt >= endAt || this.source.instruments.length < markets.length)
      throw new RangeError(
        'the markets of the legs have no time in common, or one is named twice: name each once, over the same window',
      )
    const rules = { fillRule, candlePath, tracksChanges: false }
    this.exchange = new SimulatedExchange({ source: this.source, startAt, endAt, ...rules })
    const { instruments } = this.source
    this.#checkLegs(instruments)
    this.#openAccounts(instruments)
    const prices = instruments.map(({ id }) => this.exchange.price(id))
    this.#marks = prices.map(({ mark }) => mark)
    this.#legs = instruments.map((instrument, index) =>
      this.#legOf(instrument, index, startAt, prices[index]),
    )
    this.engine = this.#start(startAt, prices)
    this.equity = new EquityCurve(startAt, request.capital, prices[0]?.last ?? 0)
    const { changes, wakes, finish } = this.engine.wants()
    for (const change of changes) this.#route(change)
    for (const leg of this.#legs) this.#applyTo(leg, true)
    this.exchange.setWakes(instance, wakes)
    this.#onFinish(finish, startAt)
    this.#carryOut(startAt)
  }

  #checkLegs(instruments: readonly Instrument[]): void {
    const { strategy, parameters } = this.#request
    const { instrumentsMin: least, instrumentsMax: most } = strategy.inputs(parameters)
    const count = instruments.length
    if (count < least || count > most)
      throw refused(
        'legs',
        `${strategy.id} trades ${least} to ${most} instruments, found ${count}.`,
      )
    if (new Set(instruments.map(({ settle }) => settle)).size > 1)
      throw refused('settle', 'The legs settle in different currencies: take one currency for all.')
  }

  /** One account at each venue; the initial balance is split evenly, what cannot be split goes to the first. */
  #openAccounts(instruments: readonly Instrument[]): void {
    const { paper, instance, leverage, marginMode } = this.#request
    const accounts = [...new Set(instruments.map(accountOf))]
    const share = Math.floor(paper.initialBalance / accounts.length)
    for (const [index, account] of accounts.entries()) {
      const rest = index === 0 ? paper.initialBalance - share * accounts.length : 0
      this.exchange.openAccount(account)
      this.exchange.deposit(account, money(share + rest), `paper:${instance}`)
    }
    for (const instrument of instruments) {
      const terms = { leverage, marginMode, paper }
      this.exchange.attach(accountOf(instrument), instance, instrument.id, terms)
    }
  }

  #legOf(instrument: Instrument, index: number, at: number, found: MarketPrice | undefined): Leg {
    const price = found ?? this.exchange.price(instrument.id)
    const loop = new OrderLoop({ ...this.#request, instrument }, at, price)
    loop.onPrice(at, price)
    let number = 0
    const nextId = () => {
      number += 1
      return idOf(index, number)
    }
    const account = accountOf(instrument)
    return { account, instrument, loop, nextId, changes: [], last: price.last }
  }

  #start(at: number, prices: readonly MarketPrice[]): InstanceEngine {
    const { strategy, parameters, paper, capital, leverage, marginMode } = this.#request
    const { instruments } = this.source
    const context: StrategyContext = {
      at,
      instruments,
      prices,
      capital,
      leverage,
      marginMode,
      fees: instruments.map(() => ({ maker: paper.maker, taker: paper.taker })),
      positions: instruments.map(() => quantity(0)),
      initialPosition: this.#request.initialPosition,
    }
    const objections = strategy.check(parameters, context)
    if (objections.length > 0) throw new BacktestRefused(objections)
    return InstanceEngine.start(strategy, parameters, context)
  }

  /** Prices as they were heard last, in the order of the legs. */
  get prices(): readonly MarketPrice[] {
    return this.#legs.map(({ last }, index) => ({ last, mark: this.#marks[index] ?? last }))
  }

  /** Equity at all venues less what it should be by the books of the instance; anything but 0 is a bug. */
  get difference(): Money {
    const { paper, capital } = this.#request
    let equity = 0
    for (const account of new Set(this.#legs.map((leg) => leg.account)))
      equity += this.exchange.balance(account).equity
    const own = this.engine.ledger.equityAt(this.#marks)
    return money(equity - (paper.initialBalance - capital + own + this.insurance))
  }

  /** Goes on for about so many candles; returns false when the run is over. */
  run(candles: number): boolean {
    const until = this.counts.candles + candles
    while (this.end === null && this.counts.candles < until) this.#round()
    return this.end === null
  }

  #round(): void {
    let events = this.exchange.takeEvents()
    let market: readonly MarketEvent[] = []
    let { at } = this.exchange
    if (events.length === 0) {
      const step = this.exchange.advance(this.source.commonSpan.endAt)
      if (step === null) return this.#endOfData()
      at = step.at
      market = step.market
      events = this.exchange.takeEvents()
    }
    for (const { event } of events) this.#onAccountEvent(event)
    for (const event of market) this.#onMarketEvent(event)
    if (market.some(({ kind }) => kind === 'candle')) this.#notePoint(at)
    for (const leg of this.#legs) this.#applyTo(leg, false)
    this.#carryOut(at)
  }

  #endOfData(): void {
    for (const { instrument } of this.#legs)
      this.#hear(instrument, this.exchange.price(instrument.id))
    this.end = { at: this.exchange.at, kind: 'data', reason: 'the data ended' }
  }

  /** One point for all candles that close at a moment; close and position are those of the first leg. */
  #notePoint(at: number): void {
    const { ledger } = this.engine
    const last = this.#legs[0]?.last ?? 0
    this.equity.add(at, ledger.equityAt(this.#marks), last, ledger.position)
  }

  #legFor(event: VenueAccountEvent): Leg | undefined {
    if (event.kind === 'cash') return undefined
    if (event.kind === 'order') return this.#legs[legOfId(event.clientId)]
    const id = event.kind === 'fill' ? event.fill.instrument : event.instrument
    return this.#legs.find(({ instrument }) => instrument.id === id)
  }

  #onAccountEvent(event: VenueAccountEvent): void {
    if (event.kind === 'cash' && event.reason === 'insurance')
      this.insurance = money(this.insurance + event.amount)
    if (event.kind === 'order' && event.status === 'rejected') this.counts.ordersRejected += 1
    const leg = this.#legFor(event)
    if (leg === undefined) return
    const { latch } = leg.loop.risk
    const told = leg.loop.onVenueEvent(event, NO_ORIGIN)
    const code = leg.loop.risk.latch
    if (code !== null && code !== latch) this.breaches.push({ at: event.at, code })
    if (told !== null) this.#tell(leg, told)
  }

  #tell(leg: Leg, told: BotEvent): void {
    this.#seq += 1
    const seq = this.#seq
    leg.loop.handed(seq)
    const { at } = told.event
    if (told.kind === 'fill') {
      const fill: AttributedFill = { ...told.event.fill, origin: told.origin }
      if (told.event.isLiquidation) this.counts.liquidations += 1
      this.#collect(this.engine.on({ kind: 'fill', at, seq, fill }), at)
      this.fills.push({ fill, position: leg.loop.position })
      return
    }
    const { instrument, amount } = told.event
    this.counts.fundingPayments += 1
    this.#collect(this.engine.on({ kind: 'funding', at, seq, instrument, amount }), at)
  }

  #onMarketEvent(event: MarketEvent): void {
    const leg = this.#hear(event.instrument, event.price)
    const breach = leg?.loop.onPrice(event.at, event.price) ?? null
    if (breach !== null) this.breaches.push({ at: event.at, code: breach })
    if (event.kind === 'candle') this.counts.candles += 1
    this.#collect(this.engine.on(event), event.at)
  }

  #hear(instrument: Instrument | Instrument['id'], { last, mark }: MarketPrice): Leg | undefined {
    const id = typeof instrument === 'string' ? instrument : instrument.id
    const index = this.#legs.findIndex((leg) => leg.instrument.id === id)
    const leg = this.#legs[index]
    if (leg === undefined) return undefined
    leg.last = last
    this.#marks[index] = mark
    return leg
  }

  #collect({ changes, wakes, notes, finish }: EngineOutput, at: number): void {
    for (const change of changes) this.#route(change)
    if (wakes !== null) this.exchange.setWakes(this.#request.instance, wakes)
    for (const { level, text } of notes) this.notes.push({ at, level, text })
    this.#onFinish(finish, at)
  }

  /** Hands a change to the leg that it is about. */
  #route(change: WantChange): void {
    const leg = this.#concerned(change)
    if (leg === undefined) return
    if (change.kind === 'rest') this.#legOfSlot.set(change.want.slot, leg)
    leg.changes.push(change)
  }

  #concerned(change: WantChange): Leg | undefined {
    if (change.kind === 'drop') return this.#legOfSlot.get(change.slot)
    const id = change.kind === 'drop_target' ? change.instrument : change.want.instrument
    return this.#legs.find(({ instrument }) => instrument.id === id)
  }

  #applyTo({ loop, changes }: Leg, replace: boolean): void {
    loop.applyWants(this.engine.lastSeq, replace, changes)
    changes.length = 0
  }

  #onFinish(finish: Finish | null, at: number): void {
    if (finish === null || this.#finish !== null) return
    this.#finish = finish
    const { orders, positions, reason } = finish
    if (orders === 'keep' && positions === 'keep') this.end = { at, kind: 'finish', reason }
    else
      for (const { loop } of this.#legs)
        loop.setOverride(positions === 'close' ? 'flatten' : 'cancel')
  }

  #carryOut(at: number): void {
    for (const leg of this.#legs) this.#carryOutLeg(leg, at)
    const isOver = this.#finish !== null && this.#legs.every(({ loop }) => loop.isQuiet())
    if (isOver && this.end === null)
      this.end = { at, kind: 'finish', reason: this.#finish?.reason ?? '' }
  }

  #carryOutLeg({ loop, account, instrument, nextId }: Leg, at: number): void {
    while (loop.hasWork()) {
      const { cancels, places } = loop.plan(at, nextId, null)
      for (const clientId of cancels)
        loop.onCanceled(this.exchange.cancel(account, instrument.id, clientId))
      for (const { intent } of places) {
        this.counts.ordersPlaced += 1
        const outcome = this.exchange.place(account, intent.clientId, intent.request)
        if (outcome.kind === 'rejected') this.counts.ordersRejected += 1
        loop.onPlaced(outcome)
      }
    }
  }
}

function refused(code: string, text: string): BacktestRefused {
  const objection: Objection = { code, text, overrideKey: null }
  return new BacktestRefused([objection])
}
