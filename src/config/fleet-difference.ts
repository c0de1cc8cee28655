/** The fleet's configuration key by key: for comparing two of them and for showing one. */
import type { FleetConfiguration } from './fleet-configuration.ts'
import { fleetSection } from './fleet-schema.ts'
import type { AnyKey } from './schema.ts'
import { MASK } from './secrets.ts'

export interface KeyValue {
  /** e.g. `api.port`; a list of sections is one key. */
  readonly key: string
  readonly value: unknown
  readonly isHot: boolean
}

function flatten(key: AnyKey, value: unknown, path: string, found: KeyValue[]): void {
  if (key.kind === 'section') {
    const values = (value ?? {}) as Readonly<Record<string, unknown>>
    for (const [name, child] of Object.entries(key.keys)) {
      flatten(child, values[name], path === '' ? name : `${path}.${name}`, found)
    }
  } else found.push({ key: path, value, isHot: key.kind === 'leaf' && key.isHot })
}

function flattened(configuration: FleetConfiguration): KeyValue[] {
  const found: KeyValue[] = []
  flatten(fleetSection, configuration, '', found)
  return found
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Keys that differ, with their new values. */
export function changedFleetKeys(
  before: FleetConfiguration,
  after: FleetConfiguration,
): readonly KeyValue[] {
  const old = new Map(flattened(before).map(({ key, value }) => [key, value]))
  return flattened(after).filter(({ key, value }) => !same(old.get(key), value))
}

/** What holds, one `key: value` a line, as JSON values; secrets masked. */
export function fleetText(configuration: FleetConfiguration): string {
  const lines = flattened(masked(configuration, fleetSection) as FleetConfiguration)
    .filter(({ value }) => value !== null && value !== undefined)
    .map(({ key, value }) => `${key}: ${JSON.stringify(value)}\n`)
  return lines.join('')
}

function masked(value: unknown, key: AnyKey): unknown {
  if (value === null || value === undefined) return value
  if (key.kind === 'leaf') return key.isSecret ? MASK : value
  if (key.kind === 'listOf')
    return (value as readonly unknown[]).map((one) => masked(one, key.item))
  const values = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.entries(key.keys).map(([name, child]) => [name, masked(values[name], child)]),
  )
}
