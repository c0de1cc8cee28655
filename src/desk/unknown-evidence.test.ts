/** An order of unknown outcome ends by evidence alone, whatever the venue can do for it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type DeskWorld, deskWorld } from '../../test/desk/desk-world.ts'
import { fullTraits } from '../../test/support/venue-traits.ts'
import { quantity } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import { accountStatus } from './status.ts'

const unknown = (world: DeskWorld) =>
  world
    .entry()
    .loop.orders()
    .filter(({ status }) => status === 'unknown')

/** Every request of the bot's grid is lost on the way, and no answer comes. */
async function withLostOrders(venueParts: Parameters<typeof deskWorld>[1]): Promise<DeskWorld> {
  const world = await deskWorld({}, venueParts)
  for (const id of world.open()) world.books.cancel(id as ClientOrderId)
  world.venue.faults.lostRequest = 1
  await world.clock.advance(2500)
  world.venue.faults.lostRequest = 0
  assert.ok(unknown(world).length > 0)
  return world
}

describe('an order of unknown outcome', () => {
  test('carries the deadline of its venue; without one absence is never proven', async () => {
    const world = await withLostOrders({ traits: { ...fullTraits, deadlineMs: null } })
    const before = unknown(world).length
    await world.clock.advance(60_000)
    assert.equal(unknown(world).length, before)
    assert.ok(unknown(world).every(({ expiresAt }) => expiresAt === null))
    const patient = await withLostOrders({ traits: { ...fullTraits, deadlineMs: 5000 } })
    await patient.clock.advance(2500)
    assert.ok(unknown(patient).length > 0, 'not before its own deadline')
    await patient.clock.advance(5000)
    assert.equal(unknown(patient).length, 0)
  })

  test('is over at once where the venue makes it impossible', async () => {
    const burned: string[] = []
    let isAble = false
    const burn = async (id: ClientOrderId) => {
      if (!isAble) return 'unsure' as const
      burned.push(id)
      return 'burned' as const
    }
    const world = await withLostOrders({ traits: { ...fullTraits, deadlineMs: null }, burn })
    const ids = unknown(world).map(({ clientId }) => clientId)
    isAble = true
    await world.clock.advance(1500)
    assert.equal(unknown(world).length, 0)
    assert.deepEqual(new Set(burned), new Set(ids))
    assert.equal(accountStatus(world.desk, 1).burned_total, ids.length)
    assert.equal(world.open().length, 6, 'the grid is whole again')
  })

  test('stays when it arrived, when the venue is not sure, and when it does not answer', async () => {
    for (const burn of [
      async () => 'consumed' as const,
      async () => 'unsure' as const,
      () => Promise.reject(new Error('EAI_AGAIN')),
    ]) {
      const world = await withLostOrders({ traits: { ...fullTraits, deadlineMs: null }, burn })
      const before = unknown(world).length
      await world.clock.advance(10_000)
      assert.equal(unknown(world).length, before)
    }
  })

  test('a question that fails is no absence, however often', async () => {
    let isAble = false
    const burn = async () => (isAble ? ('burned' as const) : ('unsure' as const))
    const world = await withLostOrders({ burn })
    world.venue.lookup = () => Promise.reject(new Error('getaddrinfo EAI_AGAIN'))
    isAble = true
    const before = unknown(world).length
    await world.clock.advance(60_000)
    assert.equal(unknown(world).length, before)
  })

  test('an order that the venue has confirmed once is never burned', async () => {
    let asked = 0
    const burn = async () => {
      asked++
      return 'burned' as const
    }
    const world = await deskWorld({}, { burn })
    // Open in our books, and for a while the venue does not find it.
    const { openOrders, lookup } = world.venue
    world.venue.openOrders = async () => []
    world.venue.lookup = async () => null
    void world.desk.reconciler.run('test')
    await world.clock.advance(500)
    Object.assign(world.venue, { openOrders, lookup })
    assert.equal(asked, 0)
  })
})

test('a fill of an order that was over is booked, counted and said aloud', async () => {
  const world = await deskWorld()
  const [id] = world.open() as ClientOrderId[]
  assert.ok(id)
  const order = world.books.orders.get(id)
  assert.ok(order)
  world.books.cancel(id)
  await world.clock.advance(500)
  assert.equal(world.entry().loop.hasOrder(id), false)
  const { side } = order.request
  world.books.position += side === 'buy' ? 40 : -40
  const fill = {
    id: 'late-1',
    at: world.books.at,
    instrument: order.request.instrument,
    clientId: id,
    side,
    price: order.request.price,
    quantity: quantity(40),
    fee: 0,
    isMaker: true,
  }
  world.books.add({ kind: 'fill', fill, isLiquidation: false } as never)
  await world.clock.advance(500)
  assert.equal(world.entry().loop.position, world.books.position)
  assert.equal(accountStatus(world.desk, 1).late_fills_total, 1)
  const [line] = world.log.filter(({ fields }) => fields['alert'] === 'LateFill')
  assert.ok(line?.text.includes(id))
  const [event] = world.disk.events.filter(({ event }) => event.kind === 'fill')
  assert.ok(event?.event.kind === 'fill' && event.event.fill.origin.kind === 'slot')
})

test('the same fill told under another number is booked once', async () => {
  const world = await deskWorld()
  world.random.chance = () => false
  world.books.move(14_890, world.random)
  await world.clock.advance(1000)
  const held = world.entry().loop.position
  assert.equal(held, 100)
  const [told] = world.books.events.filter(({ kind }) => kind === 'fill')
  assert.ok(told?.kind === 'fill')
  world.books.add({ kind: 'fill', fill: told.fill, isLiquidation: false } as never)
  await world.clock.advance(1000)
  assert.equal(world.entry().loop.position, held)
  world.killDesk()
  await world.openDesk()
  world.books.add({ kind: 'fill', fill: told.fill, isLiquidation: false } as never)
  await world.clock.advance(1000)
  assert.equal(world.entry().loop.position, held, 'after a restart too')
  assert.ok(world.said(/told again under another number/))
})
