/** A fleet without its control plane: what the files say, and the sockets of desks and bots that still run. */
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, relative, resolve } from 'node:path'
import type { DetachedHost } from '../adapters/processes/detached-host.ts'
import { readBotStatus, readJournals } from '../adapters/stores/sqlite-fleet-reader.ts'
import { SqliteFleetStore } from '../adapters/stores/sqlite-fleet-store.ts'
import type { ActionName, AdjustResult, FleetAccess, StopOptions } from '../client/fleet-access.ts'
import { request } from '../client/http-client.ts'
import {
  askDesk,
  type DeskQuestion,
  type ServiceAddress,
  ServiceError,
} from '../client/local-socket.ts'
import { loadFleetConfiguration } from '../config/fleet-configuration.ts'
import { loadInstances } from '../config/instances.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import type { DesiredState, InstanceState } from '../domain/instance-state.ts'
import { formatMoney } from '../domain/money.ts'
import { cleanUp } from '../fleet/cleanup.ts'
import { isFlatProof } from '../fleet/commands.ts'
import { type DeskInstanceRow, isDeskStatus } from '../fleet/desk-watch.ts'
import { readJson } from '../fleet/files.ts'
import type { Home } from '../fleet/home.ts'
import { newRecord } from '../fleet/instance-unit.ts'
import { EXCHANGE, PAPER_DESK } from '../fleet/services.ts'
import { fillRow, orderRow, positionRow } from '../fleet/table-rows.ts'
import type { InstanceRecord, ProcessRecord } from '../ports/fleet-store.ts'
import type { ProcessIdentity } from '../ports/process-host.ts'
import type {
  ActionResult,
  CleanupResult,
  InstanceList,
  InstanceView,
  ServiceFile,
  TableName,
  TableRow,
} from '../protocol/fleet-messages.ts'

const NO_CONTROL_PLANE = 'no control plane runs here: perpfleet up'
const SETTLE_TIMEOUT_MS = 20_000
const END_WAIT_MS = 30_000
const FLAT_WAIT_MS = 30_000
const LOOK_MS = 100

/** A refusal with a code of docs/reference/http.md. */
class OfflineError extends Error {
  readonly code: string
  constructor(code: string, text: string) {
    super(text)
    this.code = code
  }
}

interface Known {
  readonly record: InstanceRecord
  readonly config: ResolvedInstance | null
}

export class OfflineFleet implements FleetAccess {
  readonly hasControlPlane = false
  readonly #home: Home
  readonly #host: DetachedHost
  readonly #fleetConfig: string | null

  constructor(home: Home, host: DetachedHost, fleetConfig: string | null) {
    this.#home = home
    this.#host = host
    this.#fleetConfig = fleetConfig
  }

