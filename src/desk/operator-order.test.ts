/** Commands that cross each other, and commands that the journal cannot keep. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deskWorld } from '../../test/desk/desk-world.ts'

test('a kill that comes while an arm asks the venue for the proof is not undone by it', async () => {
  const world = await deskWorld()
  const { operator } = world.desk
  await operator.command(world.entry(), 'kill')
  await world.clock.advance(5000)
  const arming = operator.command(world.entry(), 'arm')
  await operator.command(world.entry(), 'kill')
  await assert.rejects(arming, { code: 'CONFLICT' })
  assert.equal(world.entry().loop.risk.mode, 'killed')
})

test('an arm that is said again while the first one asks the venue undoes neither', async () => {
  const world = await deskWorld()
  const { operator } = world.desk
  await operator.command(world.entry(), 'kill')
  await world.clock.advance(5000)
  const both = [operator.command(world.entry(), 'arm'), operator.command(world.entry(), 'arm')]
  await Promise.all(both)
  assert.equal(world.entry().loop.risk.mode, 'running')
})

test('a kill that the journal cannot keep holds here, and whoever gave it hears that it may be lost', async () => {
  const world = await deskWorld()
  world.journal.isFull = true
  const told = world.desk.operator.command(world.entry(), 'kill')
  await assert.rejects(told, { code: 'SERVICE_UNAVAILABLE' })
  assert.equal(world.entry().loop.risk.mode, 'killed')
  world.journal.isFull = false
  await world.clock.advance(5000)
  const kept = world.disk.instances.get('bot_01')?.risk as { readonly mode: string } | undefined
  assert.equal(kept?.mode, 'killed')
})
