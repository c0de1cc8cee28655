import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fundingMissing } from './funding-coverage.ts'

const HOUR = 3_600_000
const span = { from: 0, to: 240 * HOUR }
const every = (hours: number, until = 240) => {
  const at = Float64Array.from({ length: until / hours }, (_, index) => (index + 1) * hours * HOUR)
  return { at, rate: at.map(() => 1) }
}

test('rates every hour and every 8 hours, late by some seconds, lack nothing', () => {
  assert.equal(fundingMissing(every(1), span), 0)
  assert.equal(fundingMissing(every(8), span), 0)
  const late = every(8)
  assert.equal(
    fundingMissing({ ...late, at: late.at.map((at, i) => at + (i % 2) * 9000) }, span),
    0,
  )
})

test('none at all, a half that breaks off, and every second one missing', () => {
  assert.equal(fundingMissing(null, span), 1)
  assert.equal(fundingMissing(every(8), { from: 300 * HOUR, to: 400 * HOUR }), 1)
  assert.ok(Math.abs(fundingMissing(every(1, 120), span) - 112 / 240) < 1e-12)
  assert.equal(fundingMissing(every(16), span), 0.5)
})

test('a span in which nothing need be settled lacks nothing', () => {
  assert.equal(fundingMissing(null, { from: 0, to: 8 * HOUR }), 0)
})
