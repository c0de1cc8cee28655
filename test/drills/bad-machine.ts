/** A machine that fails: a full disk, a home that nobody may write, a clock that is set, and very many files. */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { until } from '../integration/fleet-home.ts'
import { type BadInputReport, halfWritten, othersTrade, sentencesOf } from './bad-report.ts'
import { type FleetFile, fleetFiles, writeFleetFile } from './fleet-files.ts'
import { fill } from './fleet-forty.ts'
import { DrillHome, pause, standing } from './fleet-home.ts'

const isRoot = process.getuid?.() === 0

/** @returns whether it could be mounted; only root may */
function mountSmall(folder: string, size: string): boolean {
  mkdirSync(folder, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], {
      stdio: 'ignore',
    })
    return true
  } catch {
    return false
  }
}

const unmount = (folder: string): void => void execFileSync('umount', ['-l', folder])

/** The database of one instance lies on a disk of 2 MB that is full: it trades on, and so do all others. */
export async function fullDiskOfOne(
  home: DrillHome,
  file: FleetFile,
  rows: BadInputReport,
): Promise<void> {
  const fault = 'the disk of one database full (tmpfs of 2 MB)'
  const folder = join(home.dir, 'small')
  if (!mountSmall(folder, '2m')) {
    rows.skipped(fault, 'this user may not mount a tmpfs')
    return
  }
  try {
    writeFleetFile(home.dir, file, { daemon: { db_path: 'small/{id}.db' } })
    await until('it runs', async () => (await home.rows()).get(file.id)?.state === 'running')
    const before = await standing(home)
    fillUp(folder)
    const others = await othersTrade(home, before)
    const first = (await standing(home)).get(file.id)?.fills ?? 0
    await until(
      'the instance itself trades on',
      async () => ((await standing(home)).get(file.id)?.fills ?? 0) > first,
      90_000,
    )
    emptyAgain(folder)
    rows.found({
      fault,
      said: [],
      expected: [],
      others: `${others.text}; ${file.id} trades on too`,
      trouble: [...others.trouble, ...halfWritten(home)],
    })
  } finally {
    await home.run('stop', file.id)
    rmSync(join(home.dir, 'config', 'active', `${file.id}.json`))
    await until('it is gone', async () => !(await home.rows()).has(file.id))
    unmount(folder)
  }
}

/** All the room there is, in blocks and in what is left behind them. */
function fillUp(folder: string): void {
  for (let at = 0; at < 64; at += 1) fill(join(folder, `ballast-${at}`))
  for (let at = 0; at < 64; at += 1) {
    try {
      writeFileSync(join(folder, `rest-${at}`), Buffer.alloc(4096))
    } catch {
      return
    }
  }
}

function emptyAgain(folder: string): void {
  for (const name of readdirSync(folder))
    if (/^(ballast|rest)-/.test(name)) rmSync(join(folder, name))
}

/** The whole home on a disk that is full: nothing is half-written, and with room everybody trades again. */
export async function fullDiskOfAll(rows: BadInputReport): Promise<void> {
  const fault = 'the disk of the whole home full (tmpfs of 32 MB)'
  const home = new DrillHome()
  if (!mountSmall(home.dir, '32m')) {
    rows.skipped(fault, 'this user may not mount a tmpfs')
    await home.close()
    return
  }
  const files = fleetFiles(3)
  for (const file of files) writeFleetFile(home.dir, file)
  try {
    await home.up('--speed', '600')
    await home.untilRunning(files)
    const before = await standing(home)
    fillUp(home.dir)
    await pause(8000)
    const [source] = files
    const made = await home.run('config', 'new', 'grid_neutral', 'too_much')
    const trouble = [
      ...(made.code === 0 ? ['config new found room'] : []),
      ...(existsSync(join(home.dir, 'config', 'active', 'too_much.json')) ? ['half a file'] : []),
      ...halfWritten(home),
    ]
    emptyAgain(home.dir)
    const first = (await standing(home)).get(source?.id ?? '')?.fills ?? 0
    await home.untilRunning(files)
    const others = await othersTrade(home, await standing(home))
    const restarts = [...(await standing(home))].filter(
      ([id, { restarts: now }]) => now !== before.get(id)?.restarts,
    )
    rows.found({
      fault,
      said: sentencesOf(made.stderr).map((text) => text.replaceAll(home.dir, '~')),
      expected: [/^~\/\S+ cannot be written.*(full|make room there)/],
      others: `with room again: ${others.text} (${first} before), ${restarts.length} bots restarted`,
      trouble: [...trouble, ...halfWritten(home)],
    })
  } finally {
    await home.run('down', '--stop-bots')
    for (const { pid } of home.processes()) process.kill(pid, 'SIGKILL')
    unmount(home.dir)
    await home.close()
  }
}

