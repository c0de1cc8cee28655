import assert from 'node:assert/strict'
import { test } from 'node:test'
import { money } from '../domain/money.ts'
import { EquityCurve } from './equity-curve.ts'
import { dailyEquity, statisticsOf } from './statistics.ts'

const DAY = 86_400_000

/** Equity every twelve hours from noon of day 0; the values at noon are noise. */
function curveOf(daily: readonly number[]): EquityCurve {
  const curve = new EquityCurve(0, money(daily[0] ?? 0), 1)
  daily.slice(1).forEach((equity, index) => {
    curve.add({ at: (index + 0.5) * DAY, equity: money(equity), close: 1, position: 0 })
    curve.add({ at: (index + 1) * DAY, equity: money(equity), close: 1, position: 0 })
  })
  return curve
}

test('days are cut at 00:00 UTC, the start and an incomplete last day included', () => {
  const curve = new EquityCurve(0.5 * DAY, money(100), 1)
  for (const [at, equity] of [
    [0.9, 90],
    [1, 110],
    [1.5, 120],
    [2, 130],
    [2.3, 140],
  ] as const) {
    curve.add({ at: at * DAY, equity: money(equity), close: 1, position: 0 })
  }
  assert.deepEqual(dailyEquity(curve), [100, 110, 130, 140])
})

test('by hand: returns of +10 % and −5 % in turn for 14 days', () => {
  const values = [1_000_000]
  for (let day = 0; day < 14; day += 1) {
    const before = values.at(-1) ?? 0
    values.push(Math.round(before * (day % 2 === 0 ? 1.1 : 0.95)))
  }
  const found = statisticsOf(curveOf(values))
  const close = (actual: number | null, expected: number) =>
    assert.ok(actual !== null && Math.abs(actual / expected - 1) < 1e-3, `${actual} ~ ${expected}`)
  // mean 0.025; deviations ±0.075: Σ = 14 · 0.005625, ÷ 13; downside √(7 · 0.0025 / 14).
  close(found.sharpe, (0.025 / Math.sqrt((14 * 0.005625) / 13)) * Math.sqrt(365))
  close(found.sortino, (0.025 / Math.sqrt(0.00125)) * Math.sqrt(365))
  close(found.cagr, (1.1 * 0.95) ** (7 * (365 / 14)) - 1)
  close(found.calmar, ((1.1 * 0.95) ** (7 * (365 / 14)) - 1) / 0.05)
  close(found.bestDay, 0.1)
  close(found.worstDay, -0.05)
})

test('too few days, no spread and lost capital are not told', () => {
  assert.equal(statisticsOf(curveOf([100, 110, 90])).sharpe, null)
  const flat = statisticsOf(curveOf(Array.from({ length: 20 }, () => 100)))
  assert.deepEqual([flat.sharpe, flat.sortino, flat.calmar, flat.cagr], [null, null, null, 0])
  assert.equal(statisticsOf(curveOf([100, ...Array.from({ length: 20 }, () => -1)])).cagr, null)
})
