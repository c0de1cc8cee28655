import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Candle } from '../market.ts'
import { addToBar, barStart, barsStart, endBar, endedBefore, isOwnBar } from './bars.ts'

const MINUTE = 60_000

const candle = (minute: number, close: number, volume = 1): Candle =>
  ({
    openAt: minute * MINUTE,
    closeAt: (minute + 1) * MINUTE,
    open: close - 1,
    high: close + 5,
    low: close - 5,
    close,
    volume,
  }) as Candle

/** Every bar of five minutes that a row of candles closes: after which candle, and what it is. */
function closed(candles: readonly Candle[]): number[][] {
  const bars = barsStart(5 * MINUTE)
  const found: number[][] = []
  const note = (after: number): void => {
    const { open, high, low, close, volume } = bars
    if (endBar(bars)) found.push([after, open, high, low, close, volume])
  }
  for (const one of candles) {
    const minute = one.openAt / MINUTE
    if (endedBefore(bars, one)) note(minute)
    if (addToBar(bars, one)) note(minute)
  }
  return found
}

test('a bar closes with the candle that ends where it ends', () => {
  const candles = [0, 1, 2, 3, 4, 5].map((minute) => candle(minute, 100 + 10 * minute))
  assert.deepEqual(closed(candles), [[4, 99, 145, 95, 140, 5]])
})

test('without its last candle a bar closes with the first later one, and does not contain it', () => {
  const candles = [0, 1, 2, 3, 6, 9].map((minute) => candle(minute, 100 + minute))
  assert.deepEqual(closed(candles), [
    [6, 99, 108, 95, 103, 4],
    [9, 105, 114, 101, 109, 2],
  ])
})

test('a first bar that was not heard from its start is left out', () => {
  const candles = [2, 3, 4, 5, 6, 7, 8, 9].map((minute) => candle(minute, 100))
  assert.deepEqual(closed(candles), [[9, 99, 105, 95, 100, 5]])
})

test('a candle that ends one bar and is one itself ends two', () => {
  const bars = barsStart(5 * MINUTE)
  addToBar(bars, candle(0, 100))
  const late = { ...candle(5, 200), closeAt: 10 * MINUTE }
  assert.ok(endedBefore(bars, late))
  assert.ok(endBar(bars))
  assert.ok(addToBar(bars, late))
})

test('a feed of the same timeframe is used as it is; weeks begin on Monday', () => {
  assert.ok(isOwnBar(barsStart(0), candle(3, 100)))
  assert.ok(isOwnBar(barsStart(MINUTE), candle(3, 100)))
  assert.ok(!isOwnBar(barsStart(5 * MINUTE), candle(3, 100)))
  assert.equal(barStart(Date.UTC(2024, 0, 3, 7), 7 * 86_400_000), Date.UTC(2024, 0, 1))
  assert.equal(barStart(Date.UTC(2024, 0, 3, 7, 12), 3_600_000), Date.UTC(2024, 0, 3, 7))
})
