/** What list and status show of a home without a control plane: of bots that run and of those that have ended. */
import { hostname } from 'node:os'
import { relative } from 'node:path'
import { request } from '../client/http-client.ts'
import { legsOf, type ResolvedInstance } from '../config/resolved-instance.ts'
import type { InstanceState } from '../domain/instance-state.ts'
import { restraintOf } from '../domain/mode-cause.ts'
import { formatMoney } from '../domain/money.ts'
import { asReport, heldOf, numbersOf, savedNumbers } from '../fleet/bot-report.ts'
import type { DeskInstanceRow } from '../fleet/desk-rows.ts'
import { legRowsOf, rowAmong } from '../fleet/leg-rows.ts'
import { contractView } from '../fleet/leg-view.ts'
import { outsideOf, stateShown } from '../fleet/outside-view.ts'
import { deskRestraint, restraintsOf, withHold } from '../fleet/restraint.ts'
import type { InstanceRecord } from '../ports/fleet-store.ts'
import type { ProcessIdentity } from '../ports/process-host.ts'
import type { InstanceList, InstanceView } from '../protocol/fleet-messages.ts'
import type { OfflineParts } from './offline-actions.ts'
import type { OfflineMemory } from './offline-memory.ts'
import { OfflineError } from './offline-outcomes.ts'
import type { Known, OfflineRegistry } from './offline-registry.ts'
import type { OfflineServices } from './offline-services.ts'

const BOT_TIMEOUT_MS = 5000

const ratesOf = (config: ResolvedInstance | null) =>
  config === null ? [] : legsOf(config).map(({ settleRate }) => settleRate)
const MEBIBYTE = 1_048_576

export class OfflineViews {
  readonly #registry: OfflineRegistry
  readonly #services: OfflineServices
  readonly #memory: OfflineMemory

  constructor({ registry, services, memory }: OfflineParts) {
    this.#registry = registry
    this.#services = services
    this.#memory = memory
  }

  async list(): Promise<InstanceList> {
    const { instances, faults } = this.#registry.known()
    const rows = await this.#services.deskRows()
    const living = this.#registry.living()
    const views = instances.map((one) => {
      const { id } = one.record
      return this.#view(
        one,
        rowAmong(rows, id, ratesOf(one.config)),
        living.get(`bot-${id}`) ?? null,
      )
    })
    const items = await Promise.all(views)
    return { items, next_cursor: null, feed: await this.#services.feed(), faults }
  }

  async #view(
    known: Known,
    row: DeskInstanceRow | null,
    identity: ProcessIdentity | null,
  ): Promise<InstanceView> {
    const { record, config } = known
    const usage = identity === null ? null : this.#registry.host.usage(identity)
    const startedAt = identity === null ? null : record.startedAt
    const told = row === null ? [] : legRowsOf(row)
    return {
      id: record.id,
      name: config?.name ?? record.id,
      ...shownState(record, identity !== null, row),
      desired: record.desired,
      pid: identity?.pid ?? null,
      port: identity === null ? null : record.webPort,
      ...contractView(config, (leg) => told.find(({ instance }) => instance === leg) ?? null),
      strategy: config?.strategy ?? '',
      ...(await this.#held(known, row, identity !== null)),
      ...outsideOf(row),
      restarts: record.restarts,
      memory_mb: usage === null ? null : Math.round(usage.memoryBytes / MEBIBYTE),
      cpu_percent: null,
      uptime_s:
        startedAt === null ? null : Math.max(0, Math.floor((Date.now() - startedAt) / 1000)),
      config_file: relative(this.#registry.home.root, record.configFile),
      started_at: startedAt === null ? null : new Date(startedAt).toISOString(),
      node: hostname(),
      tags: config?.tags ?? [],
      last_lines: record.hold?.lines ?? [],
    }
  }

  /** Its figures and what holds it: of its bot and its desk, and where one of them is gone, of what they have saved. */
  async #held(known: Known, row: DeskInstanceRow | null, isAlive: boolean) {
    const { record } = known
    const asked = isAlive ? await botStatus(record).catch(() => null) : null
    if (row !== null) {
      const restraint = restraintsOf(record, row)
      if (!isAlive) return { ...savedNumbers(this.#memory.saved(known), row), restraint }
      const numbers = numbersOf(asReport(asked ?? this.#memory.saved(known)), row)
      return { ...numbers, equity: formatMoney(row.equity), position: heldOf(row), restraint }
    }
    const kept = this.#memory.kept(known)
    const mode = kept === null ? null : restraintOf(record.id, kept.mode, kept.cause, kept.latch)
    const numbers =
      asked === null
        ? savedNumbers(this.#memory.saved(known), null, kept)
        : numbersOf(asReport(asked), null)
    return { ...numbers, restraint: withHold(record, mode) }
  }

  /** As the bot tells it, or told it last. @throws OfflineError PRECONDITION when it has never run */
  async status(id: string): Promise<unknown> {
    const known = this.#registry.find(id)
    const { record } = known
    if (this.#registry.process(`bot-${id}`) !== null && record.webPort !== null)
      return botStatus(record)
    const saved = this.#memory.saved(known)
    if (saved !== null) return saved
    throw new OfflineError('PRECONDITION', `${id} has never run: perpfleet start ${id}`)
  }
}

function shownState(
  record: InstanceRecord,
  isAlive: boolean,
  row: DeskInstanceRow | null,
): { readonly state: InstanceState; readonly reason: string | null } {
  const gone = record.desired === 'stopped' ? null : 'no process of it runs: perpfleet up starts it'
  const reason = record.hold?.reason ?? gone
  if (isAlive && row?.is_bot_connected !== true) return { state: 'reconciling', reason: null }
  if (isAlive && row) return { state: stateShown(row), reason: deskRestraint(row)?.why ?? null }
  return { state: record.hold?.kind === 'quarantined' ? 'quarantined' : 'stopped', reason }
}

const botStatus = ({ webPort }: InstanceRecord): Promise<unknown> =>
  request(
    { url: `http://127.0.0.1:${webPort}`, token: null },
    { method: 'GET', path: '/api/status', timeoutMs: BOT_TIMEOUT_MS },
  )
