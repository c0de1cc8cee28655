// doctor and logs on a real home: one that runs well, then one in which things were broken by hand.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { DoctorCheck } from '../../src/protocol/doctor-report.ts'
import { FleetHome, until } from '../integration/fleet-home.ts'

interface Report {
  readonly checks: readonly DoctorCheck[]
  readonly fail: number
}

describe('doctor and logs', () => {
  const home = new FleetHome()
  after(async () => {
    await home.run('down', '--stop-bots')
    await home.close()
  })
  const path = (...names: string[]) => join(home.dir, ...names)
  async function examine(...args: string[]) {
    const { code, stdout, stderr } = await home.run('doctor', '--json', ...args)
    assert.equal(stderr, '')
    const { checks, fail } = JSON.parse(stdout) as Report
    assert.equal(code, fail === 0 ? 0 : 1)
    const wrong = checks.filter(({ level }) => level !== 'ok')
    // Whether a time service runs, and how full its disks are, is the business of the machine under test.
    const own = wrong.filter(({ check }) => !['clock', 'disk', 'memory'].includes(check))
    return { checks, own: own.map(({ level, check, found }) => `${level} ${check} ${found}`) }
  }

  it('finds a home in which a fleet runs in order', async () => {
    assert.equal((await home.run('init', '--demo')).code, 0)
    const { code, stderr } = await home.run('up', '--detach', '--port', '0', '--speed', '600')
    assert.equal(code, 0, stderr)
    const isTrading = async () =>
      (await home.list()).every(({ state, fills }) => state === 'running' && (fills ?? 0) > 0)
    await until('bots trade', isTrading, 60_000)
    const { checks, own } = await examine()
    assert.deepEqual(own, [])
    const found = (name: string) =>
      checks.filter(({ check }) => check === name).map((one) => one.found)
    assert.match(found('health').join(), /\/health says healthy/)
    assert.match(found('ports').join(), /^3 ports free or ours$/)
    assert.match(found('lock').join(), /held by the control plane/)
    assert.match(found('registry').join(), /^4 processes registered, all of them run$/)
    assert.ok(found('journals').join().includes('whole'))
    assert.match(found('clock').join(), /agree since the fleet began/)
  })

  it('shows all three streams, between two times, and refuses a bad time with exit 2', async () => {
    const [first] = await home.list()
    assert.ok(first)
    for (const stream of ['bot', 'daemon', 'journal']) {
      const { code, stdout } = await home.run('logs', first.id, '--stream', stream, '--since', '1h')
      assert.deepEqual([stream, code, stdout !== ''], [stream, 0, true])
      const none = await home.run('logs', first.id, '--stream', stream, '--until', '2020-01-01')
      assert.deepEqual([stream, none.code, none.stdout], [stream, 0, ''])
    }
    const journal = await home.run(
      'logs',
      first.id,
      '--stream',
      'journal',
      '--grep',
      '"msg":"fill"',
    )
    assert.match(journal.stdout, /journal: fill \(.*side (buy|sell)/)
    const bad = await home.run('logs', first.id, '--since', 'yesterday')
    assert.deepEqual([bad.code, bad.stderr.split('\n').length], [2, 2])
    const both = await home.run('logs', first.id, '--since', '1h', '--until', '2h')
    assert.equal(both.code, 2)
  })

  it('finds what was broken under a fleet that runs', async () => {
    chmodSync(path('run', 'control.json'), 0o644)
    const pidFile = path('logs', 'nobody', 'bot.pid')
    mkdirSync(join(pidFile, '..'), { recursive: true })
    writeFileSync(pidFile, '1\n')
    writeFileSync(path('config', 'active', 'bad.json'), '{"metadata": {"symbl": 1}}')
    const launch = [
      '-e',
      'setTimeout(() => {}, 60000)',
      '--',
      '--launch',
      path('run', 'bot-x.json'),
    ]
    const stray = spawn(process.execPath, launch, { stdio: 'ignore' })
    try {
      const isOld = async () =>
        (await examine()).own.some((text) => text.startsWith('fail registry'))
      await until('the stray process is told', isOld)
      const { own } = await examine()
      const told = (pattern: RegExp) => own.some((text) => pattern.test(text))
      assert.ok(told(/^fail modes run\/control\.json .*644/), own.join('\n'))
      assert.ok(told(/^warn pid-files logs\/nobody\/bot\.pid .*\(1\)/), own.join('\n'))
      assert.ok(told(/^fail configuration config\/active\/bad\.json.*symbl/), own.join('\n'))
      assert.ok(told(new RegExp(`^fail registry pid ${stray.pid} runs`)), own.join('\n'))
    } finally {
      stray.kill('SIGKILL')
      rmSync(path('config', 'active', 'bad.json'))
      rmSync(path('logs', 'nobody'), { recursive: true })
    }
  })

  it('finds what was broken while nothing ran, and changes none of it', async () => {
    assert.equal((await home.run('down', '--stop-bots')).code, 0)
    const journal = readdirSync(path('database')).find((name) => /^account-.*\.db$/.test(name))
    assert.ok(journal)
    const whole = readFileSync(path('database', journal))
    // What stands in a row, not the shape of the file: SQLite itself would not notice.
    // The last one: earlier ones may be left over on a page that was divided.
    const at = whole.lastIndexOf('"side":"buy"')
    assert.ok(at > 0)
    const broken = Buffer.from(whole)
    broken.write('sel', at + '"side":"'.length)
    writeFileSync(path('database', journal), broken)
    const exchange = path('database', 'exchange.db')
    writeFileSync(
      exchange,
      Buffer.concat([Buffer.from('no database'), readFileSync(exchange).subarray(11)]),
    )
    writeFileSync(path('run', 'control.lock'), '{"pid": 999999, "startTime": "1", "bootId": "x"}', {
      mode: 0o600,
    })
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const address = taken.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    writeFileSync(path('config', 'local.yml'), `api:\n  port: ${port}\n`, { mode: 0o600 })
    try {
      const { own } = await examine()
      const told = (pattern: RegExp) => own.some((text) => pattern.test(text))
      assert.ok(told(/^fail journals database\/account-.* is damaged/), own.join('\n'))
      assert.ok(told(/^fail databases database\/exchange\.db is damaged/), own.join('\n'))
      assert.ok(told(/^warn lock .*gone, pid 999999/), own.join('\n'))
      assert.ok(told(new RegExp(`^fail ports port ${port} of the control plane`)), own.join('\n'))
      assert.deepEqual(readFileSync(path('database', journal)), broken)
      assert.ok(existsSync(path('run', 'control.lock')))
    } finally {
      taken.close()
    }
  })

  it('knows venues, and what a fleet on its own needs', async () => {
    const known = await examine('--venue', 'okx')
    assert.ok(known.checks.some(({ check, level }) => check === 'venue' && level === 'ok'))
    assert.ok((await examine('--venue', 'oxk')).own.some((text) => text.startsWith('fail venue')))
    const { own } = await examine('--production')
    for (const check of ['environment', 'jwt-secret'])
      assert.ok(
        own.some((text) => text.startsWith(`fail ${check}`)),
        check,
      )
  })
})
