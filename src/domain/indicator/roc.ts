/** Rate of change. */
import { type Window, windowPush, windowStart } from './window.ts'

/** State of a rate of change. */
export type Roc = { readonly window: Window }

/** @throws InvariantError when the length is not an integer of 1 or above */
export const rocStart = (length: number): Roc => ({ window: windowStart(length) })

/**
 * Rate of change in percent: 100 · (x / x `length` values ago - 1); 0 when that value was 0 (TA-Lib ROC). Warm after
 * `length + 1` values, NaN before; O(1).
 */
export function rocNext(state: Roc, value: number): number {
  const before = windowPush(state.window, value)
  return before === 0 ? 0 : 100 * (value / before - 1)
}
