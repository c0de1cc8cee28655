/**
 * A backtest: one instance on one recorded market, by the same three parts that run live: SimulatedExchange,
 * InstanceEngine and OrderLoop. The rounds are those of a lockstep replay, so both give the same fills to the last unit.
 * Every assumption stands in docs/concepts/backtest.md.
 */
import type { RecordedMarket, Window } from '../domain/history.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { MarketEvent, MarketPrice } from '../domain/market.ts'
import { type Money, money, quantity } from '../domain/money.ts'
import type { AttributedFill, ClientOrderId, Origin } from '../domain/order.ts'
import type { PaperTerms } from '../domain/paper-terms.ts'
import type { RiskLimits } from '../domain/risk.ts'
import type { Finish, Objection, StrategyContext, WantChange } from '../domain/strategy.ts'
import { type AnyStrategy, InstanceEngine } from '../engine/instance.ts'
import { OrderLoop } from '../engine/order-loop.ts'
import type { BotEvent } from '../engine/order-loop-types.ts'
import type { EngineOutput } from '../engine/wants-recorder.ts'
import type { VenueAccountEvent } from '../ports/venue.ts'
import { ReplaySource } from '../simulation/replay-source.ts'
import { SimulatedExchange } from '../simulation/simulated-exchange.ts'
import { EquityCurve } from './equity-curve.ts'
import { TimeInRange } from './grid-figures.ts'

/** One instance and what it runs on; everything is checked already. */
export interface BacktestRequest {
  readonly instance: string
  readonly strategy: AnyStrategy
  readonly parameters: unknown
  readonly market: RecordedMarket
  readonly window: Window
  readonly fillRule: 'through' | 'touch'
  readonly capital: Money
  readonly leverage: number
  readonly marginMode: 'isolated' | 'cross'
  readonly initialPosition: 'open' | 'adopt' | 'none'
  readonly limits: RiskLimits
  readonly timeZone: string
  readonly paper: PaperTerms
}

/** The strategy objects to its parameters in this market; nothing was run. */
export class BacktestRefused extends Error {
  override readonly name = 'BacktestRefused'
  readonly objections: readonly Objection[]
  constructor(objections: readonly Objection[]) {
    super(objections.map(({ text }) => text).join(' '))
    this.objections = objections
  }
}

export interface BacktestCounts {
  candles: number
  rounds: number
  ordersPlaced: number
  ordersCanceled: number
  ordersRejected: number
  fundingPayments: number
  liquidations: number
}

/** Why and when the run was over. `data`: the window ended. */
export interface BacktestEnd {
  readonly at: number
  readonly kind: 'data' | 'finish'
  readonly reason: string
}

export interface BookedFill {
  readonly fill: AttributedFill
  /** Signed lots held after it. */
  readonly position: number
}

export interface BookedFunding {
  readonly at: number
  readonly amount: Money
  readonly position: number
}

const ACCOUNT = 'backtest'

/** The exchange refuses to attach an instance above the leverage of its first tier; so does a backtest. */
function leverageObjections(instrument: Instrument, leverage: number): readonly Objection[] {
  const leverageMax = instrument.marginTiers[0]?.leverageMax ?? 1
  if (leverage <= leverageMax) return []
  const text = `leverage ${leverage} is more than ${leverageMax}, the most on ${instrument.symbol} here: lower exchange_config.leverage.`
  return [{ code: 'leverage', text, overrideKey: null }]
}

export class Backtest {
  readonly account = ACCOUNT
  readonly source: ReplaySource
  readonly instrument: Instrument
  readonly engine: InstanceEngine
  readonly loop: OrderLoop
  readonly exchange: SimulatedExchange
  readonly equity: EquityCurve
  readonly timeInRange: TimeInRange
  readonly fills: BookedFill[] = []
  readonly funding: BookedFunding[] = []
  readonly notes: { readonly at: number; readonly level: string; readonly text: string }[] = []
  /** Orders that the exchange refused, by its reason. */
  readonly rejections = new Map<string, number>()
  readonly breaches: { readonly at: number; readonly code: string }[] = []
  readonly counts: BacktestCounts = {
    candles: 0,
    rounds: 0,
    ordersPlaced: 0,
    ordersCanceled: 0,
    ordersRejected: 0,
    fundingPayments: 0,
    liquidations: 0,
  }
  readonly request: BacktestRequest
  readonly #origins = new Map<ClientOrderId, Origin>()
  /** Cash that the exchange's insurance put in when a loss was larger than the account. */
  insurance: Money = money(0)
  end: BacktestEnd | null = null
  #seq = 0
  #lastId = 0
  #finish: Finish | null = null
  #price: MarketPrice

