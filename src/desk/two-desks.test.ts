/** Two desks on one journal: the later one owns the account, and the earlier one ends. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deskWorld } from '../../test/desk/desk-world.ts'

test('a desk whose journal another has opened sends nothing more, asks nothing more and ends with a sentence', async () => {
  const world = await deskWorld({ onBotLost: 'keep' })
  const { desk: first, venue, bot } = world
  const entry = world.entry()
  await world.openDesk()
  const asked: string[] = []
  for (const name of ['place', 'cancel', 'openOrders', 'positions'] as const) {
    const real = venue[name].bind(venue) as (...given: unknown[]) => Promise<never>
    venue[name] = (...given: unknown[]) => {
      asked.push(name)
      return real(...given)
    }
  }
  await assert.rejects(first.operator.command(entry, 'pause'))
  assert.equal(world.lost.length, 1)
  assert.match(
    world.lost[0] ?? '',
    /^account paper-test-main belongs to another desk now \(another desk has opened the journal since\): this one sends nothing more and ends/,
  )
  asked.length = 0
  first.setMode(entry, 'killed', 'flatten')
  bot.disk.x[2] = 0
  await bot.connect(first).catch(() => {})
  await world.clock.advance(70_000)
  assert.deepEqual(asked, [])
  assert.deepEqual(
    [world.lost.length, world.open().length],
    [1, 6],
    'the other one is not disturbed',
  )
  assert.equal(world.desk.reconciler.isDone, true)
})
