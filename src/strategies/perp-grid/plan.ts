/**
 * From settings and what is known of the market to lines, cells and refusals with their numbers.
 * Pure.
 */
import { type CellLayout, freshLayout, inventoryOf } from '../../domain/grid/cells.ts'
import {
  buildLines,
  duplicateLine,
  type GridRange,
  lineAt,
  rangeAround,
} from '../../domain/grid/ladder.ts'
import { type CellProfit, ladderProfit, worstCell } from '../../domain/grid/profit.ts'
import { marginNeeded, positionMax, sizeCells } from '../../domain/grid/sizing.ts'
import {
  type AdverseOrder,
  balanceOf,
  isolatedMargin,
  liquidationOf,
  type Walk,
  type WalkStart,
  type WalkTerms,
  walkWorstCase,
} from '../../domain/grid/worst-case.ts'
import { formatLots, type Instrument, minimumLots } from '../../domain/instrument.ts'
import {
  feeOf,
  formatDecimal,
  formatMoney,
  type Money,
  money,
  type Price,
  price,
  type Quantity,
  quantity,
  RATIO_SCALE,
  type Ratio,
  ratio,
} from '../../domain/money.ts'
import { applyExecution, FLAT } from '../../domain/position/position.ts'
import type { Objection, StrategyContext } from '../../domain/strategy.ts'
import { type GridParameters, type GridSettings, objection, readSettings } from './settings.ts'
import { exitFaults, type SideFault, trailingFaults } from './sides.ts'

/** What the plan must know of account and market; plain JSON. */
export interface GridTerms {
  readonly instrument: Instrument
  readonly marginMode: 'isolated' | 'cross'
  /** As a Ratio: 1e8 = 1x. */
  readonly leverage: number
  readonly capital: Money
  readonly makerFee: Ratio
  readonly takerFee: Ratio
  readonly initialPosition: 'open' | 'adopt' | 'none'
}

export interface GridPlan {
  readonly settings: GridSettings
  readonly range: GridRange
  readonly lines: readonly Price[]
  readonly q: Quantity
  /** The price at which the cells start: the trigger price, else the present one. */
  readonly at: Price
  readonly layout: CellLayout
}

export interface Planned {
  readonly plan: GridPlan | null
  readonly objections: readonly Objection[]
}

/**
 * The terms of a first start. `leverage` of the parameters wins over that of the exchange
 * configuration.
 */
export function termsOf(context: StrategyContext, leverage: number | null): GridTerms {
  const instrument = context.instruments[0]
  const fees = context.fees[0]
  if (instrument === undefined || fees === undefined) {
    throw new RangeError('perp_grid needs one instrument with its fees, found none')
  }
  return {
    instrument,
    marginMode: context.marginMode,
    leverage: leverage ?? Math.round(context.leverage * RATIO_SCALE),
    capital: context.capital,
    makerFee: fees.maker,
    takerFee: fees.taker,
    initialPosition: context.initialPosition,
  }
}

/** Everything a first start does and refuses, without starting. */
export function planStart(
  parameters: GridParameters,
  context: StrategyContext,
): Planned & { readonly terms: GridTerms } {
  const probe = termsOf(context, null)
  const { settings, objections: unread } = readSettings(parameters, probe.instrument)
  if (probe.instrument.kind !== 'linear') {
    const text = `perp_grid trades linear contracts, ${probe.instrument.symbol} is inverse; choose a linear one`
    return { plan: null, objections: [objection('inverse_contract', text)], terms: probe }
  }
  if (settings === null) return { plan: null, objections: unread, terms: probe }
  const terms = termsOf(context, settings.leverage)
  const last = context.prices[0]?.last ?? price(0)
  const found = context.positions[0] ?? 0
  const planned = planGrid(settings, terms, last, terms.capital)
  const objections = [
    ...heldAlready(terms, found),
    ...planned.objections,
    ...(planned.plan === null ? [] : marginFaults(planned.plan, terms)),
  ]
  return { ...planned, objections, terms }
}

