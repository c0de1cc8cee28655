/** Faults of a venue and of the account on it, met by a whole desk over real sockets: nothing new while they last, then on. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { OkxDialect } from '../../src/adapters/venues/okx/dialect.ts'
import { SandboxProcess } from '../conformance/venue-account-sandbox.ts'
import { SandboxDesk, untilTrue } from '../support/sandbox-desk.ts'

const SYMBOL = 'SOL/USDT:USDT'
const sandbox = new SandboxProcess({
  ...{ venue: 'okx', symbol: SYMBOL, idScheme: 'text', adoptsDuplicates: true },
  make: (parts) => OkxDialect.create(parts),
})
const world = new SandboxDesk(sandbox, { venue: 'okx', symbol: SYMBOL, onForeign: 'halt' })
/** Orders that are wanted so far, each in a slot of its own. */
let wanted = 0

/** One more want while something is wrong; @returns how many orders were tried in so long a time */
async function tryFor(forMs: number): Promise<number> {
  const before = world.disk.rows.size
  world.want(wanted++)
  await wait(forMs)
  return world.disk.rows.size - before
}

const calm = (limitMs: number) =>
  untilTrue('every order that is wanted rests, once', () => world.isCalm(wanted), limitMs)

describe('a desk whose venue or account fails', { timeout: 90_000 }, () => {
  before(async () => {
    sandbox.start()
    await world.open()
    await untilTrue('compared', () => world.desk.reconciler.isDone, 10_000)
    world.want(wanted++)
    await calm(5000)
  })
  after(async () => {
    await world.end()
    await sandbox.close()
  })

  test('an order that is taken and not shown for seconds is not sent again', async () => {
    await sandbox.fault('invisible', { count: 1, value: 3000 })
    await sandbox.fault('drop_after', { endpoint: 'place', count: 1 })
    assert.equal(await tryFor(2000), 1)
    await calm(10_000)
    assert.equal(world.disk.rows.size, wanted)
  })

  test('a revoked key: no orders and few tries, and it goes on when it is valid again', async () => {
    await sandbox.fault('key_revoked')
    const tries = await tryFor(2000)
    assert.ok(tries <= 3, `${tries} tries in 2 s`)
    assert.equal(world.resting().length, wanted - 1)
    await sandbox.heal()
    await calm(30_000)
  })

  test('maintenance: nothing new, no storm of tries, and it goes on by itself', async () => {
    await sandbox.fault('maintenance')
    const tries = await tryFor(2000)
    assert.ok(tries <= 3, `${tries} tries in 2 s`)
    assert.equal(world.resting().length, wanted - 1)
    const { watches, reconciler } = world.desk
    await untilTrue('the desk says so', () => watches.outage.text !== null, 10_000)
    assert.match(watches.outage.text ?? '', /^the venue says it is in maintenance until 20/)
    assert.equal(reconciler.isDone, false)
    await sandbox.heal()
    await calm(30_000)
    assert.equal(watches.outage.text, null)
  })

  test('a trade of somebody else is booked and holds the instance until an operator has looked', async () => {
    const { loop } = world.entry
    await sandbox.fault('foreign_position', { symbol: SYMBOL, value: 3 })
    await untilTrue('it is booked', () => loop.position !== 0, 20_000)
    assert.equal(await tryFor(300), 0)
    assert.ok(Object.values(loop.reasons()).includes('foreign_activity'))
    await sandbox.heal()
    await world.resume()
    await calm(10_000)
  })
})
