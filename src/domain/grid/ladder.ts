/**
 * The lines of a grid. `intervals` N gives N + 1 lines: arithmetic P_i = L + i·(U − L)/N, geometric
 * P_i = L·(U/L)^(i/N). Every line is rounded to the nearest price that the venue takes (a tie goes
 * up): one line serves the buy of the cell above and the sell of the cell below, so it cannot be
 * rounded by side. All comparisons are exact integers.
 */
import { type Instrument, priceStep } from '../instrument.ts'
import { divide, invariant, mulDiv, type Price, price, RATIO_SCALE, type Ratio } from '../money.ts'

export type GridMode = 'arithmetic' | 'geometric'

/** A range and how it is cut; line 0 is `lower`, line `intervals` is `upper`. */
export interface GridRange {
  readonly lower: Price
  readonly upper: Price
  readonly intervals: number
  readonly mode: GridMode
}

/** The allowed price nearest to `at`; a tie goes up. */
export function nearestPrice(instrument: Instrument, at: number): Price {
  const step = priceStep(instrument, price(Math.max(1, at)))
  return price(divide(2 * at + step, 2 * step, 'floor') * step)
}

/**
 * Line `index` of the range continued in both directions (index < 0 or > N: where trailing goes).
 * May be 0 or negative for arithmetic ranges continued far down.
 */
export function lineAt(instrument: Instrument, range: GridRange, index: number): Price {
  invariant(range.intervals > 0 && range.lower > 0, 'a grid range has intervals and a lower price')
  if (range.mode === 'geometric') return geometricLine(instrument, range, index)
  const exact = range.lower * range.intervals + index * (range.upper - range.lower)
  const whole = divide(exact, range.intervals, 'floor')
  const step = priceStep(instrument, price(Math.max(1, whole)))
  const multiple = divide(2 * exact + step * range.intervals, 2 * step * range.intervals, 'floor')
  return price(multiple * step)
}

/** Far more than the error of a power in doubles (some 1e-14), and what a guess near 0 needs. */
const GUESS_ERROR = 1e-9

/**
 * Floats guess; where the guess is so near the middle between two prices that its error could matter, the integer
 * comparison of N-th powers decides. So the line is exact everywhere.
 */
function geometricLine(instrument: Instrument, range: GridRange, index: number): Price {
  const { lower, upper, intervals } = range
  if (index === 0) return lower
  if (index === intervals) return upper
  const guess = lower * (upper / lower) ** (index / intervals)
  const step = priceStep(instrument, price(Math.max(1, Math.floor(guess))))
  const exact = guess / step
  const fromMiddle = Math.abs(exact - Math.floor(exact) - 0.5)
  if (exact > 1 && fromMiddle > GUESS_ERROR * (exact + 1)) return price(Math.round(exact) * step)
  return geometricLineExactly(range, index, step, exact)
}

function geometricLineExactly(
  { lower, upper, intervals }: GridRange,
  index: number,
  step: number,
  guess: number,
): Price {
  const count = BigInt(intervals)
  const numerator = power(lower, intervals - index) * power(upper, index)
  const denominator = power(lower, index - intervals) * power(upper, -index)
  // The nearest multiple k satisfies (2k − 1)·step <= 2·value < (2k + 1)·step.
  const double = numerator * 2n ** count
  const isAtLeast = (k: number): boolean =>
    k <= 0 || BigInt((2 * k - 1) * step) ** count * denominator <= double
  let multiple = Math.max(1, Math.round(guess))
  while (!isAtLeast(multiple)) multiple -= 1
  while (isAtLeast(multiple + 1)) multiple += 1
  return price(multiple * step)
}

const power = (base: number, exponent: number): bigint =>
  exponent > 0 ? BigInt(base) ** BigInt(exponent) : 1n

/** The lines `shift` … `shift + intervals` of the range, ascending. */
export function buildLines(instrument: Instrument, range: GridRange, shift = 0): Price[] {
  const lines: Price[] = []
  for (let i = 0; i <= range.intervals; i += 1) lines.push(lineAt(instrument, range, shift + i))
  return lines
}

/**
 * The first line that does not lie above the one before it, or null: two lines rounded to one
 * price.
 */
export function duplicateLine(lines: readonly Price[]): Price | null {
  for (let i = 1; i < lines.length; i += 1) {
    const line = lines[i]
    const before = lines[i - 1]
    if (line !== undefined && before !== undefined && line <= before) return line
  }
  return null
}

/**
 * The cell that holds a price: the largest i with P_i <= price. −1 below the range; N (= lines − 1)
 * at or above the top line, where no cell holds it.
 */
export function cellAt(lines: readonly number[], at: number): number {
  let low = 0
  let high = lines.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((lines[middle] as number) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The index of the line with exactly this price, or −1. */
export function lineIndex(lines: readonly number[], at: number): number {
  const index = cellAt(lines, at)
  return index >= 0 && lines[index] === at ? index : -1
}

/** A range of ± share around a price, rounded outward to allowed prices (auto_price). */
export function rangeAround(
  instrument: Instrument,
  at: Price,
  share: Ratio,
): { readonly lower: Price; readonly upper: Price } {
  const low = mulDiv(at, RATIO_SCALE - share, RATIO_SCALE, 'floor')
  const high = mulDiv(at, RATIO_SCALE + share, RATIO_SCALE, 'ceil')
  const down = priceStep(instrument, price(Math.max(1, low)))
  const up = priceStep(instrument, price(high))
  return {
    lower: price(divide(low, down, 'floor') * down),
    upper: price(divide(high, up, 'ceil') * up),
  }
}

/**
 * The same number of cells and width with the price in the middle (recentre): arithmetic keeps U −
 * L, geometric keeps U / L.
 */
export function recentredRange(instrument: Instrument, range: GridRange, at: Price): GridRange {
  if (range.mode === 'arithmetic') {
    const width = range.upper - range.lower
    const lower = nearestPrice(instrument, at - divide(width, 2, 'floor'))
    return { ...range, lower, upper: nearestPrice(instrument, lower + width) }
  }
  const square = BigInt(at) * BigInt(at)
  const lower = squareRoot((square * BigInt(range.lower)) / BigInt(range.upper))
  const upper = squareRoot((square * BigInt(range.upper)) / BigInt(range.lower))
  return {
    ...range,
    lower: nearestPrice(instrument, lower),
    upper: nearestPrice(instrument, upper),
  }
}

/** Floor of the square root, by Newton's method on integers. */
function squareRoot(value: bigint): number {
  if (value < 2n) return Number(value)
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return Number(root)
    root = next
  }
}
