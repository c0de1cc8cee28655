import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyBook, bookOf, solAt } from '../../../test/support/arbitrage.ts'
import { notionalOf } from '../instrument.ts'
import { price, quantity } from '../money.ts'
import {
  depthOf,
  depthPrice,
  isCrossed,
  isOrdered,
  levelsFor,
  midNotional,
  touchOf,
} from './depth.ts'

const sol = solAt('a', 2, 1)
const book = bookOf(
  [
    [9_990, 300],
    [9_980, 1_000],
  ],
  [
    [10_000, 500],
    [10_010, 1_000],
    [10_030, 7],
  ],
)

test('a size takes level after level: money exact, the average against the trader', () => {
  // 5 SOL at 100.00 and 3 at 100.10 = 800.30; 800.30 / 8 = 100.0375.
  const bought = depthPrice(sol, book, 'buy', quantity(800))
  assert.deepEqual(bought, {
    lots: 800,
    notional: 80_030_000_000,
    average: 10_004,
    worst: 10_010,
  })
  // 3 SOL at 99.90 and 1 at 99.80 = 399.50; / 4 = 99.875.
  const sold = depthPrice(sol, book, 'sell', quantity(400))
  assert.deepEqual(sold, { lots: 400, notional: 39_950_000_000, average: 9_987, worst: 9_980 })
})

test('a book that has less than the size gives no price', () => {
  assert.equal(depthPrice(sol, book, 'buy', quantity(1_507))?.worst, 10_030)
  assert.equal(depthPrice(sol, book, 'buy', quantity(1_508)), null)
  assert.throws(() => depthPrice(sol, book, 'buy', quantity(0)), /positive/)
  assert.throws(() => depthPrice({ ...sol, kind: 'inverse' }, book, 'buy', quantity(1)), /linear/)
})

test('what waits up to a price', () => {
  assert.equal(depthOf(book, 'buy'), 1_507)
  assert.equal(depthOf(book, 'buy', price(10_010)), 1_500)
  assert.equal(depthOf(book, 'buy', price(9_999)), 0)
  assert.equal(depthOf(book, 'sell', price(9_990)), 300)
})

test('touch, crossed and locked books, order of levels', () => {
  assert.deepEqual(touchOf(book), { bid: 9_990, ask: 10_000 })
  assert.equal(touchOf(bookOf([], [[1, 1]])), null)
  assert.equal(isCrossed(book), false)
  assert.equal(isCrossed(bookOf([[10_000, 1]], [[10_000, 1]])), true)
  assert.equal(isCrossed(bookOf([[10_001, 1]], [[10_000, 1]])), true)
  assert.equal(isOrdered(book), true)
  const unordered = bookOf(
    [[9_990, 1]],
    [
      [10_010, 1],
      [10_000, 1],
    ],
  )
  assert.equal(isOrdered(unordered), false)
  assert.equal(isOrdered(bookOf([[9_990, 0]], [])), false)
})

test('the middle of an odd touch is rounded as named', () => {
  const fine = { ...sol, moneyPerUnit: 1 }
  const touch = { bid: price(100), ask: price(101) }
  assert.equal(midNotional(fine, touch, quantity(1), 'ceil'), 101)
  assert.equal(midNotional(fine, touch, quantity(1), 'floor'), 100)
})

test('property: a larger size never has a better price, and money is the sum over the levels', () => {
  const property = fc.property(
    anyBook,
    fc.constantFrom('buy' as const, 'sell' as const),
    fc.integer({ min: 1, max: 2_000 }),
    fc.integer({ min: 0, max: 500 }),
    (any, side, lots, more) => {
      const small = depthPrice(sol, any, side, quantity(lots))
      const large = depthPrice(sol, any, side, quantity(lots + more))
      assert.equal(small === null, lots > depthOf(any, side))
      if (small === null) return
      const sign = side === 'buy' ? 1 : -1
      let [left, sum] = [lots, 0]
      for (const [at, waiting] of levelsFor(any, side)) {
        const taken = Math.min(left, waiting)
        sum += notionalOf(sol, at, quantity(taken))
        left -= taken
      }
      assert.equal(small.notional, sum)
      // The average lies between best and worst, and is never better than the exact one.
      assert.ok((small.worst - small.average) * sign >= 0)
      const exact = small.notional / (lots * sol.moneyPerUnit)
      assert.ok((small.average - exact) * sign >= -1e-9 && Math.abs(small.average - exact) < 1)
      if (large !== null) {
        assert.ok((large.average - small.average) * sign >= 0)
        assert.ok((large.worst - small.worst) * sign >= 0)
      }
    },
  )
  fc.assert(property, { seed: 71, numRuns: 500 })
})
