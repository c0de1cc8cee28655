/**
 * The cells of a grid and their ledger (docs/concepts/cells.md). Cell i lies between line i and
 * line i + 1 and holds x of q; its home is the x (0 or q) at which it has no position; y = x − home
 * is its inventory. The book is plain data, changed in place; money in 1e-8 of the settlement
 * currency, prices in price units, quantities in lots.
 */
import { InvariantError, invariant, money } from '../money.ts'
import { type Side, signOf } from '../order.ts'
import { cellAt, lineIndex } from './ladder.ts'

export type GridType = 'neutral' | 'long' | 'short'

/**
 * Plain JSON. Invariant after every booking: cash = grid + closed + adjustment − virtual (see
 * assertIdentity).
 */
export interface CellBook {
  readonly moneyPerUnit: number
  lines: number[]
  /** Lots of a full cell. */
  q: number
  x: number[]
  home: number[]
  /** Σ y over the cells: the position the grid wants. */
  inventory: number
  /** V = Σ y · virtual price (line i where home is 0, line i + 1 where home is q). */
  virtual: number
  /** G: profit of completed cells, gross. */
  grid: number
  /** A: execution against lines and moves of cells without a fill. */
  adjustment: number
  /** What a stop, close, operator or liquidation realised against the virtual cost of the cells. */
  closed: number
  /** Σ −signed notional of all fills. */
  cash: number
  /** Σ signed lots of all fills and what was adopted. */
  position: number
  completed: number
}

/** A book without cells. */
export function emptyBook(moneyPerUnit: number): CellBook {
  return {
    moneyPerUnit,
    lines: [],
    q: 0,
    x: [],
    home: [],
    inventory: 0,
    virtual: 0,
    grid: 0,
    adjustment: 0,
    closed: 0,
    cash: 0,
    position: 0,
    completed: 0,
  }
}

/** Lines, lots per cell and what each cell holds. */
export interface CellLayout {
  readonly lines: readonly number[]
  readonly q: number
  readonly x: readonly number[]
  readonly home: readonly number[]
}

/**
 * The cells of a fresh start: those above the one that holds the price are full, that cell and
 * those below are empty. Home: long 0, short q; neutral (and `isFlat`, initial_position none) x
 * itself.
 */
export function freshLayout(
  lines: readonly number[],
  q: number,
  at: number,
  type: GridType,
  isFlat: boolean,
): CellLayout {
  const cell = cellAt(lines, at)
  const x: number[] = []
  const home: number[] = []
  for (let i = 0; i + 1 < lines.length; i += 1) {
    const held = i > cell ? q : 0
    x.push(held)
    home.push(isFlat || type === 'neutral' ? held : type === 'long' ? 0 : q)
  }
  return { lines, q, x, home }
}

/** Σ y of a layout. */
export function inventoryOf(layout: CellLayout): number {
  let sum = 0
  for (let i = 0; i < layout.x.length; i += 1) sum += (layout.x[i] ?? 0) - (layout.home[i] ?? 0)
  return sum
}

/** Σ y · virtual price of a layout, in money. */
export function virtualOf(layout: CellLayout, moneyPerUnit: number): number {
  let sum = 0
  for (let i = 0; i < layout.x.length; i += 1) {
    const home = layout.home[i] ?? 0
    const line = layout.lines[home === 0 ? i : i + 1] ?? 0
    sum += ((layout.x[i] ?? 0) - home) * line * moneyPerUnit
  }
  return money(sum)
}

/**
 * Puts other cells in place of the present ones without a fill (start, trailing, recentre, adjust):
 * A takes ΔV.
 */
export function replaceCells(book: CellBook, layout: CellLayout): void {
  const virtual = virtualOf(layout, book.moneyPerUnit)
  book.adjustment = money(book.adjustment + virtual - book.virtual)
  book.virtual = virtual
  book.inventory = inventoryOf(layout)
  book.lines = [...layout.lines]
  book.q = layout.q
  book.x = [...layout.x]
  book.home = [...layout.home]
}