/** The home becomes read-only below living processes: they trade on, every command that writes says so in a sentence. */
export async function readOnlyHome(rows: BadInputReport): Promise<void> {
  const fault = 'the home becomes read-only'
  const home = new DrillHome()
  const files = fleetFiles(3)
  for (const file of files) writeFleetFile(home.dir, file)
  await home.up('--speed', '600')
  await home.untilRunning(files)
  const [one, two] = files
  const lock = lockHome(home.dir)
  try {
    if (lock === null) {
      rows.skipped(fault, 'this user may not mount')
      return
    }
    const others = await othersTrade(home, await standing(home))
    process.kill(home.controlPid(), 'SIGKILL')
    await until('the control plane is gone', () => home.pidsOf('control').length === 0)
    const commands: readonly (readonly string[])[] = [
      ['up', '--detach', '--port', '0'],
      ['cleanup'],
      ['pause', one?.id ?? ''],
      ['stop', two?.id ?? ''],
      ['init'],
      ['config', 'new', 'grid_neutral', 'unwritten'],
      ['config', 'archive', two?.id ?? ''],
      ['down', '--stop-bots'],
      ['cleanup'],
    ]
    for (const args of commands) {
      const { code, stderr } = await home.run(...args)
      const isDone = args[0] === 'down'
      const sentence = /cannot be written \(.+\): (give this user write access|make it writable)/
      rows.found({
        fault: `${fault}: perpfleet ${args.join(' ')}`,
        said: sentencesOf(stderr).map((text) => text.replaceAll(home.dir, '~')),
        expected: isDone ? [] : [sentence],
        others: others.text,
        trouble: [
          ...others.trouble,
          ...(code === (isDone ? 0 : 1) ? [] : [`exit code ${code}`]),
          ...(isDone && home.processes().length > 0 ? ['something still runs'] : []),
        ],
      })
    }
    const list = await home.run('list')
    rows.found({
      fault: `${fault}: perpfleet list`,
      said: sentencesOf(list.stderr),
      expected: [],
      others: others.text,
      trouble: list.code === 0 ? [] : [`exit code ${list.code}`],
    })
  } finally {
    lock?.()
    await home.run('down', '--stop-bots')
    await home.close()
  }
}

/** Nobody may write there any more. @returns what ends that; null when it cannot be done */
function lockHome(folder: string): (() => void) | null {
  if (!isRoot) {
    const places = ['', 'run', 'logs', 'database', 'config', 'config/active']
    for (const name of places) chmodSync(join(folder, name), 0o555)
    return () => {
      for (const name of places) chmodSync(join(folder, name), 0o755)
    }
  }
  try {
    // Over the folder itself: what is open stays open, whatever is opened from now on is read-only.
    execFileSync('mount', ['--bind', folder, folder], { stdio: 'ignore' })
    execFileSync('mount', ['-o', 'remount,ro,bind', folder], { stdio: 'ignore' })
    return () => unmount(folder)
  } catch {
    return null
  }
}

const DAY_MS = 86_400_000

/**
 * Every program of a home with a wall clock that follows a file: Date is shifted before the program's own modules are
 * loaded, also in whatever it starts. Files keep the time of the machine, as do SQLite and the kernel: what is shown is
 * what the programs make of a wall clock that is set, not a kernel whose time is set.
 */
const SHIFTED_DATE = `
import { readFileSync, statSync } from 'node:fs'
import childProcess from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
const file = process.env.DRILL_CLOCK_FILE
const RealDate = Date
let shift = 0, stamp = 0
const look = () => {
  try {
    const { mtimeMs } = statSync(file)
    if (mtimeMs !== stamp) { stamp = mtimeMs; shift = Number(readFileSync(file, 'utf8')) }
  } catch {}
}
look()
setInterval(look, 20).unref()
globalThis.Date = class extends RealDate {
  constructor(...given) { given.length === 0 ? super(RealDate.now() + shift) : super(...given) }
  static now() { return RealDate.now() + shift }
}
const { spawn } = childProcess
childProcess.spawn = (program, args, options) => {
  const { NODE_OPTIONS, DRILL_CLOCK_FILE } = process.env
  return spawn(program, args, { ...options, env: { ...options?.env, NODE_OPTIONS, DRILL_CLOCK_FILE } })
}
syncBuiltinESMExports()
`

