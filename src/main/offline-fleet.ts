/** A fleet without its control plane: what the files say, and the sockets of desks and bots that still run. */
import { statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, relative, resolve } from 'node:path'
import type { DetachedHost } from '../adapters/processes/detached-host.ts'
import { readBotStatus, readJournals } from '../adapters/stores/sqlite-fleet-reader.ts'
import { SqliteFleetStore } from '../adapters/stores/sqlite-fleet-store.ts'
import type { Awaitable } from '../cli/config-operations.ts'
import type { ActionName, AdjustResult, FleetAccess, StopOptions } from '../client/fleet-access.ts'
import { request } from '../client/http-client.ts'
import {
  askDesk,
  askExchangeStatus,
  type DeskQuestion,
  type ServiceAddress,
  ServiceError,
} from '../client/local-socket.ts'
import { loadFleetConfiguration } from '../config/fleet-configuration.ts'
import { loadInstances } from '../config/instances.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { noSuchInstanceText } from '../config/suggestion.ts'
import type { DesiredState, InstanceState } from '../domain/instance-state.ts'
import { formatMoney } from '../domain/money.ts'
import { asReport, numbersOf } from '../fleet/bot-report.ts'
import { cleanUp } from '../fleet/cleanup.ts'
import { FLAT_TEXT, isFlatProof } from '../fleet/commands.ts'
import { type DeskInstanceRow, isDeskStatus } from '../fleet/desk-watch.ts'
import { readJson } from '../fleet/files.ts'
import type { Home } from '../fleet/home.ts'
import { newRecord } from '../fleet/instance-unit.ts'
import { outsideOf, stateShown } from '../fleet/outside-view.ts'
import { deskRestraint, holdText, restraintsOf } from '../fleet/restraint.ts'
import { EXCHANGE, PAPER_DESK } from '../fleet/services.ts'
import {
  balanceRow,
  fillRow,
  filtered,
  orderRow,
  positionRow,
  tradeRows,
} from '../fleet/table-rows.ts'
import { TRADE_FILLS_MAX } from '../fleet/tables.ts'
import { feedViewOf } from '../fleet/view.ts'
import type { InstanceRecord, ProcessRecord } from '../ports/fleet-store.ts'
import type { ProcessIdentity } from '../ports/process-host.ts'
import type {
  ActionResult,
  CleanupResult,
  FeedView,
  InstanceList,
  InstanceView,
  ServiceFile,
  TableFilter,
  TableName,
  TableRow,
} from '../protocol/fleet-messages.ts'
import { lastBalances } from './offline-balances.ts'

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

  #reading<T>(absent: T, use: (store: SqliteFleetStore) => T): T {
    return this.#withStore('read', absent, use)
  }

  #writing<T>(absent: T, use: (store: SqliteFleetStore) => T): T {
    return this.#withStore('write', absent, use)
  }

  #withStore<T>(access: 'read' | 'write', absent: T, use: (store: SqliteFleetStore) => T): T {
    // An empty one is what a full disk left of the first start: nothing is registered yet.
    if ((statSync(this.#home.fleetDatabase, { throwIfNoEntry: false })?.size ?? 0) === 0)
      return absent
    const store = new SqliteFleetStore(this.#home.fleetDatabase, access)
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
    return this.#alive(this.#reading<ProcessRecord | null>(null, (store) => store.process(name)))
  }

  /** Every process of the registry that runs, by name; the registry is opened once for all of them. */
  #living(): ReadonlyMap<string, ProcessIdentity> {
    const records = this.#reading<readonly ProcessRecord[]>([], (store) => store.processes())
    const living = new Map<string, ProcessIdentity>()
    for (const record of records) {
      const identity = this.#alive(record)
      if (identity !== null) living.set(record.name, identity)
    }
    return living
  }

  /** Whether bots, a desk or an exchange run here. */
  running(): readonly string[] {
    return [...this.#living().keys()]
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
    const living = this.#living()
    const views = instances.map((one) => {
      const { id } = one.record
      return this.#view(one, rows.get(id) ?? null, living.get(`bot-${id}`) ?? null)
    })
    const items = await Promise.all(views)
    return { items, next_cursor: null, feed: await this.#feed(), faults }
  }

  /** Null = no exchange runs, so no market moves. */
  async #feed(): Promise<FeedView | null> {
    const file = readJson(this.#home.serviceFile(EXCHANGE)) as ServiceFile | null
    if (file === null || this.#process(EXCHANGE) === null) return null
    const status = await askExchangeStatus({ ...file, name: EXCHANGE }, 3000).catch(() => null)
    return status === null ? null : feedViewOf(status, status)
  }

  async #view(
    known: Known,
    row: DeskInstanceRow | null,
    identity: ProcessIdentity | null,
  ): Promise<InstanceView> {
    const { record, config } = known
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
      ...(await this.#numbers(known, row, identity !== null)),
      ...outsideOf(row),
      restraint: restraintsOf(record.id, record.hold, row),
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

  /** What the desk knows is the newest, and of the missing orders of a dead bot all there is. */
  async #numbers({ record, config }: Known, row: DeskInstanceRow | null, isAlive: boolean) {
    const path = resolve(this.#home.root, config?.dbPath ?? join('database', `${record.id}.db`))
    const asked = isAlive ? await botStatus(record).catch(() => null) : null
    const report = asReport(asked ?? readBotStatus(path))
    const { orders: _orders, reasons: _reasons, ...books } = report
    const numbers = numbersOf(isAlive ? report : books, row)
    if (row === null) return numbers
    return { ...numbers, equity: formatMoney(row.equity), position: positionRow(row).quantity }
  }

  // --- actions ----------------------------------------------------------------------------------

  #find(id: string): Known {
    const { instances } = this.known()
    const found = instances.find(({ record }) => record.id === id)
    if (found) return found
    const names = instances.map(({ record }) => record.id)
    throw new OfflineError('NOT_FOUND', noSuchInstanceText(id, names))
  }

  /** @returns null, or why the desired state could not be kept: what lowers risk is done all the same */
  #remember(record: InstanceRecord, desired: DesiredState): string | null {
    try {
      this.#writing(undefined, (store) => store.saveInstance({ ...record, desired }))
      return null
    } catch (error) {
      return textOf(error)
    }
  }

  async act(action: ActionName, id: string): Promise<ActionResult> {
    const { record } = this.#find(id)
    if (action === 'start' || action === 'restart')
      throw new OfflineError('CONFLICT', NO_CONTROL_PLANE)
    if ((action === 'pause' || action === 'resume') && record.desired === 'stopped') {
      throw new OfflineError('CONFLICT', `${id} is stopped: perpfleet start ${id}`)
    }
    if (action === 'resume' && record.hold !== null) {
      throw new OfflineError('CONFLICT', `${id} ${holdText(record.hold, id)}`)
    }
    await this.#ask({ action, instance: id }, 5000)
    const desired = action === 'pause' ? 'paused' : action === 'resume' ? 'running' : null
    const fault = desired === null ? null : this.#remember(record, desired)
    if (fault !== null) return forgotten(id, desired ?? action, fault)
    if (action === 'close' || action === 'kill') return this.#untilFlat(id)
    const word = { pause: 'paused', resume: 'resumed', arm: 'armed', disarm: 'disarmed' }[action]
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
          text: `${FLAT_TEXT}${wayOutOf(row)}`,
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
    const fault = this.#remember(record, 'stopped')
    const problem = await this.#endBot(id, options)
    if (problem === null && fault !== null) return forgotten(id, 'stopped', fault)
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
    try {
      this.#writing(undefined, (store) => store.removeProcess(name))
    } catch {
      // It has ended, and that is what was asked: a row that cannot be removed is recognised by whoever reads it next.
    }
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
    if (this.#process(`bot-${id}`) !== null && record.webPort !== null) return botStatus(record)
    const path = resolve(this.#home.root, config?.dbPath ?? join('database', `${id}.db`))
    const saved = readBotStatus(path)
    if (saved === null)
      throw new OfflineError('PRECONDITION', `${id} has never run: perpfleet start ${id}`)
    return saved
  }

  async cleanup(): Promise<CleanupResult> {
    const logDirs = this.known().instances.map((one) => this.logDir(one))
    return this.#writing({ rows: 0, pid_files: 0 }, (store) =>
      cleanUp({ home: this.#home, store, host: this.#host, logDirs }),
    )
  }

  adjust(): Promise<AdjustResult> {
    return Promise.reject(new OfflineError('CONFLICT', NO_CONTROL_PLANE))
  }

  async table(name: TableName, filter: TableFilter): Promise<readonly TableRow[]> {
    if (filter.instance !== null) this.#find(filter.instance)
    return filtered(await this.#rows(name, filter), filter)
  }

  #rows(name: TableName, filter: TableFilter): Awaitable<readonly TableRow[]> {
    if (name === 'positions') return this.#positions()
    if (name === 'balances') return this.#balances()
    const { instance, venue, since, limit } = filter
    const isWhole = name === 'trades' || venue !== null || since !== null
    const count = isWhole ? TRADE_FILLS_MAX : limit
    const { orders, fills, instruments } = readJournals(this.#home.database, instance, count)
    if (name === 'trades') return tradeRows(fills, instruments)
    const rows: readonly { readonly instance: string }[] = name === 'orders' ? orders : fills
    return rows.flatMap((row): TableRow[] => {
      const instrument = instruments.get(row.instance)
      if (instrument === undefined) return []
      return name === 'orders'
        ? [orderRow(row as (typeof orders)[number], instrument)]
        : [fillRow(row as (typeof fills)[number], instrument)]
    })
  }

  async #positions(): Promise<TableRow[]> {
    const { items } = await this.list()
    return items
      .filter((one) => one.position !== null)
      .map((one) => ({
        instance: one.id,
        venue: one.venue,
        symbol: one.symbol,
        quantity: one.position ?? '0',
        equity: one.equity,
        orders: one.orders,
      }))
  }

  /** As the desk tells them; without one what its instances had when they ended, and nothing of the rest. */
  async #balances(): Promise<readonly TableRow[]> {
    if (this.#process(PAPER_DESK) !== null) {
      const answer = await this.#ask({ action: 'status' }, 3000).catch(() => null)
      if (isDeskStatus(answer)) return answer.accounts.map(balanceRow)
    }
    const { instances } = this.known()
    const equities = new Map((await this.list()).items.map((one) => [one.id, one.equity]))
    const configs = instances.flatMap(({ config }) => (config === null ? [] : [config]))
    return lastBalances(configs, (id) => equities.get(id) ?? null)
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
    { method: 'GET', path: '/api/status', timeoutMs: 5000 },
  )

function wayOutOf(row: DeskInstanceRow): string {
  const restraint = deskRestraint(row)
  return restraint === null ? '' : `; ${restraint.way_out}`
}

const forgotten = (id: string, word: string, fault: string): ActionResult => {
  const text = `${word}, but that is forgotten when a control plane starts: ${fault}`
  return { id, ok: false, state: null, text, code: 'INTERNAL' }
}

const isUnknown = (error: unknown): boolean =>
  error instanceof ServiceError && error.code === 'NOT_FOUND'

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
