/** Hot adjustment: new values for hot keys; cells whose two lines stay keep what they hold. */
import { type CellLayout, freshLayout, inventoryOf } from '../../domain/grid/cells.ts'
import { cellAt, lineIndex } from '../../domain/grid/ladder.ts'
import type { WalkStart } from '../../domain/grid/worst-case.ts'
import { notionalOf } from '../../domain/instrument.ts'
import { feeOf, money, parseDecimalRounded, price, quantity } from '../../domain/money.ts'
import { applyExecution } from '../../domain/position/position.ts'
import type { Json, Objection, RestingWant, Wants } from '../../domain/strategy.ts'
import { placeCells } from './movement.ts'
import { restingWants, withDifference } from './orders.ts'
import { gridParameters } from './parameters.ts'
import { describeLines, liquidationObjections, planGrid, priceText } from './plan.ts'
import { type GridParameters, type GridSettings, objection, readSettings } from './settings.ts'
import { equityOf, type GridState, isFlatStart, sideOf, walkStart } from './state.ts'

const rangeKeys = ['grid_lower_price', 'grid_upper_price']
const levelKeys = ['grid_num', 'grid_intervals']
const orderKeys = ['order_quantity', 'order_notional', 'total_margin']
const shapeKeys = [
  ...rangeKeys,
  ...levelKeys,
  ...orderKeys,
  'grid_mode',
  'margin_reserve',
  'max_position',
]

interface Adjustment {
  readonly changed: readonly string[]
  readonly ignored: readonly string[]
  readonly parameters: GridParameters
}

/** Applies a command, or says why not and changes nothing. @returns the refusals */
export function adjust(state: GridState, command: Json, out: Wants): readonly Objection[] {
  const adjustment = readCommand(state, command)
  if (adjustment.ignored.length > 0) {
    out.note(
      'warn',
      `${adjustment.ignored.join(', ')} cannot change in a running grid and stays as it was`,
    )
  }
  if (adjustment.changed.length === 0 || state.phase === 'finished') return []
  const { settings, objections } = readSettings(adjustment.parameters, state.terms.instrument)
  const refused = settings === null ? objections : apply(state, settings, adjustment, out)
  for (const fault of refused) out.note('warn', `the adjustment is refused: ${fault.text}`)
  if (refused.length === 0) {
    state.configured = { ...state.configured, ...(command as GridParameters) }
    state.parameters = adjustment.parameters
  }
  return refused
}

/** Which keys differ; a command may be partial or the whole strategy_config. */
function readCommand(state: GridState, command: Json): Adjustment {
  const given: GridParameters =
    typeof command === 'object' && command !== null && !Array.isArray(command)
      ? (command as GridParameters)
      : {}
  const isWhole = Object.keys(state.configured).every((key) => key in given)
  const differing = Object.keys(given).filter((key) => {
    if (!(key in gridParameters)) return false
    if (canonical(given[key], key) !== canonical(state.configured[key], key)) return true
    return !isWhole && rangeKeys.includes(key)
  })
  const changed = differing.filter((key) => gridParameters[key]?.isHot === true)
  const ignored = differing.filter((key) => !changed.includes(key) && key !== 'auto_price')
  return { changed, ignored, parameters: merge(state, given, changed) }
}

function merge(
  state: GridState,
  given: GridParameters,
  changed: readonly string[],
): GridParameters {
  const { instrument } = state.terms
  const { lines } = state.book
  const merged: Record<string, Json | undefined> = { ...state.parameters }
  if (changed.some((key) => shapeKeys.includes(key)) && lines.length > 0) {
    merged['grid_lower_price'] = priceText(instrument, lines[0] ?? 0)
    merged['grid_upper_price'] = priceText(instrument, lines[lines.length - 1] ?? 0)
  }
  for (const group of [levelKeys, orderKeys]) {
    if (group.some((key) => changed.includes(key) && given[key] != null)) {
      for (const key of group) delete merged[key]
    }
  }
  for (const key of changed) merged[key] = given[key]
  return merged
}

function canonical(value: Json | undefined, key: string): string {
  const present = value ?? gridParameters[key]?.default ?? ''
  try {
    return String(parseDecimalRounded(String(present), 8, 'trunc'))
  } catch {
    return String(present)
  }
}

