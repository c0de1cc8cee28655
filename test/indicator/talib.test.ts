/** Our indicators against recorded outputs of TA-Lib, and TA-Lib's conventions computed by hand. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { closesOnly, type PlainCandle } from './candles.ts'
import { sampleOf } from './catalogue.ts'

interface Vector {
  readonly indicator: string
  readonly parameters: readonly number[]
  /** null = what `…Next` returns. */
  readonly output: string | null
  /** Number of the candle of the first value. */
  readonly warm: number
  readonly values: readonly number[]
}

interface Recorded {
  readonly candles: readonly (readonly [number, number, number, number])[]
  readonly vectors: readonly Vector[]
}

const recorded: Recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, 'talib-vectors.json'), 'utf8'),
)
const candles = recorded.candles.map(
  ([high, low, close, volume], i): PlainCandle => ({ openAt: i, high, low, close, volume }),
)

// 13 digits are recorded.
const TOLERANCE = 1e-11

function assertNear(found: number | null | undefined, expected: number, where: string): void {
  const off = Math.abs((found ?? Number.NaN) - expected)
  assert.ok(
    off <= TOLERANCE * Math.max(1, Math.abs(expected)),
    `${where}: ${found}, not ${expected}`,
  )
}

for (const { indicator, parameters, output, warm, values } of recorded.vectors) {
  const title = `${indicator}(${parameters.join(', ')})${output === null ? '' : `.${output}`}`
  test(`${title} equals TA-Lib, from the same candle on`, () => {
    const sample = sampleOf(indicator, parameters)
    for (const [i, candle] of candles.entries()) {
      const returned = sample.next(candle)
      const found = output === null ? returned : sample.outputs()[output]
      if (i + 1 >= warm) assertNear(found, values[i + 1 - warm] ?? Number.NaN, `candle ${i + 1}`)
      else if (output === null) assert.ok(Number.isNaN(found), `candle ${i + 1} is not warm`)
    }
    assert.equal(values.length, candles.length + 1 - warm)
  })
}

const series = (name: string, parameters: readonly number[], all: readonly PlainCandle[]) => {
  const sample = sampleOf(name, parameters)
  return all.map((candle) => {
    const value = sample.next(candle)
    return Number.isNaN(value) ? null : value
  })
}

test('an EMA is seeded with the mean of its first values', () => {
  // mean(2, 4, 6) = 4, then half of the way to 8, then to 1
  assert.deepEqual(series('ema', [3], closesOnly([2, 4, 6, 8, 1])), [null, null, 4, 6, 3.5])
})

test("Wilder's average is seeded with the mean and moves by 1 / length", () => {
  assert.deepEqual(series('wilder', [4], closesOnly([1, 3, 5, 7, 12, 0])), [
    ...[null, null, null],
    ...[4, 6, 4.5],
  ])
})

test('a WMA weighs the newest value most', () => {
  // (1·1 + 2·4 + 3·9) / 6 = 6; (4 + 18 + 3) / 6
  const found = series('wma', [3], closesOnly([1, 4, 9, 1]))
  assert.deepEqual(found, [null, null, 6, 25 / 6])
})

test('the RSI averages the changes as Wilder: first mean of 2, then 1/2 + 1/2', () => {
  // changes +2, -1, +3, -4: gains (2 + 0) / 2 = 1, losses 0.5; then 2 and 0.25; then 1 and 2.125
  const found = series('rsi', [2], closesOnly([10, 12, 11, 14, 10]))
  assert.deepEqual(found.slice(0, 2), [null, null])
  assertNear(found[2], 100 / 1.5, 'candle 3')
  assertNear(found[3], 200 / 2.25, 'candle 4')
  assertNear(found[4], 100 / 3.125, 'candle 5')
})

test('the ATR has no range for the first candle', () => {
  const candle = (high: number, low: number, close: number) => ({
    ...{ openAt: 0, volume: 1 },
    ...{ high, low, close },
  })
  // ranges: 12 - 8, then 15 - 10 (gap above the close of 10), then 11 - 6; (4 + 5) / 2 = 4.5; (4.5 + 5) / 2
  const all = [candle(99, 1, 9), candle(12, 8, 10), candle(15, 14, 11), candle(10, 6, 7)]
  assert.deepEqual(series('atr', [2], all), [null, null, 4.5, 4.75])
})

test('Bollinger bands take the population deviation', () => {
  // mean 3, squares 4 + 1 + 0 + 1 + 4 = 10, ÷ 5
  const sample = sampleOf('bollinger', [5, 2])
  for (const candle of closesOnly([1, 2, 3, 4, 5])) sample.next(candle)
  const { upper, middle, lower } = sample.outputs()
  assertNear(upper, 3 + 2 * Math.SQRT2, 'upper')
  assertNear(middle, 3, 'middle')
  assertNear(lower, 3 - 2 * Math.SQRT2, 'lower')
})

test('the fast average of a MACD is seeded at the candle where the slow one is', () => {
  // EMA(3) of 1, 2, 9 = 4; EMA(2) of 2, 9 = 5.5; then 4 + (1 - 4) / 2 = 2.5 and 5.5 + (1 - 5.5) · 2/3 = 2.5
  const sample = sampleOf('macd', [2, 3, 1])
  const found = closesOnly([1, 2, 9, 1]).map((candle) => {
    sample.next(candle)
    return sample.outputs()['macd']
  })
  assert.deepEqual(found, [null, null, 1.5, 0])
})

test('on-balance volume begins with the first volume', () => {
  const all = closesOnly([5, 6, 6, 4]).map((one, i) => ({ ...one, volume: 10 ** i }))
  assert.deepEqual(series('obv', [], all), [1, 11, 11, -989])
})

test('a rate of change from 0 is 0', () => {
  assert.deepEqual(series('roc', [1], closesOnly([0, 5, 10])), [null, 0, 100])
})

test('SuperTrend begins with a fall, turns on a close beyond its band and keeps the band meanwhile', () => {
  const bar = (close: number) => ({ openAt: 0, high: close + 1, low: close - 1, close, volume: 1 })
  const sample = sampleOf('superTrend', [1, 1])
  const rows = [10, 10, 11, 14, 13, 10].map((close) => {
    sample.next(bar(close))
    return [sample.outputs()['direction'], sample.outputs()['line']]
  })
  // Ranges 2, 2, 4, 2, 4. Upper 12, and 12 again (13 is kept out); the close of 14 turns up, lower 14 - 4 = 10;
  // then 13 - 2 = 11; the close of 10 is below it and turns down.
  assert.deepEqual(rows, [
    [null, null],
    [-1, 12],
    [-1, 12],
    [1, 10],
    [1, 11],
    [-1, 14],
  ])
})

test('the VWAP of the session begins anew at 00:00 UTC', () => {
  const hour = 3_600_000
  const at = (hours: number, close: number, volume: number) => ({
    ...{ openAt: hours * hour, high: close, low: close },
    ...{ close, volume },
  })
  const all = [at(22, 10, 1), at(23, 20, 3), at(24, 30, 0), at(25, 40, 2), at(26, 50, 2)]
  assert.deepEqual(series('sessionVwap', [], all), [10, 17.5, 30, 40, 45])
})
