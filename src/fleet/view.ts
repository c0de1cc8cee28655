/** What is shown of instances and of the market that feeds them. */
import { hostname } from 'node:os'
import { relative } from 'node:path'
import { contractsOf } from '../config/resolved-instance.ts'
import type { InstanceState } from '../domain/instance-state.ts'
import type { ProcessUsage } from '../ports/process-host.ts'
import type { ExchangeStatus } from '../protocol/exchange-messages.ts'
import type { FeedView, InstanceView } from '../protocol/fleet-messages.ts'
import { asReport, type BotReport, numbersOf, savedBooks, savedNumbers } from './bot-report.ts'
import { ExecutedBook, type OutcomeCounts } from './executed.ts'
import type { Fleet } from './fleet.ts'
import type { InstanceUnit } from './instance-unit.ts'
import { LastBooks } from './last-books.ts'
import { hasteText } from './leg-haste.ts'
import { contractView } from './leg-view.ts'
import { outsideOf, stateShown } from './outside-view.ts'
import { deskRestraint, restraintsOf } from './restraint.ts'
import type { FeedChoice } from './services.ts'

export interface ShownState {
  readonly state: InstanceState
  /** One sentence, null when there is nothing to say. */
  readonly reason: string | null
}

/** The state of an instance from what is desired, its process, and its desk. */
export function stateOf(fleet: Fleet, unit: InstanceUnit): ShownState {
  const { phase } = unit.process
  switch (phase.kind) {
    case 'held':
      if (phase.hold === 'quarantined') return { state: 'quarantined', reason: phase.reason }
      return { state: 'stopped', reason: unit.record.hold?.reason ?? phase.reason }
    case 'waiting':
      return { state: 'restarting', reason: phase.reason }
    case 'stopping':
      return { state: 'stopping', reason: null }
    case 'starting':
      return { state: 'starting', reason: null }
    case 'idle':
      return idleState(fleet, unit)
    case 'running':
      return runningState(fleet, unit)
  }
}

function idleState(fleet: Fleet, unit: InstanceUnit): ShownState {
  if (unit.desired === 'stopped' || fleet.isDraining) return { state: 'stopped', reason: null }
  if (unit.config === null) return { state: 'stopped', reason: 'its file is missing or faulty' }
  const failure = fleet.desks.failureOf(unit.config)
  const why = failure === null ? '' : `, which does not start: ${failure}`
  return { state: 'starting', reason: `waits for its desk${why}` }
}

function runningState(fleet: Fleet, unit: InstanceUnit): ShownState {
  if (unit.process.isSilent) return { state: 'unreachable', reason: 'its port does not answer' }
  const row = fleet.deskRow(unit.id)
  if (row === null) return { state: 'reconciling', reason: 'its desk has not told of it yet' }
  if (!row.is_bot_connected) return { state: 'reconciling', reason: 'not connected to its desk' }
  if (!fleet.deskWatch.isReconciled(unit.id))
    return { state: 'reconciling', reason: fleet.deskWatch.awayOf(unit.id) }
  const refusal = fleet.deskWatch.refusalOf(unit.id)
  const why = refusal === null ? null : `the venue refuses its key: ${refusal.replace(/\.$/, '')}`
  return { state: stateShown(row), reason: deskRestraint(row)?.why ?? why }
}

/** Of the store: opportunities that were closed, also by instances that are gone. */
const EXECUTED = 'executed'
const BOT_TIMEOUT_MS = 1500
const REPORT_AGE_MS = 900
/** The system counts processor time in steps of 10 ms: over a shorter span a small bot reads as 0 or 1 %. */
const USAGE_SPAN_MS = 5000
const MEBIBYTE = 1_048_576

/** Collects what lists show; answers of bots are kept for a moment, so that many readers cost one question. */
export class Views {
  readonly #fleet: Fleet
  readonly #reports = new Map<
    string,
    { readonly at: number; readonly report: Promise<BotReport> }
  >()
  /** Of ended bots, by id: read once an end. */
  readonly #saved = new Map<
    string,
    { readonly startedAt: number | null; readonly books: BotReport }
  >()
  readonly #usages = new Map<string, Sample>()
  readonly #lastBooks: LastBooks
  readonly #executed: ExecutedBook

