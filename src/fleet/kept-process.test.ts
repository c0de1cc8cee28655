import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, describe, it } from 'node:test'
import { DetachedHost } from '../adapters/processes/detached-host.ts'
import { SqliteFleetStore } from '../adapters/stores/sqlite-fleet-store.ts'
import { SystemClock } from '../adapters/system/clock.ts'
import type { HoldKind, ProcessRecord } from '../ports/fleet-store.ts'
import { type Kept, KeptProcess, type ProcessTools } from './kept-process.ts'
import { type SupervisionPolicy, servicePolicy } from './supervise.ts'
import type { UsageLimits } from './usage-watch.ts'

const folder = mkdtempSync(join(tmpdir(), 'kept-'))
const host = new DetachedHost({ PATH: '/usr/bin:/bin' })
const store = new SqliteFleetStore(join(folder, 'fleet.db'))
const silent = () => {}
const logger = { debug: silent, info: silent, warn: silent, error: silent, flush: silent }
let tokens = 0
const tools: ProcessTools = {
  host,
  store,
  clock: new SystemClock(),
  logger,
  newToken: () => {
    tokens += 1
    return `token-${tokens}`
  },
}

afterEach(() => {
  for (const { pid, startTime, bootId } of store.processes()) {
    if (pid !== null) host.signal({ pid, startTime, bootId }, 'SIGKILL')
  }
  for (const { name } of store.processes()) store.removeProcess(name)
})
after(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

class StandIn implements Kept {
  readonly name: string
  wanted = true
  answers: boolean | Error = true
  readonly spawns: { at: number; isRestart: boolean; usesNextPort: boolean }[] = []
  readonly holds: [HoldKind, string][] = []
  readonly #text: string
  readonly #policy: SupervisionPolicy
  #usesNextPort = false
  constructor(name: string, text: string, policy: SupervisionPolicy = servicePolicy) {
    this.name = name
    this.#text = text
    this.#policy = policy
  }
  policy = () => this.#policy
  isWanted = () => this.wanted
  canStart = () => true
  probeIntervalMs = () => 50
  limits = (): UsageLimits | null => null
  launch(_token: string, usesNextPort: boolean) {
    this.#usesNextPort = usesNextPort
    const program = join(folder, `${this.name}.mjs`)
    writeFileSync(program, this.#text)
    return {
      program,
      launchFile: join(folder, `${this.name}.json`),
      folder,
      pidFile: join(folder, `${this.name}.pid`),
      stdoutFile: join(folder, 'out.log'),
      stderrFile: join(folder, 'err.log'),
      environment: {},
    }
  }
  probe = () =>
    this.answers instanceof Error ? Promise.reject(this.answers) : Promise.resolve(this.answers)
  terminate = (end: () => void) => end()
  onSpawned(_identity: unknown, isRestart: boolean) {
    this.spawns.push({ at: performance.now(), isRestart, usesNextPort: this.#usesNextPort })
  }
  onHold(kind: HoldKind, reason: string) {
    this.holds.push([kind, reason])
  }
  told: { pid: number; code: number } | null = null
  toldExit = (pid: number) =>
    this.told?.pid === pid ? { code: this.told.code, signal: null } : null
  onEnded() {}
  onRunning() {}
}

async function until(kept: KeptProcess, isDone: () => boolean, limitMs = 4000): Promise<number> {
  const from = performance.now()
  while (!isDone()) {
    assert.ok(
      performance.now() - from < limitMs,
      `not within ${limitMs} ms: ${JSON.stringify(kept.phase)}`,
    )
    await new Promise((resolve) => setTimeout(resolve, 20))
    kept.look()
  }
  return performance.now() - from
}

const STAYS = 'setInterval(() => {}, 1000)'
const isRunning = (kept: KeptProcess) => () => kept.phase.kind === 'running'

describe('a kept process', () => {
  it('is started, restarted at once when it is killed, and ended when unwanted', async () => {
    const standIn = new StandIn('simple', STAYS)
    const kept = new KeptProcess(standIn, tools, 0)
    kept.look()
    await until(kept, isRunning(kept))
    const first = kept.identity
    assert.ok(first)
    process.kill(first.pid, 'SIGKILL')
    const tookMs = await until(kept, () => standIn.spawns.length === 2)
    assert.ok(tookMs < 1000, `${tookMs} ms`)
    assert.equal(standIn.spawns[1]?.isRestart, true)
    await until(kept, isRunning(kept))
    standIn.wanted = false
    await until(kept, () => !kept.isAlive && kept.phase.kind === 'idle')
    assert.equal(store.process('simple'), null)
  })

  it('goes to the next port when the port was taken and is held when it refuses', async () => {
    const taken = new StandIn('taken', 'process.exit(98)')
    const kept = new KeptProcess(taken, tools, 0)
    kept.look()
    await until(kept, () => taken.spawns.length >= 3)
    assert.deepEqual(
      taken.spawns.slice(0, 3).map((one) => one.usesNextPort),
      [false, true, true],
    )
    taken.wanted = false
    const refusing = new StandIn('refusing', 'process.exit(4)')
    const second = new KeptProcess(refusing, tools, 0)
    second.look()
    await until(second, () => refusing.holds.length === 1)
    assert.equal(refusing.holds[0]?.[0], 'refused')
    assert.equal(refusing.spawns.length, 1)
  })

  it('is killed when it stops answering', async () => {
    const standIn = new StandIn('hung', STAYS)
    const kept = new KeptProcess(standIn, tools, 0)
    kept.look()
    await until(kept, isRunning(kept))
    standIn.answers = new Error('no answer')
    const first = kept.identity
    assert.ok(first)
    await until(kept, () => !host.isAlive(first), 15_000)
    standIn.answers = true
    await until(kept, () => standIn.spawns.length === 2 && kept.phase.kind === 'running')
    standIn.wanted = false
    await until(kept, () => !kept.isAlive)
  })

  it('does not believe what an earlier process answered', async () => {
    const standIn = new StandIn('asked-before', STAYS)
    const asked: ((isReady: boolean) => void)[] = []
    standIn.probe = () => new Promise((resolve) => void asked.push(resolve))
    const kept = new KeptProcess(standIn, tools, 0)
    kept.look()
    await until(kept, () => kept.isAlive && asked.length === 1)
    process.kill(kept.identity?.pid ?? 0, 'SIGKILL')
    await until(kept, () => standIn.spawns.length === 2)
    asked[0]?.(true)
    await until(kept, () => asked.length === 2)
    assert.equal(kept.phase.kind, 'starting', 'nothing is known of the new one')
    asked[1]?.(true)
    await until(kept, isRunning(kept))
    standIn.wanted = false
    await until(kept, () => !kept.isAlive)
  })

  describe('adoption', () => {
    /** Starts a process, then forgets it as a control plane that died has. */
    async function orphan(name: string): Promise<ProcessRecord> {
      const kept = new KeptProcess(new StandIn(name, STAYS), tools, 0)
      kept.look()
      await until(kept, isRunning(kept))
      const record = store.process(name)
      assert.ok(record?.pid)
      kept.close()
      return record
    }
    const adopting = (name: string) => {
      const standIn = new StandIn(name, STAYS)
      return { standIn, kept: new KeptProcess(standIn, tools, 0) }
    }

    it('takes the same process over and starts no second one', async () => {
      const record = await orphan('adopted')
      const { standIn, kept } = adopting('adopted')
      assert.equal(kept.adopt(record, ''), true)
      kept.look()
      await until(kept, isRunning(kept))
      assert.equal(kept.identity?.pid, record.pid)
      assert.equal(standIn.spawns.length, 0)
    })

    it('notices within a second that an adopted process ended', async () => {
      const record = await orphan('adopted-end')
      const { standIn, kept } = adopting('adopted-end')
      kept.adopt(record, '')
      await until(kept, isRunning(kept))
      process.kill(record.pid ?? 0, 'SIGKILL')
      assert.ok((await until(kept, () => standIn.spawns.length === 1)) < 1000)
    })

    it('stays ended when the adopted process wrote down that it was stopped', async () => {
      const record = await orphan('adopted-stop')
      const { standIn, kept } = adopting('adopted-stop')
      kept.adopt(record, '')
      await until(kept, isRunning(kept))
      standIn.told = { pid: record.pid ?? 0, code: 11 }
      process.kill(record.pid ?? 0, 'SIGKILL')
      await until(kept, () => kept.phase.kind === 'held')
      assert.deepEqual(
        standIn.holds.map(([kind]) => kind),
        ['stopped'],
      )
      assert.equal(standIn.spawns.length, 0)
    })

    for (const [what, change] of [
      ['another start time', { startTime: '12345' }],
      ['another boot', { bootId: 'boot' }],
      ['another token', { token: 'of somebody else' }],
    ] as const) {
      it(`leaves a process with ${what} alone`, async () => {
        const record = await orphan('foreign')
        const { kept } = adopting('foreign')
        assert.equal(kept.adopt({ ...record, ...change }, ''), false)
        assert.equal(kept.identity, null)
        const { pid, startTime, bootId } = record
        const identity = { pid: pid ?? 0, startTime, bootId }
        assert.equal(host.isAlive(identity), true)
        host.signal(identity, 'SIGKILL')
      })
    }

    it('finds a process whose pid was never recorded by the pid file that it wrote', async () => {
      const record = await orphan('unrecorded')
      const pidFile = join(folder, 'unrecorded-own.pid')
      writeFileSync(pidFile, `${record.pid}\n`)
      const lost = { ...record, pid: null, startTime: '', bootId: '' }
      const { kept } = adopting('unrecorded')
      assert.equal(kept.adopt(lost, pidFile), true)
      assert.equal(kept.identity?.pid, record.pid)
      assert.equal(store.process('unrecorded')?.pid, record.pid)
    })

    it('does not believe a pid file that names a foreign process', async () => {
      const record = await orphan('liar')
      const pidFile = join(folder, 'liar-own.pid')
      writeFileSync(pidFile, `${process.pid}\n`)
      const { kept } = adopting('liar')
      assert.equal(kept.adopt({ ...record, pid: null }, pidFile), false)
      host.signal(
        { pid: record.pid ?? 0, startTime: record.startTime, bootId: record.bootId },
        'SIGKILL',
      )
    })
  })
})
