/**
 * Compares the shape of a message with a recorded one: keys, types and nesting, never values. Used to show that the fronts of
 * the sandbox speak as the venues do.
 */

export interface ShapeRules {
  /** Paths that the message may leave out, e.g. `data[].code`. A path names all elements of a list with `[]`. */
  readonly optional?: readonly string[]
  /** Paths that the message may have besides the recorded ones. */
  readonly extra?: readonly string[]
  /** Lists that may be empty although the recorded one is not. */
  readonly maybeEmpty?: readonly string[]
  /** Paths whose type may differ: a venue sends a number here and a text there. */
  readonly anyType?: readonly string[]
}

type Value = unknown

const typeOf = (value: Value): string =>
  value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value

/**
 * How a message differs in shape from a recorded one; empty = not at all. A recorded null or empty list says nothing about
 * its content. Rows (lists of plain values inside a list) must have the recorded length and types.
 */
export function shapeDifferences(
  message: Value,
  recorded: Value,
  rules: ShapeRules = {},
): readonly string[] {
  const found: string[] = []
  compare(message, recorded, '', rules, found)
  return [...new Set(found)]
}

function compare(
  message: Value,
  recorded: Value,
  path: string,
  rules: ShapeRules,
  found: string[],
): void {
  if (recorded === null || rules.anyType?.includes(path)) return
  const [is, was] = [typeOf(message), typeOf(recorded)]
  const where = path === '' ? 'the message' : path
  if (is !== was) found.push(`${where} is ${is}, recorded as ${was}`)
  else if (Array.isArray(message) && Array.isArray(recorded)) {
    compareLists(message, recorded, path, rules, found)
  } else if (is === 'object') {
    compareObjects(message as object, recorded as object, path, rules, found)
  }
}

function compareObjects(
  message: object,
  recorded: object,
  path: string,
  rules: ShapeRules,
  found: string[],
): void {
  const join = (key: string) => (path === '' ? key : `${path}.${key}`)
  for (const [key, was] of Object.entries(recorded)) {
    const is = (message as Record<string, Value>)[key]
    if (is !== undefined) compare(is, was, join(key), rules, found)
    else if (!rules.optional?.includes(join(key))) found.push(`${join(key)} is missing`)
  }
  for (const key of Object.keys(message)) {
    if (key in recorded || rules.extra?.includes(join(key))) continue
    found.push(`${join(key)} is not in the recorded message`)
  }
}

const isPlain = (value: Value): boolean => typeof value !== 'object' || value === null
const isRow = (value: Value): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(isPlain)

function compareLists(
  message: readonly Value[],
  recorded: readonly Value[],
  path: string,
  rules: ShapeRules,
  found: string[],
): void {
  const inner = `${path}[]`
  if (recorded.length === 0) return
  if (message.length === 0) {
    if (!rules.maybeEmpty?.includes(path)) found.push(`${path || 'the message'} is an empty list`)
    return
  }
  const rows = recorded.filter(isRow) as (readonly Value[])[]
  if (rows.length === recorded.length) {
    for (const one of message) compareRow(one, rows, inner, rules, found)
    return
  }
  const best = merge(recorded)
  for (const one of message) compare(one, best, inner, rules, found)
}

function compareRow(
  message: Value,
  rows: readonly (readonly Value[])[],
  path: string,
  rules: ShapeRules,
  found: string[],
): void {
  const row = rows[0] ?? []
  if (!Array.isArray(message)) found.push(`${path} is ${typeOf(message)}, recorded as list`)
  else if (message.length !== row.length) {
    found.push(`${path} has ${message.length} values, recorded with ${row.length}`)
  } else {
    for (const [index, value] of message.entries()) {
      const was = rows.map((one) => one[index]).find((one) => one !== null)
      if (was !== undefined) compare(value, was, `${path}[${index}]`, rules, found)
    }
  }
}

/** One sample of all elements of a recorded list: a key that is null or empty in one is taken from another. */
function merge(values: readonly Value[]): Value {
  const objects = values.filter((one) => typeOf(one) === 'object') as Record<string, Value>[]
  if (objects.length !== values.length) return values.find((one) => one !== null) ?? null
  const merged: Record<string, Value> = {}
  for (const one of objects) {
    for (const [key, value] of Object.entries(one)) {
      const known = merged[key]
      const saysMore = known === undefined || known === null || isEmptyList(known)
      if (saysMore) merged[key] = value
    }
  }
  return merged
}

const isEmptyList = (value: Value): boolean => Array.isArray(value) && value.length === 0
