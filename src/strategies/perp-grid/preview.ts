/**
 * A grid on paper: lines, orders, profit per line, margin and liquidation, before anything starts.
 * Pure.
 */

import { entryReach, type ReachOrder, type ReachState, reachOf } from '../../domain/gate-reach.ts'
import { inventoryOf } from '../../domain/grid/cells.ts'
import { cellAt } from '../../domain/grid/ladder.ts'
import { ladderProfit, worstCell } from '../../domain/grid/profit.ts'
import { formatLots } from '../../domain/instrument.ts'
import {
  formatDecimal,
  formatMoney,
  type Price,
  quantity,
  RATIO_SCALE,
} from '../../domain/money.ts'
import { type ReasonCode, reasonCodes } from '../../domain/reason.ts'
import type { RiskLimits } from '../../domain/risk.ts'
import type { Objection, StrategyContext } from '../../domain/strategy.ts'
import {
  describeLines,
  type GridPlan,
  type GridTerms,
  marginOf,
  percentText,
  planStart,
  priceText,
  startOf,
  walksOf,
} from './plan.ts'
import type { GridParameters } from './settings.ts'

/** One line of the preview; `side` null = the empty line. */
export interface PreviewLine {
  readonly slot: string | null
  readonly price: string
  readonly side: 'buy' | 'sell' | null
  readonly quantity: string
  /** Not among the nearest open_orders_max. */
  readonly isVirtual: boolean
}

/** Profit of one cell after both maker fees. */
export interface PreviewCell {
  readonly lower: string
  readonly upper: string
  readonly gross: string
  readonly fees: string
  readonly net: string
  readonly netPercent: string
}

/** A limit that the grid would reach. */
export interface PreviewLimit {
  readonly code: ReasonCode
  readonly text: string
  readonly side: 'buy' | 'sell'
  /** Price of the first order that must wait; of the entry: the price itself. */
  readonly line: string
  /** Orders of its side before it; null = the entry. */
  readonly before: number | null
}

export interface GridPreview {
  readonly title: string
  readonly objections: readonly Objection[]
  /** Absent when the parameters make no grid at all; the objections say why. */
  readonly grid: GridPreviewBody | null
}

export interface GridPreviewBody {
  readonly type: string
  readonly mode: string
  readonly price: string
  readonly quantity: string
  readonly lines: readonly PreviewLine[]
  readonly orders: number
  /** On which side of the range the present price lies; null = inside. */
  readonly outside: 'below' | 'above' | null
  /** Orders that the limits of the instance let through at the start, the nearest first. */
  readonly placed: number
  /** Limits that the first refused order of a side meets. */
  readonly limits: readonly PreviewLimit[]
  /** Signed, in base: opened at the start. */
  readonly initialPosition: string
  readonly cells: readonly PreviewCell[]
  readonly worst: PreviewCell | null
  readonly marginNeeded: string
  readonly capital: string
  readonly leverage: string
  readonly marginMode: string
  readonly liquidationNow: string | null
  /** When every buy has filled. */
  readonly liquidationWorstLong: string | null
  /** When every sell has filled. */
  readonly liquidationWorstShort: string | null
}

/**
 * What `perpfleet grid preview` shows. Never throws for wrong parameters: they come back as
 * objections.
 */
export function gridPreview(
  parameters: GridParameters,
  context: StrategyContext,
  limits: RiskLimits | null = null,
): GridPreview {
  const { plan, objections, terms } = planStart(parameters, context)
  if (plan === null) return { title: 'no grid', objections, grid: null }
  const last = context.prices[0]?.last ?? plan.at
  const body = bodyOf(plan, terms, last, limits)
  return { title: describeLines(plan.lines.length), objections, grid: body }
}

