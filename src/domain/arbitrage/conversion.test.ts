import assert from 'node:assert/strict'
import { test } from 'node:test'
import { money, ratio } from '../money.ts'
import { converted, crossRate } from './conversion.ts'

const rates = { USDT: ratio(100_000_000), USDC: ratio(99_990_000), USD: ratio(100_010_000) }

test('rates between quote currencies come from what is given, never from a guess', () => {
  assert.equal(crossRate(rates, 'USDC', 'USDT'), 99_990_000)
  // 1 / 0.9999 = 1.00010001…
  assert.equal(crossRate(rates, 'USDT', 'USDC'), 100_010_001)
  assert.equal(crossRate(rates, 'USDT', 'USDC', 'ceil'), 100_010_002)
  assert.equal(crossRate({}, 'EUR', 'EUR'), 100_000_000)
  assert.equal(crossRate(rates, 'EUR', 'USDT'), null)
  assert.equal(crossRate({ ...rates, USD: ratio(0) }, 'USD', 'USDT'), null)
})

test('amounts are converted exactly, rounded as named', () => {
  assert.equal(converted(money(1), ratio(99_990_000), 'floor'), 0)
  assert.equal(converted(money(1), ratio(99_990_000), 'ceil'), 1)
  assert.equal(converted(money(-1), ratio(99_990_000), 'floor'), -1)
  assert.equal(converted(money(123_456_789_012), ratio(100_000_000), 'ceil'), 123_456_789_012)
})
