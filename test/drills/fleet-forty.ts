/**
 * Forty instances on four paper accounts of one small machine: what each has of its own, what all of them cost, and that
 * killing one, filling the disk below one's log folder and looping one's strategy does not touch the others.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../integration/fleet-home.ts'
import { table } from './figures.ts'
import { heal, inject } from './fleet-fault.ts'
import { type FleetFile, fleetFiles, writeFleetFile } from './fleet-files.ts'
import { DrillHome, type DrillReport, pause, standing, touched } from './fleet-home.ts'
import { cpuSeconds, openFiles, pssMb, sum } from './fleet-proc.ts'

const COUNT = 40
const ACCOUNTS = 4
const PSS_LIMIT_MB = 1400
const CPU_LIMIT = 0.15
const CPU_SPAN_MS = 60_000
const SETTLE_MS = 20_000

export async function fortyDrill(report: DrillReport): Promise<void> {
  const home = new DrillHome()
  const files = fleetFiles(COUNT)
  const [killed, full, looped] = files as [FleetFile, FleetFile, FleetFile]
  try {
    for (const file of files) {
      const daemon = file === looped ? { health_check_interval: 2 } : {}
      writeFleetFile(home.dir, file, { canFail: file === looped, daemon })
    }
    const from = performance.now()
    await home.up()
    await home.untilRunning(files)
    report.check(
      'forty instances run',
      true,
      `${((performance.now() - from) / 1000).toFixed(1)} s after up`,
    )
    await pause(SETTLE_MS)
    await isolation(home, files, report)
    await cost(home, files, report)
    await killOne(home, killed, report)
    await fillOne(home, full, report)
    await loopOne(home, looped, report)
  } finally {
    await home.run('down', '--stop-bots')
    await home.close()
  }
}

/** Each has a process, a port, a log and a database that nobody else has. */
async function isolation(home: DrillHome, files: readonly FleetFile[], report: DrillReport) {
  const rows = await home.rows()
  const registry = home.json('logs/instances.json') as Record<string, { db_path: string }>
  const faults: string[] = []
  const shown = files.map(({ id, venue }) => {
    const row = rows.get(id)
    const pid = row?.pid ?? 0
    const logs = join(home.dir, 'logs', id)
    const database = join(home.dir, registry[id]?.db_path ?? '')
    const open = openFiles(pid).filter((path) => path.startsWith(home.dir))
    const others = open.filter((path) => !path.startsWith(`${logs}/`) && !path.startsWith(database))
    if (others.length > 0) faults.push(`${id} has ${others.join(', ')} open`)
    if (readFileSync(join(logs, 'bot.pid'), 'utf8').trim() !== String(pid))
      faults.push(`${id}: bot.pid`)
    if (!open.some((path) => path.startsWith(database))) faults.push(`${id}: no database open`)
    return [id, `${venue}/main`, pid, row?.port, `logs/${id}`, registry[id]?.db_path, open.length]
  })
  for (const [column, name] of [
    [2, 'pid'],
    [3, 'port'],
    [4, 'log folder'],
    [5, 'database'],
  ] as const) {
    const different = new Set(shown.map((cells) => cells[column])).size
    report.check(
      `isolation: ${name}`,
      different === files.length,
      `${different} different of ${files.length}`,
    )
  }
  report.check(
    'isolation: open files',
    faults.length === 0,
    faults.join('; ') || 'only its own logs and database',
  )
  const accounts = new Set(shown.map((cells) => cells[1])).size
  report.check('accounts', accounts === ACCOUNTS, String(accounts))
  const head = [
    'instance',
    'account',
    'pid',
    'port',
    'log',
    'database',
    'open files below the home',
  ]
  report.section(`## Isolation\n\n${table(head, shown)}`)
}

interface Cost {
  readonly name: string
  readonly pids: readonly number[]
}

