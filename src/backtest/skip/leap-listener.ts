/** Lets the figures and lists of a run hear of a leap, event by event. */
import type { Instrument } from '../../domain/instrument.ts'
import { type Money, money, quantity } from '../../domain/money.ts'
import type { AttributedFill } from '../../domain/order.ts'
import type { TradeRecorder } from '../../domain/statistic/trade-recorder.ts'
import type { EquityCurve } from '../equity-curve.ts'
import type { PositionWatch } from '../position-watch.ts'
import type { BacktestRequest, BookedFill, BookedFunding } from '../run-types.ts'
import type { Books, LeapLog, Listener } from './chronicle.ts'
import { spreadOfMarks } from './market-index.ts'

/** Who is told. */
export interface LeapHearers {
  readonly request: BacktestRequest
  readonly instrument: Instrument
  readonly log: LeapLog
  readonly trades: TradeRecorder
  readonly positionWatch: PositionWatch
  /** Lists that are kept; null = only figures are. */
  readonly keeps: {
    readonly fills: BookedFill[]
    readonly funding: BookedFunding[]
    readonly equity: EquityCurve
  } | null
}

export class LeapListener implements Listener {
  readonly #hearers: LeapHearers

  constructor(hearers: LeapHearers) {
    this.#hearers = hearers
  }

  fill(fill: AttributedFill, lots: number, books: Books): void {
    const { trades, keeps } = this.#hearers
    trades.take(fill)
    this.#watch(fill.at, lots, books)
    keeps?.fills.push({ fill, position: quantity(lots) })
  }

  payment(at: number, amount: Money, lots: number, books: Books): void {
    this.#watch(at, lots, books)
    this.#hearers.keeps?.funding.push({ at, amount, position: lots })
  }

  closes(from: number, to: number, lots: number, books: Books): void {
    const { positionWatch, log } = this.#hearers
    if (lots !== 0) {
      const { low, high } = spreadOfMarks(log.index, from, to)
      positionWatch.see(low)
      positionWatch.see(high)
    }
    this.#keepPoints(from, to, lots, books)
  }

  #watch(at: number, lots: number, books: Books): void {
    const { positionWatch, instrument, request } = this.#hearers
    const { initialBalance, taker } = request.paper
    const { cost, margin, realised, fees, funding } = books
    const isCross = request.marginMode === 'cross'
    positionWatch.change(at, {
      instrument,
      position: { quantity: quantity(lots), cost: money(cost) },
      margin: isCross ? initialBalance + realised - fees + funding : margin,
      closingFee: taker,
    })
  }

  #keepPoints(from: number, to: number, lots: number, books: Books): void {
    const { keeps, log, request, instrument } = this.#hearers
    if (keeps === null) return
    const { index, timeframeMs } = log
    const wealth = request.capital + books.cash + books.funding - books.fees
    const unit = lots * instrument.moneyPerUnit
    for (let i = from; i < to; i += 1) {
      const at = (index.openAt[i] as number) + timeframeMs
      const equity = wealth + unit * (index.mark[i] as number)
      keeps.equity.add(at, equity, index.close[i] as number, lots)
    }
  }
}
