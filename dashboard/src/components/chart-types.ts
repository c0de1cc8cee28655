import type { CandleRow, EquityPoint } from '../../../src/protocol/api-messages.ts'

/** A horizontal line at a price. */
export interface PriceLine {
  /** Unique in the chart. */
  readonly id: string
  /** Decimal text. */
  readonly price: string
  /** On the price scale; empty = none. */
  readonly label?: string
  readonly tone: 'good' | 'bad' | 'warn' | 'accent' | 'quiet'
  readonly style?: 'solid' | 'dashed' | 'dotted'
  /** Its price stands on the scale too. */
  readonly onScale?: boolean
  /** One of many: it stays in the background. */
  readonly soft?: boolean
  /** False: `fitLines` does not reach for it. */
  readonly fits?: boolean
}

/** Something that happened at a time: a fill. */
export interface ChartMarker {
  readonly id: string
  /** ISO 8601, market time. */
  readonly at: string
  readonly side: 'buy' | 'sell'
  /** Decimal text: an arrow at this price; absent: beside the candle. */
  readonly price?: string
  readonly text?: string
}

export interface CandleChartProps {
  /** Oldest first; times differ. */
  readonly candles: readonly CandleRow[]
  readonly lines?: readonly PriceLine[]
  /** The price scale reaches to every line; else to the candles in view. */
  readonly fitLines?: boolean
  readonly markers?: readonly ChartMarker[]
  readonly label: string
  readonly height?: number
  /** Another one (instance and timeframe): the view goes to the newest candles again. */
  readonly viewKey: string
}

/** What was earned, or what all is worth. */
export type EquityCurve = 'pnl' | 'equity'

export interface EquityChartProps {
  /** Oldest first. */
  readonly points: readonly EquityPoint[]
  readonly currency: string
  readonly curve: EquityCurve
  /** What it shows, for readers of screens. */
  readonly label: string
  /** Height of the upper part in px; 88 more are for the drawdown of equity, or for the curve of PnL alone. */
  readonly height?: number
}
