/** Reads located nodes by a schema: every value is checked by itself, every fault is kept, nothing is thrown. */

import { canonicalDecimal } from './decimal.ts'
import type { ConfigurationNode } from './document.ts'
import { expandVariables, hasVariable } from './expand.ts'
import { type Fault, faultAt, type Place, shown, type Warning, wrongValue } from './fault.ts'
import type { Environment } from './process-environment.ts'
import type { AnyKey, Leaf, ListOf, Section } from './schema.ts'
import { nearest } from './suggestion.ts'

/** A checked value and where it stands. */
export interface Found {
  readonly value: unknown
  readonly place: Place
  /** The text came from a variable: a secret then does not stand in the file. */
  readonly isFromVariable?: boolean
}

/** Checked values by concrete path, e.g. `exchanges[0].name`. */
export type FoundValues = Map<string, Found>

export interface ReaderOptions {
  readonly environment: Environment
  /** Keys whose texts nobody uses: neither expanded nor judged nor kept. */
  readonly isUnused?: (path: string) => boolean
  /** The texts come from the environment: "8080" is a number, lists are split at commas. */
  readonly isText?: boolean
}

const KNOWN_SHOWN = 12
const KEY_SHOWN = 40
const VARIABLE_SHOWN = 20

/** What a scalar says, ready for the schema; `isText`: it came as text and may be read as a number. */
interface Raw {
  readonly value: unknown
  readonly isText: boolean
}

export class Reader {
  readonly values: FoundValues = new Map()
  readonly faults: Fault[] = []
  readonly warnings: Warning[] = []
  readonly #options: ReaderOptions

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  /** Reads a node by any key of a schema. */
  read(key: AnyKey, node: ConfigurationNode, path: string): void {
    if (key.kind === 'section') this.readSection(key, node, path)
    else if (key.kind === 'listOf') this.#readList(key, node, path)
    else this.readLeaf(key, node, path)
  }

  readSection(section: Section, node: ConfigurationNode, path: string): void {
    if (node.kind === 'scalar' && node.value === null) return
    if (node.kind !== 'map') {
      const allowed = 'a section with keys'
      this.faults.push(wrongValue(node.place, path || 'the file', foundText(node), allowed))
      return
    }
    for (const [name, entry] of node.entries) {
      const full = path === '' ? name : `${path}.${name}`
      const key = Object.hasOwn(section.keys, name) ? section.keys[name] : undefined
      if (key === undefined)
        this.faults.push(unknownKey(entry.place, full, name, Object.keys(section.keys)))
      else this.read(key, entry.node, full)
    }
  }