async function cost(home: DrillHome, files: readonly FleetFile[], report: DrillReport) {
  const rows = await home.rows()
  const groups: Cost[] = [
    { name: '40 bots', pids: files.map(({ id }) => rows.get(id)?.pid ?? 0) },
    { name: 'desk', pids: [home.servicePid('desk-paper')] },
    { name: 'exchange', pids: [home.servicePid('exchange')] },
    { name: 'control plane', pids: [home.controlPid()] },
  ]
  const before = groups.map(({ pids }) => sum(pids.map(cpuSeconds)))
  const from = performance.now()
  await pause(CPU_SPAN_MS)
  const spanS = (performance.now() - from) / 1000
  const lines = groups.map(({ name, pids }, index) => {
    const cores = (sum(pids.map(cpuSeconds)) - (before[index] ?? 0)) / spanS
    return { name, cores, pss: sum(pids.map(pssMb)) }
  })
  const trading = lines.filter(({ name }) => name !== 'control plane')
  const cores = sum(trading.map((one) => one.cores))
  const pss = sum(trading.map((one) => one.pss))
  const shown = [...lines, { name: 'bots, desk, exchange', cores, pss }]
  const figures = shown.map((one) => [one.name, one.cores.toFixed(3), one.pss.toFixed(0)])
  report.section(
    `## Cost at one update a second\n\nDemo market × 60 (a candle of one minute each second), ${spanS.toFixed(0)} s; PSS of /proc/PID/smaps_rollup.\n\n${table(['what', 'cores', 'PSS MB'], figures)}`,
  )
  report.check('processor time', cores <= CPU_LIMIT, `${cores.toFixed(3)} of ${CPU_LIMIT} core`)
  report.check('memory', pss <= PSS_LIMIT_MB, `${pss.toFixed(0)} of ${PSS_LIMIT_MB} MB PSS`)
}

async function killOne(home: DrillHome, { id }: FleetFile, report: DrillReport) {
  const before = await standing(home)
  const from = performance.now()
  process.kill(before.get(id)?.pid ?? 0, 'SIGKILL')
  await until(`${id} is back`, async () => {
    const now = await home.row(id)
    return now.state === 'running' && now.pid !== before.get(id)?.pid
  })
  const backMs = performance.now() - from
  const others = await touched(home, before, [id])
  report.check(
    'kill -9 of one',
    others.length === 0,
    others.join('; ') || `back after ${backMs.toFixed(0)} ms, 39 others untouched`,
  )
}

/** Its log folder becomes a small file system that is full, and its process begins anew on it. */
async function fillOne(home: DrillHome, { id }: FleetFile, report: DrillReport) {
  const logs = join(home.dir, 'logs', id)
  await home.run('stop', id)
  if (!mount(logs)) {
    report.check('full disk below one log folder', true, 'skipped: this user may not mount a tmpfs')
    await home.run('start', id)
    return
  }
  try {
    fill(join(logs, 'ballast'))
    const before = await standing(home)
    await home.run('start', id)
    await until(`${id} runs on a full disk`, async () => (await home.row(id)).state === 'running')
    const fillsBefore = (await home.row(id)).fills ?? 0
    await until(
      `${id} trades on`,
      async () => ((await home.row(id)).fills ?? 0) > fillsBefore,
      120_000,
    )
    const others = await touched(home, before, [id])
    report.check(
      'full disk below one log folder',
      others.length === 0,
      others.join('; ') || 'it trades on without a log, 39 others untouched',
    )
    const { restarts } = await home.row(id)
    report.check(
      'no restart by a full disk',
      restarts === (before.get(id)?.restarts ?? 0),
      `${restarts} restarts`,
    )
  } finally {
    await home.run('stop', id)
    execFileSync('umount', ['-l', logs])
    await home.run('start', id)
  }
}

export function mount(folder: string): boolean {
  try {
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export function fill(path: string): void {
  try {
    writeFileSync(path, Buffer.alloc(1024 * 1024))
  } catch {
    // That is what was wanted: it has taken all the room there was.
  }
}

async function loopOne(home: DrillHome, { id }: FleetFile, report: DrillReport) {
  const before = await standing(home)
  const from = performance.now()
  inject(home.dir, id, 'loop')
  await until(`${id} is silent`, async () => (await home.row(id)).state !== 'running', 60_000)
  heal(home.dir, id)
  await until(
    `${id} is back`,
    async () => {
      const now = await home.row(id)
      return now.state === 'running' && now.restarts > (before.get(id)?.restarts ?? 0)
    },
    60_000,
  )
  const backS = ((performance.now() - from) / 1000).toFixed(1)
  const fills = (rows: Awaited<ReturnType<typeof standing>>) =>
    sum([...rows].filter(([one]) => one !== id).map(([, row]) => row.fills))
  const others = await touched(home, before, [id])
  const traded = fills(await standing(home)) - fills(before)
  report.check(
    'loop in one strategy',
    others.length === 0,
    others.join('; ') ||
      `killed and back after ${backS} s; 39 others untouched, ${traded} fills meanwhile`,
  )
}
