import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settings } from '../../test/desk/desk-simulation.ts'
import { DeskWorld } from '../../test/desk/desk-world.ts'
import { testInstrument } from '../../test/support/instruments.ts'
import { fullTraits } from '../../test/support/venue-traits.ts'
import { money, price, quantity } from '../domain/money.ts'
import type { WantChange } from '../domain/strategy.ts'
import type { VenueAccount } from '../ports/venue.ts'
import type { BotToDesk, DeskInstanceSettings, DeskToBot } from '../protocol/desk-messages.ts'
import type { InstanceEntry } from './instance-entry.ts'

async function opened(
  change: Partial<DeskInstanceSettings> = {},
  venueParts: Partial<VenueAccount> = {},
) {
  const world = new DeskWorld()
  world.venueParts = venueParts
  await world.openDesk()
  const heard: DeskToBot[] = []
  const link = { send: (message: DeskToBot) => void heard.push(message), close: () => {} }
  const own = { ...settings, ...change }
  const hello = { type: 'hello', version: 1, token: '', settings: own, afterSeq: 0 } as const
  const entry = await world.desk.hello(link, hello)
  await world.clock.advance(50)
  const said = () => heard.flatMap((one) => (one.type === 'open' ? [one.reason] : []))
  return { world, heard, said, entry }
}

const wantsOf = (basisSeq: number, changes: readonly WantChange[]) =>
  ({
    type: 'wants',
    basisSeq,
    step: null,
    replace: false,
    changes,
    wakes: null,
    finish: null,
  }) satisfies BotToDesk

const target = (lots: number): WantChange => ({
  kind: 'target',
  want: {
    instrument: testInstrument.id,
    quantity: quantity(lots),
    worstPrice: null,
    style: 'take',
    deadlineAt: null,
    isReduceOnly: false,
  },
})

const speak = (world: DeskWorld, entry: InstanceEntry, changes: readonly WantChange[]) =>
  world.desk.wants(entry, wantsOf(entry.loop.handedSeq, changes))

test('a bot is told after the welcome that it is open, and each change once, with the reason', async () => {
  const { world, heard, said, entry } = await opened()
  assert.deepEqual(said(), [null])
  assert.ok(heard.findIndex(({ type }) => type === 'open') > 0)
  world.desk.watches.onStale(testInstrument.id, true)
  await world.clock.advance(50)
  world.venue.tick()
  await world.clock.advance(50)
  world.venue.disconnect()
  await world.clock.advance(3000)
  assert.deepEqual(said(), [
    null,
    'its market is silent',
    null,
    'the account is being compared with the venue',
    null,
  ])
  world.desk.end(entry, 'a test', 'cancel', 'close', () => {})
  await world.clock.advance(50)
  assert.equal(said().at(-1), 'it is being ended or closed')
})

test('an order of a target that was taken back closes the leg while nobody knows what became of it', async () => {
  const { world, heard, said, entry } = await opened()
  const { faults } = world.venue
  world.venue.faults = { ...faults, lostRequest: 1 }
  speak(world, entry, [target(10)])
  await world.clock.advance(1)
  assert.equal(entry.loop.orders().length, 1)
  speak(world, entry, [{ kind: 'drop_target', instrument: testInstrument.id }])
  await world.clock.advance(1)
  assert.deepEqual(said(), [null], 'merely on its way: every repair takes a target back')
  world.venue.faults = faults
  const closed = 'an order of a target that was taken back is not settled'
  for (let i = 0; i < 100 && said().at(-1) !== closed; i++) await world.clock.advance(100)
  assert.equal(said().at(-1), closed)
  const words = heard.flatMap((one) => (one.type === 'open' ? [one] : []))
  assert.equal(words.at(-1)?.canReduce, true, 'what is repaired meanwhile goes on')
  assert.equal(entry.loop.orders()[0]?.status, 'unknown')
  await world.clock.advance(20_000)
  assert.equal(entry.loop.orders().length, 0)
  assert.equal(said().at(-1), null)
})

test('a fill that may have been in a position taken over is told as doubtful before it is told itself, until the venue was asked', async () => {
  const { world, heard, entry } = await opened({ onForeign: 'adopt' })
  const foreign = (id: string, at: number): void => {
    const [clientId, side] = [null, 'buy'] as const
    const lots = { price: price(15_000), quantity: quantity(50), fee: money(0), isMaker: false }
    const fill = { id, at, instrument: testInstrument.id, clientId, side, ...lots }
    world.books.add({ kind: 'fill', fill, isLiquidation: false })
  }
  const tradedAt = world.books.at
  world.books.position += 50
  await world.clock.advance(36_000)
  assert.deepEqual([entry.loop.position, entry.loop.outside.gap], [50, 0], 'taken over')
  const sure = () =>
    heard.flatMap((one) =>
      one.type === 'open'
        ? [`sure: ${one.isPositionSure}`]
        : one.type === 'account'
          ? [one.type]
          : [],
    )
  heard.length = 0
  foreign('late', tradedAt)
  await world.clock.advance(20)
  assert.equal(entry.loop.position, 100, 'a fill is a fact')
  assert.deepEqual(sure(), ['sure: false', 'account'])
  await world.clock.advance(10_000)
  assert.deepEqual([entry.loop.position, entry.loop.outside.gap], [50, 0])
  assert.deepEqual(sure(), ['sure: false', 'account', 'account', 'sure: true'])
  heard.length = 0
  world.books.position += 50
  foreign('new', entry.loop.outside.adoptedAt + 1)
  await world.clock.advance(20)
  assert.deepEqual(sure(), ['account'], 'what was traded later is no doubt')
})

test('an order that is lost at a venue without deadlines closes the leg until somebody knows', async () => {
  const { world, said, entry } = await opened({}, { traits: { ...fullTraits, deadlineMs: null } })
  await world.clock.advance(3000)
  assert.equal(said().at(-1), null)
  const { faults } = world.venue
  world.venue.faults = { ...faults, lostRequest: 1 }
  speak(world, entry, [target(10)])
  await world.clock.advance(10_000)
  world.venue.faults = faults
  for (let second = 0; second < 60; second += 1) {
    world.venue.tick()
    await world.clock.advance(1000)
  }
  assert.equal(entry.loop.orders()[0]?.status, 'unknown')
  assert.equal(said().at(-1), 'an order is lost, and its venue knows no deadlines')
})
