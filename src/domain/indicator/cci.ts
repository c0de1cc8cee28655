/** Commodity channel index. */
import { type Sma, smaNext, smaStart } from './average.ts'

/** Mean of high, low and close, in price units. */
export const typicalPrice = (high: number, low: number, close: number): number =>
  (high + low + close) / 3

/** State of a commodity channel index. */
export type Cci = { readonly average: Sma }

// A mean deviation below this share of the mean is nothing but roundings.
const NOISE = 1e-12

/** @throws InvariantError when the length is not an integer of 1 or above */
export const cciStart = (length: number): Cci => ({ average: smaStart(length) })

/**
 * Commodity channel index: (p - SMA) / (0.015 · mean absolute deviation) of the typical price p (Lambert 1980; TA-Lib
 * CCI); 0 for a window without any deviation. Warm after `length` candles, NaN before; O(length).
 */
export function cciNext(state: Cci, high: number, low: number, close: number): number {
  const value = typicalPrice(high, low, close)
  const mean = smaNext(state.average, value)
  if (Number.isNaN(mean)) return mean
  const { values } = state.average.window
  let sum = 0
  for (let i = 0; i < values.length; i += 1) sum += Math.abs(values[i]! - mean)
  const deviation = sum / values.length
  return deviation <= NOISE * Math.abs(mean) ? 0 : (value - mean) / (0.015 * deviation)
}
