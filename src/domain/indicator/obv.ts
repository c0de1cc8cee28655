/** On-balance volume. */

/** State of an on-balance volume. */
export type Obv = { previousClose: number; hasPrevious: boolean; total: number }

export const obvStart = (): Obv => ({ previousClose: 0, hasPrevious: false, total: 0 })

/**
 * On-balance volume: volumes of rising closes less volumes of falling ones, in the units of the volume; begins with the
 * volume of the first candle (Granville; TA-Lib OBV). Warm after 1 candle; O(1).
 */
export function obvNext(state: Obv, close: number, volume: number): number {
  if (!state.hasPrevious || close > state.previousClose) state.total += volume
  else if (close < state.previousClose) state.total -= volume
  state.previousClose = close
  state.hasPrevious = true
  return state.total
}
