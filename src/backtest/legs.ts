/**
 * A backtest of one instance on several instruments, maybe of several venues: the same parts as Backtest (run.ts) and the
 * same rounds, with one OrderLoop for each leg, one InstanceEngine, and one chronological stream of all candles, marks and
 * funding. Always stepped. Assumptions: docs/concepts/backtest.md, "Several legs".
 */

import { mayReduce } from '../domain/instance-mode.ts'
import { type Instrument, type InstrumentId, notionalOf } from '../domain/instrument.ts'
import { legName } from '../domain/leg-name.ts'
import type { MarketEvent, MarketPrice } from '../domain/market.ts'
import { type Money, money, type Price, quantity, ratio } from '../domain/money.ts'
import { type AttributedFill, signOf } from '../domain/order.ts'
import { initialMargin } from '../domain/position/margin.ts'
import { worthAt } from '../domain/settle-rate.ts'
import type { Finish, Objection, StrategyContext, WantChange } from '../domain/strategy.ts'
import { InstanceEngine } from '../engine/instance.ts'
import { LegsRisk } from '../engine/legs-risk.ts'
import type { BotEvent } from '../engine/order-loop-types.ts'
import type { EngineOutput } from '../engine/wants-recorder.ts'
import type { VenueAccountEvent } from '../ports/venue.ts'
import { ReplaySource } from '../simulation/replay-source.ts'
import { type NamedEvent, SimulatedExchange } from '../simulation/simulated-exchange.ts'
import { EquityCurve } from './equity-curve.ts'
import { countReasons } from './kept-back.ts'
import { accountOf, Leg, legOfId, slippageOfFill } from './leg.ts'
import { LegExposure } from './leg-exposure.ts'
import {
  type BookedLegFill,
  type BookedLegFunding,
  type LegsCounts,
  type LegsRequest,
  noCounts,
} from './legs-types.ts'
import { OpportunityBook } from './opportunity-book.ts'
import { type BacktestEnd, BacktestRefused } from './run-types.ts'

export type { LegRequest, LegsRequest } from './legs-types.ts'

/** No fill comes after its order was settled. */
const NO_ORIGIN = (): null => null

/** A run on several legs. */
export class LegsBacktest {
  readonly request: LegsRequest
  readonly source: ReplaySource
  readonly exchange: SimulatedExchange
  readonly engine: InstanceEngine
  readonly legs: readonly Leg[]
  readonly equity: EquityCurve
  readonly exposure: LegExposure
  readonly opportunities: OpportunityBook
  /** Of the instance, in the currency of the first leg. */
  readonly capital: Money
  readonly fills: BookedLegFill[] = []
  readonly funding: BookedLegFunding[] = []
  readonly notes: { readonly at: number; readonly level: string; readonly text: string }[] = []
  readonly breaches: { readonly at: number; readonly leg: string; readonly code: string }[] = []
  /** Orders that were wanted at the start and kept back, by reason; all legs. */
  readonly keptBackAtStart: Readonly<Record<string, number>>
  /** Cash that the exchange's insurance put in when a loss was larger than an account, by account. */
  readonly insurance = new Map<string, number>()
  end: BacktestEnd | null = null
  /** Which leg a slot belongs to: what is dropped is told by its name alone. */
  readonly #legOfSlot = new Map<string, Leg>()
  #finish: Finish | null = null
  readonly #risk: LegsRisk | null
  /** Of all legs. */
  #candles = 0

