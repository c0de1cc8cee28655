/**
 * perp_grid: a grid of limit orders on one perpetual contract (docs/concepts/cells.md). Every event
 * is booked into the cells; only the lines it touched are reported.
 */
import {
  assertIdentity,
  bookClosingFill,
  bookLineFill,
  bookOutsideFill,
  freshLayout,
  goHome,
  netAll,
  netLine,
  replaceCells,
} from '../../domain/grid/cells.ts'
import { buildLines, cellAt, lineIndex } from '../../domain/grid/ladder.ts'
import { InvariantError, money } from '../../domain/money.ts'
import type { AttributedFill } from '../../domain/order.ts'
import type {
  Objection,
  Strategy,
  StrategyContext,
  StrategyEvent,
  Wants,
} from '../../domain/strategy.ts'
import { adjust } from './adjust.ts'
import { contradictionsIn } from './contradictions.ts'
import { followPrice } from './movement.ts'
import {
  isClosing,
  lineOfSlot,
  restingWants,
  settleTarget,
  syncTarget,
  TouchedLines,
  targetWants,
  withDifference,
} from './orders.ts'
import { gridParameters } from './parameters.ts'
import { planStart, priceText } from './plan.ts'
import { gridReport } from './report.ts'
import type { GridParameters } from './settings.ts'
import {
  activate,
  equityOf,
  type GridState,
  holdExecution,
  isFlatStart,
  minimumAtLine,
  startState,
} from './state.ts'
import { dueFinish, syncWakes, wakesOf } from './thresholds.ts'

type MarketEvent = Extract<StrategyEvent, { kind: 'candle' | 'price' }>
type FillEvent = Extract<StrategyEvent, { kind: 'fill' }>

/** Numbers beyond what is counted exactly are a refusal like any other, not a crash. */
function objectionsTo(parameters: GridParameters, context: StrategyContext): readonly Objection[] {
  try {
    return planStart(parameters, context).objections
  } catch (error) {
    if (!(error instanceof InvariantError)) throw error
    const text = `prices, quantities and lines of this grid make numbers that cannot be counted exactly (${error.message}): make them smaller`
    return [{ code: 'numbers_too_large', text, overrideKey: null }]
  }
}

export const perpGrid: Strategy<GridParameters, GridState> = {
  id: 'perp_grid',
  stateVersion: 1,
  parameters: gridParameters,
  inputs: () => ({
    instrumentsMin: 1,
    instrumentsMax: 1,
    timeframes: [],
    warmUpCandles: 0,
    bookDepth: 0,
  }),
  contradictions: contradictionsIn,
  check: objectionsTo,
  start(parameters, context) {
    const state = startState(parameters, context)
    settleTarget(state)
    state.wakes = wakesOf(state)
    return state
  },
  on(state, event, out) {
    switch (event.kind) {
      case 'candle':
      case 'price':
        if (event.instrument === state.terms.instrument.id) onMarket(state, event, out)
        return
      case 'fill':
        if (event.fill.instrument === state.terms.instrument.id) onFill(state, event, out)
        return
      case 'funding':
        if (event.instrument !== state.terms.instrument.id) return
        state.funding = money(state.funding + event.amount)
        settle(state, event.at, out)
        return
      case 'command':
        adjust(state, event.command.parameters, out)
        settle(state, event.at, out)
    }
  },
  wanted: (state) => ({
    resting: restingWants(state),
    targets: targetWants(state),
    wakes: wakesOf(state),
    finish: state.finish,
  }),
  migrate(_state, fromVersion) {
    throw new InvariantError(
      `Invariant: perp_grid knows states of version 1, found ${fromVersion}; start the instance with the program that wrote it`,
    )
  },
  report: (state, prices) => gridReport(state, prices[0]?.mark ?? state.mark),
}

function onMarket(state: GridState, event: MarketEvent, out: Wants): void {
  state.last = event.price.last
  state.mark = event.price.mark
  if (event.at > state.lastAt) state.lastAt = event.at
  if (state.phase === 'finished') return
  let isChanged = raisePeak(state)
  if (state.phase === 'waiting' && isTriggered(state)) {
    start(state, out)
    isChanged = true
  }
  const due = dueFinish(state)
  if (due !== null) {
    finish(state, due, out)
    return
  }
  if (state.phase === 'active') {
    const move = followPrice(state, event, out)
    if (move === 'close') {
      finish(state, 'boundary', out)
      return
    }
    const isAnchored = followAnchor(state, out)
    isChanged = isChanged || move === 'moved' || isAnchored
  }
  if (isChanged || (state.target !== null && state.lastAt >= state.target.checkAt)) {
    syncTarget(state, out)
    syncWakes(state, out)
  }
}

function isTriggered(state: GridState): boolean {
  const trigger = state.settings.triggerPrice
  if (trigger === null) return true
  return state.triggerFrom === 'below' ? state.last >= trigger : state.last <= trigger
}

function start(state: GridState, out: Wants): void {
  const { instrument } = state.terms
  withDifference(state, out, () => activate(state, buildLines(instrument, state.range)))
  out.note('info', `trigger_price reached at ${priceText(instrument, state.last)}; the grid starts`)
}

