import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CandleColumns, shareColumn } from './history.ts'
import { candleOpenAt, resample } from './resample.ts'

const M = 60_000
const H = 60 * M
const DAY = 24 * H
const T = Date.UTC(2024, 0, 1)

/** Minute candles: open = 1000 + minute, high + 5, low - 5, close + 1, volume = minute. */
function minutes(list: readonly number[]): CandleColumns {
  const column = (of: (minute: number) => number) => shareColumn(list.map(of))
  return {
    openAt: column((minute) => T + minute * M),
    open: column((minute) => 1000 + minute),
    high: column((minute) => 1005 + minute),
    low: column((minute) => 995 + minute),
    close: column((minute) => 1001 + minute),
    volume: column((minute) => minute),
  }
}

const span = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index)
const plain = (candles: CandleColumns) =>
  Array.from(candles.openAt, (at, index) => [
    (at - T) / M,
    candles.open[index],
    candles.high[index],
    candles.low[index],
    candles.close[index],
    candles.volume[index],
  ])

test('a candle holds the minutes from its open to before its close', () => {
  const made = resample(minutes(span(0, 15)), M, 5 * M)
  assert.deepEqual(plain(made.candles), [
    [0, 1000, 1009, 995, 1005, 10],
    [5, 1005, 1014, 1000, 1010, 35],
    [10, 1010, 1019, 1005, 1015, 60],
  ])
  assert.deepEqual([made.incompleteFirst, made.incompleteLast, made.thin], [false, false, 0])
})

test('an incomplete first or last candle is left out and told', () => {
  const made = resample(minutes(span(3, 14)), M, 5 * M)
  assert.deepEqual(
    plain(made.candles).map(([minute]) => minute),
    [5],
  )
  assert.deepEqual([made.incompleteFirst, made.incompleteLast], [true, true])
  const nothing = resample(minutes(span(1, 4)), M, 5 * M)
  assert.deepEqual([nothing.candles.openAt.length, nothing.incompleteFirst], [0, true])
  assert.equal(resample(minutes([]), M, 5 * M).candles.openAt.length, 0)
})

test('gaps stay gaps, a candle with minutes missing inside is made of the others and counted', () => {
  const made = resample(minutes([...span(0, 5), 6, 9, ...span(20, 25)]), M, 5 * M)
  assert.deepEqual(
    plain(made.candles).map(([minute, open, , , close]) => [minute, open, close]),
    [
      [0, 1000, 1005],
      [5, 1006, 1010],
      [20, 1020, 1025],
    ],
  )
  assert.equal(made.thin, 1)
})

test('days begin at midnight UTC, weeks on Mondays', () => {
  assert.equal(candleOpenAt(T + 5 * H, DAY), T)
  assert.equal(candleOpenAt(T - 1, DAY), T - DAY)
  // 2024-01-01 is a Monday.
  assert.equal(candleOpenAt(T + 6 * DAY, 7 * DAY), T)
  assert.equal(candleOpenAt(T - 1, 7 * DAY), T - 7 * DAY)
})

test('resampling in two steps gives what one step gives', () => {
  const once = resample(minutes(span(0, 240)), M, 2 * H).candles
  const first = resample(minutes(span(0, 240)), M, 15 * M).candles
  assert.deepEqual(plain(resample(first, 15 * M, 2 * H).candles), plain(once))
})

test('a length that is not made of whole candles is refused', () => {
  for (const ms of [90_000, M, 30_000])
    assert.throws(() => resample(minutes([0, 1]), M, ms), RangeError)
})
