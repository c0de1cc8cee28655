/** What follows when somebody else trades on the account: exchange_config.on_foreign. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type DeskWorld, deskWorld } from '../../test/desk/desk-world.ts'
import { testInstrument } from '../../test/support/instruments.ts'
import { money, price, quantity } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import { accountStatus } from './status.ts'

const modeOf = (world: DeskWorld): string => world.entry().loop.risk.mode

function foreignFill(world: DeskWorld, lots: number): void {
  world.books.position += lots
  const fill = {
    id: `web-${world.books.events.length}`,
    at: world.books.at,
    instrument: testInstrument.id,
    clientId: null,
    side: 'buy',
    price: price(15_000),
    quantity: quantity(lots),
    fee: money(0),
    isMaker: false,
  } as const
  world.books.add({ kind: 'fill', fill, isLiquidation: false })
}

describe('somebody else on the account', () => {
  test('halt: an order of theirs stops new risk until an operator resumes, and is told once', async () => {
    const world = await deskWorld({ onForeign: 'halt' })
    world.strange('web-1', 'buy', 14_000, 7)
    await world.clock.advance(62_000)
    assert.equal(modeOf(world), 'reduce_only')
    assert.equal(world.entry().loop.risk.latch, 'foreign_activity')
    assert.deepEqual(new Set(Object.values(world.bot.reasons)), new Set(['foreign_activity']))
    const alerts = world.log.filter(({ fields }) => fields['alert'] === 'ForeignActivity')
    assert.equal(alerts.length, 1)
    assert.deepEqual(world.open(), ['web-1'], 'ours are withdrawn, theirs is left alone')
    await world.desk.operator.command(world.entry(), 'resume')
    await world.clock.advance(62_000)
    assert.equal(modeOf(world), 'running', 'the same order is no news')
    assert.equal(world.open().length, 7)
  })

  test('halt: a trade of theirs is booked and stops new risk; it holds over a restart', async () => {
    const world = await deskWorld({ onForeign: 'halt' })
    foreignFill(world, 30)
    await world.clock.advance(1000)
    assert.deepEqual([modeOf(world), world.entry().loop.position], ['reduce_only', 30])
    world.killDesk()
    await world.openDesk()
    assert.equal(modeOf(world), 'reduce_only')
    assert.equal(world.entry().loop.risk.cause?.limit?.code, 'foreign_activity')
  })

  test('halt: what an operator has seen is no news to the next desk either; what is new is', async () => {
    const world = await deskWorld({ onForeign: 'halt' })
    world.strange('web-1', 'buy', 14_000, 7)
    await world.clock.advance(32_000)
    const resume = () => world.desk.operator.command(world.entry(), 'resume')
    const restart = async (): Promise<void> => {
      world.killDesk()
      await world.openDesk()
      await world.openBot({ onForeign: 'halt' })
      await world.clock.advance(2000)
    }
    await restart()
    assert.equal(modeOf(world), 'reduce_only', 'nobody has seen it yet')
    await resume()
    await restart()
    assert.equal(modeOf(world), 'running')
    world.strange('web-2', 'buy', 14_000, 7)
    await restart()
    assert.equal(modeOf(world), 'reduce_only')
    await resume()
    world.books.cancel('web-1' as ClientOrderId)
    await world.clock.advance(32_000)
    assert.deepEqual(world.entry().loop.outside.seen, ['web-2'], 'what is gone is forgotten')
    const [row] = accountStatus(world.desk, 1).instances
    assert.equal(row?.foreign_total, 1)
  })

  test('halt: our own fills and what a venue liquidates are not of somebody else', async () => {
    const world = await deskWorld({ onForeign: 'halt' })
    world.random.chance = () => false
    world.books.move(14_790, world.random)
    await world.clock.advance(3000)
    assert.deepEqual([modeOf(world), world.entry().loop.position], ['running', 200])
    assert.equal(accountStatus(world.desk, 1).foreign_total, 0)
  })

  test('adopt: a position that differs is taken over after the second look, without an operator', async () => {
    const world = await deskWorld({ onForeign: 'adopt' })
    world.books.position += 50
    await world.clock.advance(30_000)
    assert.equal(world.entry().loop.position, 0, 'one look is no proof')
    await world.clock.advance(4000)
    assert.equal(world.entry().loop.position, 50)
    assert.equal(world.entry().loop.outside.gap, 0)
    assert.equal(modeOf(world), 'running')
  })

  test('ignore, and where nothing is said: it only counts in the exposure, and is counted', async () => {
    for (const change of [{ onForeign: 'ignore' as const }, {}]) {
      const world = await deskWorld(change)
      world.strange('web-1', 'buy', 14_000, 7)
      foreignFill(world, 30)
      await world.clock.advance(32_000)
      assert.equal(modeOf(world), 'running')
      assert.equal(world.entry().loop.outside.lots().buying, 7)
      assert.equal(accountStatus(world.desk, 1).foreign_total, 2)
    }
  })

  test('what is taken over has the same name after every restart', async () => {
    const ids: string[] = []
    for (let i = 0; i < 2; i++) {
      const world = await deskWorld({ onForeign: 'adopt' })
      if (i === 1) {
        world.killDesk()
        await world.openDesk()
        await world.openBot({ onForeign: 'adopt' })
      }
      world.books.position += 50
      await world.clock.advance(36_000)
      const [adopted] = world.disk.events
      assert.ok(adopted?.event.kind === 'fill')
      ids.push(adopted.event.fill.id)
    }
    assert.deepEqual(ids, [
      `adopted:${testInstrument.id}:0:50`,
      `adopted:${testInstrument.id}:0:50`,
    ])
  })
})
