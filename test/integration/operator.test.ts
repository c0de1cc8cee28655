// What an operator sees when something is held, with the real programs: dist/ must be current (npm test builds it).
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { FleetHome, until } from './fleet-home.ts'

const SOL = 'demo_sol_01'

const listening = (port: number): Promise<Server> => {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server))
  })
}

describe('an operator at three in the morning', () => {
  const home = new FleetHome()
  const servers: Server[] = []
  after(async () => {
    for (const server of servers) server.close()
    await home.close()
  })
  const one = async () => {
    const found = (await home.list()).find(({ id }) => id === SOL)
    assert.ok(found)
    return found
  }

  it('kills nothing by a script that forgot --yes', async () => {
    const up = await home.run('up', '--detach', '--port', '0', '--speed', '600')
    assert.equal(up.code, 0, up.stderr)
    await until('it runs', async () => (await one()).state === 'running')
    for (const words of [['kill'], ['close-all', SOL], ['kill', '--direct']]) {
      const { code, stderr } = await home.run(...words)
      assert.deepEqual([code, /--yes$/m.test(stderr)], [4, true], stderr)
    }
    assert.equal((await one()).state, 'running')
  })

  it('reads what a kill left, why, since when, and the way out; start and resume do not claim to have helped', async () => {
    const killed = await home.run('kill', SOL, '--yes')
    assert.equal(killed.code, 0, killed.stderr)
    assert.match(killed.stdout, /flat: .*it opens nothing until perpfleet arm demo_sol_01/)
    const { stdout } = await home.run('status', SOL)
    assert.match(stdout, /since +\S+Z \(\d+s ago\)\n +why +an operator set its kill switch/)
    assert.match(stdout, /way out +.*perpfleet arm/)
    assert.match(stdout, /position +none/)
    for (const word of ['start', 'resume']) {
      const { code, stdout: said, stderr } = await home.run(word, SOL)
      assert.deepEqual([code, said], [4, ''], word)
      assert.match(stderr, /stays killed: .*perpfleet arm demo_sol_01/)
    }
    const restarted = await home.run('restart', SOL)
    assert.equal(restarted.code, 0)
    assert.match(restarted.stdout, /restarted; it stays killed/)
  })

  it('reads the same without a control plane', async () => {
    assert.equal((await home.run('down')).code, 0)
    const { stdout } = await home.run('list')
    assert.match(stdout, /demo market ×600, seed 7/)
    assert.match(stdout, /demo_sol_01 is killed since .*: an operator set its kill switch/)
    assert.equal((await home.run('resume', SOL)).code, 4)
    assert.match((await home.run('kill', SOL)).stderr, /--yes/)
    const again = await home.run('up', '--detach', '--port', '0')
    assert.equal(again.code, 0, again.stderr)
    assert.equal((await home.run('arm', SOL)).code, 0)
    await until('it trades', async () => (await one()).state === 'running')
  })

  it('keeps the port of an instance over restarts, as long as its file names the same', async () => {
    const first = 5700 + (process.pid % 200)
    const taken = await listening(first)
    servers.push(taken)
    const file = join(home.dir, 'config', 'active', `${SOL}.json`)
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace('"web_port": 5001', `"web_port": ${first}`))
    await until('it moved', async () => ((await one()).port ?? 0) > first)
    const { port } = await one()
    taken.close()
    assert.equal((await home.run('restart', SOL)).code, 0)
    assert.equal((await one()).port, port)
    writeFileSync(file, text.replace('"web_port": 5001', `"web_port": ${first - 1}`))
    await until('its file is obeyed', async () => (await one()).port === first - 1)
  })

  for (const whose of ['started', 'adopted'])
    it(`stops by the own port of an instance that it ${whose}, which then stays stopped until start`, async () => {
      if (whose === 'adopted') {
        assert.equal((await home.run('down')).code, 0)
        assert.equal((await home.run('up', '--detach', '--port', '0')).code, 0)
        await until('it trades', async () => (await one()).state === 'running')
      }
      const { port } = await one()
      const { token } = home.json('run/control.json')
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const stop = { method: 'POST', headers, body: '{}' }
      const answer = await fetch(`http://127.0.0.1:${port}/api/stop`, stop)
      assert.equal(answer.status, 200)
      await until('it is stopped', async () => (await one()).state === 'stopped')
      const { desired, reason } = await one()
      assert.deepEqual([desired, /at its own port/.test(reason ?? '')], ['stopped', true])
      assert.match((await home.run('start', SOL)).stdout, /demo_sol_01 started/)
    })

  it('ends it all', async () => {
    assert.equal((await home.run('down', '--stop-bots')).code, 0)
  })
})
