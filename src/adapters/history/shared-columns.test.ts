import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { parseSetName, shareColumn } from '../../domain/history.ts'
import type { SeriesHeader } from '../../ports/history.ts'
import { writeSeries } from './columnar-file.ts'
import { HistoryFolder } from './history-folder.ts'

const scratch = mkdtempSync(join(tmpdir(), 'shared-columns-'))
after(() => rmSync(scratch, { recursive: true }))

const ROWS = 200_000
const MINUTE_MS = 60_000
const start = Date.UTC(2024, 0, 1)
const name = parseSetName('test/SOL/USDC:USDC/1m')

/** A set as versions before shared columns wrote it: the same bytes. */
function storedSet(): HistoryFolder {
  const folder = new HistoryFolder(join(scratch, 'history'))
  const at = Float64Array.from({ length: ROWS }, (_, row) => start + row * MINUTE_MS)
  const price = Int32Array.from({ length: ROWS }, (_, row) => 10_000 + (row % 50))
  const header = {
    venue: name.venue,
    symbol: name.symbol.symbol,
    rows: ROWS,
    firstAt: start,
    lastAt: start + (ROWS - 1) * MINUTE_MS,
    priceDecimals: 2,
    quantityDecimals: 3,
    lotSize: 1,
    sources: [],
  }
  const store = (kind: SeriesHeader['kind'], columns: Parameters<typeof writeSeries>[2]) => {
    const timeframe = kind === 'funding' ? null : '1m'
    const path = folder.pathOf({ kind, venue: name.venue, symbol: name.symbol, timeframe })
    writeSeries(path, { ...header, kind, timeframe }, columns)
  }
  const volume = Float64Array.from(at, (_, row) => row * 100_000)
  store('candles', { openAt: at, open: price, high: price, low: price, close: price, volume })
  store('mark', { at, mark: price })
  store('funding', { at, rate: price })
  return folder
}

const market = storedSet().load(name)
const columns = [market.candles, market.mark, market.funding].flatMap((part) =>
  Object.values(part ?? {}),
)

test('what is loaded lies in shared memory: prices in 32 bits, a volume beyond them in 64', () => {
  for (const column of columns) {
    assert.ok(column.buffer instanceof SharedArrayBuffer)
    assert.equal(column.length, ROWS)
    assert.equal(column.byteLength, column.buffer.byteLength)
  }
  const { candles } = market
  for (const price of [candles.open, candles.high, candles.low, candles.close])
    assert.ok(price instanceof Int32Array)
  assert.ok(candles.openAt instanceof Float64Array)
  assert.ok(candles.volume instanceof Float64Array)
  assert.equal(candles.volume[ROWS - 1], (ROWS - 1) * 100_000)
})

test('a worker thread gets a market without a copy: what it writes is seen here', async () => {
  const code = `const { parentPort } = require('node:worker_threads')
    parentPort.on('message', ({ market }) => {
      const { openAt, close } = market.candles
      const answer = [openAt[openAt.length - 1], close[7], market.instrument.symbol]
      close[7] = 4321
      parentPort.postMessage(answer)
    })`
  const worker = new Worker(code, { eval: true })
  const before = process.memoryUsage().arrayBuffers
  worker.postMessage({ market })
  const [answer] = (await once(worker, 'message')) as [readonly unknown[]]
  await worker.terminate()
  assert.deepEqual(answer, [start + (ROWS - 1) * MINUTE_MS, 10_007, 'SOL/USDC:USDC'])
  assert.equal(market.candles.close[7], 4321)
  assert.ok(process.memoryUsage().arrayBuffers - before < ROWS * 4)
})

test('columns made elsewhere are shared alike, in 32 bits when all values fit', () => {
  for (const [values, kind] of [
    [[1, -2, 2_147_483_647], Int32Array],
    [[1, 2_147_483_648], Float64Array],
    [[-2_147_483_648], Float64Array],
    [[], Int32Array],
  ] as const) {
    const column = shareColumn(values)
    assert.ok(column instanceof kind)
    assert.ok(column.buffer instanceof SharedArrayBuffer)
    assert.deepEqual([...column], [...values])
  }
})
