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

const rival = (counter: number) => `pf0000z${counter.toString(36).padStart(7, '0')}`
const SEEMS = /another perpfleet seems to trade on this account/

test('orders of a perpfleet that the journal does not know are told at the start, and withdrawn', async () => {
  const world = await deskWorld({ onForeign: 'halt' })
  world.killDesk()
  world.strange(rival(1), 'buy', 13_900, 5)
  world.strange(rival(2), 'buy', 13_800, 5)
  await world.openDesk()
  await world.clock.advance(5000)
  const told = world.log.filter(({ text }) => SEEMS.test(text))
  assert.deepEqual(
    told.map(({ text }) => text.slice(0, 8)),
    ['2 orders'],
  )
  assert.ok(!world.log.some(({ text }) => /is not ours; it is left alone/.test(text)))
  assert.ok(![rival(1), rival(2)].some((id) => world.open().includes(id)))
  // A lost journal looks the same: nothing else follows.
  await world.openBot({ onForeign: 'halt' })
  assert.equal(world.entry().loop.risk.latch, null)
})

test('those that come while the desk runs are of another home: an alert, and on_foreign holds', async () => {
  const world = await deskWorld({ onForeign: 'halt' })
  await world.clock.advance(40_000)
  assert.ok(!world.said(SEEMS))
  world.strange(rival(3), 'buy', 13_900, 5)
  world.strange(rival(4), 'buy', 13_800, 5)
  await world.clock.advance(90_000)
  const alerts = world.log.filter(
    ({ text, fields }) => SEEMS.test(text) && fields['alert'] === 'ForeignActivity',
  )
  assert.equal(alerts.length, 1, 'said once')
  assert.match(alerts[0]?.text ?? '', /stop one of the two homes$/)
  assert.equal(world.entry().loop.risk.latch, 'foreign_activity')
  assert.ok(!world.open().includes(rival(3)), 'and withdrawn')
})

test('an order of an earlier life that arrives a moment late is not taken for that of another home', async () => {
  const world = await deskWorld({ onForeign: 'halt' })
  await world.clock.advance(3000)
  world.strange(rival(5), 'buy', 13_900, 5)
  await world.clock.advance(70_000)
  assert.ok(!world.open().includes(rival(5)))
  assert.equal(world.entry().loop.risk.latch, null)
})
