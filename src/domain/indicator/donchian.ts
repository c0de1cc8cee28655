/** Donchian channel. */
import { type Extreme, extremeStart, highestNext, lowestNext } from './window.ts'

/** State and outputs, null until `length` candles, in price units. */
export type Donchian = {
  readonly highest: Extreme
  readonly lowest: Extreme
  upper: number | null
  lower: number | null
  middle: number | null
}

/** @throws InvariantError when the length is not an integer of 1 or above */
export const donchianStart = (length: number): Donchian => ({
  highest: extremeStart(length),
  lowest: extremeStart(length),
  upper: null,
  lower: null,
  middle: null,
})

/**
 * Highest high, lowest low of the latest `length` candles, the present one included, and their mean (Donchian; TA-Lib
 * MAX, MIN). Who trades its breakout compares a close with the channel of the candle before: read `upper` and `lower`
 * before calling this.
 * @returns the middle; NaN until warm, after `length` candles; O(1) on average
 */
export function donchianNext(state: Donchian, high: number, low: number): number {
  const upper = highestNext(state.highest, high)
  const lower = lowestNext(state.lowest, low)
  if (Number.isNaN(upper)) return upper
  state.upper = upper
  state.lower = lower
  state.middle = (upper + lower) / 2
  return state.middle
}
