/** Configuration texts as trees that know their lines: JSON with comments, or YAML. */
import { getLocation, type ParseError, parseTree, type Node as TreeNode } from 'jsonc-parser'
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { type Fault, faultAt, type Place, shown } from './fault.ts'

export interface Entry {
  readonly place: Place
  readonly node: ConfigurationNode
}

export type ConfigurationNode =
  | { readonly kind: 'map'; readonly place: Place; readonly entries: ReadonlyMap<string, Entry> }
  | { readonly kind: 'list'; readonly place: Place; readonly items: readonly ConfigurationNode[] }
  | {
      readonly kind: 'scalar'
      readonly place: Place
      readonly value: string | number | boolean | null
      /** As written, so that decimals keep their digits. */
      readonly text: string
    }

export interface ParsedDocument {
  /** null when the text cannot be read or is empty. */
  readonly root: ConfigurationNode | null
  readonly faults: readonly Fault[]
}

const DEPTH_MAX = 24
const NODES_MAX = 100_000
const ALIASES_MAX = 100

/**
 * Reads a configuration text; every fault of syntax becomes a Fault with its line, nothing is thrown.
 * @param file name shown in faults; its ending decides the language (others: JSON when it starts with a brace)
 */
export function parseConfiguration(text: string, file: string): ParsedDocument {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text
  try {
    return isJson(source, file) ? parseJson(source, file) : parseYaml(source, file)
  } catch (error) {
    // both parsers recurse: a text nested a thousand times deep ends their stack
    const why = error instanceof RangeError ? 'it is nested too deeply or too large' : String(error)
    return failed({ file, line: 0 }, `the file cannot be read: ${why}`)
  }
}

function isJson(text: string, file: string): boolean {
  if (/\.jsonc?$/i.test(file)) return true
  return !/\.ya?ml$/i.test(file) && text.trimStart().startsWith('{')
}

function failed(place: Place, sentence: string): ParsedDocument {
  return { root: null, faults: [faultAt(place, 'syntax', '', sentence)] }
}

/** Collects duplicate keys and stops trees that are too deep or grow by aliases. */
class TreeBuilder {
  readonly faults: Fault[] = []
  readonly #file: string
  #nodes = 0
  #aliases = 0

  constructor(file: string) {
    this.#file = file
  }