  constructor(fleet: Fleet) {
    this.#fleet = fleet
    const { store } = fleet.parts.tools
    this.#executed = new ExecutedBook({
      read: () => store.setting(EXECUTED),
      write: (text) => store.saveSetting(EXECUTED, text),
    })
    this.#lastBooks = new LastBooks(fleet.parts.tools.clock)
  }

  all(): Promise<InstanceView[]> {
    return Promise.all([...this.#fleet.units.values()].sort(byId).map((unit) => this.one(unit)))
  }

  async one(unit: InstanceUnit): Promise<InstanceView> {
    const report = await this.#report(unit)
    const { record, config, process } = unit
    const { clock, host } = this.#fleet.parts.tools
    const row = this.#fleet.deskRow(unit.id)
    this.#noteExecuted(unit, report)
    const identity = process.isAlive ? process.identity : null
    const usage = identity === null ? null : host.usage(identity)
    const startedAt = process.startedWallMs
    return {
      id: unit.id,
      name: config?.name ?? unit.id,
      ...this.#stateOf(unit),
      desired: unit.desired,
      pid: identity?.pid ?? null,
      port: identity === null ? null : record.webPort,
      ...contractView(config, (leg) => this.#fleet.legRow(leg), report.legs_closed),
      strategy: config?.strategy ?? '',
      ...this.#numbersOf(unit, report),
      ...outsideOf(row),
      unhedged: this.#fleet.unhedged.of(unit.id),
      restraint: restraintsOf(record, row),
      restarts: record.restarts,
      memory_mb: usage === null ? null : Math.round(usage.memoryBytes / MEBIBYTE),
      cpu_percent: usage === null ? null : this.#cpuPercent(unit.id, usage, startedAt),
      uptime_s:
        startedAt === null ? null : Math.max(0, Math.floor((clock.wallMs() - startedAt) / 1000)),
      config_file: relative(this.#fleet.parts.home.root, record.configFile),
      started_at: startedAt === null ? null : new Date(startedAt).toISOString(),
      node: hostname(),
      tags: config?.tags ?? [],
      last_lines: record.hold?.lines ?? [],
    }
  }

  /** Opportunities that instances of several legs have closed, as told last; null = not known, or there are none. */
  executed(): OutcomeCounts | null {
    return this.#executed.totals((id) => this.#fleet.units.has(id))
  }

  #noteExecuted(unit: InstanceUnit, report: BotReport): void {
    const { id, config, process } = unit
    if (!process.isAlive) return this.#executed.take(id, this.#savedOf(unit), false)
    this.#executed.take(id, report, config !== null && contractsOf(config).length > 1)
  }

  #numbersOf(unit: InstanceUnit, report: BotReport): ReturnType<typeof numbersOf> {
    const { id, process } = unit
    const row = this.#fleet.deskRow(id)
    if (!process.isAlive) {
      this.#lastBooks.forget(id)
      return savedNumbers(this.#savedOf(unit), row)
    }
    const numbers = numbersOf(report, row)
    const { books = null, position } = numbers
    const startedAt = process.startedWallMs
    return { ...numbers, books: this.#lastBooks.of({ id, startedAt, books, position }) }
  }

  /** An edit that does not act is told where nothing else is. */
  #stateOf(unit: InstanceUnit): ShownState {
    const { state, reason } = stateOf(this.#fleet, unit)
    return { state, reason: reason ?? this.#fleet.editRefusal(unit.id) }
  }

  /** An operator has just changed something: who looks now must not see what was before. */
  forget(): void {
    this.#reports.clear()
  }

  #savedOf({ id, dbPath, record: { startedAt } }: InstanceUnit): BotReport {
    const known = this.#saved.get(id)
    if (known !== undefined && known.startedAt === startedAt) return known.books
    const books = this.#read(dbPath)
    this.#saved.set(id, { startedAt, books })
    return books
  }

  /** A database that cannot be read must not keep a list from being shown. */
  #read(dbPath: string): BotReport {
    try {
      return savedBooks(this.#fleet.parts.links.readSaved(dbPath))
    } catch {
      return {}
    }
  }

  #report(unit: InstanceUnit): Promise<BotReport> {
    const now = this.#fleet.parts.tools.clock.monotonicMs()
    const port = unit.record.webPort
    if (!unit.process.isAlive || port === null) return Promise.resolve({})
    const known = this.#reports.get(unit.id)
    if (known && now - known.at < REPORT_AGE_MS) return known.report
    const { links } = this.#fleet.parts
    const report = links
      .getFromBot(port, '/api/status?part=figures', BOT_TIMEOUT_MS)
      .then(asReport, () => asReport(null))
    this.#reports.set(unit.id, { at: now, report })
    return report
  }

  /** Over the last seconds; since the start for the first look at a process. */
  #cpuPercent(id: string, usage: ProcessUsage, startedAt: number | null): number {
    const { clock } = this.#fleet.parts.tools
    const at = clock.monotonicMs()
    const before = this.#usages.get(id)
    const isSame = before !== undefined && usage.cpuSeconds >= before.cpuSeconds
    if (isSame && at - before.at < USAGE_SPAN_MS) return before.percent
    const spanMs = isSame ? at - before.at : clock.wallMs() - (startedAt ?? clock.wallMs())
    const spent = usage.cpuSeconds - (isSame ? before.cpuSeconds : 0)
    const percent = spanMs > 0 ? (spent / (spanMs / 1000)) * 100 : 0
    const rounded = Math.round(percent * 10) / 10
    this.#usages.set(id, { at, cpuSeconds: usage.cpuSeconds, percent: rounded })
    return rounded
  }
}

interface Sample {
  readonly at: number
  readonly cpuSeconds: number
  readonly percent: number
}

const byId = (a: InstanceUnit, b: InstanceUnit): number => (a.id < b.id ? -1 : 1)

/** `demo market ×60, seed 7`, `live prices` or `recorded market SET ×60`. */
export function feedLabel(choice: FeedChoice): string {
  if (choice.feed === 'live') return 'live prices of the venues'
  const pace = choice.pace === 'lockstep' ? ', lockstep' : ` ×${choice.speed}`
  if (choice.feed === 'demo') return `demo market${pace}, seed ${choice.seed}`
  return `recorded market ${choice.feed.replace(/^replay:/, '')}${pace}`
}

export function feedView(fleet: Fleet): FeedView {
  const view = feedViewOf(fleet.parts.choice, fleet.exchangeStatus)
  return view.note === null ? { ...view, note: hasteNote(fleet) } : view
}

/** For whom the market that runs is too fast; null = for nobody who should run. */
export function hasteNote(fleet: Fleet): string | null {
  const market = fleet.exchangeStatus ?? fleet.parts.choice
  for (const { id, config, desired } of fleet.units.values()) {
    const text = config === null || desired === 'stopped' ? null : hasteText(config, market)
    if (text !== null) return `${id}: ${text}`
  }
  return null
}

/** @param status what the exchange says now; null = it does not answer */
export function feedViewOf(chosen: FeedChoice, status: ExchangeStatus | null): FeedView {
  const choice = status ?? chosen
  return {
    feed: choice.feed,
    label: feedLabel(choice),
    speed: choice.speed,
    pace: choice.pace,
    market_time: status === null ? null : new Date(status.marketAt).toISOString(),
    state: status?.state ?? null,
    note: status === null ? null : marketNote(status),
  }
}

/** What people must know of a market that does not move; null while it does. */
export function marketNote({ state, marketAt, pace, waitingFor }: ExchangeStatus): string | null {
  if (state === 'ended') {
    const at = `${new Date(marketAt).toISOString().slice(0, 19)}Z`
    return `the replay ended at ${at}: prices stand still and nothing more is filled; perpfleet status shows the result, perpfleet down --stop-bots ends it, and a new --home plays it again`
  }
  if (state === 'stale')
    return `no live prices of ${waitingFor.join(', ')}: the price stands still and nothing is filled until the venue answers again; perpfleet logs exchange says why`
  if (state !== 'waiting' || pace !== 'lockstep' || waitingFor.length === 0) return null
  return `the market stands still and waits for ${waitingFor.join(', ')}`
}
