/** The curves of a report as plain data: what its pictures are drawn from, and what the dashboard draws again. */

import {
  type Bucket,
  type CandleBuckets,
  type ChartPoint,
  downsample,
  downsampleCandles,
} from './downsample.ts'
import { gridLines } from './grid-figures.ts'
import type { Backtest } from './run.ts'

/** Money in the settlement currency, positions in base, shares as they are; times in ms of the market. */
export interface ReportSeries {
  readonly equity: readonly Bucket[]
  /** The same capital in the instrument at its first price, 1x, without fees and funding. */
  readonly buyAndHold: readonly Bucket[]
  /** Below the highest equity until then; 0 or negative, −0.1 = 10 % down. */
  readonly drawdown: readonly Bucket[]
  readonly position: readonly Bucket[]
  readonly months: readonly MonthReturn[]
  readonly price: PriceSeries
}

/** Prices in price units: divide by `scale`. */
export interface PriceSeries {
  readonly scale: number
  readonly candles: CandleBuckets
  readonly fills: {
    readonly at: readonly number[]
    readonly price: readonly number[]
    /** Signed lots, + = bought. */
    readonly lots: readonly number[]
    readonly position: readonly number[]
  }
  /** Fills of the run that are not in `fills`. */
  readonly fillsLeftOut: number
  /** Of the grid as it was at the end. */
  readonly lines: readonly number[]
}

export interface MonthReturn {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  /** Equity at its end ÷ equity at its beginning − 1; parts of a month count as they are. */
  readonly change: number
}

const BUCKETS = 900
const CANDLES_SHOWN = 6_000
const FILLS_SHOWN = 12_000
const UNITS = 1e8

/** @returns null when the run kept no lists (detail: figures) */
export function seriesOf(backtest: Backtest): ReportSeries | null {
  const { equity, instrument, request, startPrice } = backtest
  if (equity.length < 2) return null
  const lot = instrument.lotSize * 10 ** -instrument.quantityDecimals
  const curve = (valueAt: (index: number) => number): readonly Bucket[] => {
    const point = (index: number): ChartPoint => ({
      at: equity.point(index).at,
      value: valueAt(index),
    })
    return downsample(equity.length, point, BUCKETS)
  }
  let peak = 0
  const drawdown = curve((index) => {
    const value = equity.point(index).equity
    peak = Math.max(peak, value)
    return peak > 0 ? value / peak - 1 : 0
  })
  return {
    equity: curve((index) => equity.point(index).equity / UNITS),
    buyAndHold: curve(
      (index) => (request.capital / UNITS) * (equity.point(index).close / startPrice),
    ),
    drawdown: drawdown.map((bucket) => ({ ...bucket, last: bucket.low })),
    position: curve((index) => equity.point(index).position * lot),
    months: monthlyReturns(equity.length, (index) => equity.point(index)),
    price: priceSeries(backtest),
  }
}

function priceSeries(backtest: Backtest): PriceSeries {
  const { end, engine, fills, instrument, request, source } = backtest
  const endAt = Math.min(source.endAt, end?.at ?? source.endAt)
  const every = Math.max(1, Math.ceil(fills.length / FILLS_SHOWN))
  const shown = fills.filter((_, index) => index % every === 0)
  return {
    scale: 10 ** instrument.priceDecimals,
    candles: downsampleCandles(request.market.candles, source.startAt, endAt, CANDLES_SHOWN),
    fills: {
      at: shown.map(({ fill }) => fill.at),
      price: shown.map(({ fill }) => fill.price),
      lots: shown.map(({ fill }) => (fill.side === 'buy' ? fill.quantity : -fill.quantity)),
      position: shown.map(({ position }) => position),
    },
    fillsLeftOut: fills.length - shown.length,
    lines: gridLines(engine.stored().state) ?? [],
  }
}

/** A point at midnight belongs to the month that ends there. @param pointAt money and ms, the first is the start */
export function monthlyReturns(
  length: number,
  pointAt: (index: number) => { readonly at: number; readonly equity: number },
): readonly MonthReturn[] {
  const months: MonthReturn[] = []
  let [nextAt, begun, last] = [0, 0, 0]
  let [year, month] = [0, 0]
  const close = () => {
    if (month > 0 && begun > 0) months.push({ year, month, change: last / begun - 1 })
  }
  for (let index = 0; index < length; index += 1) {
    const { at, equity } = pointAt(index)
    if (index === 0 || at > nextAt) {
      if (index > 0) close()
      const day = new Date(index === 0 ? at : at - 1)
      year = day.getUTCFullYear()
      month = day.getUTCMonth() + 1
      nextAt = Date.UTC(year, month, 1)
      begun = index === 0 ? equity : last
    }
    last = equity
  }
  close()
  return months
}
