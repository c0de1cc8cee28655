/**
 * kill -9 of the control plane under load, then of everything at once as a power failure does: the next control plane
 * adopts what lives, resumes what should run, picks up a file that was edited meanwhile, and believes no stale pid.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SqliteFleetStore } from '../../src/adapters/stores/sqlite-fleet-store.ts'
import { until } from '../integration/fleet-home.ts'
import { type FleetFile, fleetFiles, writeFleetFile } from './fleet-files.ts'
import { DrillHome, type DrillReport, pause, type Standing, standing } from './fleet-home.ts'
import { sum } from './fleet-proc.ts'

const COUNT = 40
const ALONE_MS = 15_000

export async function survivalDrill(report: DrillReport): Promise<void> {
  const home = new DrillHome()
  const files = fleetFiles(COUNT)
  for (const file of files) writeFleetFile(home.dir, file)
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    stdio: 'ignore',
  })
  try {
    await home.up()
    await home.untilRunning(files)
    await controlKilled(home, report)
    await everythingKilled(home, files, stranger, report)
  } finally {
    stranger.kill('SIGKILL')
    await home.run('down', '--stop-bots')
    await home.close()
  }
}

const fillsOf = (rows: ReadonlyMap<string, Standing>): number =>
  sum([...rows.values()].map(({ fills }) => fills))

async function controlKilled(home: DrillHome, report: DrillReport) {
  const before = await standing(home)
  process.kill(home.controlPid(), 'SIGKILL')
  const killedAt = performance.now()
  await pause(ALONE_MS)
  const alive = home.pidsOf('bot').length
  report.check(
    'bots go on without a control plane',
    alive === COUNT,
    `${alive} of ${COUNT} after ${ALONE_MS / 1000} s`,
  )
  // One of them ends while nobody looks: the next control plane starts it again.
  const [orphan = ''] = [...before.keys()]
  process.kill(before.get(orphan)?.pid ?? 0, 'SIGKILL')
  await home.up()
  const upS = ((performance.now() - killedAt - ALONE_MS) / 1000).toFixed(1)
  await until('everybody runs', async () =>
    [...(await home.rows()).values()].every(({ state }) => state === 'running'),
  )
  const after = await standing(home)
  const same = [...before].filter(([id, { pid }]) => after.get(id)?.pid === pid).length
  report.check(
    'up adopts the same processes',
    same === COUNT - 1,
    `${same} of ${COUNT - 1} with the same pid, up took ${upS} s`,
  )
  report.check(
    'what ended meanwhile is started again',
    after.get(orphan)?.pid !== before.get(orphan)?.pid,
    orphan,
  )
  const traded = fillsOf(after) - fillsOf(before)
  report.check('traded on meanwhile', traded > 0, `${traded} fills`)
  oneOfEach(home, report, COUNT)
}

/** No second process for any instance, no second desk, no second exchange. */
function oneOfEach(home: DrillHome, report: DrillReport, bots: number) {
  const counts = [home.pidsOf('bot'), home.pidsOf('desk'), home.pidsOf('exchange')].map(
    ({ length }) => length,
  )
  const isRight = counts[0] === bots && counts[1] === 1 && counts[2] === 1
  report.check('no doubles', isRight, `${counts[0]} bots, ${counts[1]} desk, ${counts[2]} exchange`)
}

/** As after a power failure: nothing lives, the boot is another, pid files name whoever has the numbers now. */
async function everythingKilled(
  home: DrillHome,
  files: readonly FleetFile[],
  stranger: ChildProcess,
  report: DrillReport,
) {
  const [stopped, paused, edited, reused] = files as [FleetFile, FleetFile, FleetFile, FleetFile]
  await home.run('stop', stopped.id)
  await home.run('pause', paused.id)
  const before = await standing(home)
  const gridBefore = await linesOf(home, edited.id)
  for (const { pid } of home.processes()) process.kill(pid, 'SIGKILL')
  await until('nothing lives', () => home.processes().length === 0)
  forgeBoot(home, reused.id, stranger.pid ?? 0)
  writeFleetFile(home.dir, edited, { strategy: { grid_num: 31 } })
  writeFileSync(join(home.dir, 'logs', 'instances.json'), '{"half": {"config_fi')
  await home.up()
  const wanted = files.filter(({ id }) => id !== stopped.id && id !== paused.id)
  await home.untilRunning(wanted)
  const rows = await home.rows()
  report.check(
    'stopped stays stopped',
    rows.get(stopped.id)?.pid === null,
    `${rows.get(stopped.id)?.state}`,
  )
  await until('paused again', async () => (await home.row(paused.id)).state === 'paused')
  report.check('paused stays paused', true, 'paused')
  const after = await standing(home)
  const kept = [...before].filter(([id, { fills }]) => (after.get(id)?.fills ?? 0) >= fills).length
  report.check(
    'resumed with their books',
    kept === COUNT,
    `${kept} of ${COUNT} have at least the fills of before`,
  )
  report.check(
    'a foreign process with the pid is left alone',
    stranger.exitCode === null && stranger.signalCode === null,
    `pid ${stranger.pid} lives`,
  )
  report.check(
    'the instance with the foreign pid runs anew',
    rows.get(reused.id)?.pid !== stranger.pid,
    `pid ${rows.get(reused.id)?.pid}`,
  )
  const gridAfter = await linesOf(home, edited.id)
  report.check(
    'a file edited meanwhile is picked up',
    gridBefore === 41 && gridAfter === 31,
    `${gridBefore} → ${gridAfter} lines`,
  )
  const registry = Object.keys(home.json('logs/instances.json')).length
  report.check('a half-written registry is made again', registry === COUNT, `${registry} entries`)
  oneOfEach(home, report, COUNT - 1)
}

async function linesOf(home: DrillHome, id: string): Promise<number> {
  const { port } = await home.row(id)
  const answer = await fetch(`http://127.0.0.1:${port}/api/status`)
  const { parameters } = (await answer.json()) as { parameters?: { grid_num?: number } }
  return Number(parameters?.grid_num)
}

/** All records are of another boot; one pid, in record and pid file, belongs to a stranger of this boot. */
function forgeBoot(home: DrillHome, id: string, pid: number) {
  const store = new SqliteFleetStore(join(home.dir, 'database', 'fleet.db'))
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  for (const record of store.processes()) {
    const isReused = record.name === `bot-${id}`
    store.saveProcess(
      isReused ? { ...record, pid, startTime } : { ...record, bootId: 'the boot before' },
    )
  }
  store.close()
  writeFileSync(join(home.dir, 'logs', id, 'bot.pid'), `${pid}\n`)
}