/** Whatever the limits allow, the money must be there when the last line of the worse side has filled. */
function marginFaults(plan: GridPlan, terms: GridTerms): Objection[] {
  const needed = marginOf(plan, terms)
  if (needed <= terms.capital) return []
  const { settle } = terms.instrument
  const text = `the grid needs ${formatMoney(needed)} ${settle} of margin when its last line has filled (${formatDecimal(terms.leverage, 8)}x) and the capital is ${formatMoney(terms.capital)} ${settle}; lower the order size or the number of lines, or raise leverage or capital`
  return [objection('margin_exceeds_capital', text)]
}

function heldAlready(terms: GridTerms, found: number): Objection[] {
  if (found === 0 || terms.initialPosition === 'adopt') return []
  const text = `the account holds ${formatLots(terms.instrument, found)} ${terms.instrument.base} already; close it or set initial_position: adopt`
  return [objection('position_found', text)]
}

/** Lines, size and cells at a price, with every refusal. `equity`: capital plus profit so far. */
export function planGrid(
  settings: GridSettings,
  terms: GridTerms,
  last: Price,
  equity: number,
): Planned {
  const { instrument } = terms
  const range = rangeOf(settings, instrument, last)
  const faults = rangeFaults(settings, instrument, range)
  if (faults.length > 0) return { plan: null, objections: faults }
  const lines = buildLines(instrument, range)
  const twice = duplicateLine(lines)
  if (twice !== null) {
    const text = `two lines round to one price, ${priceText(instrument, twice)}; ${lines.length} lines do not fit between ${priceText(instrument, range.lower)} and ${priceText(instrument, range.upper)}: lower grid_num`
    return { plan: null, objections: [objection('duplicate_lines', text)] }
  }
  const at = settings.triggerPrice ?? last
  const isFlat = terms.initialPosition === 'none'
  const sizing = { lines, at, type: settings.type, isFlat, leverage: terms.leverage }
  const q = sizeCells(instrument, settings.sizing, sizing)
  const small = sizeFaults(settings, instrument, lines, q)
  if (q <= 0) return { plan: null, objections: small }
  const layout = freshLayout(lines, q, at, settings.type, isFlat)
  const plan: GridPlan = { settings, range, lines, q, at, layout }
  const objections = [
    ...small,
    ...profitFaults(plan, terms),
    ...limitFaults(plan, terms),
    ...priceFaults(plan, terms, last),
    ...liquidationFaults(plan, terms, equity),
  ]
  return { plan, objections }
}

function rangeOf(settings: GridSettings, instrument: Instrument, last: Price): GridRange {
  const { intervals, mode, lower, upper } = settings
  if (settings.isAutoPrice) {
    const around = rangeAround(instrument, last, settings.priceRange ?? ratio(0))
    return { ...around, intervals, mode }
  }
  return { lower: lower ?? price(0), upper: upper ?? price(0), intervals, mode }
}

function rangeFaults(
  settings: GridSettings,
  instrument: Instrument,
  range: GridRange,
): Objection[] {
  if (range.lower >= range.upper || range.lower <= 0) {
    const text = `grid_lower_price ${priceText(instrument, range.lower)} must be above 0 and below grid_upper_price ${priceText(instrument, range.upper)}`
    return [objection('range_inverted', text)]
  }
  const sides = { ...settings, ...range, reference: null }
  return trailingFaults(sides, (at) => priceText(instrument, at)).map(sideObjection(instrument))
}

const sideObjection =
  (instrument: Instrument) =>
  ({ key, code, found, allowed }: SideFault): Objection =>
    objection(code, `${key} ${priceText(instrument, found)} must lie ${allowed}`)

function sizeFaults(
  settings: GridSettings,
  instrument: Instrument,
  lines: readonly Price[],
  q: Quantity,
): Objection[] {
  const lowest = lines[0] ?? price(1)
  const minimum = minimumLots(instrument, lowest)
  if (q >= minimum) return []
  const text = `an order of ${formatLots(instrument, q)} ${instrument.base} is below the venue's minimum of ${formatLots(instrument, minimum)} at the lowest line ${priceText(instrument, lowest)}; raise ${settings.sizing.kind} or lower grid_num`
  return [objection('below_minimum', text)]
}

