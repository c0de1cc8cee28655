/** `data download` where the venue fails, cuts short or disagrees: the real ccxt against a local double. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import {
  candles,
  cleanUp,
  download,
  H,
  iso,
  M,
  scratch,
  stored,
  T,
  venueWith,
} from './download-home.ts'
import { runJobs } from './run-jobs.ts'

after(cleanUp)

test('a busy venue and an answer that is none are asked again; no row is lost', async () => {
  const { venue, endpoint } = await venueWith()
  venue.onRows = (count) => {
    if (count === 1) venue.faults.push('broken')
  }
  venue.faults.push('too_many')
  const words = ['okx', 'SOL/USDT:USDT', '1m', '--kind', 'candles', '--endpoint', endpoint]
  const run = await download('busy', ...words, '--from', iso(T), '--to', iso(T + 350 * M))
  assert.equal(run.code, 0)
  assert.match(run.errors, /^okx: waiting 0\.0 s \([^\n]*50011[^\n]*\)\n/)
  assert.match(run.errors, /okx: waiting \d\.0 s \(its answer is no list of rows\)\n/)
  assert.deepEqual(await stored('busy', 'okx/SOL_USDT_PERP/1m'), candles(T, T + 350 * M))
})

test('a venue that bans is left alone, in one sentence, and what came is kept', async () => {
  const { venue, endpoint } = await venueWith()
  venue.onRows = (count) => {
    if (count === 2) venue.faults.push('banned')
  }
  const words = ['binance', 'SOL/USDT:USDT', '1m', '--kind', 'candles', '--endpoint', endpoint]
  const run = await download('banned', ...words, '--from', iso(T), '--to', iso(T + 2100 * M))
  assert.deepEqual([run.code, run.output], [1, ''])
  assert.match(run.errors, /^binance wants to be left alone for 15 minutes \([^\n]+\): [^\n]+\n$/)
  const rows = await stored('banned', 'binance/SOL_USDT_PERP/1m')
  assert.ok(rows.length >= 1000)
  assert.deepEqual(rows, candles(T, T + rows.length * M))
})

test('answers with fewer rows than were asked for leave no holes, outages of the venue do', async () => {
  const outage = [T + 100 * M, T + 450 * M] as const
  for (const [name, rowsMax] of [
    ['okx', 100],
    ['binance', 130],
  ] as const) {
    const { endpoint } = await venueWith({ rowsMax, outage })
    const words = [name, 'SOL/USDT:USDT', '1m', '--kind', 'candles', '--endpoint', endpoint]
    const run = await download('short', ...words, '--from', iso(T), '--to', iso(T + 800 * M))
    assert.equal(run.code, 0, run.errors)
    const rows = await stored('short', `${name}/SOL_USDT_PERP/1m`)
    assert.deepEqual(rows, [...candles(T, outage[0]), ...candles(outage[1], T + 800 * M)])
  }
})

test('a contract that was listed later begins there without asking for every page before', async () => {
  const listedAt = T + 30 * M
  const { venue, endpoint } = await venueWith({ listedAt })
  const words = ['okx', 'SOL/USDT:USDT', '1m', '--kind', 'candles', '--endpoint', endpoint]
  const from = iso(T - 200 * 24 * H)
  const first = await download('listed', ...words, '--from', from, '--to', iso(T + 60 * M))
  assert.equal(first.code, 0, first.errors)
  assert.deepEqual(await stored('listed', 'okx/SOL_USDT_PERP/1m'), candles(listedAt, T + 60 * M))
  assert.ok(venue.asked.length < 10)
  // The same command goes on, although nothing is stored of the time before the listing.
  const second = await download('listed', ...words, '--from', from, '--to', iso(T + 90 * M))
  assert.equal(second.code, 0, second.errors)
  assert.deepEqual(await stored('listed', 'okx/SOL_USDT_PERP/1m'), candles(listedAt, T + 90 * M))
})

test('a window without rows leaves nothing behind', async () => {
  const { endpoint } = await venueWith({ listedAt: T })
  const words = ['okx', 'SOL/USDT:USDT', '1m', '--endpoint', endpoint]
  const run = await download('empty', ...words, '--from', iso(T - 9 * H), '--to', iso(T - 8 * H))
  assert.equal(run.code, 3)
  assert.match(run.output, /^okx has no candles of SOL\/USDT:USDT in this window\n/)
  assert.deepEqual(readdirSync(join(scratch, 'empty/history')), [])
})

test('two downloads of one set at once are not begun', async () => {
  const { venue, endpoint } = await venueWith()
  const words = ['okx', 'SOL/USDT:USDT', '1m', '--kind', 'candles', '--endpoint', endpoint]
  const lock = join(scratch, 'twice/history/okx/SOL_USDT_PERP/1m.candles.download.pid')
  mkdirSync(dirname(lock), { recursive: true })
  // The process that runs the tests of this file is alive.
  writeFileSync(lock, String(process.ppid))
  const run = await download('twice', ...words, '--from', iso(T), '--to', iso(T + H))
  assert.equal(run.code, 4)
  assert.match(run.errors, /^process \d+ downloads this set already: [^\n]+\n$/)
  assert.equal(venue.asked.length, 1)
  // One that is gone holds nothing.
  writeFileSync(lock, '999999999')
  const next = await download('twice', ...words, '--from', iso(T), '--to', iso(T + H))
  assert.equal(next.code, 0, next.errors)
})

test('a set that disagrees with the venue, or begins later, is not touched', async () => {
  const { endpoint } = await venueWith()
  const words = ['okx', 'SOL/USDT:USDT', '1m', '--kind', 'candles', '--endpoint', endpoint]
  // Rows of another source under the name of the venue: each volume is a lot more.
  const lines = candles(T, T + 20 * M).map(([at, o, h, l, c, v]) => [at, o, h, l, c, v + 1])
  const file = join(scratch, 'other.csv')
  writeFileSync(file, `timestamp_ms,open,high,low,close,volume\n${lines.join('\n')}\n`)
  const names = ['--venue', 'okx', '--symbol', 'SOL/USDT:USDT', '--timeframe', '1m']
  await runJobs(['data', 'import', file, ...names, '--home', join(scratch, 'other')])
  const run = await download('other', ...words, '--from', iso(T), '--to', iso(T + 60 * M))
  assert.deepEqual([run.code, run.output], [4, ''])
  assert.match(
    run.errors,
    /^the stored candles of \S+ are not those of okx \(volume [\d.]+; from other\.csv\): [^\n]+\n$/,
  )
  assert.equal((await stored('other', 'okx/SOL_USDT_PERP/1m')).length, 20)
  const replaced = await download(
    'other',
    ...words,
    '--from',
    iso(T),
    '--to',
    iso(T + 60 * M),
    '--replace',
  )
  assert.equal(replaced.code, 0, replaced.errors)
  assert.deepEqual(await stored('other', 'okx/SOL_USDT_PERP/1m'), candles(T, T + 60 * M))
  const earlier = await download(
    'other',
    ...words,
    '--from',
    iso(T - 60 * M),
    '--to',
    iso(T + 90 * M),
  )
  assert.equal(earlier.code, 4)
  assert.match(
    earlier.errors,
    /^the stored candles begin at \S+ and okx has earlier ones: choose --from/,
  )
})

test('rows of a killed run that do not fit the set any more are put aside', async () => {
  const { endpoint } = await venueWith()
  const words = ['okx', 'SOL/USDT:USDT', '1m', '--kind', 'candles', '--endpoint', endpoint]
  const window = ['--from', iso(T), '--to', iso(T + H)]
  await download('aside', ...words, ...window)
  const folder = join(scratch, 'aside/history/okx/SOL_USDT_PERP')
  const head = 'timestamp_ms,open,high,low,close,volume\n'
  writeFileSync(join(folder, '1m.candles.download.csv'), `${head}${candles(T, T + M).join('\n')}\n`)
  const run = await download('aside', ...words, ...window)
  assert.equal(run.code, 4)
  assert.match(run.errors, /^what was downloaded was put aside as \S+refused\.csv, [^\n]+\n$/)
  const next = await download('aside', ...words, ...window)
  assert.equal(next.code, 0, next.errors)
  assert.deepEqual(await stored('aside', 'okx/SOL_USDT_PERP/1m'), candles(T, T + H))
})

test('a replacement that does not reach its end leaves what is stored', async () => {
  const { venue, endpoint } = await venueWith()
  const words = ['binance', 'SOL/USDT:USDT', '1m', '--kind', 'candles', '--endpoint', endpoint]
  await download('whole', ...words, '--from', iso(T), '--to', iso(T + 50 * M))
  venue.faults.push('banned')
  const broken = await download(
    'whole',
    ...words,
    '--from',
    iso(T),
    '--to',
    iso(T + 90 * M),
    '--replace',
  )
  assert.equal(broken.code, 1)
  assert.deepEqual(await stored('whole', 'binance/SOL_USDT_PERP/1m'), candles(T, T + 50 * M))
})

test('what cannot be downloaded is said in one sentence', async () => {
  const { endpoint } = await venueWith()
  const from = ['--from', iso(T), '--to', iso(T + H), '--endpoint', endpoint]
  for (const [code, said, ...words] of [
    [2, /^name venue, contract and length: /, 'okx'],
    [2, /^say from when: add --from/, 'okx', 'SOL/USDT:USDT', '1m'],
    [
      4,
      /^nothing can be downloaded from kraken, only from okx, /,
      'kraken',
      'SOL/USDT:USDT',
      '1m',
      ...from,
    ],
    [4, /settles in its base currency/, 'okx', 'SOL/USD:SOL', '1m', ...from],
    [2, /^okx has no candles of 7m, only of 1m, /, 'okx', 'SOL/USDT:USDT', '7m', ...from],
    [
      3,
      /^okx has no such contract or length \(okx does not have market symbol XYZ/,
      'okx',
      'XYZ/USDT:USDT',
      '1m',
      ...from,
    ],
    [
      4,
      /^hyperliquid has no candles of mark prices/,
      'hyperliquid',
      'SOL/USDC:USDC',
      '1m',
      '--kind',
      'mark',
      ...from,
    ],
    [
      2,
      /^--endpoint proxy is no address/,
      'okx',
      'SOL/USDT:USDT',
      '1m',
      '--from',
      iso(T),
      '--endpoint',
      'proxy',
    ],
    [
      2,
      /is empty: its end must be later/,
      'okx',
      'SOL/USDT:USDT',
      '1m',
      '--from',
      iso(T),
      '--to',
      iso(T),
    ],
  ] as const) {
    const run = await download('wrong', ...words)
    assert.deepEqual([run.code, run.output], [code, ''], run.errors)
    assert.match(run.errors, said)
    assert.match(run.errors, /^[^\n]+\n$/)
  }
})
