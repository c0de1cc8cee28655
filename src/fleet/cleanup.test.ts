import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { DetachedHost } from '../adapters/processes/detached-host.ts'
import { SqliteFleetStore } from '../adapters/stores/sqlite-fleet-store.ts'
import { cleanUp } from './cleanup.ts'
import { Home } from './home.ts'

const root = mkdtempSync(join(tmpdir(), 'tidy-'))
const home = new Home(root)
for (const name of ['run', 'database', 'logs/a', 'logs/b', 'logs/c', 'config/active']) {
  mkdirSync(join(root, name), { recursive: true })
}
const host = new DetachedHost({ PATH: '/usr/bin:/bin' })
const store = new SqliteFleetStore(home.fleetDatabase)
const program = join(root, 'stays.mjs')
writeFileSync(program, 'setInterval(() => {}, 1000)')
const living = host.spawn(
  {
    program,
    args: [],
    folder: root,
    stdoutFile: join(root, 'o'),
    stderrFile: join(root, 'e'),
    environment: {},
    token: 'right',
  },
  () => {},
)
after(() => {
  host.signal(living, 'SIGKILL')
  store.close()
  rmSync(root, { recursive: true, force: true })
})

const record = (id: string) => ({
  id,
  desired: 'running' as const,
  configFile: join(home.active, `${id}.json`),
  configHash: '',
  webPort: null,
  restarts: 0,
  startedAt: null,
  registeredAt: 0,
  hold: null,
})

describe('cleanup', () => {
  it('takes away what dead and foreign processes left, and nothing of a living one', () => {
    writeFileSync(join(home.active, 'a.json'), '{}')
    writeFileSync(join(home.active, 'b.json'), '{}')
    for (const id of ['a', 'b', 'c']) store.saveInstance(record(id))
    const launch = { launchFile: '', startedAt: 0 }
    store.saveProcess({ name: 'bot-a', ...living, token: 'right', ...launch })
    // The pid of b was used again: the same process under another token.
    store.saveProcess({ name: 'bot-b', ...living, token: 'wrong', ...launch })
    store.saveProcess({
      name: 'exchange',
      pid: 1,
      startTime: '1',
      bootId: 'before',
      token: 'x',
      ...launch,
    })
    writeFileSync(join(root, 'logs/a/bot.pid'), `${living.pid}\n`)
    writeFileSync(join(root, 'logs/b/bot.pid'), `${process.pid}\n`)
    for (const id of ['a', 'b']) writeFileSync(join(root, `logs/${id}/daemon.pid`), '4194303\n')
    writeFileSync(join(root, 'run/exchange.pid'), '1\n')
    writeFileSync(join(root, 'run/exchange.json'), '{}')
    writeFileSync(join(root, 'run/control.json'), '{}')
    const entry = { pid: 7, bot_pid: 8, status: 'running' }
    writeFileSync(home.registry, JSON.stringify({ a: entry, b: entry, gone: entry }))

    assert.deepEqual(cleanUp({ home, store, host, logDirs: [] }), { rows: 3, pid_files: 5 })
    assert.deepEqual(
      store.processes().map(({ name }) => name),
      ['bot-a'],
    )
    assert.deepEqual(
      store.instances().map(({ id }) => id),
      ['a', 'b'],
    )
    assert.ok(
      existsSync(join(root, 'logs/a/bot.pid')) && existsSync(join(root, 'run/control.json')),
    )
    for (const path of [
      'logs/b/bot.pid',
      'logs/a/daemon.pid',
      'run/exchange.pid',
      'run/exchange.json',
    ]) {
      assert.equal(existsSync(join(root, path)), false, path)
    }
    assert.deepEqual(JSON.parse(readFileSync(home.registry, 'utf8')), {
      a: { pid: null, bot_pid: living.pid, status: 'running' },
      b: { pid: null, bot_pid: null, status: 'stopped' },
    })
    assert.equal(host.isAlive(living), true)
    assert.deepEqual(cleanUp({ home, store, host, logDirs: [] }), { rows: 0, pid_files: 0 })
  })

  it('keeps the record of a process that was started and not yet written down', () => {
    store.saveProcess({
      name: 'bot-a',
      pid: null,
      startTime: '',
      bootId: '',
      token: 'right',
      launchFile: '',
      startedAt: 0,
    })
    assert.deepEqual(cleanUp({ home, store, host, logDirs: [] }), { rows: 0, pid_files: 0 })
  })
})
