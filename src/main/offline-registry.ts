/** What registry, configuration files and process table say of a home that has no control plane. */
import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { DetachedHost } from '../adapters/processes/detached-host.ts'
import { SqliteFleetStore } from '../adapters/stores/sqlite-fleet-store.ts'
import { loadFleetConfiguration } from '../config/fleet-configuration.ts'
import { loadInstances } from '../config/instances.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { noSuchInstanceText } from '../config/suggestion.ts'
import type { DesiredState } from '../domain/instance-state.ts'
import { cleanUp } from '../fleet/cleanup.ts'
import type { Home } from '../fleet/home.ts'
import { newRecord } from '../fleet/instance-unit.ts'
import type { InstanceRecord, ProcessRecord } from '../ports/fleet-store.ts'
import type { ProcessIdentity } from '../ports/process-host.ts'
import type { CleanupResult } from '../protocol/fleet-messages.ts'
import { OfflineError } from './offline-outcomes.ts'

export interface Known {
  readonly record: InstanceRecord
  /** null = its file is missing or faulty. */
  readonly config: ResolvedInstance | null
}

export class OfflineRegistry {
  readonly home: Home
  readonly host: DetachedHost
  readonly #fleetConfig: string | null

  constructor(home: Home, host: DetachedHost, fleetConfig: string | null) {
    this.home = home
    this.host = host
    this.#fleetConfig = fleetConfig
  }

  #reading<T>(absent: T, use: (store: SqliteFleetStore) => T): T {
    return this.#withStore('read', absent, use)
  }

  #writing<T>(absent: T, use: (store: SqliteFleetStore) => T): T {
    return this.#withStore('write', absent, use)
  }

  #withStore<T>(access: 'read' | 'write', absent: T, use: (store: SqliteFleetStore) => T): T {
    // An empty one is what a full disk left of the first start: nothing is registered yet.
    if ((statSync(this.home.fleetDatabase, { throwIfNoEntry: false })?.size ?? 0) === 0)
      return absent
    const store = new SqliteFleetStore(this.home.fleetDatabase, access)
    try {
      return use(store)
    } finally {
      store.close()
    }
  }

  #configured() {
    const home = this.home.root
    const { configuration, environment } = loadFleetConfiguration({
      home,
      fleetConfig: this.#fleetConfig,
    })
    return loadInstances(this.home.active, configuration, { environment, home })
  }

  /** Every instance that the registry or a file knows. */
  known(): { readonly instances: readonly Known[]; readonly faults: readonly string[] } {
    const { instances, faults } = this.#configured()
    const records = this.#reading<readonly InstanceRecord[]>([], (store) => store.instances())
    const configs = new Map(instances.map((one) => [one.id, one]))
    const registered = new Set(records.map(({ id }) => id))
    const fresh = instances
      .filter(({ id }) => !registered.has(id))
      .map((config) => newRecord(config, Date.now()))
    const all = [...records, ...fresh].sort((a, b) => (a.id < b.id ? -1 : 1))
    return {
      instances: all.map((record) => ({ record, config: configs.get(record.id) ?? null })),
      faults: faults.map(({ text }) => text),
    }
  }

  /** @throws OfflineError NOT_FOUND */
  find(id: string): Known {
    const { instances } = this.known()
    const found = instances.find(({ record }) => record.id === id)
    if (found) return found
    const names = instances.map(({ record }) => record.id)
    throw new OfflineError('NOT_FOUND', noSuchInstanceText(id, names))
  }

  logDir({ record, config }: Known): string {
    return resolve(this.home.root, config?.logDir ?? join('logs', record.id))
  }

  /** @returns null, or why the desired state could not be kept: what lowers risk is done all the same */
  remember(record: InstanceRecord, desired: DesiredState): string | null {
    try {
      const isKept = this.#writing(false, (store) => {
        store.saveInstance({ ...record, desired })
        return true
      })
      return isKept ? null : 'nothing has run in this home yet'
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  // --- processes --------------------------------------------------------------------------------

  /** The process of a record when it is the one that was started. */
  #alive(record: ProcessRecord | null): ProcessIdentity | null {
    if (record?.pid == null) return null
    const identity = { pid: record.pid, startTime: record.startTime, bootId: record.bootId }
    return this.host.isAlive(identity) && this.host.hasToken(identity, record.token)
      ? identity
      : null
  }

  /** @param name `bot-ID`, `desk-NAME` or `exchange` */
  process(name: string): ProcessIdentity | null {
    return this.#alive(this.#reading<ProcessRecord | null>(null, (store) => store.process(name)))
  }

  /** Every process of the registry that runs, by name; the registry is opened once for all of them. */
  living(): ReadonlyMap<string, ProcessIdentity> {
    const records = this.#reading<readonly ProcessRecord[]>([], (store) => store.processes())
    const living = new Map<string, ProcessIdentity>()
    for (const record of records) {
      const identity = this.#alive(record)
      if (identity !== null) living.set(record.name, identity)
    }
    return living
  }

  /** A row that cannot be removed is recognised by whoever reads it next. */
  forgetProcess(name: string): void {
    try {
      this.#writing(undefined, (store) => store.removeProcess(name))
    } catch {
      // The process has ended, and that is what was asked.
    }
  }

  cleanUp(): CleanupResult {
    const { home, host } = this
    const logDirs = this.known().instances.map((one) => this.logDir(one))
    return this.#writing({ rows: 0, pid_files: 0 }, (store) =>
      cleanUp({ home, store, host, logDirs }),
    )
  }
}
