/** What the venue has and the books do not: positions that differ, and orders of others. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settings } from '../../test/desk/desk-simulation.ts'
import { DeskWorld, deskWorld } from '../../test/desk/desk-world.ts'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { fullTraits } from '../../test/support/venue-traits.ts'
import { notionalOf } from '../domain/instrument.ts'
import { money, price, quantity } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import { CommandError } from './operator.ts'
import { accountStatus } from './status.ts'

/** The venue holds other lots than it has told of, and two looks have seen it. */
async function mismatched(
  lots: number,
  held = 0,
  change: Parameters<typeof deskWorld>[0] = {},
  parts: Parameters<typeof deskWorld>[1] = {},
): Promise<DeskWorld> {
  const world = await deskWorld(change, parts)
  if (held !== 0) {
    // One line fills at a time: 100 lots, all of them.
    world.random.chance = () => false
    world.books.move(15_000 - held - 10, world.random)
    await world.clock.advance(2000)
  }
  world.books.position += lots
  await world.clock.advance(33_000)
  return world
}

/** The event of a fill comes whose lots the venue holds already. */
function lateFill({ books }: DeskWorld, lots: number): void {
  const fill = {
    id: `late-${books.events.length}`,
    at: books.at,
    instrument: testInstrument.id,
    clientId: null,
    side: 'buy',
    price: price(15_000),
    quantity: quantity(lots),
    fee: money(0),
    isMaker: true,
  } as const
  books.add({ kind: 'fill', isLiquidation: false, fill })
}

const adoptions = ({ disk }: DeskWorld): number =>
  disk.events.filter(({ event }) => event.kind === 'fill' && event.fill.id.startsWith('adopted'))
    .length

const gapOf = (world: DeskWorld): number => world.entry().loop.outside.gap
const rowOf = (world: DeskWorld) => {
  const [row] = accountStatus(world.desk, 1).instances
  assert.ok(row)
  return row
}
const openSides = (world: DeskWorld): string =>
  [...world.books.orders.values()]
    .filter(({ status }) => status === 'open')
    .map(({ request }) => `${request.side} ${request.quantity} @ ${request.price}`)
    .sort()
    .join(', ')
const allSix =
  'buy 100 @ 14700, buy 100 @ 14800, buy 100 @ 14900, sell 100 @ 15100, sell 100 @ 15200, sell 100 @ 15300'