  place(line: number): Place {
    return { file: this.#file, line }
  }

  enter(depth: number): void {
    this.#nodes += 1
    if (depth > DEPTH_MAX || this.#nodes > NODES_MAX) throw new RangeError('too deep')
  }

  /** Each alias is searched in the whole document: a few are a help, thousands are an attack. */
  enterAlias(): void {
    this.#aliases += 1
    if (this.#aliases > ALIASES_MAX) throw new RangeError('too many aliases')
  }

  add(entries: Map<string, Entry>, path: string, key: string, entry: Entry): void {
    const first = entries.get(key)
    const full = path === '' ? key : `${path}.${key}`
    if (first === undefined) {
      entries.set(key, entry)
      return
    }
    const sentence = `${full} stands twice in this file, first in line ${first.place.line}; keep one`
    this.faults.push(faultAt(entry.place, 'duplicate', full, sentence))
  }
}

// --- JSON with comments -------------------------------------------------------------------------

const INVALID_SYMBOL = 1
const VALUE_EXPECTED = 4

/** What people call the errors of the JSON parser, by its error codes. */
const JSON_ERRORS: Readonly<Record<number, string>> = {
  2: 'a number is not written as JSON knows it',
  3: 'a key in double quotes is expected',
  4: 'a value is expected',
  5: 'a colon is expected after the key',
  6: 'a comma is expected between two entries',
  7: 'a closing brace } is missing',
  8: 'a closing bracket ] is missing',
  9: 'the file ends before this',
  11: 'a comment is not closed with */',
  12: 'a text in double quotes is not closed',
  13: 'a number is not complete',
  14: 'a \\u escape is not complete',
  15: 'a backslash stands before a letter that cannot be escaped',
  16: 'a character is not allowed here',
}

function parseJson(text: string, file: string): ParsedDocument {
  if (text.trim() === '') return { root: null, faults: [] }
  const lines = lineStarts(text)
  const errors: ParseError[] = []
  const tree = parseTree(text, errors, { allowTrailingComma: true })
  const faults = jsonFaults(text, file, lines, errors)
  const hasOnlyWrongWords = errors.every(
    ({ error }) => error === INVALID_SYMBOL || error === VALUE_EXPECTED,
  )
  if (tree === undefined || !hasOnlyWrongWords) return { root: null, faults }
  const builder = new TreeBuilder(file)
  const root = fromJson(tree, text, lines, builder, '', 0)
  return { root, faults: [...faults, ...builder.faults] }
}

/** Every word that is no JSON value, and the first other error: what follows one is mostly its echo. */
function jsonFaults(
  text: string,
  file: string,
  lines: readonly number[],
  errors: readonly ParseError[],
): Fault[] {
  const wrongWords = errors.filter(({ error }) => error === INVALID_SYMBOL)
  const faults = wrongWords.map(({ offset, length }) => {
    const key = getLocation(text, offset).path.join('.')
    const word = isShown(key) ? text.slice(offset, offset + length) : 'a word that is not shown'
    const allowed = 'a number, a text in double quotes, true, false or null'
    const place = { file, line: lineAt(lines, offset) }
    const name = key.length > 80 ? `${key.slice(0, 80)}…` : key
    const sentence = `${name || 'a value'} must be ${allowed}, found ${word.slice(0, 40)}`
    return faultAt(place, 'syntax', name, sentence, { found: word, allowed })
  })
  const other = errors.find(
    ({ error }) => error !== INVALID_SYMBOL && !(error === VALUE_EXPECTED && faults.length > 0),
  )
  if (other !== undefined) {
    const place = { file, line: lineAt(lines, Math.min(other.offset, text.trimEnd().length - 1)) }
    const key = getLocation(text, other.offset).path.join('.')
    const found = isShown(key)
      ? text.slice(other.offset, other.offset + Math.min(other.length, 20))
      : ''
    const what = JSON_ERRORS[other.error] ?? 'the JSON is not complete'
    const sentence = `this is no valid JSON: ${what}${found === '' ? '' : `, found ${shown(found)}`}`
    faults.push(faultAt(place, 'syntax', '', sentence, { found }))
  }
  return faults
}

/** What stands behind such a key may be a secret, or half of one. */
const isShown = (key: string): boolean =>
  !key.startsWith('exchange') && !/secret|password|passphrase|private|token|key/i.test(key)

function fromJson(
  tree: TreeNode,
  text: string,
  lines: readonly number[],
  builder: TreeBuilder,
  path: string,
  depth: number,
): ConfigurationNode {
  builder.enter(depth)
  const place = builder.place(lineAt(lines, tree.offset))
  if (tree.type === 'object') {
    const entries = new Map<string, Entry>()
    for (const property of tree.children ?? []) {
      const [name, value] = property.children ?? []
      if (name === undefined || value === undefined) continue
      const key = String(name.value)
      const node = fromJson(
        value,
        text,
        lines,
        builder,
        path === '' ? key : `${path}.${key}`,
        depth + 1,
      )
      builder.add(entries, path, key, { place: builder.place(lineAt(lines, name.offset)), node })
    }
    return { kind: 'map', place, entries }
  }
  if (tree.type === 'array') {
    const items = (tree.children ?? []).map((child, index) =>
      fromJson(child, text, lines, builder, `${path}[${index}]`, depth + 1),
    )
    return { kind: 'list', place, items }
  }
  const written = text.slice(tree.offset, tree.offset + tree.length)
  const value = tree.value as string | number | boolean | null
  return { kind: 'scalar', place, value, text: typeof value === 'string' ? value : written }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low + 1
}

// --- YAML ---------------------------------------------------------------------------------------

function parseYaml(text: string, file: string): ParsedDocument {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
  })
  const [error] = document.errors
  if (error !== undefined) {
    const what = error.message.split('\n')[0] ?? 'unreadable'
    return failed(
      { file, line: lines.linePos(error.pos[0]).line },
      `this is no valid YAML: ${what}`,
    )
  }
  if (document.contents === null) return { root: null, faults: [] }
  const builder = new TreeBuilder(file)
  const root = fromYaml(document.contents, document, lines, builder, '', 0)
  return { root, faults: builder.faults }
}

function fromYaml(
  given: unknown,
  document: Document,
  lines: LineCounter,
  builder: TreeBuilder,
  path: string,
  depth: number,
): ConfigurationNode {
  builder.enter(depth)
  if (isAlias(given)) builder.enterAlias()
  const node = isAlias(given) ? given.resolve(document) : given
  const range = (given as { range?: [number, number, number] | null } | null)?.range
  const place = builder.place(range ? lines.linePos(range[0]).line : 0)
  if (isMap(node)) {
    const entries = new Map<string, Entry>()
    for (const pair of node.items) {
      const name = pair.key as { value?: unknown; range?: [number, number, number] } | null
      const key = isScalar(name) ? String(name.value) : String(name)
      const at = name?.range ? builder.place(lines.linePos(name.range[0]).line) : place
      const below = path === '' ? key : `${path}.${key}`
      const child = fromYaml(pair.value, document, lines, builder, below, depth + 1)
      const located = child.place.line === 0 ? { ...child, place: at } : child
      builder.add(entries, path, key, { place: at, node: located })
    }
    return { kind: 'map', place, entries }
  }
  if (isSeq(node)) {
    const items = node.items.map((item, index) =>
      fromYaml(item, document, lines, builder, `${path}[${index}]`, depth + 1),
    )
    return { kind: 'list', place, items }
  }
  const value = isScalar(node) ? node.value : null
  const source = isScalar(node) ? node.source : undefined
  if (typeof value === 'string' || value === null) {
    return { kind: 'scalar', place, value, text: value ?? '' }
  }
  if (typeof value === 'number' || typeof value === 'boolean') {
    return { kind: 'scalar', place, value, text: source ?? String(value) }
  }
  return { kind: 'scalar', place, value: String(value), text: source ?? String(value) }
}
