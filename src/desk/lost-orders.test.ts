/** Orders of our own that nobody looks after: withdrawn, whatever the journal says of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deskWorld } from '../../test/desk/desk-world.ts'
import type { ClientOrderId } from '../domain/order.ts'

test('an order that was held for ended and is at the venue is withdrawn, and told', async () => {
  const world = await deskWorld()
  await world.clock.advance(2000)
  const before = world.open().length
  const id = world.open()[0] as ClientOrderId
  world.books.cancel(id)
  await world.clock.advance(3000)
  assert.equal(world.entry().loop.hasOrder(id), false, 'it ended for us')
  // What the venue had said was wrong, or it showed it later than its answers may lag.
  world.books.orders.delete(id)
  world.strange(id, 'buy', 14_000, 5)
  await world.clock.advance(45_000)
  assert.deepEqual([world.open().includes(id), world.open().length], [false, before])
  assert.ok(world.said(/its journal holds it for ended: it is withdrawn/))
})

test('an order that was kept over the end of its instance is left alone', async () => {
  const world = await deskWorld()
  await world.clock.advance(2000)
  const before = world.open()
  world.desk.end(world.entry(), 'stop', 'keep', 'keep', () => {})
  world.killDesk()
  await world.openDesk()
  await world.clock.advance(45_000)
  assert.deepEqual(world.open(), before)
})
