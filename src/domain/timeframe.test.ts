import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  formatTime,
  formatTimeframe,
  formatTimeShort,
  parseTime,
  parseTimeframe,
  readIsoTime,
} from './timeframe.ts'

test('timeframes are read and written with the largest unit', () => {
  assert.deepEqual(parseTimeframe('5m'), { text: '5m', ms: 300_000 })
  assert.deepEqual(parseTimeframe('5min'), { text: '5m', ms: 300_000 })
  assert.deepEqual(parseTimeframe('60m'), { text: '1h', ms: 3_600_000 })
  assert.equal(parseTimeframe('8h').ms, 28_800_000)
  assert.equal(formatTimeframe(90_000), '90s')
  assert.equal(formatTimeframe(1_500), '1500ms')
})

for (const text of ['', '5', 'm', '0m', '5M', '1.5h', '-5m', '5 m']) {
  test(`timeframe "${text}" is refused with a sentence`, () => {
    assert.throws(() => parseTimeframe(text), {
      message: `timeframe "${text}" cannot be read: write a number and s, m, h, d or w, e.g. 1m, 5m, 1h`,
    })
  })
}

test('times are UTC unless they say otherwise', () => {
  assert.equal(parseTime('2022-01-01'), Date.UTC(2022, 0, 1))
  assert.equal(parseTime('2022-03'), Date.UTC(2022, 2, 1))
  assert.equal(parseTime('2022-01-01T12:30'), Date.UTC(2022, 0, 1, 12, 30))
  assert.equal(parseTime('2022-01-01 12:30:15.250'), Date.UTC(2022, 0, 1, 12, 30, 15, 250))
  assert.equal(parseTime('2022-01-01T12:30:00+02:00'), Date.UTC(2022, 0, 1, 10, 30))
  assert.equal(parseTime('2022-01-01T24:00'), Date.UTC(2022, 0, 2))
})

for (const text of ['', 'yesterday', '2022-02-30', '2022-13-01', '2022-01-01T25:00', '2022-1-1']) {
  test(`"${text}" is no time`, () => {
    assert.equal(readIsoTime(text), null)
    assert.throws(() => parseTime(text), /cannot be read: write a date or time like 2022-01-31/)
  })
}

test('a time written down is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (at) => {
      assert.equal(parseTime(formatTime(at)), at)
      assert.equal(parseTime(formatTimeShort(at)), at)
    }),
  )
})
