/** What the control plane's HTTP server needs from outside src/fleet: configuration files, journals, previews. */
import { join } from 'node:path'
import type { SqliteConfigStore } from '../adapters/stores/sqlite-config-store.ts'
import { readJournals } from '../adapters/stores/sqlite-fleet-reader.ts'
import {
  type LoadedFleetConfiguration,
  loadFleetConfiguration,
} from '../config/fleet-configuration.ts'
import { loadInstances } from '../config/instances.ts'
import { ConfigFiles } from '../fleet/config-files.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { ConfigParts } from '../fleet/http-config.ts'
import type { ReadFills } from '../fleet/tables.ts'
import { previewGrid } from './preview-grid.ts'

export interface ControlHttpParts {
  readonly fleet: Fleet
  readonly configStore: SqliteConfigStore
  readonly fleetConfig: string | null
  readonly packageRoot: string
}

interface ControlHttp extends ConfigParts {
  readonly readFills: ReadFills
  previewGrid(id: string): Promise<unknown>
}

export function controlHttp(parts: ControlHttpParts): ControlHttp {
  const { fleet, configStore, fleetConfig, packageRoot } = parts
  const { home } = fleet.parts
  const loadFleet = () => loadFleetConfiguration({ home: home.root, fleetConfig })
  return {
    configFiles: (author) =>
      new ConfigFiles({
        home,
        templates: join(packageRoot, 'config', 'templates'),
        store: configStore,
        author,
        loadFleet,
        wallMs: () => fleet.parts.tools.clock.wallMs(),
      }),
    validate: () => validateAll(loadFleet(), home.active, home.root),
    readFills: (instance, limit) => readJournals(home.database, instance, limit),
    previewGrid: (id) => previewOf(parts, id),
  }
}

/** Every fault of every file, as `config validate` tells them. */
export function validateAll(fleet: LoadedFleetConfiguration, active: string, home: string) {
  const options = { environment: fleet.environment, home }
  const found = loadInstances(active, fleet.configuration, options)
  return {
    faults: [...fleet.faults, ...found.faults].map(({ text }) => text),
    warnings: [...fleet.warnings, ...found.warnings].map(({ text }) => text),
    instances: found.instances.map(({ id }) => id),
  }
}

interface SeenPrice {
  readonly price?: { readonly last?: string } | null
}

function previewOf({ fleet, fleetConfig }: ControlHttpParts, id: string): Promise<unknown> {
  const files = [...fleet.units.values()].flatMap((unit) =>
    unit.config === null ? [] : [{ id: unit.id, file: unit.config.file }],
  )
  const lastPrice = async (): Promise<string | null> => {
    const unit = fleet.units.get(id)
    const port = unit?.process.isAlive === true ? unit.record.webPort : null
    if (port === null) return null
    const status = await fleet.parts.links.getFromBot(port, '/api/status', 5000).catch(() => null)
    return (status as SeenPrice | null)?.price?.last ?? null
  }
  const { home, choice: stored } = fleet.parts
  return previewGrid({ home, fleetConfig, files, stored, lastPrice }, id)
}
