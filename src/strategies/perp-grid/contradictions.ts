/**
 * What contradicts itself in strategy_config whatever the market does: found when the file is read, with the key and what
 * it may be. Decimals are compared as counts of 1e-8; lots and allowed prices are the market's business. Pure.
 */
import type { GridType } from '../../domain/grid/cells.ts'
import {
  formatDecimal,
  formatMoney,
  type Money,
  money,
  mulDiv,
  parseDecimalRounded,
  RATIO_SCALE,
} from '../../domain/money.ts'
import type { Contradiction, ContradictionTerms } from '../../domain/strategy.ts'
import type { GridParameters } from './settings.ts'
import { exitFaults, type GridSides, trailingFaults } from './sides.ts'

const SIZES = ['order_quantity', 'order_notional', 'total_margin'] as const
const RANGE = ['grid_lower_price', 'grid_upper_price', 'auto_price', 'price_range'] as const

/** Every contradiction, in the order of the keys. A value that is no number is none: its own key is told. */
export function contradictionsIn(
  parameters: GridParameters,
  terms: ContradictionTerms,
): readonly Contradiction[] {
  const given = new Given(parameters)
  return [
    ...rangeContradictions(given),
    ...levelContradictions(given),
    ...sizeContradictions(given),
    ...sideContradictions(given),
    ...triggerContradictions(given, terms),
    ...marginContradictions(given, terms),
  ]
}

/** Parameters as the file gives them, decimals as counts of 1e-8. */
class Given {
  readonly #parameters: GridParameters

  constructor(parameters: GridParameters) {
    this.#parameters = parameters
  }

