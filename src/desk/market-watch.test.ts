/** A market that is silent: nothing raises risk on it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type DeskWorld, deskWorld } from '../../test/desk/desk-world.ts'
import { testInstrument } from '../../test/support/instruments.ts'
import { fullTraits } from '../../test/support/venue-traits.ts'
import type { VenueListener } from '../ports/venue.ts'
import { SILENCE_MAX_MS } from './market-watch.ts'

/** A desk and what its venue says to it. */
async function heard(): Promise<{ world: DeskWorld; listener: VenueListener }> {
  let listener: VenueListener | null = null
  const world = await deskWorld({}, { traits: fullTraits })
  world.killDesk()
  world.venueParts = {
    traits: fullTraits,
    connect: async (given) => {
      listener = given
    },
  }
  await world.openDesk()
  await world.openBot()
  assert.ok(listener)
  return { world, listener }
}

describe('a silent market', () => {
  test('is said by the adapter: new orders wait for a price, what rests stays', async () => {
    const { world, listener } = await heard()
    const open = world.open().length
    listener.onStale?.(testInstrument.id, true)
    world.desk.setMode(world.entry(), 'paused', null)
    await world.clock.advance(500)
    world.desk.setMode(world.entry(), 'running', null)
    await world.clock.advance(500)
    assert.deepEqual(new Set(Object.values(world.bot.reasons)), new Set(['stale_market']))
    const price = { last: world.entry().loop.risk.last, mark: world.entry().loop.risk.mark }
    listener.onMarket([
      { kind: 'price', at: world.books.at + 1, instrument: testInstrument.id, price },
    ])
    await world.clock.advance(1000)
    assert.equal(world.entry().loop.isMarketStale, false)
    assert.equal(world.open().length, open)
    assert.ok(world.said(/is silent: it takes no new risk/) && world.said(/speaks again/))
  })

  test('is noticed by the desk itself when the adapter says nothing', async () => {
    const { world } = await heard()
    await world.clock.advance(SILENCE_MAX_MS - 5000)
    assert.equal(world.entry().loop.isMarketStale, false)
    await world.clock.advance(8000)
    assert.equal(world.entry().loop.isMarketStale, true)
  })

  test('of the simulated exchange is no fault: it speaks when somebody needs a price', async () => {
    const world = await deskWorld()
    await world.clock.advance(3 * SILENCE_MAX_MS)
    assert.equal(world.entry().loop.isMarketStale, false)
  })
})
