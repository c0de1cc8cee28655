/**
 * A bot at each of the four venues, over real sockets: the exchange speaks their wire protocols (150 ms there and back, the
 * venues' rate limits), the desks are those of live trading with ccxt in them. The market runs × 60. Every desk is killed
 * by kill -9 in the middle, the bots are stopped, started, stopped; then venue, desk and bot are compared to the last unit.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { askDesk } from '../../src/client/local-socket.ts'
import type { DeskLaunch, ExchangeLaunch } from '../../src/protocol/launch.ts'
import { until } from '../integration/fleet-home.ts'
import { seconds, table } from './figures.ts'
import { DrillHome, type DrillReport, pause } from './fleet-home.ts'
import {
  compareVenue,
  isBooked,
  isSettled,
  type Statement,
  statementOf,
  tallyOf,
  type VenueFile,
} from './venue-books.ts'
import type { DeskStatus } from './world.ts'

const FILES: readonly VenueFile[] = [
  { venue: 'okx', symbol: 'SOL/USDT:USDT' },
  { venue: 'hyperliquid', symbol: 'SOL/USDC:USDC' },
  { venue: 'backpack', symbol: 'SOL/USDC:USDC' },
  { venue: 'aster', symbol: 'SOL/USDT:USDT' },
]
const SPEED = 60
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** Market time that each venue trades before anything is killed. */
const TRADED_MS = 12 * MINUTE_MS
const ROUNDS = 3
const BACK_LIMIT_MS = 5000
/** SOL pays each hour of the market, which is a minute here. */
const TRADE_LIMIT_MS = 200_000
const SETTLE_LIMIT_MS = 45_000
/**
 * Bots are stopped so long after an hour of the market: the payment is booked by then (a venue may tell it only when it is
 * asked), and the next is far enough. A stopped bot books what comes later at its next start.
 */
const QUIET_FROM_MS = 20 * MINUTE_MS
const QUIET_UNTIL_MS = 40 * MINUTE_MS
const QUIET_LIMIT_MS = 150_000
const NEW_ORDER_LIMIT_MS = 8000

interface VenueRun {
  readonly file: VenueFile
  /** From a kill to the first answer of the next process: what the machine takes, not the venue. */
  readonly upMs: number[]
  readonly backMs: (number | null)[]
  restingMax: number
  canceledByStop: number
  restartMs: number | null
}

export async function venueDrill(report: DrillReport): Promise<void> {
  const home = new DrillHome()
  for (const file of FILES) writeFile(home, file)
  const runs = FILES.map(
    (file): VenueRun => ({
      ...{ file, upMs: [], backMs: [], restingMax: 0, canceledByStop: 0, restartMs: null },
    }),
  )
  try {
    await home.up('--speed', String(SPEED))
    checkConditions(home, report)
    const trading = await untilTrading(home, runs, report)
    for (let round = 0; round < ROUNDS; round++)
      for (const run of trading) run.backMs.push(await killDesk(home, run))
    await restart(home, trading)
    await watch(home, trading, 10_000)
    await stopAll(home, trading)
    await untilSettled(home, trading)
    await home.run('down', '--stop-bots')
    judge(home, trading, report)
  } finally {
    await home.run('down', '--stop-bots')
    if (process.argv.includes('--keep')) console.log(`kept: ${home.dir}`)
    else await home.close()
  }
}

function writeFile(home: DrillHome, { venue, symbol }: VenueFile): void {
  const folder = join(home.dir, 'config', 'active')
  mkdirSync(folder, { recursive: true })
  const text = {
    metadata: { instance_id: venue, exchange: venue, symbol, strategy: 'perp_grid' },
    exchange_config: {
      ...{ mode: 'sandbox', capital: 2000, leverage: 2 },
      // Backpack has no other.
      margin_mode: venue === 'backpack' ? 'cross' : 'isolated',
      // Of a candle's volume; little, so that orders fill in parts.
      paper: { initial_balance: 5000, volume_share: 0.0003 },
    },
    strategy_config: {
      ...{ grid_type: 'neutral', grid_mode: 'geometric', auto_price: true },
      ...{ price_range: 4, grid_num: 91, order_notional: 60 },
      // Only the nearest, so that orders are withdrawn as the price moves.
      open_orders_max: 12,
    },
  }
  writeFileSync(join(folder, `${venue}.json`), `${JSON.stringify(text, null, 2)}\n`)
}

