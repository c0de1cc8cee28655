/**
 * What each line of a leapable grid does, computed once by the functions that book, charge and liquidate elsewhere:
 * a fill is then a few additions. All amounts are exact integers in doubles (1e-8 of the settlement currency).
 *
 * `base` below is cash + funding − fees of the run: with it equity is capital + base + unit · mark, and what stands
 * against the position on cross margin is balance + base + unit · mark, whatever way led there.
 */
import { type MarginTier, notionalOf } from '../../domain/instrument.ts'
import { feeOf, money, price, quantity, RATIO_SCALE } from '../../domain/money.ts'
import type { PaperTerms } from '../../domain/paper-terms.ts'
import { requiredAt } from '../../domain/position/liquidation.ts'
import { initialMargin, tierOf } from '../../domain/position/margin.ts'
import type { RiskLimits } from '../../domain/risk.ts'
import { fillLevel } from '../../simulation/book.ts'
import type { LeapableGrid } from '../../strategies/perp-grid/leap.ts'
import type { MarketIndex } from './market-index.ts'

/** Under which terms the account trades. */
export interface LeapTerms {
  readonly fillRule: 'through' | 'touch'
  readonly capital: number
  readonly leverage: number
  readonly marginMode: 'isolated' | 'cross'
  readonly limits: RiskLimits
  readonly paper: PaperTerms
}

/** By line; the index is the empty line where it says so. */
export interface LineTables {
  readonly cells: number
  /** Empty line: the price that fills the next buy and the next sell; beyond the lines out of reach. */
  readonly down: Int32Array
  readonly up: Int32Array
  /** Line: what a buy (sell) there adds to `base`. */
  readonly buy: Float64Array
  readonly sell: Float64Array
  /** Line: value and maker fee of a fill there. */
  readonly value: Float64Array
  readonly fee: Float64Array
  /** Line: what a fill that opens there puts aside; 0 on cross margin. */
  readonly margin: Float64Array
  /** Empty line: what the position is worth per unit of price. */
  readonly unit: Float64Array
  /** Empty line: the smallest `base` with which nothing but fills can happen before the next line. */
  readonly need: Float64Array
  /** Empty line: the smallest `base` with which orders are accepted there. */
  readonly orderNeed: Float64Array
  /** Empty line: the largest `base` that does not take its profit before the next line. */
  readonly cap: Float64Array
}

/** Beyond every price, and still a 32-bit integer. */
export const NO_LEVEL_UP = 2 ** 31 - 1
export const NO_LEVEL_DOWN = -1

/** Values up to here leave sums of them exact. */
const VALUE_MAX = 2 ** 51

/** Shares of doubles are rounded: what decides keeps this much distance. */
const SLACK = 1e-9
const SLACK_UNITS = 16

export function lineTables(grid: LeapableGrid, terms: LeapTerms, index: MarketIndex): LineTables {
  const count = grid.lines.length
  const column = () => new Float64Array(count)
  const tables: LineTables = {
    cells: count - 1,
    down: new Int32Array(count),
    up: new Int32Array(count),
    buy: column(),
    sell: column(),
    value: column(),
    fee: column(),
    margin: column(),
    unit: column(),
    need: column(),
    orderNeed: column(),
    cap: column(),
  }
  fillLines(tables, grid, terms)
  fillNeeds(tables, grid, terms, index)
  return tables
}

function fillLines(tables: LineTables, grid: LeapableGrid, terms: LeapTerms): void {
  const { instrument, lines, q, homesFull } = grid
  const { cells, down, up } = tables
  for (let line = 0; line <= cells; line += 1) {
    const at = price(lines[line] ?? 0)
    const value = notionalOf(instrument, at, quantity(q))
    const fee = feeOf(value, terms.paper.maker)
    tables.value[line] = value
    tables.fee[line] = fee
    tables.margin[line] = isCross(terms) ? 0 : initialMargin(value, terms.leverage)
    tables.buy[line] = -value - fee
    tables.sell[line] = value - fee
    tables.unit[line] = (cells - line - homesFull) * q * instrument.moneyPerUnit
    const level = (side: 'buy' | 'sell') =>
      fillLevel(instrument, { side, price: at }, terms.fillRule)
    if (line < cells) down[line + 1] = level('buy')
    if (line > 0) up[line - 1] = level('sell')
  }
  down[0] = NO_LEVEL_DOWN
  up[cells] = NO_LEVEL_UP
}

