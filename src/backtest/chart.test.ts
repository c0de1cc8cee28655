import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { barChart, chart, escapeHtml, histogram, ticks } from './chart.ts'
import { downsample, downsampleBuckets, downsampleCandles } from './downsample.ts'

test('downsampling keeps the extremes and the last point', () => {
  const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 500 })
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 50 }), (series, count) => {
      const buckets = downsample(series.length, (at) => ({ at, value: series[at] ?? 0 }), count)
      assert.ok(buckets.length <= count)
      assert.equal(Math.min(...buckets.map(({ low }) => low)), Math.min(...series))
      assert.equal(Math.max(...buckets.map(({ high }) => high)), Math.max(...series))
      assert.equal(buckets.at(-1)?.last, series.at(-1))
      assert.equal(buckets.at(-1)?.at, series.length - 1)
    }),
  )
})

test('ticks are round numbers within the span', () => {
  assert.deepEqual(ticks(0, 100, 5), [0, 20, 40, 60, 80, 100])
  assert.deepEqual(ticks(-0.35, 0.35, 4), [-0.2, 0, 0.2])
  assert.deepEqual(ticks(7, 7, 4), [7])
})

test('a chart of one flat point has finite coordinates', () => {
  const svg = chart({
    title: 'a < b',
    series: [{ buckets: [{ at: 5, low: 1, high: 1, last: 1 }], style: 'line', tone: 'price' }],
    height: 100,
    format: String,
    rules: [1, 99],
  })
  assert.ok(!/NaN|Infinity/.test(svg))
  assert.match(svg, /aria-label="a &lt; b"/)
  assert.equal(svg.match(/class="rule"/g)?.length, 1)
  assert.equal(escapeHtml('<a href="x">&'), '&lt;a href=&quot;x&quot;&gt;&amp;')
})

test('the narrow drawing has its own size and keeps the extremes', () => {
  const buckets = Array.from({ length: 10 }, (_, at) => ({ at, low: -at, high: at, last: at }))
  assert.deepEqual(downsampleBuckets(buckets, 3), [
    { at: 3, low: -3, high: 3, last: 3 },
    { at: 7, low: -7, high: 7, last: 7 },
    { at: 9, low: -9, high: 9, last: 9 },
  ])
  const series = [{ buckets, style: 'line', tone: 'price' }] as const
  const options = { title: 't', series, height: 100, format: String, rules: [] }
  assert.match(chart({ ...options, width: 'narrow' }), /viewBox="0 0 368 100"/)
  assert.match(chart(options), /viewBox="0 0 1060 100"/)
})

test('candles become longer ones: first open, extremes, last close, within the window', () => {
  const columns = {
    openAt: Float64Array.of(0, 10, 20, 30, 40),
    open: Int32Array.of(1, 2, 3, 4, 5),
    high: Int32Array.of(9, 8, 7, 6, 5),
    low: Int32Array.of(0, 1, 0, 2, 1),
    close: Int32Array.of(2, 3, 4, 5, 1),
    volume: Int32Array.of(1, 1, 1, 1, 1),
  }
  assert.deepEqual(downsampleCandles(columns, 10, 40, 2), {
    at: [10, 30],
    open: [2, 4],
    high: [8, 6],
    low: [0, 2],
    close: [4, 5],
  })
})

test('a histogram counts every value once, no column lies across 0', () => {
  const values = fc.array(fc.integer({ min: -5000, max: 9000 }), { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(values, (results) => {
      const bars = histogram(results, 30)
      assert.equal(
        bars.reduce((sum, { count }) => sum + count, 0),
        results.length,
      )
      for (const { from, to } of bars) assert.ok(from >= 0 || to <= 1e-9, `${from} to ${to}`)
      const gains = bars.filter(({ from }) => from >= 0).reduce((sum, { count }) => sum + count, 0)
      if (bars.some(({ from }) => from < 0) && bars.some(({ from }) => from >= 0))
        assert.equal(gains, results.filter((one) => one >= 0).length)
      assert.ok(!/NaN|Infinity/.test(barChart({ title: 't', bars, height: 90, format: String })))
    }),
  )
  assert.deepEqual(histogram([], 30), [])
})
