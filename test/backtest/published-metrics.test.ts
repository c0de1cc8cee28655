/** Tables that Freqtrade tests its own metrics with (Freqtrade, tests/data/test_btanalysis.py), through ours. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { EquityCurve } from '../../src/backtest/equity-curve.ts'
import { money } from '../../src/domain/money.ts'
import { yearlyGrowth } from '../../src/domain/statistic/daily-returns.ts'
import { TradeSums } from '../../src/domain/statistic/trade-sums.ts'

const folder = process.env['MARKET_DATA'] || undefined
const options = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}

interface Tables {
  readonly test_calculate_cagr: {
    readonly rows: readonly {
      readonly start: number
      readonly end: number
      readonly days: number
      readonly expected: number
    }[]
  }
  readonly test_calculate_max_drawdown_abs: {
    readonly rows: readonly {
      readonly profits: readonly number[]
      readonly relative: boolean
      readonly result: number
      readonly result_rel: number
    }[]
  }
  readonly max_drawdown_series: {
    readonly values: readonly number[]
    readonly starting_balance: number
    readonly expected: { readonly drawdown_abs: number; readonly relative_account_drawdown: number }
  }
  readonly expectancy: {
    readonly profit_abs: readonly number[]
    readonly expected: { readonly expectancy: number; readonly expectancy_ratio: number }
  }
}

const read = (): Tables =>
  JSON.parse(readFileSync(join(folder ?? '', 'expected/freqtrade_metrics.json'), 'utf8')) as Tables

const near = (found: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, published ${expected}`)

function curveOf(start: number, profits: readonly number[]): EquityCurve {
  const unit = (value: number) => money(Math.round(value * 1e8))
  const curve = new EquityCurve(0, unit(start), 1)
  let equity = start
  profits.forEach((profit, index) => {
    equity += profit
    curve.add(index + 1, unit(equity), 1, 0)
  })
  return curve
}

test('annual growth: their six rows, to the four digits they give', options, () => {
  const { rows } = read().test_calculate_cagr
  assert.equal(rows.length, 6)
  for (const { start, end, days, expected } of rows)
    near(yearlyGrowth(start, end, days), expected, 5e-5)
})

test('drawdown: the largest in money and the largest as a share are two falls', options, () => {
  const { test_calculate_max_drawdown_abs: table, max_drawdown_series: series } = read()
  for (const { profits, relative, result, result_rel: share } of table.rows) {
    const curve = curveOf(1000, profits)
    const fall = relative ? curve.steepestDrawdown : curve.drawdown
    near(fall.amount / 1e8, result, 1e-9)
    near(fall.shareOfPeak, share, 1e-6)
  }
  const curve = curveOf(series.starting_balance, series.values)
  near(curve.deepestFall / 1e8, series.expected.drawdown_abs, 1e-8)
  near(curve.steepestShare, series.expected.relative_account_drawdown, 1e-6)
})

test('expectancy in money and in R', options, () => {
  const { profit_abs: profits, expected } = read().expectancy
  const sums = new TradeSums()
  for (const profit of profits) sums.add(0, 1, profit)
  const mean = (sums.won - sums.lost) / sums.count
  near(mean, expected.expectancy, 1e-12)
  near(mean / (sums.lost / sums.losses), expected.expectancy_ratio, 1e-8)
})
