import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DeskWorld } from '../../test/desk/desk-world.ts'
import { FaultVenue, noFaults, type VenueBooks } from '../../test/support/fault-venue.ts'
import { Random } from '../../test/support/random.ts'
import { VirtualClock } from '../../test/support/virtual-clock.ts'
import type { Quantity } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { PlaceOutcome, VenueOrder, VenuePosition } from '../domain/venue-report.ts'
import { flattenDirect } from './direct-flatten.ts'

function world(faults = noFaults) {
  const clock = new VirtualClock()
  const { books, strange } = bound()
  const venue = new FaultVenue(books, clock, new Random(3), { ...faults }, () => true)
  let ids = 0
  const newId = (): ClientOrderId => `pfd${++ids}` as ClientOrderId
  const run = async (limitMs = 30_000, steps = 200) => {
    const done = flattenDirect(venue, { instruments: null, clock, newId, limitMs })
    for (let i = 0; i < steps; i++) await clock.advance(250)
    return done
  }
  return { books, strange, run }
}

/** Books with a way to put orders in that nobody knows. */
function bound() {
  const one = new DeskWorld()
  return { books: one.books satisfies VenueBooks, strange: one.strange.bind(one) }
}

test('every order is cancelled and every position closed by reduce-only orders, proven by the venue', async () => {
  const { books, strange, run } = world()
  strange('pf0000100000aa', 'buy', 14_000, 5)
  strange('by-hand', 'sell', 16_000, 5)
  books.position = -30
  const done = await run()
  assert.deepEqual([done.isFlat, done.ordersCanceled, books.position], [true, 2, 0])
  const sent = [...books.orders.values()].filter(({ clientId }) => clientId.startsWith('pfd'))
  assert.ok(sent.length > 0 && sent.every(({ request }) => request.isReduceOnly))
})

test('a venue that loses requests and answers is asked until it proves flat', async () => {
  const faults = { lostRequest: 0.3, lostAnswer: 0.3, slow: 0, lateEvent: 0, failedQuery: 0.4 }
  const { books, strange, run } = world(faults)
  strange('by-hand', 'sell', 16_000, 5)
  books.position = 30
  const done = await run(60_000, 400)
  assert.deepEqual([done.isFlat, books.position], [true, 0])
})

test('a venue that does not answer is not flat', async () => {
  const { run } = world({ ...noFaults, failedQuery: 1 })
  const done = await run(2000, 40)
  assert.deepEqual([done.isFlat, done.trouble], [false, 'the venue does not answer'])
})

const held = (symbol: string) =>
  ({ instrument: `okx:${symbol}`, quantity: 10 }) as unknown as VenuePosition

/** Two contracts: that of the order takes no cancel, the other one can be closed. */
function halfStuck(outcome: (id: ClientOrderId) => PlaceOutcome) {
  const clock = new VirtualClock()
  const positions = [held('A/USDT:USDT'), held('B/USDT:USDT')]
  const order = {
    clientId: 'by-hand',
    request: { instrument: 'okx:A/USDT:USDT' },
  } as unknown as VenueOrder
  const run = async () => {
    const done = flattenDirect(
      {
        openOrders: async () => [order],
        positions: async () => [...positions],
        cancel: () => Promise.reject(new Error('okx does not trade A now')),
        place: async ([approved]) => {
          const one = outcome(approved?.intent.clientId as ClientOrderId)
          if (one.kind === 'accepted') positions.splice(1)
          return [one]
        },
      },
      { instruments: null, clock, newId: () => 'pfd1' as ClientOrderId, limitMs: 1000 },
    )
    for (let i = 0; i < 10; i++) await clock.advance(250)
    return done
  }
  return { positions, run }
}

test('a contract that the venue does not let go holds no other up, and why is told', async () => {
  const { positions, run } = halfStuck((clientId) => {
    return { kind: 'accepted', clientId, status: 'filled', quantityFilled: 10 as Quantity }
  })
  const done = await run()
  assert.deepEqual(positions, [held('A/USDT:USDT')])
  assert.deepEqual([done.isFlat, done.trouble], [false, 'okx does not trade A now'])
})

test('the reason of a refused order is told', async () => {
  const clock = new VirtualClock()
  const done = flattenDirect(
    {
      openOrders: async () => [],
      positions: async () => [held('A/USDT:USDT')],
      cancel: async () => [],
      place: async () => [
        { kind: 'rejected', clientId: 'pfd1' as ClientOrderId, reason: 'expired' },
      ],
    },
    { instruments: null, clock, newId: () => 'pfd1' as ClientOrderId, limitMs: 1000 },
  )
  for (let i = 0; i < 10; i++) await clock.advance(250)
  const text = 'the order that closes okx:A/USDT:USDT was refused (expired)'
  assert.deepEqual([(await done).isFlat, (await done).trouble], [false, text])
})
