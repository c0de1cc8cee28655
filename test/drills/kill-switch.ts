/**
 * The kill switch against real programs: flat by the exchange's own books, latched over the restart of whatever there is,
 * through an outage of the exchange and without control plane or desk, and left by `arm` alone.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../integration/fleet-home.ts'
import { table } from './figures.ts'
import { type FleetFile, fleetFiles, writeFleetFile } from './fleet-files.ts'
import { DrillHome, type DrillReport, pause } from './fleet-home.ts'
import { type Book, booksOf, isFlat, untilExposed, untilFlat } from './kill-books.ts'

const COUNT = 4
/** A latch that does not hold shows within a few rounds of the order loop. */
const WATCH_MS = 2500

export async function killSwitchDrill(report: DrillReport): Promise<void> {
  const home = new DrillHome()
  const files = fleetFiles(COUNT)
  for (const file of files) writeFleetFile(home.dir, file, { strategy: { grid_type: 'long' } })
  const drill = new KillDrill(home, files, report)
  try {
    await home.up('--speed', '300')
    await home.untilRunning(files)
    await drill.one()
    await drill.leavesByArmAlone()
    await drill.restarts()
    await drill.all()
    await drill.diesWithEverything()
    await drill.outage()
    await drill.withoutControlPlane()
    await drill.direct()
  } finally {
    await home.run('down', '--stop-bots')
    await home.close()
  }
  drill.finish()
}

class KillDrill {
  readonly #home: DrillHome
  readonly #files: readonly FleetFile[]
  readonly #report: DrillReport
  readonly #kills: (readonly unknown[])[] = []
  readonly #latches: (readonly unknown[])[] = []

  constructor(home: DrillHome, files: readonly FleetFile[], report: DrillReport) {
    this.#home = home
    this.#files = files
    this.#report = report
  }