describe('a position that differs', () => {
  test('stops new risk after two looks in a row, and both numbers are told', async () => {
    const world = await deskWorld()
    world.books.position = 50
    await world.clock.advance(30_000)
    assert.deepEqual([gapOf(world), world.open().length], [0, 6], 'one look is no proof')
    await world.clock.advance(3000)
    assert.deepEqual([gapOf(world), openSides(world)], [50, ''], 'what could raise is withdrawn')
    assert.deepEqual(new Set(Object.values(world.bot.reasons)), new Set(['position_mismatch']))
    const { position, position_venue, mode } = rowOf(world)
    assert.deepEqual([position, position_venue, mode], [0, 50, 'running'])
    assert.ok(world.said(/position mismatch: bot_01 takes no new risk .* perpfleet resume bot_01/))
    await world.clock.advance(60_000)
    assert.equal(openSides(world), '', 'it stands as long as the books differ')
  })

  test('a difference of one look only leads to nothing', async () => {
    const world = await deskWorld()
    world.books.position = 50
    await world.clock.advance(30_100)
    world.books.position = 0
    await world.clock.advance(40_000)
    assert.deepEqual([gapOf(world), openSides(world), world.desk.differences.isUnconfirmed], [
      0,
      allSix,
      false,
    ] as unknown[])
    assert.equal(world.said(/mismatch/), false)
  })

  test('a fill that is told late explains it: it lifts by itself and the orders come back', async () => {
    const world = await mismatched(7)
    assert.equal(gapOf(world), 7)
    const fill = {
      id: 'late',
      at: world.books.at,
      instrument: testInstrument.id,
      clientId: null,
      side: 'buy',
      price: price(15_000),
      quantity: quantity(7),
      fee: money(0),
      isMaker: true,
    } as const
    world.books.add({ kind: 'fill', fill, isLiquidation: false })
    await world.clock.advance(7000)
    assert.deepEqual([gapOf(world), world.entry().loop.position], [0, 7])
    assert.equal(openSides(world), allSix)
    assert.ok(world.said(/mismatch is over/))
  })

  test('is kept over a restart of the desk: nothing raises risk before the next look either', async () => {
    const world = await mismatched(50)
    world.killDesk()
    await world.openDesk()
    assert.equal(gapOf(world), 50)
    const before = world.books.orders.size
    await world.openBot()
    await world.clock.advance(20_000)
    assert.deepEqual([gapOf(world), world.books.orders.size], [50, before])
  })

  test('one that is found at the start of a desk is looked at again before anything is sent', async () => {
    const world = await deskWorld()
    world.killDesk()
    for (const id of world.open()) world.books.cancel(id as ClientOrderId)
    world.books.position = 30
    await world.openDesk()
    const before = world.books.orders.size
    await world.openBot()
    await world.clock.advance(5000)
    assert.deepEqual([gapOf(world), world.books.orders.size], [30, before])
  })

  test('resume takes the number of the venue over: at mark, for desk, journal and bot', async () => {
    const world = await mismatched(-40)
    const equity = world.entry().loop.risk.equity()
    await world.desk.operator.command(world.entry(), 'resume')
    await world.clock.advance(2000)
    const { loop } = world.entry()
    assert.deepEqual([gapOf(world), loop.position, loop.risk.equity()], [0, -40, equity])
    assert.equal(openSides(world), allSix)
    assert.deepEqual(
      world.disk.events.map(({ event }) => event.kind === 'fill' && event.fill.origin.kind),
      ['foreign'],
    )
    assert.equal(world.botDisk.seq, loop.handedSeq, 'the bot has booked it')
    world.killDesk()
    await world.openDesk()
    await world.openBot()
    await world.clock.advance(40_000)
    assert.deepEqual([gapOf(world), world.entry().loop.position], [0, -40])
  })

  test('resume waits for the comparison that may explain it', async () => {
    const world = await mismatched(50)
    world.venue.disconnect()
    await assert.rejects(
      world.desk.operator.command(world.entry(), 'resume'),
      /position of bot_01 differs and account paper-test-main is being compared with the venue/,
    )
  })

  describe('where the answers of the venue may lag', () => {
    const lagging = { traits: { ...fullTraits, queryLagMs: 5000 } }
    const resume = (world: DeskWorld) => world.desk.operator.command(world.entry(), 'resume')
    const isUnsettled = (error: unknown): boolean =>
      error instanceof CommandError &&
      error.code === 'CONFLICT' &&
      /holds \+50 lots against the books of bot_01, .* say it again in [1-6] s$/.test(error.message)

    test('resume does not take over what a fill on its way explains', async () => {
      const world = await mismatched(50, 0, {}, lagging)
      await assert.rejects(resume(world), isUnsettled)
      lateFill(world, 50)
      await world.clock.advance(10_000)
      assert.deepEqual([gapOf(world), world.entry().loop.position], [0, 50])
      assert.equal(adoptions(world), 0)
    })

    test('resume takes over what has stood unchanged for as long as the answers may lag', async () => {
      const world = await mismatched(50, 0, {}, lagging)
      await assert.rejects(resume(world), isUnsettled)
      await world.clock.advance(5000)
      await resume(world)
      assert.deepEqual([gapOf(world), world.entry().loop.position], [0, 50])
      assert.equal(adoptions(world), 1)
    })

    test('something booked, or another difference, begins the time anew', async () => {
      for (const change of ['booked', 'other'] as const) {
        const world = await mismatched(20, 0, {}, lagging)
        await world.clock.advance(3500)
        world.books.position += 30
        if (change === 'booked') lateFill(world, 30)
        await world.clock.advance(5000)
        await assert.rejects(resume(world), /say it again in/, change)
        await world.clock.advance(7000)
        await resume(world)
        assert.equal(world.entry().loop.position, 50, change)
      }
    })

    test('after a restart of the desk the time begins anew', async () => {
      const world = await mismatched(50, 0, {}, lagging)
      await world.clock.advance(7000)
      world.killDesk()
      await world.openDesk()
      await world.openBot()
      await assert.rejects(resume(world), isUnsettled)
      await world.clock.advance(7000)
      await resume(world)
      assert.equal(world.entry().loop.position, 50)
    })

    test('on_foreign: adopt waits for it too, a kill does not', async () => {
      const adopting = await mismatched(50, 0, { onForeign: 'adopt' }, lagging)
      assert.equal(adoptions(adopting), 0)
      await adopting.clock.advance(6000)
      assert.equal(adoptions(adopting), 1)
      const killed = await mismatched(50, 0, {}, lagging)
      await killed.desk.operator.command(killed.entry(), 'kill')
      await killed.clock.advance(2000)
      assert.deepEqual([killed.books.position, killed.entry().loop.position], [0, 0])
    })
  })

  test('a kill closes what the venue holds, not what the books say', async () => {
    const world = await mismatched(40)
    await world.desk.operator.command(world.entry(), 'kill')
    await world.clock.advance(10_000)
    assert.deepEqual([world.books.position, world.entry().loop.position, gapOf(world)], [0, 0, 0])
    assert.equal(openSides(world), '')
  })

  test('only what both hold may be reduced by an order that could turn the position', async () => {
    const world = await mismatched(-60, 100)
    assert.deepEqual([world.entry().loop.position, world.books.position], [100, 40])
    // 40 lots are certain; the nearest line sells 100 of them.
    assert.equal(openSides(world), '')
  })

  test('a shadow is not held by what others hold; contracts of nobody are told and hold nobody', async () => {
    const world = await deskWorld({ shadow: true })
    world.books.position = 50
    await world.clock.advance(70_000)
    assert.deepEqual([gapOf(world), world.desk.differences.positions.length], [0, 1])
    const other = new DeskWorld()
    await other.openDesk()
    other.books.position = 5
    await other.clock.advance(70_000)
    assert.deepEqual(other.desk.differences.positions, [
      { instrument: testInstrument.id, booked: 0, venue: 5 },
    ])
  })
})

