/**
 * Profit of one completed cell after fees: q·[P_{i+1}(1 − f) − P_i(1 + f)], fees rounded up per
 * fill.
 */
import { type Instrument, notionalOf } from '../instrument.ts'
import {
  feeOf,
  type Money,
  money,
  mulDiv,
  type Price,
  type Quantity,
  RATIO_SCALE,
  type Ratio,
  ratio,
} from '../money.ts'

export interface CellProfit {
  readonly lower: Price
  readonly upper: Price
  readonly gross: Money
  readonly fees: Money
  readonly net: Money
  /** net ÷ value of the buy, rounded down. */
  readonly netShare: Ratio
}

/** Both orders of a cell are maker fills at their lines. */
export function cellProfit(
  instrument: Instrument,
  lower: Price,
  upper: Price,
  q: Quantity,
  fee: Ratio,
): CellProfit {
  const bought = notionalOf(instrument, lower, q)
  const sold = notionalOf(instrument, upper, q)
  const fees = money(feeOf(bought, fee) + feeOf(sold, fee))
  const gross = money(sold - bought)
  const net = money(gross - fees)
  const netShare = ratio(bought === 0 ? 0 : mulDiv(net, RATIO_SCALE, bought, 'floor'))
  return { lower, upper, gross, fees, net, netShare }
}

/** Every cell, from the bottom. */
export function ladderProfit(
  instrument: Instrument,
  lines: readonly Price[],
  q: Quantity,
  fee: Ratio,
): readonly CellProfit[] {
  const cells: CellProfit[] = []
  for (let i = 0; i + 1 < lines.length; i += 1) {
    const lower = lines[i]
    const upper = lines[i + 1]
    if (lower !== undefined && upper !== undefined) {
      cells.push(cellProfit(instrument, lower, upper, q, fee))
    }
  }
  return cells
}

/**
 * The cell with the smallest net share (of equals the higher one): the top cell of an arithmetic
 * grid.
 */
export function worstCell(cells: readonly CellProfit[]): CellProfit | null {
  let worst: CellProfit | null = null
  for (const cell of cells) if (worst === null || cell.netShare <= worst.netShare) worst = cell
  return worst
}