  /**
   * @throws BacktestRefused when the strategy objects
   * @throws RangeError when the window holds no candle
   */
  constructor(request: BacktestRequest) {
    this.request = request
    this.source = new ReplaySource([{ market: request.market, window: request.window }])
    this.instrument = this.source.instruments[0] ?? request.market.instrument
    const { startAt, endAt } = this.source
    const { fillRule, instance, paper, leverage, marginMode } = request
    this.exchange = new SimulatedExchange({ source: this.source, startAt, endAt, fillRule })
    this.exchange.openAccount(ACCOUNT)
    this.exchange.deposit(ACCOUNT, paper.initialBalance, `paper:${instance}`)
    const terms = { leverage, marginMode, paper }
    this.exchange.attach(ACCOUNT, instance, this.instrument.id, terms)
    this.#price = this.exchange.price(this.instrument.id)
    this.loop = new OrderLoop({ ...request, instrument: this.instrument }, startAt, this.#price)
    this.loop.onPrice(startAt, this.#price)
    this.engine = this.#start(startAt)
    this.equity = new EquityCurve(startAt, request.capital, this.#price.last)
    this.timeInRange = new TimeInRange(this.engine.stored().state)
    const { changes, wakes, finish } = this.engine.wants()
    this.loop.applyWants(this.engine.lastSeq, true, changes)
    this.exchange.setWakes(instance, wakes)
    this.#onFinish(finish, startAt)
    this.#carryOut(startAt)
  }

  #start(at: number): InstanceEngine {
    const { request, instrument } = this
    const { paper, capital, leverage, marginMode, initialPosition } = request
    const context: StrategyContext = {
      at,
      instruments: [instrument],
      prices: [this.#price],
      capital,
      leverage,
      marginMode,
      fees: [{ maker: paper.maker, taker: paper.taker }],
      positions: [quantity(0)],
      initialPosition,
    }
    const objections = [
      ...leverageObjections(instrument, leverage),
      ...request.strategy.check(request.parameters, context),
    ]
    if (objections.length > 0) throw new BacktestRefused(objections)
    return InstanceEngine.start(request.strategy, request.parameters, context)
  }

  get price(): MarketPrice {
    return this.#price
  }

  /** Goes on for about so many candles; returns false when the run is over. */
  run(candles: number): boolean {
    const until = this.counts.candles + candles
    while (this.end === null && this.counts.candles < until) this.#round()
    return this.end === null
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
    this.counts.rounds += 1
    const changes: WantChange[] = []
    for (const { event } of events) this.#onAccountEvent(event, changes)
    for (const event of market) this.#onMarketEvent(event, changes)
    this.loop.applyWants(this.engine.lastSeq, false, changes)
    this.#carryOut(at)
  }

  #endOfData(): void {
    this.#price = this.exchange.price(this.instrument.id)
    this.end = { at: this.exchange.at, kind: 'data', reason: 'the data ended' }
  }

  #onAccountEvent(event: VenueAccountEvent, changes: WantChange[]): void {
    if (event.kind === 'cash' && event.reason === 'insurance') {
      this.insurance = money(this.insurance + event.amount)
    }
    if (event.kind === 'order' && event.status === 'rejected') this.#onRejected(event.reason)
    const { latch } = this.loop.risk
    const told = this.loop.onVenueEvent(event, (id) => this.#origins.get(id) ?? null)
    const code = this.loop.risk.latch
    if (code !== null && code !== latch) this.breaches.push({ at: event.at, code })
    if (told !== null) this.#tell(told, changes)
  }

  #onRejected(reason: string | null): void {
    const name = reason ?? 'no reason given'
    this.counts.ordersRejected += 1
    this.rejections.set(name, (this.rejections.get(name) ?? 0) + 1)
  }

  #tell(told: BotEvent, changes: WantChange[]): void {
    this.#seq += 1
    const seq = this.#seq
    this.loop.handed(seq)
    const { at } = told.event
    if (told.kind === 'fill') {
      const fill: AttributedFill = { ...told.event.fill, origin: told.origin }
      if (told.event.isLiquidation) this.counts.liquidations += 1
      this.#collect(this.engine.on({ kind: 'fill', at, seq, fill }), at, changes)
      this.fills.push({ fill, position: this.engine.ledger.position })
      return
    }
    const { instrument, amount, position } = told.event
    this.counts.fundingPayments += 1
    this.funding.push({ at, amount, position })
    this.#collect(this.engine.on({ kind: 'funding', at, seq, instrument, amount }), at, changes)
  }

  #onMarketEvent(event: MarketEvent, changes: WantChange[]): void {
    this.#price = event.price
    const breach = this.loop.onPrice(event.at, event.price)
    if (breach !== null) this.breaches.push({ at: event.at, code: breach })
    this.#collect(this.engine.on(event), event.at, changes)
    if (event.kind !== 'candle') return
    this.counts.candles += 1
    this.timeInRange.add(event.candle.close)
    const { ledger } = this.engine
    this.equity.add({
      at: event.at,
      equity: ledger.equity([event.price]),
      close: event.candle.close,
      position: ledger.position,
    })
  }

  #collect(output: EngineOutput, at: number, changes: WantChange[]): void {
    for (const change of output.changes) changes.push(change)
    if (output.wakes !== null) this.exchange.setWakes(this.request.instance, output.wakes)
    for (const { level, text } of output.notes) this.notes.push({ at, level, text })
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
      const { cancels, places } = this.loop.plan(at, () => this.#nextId(), null)
      for (const clientId of cancels) {
        this.counts.ordersCanceled += 1
        this.loop.onCanceled(this.exchange.cancel(ACCOUNT, this.instrument.id, clientId))
      }
      for (const { intent } of places) {
        this.counts.ordersPlaced += 1
        this.#origins.set(intent.clientId, intent.origin)
        const outcome = this.exchange.place(ACCOUNT, intent.clientId, intent.request)
        if (outcome.kind === 'rejected') this.#onRejected(outcome.reason)
        this.loop.onPlaced(outcome)
      }
    }
    if (this.#finish !== null && this.end === null && this.loop.isQuiet()) {
      this.end = { at, kind: 'finish', reason: this.#finish.reason }
    }
  }

  #nextId(): ClientOrderId {
    this.#lastId += 1
    return `pf1b${this.#lastId}` as ClientOrderId
  }
}