describe('orders of others', () => {
  const limitOf = (lots: number) => ({
    ...settings.limits,
    positionNotionalMax: notionalOf(testInstrument, price(15_000), quantity(lots), 'ceil'),
  })

  // The counter-example: without them 300 lots would be allowed beside 100 of somebody else, 400 under a limit of 350.
  for (const side of ['buy', 'sell'] as const)
    test(`a ${side} of somebody else takes its room below the limit at once, and gives it back`, async () => {
      const world = new DeskWorld()
      await world.openDesk()
      world.strange('by-hand', side, side === 'buy' ? 14_000 : 16_000, 100)
      await world.openBot({ limits: limitOf(350) })
      await world.clock.advance(1000)
      const lots = (of: 'buy' | 'sell'): number =>
        [...world.books.orders.values()]
          .filter(({ status, request }) => status === 'open' && request.side === of)
          .reduce((sum, { request }) => sum + Number(request.quantity), 0)
      const other = side === 'buy' ? 'sell' : 'buy'
      assert.deepEqual([lots(side), lots(other)], [300, 300], 'the other side has all its room')
      assert.ok(Object.values(world.bot.reasons).includes('limit_notional'))
      const { buying, selling, orders } = rowOf(world).foreign
      assert.deepEqual([orders, buying + selling], [1, 100])
      assert.deepEqual(accountStatus(world.desk, 1).foreign_orders, [])
      await world.clock.advance(31_000)
      assert.deepEqual(accountStatus(world.desk, 1).foreign_orders, ['by-hand'])
      world.books.cancel('by-hand' as ClientOrderId)
      await world.clock.advance(31_000)
      world.venue.tick()
      await world.clock.advance(1000)
      assert.deepEqual([openSides(world), rowOf(world).foreign.orders], [allSix, 0])
    })

  test('one that comes later is seen with the next look and counts from then on', async () => {
    const world = await deskWorld()
    world.strange('by-hand', 'buy', 14_000, 100)
    await world.clock.advance(31_000)
    assert.equal(world.entry().loop.exposure.buying, 400)
    assert.equal(world.entry().loop.exposure.selling, 300)
  })

  test('what of it has filled is held and no longer on its way', async () => {
    const world = await deskWorld()
    world.strange('by-hand', 'buy', 14_950, 80)
    await world.clock.advance(31_000)
    world.random.chance = () => false
    world.books.move(14_940, world.random)
    await world.clock.advance(500)
    const { position, buying } = world.entry().loop.exposure
    assert.deepEqual([position, buying], [80, 300])
  })

  test('one of ours that ended while the answer was on its way is no stranger', async () => {
    const world = await deskWorld()
    const [mine] = [...world.books.orders.values()]
    assert.ok(mine)
    const answer = world.venue.openOrders.bind(world.venue)
    world.venue.openOrders = async () => {
      const open = await answer()
      world.desk.setMode(world.entry(), 'paused', null)
      await new Promise<void>((resolve) => void world.clock.after(500, resolve))
      return open
    }
    await world.clock.advance(31_000)
    assert.deepEqual([world.open(), world.desk.differences.foreign], [[], []])
    assert.equal(world.said(/is not ours/), false)
  })
})