  #readList(list: ListOf, node: ConfigurationNode, path: string): void {
    if (node.kind === 'scalar' && node.value === null) return
    if (node.kind !== 'list') {
      this.faults.push(wrongValue(node.place, path, foundText(node), 'a list of sections'))
      return
    }
    for (const [index, item] of node.items.entries()) {
      this.readSection(list.item, item, `${path}[${index}]`)
      // an empty item is an item all the same: the missing name is found when the list is put together
      this.values.set(`${path}[${index}]`, { value: null, place: item.place })
    }
  }

  /** Reads one value; returns whether it was good. */
  readLeaf(leaf: Leaf<unknown>, node: ConfigurationNode, path: string): boolean {
    const isText = node.kind === 'scalar' && (typeof node.value === 'string' || node.value === null)
    if (isText && this.#options.isUnused?.(path)) return true
    const raw = this.#rawOf(leaf, node, path)
    if (raw === null) return false
    const result = leaf.schema.safeParse(raw.value)
    if (!result.success) {
      this.faults.push(wrongLeaf(leaf, node, path, raw.value))
      return false
    }
    const missing = leaf.notBuilt(result.data)
    if (missing !== null) {
      const found = foundOf(leaf, node, raw.value)
      const subject = leaf.isSecret ? path : `${path} ${found}`
      this.faults.push(faultAt(node.place, 'not_built', path, `${subject}: ${missing}`, { found }))
      return false
    }
    const isFromVariable = raw.isText && !this.#options.isText
    this.values.set(path, { value: result.data, place: node.place, isFromVariable })
    return true
  }

  /** null when the text could not be expanded and a fault was added. */
  #rawOf(leaf: Leaf<unknown>, node: ConfigurationNode, path: string): Raw | null {
    if (leaf.form === 'map') return this.#rawMap(node, path)
    if (leaf.form === 'list') return this.#rawList(node, path)
    if (node.kind !== 'scalar') return { value: undefined, isText: false }
    const scalar = this.#rawScalar(node, path)
    return scalar === null
      ? null
      : { value: convert(leaf, scalar, node.text), isText: scalar.isText }
  }

  #rawScalar(node: ConfigurationNode & { kind: 'scalar' }, path: string): Raw | null {
    const { environment, isText } = this.#options
    const { value, place } = node
    if (typeof value !== 'string') return { value, isText: false }
    if (isText || !hasVariable(value)) return { value, isText: isText ?? false }
    const expansion = expandVariables(value, environment)
    if (expansion.kind === 'text') return { value: expansion.text, isText: true }
    if (expansion.kind === 'missing') {
      const { name } = expansion
      const sentence = `${path} names the variable ${name}, which is not set; set it in the environment or in .env, or write \${${name}:-default}`
      this.faults.push(faultAt(place, 'missing_variable', path, sentence, { found: name }))
    } else {
      const allowed = '${NAME} or ${NAME:-default}'
      this.faults.push(
        wrongValue(
          place,
          path,
          'a ${ without its variable',
          `a text with variables written ${allowed}`,
        ),
      )
    }
    return null
  }

  #rawList(node: ConfigurationNode, path: string): Raw | null {
    if (node.kind === 'list') {
      const items = node.items.map((item, index) =>
        item.kind === 'scalar' ? this.#rawScalar(item, `${path}[${index}]`) : { value: undefined },
      )
      if (items.includes(null)) return null
      return { value: items.map((item) => item?.value), isText: false }
    }
    if (node.kind !== 'scalar' || node.value === null) return { value: undefined, isText: false }
    const scalar = this.#rawScalar(node, path)
    if (scalar === null || !scalar.isText) return scalar
    const words = String(scalar.value).split(',')
    return { value: words.map((word) => word.trim()).filter((word) => word !== ''), isText: true }
  }

  #rawMap(node: ConfigurationNode, path: string): Raw | null {
    if (node.kind === 'scalar' && node.value === null) return { value: {}, isText: false }
    if (node.kind !== 'map') return { value: undefined, isText: false }
    const pairs: [string, unknown][] = []
    let isGood = true
    for (const [name, { node: child }] of node.entries) {
      const scalar =
        child.kind === 'scalar' ? this.#rawScalar(child, `${path}.${name}`) : { value: undefined }
      if (scalar === null) isGood = false
      else
        pairs.push([
          name,
          child.kind === 'scalar' && typeof scalar.value === 'number' ? child.text : scalar.value,
        ])
    }
    return isGood ? { value: Object.fromEntries(pairs), isText: false } : null
  }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** The value in the form of the leaf, as far as it can be read so; the schema judges the rest. */
function convert(leaf: Leaf<unknown>, raw: Raw, written: string): unknown {
  const { value, isText } = raw
  const isNone = leaf.default === null && !leaf.isRequired && value === 'none'
  if (isNone && leaf.form !== 'text' && leaf.form !== 'label') return null
  if (leaf.form === 'decimal')
    return convertDecimal(isText && value === 'false' ? false : value, written)
  if (leaf.form === 'label' && typeof value === 'number') return written
  if (typeof value !== 'string' || !isText) return value
  if (leaf.form === 'number') return NUMBER.test(value.trim()) ? Number(value) : value
  if (leaf.form === 'boolean') return BOOLEANS[value.trim().toLowerCase()] ?? value
  return value
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  false: false,
  '0': false,
}

/** Amounts may be quoted: text keeps digits that a number of JSON would lose. */
function convertDecimal(value: unknown, written: string): unknown {
  if (typeof value === 'number')
    return Number.isFinite(value) ? (canonicalDecimal(written) ?? value) : value
  return typeof value === 'string' ? (canonicalDecimal(value) ?? value) : value
}

// --- sentences ----------------------------------------------------------------------------------

