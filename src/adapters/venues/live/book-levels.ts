/**
 * Levels of a book as integers, fast: thousands of messages a second are read on a part of one core, so numbers go from text
 * to integer without intermediate objects, and a side is two sorted arrays.
 */
import type { Instrument } from '../../../domain/instrument.ts'
import type { BookLevel, MarketBook } from '../../../domain/market.ts'
import { type Price, parseDecimalRounded, type Quantity } from '../../../domain/money.ts'

/** A contract with the venue's own name of it, and how the venue counts sizes: one lot is `sizeStep` of 10^-sizeDecimals. */
export interface BookContract {
  readonly instrument: Instrument
  readonly name: string
  readonly sizeDecimals: number
  readonly sizeStep: number
}

/** Of a venue that counts sizes in base currency. */
export const baseContract = (instrument: Instrument, name: string): BookContract => ({
  instrument,
  name,
  sizeDecimals: instrument.quantityDecimals,
  sizeStep: instrument.lotSize,
})

const ZERO = 48
const POINT = 46

/**
 * A plain unsigned decimal as a count of 10^-decimals. NaN = it is none, or too large.
 * @param isExact digits beyond the decimals make NaN unless they are zeros; else they are cut off
 */
export function unitsOf(text: unknown, decimals: number, isExact: boolean): number {
  if (typeof text !== 'string' || text.length === 0) return Number.NaN
  let units = 0
  let left = -1
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === POINT && left < 0) {
      left = decimals
      continue
    }
    const digit = code - ZERO
    if (digit < 0 || digit > 9) return unusual(text, decimals, isExact)
    if (left === 0) {
      if (isExact && digit !== 0) return Number.NaN
      continue
    }
    units = units * 10 + digit
    if (left > 0) left -= 1
  }
  for (let zeros = left < 0 ? decimals : left; zeros > 0; zeros -= 1) units *= 10
  return Number.isSafeInteger(units) ? units : Number.NaN
}

/** Exponents, and what is no number. */
function unusual(text: string, decimals: number, isExact: boolean): number {
  try {
    const units = parseDecimalRounded(text, decimals, 'floor')
    const isCut = isExact && parseDecimalRounded(text, decimals, 'ceil') !== units
    return units < 0 || isCut ? Number.NaN : units
  } catch {
    return Number.NaN
  }
}

/** A price of the contract; NaN = unreadable, 0 or finer than its prices. */
export function priceUnits({ instrument }: BookContract, text: unknown): number {
  const units = unitsOf(text, instrument.priceDecimals, true)
  return units > 0 ? units : Number.NaN
}

/** Whole lots of a size, the rest cut off: what is not a lot cannot be traded. NaN = unreadable. */
export const lotUnits = (contract: BookContract, text: unknown): number =>
  Math.floor(unitsOf(text, contract.sizeDecimals, false) / contract.sizeStep)

/** Texts of one level: `[price, size]` (more fields may follow). */
export type TextLevel = readonly unknown[]

/**
 * The best levels of a side that comes whole and in order, the best first; null = a number cannot be read, or the order is
 * broken. Levels below one lot are left out.
 * @param sign 1 = asks, prices grow; -1 = bids
 */
export function levelsFrom(
  contract: BookContract,
  rows: unknown,
  most: number,
  sign: 1 | -1,
): BookLevel[] | null {
  if (!Array.isArray(rows)) return null
  const levels: BookLevel[] = []
  let before = sign > 0 ? 0 : Number.POSITIVE_INFINITY
  for (const row of rows as readonly TextLevel[]) {
    if (levels.length >= most) break
    const at = priceUnits(contract, row?.[0])
    const lots = lotUnits(contract, row?.[1])
    if (!(lots >= 0) || !((at - before) * sign > 0)) return null
    before = at
    if (lots > 0) levels.push([at as Price, lots as Quantity])
  }
  return levels
}

export const isCrossed = ({ bids, asks }: MarketBook): boolean => {
  const [bid, ask] = [bids[0], asks[0]]
  return bid !== undefined && ask !== undefined && bid[0] >= ask[0]
}

/** One side of a book that is kept by changes; the best price first. */
export class BookSide {
  readonly #sign: 1 | -1
  readonly #prices: number[] = []
  readonly #lots: number[] = []

  /** @param sign 1 = asks, -1 = bids */
  constructor(sign: 1 | -1) {
    this.#sign = sign
  }

  get size(): number {
    return this.#prices.length
  }

  clear(): void {
    this.#prices.length = 0
    this.#lots.length = 0
  }

  /** @param lots 0 = the level is gone */
  set(price: number, lots: number): void {
    const index = this.#find(price)
    const isKnown = this.#prices[index] === price
    if (lots === 0) {
      if (!isKnown) return
      this.#prices.splice(index, 1)
      this.#lots.splice(index, 1)
    } else if (isKnown) this.#lots[index] = lots
    else {
      this.#prices.splice(index, 0, price)
      this.#lots.splice(index, 0, lots)
    }
  }

  /** Where the price stands or would stand. */
  #find(price: number): number {
    let low = 0
    let high = this.#prices.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (((this.#prices[middle] ?? 0) - price) * this.#sign < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The best levels; none worse than `worst`. */
  top(most: number, worst: number | null): BookLevel[] {
    const levels: BookLevel[] = []
    for (let index = 0; index < this.#prices.length && levels.length < most; index += 1) {
      const price = this.#prices[index] ?? 0
      if (worst !== null && (price - worst) * this.#sign > 0) break
      levels.push([price as Price, (this.#lots[index] ?? 0) as Quantity])
    }
    return levels
  }
}
