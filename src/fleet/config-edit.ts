/** Changes single keys of an instance file and keeps everything else, comments included. */
import { readFileSync, statSync } from 'node:fs'
import { extname } from 'node:path'
import { applyEdits, modify, parse } from 'jsonc-parser'
import { parseDocument } from 'yaml'
import { writeWhole } from './files.ts'

const numberOf = (value: unknown): unknown => {
  // Prices stay as they are written in the file: numbers. Text that a number would not keep stays text.
  if (typeof value !== 'string') return value
  return String(Number(value)) === value ? Number(value) : value
}

/**
 * Writes a new range into strategy_config: lower, upper and, when given, the number of lines. A range that was
 * centred once (auto_price) is fixed from now on, and the arguments of older files that would go before it are dropped.
 */
export function rewriteGrid(path: string, body: Readonly<Record<string, unknown>>): void {
  const lines = body['grid_num'] ?? body['levels']
  const changes: [string, unknown][] = [
    ['grid_lower_price', numberOf(body['grid_lower_price'])],
    ['grid_upper_price', numberOf(body['grid_upper_price'])],
    ...(lines === undefined ? [] : [['grid_num', lines] as [string, unknown]]),
  ]
  const text = readFileSync(path, 'utf8')
  const isYaml = /^\.ya?ml$/i.test(extname(path))
  const edited = isYaml ? editYaml(text, changes) : editJson(text, changes)
  writeWhole(path, edited, statSync(path).mode & 0o777)
}

const OLDER_ARGUMENTS: Readonly<Record<string, string>> = {
  grid_lower_price: '--grid-lower',
  grid_upper_price: '--grid-upper',
  grid_num: '--grid-num',
}

/** `--grid-lower 140` and `--grid-lower=140` of older files are replaced by the key. */
export function withoutArguments(args: readonly unknown[], keys: readonly string[]): unknown[] {
  const dropped = new Set(
    keys.map((key) => OLDER_ARGUMENTS[key]).filter((one) => one !== undefined),
  )
  const kept: unknown[] = []
  for (let index = 0; index < args.length; index += 1) {
    const word = String(args[index])
    const [name = '', value] = word.split('=', 2)
    if (!dropped.has(name)) kept.push(args[index])
    else if (value === undefined) index += 1
  }
  return kept
}

function editJson(text: string, changes: readonly [string, unknown][]): string {
  const options = { formattingOptions: { insertSpaces: true, tabSize: 2 } }
  const set = (source: string, path: string[], value: unknown) =>
    applyEdits(source, modify(source, path, value, options))
  const present = parse(text) as Sections
  let edited = text
  for (const [key, value] of changes) edited = set(edited, ['strategy_config', key], value)
  if (present.strategy_config?.['auto_price'] === true) {
    edited = set(edited, ['strategy_config', 'auto_price'], false)
  }
  const args = present.daemon_config?.['bot_args']
  if (!Array.isArray(args)) return edited
  const keys = changes.map(([key]) => key)
  return set(edited, ['daemon_config', 'bot_args'], withoutArguments(args, keys))
}

function editYaml(text: string, changes: readonly [string, unknown][]): string {
  const document = parseDocument(text)
  for (const [key, value] of changes) document.setIn(['strategy_config', key], value)
  if (document.getIn(['strategy_config', 'auto_price']) === true) {
    document.setIn(['strategy_config', 'auto_price'], false)
  }
  const present = document.toJS() as Sections
  const args = present.daemon_config?.['bot_args']
  if (Array.isArray(args)) {
    const keys = changes.map(([key]) => key)
    document.setIn(['daemon_config', 'bot_args'], withoutArguments(args, keys))
  }
  return document.toString()
}

interface Sections {
  readonly strategy_config?: Readonly<Record<string, unknown>>
  readonly daemon_config?: Readonly<Record<string, unknown>>
}