  has(key: string): boolean {
    const value = this.#parameters[key]
    return value !== undefined && value !== null && value !== '' && value !== false
  }
  /** Null when it is absent, false, or cannot be counted. */
  number(key: string): number | null {
    if (!this.has(key)) return null
    try {
      return parseDecimalRounded(String(this.#parameters[key]), 8, 'halfEven')
    } catch {
      return null
    }
  }
  whole(key: string): number | null {
    const value = this.number(key)
    return value === null ? null : Math.floor(value / RATIO_SCALE)
  }
  get isAutoPrice(): boolean {
    return this.has('auto_price')
  }
  get type(): GridType {
    const type = this.#parameters['grid_type']
    return type === 'long' || type === 'short' ? type : 'neutral'
  }
  isAllowed(key: string): boolean {
    return this.#parameters[key] === true
  }
  get intervals(): number | null {
    const intervals = this.whole('grid_intervals')
    const lines = this.whole('grid_num')
    return intervals ?? (lines === null ? null : lines - 1)
  }
  /** Bounds that the file fixes; with auto_price the first start makes them. */
  get range(): { readonly lower: number | null; readonly upper: number | null } {
    if (this.isAutoPrice) return { lower: null, upper: null }
    return { lower: this.number('grid_lower_price'), upper: this.number('grid_upper_price') }
  }
}

const text = (value: number): string => formatDecimal(value, 8)
const missing = (keys: Contradiction['keys'], allowed: string): Contradiction => ({
  keys,
  found: null,
  allowed,
})

function rangeContradictions(given: Given): Contradiction[] {
  if (given.isAutoPrice) {
    if (given.has('price_range')) return []
    const allowed = 'given with auto_price: percent on each side of the price'
    return [missing(['price_range', ...RANGE], allowed)]
  }
  const faults: Contradiction[] = []
  for (const key of ['grid_lower_price', 'grid_upper_price'] as const) {
    const allowed = 'given, or auto_price with price_range'
    if (!given.has(key)) faults.push(missing([key, ...RANGE], allowed))
  }
  const { lower, upper } = given.range
  if (lower === null || upper === null || lower < upper) return faults
  const allowed = `below grid_upper_price ${text(upper)}`
  return [{ keys: ['grid_lower_price', 'grid_upper_price'], found: text(lower), allowed }]
}

function levelContradictions(given: Given): Contradiction[] {
  const lines = given.whole('grid_num')
  const intervals = given.whole('grid_intervals')
  if (!given.has('grid_num') && !given.has('grid_intervals'))
    return [missing(['grid_num', 'grid_intervals'], 'given (lines), or grid_intervals')]
  if (lines === null || intervals === null || lines === intervals + 1) return []
  const allowed = `${intervals + 1} beside grid_intervals ${intervals}, or one of the two left out`
  return [{ keys: ['grid_num', 'grid_intervals'], found: String(lines), allowed }]
}

function sizeContradictions(given: Given): Contradiction[] {
  const [first, ...others] = SIZES.filter((key) => given.has(key))
  if (first === undefined) {
    if (given.has('max_position')) return []
    const allowed = 'given, or order_quantity, order_notional or total_margin'
    return [missing(['max_position', ...SIZES], allowed)]
  }
  return others.map((key) => ({
    keys: [key, first],
    found: text(given.number(key) ?? 0),
    allowed: `left out beside ${first}: at most one of ${SIZES.join(', ')} sizes the orders`,
  }))
}

function sidesOf(given: Given): GridSides {
  return {
    type: given.type,
    ...given.range,
    trailingUp: given.number('trailing_up'),
    trailingDown: given.number('trailing_down'),
    stopPrice: given.number('stop_price'),
    takeProfitPrice: given.number('take_profit_price'),
    reference: given.number('trigger_price'),
  }
}

function sideContradictions(given: Given): Contradiction[] {
  const sides = sidesOf(given)
  // An inverted range is told by itself; what lies on which side of it says nothing.
  if (sides.lower !== null && sides.upper !== null && sides.lower >= sides.upper) return []
  const keys = ['grid_lower_price', 'grid_upper_price', 'grid_type', 'trigger_price'] as const
  return [...trailingFaults(sides, text), ...exitFaults(sides, text)].map(
    ({ key, found, allowed }) => ({ keys: [key, ...keys], found: text(found), allowed }),
  )
}

/** A trigger outside the range would open the whole position at once, like a price there. */
function triggerContradictions(given: Given, terms: ContradictionTerms): Contradiction[] {
  const at = given.number('trigger_price')
  const { type } = given
  const { lower, upper } = given.range
  if (at === null || lower === null || upper === null || lower >= upper) return []
  if (terms.initialPosition !== 'open' || given.isAllowed('allow_price_outside')) return []
  const keys = ['trigger_price', 'grid_lower_price', 'grid_upper_price', 'grid_type'] as const
  const from = `or allow_price_outside: true (a ${type} grid opens its whole position there at once)`
  if (type === 'long' && at < lower)
    return [{ keys, found: text(at), allowed: `at least grid_lower_price ${text(lower)}, ${from}` }]
  if (type === 'short' && at >= upper)
    return [{ keys, found: text(at), allowed: `below grid_upper_price ${text(upper)}, ${from}` }]
  return []
}

/** Margin that the grid needs at the very least, wherever in its range the price is when it starts. */
function marginContradictions(given: Given, terms: ContradictionTerms): Contradiction[] {
  const sizes = SIZES.filter((key) => given.has(key))
  const key = sizes[0] ?? 'max_position'
  const value = given.number(key)
  if (value === null || sizes.length > 1) return []
  const least = key === 'total_margin' ? money(value) : leastMargin(given, key, value, terms)
  if (least === null || least <= terms.capital) return []
  const keys = [key, 'grid_lower_price', 'grid_upper_price', 'grid_num', 'grid_intervals'] as const
  const words = key === 'total_margin' ? 'is' : `needs at least ${formatMoney(least)} of margin`
  const found = `${text(value)}${key === 'total_margin' ? '' : ` (${words} at ${terms.leverage}x when its last line has filled)`}`
  const allowed = `small enough for the capital of ${formatMoney(terms.capital)}`
  return [{ keys, found, allowed }]
}

/**
 * Long and short fill every cell, each at its lower line or above; a neutral grid at least half of them. What is lost to
 * whole lots is unknown here, so a hundredth is left to it: the start counts exactly.
 */
function leastMargin(
  given: Given,
  key: 'order_quantity' | 'order_notional' | 'max_position',
  value: number,
  terms: ContradictionTerms,
): Money | null {
  const { lower, upper } = given.range
  const { type, intervals } = given
  if (lower === null || upper === null || lower >= upper) return null
  if (intervals === null || intervals < 1) return null
  if (type !== 'neutral' && given.isAllowed('allow_price_outside')) return null
  const isHalf = type === 'neutral' || terms.initialPosition === 'none'
  const cells = isHalf ? Math.ceil(intervals / 2) : intervals
  try {
    const notional = notionalOfCells(key, value, cells, intervals, lower, upper)
    return money(mulDiv(notional, 99, 100 * terms.leverage, 'floor'))
  } catch {
    // Too large to be counted: the start refuses it with its own sentence.
    return null
  }
}

function notionalOfCells(
  key: 'order_quantity' | 'order_notional' | 'max_position',
  value: number,
  cells: number,
  intervals: number,
  lower: number,
  upper: number,
): number {
  if (key === 'order_notional') {
    const each = mulDiv(value, lower, Math.ceil((lower + upper) / 2), 'floor')
    return each * cells
  }
  const atLower = mulDiv(value, lower, RATIO_SCALE, 'floor')
  return key === 'order_quantity' ? atLower * cells : mulDiv(atLower, cells, intervals, 'floor')
}
