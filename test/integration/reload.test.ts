// A changed file acts on what runs, with the real programs: dist/ must be current (npm test builds it).
import assert from 'node:assert/strict'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { FleetHome, until } from './fleet-home.ts'

const ID = 'demo_sol_01'
/** The issue asks for about a second; a loaded machine gets some more. */
const SEEN_MS = 5000

describe('configuration that changes while everything runs', () => {
  const home = new FleetHome()
  after(() => home.close())
  const path = (name: string) => join(home.dir, 'config', name)
  const file = path(`active/${ID}.json`)
  const read = () => readFileSync(file, 'utf8')
  const edit = (from: string, to: string) => {
    assert.ok(read().includes(from), from)
    writeFileSync(file, read().replace(from, to))
  }
  const row = async (id = ID) => (await home.list()).find((one) => one.id === id)
  const versions = async () => {
    const { stdout } = await home.run('config', 'history', ID, '--json')
    return (JSON.parse(stdout) as { items: { origin: string; author: string }[] }).items
  }
  const log = async () => (await home.run('logs', ID, '-n', '400')).stdout

  it('starts', async () => {
    const { code, stderr } = await home.run('up', '--detach', '--port', '0', '--speed', '600')
    assert.equal(code, 0, stderr)
    await until('running', async () => (await row())?.state === 'running')
    assert.deepEqual(
      (await versions()).map(({ origin }) => origin),
      ['found'],
    )
  })

  it('hands hot keys to the bot that runs', async () => {
    const before = await row()
    edit('"grid_upper_price": 160', '"grid_upper_price": 161')
    await until('a version', async () => (await versions()).length === 2, SEEN_MS)
    assert.match(await log(), /the changed configuration was taken over/)
    assert.equal((await row())?.pid, before?.pid)
  })

  it('replaces the process for others', async () => {
    const before = await row()
    edit('"leverage": 1', '"leverage": 2')
    await until('another process', async () => {
      const now = await row()
      return now?.state === 'running' && now.pid !== before?.pid
    })
    assert.equal((await row())?.restarts, before?.restarts)
  })

  it('refuses what is faulty or fixed, says so, and runs on', async () => {
    const before = await row()
    const good = read()
    for (const [from, to, said] of [
      ['"grid_num"', '"grid_nun"', /did you mean grid_num\?/],
      ['SOL_USDC_PERP', 'BTC_USDC_PERP', /metadata\.symbol is fixed/],
      ['"grid_lower_price": 140', '"grid_lower_price": 162', /must be below grid_upper_price/],
    ] as const) {
      edit(from, to)
      await until(`${to} refused`, async () => said.test((await row())?.reason ?? ''), SEEN_MS)
      assert.deepEqual([(await row())?.state, (await row())?.pid], ['running', before?.pid])
      writeFileSync(file, good)
      await until('in order again', async () => (await row())?.reason === null, SEEN_MS)
    }
    const log = (await home.run('config', 'validate')).code
    assert.equal(log, 0)
    assert.equal((await versions()).length, 3)
  })

  it('keeps the accepted configuration over a crash of the control plane', async () => {
    const good = read()
    const before = await row()
    writeFileSync(file, good.slice(0, 300))
    process.kill(Number(home.json('run/control.json')['pid']), 'SIGKILL')
    assert.equal((await home.run('up', '--detach', '--port', '0')).code, 0)
    assert.equal((await row())?.pid, before?.pid)
    process.kill(before?.pid ?? 0, 'SIGKILL')
    await until('running with the old one', async () => {
      const now = await row()
      return now?.state === 'running' && now.pid !== before?.pid
    })
    assert.match((await row())?.reason ?? '', /the configuration accepted last goes on/)
    writeFileSync(file, good)
    await until('in order again', async () => (await row())?.reason === null, SEEN_MS)
  })

  it('picks up an edit that was made while no control plane ran', async () => {
    process.kill(Number(home.json('run/control.json')['pid']), 'SIGKILL')
    edit('"grid_upper_price": 161', '"grid_upper_price": 162')
    assert.equal((await home.run('up', '--detach', '--port', '0')).code, 0)
    await until('a version', async () => (await versions()).length === 4, SEEN_MS)
  })

  it('replaces a process whose environment alone was changed in an outage', async () => {
    const before = await row()
    process.kill(Number(home.json('run/control.json')['pid']), 'SIGKILL')
    edit('"daemon_config": {', '"daemon_config": { "environment": { "PAGE_COLOUR": "blue" },')
    assert.equal((await home.run('up', '--detach', '--port', '0')).code, 0)
    await until('another process', async () => {
      const now = await row()
      return now?.state === 'running' && now.pid !== before?.pid
    })
    const variables = readFileSync(`/proc/${(await row())?.pid}/environ`, 'utf8')
    assert.match(variables, /PAGE_COLOUR=blue/)
  })

  it('writes a moved grid as a version, and brings an earlier one back', async () => {
    const moved = await home.run('grid', 'adjust', ID, '--lower', '139', '--upper', '163')
    assert.equal(moved.code, 0, moved.stderr)
    assert.equal((await versions()).at(-1)?.origin, 'grid adjust')
    assert.match(read(), /"grid_upper_price": 163/)
    const faulty = ['--lower', '139', '--upper', '163', '--levels', '5000']
    assert.equal((await home.run('grid', 'adjust', ID, ...faulty)).code, 2)
    const back = await home.run('config', 'rollback', ID, '1')
    assert.equal(back.code, 0, back.stderr)
    assert.match(read(), /"grid_upper_price": 160/)
    assert.equal((await home.run('config', 'diff', ID, '1')).stdout, 'no difference\n')
    assert.equal((await home.run('config', 'rollback', ID, '77')).code, 3)
  })

  it('writes a grid that was moved at its own port into the file, also after an outage', async () => {
    const { token, pid } = home.json('run/control.json') as { token: string; pid: number }
    let port = 0
    const adjust = async (upper: number) => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/grid/adjust`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ grid_lower_price: 139, grid_upper_price: upper }),
      })
      assert.equal(answer.status, 200, await answer.text())
    }
    const isWritten = (upper: number) => () => read().includes(`"grid_upper_price": ${upper}`)
    // The roll-back before may have replaced the process: its port is known when it runs again.
    await until('it can be moved', async () => (await row())?.state === 'running')
    port = (await row())?.port ?? 0
    await adjust(164)
    await until('the file says so', isWritten(164), SEEN_MS)
    assert.equal((await versions()).at(-1)?.author, 'own port')
    process.kill(pid, 'SIGKILL')
    await adjust(165)
    assert.equal((await home.run('up', '--detach', '--port', '0')).code, 0)
    await until('the file says so', isWritten(165), SEEN_MS)
  })

  it('takes a new file in, and stops an instance whose file is gone', async () => {
    const made = await home.run('config', 'new', 'demo_sol_01', 'second')
    assert.equal(made.code, 0, made.stderr)
    await until('it is known', async () => (await row('second')) !== undefined, SEEN_MS)
    rmSync(path('active/second.json'))
    await until('it is gone', async () => (await row('second')) === undefined)
    const before = await row('demo_eth_01')
    renameSync(path('active/demo_eth_01.json'), path('away.json'))
    await until('stopped', async () => (await row('demo_eth_01')) === undefined)
    assert.equal(
      home.processes().some(({ pid }) => pid === before?.pid),
      false,
    )
    assert.equal((await home.run('config', 'archive', ID)).code, 4)
    assert.equal((await home.run('stop', ID)).code, 0)
    assert.equal((await home.run('config', 'archive', ID)).code, 0)
    await until('nothing is left', async () => (await home.list()).length === 0)
  })

  it('ends', async () => {
    assert.equal((await home.run('down', '--stop-bots')).code, 0)
  })
})
