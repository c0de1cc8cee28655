import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { money } from '../domain/money.ts'
import { EquityCurve } from './equity-curve.ts'

const curveOf = (capital: number, values: readonly number[]) => {
  const curve = new EquityCurve(0, money(capital), 1)
  values.forEach((equity, index) => {
    curve.add(index + 1, equity, index, -index)
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

test('the steepest fall need not be the one of the most money', () => {
  // 100 -> 60 loses 40 %, 1000 -> 900 loses more money.
  const curve = curveOf(100, [60, 1000, 900])
  assert.equal(curve.drawdown.amount, 100)
  assert.equal(curve.drawdown.shareOfPeak, 0.1)
  const { shareOfPeak, amount, peakAt, troughAt } = curve.steepestDrawdown
  assert.deepEqual([shareOfPeak, amount, peakAt, troughAt], [0.4, 40, 0, 1])
  assert.equal(curve.steepestShare, 0.4)
})

test('a curve without points has the same figures, also when it hears only what matters', () => {
  const DAY = 86_400_000
  const steps = fc.array(
    fc.record({ step: fc.integer({ min: 1, max: DAY }), equity: fc.nat(1000) }),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  fc.assert(
    fc.property(steps, (candles) => {
      const whole = new EquityCurve(5, money(500), 1)
      const lean = new EquityCurve(5, money(500), 1, false)
      let at = 5
      candles.forEach(({ step, equity }, index) => {
        at += step
        whole.add(at, equity, 1, 0)
        if (at >= lean.nextDayAt) lean.day(at, equity)
        const isPeak = equity > lean.peak
        const fall = lean.peak - equity
        const isFall = fall > lean.deepestFall || fall / lean.peak > lean.steepestShare
        if (isPeak || isFall || index === candles.length - 1) lean.note(at, equity)
      })
      assert.equal(lean.length, 0)
      assert.deepEqual(lean.drawdown, whole.drawdown)
      assert.deepEqual(lean.steepestDrawdown, whole.steepestDrawdown)
      assert.deepEqual(lean.daily, whole.daily)
      assert.deepEqual([lean.lastAt, lean.lastEquity], [whole.lastAt, whole.lastEquity])
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