/** open_orders_max: the nearest orders change when the price crosses a line. */
function followAnchor(state: GridState, out: Wants): boolean {
  if (state.settings.openOrdersMax === 0) return false
  const { lines } = state.book
  if (cellAt(lines, state.last) === cellAt(lines, state.anchor)) return false
  withDifference(state, out, () => {
    state.anchor = state.last
  })
  return true
}

function raisePeak(state: GridState): boolean {
  if (state.settings.trailingStop === null) return false
  const equity = equityOf(state)
  if (equity <= state.peak) return false
  state.peak = equity
  return true
}

function onFill(state: GridState, event: FillEvent, out: Wants): void {
  const { fill } = event
  const { book } = state
  state.fees = money(state.fees + fill.fee)
  const { kind } = fill.origin
  if (kind === 'liquidation') liquidated(state, out)
  if (fill.origin.kind === 'slot') bookSlot(state, fill, fill.origin.slot, out)
  else if (kind === 'target' && !isClosing(state)) {
    bookOutsideFill(book, fill.side, fill.price, fill.quantity)
  } else withDifference(state, out, () => bookClosing(state, fill))
  if (isClosing(state) && book.position === 0) goHome(book)
  assertIdentity(book)
  holdExecution(state, fill.side, fill.price, fill.quantity)
  settle(state, event.at, out)
}

/** A fill of an operator, a stop, a liquidation or of somebody else: what it reduces leaves the cells. */
function bookClosing(state: GridState, fill: AttributedFill): void {
  const { book } = state
  const isHome = bookClosingFill(book, fill.side, fill.price, fill.quantity)
  // Who closes everything wants nothing: what was still to be bought or sold is not asked for again.
  const isFlat = fill.origin.kind !== 'foreign' && book.position === 0
  if (isFlat) goHome(book)
  if (isHome || isFlat) settleHome(state, fill.price)
  else netAll(book, (line) => minimumAtLine(state, line))
}

/**
 * All cells are home. A neutral grid (and one that started flat) begins anew around the price, since
 * its old homes would ask for orders on the wrong side of it; long and short ones wait at theirs.
 */
function settleHome(state: GridState, at: number): void {
  const isNeutral = state.settings.type === 'neutral' || isFlatStart(state)
  if (state.phase !== 'active' || !isNeutral) return
  const { lines, q } = state.book
  state.base = at
  state.anchor = at
  replaceCells(state.book, freshLayout(lines, q, at, 'neutral', true))
}

/** The market was at the fill; mark keeps its distance until it is heard. */
function moveLast(state: GridState, at: number): void {
  state.mark = Math.max(1, state.mark + at - state.last)
  state.last = at
}

/** Books a fill of a resting order and reports the lines around it. */
function bookSlot(state: GridState, fill: AttributedFill, slot: string, out: Wants): void {
  const line = lineOfSlot(slot) ?? -1
  if (fill.at >= state.lastAt) moveLast(state, fill.price)
  if (state.settings.openOrdersMax > 0) {
    withDifference(state, out, () => {
      state.anchor = fill.price
      bookCell(state, fill, slot, line, () => undefined)
    })
    return
  }
  const touched = new TouchedLines(state)
  touched.line(lineIndex(state.book.lines, line))
  bookCell(state, fill, slot, line, (cell) => touched.cell(cell))
  touched.report(out)
}

function bookCell(
  state: GridState,
  fill: AttributedFill,
  slot: string,
  line: number,
  touch: (cell: number) => void,
): void {
  const { book } = state
  const cell = bookLineFill(book, fill.side, line, fill.price, fill.quantity, touch)
  if (state.frozen !== null) {
    const left = (state.frozen[slot] ?? 0) - fill.quantity
    if (left > 0) state.frozen[slot] = left
    else delete state.frozen[slot]
  }
  if (cell < 0) return
  const minimumAt = (index: number): number => minimumAtLine(state, index)
  netLine(book, cell, minimumAt, touch)
  netLine(book, cell + 1, minimumAt, touch)
}

/**
 * The venue closes the position: nothing is wanted any more. An earlier end (duration) keeps its
 * reason.
 */
function liquidated(state: GridState, out: Wants): void {
  if (state.finish !== null) return
  end(state, out, { reason: 'liquidation', orders: 'cancel', positions: 'keep' })
}

/**
 * After books changed: target and wakes. Exits and the peak wait for the next price: the mark that
 * is known may be older than the fill, and a profit against it would be none.
 */
function settle(state: GridState, at: number, out: Wants): void {
  if (at > state.lastAt) state.lastAt = at
  syncTarget(state, out)
  syncWakes(state, out)
}

/**
 * Ends by a rule of the strategy; latched. A duration keeps the position, everything else closes
 * it.
 */
function finish(state: GridState, reason: string, out: Wants): void {
  const positions = reason === 'duration' ? 'keep' : 'close'
  end(state, out, { reason, orders: 'cancel', positions })
  if (state.book.position === 0 && positions === 'close') goHome(state.book)
  assertIdentity(state.book)
  syncTarget(state, out)
  syncWakes(state, out)
}

function end(state: GridState, out: Wants, how: NonNullable<GridState['finish']>): void {
  withDifference(state, out, () => {
    state.phase = 'finished'
    state.frozen = null
    state.finish = how
  })
  out.finish(how)
  out.note('warn', `the grid ends: ${how.reason}`)
}
