import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { oneTier, usdcInstrument } from '../../../test/support/instruments.ts'
import type { Instrument } from '../instrument.ts'
import { money, price, quantity, ratio } from '../money.ts'
import type { Side } from '../order.ts'
import { fundingPayment } from './funding.ts'
import {
  applyExecution,
  averageEntry,
  closingLots,
  FLAT,
  type Position,
  unrealisedOf,
} from './position.ts'

const linear: Instrument = usdcInstrument({ marginTiers: oneTier(20) })
/** Contracts of 100 USD settled in BTC. */
const inverse: Instrument = { ...linear, kind: 'inverse', moneyPerUnit: 10_000_000_000 }

const run = (instrument: Instrument, steps: readonly (readonly [Side, number, number])[]) => {
  let position: Position = FLAT
  let realised = 0
  for (const [side, at, lots] of steps) {
    const change = applyExecution(instrument, position, side, price(at), quantity(lots))
    position = change.position
    realised += change.realised
  }
  return { position, realised }
}

test('linear: open, add, close in part, flip, close', () => {
  // 3 lots at 100.00 and 2 at 110.00 cost 300 + 220; in money of lots of 0.01: 5.2 USDC.
  const opened = run(linear, [
    ['buy', 10_000, 3],
    ['buy', 11_000, 2],
  ])
  assert.deepEqual(opened.position, { quantity: 5, cost: 520_000_000 })
  assert.equal(averageEntry(linear, opened.position), 10_400)
  const part = applyExecution(linear, opened.position, 'sell', price(12_000), quantity(2))
  assert.deepEqual(part.position, { quantity: 3, cost: 312_000_000 })
  assert.equal(part.realised, 240_000_000 - 208_000_000)
  const flip = applyExecution(linear, part.position, 'sell', price(9000), quantity(5))
  assert.deepEqual([flip.closed, flip.opened], [3, 2])
  assert.deepEqual(flip.position, { quantity: -2, cost: -180_000_000 })
  assert.equal(flip.realised, 270_000_000 - 312_000_000)
  const flat = applyExecution(linear, flip.position, 'buy', price(8000), quantity(2))
  assert.deepEqual(flat.position, FLAT)
  assert.equal(flat.realised, 20_000_000)
})

test('the cost that is released is truncated and nothing is lost', () => {
  const odd: Position = { quantity: quantity(3), cost: money(100) }
  const first = applyExecution({ ...linear, moneyPerUnit: 1 }, odd, 'sell', price(40), quantity(1))
  assert.deepEqual(first.position, { quantity: 2, cost: 67 })
  assert.equal(first.realised, 40 - 33)
})

// 100 contracts of 100 USD bought at 20,000 cost 0.5 BTC; at 25,000 they are worth 0.4 BTC: +0.1 BTC.
test('inverse: hand-computed profit of long and short', () => {
  const long = run(inverse, [['buy', 2_000_000, 100]])
  assert.equal(long.position.cost, 50_000_000)
  assert.equal(unrealisedOf(inverse, long.position, price(2_500_000)), 10_000_000)
  assert.equal(
    run(inverse, [
      ['buy', 2_000_000, 100],
      ['sell', 2_500_000, 100],
    ]).realised,
    10_000_000,
  )
  assert.equal(
    run(inverse, [
      ['sell', 2_000_000, 100],
      ['buy', 2_500_000, 100],
    ]).realised,
    -10_000_000,
  )
  assert.equal(
    run(inverse, [
      ['sell', 2_000_000, 100],
      ['buy', 1_600_000, 100],
    ]).realised,
    12_500_000,
  )
  // 100 at 20,000 and 100 at 25,000: the average is the harmonic one, 22,222.22….
  const two = run(inverse, [
    ['buy', 2_000_000, 100],
    ['buy', 2_500_000, 100],
  ])
  assert.equal(Math.round(averageEntry(inverse, two.position) ?? 0), 2_222_222)
})

test('inverse: roundings go against the account', () => {
  // 1 contract at 30,000 = 0.00333333… BTC.
  const there = run(inverse, [['buy', 3_000_000, 1]])
  assert.equal(there.position.cost, 333_333)
  assert.equal(
    run(inverse, [
      ['buy', 3_000_000, 1],
      ['sell', 3_000_000, 1],
    ]).realised,
    -1,
  )
  assert.equal(
    run(inverse, [
      ['sell', 3_000_000, 1],
      ['buy', 3_000_000, 1],
    ]).realised,
    -1,
  )
})

test('realised and unrealised of a linear position always add up to cash', () => {
  const step = fc.tuple(
    fc.constantFrom<Side>('buy', 'sell'),
    fc.integer({ min: 1, max: 50_000 }),
    fc.integer({ min: 1, max: 500 }),
  )
  const property = fc.property(
    fc.array(step, { maxLength: 30 }),
    fc.integer({ min: 1, max: 50_000 }),
    (steps, at) => {
      const { position, realised } = run(linear, steps)
      const cash = steps.reduce(
        (sum, [side, p, q]) => sum + (side === 'buy' ? -1 : 1) * p * q * 10_000,
        0,
      )
      const held = steps.reduce((sum, [side, , q]) => sum + (side === 'buy' ? q : -q), 0)
      assert.equal(position.quantity, held)
      assert.equal(realised + unrealisedOf(linear, position, price(at)), cash + held * at * 10_000)
      if (held === 0) assert.equal(position.cost, 0)
    },
  )
  fc.assert(property, { numRuns: 500, seed: 7 })
})

test('funding: longs pay a positive rate, the magnitude is truncated on both sides', () => {
  // 10 lots of 0.01 at 100.01 = 10.001 USDC; 0.0123 % = 0.0012301230 → 123012.3 units.
  assert.equal(fundingPayment(linear, quantity(10), price(10_001), ratio(12_300)), -123_012)
  assert.equal(fundingPayment(linear, quantity(-10), price(10_001), ratio(12_300)), 123_012)
  assert.equal(fundingPayment(linear, quantity(10), price(10_001), ratio(-12_300)), 123_012)
  assert.equal(fundingPayment(linear, quantity(0), price(10_001), ratio(12_300)), 0)
})

test('only what is against the position closes, and no more than is held', () => {
  const closes = (held: number, side: Side, lots: number) =>
    closingLots(quantity(held), side, quantity(lots))
  assert.deepEqual([closes(5, 'sell', 3), closes(5, 'sell', 8), closes(5, 'buy', 3)], [3, 5, 0])
  assert.deepEqual([closes(-5, 'buy', 3), closes(-5, 'buy', 8), closes(-5, 'sell', 3)], [3, 5, 0])
  assert.deepEqual([closes(0, 'buy', 3), closes(0, 'sell', 3)], [0, 0])
})

test('released cost and funding lose their fraction, however large it is', () => {
  const odd: Position = { quantity: quantity(3), cost: money(200) }
  const { position } = applyExecution(linear, odd, 'sell', price(1), quantity(1))
  assert.equal(position.cost, 200 - 66)
  // 10.006 USDC at 0.0123 % = 123073.8 units.
  assert.equal(fundingPayment(linear, quantity(10), price(10_006), ratio(12_300)), -123_073)
})

test('nothing held has no profit and no average entry', () => {
  for (const instrument of [linear, inverse]) {
    assert.equal(unrealisedOf(instrument, FLAT, price(100)), 0)
    assert.equal(averageEntry(instrument, FLAT), null)
  }
  // So little that its worth in the coin is rounded to nothing.
  assert.equal(averageEntry(inverse, { quantity: quantity(1), cost: money(0) }), null)
})
