/** Changes single keys of a configuration text and keeps everything else, comments included. */
import { applyEdits, createScanner, modify, parseTree } from 'jsonc-parser'
import { parseDocument } from 'yaml'

/** SyntaxKind.CommaToken of the scanner: its enum does not exist at run time. */
const COMMA = 5

export interface KeyEdit {
  readonly path: readonly [section: string, ...keys: string[]]
  /** Undefined removes the key. */
  readonly value: unknown
}

export const isYamlFile = (file: string): boolean => /\.ya?ml$/i.test(file)

/** @param file its ending decides between JSON with comments and YAML */
export function editedText(text: string, file: string, edits: readonly KeyEdit[]): string {
  return isYamlFile(file) ? editYaml(text, edits) : editJson(text, edits)
}

/** Numbers stay as they are written in files: numbers. Text that a number would not keep stays text. */
export function numberOrText(value: unknown): unknown {
  if (typeof value !== 'string') return value
  return String(Number(value)) === value ? Number(value) : value
}

function editJson(text: string, edits: readonly KeyEdit[]): string {
  const formattingOptions = { insertSpaces: true, tabSize: indentOf(text), eol: eolOf(text) }
  let edited = text
  for (const { path, value } of edits) {
    if (value === undefined) edited = withoutKey(edited, path)
    else edited = applyEdits(edited, modify(edited, [...path], value, { formattingOptions }))
  }
  return edited
}

const eolOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')
const indentOf = (text: string): number => /\n( +)"/.exec(text)?.[1]?.length ?? 2

/** Removes one key with its comma; what stands around it, comments included, stays. */
function withoutKey(text: string, path: readonly string[]): string {
  let parent = parseTree(text, [], { allowTrailingComma: true })
  let index = -1
  for (const [depth, name] of path.entries()) {
    if (depth > 0) parent = parent?.children?.[index]?.children?.[1]
    index = parent?.children?.findIndex((one) => one.children?.[0]?.value === name) ?? -1
  }
  const property = parent?.children?.[index]
  if (property === undefined) return text
  const end = property.offset + property.length
  const before = parent?.children?.[index - 1]
  const comma = commaAfter(text, end) ?? (before && commaAfter(text, before.offset + before.length))
  const cuts: [number, number][] = [[property.offset, end]]
  if (comma !== null && comma !== undefined) cuts.push([comma, comma + 1])
  const first = Math.min(...cuts.map(([from]) => from))
  const rest = cuts
    .sort(([a], [b]) => b - a)
    .reduce((cut, [from, to]) => cut.slice(0, from) + cut.slice(to), text)
  return withoutBlankLine(rest, property.offset - (first < property.offset ? 1 : 0))
}

/** Where the comma behind a value stands; null when a bracket comes first. */
function commaAfter(text: string, offset: number): number | null {
  const scanner = createScanner(text, true)
  scanner.setPosition(offset)
  return scanner.scan() === COMMA ? scanner.getTokenOffset() : null
}

/** The line that was left empty by a cut goes as well. */
function withoutBlankLine(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1
  const end = text.indexOf('\n', at)
  if (start === 0 || end === -1 || text.slice(start, end).trim() !== '') return text
  return text.slice(0, start) + text.slice(end + 1)
}

function editYaml(text: string, edits: readonly KeyEdit[]): string {
  const document = parseDocument(text)
  for (const { path, value } of edits) {
    if (value === undefined) document.deleteIn(path)
    else document.setIn(path, value)
  }
  return document.toString({ lineWidth: 0 })
}
