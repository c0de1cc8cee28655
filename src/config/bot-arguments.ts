/** `daemon_config.bot_args` of older files: command-line arguments that override the matching keys. */
import { parseSymbol } from '../domain/symbol.ts'
import type { ConfigurationNode, Entry } from './document.ts'
import {
  type Fault,
  faultAt,
  type Place,
  placeText,
  shown,
  type Warning,
  warningAt,
} from './fault.ts'
import { nearest } from './suggestion.ts'

type MapNode = ConfigurationNode & { kind: 'map' }
type ScalarNode = ConfigurationNode & { kind: 'scalar' }

interface Argument {
  readonly name: string
  readonly value: ScalarNode
}

export interface AppliedArguments {
  /** The file with the arguments in the places of the keys they override. */
  readonly root: MapNode
  readonly faults: readonly Fault[]
  readonly warnings: readonly Warning[]
}

const KEY = 'daemon_config.bot_args'

/** Section and key that each argument stands for. */
const TARGETS: Readonly<Record<string, readonly [section: string, key: string]>> = {
  '--exchange': ['metadata', 'exchange'],
  '--symbol': ['metadata', 'symbol'],
  '--strategy': ['metadata', 'strategy'],
  '--grid-lower': ['strategy_config', 'grid_lower_price'],
  '--grid-upper': ['strategy_config', 'grid_upper_price'],
  '--grid-num': ['strategy_config', 'grid_num'],
  '--max-position': ['strategy_config', 'max_position'],
  '--duration': ['strategy_config', 'duration'],
  '--interval': ['strategy_config', 'interval'],
}

/** Overrides keys by the arguments; an argument that contradicts metadata is a fault that names both. */
export function applyBotArguments(root: MapNode): AppliedArguments {
  const list = child(child(root, 'daemon_config'), 'bot_args')
  if (list === undefined) return { root, faults: [], warnings: [] }
  const faults: Fault[] = []
  const warnings: Warning[] = []
  let result = root
  for (const argument of readArguments(list, faults)) {
    const target = TARGETS[argument.name]
    if (target === undefined) continue
    const [section, key] = target
    const given = child(child(result, section), key)
    if (given !== undefined && !isSame(key, given, argument.value)) {
      if (section === 'metadata') {
        faults.push(contradiction(argument, section, key, given))
        continue
      }
      const sentence = `${argument.name} ${argument.value.text} of ${KEY} goes before ${section}.${key} ${textOf(given)} (line ${given.place.line})`
      warnings.push(warningAt(argument.value.place, `${section}.${key}`, sentence))
    }
    result = withValue(result, section, key, argument.value)
  }
  return { root: result, faults, warnings }
}

/**
 * The keys that the arguments stand for with their values, the last of each: what a file without arguments says
 * instead. Unknown arguments are left out; applyBotArguments names them.
 */
export function argumentValues(
  root: ConfigurationNode,
): { readonly section: string; readonly key: string; readonly value: number | string }[] {
  const list = child(child(root, 'daemon_config'), 'bot_args')
  if (list === undefined) return []
  const values = readArguments(list, []).map(({ name, value: { value, text } }) => {
    const [section = '', key = ''] = TARGETS[name] ?? []
    // a number that would lose digits stays a text
    const isExact = typeof value === 'number' && String(value) === text
    return { section, key, value: isExact ? value : text }
  })
  return [...new Map(values.map((one) => [`${one.section}.${one.key}`, one])).values()]
}

const child = (node: ConfigurationNode | undefined, name: string): ConfigurationNode | undefined =>
  node?.kind === 'map' ? node.entries.get(name)?.node : undefined

function readArguments(list: ConfigurationNode, faults: Fault[]): Argument[] {
  if (list.kind !== 'list') return []
  const items = list.items.filter((item): item is ScalarNode => item.kind === 'scalar')
  const found: Argument[] = []
  for (let index = 0; index < items.length; index++) {
    const item = items[index]
    if (item === undefined) continue
    const [name = '', ...rest] = item.text.split('=')
    if (!Object.hasOwn(TARGETS, name)) {
      faults.push(unknownArgument(item.place, name))
      // the value of an argument nobody knows is not an argument of its own
      if (rest.length === 0 && items[index + 1]?.text.startsWith('--') === false) index += 1
      continue
    }
    const next = items[index + 1]
    if (rest.length > 0) found.push({ name, value: asScalar(item.place, rest.join('=')) })
    else if (next === undefined || next.text.startsWith('--'))
      faults.push(withoutValue(item.place, name))
    else {
      found.push({ name, value: asScalar(next.place, next.text) })
      index += 1
    }
  }
  return found
}

/** Arguments are texts: what looks like a number is one. */
function asScalar(place: Place, text: string): ScalarNode {
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)
  return { kind: 'scalar', place, value: isNumber ? Number(text) : text, text }
}

function isSame(key: string, given: ConfigurationNode, argument: ScalarNode): boolean {
  if (given.kind !== 'scalar' || given.value === null) return given.kind === 'scalar'
  if (typeof given.value === 'number') return given.value === argument.value
  if (key === 'symbol') return unified(given.text) === unified(argument.text)
  return given.text.trim() === argument.text.trim()
}

function unified(text: string): string {
  try {
    return parseSymbol(text).symbol
  } catch {
    return text
  }
}

function withValue(root: MapNode, section: string, key: string, value: ScalarNode): MapNode {
  const before = root.entries.get(section)
  const entries: ReadonlyMap<string, Entry> =
    before?.node.kind === 'map' ? before.node.entries : new Map()
  const node: MapNode = {
    kind: 'map',
    place: before?.node.place ?? value.place,
    entries: new Map([...entries, [key, { place: value.place, node: value }]]),
  }
  const place = before?.place ?? value.place
  return { ...root, entries: new Map([...root.entries, [section, { place, node }]]) }
}

const textOf = (node: ConfigurationNode): string =>
  node.kind === 'scalar'
    ? typeof node.value === 'string'
      ? shown(node.value)
      : node.text
    : `a ${node.kind}`

function contradiction(
  argument: Argument,
  section: string,
  key: string,
  given: ConfigurationNode,
): Fault {
  const path = `${section}.${key}`
  const found = `${argument.name} ${argument.value.text}`
  const sentence = `${found} of ${KEY} contradicts ${path} ${textOf(given)} (${placeText(given.place)}); make them the same or remove one`
  return faultAt(argument.value.place, 'conflict', path, sentence, {
    found,
    allowed: textOf(given),
  })
}

function unknownArgument(place: Place, name: string): Fault {
  const known = Object.keys(TARGETS)
  const suggestion = nearest(name, known)
  const end =
    suggestion === null ? `; known here: ${known.join(', ')}` : `; did you mean ${suggestion}?`
  const sentence = `${KEY} has the unknown argument ${shown(name)}${end}`
  return faultAt(place, 'unknown_key', KEY, sentence, {
    found: name,
    allowed: known.join(', '),
    suggestion,
  })
}

function withoutValue(place: Place, name: string): Fault {
  return faultAt(
    place,
    'missing',
    KEY,
    `${KEY} has ${name} without a value; write it behind the argument`,
    {
      found: name,
    },
  )
}