  /**
   * @throws BacktestRefused when the strategy objects, or does not trade so many instruments
   * @throws RangeError when the markets have no time in common
   */
  constructor(request: LegsRequest) {
    this.request = request
    const { window, legs, fillRule, candlePath = 'by_direction' } = request
    this.source = new ReplaySource(legs.map(({ market }) => ({ market, window })))
    const { startAt, endAt } = this.source.commonSpan
    if (startAt >= endAt || this.source.instruments.length < legs.length)
      throw new RangeError(
        'the markets of the legs have no time in common, or one is named twice: name each once, over the same window',
      )
    const rules = { fillRule, candlePath, tracksChanges: false }
    this.exchange = new SimulatedExchange({ source: this.source, startAt, endAt, ...rules })
    const { instruments } = this.source
    checkLegs(request, instruments)
    this.#openAccounts(instruments)
    this.legs = instruments.map((instrument, index) => this.#legOf(instrument, index, startAt))
    this.capital = money(
      legs.reduce((sum, { capital, settleRate }) => sum + worthAt(capital, settleRate), 0),
    )
    this.engine = this.#start(startAt)
    const { legsLimits = null, timeZone } = request
    this.#risk = legsLimits && new LegsRisk(legsLimits, timeZone, this.capital, null)
    this.equity = new EquityCurve(startAt, this.capital, this.legs[0]?.last ?? 0)
    this.exposure = new LegExposure(instruments, startAt)
    this.opportunities = new OpportunityBook(legs.length)
    this.#openLegs(startAt)
    this.keptBackAtStart = this.#keptBack()
  }

  /** Each leg's account has its own initial balance; legs of one account put theirs together. */
  #openAccounts(instruments: readonly Instrument[]): void {
    for (const [index, instrument] of instruments.entries()) {
      const own = this.request.legs[index]
      if (own === undefined) continue
      const { leverage, marginMode, paper } = own
      const account = accountOf(instrument)
      const name = legName(this.request.instance, index)
      this.exchange.openAccount(account)
      this.exchange.deposit(account, paper.initialBalance, `paper:${name}`)
      this.exchange.attach(account, name, instrument.id, { leverage, marginMode, paper })
    }
  }

