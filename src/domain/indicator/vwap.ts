/** Volume-weighted average price, of the day and of the latest candles. */
import { type RollingSum, rollingSumNext, rollingSumStart } from './window.ts'

const DAY_MS = 86_400_000

/** State of the VWAP of a UTC day. */
export type SessionVwap = { day: number; value: number; volume: number }

export const sessionVwapStart = (): SessionVwap => ({ day: 0, value: 0, volume: 0 })

/**
 * Σ price · volume / Σ volume since 00:00 UTC, in price units; the price itself while nothing has been traded that day.
 * Warm after 1 candle; O(1).
 * @param openAt open of the candle, ms
 * @param price of the candle, usually its typical price
 */
export function sessionVwapNext(
  state: SessionVwap,
  openAt: number,
  price: number,
  volume: number,
): number {
  const day = Math.floor(openAt / DAY_MS)
  if (day !== state.day) {
    state.day = day
    state.value = 0
    state.volume = 0
  }
  state.value += price * volume
  state.volume += volume
  return state.volume === 0 ? price : state.value / state.volume
}

/** State of a rolling VWAP. */
export type RollingVwap = { readonly value: RollingSum; readonly volume: RollingSum }

/** @throws InvariantError when the length is not an integer of 1 or above */
export const rollingVwapStart = (length: number): RollingVwap => ({
  value: rollingSumStart(length),
  volume: rollingSumStart(length),
})

/**
 * Σ price · volume / Σ volume of the latest `length` candles, in price units (also VWMA); the price itself when nothing
 * has been traded in them. Warm after `length` candles, NaN before; O(1).
 * @param price of the candle, usually its typical price
 */
export function rollingVwapNext(state: RollingVwap, price: number, volume: number): number {
  const value = rollingSumNext(state.value, price * volume)
  const traded = rollingSumNext(state.volume, volume)
  return traded === 0 ? price : value / traded
}
