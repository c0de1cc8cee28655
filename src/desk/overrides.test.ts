/** A position that is being closed goes on being closed, whatever dies meanwhile. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settings } from '../../test/desk/desk-simulation.ts'
import { type DeskWorld, deskWorld } from '../../test/desk/desk-world.ts'
import { noFaults } from '../../test/support/fault-venue.ts'
import { ratio } from '../domain/money.ts'

/** Holds lots, and from now on no request reaches the venue: what is begun is not finished. */
async function cutOff(change: object = {}): Promise<DeskWorld> {
  const world = await deskWorld(change)
  world.venue.faults = { ...noFaults, lostRequest: 1 }
  world.books.move(14_690, world.random)
  await world.clock.advance(1000)
  assert.ok(world.books.position > 0)
  return world
}

async function reopened(world: DeskWorld): Promise<void> {
  await world.clock.advance(100)
  world.killDesk()
  await world.openDesk()
  await world.clock.advance(20_000)
}

describe('after a restart of the desk', () => {
  for (const event of ['kill', 'close'] as const)
    test(`the closing of a ${event} goes on, without a bot`, async () => {
      const world = await cutOff()
      await world.desk.operator.command(world.entry(), event)
      await reopened(world)
      assert.equal(world.entry().override, 'flatten')
      assert.deepEqual([world.books.position, world.open()], [0, []])
    })

  test('a limit with on_breach flatten goes on closing, and the next day lets go', async () => {
    const limits = { ...settings.limits, dailyLossMax: ratio(10_000), onBreach: 'flatten' } as const
    const world = await cutOff({ limits })
    world.venue.tick()
    await reopened(world)
    const { override, loop } = world.entry()
    assert.deepEqual([override, loop.risk.latch], ['flatten', 'limit_daily_loss'])
    assert.deepEqual([world.books.position, world.open()], [0, []])
    world.books.at += 24 * 3_600_000
    world.venue.tick()
    await world.clock.advance(1000)
    assert.deepEqual([world.entry().override, loop.risk.mode], [null, 'running'])
  })

  test('the cancelling of a stop goes on', async () => {
    const world = await cutOff()
    world.desk.end(world.entry(), 'stop', 'cancel', 'keep', () => {})
    await reopened(world)
    assert.ok(world.books.position > 0)
    assert.deepEqual(world.open(), [])
  })
})
