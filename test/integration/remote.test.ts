// The command line of one home asks the control plane of another, as from another machine.
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { FleetHome, until } from './fleet-home.ts'

describe('a control plane on another machine', () => {
  const there = new FleetHome()
  const here = new FleetHome()
  after(async () => {
    await there.close()
    await here.close()
  })

  it('is steered by --url and token, and leaves nothing here', { timeout: 120_000 }, async () => {
    const up = await there.run('up', '--detach', '--port', '0')
    assert.equal(up.code, 0, up.stderr)
    const { url, token } = there.json('run/control.json') as { url: string; token: string }
    const ask = (...args: string[]) =>
      here.runWith({ PERPFLEET_URL: url, PERPFLEET_TOKEN: token }, ...args)

    const list = await ask('list', '--json')
    const { items } = JSON.parse(list.stdout) as { items: readonly { id: string }[] }
    assert.deepEqual(
      items.map(({ id }) => id),
      ['demo_eth_01', 'demo_sol_01'],
    )
    const logs = await ask('logs', 'demo_sol_01', '--grep', 'listening', '-n', '1', '--json')
    const own = JSON.parse(logs.stdout) as { items: readonly { lines: readonly string[] }[] }
    assert.match(own.items[0]?.lines[0] ?? '', /listening/)
    const made = await ask('config', 'new', 'grid_neutral', 'other')
    assert.equal(made.code, 0, made.stderr)
    assert.ok(existsSync(join(there.dir, 'config', 'active', 'other.json')))
    const balances = await ask('balances', '--json')
    assert.match(balances.stdout, /"account": "paper-backpack-main"/)

    const wrong = await here.runWith(
      { PERPFLEET_URL: url, PERPFLEET_TOKEN: 'f'.repeat(64) },
      'kill',
      '--yes',
    )
    assert.deepEqual([wrong.code, wrong.stdout], [4, ''])
    assert.match(wrong.stderr, /^http:\S+ does not know this token: [^\n]+\n$/)
    const without = await here.runWith({ PERPFLEET_URL: url }, 'list')
    assert.deepEqual([without.code, without.stdout], [2, ''])
    const local = await ask('data', 'list')
    assert.deepEqual([local.code, local.stdout], [4, ''])

    const down = await ask('down', '--stop-bots')
    assert.deepEqual([down.code, down.stderr], [0, ''])
    await until('all have ended there', () => there.processes().length === 0)
    const gone = await ask('list')
    assert.deepEqual([gone.code, gone.stdout], [1, ''])
    assert.match(gone.stderr, /does not answer \(nothing listens there\)\n$/)
    assert.deepEqual(readdirSync(here.dir), [])
  })
})
