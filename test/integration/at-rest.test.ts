// What is shown of stopped instances, and what an operator can do when nothing runs; dist/ must be current.
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { FleetHome, until } from './fleet-home.ts'

const SOL = 'demo_sol_01'

interface Shown {
  readonly id: string
  readonly state: string
  readonly position: string | null
  readonly pnl: string | null
  readonly fills: number | null
  readonly books: { readonly entry_price: string | null } | null
  readonly restraint: { readonly state: string } | null
}

interface Order {
  readonly slot: string
  readonly sent_at: string
}

describe('an instance that has been stopped with a position', () => {
  const home = new FleetHome()
  after(() => home.close())
  const itemsOf = async <T>(...words: string[]): Promise<readonly T[]> => {
    const { stdout } = await home.run(...words, '--json')
    return (JSON.parse(stdout) as { readonly items: readonly T[] }).items
  }
  const one = async (): Promise<Shown> => {
    const [found] = await itemsOf<Shown>('list', SOL)
    assert.ok(found)
    return found
  }
  let before: Shown

  it('keeps its figures and says what it holds, with a control plane', async () => {
    const up = await home.run('up', '--detach', '--port', '0', '--speed', '600')
    assert.equal(up.code, 0, up.stderr)
    await until('it holds something', async () => Number((await one()).position) !== 0)
    assert.equal((await home.run('stop', SOL)).code, 0)
    before = await one()
    assert.equal(before.state, 'stopped')
    assert.notEqual(before.pnl, null)
    assert.ok((before.fills ?? 0) > 0)
    const { stdout } = await home.run('list')
    if (Number(before.position) !== 0)
      assert.match(stdout, /demo_sol_01: stopped, holds -?[\d.]+ SOL/)
  })

  it('is shown the same when nothing runs', async () => {
    assert.equal((await home.run('down', '--stop-bots')).code, 0)
    const { state, position, pnl, fills, books, restraint } = await one()
    assert.deepEqual(
      [state, position, fills, books?.entry_price, restraint, pnl === null],
      ['stopped', before.position, before.fills, before.books?.entry_price, null, false],
    )
  })

  it('is stopped again, and killed, by what the next start obeys before anything trades', async () => {
    const stopped = await home.run('stop', SOL)
    assert.deepEqual([stopped.code, stopped.stderr], [0, ''])
    assert.match(stopped.stdout, /^demo_sol_01 will not be started/)
    const close = await home.run('close-all', SOL, '--yes')
    assert.equal(close.code, 4)
    assert.match(close.stderr, /perpfleet kill demo_sol_01 closes it at the next start/)
    const direct = await home.run('close-all', '--yes', '--direct')
    assert.equal(direct.code, 1)
    assert.match(
      direct.stderr,
      /^the exchange does not answer and nothing is closed; perpfleet kill/,
    )
    const killedAt = new Date().toISOString()
    const killed = await home.run('kill', SOL, '--yes')
    assert.deepEqual([killed.code, killed.stderr], [0, ''])
    assert.match(killed.stdout, /will be killed before anything trades/)
    assert.equal((await one()).restraint?.state, 'killed')
    const started = await home.run('start', SOL)
    assert.equal(started.code, 4)
    assert.match(started.stderr, /stays killed: an operator killed it past the desk/)
    await until('it is flat', async () => Number((await one()).position) === 0)
    const orders = await itemsOf<Order>('orders', '--instance', SOL, '--limit', '1000')
    const since = orders.filter(({ sent_at: at }) => at >= killedAt)
    assert.ok(since.every(({ slot }) => slot === 'operator'))
    assert.equal(since.length > 0, Number(before.position) !== 0)
  })

  it('is remembered as killed by kill --direct too, without an exchange and without ids', async () => {
    assert.equal((await home.run('arm', SOL)).code, 0)
    assert.equal((await home.run('down', '--stop-bots')).code, 0)
    const { code, stderr } = await home.run('kill', '--yes', '--direct')
    assert.deepEqual([code, /the kill is remembered/.test(stderr)], [1, true], stderr)
    assert.equal((await one()).restraint?.state, 'killed')
  })
})