function profitFaults(plan: GridPlan, terms: GridTerms): Objection[] {
  if (plan.settings.isUnprofitableAllowed) return []
  const worst = worstCell(ladderProfit(terms.instrument, plan.lines, plan.q, terms.makerFee))
  if (worst === null || worst.net > 0) return []
  return [objection('unprofitable', unprofitableText(terms, worst), 'allow_unprofitable')]
}

function unprofitableText(terms: GridTerms, worst: CellProfit): string {
  const { instrument } = terms
  const lines = `${priceText(instrument, worst.lower)} to ${priceText(instrument, worst.upper)}`
  return `the worst line does not pay its fees: ${lines} earns ${formatMoney(worst.gross)} ${instrument.settle} and costs ${formatMoney(worst.fees)} in fees at ${percentText(terms.makerFee)} %; fewer lines, a wider range, or allow_unprofitable: true`
}

function limitFaults(plan: GridPlan, terms: GridTerms): Objection[] {
  const limit = plan.settings.positionLimit
  if (limit === null) return []
  const { lines, at, layout, settings } = plan
  const isFlat = terms.initialPosition === 'none'
  const most = positionMax({ lines: layout.lines, at, type: settings.type, isFlat }, plan.q)
  if (most <= limit) return []
  const text = `${lines.length} lines of ${formatLots(terms.instrument, plan.q)} can hold ${formatLots(terms.instrument, most)} ${terms.instrument.base}, above max_position ${formatLots(terms.instrument, limit)}; lower the order size or raise max_position`
  return [objection('max_position_exceeded', text)]
}

function priceFaults(plan: GridPlan, terms: GridTerms, last: Price): Objection[] {
  const { settings, range, at } = plan
  const { instrument } = terms
  const faults: Objection[] = []
  const opens = terms.initialPosition === 'open'
  const isOutside =
    (settings.type === 'long' && at < range.lower) ||
    (settings.type === 'short' && at >= range.upper)
  if (opens && isOutside && !settings.isOutsideAllowed) {
    const text = `the price ${priceText(instrument, at)} lies outside ${priceText(instrument, range.lower)} to ${priceText(instrument, range.upper)} and a ${settings.type} grid would open its whole position of ${formatLots(instrument, Math.abs(inventoryOf(plan.layout)))} ${instrument.base} at once; move the range, give a trigger_price, or allow_price_outside: true`
    faults.push(objection('price_outside', text, 'allow_price_outside'))
  }
  const reference = settings.triggerPrice ?? last
  for (const [key, value] of [
    ['stop_price', settings.stopPrice],
    ['take_profit_price', settings.takeProfitPrice],
  ] as const) {
    if (value !== reference) continue
    const text = `${key} ${priceText(instrument, value)} is the price itself; put it above or below`
    faults.push(objection(`${key}_reached`, text))
  }
  const isTold = (key: string) => faults.some(({ code }) => code === `${key}_reached`)
  const exits = exitFaults({ ...settings, ...range, reference }, (at) => priceText(instrument, at))
  return [...faults, ...exits.filter(({ key }) => !isTold(key)).map(sideObjection(instrument))]
}

/** Both walks from a layout at a price with the position that the cells want. */
export function walksOf(
  layout: CellLayout,
  terms: GridTerms,
  buffer: Ratio,
  start: WalkStart,
): { readonly down: Walk; readonly up: Walk } {
  const { instrument } = terms
  const walk: WalkTerms = {
    instrument,
    marginMode: terms.marginMode,
    leverage: terms.leverage,
    makerFee: ratio(Math.max(0, terms.makerFee)),
    closingFee: closingFee(terms),
    buffer,
  }
  const buys: AdverseOrder[] = []
  const sells: AdverseOrder[] = []
  for (let i = 0; i < layout.x.length; i += 1) {
    const held = layout.x[i] ?? 0
    if (held < layout.q) buys.unshift({ price: price(layout.lines[i] ?? 0), lots: layout.q - held })
    if (held > 0) sells.push({ price: price(layout.lines[i + 1] ?? 0), lots: held })
  }
  return {
    down: walkWorstCase(walk, 'down', start, buys, price(layout.lines[0] ?? 0)),
    up: walkWorstCase(walk, 'up', start, sells, price(layout.lines.at(-1) ?? 0)),
  }
}

