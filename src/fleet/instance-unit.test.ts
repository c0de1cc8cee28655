import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { DetachedHost } from '../adapters/processes/detached-host.ts'
import { SqliteFleetStore } from '../adapters/stores/sqlite-fleet-store.ts'
import type { ResolvedInstance } from '../config/resolved-instance.ts'
import { desiredStates } from '../domain/instance-state.ts'
import type { InstanceRecord } from '../ports/fleet-store.ts'
import { silentLogger } from '../ports/logger.ts'
import { Home } from './home.ts'
import { InstanceUnit, togetherOf, type UnitParts } from './instance-unit.ts'

const folder = mkdtempSync(join(tmpdir(), 'instance-unit-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const record: InstanceRecord = {
  id: 'sol',
  desired: 'running',
  configFile: join(folder, 'sol.json'),
  configHash: '',
  webPort: 5001,
  restarts: 0,
  startedAt: null,
  registeredAt: 0,
  hold: null,
}

/** One life of the control plane, as far as a unit needs it. */
function life() {
  const store = new SqliteFleetStore(join(folder, 'fleet.db'))
  const clock = { monotonicMs: () => 0, wallMs: () => 0 }
  const tools = { store, host: new DetachedHost({}), logger: silentLogger, clock }
  const parts = { tools, home: { root: folder }, openDaemonLog: () => silentLogger }
  const known = store.instance('sol') ?? record
  const unit = new InstanceUnit(known, parts as unknown as UnitParts)
  return { unit, end: () => store.close() }
}

test('the desired state is kept over a reboot, whichever it is', () => {
  for (const desired of [...desiredStates, ...desiredStates.toReversed()]) {
    const before = life()
    before.unit.setDesired(desired)
    // No farewell: what is not in the database by now is lost.
    const next = life()
    assert.equal(next.unit.desired, desired)
    before.end()
    next.end()
  }
})

/** A unit of a home of its own that writes launch files and starts nothing; `listening`: ports of other programs. */
function launching(id: string, listening: ReadonlySet<number>) {
  const store = new SqliteFleetStore(join(folder, `${id}.db`))
  const home = new Home(join(folder, id))
  const host = { listeningPorts: () => listening, self: () => ({ pid: 1 }) }
  const parts = {
    tools: { store, host, logger: silentLogger, clock: { monotonicMs: () => 0, wallMs: () => 0 } },
    home,
    log: { timeZone: 'UTC' },
    programs: folder,
    wallMs: () => 0,
    portsTaken: () => new Set(),
    feedOf: () => null,
    socketToken: () => '',
    endInstance() {},
    openDaemonLog: () => silentLogger,
  }
  const unit = new InstanceUnit({ ...record, id, webPort: null }, parts as unknown as UnitParts)
  const config = (fileHash: string, webPort: number | null) =>
    ({
      id,
      file: join(folder, `${id}.json`),
      fileHash,
      webPort,
      settings: {},
      access: null,
      legs: [],
      legsLimits: null,
      log: {},
    }) as unknown as ResolvedInstance
  const startedWith = (fileHash: string, webPort: number | null) => {
    unit.setConfig({ ...config(fileHash, webPort), environment: {} })
    unit.process.kept.launch('token', false)
    return unit.record.webPort
  }
  return { startedWith, unit, config, end: () => store.close() }
}

test('a port is kept over starts until the file wishes another', () => {
  const listening = new Set([5100])
  const { startedWith, end } = launching('ports', listening)
  assert.equal(startedWith('first', 5100), 5101, 'another program has the wished one')
  listening.clear()
  assert.equal(startedWith('first', 5100), 5101, 'bookmarks stay right')
  assert.equal(startedWith('edited elsewhere', 5100), 5101)
  assert.equal(startedWith('another port', 5200), 5200)
  assert.equal(startedWith('no wish', null), 5200)
  assert.equal(startedWith('a wish again', 5100), 5100)
  end()
})

test('a process that runs is told another port only when the file wishes another', () => {
  const { startedWith, unit, config, end } = launching('running', new Set([5100]))
  startedWith('first', 5100)
  const launched = JSON.parse(
    readFileSync(join(folder, 'running', 'run', 'bot-running.json'), 'utf8'),
  )
  const portOf = (hash: string, webPort: number | null) =>
    unit.launchFor({ ...config(hash, webPort), environment: {} }, launched).web.port
  assert.equal(portOf('edited elsewhere', 5100), 5101)
  assert.equal(portOf('another port', 5200), 5200)
  assert.equal(portOf('no wish', null), 5101)
  end()
})

test('how an adopted bot ended is read from its own note, once, and from no other', () => {
  const { startedWith, unit, end } = launching('noted', new Set())
  const told = (pid: number) => unit.process.kept.toldExit(pid)
  const note = join(unit.logDir, 'bot.exit')
  startedWith('first', null)
  assert.equal(told(7), null)
  mkdirSync(unit.logDir, { recursive: true })
  for (const foreign of ['', '{"pid":7', '{"pid":8,"code":11}', '{"pid":7}', 'null', '7']) {
    writeFileSync(note, foreign)
    assert.equal(told(7), null, foreign)
  }
  writeFileSync(note, '{"pid":7,"code":11}')
  assert.deepEqual(told(7), { code: 11, signal: null })
  startedWith('first', null)
  assert.equal(told(7), null, 'the next process may get the same pid')
  writeFileSync(note, '{"pid":7,"code":11}')
  unit.process.kept.onEnded()
  assert.equal(existsSync(note), false)
  end()
})

test('why an adopted bot was refused is read from where it said so', () => {
  const { unit, end } = launching('refused', new Set())
  const day = join(unit.logDir, '2026-01-01')
  mkdirSync(day, { recursive: true })
  writeFileSync(join(day, 'bot_stderr.log'), `old\n${unit.id}: okx refuses (50119): no such key.\n`)
  unit.process.kept.onHold('refused', 'refused its configuration')
  assert.equal(unit.record.hold?.reason, 'okx refuses (50119): no such key.')
  end()
})

test('several reasons of a refusal are told apart', () => {
  assert.equal(togetherOf(['a is wrong']), 'a is wrong')
  assert.equal(togetherOf(['a is wrong', 'so is b.', 'c too']), 'a is wrong; so is b. c too')
})
