/** What /metrics tells of the fleet, from what desk, exchange, bots and journals have told last. */

import type { AlertCenter } from '../../alerts/alert-center.ts'
import { BUILT_CHANNELS } from '../../config/notification-schema.ts'
import { contractsOf } from '../../config/resolved-instance.ts'
import { instanceStates } from '../../domain/instance-state.ts'
import { notionalOf } from '../../domain/instrument.ts'
import { instanceOfLeg } from '../../domain/leg-name.ts'
import { MONEY_SCALE } from '../../domain/money.ts'
import { addedUp, type HistogramCounts } from '../../domain/statistic/histogram.ts'
import { heldOf } from '../../fleet/bot-report.ts'
import { exchangeRows, venueOf } from '../../fleet/connections.ts'
import type { AccessCounts } from '../../fleet/counted.ts'
import type { DeskInstanceRow } from '../../fleet/desk-rows.ts'
import type { EquityFigures } from '../../fleet/equity-figures.ts'
import type { OutcomeCounts } from '../../fleet/executed.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { Health } from '../../fleet/health.ts'
import type { KeptProcess } from '../../fleet/kept-process.ts'
import { systemHealth } from '../../fleet/system-health.ts'
import type { InstanceFigures } from '../../ports/journal-figures.ts'
import type { InstanceView } from '../../protocol/fleet-messages.ts'
import type { Families } from './families.ts'

export interface Told {
  readonly fleet: Fleet
  readonly health: Health
  readonly alerts: AlertCenter
  readonly version: { readonly version: string; readonly node: string }
  readonly views: readonly InstanceView[]
  /** Null: the journals have not been read to their end yet. */
  readonly figures: readonly InstanceFigures[] | null
  /** Null: not known, or no instance trades several legs. */
  readonly executed: OutcomeCounts | null
  readonly queries: AccessCounts | null
  /** By instance. */
  readonly curves: ReadonlyMap<string, EquityFigures>
}

const MEBIBYTE = 1_048_576
/** A share of fewer round trips says nothing. */
const WIN_RATE_TRADES_MIN = 20
/** A grid shows completed cells and the loss of its inventory; shares of wins mean nothing there. */
const GRIDS: ReadonlySet<string> = new Set(['perp_grid'])
/** Ends of orders that the venue had taken. */
const TAKEN = ['filled', 'canceled', 'expired'] as const

export function collect(out: Families, told: Told): void {
  const { fleet, health, version, views, queries } = told
  const { report } = health
  out.add('perpfleet_build_info', 1, version)
  out.add('perpfleet_system_health', systemHealth(fleet, report))
  out.add('perpfleet_uptime_seconds', report.uptime)
  if (queries !== null) {
    out.add('perpfleet_database_queries_total', queries.ok, { outcome: 'ok' })
    out.add('perpfleet_database_queries_total', queries.failed, { outcome: 'error' })
  }
  collectAlerts(out, told.alerts)
  collectProcesses(out, fleet)
  collectStates(out, views)
  collectVenues(out, fleet)
  collectOpportunities(out, fleet)
  for (const [outcome, count] of Object.entries(told.executed ?? {}))
    out.add('perpfleet_arbitrage_executed_total', count, { outcome })
  for (const view of views) collectInstance(out, view, fleet.deskRow(view.id))
  for (const [bot, figures] of told.curves) collectCurve(out, bot, figures)
  out.add('perpfleet_capital_utilization_percent', utilization(fleet))
  if (told.figures === null) return
  const figures = told.figures.map((one) => ({ ...one, instance: instanceOfLeg(one.instance) }))
  collectJournals(out, figures, views)
}

function collectAlerts(out: Families, { raised, notifications }: AlertCenter): void {
  // A counter that appears with its first event hides that event from every rate.
  for (const level of ['critical', 'warning', 'info'] as const)
    out.add('perpfleet_alerts_total', raised.get(level) ?? 0, { level })
  for (const channel of BUILT_CHANNELS)
    for (const outcome of ['sent', 'failed', 'refused', 'given_up']) {
      const count = notifications.get(`${channel} ${outcome}`) ?? 0
      out.add('perpfleet_notifications_total', count, { channel, outcome })
    }
}

