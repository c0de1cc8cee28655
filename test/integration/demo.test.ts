// The first minutes of a new user, with the real programs: dist/ must be current (npm test builds it).
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { FleetHome, until } from './fleet-home.ts'

const IDS = ['demo_eth_01', 'demo_sol_01']

describe('the demo, from a fresh home to its end', () => {
  const home = new FleetHome()
  after(() => home.close())

  const byId = async (id: string) => {
    const found = (await home.list()).find((one) => one.id === id)
    assert.ok(found)
    return found
  }
  const controlPid = () => Number(home.json('run/control.json')['pid'])

  it('starts two grids and says where and on which market', async () => {
    const { code, stdout, stderr } = await home.run(
      'up',
      '--detach',
      '--port',
      '0',
      '--speed',
      '3600',
    )
    assert.equal(code, 0, stderr)
    assert.match(stdout, /copied demo_eth_01\.json, demo_sol_01\.json to config\/active\//)
    assert.match(stdout, /dashboard {2}http:\/\/localhost:\d+/)
    assert.match(stdout, /demo market ×3600, seed 7/)
    for (const id of IDS) assert.match(stdout, new RegExp(`${id} .*http://localhost:\\d+ +running`))
    assert.match(stdout, /^next +npx perpfleet list shows what runs, npx perpfleet status why/m)
    assert.equal(statSync(join(home.dir, 'run', 'control.json')).mode & 0o777, 0o600)
  })

  it('masks no harmless word in the log of a control plane that was started detached', () => {
    const folder = join(home.dir, 'logs', 'control')
    const days = readdirSync(folder).filter((name) => /^\d{4}-/.test(name))
    const text = days.map((day) => readFileSync(join(folder, day, 'control.log'), 'utf8')).join('')
    assert.match(text, /"module":"control","msg":"listening"/)
    const { token } = home.json('run/control.json') as { token: string }
    assert.equal(text.includes(token), false)
  })

  it('answers over HTTP as the reference says', async () => {
    const { url, token } = home.json('run/control.json') as { url: string; token: string }
    const health = await fetch(`${url}/health`)
    assert.equal(health.status, 200)
    const report = (await health.json()) as { checks: object; uptime: number }
    assert.deepEqual(Object.keys(report), ['status', 'timestamp', 'uptime', 'checks'])
    assert.deepEqual(Object.keys(report.checks), [
      'database',
      'redis',
      'memory',
      'disk',
      'bots',
      'venues',
    ])
    assert.equal((await fetch(`${url}/ready`)).status, 200)
    assert.match(await (await fetch(`${url}/`)).text(), /<div id="root">|dashboard is not built/)
    const withToken = { headers: { authorization: `Bearer ${token}` } }
    assert.equal((await fetch(`${url}/api/v1/instances`)).status, 401)
    assert.equal((await fetch(`${url}/api/v1/instances`, withToken)).status, 200)
    assert.equal((await fetch(`${url}/api/v1/instances/nobody`, withToken)).status, 404)
    const foreign = await fetch(`${url}/health`, {
      headers: { origin: 'http://elsewhere.example' },
    })
    assert.equal(foreign.status, 403)
  })

  it('trades: both instances get fills', async () => {
    const haveFills = async () => (await home.list()).every(({ fills }) => (fills ?? 0) > 0)
    await until('fills in both', haveFills, 120_000)
    const fills = JSON.parse((await home.run('fills', '--json')).stdout) as {
      items: { price: unknown }[]
    }
    assert.equal(typeof fills.items[0]?.price, 'string')
  })

  it('restarts a bot that was killed', async () => {
    const before = await byId('demo_sol_01')
    process.kill(before.pid ?? 0, 'SIGKILL')
    await until('a new process', async () => {
      const now = await byId('demo_sol_01')
      return (
        now.state === 'running' && now.pid !== before.pid && now.restarts === before.restarts + 1
      )
    })
    assert.ok(((await byId('demo_sol_01')).fills ?? 0) >= (before.fills ?? 0))
  })

  it('goes on when the control plane is killed, and the next one adopts the same processes', async () => {
    const before = await home.list()
    process.kill(controlPid(), 'SIGKILL')
    await until('the control plane is gone', async () => !(await home.run('down')).stdout)
    const alone = await home.list()
    assert.deepEqual(
      alone.map(({ pid }) => pid),
      before.map(({ pid }) => pid),
    )
    assert.equal((await home.run('up', '--detach', '--port', '0')).code, 0)
    const after = await home.list()
    assert.deepEqual(
      after.map(({ pid, restarts }) => [pid, restarts]),
      before.map(({ pid, restarts }) => [pid, restarts]),
    )
    assert.equal(home.processes().filter(({ command }) => command.includes('bot.js')).length, 2)
  })

  it('pauses, resumes, stops and starts', async () => {
    assert.equal((await home.run('pause', 'demo_sol_01')).code, 0)
    assert.equal((await byId('demo_sol_01')).state, 'paused')
    assert.equal((await home.run('restart', 'demo_sol_01')).code, 0)
    await until(
      'paused after a restart too',
      async () => (await byId('demo_sol_01')).state === 'paused',
    )
    assert.equal((await home.run('resume', 'demo_sol_01')).code, 0)
    assert.equal((await home.run('stop', 'demo_eth_01')).code, 0)
    assert.deepEqual(
      [(await byId('demo_eth_01')).state, (await byId('demo_eth_01')).desired],
      ['stopped', 'stopped'],
    )
    assert.equal((await home.run('start', 'demo_eth_01')).code, 0)
    await until('running again', async () => (await byId('demo_eth_01')).state === 'running')
  })

  it('refuses a second control plane and another feed', async () => {
    const second = await home.run('up', '--port', '0')
    assert.equal(second.code, 4)
    assert.match(second.stderr, /already runs/)
    assert.equal((await home.run('up', '--feed', 'live')).code, 4)
  })

  it('down leaves the bots trading; down --stop-bots leaves nothing', async () => {
    const { code, stdout } = await home.run('down')
    assert.equal(code, 0)
    assert.match(stdout, /2 bots go on trading/)
    assert.equal(existsSync(join(home.dir, 'run', 'control.json')), false)
    assert.ok((await home.list()).every(({ pid }) => pid !== null))
    assert.equal((await home.run('down')).code, 4)
    const stopped = await home.run('down', '--stop-bots')
    assert.equal(stopped.code, 0, stopped.stderr)
    assert.deepEqual(home.processes(), [])
    assert.deepEqual(
      readdirSync(join(home.dir, 'run')).filter((name) => name.endsWith('.sock')),
      [],
    )
    assert.ok(
      (await home.list()).every(
        ({ desired, state }) => desired === 'running' && state === 'stopped',
      ),
    )
  })

  it('Ctrl-C ends everything and keeps desired states; SIGTERM ends the control plane alone', async () => {
    const other = await home.run(
      'up',
      '--port',
      '0',
      '--feed',
      'replay:hyperliquid/SOL_USDC_PERP/5m',
    )
    assert.equal(other.code, 4)
    assert.match(other.stderr, /--home/)
    const first = home.foreground('--port', '0')
    await first.said('demo_sol_01')
    first.child.kill('SIGTERM')
    assert.equal(await first.exit, 0)
    assert.equal(home.processes().filter(({ command }) => command.includes('bot.js')).length, 2)
    const second = home.foreground('--port', '0')
    await second.said('next       npx perpfleet list shows what runs')
    await second.said('Ctrl-C     cancels the orders and stops everything; positions are kept')
    second.child.kill('SIGINT')
    second.child.kill('SIGINT')
    assert.equal(await second.exit, 0)
    assert.deepEqual(home.processes(), [])
    assert.ok((await home.list()).every(({ desired }) => desired === 'running'))
  })
})
