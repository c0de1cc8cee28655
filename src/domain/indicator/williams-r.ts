/** Williams %R. */
import { type Extreme, extremeStart, highestNext, lowestNext } from './window.ts'

/** State of Williams %R. */
export type WilliamsR = { readonly highest: Extreme; readonly lowest: Extreme }

/** @throws InvariantError when the length is not an integer of 1 or above */
export const williamsRStart = (length: number): WilliamsR => ({
  highest: extremeStart(length),
  lowest: extremeStart(length),
})

/**
 * Williams %R: -100 · (highest - close) / (highest - lowest) over the latest `length` candles, -100 … 0 (Williams;
 * TA-Lib WILLR); 0 for a window without any range, as TA-Lib. Warm after `length` candles, NaN before; O(1) on average.
 */
export function williamsRNext(state: WilliamsR, high: number, low: number, close: number): number {
  const highest = highestNext(state.highest, high)
  const lowest = lowestNext(state.lowest, low)
  const range = highest - lowest
  return range === 0 ? 0 : (100 * (close - highest)) / range
}