function collectProcesses(out: Families, fleet: Fleet): void {
  const process_ = 'control'
  const memory = process.memoryUsage()
  const types = { rss: memory.rss, heap_used: memory.heapUsed, heap_total: memory.heapTotal }
  for (const [type, bytes] of Object.entries(types))
    out.add('perpfleet_memory_bytes', bytes, { type, process: process_ })
  const { user, system } = process.cpuUsage()
  out.add('perpfleet_cpu_seconds_total', (user + system) / 1e6, { process: process_ })
  collectProcess(out, fleet, fleet.exchange)
  if (fleet.scanner.isConfigured) collectProcess(out, fleet, fleet.scanner.process)
  for (const desk of fleet.desks.all) collectProcess(out, fleet, desk)
  for (const { process: one, config } of fleet.units.values()) {
    collectProcess(out, fleet, one)
    const limit = config === null ? null : config.memoryLimitMb * MEBIBYTE
    out.add('perpfleet_memory_limit_bytes', limit, { process: one.kept.name })
  }
}

function collectProcess(
  out: Families,
  fleet: Fleet,
  { kept, identity, isAlive }: KeptProcess,
): void {
  const usage = isAlive && identity !== null ? fleet.parts.tools.host.usage(identity) : null
  const process = kept.name
  out.add('perpfleet_memory_bytes', usage?.memoryBytes ?? null, { type: 'rss', process })
  out.add('perpfleet_cpu_seconds_total', usage?.cpuSeconds ?? null, { process })
}

function collectStates(out: Families, views: readonly InstanceView[]): void {
  for (const state of instanceStates) {
    const count = views.filter((view) => view.state === state).length
    out.add('perpfleet_instances', count, { state })
  }
}

function collectVenues(out: Families, fleet: Fleet): void {
  for (const { name: exchange, connected } of exchangeRows(fleet)) {
    out.add('perpfleet_exchange_connected', connected ? 1 : 0, { exchange })
    out.add('perpfleet_websocket_connected', connected ? 1 : 0, { exchange })
  }
  const roundTrips = new Map<string, HistogramCounts>()
  const executions = new Map<string, HistogramCounts>()
  const reconnects = new Map<string, number>()
  const wrongStamps = new Map<string, number>()
  let differences: number | null = null
  for (const account of fleet.deskWatch.accounts) {
    const exchange = venueOf(account)
    const { link = null, executions: own = {}, differences_total: found = null } = account
    if (link !== null) {
      merge(roundTrips, exchange, link.roundTrips)
      reconnects.set(exchange, (reconnects.get(exchange) ?? 0) + link.reconnects)
      wrongStamps.set(exchange, (wrongStamps.get(exchange) ?? 0) + (link.wrongStamps ?? 0))
    }
    for (const [kind, counts] of Object.entries(own))
      merge(executions, `${exchange} ${kind}`, counts)
    if (found !== null) differences = (differences ?? 0) + found
  }
  for (const [exchange, counts] of roundTrips)
    out.addHistogram('perpfleet_websocket_latency_seconds', counts, { exchange })
  for (const [exchange, count] of reconnects)
    out.add('perpfleet_websocket_reconnects_total', count, { exchange })
  for (const [exchange, count] of wrongStamps)
    out.add('perpfleet_venue_wrong_stamps_total', count, { exchange })
  for (const [key, counts] of executions) {
    const [exchange = '', kind = ''] = key.split(' ')
    out.addHistogram('perpfleet_order_execution_duration_seconds', counts, { exchange, kind })
  }
  out.add('perpfleet_reconciliation_differences_total', differences, { kind: 'order' })
}

/** Of what the scanner found since it started; absent while none runs. */
function collectOpportunities(out: Families, { scanner }: Fleet): void {
  for (const [pair, count] of Object.entries(scanner.status?.opportunities_total ?? {}))
    out.add('perpfleet_arbitrage_opportunities_total', count, { pair })
}

function merge(all: Map<string, HistogramCounts>, key: string, counts: HistogramCounts): void {
  const known = all.get(key)
  const sum = known === undefined ? counts : addedUp(known, counts)
  if (sum !== null) all.set(key, sum)
}

function collectInstance(out: Families, view: InstanceView, row: DeskInstanceRow | null): void {
  const { id: bot, symbol } = view
  out.add('perpfleet_instance_restarts_total', view.restarts, { bot })
  out.add('perpfleet_equity', numberOf(view.equity), { bot })
  const held = positionsOf(view, row)
  for (const { size, symbol: of } of held)
    out.add('perpfleet_position_size', size, { bot, symbol: of })
  const isKnown = held.every(({ size }) => size !== null)
  const count = held.filter(({ size }) => size !== 0).length
  out.add('perpfleet_position_count', isKnown ? count : null, { bot })
  out.add('perpfleet_position_pnl', numberOf(view.books?.unrealised), { bot, symbol })
  if (row === null) return
  out.add('perpfleet_orders_active', row.orders_working, { bot })
  out.add('perpfleet_order_unknown', row.orders_unknown, { bot })
  out.add('perpfleet_max_drawdown', row.drawdown ?? null, { bot })
}

