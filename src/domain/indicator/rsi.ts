/** Relative strength index. */
import { type Wilder, wilderNext, wilderStart } from './average.ts'

/** State of a relative strength index. */
export type Rsi = {
  readonly gain: Wilder
  readonly loss: Wilder
  previous: number
  hasPrevious: boolean
}

/** @throws InvariantError when the length is not an integer of 1 or above */
export const rsiStart = (length: number): Rsi => ({
  gain: wilderStart(length),
  loss: wilderStart(length),
  previous: 0,
  hasPrevious: false,
})

/**
 * Relative strength index: 100 · gain / (gain + loss) with Wilder's averages of the rises and falls (Wilder 1978;
 * TA-Lib RSI). 0 … 100; 0 when the value has never changed, as TA-Lib. Warm after `length + 1` values, NaN before;
 * O(1).
 */
export function rsiNext(state: Rsi, value: number): number {
  const change = value - state.previous
  state.previous = value
  if (!state.hasPrevious) {
    state.hasPrevious = true
    return Number.NaN
  }
  const gain = wilderNext(state.gain, change > 0 ? change : 0)
  const loss = wilderNext(state.loss, change < 0 ? -change : 0)
  return gain + loss === 0 ? 0 : (100 * gain) / (gain + loss)
}
