/** What is written down of a run while it goes on: counts, lists, round trips, the curve of equity, what was refused. */
import type { Instrument } from '../domain/instrument.ts'
import { type Money, money, type Price } from '../domain/money.ts'
import type { AttributedFill } from '../domain/order.ts'
import { TradeRecorder } from '../domain/statistic/trade-recorder.ts'
import type { Json } from '../domain/strategy.ts'
import type { EngineOutput } from '../engine/wants-recorder.ts'
import type { CandleEvent } from '../simulation/simulated-exchange.ts'
import { EquityCurve } from './equity-curve.ts'
import { TimeInRange } from './grid-figures.ts'
import { PositionWatch } from './position-watch.ts'
import type { BacktestCounts, BacktestRequest, BookedFill, BookedFunding } from './run-types.ts'
import { tellLeap } from './skip/chronicle.ts'
import { LeapListener } from './skip/leap-listener.ts'
import { closesWithin, type Leap, type SettledLeap } from './skip/skipper.ts'

/** Where a run begins. */
export interface RunStart {
  readonly at: number
  readonly last: Price
  /** The living state of the strategy. */
  readonly state: Json
}

export class RunRecord {
  readonly #request: BacktestRequest
  readonly #instrument: Instrument
  readonly counts: BacktestCounts = {
    candles: 0,
    rounds: 0,
    ordersPlaced: 0,
    ordersCanceled: 0,
    ordersRejected: 0,
    fundingPayments: 0,
    liquidations: 0,
    fills: 0,
    makerFills: 0,
  }
  /** Whether lists are kept; the request may ask for figures alone. */
  readonly keepsLists: boolean
  readonly fills: BookedFill[] = []
  readonly funding: BookedFunding[] = []
  readonly equity: EquityCurve
  readonly timeInRange: TimeInRange
  readonly positionWatch: PositionWatch
  readonly trades: TradeRecorder
  readonly notes: { readonly at: number; readonly level: string; readonly text: string }[] = []
  /** Orders that the exchange refused, by its reason. */
  readonly rejections = new Map<string, number>()
  readonly breaches: { readonly at: number; readonly code: string }[] = []
  /** Market time of the first liquidation. */
  firstLiquidationAt: number | null = null
  /** Cash that the exchange's insurance put in when a loss was larger than the account. */
  insurance: Money = money(0)

  constructor(request: BacktestRequest, instrument: Instrument, { at, last, state }: RunStart) {
    this.#request = request
    this.#instrument = instrument
    this.keepsLists = request.detail !== 'figures'
    this.equity = new EquityCurve(at, request.capital, last, this.keepsLists)
    this.positionWatch = new PositionWatch(at)
    this.trades = new TradeRecorder(instrument, this.keepsLists)
    this.timeInRange = new TimeInRange(state)
  }

  rejected(reason: string | null): void {
    const name = reason ?? 'no reason given'
    this.counts.ordersRejected += 1
    this.rejections.set(name, (this.rejections.get(name) ?? 0) + 1)
  }

  insured(amount: Money): void {
    this.insurance = money(this.insurance + amount)
  }

  noted(notes: EngineOutput['notes'], at: number): void {
    for (const { level, text } of notes) this.notes.push({ at, level, text })
  }

  filled(fill: AttributedFill, isLiquidation: boolean): void {
    this.counts.fills += 1
    if (fill.isMaker) this.counts.makerFills += 1
    this.trades.take(fill)
    if (!isLiquidation) return
    this.counts.liquidations += 1
    this.firstLiquidationAt ??= fill.at
    this.positionWatch.liquidated()
  }

  /** @param position signed lots that the instance holds after the fill */
  booked(fill: AttributedFill, position: number): void {
    if (this.keepsLists) this.fills.push({ fill, position })
  }

  paid(payment: BookedFunding): void {
    this.counts.fundingPayments += 1
    if (this.keepsLists) this.funding.push(payment)
  }

  /** A candle has closed. @param equity of the instance at its mark */
  closed({ at, candle, price }: CandleEvent, equity: number, position: number): void {
    this.counts.candles += 1
    this.timeInRange.add(candle.close)
    this.equity.add(at, equity, candle.close, position)
    this.positionWatch.see(price.mark)
  }

  /** Counts what a leap has passed before its books are settled. */
  leapt({ log, candles, placed }: Leap): void {
    const { counts } = this
    const fills = log.log.length
    // The first round of a run is that of the deposit.
    counts.rounds += candles + (placed > 0 ? 1 : 0)
    counts.candles += candles
    counts.ordersPlaced += placed + fills
    counts.fills += fills
    counts.makerFills += fills
  }

  /** Counts what the books of a leap have come to. */
  settled({ books }: SettledLeap): void {
    this.counts.rounds += books.rounds
    this.counts.fundingPayments += books.payments
  }

  /** Hears of a leap event by event. */
  hear({ log }: Leap, { before }: SettledLeap): void {
    this.timeInRange.leap(closesWithin(log), log.to - log.from)
    const { trades, positionWatch } = this
    const parts = { request: this.#request, instrument: this.#instrument, log }
    const keeps = this.keepsLists ? this : null
    tellLeap(log, before, new LeapListener({ ...parts, trades, positionWatch, keeps }))
  }
}
