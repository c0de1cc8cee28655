/** SuperTrend. */
import { type Atr, atrNext, atrStart } from './atr.ts'

/** State and outputs, in price units, null until `length + 1` candles. */
export type SuperTrend = {
  readonly atr: Atr
  readonly multiplier: number
  previousClose: number
  upperBand: number | null
  lowerBand: number | null
  /** The band that follows the price: the lower one in a rise, the upper one in a fall. */
  line: number | null
  /** 1 = up, -1 = down. */
  direction: 1 | -1 | null
}

/**
 * Usually 10 and 3.
 * @param multiplier distance of the bands, in average true ranges
 * @throws InvariantError when the length is not an integer of 1 or above
 */
export const superTrendStart = (length: number, multiplier: number): SuperTrend => ({
  atr: atrStart(length),
  multiplier,
  previousClose: 0,
  upperBand: null,
  lowerBand: null,
  line: null,
  direction: null,
})

/**
 * Bands (high + low) / 2 ± multiplier · ATR that move only towards the price until a close has passed them; a close
 * beyond the upper band turns the trend up, one below the lower band turns it down (Seban; the rules of TradingView's
 * ta.supertrend, with TA-Lib's ATR). The first direction is down by definition, not by evidence: trade the turns.
 * @returns the line; NaN until warm, after `length + 1` candles; O(1)
 */
export function superTrendNext(
  state: SuperTrend,
  high: number,
  low: number,
  close: number,
): number {
  const range = atrNext(state.atr, high, low, close)
  const { previousClose, upperBand, lowerBand } = state
  state.previousClose = close
  if (Number.isNaN(range)) return range
  const middle = (high + low) / 2
  let upper = middle + state.multiplier * range
  let lower = middle - state.multiplier * range
  if (upperBand !== null && upper > upperBand && previousClose <= upperBand) upper = upperBand
  if (lowerBand !== null && lower < lowerBand && previousClose >= lowerBand) lower = lowerBand
  state.upperBand = upper
  state.lowerBand = lower
  if (state.direction === 1) state.direction = close < lower ? -1 : 1
  else state.direction = state.direction !== null && close > upper ? 1 : -1
  state.line = state.direction === 1 ? lower : upper
  return state.line
}
