import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { money } from '../domain/money.ts'
import { EquityCurve } from './equity-curve.ts'

const curveOf = (capital: number, values: readonly number[]) => {
  const curve = new EquityCurve(0, money(capital), 1)
  values.forEach((equity, index) => {
    curve.add({ at: index + 1, equity: money(equity), close: index, position: -index })
  })
  return curve
}

test('the capital is the first peak, so an opening loss counts', () => {
  const { drawdown } = curveOf(100, [90, 120, 100, 115])
  assert.deepEqual(drawdown, {
    amount: 20,
    shareOfPeak: 20 / 120,
    shareOfCapital: 0.2,
    peakAt: 2,
    troughAt: 3,
  })
  assert.equal(curveOf(100, [90, 95]).drawdown.amount, 10)
  assert.equal(curveOf(100, [110, 120]).drawdown.amount, 0)
})

test('drawdown is the largest of all falls, and points come back as they were added', () => {
  const values = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { maxLength: 60 })
  fc.assert(
    fc.property(values, (equities) => {
      const curve = curveOf(1000, equities)
      const all = [1000, ...equities]
      let largest = 0
      all.forEach((peak, index) => {
        for (const later of all.slice(index)) largest = Math.max(largest, peak - later)
      })
      assert.equal(curve.drawdown.amount, largest)
      assert.equal(curve.length, all.length)
      assert.deepEqual(
        all.map((_, index) => curve.point(index).equity),
        all,
      )
    }),
  )
})

test('a long curve grows', () => {
  const curve = curveOf(
    1,
    Array.from({ length: 10_000 }, (_, index) => index),
  )
  assert.deepEqual(curve.point(10_000), {
    at: 10_000,
    equity: 9_999,
    close: 9_999,
    position: -9_999,
  })
})
