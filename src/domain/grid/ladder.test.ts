import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { btcInstrument } from '../../../test/support/instruments.ts'
import type { Instrument } from '../instrument.ts'
import { price, ratio } from '../money.ts'
import {
  buildLines,
  cellAt,
  duplicateLine,
  lineAt,
  lineIndex,
  nearestPrice,
  rangeAround,
  recentredRange,
} from './ladder.ts'

const instrument = btcInstrument()
const range = (
  lower: number,
  upper: number,
  intervals: number,
  mode: 'arithmetic' | 'geometric',
) => ({
  lower: price(lower),
  upper: price(upper),
  intervals,
  mode,
})

test('10,000 to 30,000 in 5 intervals has 6 lines 4,000 apart', () => {
  assert.deepEqual(
    buildLines(instrument, range(1_000_000, 3_000_000, 5, 'arithmetic')),
    [1_000_000, 1_400_000, 1_800_000, 2_200_000, 2_600_000, 3_000_000],
  )
})

test('an arithmetic line is rounded to the nearest price, a tie up', () => {
  // 100.00 to 100.05 in 2 intervals: the middle is 100.025
  assert.deepEqual(
    buildLines(instrument, range(10_000, 10_005, 2, 'arithmetic')),
    [10_000, 10_003, 10_005],
  )
  // 140 to 160 with 20 lines: line 1 is 141.0526…, line 10 is 150.5263…
  const lines = buildLines(instrument, range(14_000, 16_000, 19, 'arithmetic'))
  assert.equal(lines.length, 20)
  assert.equal(lines[1], 14_105)
  assert.equal(lines[10], 15_053)
})

test('geometric lines of 60,000 to 70,000 in 50 intervals: r = 1.003088', () => {
  const lines = buildLines(instrument, range(6_000_000, 7_000_000, 50, 'geometric'))
  // 60,000 · (7/6)^(1/50) = 60,185.2656…; (7/6)^(1/2) · 60,000 = 64,807.4069…
  assert.equal(lines[1], 6_018_527)
  assert.equal(lines[25], 6_480_741)
  assert.equal(lines[50], 7_000_000)
})

test('a geometric line is the nearest multiple of the tick, by exact powers', () => {
  const coarse: Instrument = { ...instrument, priceRule: { kind: 'tick', tick: 25 } }
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 100_000 }),
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: -2, max: 42 }),
      (low, width, intervals, wide) => {
        const index = Math.min(wide, intervals + 2)
        const lower = low * 25
        const upper = lower + width * 25
        const line = lineAt(coarse, range(lower, upper, intervals, 'geometric'), index)
        const n = BigInt(intervals)
        // value^N = lower · (upper / lower)^index with all exponents moved to a positive side
        const left = (k: number) =>
          (k > 0 ? BigInt(k) ** n : 0n) * BigInt(lower) ** BigInt(Math.max(0, index))
        const right = 2n ** n * BigInt(lower) ** n * BigInt(upper) ** BigInt(Math.max(0, index))
        const scale = BigInt(lower) ** BigInt(Math.max(0, -index))
        const up = BigInt(upper) ** BigInt(Math.max(0, -index))
        assert.equal(line % 25, 0)
        if (line > 25) assert.ok(left(2 * line - 25) * up <= right * scale)
        assert.ok(left(2 * line + 25) * up > right * scale)
      },
    ),
    { numRuns: 200 },
  )
})

test('a geometric line in the very middle between two prices goes up, one unit below it goes down', () => {
  const coarse: Instrument = { ...instrument, priceRule: { kind: 'tick', tick: 8000 } }
  // The root of 10,000 · 40,000 is 20,000 = 2.5 ticks; with 39,999 it lies 0.25 below.
  assert.equal(lineAt(coarse, range(10_000, 40_000, 2, 'geometric'), 1), 24_000)
  assert.equal(lineAt(coarse, range(10_000, 39_999, 2, 'geometric'), 1), 16_000)
  // Where a double cannot tell: the root of (n − 1)(n + 1) lies 1 / 2n below n.
  const n = 200_000_004_000
  const line = lineAt(coarse, range(n - 1, n + 1, 2, 'geometric'), 1)
  assert.equal(line, n - 4000)
})

test('lines continue beyond the range with the same distance or ratio', () => {
  const arithmetic = range(1_000_000, 3_000_000, 5, 'arithmetic')
  assert.equal(lineAt(instrument, arithmetic, 6), 3_400_000)
  assert.equal(lineAt(instrument, arithmetic, -1), 600_000)
  // 100, 200, 400 continue with 800 and 50
  const geometric = range(10_000, 40_000, 2, 'geometric')
  assert.equal(lineAt(instrument, geometric, 3), 80_000)
  assert.equal(lineAt(instrument, geometric, -1), 5_000)
})

test('two lines on one price are found', () => {
  assert.equal(
    duplicateLine(buildLines(instrument, range(10_000, 10_002, 4, 'arithmetic'))),
    10_001,
  )
  assert.equal(duplicateLine(buildLines(instrument, range(10_000, 10_004, 4, 'arithmetic'))), null)
})

test('five significant figures: lines above 100.00 are whole cents, above 1,000.00 tenths', () => {
  const figures: Instrument = {
    ...instrument,
    priceRule: { kind: 'significantFigures', figures: 5 },
  }
  // 990.00 to 1,010.01 → line 1 of 3 intervals is 996.67, line 2 is 1,003.34 → 1,003.3
  assert.deepEqual(
    buildLines(figures, range(99_000, 101_000, 3, 'arithmetic')).slice(1, 3),
    [99_667, 100_330],
  )
})

test('the cell of a price: lower line included, upper not', () => {
  const lines = [10, 20, 30]
  assert.deepEqual(
    [9, 10, 19, 20, 29, 30, 31].map((at) => cellAt(lines, at)),
    [-1, 0, 0, 1, 1, 2, 2],
  )
  assert.equal(lineIndex(lines, 20), 1)
  assert.equal(lineIndex(lines, 21), -1)
})

test('auto_price and recentre', () => {
  assert.deepEqual(rangeAround(instrument, price(15_001), ratio(10_000_000)), {
    lower: 13_500,
    upper: 16_502,
  })
  const moved = recentredRange(instrument, range(14_000, 16_000, 19, 'arithmetic'), price(17_000))
  assert.deepEqual([moved.lower, moved.upper, moved.intervals], [16_000, 18_000, 19])
  // geometric 100 to 400 around 300: 150 to 600
  const ratioKept = recentredRange(instrument, range(10_000, 40_000, 4, 'geometric'), price(30_000))
  assert.deepEqual([ratioKept.lower, ratioKept.upper], [15_000, 60_000])
  assert.equal(nearestPrice({ ...instrument, priceRule: { kind: 'tick', tick: 10 } }, 15), 20)
})
