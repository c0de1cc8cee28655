/**
 * Figures of returns from day to day: r_t = E_t / E_(t−1) − 1; Sharpe = mean(r) / std(r, N − 1) · √365;
 * growth = (E_end / E_start)^(365 / days) − 1. Floats: nothing decides on them.
 */

const EPSILON = 1e-12
const YEAR_DAYS = 365
const TAIL = 0.05

/** @param values of one moment a day, all above 0 */
export const returnsOf = (values: readonly number[]): number[] =>
  values.slice(1).map((value, index) => value / (values[index] ?? value) - 1)

/** Standard deviation (N − 1) of one return. */
function spreadOf(returns: readonly number[]): number {
  const mean = average(returns)
  const squares = returns.reduce((sum, one) => sum + (one - mean) ** 2, 0)
  return Math.sqrt(squares / Math.max(1, returns.length - 1))
}

/** Null: the returns do not differ. @param yearDays returns in a year: 365, or 252 for markets with weekends */
export function sharpeOf(returns: readonly number[], yearDays = YEAR_DAYS): number | null {
  const spread = spreadOf(returns)
  return spread < EPSILON ? null : (average(returns) / spread) * Math.sqrt(yearDays)
}

/** Null: nothing was ever lost. @param yearDays returns in a year */
export function sortinoOf(returns: readonly number[], yearDays = YEAR_DAYS): number | null {
  const downside = Math.sqrt(average(returns.map((one) => Math.min(one, 0) ** 2)))
  return downside < EPSILON ? null : (average(returns) / downside) * Math.sqrt(yearDays)
}

/** std(r, N − 1) · √365; null: the returns do not differ. @param yearDays returns in a year */
export function volatilityOf(returns: readonly number[], yearDays = YEAR_DAYS): number | null {
  const spread = spreadOf(returns)
  return spread < EPSILON ? null : spread * Math.sqrt(yearDays)
}

/** As a share, of a year at the pace of these days. */
export const yearlyGrowth = (start: number, end: number, days: number): number =>
  (end / start) ** (YEAR_DAYS / days) - 1

/** Null: there was no drawdown. */
export const calmarOf = (growth: number, drawdown: number): number | null =>
  drawdown < EPSILON ? null : growth / drawdown

/** One fall below a peak, until the peak is reached again or the values end. */
export interface Fall {
  /** Depth as a share of the peak. */
  readonly share: number
  /** Steps from the peak until it is reached again. */
  readonly days: number
}

/** Every fall of a series with one value a day; the first value is the first peak. */
export function drawdownsOf(values: readonly number[]): readonly Fall[] {
  const falls: Fall[] = []
  let [peak, peakAt, lowest] = [values[0] ?? 0, 0, values[0] ?? 0]
  for (let index = 1; index <= values.length; index += 1) {
    const value = values[index]
    if (value !== undefined && value < peak) {
      lowest = Math.min(lowest, value)
      continue
    }
    const days = Math.min(index, values.length - 1) - peakAt
    if (lowest < peak && peak > 0) falls.push({ share: (peak - lowest) / peak, days })
    if (value === undefined) break
    peak = value
    peakAt = index
    lowest = value
  }
  return falls
}

export interface TailLoss {
  /** Loss of a day that was not passed on 95 of 100 days, a share of the equity; below 0 = a gain. */
  readonly valueAtRisk: number
  /** Average loss of the days on which it was reached. */
  readonly expectedShortfall: number
}

/** By the days as they were, without a model. @param returns at least 20 */
export function tailLossOf(returns: readonly number[]): TailLoss {
  const sorted = [...returns].sort((a, b) => a - b)
  const tail = sorted.slice(0, Math.max(1, Math.floor(sorted.length * TAIL)))
  return { valueAtRisk: -(tail.at(-1) ?? 0), expectedShortfall: -average(tail) }
}

const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