/** Marks between which the market is while a line is empty; at the ends one cell further. */
export function marksAround(
  grid: LeapableGrid,
  tables: LineTables,
  index: MarketIndex,
  empty: number,
): readonly [number, number] {
  const { lines } = grid
  const { cells, down, up } = tables
  const lowest = 2 * (lines[0] ?? 0) - (lines[1] ?? 0)
  const highest = 2 * (lines[cells] ?? 0) - (lines[cells - 1] ?? 0)
  const low = empty === 0 ? lowest : (down[empty] as number)
  const high = empty === cells ? highest : (up[empty] as number)
  return [Math.max(1, low + index.basisMin), high + index.basisMax]
}

function fillNeeds(
  tables: LineTables,
  grid: LeapableGrid,
  terms: LeapTerms,
  index: MarketIndex,
): void {
  const { cells, value } = tables
  let below = 0
  let above = 0
  for (let line = 1; line <= cells; line += 1) above += value[line] as number
  for (let empty = 0; empty <= cells; empty += 1) {
    const [low, high] = marksAround(grid, tables, index, empty)
    const sides = { below, above }
    const life = Math.max(
      lifeNeed(tables, grid, terms, empty, low),
      lifeNeed(tables, grid, terms, empty, high),
    )
    tables.orderNeed[empty] = Math.max(
      orderNeed(tables, grid, terms, empty, low, sides),
      orderNeed(tables, grid, terms, empty, high, sides),
    )
    // At the ends the price may go on without a fill: levels are looked up each time.
    const isEnd = empty === 0 || empty === cells
    tables.need[empty] = isEnd
      ? Number.POSITIVE_INFINITY
      : Math.max(life, tables.orderNeed[empty] as number)
    tables.cap[empty] = Math.min(
      profitCap(tables, grid, empty, low),
      profitCap(tables, grid, empty, high),
    )
    below += value[empty] as number
    above -= value[empty + 1] ?? 0
  }
}

const positionOf = ({ unit }: LineTables, { instrument }: LeapableGrid, empty: number): number =>
  (unit[empty] as number) / instrument.moneyPerUnit

const isCross = ({ marginMode }: LeapTerms): boolean => marginMode === 'cross'

/** The smallest `base` that survives a mark: no liquidation (isolated-margin.ts looks after isolated ones), no stop loss. */
function lifeNeed(
  tables: LineTables,
  grid: LeapableGrid,
  terms: LeapTerms,
  empty: number,
  mark: number,
): number {
  const { stopLoss } = grid
  const held = (tables.unit[empty] as number) * mark
  const stop = stopLoss === null ? Number.NEGATIVE_INFINITY : 1 - stopLoss - held
  if (held === 0 || !isCross(terms)) return stop
  return Math.max(stop, standNeed(tables, grid, terms, empty, mark) - terms.paper.initialBalance)
}

/** What must stand against a position, its cost taken off, so that it lives at a mark; −Infinity when flat. */
export function standNeed(
  tables: LineTables,
  grid: LeapableGrid,
  { paper }: LeapTerms,
  empty: number,
  mark: number,
): number {
  const { instrument } = grid
  const held = (tables.unit[empty] as number) * mark
  const lots = positionOf(tables, grid, empty)
  if (lots === 0) return Number.NEGATIVE_INFINITY
  if (Math.abs(held) > VALUE_MAX) return Number.POSITIVE_INFINITY
  const position = { quantity: quantity(lots), cost: money(0) }
  const required = requiredAt(
    { instrument, position, margin: 0, closingFee: paper.taker },
    price(mark),
  )
  return required + SLACK_UNITS - held
}