  #withStore<T>(absent: T, use: (store: SqliteFleetStore) => T): T {
    if (!existsSync(this.#home.fleetDatabase)) return absent
    const store = new SqliteFleetStore(this.#home.fleetDatabase)
    try {
      return use(store)
    } finally {
      store.close()
    }
  }

  #configured() {
    const home = this.#home.root
    const { configuration, environment } = loadFleetConfiguration({
      home,
      fleetConfig: this.#fleetConfig,
    })
    return loadInstances(this.#home.active, configuration, { environment, home })
  }

  /** Every instance that the registry or a file knows. */
  known(): { readonly instances: readonly Known[]; readonly faults: readonly string[] } {
    const { instances, faults } = this.#configured()
    const records = this.#withStore<readonly InstanceRecord[]>([], (store) => store.instances())
    const configs = new Map(instances.map((one) => [one.id, one]))
    const fresh = instances
      .filter(({ id }) => !records.some((record) => record.id === id))
      .map((config) => newRecord(config, Date.now()))
    const all = [...records, ...fresh].sort((a, b) => (a.id < b.id ? -1 : 1))
    return {
      instances: all.map((record) => ({ record, config: configs.get(record.id) ?? null })),
      faults: faults.map(({ text }) => text),
    }
  }

  logDir({ record, config }: Known): string {
    return resolve(this.#home.root, config?.logDir ?? join('logs', record.id))
  }

  /** The process of a record when it is the one that was started. */
  #alive(record: ProcessRecord | null): ProcessIdentity | null {
    if (record?.pid == null) return null
    const identity = { pid: record.pid, startTime: record.startTime, bootId: record.bootId }
    return this.#host.isAlive(identity) && this.#host.hasToken(identity, record.token)
      ? identity
      : null
  }

  #process(name: string): ProcessIdentity | null {
    return this.#alive(this.#withStore<ProcessRecord | null>(null, (store) => store.process(name)))
  }

  /** Whether bots, a desk or an exchange run here. */
  running(): readonly string[] {
    const records = this.#withStore<readonly ProcessRecord[]>([], (store) => store.processes())
    return records.filter((record) => this.#alive(record) !== null).map(({ name }) => name)
  }

  #deskAddress(): ServiceAddress {
    const file = readJson(this.#home.serviceFile(PAPER_DESK)) as ServiceFile | null
    if (file === null || this.#process(PAPER_DESK) === null) {
      throw new ServiceError(
        'SERVICE_UNAVAILABLE',
        `no desk runs here: ${NO_CONTROL_PLANE.split(': ')[1]}`,
      )
    }
    return { name: PAPER_DESK, socket: file.socket, token: file.token }
  }

  #ask(question: DeskQuestion, timeoutMs: number): Promise<unknown> {
    return askDesk(this.#deskAddress(), question, timeoutMs)
  }

  async #deskRows(): Promise<ReadonlyMap<string, DeskInstanceRow>> {
    if (this.#process(PAPER_DESK) === null) return new Map()
    const answer = await this.#ask({ action: 'status' }, 3000).catch(() => null)
    const accounts = isDeskStatus(answer) ? answer.accounts : []
    return new Map(accounts.flatMap(({ instances }) => instances.map((row) => [row.instance, row])))
  }

  async list(): Promise<InstanceList> {
    const { instances, faults } = this.known()
    const rows = await this.#deskRows()
    const items = instances.map((one) => this.#view(one, rows.get(one.record.id) ?? null))
    return { items, next_cursor: null, feed: null, faults }
  }

  #view(known: Known, row: DeskInstanceRow | null): InstanceView {
    const { record, config } = known
    const identity = this.#process(`bot-${record.id}`)
    const usage = identity === null ? null : this.#host.usage(identity)
    const startedAt = identity === null ? null : record.startedAt
    return {
      id: record.id,
      name: config?.name ?? record.id,
      ...shownState(record, identity !== null, row),
      desired: record.desired,
      pid: identity?.pid ?? null,
      port: identity === null ? null : record.webPort,
      venue: config?.settings.venue ?? '',
      symbol: config?.settings.symbol ?? '',
      mode: config?.settings.mode ?? 'paper',
      strategy: config?.strategy ?? '',
      ...this.#money(known, row),
      restarts: record.restarts,
      memory_mb: usage === null ? null : Math.round(usage.memoryBytes / 1_048_576),
      cpu_percent: null,
      uptime_s:
        startedAt === null ? null : Math.max(0, Math.floor((Date.now() - startedAt) / 1000)),
      config_file: relative(this.#home.root, record.configFile),
      started_at: startedAt === null ? null : new Date(startedAt).toISOString(),
      node: hostname(),
      tags: config?.tags ?? [],
      last_lines: record.hold?.lines ?? [],
    }
  }

  #money({ record, config }: Known, row: DeskInstanceRow | null) {
    const path = resolve(this.#home.root, config?.dbPath ?? join('database', `${record.id}.db`))
    const status = (readBotStatus(path) ?? {}) as SavedStatus
    return {
      equity: row === null ? (status.equity ?? null) : formatMoney(row.equity),
      pnl: status.pnl?.total ?? null,
      pnl_today: row?.pnl_today === undefined ? null : formatMoney(row.pnl_today),
      position: row === null ? (status.position?.quantity ?? null) : positionRow(row).quantity,
      fills: status.fills?.count ?? null,
      orders: row?.orders_working ?? null,
    }
  }

  // --- actions ----------------------------------------------------------------------------------

  #find(id: string): Known {
    const { instances } = this.known()
    const found = instances.find(({ record }) => record.id === id)
    if (found) return found
    const names = instances.map(({ record }) => record.id).join(', ') || 'none'
    throw new OfflineError('NOT_FOUND', `there is no instance ${id} here; known: ${names}`)
  }

  #setDesired(record: InstanceRecord, desired: DesiredState): void {
    this.#withStore(undefined, (store) => store.saveInstance({ ...record, desired }))
  }

  async act(action: ActionName, id: string): Promise<ActionResult> {
    const { record } = this.#find(id)
    if (action === 'start' || action === 'restart')
      throw new OfflineError('CONFLICT', NO_CONTROL_PLANE)
    if ((action === 'pause' || action === 'resume') && record.desired === 'stopped') {
      throw new OfflineError('CONFLICT', `${id} is stopped: perpfleet start ${id}`)
    }
    await this.#ask({ action, instance: id }, 5000)
    if (action === 'pause') this.#setDesired(record, 'paused')
    if (action === 'resume') this.#setDesired(record, 'running')
    if (action === 'close' || action === 'kill') return this.#untilFlat(id)
    const word = { pause: 'paused', resume: 'resumed', arm: 'armed' }[action]
    return { id, ok: true, state: null, text: word, code: null }
  }

  async #untilFlat(id: string): Promise<ActionResult> {
    const end = performance.now() + FLAT_WAIT_MS
    for (;;) {
      const row = (await this.#deskRows()).get(id)
      const isCounted = row !== undefined && row.position === 0 && row.orders_working === 0
      const proof = isCounted
        ? await this.#ask({ action: 'prove', instance: id }, 5000).catch(() => null)
        : null
      if (isCounted && isFlatProof(proof)) {
        return {
          id,
          ok: true,
          state: row.mode,
          text: 'flat: the venue reports position 0 and no order',
          code: null,
        }
      }
      if (performance.now() > end) {
        const text = `not flat after ${FLAT_WAIT_MS / 1000} s, the desk goes on trying`
        return { id, ok: false, state: row?.mode ?? null, text, code: 'CONFLICT' }
      }
      await sleep(LOOK_MS)
    }
  }

  async stop(id: string, options: StopOptions): Promise<ActionResult> {
    const { record } = this.#find(id)
    this.#setDesired(record, 'stopped')
    const problem = await this.#endBot(id, options)
    if (problem === null) return { id, ok: true, state: 'stopped', text: 'stopped', code: null }
    return { id, ok: false, state: null, text: problem, code: 'CONFLICT' }
  }

  /** @returns null, or what went wrong */
  async #endBot(id: string, options: StopOptions): Promise<string | null> {
    const identity = this.#process(`bot-${id}`)
    const settled = await this.#ask(
      { action: 'stop', instance: id, ...options },
      SETTLE_TIMEOUT_MS,
    ).then(
      () => null,
      (error: unknown) =>
        isUnknown(error) ? null : `its orders were not settled: ${textOf(error)}`,
    )
    if (identity === null) return settled
    return (await this.#endProcess(`bot-${id}`, identity)) ? settled : 'it did not end'
  }

