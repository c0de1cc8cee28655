/** A new range in the text of an instance file. */

import { type ConfigurationNode, parseConfiguration } from '../config/document.ts'
import { editedText, type KeyEdit, numberOrText } from '../config/edit-text.ts'

/**
 * The text with a new range in strategy_config: lower, upper and, when given, the number of lines. A range that was
 * centred once (auto_price) is fixed from now on, and the arguments of older files that would go before it are dropped.
 */
export function gridText(
  text: string,
  file: string,
  body: Readonly<Record<string, unknown>>,
): string {
  const lines = body['grid_num'] ?? body['levels']
  const { root } = parseConfiguration(text, file)
  const edits: KeyEdit[] = [
    edit('grid_lower_price', numberOrText(body['grid_lower_price'])),
    edit('grid_upper_price', numberOrText(body['grid_upper_price'])),
  ]
  if (lines !== undefined) {
    if (child(root, 'strategy_config', 'grid_intervals'))
      edits.push(edit('grid_intervals', undefined))
    edits.push(edit('grid_num', lines))
  }
  const isCentred = child(root, 'strategy_config', 'auto_price')
  if (isCentred?.kind === 'scalar' && isCentred.value === true)
    edits.push(edit('auto_price', false))
  const args = child(root, 'daemon_config', 'bot_args')
  if (args?.kind === 'list') {
    const words = args.items.map((item) => (item.kind === 'scalar' ? item.text : ''))
    const keys = edits.map(({ path }) => path.at(-1) ?? '')
    const value = withoutArguments(words, keys)
    edits.push({ path: ['daemon_config', 'bot_args'], value })
  }
  return editedText(text, file, edits)
}

const edit = (key: string, value: unknown): KeyEdit => ({ path: ['strategy_config', key], value })

function child(
  root: ConfigurationNode | null,
  ...path: readonly string[]
): ConfigurationNode | undefined {
  let node: ConfigurationNode | undefined = root ?? undefined
  for (const name of path) node = node?.kind === 'map' ? node.entries.get(name)?.node : undefined
  return node
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
