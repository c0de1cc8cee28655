/** Puts a checked configuration together from found values and defaults. */
import { type Fault, faultAt, type Place } from './fault.ts'
import type { FoundValues } from './reader.ts'
import type { AnyKey, ListOf, Section, ValueOf } from './schema.ts'

/** A whole section: what was found, and the defaults for the rest. Missing required keys of list items are faults. */
export function assemble<S extends Section>(
  section: S,
  values: FoundValues,
  path: string,
  faults: Fault[],
): ValueOf<S> {
  const pairs = Object.entries(section.keys).map(([name, key]) => {
    const full = path === '' ? name : `${path}.${name}`
    return [name, assembleKey(key, values, full, faults)] as const
  })
  // the schema names the type: each leaf holds a checked value of its own type
  return Object.fromEntries(pairs) as ValueOf<S>
}

function assembleKey(key: AnyKey, values: FoundValues, path: string, faults: Fault[]): unknown {
  if (key.kind === 'section') return assemble(key, values, path, faults)
  if (key.kind === 'listOf') return assembleList(key, values, path, faults)
  return values.get(path)?.value ?? key.default
}

function assembleList(list: ListOf, values: FoundValues, path: string, faults: Fault[]): unknown[] {
  const places = new Map<number, Place>()
  for (const [key, { place }] of values) {
    const index = indexBelow(key, path)
    if (index !== null && !places.has(index)) places.set(index, place)
  }
  const items: unknown[] = []
  for (const [index, place] of [...places].sort(([a], [b]) => a - b)) {
    const at = `${path}[${index}]`
    const missing = Object.entries(list.item.keys).find(
      ([name, key]) => key.kind === 'leaf' && key.isRequired && !values.has(`${at}.${name}`),
    )
    if (missing === undefined) items.push(assemble(list.item, values, at, faults))
    else {
      const key = `${at}.${missing[0]}`
      faults.push(faultAt(place, 'missing', key, `${key} is missing`))
    }
  }
  return items
}

function indexBelow(key: string, path: string): number | null {
  if (!key.startsWith(`${path}[`)) return null
  const index = Number.parseInt(key.slice(path.length + 1), 10)
  return Number.isInteger(index) ? index : null
}
