/** Moving a grid: the form, and what the bot says would or did change. Pure. */
import type { MarketTrade } from '../../../../src/protocol/adjust-messages.ts'
import type { BotStatus } from './grid-status.ts'

export interface Range {
  readonly lower: string
  readonly upper: string
  /** Lines; empty = as many as there are. */
  readonly levels: string
}

interface AdjustedOrder {
  readonly slot?: string
  readonly side: 'buy' | 'sell'
  readonly price: string
  readonly quantity: string
}

/** Answer of POST /instances/:id/grid/adjust. */
export interface AdjustResult {
  readonly orders_kept: number
  readonly orders_canceled: number
  readonly orders_placed: number
  readonly orders_wanted?: number
  readonly orders_allowed?: number
  readonly price?: string
  readonly price_outside?: 'below' | 'above' | null
  readonly limits?: readonly {
    readonly code: string
    readonly text: string
    readonly side: 'buy' | 'sell'
    readonly line: string
    readonly before: number | null
  }[]
  readonly market_trade?: MarketTrade | null
  readonly dry_run: boolean
  /** Of a dry run. */
  readonly changes?: {
    readonly canceled: readonly AdjustedOrder[]
    readonly placed: readonly AdjustedOrder[]
  }
}

export interface Change extends AdjustedOrder {
  readonly what: 'cancel' | 'place'
}

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''

/** The grid as it stands. */
export function rangeOf({ grid, parameters }: BotStatus): Range {
  const levels = textOf(parameters['grid_num'])
  const intervals = parameters['grid_intervals']
  return {
    lower: grid?.range?.lower ?? textOf(parameters['grid_lower_price']),
    upper: grid?.range?.upper ?? textOf(parameters['grid_upper_price']),
    levels: levels !== '' || typeof intervals !== 'number' ? levels : String(intervals + 1),
  }
}

const PRICE = /^\d+(\.\d+)?$/
const LEVELS = /^\d{1,5}$/
/** grid_num, docs/reference/configuration.md. */
const LEVELS_MAX = 1001

/** What is wrong with a field: keys below `adjust.fault.`; null = nothing. */
export interface RangeFaults {
  readonly lower: 'price' | null
  readonly upper: 'price' | 'order' | null
  readonly levels: 'levels' | null
}

const isPrice = (text: string): boolean => PRICE.test(text) && Number(text) > 0

export function faultsOf({ lower, upper, levels }: Range): RangeFaults {
  const areBoth = isPrice(lower) && isPrice(upper)
  const isCount = LEVELS.test(levels) && Number(levels) >= 2 && Number(levels) <= LEVELS_MAX
  return {
    lower: isPrice(lower) ? null : 'price',
    upper: !isPrice(upper) ? 'price' : areBoth && Number(upper) <= Number(lower) ? 'order' : null,
    levels: levels === '' || isCount ? null : 'levels',
  }
}

export const isSound = (faults: RangeFaults): boolean =>
  Object.values(faults).every((fault) => fault === null)

export const isSame = (one: Range, other: Range): boolean =>
  Number(one.lower) === Number(other.lower) &&
  Number(one.upper) === Number(other.upper) &&
  one.levels === other.levels

/** Body of the request. */
export const bodyOf = ({ lower, upper, levels }: Range) => ({
  grid_lower_price: lower,
  grid_upper_price: upper,
  ...(levels === '' ? {} : { grid_num: Number(levels) }),
})

/** The difference, the highest price first, as a grid is read. */
export function changesOf({ changes }: AdjustResult): readonly Change[] {
  if (changes === undefined) return []
  const all = [
    ...changes.canceled.map((one): Change => ({ ...one, what: 'cancel' })),
    ...changes.placed.map((one): Change => ({ ...one, what: 'place' })),
  ]
  return all.sort((a, b) => Number(b.price) - Number(a.price))
}
