/** An instance for a test without a file: a paper instance with all defaults, and what the command line sets. */
import { basename } from 'node:path'
import { backtestMessages as m } from '../cli/messages/jobs.ts'
import { sentence } from '../cli/speech.ts'
import { type FleetConfiguration, faultsText } from '../config/fleet-configuration.ts'
import { readInstanceText } from '../config/instance-file.ts'
import type { Environment } from '../config/process-environment.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { shippedStrategies } from '../config/strategy-catalogue.ts'
import { isStrategyPath } from '../config/strategy-file.ts'
import type { SetName } from '../domain/history.ts'
import type { Override } from './instance-overrides.ts'
import { JobError } from './job-command.ts'

export interface InstanceWish {
  readonly strategy: string
  /** One; several are the legs of the instance. */
  readonly names: readonly SetName[]
  readonly overrides: readonly Override[]
  readonly fleet: FleetConfiguration
  readonly environment: Environment
  /** Absolute; where the checked copy of a strategy in a file is kept. */
  readonly home: string
}

/** @throws JobError with exit code 2: everything that can be wrong stands on the command line */
export function makeInstance(wish: InstanceWish): ResolvedInstance {
  const { strategy, names, overrides, fleet, environment, home } = wish
  const file = `--strategy ${strategy}`
  const contracts = names.map(({ venue, symbol }) => ({ exchange: venue, symbol: symbol.symbol }))
  const document: Node = {
    metadata: { instance_id: idOf(strategy), ...contracts[0], strategy },
    exchange_config: { mode: 'paper', account: 'backtest' },
    ...(contracts.length > 1 ? { legs: contracts } : {}),
  }
  for (const { path, value } of overrides) setIn(document, path, value)
  const { instance, faults } = readInstanceText(
    {
      path: `${strategy}.json`,
      file,
      fleet,
      environment,
      strategies: shippedStrategies,
      instanceId: null,
      home,
      folder: process.cwd(),
    },
    JSON.stringify(document),
  )
  // The text has one line that nobody wrote.
  if (instance === null) throw new JobError(2, faultsText(faults).replaceAll(`${file}:1`, file))
  return instance
}

/** Of a strategy in a file: its name without its ending. */
function idOf(strategy: string): string {
  if (!isStrategyPath(strategy)) return strategy
  const name = basename(strategy).replace(/\.[^.]+$/, '')
  const id = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '_')
    .replace(/^[_-]+/, '')
  return id === '' ? 'strategy' : id.slice(0, 48)
}

interface Node {
  [key: string]: unknown
}

function setIn(node: Node, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    node[key] = value
    return
  }
  const inner = node[key]
  const next: Node = typeof inner === 'object' && inner !== null ? (inner as Node) : {}
  node[key] = next
  setIn(next, rest, value)
}

/** `--capital`: what the instance starts with; its paper account holds as much. */
export function capitalOverrides(capital: string | null): readonly Override[] {
  if (capital === null) return []
  const value = Number(capital)
  if (!(value > 0) || !/^\d+(\.\d+)?$/.test(capital.trim()))
    throw new JobError(2, sentence(m.badCapital, { found: capital }))
  return [
    { path: ['exchange_config', 'paper', 'initial_balance'], value },
    { path: ['exchange_config', 'capital'], value },
  ]
}
