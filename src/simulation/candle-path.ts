/**
 * The way of the price through a candle (docs/concepts/clocks.md): from the open in three monotone legs, each a third
 * of the candle's time; a candle that closes above its open goes low first, otherwise high first. Within a leg time
 * runs in proportion to the way, rounded down to the ms.
 */
import type { Candle } from '../domain/market.ts'
import { mulDiv } from '../domain/money.ts'

/** One monotone move of the price. */
export interface Leg {
  readonly from: number
  readonly to: number
  readonly startAt: number
  readonly endAt: number
}

export const LEGS = 3

/** The price at the start (index 0) and at the end of each leg (1, 2, 3). */
export function cornerOf(candle: Candle, index: number): number {
  if (index === 0) return candle.open
  if (index === LEGS) return candle.close
  const isRising = candle.close > candle.open
  return isRising === (index === 1) ? candle.low : candle.high
}

/** Market time at which a leg ends, or starts for index 0. */
export function cornerTime(candle: Candle, index: number): number {
  return candle.openAt + Math.floor(((candle.closeAt - candle.openAt) * index) / LEGS)
}

export function legOf(candle: Candle, index: number): Leg {
  return {
    from: cornerOf(candle, index),
    to: cornerOf(candle, index + 1),
    startAt: cornerTime(candle, index),
    endAt: cornerTime(candle, index + 1),
  }
}

/** When a leg is at a price between its ends. */
export function timeOfPrice(leg: Leg, at: number): number {
  const length = Math.abs(leg.to - leg.from)
  if (length === 0) return leg.startAt
  return leg.startAt + mulDiv(leg.endAt - leg.startAt, Math.abs(at - leg.from), length, 'floor')
}

/** Where a leg is at a time, rounded towards its start. */
export function priceOfTime(leg: Leg, at: number): number {
  if (at >= leg.endAt) return leg.to
  if (at <= leg.startAt) return leg.from
  const way = mulDiv(
    Math.abs(leg.to - leg.from),
    at - leg.startAt,
    leg.endAt - leg.startAt,
    'floor',
  )
  return leg.to >= leg.from ? leg.from + way : leg.from - way
}
