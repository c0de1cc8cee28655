/** The state of a running grid: plain versioned JSON, changed in place by the strategy alone. */
import {
  bookOutsideFill,
  type CellBook,
  emptyBook,
  freshLayout,
  replaceCells,
} from '../../domain/grid/cells.ts'
import type { GridRange } from '../../domain/grid/ladder.ts'
import type { WalkStart } from '../../domain/grid/worst-case.ts'
import { minimumLots } from '../../domain/instrument.ts'
import { formatDecimal, invariant, type Price, price, quantity } from '../../domain/money.ts'
import { applyExecution, FLAT, type Position } from '../../domain/position/position.ts'
import type { Finish, StrategyContext, Wake } from '../../domain/strategy.ts'
import { type GridTerms, planStart } from './plan.ts'
import type { GridParameters, GridSettings } from './settings.ts'

export type Side = 'below' | 'above'

/** The target that was reported last. */
export interface HeldTarget {
  quantity: number
  worst: number | null
  side: 'buy' | 'sell'
  isReduceOnly: boolean
  /** Market time of the next re-check. */
  checkAt: number
}

export interface GridState {
  /** As last given by the operator. */
  configured: GridParameters
  /** With what was resolved once: auto_price has become a range. */
  parameters: GridParameters
  settings: GridSettings
  terms: GridTerms
  startedAt: number
  /** Where neutral homes part: the price at which the cells started, or were recentred. */
  base: number
  phase: 'waiting' | 'active' | 'finished'
  /** Waiting: on which side of trigger_price the market was at the start. */
  triggerFrom: Side | null
  range: GridRange
  /** How many lines trailing has moved up (+) or down (−). */
  shift: number
  q: number
  book: CellBook
  /** The position at its cost, as the venue averages it. */
  held: Position
  fees: number
  funding: number
  last: number
  mark: number
  lastAt: number
  /** open_orders_max: the price from which the nearest orders are counted. */
  anchor: number
  /** Highest equity heard, while trailing_stop is set. */
  peak: number
  stopSide: Side | null
  takeSide: Side | null
  /** boundary_action pause: what may still rest, lots by slot. */
  frozen: Record<string, number> | null
  target: HeldTarget | null
  finish: Finish | null
  /** A move of the range that was refused; not tried again before the price is back. */
  refused: 'up' | 'down' | 'recentre' | null
  /** As last reported. */
  wakes: readonly Wake[]
}

/** Lots below which nothing is ordered at a line. */
export const minimumAtLine = (state: GridState, line: number): number =>
  minimumLots(state.terms.instrument, price(state.book.lines[line] ?? 1))

export const isFlatStart = (state: GridState): boolean => state.terms.initialPosition === 'none'

/** Capital plus profit since the start, on mark, with funding and fees. */
export const equityOf = (state: GridState): number =>
  state.terms.capital + totalOf(state, state.mark)

/** Total profit since the start at a mark price. */
export function totalOf(state: GridState, mark: number): number {
  const { book } = state
  return book.cash + book.position * mark * book.moneyPerUnit + state.funding - state.fees
}

/** The side of `at` on which `level` lies. */
export const sideOf = (level: number | null, at: number): Side | null =>
  level === null ? null : level < at ? 'below' : 'above'

/**
 * First start of an instance: fixes range, size, start price and trigger.
 * @throws RangeError when check() would have refused the parameters altogether
 */
export function startState(parameters: GridParameters, context: StrategyContext): GridState {
  const { plan, objections, terms } = planStart(parameters, context)
  const market = context.prices[0]
  if (plan === null || market === undefined) {
    throw new RangeError(objections[0]?.text ?? 'perp_grid needs a price to start')
  }
  const { settings, range, q } = plan
  const trigger = settings.triggerPrice
  const isWaiting = trigger !== null && trigger !== market.last
  const state: GridState = {
    configured: parameters,
    parameters: resolvedParameters(parameters, settings, terms, range),
    settings: { ...settings, isAutoPrice: false, lower: range.lower, upper: range.upper },
    terms,
    startedAt: context.at,
    base: plan.at,
    phase: 'waiting',
    triggerFrom: isWaiting ? sideOf(market.last, trigger) : null,
    range,
    shift: 0,
    q,
    book: emptyBook(terms.instrument.moneyPerUnit),
    held: FLAT,
    fees: 0,
    funding: 0,
    last: market.last,
    mark: market.mark,
    lastAt: context.at,
    anchor: market.last,
    peak: terms.capital,
    stopSide: sideOf(settings.stopPrice, plan.at),
    takeSide: sideOf(settings.takeProfitPrice, plan.at),
    frozen: null,
    target: null,
    finish: null,
    refused: null,
    wakes: [],
  }
  adoptPosition(state, context.positions[0] ?? 0)
  if (!isWaiting) activate(state, plan.lines)
  return state
}

function resolvedParameters(
  parameters: GridParameters,
  settings: GridSettings,
  terms: GridTerms,
  range: GridRange,
): GridParameters {
  if (!settings.isAutoPrice) return parameters
  const decimals = terms.instrument.priceDecimals
  return {
    ...parameters,
    auto_price: false,
    grid_lower_price: formatDecimal(range.lower, decimals),
    grid_upper_price: formatDecimal(range.upper, decimals),
  }
}

/** A position found at the start enters the books at the mark price. */
function adoptPosition(state: GridState, found: number): void {
  if (found === 0) return
  const side = found > 0 ? 'buy' : 'sell'
  bookOutsideFill(state.book, side, state.mark, Math.abs(found))
  holdExecution(state, side, state.mark, Math.abs(found))
}

/** Position and cost after an execution; the cells keep neither. */
export function holdExecution(
  state: GridState,
  side: 'buy' | 'sell',
  at: number,
  lots: number,
): void {
  const { instrument } = state.terms
  const change = applyExecution(instrument, state.held, side, price(at), quantity(lots))
  state.held = change.position
  invariant(
    state.held.quantity === state.book.position,
    'the cells and the position count the same lots',
  )
}

/** The present position for a walk outward. */
export const walkStart = (state: GridState, mark: number): WalkStart => ({
  position: state.held,
  price: price(mark),
  equity: state.terms.capital + totalOf(state, mark),
})

/** Puts the cells of a fresh start at the last price. */
export function activate(state: GridState, lines: readonly Price[]): void {
  invariant(state.phase === 'waiting', 'a grid starts once')
  state.phase = 'active'
  state.triggerFrom = null
  state.base = state.last
  state.anchor = state.last
  const { type } = state.settings
  replaceCells(state.book, freshLayout(lines, state.q, state.last, type, isFlatStart(state)))
}
