import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  calmarOf,
  returnsOf,
  sharpeOf,
  sortinoOf,
  tailLossOf,
  yearlyGrowth,
} from './daily-returns.ts'

const near = (a: number | null, b: number) => assert.ok(Math.abs((a ?? Number.NaN) - b) < 1e-9)

describe('figures of returns from day to day', () => {
  test('are those of a small series worked out by hand', () => {
    const returns = returnsOf([100, 110, 99, 108.9])
    near(returns[0] ?? null, 0.1)
    near(returns[1] ?? null, -0.1)
    // Mean 1/30, deviations 1/15, −2/15, 1/15: variance (N − 1) 3/225.
    near(sharpeOf(returns), (1 / 30 / Math.sqrt(3 / 225)) * Math.sqrt(365))
    near(sortinoOf(returns), (1 / 30 / Math.sqrt(0.01 / 3)) * Math.sqrt(365))
    near(yearlyGrowth(100, 121, 730), 0.1)
    near(calmarOf(0.5, 0.25), 2)
  })

  test('are not told where they mean nothing', () => {
    assert.equal(sharpeOf([0.01, 0.01, 0.01]), null)
    assert.equal(sortinoOf([0.01, 0]), null)
    assert.equal(calmarOf(1, 0), null)
  })

  test('name the worst days: the twentieth part of them and its average', () => {
    const returns = Array.from({ length: 40 }, (_, i) => (i - 4) / 100)
    const { valueAtRisk, expectedShortfall } = tailLossOf(returns)
    near(valueAtRisk, 0.03)
    near(expectedShortfall, 0.035)
  })
})
