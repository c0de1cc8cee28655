import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { money, price, quantity, ratio } from '../domain/money.ts'
import type { ClientOrderId, Side } from '../domain/order.ts'
import { worstLots } from '../domain/risk.ts'
import type { WantChange } from '../domain/strategy.ts'
import type { VenueOrder } from '../domain/venue-report.ts'
import { OrderLoop } from './order-loop.ts'
import { Outside } from './outside.ts'

const foreign = (id: string, side: Side, lots: number | 'position', filled = 0): VenueOrder => ({
  clientId: id as ClientOrderId,
  request: {
    instrument: testInstrument.id,
    side,
    kind: 'limit',
    price: price(side === 'buy' ? 14_000 : 16_000),
    quantity: lots === 'position' ? lots : quantity(lots),
    timeInForce: 'gtc',
    isPostOnly: true,
    isReduceOnly: false,
    trigger: null,
  },
  status: 'open',
  quantityFilled: quantity(filled),
  reason: null,
})
const own = (position: number) => ({
  position: quantity(position),
  buying: quantity(1),
  selling: quantity(2),
})

test('orders of others count with what is left of them, each on its side, close-position ones not', () => {
  let changes = 0
  const outside = new Outside(() => changes++)
  outside.setOrders([
    foreign('a', 'buy', 10, 4),
    foreign('b', 'sell', 7),
    foreign('c', 'sell', 'position'),
  ])
  assert.deepEqual(outside.added(own(3)), { position: 3, buying: 7, selling: 9 })
  assert.deepEqual([outside.lots(), changes], [{ orders: 2, buying: 6, selling: 7 }, 1])
  outside.setOrders([foreign('b', 'sell', 7), foreign('a', 'buy', 10, 4)])
  assert.equal(changes, 1, 'the same again is no change')
  outside.setOrders([])
  assert.deepEqual([outside.added(own(3)), changes], [own(3), 2])
})

test('what the venue holds more counts as bought, what it holds less as sold', () => {
  const outside = new Outside(() => {})
  const table = [
    [5, 3, 3, 0, 5],
    [5, -2, 0, 2, 3],
    [5, -9, 0, 9, 0],
    [-5, 3, 3, 0, -2],
    [-5, -3, 0, 3, -5],
    [0, 4, 4, 0, 0],
  ] as const
  for (const [position, gap, buying, selling, certain] of table) {
    outside.setGap(gap)
    const expected = { position, buying: 1 + buying, selling: 2 + selling }
    assert.deepEqual(outside.added(own(position)), expected)
    assert.equal(
      outside.certain(position) + 0,
      certain,
      `${position} booked, ${position + gap} held`,
    )
  }
})

const LIMIT = 300
const loopOf = () =>
  new OrderLoop(
    {
      instance: 'a',
      instrument: testInstrument,
      capital: money(LIMIT * 15_000 * testInstrument.moneyPerUnit),
      leverage: 1,
      limits: {
        positionSizeMax: ratio(100_000_000),
        positionNotionalMax: null,
        dailyLossMax: 0,
        drawdownMax: 0,
        capitalUtilizationMax: ratio(100_000_000),
        onBreach: 'halt',
      },
      timeZone: 'UTC',
    },
    0,
    { last: price(15_000), mark: price(15_000) },
  )

function rest(side: Side, lots: number, name: number): WantChange {
  const want = {
    slot: `${side}${name}`,
    instrument: testInstrument.id,
    side,
    price: price(side === 'buy' ? 14_900 : 15_100),
    quantity: quantity(lots),
    isPostOnly: true,
    isReduceOnly: false,
    trigger: null,
  }
  return { kind: 'rest', want }
}

test('whatever is wanted, ours and those of others together cannot come to more than the limit', () => {
  const wanted = fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    lots: fc.integer({ min: 1, max: 120 }),
  })
  const property = fc.property(
    fc.array(wanted, { maxLength: 12 }),
    fc.nat(LIMIT),
    fc.nat(LIMIT),
    (wants, buying, selling) => {
      const loop = loopOf()
      loop.outside.setOrders([foreign('x', 'buy', buying), foreign('y', 'sell', selling)])
      loop.applyWants(
        0,
        true,
        wants.map(({ side, lots }, i) => rest(side, lots, i)),
      )
      let ids = 0
      loop.plan(0, () => `id${++ids}` as ClientOrderId, null)
      assert.ok(worstLots(loop.exposure) <= LIMIT)
      const ours = { buy: 0, sell: 0 }
      for (const { request, lots } of loop.orders()) ours[request.side] += lots
      assert.ok(ours.buy + buying <= LIMIT && ours.sell + selling <= LIMIT)
    },
  )
  fc.assert(property, { numRuns: 200 })
})

test('while the position differs nothing is placed that could turn what the venue holds', () => {
  const property = fc.property(
    fc.integer({ min: -150, max: 150 }),
    fc.integer({ min: -150, max: 150 }),
    fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 4 }),
    (booked, gap, lots) => {
      fc.pre(gap !== 0 && booked !== 0)
      const loop = loopOf()
      loop.risk.adopt(quantity(booked))
      loop.outside.setGap(gap)
      loop.applyWants(0, true, [
        ...lots.map((one, i) => rest('buy', one, i)),
        ...lots.map((one, i) => rest('sell', one, i)),
      ])
      let ids = 0
      loop.plan(0, () => `id${++ids}` as ClientOrderId, null)
      const sums = { buy: 0, sell: 0 }
      for (const { request, lots: placed } of loop.orders()) sums[request.side] += placed
      for (const held of [booked, booked + gap]) {
        assert.ok(sums.sell <= Math.max(0, held), `${sums.sell} are sold of ${held}`)
        assert.ok(sums.buy <= Math.max(0, -held), `${sums.buy} are bought of ${held}`)
      }
    },
  )
  fc.assert(property, { numRuns: 400 })
})
