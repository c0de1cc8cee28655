/** `PERPFLEET_<SECTION>_<KEY>`: which key of the schema a variable names. */
import type { ConfigurationNode } from './document.ts'
import { type Fault, faultAt, type Place } from './fault.ts'
import { type Environment, PROCESS_VARIABLES } from './process-environment.ts'
import type { Reader } from './reader.ts'
import type { AnyKey, Leaf, Section } from './schema.ts'
import { nearest } from './suggestion.ts'

/** A variable and where it was set. */
export interface Variable {
  readonly name: string
  readonly value: string
  readonly place: Place
}

interface KnownVariable {
  /** With {index} in the places of list indexes. */
  readonly path: string
  readonly segments: number
  readonly pattern: RegExp
  readonly example: string
  readonly leaf: Leaf<unknown>
}

const PREFIX = 'PERPFLEET_'
const PROCESS: ReadonlySet<string> = new Set(PROCESS_VARIABLES)

/** The variables of a schema, the longest path first: where two paths fit, the longer wins. */
export function knownVariables(schema: Section): readonly KnownVariable[] {
  const found: KnownVariable[] = []
  collect(schema, '', 'PERPFLEET', 'PERPFLEET', 0, found)
  return found.sort((a, b) => b.segments - a.segments)
}

function collect(
  key: AnyKey,
  path: string,
  pattern: string,
  example: string,
  segments: number,
  found: KnownVariable[],
): void {
  if (key.kind === 'leaf') {
    if (key.form === 'map') return
    found.push({ path, segments, pattern: new RegExp(`^${pattern}$`), example, leaf: key })
    return
  }
  if (key.kind === 'listOf') {
    collect(key.item, `${path}[{index}]`, `${pattern}_(\\d{1,2})`, `${example}_0`, segments, found)
    return
  }
  for (const [name, child] of Object.entries(key.keys)) {
    const upper = name.toUpperCase()
    const below = path === '' ? name : `${path}.${name}`
    collect(child, below, `${pattern}_${upper}`, `${example}_${upper}`, segments + 1, found)
  }
}

/** Those variables of the process that this program reads, in alphabetical order. */
export function variablesOf(environment: Environment): Variable[] {
  const names = Object.keys(environment).filter((name) => name.startsWith(PREFIX))
  const place = { file: 'environment', line: 0 }
  return names.sort().map((name) => ({ name, value: environment[name] ?? '', place }))
}

/** Reads variables into the reader; empty values are as good as none. */
export function readVariables(
  variables: readonly Variable[],
  known: readonly KnownVariable[],
  reader: Reader,
): void {
  for (const variable of variables) {
    if (!variable.name.startsWith(PREFIX) || PROCESS.has(variable.name)) continue
    const target = targetOf(variable.name, known)
    if (target === null) {
      reader.faults.push(unknownVariable(variable, known))
      continue
    }
    if (variable.value === '') continue
    readVariable(variable, target, reader)
  }
}

function targetOf(
  name: string,
  known: readonly KnownVariable[],
): { path: string; leaf: Leaf<unknown> } | null {
  for (const { pattern, path, leaf } of known) {
    const match = pattern.exec(name)
    if (match !== null)
      return { path: path.replace('{index}', String(Number(match[1] ?? 0))), leaf }
  }
  return null
}

function readVariable(
  { name, value, place }: Variable,
  { path, leaf }: { path: string; leaf: Leaf<unknown> },
  reader: Reader,
): void {
  const node: ConfigurationNode = { kind: 'scalar', place, value, text: value }
  const before = reader.faults.length
  reader.readLeaf(leaf, node, path)
  // people look for the variable they set, so the sentence starts with its name
  for (let index = before; index < reader.faults.length; index++) {
    const fault = reader.faults[index]
    if (fault === undefined) continue
    reader.faults[index] = {
      ...fault,
      text: fault.text.replace(`: ${path} `, `: ${name} (${path}) `),
    }
  }
}

function unknownVariable({ name, place }: Variable, known: readonly KnownVariable[]): Fault {
  const numbers = name.replaceAll(/_\d{1,2}_/g, '_0_')
  const suggestion = nearest(numbers, [
    ...known.map(({ example }) => example),
    ...PROCESS_VARIABLES,
  ])
  const end = suggestion === null ? '' : `; did you mean ${suggestion}?`
  const sentence = `${name} names no key of the configuration${end}`
  return faultAt(place, 'unknown_key', name, sentence, { found: name, suggestion })
}