/** The wall clock is set forward by three days, back by ten, and right again. */
export async function clockJump(rows: BadInputReport): Promise<void> {
  const { NODE_OPTIONS } = process.env
  const home = new DrillHome(({ dir }) => ({
    NODE_OPTIONS: `${NODE_OPTIONS ?? ''} --import=${join(dir, 'clock.mjs')}`,
    DRILL_CLOCK_FILE: join(dir, 'clock'),
  }))
  writeFileSync(join(home.dir, 'clock.mjs'), SHIFTED_DATE)
  const set = (days: number) => writeFileSync(join(home.dir, 'clock'), String(days * DAY_MS))
  set(0)
  const files = fleetFiles(4)
  for (const file of files) writeFleetFile(home.dir, file)
  try {
    await home.up('--speed', '600')
    await home.untilRunning(files)
    for (const [name, days] of [
      ['three days forward', 3],
      ['ten days back', -7],
      ['right again', 0],
    ] as const) {
      const before = await standing(home)
      const folders = dayFolders(home)
      set(days)
      await pause(3000)
      const others = await othersTrade(home, before)
      const gone = folders.filter((folder) => !existsSync(folder))
      rows.found({
        fault: `the clock is set: ${name}`,
        said: [],
        expected: [],
        others: others.text,
        trouble: [
          ...others.trouble,
          ...gone.map((folder) => `${folder} was removed`),
          ...halfWritten(home),
        ],
      })
    }
  } finally {
    await home.run('down', '--stop-bots')
    await home.close()
  }
}

const dayFolders = (home: DrillHome): string[] =>
  readdirSync(join(home.dir, 'logs'), { recursive: true })
    .map(String)
    .filter((name) => /\d{4}-\d{2}-\d{2}$/.test(name))
    .map((name) => join(home.dir, 'logs', name))

const MANY = 5000
/** Of processor time, for one command. */
const QUICK_MS = 3000

/** Variables with which a command writes down the processor time it took, ms: the machine may have other things to do. */
function cpuMeter(folder: string) {
  const program = join(folder, 'cpu-meter.mjs')
  const text = `import { writeFileSync } from 'node:fs'
process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  writeFileSync(process.env.DRILL_CPU_FILE, String((user + system) / 1000))
})`
  writeFileSync(program, text)
  return { NODE_OPTIONS: `--import=${program}`, DRILL_CPU_FILE: join(folder, 'cpu') }
}

/** 5,000 files, most of them good and kept from starting, some faulty; two that trade. */
export async function manyFiles(rows: BadInputReport): Promise<void> {
  const home = new DrillHome()
  const running = fleetFiles(2)
  const faulty = writeMany(home)
  for (const file of running) writeFleetFile(home.dir, file)
  const meter = cpuMeter(home.dir)
  const times: string[] = []
  const slow: string[] = []
  const timed = async (name: string, args: readonly string[]) => {
    const from = performance.now()
    const ran = await home.runWith(meter, ...args)
    const wallS = ((performance.now() - from) / 1000).toFixed(1)
    const ms = Number(readFileSync(meter.DRILL_CPU_FILE, 'utf8'))
    times.push(`${name} ${(ms / 1000).toFixed(1)} s of a processor, ${wallS} s on the clock`)
    if (ms > QUICK_MS) slow.push(`${name} took ${(ms / 1000).toFixed(1)} s of a processor`)
    return ran
  }
  try {
    const validated = await timed('config validate', ['config', 'validate'])
    await timed('list without control plane', ['list'])
    await home.up('--speed', '600')
    await home.untilRunning(running)
    const ids = new Set(running.map(({ id }) => id))
    const before = new Map([...(await standing(home))].filter(([id]) => ids.has(id)))
    const listed = await timed('list', ['list', '--json'])
    const { items, faults } = JSON.parse(listed.stdout) as {
      items: readonly unknown[]
      faults: readonly string[]
    }
    const others = await othersTrade(home, before)
    const said = sentencesOf(validated.stderr)
    rows.found({
      fault: `${MANY} files in config/active/, ${faulty} of them faulty`,
      said: [`${said.length} sentences, the first: ${said[0]}`],
      expected: [new RegExp(`^${faulty} sentences, the first: config/active/many_`)],
      others: `${times.join(', ')}; ${others.text}`,
      trouble: [
        ...slow,
        ...others.trouble,
        ...(items.length === MANY - faulty + running.length
          ? []
          : [`${items.length} instances listed`]),
        ...(faults.length === faulty ? [] : [`list tells ${faults.length} faults`]),
        ...halfWritten(home),
      ],
    })
  } finally {
    await home.run('down', '--stop-bots')
    await home.close()
  }
}

/** @returns how many are faulty, each with one fault */
function writeMany(home: DrillHome): number {
  const active = join(home.dir, 'config', 'active')
  mkdirSync(active, { recursive: true })
  let faulty = 0
  for (let at = 0; at < MANY; at += 1) {
    const id = `many_${String(at).padStart(4, '0')}`
    const isFaulty = at % 10 === 3
    if (isFaulty) faulty += 1
    const text = {
      metadata: {
        instance_id: id,
        exchange: 'okx',
        symbol: 'SOL/USDC:USDC',
        strategy: 'perp_grid',
        autostart: false,
      },
      exchange_config: { mode: 'paper', account: id },
      strategy_config: {
        auto_price: true,
        price_range: 4,
        order_notional: 50,
        ...(isFaulty ? { grid_num: 'many' } : { grid_num: 21 }),
      },
    }
    writeFileSync(join(active, `${id}.json`), JSON.stringify(text, null, 2))
  }
  return faulty
}
