/** A stop that the desk watches itself, over the end of a desk. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DeskWorld, deskWorld } from '../../test/desk/desk-world.ts'
import { testInstrument } from '../../test/support/instruments.ts'
import { fullTraits } from '../../test/support/venue-traits.ts'
import { price } from '../domain/money.ts'

const traits = { ...fullTraits, hasRestingStops: false, hasClosePosition: false }

/** The bot wants a stop for the whole position and nothing else. */
function wantStop(world: DeskWorld): void {
  const trigger = { kind: 'stop', price: price(14_800), by: 'mark' } as const
  const want = {
    slot: 'stop',
    instrument: testInstrument.id,
    side: 'sell',
    price: price(14_800),
    quantity: 'position',
    isPostOnly: false,
    isReduceOnly: true,
    trigger,
  } as const
  world.desk.wants(world.entry(), {
    type: 'wants',
    basisSeq: world.entry().loop.handedSeq,
    step: null,
    replace: true,
    changes: [{ kind: 'rest', want }],
    wakes: null,
    finish: null,
  })
}

test('that it has fired is durable with its order: the next desk goes on, whatever the price does meanwhile', async () => {
  const world = await deskWorld({}, { traits })
  const { books, clock, random } = world
  random.chance = () => false
  books.move(14_890, random)
  await clock.advance(2000)
  assert.equal(world.entry().loop.position, 100)
  world.bot.isDead = true
  wantStop(world)
  await clock.advance(2000)
  assert.deepEqual(world.open(), [])
  // The order is lost on its way, and the desk with it.
  world.venue.place = () => new Promise(() => {})
  world.entry().loop.onPrice(clock.wallMs(), { last: price(14_790), mark: price(14_790) })
  wantStop(world)
  await clock.advance(100)
  world.killDesk()
  books.move(15_000, random)
  await world.openDesk()
  wantStop(world)
  await clock.advance(10_000)
  assert.deepEqual([books.position, world.entry().loop.position], [0, 0])
})
