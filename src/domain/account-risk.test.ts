import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LossWatch } from './account-risk.ts'
import { money, ratio } from './money.ts'

const limits = { dailyLossMax: ratio(5_000_000), drawdownMax: ratio(10_000_000) }
const NOON = Date.parse('2026-11-21T12:00:00Z')
const DAY = 86_400_000

test('the loss of a day latches once, and the next day releases it', () => {
  const watch = new LossWatch('UTC', null)
  assert.equal(watch.onEquity(NOON, money(1000), limits), null)
  assert.equal(watch.onEquity(NOON, money(950), limits), null)
  assert.equal(watch.onEquity(NOON, money(949), limits), 'latched')
  assert.equal(watch.onEquity(NOON, money(940), limits), null)
  assert.equal(watch.onEquity(NOON + DAY, money(940), limits), 'released')
  assert.equal(watch.latch, null)
})

test('a drawdown from the peak stays latched over days, until an operator releases it', () => {
  const watch = new LossWatch('UTC', null)
  for (const [days, equity] of [
    [0, 1000],
    [1, 960],
    [2, 920],
  ] as const)
    assert.equal(watch.onEquity(NOON + days * DAY, money(equity), limits), null)
  assert.equal(watch.onEquity(NOON + 3 * DAY, money(899), limits), 'latched')
  assert.equal(watch.latch, 'limit_account_drawdown')
  assert.equal(watch.onEquity(NOON + 4 * DAY, money(899), limits), null)
  watch.release(money(899))
  assert.deepEqual([watch.latch, watch.onEquity(NOON + 4 * DAY, money(880), limits)], [null, null])
})

test('deposits and withdrawals are neither profit nor loss', () => {
  const watch = new LossWatch('UTC', null)
  watch.onEquity(NOON, money(1000), limits)
  watch.flow(money(9000))
  assert.equal(watch.onEquity(NOON, money(10_000), limits), null)
  watch.flow(money(-9500))
  assert.equal(watch.onEquity(NOON, money(500), limits), null)
  assert.equal(watch.onEquity(NOON, money(470), limits), 'latched')
})

test('a restart goes on with the peak, the start of the day and the latch that were stored', () => {
  const first = new LossWatch('UTC', null)
  first.onEquity(NOON, money(1000), limits)
  const again = new LossWatch('UTC', JSON.parse(JSON.stringify(first.stored)))
  assert.equal(again.onEquity(NOON, money(940), limits), 'latched')
  const third = new LossWatch('UTC', JSON.parse(JSON.stringify(again.stored)))
  assert.equal(third.latch, 'limit_account_daily_loss')
})
