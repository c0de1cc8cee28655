/**
 * The way of the price through a candle (docs/concepts/clocks.md): from the open in three monotone legs, each a third
 * of the candle's time. Which extreme comes first is told by the CandlePath. Within a leg time runs in proportion to the
 * way, rounded down to the ms.
 */
import type { Candle } from '../domain/market.ts'
import { mulDiv } from '../domain/money.ts'

/**
 * `by_direction`: a candle that closes above its open goes low first, otherwise high first. `adverse`: what hurts the
 * position that is held when the candle opens comes first: low for a long one, high for a short one; flat: by direction.
 */
export type CandlePath = 'by_direction' | 'adverse'

/** One monotone move of the price. */
export interface Leg {
  readonly from: number
  readonly to: number
  readonly startAt: number
  readonly endAt: number
}

export const LEGS = 3

/** @param held signed lots at the open */
export const goesLowFirst = (candle: Candle, path: CandlePath, held: number): boolean =>
  path === 'adverse' && held !== 0 ? held > 0 : candle.close > candle.open

/** The price at the start (index 0) and at the end of each leg (1, 2, 3). */
export function cornerOf(candle: Candle, index: number, isLowFirst: boolean): number {
  if (index === 0) return candle.open
  if (index === LEGS) return candle.close
  return isLowFirst === (index === 1) ? candle.low : candle.high
}

/** Market time at which a leg ends, or starts for index 0. */
export function cornerTime(candle: Candle, index: number): number {
  return candle.openAt + Math.floor(((candle.closeAt - candle.openAt) * index) / LEGS)
}

export function legOf(candle: Candle, index: number, isLowFirst: boolean): Leg {
  return {
    from: cornerOf(candle, index, isLowFirst),
    to: cornerOf(candle, index + 1, isLowFirst),
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
