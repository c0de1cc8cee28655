import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { tableInstrument } from '../../test/support/table-market.ts'
import { isPriceAllowed } from './instrument.ts'
import { price, quantity } from './money.ts'
import type { OrderRequest } from './order.ts'
import { bandAround, withinBand } from './price-band.ts'

const instrument = tableInstrument('TST', { priceRule: { kind: 'tick', tick: 25 } })
const mark = price(10_000)
const resting: OrderRequest = {
  instrument: instrument.id,
  side: 'buy',
  kind: 'limit',
  price: price(9_900),
  quantity: quantity(10),
  timeInForce: 'gtc',
  isPostOnly: true,
  isReduceOnly: false,
  trigger: null,
}
const market: OrderRequest = {
  ...resting,
  kind: 'market',
  price: null,
  timeInForce: 'ioc',
  isPostOnly: false,
}
const bounded = (request: OrderRequest, bps = 210) => withinBand(instrument, mark, bps, request)

test('the band ends at allowed prices inside it', () => {
  assert.deepEqual(bandAround(instrument, mark, 210), { low: 9_800, high: 10_200 })
  assert.deepEqual(bandAround(instrument, mark, 200), { low: 9_800, high: 10_200 })
  assert.deepEqual(bandAround(instrument, mark, 199), { low: 9_825, high: 10_175 })
  assert.equal(bandAround(instrument, mark, 10_000).low, 25)
})

test('a resting order inside passes as it is, one beyond waits, on both sides of the mark', () => {
  assert.equal(bounded(resting), resting)
  for (const side of ['buy', 'sell'] as const)
    for (const [at, passes] of [
      [9_800, true],
      [9_775, false],
      [10_200, true],
      [10_225, false],
    ] as const)
      assert.equal(bounded({ ...resting, side, price: price(at) }) !== null, passes)
})

test('a market order becomes an immediate limit at the edge', () => {
  assert.deepEqual(bounded(market), { ...market, kind: 'limit', price: 10_200 })
  assert.deepEqual(bounded({ ...market, side: 'sell' }), {
    ...market,
    side: 'sell',
    kind: 'limit',
    price: 9_800,
  })
})

test('an immediate limit is cut to the edge, never widened', () => {
  const limit = { ...market, kind: 'limit' as const }
  assert.equal(bounded({ ...limit, price: price(10_500) })?.price, 10_200)
  assert.equal(bounded({ ...limit, price: price(10_100) })?.price, 10_100)
  assert.equal(bounded({ ...limit, side: 'sell', price: price(9_000) })?.price, 9_800)
  assert.equal(bounded({ ...limit, side: 'sell', price: price(9_900) })?.price, 9_900)
  assert.equal(bounded({ ...limit, price: price(9_000) }), null)
})

test('an order that waits for its trigger protects and passes', () => {
  const trigger = { kind: 'stop', price: price(5_000), by: 'mark' } as const
  const stop: OrderRequest = { ...market, side: 'sell', quantity: 'position', trigger }
  assert.equal(bounded(stop), stop)
})

test('whatever passes without a trigger has an allowed price within the band', () => {
  const requests = fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    at: fc.option(fc.integer({ min: 1, max: 1000 }).map((ticks) => price(ticks * 25))),
    isImmediate: fc.boolean(),
    bps: fc.integer({ min: 1, max: 10_000 }),
    mark: fc.integer({ min: 100, max: 20_000 }).map(price),
  })
  fc.assert(
    fc.property(requests, ({ side, at, isImmediate, bps, mark: around }) => {
      const kind = at === null ? 'market' : 'limit'
      const timeInForce = at === null || isImmediate ? 'ioc' : 'gtc'
      const asked: OrderRequest = { ...resting, side, kind, price: at, timeInForce }
      const sent = withinBand(instrument, around, bps, asked)
      if (sent === null) return
      const at_ = sent.price ?? price(0)
      assert.ok(isPriceAllowed(instrument, at_))
      // a band narrower than a tick leaves an immediate order the edge next to the mark
      const slack = Math.abs(at_ - around) <= 25 ? 25 : 0
      assert.ok(Math.abs(at_ - around) * 10_000 <= around * bps + slack * 10_000)
      if (at !== null) assert.ok(side === 'buy' ? at_ <= at : at_ >= at)
    }),
  )
})
