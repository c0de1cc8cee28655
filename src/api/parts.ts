/** What the API needs from outside, and what its routes share. */
import type { AlertCenter } from '../alerts/alert-center.ts'
import type { Candles } from '../fleet/candles.ts'
import type { Commands } from '../fleet/commands.ts'
import type { ConfigFiles } from '../fleet/config-files.ts'
import type { AccessCounts } from '../fleet/counted.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Health } from '../fleet/health.ts'
import type { TablePages } from '../fleet/table-pages.ts'
import type { Views } from '../fleet/view.ts'
import type { JournalFigures } from '../ports/journal-figures.ts'
import type { JournalPages } from '../ports/journal-pages.ts'
import type { ConfigValidation } from '../protocol/config-messages.ts'
import type { AccessParts } from './auth/plugin.ts'
import type { InstanceLists } from './instance-lists.ts'
import type { LabParts } from './lab-parts.ts'
import type { OriginRules } from './origin.ts'
import type { EquityKeeping, StreamSources } from './stream/sources.ts'

export interface ApiParts extends OriginRules {
  readonly fleet: Fleet
  readonly health: Health
  readonly alerts: AlertCenter
  readonly version: { readonly version: string; readonly node: string }
  readonly access: AccessParts
  readonly journals: JournalPages
  readonly figures: JournalFigures
  readonly stream: StreamSources
  readonly equity: EquityKeeping
  readonly lab: LabParts
  /** Accesses to the databases of the control plane, for /metrics; null = they are not counted. */
  readonly queries: AccessCounts | null
  /** `api.metrics_token`; null = none. */
  metricsToken(): string | null
  /** Addresses of proxies whose X-Forwarded-* headers are believed. */
  readonly trustProxy: readonly string[]
  /** Folder of the dashboard as it is built. */
  readonly pages: string
  isReady(): boolean
  /** The files of this home; what is changed is written down as that of `author`. */
  configFiles(author: string): ConfigFiles
  /** Every fault of every file. */
  validate(): ConfigValidation
  /** A grid on the present price, before it starts. */
  previewGrid(id: string): Promise<unknown>
  /** POST /api/v1/shutdown. @returns what has not stopped of what should; the server ends a moment later */
  shutDown(withBots: boolean): Promise<readonly string[]>
}

/** What the routes of the fleet share. */
export interface RouteParts extends ApiParts {
  readonly commands: Commands
  readonly views: Views
  readonly lists: InstanceLists
  readonly tables: TablePages
  readonly candles: Candles
}
