/** What is shown of instances and of the market that feeds them. */
import { hostname } from 'node:os'
import { relative } from 'node:path'
import type { InstanceState } from '../domain/instance-state.ts'
import { formatDecimal, formatMoney } from '../domain/money.ts'
import type { ProcessUsage } from '../ports/process-host.ts'
import type { FeedView, InstanceView } from '../protocol/fleet-messages.ts'
import type { DeskInstanceRow } from './desk-watch.ts'
import type { Fleet } from './fleet.ts'
import type { InstanceUnit } from './instance-unit.ts'
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
  return { state: 'starting', reason: 'waits for its desk' }
}

function runningState(fleet: Fleet, unit: InstanceUnit): ShownState {
  if (unit.process.isSilent) return { state: 'unreachable', reason: 'its port does not answer' }
  const row = fleet.deskRow(unit.id)
  if (row === null) return { state: 'reconciling', reason: 'its desk has not told of it yet' }
  if (!row.is_bot_connected) return { state: 'reconciling', reason: 'not connected to its desk' }
  if (!fleet.deskWatch.isReconciled(unit.id)) return { state: 'reconciling', reason: null }
  const latch = typeof row.latch === 'string' ? row.latch : null
  return { state: row.mode, reason: row.mode === 'running' ? null : latch }
}

/** The part of a bot's /api/status that lists show; every field may be missing. */
interface BotReport {
  readonly equity?: unknown
  readonly pnl?: { readonly total?: unknown }
  readonly position?: { readonly quantity?: unknown }
  readonly fills?: { readonly count?: unknown }
  readonly orders?: {
    readonly resting?: unknown
    readonly wanted?: unknown
    readonly list?: unknown
  }
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null)
const BOT_TIMEOUT_MS = 1500
const REPORT_AGE_MS = 900
const MEBIBYTE = 1_048_576

/** Collects what lists show; answers of bots are kept for a moment, so that many readers cost one question. */
export class Views {
  readonly #fleet: Fleet
  readonly #reports = new Map<
    string,
    { readonly at: number; readonly report: Promise<BotReport> }
  >()
  readonly #usages = new Map<string, Sample>()

  constructor(fleet: Fleet) {
    this.#fleet = fleet
  }

  all(): Promise<InstanceView[]> {
    return Promise.all([...this.#fleet.units.values()].sort(byId).map((unit) => this.one(unit)))
  }

  async one(unit: InstanceUnit): Promise<InstanceView> {
    const report = await this.#report(unit)
    const { record, config, process } = unit
    const { clock, host } = this.#fleet.parts.tools
    const row = this.#fleet.deskRow(unit.id)
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
      venue: config?.settings.venue ?? '',
      symbol: config?.settings.symbol ?? '',
      mode: config?.settings.mode ?? 'paper',
      strategy: config?.strategy ?? '',
      ...moneyOf(report, row),
      restarts: record.restarts,
      memory_mb: usage === null ? null : Math.round(usage.memoryBytes / MEBIBYTE),
      cpu_percent: usage === null ? null : this.#cpuPercent(unit.id, usage),
      uptime_s:
        startedAt === null ? null : Math.max(0, Math.floor((clock.wallMs() - startedAt) / 1000)),
      config_file: relative(this.#fleet.parts.home.root, record.configFile),
      started_at: startedAt === null ? null : new Date(startedAt).toISOString(),
      node: hostname(),
      tags: config?.tags ?? [],
      last_lines: record.hold?.lines ?? [],
    }
  }

  /** An edit that does not act is told where nothing else is. */
  #stateOf(unit: InstanceUnit): ShownState {
    const { state, reason } = stateOf(this.#fleet, unit)
    return { state, reason: reason ?? this.#fleet.editRefusal(unit.id) }
  }

  #report(unit: InstanceUnit): Promise<BotReport> {
    const now = this.#fleet.parts.tools.clock.monotonicMs()
    const port = unit.record.webPort
    if (!unit.process.isAlive || port === null) return Promise.resolve({})
    const known = this.#reports.get(unit.id)
    if (known && now - known.at < REPORT_AGE_MS) return known.report
    const { links } = this.#fleet.parts
    const report = links.getFromBot(port, '/api/status', BOT_TIMEOUT_MS).then(
      (answer) => (typeof answer === 'object' && answer !== null ? (answer as BotReport) : {}),
      () => ({}),
    )
    this.#reports.set(unit.id, { at: now, report })
    return report
  }

  /** Between two looks at the list; since the start for the first. */
  #cpuPercent(id: string, usage: ProcessUsage): number {
    const at = this.#fleet.parts.tools.clock.monotonicMs()
    const before = this.#usages.get(id)
    const isSame = before !== undefined && usage.cpuSeconds >= before.cpuSeconds
    if (isSame && at - before.at < REPORT_AGE_MS) return before.percent
    const percent = isSame
      ? ((usage.cpuSeconds - before.cpuSeconds) / ((at - before.at) / 1000)) * 100
      : 0
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

/** The bot knows its own books; while it does not answer, the desk's numbers stand in. */
function moneyOf(report: BotReport, row: DeskInstanceRow | null) {
  const instrument = row?.instrument
  const held =
    row === null || instrument === undefined
      ? null
      : formatDecimal(row.position * instrument.lotSize, instrument.quantityDecimals)
  return {
    equity: textOrNull(report.equity) ?? (row === null ? null : formatMoney(row.equity)),
    pnl: textOrNull(report.pnl?.total),
    pnl_today: row?.pnl_today === undefined ? null : formatMoney(row.pnl_today),
    position: textOrNull(report.position?.quantity) ?? held,
    fills: numberOrNull(report.fills?.count),
    orders: row?.orders_working ?? numberOrNull(report.orders?.resting),
    orders_wanted: numberOrNull(report.orders?.wanted),
    orders_missing_reason: commonReason(report.orders?.list),
  }
}

/** The reason that most of the missing orders have, in words; null when none is missing. */
export function commonReason(orders: unknown): string | null {
  const counts = new Map<string, number>()
  for (const order of Array.isArray(orders)
    ? (orders as readonly { reason_text?: unknown }[])
    : []) {
    const reason = textOrNull(order.reason_text)
    if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a)
  return most?.[0] ?? null
}

/** `demo market ×60, seed 7` or `recorded market SET ×60`. */
export function feedLabel(choice: FeedChoice): string {
  const pace = choice.pace === 'lockstep' ? ', lockstep' : ` ×${choice.speed}`
  if (choice.feed === 'demo') return `demo market${pace}, seed ${choice.seed}`
  return `recorded market ${choice.feed.replace(/^replay:/, '')}${pace}`
}

export function feedView(fleet: Fleet): FeedView {
  const status = fleet.exchangeStatus
  const choice = status ?? fleet.parts.choice
  return {
    feed: choice.feed,
    label: feedLabel(choice),
    speed: choice.speed,
    pace: choice.pace,
    market_time: status === null ? null : new Date(status.marketAt).toISOString(),
    state: status?.state ?? null,
  }
}
