/** Faults of the network between a whole desk and a venue, over real sockets: no order is lost, none is sent twice. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { OkxDialect } from '../../src/adapters/venues/okx/dialect.ts'
import { SandboxProcess } from '../conformance/venue-account-sandbox.ts'
import { SandboxDesk, untilTrue } from '../support/sandbox-desk.ts'

const FAULTS = [
  ['drop_before', {}],
  ['drop_after', {}],
  ['reset_body', {}],
  // A page with 200 after it acted, and one with 502 after which nothing happened.
  ['html', { value: 200 }],
  ['html', { value: 502, text: 'lost' }],
  ['drip', { value: 20 }],
  // The request waits on its way until its deadline has passed.
  ['latency', { value: 3000 }],
  ['latency', { value: 3000, text: 'answer' }],
] as const

const sandbox = new SandboxProcess({
  ...{ venue: 'okx', symbol: 'SOL/USDT:USDT', idScheme: 'text', adoptsDuplicates: true },
  make: (parts) => OkxDialect.create(parts),
})
const world = new SandboxDesk(sandbox, { venue: 'okx', symbol: 'SOL/USDT:USDT' })

describe('a desk whose network fails', { timeout: 60_000 }, () => {
  before(async () => {
    sandbox.start()
    await world.open()
    await untilTrue('compared', () => world.desk.reconciler.isDone, 10_000)
  })
  after(async () => {
    await world.end()
    await sandbox.close()
  })

  test('lost requests, lost answers, cut answers and foreign pages: each order rests once', async () => {
    for (const [number, [kind, more]] of FAULTS.entries()) {
      await sandbox.fault(kind, { endpoint: 'place', count: 1, ...more })
      const before = world.disk.rows.size
      world.want(number)
      await untilTrue(`${kind} is journalled`, () => world.disk.rows.size > before, 5000)
      // It has left; what follows is another request.
      await wait(30)
    }
    await untilTrue('each rests once', () => world.isCalm(FAULTS.length), 40_000)
    const ids = world.atVenue().map(({ clientId }) => clientId)
    assert.equal(new Set(ids).size, ids.length, 'no id was taken twice')
    for (const id of ids) assert.ok(world.disk.rows.has(id as never), `${id} has an intent`)
    assert.equal(ids.length, FAULTS.length, 'nothing was taken that another had to replace')
    // Those that never arrived, or came too late, are proven absent or refused, and went again as others.
    const never = [...world.disk.rows].filter(([id]) => !ids.includes(id))
    assert.ok(never.length >= 3)
    for (const [id, { isSettled, filled }] of never)
      assert.deepEqual([isSettled, filled], [true, 0], `${id} has ended without a fill`)
  })

  test('lost cancels and lost answers of cancels: everything is withdrawn', async () => {
    await sandbox.fault('drop_before', { endpoint: 'cancel', count: 1 })
    for (let number = 0; number < 4; number++) world.drop(number)
    await untilTrue('half is gone', () => world.isCalm(FAULTS.length - 4), 20_000)
    await sandbox.fault('drop_after', { endpoint: 'cancel', count: 1 })
    for (let number = 4; number < FAULTS.length; number++) world.drop(number)
    await untilTrue('nothing rests', () => world.isCalm(0), 20_000)
  })
})
