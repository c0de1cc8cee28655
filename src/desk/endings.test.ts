/** Ends that are cut off, joined by another, or met by an operator: what a kill or a close has begun is finished. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type DeskWorld, deskWorld } from '../../test/desk/desk-world.ts'
import { noFaults } from '../../test/support/fault-venue.ts'
import type { ModeEvent } from '../domain/instance-mode.ts'
import { CommandError } from './operator.ts'

const isConflict = (error: unknown) =>
  error instanceof CommandError &&
  error.code === 'CONFLICT' &&
  /is being stopped/.test(error.message)

/** An instance that holds something, at a venue that hears nothing of what it is sent from now on. */
async function holding(): Promise<DeskWorld> {
  const world = await deskWorld()
  world.books.move(14_850, world.random)
  await world.clock.advance(1500)
  assert.ok(world.books.position !== 0 && world.open().length > 0)
  world.venue.faults = { ...noFaults, lostRequest: 1 }
  return world
}

/** The desk dies at once and the next one meets the bot before it has sent anything. */
async function comeBack(world: DeskWorld): Promise<void> {
  world.killDesk()
  assert.ok(world.books.position !== 0, 'nothing was closed yet')
  await world.openDesk()
  assert.equal(world.entry().ending, null)
  await world.openBot()
}

const left = (world: DeskWorld) => ({ position: world.books.position, orders: world.open() })
const nothing = { position: 0, orders: [] }

describe('a bot that starts while an end was cut off', () => {
  for (const [command, mode] of [
    ['kill', 'killed'],
    ['close', 'halted'],
  ] as const satisfies readonly (readonly [ModeEvent, string])[])
    test(`does not lift what a ${command} has begun`, async () => {
      const world = await holding()
      await world.desk.operator.command(world.entry(), command)
      await comeBack(world)
      assert.deepEqual([world.entry().loop.risk.mode, world.entry().override], [mode, 'flatten'])
      await world.clock.advance(10_000)
      assert.deepEqual(left(world), nothing)
    })

  test('goes on when it was only stopped: its start counts', async () => {
    const world = await holding()
    world.desk.end(world.entry(), 'stop', 'cancel', 'close', () => {})
    // The stop is written down with the next commit.
    await world.clock.advance(200)
    await comeBack(world)
    assert.equal(world.entry().override, null)
    await world.clock.advance(10_000)
    assert.equal(world.books.position, world.entry().loop.position)
    assert.ok(world.open().length > 0)
  })

  test('does not lift an end that somebody waits for', async () => {
    const world = await holding()
    let isEnded = false
    world.desk.end(world.entry(), 'stop', 'cancel', 'close', () => {
      isEnded = true
    })
    await world.openBot()
    assert.equal(world.entry().override, 'flatten')
    world.venue.faults = { ...noFaults }
    await world.clock.advance(10_000)
    assert.deepEqual([isEnded, left(world)], [true, nothing])
  })
})

describe('a stop while a kill closes', () => {
  for (const orders of ['keep', 'cancel'] as const)
    test(`with orders ${orders} and positions keep neither stops the closing nor leaves an order`, async () => {
      const world = await holding()
      await world.desk.operator.command(world.entry(), 'kill')
      let isEnded = false
      world.desk.end(world.entry(), 'stop', orders, 'keep', () => {
        isEnded = true
      })
      await world.clock.advance(100)
      assert.deepEqual([isEnded, world.entry().override], [false, 'flatten'])
      world.venue.faults = { ...noFaults }
      await world.clock.advance(10_000)
      assert.deepEqual([isEnded, left(world)], [true, nothing])
      assert.equal(world.entry().loop.risk.mode, 'killed')
    })
})

describe('resume and arm during an end', () => {
  for (const command of ['resume', 'arm'] as const)
    test(`${command} is refused, and the end goes on`, async () => {
      const world = await holding()
      await world.desk.operator.command(world.entry(), command === 'arm' ? 'disarm' : 'pause')
      let isEnded = false
      world.desk.end(world.entry(), 'stop', 'cancel', 'close', () => {
        isEnded = true
      })
      await assert.rejects(world.desk.operator.command(world.entry(), command), isConflict)
      assert.equal(world.entry().override, 'flatten')
      world.venue.faults = { ...noFaults }
      await world.clock.advance(10_000)
      assert.deepEqual([isEnded, left(world)], [true, nothing])
    })
})
