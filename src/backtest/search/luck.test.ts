/** Over-fit defences against published and hand-computed numbers. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  deflatedSharpe,
  expectedBestSharpe,
  probabilisticSharpe,
  sharpeSampleOf,
  varianceOf,
} from './deflated-sharpe.ts'
import { monteCarlo, percentilesOf } from './monte-carlo.ts'
import { normalCumulative, normalQuantile } from './normal.ts'
import {
  efficiencyOf,
  foldsOf,
  parseSpanLength,
  splitSpan,
  stitch,
  yearlyReturn,
} from './windows.ts'

const near = (a: number | null, b: number, tolerance: number, what = '') =>
  assert.ok(a !== null && Math.abs(a - b) <= tolerance, `${what} ${a} is not ${b} ± ${tolerance}`)

describe('the normal distribution', () => {
  it('equals tables', () => {
    for (const [x, share] of [
      [0, 0.5],
      [1, 0.8413447460685429],
      [1.959963984540054, 0.975],
      [-2.5758293035489, 0.005],
      [-4, 3.167124183311986e-5],
    ] as const) {
      near(normalCumulative(x), share, 1.2e-7, `Φ(${x})`)
      near(normalQuantile(share), x, 1e-7, `Φ⁻¹(${share})`)
    }
  })
})

describe('the deflated Sharpe ratio', () => {
  // Bailey & López de Prado (2014), "A numerical example": annualised SR 2.5 over 5 years of 250 days, skewness −3,
  // kurtosis 10, V[SR] = 1/2 a year: SR0 ≈ 0.1132 a day and DSR ≈ 0.9004 with N = 100, 0.9505 with N = 46, and with
  // normal returns (skewness 0, kurtosis 3) the same DSR of 0.9505 needs N = 88.
  const sample = { sharpe: 2.5 / Math.sqrt(250), observations: 1250, skewness: -3, kurtosis: 10 }
  const variance = 0.5 / 250
  it('equals the example of its authors', () => {
    near(expectedBestSharpe(100, variance), 0.1132, 5e-5)
    near(deflatedSharpe(sample, 100, variance), 0.9004, 5e-5)
    near(deflatedSharpe(sample, 46, variance), 0.9505, 5e-5)
    near(deflatedSharpe({ ...sample, skewness: 0, kurtosis: 3 }, 88, variance), 0.9505, 5e-4)
  })
  it('is the probabilistic ratio without a search', () => {
    assert.equal(expectedBestSharpe(1, variance), 0)
    near(
      probabilisticSharpe({ sharpe: 0.1, observations: 101, skewness: 0, kurtosis: 3 }, 0),
      0.8407,
      5e-4,
    )
    assert.equal(probabilisticSharpe({ ...sample, skewness: 1e6 }, 0), null)
  })
  it('takes its sample from returns', () => {
    const found = sharpeSampleOf([0.01, -0.01, 0.02, 0.0])
    // mean 0.005; deviations 0.005, −0.015, 0.015, −0.005: Σ² = 5e-4, Σ⁴ = 1.025e-7 (by hand)
    near(found?.sharpe ?? null, 0.005 / Math.sqrt(5e-4 / 3), 1e-12)
    near(found?.skewness ?? null, 0, 1e-12)
    near(found?.kurtosis ?? null, 1.025e-7 / 4 / 1.25e-4 ** 2, 1e-9)
    assert.equal(sharpeSampleOf([0.01, 0.01, 0.01]), null)
    assert.equal(sharpeSampleOf([0.01]), null)
    near(varianceOf([1, 2, 3, 4]), 5 / 3, 1e-12)
  })
})

describe('Monte Carlo', () => {
  it('other orders keep the end, and find every fall', () => {
    // Two orders only: down first falls 50 %, up first too; three returns give 0.5 or 0.75 (two falls in a row).
    const found = monteCarlo([1, -0.5, -0.5], 'shuffle', 3_000, 7)
    near(found?.totalReturn.p50 ?? null, -0.5, 1e-12)
    assert.equal(found?.lossShare, 1)
    assert.equal(found?.maxDrawdown.p5, 0.5)
    assert.equal(found?.maxDrawdown.p95, 0.75)
    // Of 3 places for the rise only the middle one parts the falls.
    near(found?.maxDrawdown.p50 ?? null, 0.75, 1e-12)
  })
  it('draws anew vary the end around its expectation', () => {
    const returns = Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 0.011 : -0.009))
    const found = monteCarlo(returns, 'bootstrap', 2_000, 7)
    near(found?.totalReturn.p50 ?? null, (1.011 * 0.991) ** 100 - 1, 0.02)
    assert.ok((found?.totalReturn.p5 ?? 0) < 0 && (found?.totalReturn.p95 ?? 0) > 0.4)
    assert.deepEqual(found, monteCarlo(returns, 'bootstrap', 2_000, 7))
    assert.equal(monteCarlo([], 'shuffle', 10, 7), null)
  })
  it('percentiles lie between neighbours in proportion', () => {
    assert.deepEqual(percentilesOf(Float64Array.of(4, 1, 3, 2)), {
      p5: 1.15,
      p25: 1.75,
      p50: 2.5,
      p75: 3.25,
      p95: 3.8499999999999996,
    })
  })
})

describe('windows', () => {
  const DAY = 86_400_000
  it('split at midnight, and never into nothing', () => {
    assert.deepEqual(splitSpan({ from: 0, to: 100 * DAY }, 0.7, 60_000), {
      seen: { from: 0, to: 70 * DAY },
      unseen: { from: 70 * DAY, to: 100 * DAY },
    })
    assert.throws(() => splitSpan({ from: 0, to: DAY }, 1.5, 60_000), /between 0 and 1/)
    assert.throws(() => splitSpan({ from: 0, to: 60_000 }, 0.1, 60_000), /without a candle/)
  })
  it('walk forward without a gap, rolling or anchored; a short rest is left out', () => {
    const days = (mode: 'rolling' | 'anchored') =>
      foldsOf(
        { from: 0, to: 104 * DAY },
        { inSampleMs: 30 * DAY, outOfSampleMs: 20 * DAY, mode },
      ).map(({ inSample, outOfSample }) =>
        [inSample.from, inSample.to, outOfSample.from, outOfSample.to].map((at) => at / DAY),
      )
    assert.deepEqual(days('rolling'), [
      [0, 30, 30, 50],
      [20, 50, 50, 70],
      [40, 70, 70, 90],
      [60, 90, 90, 104],
    ])
    assert.deepEqual(
      days('anchored').map(([from]) => from),
      [0, 0, 0, 0],
    )
    assert.throws(
      () =>
        foldsOf(
          { from: 0, to: 30 * DAY },
          { inSampleMs: 30 * DAY, outOfSampleMs: 20 * DAY, mode: 'rolling' },
        ),
      /^RangeError: the window of 30 days has no room for 30 days in sample and 20 days out of sample/,
    )
  })
  it('stitches equity: each part begins with what the one before left', () => {
    const points = stitch([
      { span: { from: 0, to: 2 * DAY }, daily: [100, 110, 120] },
      { span: { from: 2 * DAY, to: 3 * DAY }, daily: [200, 100] },
    ])
    assert.deepEqual(
      points.map(({ equity }) => equity),
      [1, 1.1, 1.2, 1.2, 0.6],
    )
    assert.deepEqual(
      points.map(({ at }) => at / DAY),
      [0, 1, 2, 2, 3],
    )
  })
  it('efficiency is the simple yearly return out of ÷ in sample', () => {
    const part = (totalReturn: number, days: number) => ({
      totalReturn,
      span: { from: 0, to: days * DAY },
    })
    near(yearlyReturn([part(0.2, 730)]), 0.1, 1e-12)
    near(yearlyReturn([part(0.04, 20), part(-0.01, 10)]), 0.365, 1e-12, 'by days')
    assert.equal(yearlyReturn([]), null)
    near(efficiencyOf(0.3, 0.15), 0.5, 1e-12)
    near(efficiencyOf(0.3, -0.15), -0.5, 1e-12)
  })
  it('efficiency is N/A where next to nothing was earned in sample, and no month is compounded to a year', () => {
    assert.equal(efficiencyOf(-1, 1), null)
    assert.equal(efficiencyOf(0.009, 0.2), null)
    assert.equal(efficiencyOf(null, null), null)
    const twice = yearlyReturn([{ totalReturn: 0.2, span: { from: 0, to: 20 * DAY } }])
    near(twice, 3.65, 1e-12)
  })
  it('lengths are read', () => {
    assert.deepEqual(
      ['90d', '2w', '3mo', '48h'].map((text) => parseSpanLength(text, '--x') / DAY),
      [90, 14, 90, 2],
    )
    assert.throws(
      () => parseSpanLength('3 moons', '--in-sample'),
      /^RangeError: --in-sample "3 moons" cannot be read/,
    )
  })
})
