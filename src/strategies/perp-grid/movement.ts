/** Changes of the range without a fill: trailing, recentring, the pause at the boundary. */
import {
  type CellLayout,
  freshLayout,
  netAll,
  replaceCells,
  splitProfit,
} from '../../domain/grid/cells.ts'
import { buildLines, type GridRange, recentredRange } from '../../domain/grid/ladder.ts'
import { formatMoney, money, price } from '../../domain/money.ts'
import type { StrategyEvent, Wants } from '../../domain/strategy.ts'
import { restingWants, withDifference } from './orders.ts'
import { liquidationObjections, planGrid, priceText } from './plan.ts'
import { equityOf, type GridState, isFlatStart, minimumAtLine, walkStart } from './state.ts'
import { boundaryPrices, trailingPrice } from './thresholds.ts'

type MarketEvent = Extract<StrategyEvent, { kind: 'candle' | 'price' }>

/**
 * Follows, pauses or recentres as the price asks. @returns what changed, 'close' when the instance
 * must end
 */
export function followPrice(
  state: GridState,
  event: MarketEvent,
  out: Wants,
): 'nothing' | 'moved' | 'close' {
  const { lines } = state.book
  const isInside = state.last >= (lines[0] ?? 0) && state.last <= (lines[lines.length - 1] ?? 0)
  if (isInside) return comeBack(state, out) ? 'moved' : 'nothing'
  // A frozen grid watches the way back, which depends on the side the price is on.
  const isFrozen = state.frozen !== null
  const isShifted = trail(state, out, 'up') || trail(state, out, 'down') || isFrozen
  const action = state.settings.boundaryAction
  if (action === 'hold' || !isBeyond(state, action === 'pause' ? state.last : closeOf(event))) {
    return isShifted ? 'moved' : 'nothing'
  }
  if (action === 'close') return 'close'
  if (action === 'pause') {
    freeze(state, out)
    return 'moved'
  }
  return recentre(state, out) || isShifted ? 'moved' : 'nothing'
}

/** The close of a minute: of a bar of a minute or more, or of one that ends with a minute. */
function closeOf(event: MarketEvent): number | null {
  if (event.kind !== 'candle') return null
  const { openAt, closeAt, close } = event.candle
  return closeAt - openAt >= 60_000 || closeAt % 60_000 === 0 ? close : null
}

/** Beyond a bound that trailing will not follow. */
function isBeyond(state: GridState, at: number | null): boolean {
  if (at === null) return false
  const { below, above } = boundaryPrices(state)
  if (at >= above) return trailingPrice(state, 'up') === null
  return at <= below && trailingPrice(state, 'down') === null
}

function comeBack(state: GridState, out: Wants): boolean {
  if (state.refused === null && state.frozen === null) return false
  state.refused = null
  if (state.frozen !== null) {
    withDifference(state, out, () => {
      state.frozen = null
      state.anchor = state.last
    })
    out.note('info', 'the price is back in the range; orders are placed again')
  }
  return true
}

function freeze(state: GridState, out: Wants): void {
  if (state.frozen !== null) return
  const frozen: Record<string, number> = {}
  for (const want of restingWants(state)) frozen[want.slot] = Number(want.quantity)
  state.frozen = frozen
  const at = priceText(state.terms.instrument, state.last)
  out.note('warn', `the price ${at} is beyond the range; nothing new is ordered until it is back`)
}

/** Moves the range as many lines as the price has passed. */
function trail(state: GridState, out: Wants, direction: 'up' | 'down'): boolean {
  let isMoved = false
  for (;;) {
    const line = trailingPrice(state, direction)
    if (line === null) return isMoved
    const isReached = direction === 'up' ? state.last >= line : state.last <= line
    if (!isReached) return isMoved
    const layout = shiftedLayout(state, direction, line)
    isMoved = true
    const [refusal] = state.settings.isLiquidationAllowed ? [] : refusals(state, layout)
    if (refusal !== undefined) {
      state.refused = direction
      out.note('warn', `the range does not follow ${direction}: ${refusal}`)
      return isMoved
    }
    withDifference(state, out, () => {
      state.shift += direction === 'up' ? 1 : -1
      state.anchor = state.last
      placeCells(state, layout)
    })
  }
}

function refusals(state: GridState, layout: CellLayout): string[] {
  const start = walkStart(state, state.mark)
  const buffer = state.settings.liquidationBuffer
  return liquidationObjections(layout, state.terms, buffer, start).map((fault) => fault.text)
}

/** One cell is dropped at one end and one added at the other (docs/concepts/cells.md). */
function shiftedLayout(state: GridState, direction: 'up' | 'down', line: number): CellLayout {
  const { lines, x, home, q } = state.book
  const { type } = state.settings
  const isFlat = isFlatStart(state)
  if (direction === 'up') {
    const added = type === 'short' && !isFlat ? q : 0
    return {
      q,
      lines: [...lines.slice(1), line],
      x: [...x.slice(1), 0],
      home: [...home.slice(1), added],
    }
  }
  const added = type === 'long' && !isFlat ? 0 : q
  return {
    q,
    lines: [line, ...lines.slice(0, -1)],
    x: [q, ...x.slice(0, -1)],
    home: [added, ...home.slice(0, -1)],
  }
}

/** Puts cells in place and nets what they want of each other. */
export function placeCells(state: GridState, layout: CellLayout): void {
  replaceCells(state.book, layout)
  state.q = layout.q
  netAll(state.book, (line) => minimumAtLine(state, line))
}

/** The same cells around the price, as at a fresh start; says first what that realises. */
function recentre(state: GridState, out: Wants): boolean {
  if (state.refused !== null) return false
  const { instrument } = state.terms
  const { lines } = state.book
  const present: GridRange = {
    ...state.range,
    lower: price(lines[0] ?? 1),
    upper: price(lines[lines.length - 1] ?? 1),
  }
  const range = recentredRange(instrument, present, price(state.last))
  const settings = {
    ...state.settings,
    lower: range.lower,
    upper: range.upper,
    triggerPrice: null,
    stopPrice: null,
    takeProfitPrice: null,
    trailingUp: null,
    trailingDown: null,
  }
  const { plan, objections } = planGrid(settings, state.terms, price(state.last), equityOf(state))
  const [refusal] = objections
  if (plan === null || refusal !== undefined) {
    state.refused = 'recentre'
    out.note('warn', `the range is not moved: ${refusal?.text ?? 'no grid fits around the price'}`)
    return true
  }
  const split = splitProfit(state.book, state.mark)
  const realised = formatMoney(money(split.inventory + split.entryAdjustment))
  const bounds = `${priceText(instrument, range.lower)} to ${priceText(instrument, range.upper)}`
  out.note(
    'warn',
    `the range moves to ${bounds} and realises ${realised} ${instrument.settle} of inventory`,
  )
  withDifference(state, out, () => {
    state.range = range
    state.shift = 0
    state.base = state.last
    state.anchor = state.last
    const moved = buildLines(instrument, range)
    const flat = isFlatStart(state)
    placeCells(state, freshLayout(moved, plan.q, state.last, settings.type, flat))
  })
  return true
}
