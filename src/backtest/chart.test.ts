import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chart, downsample, downsampleBuckets, escapeHtml, ticks } from './chart.ts'

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
    buckets: [{ at: 5, low: 1, high: 1, last: 1 }],
    height: 100,
    style: 'line',
    tone: 'price',
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
  const options = { title: 't', buckets, height: 100, tone: 'price', format: String, rules: [] }
  assert.match(chart({ ...options, style: 'line', width: 'narrow' }), /viewBox="0 0 368 100"/)
  assert.match(chart({ ...options, style: 'line' }), /viewBox="0 0 960 100"/)
})
