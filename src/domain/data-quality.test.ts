import assert from 'node:assert/strict'
import { test } from 'node:test'
import { qualityOf } from './data-quality.ts'
import type { RecordedMarket } from './history.ts'

const M = 60_000
const T = Date.UTC(2024, 0, 1)

/** Minutes that are there; [minute, open, high, low, close, volume] where they are not calm. */
function marketOf(minutes: readonly (number | readonly number[])[]): RecordedMarket {
  const rows = minutes.map((one) =>
    typeof one === 'number' ? [one, 1000, 1001, 999, 1000, 5] : one,
  )
  const column = (index: number) => Float64Array.from(rows, (row) => row[index] ?? 0)
  const [open, high, low, close, volume] = [column(1), column(2), column(3), column(4), column(5)]
  const candles = { openAt: column(0).map((m) => T + m * M), open, high, low, close, volume }
  const instrument = null as unknown as RecordedMarket['instrument']
  return { instrument, timeframeMs: M, candles, funding: null, mark: null }
}

const upTo = (count: number) => Array.from({ length: count }, (_, minute) => minute)
const all = { from: null, to: null }
const between = (from: number, to: number) => ({ from: T + from * M, to: T + to * M })

test('a full window is covered whole', () => {
  const quality = qualityOf(marketOf(upTo(100)), all)
  assert.deepEqual(quality, {
    from: T,
    to: T + 100 * M,
    expected: 100,
    present: 100,
    missing: 0,
    coverage: 1,
    isIncomplete: false,
    missingBefore: 0,
    missingAfter: 0,
    gaps: 0,
    longestGap: null,
    zeroVolume: 0,
    spikes: 0,
    contradictions: 0,
  })
})

test('gaps are counted, the longest is named with its times, and half the data is told to be missing', () => {
  const market = marketOf([0, 1, 4, 5, 6, 10, 11])
  const whole = qualityOf(market, all)
  assert.deepEqual(
    [whole.expected, whole.present, whole.missing, whole.gaps, whole.isIncomplete],
    [12, 7, 5, 2, true],
  )
  assert.deepEqual(whole.longestGap, { from: T + 7 * M, to: T + 10 * M, candles: 3 })
  // A gap over the border of the window counts with the part inside.
  const part = qualityOf(market, between(3, 9))
  assert.deepEqual([part.expected, part.present, part.missing, part.gaps], [6, 3, 3, 2])
  assert.deepEqual(part.longestGap, { from: T + 7 * M, to: T + 9 * M, candles: 2 })
  const inside = qualityOf(market, between(8, 9))
  assert.deepEqual([inside.expected, inside.present, inside.coverage], [1, 0, 0])
  assert.equal(inside.longestGap?.candles, 1)
})

test('a window that reaches outside the data says how far', () => {
  const market = marketOf(upTo(10))
  const quality = qualityOf(market, between(-5, 13))
  assert.deepEqual(
    [quality.expected, quality.present, quality.missingBefore, quality.missingAfter, quality.gaps],
    [18, 10, 5, 3, 0],
  )
  assert.equal(quality.isIncomplete, true)
  const before = qualityOf(market, between(-8, -3))
  assert.deepEqual([before.expected, before.present, before.missingBefore], [5, 0, 5])
  const after = qualityOf(market, between(20, 22))
  assert.deepEqual([after.expected, after.missingBefore, after.missingAfter], [2, 0, 2])
})

test('exactly nine tenths are enough, one candle less is not', () => {
  const keep = (missing: number) => marketOf([0, ...upTo(100).slice(missing + 1)])
  assert.equal(qualityOf(keep(10), all).isIncomplete, false)
  assert.equal(qualityOf(keep(11), all).isIncomplete, true)
})

test('a window whose ends lie between opens holds the candles that open in it', () => {
  const quality = qualityOf(marketOf(upTo(10)), { from: T + M / 2, to: T + 5 * M + 1 })
  assert.deepEqual([quality.expected, quality.present, quality.missing], [5, 5, 0])
})

test('silent, wild and contradictory candles of the window are counted, those outside are not', () => {
  const odd = [50, 1000, 1100, 999, 1000, 0]
  const impossible = [51, 1000, 1000, 999, 1001, 5]
  const market = marketOf([...upTo(50), odd, impossible, ...upTo(100).slice(52)])
  const whole = qualityOf(market, all)
  assert.deepEqual([whole.zeroVolume, whole.spikes, whole.contradictions], [1, 1, 1])
  const calm = qualityOf(market, between(0, 50))
  assert.deepEqual([calm.zeroVolume, calm.spikes, calm.contradictions], [0, 0, 0])
})
