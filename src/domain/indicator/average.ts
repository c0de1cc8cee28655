/** Moving averages. Values are in the units of the input. */
import {
  checkedLength,
  isFull,
  type RollingSum,
  rollingSumNext,
  rollingSumStart,
  sumOf,
  type Window,
  windowPush,
  windowStart,
} from './window.ts'

/** State of a simple moving average. */
export type Sma = RollingSum

/** @throws InvariantError when the length is not an integer of 1 or above */
export const smaStart = (length: number): Sma => rollingSumStart(length)

/** Simple moving average: mean of the latest `length` values (TA-Lib SMA). Warm after `length` values, NaN before; O(1). */
export const smaNext = (state: Sma, value: number): number =>
  rollingSumNext(state, value) / state.window.length

/** State of an exponential or Wilder average; `value` is the sum of the seed while `count < length`, then the average. */
export type SeededAverage = { readonly length: number; count: number; value: number }

/** State of an exponential moving average. */
export type Ema = SeededAverage

/** @throws InvariantError when the length is not an integer of 1 or above */
export const emaStart = (length: number): Ema => ({
  length: checkedLength(length),
  count: 0,
  value: 0,
})

/**
 * Exponential moving average: e += (x - e) · 2 / (length + 1), seeded with the mean of the first `length` values
 * (TA-Lib EMA). Warm after `length` values, NaN before; O(1).
 */
export function emaNext(state: Ema, value: number): number {
  if (state.count < state.length) return seed(state, value)
  state.value += (value - state.value) * (2 / (state.length + 1))
  return state.value
}

/** State of Wilder's average. */
export type Wilder = SeededAverage

/** @throws InvariantError when the length is not an integer of 1 or above */
export const wilderStart = (length: number): Wilder => emaStart(length)

/**
 * Wilder's average, also RMA or SMMA: w = (w · (length - 1) + x) / length, seeded with the mean of the first `length`
 * values (Wilder 1978; what TA-Lib's RSI and ATR smooth with). Warm after `length` values, NaN before; O(1).
 */
export function wilderNext(state: Wilder, value: number): number {
  if (state.count < state.length) return seed(state, value)
  state.value = (state.value * (state.length - 1) + value) / state.length
  return state.value
}

function seed(state: SeededAverage, value: number): number {
  state.count += 1
  state.value += value
  if (state.count < state.length) return Number.NaN
  state.value /= state.length
  return state.value
}

/** State of a weighted moving average: `sum` of the values, `weighted` sum with the weights 1 (oldest) … length. */
export type Wma = { readonly window: Window; sum: number; weighted: number }

/** @throws InvariantError when the length is not an integer of 1 or above */
export const wmaStart = (length: number): Wma => ({
  window: windowStart(length),
  sum: 0,
  weighted: 0,
})

/**
 * Linearly weighted moving average: Σ weight · x / (length (length + 1) / 2), the newest value weighs `length` (TA-Lib
 * WMA). Warm after `length` values, NaN before; O(1), added up anew once per turn of the ring.
 */
export function wmaNext(state: Wma, value: number): number {
  const { window } = state
  const { length } = window
  const dropped = windowPush(window, value)
  if (window.next === 0) {
    state.sum = sumOf(window.values)
    state.weighted = weightedSum(window.values)
  } else if (Number.isNaN(dropped)) {
    state.sum += value
    state.weighted += value * window.values.length
  } else {
    state.weighted += value * length - state.sum
    state.sum += value - dropped
  }
  return isFull(window) ? state.weighted / ((length * (length + 1)) / 2) : Number.NaN
}

function weightedSum(values: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < values.length; i += 1) sum += values[i]! * (i + 1)
  return sum
}