/** Cells go home without a fill: what they wanted was never held, or is held no more. A takes ΔV. */
export function goHome(book: CellBook): void {
  book.adjustment = money(book.adjustment - book.virtual)
  emptyCells(book)
}

/** y = 0 everywhere; the caller books the V that goes. */
function emptyCells(book: CellBook): void {
  book.virtual = 0
  book.inventory = 0
  book.x = [...book.home]
}

/** Lots that the cell wants to buy at its lower line, before the venue's minimum. */
export const buyRoom = (book: CellBook, cell: number): number => book.q - (book.x[cell] ?? book.q)

/** Lots that the cell wants to sell at its upper line, before the venue's minimum. */
export const sellRoom = (book: CellBook, cell: number): number => book.x[cell] ?? 0

/**
 * What is wanted at a line: > 0 a buy of the cell above it, < 0 a sell of the cell below it, 0
 * nothing. After netting at most one of the two reaches the minimum.
 */
export function lotsAtLine(book: CellBook, line: number, minimum: number): number {
  const sell = sellRoom(book, line - 1)
  if (sell >= minimum) return -sell
  const buy = buyRoom(book, line)
  return buy >= minimum ? buy : 0
}

/**
 * Moves a cell by `lots` at its own lines: + at the lower, − at the upper. Called before a change:
 * `touch(cell)`.
 */
function move(book: CellBook, cell: number, lots: number): void {
  const lower = book.lines[cell]
  const upper = book.lines[cell + 1]
  const home = book.home[cell]
  const held = book.x[cell]
  invariant(
    lower !== undefined && upper !== undefined && home !== undefined && held !== undefined,
    'a cell that moves is a cell of the grid',
  )
  const after = held + lots
  invariant(after >= 0 && after <= book.q, 'a cell holds between 0 and q')
  const isCompleting = home === 0 ? lots < 0 : lots > 0
  const virtualPrice = home === 0 ? lower : upper
  book.virtual = money(book.virtual + lots * virtualPrice * book.moneyPerUnit)
  book.inventory += lots
  book.x[cell] = after
  if (!isCompleting) return
  book.grid = money(book.grid + Math.abs(lots) * (upper - lower) * book.moneyPerUnit)
  if (after === home) book.completed += 1
}

/** Cash and position of one execution. */
function execute(book: CellBook, side: Side, at: number, lots: number): number {
  const signed = signOf(side) * lots
  const value = money(signed * at * book.moneyPerUnit)
  book.position += signed
  book.cash = money(book.cash - value)
  return value
}

/** Books a fill that belongs to no cell (a target, what was adopted) into A. */
export function bookOutsideFill(book: CellBook, side: Side, at: number, lots: number): void {
  const value = execute(book, side, at, lots)
  book.adjustment = money(book.adjustment - value)
}

/**
 * Books a fill that closes (operator, stop, liquidation, a foreign one). As far as it reduces |Σy|
 * it takes inventory out of the cells; their virtual cost and its cash go into closed, which is
 * then what closing brought against that cost. The rest of the lots is none of the cells': A.
 * @returns whether the cells went home by it (y = 0 everywhere)
 */
export function bookClosingFill(book: CellBook, side: Side, at: number, lots: number): boolean {
  const isReducing = signOf(side) * Math.sign(book.inventory) < 0
  const taken = isReducing ? Math.min(lots, Math.abs(book.inventory)) : 0
  if (lots > taken) bookOutsideFill(book, side, at, lots - taken)
  if (taken === 0) return false
  const value = execute(book, side, at, taken)
  const before = book.virtual
  const isWhole = taken === Math.abs(book.inventory)
  if (isWhole) emptyCells(book)
  else takeOut(book, taken)
  book.closed = money(book.closed - value + book.virtual - before)
  return isWhole
}

/**
 * Takes lots of inventory out of the cells: bought ones from the bottom up, sold ones from the top
 * down. That is from the price outward, and the only order in which no line becomes wanted from
 * both sides.
 */
