/** What a backtest is asked for and what it tells, without the run itself. */
import type { RecordedMarket, Window } from '../domain/history.ts'
import type { Money } from '../domain/money.ts'
import type { AttributedFill } from '../domain/order.ts'
import type { PaperTerms } from '../domain/paper-terms.ts'
import type { RiskLimits } from '../domain/risk.ts'
import type { Objection } from '../domain/strategy.ts'
import type { AnyStrategy } from '../engine/instance.ts'
import type { CandlePath } from '../simulation/simulated-exchange.ts'

/** One instance and what it runs on; everything is checked already. */
export interface BacktestRequest {
  readonly instance: string
  readonly strategy: AnyStrategy
  readonly parameters: unknown
  readonly market: RecordedMarket
  readonly window: Window
  readonly fillRule: 'through' | 'touch'
  /** Which extreme of a candle comes first; absent = by_direction. */
  readonly candlePath?: CandlePath
  readonly capital: Money
  readonly leverage: number
  readonly marginMode: 'isolated' | 'cross'
  readonly initialPosition: 'open' | 'adopt' | 'none'
  readonly limits: RiskLimits
  readonly timeZone: string
  readonly paper: PaperTerms
  /** Which engine runs; absent = auto, the skipping one where it is exact. */
  readonly engine?: 'auto' | 'stepping' | 'skipping'
  /** `figures`: no equity points, fills and funding payments are kept, the statistics are the same. Absent = full. */
  readonly detail?: 'full' | 'figures'
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
  fills: number
  makerFills: number
}

/** Which engine ran, and why that one. */
export interface EngineRan {
  readonly name: 'stepping' | 'skipping'
  readonly reason: string
}

/** Why and when the run was over. `data`: the window ended. */
export interface BacktestEnd {
  readonly at: number
  readonly kind: 'data' | 'finish'
  readonly reason: string
}

/** Sums of a run, money. */
export interface RunTotals {
  readonly fills: number
  /** Minus the signed value of all fills. */
  readonly cash: number
  readonly fees: number
  readonly funding: number
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
