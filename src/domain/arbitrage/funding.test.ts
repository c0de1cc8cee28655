import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyFunding } from '../../../test/support/arbitrage.ts'
import { money, ratio } from '../money.ts'
import {
  breakEvenMs,
  expectedFunding,
  fundingPerDay,
  ratePerDay,
  ratePerSecond,
  settlementMoney,
  settlementsWithin,
} from './funding.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

test('rates of different intervals are compared per second and per day', () => {
  // 1 bp in 8 hours: 1e-4 / 28,800 s = 3.4722…e-9.
  assert.equal(ratePerSecond({ rate: ratio(10_000), intervalMs: 8 * HOUR_MS }), 34_722_222)
  // The same in an hour is eight times as much.
  assert.equal(ratePerSecond({ rate: ratio(10_000), intervalMs: HOUR_MS }), 277_777_777)
  assert.equal(ratePerSecond({ rate: ratio(-10_000), intervalMs: HOUR_MS }), -277_777_778)
  assert.equal(ratePerDay({ rate: ratio(10_000), intervalMs: 8 * HOUR_MS }), 30_000)
  assert.equal(ratePerDay({ rate: ratio(1_250), intervalMs: HOUR_MS }), 30_000)
  assert.throws(() => ratePerSecond({ rate: ratio(1), intervalMs: 0 }), /positive/)
})

test('settlements within a holding time, by the grid of the venue', () => {
  const eight = { nextAt: 8 * HOUR_MS, intervalMs: 8 * HOUR_MS }
  const count = (from: number, until: number, grid = eight) =>
    settlementsWithin(grid, { from: from * HOUR_MS, until: until * HOUR_MS })
  assert.equal(count(0, 7.9), 0)
  assert.equal(count(0, 8), 1, 'closed exactly at the settlement: it counts')
  assert.equal(count(8, 16), 1, 'opened exactly at the settlement: that one does not')
  assert.equal(count(0, 24), 3)
  assert.equal(count(0, 10, { nextAt: HOUR_MS, intervalMs: HOUR_MS }), 10)
  // Where the word of the venue is old the same grid goes on.
  assert.equal(count(100, 104), 1)
  assert.equal(count(5, 5), 0)
  assert.equal(count(9, 5), 0)
})

test('longs pay a positive rate, shorts receive it; payments up, receipts down', () => {
  // 1,000.00000001 at 1 bp = 0.100000000001.
  const notional = money(100_000_000_001)
  assert.equal(settlementMoney(notional, ratio(10_000), 'long'), -10_000_001)
  assert.equal(settlementMoney(notional, ratio(10_000), 'short'), 10_000_000)
  assert.equal(settlementMoney(notional, ratio(-10_000), 'long'), 10_000_000)
  assert.equal(settlementMoney(notional, ratio(-10_000), 'short'), -10_000_001)
  const terms = { rate: ratio(10_000), nextAt: HOUR_MS, intervalMs: 8 * HOUR_MS }
  const span = { from: 0, until: 10 * HOUR_MS }
  assert.equal(expectedFunding(money(100_000_000_000), terms, 'long', span), -20_000_000)
  assert.equal(fundingPerDay(money(100_000_000_000), terms, 'short'), 30_000_000)
})

test('break-even: what is missing over what flows in, rounded up; nothing missing, or never', () => {
  assert.equal(breakEvenMs(money(0), money(-5)), 0)
  assert.equal(breakEvenMs(money(-1), money(0)), 0)
  assert.equal(breakEvenMs(money(1), money(0)), null)
  assert.equal(breakEvenMs(money(1), money(-1)), null)
  assert.equal(breakEvenMs(money(200), money(100)), 2 * DAY_MS)
  assert.equal(breakEvenMs(money(1), money(3)), DAY_MS / 3)
  assert.equal(breakEvenMs(money(1), money(7)), Math.ceil(DAY_MS / 7))
})

test('property: settlements of two spans that meet are those of both, and match a count one by one', () => {
  const moment = fc.integer({ min: 0, max: 400_000_000 })
  const property = fc.property(anyFunding, moment, moment, moment, (terms, ...moments) => {
    const [a = 0, b = 0, c = 0] = [...moments].sort((x, y) => x - y)
    const count = (from: number, until: number) => settlementsWithin(terms, { from, until })
    if (terms.nextAt <= a) assert.equal(count(a, b) + count(b, c), count(a, c))
    let one = 0
    for (let at = terms.nextAt; at <= c; at += terms.intervalMs) if (at > a) one += 1
    assert.equal(count(a, c), one)
  })
  fc.assert(property, { seed: 72, numRuns: 500 })
})

test('property: both sides of a settlement never gain together', () => {
  const property = fc.property(
    anyFunding,
    fc.integer({ min: 0, max: 1_000_000_000_000 }),
    ({ rate }, amount) => {
      const sum =
        settlementMoney(money(amount), rate, 'long') + settlementMoney(money(amount), rate, 'short')
      assert.ok(sum === 0 || sum === -1)
    },
  )
  fc.assert(property, { seed: 73, numRuns: 300 })
})
