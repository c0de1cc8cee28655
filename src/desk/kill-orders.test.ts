/** Kills that were ordered while no desk ran: obeyed before anything else is done. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DeskWorld, deskWorld } from '../../test/desk/desk-world.ts'

const originsSince = (world: DeskWorld, before: ReadonlySet<string>): string[] =>
  [...world.disk.rows].filter(([id]) => !before.has(id)).map(([, { order }]) => order.origin.kind)

test('a desk that starts again has killed before it compares the account, and places nothing but what closes', async () => {
  const world = await deskWorld()
  await world.clock.advance(2000)
  world.killDesk()
  const before = new Set<string>(world.disk.rows.keys())
  assert.ok(before.size > 0)
  world.kills.add('bot_01')
  world.killedAt = world.clock.wallMs() - 700
  await world.openDesk()
  const { risk } = world.entry().loop
  assert.deepEqual([risk.mode, risk.cause?.since], ['killed', world.killedAt])
  await world.openBot()
  await world.clock.advance(5000)
  assert.equal(world.entry().loop.risk.mode, 'killed')
  assert.ok(originsSince(world, before).every((kind) => kind === 'operator'))
  assert.deepEqual(world.open(), [])
})

test('an instance that the desk has never seen is killed before its bot is listened to', async () => {
  const world = new DeskWorld()
  world.kills.add('bot_01')
  await world.openDesk()
  assert.deepEqual([...world.kills], ['bot_01'])
  await world.openBot()
  await world.clock.advance(3000)
  assert.equal(world.entry().loop.risk.mode, 'killed')
  assert.deepEqual([[...world.kills], originsSince(world, new Set())], [[], []])
})
