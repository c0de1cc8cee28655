/** Places that are taken, damaged or strange while bots trade: ports, the registry, the database of the fleet, pid files. */
import { spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { until } from '../integration/fleet-home.ts'
import {
  type BadInputReport,
  halfWritten,
  othersTrade,
  sentencesOf,
  tradeOnAlone,
} from './bad-report.ts'
import type { FleetFile } from './fleet-files.ts'
import { type DrillHome, pause, type Standing, standing } from './fleet-home.ts'

const PORT = 8080

function listen(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', () => resolve(null))
    server.listen({ host: '127.0.0.1', port }, () => resolve(server))
  })
}

const samePids = (
  before: ReadonlyMap<string, Standing>,
  after: ReadonlyMap<string, Standing>,
): string[] =>
  [...before]
    .filter(([id, { pid }]) => after.get(id)?.pid !== pid)
    .map(([id, { pid }]) => `${id}: pid ${pid} → ${after.get(id)?.pid}`)

/** The control plane's own port belongs to another program: `up` refuses, the bots trade on. */
export async function portTaken(home: DrillHome, rows: BadInputReport): Promise<void> {
  const before = await standing(home)
  await home.run('down')
  const server = await listen(PORT)
  const { code, stderr } = await home.run('up', '--detach')
  const others = await tradeOnAlone(home)
  server?.close()
  await home.up()
  await home.untilRunning([...before.keys()].map((id) => ({ id, venue: '', base: '' })))
  rows.found({
    fault: `port ${PORT} belongs to another program`,
    said: sentencesOf(stderr),
    expected: [
      /^port 8080 of 127\.0\.0\.1 is taken by another program: choose another with --port$/,
    ],
    others,
    trouble: [
      ...(code === 4 ? [] : [`exit code ${code}`]),
      ...samePids(before, await standing(home)),
      ...halfWritten(home),
    ],
  })
}

/** The readable copy of the registry is cut, emptied and filled with nonsense while everything runs. */
export async function registryCut(home: DrillHome, rows: BadInputReport): Promise<void> {
  const before = await standing(home)
  const path = join(home.dir, 'logs', 'instances.json')
  const count = Object.keys(home.json('logs/instances.json')).length
  const trouble: string[] = []
  for (const spoil of [
    () => truncateSync(path, 37),
    () => writeFileSync(path, ''),
    () => writeFileSync(path, '{"half": {"config_fi'),
    () => rmSync(path),
  ]) {
    spoil()
    const { code } = await home.run('list')
    if (code !== 0) trouble.push(`list ended with ${code}`)
    await until('made again', () => halfWritten(home).length === 0)
    const now = Object.keys(home.json('logs/instances.json')).length
    if (now !== count) trouble.push(`${now} of ${count} entries`)
  }
  const others = await othersTrade(home, before)
  rows.found({
    fault: 'logs/instances.json cut, empty, half, removed',
    said: [],
    expected: [],
    others: `made again each time; ${others.text}`,
    trouble: [...trouble, ...others.trouble],
  })
}

/** The database of the fleet is damaged while no control plane runs; then a copy is put back. */
export async function fleetDatabaseCut(home: DrillHome, rows: BadInputReport): Promise<void> {
  const before = await standing(home)
  await home.run('down')
  const path = join(home.dir, 'database', 'fleet.db')
  const kept = `${path}.kept`
  copyFileSync(path, kept)
  const size = readFileSync(path).length
  const spoils: readonly (readonly [string, () => void])[] = [
    ['cut to 60 %', () => truncateSync(path, Math.floor(size * 0.6))],
    ['cut within its first page', () => truncateSync(path, 700)],
    ['half of a text', () => writeFileSync(path, '{"half": {"config_fi')],
  ]
  for (const [how, spoil] of spoils) {
    for (const ending of ['-wal', '-shm']) rmSync(`${path}${ending}`, { force: true })
    copyFileSync(kept, path)
    spoil()
    const spoilt = readFileSync(path)
    const up = await home.run('up', '--detach', '--port', '0')
    const list = await home.run('list')
    const others = await tradeOnAlone(home)
    const trouble = [
      ...(up.code === 1 ? [] : [`up ended with ${up.code}`]),
      ...(list.code === 1 || how === 'cut to 60 %' ? [] : [`list ended with ${list.code}`]),
      ...(sentencesOf(list.stderr).length <= 1 ? [] : [`list said ${list.stderr}`]),
      ...(readFileSync(path).equals(spoilt) ? [] : ['the damaged file was changed']),
      ...halfWritten(home),
    ]
    rows.found({
      fault: `database/fleet.db ${how}`,
      said: sentencesOf(up.stderr).map((text) => text.replaceAll(home.dir, '~')),
      expected: [/^~\/database\/fleet\.db is damaged \([^)]+.*\): put a copy of it back/],
      others,
      trouble,
    })
  }
  for (const ending of ['-wal', '-shm']) rmSync(`${path}${ending}`, { force: true })
  copyFileSync(kept, path)
  rmSync(kept)
  await home.up()
  await home.untilRunning([...before.keys()].map((id) => ({ id, venue: '', base: '' })))
  rows.found({
    fault: 'database/fleet.db put back from a copy',
    said: [],
    expected: [],
    others: 'up adopts the same processes',
    trouble: samePids(before, await standing(home)),
  })
}