/** The fault for a key that no schema knows. */
export function unknownKey(
  place: Place,
  full: string,
  name: string,
  known: readonly string[],
): Fault {
  const suggestion = nearest(name, known)
  const allowed = known.slice(0, KNOWN_SHOWN).join(', ') + (known.length > KNOWN_SHOWN ? ', …' : '')
  const list = known.length === 0 ? '; this section knows no keys' : `; known here: ${allowed}`
  const end = suggestion === null ? list : `; did you mean ${suggestion}?`
  // A torn file makes keys of whatever stands between two quotes: nobody's key is that long, a secret is.
  const short = name.length > KEY_SHOWN ? `${name.slice(0, 12)}…` : name
  const path = full.slice(0, full.length - name.length).slice(0, 120) + short
  return faultAt(place, 'unknown_key', path, `${printable(path)} is not a known key${end}`, {
    found: short,
    allowed,
    suggestion,
  })
}

const printable = (key: string): string => JSON.stringify(key).slice(1, -1)

function foundText(node: ConfigurationNode): string {
  if (node.kind === 'map') return 'a section'
  if (node.kind === 'list') return 'a list'
  return typeof node.value === 'number' ? node.text : shown(node.value)
}

function foundOf(leaf: Leaf<unknown>, node: ConfigurationNode, value: unknown): string {
  if (leaf.isSecret) return 'a value that is not shown'
  if (node.kind === 'list' && Array.isArray(value))
    return `[${value
      .map((one) => shown(one))
      .join(', ')
      .slice(0, 80)}]`
  if (node.kind !== 'scalar') return foundText(node)
  // a torn line of .env may carry the secret of the next one
  const isVariable = ['.env', 'environment'].includes(node.place.file)
  const lengthMax = isVariable ? VARIABLE_SHOWN : undefined
  if (typeof value === 'string' && typeof node.value === 'string') return shown(value, lengthMax)
  return typeof node.value === 'string' ? shown(node.value) : foundText(node)
}

/** The fault for a value that its schema refuses, with the hint that fits the usual slips. */
export function wrongLeaf(
  leaf: Leaf<unknown>,
  node: ConfigurationNode,
  path: string,
  value: unknown,
): Fault {
  return wrongValue(
    node.place,
    path,
    foundOf(leaf, node, value),
    leaf.allowed,
    hintFor(leaf, value),
  )
}

function hintFor(leaf: Leaf<unknown>, value: unknown): { text: string; suggestion: string } | null {
  if (leaf.isShare) return percentHint(value)
  if (typeof value === 'string' && leaf.values.length > 0) return wordHint(value, leaf.values)
  if (Array.isArray(value) && leaf.values.length > 0) {
    const wrong: unknown = value.find((word) => !leaf.values.includes(word))
    return typeof wrong === 'string' ? wordHint(wrong, leaf.values) : null
  }
  if (leaf.form === 'number' && typeof value === 'string' && NUMBER.test(value)) {
    const written = String(Number(value))
    const isGood = leaf.schema.safeParse(Number(value)).success
    return isGood ? { text: `write ${written} without quotes`, suggestion: written } : null
  }
  if (leaf.form === 'text' && typeof value === 'number' && leaf.values.length === 0) {
    return { text: `write "${value}" in double quotes`, suggestion: `"${value}"` }
  }
  return leaf.form === 'list' && typeof value === 'string'
    ? { text: `write [${shown(value)}]`, suggestion: `[${shown(value)}]` }
    : null
}

const YES_NO: Readonly<Record<string, string>> = {
  yes: 'true',
  on: 'true',
  no: 'false',
  off: 'false',
}

function wordHint(
  value: string,
  words: readonly string[],
): { text: string; suggestion: string } | null {
  const yesNo = words.includes('true') ? YES_NO[value.toLowerCase()] : undefined
  const suggestion = yesNo ?? nearest(value, words)
  if (suggestion === null) return null
  if (value === suggestion) return { text: `write ${suggestion} without quotes`, suggestion }
  return { text: `did you mean ${suggestion}?`, suggestion }
}

/** 5 or "5%" where a share is wanted: the number that says five percent. */
export function percentHint(value: unknown): { text: string; suggestion: string } | null {
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*%?$/.exec(value.trim()) : null
  const percent = match ? Number(match[1]) : value
  if (typeof percent !== 'number' || !(percent > 1 && percent <= 100)) return null
  const canonical = canonicalDecimal(`${percent}e-2`) ?? String(percent / 100)
  return { text: `for ${percent} percent write ${canonical}`, suggestion: canonical }
}
