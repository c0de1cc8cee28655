import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { parseWindow, type Window } from '../../domain/history.ts'
import { parseSymbol } from '../../domain/symbol.ts'
import { parseTimeframe } from '../../domain/timeframe.ts'
import type { SeriesKind } from '../../ports/history.ts'
import { csvTexts, rowsWithin, type StoredSeries } from './exporter.ts'
import { HistoryFolder } from './history-folder.ts'
import { importSeries } from './importer.ts'

const scratch = mkdtempSync(join(tmpdir(), 'perpfleet-export-'))
after(() => rmSync(scratch, { recursive: true }))
const T = Date.UTC(2024, 0, 1)
const MINUTE = 60_000
const WHOLE = { from: null, to: null }
let count = 0

/** What a text is stored as. */
async function stored(kind: SeriesKind, text: string): Promise<StoredSeries> {
  count += 1
  const file = join(scratch, `${count}.csv`)
  writeFileSync(file, text)
  const folder = new HistoryFolder(join(scratch, `home${count}`))
  const key = { kind, venue: 'test', symbol: parseSymbol('SOL/USDC:USDC') }
  const timeframe = kind === 'funding' ? null : parseTimeframe('1m')
  const flags = { isDroppingDuplicates: false, isReplacing: false }
  const request = { ...key, ...flags, file, timeframe, importedAt: '', onProgress: () => {} }
  await importSeries(folder, request)
  const series = folder.read({ ...key, timeframe: timeframe?.text ?? null })
  assert.ok(series)
  return series
}

const textOf = (series: StoredSeries, window: Window = WHOLE): string =>
  [...csvTexts(series, rowsWithin(series, window))].join('')

const factsOf = ({ header, columns }: StoredSeries) => {
  const { sources: _, ...facts } = header
  return { facts, columns }
}

const price = fc.integer({ min: 1, max: 10 ** 6 })
const candle = fc.record({
  gap: fc.constantFrom(1, 1, 1, 5),
  prices: fc.tuple(price, price, price, price),
  volume: fc.integer({ min: 0, max: 10 ** 9 }),
})

test('what is exported is imported as the same columns, prices and lots of every size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(candle, { minLength: 1, maxLength: 12 }),
      fc.constantFrom(0, 2, 5, 8),
      async (candles, decimals) => {
        let at = T - MINUTE
        // Two that are next to each other, as the importer asks for.
        const lines = [{ ...candles[0], gap: 1 }, { ...candles[0], gap: 1 }, ...candles].map(
          ({ gap = 1, prices = [1, 1, 1, 1], volume = 0 }) => {
            at += gap * MINUTE
            return [at, ...prices.map((one) => `${one}e-${decimals}`), `${volume}e-3`].join(',')
          },
        )
        const first = await stored('candles', `${lines.join('\n')}\n`)
        const again = await stored('candles', textOf(first))
        assert.deepEqual(factsOf(again), factsOf(first))
        assert.equal(textOf(again), textOf(first))
      },
    ),
    { numRuns: 25 },
  )
})

test('funding and marks are exported alike', async () => {
  const rates = [0.0001, -0.00012345, 0, 0.00000001].map(
    (rate, at) => `${T + at * 480 * MINUTE},${rate}`,
  )
  const marks = [100.5, 99, 101.25, 0.5].map((mark, at) => `${T + at * MINUTE},${mark}`)
  for (const [kind, lines] of [
    ['funding', rates],
    ['mark', marks],
  ] as const) {
    const first = await stored(kind, `${lines.join('\n')}\n`)
    const text = textOf(first)
    assert.match(text, kind === 'funding' ? /^timestamp_ms,rate\n/ : /^timestamp_ms,mark\n/)
    assert.equal(text.split('\n').length, lines.length + 2)
    assert.deepEqual(factsOf(await stored(kind, text)), factsOf(first))
  }
})

test('a window takes its first moment and leaves its last; the text is that of the file', async () => {
  const lines = Array.from({ length: 5000 }, (_, at) => `${T + at * MINUTE},100,101.5,99,100,12.3`)
  const series = await stored('candles', `${lines.join('\n')}\n`)
  assert.equal(textOf(series), `timestamp_ms,open,high,low,close,volume\n${lines.join('\n')}\n`)
  const window = parseWindow('2024-01-01T00:01:00Z..2024-01-01T00:03:00Z')
  assert.deepEqual(textOf(series, window).trimEnd().split('\n').slice(1), lines.slice(1, 3))
  const [first, end] = rowsWithin(series, parseWindow('2025-01-01..'))
  assert.equal(end - first, 0)
})
