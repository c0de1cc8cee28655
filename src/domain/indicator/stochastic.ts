/** Stochastic oscillator, of prices and of the RSI. */
import { type Sma, smaNext, smaStart } from './average.ts'
import { type Rsi, rsiNext, rsiStart } from './rsi.ts'
import { type Extreme, extremeStart, highestNext, lowestNext } from './window.ts'

/** State and outputs, 0 … 100. */
export type Stochastic = {
  readonly highest: Extreme
  readonly lowest: Extreme
  readonly slowing: Sma
  readonly smoothing: Sma
  /** null until `length + slowing - 1` candles. */
  k: number | null
  /** null until `length + slowing + smoothing - 2` candles. */
  d: number | null
}

/**
 * Usually 14, 3, 3; a slowing of 1 is the fast stochastic.
 * @throws InvariantError when a length is not an integer of 1 or above
 */
export const stochasticStart = (
  length: number,
  slowing: number,
  smoothing: number,
): Stochastic => ({
  highest: extremeStart(length),
  lowest: extremeStart(length),
  slowing: smaStart(slowing),
  smoothing: smaStart(smoothing),
  k: null,
  d: null,
})

/**
 * %K = SMA(slowing) of 100 · (close - lowest) / (highest - lowest), %D = SMA(smoothing) of %K (Lane; TA-Lib STOCH with
 * SMAs, STOCHF at a slowing of 1); 0 for a window without any range, as TA-Lib.
 * @returns %K; NaN until warm (%D known), after `length + slowing + smoothing - 2` candles; O(1) on average
 */
export function stochasticNext(
  state: Stochastic,
  high: number,
  low: number,
  close: number,
): number {
  const highest = highestNext(state.highest, high)
  const lowest = lowestNext(state.lowest, low)
  if (Number.isNaN(highest)) return highest
  const range = highest - lowest
  const k = smaNext(state.slowing, range === 0 ? 0 : (100 * (close - lowest)) / range)
  if (Number.isNaN(k)) return k
  state.k = k
  const d = smaNext(state.smoothing, k)
  if (Number.isNaN(d)) return d
  state.d = d
  return k
}

/** State and outputs, 0 … 100: `stochastic.k` and `stochastic.d`. */
export type StochasticRsi = { readonly rsi: Rsi; readonly stochastic: Stochastic }

/**
 * Usually 14, 14, 3, 3.
 * @throws InvariantError when a length is not an integer of 1 or above
 */
export const stochasticRsiStart = (
  rsiLength: number,
  length: number,
  slowing: number,
  smoothing: number,
): StochasticRsi => ({
  rsi: rsiStart(rsiLength),
  stochastic: stochasticStart(length, slowing, smoothing),
})

/**
 * The stochastic of the RSI (Chande and Kroll; TA-Lib STOCHRSI has a slowing of 1).
 * @returns %K; NaN until warm (%D known), after `rsiLength + length + slowing + smoothing - 2` values; O(1) on average
 */
export function stochasticRsiNext(state: StochasticRsi, value: number): number {
  const rsi = rsiNext(state.rsi, value)
  return Number.isNaN(rsi) ? rsi : stochasticNext(state.stochastic, rsi, rsi, rsi)
}
