/** How many lots a full cell holds. Always rounded down to the lot. */
import { type Instrument, lotsFor } from '../instrument.ts'
import {
  invariant,
  type Money,
  money,
  mulDiv,
  price,
  type Quantity,
  quantity,
  RATIO_SCALE,
  type Ratio,
} from '../money.ts'
import { freshLayout, type GridType } from './cells.ts'
import { cellAt } from './ladder.ts'

/** What the operator gave; exactly one. */
export type Sizing =
  | { readonly kind: 'order_quantity'; readonly lots: Quantity }
  /** Value of one order at the middle of the range. */
  | { readonly kind: 'order_notional'; readonly value: Money }
  /** Margin for the whole grid; `reserve` of it stays for fees and funding. */
  | { readonly kind: 'total_margin'; readonly margin: Money; readonly reserve: Ratio }
  | { readonly kind: 'max_position'; readonly lots: Quantity }

export interface SizingContext {
  readonly lines: readonly number[]
  readonly at: number
  readonly type: GridType
  /** Start without a position (neutral, or initial_position none). */
  readonly isFlat: boolean
  /** As a Ratio: 1e8 = 1x. */
  readonly leverage: number
}

/** Lots per cell; 0 when what was given is not enough for one lot. */
export function sizeCells(
  instrument: Instrument,
  sizing: Sizing,
  context: SizingContext,
): Quantity {
  const intervals = context.lines.length - 1
  invariant(intervals > 0, 'a grid has at least one interval')
  switch (sizing.kind) {
    case 'order_quantity':
      return sizing.lots
    case 'order_notional': {
      const middle = ((context.lines[0] ?? 0) + (context.lines[intervals] ?? 0)) / 2
      return lotsFor(instrument, price(Math.ceil(middle)), sizing.value)
    }
    case 'max_position':
      return quantity(Math.floor(sizing.lots / intervals))
    case 'total_margin':
      return lotsForMargin(instrument, sizing.margin, sizing.reserve, context)
  }
}

/**
 * q = margin · leverage · (1 − reserve) ÷ Σ P over what can be open together (peers: F2): the
 * initial position at the price and every order on its side; for a flat start the larger of the two
 * sides.
 */
function lotsForMargin(
  instrument: Instrument,
  margin: Money,
  reserve: Ratio,
  context: SizingContext,
): Quantity {
  const { long, short } = exposurePrices(context)
  const sum = Math.max(long, short)
  const power = mulDiv(margin, context.leverage, RATIO_SCALE, 'floor')
  const usable = mulDiv(power, RATIO_SCALE - reserve, RATIO_SCALE, 'floor')
  return quantity(Math.max(0, Math.floor(usable / (sum * instrument.moneyPerUnit))))
}

/**
 * Σ of prices paid per lot of q when every buy (every sell) has filled, with the initial position
 * at the price.
 */
export function exposurePrices(context: Omit<SizingContext, 'leverage'>): {
  readonly long: number
  readonly short: number
} {
  const { lines, at, type, isFlat } = context
  const intervals = lines.length - 1
  const cell = cellAt(lines, at)
  const above = Math.max(0, intervals - 1 - cell)
  let buys = 0
  for (let i = 0; i < intervals && i <= cell; i += 1) buys += lines[i] ?? 0
  let sells = 0
  for (let i = Math.max(0, cell + 1); i < intervals; i += 1) sells += lines[i + 1] ?? 0
  if (isFlat || type === 'neutral') return { long: buys, short: sells }
  if (type === 'long') return { long: buys + above * at, short: 0 }
  return { long: 0, short: sells + (intervals - above) * at }
}

/**
 * The largest |position| in lots that the grid can hold: when every buy, or every sell, has filled.
 */
export function positionMax(context: Omit<SizingContext, 'leverage'>, q: Quantity): Quantity {
  const { lines, at, type, isFlat } = context
  const intervals = lines.length - 1
  if (!isFlat && type !== 'neutral') return quantity(q * intervals)
  const full = freshLayout(lines, 1, at, type, true).x.filter((x) => x === 1).length
  return quantity(q * Math.max(full, intervals - full))
}

/** Margin in money that the worse side of the grid needs at this leverage, rounded up. */
export function marginNeeded(instrument: Instrument, context: SizingContext, q: Quantity): Money {
  const { long, short } = exposurePrices(context)
  const notional = money(Math.max(long, short) * q * instrument.moneyPerUnit)
  return money(mulDiv(notional, RATIO_SCALE, context.leverage, 'ceil'))
}