function bodyOf(
  plan: GridPlan,
  terms: GridTerms,
  last: Price,
  limits: RiskLimits | null,
): GridPreviewBody {
  const { instrument } = terms
  const cells = ladderProfit(instrument, plan.lines, plan.q, terms.makerFee)
  const worst = worstCell(cells)
  const start = startOf(plan.layout, terms, plan.at, terms.capital)
  const walks = walksOf(plan.layout, terms, plan.settings.liquidationBuffer, start)
  const lines = previewLines(plan, terms)
  const at = (value: number | null): string | null =>
    value === null ? null : priceText(instrument, value)
  return {
    type: plan.settings.type,
    mode: plan.settings.mode,
    price: priceText(instrument, plan.at),
    quantity: formatLots(instrument, plan.q),
    lines,
    orders: lines.filter((line) => line.side !== null && !line.isVirtual).length,
    outside: outsideOf(plan.lines, last),
    ...limitsOf(plan, terms, lines, limits),
    initialPosition: formatLots(instrument, inventoryOf(plan.layout)),
    cells: cells.map((cell) => previewCell(cell, terms)),
    worst: worst === null ? null : previewCell(worst, terms),
    marginNeeded: formatMoney(marginOf(plan, terms)),
    capital: formatMoney(terms.capital),
    leverage: formatDecimal(terms.leverage, 8),
    marginMode: terms.marginMode,
    liquidationNow: at(walks.down.now),
    liquidationWorstLong: at(walks.down.worst),
    liquidationWorstShort: at(walks.up.worst),
  }
}

const outsideOf = (lines: readonly Price[], last: Price): GridPreviewBody['outside'] =>
  last < (lines[0] ?? 0) ? 'below' : last > (lines.at(-1) ?? 0) ? 'above' : null

/** The start as the risk gate will see it. */
function limitsOf(
  plan: GridPlan,
  terms: GridTerms,
  lines: readonly PreviewLine[],
  limits: RiskLimits | null,
): Pick<GridPreviewBody, 'placed' | 'limits'> {
  const orders = lines.flatMap(({ side, isVirtual }, index): ReachOrder[] => {
    const at = plan.lines[index]
    return side === null || isVirtual || at === undefined
      ? []
      : [{ side, price: at, quantity: plan.q }]
  })
  if (limits === null) return { placed: orders.length, limits: [] }
  const state: ReachState = {
    instrument: terms.instrument,
    limits,
    leverage: terms.leverage / RATIO_SCALE,
    equity: terms.capital,
    prices: { last: plan.at, mark: plan.at },
    position: quantity(inventoryOf(plan.layout)),
  }
  const { placed, reached } = reachOf(orders, state)
  const entry = entryReach(state)
  const told = reached.map(({ code, side, price, before }): PreviewLimit => {
    return { code, text: reasonCodes[code], side, line: priceText(terms.instrument, price), before }
  })
  if (entry === null) return { placed, limits: told }
  const side = state.position > 0 ? 'buy' : 'sell'
  const line = priceText(terms.instrument, plan.at)
  return {
    placed,
    limits: [{ code: entry, text: reasonCodes[entry], side, line, before: null }, ...told],
  }
}

function previewCell(cell: ReturnType<typeof ladderProfit>[number], terms: GridTerms): PreviewCell {
  return {
    lower: priceText(terms.instrument, cell.lower),
    upper: priceText(terms.instrument, cell.upper),
    gross: formatMoney(cell.gross),
    fees: formatMoney(cell.fees),
    net: formatMoney(cell.net),
    netPercent: percentText(cell.netShare),
  }
}

/** At a fresh start line k + 1 above the price is empty, those below buy and those above sell. */
function previewLines(plan: GridPlan, terms: GridTerms): PreviewLine[] {
  const cell = Math.min(cellAt(plan.lines, plan.at), plan.lines.length - 2)
  const byDistance = plan.lines
    .map((line, index) => ({ index, distance: Math.abs(line - plan.at) }))
    .filter(({ index }) => index !== cell + 1)
    .sort((a, b) => a.distance - b.distance || a.index - b.index)
  const most = plan.settings.openOrdersMax
  const resting = new Set(
    byDistance.slice(0, most > 0 ? most : undefined).map(({ index }) => index),
  )
  return plan.lines.map((line, index) => {
    const side = index <= cell ? 'buy' : index > cell + 1 ? 'sell' : null
    return {
      slot: side === null ? null : `${side === 'buy' ? 'B' : 'S'}${line}`,
      price: priceText(terms.instrument, line),
      side,
      quantity: side === null ? '0' : formatLots(terms.instrument, plan.q),
      isVirtual: side !== null && !resting.has(index),
    }
  })
}
