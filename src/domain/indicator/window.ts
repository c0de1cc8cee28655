/**
 * The latest values of a series: what the indicators are made of. Every state is plain JSON data; every `…Next` changes
 * its state in place, allocates nothing and takes finite numbers only.
 */
import { invariant } from '../money.ts'

/** A ring: `values` grows to `length`, from then on `next` is the place of the oldest value. */
export type Window = { readonly length: number; readonly values: number[]; next: number }

/** @throws InvariantError when the length is not an integer of 1 or above */
export function windowStart(length: number): Window {
  return { length: checkedLength(length), values: [], next: 0 }
}

/** @throws InvariantError when the length is not an integer of 1 or above */
export function checkedLength(length: number): number {
  invariant(
    Number.isSafeInteger(length) && length >= 1,
    `the length of an indicator is an integer of 1 or above, found ${length}`,
  )
  return length
}

/** @returns the value that the new one has pushed out; NaN while the window fills */
export function windowPush(window: Window, value: number): number {
  const { values, length, next } = window
  window.next = next + 1 === length ? 0 : next + 1
  if (values.length < length) {
    values.push(value)
    return Number.NaN
  }
  const dropped = values[next]!
  values[next] = value
  return dropped
}

export const isFull = (window: Window): boolean => window.values.length === window.length

/** The oldest value of a full window. */
export const oldestOf = (window: Window): number => window.values[window.next]!

/** The sum of all values, in the order of the array. */
export function sumOf(values: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < values.length; i += 1) sum += values[i]!
  return sum
}

/** A sum over the latest values that is added up anew once per turn of the ring, so that roundings never pile up. */
export type RollingSum = { readonly window: Window; sum: number; nonZeros: number }

/** @throws InvariantError when the length is not an integer of 1 or above */
export const rollingSumStart = (length: number): RollingSum => ({
  window: windowStart(length),
  sum: 0,
  nonZeros: 0,
})

/** Sum of the latest `length` values, exactly 0 when all of them are. Warm after `length` values, NaN before; O(1). */
export function rollingSumNext(state: RollingSum, value: number): number {
  const { window } = state
  const dropped = windowPush(window, value)
  const lost = Number.isNaN(dropped) ? 0 : dropped
  state.nonZeros += (value === 0 ? 0 : 1) - (lost === 0 ? 0 : 1)
  if (state.nonZeros === 0) state.sum = 0
  else if (window.next === 0) state.sum = sumOf(window.values)
  else state.sum += value - lost
  return isFull(window) ? state.sum : Number.NaN
}

/** The extreme of the latest values; `at` is its place in the ring. */
export type Extreme = { readonly window: Window; at: number }

/** @throws InvariantError when the length is not an integer of 1 or above */
export const extremeStart = (length: number): Extreme => ({ window: windowStart(length), at: 0 })

/**
 * Highest of the latest `length` values: O(1) unless the highest itself falls out. Warm after `length` values, NaN
 * before.
 */
export function highestNext(state: Extreme, value: number): number {
  const { window } = state
  const { values, next: place } = window
  const isReplaced = values.length === 0 || value >= values[state.at]!
  const isLost = place === state.at && values.length === window.length
  windowPush(window, value)
  if (isReplaced) state.at = place
  else if (isLost) state.at = placeOfHighest(values)
  return isFull(window) ? values[state.at]! : Number.NaN
}

/** Lowest of the latest `length` values, as `highestNext`. */
export function lowestNext(state: Extreme, value: number): number {
  const { window } = state
  const { values, next: place } = window
  const isReplaced = values.length === 0 || value <= values[state.at]!
  const isLost = place === state.at && values.length === window.length
  windowPush(window, value)
  if (isReplaced) state.at = place
  else if (isLost) state.at = placeOfLowest(values)
  return isFull(window) ? values[state.at]! : Number.NaN
}

function placeOfHighest(values: readonly number[]): number {
  let found = 0
  for (let i = 1; i < values.length; i += 1) if (values[i]! >= values[found]!) found = i
  return found
}

function placeOfLowest(values: readonly number[]): number {
  let found = 0
  for (let i = 1; i < values.length; i += 1) if (values[i]! <= values[found]!) found = i
  return found
}
