/** Instance files made for tests, with a strategy that has one parameter of each type. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { loadFleetConfiguration } from '../../src/config/fleet-configuration.ts'
import type { StrategyCatalogue } from '../../src/config/instance-file.ts'
import { type LoadedInstances, loadInstances } from '../../src/config/instances.ts'
import type { ParameterSchema } from '../../src/domain/strategy.ts'

const homes: string[] = []
after(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

/** A strategy with one parameter of each type. */
const parameters: Readonly<Record<string, ParameterSchema>> = {
  grid_lower_price: { type: 'decimal', doc: '', exclusiveMinimum: 0, isRequired: true },
  grid_upper_price: { type: 'decimal', doc: '', exclusiveMinimum: 0 },
  grid_num: { type: 'integer', doc: '', minimum: 2, maximum: 1001 },
  grid_type: { type: 'enum', doc: '', values: ['neutral', 'long', 'short'], default: 'neutral' },
  auto_price: { type: 'boolean', doc: '', default: false },
  price_range: { type: 'decimal', doc: '', unit: 'percent', exclusiveMinimum: 0, maximum: 99 },
  trailing_up: { type: 'decimalOrFalse', doc: '', default: false },
  threshold: { type: 'number', doc: '', minimum: 0, maximum: 1, default: 0.5 },
  comment: { type: 'string', doc: '' },
  max_position: { type: 'decimal', doc: '', exclusiveMinimum: 0 },
  duration: { type: 'integer', doc: '', minimum: 1 },
  interval: { type: 'integer', doc: '', minimum: 1, default: 60 },
  leverage: { type: 'decimal', doc: '', exclusiveMinimum: 0 },
}
export const strategies: StrategyCatalogue = {
  ids: ['perp_grid', 'dual_ma'],
  parametersOf: (id) => (id === 'perp_grid' ? parameters : id === 'dual_ma' ? {} : null),
}

export const bare = mkdtempSync(join(tmpdir(), 'perpfleet-bare-'))
homes.push(bare)

export function fleetWith(environment: Record<string, string> = {}) {
  const loaded = loadFleetConfiguration({
    home: bare,
    environment,
    systemFile: join(bare, 'none.json'),
  })
  assert.deepEqual(loaded.faults, [])
  return loaded.configuration
}
export const fleet = fleetWith({ PERPFLEET_TIME_ZONE: 'Europe/Berlin' })

export type Sections = Record<string, Record<string, unknown>>

/** A good file of these sections over the smallest one. */
export function fileOf(sections: Sections = {}): string {
  const standard: Sections = {
    metadata: { exchange: 'hyperliquid', symbol: 'SOL_USDC_PERP', strategy: 'perp_grid' },
    strategy_config: { grid_lower_price: 135, grid_upper_price: '165.50', grid_num: 31 },
  }
  const merged: Sections = { ...standard }
  for (const [name, keys] of Object.entries(sections)) merged[name] = { ...standard[name], ...keys }
  return JSON.stringify(merged)
}

export function load(
  files: Record<string, string>,
  environment: Record<string, string> = {},
  configuration = fleet,
) {
  const home = mkdtempSync(join(tmpdir(), 'perpfleet-instances-'))
  homes.push(home)
  const active = join(home, 'config', 'active')
  mkdirSync(active, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(active, name), text)
  return loadInstances(active, configuration, { environment, strategies })
}

export const sentences = (loaded: LoadedInstances) => loaded.faults.map(({ text }) => text)

export function single(
  text: string,
  environment: Record<string, string> = {},
  configuration = fleet,
) {
  const loaded = load({ 'a.json': text }, environment, configuration)
  assert.deepEqual(sentences(loaded), [])
  const [instance] = loaded.instances
  assert.ok(instance)
  return instance
}
