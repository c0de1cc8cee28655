/** Hand-computed vectors: each expected number is worked out in the comment beside it, not by the code under test. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { drawdownsOf } from './daily-returns.ts'
import { type StatisticsInput, statisticsOf } from './statistics.ts'
import { TradeSums } from './trade-sums.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const U = 1e8

const near = (found: number | null, expected: number) =>
  assert.ok(
    found !== null && Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${found} should be ${expected}`,
  )

function sumsOf(results: readonly number[], hours = 1): TradeSums {
  const sums = new TradeSums()
  results.forEach((net, index) => {
    sums.add(index * DAY, index * DAY + hours * HOUR, net * U)
  })
  return sums
}

function inputOf(parts: Partial<StatisticsInput> = {}): StatisticsInput {
  const dailyEquity = parts.dailyEquity ?? [1000 * U, 1000 * U]
  return {
    startAt: 0,
    endAt: (dailyEquity.length - 1) * DAY,
    capital: dailyEquity[0] ?? 0,
    dailyEquity,
    drawdown: { share: 0, amount: 0 },
    trades: new TradeSums(),
    fees: 0,
    funding: 0,
    turnover: 0,
    exposedMs: 0,
    notionalMax: 0,
    marginRatioMax: null,
    liquidations: 0,
    fills: 0,
    firstPrice: 100,
    lastPrice: 100,
    grid: null,
    ...parts,
  }
}

/** +10 % and −5 % in turn. */
function alternating(days: number): number[] {
  const values = [1000 * U]
  for (let day = 0; day < days; day += 1)
    values.push((values.at(-1) ?? 0) * (day % 2 === 0 ? 1.1 : 0.95))
  return values
}

describe('figures of days', () => {
  it('are those worked out by hand', () => {
    const found = statisticsOf(
      inputOf({ dailyEquity: alternating(14), drawdown: { share: 0.05, amount: 80 * U } }),
    )
    // r = +0.1, −0.05 seven times each: mean 0.025, all deviations ±0.075, variance 14 · 0.005625 ÷ 13 = 0.00605769…
    const spread = Math.sqrt(0.07875 / 13)
    near(found.sharpe, (0.025 / spread) * Math.sqrt(365))
    near(found.volatility, spread * Math.sqrt(365))
    // Downside: seven of fourteen days lose 0.05: √(7 · 0.0025 ÷ 14) = √0.00125.
    near(found.sortino, (0.025 / Math.sqrt(0.00125)) * Math.sqrt(365))
    // Two days make 1.1 · 0.95 = 1.045; seven of them in 14 days.
    const growth = 1.045 ** (7 * (365 / 14)) - 1
    near(found.cagr, growth)
    near(found.calmar, growth / 0.05)
    near(found.totalReturn, 1.045 ** 7 - 1)
    near(found.recoveryFactor, (1000 * (1.045 ** 7 - 1)) / 80)
    near(found.bestDay, 0.1)
    near(found.worstDay, -0.05)
    // Peaks stand on days 1, 3 … 13; six are passed two days later, the seventh is one day old at the end.
    near(found.averageDrawdown, 0.05)
    near(found.averageDrawdownDays, 13 / 7)
  })

  it('name the worst twentieth: 40 days, two of them', () => {
    // Losses of 4 % and 3 % and 38 days of +1 %: value at risk is the second worst, 3 %; the average of both 3.5 %.
    const returns = [-0.04, ...Array.from({ length: 38 }, () => 0.01), -0.03]
    const dailyEquity = [1000 * U]
    for (const one of returns) dailyEquity.push((dailyEquity.at(-1) ?? 0) * (1 + one))
    const found = statisticsOf(inputOf({ dailyEquity }))
    near(found.valueAtRisk95, 0.03)
    near(found.conditionalValueAtRisk95, 0.035)
  })

  it('follow every fall of the daily samples until it is made good', () => {
    // 100 → 90 is made good after three days; 120 → 60 is not, and two days old at the end.
    assert.deepEqual(drawdownsOf([100, 90, 95, 100, 120, 60, 90]), [
      { share: 0.1, days: 3 },
      { share: 0.5, days: 2 },
    ])
    assert.deepEqual(drawdownsOf([100, 100, 101]), [])
    assert.deepEqual(drawdownsOf([]), [])
  })

  it('are N/A below 14 days, without spread, and where equity was lost', () => {
    const short = statisticsOf(inputOf({ dailyEquity: alternating(13) }))
    for (const name of ['sharpe', 'sortino', 'cagr', 'calmar', 'volatility', 'gridApr'] as const)
      assert.equal(short[name], null, name)
    near(short.bestDay, 0.1)
    const flat = statisticsOf(inputOf({ dailyEquity: Array.from({ length: 30 }, () => U) }))
    assert.deepEqual(
      [flat.sharpe, flat.sortino, flat.calmar, flat.volatility, flat.cagr, flat.maxDrawdownDays],
      [null, null, null, null, 0, null],
    )
    const lost = statisticsOf(
      inputOf({ dailyEquity: [U, ...Array.from({ length: 20 }, () => -U)] }),
    )
    assert.deepEqual(
      [lost.sharpe, lost.cagr, lost.bestDay, lost.totalReturn],
      [null, null, null, -2],
    )
  })
})