function apply(
  state: GridState,
  read: GridSettings,
  adjustment: Adjustment,
  out: Wants,
): readonly Objection[] {
  const isShape = adjustment.changed.some((key) => shapeKeys.includes(key))
  if (!isShape) {
    withDifference(state, out, () => applySettings(state, read, adjustment))
    return []
  }
  const isActive = state.phase === 'active'
  const trigger = isActive ? null : read.triggerPrice
  const planned = planGrid(
    { ...read, triggerPrice: trigger, isLiquidationAllowed: isActive || read.isLiquidationAllowed },
    state.terms,
    price(state.last),
    equityOf(state),
  )
  const { plan } = planned
  if (plan === null || planned.objections.length > 0) return planned.objections
  const layout = adjustedLayout(state, plan.lines, plan.q, read)
  if (isActive && !read.isLiquidationAllowed) {
    const faults = liquidationOf(state, layout, read)
    if (faults.length > 0) return faults
  }
  const before = restingWants(state)
  withDifference(state, out, () => {
    applySettings(state, read, adjustment)
    state.range = plan.range
    state.shift = 0
    state.refused = null
    state.frozen = null
    state.anchor = state.last
    if (isActive) placeCells(state, layout)
    else state.q = plan.q
  })
  const difference = gridDifference(before, restingWants(state))
  out.note(
    'info',
    `adjusted to ${describeLines(plan.lines.length)}: ${difference.kept} orders kept, ${difference.canceled} cancelled, ${difference.placed} placed`,
  )
  return []
}

function liquidationOf(state: GridState, layout: CellLayout, read: GridSettings): Objection[] {
  const start = afterTarget(walkStart(state, state.mark), layout, state)
  return liquidationObjections(layout, state.terms, read.liquidationBuffer, start)
}

/** What is held once the target that the new cells want has been traded, at the last price for the taker fee. */
function afterTarget(held: WalkStart, layout: CellLayout, state: GridState): WalkStart {
  const { instrument, takerFee } = state.terms
  const lots = inventoryOf(layout) - held.position.quantity
  if (lots === 0) return held
  const at = price(state.last)
  const size = quantity(Math.abs(lots))
  const execution = applyExecution(instrument, held.position, lots > 0 ? 'buy' : 'sell', at, size)
  const fee = feeOf(money(Math.abs(notionalOf(instrument, at, size))), takerFee)
  return { ...held, position: execution.position, equity: held.equity - Math.max(0, fee) }
}

function applySettings(state: GridState, read: GridSettings, adjustment: Adjustment): void {
  const { changed } = adjustment
  state.settings = read
  if (changed.includes('stop_price')) state.stopSide = sideOf(read.stopPrice, state.mark)
  if (changed.includes('take_profit_price'))
    state.takeSide = sideOf(read.takeProfitPrice, state.mark)
  if (changed.includes('trailing_stop')) state.peak = equityOf(state)
  if (changed.includes('boundary_action')) state.frozen = null
  state.refused = null
}

/**
 * New lines and lots on the present cells: a cell with the same two lines keeps x (full stays full
 * when q changes), the others get x by the price and home by the type; a neutral grid keeps the
 * base it started from, so the inventory of a price that has moved since is kept, not sold.
 */
function adjustedLayout(
  state: GridState,
  lines: readonly number[],
  q: number,
  read: GridSettings,
): CellLayout {
  const { book } = state
  const isFlat = isFlatStart(state)
  const fresh = freshLayout(lines, q, state.last, read.type, isFlat)
  const x = [...fresh.x]
  const home = [...fresh.home]
  const isBased = isFlat || read.type === 'neutral'
  const baseCell = cellAt(lines, state.base)
  for (let i = 0; i < x.length; i += 1) {
    const old = lineIndex(book.lines, lines[i] ?? 0)
    const isKept = old >= 0 && book.lines[old + 1] === lines[i + 1]
    if (isKept) {
      const held = book.x[old] ?? 0
      x[i] = held === book.q ? q : Math.min(held, q)
      home[i] = book.home[old] === 0 ? 0 : q
    } else if (isBased) home[i] = i > baseCell ? q : 0
  }
  return { lines, q, x, home }
}

/** How many orders two sets share. A changed quantity in a slot counts as cancelled and placed. */
export interface OrderDifference {
  readonly kept: number
  readonly canceled: number
  readonly placed: number
}

type Slot = Pick<RestingWant, 'slot' | 'quantity'>

/** Compares two sets of orders (adjust --dry-run). */
export function gridDifference(before: readonly Slot[], after: readonly Slot[]): OrderDifference {
  const held = new Map(before.map((want) => [want.slot, want.quantity]))
  const kept = after.filter((want) => held.get(want.slot) === want.quantity).length
  return { kept, canceled: before.length - kept, placed: after.length - kept }
}

/** What an adjustment would do to a running grid; the state stays as it is. */
export function adjustDryRun(
  state: GridState,
  command: Json,
): {
  readonly objections: readonly Objection[]
  readonly difference: OrderDifference
  readonly notes: readonly string[]
} {
  const copy = JSON.parse(JSON.stringify(state)) as GridState
  const notes: string[] = []
  const silent = (): void => undefined
  const out: Wants = {
    rest: silent,
    drop: silent,
    target: silent,
    dropTarget: silent,
    wake: silent,
    finish: silent,
    note: (_level, text) => notes.push(text),
  }
  const before = restingWants(copy)
  const objections =
    copy.phase === 'finished'
      ? [objection('finished', 'the grid has ended; start it anew to change its range')]
      : adjust(copy, command, out)
  return { objections, difference: gridDifference(before, restingWants(copy)), notes }
}
