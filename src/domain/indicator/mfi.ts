/** Money flow index. */
import { typicalPrice } from './cci.ts'
import { type RollingSum, rollingSumNext, rollingSumStart } from './window.ts'

/** State of a money flow index. */
export type Mfi = {
  readonly inflow: RollingSum
  readonly outflow: RollingSum
  previous: number
  hasPrevious: boolean
}

/** @throws InvariantError when the length is not an integer of 1 or above */
export const mfiStart = (length: number): Mfi => ({
  inflow: rollingSumStart(length),
  outflow: rollingSumStart(length),
  previous: 0,
  hasPrevious: false,
})

/**
 * Money flow index: 100 · inflow / (inflow + outflow), flow = typical price · volume of the candles whose typical price
 * has risen or fallen (Quong and Soudack; TA-Lib MFI). 0 … 100; 0 when nothing has flowed. Warm after `length + 1`
 * candles, NaN before; O(1).
 */
export function mfiNext(
  state: Mfi,
  high: number,
  low: number,
  close: number,
  volume: number,
): number {
  const value = typicalPrice(high, low, close)
  const change = value - state.previous
  state.previous = value
  if (!state.hasPrevious) {
    state.hasPrevious = true
    return Number.NaN
  }
  const flow = value * volume
  const inflow = rollingSumNext(state.inflow, change > 0 ? flow : 0)
  const outflow = rollingSumNext(state.outflow, change < 0 ? flow : 0)
  return inflow + outflow === 0 ? 0 : (100 * inflow) / (inflow + outflow)
}
