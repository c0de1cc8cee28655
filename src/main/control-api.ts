/** The HTTP server of the control plane: what it needs from outside src/fleet and src/api, and its address. */
import { join } from 'node:path'
import { openEquityStore } from '../adapters/stores/equity-store-file.ts'
import type { SqliteConfigStore } from '../adapters/stores/sqlite-config-store.ts'
import { SqliteJournalFigures } from '../adapters/stores/sqlite-journal-figures.ts'
import { SqliteJournalPages } from '../adapters/stores/sqlite-journal-pages.ts'
import { SqliteJournalTail } from '../adapters/stores/sqlite-journal-tail.ts'
import type { AlertCenter } from '../alerts/alert-center.ts'
import type { LabParts } from '../api/lab-parts.ts'
import type { ApiParts } from '../api/parts.ts'
import { ApiServer } from '../api/server.ts'
import { loadFleetConfiguration } from '../config/fleet-configuration.ts'
import type { FleetConfiguration } from '../config/fleet-schema.ts'
import { ConfigFiles } from '../fleet/config-files.ts'
import { type AccessCounts, counted } from '../fleet/counted.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Health } from '../fleet/health.ts'
import { previewGrid, type SeenPrice, seenPrice } from './preview-grid.ts'
import { validateHome } from './validate-home.ts'

export interface ControlApiParts {
  readonly fleet: Fleet
  readonly health: Health
  readonly configStore: SqliteConfigStore
  readonly fleetConfig: string | null
  readonly packageRoot: string
  /** `api` of the configuration at the start. */
  readonly api: FleetConfiguration['api']
  /** `retention.equity_days`; 0 = for ever. */
  readonly equityDays: number
  readonly access: ApiParts['access']
  readonly lab: LabParts
  readonly version: string
  readonly alerts: AlertCenter
  /** Accesses to fleet.db; those to the journals are added. */
  readonly queries: AccessCounts
  isReady(): boolean
  shutDown(withBots: boolean): Promise<readonly string[]>
}

const DAY_MS = 86_400_000
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i

/** Whether other machines may ask. */
export const isOpenHost = (host: string): boolean => !LOOPBACK.test(host)

/** How this machine reaches what listens there. */
export function localName(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** Nothing listens yet. */
export function controlApi(parts: ControlApiParts): Promise<ApiServer> {
  const { fleet, configStore, fleetConfig, packageRoot, api } = parts
  const { home } = fleet.parts
  const { clock, logger } = fleet.parts.tools
  const loadFleet = () => loadFleetConfiguration({ home: home.root, fleetConfig })
  return ApiServer.create({
    fleet,
    health: parts.health,
    alerts: parts.alerts,
    access: parts.access,
    version: { version: parts.version, node: process.version },
    isOpen: isOpenHost(api.host),
    corsOrigins: api.cors_origins,
    trustProxy: api.trust_proxy,
    pages: join(packageRoot, 'dist', 'dashboard'),
    journals: counted(new SqliteJournalPages(home.database), parts.queries),
    figures: new SqliteJournalFigures(home.database),
    stream: {
      openTail: () => new SqliteJournalTail(home.database, (text) => logger.warn('stream', text)),
    },
    equity: {
      store: openEquityStore(home.equityDatabase, clock.wallMs(), (text) =>
        logger.error('equity', text),
      ),
      keptMs: () => (parts.equityDays === 0 ? null : parts.equityDays * DAY_MS),
    },
    lab: parts.lab,
    queries: parts.queries,
    metricsToken: () => api.metrics_token,
    isReady: () => parts.isReady(),
    configFiles: (author) =>
      new ConfigFiles({
        home,
        templates: join(packageRoot, 'config', 'templates'),
        store: configStore,
        author,
        loadFleet,
        wallMs: () => fleet.parts.tools.clock.wallMs(),
      }),
    validate: () => validateHome(loadFleet(), home, fleet.parts.choice.feed),
    previewGrid: (id) => previewOf(parts, id),
    shutDown: (withBots) => parts.shutDown(withBots),
  })
}

function previewOf({ fleet, fleetConfig }: ControlApiParts, id: string): Promise<unknown> {
  const files = [...fleet.units.values()].flatMap((unit) =>
    unit.config === null ? [] : [{ id: unit.id, file: unit.config.file }],
  )
  const lastPrice = async (): Promise<SeenPrice | null> => {
    const unit = fleet.units.get(id)
    const port = unit?.process.isAlive === true ? unit.record.webPort : null
    if (port === null) return null
    const status = await fleet.parts.links.getFromBot(port, '/api/status', 5000).catch(() => null)
    return seenPrice(status, true)
  }
  const { home, choice: stored } = fleet.parts
  const marketAt = async (): Promise<number | null> => fleet.exchangeStatus?.marketAt ?? null
  return previewGrid({ home, fleetConfig, files, stored, lastPrice, marketAt }, id)
}
