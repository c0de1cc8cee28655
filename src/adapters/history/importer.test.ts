import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { parseSetName } from '../../domain/history.ts'
import { parseSymbol } from '../../domain/symbol.ts'
import { parseTimeframe } from '../../domain/timeframe.ts'
import type { SeriesKind } from '../../ports/history.ts'
import { HistoryFolder } from './history-folder.ts'
import { type ImportRequest, importSeries } from './importer.ts'

const scratch = mkdtempSync(join(tmpdir(), 'perpfleet-history-'))
after(() => rmSync(scratch, { recursive: true }))
let homes = 0

function newFolder(): HistoryFolder {
  homes += 1
  return new HistoryFolder(join(scratch, `home${homes}`, 'history'))
}

function load(
  folder: HistoryFolder,
  content: string | Uint8Array,
  options: Partial<ImportRequest> & { readonly name?: string; readonly kind?: SeriesKind } = {},
) {
  const file = join(scratch, options.name ?? 'file.csv')
  writeFileSync(file, content)
  return importSeries(folder, {
    file,
    kind: 'candles',
    venue: 'test',
    symbol: parseSymbol('SOL/USDC:USDC'),
    timeframe: options.kind === 'funding' ? null : parseTimeframe('1m'),
    isDroppingDuplicates: false,
    isReplacing: false,
    importedAt: '2026-01-01T00:00:00.000Z',
    onProgress: () => undefined,
    ...options,
  })
}

const T = Date.UTC(2024, 0, 1)
const HEAD = 'timestamp_ms,open,high,low,close,volume\n'
const rows = (...list: readonly (readonly (string | number)[])[]) => `${list.join('\n')}\n`
const GOOD =
  HEAD + rows([T, 100, 101.5, 99, 100.25, 12.3456], [T + 60_000, 100.25, 102, 100, 101, 0])

const spellings: readonly (readonly [string, string | Uint8Array])[] = [
  ['CSV', GOOD],
  ['CSV.gz', gzipSync(GOOD)],
  ['CSV with CRLF, BOM and no end of line', `\uFEFF${GOOD.replaceAll('\n', '\r\n').trimEnd()}`],
  ['CSV without a header', GOOD.slice(HEAD.length)],
  ['seconds', GOOD.replaceAll('000,100', ',100')],
  ['microseconds', GOOD.replaceAll('000,100', '000000,100')],
  [
    'ISO times',
    GOOD.replace(String(T), '2024-01-01T00:00:00Z').replace(
      String(T + 60_000),
      '2024-01-01 00:01:00+00:00',
    ),
  ],
  ['semicolons and quotes', GOOD.replaceAll(',', ';').replaceAll('100.25', '"100.25"')],
  [
    'other names in another order',
    `Volume,Close,Low,High,Open,Open Time,extra\n${rows([12.3456, 100.25, 99, 101.5, 100, T, 'x'], [0, 101, 100, 102, 100.25, T + 60_000, 'y'])}`,
  ],
  [
    'JSON arrays',
    JSON.stringify(
      [
        [T, 100, 101.5, 99, 100.25, 12.3456],
        [T + 60_000, 100.25, 102, 100, 101, 0],
      ],
      null,
      1,
    ),
  ],
  ['exponents', GOOD.replace('12.3456', '1.23456e1').replace(',100,', ',1E2,')],
]

for (const [name, content] of spellings) {
  test(`${name} gives the same columns`, async () => {
    const folder = newFolder()
    const { header, outcome } = await load(folder, content)
    assert.equal(outcome, 'created')
    assert.deepEqual([header.rows, header.firstAt, header.lastAt], [2, T, T + 60_000])
    // One lot is 0.001 SOL: worth 0.1 at a price of 102; volume is floored to lots.
    assert.deepEqual([header.priceDecimals, header.quantityDecimals, header.lotSize], [2, 3, 1])
    const { candles, instrument } = folder.load(parseSetName('test/SOL_USDC_PERP/1m'))
    assert.deepEqual([...candles.openAt], [T, T + 60_000])
    assert.deepEqual([...candles.open], [10_000, 10_025])
    assert.deepEqual([...candles.high], [10_150, 10_200])
    assert.deepEqual([...candles.low], [9_900, 10_000])
    assert.deepEqual([...candles.close], [10_025, 10_100])
    assert.deepEqual([...candles.volume], [12_345, 0])
    assert.equal(instrument.id, 'test:SOL/USDC:USDC')
    assert.equal(instrument.moneyPerUnit, 1_000)
  })
}

