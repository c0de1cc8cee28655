/** Average directional index and the directional indicators. */
import { trueRange } from './atr.ts'
import { type Wilder, wilderNext, wilderStart } from './average.ts'
import { checkedLength } from './window.ts'

/** State and outputs, 0 … 100. */
export type Adx = {
  readonly length: number
  readonly average: Wilder
  /** Candles heard, up to `length + 1`. */
  count: number
  previousHigh: number
  previousLow: number
  previousClose: number
  /** Wilder's sums over `length` candles, in price units. */
  rises: number
  falls: number
  range: number
  /** +DI; null until `length + 1` candles. */
  plus: number | null
  /** -DI; null until `length + 1` candles. */
  minus: number | null
  /** null until `2 · length` candles. */
  adx: number | null
}

/** @throws InvariantError when the length is not an integer of 1 or above */
export const adxStart = (length: number): Adx => ({
  length: checkedLength(length),
  average: wilderStart(length),
  count: 0,
  previousHigh: 0,
  previousLow: 0,
  previousClose: 0,
  rises: 0,
  falls: 0,
  range: 0,
  plus: null,
  minus: null,
  adx: null,
})

/**
 * Directional movement (Wilder 1978; TA-Lib PLUS_DI, MINUS_DI, ADX): the sums of the larger rise of the high or fall of
 * the low and of the true range over `length` candles, s += x - s / length, seeded with `length - 1` of them; ±DI = 100
 * · sum / range; ADX = Wilder's average of 100 · |+DI - -DI| / (+DI + -DI). A candle without any movement in the sums
 * leaves the ADX as it is.
 * @returns the ADX; NaN until warm, after `2 · length` candles; O(1)
 */
export function adxNext(state: Adx, high: number, low: number, close: number): number {
  const { length } = state
  if (state.count > 0) addMovement(state, high, low)
  state.previousHigh = high
  state.previousLow = low
  state.previousClose = close
  if (state.count <= length) state.count += 1
  if (state.count <= length) return Number.NaN
  state.plus = state.range === 0 ? 0 : (100 * state.rises) / state.range
  state.minus = state.range === 0 ? 0 : (100 * state.falls) / state.range
  const moved = state.plus + state.minus
  const adx =
    moved === 0 && state.adx !== null
      ? state.adx
      : wilderNext(
          state.average,
          moved === 0 ? 0 : (100 * Math.abs(state.plus - state.minus)) / moved,
        )
  if (!Number.isNaN(adx)) state.adx = adx
  return adx
}

function addMovement(state: Adx, high: number, low: number): void {
  const up = high - state.previousHigh
  const down = state.previousLow - low
  // The first `length - 1` movements are added up, from then on the oldest fade.
  const kept = state.count < state.length ? 1 : 1 - 1 / state.length
  state.rises = state.rises * kept + (up > 0 && up > down ? up : 0)
  state.falls = state.falls * kept + (down > 0 && down > up ? down : 0)
  state.range = state.range * kept + trueRange(high, low, state.previousClose)
}