/** One contract, or those of the legs: two of them may be called alike at two venues. */
function positionsOf(
  { legs, symbol, position }: InstanceView,
  row: DeskInstanceRow | null,
): readonly { readonly size: number | null; readonly symbol: string }[] {
  if (legs === undefined) return [{ size: numberOf(row === null ? position : heldOf(row)), symbol }]
  return legs.map((leg) => ({ size: numberOf(leg.position), symbol: `${leg.venue}:${leg.symbol}` }))
}

function collectCurve(out: Families, bot: string, figures: EquityFigures): void {
  out.add('perpfleet_sharpe_ratio', figures.sharpe, { bot })
  out.add('perpfleet_calmar_ratio', figures.calmar, { bot })
  out.add('perpfleet_var_95', figures.valueAtRisk, { bot })
  out.add('perpfleet_cvar_95', figures.expectedShortfall, { bot })
}

const numberOf = (text: string | null | undefined): number | null =>
  text === null || text === undefined ? null : Number(text)

/** Margin of the open positions, percent of the equity of their accounts; null = nobody has told. */
function utilization(fleet: Fleet): number | null {
  const { accounts } = fleet.desks
  if (accounts.length === 0) return null
  let [margin, equity]: [number, number] = [0, 0]
  for (const account of accounts) {
    equity += account.equity ?? account.instances.reduce((sum, row) => sum + row.equity, 0)
    for (const row of account.instances) margin += marginOf(fleet, row)
  }
  return equity <= 0 ? null : (margin / equity) * 100
}

function marginOf(
  fleet: Fleet,
  { instance, instrument, position, price }: DeskInstanceRow,
): number {
  const config = fleet.units.get(instanceOfLeg(instance))?.config ?? null
  const contracts = config === null ? [] : contractsOf(config)
  const leverage = contracts.find((one) => one.instance === instance)?.leverage ?? 1
  if (position === 0 || price === null || price === undefined) return 0
  return Math.abs(notionalOf(instrument, price.mark, position)) / leverage
}

function collectJournals(
  out: Families,
  figures: readonly InstanceFigures[],
  views: readonly InstanceView[],
): void {
  const strategies = new Map(views.map(({ id, strategy }) => [id, strategy]))
  for (const one of figures) {
    const { instance: bot, symbol, fundingPaid, tradeProfit } = one
    collectOrders(out, one)
    out.addTo('perpfleet_funding_paid_total', fundingPaid / MONEY_SCALE, { bot, symbol })
    const strategy = strategies.get(bot)
    if (strategy === undefined || strategy === '') continue
    for (const side of ['long', 'short'] as const)
      out.addTo('perpfleet_trades_total', one.trades[side], { strategy, symbol, side })
    out.addTo('perpfleet_trade_pnl', tradeProfit / MONEY_SCALE, { strategy, symbol })
  }
  for (const [bot, strategy] of strategies) collectShares(out, figures, bot, strategy)
}

/** An instance that has moved has told of itself on several accounts. */
function collectOrders(
  out: Families,
  { instance: bot, venue: exchange, outcomes }: InstanceFigures,
): void {
  const labels = { bot, exchange }
  const total = Object.values(outcomes).reduce((sum, count) => sum + count, 0)
  const taken = TAKEN.reduce((sum, outcome) => sum + (outcomes[outcome] ?? 0), 0)
  out.addTo('perpfleet_orders_total', total, labels)
  out.addTo('perpfleet_orders_success_total', taken, labels)
  for (const [outcome, count] of Object.entries(outcomes))
    out.addTo('perpfleet_order_outcomes_total', count, { ...labels, outcome })
}

function collectShares(
  out: Families,
  figures: readonly InstanceFigures[],
  bot: string,
  strategy: string,
): void {
  const own = figures.filter(({ instance }) => instance === bot)
  if (GRIDS.has(strategy) || own.length === 0) return
  const labels = { bot, strategy }
  const closed = own.reduce((sum, { trades }) => sum + trades.long + trades.short, 0)
  const wins = own.reduce((sum, one) => sum + one.wins, 0)
  const rate = closed < WIN_RATE_TRADES_MIN ? null : wins / closed
  out.add('perpfleet_win_rate', rate, labels)
  const losses = Math.max(...own.map(({ lossesInARow }) => lossesInARow))
  out.add('perpfleet_consecutive_losses', losses, labels)
}
