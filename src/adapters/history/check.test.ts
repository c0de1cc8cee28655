import assert from 'node:assert/strict'
import { test } from 'node:test'
import { qualityOf } from '../../domain/data-quality.ts'
import { checkCoverage, checkFunding, checkPrices } from './check.ts'

const M = 60_000

/** Rows of [openAt in minutes, open, high, low, close, volume] as columns. */
function columnsOf(rows: readonly (readonly number[])[]) {
  const column = (index: number) => Float64Array.from(rows, (row) => row[index] ?? 0)
  return {
    openAt: column(0).map((minute) => minute * M),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  }
}

const calm = (minute: number) => [minute, 1000, 1001, 999, 1000, 5]
const codes = (rows: readonly (readonly number[])[]) =>
  checkPrices(columnsOf(rows), M).map(({ code, severity, count, examples }) => [
    code,
    severity,
    count,
    examples.map((at) => at / M),
  ])

test('a clean series has no findings', () => {
  assert.deepEqual(codes([0, 1, 2, 3].map(calm)), [])
})

test('gaps are counted with the candles that are missing', () => {
  assert.deepEqual(codes([0, 1, 4, 5, 7].map(calm)), [['gap', 'warning', 2, [2, 6]]])
  const [gap] = checkPrices(columnsOf([0, 1, 4, 5, 7].map(calm)), M)
  assert.match(gap?.text ?? '', /^2 gap\(s\), 3 candles are missing/)
})

test('duplicates and disorder are faults', () => {
  assert.deepEqual(codes([0, 1, 1, 2].map(calm)), [['duplicate', 'fault', 1, [1]]])
  assert.deepEqual(codes([0, 2, 1].map(calm)).slice(0, 1), [['disorder', 'fault', 1, [1]]])
})

test('contradictions of open, high, low and close are faults', () => {
  assert.deepEqual(codes([calm(0), [1, 1000, 999, 998, 999, 5]]), [
    ['contradiction', 'fault', 1, [1]],
  ])
  assert.deepEqual(codes([calm(0), [1, 1000, 1001, 1000, 999, 5]]), [
    ['contradiction', 'fault', 1, [1]],
  ])
})

test('stamps that are no opens are told', () => {
  const [odd] = checkPrices(columnsOf([calm(0), calm(1.5), calm(2.5)]), M)
  assert.deepEqual([odd?.code, odd?.count], ['misaligned', 2])
  const closes = columnsOf([0, 60, 120].map((minute) => calm(minute - 1 / M)))
  assert.equal(checkPrices(closes, 60 * M)[0]?.code, 'misaligned')
})

test('a window that is not covered, or reaches outside the data, is told', () => {
  const candles = columnsOf([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(calm))
  const told = (from: number, to: number) =>
    checkCoverage(qualityOf({ candles, timeframeMs: M }, { from: from * M, to: to * M })).map(
      ({ code, severity, count }) => [code, severity, count],
    )
  assert.deepEqual(told(0, 10), [])
  assert.deepEqual(told(0, 11), [['outside', 'warning', 1]])
  assert.deepEqual(told(-5, 15), [
    ['coverage', 'warning', 10],
    ['outside', 'warning', 10],
  ])
})

test('silence and spikes are told', () => {
  assert.deepEqual(codes([calm(0), [1, 1000, 1000, 1000, 1000, 0]]), [
    ['zero_volume', 'info', 1, [1]],
  ])
  const spike = [...[0, 1, 2, 3].map(calm), [4, 1000, 1001, 900, 1000, 5], calm(5)]
  assert.deepEqual(codes(spike), [['spike', 'info', 1, [4]]])
  const nearly = [...[0, 1, 2, 3].map(calm), [4, 1000, 1001, 951, 1000, 5], calm(5)]
  assert.deepEqual(codes(nearly), [])
})

test('funding: changes of the interval and jitter', () => {
  const H = 60 * M
  const at = Float64Array.of(0, 8 * H + 400, 16 * H, 17 * H - 25_000, 18 * H, 20 * H)
  const findings = checkFunding({ at, rate: at })
  assert.deepEqual(
    findings.map(({ code, count, examples }) => [code, count, examples[0]]),
    [
      ['interval_change', 2, 17 * H - 25_000],
      ['jitter', 2, 8 * H + 400],
    ],
  )
  assert.match(findings[1]?.text ?? '', /up to 25000 ms off the minute/)
})