/** Every pid file names another program that lives: it is left alone, and so is what it was mistaken for. */
export async function foreignPids(
  home: DrillHome,
  file: FleetFile,
  rows: BadInputReport,
): Promise<void> {
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    stdio: 'ignore',
  })
  const pid = stranger.pid ?? 0
  const before = await standing(home)
  try {
    const own = ['bot.pid', 'daemon.pid'].map((name) => join('logs', file.id, name))
    for (const name of [...own, 'run/exchange.pid', 'run/desk-paper.pid'])
      writeFileSync(join(home.dir, name), `${pid}\n`)
    const whileUp = await home.run('cleanup')
    process.kill(home.controlPid(), 'SIGKILL')
    await until('the control plane is gone', () => home.pidsOf('control').length === 0)
    const control = home.json('run/control.json')
    writeFileSync(join(home.dir, 'run', 'control.json'), JSON.stringify({ ...control, pid }))
    const lock = JSON.parse(readFileSync(join(home.dir, 'run', 'control.lock'), 'utf8')) as object
    writeFileSync(join(home.dir, 'run', 'control.lock'), JSON.stringify({ ...lock, pid }))
    for (const name of own) writeFileSync(join(home.dir, name), `${pid}\n`)
    const alone = await home.run('cleanup')
    const others = await tradeOnAlone(home)
    await home.up()
    await home.untilRunning([...before.keys()].map((id) => ({ id, venue: '', base: '' })))
    rows.found({
      fault: 'a living foreign pid in every pid file, in control.json and in control.lock',
      said: [],
      expected: [],
      others: `${others}; adopted with the same pids, the stranger lives`,
      trouble: [
        ...(whileUp.code === 0 && alone.code === 0
          ? []
          : [`cleanup: ${whileUp.stderr}${alone.stderr}`]),
        ...(stranger.exitCode === null && stranger.signalCode === null ? [] : ['it was ended']),
        ...samePids(before, await standing(home)),
        ...halfWritten(home),
      ],
    })
  } finally {
    stranger.kill('SIGKILL')
  }
}

/** The own port of an instance is taken while its bot is replaced: the next free one, told as a warning. */
export async function webPortTaken(
  home: DrillHome,
  file: FleetFile,
  rows: BadInputReport,
): Promise<void> {
  const before = await standing(home)
  const { port } = await home.row(file.id)
  await home.run('stop', file.id)
  const server = await listen(port ?? 0)
  await home.run('start', file.id)
  await until(`${file.id} runs`, async () => (await home.row(file.id)).state === 'running')
  const now = await home.row(file.id)
  const others = await othersTrade(home, before, [file.id])
  server?.close()
  rows.found({
    fault: `the port ${port} of ${file.id} belongs to another program`,
    said: [],
    expected: [],
    others: `it runs on port ${now.port}; ${others.text}`,
    trouble: [...others.trouble, ...(now.port === port ? ['it kept the port'] : [])],
  })
}

/** What is refused at a start: told before anything is begun. */
export async function refusedStarts(home: DrillHome, rows: BadInputReport): Promise<void> {
  const before = await standing(home)
  await home.run('down')
  const local = join(home.dir, 'config', 'local.yml')
  const text = existsSync(local) ? readFileSync(local, 'utf8') : null
  writeFileSync(local, 'api:\n  port: 80800\ntrading:\n  max_dayly_loss: 0.05\n')
  const { code, stderr } = await home.run('up', '--detach', '--port', '0')
  await pause(200)
  const others = await tradeOnAlone(home)
  if (text === null) rmSync(local)
  else writeFileSync(local, text)
  await home.up()
  await home.untilRunning([...before.keys()].map((id) => ({ id, venue: '', base: '' })))
  rows.found({
    fault: 'a start with two faults in config/local.yml',
    said: sentencesOf(stderr),
    expected: [
      /^config\/local\.yml:2: api\.port must be .+found 80800/,
      /^config\/local\.yml:4: trading\.max_dayly_loss is not a known key; did you mean max_daily_loss\?$/,
    ],
    others,
    trouble: [
      ...(code === 1 ? [] : [`exit code ${code}`]),
      ...samePids(before, await standing(home)),
      ...halfWritten(home),
    ],
  })
}