/** The smallest `base` with which risk gate and exchange accept every order of the grid at a mark. */
function orderNeed(
  tables: LineTables,
  { instrument, homesFull, q }: LeapableGrid,
  terms: LeapTerms,
  empty: number,
  mark: number,
  sides: { readonly below: number; readonly above: number },
): number {
  const { capital, leverage, limits, paper } = terms
  const held = (tables.unit[empty] as number) * mark
  // What may be held when one side has filled is the same whatever line is empty.
  const most = Math.max(homesFull, tables.cells - homesFull) * q * mark * instrument.moneyPerUnit
  const worse = Math.max(held + sides.below, sides.above - held)
  if (most > VALUE_MAX || worse > VALUE_MAX) return Number.POSITIVE_INFINITY
  if (limits.positionNotionalMax !== null && most >= limits.positionNotionalMax)
    return Number.POSITIVE_INFINITY
  if (leverage > lowestLeverage(instrument.marginTiers, worse)) return Number.POSITIVE_INFINITY
  const share = Math.min(limits.positionSizeMax, limits.capitalUtilizationMax) / RATIO_SCALE
  const gate = (most / leverage / share) * (1 + SLACK) + SLACK_UNITS - capital - held
  // What is free of an isolated account is not known by `base` alone (isolated-margin.ts); flat it is the same.
  if (!isCross(terms) && held !== 0) return gate
  const margin = (worse / leverage) * (1 + SLACK) + SLACK_UNITS - paper.initialBalance - held
  return Math.max(gate, margin)
}

/** The smallest `base` with which every order of a grid is accepted that is placed at a mark: at its start all are. */
export function startNeed(
  tables: LineTables,
  grid: LeapableGrid,
  terms: LeapTerms,
  mark: number,
): number {
  let [below, above] = [0, 0]
  for (let line = 0; line <= tables.cells; line += 1) {
    if (line < grid.empty) below += tables.value[line] as number
    else if (line > grid.empty) above += tables.value[line] as number
  }
  return orderNeed(tables, grid, terms, grid.empty, mark, { below, above })
}

const lowestLeverage = (tiers: readonly MarginTier[], notional: number): number =>
  tierOf(tiers, notional).leverageMax

function profitCap(
  tables: LineTables,
  { takeProfit }: LeapableGrid,
  empty: number,
  mark: number,
): number {
  if (takeProfit === null) return Number.POSITIVE_INFINITY
  return takeProfit - 1 - (tables.unit[empty] as number) * mark
}

/** Marks at or beyond which more than fills may happen. */
export interface Exits {
  readonly below: number
  readonly above: number
}

/**
 * Where a position dies, stops or takes its profit, no later than it really does.
 * @param standing what stands against the position, its cost taken off
 * @param highest the mark up to which they hold
 */
export function exitsOf(
  tables: LineTables,
  grid: LeapableGrid,
  { paper }: LeapTerms,
  empty: number,
  base: number,
  standing: number,
  highest: number,
): Exits {
  const { instrument, stopLoss, takeProfit } = grid
  const unit = tables.unit[empty] as number
  if (unit === 0) {
    const isOver =
      (stopLoss !== null && base <= 1 - stopLoss) || (takeProfit !== null && base >= takeProfit - 1)
    return { below: isOver ? NO_LEVEL_UP : NO_LEVEL_DOWN, above: NO_LEVEL_UP }
  }
  const size = Math.abs(unit)
  // The rate of the highest price holds for all below it: rates rise with the notional.
  const { maintenanceRate } = tierOf(instrument.marginTiers, Math.min(VALUE_MAX, size * highest))
  const kept = (maintenanceRate + Math.max(0, paper.taker)) / RATIO_SCALE
  const wallet = standing - SLACK_UNITS
  const death = unit > 0 ? -wallet / (size * (1 - kept)) : wallet / (size * (1 + kept))
  const worse = stopLoss === null ? death : towards(unit, death, (-stopLoss - base) / unit)
  const better = takeProfit === null ? null : (takeProfit - base) / unit
  return unit > 0
    ? { below: ceiled(worse), above: better === null ? NO_LEVEL_UP : floored(better) }
    : { below: better === null ? NO_LEVEL_DOWN : ceiled(better), above: floored(worse) }
}

/** Of two levels the one that is met first: a long falls, a short rises. */
const towards = (unit: number, a: number, b: number): number =>
  unit > 0 ? Math.max(a, b) : Math.min(a, b)

const ceiled = (level: number): number =>
  Math.max(NO_LEVEL_DOWN, Math.min(NO_LEVEL_UP, Math.ceil(level * (1 + SLACK)) + 2))
const floored = (level: number): number =>
  Math.max(NO_LEVEL_DOWN, Math.min(NO_LEVEL_UP, Math.floor(level * (1 - SLACK)) - 2))
