/** Import of Freqtrade's and ccxt's files, resample and check, run as the commands that a person types. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { isOfSpot, type SeriesHeader } from '../../src/ports/history.ts'
import { runJobs } from './run-jobs.ts'

const folder = process.env['MARKET_DATA'] || undefined
const onRealData = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}
const scratch = mkdtempSync(join(tmpdir(), 'perpfleet-data-'))
after(() => rmSync(scratch, { recursive: true }))

const M = 60_000
const T = Date.UTC(2024, 0, 1)

const at = (home: string) => {
  const place = ['--home', join(scratch, home)]
  return (...words: readonly string[]) => runJobs(['data', ...words, ...place])
}

function written(name: string, content: string | Uint8Array): string {
  const file = join(scratch, name)
  writeFileSync(file, content)
  return file
}

const minutes = (list: readonly number[]) =>
  `timestamp_ms,open,high,low,close,volume\n${list
    .map((m) => [T + m * M, 100 + m, 100.5 + m, 99.5 + m, 100.25 + m, 2].join(','))
    .join('\n')}\n`
const span = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index)
const named = ['--venue', 'okx', '--symbol', 'SOL/USDT:USDT', '--timeframe', '1m']

const rowsOf = async (data: ReturnType<typeof at>, ...words: readonly string[]) =>
  (await data('export', ...words)).output.trim().split('\n').slice(1)

test('files of Freqtrade say by their names what they hold', async () => {
  const data = at('freqtrade')
  const candle = (m: number) => [T + m * M, 1.5 + m, 2.5 + m, 1 + m, 2.25 + m, 10.5]
  const files: readonly (readonly [string, readonly unknown[]])[] = [
    ['SOL_USDT_USDT-1m-futures.json', [candle(0), candle(1)]],
    ['SOL_USDT_USDT-8h-mark.json', [[T, 1.5, 2, 1, 1.75, 0]]],
    // Freqtrade keeps the rate where a candle has its open.
    ['SOL_USDT_USDT-8h-funding_rate.json', [[T + 3, -0.0000125, 0, 0, 0, 0]]],
  ]
  for (const [name, rows] of files) {
    const file = written(`${name}.gz`, gzipSync(JSON.stringify(rows)))
    const { code, errors } = await data('import', file, '--venue', 'okx')
    assert.deepEqual([code, errors], [0, ''])
  }
  const set = 'okx/SOL_USDT_PERP/1m'
  assert.deepEqual(await rowsOf(data, set), [
    `${T},1.5,2.5,1,2.25,10.5`,
    `${T + M},2.5,3.5,2,3.25,10.5`,
  ])
  const marks = await rowsOf(data, 'okx/SOL_USDT_PERP/8h', '--kind', 'mark')
  assert.deepEqual(marks, [`${T},1.5`])
  assert.deepEqual(await rowsOf(data, set, '--kind', 'funding'), [`${T + 3},-0.0000125`])
})

test('a spot file names no contract: it is asked for, and taken as said', async () => {
  const data = at('spot')
  const file = written('SOL_USDT-1m.json', JSON.stringify([[T, 1, 1, 1, 1, 1]]))
  const refused = await data('import', file, '--venue', 'okx')
  assert.deepEqual([refused.code, refused.output], [2, ''])
  assert.match(refused.errors, /^say which contract it is: add --symbol, [^\n]+\n$/)
  const taken = await data('import', file, '--venue', 'okx', '--symbol', 'SOL/USDT:USDT')
  assert.match(taken.output, /^okx\/SOL_USDT_PERP\/1m: 1 rows imported/)
})

test('candles of a spot market are known as such, also those that are made of them', async () => {
  const data = at('proxy')
  const file = written('plain.csv', minutes(span(0, 10)))
  await data('import', file, ...named, '--spot')
  await data('import', file, '--venue', 'binance', ...named.slice(2))
  for (const venue of ['okx', 'binance']) await data('resample', `${venue}/SOL_USDT_PERP/1m`, '5m')
  const headers: readonly SeriesHeader[] = JSON.parse((await data('list', '--json')).output)
  assert.deepEqual(
    headers.map(({ venue, timeframe, sources }) => [venue, timeframe, sources.some(isOfSpot)]),
    [
      ['binance', '1m', false],
      ['binance', '5m', false],
      ['okx', '1m', true],
      ['okx', '5m', true],
    ],
  )
})

test('candles and funding as ccxt gives them, as arrays or objects', async () => {
  const data = at('ccxt')
  const objects = [0, 1].map((m) => {
    const row = { open: 1 + m, high: 3, low: 1, close: 2, volume: 5 }
    return { info: [`"{[,]}\\"`], timestamp: T + m * M, ...row }
  })
  const candles = written('candles.json', JSON.stringify(objects, null, 2))
  assert.equal((await data('import', candles, ...named)).code, 0)
  const funding = written(
    'rates.json.gz',
    gzipSync(
      JSON.stringify([
        { info: {}, symbol: 'SOL/USDT:USDT', fundingRate: 0.0001, timestamp: T },
        { fundingRate: null, timestamp: T + 480 * M },
      ]),
    ),
  )
  const kind = ['--venue', 'okx', '--symbol', 'SOL/USDT:USDT', '--kind', 'funding']
  const refused = await data('import', funding, ...kind)
  assert.deepEqual([refused.code, refused.output], [1, ''])
  assert.match(refused.errors, /it has 1 fault: row 2: rate "" is not a number\n$/)
  assert.equal((await rowsOf(data, 'okx/SOL_USDT_PERP/1m')).length, 2)
})

test('prices near ten million with volumes near a thousand million are counted in larger lots', async () => {
  const data = at('large')
  const line = (m: number) =>
    [T + m * M, 9_999_999.5, 10_000_000.5, 9_999_999, 10_000_000, `${990_000_000 + m}.123`].join(
      ',',
    )
  const file = written('large.csv', `time,open,high,low,close,volume\n${line(0)}\n${line(1)}\n`)
  const { code, errors } = await data('import', file, ...named)
  assert.deepEqual([code, errors], [0, ''])
  assert.deepEqual(await rowsOf(data, 'okx/SOL_USDT_PERP/1m'), [
    `${T},9999999.5,10000000.5,9999999,10000000,990000000.123`,
    `${T + M},9999999.5,10000000.5,9999999,10000000,990000001.123`,
  ])
  // Behind it one with a volume that needs larger lots again: what is stored is counted anew.
  const next = `${T + 2 * M},10000000,10000000,10000000,10000000,98000000000.75\n`
  assert.equal((await data('import', written('next.csv', next), ...named)).code, 0)
  const [first = '', , last = ''] = await rowsOf(data, 'okx/SOL_USDT_PERP/1m')
  assert.equal(first.split(',').at(-1), '990000000.123')
  assert.equal(last.split(',').at(-1), '98000000000.75')
  const [{ quantityDecimals }] = JSON.parse((await data('list', '--json')).output)
  assert.equal(quantityDecimals, 4)
  const beyond = `${T},123456789012,123456789012,0.00000001,1,1\n`
  const refused = await data('import', written('beyond.csv', beyond), ...named, '--replace')
  assert.deepEqual([refused.code, refused.output], [1, ''])
  assert.match(refused.errors, /^[^\n]+ needs more than 15 digits: [^\n]+\n$/)
})

test('a set is resampled, told what was left out, and not written over by mistake', async () => {
  const data = at('resample')
  const file = written('m.csv', minutes([...span(3, 18), ...span(19, 30), ...span(40, 47)]))
  await data('import', file, ...named)
  const source = 'okx/SOL_USDT_PERP/1m'
  const made = await data('resample', source, '5m')
  assert.equal(made.errors, '')
  assert.equal(
    made.output,
    'okx/SOL_USDT_PERP/5m: 6 candles made of okx/SOL_USDT_PERP/1m, 2024-01-01T00:05Z … 2024-01-01T00:40Z. 2 incomplete candle(s) at the ends were left out. 1 candle(s) were made although some of their 1m candles are missing.\n',
  )
  const [first] = await rowsOf(data, 'okx/SOL_USDT_PERP/5m')
  assert.equal(first, `${T + 5 * M},105,109.5,104.5,109.25,10`)
  assert.match((await data('resample', source, '5m')).output, /stored already, nothing was changed/)
  const window = `${source}@2024-01-01T00:05Z..2024-01-01T00:20Z`
  const refused = await data('resample', window, '5m')
  assert.equal(refused.code, 4)
  assert.match(refused.errors, /^okx\/SOL_USDT_PERP\/5m is stored already with other candles: /)
  const replaced = await data('resample', window, '5m', '--replace', '--json')
  const { rows, leftOut, thin } = JSON.parse(replaced.output)
  assert.deepEqual([rows, leftOut, thin], [3, 0, 1])
})

test('what cannot be resampled is said in one sentence', async () => {
  const data = at('resample')
  const source = 'okx/SOL_USDT_PERP/1m'
  for (const [code, said, ...words] of [
    [2, /^name a set: /],
    [2, /^name the length of the new candles: perpfleet data resample okx/, source],
    [2, /^timeframe "long" cannot be read/, source, 'long'],
    [2, /^candles of 90s cannot be made of whole candles of 1m: /, source, '90s'],
    [2, /^candles of 1m cannot be made of whole candles of 1m: /, source, '1m'],
    [4, /holds no whole candle of 1d: /, source, '1d'],
    [3, /did you mean okx/, 'okx/SOL_USDC_PERP/3m', '15m'],
  ] as const) {
    const run = await data('resample', ...words)
    assert.deepEqual([run.code, run.output], [code, ''], words.join(' '))
    assert.match(run.errors, said)
    assert.match(run.errors, /^[^\n]+\n$/)
  }
})

test('a length that is not stored is offered to be made of a stored one', async () => {
  const place = ['--home', join(scratch, 'resample')]
  const { code, errors } = await runJobs(['data', 'check', 'okx/SOL_USDT_PERP/1h', ...place])
  assert.equal(code, 3)
  assert.match(errors, /"perpfleet data resample okx\/SOL_USDT_PERP\/5m 1h"\n$/)
})

test('check tells how much of a window is there, and what of it lies outside the data', async () => {
  const data = at('check')
  const file = written('c.csv', minutes([...span(0, 40), ...span(60, 100)]))
  await data('import', file, ...named)
  const set = 'okx/SOL_USDT_PERP/1m'
  const whole = await data('check', set)
  assert.equal(whole.code, 0)
  assert.match(whole.output, /^\S+: 80 rows, 80\.00 % of 2024-01-01 … 2024-01-01T01:40Z, 3 finding/)
  assert.match(
    whole.output,
    /warning coverage: only 80\.0 % of the candles of the window are there/,
  )
  assert.match(whole.output, /warning gap: 1 gap\(s\), 20 candles are missing/)
  const calm = await data('check', `${set}@2024-01-01..2024-01-01T00:40Z`)
  assert.match(calm.output, /: 40 rows, 100\.00 % of [^\n]*, nothing odd\n$/)
  const json = await data('check', `${set}@2023-12-31T23:00Z..2024-01-01T00:30Z`, '--json')
  const [candles] = JSON.parse(json.output).series
  const { expected, present, missingBefore, isIncomplete } = candles.quality
  assert.deepEqual([expected, present, missingBefore, isIncomplete], [90, 30, 60, true])
  assert.deepEqual(
    candles.findings.map(({ code, count }: { code: string; count: number }) => [code, count]),
    [
      ['coverage', 60],
      ['outside', 60],
    ],
  )
})

test('real minutes make the hours that the venue published', onRealData, async () => {
  const data = at('real')
  const source = join(folder ?? '', 'candles/binance_perp_BTCUSDT_1m_202307.csv.gz')
  const names = ['--venue', 'binance', '--symbol', 'BTC/USDT:USDT', '--timeframe', '1m']
  assert.equal((await data('import', source, ...names)).code, 0)
  assert.equal((await data('resample', 'binance/BTC_USDT_PERP/1m', '1h')).code, 0)
  const hours = join(folder ?? '', 'candles/binance_perp_BTCUSDT_1h_2023_202507.csv.gz')
  const lines = gunzipSync(readFileSync(hours)).toString('utf8').trim().split('\n')
  const published = new Map(lines.map((line) => [line.split(',')[0], line.split(',').map(Number)]))
  const made = await rowsOf(data, 'binance/BTC_USDT_PERP/1h')
  assert.ok(made.length > 700)
  for (const line of made) {
    const [time, ...prices] = line.split(',')
    const [, open, high, low, close] = published.get(time) ?? []
    assert.deepEqual(prices.slice(0, 4).map(Number), [open, high, low, close], line)
  }
})
