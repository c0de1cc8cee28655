/** What the lab is asked for, turned into the command of a person: one way to carry it out, one way to refuse it. */
import { formatSetName, parseSetName, type SetName } from '../domain/history.ts'

/** Scalars of a configuration. */
export type Setting = string | number | boolean

/** What every kind has in common. */
export interface RunWish {
  /** File of an instance; null = a strategy by name. */
  readonly file: string | null
  readonly strategy: string | null
  /** `venue/symbol/timeframe[@from..to]` */
  readonly data: string
  readonly from: string | null
  readonly to: string | null
  /** Money the instance starts with, decimal text; null = that of the file, else the default. */
  readonly capital: string | null
  /** Keys of the strategy, or with their section of any other, e.g. `exchange_config.leverage`. */
  readonly parameters: Readonly<Record<string, Setting>>
  readonly fillRule: 'through' | 'touch' | null
  /** Way within a candle; null = by direction. */
  readonly path: 'by_direction' | 'adverse' | null
  /** Limits end entries as in a bot: daily loss, drawdown, losses in a row, use of the capital. */
  readonly hasLimits: boolean
}

const NAME = '[a-z][a-z0-9_]{0,63}'
const SECTION = '(?:strategy_config|exchange_config|risk_config)'
const KEY = new RegExp(`^(?:${NAME}|${SECTION}.${NAME}(?:.${NAME})?)$`)
const PLAIN_TEXT = /^[\w .,:/+%@-]{0,200}$/

/**
 * Arguments of `perpfleet backtest`.
 * @throws RangeError with a sentence for what no command should be given
 */
export function backtestCommand(wish: RunWish): readonly string[] {
  return ['backtest', ...runArguments(wish)]
}

/** Arguments that say what is run on what. @throws RangeError */
export function runArguments(wish: RunWish): readonly string[] {
  const { file, strategy, from, to, capital, fillRule, path, hasLimits } = wish
  if ((file === null) === (strategy === null))
    throw new RangeError('name either an instance or a strategy, not both and not neither')
  return [
    ...(file === null ? option('strategy', strategy) : option('config', file)),
    ...option('data', formatSetName(setOf(wish.data))),
    ...option('from', from),
    ...option('to', to),
    ...option('capital', capital),
    ...option('fill-rule', fillRule),
    ...option('path', path),
    ...(hasLimits ? [] : ['--no-limits']),
    ...Object.entries(wish.parameters).flatMap(([key, value]) => setting(key, value)),
  ]
}

const setOf = (text: string): SetName => parseSetName(text)

/** With `=`: a value that begins with a dash is no option. */
const option = (name: string, value: string | null): readonly string[] =>
  value === null ? [] : [`--${name}=${checked(name, value)}`]

function checked(name: string, value: string): string {
  if (PLAIN_TEXT.test(value) || name === 'config') return value
  throw new RangeError(
    `${name} "${value.slice(0, 40)}" cannot be used here: letters, digits and . , : / + % @ - _ alone`,
  )
}

const noKey = (key: string): RangeError =>
  new RangeError(
    `parameter "${key.slice(0, 80)}" is no key of a strategy: write grid_num, or exchange_config.leverage`,
  )

function setting(key: string, value: Setting): readonly string[] {
  if (!KEY.test(key)) throw noKey(key)
  return [`--set=${key}=${checked(key, String(value))}`]
}

/** What a search varies, and what it looks for. */
export interface SearchWish extends RunWish {
  /** `10..50:5`, `10..50`, `0.1..10:log` or `a,b,c` by key. */
  readonly space: Readonly<Record<string, string>>
  readonly objectives: readonly string[]
  readonly constraints: readonly string[]
  readonly sampler: string | null
  readonly trials: number | null
  readonly seed: number | null
}

export interface OptimizeWish extends SearchWish {
  /** Share of the window that the search sees; the rest judges it. */
  readonly split: string | null
}

export interface ForwardWish extends SearchWish {
  readonly inSample: string | null
  readonly outOfSample: string | null
  readonly isAnchored: boolean
}

/** Arguments of `perpfleet optimize`. @throws RangeError with a sentence */
export const optimizeCommand = (wish: OptimizeWish): readonly string[] => [
  'optimize',
  ...searchArguments(wish),
  ...option('split', wish.split),
]

/** Arguments of `perpfleet walk-forward`. @throws RangeError with a sentence */
export const forwardCommand = (wish: ForwardWish): readonly string[] => [
  'walk-forward',
  ...searchArguments(wish),
  ...option('in-sample', wish.inSample),
  ...option('out-of-sample', wish.outOfSample),
  ...(wish.isAnchored ? ['--anchored'] : []),
]

/** Arguments of `perpfleet compare`. @param folders of reports */
export const compareCommand = (folders: readonly string[]): readonly string[] => [
  'compare',
  ...folders,
]

const EXPRESSION = /^[\w .,:+*/()<>=-]{1,200}$/

function searchArguments(wish: SearchWish): readonly string[] {
  return [
    ...runArguments(wish),
    ...Object.entries(wish.space).flatMap(([key, values]) => space(key, values)),
    ...wish.objectives.map((text) => `--objective=${expression('objective', text)}`),
    ...wish.constraints.map((text) => `--constraint=${expression('constraint', text)}`),
    ...option('sampler', wish.sampler),
    ...option('trials', wish.trials === null ? null : String(wish.trials)),
    ...option('seed', wish.seed === null ? null : String(wish.seed)),
  ]
}

function space(key: string, values: string): readonly string[] {
  if (!KEY.test(key)) throw noKey(key)
  return [`--space=${key}=${checked(key, values)}`]
}

function expression(name: string, text: string): string {
  if (EXPRESSION.test(text)) return text
  throw new RangeError(
    `${name} "${text.slice(0, 40)}" cannot be read: write e.g. sharpe - 2*maxDrawdown`,
  )
}
