/**
 * What each venue's desk costs: want to journal and wire, memory, and the time from kill -9 to the next accepted order. The
 * reference is the target; what a bare part of it takes in the same run stands in the note. Writes reports/bench-venues.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { quantile, type Row, shownRatio } from './measure.ts'
import { type BenchVenue, benchVenues, VenueHome } from './venue-home.ts'
import { timeKills } from './venue-kill.ts'
import { measureMemory, RESTING } from './venue-memory.ts'
import { ORDERS_HOME, timeOrdersApart } from './venue-orders.ts'

const APPROVED_MS = { median: 0.5, p99: 3 }
const wireMs: Readonly<Record<BenchVenue, number>> = {
  okx: 1,
  hyperliquid: 3,
  backpack: 3,
  aster: 3,
  paper: 1,
}
const RSS_MB = 110
const RECOVERY_MS = 5000
/** Of the sandbox while desks are killed, there and back. */
const LATENCY_MS = 150
/** Market time against machine time while grids trade. */
const SPEED = 60

const REPORT = join(import.meta.dirname, '..', 'reports', 'bench-venues.json')

/** One line: what was measured, and what it may be at most. */
interface Figure {
  readonly venue: BenchVenue
  readonly what: string
  readonly unit: 'ms' | 'MB'
  readonly measured: number
  readonly target: number
  readonly note: string
}

const shown = (value: number, unit: Figure['unit']): string =>
  unit === 'MB' || value >= 100 ? `${value.toFixed(0)} ${unit}` : `${value.toFixed(3)} ${unit}`

const rowOf = ({ venue, what, unit, measured, target, note }: Figure): Row => ({
  what: `${venue}: ${what} (vs target)`,
  measured: shown(measured, unit),
  reference: `≤ ${target} ${unit}`,
  ratio: shownRatio(measured / target),
  note: measured <= target ? note : `MISSED; ${note}`,
  isMissed: measured > target,
})

async function orderFigures(): Promise<readonly Figure[]> {
  const home = new VenueHome(ORDERS_HOME)
  const figures: Figure[] = []
  try {
    await home.start()
    for (const venue of benchVenues) {
      const { approvedMs, wireMs: sentMs, ...bare } = timeOrdersApart(home, venue)
      const [wire, target] = [quantile(sentMs, 0.5), wireMs[venue]]
      const common = { venue, unit: 'ms' } as const
      const approved = 'want → journalled and approved'
      figures.push(
        {
          ...common,
          what: `${approved}, median`,
          measured: quantile(approvedMs, 0.5),
          target: APPROVED_MS.median,
          note: `a bare durable commit between two orders: ${bare.bareCommitMs.toFixed(3)} ms, in a row: ${bare.bareInARowMs.toFixed(3)} ms`,
        },
        {
          ...common,
          what: `${approved}, p99`,
          measured: quantile(approvedMs, 0.99),
          target: APPROVED_MS.p99,
          note: `${approvedMs.length} orders`,
        },
        {
          ...common,
          what: 'want → wire, signed, median',
          measured: wire,
          target,
          note: `p99 ${quantile(sentMs, 0.99).toFixed(3)} ms`,
        },
      )
    }
  } finally {
    await home.close()
  }
  return figures
}

async function memoryFigures(): Promise<readonly Figure[]> {
  if (process.platform !== 'linux') return []
  const home = new VenueHome({ speed: SPEED, latencyMs: LATENCY_MS, hasRateLimits: true })
  try {
    await home.start()
    const { desks, empty } = await measureMemory(home)
    return desks.map(({ venue, rssMb, pssMb, orders, events }) => ({
      venue,
      what: `desk after 60 s of a grid of ${RESTING} orders, RSS`,
      unit: 'MB',
      measured: rssMb,
      target: RSS_MB,
      note: `PSS ${pssMb.toFixed(0)} MB; ${orders} orders rest, ${events} events booked; an empty Node.js: ${empty.rssMb.toFixed(0)} / ${empty.pssMb.toFixed(0)} MB`,
    }))
  } finally {
    await home.close()
  }
}

async function killFigures(): Promise<readonly Figure[]> {
  const home = new VenueHome({ speed: 1, latencyMs: LATENCY_MS, hasRateLimits: true })
  try {
    await home.start()
    return [...(await timeKills(home, benchVenues))].map(([venue, times]) => ({
      venue,
      what: `kill -9 of the desk → reconciled, first order accepted; ${LATENCY_MS} ms latency, rate limits on; max of ${times.length}`,
      unit: 'ms',
      measured: Math.max(...times),
      target: RECOVERY_MS,
      note: `median ${quantile(times, 0.5).toFixed(0)} ms`,
    }))
  } finally {
    await home.close()
  }
}

export async function benchVenueDesks(): Promise<readonly Row[]> {
  const loadBefore = loadavg()[0] ?? 0
  const figures: Figure[] = []
  for (const part of [orderFigures, memoryFigures, killFigures]) {
    const found = await part()
    for (const { venue, what, measured, unit } of found)
      console.log(`${venue}: ${what}: ${shown(measured, unit)}`)
    figures.push(...found)
  }
  mkdirSync(dirname(REPORT), { recursive: true })
  const machine = { processor: cpus()[0]?.model.trim(), cores: cpus().length, loadBefore }
  const at = new Date().toISOString()
  const rows = figures.map((figure) => ({
    ...figure,
    ratio: figure.measured / figure.target,
    isMissed: figure.measured > figure.target,
  }))
  writeFileSync(
    REPORT,
    `${JSON.stringify({ at, node: process.version, machine, figures: rows })}\n`,
  )
  return figures.map(rowOf)
}