describe('figures of trades', () => {
  const results = [100, 200, 50, -150, -100, 300, 80, -30, 0, -50]

  it('are those worked out by hand', () => {
    const found = statisticsOf(inputOf({ trades: sumsOf(results, 3) }))
    // Wins 730 in 5, losses 330 in 4, one trade of 0: 400 in 10.
    assert.deepEqual([found.trades, found.wins, found.losses], [10, 5, 4])
    near(found.winRate, 0.5)
    near(found.profitFactor, 730 / 330)
    near(found.expectancy, 40)
    near(found.averageWin, 146)
    near(found.averageLoss, 82.5)
    near(found.expectancyR, 40 / 82.5)
    // Deviations from 40: 60 160 10 −190 −140 260 40 −70 −40 −90, squares add up to 168,800.
    near(found.sqn, (Math.sqrt(10) * 40) / Math.sqrt(168_800 / 9))
    // Payoff 146 ÷ 82.5 = 1.7697: 0.5 − 0.5 ÷ 1.7697.
    near(found.kelly, 0.5 - 0.5 / (146 / 82.5))
    assert.deepEqual([found.bestTrade, found.worstTrade], [300, -150])
    assert.deepEqual([found.consecutiveWins, found.consecutiveLosses], [3, 2])
    assert.deepEqual([found.averageTradeHours, found.longestTradeHours], [3, 3])
  })

  it('cap the number of trades in SQN at 100', () => {
    const many = Array.from({ length: 400 }, (_, index) => (index % 2 === 0 ? 3 : -1))
    const found = statisticsOf(inputOf({ trades: sumsOf(many) }))
    // Mean 1, deviations ±2: √100 · 1 ÷ √(400 · 4 ÷ 399).
    near(found.sqn, 10 / Math.sqrt(1600 / 399))
  })

  it('are N/A below 10 trades, without a loss, where results do not differ, and for grids', () => {
    const few = statisticsOf(inputOf({ trades: sumsOf(results.slice(0, 9)) }))
    for (const name of ['winRate', 'profitFactor', 'expectancy', 'expectancyR', 'sqn'] as const)
      assert.equal(few[name], null, name)
    assert.deepEqual([few.trades, few.bestTrade], [9, 300])
    const same = statisticsOf(inputOf({ trades: sumsOf(Array.from({ length: 20 }, () => 0.1)) }))
    assert.deepEqual(
      [same.sqn, same.profitFactor, same.expectancyR, same.kelly, same.winRate],
      [null, null, null, null, 1],
    )
    const grid = { completed: 10, profit: 500 * U, timeInRange: 1 }
    const cells = statisticsOf(inputOf({ trades: sumsOf(results), grid }))
    for (const name of [
      'winRate',
      'profitFactor',
      'expectancy',
      'expectancyR',
      'sqn',
      'kelly',
      'consecutiveWins',
      'consecutiveLosses',
    ] as const)
      assert.equal(cells[name], null, `${name} of a grid`)
    assert.deepEqual([cells.trades, cells.completedGrids, cells.gridProfit], [10, 10, 500])
    const none = statisticsOf(inputOf())
    assert.deepEqual([none.trades, none.bestTrade, none.averageTradeHours], [0, null, null])
  })
})

