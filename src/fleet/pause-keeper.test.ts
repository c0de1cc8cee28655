/** What was paused while its desk was away is paused when the desk answers, and a resume elsewhere wins. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeskInstanceRow } from './desk-rows.ts'
import { PauseKeeper } from './pause-keeper.ts'

class World {
  readonly modes = new Map<string, string>()
  readonly asked: string[] = []
  readonly troubles: string[] = []
  answer: () => Promise<void> = () => Promise.resolve()
  readonly keeper = new PauseKeeper({
    namesOf: () => ['arb', 'arb.2'],
    legRow: (name) => {
      const mode = this.modes.get(name)
      return mode === undefined ? null : ({ mode } as DeskInstanceRow)
    },
    pause: (name) => {
      this.asked.push(name)
      return this.answer()
    },
    onTrouble: (_id, text) => this.troubles.push(text),
  })
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a leg that runs is paused when its desk is there, once at a time, until it is', async () => {
  const { keeper, modes, asked, ...world } = new World()
  keeper.look('arb')
  assert.deepEqual(asked, [])
  modes.set('arb', 'paused').set('arb.2', 'running')
  keeper.look('arb')
  keeper.look('arb')
  assert.deepEqual(asked, ['arb.2'])
  await settled()
  keeper.look('arb')
  assert.deepEqual(asked, ['arb.2', 'arb.2'])
  await settled()
  modes.set('arb.2', 'paused')
  keeper.look('arb')
  assert.equal(asked.length, 2)
  assert.deepEqual(world.troubles, [])
})

test('a desk that refuses is told of once for each reason, and asked again', async () => {
  const world = new World()
  world.modes.set('arb', 'running')
  for (const text of ['its venue is away', 'its venue is away', 'no disk']) {
    world.answer = () => Promise.reject(new Error(text))
    world.keeper.look('arb')
    await settled()
  }
  assert.equal(world.asked.length, 3)
  assert.deepEqual(world.troubles, ['its venue is away', 'no disk'])
})

test('a leg that was resumed at its desk stays so until somebody pauses anew', () => {
  const { keeper, modes, asked } = new World()
  modes.set('arb', 'paused').set('arb.2', 'running')
  keeper.onTold({ instance: 'arb.2', desired: 'running' })
  keeper.look('arb')
  assert.deepEqual(asked, [])
  keeper.begin('arb')
  keeper.look('arb')
  assert.deepEqual(asked, ['arb.2'])
})