function checkConditions(home: DrillHome, report: DrillReport): void {
  const { sandbox } = home.json('run/exchange.launch.json') as unknown as ExchangeLaunch
  const isHard = sandbox?.latencyMs === 150 && sandbox.hasRateLimits
  const said = `${sandbox?.latencyMs} ms there and back, rate limits ${sandbox?.hasRateLimits ? 'on' : 'off'}`
  report.check('conditions of the sandbox', isHard, said)
}

const deskName = ({ venue }: VenueFile): string => `desk-sandbox-${venue}-main`

/** Null while the desk does not answer. */
async function deskStatus(home: DrillHome, file: VenueFile): Promise<DeskStatus | null> {
  try {
    const path = join(home.dir, 'run', `${deskName(file)}.launch.json`)
    const { socket, token } = JSON.parse(readFileSync(path, 'utf8')) as DeskLaunch
    const desk = { name: deskName(file), socket, token }
    return (await askDesk(desk, { action: 'status' }, 1000)) as DeskStatus
  } catch {
    return null
  }
}

const NOT_TRADING = new Set(['reconciling', 'venue_unavailable', 'bot_lost', 'basis_behind'])

/** The account is compared with the venue, the bot is heard, orders rest, and no slot waits for either. */
function isTrading(status: DeskStatus | null): boolean {
  const [account] = status?.accounts ?? []
  const [instance] = account?.instances ?? []
  if (account?.is_reconciled !== true || instance?.is_bot_connected !== true) return false
  return !Object.values(instance.reasons).some((code) => NOT_TRADING.has(code))
}

/** Market time of the exchange, ms. */
function marketAt(home: DrillHome): number {
  const path = join(home.dir, 'database', 'exchange.db')
  const database = new DatabaseSync(path, { readOnly: true, timeout: 3000 })
  try {
    return Number(database.prepare('SELECT max(market_at) AS at FROM feeds').get()?.['at'])
  } finally {
    database.close()
  }
}

const resting = ({ orders }: Statement): number =>
  orders.filter(({ status }) => status === 'open').length

/** Until each has traded long enough to have been filled in parts, withdrawn orders and paid or got funding. */
async function untilTrading(
  home: DrillHome,
  runs: readonly VenueRun[],
  report: DrillReport,
): Promise<readonly VenueRun[]> {
  const files = runs.map(({ file }) => ({ id: file.venue, venue: file.venue, base: 'SOL' }))
  try {
    await home.untilRunning(files, 60_000)
  } catch {
    // Told below, venue by venue.
  }
  const rows = await home.rows()
  const trading: VenueRun[] = []
  for (const run of runs) {
    const row = rows.get(run.file.venue)
    const isUp = row?.state === 'running'
    report.check(`${run.file.venue}: connected`, isUp, `${row?.state}${row?.reason ?? ''}`)
    if (isUp) trading.push(run)
  }
  const from = marketAt(home)
  const isDone = () => {
    for (const run of trading) look(home, run)
    return (
      marketAt(home) - from >= TRADED_MS &&
      trading.every(({ file }) => {
        const { partly, canceled, payments } = tallyOf(statementOf(home, file))
        return partly > 0 && canceled > 0 && payments > 0
      })
    )
  }
  await until('each venue has seen everything', isDone, TRADE_LIMIT_MS).catch(() => undefined)
  return trading
}

function look(home: DrillHome, run: VenueRun): Statement {
  const statement = statementOf(home, run.file)
  run.restingMax = Math.max(run.restingMax, resting(statement))
  return statement
}

async function watch(home: DrillHome, runs: readonly VenueRun[], forMs: number): Promise<void> {
  const end = performance.now() + forMs
  while (performance.now() < end) {
    for (const run of runs) look(home, run)
    await pause(500)
  }
}

/** @returns ms from the kill to trading again, null when that takes too long */
async function killDesk(home: DrillHome, { file, upMs }: VenueRun): Promise<number | null> {
  const before = statementOf(home, file).orders.length
  // Orders are on their way when one has just come.
  await until(
    'a new order',
    () => statementOf(home, file).orders.length > before,
    NEW_ORDER_LIMIT_MS,
  ).catch(() => undefined)
  const pid = Number(readFileSync(join(home.dir, 'run', `${deskName(file)}.pid`), 'utf8'))
  process.kill(pid, 'SIGKILL')
  const killedAt = performance.now()
  const limitMs = killedAt + 60_000
  let isUp = false
  while (performance.now() < limitMs) {
    const status = await deskStatus(home, file)
    if (status !== null && !isUp) upMs.push(performance.now() - killedAt)
    isUp ||= status !== null
    if (isTrading(status)) return performance.now() - killedAt
    await pause(20)
  }
  return null
}

