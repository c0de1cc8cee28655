import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { testInstrument } from '../../../test/support/fault-venue.ts'
import { money, price, quantity } from '../money.ts'
import type { AttributedFill, ClientOrderId, Side } from '../order.ts'
import { tradesOf } from './trade-list.ts'
import { TradeRecorder } from './trade-recorder.ts'

let count = 0
function fill(side: Side, at: number, lots: number, order: string): AttributedFill {
  count += 1
  return {
    id: `f${count}`,
    at: count * 1000,
    instrument: testInstrument.id,
    clientId: order as ClientOrderId,
    side,
    price: price(at),
    quantity: quantity(lots),
    fee: money(10),
    isMaker: true,
    origin: { kind: 'slot', slot: 'S' },
  }
}

test('what one order closes in several executions is one trip', () => {
  const recorder = new TradeRecorder(testInstrument)
  const unit = testInstrument.moneyPerUnit
  // Bought at 100 in two orders; one order sells 3 and 5 at 110 and 112, another the rest at 90.
  const fills = [
    fill('buy', 100, 4, 'a'),
    fill('buy', 100, 6, 'b'),
    fill('sell', 110, 3, 'c'),
    fill('sell', 112, 5, 'c'),
    fill('sell', 90, 2, 'd'),
  ]
  for (const one of fills) recorder.take(one)
  const { sums, trips } = recorder
  assert.deepEqual([sums.count, sums.wins, sums.losses], [2, 1, 1])
  assert.deepEqual(
    trips.map(({ lots, exit, net }) => [lots, exit, net]),
    [
      // 3 · 10 + 5 · 12 = 90; fees: two of 10 for the exits, all of b's 10 and half of a's.
      [8, 111.25, 90 * unit - 35],
      [2, 90, -20 * unit - 15],
    ],
  )
  assert.equal(recorder.notionalMax, 1000 * unit)
})

test('sums are the same whether the trips are kept or not, and their results are those of the trade list', () => {
  const one = fc.record({
    side: fc.constantFrom<Side>('buy', 'sell'),
    at: fc.integer({ min: 1, max: 1000 }),
    lots: fc.integer({ min: 1, max: 50 }),
    order: fc.constantFrom('a', 'b', 'c'),
  })
  fc.assert(
    fc.property(fc.array(one, { maxLength: 40 }), (given) => {
      const fills = given.map(({ side, at, lots, order }) => fill(side, at, lots, order))
      const [whole, lean] = [
        new TradeRecorder(testInstrument),
        new TradeRecorder(testInstrument, false),
      ]
      for (const each of fills) {
        whole.take(each)
        lean.take(each)
      }
      assert.equal(lean.trips.length, 0)
      for (const name of ['count', 'won', 'lost', 'best', 'worst', 'heldMs', 'spread'] as const)
        assert.equal(lean.sums[name], whole.sums[name], name)
      const listed = tradesOf(testInstrument, fills)
      const net = listed.reduce((sum, { gross, fees }) => sum + gross - fees, 0)
      assert.equal(
        whole.trips.reduce((sum, trip) => sum + trip.net, 0),
        net,
      )
      assert.equal(whole.sums.won - whole.sums.lost, net)
      assert.ok(whole.sums.count <= listed.length)
    }),
    { numRuns: 200 },
  )
})
