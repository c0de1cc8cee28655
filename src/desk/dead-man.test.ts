/** The venue's dead-man switch: renewed while the desk lives, never where it would remove a stop. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deskWorld } from '../../test/desk/desk-world.ts'
import { testInstrument } from '../../test/support/instruments.ts'
import { fullTraits } from '../../test/support/venue-traits.ts'
import { price, quantity } from '../domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../domain/order.ts'
import { VenueError, type VenueTraits } from '../ports/venue.ts'
import { accountStatus } from './status.ts'

/** A venue with a switch; `calls` are what it was told, with the time. */
async function withSwitch(change: Partial<VenueTraits> = {}) {
  const calls: [number, number | null][] = []
  const venue = { fail: null as Error | null, instruments: [] as readonly string[] }
  const traits: VenueTraits = {
    ...fullTraits,
    deadMan: 'account',
    deadManMs: { min: 5000, max: 30_000 },
    ...change,
  }
  const world = await deskWorld(
    {},
    {
      traits,
      armDeadMan: async (timeoutMs, instruments) => {
        venue.instruments = instruments
        calls.push([Math.round(world?.clock.monotonicMs() ?? 0), timeoutMs])
        if (venue.fail !== null) throw venue.fail
      },
    },
  )
  const armed = () => calls.filter(([, ms]) => ms !== null)
  const lifted = () => calls.filter(([, ms]) => ms === null)
  const state = () => Object.values(accountStatus(world.desk, 1).dead_man ?? {})
  return { world, calls, venue, armed, lifted, state }
}

const stop: OrderRequest = {
  instrument: testInstrument.id,
  side: 'sell',
  kind: 'market',
  price: null,
  quantity: 'position',
  timeInForce: 'gtc',
  isPostOnly: false,
  isReduceOnly: true,
  trigger: { kind: 'stop', price: price(14_000), by: 'mark' },
}
const stopWant = { ...stop, slot: 'stop', price: price(14_000) }

describe('the dead-man switch', () => {
  test('is armed for the time that the venue allows and renewed at a third of it', async () => {
    const { world, armed, venue, state } = await withSwitch()
    await world.clock.advance(61_000)
    assert.ok(armed().every(([, ms]) => ms === 30_000))
    const times = armed().map(([at]) => at)
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0))
    assert.ok(
      gaps.every((gap) => gap >= 10_000 && gap <= 11_000),
      String(gaps),
    )
    assert.ok(times.length >= 5)
    assert.deepEqual(venue.instruments, [testInstrument.id])
    assert.deepEqual(state(), ['armed'])
  })

  test('is not armed where it would remove a stop, and that is said; later it is', async () => {
    const { world, armed, lifted, state } = await withSwitch()
    await world.clock.advance(2000)
    assert.equal(armed().length, 1)
    const { loop, link } = world.entry()
    assert.ok(link)
    const say = (changes: readonly object[]) =>
      world.desk.wants(world.entry(), {
        type: 'wants',
        basisSeq: loop.handedSeq,
        step: null,
        replace: false,
        changes: changes as never,
        wakes: null,
        finish: null,
      })
    say([{ kind: 'rest', want: stopWant }])
    await world.clock.advance(40_000)
    assert.deepEqual([armed().length, lifted().length, state()], [1, 1, ['held_back']])
    assert.ok(world.said(/dead-man switch .* not armed: it would remove a stop/))
    say([{ kind: 'drop', slot: 'stop' }])
    await world.clock.advance(3000)
    assert.deepEqual([armed().length, state()], [2, ['armed']])
  })

  test('of the account is not armed over a stop of somebody else', async () => {
    const { world, armed, state } = await withSwitch()
    world.books.place('web-stop' as ClientOrderId, { ...stop, quantity: quantity(5) })
    await world.clock.advance(65_000)
    assert.deepEqual(state(), ['held_back'])
    const before = armed().length
    await world.clock.advance(30_000)
    assert.equal(armed().length, before)
  })

  test('one that cannot be lifted is renewed: left alone it would remove the stop', async () => {
    const { world, venue, calls } = await withSwitch()
    await world.clock.advance(2000)
    const loop = world.entry().loop
    loop.hasStop = () => true
    venue.fail = new Error('time-out')
    await world.clock.advance(25_000)
    const since = calls.slice(1)
    assert.ok(since.some(([, ms]) => ms === null) && since.some(([, ms]) => ms === 30_000))
    venue.fail = null
    await world.clock.advance(2000)
    assert.deepEqual(calls.at(-1)?.[1], null)
  })

  test('is lifted at a clean stop, and a silent venue does not hold that up', async () => {
    const { world, lifted } = await withSwitch()
    await world.clock.advance(2000)
    await world.desk.stop()
    assert.equal(lifted().length, 1)
    const silent = await withSwitch()
    await silent.world.clock.advance(2000)
    Object.assign(silent.world.venue, { armDeadMan: () => new Promise(() => {}) })
    const stopped = silent.world.desk.stop()
    await silent.world.clock.advance(2500)
    await stopped
  })

  test('what an earlier life has armed is lifted where a stop rests', async () => {
    const { world, lifted } = await withSwitch()
    await world.clock.advance(2000)
    world.killDesk()
    await world.openDesk()
    world.entry().loop.hasStop = () => true
    await world.clock.advance(2000)
    assert.equal(lifted().length, 1)
  })

  test('a venue that refuses it is not asked each second', async () => {
    const { world, venue, calls, state } = await withSwitch()
    venue.fail = new VenueError('rejected', 'volume', 'Required: $1000000')
    await world.clock.advance(15_000)
    const before = calls.length
    await world.clock.advance(600_000)
    assert.equal(calls.length, before)
    assert.deepEqual(state(), ['refused'])
  })

  test('a venue without one is never asked; one per contract is told its contract', async () => {
    const none = await withSwitch({ deadMan: null })
    await none.world.clock.advance(30_000)
    assert.deepEqual([none.calls, accountStatus(none.world.desk, 1).dead_man], [[], null])
    const each = await withSwitch({ deadMan: 'instrument', deadManMs: null })
    await each.world.clock.advance(2000)
    assert.deepEqual(accountStatus(each.world.desk, 1).dead_man, { [testInstrument.id]: 'armed' })
    assert.equal(each.armed()[0]?.[1], 60_000)
  })
})
