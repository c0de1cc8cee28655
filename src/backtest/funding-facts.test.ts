/** What may be known of funding at a moment of recorded data, and what may not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FundingFacts } from './funding-facts.ts'

const H = 3_600_000

/** 8 h until 16 h, then every hour; stamps some ms late. */
const facts = () =>
  new FundingFacts({
    at: Float64Array.of(8 * H + 30, 16 * H + 7, 17 * H, 18 * H + 900, 40 * H),
    rate: Int32Array.of(100, 200, 300, 400, 500),
  })

test('the rate is that of the settlement before, never the one that comes', () => {
  const known = facts()
  assert.equal(known.termsAt(0), null)
  // Due at this very moment: still to come.
  assert.equal(known.termsAt(8 * H), null)
  assert.deepEqual(known.termsAt(8 * H + 1), { rate: 100, intervalMs: 8 * H, nextAt: 16 * H })
  assert.deepEqual(known.termsAt(16 * H), { rate: 100, intervalMs: 8 * H, nextAt: 16 * H })
  assert.deepEqual(known.termsAt(16 * H + 1), { rate: 200, intervalMs: H, nextAt: 17 * H })
})

test('a settlement that is over is known at once', () => {
  const known = facts()
  known.settle(16 * H)
  assert.deepEqual(known.termsAt(16 * H), { rate: 200, intervalMs: H, nextAt: 17 * H })
})

test('behind a hole in the record, and behind its end, nothing is known', () => {
  const known = facts()
  assert.deepEqual(known.termsAt(18 * H + 1), { rate: 400, intervalMs: H, nextAt: 19 * H })
  assert.equal(known.termsAt(19 * H + 1), null)
  assert.deepEqual(known.termsAt(40 * H + 1), { rate: 500, intervalMs: 8 * H, nextAt: 48 * H })
  assert.equal(known.termsAt(48 * H + 1), null)
  assert.equal(new FundingFacts(null).termsAt(1), null)
})
