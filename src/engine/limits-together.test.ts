/** Limits that are reached while another one holds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { riskFill as fill, NOON, riskAt, riskOf } from '../../test/support/instance-risk.ts'
import { ratio } from '../domain/money.ts'
import type { InstanceRisk } from './instance-risk.ts'

const DAY = 86_400_000
const LIMIT = { kind: 'limit', since: 0, marketAt: 0, limit: null } as const

for (const onBreach of ['reduce_only', 'halt', 'flatten'] as const)
  test(`the losing trip that passes max_consecutive_losses while the daily loss holds (${onBreach}) still stops it after the day`, () => {
    const risk = riskOf({ dailyLossMax: ratio(5_000_000), consecutiveLossesMax: 1, onBreach })
    risk.bookFill(fill('buy', 1, 15_000))
    risk.bookFill(fill('sell', 1, 14_990))
    risk.bookFill(fill('buy', 1, 15_000))
    assert.equal(risk.onPrice(NOON, riskAt(14_900)), 'limit_daily_loss')
    risk.bookFill(fill('sell', 1, 14_900))
    assert.equal(risk.losses, 2)
    risk.onPrice(NOON + DAY, riskAt(14_900))
    assert.notEqual(risk.mode, 'running', `losses ${risk.losses} > 1, latch ${risk.latch}`)
  })

/** Its daily loss has outweighed a limit of its account; it was disarmed over the day, and an operator has armed it. */
function armedAgain(): InstanceRisk {
  const risk = riskOf({ dailyLossMax: ratio(5_000_000), onBreach: 'halt' })
  risk.breach('limit_account_daily_loss', 'reduce_only')
  risk.explain(LIMIT)
  risk.bookFill(fill('buy', 1, 15_000))
  assert.equal(risk.onPrice(NOON, riskAt(14_900)), 'limit_daily_loss')
  risk.explain(LIMIT)
  risk.setMode('disarmed', { ...LIMIT, kind: 'disarm' })
  risk.onPrice(NOON + DAY, riskAt(14_900))
  risk.setMode('running')
  return risk
}

test('what was outweighed is not kept over a disarm, a new day and an arm', () => {
  const risk = armedAgain()
  assert.deepEqual([risk.latch, risk.state().outweighed], [null, null])
})

test('a limit of long ago does not hold again when a later one is over', () => {
  const risk = armedAgain()
  assert.equal(risk.onPrice(NOON + DAY, riskAt(14_800)), 'limit_daily_loss')
  risk.explain(LIMIT)
  risk.onPrice(NOON + 2 * DAY, riskAt(14_800))
  assert.equal(risk.mode, 'running', `held by ${risk.latch}`)
})

test('the same limit reached anew is released by its own end', () => {
  const risk = armedAgain()
  risk.breach('limit_account_daily_loss', 'reduce_only')
  risk.explain(LIMIT)
  risk.release('limit_account_daily_loss')
  assert.equal(risk.mode, 'running')
})

test('a limit that asks for more the second time is one limit: it does not outweigh itself', () => {
  const risk = riskOf()
  risk.breach('limit_account_daily_loss', 'reduce_only')
  risk.breach('limit_account_daily_loss', 'halt')
  risk.explain(LIMIT)
  assert.equal(risk.mode, 'halted')
  assert.equal(risk.release('limit_account_daily_loss'), true)
  assert.equal(risk.mode, 'running')
})
