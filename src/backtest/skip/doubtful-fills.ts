/** Fills in whose states the tables do not tell whether more than the next fill may happen: looked at one by one. */
import type { KernelParts } from './kernel-parts.ts'
import { exitsOf } from './line-tables.ts'

/** Up to which price, beyond the highest line or the present one, the rates of margin are looked up. */
export const TOP_FACTOR = 1.5

/**
 * Whether each of the fills that follow the log keeps the whole candle away from its exits.
 * @param before cash + funding − fees before them
 */
export function survives(
  parts: KernelParts,
  candle: number,
  fills: number,
  before: number,
): boolean {
  const { tables, grid, terms, index, log, margin } = parts
  const { buy, sell, need, orderNeed, cap } = tables
  const { codes, length } = log
  const { initialBalance } = terms.paper
  const low = (index.low[candle] as number) + index.basisMin
  const high = (index.high[candle] as number) + index.basisMax
  let base = before
  for (let i = length; i < length + fills; i += 1) {
    const code = codes[i] as number
    const line = code >> 3
    const isSell = (code & 1) === 1
    base += (isSell ? sell[line] : buy[line]) as number
    if (margin !== null && !margin.take(line, isSell, base)) return false
    if (base < (orderNeed[line] as number)) return false
    const isFree = base >= (need[line] as number) && base <= (cap[line] as number)
    if (isFree && (margin === null || margin.lives(line))) continue
    const standing = margin === null ? initialBalance + base : margin.wallet(line)
    const { below, above } = exitsOf(tables, grid, terms, line, base, standing, TOP_FACTOR * high)
    if (low <= below || high >= above) return false
  }
  return isWithin(parts, index.open[candle] as number, fills)
}

/** After an opening gap beyond the outermost lines the orders are judged at a price that no table knows. */
function isWithin({ grid, tables, log }: KernelParts, open: number, fills: number): boolean {
  const { lines } = grid
  const { cells } = tables
  const { codes, length } = log
  const lowest = 2 * (lines[0] as number) - (lines[1] as number)
  const highest = 2 * (lines[cells] as number) - (lines[cells - 1] as number)
  for (let i = length; i < length + fills; i += 1) {
    const code = codes[i] as number
    if (((code >> 1) & 3) !== 0) return true
    const line = code >> 3
    if ((line === 0 && open <= lowest) || (line === cells && open >= highest)) return false
  }
  return true
}
