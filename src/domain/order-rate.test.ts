import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { OrderRate } from './order-rate.ts'

const at = 1_700_000_000_000

function limited(perSecond: number): OrderRate {
  const rate = new OrderRate()
  rate.setLimit(perSecond, at)
  return rate
}

/** How many orders pass at a moment. */
function passing(rate: OrderRate, now: number): number {
  let count = 0
  for (; !rate.isSpent(now) && count < 1000; count++) rate.take(now)
  return count
}

test('without a limit nothing waits and nothing is kept', () => {
  const rate = new OrderRate()
  assert.equal(passing(rate, at), 1000)
  assert.equal(rate.stored, null)
})

test('a second holds its orders; they come back one by one, never more than a second of them', () => {
  const rate = limited(4)
  assert.equal(passing(rate, at), 4)
  assert.equal(passing(rate, at + 249), 0)
  assert.equal(passing(rate, at + 250), 1)
  assert.equal(passing(rate, at + 1000), 3)
  assert.equal(passing(rate, at + 3_600_000), 4)
})

test('another limit keeps what is left, and a smaller one cuts it', () => {
  const rate = limited(10)
  for (let i = 0; i < 7; i++) rate.take(at)
  rate.setLimit(20, at)
  assert.equal(passing(rate, at), 3)
  const smaller = limited(10)
  smaller.setLimit(2, at)
  assert.equal(passing(smaller, at), 2)
  smaller.setLimit(null, at)
  assert.equal(smaller.isSpent(at), false)
})

test('an order that may not wait takes what there is and leaves no debt', () => {
  const rate = limited(1)
  rate.take(at)
  rate.take(at)
  assert.equal(rate.isSpent(at + 999), true)
  assert.equal(rate.isSpent(at + 1000), false)
})

test('in any second pass at most twice the orders of one, in the long run the limit', () => {
  const steps = fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), steps, (perSecond, waits) => {
      const rate = limited(perSecond)
      const sent: { at: number; count: number }[] = []
      let now = at
      for (const wait of waits) {
        now += wait
        sent.push({ at: now, count: passing(rate, now) })
      }
      for (const { at: end } of sent) {
        const within = sent.filter((one) => one.at > end - 1000 && one.at <= end)
        assert.ok(within.reduce((sum, one) => sum + one.count, 0) <= 2 * perSecond)
      }
      const all = sent.reduce((sum, one) => sum + one.count, 0)
      assert.ok(all <= perSecond * (1 + (now - at) / 1000))
    }),
  )
})

test('looking and a restart between change nothing', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.boolean()), {
    maxLength: 40,
  })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), steps, (perSecond, looks) => {
      const calm = limited(perSecond)
      let restarted = limited(perSecond)
      let now = at
      for (const [wait, isRestart] of looks) {
        now += wait
        restarted.isSpent(now)
        if (isRestart) {
          const stored = JSON.parse(JSON.stringify(restarted.stored))
          restarted = limited(perSecond)
          restarted.restore(stored)
        }
        assert.equal(restarted.isSpent(now), calm.isSpent(now))
        if (calm.isSpent(now)) continue
        calm.take(now)
        restarted.take(now)
      }
      assert.deepEqual(restarted.stored, calm.stored)
    }),
  )
})
