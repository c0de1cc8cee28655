/** Average true range. */
import { type Wilder, wilderNext, wilderStart } from './average.ts'

/**
 * The part of the way since the last close that a candle covers: max(high, last close) - min(low, last close), in price
 * units.
 */
export const trueRange = (high: number, low: number, previousClose: number): number =>
  Math.max(high, previousClose) - Math.min(low, previousClose)

/** State of an average true range. */
export type Atr = { readonly average: Wilder; previousClose: number; hasPrevious: boolean }

/** @throws InvariantError when the length is not an integer of 1 or above */
export const atrStart = (length: number): Atr => ({
  average: wilderStart(length),
  previousClose: 0,
  hasPrevious: false,
})

/**
 * Average true range: Wilder's average of the true ranges, the first candle has none (Wilder 1978; TA-Lib ATR). In
 * price units. Warm after `length + 1` candles, NaN before; O(1).
 */
export function atrNext(state: Atr, high: number, low: number, close: number): number {
  const { previousClose } = state
  state.previousClose = close
  if (state.hasPrevious) return wilderNext(state.average, trueRange(high, low, previousClose))
  state.hasPrevious = true
  return Number.NaN
}
