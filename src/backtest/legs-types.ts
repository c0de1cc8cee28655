/** What a backtest on several legs is asked for and what it counts, without the run itself. */
import type { RecordedMarket } from '../domain/history.ts'
import type { Money, Price, Ratio } from '../domain/money.ts'
import type { AttributedFill } from '../domain/order.ts'
import type { PaperTerms } from '../domain/paper-terms.ts'
import type { RiskLimits } from '../domain/risk.ts'
import type { BacktestRequest } from './run-types.ts'

/** One contract of the instance; amounts in its own settlement currency. */
export interface LegRequest {
  readonly market: RecordedMarket
  /** Of this leg; the instance's is the sum of all, each at its settle rate. */
  readonly capital: Money
  readonly leverage: number
  readonly marginMode: 'isolated' | 'cross'
  /** Fees, slippage and latency of this venue; the initial balance of this leg's account. */
  readonly paper: PaperTerms
  /** On this leg alone; what holds for the sum stands in LegsRequest. */
  readonly limits: RiskLimits
  /** Worth of one unit of its settlement currency in that of the first leg, 1e-8; the first leg's is at par. */
  readonly settleRate: Ratio
  /** Set whose candles stand in for those of this leg, of which none are recorded; absent or null = its own. */
  readonly pricesFrom?: string | null
}

/** As for one market; everything is checked already. */
export interface LegsRequest
  extends Omit<
    BacktestRequest,
    'market' | 'engine' | 'detail' | 'capital' | 'leverage' | 'marginMode' | 'limits' | 'paper'
  > {
  /** In the order of the strategy's legs, each instrument once. */
  readonly legs: readonly LegRequest[]
  /** On the sum of all legs, against the capital of the instance; absent or null = none. */
  readonly legsLimits?: Pick<RiskLimits, 'dailyLossMax' | 'drawdownMax' | 'onBreach'> | null
}

/** Of one leg, or of all. */
export interface LegsCounts {
  candles: number
  ordersPlaced: number
  ordersRejected: number
  fills: number
  makerFills: number
  fundingPayments: number
  liquidations: number
}

export const noCounts = (): LegsCounts => ({
  candles: 0,
  ordersPlaced: 0,
  ordersRejected: 0,
  fills: 0,
  makerFills: 0,
  fundingPayments: 0,
  liquidations: 0,
})

export interface BookedLegFill {
  /** Index of the leg. */
  readonly leg: number
  readonly fill: AttributedFill
  /** Signed lots of the leg held after it. */
  readonly position: number
  /** Last price of the leg when its order was sent; that of the fill for what nobody ordered (a liquidation). */
  readonly decidedAt: Price
  readonly isLiquidation: boolean
}

export interface BookedLegFunding {
  readonly leg: number
  readonly at: number
  /** Settlement money of the leg; positive = received. */
  readonly amount: Money
  readonly rate: Ratio
  readonly position: number
}
