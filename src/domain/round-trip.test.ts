import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { tableInstrument } from '../../test/support/table-market.ts'
import { notionalOf } from './instrument.ts'
import { money, price, quantity } from './money.ts'
import type { Fill, Side } from './order.ts'
import { RoundTrips } from './round-trip.ts'

const instrument = tableInstrument()
const fillOf = (side: Side, lots: number, at: number, fee = 0): Fill => ({
  id: 'f',
  at: 0,
  instrument: instrument.id,
  clientId: null,
  side,
  price: price(at),
  quantity: quantity(lots),
  fee: money(fee),
  isMaker: true,
})
const worth = (lots: number, at: number) => notionalOf(instrument, price(at), quantity(lots))

/** Books fills one after the other; what each closed. */
function results(trips: RoundTrips, fills: readonly Fill[]): (number | null)[] {
  let position = 0
  return fills.map((fill) => {
    const result = trips.book(quantity(position), fill)
    position += fill.side === 'buy' ? fill.quantity : -fill.quantity
    return result
  })
}

test('a trip goes from flat to flat and counts its fees', () => {
  const trips = new RoundTrips(instrument)
  const fills = [
    fillOf('buy', 10, 100, 5),
    fillOf('buy', 10, 90, 5),
    fillOf('sell', 5, 120, 5),
    fillOf('sell', 15, 80, 5),
  ]
  const cash = worth(5, 120) + worth(15, 80) - worth(10, 100) - worth(10, 90)
  assert.deepEqual(results(trips, fills), [null, null, null, cash - 20])
  assert.equal(trips.losses, 1)
})

test('fees alone make a loss; nothing won and nothing lost ends the row', () => {
  const trips = new RoundTrips(instrument)
  results(trips, [fillOf('sell', 10, 100, 1), fillOf('buy', 10, 100, 1)])
  assert.equal(trips.losses, 1)
  results(trips, [fillOf('sell', 10, 100), fillOf('buy', 10, 100)])
  assert.equal(trips.losses, 0)
})

test('a turn closes one trip and opens the next, the fee divided by lots, the odd unit to the first', () => {
  const trips = new RoundTrips(instrument)
  const fills = [fillOf('buy', 10, 100), fillOf('sell', 30, 90, 10), fillOf('buy', 20, 91, 0)]
  const [, first, second] = results(trips, fills)
  assert.equal(first, worth(10, 90) - worth(10, 100) - 4)
  assert.equal(second, worth(20, 90) - worth(20, 91) - 6)
  assert.equal(trips.losses, 2)
})

test('a position taken over counts from its worth; handed over it leaves nothing', () => {
  const trips = new RoundTrips(instrument)
  trips.adopt(worth(10, 100))
  assert.equal(trips.book(quantity(10), fillOf('sell', 10, 101)), worth(10, 101) - worth(10, 100))
  trips.book(quantity(0), fillOf('buy', 10, 100))
  trips.adopt(money(0))
  assert.equal(trips.stored.cash, 0)
})

test('all trips together are all cash, and a restart at any fill changes nothing', () => {
  const fill = fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    lots: fc.integer({ min: 1, max: 50 }),
    at: fc.integer({ min: 50, max: 150 }),
    fee: fc.integer({ min: -20, max: 50 }),
  })
  fc.assert(
    fc.property(fc.array(fill, { maxLength: 60 }), (given) => {
      const fills = given.map(({ side, lots, at, fee }) => fillOf(side, lots, at, fee))
      const calm = new RoundTrips(instrument)
      let restarted = new RoundTrips(instrument)
      let position = 0
      let closed = 0
      let row = 0
      for (const one of fills) {
        const result = calm.book(quantity(position), one)
        const stored = JSON.parse(JSON.stringify(restarted.stored))
        restarted = new RoundTrips(instrument)
        restarted.restore(stored)
        assert.equal(restarted.book(quantity(position), one), result)
        const before = position
        position += one.side === 'buy' ? one.quantity : -one.quantity
        const isClosed = before !== 0 && Math.sign(position) !== Math.sign(before)
        assert.equal(result !== null, isClosed)
        if (result !== null) {
          closed += result
          row = result < 0 ? row + 1 : 0
        }
        assert.equal(calm.losses, row)
      }
      const cash = fills.reduce((sum, one) => {
        const value = notionalOf(instrument, one.price, one.quantity)
        return sum + (one.side === 'buy' ? -value : value) - one.fee
      }, 0)
      assert.equal(closed + calm.stored.cash, cash)
      assert.deepEqual(restarted.stored, calm.stored)
    }),
  )
})
