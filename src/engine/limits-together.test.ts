/** Limits that are reached while another one holds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { type Money, money, price, quantity, ratio } from '../domain/money.ts'
import type { Fill, Side } from '../domain/order.ts'
import type { RiskLimits } from '../domain/risk.ts'
import { InstanceRisk } from './instance-risk.ts'

const NOON = Date.parse('2026-11-21T12:00:00Z')
const DAY = 86_400_000
const UNIT = testInstrument.moneyPerUnit
const CAPITAL = money(1000 * UNIT)
const at = (value: number) => ({ last: price(value), mark: price(value) })
const limitsOf = (change: Partial<RiskLimits> = {}): RiskLimits => ({
  positionSizeMax: ratio(100_000_000),
  positionNotionalMax: null,
  dailyLossMax: 0,
  drawdownMax: 0,
  capitalUtilizationMax: ratio(100_000_000),
  onBreach: 'reduce_only',
  ...change,
})
const riskOf = (change: Partial<RiskLimits> = {}): InstanceRisk =>
  new InstanceRisk(
    { instrument: testInstrument, capital: CAPITAL, limits: limitsOf(change), timeZone: 'UTC' },
    at(15_000),
    NOON,
  )
let fills = 0
const fill = (side: Side, lots: number, value: number, fee: Money = money(0)): Fill => ({
  id: `f${++fills}`,
  at: NOON,
  instrument: testInstrument.id,
  clientId: null,
  side,
  price: price(value),
  quantity: quantity(lots),
  fee,
  isMaker: true,
})

for (const onBreach of ['reduce_only', 'halt', 'flatten'] as const)
  test(`the losing trip that passes max_consecutive_losses while the daily loss holds (${onBreach}) still stops it after the day`, () => {
    const risk = riskOf({ dailyLossMax: ratio(5_000_000), consecutiveLossesMax: 1, onBreach })
    risk.bookFill(fill('buy', 1, 15_000))
    risk.bookFill(fill('sell', 1, 14_990))
    risk.bookFill(fill('buy', 1, 15_000))
    assert.equal(risk.onPrice(NOON, at(14_900)), 'limit_daily_loss')
    risk.bookFill(fill('sell', 1, 14_900)) // exit: second losing trip in a row, one is allowed
    assert.equal(risk.losses, 2)
    risk.onPrice(NOON + DAY, at(14_900))
    assert.notEqual(risk.mode, 'running', `losses ${risk.losses} > 1, latch ${risk.latch}`)
  })

test('what was outweighed is not kept over a disarm, a new day and an arm', () => {
  const limit = { kind: 'limit', since: 0, marketAt: 0, limit: null } as const
  const risk = riskOf({ dailyLossMax: ratio(5_000_000), onBreach: 'halt' })
  risk.breach('limit_account_daily_loss', 'reduce_only')
  risk.explain(limit)
  risk.bookFill(fill('buy', 1, 15_000))
  assert.equal(risk.onPrice(NOON, at(14_900)), 'limit_daily_loss')
  risk.explain(limit)
  risk.setMode('disarmed', { ...limit, kind: 'disarm' })
  risk.onPrice(NOON + DAY, at(14_900))
  risk.setMode('running') // arm
  assert.equal(risk.latch, null)
  assert.equal(risk.state().outweighed, null, 'nothing holds it now')
})
test('... and its later effects: a later day gives back a limit of long ago', () => {
  const limit = { kind: 'limit', since: 0, marketAt: 0, limit: null } as const
  const risk = riskOf({ dailyLossMax: ratio(5_000_000), onBreach: 'halt' })
  risk.breach('limit_account_daily_loss', 'reduce_only')
  risk.explain(limit)
  risk.bookFill(fill('buy', 1, 15_000))
  risk.onPrice(NOON, at(14_900))
  risk.explain(limit)
  risk.setMode('disarmed', { ...limit, kind: 'disarm' })
  risk.onPrice(NOON + DAY, at(14_900))
  risk.setMode('running')
  assert.equal(risk.onPrice(NOON + DAY, at(14_800)), 'limit_daily_loss')
  risk.explain(limit)
  risk.onPrice(NOON + 2 * DAY, at(14_800))
  assert.equal(risk.mode, 'running', `held by ${risk.latch}, which nobody holds any more`)
})
test('... a real second account limit is never released by its day', () => {
  const limit = { kind: 'limit', since: 0, marketAt: 0, limit: null } as const
  const risk = riskOf({ dailyLossMax: ratio(5_000_000), onBreach: 'halt' })
  risk.breach('limit_account_daily_loss', 'reduce_only')
  risk.explain(limit)
  risk.bookFill(fill('buy', 1, 15_000))
  risk.onPrice(NOON, at(14_900))
  risk.explain(limit)
  risk.setMode('disarmed', { ...limit, kind: 'disarm' })
  risk.onPrice(NOON + DAY, at(14_900))
  risk.setMode('running')
  risk.breach('limit_account_daily_loss', 'reduce_only')
  risk.explain(limit)
  risk.release('limit_account_daily_loss')
  assert.equal(risk.mode, 'running')
})