const M = 60_000
const bad: readonly (readonly [string, string, RegExp])[] = [
  ['no rows', HEAD, /was not imported: it holds no rows$/],
  [
    'a missing column',
    `timestamp,open,high,low,volume\n${rows([T, 1, 1, 1, 1])}`,
    /has no column "close" \(found timestamp, open, high, low, volume\): name it close, c or the like/,
  ],
  [
    'a column named twice',
    `timestamp,open,open,high,low,close,volume\n${rows([T, 1, 2, 2, 1, 1, 1])}`,
    /names the column "open" twice in its first line: leave one out$/,
  ],
  [
    'no table at all',
    `\u001b[31mabc\u0000${'x'.repeat(5000)}`,
    /has no column "time" \(found \?\[31mabc\?x{191}…\): name it/,
  ],
  [
    'text for a price',
    HEAD + rows([T, 1, 'abc', 1, 1, 1]),
    /it has 1 fault: line 2: high "abc" is not a number$/,
  ],
  ['a missing cell', HEAD + rows([T, 1, 1, 1, 1]), /line 2: volume "" is not a number$/],
  ['a price of 0', HEAD + rows([T, 1, 1, 0, 1, 1]), /line 2: low "0" is not above 0$/],
  ['a negative volume', HEAD + rows([T, 1, 1, 1, 1, -1]), /line 2: volume "-1" is negative$/],
  [
    'nine decimals',
    HEAD + rows([T, 1, 1, 1, '1.123456789', 1]),
    /line 2: close "1.123456789" has more than 8 decimals$/,
  ],
  [
    'an unreadable time',
    HEAD + rows([T, 1, 1, 1, 1, 1], ['noon', 1, 1, 1, 1, 1]),
    /line 3: time "noon" cannot be read$/,
  ],
  [
    'a duplicate',
    HEAD + rows([T, 1, 1, 1, 1, 1], [T, 1, 1, 1, 1, 1]),
    /line 3: 2024-01-01 stands twice \(--drop-duplicates keeps the first\)$/,
  ],
  [
    'disorder',
    HEAD + rows([T + M, 1, 1, 1, 1, 1], [T, 1, 1, 1, 1, 1]),
    /line 3: 2024-01-01 comes after 2024-01-01T00:01Z \(sort the file by time\)$/,
  ],
  [
    'candles too near',
    HEAD + rows([T, 1, 1, 1, 1, 1], [T + 30_000, 1, 1, 1, 1, 1]),
    /line 3: opens 30s after the row before, but --timeframe says 1m$/,
  ],
  [
    'close times',
    HEAD + rows([T + 59_999, 1, 1, 1, 1, 1]),
    /is not the time at which a 1m candle opens$/,
  ],
  [
    'candles too far',
    HEAD + rows([T, 1, 1, 1, 1, 1], [T + 5 * M, 1, 1, 1, 1, 1], [T + 10 * M, 1, 1, 1, 1, 1]),
    /no two of its rows are 1m apart, so --timeframe must be another$/,
  ],
  ['broken JSON', '[[1,2', /is no JSON array of rows: it must look like \[\[time, …\], …\]/],
  ['a JSON object', '{"a":1}', /is no JSON array of rows/],
]

for (const [name, content, message] of bad) {
  test(`${name} is refused with a sentence and nothing is stored`, async () => {
    const folder = newFolder()
    await assert.rejects(load(folder, content), (error: Error) => {
      assert.equal(error.name, 'ImportError')
      assert.match(error.message, message)
      assert.ok(!error.message.includes('\n'))
      return true
    })
    assert.deepEqual(folder.list(), [])
  })
}

test('all faults are counted and the first five are named', async () => {
  const lines = Array.from({ length: 8 }, (_, index) => [T + index * M, 1, 'x', 1, 1, 1])
  await assert.rejects(
    load(newFolder(), HEAD + rows(...lines)),
    /it has 8 faults: line 2: .*line 6: [^;]*; and 3 more$/,
  )
})

test('an absent file, a damaged gzip, a feather file and an inverse contract are refused', async () => {
  const folder = newFolder()
  const gone = load(folder, '', { file: join(scratch, 'absent.csv') })
  await assert.rejects(gone, {
    kind: 'absent',
    message: /^there is no file .*absent.csv: check the path$/,
  })
  const cut = gzipSync(GOOD).subarray(0, 40)
  await assert.rejects(load(folder, cut), {
    kind: 'faulty',
    message: /is a damaged gzip file: fetch it again$/,
  })
  await assert.rejects(load(folder, 'ARROW1\0\0more'), {
    kind: 'faulty',
    message: /is a feather file, which is not read here: .* convert-data --format-from feather/,
  })
  const inverse = load(folder, GOOD, { symbol: parseSymbol('BTC/USD:BTC') })
  await assert.rejects(inverse, {
    kind: 'refused',
    message: /^BTC\/USD:BTC settles in its base currency/,
  })
})

test('--drop-duplicates keeps the first of each, also of a repeated block', async () => {
  const folder = newFolder()
  const block = [
    [T, 1, 2, 1, 1, 1],
    [T + M, 1, 2, 1, 1, 1],
    [T + 2 * M, 1, 2, 1, 1, 1],
  ]
  const content =
    HEAD + rows(...block, ...block.slice(1), [T + 2 * M, 9, 9, 9, 9, 9], [T + 3 * M, 1, 1, 1, 1, 1])
  const result = await load(folder, content, { isDroppingDuplicates: true })
  assert.deepEqual([result.rows, result.dropped], [4, 3])
  const { candles } = folder.load(parseSetName('test/SOL/USDC:USDC/1m'))
  assert.deepEqual([...candles.open], [1, 1, 1, 1])
})

test('later rows are added, earlier ones refused, the same file changes nothing', async () => {
  const folder = newFolder()
  await load(folder, GOOD)
  assert.equal((await load(folder, GOOD)).outcome, 'unchanged')
  const overlap = HEAD + rows([T + M, 1, 1, 1, 1, 1], [T + 2 * M, 1, 1, 1, 1, 1])
  await assert.rejects(load(folder, overlap), {
    kind: 'refused',
    message:
      /begins at 2024-01-01T00:01Z, but 2 rows until 2024-01-01T00:01Z are stored already: .*--replace$/,
  })
  const later =
    HEAD + rows([T + 2 * M, '101.123', 102, 101, 101, 1.5], [T + 3 * M, 101, 102, 101, 101, 1])
  const { outcome, header } = await load(folder, later)
  assert.deepEqual(
    [outcome, header.rows, header.priceDecimals, header.sources.length],
    ['appended', 4, 3, 2],
  )
  const { candles } = folder.load(parseSetName('test/SOL/USDC:USDC/1m'))
  assert.deepEqual([...candles.open], [100_000, 100_250, 101_123, 101_000])
  assert.deepEqual([...candles.volume], [12_345, 0, 1_500, 1_000])
  const replaced = await load(folder, GOOD, { isReplacing: true })
  assert.deepEqual([replaced.outcome, replaced.header.rows], ['replaced', 2])
})

test('funding keeps its raw stamps and rounds rates half to even at 1e-8', async () => {
  const folder = newFolder()
  await load(folder, GOOD)
  const content = `time,funding_rate\n${rows([T + 48, '-0.0002365296'], [T + 3_600_025, '1.25e-05'], [T + 7_200_000, '0.000000015'], [T + 10_800_000, '0.000000025'])}`
  const { header } = await load(folder, content, { kind: 'funding' })
  assert.equal(header.rows, 4)
  const { funding } = folder.load(parseSetName('test/SOL/USDC:USDC/1m'))
  assert.deepEqual([...(funding?.at ?? [])], [T + 48, T + 3_600_025, T + 7_200_000, T + 10_800_000])
  assert.deepEqual([...(funding?.rate ?? [])], [-23_653, 1_250, 2, 2])
})

test("funding as ccxt's objects, and rates that cannot be", async () => {
  const entries = [
    { timestamp: T, fundingRate: 0.0001, symbol: 'SOL/USDC:USDC' },
    { timestamp: T + 3_600_000, fundingRate: -1.25e-5 },
  ]
  const { header } = await load(newFolder(), JSON.stringify(entries), { kind: 'funding' })
  assert.equal(header.rows, 2)
  const percent = load(newFolder(), rows(['timestamp_ms', 'rate'], [T, 1.5]), { kind: 'funding' })
  await assert.rejects(
    percent,
    /line 2: rate "1.5" is 100 % or more \(rates are fractions: 0.0001\)$/,
  )
  const twice = rows(['timestamp_ms', 'rate'], [T, 0.1], [T + 20_000, 0.1])
  await assert.rejects(
    load(newFolder(), twice, { kind: 'funding' }),
    /line 3: .* falls into the minute of the row before$/,
  )
})

test('a mark series comes in the price unit of the candles', async () => {
  const folder = newFolder()
  await load(folder, GOOD)
  await load(folder, rows(['time', 'mark'], [T, '100.12345'], [T + M, '100.125']), { kind: 'mark' })
  const { mark } = folder.load(parseSetName('test/SOL/USDC:USDC/1m'))
  assert.deepEqual([...(mark?.mark ?? [])], [10_012, 10_012])
})

test('a set that is not stored names those that are; a damaged one says so', async () => {
  const folder = newFolder()
  const name = parseSetName('test/SOL/USDC:USDC/1m')
  assert.throws(() => folder.load(name), {
    kind: 'not_found',
    message: /import candles with "perpfleet data import"$/,
  })
  await load(folder, GOOD)
  assert.throws(() => folder.load(parseSetName('test/SOL_USDC_PERP/30s')), {
    kind: 'not_found',
    message: /no candles test\/SOL_USDC_PERP\/30s in .*: stored are test\/SOL_USDC_PERP\/1m;/,
  })
  const path = folder.pathOf({
    kind: 'candles',
    venue: 'test',
    symbol: name.symbol,
    timeframe: '1m',
  })
  const bytes = readFileSync(path)
  bytes[3] = (bytes[3] ?? 0) ^ 1
  writeFileSync(path, bytes)
  assert.throws(() => folder.load(name), {
    kind: 'damaged',
    message: /does not fit its header: import the set again with --replace$/,
  })
  writeFileSync(path, bytes.subarray(1))
  assert.throws(() => folder.load(name), { kind: 'damaged' })
})