  async #endProcess(name: string, identity: ProcessIdentity): Promise<boolean> {
    this.#host.signal(identity, 'SIGTERM')
    const end = performance.now() + END_WAIT_MS
    while (this.#host.isAlive(identity)) {
      if (performance.now() > end) return false
      await sleep(LOOK_MS)
    }
    this.#withStore(undefined, (store) => store.removeProcess(name))
    return true
  }

  /** Bots, desk, exchange; desired states stay. @returns what did not end, or was not settled */
  async stopEverything(): Promise<string[]> {
    const names = this.running()
    const bots = names.filter((name) => name.startsWith('bot-'))
    const usual: StopOptions = { orders: 'cancel', positions: 'keep' }
    const problems = await Promise.all(
      bots.map(async (name) => {
        const problem = await this.#endBot(name.slice('bot-'.length), usual)
        return problem === null ? [] : [`${name}: ${problem}`]
      }),
    )
    const left = problems.flat()
    for (const name of [PAPER_DESK, EXCHANGE]) {
      const identity = this.#process(name)
      if (identity !== null && !(await this.#endProcess(name, identity)))
        left.push(`${name} did not end`)
    }
    return left
  }

  // --- details ----------------------------------------------------------------------------------

  async status(id: string): Promise<unknown> {
    const { record, config } = this.#find(id)
    if (this.#process(`bot-${id}`) !== null && record.webPort !== null) {
      const target = { url: `http://127.0.0.1:${record.webPort}`, token: null }
      return request(target, { method: 'GET', path: '/api/status', timeoutMs: 5000 })
    }
    const path = resolve(this.#home.root, config?.dbPath ?? join('database', `${id}.db`))
    const saved = readBotStatus(path)
    if (saved === null)
      throw new OfflineError('PRECONDITION', `${id} has never run: perpfleet start ${id}`)
    return saved
  }

  async cleanup(): Promise<CleanupResult> {
    const logDirs = this.known().instances.map((one) => this.logDir(one))
    return this.#withStore({ rows: 0, pid_files: 0 }, (store) =>
      cleanUp({ home: this.#home, store, host: this.#host, logDirs }),
    )
  }

  adjust(): Promise<AdjustResult> {
    return Promise.reject(new OfflineError('CONFLICT', NO_CONTROL_PLANE))
  }

  async table(
    name: TableName,
    instance: string | null,
    limit: number,
  ): Promise<readonly TableRow[]> {
    if (instance !== null) this.#find(instance)
    if (name === 'positions') return this.#positions(instance)
    const { orders, fills, instruments } = readJournals(this.#home.database, instance, limit)
    const rows: readonly { readonly instance: string }[] = name === 'orders' ? orders : fills
    return rows.flatMap((row): TableRow[] => {
      const instrument = instruments.get(row.instance)
      if (instrument === undefined) return []
      return name === 'orders'
        ? [orderRow(row as (typeof orders)[number], instrument)]
        : [fillRow(row as (typeof fills)[number], instrument)]
    })
  }

  async #positions(instance: string | null): Promise<TableRow[]> {
    const { items } = await this.list()
    return items
      .filter((one) => (instance === null || one.id === instance) && one.position !== null)
      .map((one) => ({
        instance: one.id,
        symbol: one.symbol,
        quantity: one.position ?? '0',
        equity: one.equity,
        orders: one.orders,
      }))
  }
}

/** The part of a bot's saved status that lists show. */
interface SavedStatus {
  readonly equity?: string
  readonly pnl?: { readonly total?: string }
  readonly position?: { readonly quantity?: string }
  readonly fills?: { readonly count?: number }
}

function shownState(
  record: InstanceRecord,
  isAlive: boolean,
  row: DeskInstanceRow | null,
): { readonly state: InstanceState; readonly reason: string | null } {
  const reason = record.hold?.reason ?? null
  if (isAlive) return { state: row?.is_bot_connected ? row.mode : 'reconciling', reason: null }
  return { state: record.hold?.kind === 'quarantined' ? 'quarantined' : 'stopped', reason }
}

const isUnknown = (error: unknown): boolean =>
  error instanceof ServiceError && error.code === 'NOT_FOUND'

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
