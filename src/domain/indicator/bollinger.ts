/** Bollinger bands. */
import { type Sma, smaNext, smaStart } from './average.ts'

/** State and outputs, null until `length` values, in the units of the input. */
export type Bollinger = {
  readonly average: Sma
  readonly deviations: number
  upper: number | null
  middle: number | null
  lower: number | null
  /** Population standard deviation of the window. */
  deviation: number | null
}

/**
 * Usually 20 and 2.
 * @param deviations distance of the bands from the middle, in standard deviations
 * @throws InvariantError when the length is not an integer of 1 or above
 */
export const bollingerStart = (length: number, deviations: number): Bollinger => ({
  average: smaStart(length),
  deviations,
  upper: null,
  middle: null,
  lower: null,
  deviation: null,
})

/**
 * SMA ± deviations · σ with the population deviation σ (÷ length) of the window (Bollinger; TA-Lib BBANDS with an SMA).
 * σ is taken about the mean in a second pass: the running sum of squares, which is faster, loses the digits of a narrow
 * band at a high price.
 * @returns the middle; NaN until warm, after `length` values; O(length)
 */
export function bollingerNext(state: Bollinger, value: number): number {
  const middle = smaNext(state.average, value)
  if (Number.isNaN(middle)) return middle
  const deviation = deviationOf(state.average.window.values, middle)
  state.middle = middle
  state.deviation = deviation
  state.upper = middle + state.deviations * deviation
  state.lower = middle - state.deviations * deviation
  return middle
}

function deviationOf(values: readonly number[], mean: number): number {
  let sum = 0
  for (let i = 0; i < values.length; i += 1) {
    const distance = values[i]! - mean
    sum += distance * distance
  }
  return Math.sqrt(sum / values.length)
}
