/** A fleet without its control plane: what the files say, and the sockets of desks and bots that still run. */
import type { DetachedHost } from '../adapters/processes/detached-host.ts'
import type { ActionName, AdjustResult, FleetAccess, StopOptions } from '../client/fleet-access.ts'
import type { Home } from '../fleet/home.ts'
import type { ExecutedFilter, ExecutedRow } from '../protocol/arbitrage-messages.ts'
import type {
  ActionResult,
  CleanupResult,
  InstanceList,
  TableFilter,
  TableName,
  TableRow,
} from '../protocol/fleet-messages.ts'
import { OfflineActions } from './offline-actions.ts'
import { OfflineMemory } from './offline-memory.ts'
import { NO_CONTROL_PLANE, OfflineError } from './offline-outcomes.ts'
import { type Known, OfflineRegistry } from './offline-registry.ts'
import { OfflineServices } from './offline-services.ts'
import { OfflineTables } from './offline-tables.ts'
import { OfflineViews } from './offline-views.ts'

export class OfflineFleet implements FleetAccess {
  readonly hasControlPlane = false
  readonly #registry: OfflineRegistry
  readonly #actions: OfflineActions
  readonly #views: OfflineViews
  readonly #tables: OfflineTables

  constructor(home: Home, host: DetachedHost, fleetConfig: string | null) {
    const registry = new OfflineRegistry(home, host, fleetConfig)
    const services = new OfflineServices(registry)
    const parts = { registry, services, memory: new OfflineMemory(home) }
    this.#registry = registry
    this.#actions = new OfflineActions(parts)
    this.#views = new OfflineViews(parts)
    this.#tables = new OfflineTables(registry, services, this.#views)
  }

  /** Every instance that the registry or a file knows. */
  known(): { readonly instances: readonly Known[]; readonly faults: readonly string[] } {
    return this.#registry.known()
  }
  logDir(known: Known): string {
    return this.#registry.logDir(known)
  }
  /** Names of the bots, desk and exchange that run here. */
  running(): readonly string[] {
    return [...this.#registry.living().keys()]
  }

  list(): Promise<InstanceList> {
    return this.#views.list()
  }
  status(id: string): Promise<unknown> {
    return this.#views.status(id)
  }
  table(name: TableName, filter: TableFilter): Promise<readonly TableRow[]> {
    return this.#tables.rows(name, filter)
  }
  executed(filter: ExecutedFilter): Promise<readonly ExecutedRow[]> {
    return this.#tables.executed(filter)
  }

  act(action: ActionName, id: string): Promise<ActionResult> {
    return this.#actions.act(action, id)
  }
  stop(id: string, options: StopOptions): Promise<ActionResult> {
    return this.#actions.stop(id, options)
  }
  /** Bots, desk, exchange; desired states stay. @returns what did not end, or was not settled */
  stopEverything(): Promise<string[]> {
    return this.#actions.stopEverything()
  }

  async cleanup(): Promise<CleanupResult> {
    return this.#registry.cleanUp()
  }
  adjust(): Promise<AdjustResult> {
    return Promise.reject(new OfflineError('CONFLICT', NO_CONTROL_PLANE))
  }
}
