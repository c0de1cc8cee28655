/** Where the price of a candle is at a moment within it, and what it has reached until then. */
import type { Candle } from '../../domain/market.ts'
import { type Price, price } from '../../domain/money.ts'
import {
  cornerOf,
  cornerTime,
  goesLowFirst,
  LEGS,
  legOf,
  priceOfTime,
} from '../../simulation/candle-path.ts'

/** The price of a candle at a market time. */
export function pathOf(candle: Candle, at: number): Price {
  const isLowFirst = goesLowFirst(candle, 'by_direction', 0)
  let leg = 0
  while (leg + 1 < LEGS && cornerTime(candle, leg + 1) <= at) leg += 1
  return price(priceOfTime(legOf(candle, leg, isLowFirst), at))
}

/** Highest and lowest price until a market time. */
export function reachOf(candle: Candle, at: number): { readonly high: Price; readonly low: Price } {
  const isLowFirst = goesLowFirst(candle, 'by_direction', 0)
  const reached = [candle.open as number, pathOf(candle, at)]
  for (let index = 1; index <= LEGS; index += 1) {
    if (cornerTime(candle, index) <= at) reached.push(cornerOf(candle, index, isLowFirst))
  }
  return { high: price(Math.max(...reached)), low: price(Math.min(...reached)) }
}