  get #first(): FleetFile {
    return this.#files[0] as FleetFile
  }

  /** Kills some while the others go on. */
  async one(): Promise<void> {
    const { id } = this.#first
    await untilExposed(this.#home, this.#files)
    const others = this.#files.slice(1)
    const before = booksOf(this.#home, others)
    await this.#kill('one, control plane up', [this.#first], () =>
      this.#home.run('kill', id, '--yes'),
    )
    const after = booksOf(this.#home, others)
    const untouched = others.filter((file) => (after.get(file.id)?.open ?? 0) > 0)
    this.#report.check(
      'kill of one: the others keep their orders',
      untouched.length === others.length,
      `${untouched.length} of ${others.length}, e.g. ${before.get(others[0]?.id ?? '')?.open} → ${after.get(others[0]?.id ?? '')?.open} orders`,
    )
  }

  /** Does it and waits for the exchange's books; what `run` answers is checked too. */
  async #kill(
    what: string,
    files: readonly FleetFile[],
    run: () => Promise<{ readonly code: number; readonly stderr: string }>,
    expectedCode = 0,
  ): Promise<void> {
    const before = [...booksOf(this.#home, files).values()]
    const from = performance.now()
    const [ran, flatMs] = await Promise.all([run(), untilFlat(this.#home, files, from)])
    this.#killed(what, before, flatMs)
    if (ran.code !== expectedCode)
      this.#report.check(`${what}: exit code`, false, `${ran.code}: ${ran.stderr.trim()}`)
  }

  #killed(what: string, before: readonly Book[], flatMs: number | null): void {
    const orders = before.reduce((sum, { open }) => sum + open, 0)
    const held = before.filter(({ position }) => position !== 0).length
    const time = flatMs === null ? 'never' : (flatMs / 1000).toFixed(2)
    this.#report.check(
      `kill: ${what}`,
      flatMs !== null,
      `${orders} orders and ${held} positions gone after ${time} s`,
    )
    this.#kills.push([what, before.length, orders, held, time])
  }

  /** While it is watched nothing may come to the exchange and the state must stay. */
  async #latched(after: string, files: readonly FleetFile[]): Promise<void> {
    const ids = files.map(({ id }) => id)
    await until(`told as killed after ${after}`, async () => {
      const rows = await this.#home.rows().catch(() => new Map())
      return ids.every((id) => rows.get(id)?.state === 'killed')
    })
    const before = booksOf(this.#home, files)
    await pause(WATCH_MS)
    const now = booksOf(this.#home, files)
    const rows = await this.#home.rows()
    const placed = ids.reduce(
      (sum, id) => sum + (now.get(id)?.orders ?? 0) - (before.get(id)?.orders ?? 0),
      0,
    )
    const flat = [...now.values()].filter(isFlat).length
    const states = [...new Set(ids.map((id) => rows.get(id)?.state))].join(', ')
    const isHeld = placed === 0 && flat === ids.length && states === 'killed'
    const detail = `${ids.length} instances: ${states}, ${flat} flat, ${placed} new orders`
    this.#report.check(`latched after ${after}`, isHeld, detail)
    this.#latches.push([after, ids.length, states, flat, placed])
  }

  async #arm(files: readonly FleetFile[]): Promise<void> {
    const ids = files.map(({ id }) => id)
    const { code, stderr } = await this.#home.run('arm', ...ids)
    if (code !== 0) this.#report.check('arm', false, stderr.trim())
    await this.#home.untilRunning(files)
  }

  async leavesByArmAlone(): Promise<void> {
    const home = this.#home
    const { id } = this.#first
    const path = join(home.dir, 'config', 'active', `${id}.json`)
    const edit = (change: (text: Record<string, Record<string, unknown>>) => void) => {
      const text = JSON.parse(readFileSync(path, 'utf8'))
      change(text)
      writeFileSync(path, JSON.stringify(text, null, 2))
    }
    const ways: readonly (readonly [string, number, () => Promise<number>])[] = [
      ['resume', 4, async () => (await home.run('resume', id)).code],
      ['pause', 0, async () => (await home.run('pause', id)).code],
      ['start', 4, async () => (await home.run('start', id)).code],
      ['restart', 0, async () => (await home.run('restart', id)).code],
      ['close-all', 0, async () => (await home.run('close-all', id, '--yes')).code],
      ['stop and start', 4, () => this.#stopAndStart(id)],
      ['reload', 0, async () => (await home.run('reload')).code],
      [
        'a hot key changed in its file',
        0,
        async () => {
          edit((text) => {
            text['risk_config'] = { max_daily_loss: 0.04 }
          })
          await pause(1500)
          return 0
        },
      ],
      [
        'a changed file that replaces its process',
        0,
        async () => {
          edit((text) => {
            text['daemon_config'] = { environment: { DRILL_NEW: '1' } }
          })
          await pause(2500)
          return 0
        },
      ],
    ]
    for (const [name, expected, run] of ways) {
      const code = await run()
      if (code !== expected) this.#report.check(`${name}: exit code`, false, String(code))
      await this.#latched(name, [this.#first])
    }
    const before = booksOf(home, [this.#first]).get(id)?.orders ?? 0
    await this.#arm([this.#first])
    await until(
      'it trades again',
      () => (booksOf(home, [this.#first]).get(id)?.orders ?? 0) > before,
    )
    this.#report.check('left by arm', true, `${id} runs and places orders again`)
  }

  async #stopAndStart(id: string): Promise<number> {
    const stopped = await this.#home.run('stop', id)
    const started = await this.#home.run('start', id)
    return stopped.code || started.code
  }

  /** Each program killed and restarted. */
  async restarts(): Promise<void> {
    const home = this.#home
    await untilExposed(home, this.#files)
    await this.#kill('one, before the restarts', [this.#first], () =>
      home.run('kill', this.#first.id, '--yes'),
    )
    const kill = (pid: number) => process.kill(pid, 'SIGKILL')
    kill((await home.row(this.#first.id)).pid ?? 0)
    await this.#back()
    await this.#latched('kill -9 of its bot', [this.#first])
    kill(home.servicePid('desk-paper'))
    await this.#back()
    await this.#latched('kill -9 of the desk', [this.#first])
    kill(home.servicePid('exchange'))
    await this.#back()
    await this.#latched('kill -9 of the exchange', [this.#first])
    kill(home.controlPid())
    await until('it is gone', () => home.pidsOf('control').length === 0)
    await home.up()
    await this.#latched('kill -9 of the control plane', [this.#first])
    await this.#killEverything()
    await home.up()
    await this.#latched('kill -9 of everything', [this.#first])
    await home.run('down', '--stop-bots')
    await home.up()
    await this.#latched('down --stop-bots and up', [this.#first])
    await this.#arm([this.#first])
  }

  async #killEverything(): Promise<void> {
    for (const { pid } of this.#home.processes()) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended with one that was killed before it.
      }
    }
    await until('nothing lives', () => this.#home.processes().length === 0)
  }

  /** What was killed has been noticed and replaced. */
  async #back(): Promise<void> {
    await pause(1500)
    await until('everybody is back', async () => {
      const rows = [...(await this.#home.rows().catch(() => new Map())).values()]
      return (
        rows.length === COUNT &&
        rows.every(({ state }) => state === 'running' || state === 'killed')
      )
    })
  }

  async all(): Promise<void> {
    await untilExposed(this.#home, this.#files)
    await this.#kill('all, control plane up', this.#files, () => this.#home.run('kill', '--yes'))
    await this.#latched('kill of all', this.#files)
    await this.#arm(this.#files)
  }

  /** Everything dies in the midst of a kill of all: what the desk had heard is finished after the restart. */
  async diesWithEverything(): Promise<void> {
    const home = this.#home
    await untilExposed(home, this.#files)
    const before = [...booksOf(home, this.#files).values()]
    // An exchange that stands still keeps the kill from being carried out before everything dies.
    process.kill(home.servicePid('exchange'), 'SIGSTOP')
    const command = home.run('kill', '--yes')
    await until('the desk has taken the kill up', async () =>
      [...(await home.rows()).values()].every(({ state }) => state === 'killed'),
    )
    await this.#killEverything()
    await command
    const left = [...booksOf(home, this.#files).values()].filter((one) => !isFlat(one)).length
    const from = performance.now()
    const [, flatMs] = await Promise.all([home.up(), untilFlat(home, this.#files, from)])
    this.#killed(
      `all, everything dies meanwhile (${left} not flat then), from \`up\``,
      before,
      flatMs,
    )
    this.#report.check(
      'nothing was flat when everything died',
      left === COUNT,
      `${left} of ${COUNT}`,
    )
    await this.#latched('the death of everything during the kill', this.#files)
    await this.#arm(this.#files)
  }

  /** The exchange is away when the order to kill comes. */
  async outage(): Promise<void> {
    const home = this.#home
    await untilExposed(home, this.#files)
    process.kill(home.controlPid(), 'SIGKILL')
    await until('it is gone', () => home.pidsOf('control').length === 0)
    process.kill(home.servicePid('exchange'), 'SIGKILL')
    await until('the exchange is gone', () => home.pidsOf('exchange').length === 0)
    const before = [...booksOf(home, this.#files).values()]
    const { code } = await home.run('kill', '--yes')
    const isOpen = [...booksOf(home, this.#files).values()].every((one) => !isFlat(one))
    this.#report.check(
      'a kill during an outage says that it is not flat',
      code === 4 && isOpen,
      `exit code ${code}, ${before.length} positions still in the exchange's books`,
    )
    const arm = await home.run('arm', this.#first.id)
    this.#report.check('no arm during the outage', arm.code !== 0, arm.stderr.trim())
    const from = performance.now()
    const [, flatMs] = await Promise.all([home.up(), untilFlat(home, this.#files, from)])
    this.#killed('all during an outage of the exchange, from `up`', before, flatMs)
    await this.#latched('an outage of the exchange', this.#files)
    await this.#arm(this.#files)
  }

  async withoutControlPlane(): Promise<void> {
    const home = this.#home
    await untilExposed(home, this.#files)
    process.kill(home.controlPid(), 'SIGKILL')
    await until('it is gone', () => home.pidsOf('control').length === 0)
    await this.#kill('all, without a control plane', this.#files, () => home.run('kill', '--yes'))
    await home.up()
    await this.#latched('the death of the control plane', this.#files)
    await this.#arm(this.#files)
  }

  /** Past the programs, first one, then the other, then both. */
  async direct(): Promise<void> {
    const home = this.#home
    for (const isDeskAlive of [true, false]) {
      await untilExposed(home, this.#files)
      process.kill(home.controlPid(), 'SIGKILL')
      await until('it is gone', () => home.pidsOf('control').length === 0)
      if (!isDeskAlive) process.kill(home.servicePid('desk-paper'), 'SIGKILL')
      const what = isDeskAlive ? 'without a control plane' : 'without control plane and desk'
      await this.#kill(`all with --direct, ${what}`, this.#files, () =>
        home.run('kill', '--direct', '--yes'),
      )
      await home.up()
      await this.#latched(`--direct ${what}`, this.#files)
      await this.#arm(this.#files)
    }
  }

  finish(): void {
    const kills = ['killed', 'instances', 'orders', 'positions', 'flat after s']
    const latches = ['after', 'instances', 'state', 'flat', 'new orders']
    this.#report.section(
      `## Kills\n\nFlat is what the exchange's own books say: no open order, position 0, and its fills add up to 0.\n\n${table(kills, this.#kills)}`,
    )
    this.#report.section(
      `## Latched\n\nWatched for ${WATCH_MS / 1000} s each time.\n\n${table(latches, this.#latches)}`,
    )
  }
}