async function untilQuiet(home: DrillHome, runs: readonly VenueRun[]): Promise<void> {
  const isQuiet = () => {
    const into = marketAt(home) % HOUR_MS
    if (into < QUIET_FROM_MS || into > QUIET_UNTIL_MS) return false
    return runs.every(({ file }) => isBooked(home, file))
  }
  await until('a time without funding', isQuiet, QUIET_LIMIT_MS)
}

async function stopAll(home: DrillHome, runs: readonly VenueRun[]): Promise<void> {
  await untilQuiet(home, runs)
  const before = runs.map(({ file }) => tallyOf(statementOf(home, file)).canceled)
  const ids = runs.map(({ file }) => file.venue)
  const { code, stderr } = await home.run('stop', ...ids, '--orders', 'cancel')
  if (code !== 0) throw new Error(`stop ended with ${code}: ${stderr}`)
  const isEmpty = () => runs.every(({ file }) => resting(statementOf(home, file)) === 0)
  await until('no order rests', isEmpty)
  for (const [index, run] of runs.entries()) {
    const { canceled } = tallyOf(statementOf(home, run.file))
    run.canceledByStop = canceled - (before[index] ?? 0)
  }
}

/** Stops all, starts all: the books are taken up again, and orders rest again. */
async function restart(home: DrillHome, runs: readonly VenueRun[]): Promise<void> {
  await stopAll(home, runs)
  const startedAt = performance.now()
  const { code, stderr } = await home.run('start', ...runs.map(({ file }) => file.venue))
  if (code !== 0) throw new Error(`start ended with ${code}: ${stderr}`)
  const isBack = async () => {
    for (const run of runs) {
      if (run.restartMs !== null) continue
      const isUp = isTrading(await deskStatus(home, run.file))
      if (isUp && resting(look(home, run)) > 0) run.restartMs = performance.now() - startedAt
    }
    return runs.every(({ restartMs }) => restartMs !== null)
  }
  await until('all trade again', isBack, 60_000).catch(() => undefined)
}

async function untilSettled(home: DrillHome, runs: readonly VenueRun[]): Promise<void> {
  const isDone = () => runs.every(({ file }) => isSettled(home, file))
  await until('everything is settled', isDone, SETTLE_LIMIT_MS).catch(() => undefined)
}

function judge(home: DrillHome, runs: readonly VenueRun[], report: DrillReport): void {
  const rows: unknown[][] = []
  for (const run of runs) {
    const { venue } = run.file
    const { orders, partly, canceled, fills, payments } = tallyOf(statementOf(home, run.file))
    const verdict = compareVenue(home, run.file)
    const { lost, doubled, orphaned, invented, unsettled, differences } = verdict
    const slowest = Math.max(...run.backMs.map((ms) => ms ?? Number.POSITIVE_INFINITY))
    const has = (what: string, count: number) =>
      report.check(`${venue}: ${what}`, count > 0, `${count}`)
    has('orders rest', run.restingMax)
    has('orders filled in parts', partly)
    has('orders canceled', canceled)
    has('funding payments', payments)
    has('canceled by stop', run.canceledByStop)
    report.check(
      `${venue}: back within 5 s`,
      slowest <= BACK_LIMIT_MS,
      `slowest ${seconds(slowest)} s`,
    )
    report.check(`${venue}: restarted`, run.restartMs !== null, `${seconds(run.restartMs)} s`)
    const none = (what: string, faults: readonly string[], of: string) =>
      report.check(`${venue}: ${what}`, faults.length === 0, [of, ...faults.slice(0, 5)].join('; '))
    none('lost', [...lost, ...invented], `${lost.length + invented.length} of ${orders} orders`)
    none('doubled', [...doubled, ...orphaned], `${doubled.length + orphaned.length}`)
    none('unsettled', unsettled, `${unsettled.length}`)
    none('venue = desk = bot', differences, `${fills} fills, ${payments} payments`)
    rows.push([
      ...[venue, orders, run.restingMax, fills, partly, canceled, payments],
      ...[run.backMs.map(seconds).join(' '), run.upMs.map(seconds).join(' ')],
      seconds(run.restartMs),
      ...[lost.length + invented.length, doubled.length + orphaned.length, differences.length],
    ])
  }
  const head = [
    ...['venue', 'orders', 'resting at most', 'fills', 'orders filled in parts', 'canceled'],
    ...[
      'funding payments',
      'kill -9 of the desk: back after s',
      'its process answers after s',
      'start: trading after s',
    ],
    ...['lost', 'doubled', 'figures that differ'],
  ]
  report.section(`## Four venues over real sockets\n\n${table(head, rows)}`)
}
