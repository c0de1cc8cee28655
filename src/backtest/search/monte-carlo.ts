/**
 * What luck of order and of selection does to a row of returns. `shuffle`: the same returns in another order (the end is
 * always the same, the falls on the way are not); `bootstrap`: as many returns drawn with replacement (Efron, 1979), so
 * that the end varies too. Returns compound: equity(t) = equity(t−1) · (1 + r).
 */
import { SeededRandom } from './random.ts'

export interface Percentiles {
  readonly p5: number
  readonly p25: number
  readonly p50: number
  readonly p75: number
  readonly p95: number
}

export interface MonteCarlo {
  readonly method: 'shuffle' | 'bootstrap'
  readonly runs: number
  /** Final equity ÷ first − 1. */
  readonly totalReturn: Percentiles
  /** Largest fall as a share of its peak, positive. */
  readonly maxDrawdown: Percentiles
  /** Share of the runs that end below where they began. */
  readonly lossShare: number
}

/** @param returns of days or trades, as shares of the equity before them @returns null without returns */
export function monteCarlo(
  returns: readonly number[],
  method: MonteCarlo['method'],
  runs: number,
  seed: number,
): MonteCarlo | null {
  if (returns.length === 0 || runs < 1) return null
  const random = new SeededRandom(seed)
  const original = Float64Array.from(returns)
  const order = Float64Array.from(returns)
  const ends = new Float64Array(runs)
  const falls = new Float64Array(runs)
  for (let run = 0; run < runs; run += 1) {
    if (method === 'shuffle') random.shuffle(order)
    else
      for (let at = 0; at < order.length; at += 1)
        order[at] = original[random.below(order.length)] ?? 0
    const path = walk(order)
    ends[run] = path.end - 1
    falls[run] = path.fall
  }
  const losses = ends.reduce((count, end) => count + (end < 0 ? 1 : 0), 0)
  return {
    method,
    runs,
    totalReturn: percentilesOf(ends),
    maxDrawdown: percentilesOf(falls),
    lossShare: losses / runs,
  }
}

/** Where a row of returns leads, and its largest fall. */
function walk(returns: Float64Array): { readonly end: number; readonly fall: number } {
  let [equity, peak, fall] = [1, 1, 0]
  for (const one of returns) {
    equity *= 1 + one
    if (equity > peak) peak = equity
    else if (1 - equity / peak > fall) fall = 1 - equity / peak
  }
  return { end: equity, fall }
}

/** Between two neighbours in proportion, as NumPy's `linear` and Excel's PERCENTILE.INC. */
export function percentilesOf(values: Float64Array): Percentiles {
  const sorted = values.toSorted()
  const at = (share: number) => {
    const place = share * (sorted.length - 1)
    const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0]
    return low + (high - low) * (place - Math.floor(place))
  }
  return { p5: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95) }
}
