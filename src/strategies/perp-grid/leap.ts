/**
 * A grid that only its lines move: every cell full or empty, in the one pattern whose whole state is the index of the
 * empty line (docs/concepts/cells.md). Says when a state is such a grid, and puts the outcome of many fills back.
 */
import { virtualOf } from '../../domain/grid/cells.ts'
import { type Instrument, minimumLots } from '../../domain/instrument.ts'
import { money, price, quantity } from '../../domain/money.ts'
import type { Position } from '../../domain/position/position.ts'
import type { GridState } from './state.ts'
import { boundaryPrices, trailingPrice, wakesOf } from './thresholds.ts'

/** Everything that decides about such a grid until something else than a fill at a line happens. */
export interface LeapableGrid {
  readonly instrument: Instrument
  readonly lines: readonly number[]
  /** Lots of a cell. */
  readonly q: number
  /** Buys rest on every line below, sells on every line above. */
  readonly empty: number
  /** Cells that are at home when full: position = (cells − empty − full) · q. */
  readonly homesFull: number
  /** Profit, without the capital, at or below and at or above which the grid ends; null = never. */
  readonly stopLoss: number | null
  readonly takeProfit: number | null
  /** Last prices that must stay out of reach (trailing, boundary). */
  readonly lastBelow: number | null
  readonly lastAbove: number | null
  /** Marks that must stay out of reach (stop and take-profit price). */
  readonly markBelow: number | null
  readonly markAbove: number | null
  /** Market time at which the grid ends. */
  readonly endAt: number | null
}

/** The grid in a state, or null when more than fills at its lines may happen next. */
export function leapableGrid(state: GridState): LeapableGrid | null {
  const { settings, book, terms } = state
  const isPlain =
    state.phase === 'active' &&
    state.target === null &&
    state.frozen === null &&
    state.refused === null &&
    settings.openOrdersMax === 0 &&
    settings.trailingStop === null &&
    book.position === book.inventory
  const empty = isPlain ? emptyLine(state) : -1
  if (empty < 0) return null
  const lowest = price(book.lines[0] ?? 1)
  if (book.q < minimumLots(terms.instrument, lowest)) return null
  const homesFull = book.home.reduce((count, home) => count + (home === 0 ? 0 : 1), 0)
  if (book.position !== (book.x.length - empty - homesFull) * book.q) return null
  const { stopPrice, takeProfitPrice, durationMs } = settings
  const marks = [
    { level: stopPrice, side: state.stopSide },
    { level: takeProfitPrice, side: state.takeSide },
  ]
  return {
    instrument: terms.instrument,
    lines: book.lines,
    q: book.q,
    empty,
    homesFull,
    stopLoss: settings.stopLoss,
    takeProfit: settings.takeProfit,
    ...lastLevels(state),
    markBelow: nearest(marks, 'below'),
    markAbove: nearest(marks, 'above'),
    endAt: durationMs === null ? null : state.startedAt + durationMs,
  }
}

/** Empty cells up to a line, full ones from there: the line, or −1 when the cells lie otherwise. */
function emptyLine({ book }: GridState): number {
  const { x, q } = book
  let line = 0
  while (line < x.length && x[line] === 0) line += 1
  for (let cell = line; cell < x.length; cell += 1) if (x[cell] !== q) return -1
  return x.length > 0 && q > 0 ? line : -1
}

function lastLevels(state: GridState): Pick<LeapableGrid, 'lastBelow' | 'lastAbove'> {
  const down = trailingPrice(state, 'down')
  const up = trailingPrice(state, 'up')
  const bounds = state.settings.boundaryAction === 'hold' ? null : boundaryPrices(state)
  return { lastBelow: down ?? bounds?.below ?? null, lastAbove: up ?? bounds?.above ?? null }
}

interface Level {
  readonly level: number | null
  readonly side: 'below' | 'above' | null
}

function nearest(levels: readonly Level[], side: 'below' | 'above'): number | null {
  const found = levels.flatMap((one) =>
    one.side === side && one.level !== null ? [one.level] : [],
  )
  if (found.length === 0) return null
  return side === 'below' ? Math.max(...found) : Math.min(...found)
}

/** What a number of fills at lines have come to. */
export interface LandedGrid {
  readonly empty: number
  /** Σ −signed value of all fills since the start. */
  readonly cash: number
  readonly fees: number
  readonly funding: number
  /** Position at its cost. */
  readonly held: Position
  /** Profit of completed cells, and their number. */
  readonly grid: number
  readonly completed: number
  /** The last price that was told, and when. */
  readonly last: number
  readonly mark: number
  readonly at: number
}

/** Puts the outcome of fills at lines into the state, as if each had been heard. */
export function landGrid(state: GridState, landed: LandedGrid): void {
  const { book } = state
  const { x, q } = book
  for (let cell = 0; cell < x.length; cell += 1) x[cell] = cell < landed.empty ? 0 : q
  book.inventory = landed.held.quantity
  book.position = landed.held.quantity
  book.virtual = virtualOf(book, book.moneyPerUnit)
  book.grid = landed.grid
  book.completed = landed.completed
  book.cash = money(landed.cash)
  state.held = { quantity: quantity(landed.held.quantity), cost: money(landed.held.cost) }
  state.fees = landed.fees
  state.funding = landed.funding
  state.last = landed.last
  state.mark = landed.mark
  state.lastAt = landed.at
  state.wakes = wakesOf(state)
}
