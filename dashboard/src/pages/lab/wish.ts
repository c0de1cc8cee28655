/** What the form holds: from nothing or from an earlier run, and as it is asked for. */
import type { DataSetRow, JobRow, StrategyRow } from '../../../../src/protocol/lab-messages.ts'
import { type BacktestOrder, fieldsOf, textOf } from './lab-data.ts'

export const DATE = 10
/** It runs nothing before its range is given: not the one to begin with. */
const NEEDS_RANGE = 'perp_grid'
/** Keys with their section are no parameters of the strategy. */
const LEVERAGE = 'exchange_config.leverage'

export interface Wish {
  /** `i:` an instance, `s:` a strategy. */
  readonly what: string
  readonly data: string
  readonly from: string
  readonly to: string
  readonly capital: string
  readonly leverage: string
  readonly hasLimits: boolean
  readonly parameters: Readonly<Record<string, string>>
  /** What an earlier run was asked for beyond the fields: it stays as it was. */
  readonly more: Pick<BacktestOrder, 'fill_rule' | 'path'>
}

export const firstWish = (
  sets: readonly DataSetRow[],
  strategies: readonly StrategyRow[],
): Wish => ({
  what: `s:${(strategies.find(({ id }) => id !== NEEDS_RANGE) ?? strategies[0])?.id ?? ''}`,
  data: sets[0]?.name ?? '',
  from: '',
  to: '',
  capital: '',
  leverage: '',
  hasLimits: false,
  parameters: {},
  more: {},
})

/** As an earlier run was asked for. */
export function wishOf({ request }: JobRow): Wish {
  const asked = fieldsOf(request)
  const text = (key: string): string => shown(asked[key])
  const { [LEVERAGE]: leverage = '', ...parameters } = Object.fromEntries(
    Object.entries(fieldsOf(asked['parameters'])).map(([key, value]) => [key, shown(value)]),
  )
  const fillRule = textOf(asked['fill_rule'])
  const path = textOf(asked['path'])
  return {
    what: text('instance') === '' ? `s:${text('strategy')}` : `i:${text('instance')}`,
    data: text('data'),
    from: text('from').slice(0, DATE),
    to: text('to').slice(0, DATE),
    capital: text('capital'),
    leverage,
    hasLimits: asked['limits'] !== false,
    parameters,
    more: { ...(fillRule !== null && { fill_rule: fillRule }), ...(path !== null && { path }) },
  }
}

const shown = (value: unknown): string =>
  value === undefined || value === null ? '' : String(value)

export function orderOf(wish: Wish): BacktestOrder {
  const { what, data, from, to, capital, leverage, hasLimits, parameters, more } = wish
  const name = what.slice(2)
  const given = Object.entries({ [LEVERAGE]: leverage, ...parameters }).filter(
    ([, value]) => value.trim() !== '',
  )
  return {
    ...more,
    ...(what.startsWith('s:') ? { strategy: name } : { instance: name }),
    data,
    ...(from !== '' && { from }),
    ...(to !== '' && { to }),
    ...(capital.trim() !== '' && { capital: capital.trim() }),
    limits: hasLimits,
    parameters: Object.fromEntries(given),
  }
}

export type GridNeed = 'range' | 'lines' | 'size'

interface Missing {
  readonly grid: readonly GridNeed[]
  /** Keys of required parameters. */
  readonly keys: readonly string[]
}

const GRID_SIZES = ['order_quantity', 'order_notional', 'total_margin', 'max_position']

/** What a strategy cannot run without; an instance brings its own. */
export function missingIn(wish: Wish, parameters: StrategyRow['parameters']): Missing {
  if (!wish.what.startsWith('s:')) return { grid: [], keys: [] }
  const has = (key: string) => (wish.parameters[key] ?? '').trim() !== ''
  const keys = Object.keys(parameters).filter((key) => isRequired(parameters[key]) && !has(key))
  if (wish.what !== `s:${NEEDS_RANGE}`) return { grid: [], keys }
  const hasRange =
    wish.parameters['auto_price'] === 'true'
      ? has('price_range')
      : has('grid_lower_price') && has('grid_upper_price')
  const needs: readonly (GridNeed | false)[] = [
    !hasRange && 'range',
    !has('grid_num') && !has('grid_intervals') && 'lines',
    !GRID_SIZES.some(has) && 'size',
  ]
  return { grid: needs.filter((need) => need !== false), keys }
}

export const isRequired = (described: unknown): boolean =>
  fieldsOf(described)['isRequired'] === true
