/**
 * What stands against an isolated position while the inner loop leaps. Margin and cost are rounded at each fill and
 * depend on the way there; the loop carries the cost in doubles, and everything that it decides by it keeps more
 * distance than all those roundings together. The exact figures are booked when the leap lands (chronicle.ts).
 */

import type { LeapableGrid } from '../../strategies/perp-grid/leap.ts'
import { type LeapTerms, type LineTables, marksAround, standNeed } from './line-tables.ts'
import type { MarketIndex } from './market-index.ts'

/** By line, or by empty line where it says so. */
export interface MarginTables {
  /** Line: what a buy (sell) there leaves of the signed cost, and what it adds. */
  readonly buyKeeps: Float64Array
  readonly buyAdds: Float64Array
  readonly sellKeeps: Float64Array
  readonly sellAdds: Float64Array
  /** Empty line: (cost − margin) ÷ cost. */
  readonly debtShare: Float64Array
  /** Empty line: the largest cost − margin with which the position lives up to the next line. */
  readonly debtMax: Float64Array
  /** Empty line: the smallest free balance, less the deposit, with which the exchange accepts every order there. */
  readonly freeNeed: Float64Array
  /** More than all roundings of cost and margin together, money. */
  readonly slack: number
  readonly deposit: number
}

const SLACK = 1e-9
const SLACK_UNITS = 16
/**
 * A fill adds less than 3 units of error to cost and margin, and closing one of k cells takes 1/k of it away: with n
 * cells no way through the grid leads to more than n · (5 + 3 ln n).
 */
const UNITS_PER_CELL = 64
/** Of those, what the stored margin may be away from cost ÷ leverage when a leap begins. */
const START_UNITS_PER_CELL = 16

/** Leverage as the exchange divides by it. */
const dividerOf = (leverage: number): number => Math.round(leverage * 1e8) / 1e8

export function marginTables(
  grid: LeapableGrid,
  terms: LeapTerms,
  tables: LineTables,
  index: MarketIndex,
): MarginTables {
  const count = grid.lines.length
  const column = () => new Float64Array(count)
  const found: MarginTables = {
    buyKeeps: column(),
    buyAdds: column(),
    sellKeeps: column(),
    sellAdds: column(),
    debtShare: column(),
    debtMax: column(),
    freeNeed: column(),
    slack: SLACK_UNITS + UNITS_PER_CELL * count,
    deposit: terms.paper.initialBalance,
  }
  const { cells, value } = tables
  const part = 1 / dividerOf(terms.leverage)
  for (let line = 0; line <= cells; line += 1) {
    const held = cells - line - grid.homesFull
    found.buyKeeps[line] = held - 1 < 0 ? held / (held - 1) : 1
    found.buyAdds[line] = held - 1 < 0 ? 0 : (value[line] as number)
    found.sellKeeps[line] = held + 1 > 0 ? held / (held + 1) : 1
    found.sellAdds[line] = held + 1 > 0 ? 0 : -(value[line] as number)
    found.debtShare[line] = held === 0 ? 0 : held > 0 ? 1 - part : 1 + part
  }
  fillBounds(found, grid, terms, tables, index)
  return found
}

function fillBounds(
  found: MarginTables,
  grid: LeapableGrid,
  terms: LeapTerms,
  tables: LineTables,
  index: MarketIndex,
): void {
  const { cells, value, unit } = tables
  let below = 0
  let above = 0
  for (let line = 1; line <= cells; line += 1) above += value[line] as number
  for (let empty = 0; empty <= cells; empty += 1) {
    const [low, high] = marksAround(grid, tables, index, empty)
    const need = Math.max(
      standNeed(tables, grid, terms, empty, low),
      standNeed(tables, grid, terms, empty, high),
    )
    // At the ends the price may go on without a fill: the price of death is looked up each time.
    const isEnd = empty === 0 || empty === cells
    const isFlat = unit[empty] === 0
    found.debtMax[empty] = isEnd
      ? Number.NEGATIVE_INFINITY
      : isFlat
        ? Number.POSITIVE_INFINITY
        : -need - Math.abs(need) * SLACK - found.slack
    const beyond = Math.max(
      ...[low, high].map((mark) => beyondHeld((unit[empty] as number) * mark, below, above)),
    )
    found.freeNeed[empty] =
      (beyond / dividerOf(terms.leverage)) * (1 + SLACK) + found.slack - found.deposit
    below += value[empty] as number
    above -= value[empty + 1] ?? 0
  }
}

/** Value of the worse side of the book beyond what is held already. */
const beyondHeld = (held: number, below: number, above: number): number =>
  Math.max(0, held + below, above - held) - Math.abs(held)

/** Signed cost of the position on its way, about. */
export class IsolatedMargin {
  readonly tables: MarginTables
  #cost: number

  constructor(tables: MarginTables, cost: number) {
    this.tables = tables
    this.#cost = cost
  }

  /**
   * The margin when a leap begins; null when fees or funding have eaten into it, so that it is less than the cost asks.
   * @param margin as the exchange has put it aside
   */
  static from(
    tables: MarginTables,
    cost: number,
    margin: number,
    leverage: number,
  ): IsolatedMargin | null {
    const asked = Math.abs(cost) / dividerOf(leverage)
    const tolerance = START_UNITS_PER_CELL * tables.buyKeeps.length
    return Math.abs(margin - asked) <= tolerance ? new IsolatedMargin(tables, cost) : null
  }

  /**
   * Goes on by a fill.
   * @param base cash + funding − fees after it
   * @returns whether the margin is covered and every order accepted then
   */
  take(line: number, isSell: boolean, base: number): boolean {
    const { buyKeeps, buyAdds, sellKeeps, sellAdds, freeNeed } = this.tables
    this.#cost = isSell
      ? this.#cost * (sellKeeps[line] as number) + (sellAdds[line] as number)
      : this.#cost * (buyKeeps[line] as number) + (buyAdds[line] as number)
    return base + this.#debt(line) >= (freeNeed[line] as number)
  }

  /** Cost − margin. */
  #debt(empty: number): number {
    return this.#cost * (this.tables.debtShare[empty] as number)
  }

  /** Whether the position lives up to the next line. */
  lives(empty: number): boolean {
    return this.#debt(empty) <= (this.tables.debtMax[empty] as number)
  }

  /** Whether the balance covers what is put aside: else the exchange takes the rest from there. */
  isCovered(empty: number, base: number): boolean {
    const { deposit, slack } = this.tables
    return base + this.#debt(empty) + deposit >= slack
  }

  /** What stands against the position, its cost taken off: no more than it really is. */
  wallet(empty: number): number {
    return -this.#debt(empty) - this.tables.slack
  }
}