  #legOf(instrument: Instrument, index: number, at: number): Leg {
    const own = this.request.legs[index]
    if (own === undefined) throw new RangeError(`leg ${index} is not asked for`)
    return new Leg(this.request, index, own, instrument, at, this.exchange.price(instrument.id))
  }

  #start(at: number): InstanceEngine {
    const { strategy, parameters, legs, initialPosition } = this.request
    const timeframes = new Set(legs.map(({ market }) => market.timeframeMs))
    const context: StrategyContext = {
      at,
      instruments: this.source.instruments,
      prices: this.legs.map((leg) => leg.told({ last: leg.last, mark: leg.mark }, at)),
      capital: this.capital,
      leverage: Math.min(...legs.map(({ leverage }) => leverage)),
      marginMode: legs[0]?.marginMode ?? 'cross',
      fees: legs.map(({ paper }) => ({ maker: paper.maker, taker: paper.taker })),
      positions: legs.map(() => quantity(0)),
      initialPosition,
      settleRates: legs.map(({ settleRate }) => settleRate),
      legCapitals: legs.map(({ capital }) => capital),
      legLeverages: legs.map(({ leverage }) => leverage),
      legUtilizations: legs.map(({ limits }) => ratio(limits.capitalUtilizationMax)),
      timeframeMs: timeframes.size === 1 ? (legs[0]?.market.timeframeMs ?? null) : null,
    }
    const objections = strategy.check(parameters, context)
    if (objections.length > 0) throw new BacktestRefused(objections)
    return InstanceEngine.start(strategy, parameters, context)
  }

  /** Every leg may take new risk until a limit is reached; the strategy hears it at the start, as in a bot. */
  #openLegs(at: number): void {
    const { changes, finish } = this.engine.wants()
    for (const change of changes) this.#route(change)
    this.#onFinish(finish, at)
    for (const leg of this.legs) this.#tellLeg(leg, at)
    for (const leg of this.legs) this.#applyTo(leg, true)
    this.#carryOut(at)
  }

  /** What may be done on a leg, when that has changed. */
  #tellLeg(leg: Leg, at: number): void {
    const { mode, latch } = leg.loop.risk
    if (leg.modeTold === mode) return
    leg.modeTold = mode
    const isOpen = mode === 'running'
    const reason = isOpen ? null : (latch ?? mode)
    const { id: instrument } = leg.instrument
    const canReduce = mayReduce(mode)
    const word = { kind: 'leg', at, instrument, isOpen, canReduce, reason, mode } as const
    this.#collect(this.engine.on(word), at)
  }

  /** The limits on the sum of all legs; what they breach holds on every leg. */
  #judge(at: number, equity: Money): void {
    const code = this.#risk?.onEquity(at, equity) ?? null
    if (this.#risk === null || code === null) return
    for (const { loop } of this.legs) {
      loop.risk.breach(code, this.#risk.limits.onBreach)
      loop.lookAgain()
    }
    this.breaches.push({ at, leg: this.request.instance, code })
  }

  #keptBack(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const { loop } of this.legs)
      for (const [reason, count] of Object.entries(countReasons(loop.reasons())))
        counts[reason] = (counts[reason] ?? 0) + count
    return counts
  }

  /** Orders that are wanted now and kept back, by reason; all legs. */
  get keptBack(): Readonly<Record<string, number>> {
    return this.#keptBack()
  }

  /** Prices as they were heard last, in the order of the legs. */
  get prices(): readonly MarketPrice[] {
    return this.legs.map(({ last, mark }) => ({ last, mark }))
  }

  get #marks(): readonly Price[] {
    return this.legs.map(({ mark }) => mark)
  }

  /** Of all legs. */
  get counts(): LegsCounts {
    const sum = noCounts()
    for (const { counts } of this.legs)
      for (const key of Object.keys(sum) as (keyof LegsCounts)[]) sum[key] += counts[key]
    return sum
  }

  /** Equity of an account at its venue less what it should be by the books of its legs; anything but 0 is a bug. */
  differenceOf(account: string): Money {
    let expected = this.insurance.get(account) ?? 0
    for (const leg of this.legs) {
      if (leg.account !== account) continue
      const { mark } = this.exchange.price(leg.instrument.id)
      expected += leg.request.paper.initialBalance + leg.profit(this.engine.ledger, mark)
    }
    return money(this.exchange.balance(account).equity - expected)
  }

  /** The same over all accounts, as a sum of sizes. */
  get difference(): Money {
    const accounts = new Set(this.legs.map(({ account }) => account))
    return money([...accounts].reduce((sum, one) => sum + Math.abs(this.differenceOf(one)), 0))
  }

  /** Goes on for about so many candles of all legs together; returns false when the run is over. */
  run(candles: number): boolean {
    const until = this.#candles + candles
    while (this.end === null && this.#candles < until) this.#round()
    if (this.end !== null) this.#closeCurve(this.end.at)
    return this.end === null
  }

  /** What came after the last candle (a closing fill, funding) belongs to the curve as well. */
  #closeCurve(at: number): void {
    const equity = this.engine.ledger.equityAt(this.#marks)
    if (equity !== this.equity.lastEquity) this.#addPoint(at, equity)
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
    for (const event of events) this.#onAccountEvent(event)
    if (events.length > 0) this.#watchPositions(at)
    // All prices of a moment are known before the strategy hears the first of them.
    for (const event of market) this.#hear(event)
    for (const event of market) this.#onMarketEvent(event)
    if (market.some(({ kind }) => kind === 'candle')) {
      const equity = this.engine.ledger.equityAt(this.#marks)
      this.#addPoint(at, equity)
      this.#judge(at, equity)
    }
    for (const leg of this.legs) this.#tellLeg(leg, at)
    for (const leg of this.legs) this.#applyTo(leg, false)
    this.#carryOut(at)
  }

  #watchPositions(at: number): void {
    for (const { account, instrument, watch } of this.legs) {
      const terms = this.exchange.marginTerms(account, instrument.id)
      if (terms !== null) watch.change(at, terms)
    }
  }

  #endOfData(): void {
    for (const leg of this.legs) {
      const { last, mark } = this.exchange.price(leg.instrument.id)
      leg.last = last
      leg.mark = mark
    }
    this.end = { at: this.exchange.at, kind: 'data', reason: 'the data ended' }
  }

  /** One point for all candles that close at a moment; close and position are those of the first leg. */
  #addPoint(at: number, equity: number): void {
    for (const leg of this.legs) this.exposure.mark(at, leg.index, this.#marginOf(leg))
    this.equity.add(at, equity, this.legs[0]?.last ?? 0, this.engine.ledger.position)
  }

  #legFor(event: VenueAccountEvent): Leg | undefined {
    if (event.kind === 'cash') return undefined
    if (event.kind === 'order') return this.legs[legOfId(event.clientId)]
    return this.#legOn(event.kind === 'fill' ? event.fill.instrument : event.instrument)
  }

  #legOn(id: InstrumentId): Leg | undefined {
    return this.legs.find(({ instrument }) => instrument.id === id)
  }

  #onAccountEvent({ account, event }: NamedEvent): void {
    if (event.kind === 'cash' && event.reason === 'insurance')
      this.insurance.set(account, (this.insurance.get(account) ?? 0) + event.amount)
    const leg = this.#legFor(event)
    if (leg === undefined) return
    if (event.kind === 'order' && event.status === 'rejected') leg.rejected(event.reason)
    const { latch } = leg.loop.risk
    const told = leg.loop.onVenueEvent(event, NO_ORIGIN)
    const code = leg.loop.risk.latch
    if (code !== null && code !== latch) this.breaches.push({ at: event.at, leg: leg.name, code })
    if (told !== null) this.#tell(leg, told)
  }

  #tell(leg: Leg, told: BotEvent): void {
    leg.seq += 1
    leg.loop.handed(leg.seq)
    if (told.kind === 'fill') this.#tellFill(leg, told)
    else this.#tellFunding(leg, told)
  }

  #tellFill(leg: Leg, { event, origin }: Extract<BotEvent, { kind: 'fill' }>): void {
    const { at, isLiquidation } = event
    const { counts, index, seq } = leg
    const fill: AttributedFill = { ...event.fill, origin }
    counts.fills += 1
    if (fill.isMaker) counts.makerFills += 1
    if (isLiquidation) {
      counts.liquidations += 1
      leg.firstLiquidationAt ??= at
      leg.watch.liquidated()
    }
    this.#collect(this.engine.on({ kind: 'fill', at, seq, fill }), at)
    const { position } = this.engine.ledger.holding(index)
    const decidedAt = leg.decisionOf(fill.clientId) ?? fill.price
    const booked = { leg: index, fill, position, decidedAt, isLiquidation }
    this.fills.push(booked)
    this.exposure.change(at, index, position, this.#marginOf(leg))
    this.opportunities.fill({
      at,
      leg: index,
      isBuy: fill.side === 'buy',
      cash: money(-signOf(fill.side) * notionalOf(leg.instrument, fill.price, fill.quantity)),
      fee: fill.fee,
      slippage: slippageOfFill(leg, booked),
      isFlat: this.legs.every((one) => this.engine.ledger.holding(one.index).position === 0),
      marginTime: this.exposure.until(at).marginTime,
    })
  }

  /** Initial margin of what a leg holds at mark, in the currency of the first leg. */
  #marginOf({ index, instrument, mark, request }: Leg): Money {
    const { position } = this.engine.ledger.holding(index)
    if (position === 0) return money(0)
    const value = notionalOf(instrument, mark, quantity(Math.abs(position)))
    return worthAt(initialMargin(value, request.leverage), request.settleRate)
  }

  #tellFunding(leg: Leg, { event }: Extract<BotEvent, { kind: 'funding' }>): void {
    const { at, instrument, amount, rate, position } = event
    leg.counts.fundingPayments += 1
    leg.facts.settle(at)
    this.funding.push({ leg: leg.index, at, amount, rate, position })
    this.opportunities.fund(leg.index, amount)
    this.#collect(this.engine.on({ kind: 'funding', at, seq: leg.seq, instrument, amount }), at)
  }

  #hear({ instrument, price }: MarketEvent): void {
    const leg = this.#legOn(instrument)
    if (leg === undefined) return
    leg.last = price.last
    leg.mark = price.mark
  }

  #onMarketEvent(event: MarketEvent): void {
    const leg = this.#legOn(event.instrument)
    if (leg === undefined) return
    const breach = leg.loop.onPrice(event.at, event.price)
    if (breach !== null) this.breaches.push({ at: event.at, leg: leg.name, code: breach })
    if (event.kind === 'candle') {
      this.#candles += 1
      leg.counts.candles += 1
      leg.watch.see(event.price.mark)
    }
    this.#collect(this.engine.on({ ...event, price: leg.told(event.price, event.at) }), event.at)
  }

  /** Wakes are not set: within a candle the paths of two venues are made up apart from each other (backtest.md). */
  #collect({ changes, notes, finish }: EngineOutput, at: number): void {
    for (const change of changes) this.#route(change)
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
    return this.#legOn(change.kind === 'drop_target' ? change.instrument : change.want.instrument)
  }

  #applyTo({ loop, changes, index }: Leg, replace: boolean): void {
    loop.applyWants(this.engine.lastSeqOf(index), replace, changes)
    changes.length = 0
  }

  #onFinish(finish: Finish | null, at: number): void {
    if (finish === null || this.#finish !== null) return
    this.#finish = finish
    const { orders, positions, reason } = finish
    if (orders === 'keep' && positions === 'keep') this.end = { at, kind: 'finish', reason }
    else
      for (const { loop } of this.legs)
        loop.setOverride(positions === 'close' ? 'flatten' : 'cancel')
  }

  #carryOut(at: number): void {
    for (const leg of this.legs) this.#carryOutLeg(leg, at)
    const isOver = this.#finish !== null && this.legs.every(({ loop }) => loop.isQuiet())
    if (isOver && this.end === null)
      this.end = { at, kind: 'finish', reason: this.#finish?.reason ?? '' }
  }

  #carryOutLeg(leg: Leg, at: number): void {
    const { loop, account, instrument } = leg
    while (loop.hasWork()) {
      const { cancels, places } = loop.plan(at, leg.nextId, null)
      for (const clientId of cancels)
        loop.onCanceled(this.exchange.cancel(account, instrument.id, clientId))
      for (const { intent } of places) {
        leg.counts.ordersPlaced += 1
        leg.decided(intent.clientId)
        const outcome = this.exchange.place(account, intent.clientId, intent.request)
        if (outcome.kind === 'rejected') leg.rejected(outcome.reason)
        loop.onPlaced(outcome)
      }
    }
  }
}

/** @throws BacktestRefused */
function checkLegs(request: LegsRequest, instruments: readonly Instrument[]): void {
  const { strategy, parameters, legs } = request
  const { instrumentsMin: least, instrumentsMax: most } = strategy.inputs(parameters)
  const count = instruments.length
  const objections: Objection[] = []
  const object = (code: string, text: string) => objections.push({ code, text, overrideKey: null })
  if (count < least || count > most)
    object('legs', `${strategy.id} trades ${least} to ${most} instruments, found ${count}.`)
  for (const [index, { symbol, marginTiers }] of instruments.entries()) {
    const leverage = legs[index]?.leverage ?? 1
    const leverageMax = marginTiers[0]?.leverageMax ?? 1
    if (leverage > leverageMax)
      object(
        'leverage',
        `leverage ${leverage} of leg ${index + 1} is more than ${leverageMax}, the most on ${symbol} here: lower it.`,
      )
  }
  if (objections.length > 0) throw new BacktestRefused(objections)
}
