/**
 * Statistics of an equity curve over days (00:00 UTC, unrealised profit and funding included, the start included):
 * r_t = E_t / E_(t−1) − 1; Sharpe = mean(r) / std(r, N − 1) · √365; Sortino = mean(r) / √(Σ min(r, 0)² / N) · √365;
 * CAGR = (E_end / E_start)^(365 / days) − 1; Calmar = CAGR / largest drawdown (share of the peak, at candle closes).
 * null = not to be told: fewer than 14 days, no spread of returns, or equity at or below 0. Floats: nothing decides on them.
 */
import {
  calmarOf,
  returnsOf,
  sharpeOf,
  sortinoOf,
  yearlyGrowth,
} from '../domain/statistic/daily-returns.ts'
import type { EquityCurve } from './equity-curve.ts'

export interface EquityStatistics {
  readonly days: number
  readonly sharpe: number | null
  readonly sortino: number | null
  readonly cagr: number | null
  readonly calmar: number | null
  readonly bestDay: number | null
  readonly worstDay: number | null
}

const DAY_MS = 86_400_000
const DAYS_MIN = 14

/** Equity at the start, at the first point at or after each midnight, and at the end. */
export function dailyEquity(curve: EquityCurve): readonly number[] {
  const first = curve.point(0)
  const values = [first.equity as number]
  let nextAt = (Math.floor(first.at / DAY_MS) + 1) * DAY_MS
  let last = first
  for (let index = 1; index < curve.length; index += 1) {
    last = curve.point(index)
    if (last.at < nextAt) continue
    values.push(last.equity)
    nextAt = (Math.floor(last.at / DAY_MS) + 1) * DAY_MS
  }
  if (last.at % DAY_MS !== 0 && curve.length > 1) values.push(last.equity)
  return values
}

export function statisticsOf(curve: EquityCurve): EquityStatistics {
  const start = curve.point(0)
  const end = curve.point(curve.length - 1)
  const days = (end.at - start.at) / DAY_MS
  const values = dailyEquity(curve)
  const none = {
    days,
    sharpe: null,
    sortino: null,
    cagr: null,
    calmar: null,
    bestDay: null,
    worstDay: null,
  }
  if (days < DAYS_MIN || values.some((value) => value <= 0)) return none
  const returns = returnsOf(values)
  const cagr = yearlyGrowth(start.equity, end.equity, days)
  return {
    days,
    sharpe: sharpeOf(returns),
    sortino: sortinoOf(returns),
    cagr,
    calmar: calmarOf(cagr, curve.drawdown.shareOfPeak),
    bestDay: Math.max(...returns),
    worstDay: Math.min(...returns),
  }
}