describe('other figures', () => {
  it('of a grid, of fees, of exposure', () => {
    const found = statisticsOf(
      inputOf({
        dailyEquity: [1000 * U, ...Array.from({ length: 73 }, () => 1040 * U)],
        fees: 10 * U,
        exposedMs: 36.5 * DAY,
        grid: { completed: 12, profit: 30 * U, timeInRange: 0.75 },
        firstPrice: 200,
        lastPrice: 150,
      }),
    )
    // (30 − 10) ÷ 1000 in 73 days, a fifth of a year; fees 10 of 40 + 10 before fees.
    near(found.gridApr, 0.1)
    near(found.feeShare, 0.2)
    near(found.exposure, 0.5)
    near(found.buyAndHold, -0.25)
    assert.deepEqual([found.completedGrids, found.gridProfit, found.timeInRange], [12, 30, 0.75])
  })

  it('name no fee share of a loss', () => {
    const found = statisticsOf(inputOf({ dailyEquity: [1000 * U, 980 * U], fees: 10 * U }))
    assert.equal(found.feeShare, null)
  })
})

describe('what must hold for any run', () => {
  const equities = fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 15, maxLength: 60 })
  const results = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 10, maxLength: 60 })

  it('ratios do not depend on the size of the account', () => {
    fc.assert(
      fc.property(
        equities,
        results,
        fc.integer({ min: 2, max: 1000 }),
        (values, trades, factor) => {
          const of = (scale: number) =>
            statisticsOf(
              inputOf({
                dailyEquity: values.map((one) => one * scale),
                trades: sumsOf(trades.map((one) => one * scale)),
              }),
            )
          const [small, large] = [of(1), of(factor)]
          for (const name of [
            ...([
              'sharpe',
              'sortino',
              'cagr',
              'volatility',
              'valueAtRisk95',
              'totalReturn',
            ] as const),
            ...(['winRate', 'profitFactor', 'expectancyR', 'sqn', 'kelly'] as const),
            ...(['averageDrawdown', 'maxDrawdownDays', 'consecutiveLosses'] as const),
          ]) {
            const [a, b] = [small[name], large[name]]
            if (a === null || b === null) assert.equal(a, b, name)
            else assert.ok(Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a)), `${name} ${a} ${b}`)
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  it('lies within its bounds, and is a number or N/A', () => {
    fc.assert(
      fc.property(equities, results, (dailyEquity, trades) => {
        const found = statisticsOf(inputOf({ dailyEquity, trades: sumsOf(trades) }))
        for (const [name, value] of Object.entries(found))
          assert.ok(value === null || Number.isFinite(value), `${name} is ${value}`)
        const { winRate, worstTrade, bestTrade, expectancy, sqn, worstDay, bestDay } = found
        assert.ok(winRate !== null && winRate >= 0 && winRate <= 1)
        assert.ok((worstTrade ?? 0) <= (expectancy ?? 0) + 1e-9)
        assert.ok((bestTrade ?? 0) >= (expectancy ?? 0) - 1e-9)
        assert.ok(sqn === null || Math.sign(sqn) === Math.sign(expectancy ?? 0))
        assert.ok((worstDay ?? 0) <= (bestDay ?? 0))
        assert.ok(found.wins + found.losses <= found.trades)
        const { valueAtRisk95: risk, conditionalValueAtRisk95: worse } = found
        assert.ok(risk === null || worse === null || worse >= risk - 1e-12)
        assert.ok((found.averageDrawdown ?? 0) >= 0 && (found.averageDrawdown ?? 0) < 1)
      }),
      { numRuns: 100 },
    )
  })
})
