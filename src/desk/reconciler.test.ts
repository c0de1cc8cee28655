/** Comparisons that are disturbed: by events among the answers, by requests while one runs, by a lost connection. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deskWorld } from '../../test/desk/desk-world.ts'
import { FaultVenue, testInstrument } from '../../test/support/fault-venue.ts'
import { money, price, quantity } from '../domain/money.ts'

const foreignFill = (id: string, at: number, lots: number) =>
  ({
    kind: 'fill',
    isLiquidation: false,
    fill: {
      id,
      at,
      instrument: testInstrument.id,
      clientId: null,
      side: 'buy',
      price: price(15_000),
      quantity: quantity(lots),
      fee: money(0),
      isMaker: true,
    },
  }) as const

describe('disturbed comparisons', () => {
  test('a hole that shows while one runs is asked for right after it, not after 30 s', async () => {
    const world = await deskWorld()
    const { books, clock, venue } = world
    const openOrders = venue.openOrders.bind(venue)
    let runs = 0
    venue.openOrders = async () => {
      runs += 1
      const open = await openOrders()
      await new Promise<void>((resolve) => void clock.after(300, resolve))
      return open
    }
    await clock.advance(29_500)
    while (runs === 0) await clock.advance(50)
    // One push is lost on the wire and the next arrives.
    const push = books.onEvent
    books.onEvent = () => {}
    books.add(foreignFill('lost', books.at, 5))
    books.add(foreignFill('heard', books.at, 5))
    books.position += 10
    books.onEvent = push
    world.desk.onAccount(books.events.slice(-1))
    await clock.advance(1500)
    assert.equal(world.entry().loop.position, 10)
  })

  test('a position that differs at a start is not hidden by a fill among the answers', async () => {
    const world = await deskWorld()
    world.killDesk()
    world.books.position += 100
    // Whole fills.
    world.random.chance = () => false
    const { positions } = FaultVenue.prototype
    let isFirst = true
    FaultVenue.prototype.positions = async function (this: FaultVenue) {
      const answer = await positions.call(this)
      // A line of as many lots fills after the positions were told and before the events are.
      if (isFirst) world.books.move(14_890, world.random)
      isFirst = false
      return answer
    }
    const { eventsSince } = FaultVenue.prototype
    FaultVenue.prototype.eventsSince = async function (this: FaultVenue, seq: number) {
      for (let i = 0; i < 3; i++) await Promise.resolve()
      return eventsSince.call(this, seq)
    }
    await world.openDesk()
    Object.assign(FaultVenue.prototype, { positions, eventsSince })
    assert.equal(world.desk.reconciler.isDone, false)
    await world.clock.advance(5000)
    assert.equal(world.entry().loop.outside.gap, 100)
  })

  test('a kill right after the fill that explains a difference closes what is there and no more', async () => {
    const world = await deskWorld()
    const { books, clock } = world
    books.position += 50
    await clock.advance(33_000)
    assert.equal(world.entry().loop.outside.gap, 50)
    books.add(foreignFill('late', books.at, 50))
    await clock.advance(200)
    await world.desk.operator.command(world.entry(), 'kill')
    for (let i = 0; i < 20; i++) {
      await clock.advance(500)
      world.venue.tick()
    }
    assert.deepEqual([world.entry().loop.position, books.position], [0, 0])
    const adopted = world.disk.events.filter(
      ({ event }) => event.kind === 'fill' && event.fill.id.startsWith('adopted'),
    )
    assert.equal(adopted.length, 0)
  })

  test('a request that cannot wait is not held up by one that can', async () => {
    const { clock, venue, desk } = await deskWorld()
    const openOrders = venue.openOrders.bind(venue)
    let runs = 0
    venue.openOrders = () => {
      runs += 1
      return openOrders()
    }
    desk.reconciler.request('later', 900)
    desk.reconciler.request('now')
    await clock.advance(50)
    assert.equal(runs, 1)
    await clock.advance(900)
    assert.equal(runs, 1, 'both are one')
  })

  test('one begun before the connection was lost does not count after it', async () => {
    const world = await deskWorld()
    const { books, clock, venue, desk } = world
    const positions = venue.positions.bind(venue)
    let release = (): void => {}
    venue.positions = async () => {
      const answer = await positions()
      await new Promise<void>((resolve) => {
        release = resolve
      })
      return answer
    }
    const run = desk.reconciler.run('asked')
    await clock.advance(10)
    const answer = release
    venue.positions = positions
    venue.disconnect()
    books.position += 100
    answer()
    await run
    assert.equal(desk.reconciler.isDone, false)
    await clock.advance(5000)
    assert.equal(world.entry().loop.outside.gap, 100)
  })

  test('an instance that the venue did not take at a reconnection is offered again', async () => {
    const world = await deskWorld()
    const attach = world.venue.attach.bind(world.venue)
    let asked = 0
    world.venue.attach = () => {
      asked += 1
      return asked === 1 ? Promise.reject(new Error('time-out')) : attach()
    }
    world.venue.disconnect()
    await world.clock.advance(3000)
    assert.equal(asked, 2)
  })
})
