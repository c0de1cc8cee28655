/** Parabolic stop and reverse. */
import { invariant } from '../money.ts'

/** State and outputs, in price units. */
export type ParabolicSar = {
  readonly step: number
  readonly maximum: number
  /** Candles heard, up to 2. */
  count: number
  previousHigh: number
  previousLow: number
  acceleration: number
  /** The highest high of a rise, the lowest low of a fall. */
  extreme: number
  /** The stop for the next candle. */
  upcoming: number
  /** The stop of this candle; null until 2 candles. */
  sar: number | null
  /** 1 = up (the stop is below), -1 = down; null until 2 candles. */
  direction: 1 | -1 | null
}

/**
 * Usually 0.02 and 0.2.
 * @throws InvariantError when step or maximum is not above 0
 */
export function parabolicSarStart(step: number, maximum: number): ParabolicSar {
  invariant(
    step > 0 && maximum > 0,
    `step and maximum of a parabolic SAR are above 0, found ${step}, ${maximum}`,
  )
  return {
    step: Math.min(step, maximum),
    maximum,
    count: 0,
    previousHigh: 0,
    previousLow: 0,
    acceleration: 0,
    extreme: 0,
    upcoming: 0,
    sar: null,
    direction: null,
  }
}

/**
 * Parabolic SAR: stop += acceleration · (extreme - stop), never into the range of the latest two candles; a candle that
 * reaches the stop turns it (Wilder 1978; TA-Lib SAR: the first direction is down when the low fell by more than the
 * high rose from candle 1 to 2).
 * @returns the stop of this candle; NaN until warm, after 2 candles; O(1)
 */
export function parabolicSarNext(state: ParabolicSar, high: number, low: number): number {
  if (state.count < 2) {
    state.count += 1
    if (state.count === 1) {
      state.previousHigh = high
      state.previousLow = low
      return Number.NaN
    }
    begin(state, high, low)
  }
  const isTurned = state.direction === 1 ? low <= state.upcoming : high >= state.upcoming
  if (isTurned) turn(state, high, low)
  else follow(state, high, low)
  state.previousHigh = high
  state.previousLow = low
  return state.sar ?? Number.NaN
}

function begin(state: ParabolicSar, high: number, low: number): void {
  const fall = state.previousLow - low
  const isFalling = fall > 0 && fall > high - state.previousHigh
  state.direction = isFalling ? -1 : 1
  state.extreme = isFalling ? low : high
  state.upcoming = isFalling ? state.previousHigh : state.previousLow
  state.acceleration = state.step
  // As TA-Lib: the candle before the second one does not bound the first stop.
  state.previousHigh = high
  state.previousLow = low
}

function turn(state: ParabolicSar, high: number, low: number): void {
  state.direction = state.direction === 1 ? -1 : 1
  state.sar = outside(state, state.extreme, high, low)
  state.acceleration = state.step
  state.extreme = state.direction === 1 ? high : low
  advance(state, high, low)
}

function follow(state: ParabolicSar, high: number, low: number): void {
  state.sar = state.upcoming
  const reach = state.direction === 1 ? high : low
  if (state.direction === 1 ? reach > state.extreme : reach < state.extreme) {
    state.extreme = reach
    state.acceleration = Math.min(state.maximum, state.acceleration + state.step)
  }
  advance(state, high, low)
}

function advance(state: ParabolicSar, high: number, low: number): void {
  const sar = state.sar ?? 0
  state.upcoming = outside(state, sar + state.acceleration * (state.extreme - sar), high, low)
}

/** The stop, moved out of the range of this candle and the one before. */
const outside = (state: ParabolicSar, stop: number, high: number, low: number): number =>
  state.direction === 1
    ? Math.min(stop, state.previousLow, low)
    : Math.max(stop, state.previousHigh, high)