function takeOut(book: CellBook, lots: number): void {
  const isLong = book.inventory > 0
  const { length } = book.x
  let left = lots
  for (let step = 0; step < length && left > 0; step += 1) {
    const cell = isLong ? step : length - 1 - step
    const home = book.home[cell] ?? 0
    const held = (book.x[cell] ?? 0) - home
    if (held === 0 || held > 0 !== isLong) continue
    const moved = -Math.sign(held) * Math.min(left, Math.abs(held))
    const line = book.lines[home === 0 ? cell : cell + 1] ?? 0
    book.virtual = money(book.virtual + moved * line * book.moneyPerUnit)
    book.inventory += moved
    book.x[cell] = home + held + moved
    left -= Math.abs(moved)
  }
}

/**
 * Books a fill of the slot at line price `line`. What the cell cannot take (its line is gone, or it
 * moved meanwhile) counts as a target fill. `touch` hears of the cell before it changes.
 * @returns the cell that changed, or −1
 */
export function bookLineFill(
  book: CellBook,
  side: Side,
  line: number,
  at: number,
  lots: number,
  touch: (cell: number) => void,
): number {
  const index = lineIndex(book.lines, line)
  const cell = side === 'buy' ? index : index - 1
  const isCell = index >= 0 && cell >= 0 && cell < book.x.length
  const room = isCell ? (side === 'buy' ? buyRoom(book, cell) : sellRoom(book, cell)) : 0
  const taken = Math.min(room, lots)
  if (taken > 0) {
    touch(cell)
    execute(book, side, at, taken)
    move(book, cell, signOf(side) * taken)
    const gain = signOf(side) * taken * (line - at) * book.moneyPerUnit
    book.adjustment = money(book.adjustment + gain)
  }
  if (lots > taken) bookOutsideFill(book, side, at, lots - taken)
  return taken > 0 ? cell : -1
}

/**
 * Nets the sell of cell line − 1 and the buy of cell line when both are wanted: the smaller moves
 * inside, without an order; neighbours follow. Ends because every move carries inventory one cell
 * up.
 */
export function netLine(
  book: CellBook,
  line: number,
  minimumAt: (line: number) => number,
  touch: (cell: number) => void,
): void {
  if (line <= 0 || line >= book.x.length) return
  const sell = sellRoom(book, line - 1)
  const buy = buyRoom(book, line)
  if (sell === 0 || buy === 0) return
  const minimum = minimumAt(line)
  if (sell < minimum || buy < minimum) return
  const lots = Math.min(sell, buy)
  touch(line - 1)
  touch(line)
  move(book, line - 1, -lots)
  move(book, line, lots)
  netLine(book, line - 1, minimumAt, touch)
  netLine(book, line + 1, minimumAt, touch)
}

/** Nets every line; after the cells were replaced. */
export function netAll(book: CellBook, minimumAt: (line: number) => number): void {
  for (let line = 1; line < book.x.length; line += 1)
    netLine(book, line, minimumAt, () => undefined)
}

/**
 * The split of the profit at a mark price, exact; total = grid + inventory + entryAdjustment +
 * closed.
 */
export interface ProfitSplit {
  readonly grid: number
  readonly inventory: number
  readonly entryAdjustment: number
  readonly closed: number
  /** Without funding and fees. */
  readonly total: number
}

/** Splits cash + position · mark; asserts that the parts add up to the last unit. */
export function splitProfit(book: CellBook, mark: number): ProfitSplit {
  const unit = mark * book.moneyPerUnit
  const inventory = money(book.inventory * unit - book.virtual)
  const entryAdjustment = money(book.adjustment - (book.inventory - book.position) * unit)
  const total = money(book.cash + book.position * unit)
  invariant(
    total === book.grid + inventory + entryAdjustment + book.closed,
    'the parts of the profit add up to cash + position · mark',
  )
  return { grid: book.grid, inventory, entryAdjustment, closed: book.closed, total }
}

/** The identity without a mark; it holds at every mark when it holds here. */
export function assertIdentity(book: CellBook): void {
  if (book.cash === book.grid + book.closed + book.adjustment - book.virtual) return
  throw new InvariantError(
    `Invariant: cash = grid + closed + adjustment − virtual, found ${book.cash} and ${book.grid} + ${book.closed} + ${book.adjustment} − ${book.virtual}`,
  )
}
