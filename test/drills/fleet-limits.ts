/** What an instance may use: each limit acts within its time, is told with its numbers, counted, and touches nobody else. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { CPU_WINDOW_MS, MEMORY_OVER_MS } from '../../src/fleet/usage-watch.ts'
import { until } from '../integration/fleet-home.ts'
import { table } from './figures.ts'
import { type Fault, heal, inject } from './fleet-fault.ts'
import { type FleetFile, fleetFiles, writeFleetFile } from './fleet-files.ts'
import { DrillHome, type DrillReport, standing, touched } from './fleet-home.ts'

const PROBE_S = 2
const SLACK_MS = 6000
/** A busy loop is seen by its processor time or by its silence, whichever is first: here probes must not act. */
const LONG_PROBE_S = 600
const FLOOD_MB = 2

interface Row {
  readonly what: string
  readonly limit: string
  readonly tookMs: number
  readonly allowedMs: number
  readonly said: string
}

export async function limitsDrill(report: DrillReport): Promise<void> {
  const home = new DrillHome()
  const [hog, loop, silent, crashing, flood, bystander] = fleetFiles(6) as FleetFile[]
  if (!hog || !loop || !silent || !crashing || !flood || !bystander) return
  const write = (file: FleetFile, daemon: Record<string, unknown>) =>
    writeFleetFile(home.dir, file, { canFail: true, daemon })
  write(hog, { memory_limit_mb: 150, health_check_interval: LONG_PROBE_S })
  // On a machine that is short of processor time a loop may get less than the usual 80 %.
  write(loop, { health_check_interval: LONG_PROBE_S, cpu_limit_percent: 30 })
  write(silent, { health_check_interval: PROBE_S })
  write(crashing, { crash_loop: { exits: 5, window_s: 300 } })
  write(flood, { health_check_interval: LONG_PROBE_S, cpu_limit_percent: 100 })
  write(bystander, {})
  const rows: Row[] = []
  try {
    process.env['PERPFLEET_LOGGING_MAX_SIZE_MB'] = String(FLOOD_MB)
    await home.up()
    await home.untilRunning([hog, loop, silent, crashing, flood, bystander])
    const before = await standing(home)
    rows.push(
      await killedFor(home, hog, 'hog', 'memory_limit_mb 150', MEMORY_OVER_MS + SLACK_MS, /memory/),
      await killedFor(
        home,
        loop,
        'loop',
        'cpu_limit_percent 30',
        CPU_WINDOW_MS + SLACK_MS,
        /of a core/,
      ),
      await frozen(home, silent),
      await crashLoop(home, crashing),
      await flooded(home, flood),
    )
    const except = [hog, loop, silent, crashing, flood].map(({ id }) => id)
    const others = await touched(home, before, except)
    report.check('others untouched', others.length === 0, others.join('; ') || bystander.id)
  } finally {
    delete process.env['PERPFLEET_LOGGING_MAX_SIZE_MB']
    await home.run('down', '--stop-bots')
    await home.close()
  }
  for (const { what, tookMs, allowedMs, said } of rows) {
    report.check(
      what,
      tookMs <= allowedMs,
      `${(tookMs / 1000).toFixed(1)} s of ${allowedMs / 1000} s: ${said}`,
    )
  }
  const cells = rows.map((row) => [
    row.what,
    row.limit,
    (row.tookMs / 1000).toFixed(1),
    row.allowedMs / 1000,
    row.said,
  ])
  report.section(
    `## Limits\n\n${table(['fault', 'limit', 'acted after s', 'allowed s', 'said'], cells)}`,
  )
}

async function killedFor(
  home: DrillHome,
  { id }: FleetFile,
  fault: Fault,
  limit: string,
  allowedMs: number,
  said: RegExp,
): Promise<Row> {
  const before = await home.row(id)
  inject(home.dir, id, fault)
  const from = performance.now()
  await until(
    `${fault} is acted on`,
    async () => (await home.row(id)).pid !== before.pid,
    allowedMs * 3,
  )
  const tookMs = performance.now() - from
  heal(home.dir, id)
  await until('it runs again', async () => (await home.row(id)).state === 'running')
  const { restarts } = await home.row(id)
  const line = await killLine(home, id)
  const isTold = said.test(line) && restarts > before.restarts
  return {
    what: fault,
    limit,
    tookMs: isTold ? tookMs : Number.POSITIVE_INFINITY,
    allowedMs,
    said: line,
  }
}

async function killLine(home: DrillHome, id: string): Promise<string> {
  const { stdout } = await home.run('logs', id, '--stream', 'daemon', '--grep', 'killed', '-n', '1')
  return /killed: it [^"]+/.exec(stdout)?.[0] ?? `not told: ${stdout}`
}

/** Stopped by a signal: it uses nothing and answers nothing. */
async function frozen(home: DrillHome, { id }: FleetFile): Promise<Row> {
  const before = await home.row(id)
  process.kill(before.pid ?? 0, 'SIGSTOP')
  const from = performance.now()
  await until(
    'the silent one is replaced',
    async () => (await home.row(id)).pid !== before.pid,
    60_000,
  )
  const tookMs = performance.now() - from
  const said = await killLine(home, id)
  return {
    what: 'unresponsive',
    limit: `health_check_interval ${PROBE_S}`,
    tookMs,
    allowedMs: PROBE_S * 1000 + 15_000,
    said,
  }
}

async function crashLoop(home: DrillHome, { id }: FleetFile): Promise<Row> {
  const from = performance.now()
  inject(home.dir, id, 'crash')
  await until('quarantined', async () => (await home.row(id)).state === 'quarantined', 60_000)
  const tookMs = performance.now() - from
  const { reason, last_lines: lines } = await home.row(id)
  const isKept = lines.some((line) => line.includes('the drill crashes this bot'))
  heal(home.dir, id)
  await home.run('start', id)
  await until('released', async () => (await home.row(id)).state === 'running')
  const said = `${reason}; ${isKept ? 'last log kept' : 'the last log is missing'}`
  return {
    what: 'crash loop',
    limit: '5 exits in 300 s',
    tookMs: isKept ? tookMs : Number.POSITIVE_INFINITY,
    allowedMs: 30_000,
    said,
  }
}

/** 100 MB a second to its output: the file is cut again and again. */
async function flooded(home: DrillHome, { id }: FleetFile): Promise<Row> {
  const day = new Date().toISOString().slice(0, 10)
  const path = join(home.dir, 'logs', id, day, 'bot_stdout.log')
  const sizeMb = () => statSync(path).size / 1_048_576
  inject(home.dir, id, 'flood')
  await until('it floods', () => sizeMb() > FLOOD_MB, 20_000)
  const from = performance.now()
  let highest = 0
  await until('it is cut', () => {
    highest = Math.max(highest, sizeMb())
    return sizeMb() < highest
  })
  const tookMs = performance.now() - from
  heal(home.dir, id)
  process.kill((await home.row(id)).pid ?? 0, 'SIGKILL')
  await until('it runs again', async () => (await home.row(id)).state === 'running')
  return {
    what: 'log flood',
    limit: `max_size_mb ${FLOOD_MB}`,
    tookMs,
    allowedMs: 3000,
    said: `cut at ${highest.toFixed(0)} MB`,
  }
}