/** What the closing order of a liquidation pays. */
const closingFee = (terms: GridTerms): Ratio => ratio(Math.max(0, terms.takerFee))

/** The liquidation price of a position with this balance behind it. */
export const liquidationNow = (terms: GridTerms, start: WalkStart): Price | null =>
  liquidationOf(
    { ...terms, closingFee: closingFee(terms) },
    start.position,
    balanceOf(terms.instrument, start),
  )

/** The position that the cells want, bought (sold) at once at the price for the taker fee. */
export function startOf(
  layout: CellLayout,
  terms: GridTerms,
  at: Price,
  equity: number,
): WalkStart {
  const lots = inventoryOf(layout)
  const side = lots > 0 ? 'buy' : 'sell'
  const { position } = applyExecution(terms.instrument, FLAT, side, at, quantity(Math.abs(lots)))
  const fee = feeOf(money(Math.abs(position.cost)), terms.takerFee)
  return { position, price: at, equity: equity - Math.max(0, fee) }
}

function liquidationFaults(plan: GridPlan, terms: GridTerms, equity: number): Objection[] {
  if (plan.settings.isLiquidationAllowed) return []
  const start = startOf(plan.layout, terms, plan.at, equity)
  return liquidationObjections(plan.layout, terms, plan.settings.liquidationBuffer, start)
}

/** Refusals of both walks, with the numbers. */
export function liquidationObjections(
  layout: CellLayout,
  terms: GridTerms,
  buffer: Ratio,
  start: WalkStart,
): Objection[] {
  const walks = walksOf(layout, terms, buffer, start)
  const { instrument } = terms
  const faults: Objection[] = []
  for (const [side, walk] of [
    ['long', walks.down],
    ['short', walks.up],
  ] as const) {
    if (walk.broken === null) continue
    const { line, liquidation } = walk.broken
    const wallet =
      terms.marginMode === 'cross' ? start.equity : isolatedMargin(walk.notional, terms.leverage)
    const text = `the ${side} side can be liquidated at ${priceText(instrument, liquidation)} before its line ${priceText(instrument, line)} has filled (${terms.marginMode}, ${formatDecimal(terms.leverage, 8)}x, ${formatMoney(money(wallet))} ${instrument.settle} behind it); lower leverage or order size, or allow_liquidation_before_last_line: true`
    faults.push(
      objection('liquidation_before_last_line', text, 'allow_liquidation_before_last_line'),
    )
  }
  return faults
}

/** Margin that the worse side needs. */
export function marginOf(plan: GridPlan, terms: GridTerms): Money {
  const isFlat = terms.initialPosition === 'none'
  const { lines, at, q } = plan
  const context = { lines, at, type: plan.settings.type, isFlat, leverage: terms.leverage }
  return marginNeeded(terms.instrument, context, q)
}

/** The next line that trailing would add, or null when it is no price. */
export function trailingLine(
  instrument: Instrument,
  range: GridRange,
  shift: number,
  direction: 'up' | 'down',
): Price | null {
  const line = lineAt(
    instrument,
    range,
    direction === 'up' ? shift + range.intervals + 1 : shift - 1,
  )
  return line > 0 ? line : null
}

/** Lines and intervals, always named together. */
export const describeLines = (lines: number): string => `${lines} lines, ${lines - 1} intervals`

export const priceText = (instrument: Instrument, at: number): string =>
  formatDecimal(at, instrument.priceDecimals)

export const percentText = (share: number): string => formatDecimal(share, 6)
