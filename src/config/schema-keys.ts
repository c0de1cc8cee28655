/** Every key of every schema with what documents say of it. */
import { strategies } from '../strategies/registry.ts'
import { fleetSection, olderExchangeSection } from './fleet-schema.ts'
import { instanceSection } from './instance-schema.ts'
import type { AnyKey } from './schema.ts'
import { strategySection } from './strategy-parameters.ts'

/** One row of docs/reference/configuration.md. */
export interface KeyDescription {
  /** e.g. `api.port`, `exchanges[].name`, `metadata.symbol`, `strategy_config.grid_num`. */
  readonly key: string
  readonly default: string
  readonly unit: string
  readonly isHot: boolean
  readonly allowed: string
  readonly doc: string
}

export interface KeyGroup {
  /** `fleet`, `instance`, or the id of a strategy. */
  readonly group: string
  readonly keys: readonly KeyDescription[]
}

/** All keys in the order of the schemas, by group. */
export function describedKeys(): readonly KeyGroup[] {
  const fleet = [...describe(fleetSection, ''), ...describe(olderExchangeSection, 'exchange')]
  const groups: KeyGroup[] = [
    { group: 'fleet', keys: fleet },
    { group: 'instance', keys: describe(instanceSection, '') },
  ]
  for (const { id, parameters } of strategies) {
    groups.push({ group: id, keys: describe(strategySection(parameters), 'strategy_config') })
  }
  return groups
}

/** What docs/reference/configuration.md describes; the other strategies stand in docs/reference/strategies.md. */
const CONFIGURATION_GROUPS: readonly string[] = ['fleet', 'instance', 'perp_grid']

/** The groups of docs/reference/configuration.md. */
export const configurationGroups = (): readonly KeyGroup[] =>
  describedKeys().filter(({ group }) => CONFIGURATION_GROUPS.includes(group))

/** The groups of docs/reference/strategies.md. */
export const strategyGroups = (): readonly KeyGroup[] =>
  describedKeys().filter(({ group }) => !CONFIGURATION_GROUPS.includes(group))

/** The keys of docs/reference/configuration.md; strategies share the section strategy_config, so each stands once. */
export function configurationKeys(): string[] {
  return [...new Set(configurationGroups().flatMap(({ keys }) => keys.map(({ key }) => key)))]
}

function describe(key: AnyKey, path: string): KeyDescription[] {
  if (key.kind === 'listOf') return describe(key.item, `${path}[]`)
  if (key.kind === 'section') {
    return Object.entries(key.keys).flatMap(([name, child]) =>
      describe(child, path === '' ? name : `${path}.${name}`),
    )
  }
  return [
    {
      key: path,
      default: key.defaultText ?? defaultText(key.default),
      unit: key.unit ?? '',
      isHot: key.isHot,
      allowed: key.allowed,
      doc: key.doc,
    },
  ]
}

function defaultText(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (Array.isArray(value)) return `[${value.join(', ')}]`
  if (typeof value === 'object') return '{}'
  return String(value)
}
