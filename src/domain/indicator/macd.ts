/** Moving average convergence/divergence. */
import { invariant } from '../money.ts'
import { type Ema, emaNext, emaStart } from './average.ts'

/**
 * State and outputs, in the units of the input: `macd` = fast - slow, `signal` = its average, `histogram` = macd -
 * signal.
 */
export type Macd = {
  readonly fastAverage: Ema
  readonly slowAverage: Ema
  readonly signalAverage: Ema
  /** Values heard, up to `slow`. */
  count: number
  /** null until `slow` values. */
  macd: number | null
  /** null until `slow + signal - 1` values. */
  signal: number | null
  /** null until `slow + signal - 1` values. */
  histogram: number | null
}

/**
 * Usually 12, 26, 9.
 * @throws InvariantError when a length is not an integer of 1 or above, or fast is not below slow
 */
export function macdStart(fast: number, slow: number, signal: number): Macd {
  invariant(fast < slow, `the fast length of a MACD is below the slow one, found ${fast}, ${slow}`)
  return {
    fastAverage: emaStart(fast),
    slowAverage: emaStart(slow),
    signalAverage: emaStart(signal),
    count: 0,
    macd: null,
    signal: null,
    histogram: null,
  }
}

/**
 * EMA(fast) - EMA(slow), its EMA(signal) and their difference (Appel; TA-Lib MACD: the fast average is seeded with the
 * latest `fast` of the first `slow` values, so that both start at the same candle). Outputs are in the state.
 * @returns the histogram; NaN until warm, after `slow + signal - 1` values; O(1)
 */
export function macdNext(state: Macd, value: number): number {
  const { fastAverage, slowAverage, signalAverage } = state
  state.count = Math.min(slowAverage.length, state.count + 1)
  const slow = emaNext(slowAverage, value)
  if (state.count <= slowAverage.length - fastAverage.length) return Number.NaN
  const fast = emaNext(fastAverage, value)
  if (Number.isNaN(slow)) return Number.NaN
  const macd = fast - slow
  state.macd = macd
  const signal = emaNext(signalAverage, macd)
  if (Number.isNaN(signal)) return Number.NaN
  state.signal = signal
  state.histogram = macd - signal
  return state.histogram
}
