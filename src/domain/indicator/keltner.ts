/** Keltner channel. */
import { type Atr, atrNext, atrStart } from './atr.ts'
import { type Ema, emaNext, emaStart } from './average.ts'

/** State and outputs, in price units, null until `max(length, rangeLength + 1)` candles. */
export type Keltner = {
  readonly average: Ema
  readonly atr: Atr
  readonly multiplier: number
  upper: number | null
  middle: number | null
  lower: number | null
}

/**
 * Usually 20, 10 and 2.
 * @param multiplier distance of the lines from the middle, in average true ranges
 * @throws InvariantError when a length is not an integer of 1 or above
 */
export const keltnerStart = (length: number, rangeLength: number, multiplier: number): Keltner => ({
  average: emaStart(length),
  atr: atrStart(rangeLength),
  multiplier,
  upper: null,
  middle: null,
  lower: null,
})

/**
 * EMA(length) of the close ± multiplier · ATR(rangeLength) (Keltner 1960 in Raschke's form).
 * @returns the middle; NaN until warm, after `max(length, rangeLength + 1)` candles; O(1)
 */
export function keltnerNext(state: Keltner, high: number, low: number, close: number): number {
  const middle = emaNext(state.average, close)
  const range = atrNext(state.atr, high, low, close)
  if (Number.isNaN(middle) || Number.isNaN(range)) return Number.NaN
  state.middle = middle
  state.upper = middle + state.multiplier * range
  state.lower = middle - state.multiplier * range
  return middle
}
