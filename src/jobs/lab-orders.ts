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
  const { file, strategy, from, to, capital, fillRule } = wish
  if ((file === null) === (strategy === null))
    throw new RangeError('name either an instance or a strategy, not both and not neither')
  return [
    ...(file === null ? option('strategy', strategy) : option('config', file)),
    ...option('data', formatSetName(setOf(wish.data))),
    ...option('from', from),
    ...option('to', to),
    ...option('capital', capital),
    ...option('fill-rule', fillRule),
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

function setting(key: string, value: Setting): readonly string[] {
  if (!KEY.test(key)) {
    throw new RangeError(
      `parameter "${key.slice(0, 80)}" is no key of a strategy: write grid_num, or exchange_config.leverage`,
    )
  }
  return [`--set=${key}=${checked(key, String(value))}`]
}
