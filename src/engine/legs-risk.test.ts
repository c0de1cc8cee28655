import assert from 'node:assert/strict'
import { test } from 'node:test'
import { money, ratio } from '../domain/money.ts'
import { EquityRound, type LegsLimits, LegsRisk, type StoredLegsRisk } from './legs-risk.ts'

const CAPITAL = money(1000)
const DAY = 86_400_000
const limits: LegsLimits = {
  dailyLossMax: ratio(10_000_000),
  drawdownMax: ratio(20_000_000),
  onBreach: 'halt',
}
const riskOf = (stored: StoredLegsRisk | null = null, given = limits) =>
  new LegsRisk(given, 'UTC', CAPITAL, stored)
const kept = (risk: LegsRisk, given = limits) =>
  riskOf(JSON.parse(JSON.stringify(risk.stored)), given)

test('the loss of a day counts from its start, is told once, and the next day releases it', () => {
  const daily = { ...limits, drawdownMax: 0 }
  const risk = riskOf(null, daily)
  assert.equal(risk.onEquity(5, money(900)), null)
  assert.equal(risk.onEquity(6, money(899)), 'limit_daily_loss')
  assert.deepEqual(risk.figures(), { base: 1000, equity: 899, allowed: 100, share: 10_000_000 })
  assert.equal(risk.onEquity(7, money(800)), null)
  const again = kept(risk, daily)
  assert.equal(again.latch, 'limit_daily_loss')
  assert.equal(again.onEquity(DAY, money(850)), null)
  assert.deepEqual([again.latch, again.figures()], [null, null])
  // 10 % of 850 may be lost from here.
  assert.equal(again.onEquity(DAY + 1, money(850 - 85)), null)
  assert.equal(again.onEquity(DAY + 2, money(850 - 86)), 'limit_daily_loss')
})

test('a drawdown counts from the peak as a share of the capital, and no day releases it', () => {
  const risk = riskOf(null, { ...limits, dailyLossMax: 0 })
  risk.onEquity(1, money(1500))
  assert.equal(risk.onEquity(2, money(1300)), null)
  assert.equal(risk.onEquity(3, money(1299)), 'limit_drawdown')
  assert.deepEqual(risk.figures(), { base: 1500, equity: 1299, allowed: 200, share: 20_000_000 })
  assert.equal(risk.onEquity(DAY * 3, money(1299)), null)
  assert.equal(risk.latch, 'limit_drawdown')
})

test('a leg that was held and runs again was released by an operator; one that had not heard was not', () => {
  const risk = riskOf()
  risk.onEquity(1, money(800))
  assert.equal(risk.onMode(0, false, money(800)), false)
  // Its desk was away and runs as it did.
  assert.equal(risk.onMode(1, true, money(800)), false)
  assert.equal(risk.latch, 'limit_daily_loss')
  const again = kept(risk)
  assert.equal(again.onMode(0, true, money(800)), true)
  assert.equal(again.latch, null)
  // Losses count anew from here.
  assert.equal(again.onEquity(2, money(720)), null)
  assert.equal(again.onEquity(3, money(719)), 'limit_daily_loss')
})

test('without limits nothing is latched', () => {
  const risk = riskOf(null, { dailyLossMax: 0, drawdownMax: 0, onBreach: 'flatten' })
  assert.equal(risk.onEquity(1, money(-5000)), null)
  assert.equal(risk.limits.onBreach, 'flatten')
})

test('between the prices of two legs the sum is wrong: a loss and a peak count when they stood through a round', () => {
  const round = new EquityRound(2)
  round.heard(0)
  assert.equal(round.take(1, money(700)), null)
  assert.equal(round.take(2, money(1300)), null)
  round.heard(1)
  assert.deepEqual(round.take(3, money(1000)), { highest: 1300, lowest: 700 })
  // The next begins anew; a leg that is silent does not hold it up for ever.
  round.heard(1)
  assert.equal(round.take(4, money(900)), null)
  assert.equal(round.take(5003, money(800)), null)
  assert.deepEqual(round.take(5004, money(850)), { highest: 900, lowest: 800 })
  const risk = riskOf()
  assert.equal(risk.onEquity(1, money(1300), money(700)), null)
  assert.equal(risk.stored.peak, 1000)
  assert.equal(risk.onEquity(2, money(899), money(500)), 'limit_daily_loss')
})
