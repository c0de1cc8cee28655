/** `data download` through the real ccxt against a local double of the venues, over real sockets. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fundingAt, markAt } from '../support/history-venue.ts'
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

after(cleanUp)

for (const [name, symbol, spelling, rows] of [
  ['okx', 'SOL/USDT:USDT', 'SOL_USDT_PERP', 350],
  ['binance', 'SOL/USDT:USDT', 'SOL_USDT_PERP', 1050],
  ['aster', 'SOL/USDT:USDT', 'SOL_USDT_PERP', 1050],
  ['hyperliquid', 'SOL/USDC:USDC', 'SOL_USDC_PERP', 1050],
  ['backpack', 'SOL/USDC:USDC', 'SOL_USDC_PERP', 1050],
] as const) {
  test(`${name}: candles, marks and funding of many pages are those of the venue`, async () => {
    const { endpoint } = await venueWith()
    const words = [name, symbol, '1m', '--endpoint', endpoint]
    const to = T + rows * M
    const { code, output, errors } = await download(
      name,
      ...words,
      '--from',
      iso(T),
      '--to',
      iso(to),
    )
    assert.deepEqual([code, errors], [0, ''])
    const set = `${name}/${spelling}/1m`
    const count = rows.toLocaleString('en-US')
    assert.match(output, new RegExp(`^${set}: ${count} rows downloaded, ${count} in all, `))
    assert.deepEqual(await stored(name, set), candles(T, to))
    const hours = Array.from({ length: Math.ceil(rows / 60) }, (_, hour) => fundingAt(T / H + hour))
    assert.deepEqual(await stored(name, set, 'funding'), hours)
    if (name !== 'hyperliquid') {
      const marks = await stored(name, set, 'mark')
      assert.equal(marks.length, rows)
      assert.deepEqual(marks.at(-1), [to - M, markAt(to - M)])
    }
  })
}

test('a download goes on where the set ends, and asks for nothing twice', async () => {
  const { venue, endpoint } = await venueWith()
  const words = ['okx', 'SOL/USDT:USDT', '1m', '--endpoint', endpoint, '--kind', 'candles']
  await download('resume', ...words, '--from', iso(T), '--to', iso(T + 400 * M))
  venue.asked.length = 0
  const further = ['--from', iso(T), '--to', iso(T + 700 * M), '--json']
  const { code, output } = await download('resume', ...words, ...further)
  const [series] = JSON.parse(output).series
  assert.deepEqual([code, series.downloaded, series.rows], [0, 300, 700])
  const pages = venue.asked.filter((line) => line.includes('andles'))
  // The last rows once more, then one page.
  assert.equal(pages.length, 2)
  assert.deepEqual(await stored('resume', 'okx/SOL_USDT_PERP/1m'), candles(T, T + 700 * M))
  const again = await download('resume', ...words, '--to', iso(T + 700 * M))
  assert.match(again.output, /: 0 rows downloaded, 700 in all, /)
})

test('funding that is counted from the newest rate is paged back to the beginning', async () => {
  const { endpoint } = await venueWith()
  const words = ['backpack', 'SOL/USDC:USDC', '1h', '--kind', 'funding', '--endpoint', endpoint]
  const run = await download('newest', ...words, '--from', iso(T - 1000 * H), '--to', iso(T))
  assert.equal(run.code, 0, run.errors)
  await download('newest', ...words.with(4, 'candles'), '--from', iso(T - 2 * H), '--to', iso(T))
  const hours = Array.from({ length: 1000 }, (_, hour) => fundingAt(T / H - 1000 + hour))
  assert.deepEqual(await stored('newest', 'backpack/SOL_USDC_PERP/1h', 'funding'), hours)
})

test('the candle that has not closed is not taken', async () => {
  const { endpoint } = await venueWith()
  const words = ['okx', 'SOL/USDT:USDT', '1m', '--kind', 'candles', '--endpoint', endpoint]
  const before = Math.floor(Date.now() / M) * M
  await download('open', ...words, '--from', iso(before - 10 * M))
  const last = (await stored('open', 'okx/SOL_USDT_PERP/1m')).at(-1)?.[0] ?? 0
  assert.ok(last >= before - M && last + M <= Date.now())
})

test('Hyperliquid keeps its latest candles alone: it is said from when they are', async () => {
  const { endpoint } = await venueWith({ listedAt: T - 2000 * H })
  const words = ['hyperliquid', 'SOL/USDC:USDC', '1m', '--kind', 'candles', '--endpoint', endpoint]
  const run = await download('kept', ...words, '--from', iso(T - 1000 * H), '--to', iso(T))
  assert.equal(run.code, 0, run.errors)
  assert.match(run.output, / hyperliquid keeps none older than \S+\.\n$/)
})

for (const signal of ['SIGKILL', 'SIGINT'] as const) {
  test(`after ${signal} nothing that came is lost, and the same command goes on`, async () => {
    const { venue, endpoint } = await venueWith()
    const home = join(scratch, signal)
    const words = ['binance', 'SOL/USDT:USDT', '1m', '--kind', 'candles', '--endpoint', endpoint]
    const window = ['--from', iso(T), '--to', iso(T + 2500 * M)]
    const cli = join(import.meta.dirname, '../../src/main/cli.ts')
    const args = ['--disable-warning=ExperimentalWarning', cli, 'data', 'download']
    const child = spawn(process.execPath, [...args, ...words, ...window, '--home', home], {
      env: { ...process.env, PERPFLEET_LANG: 'en' },
    })
    const told: string[] = []
    child.stderr.on('data', (chunk) => told.push(String(chunk)))
    venue.onRows = async (count) => {
      if (count !== 3) return
      child.kill(signal)
      if (signal === 'SIGKILL') await once(child, 'exit')
    }
    const [code] = (await once(child, 'exit')) as [number | null]
    venue.onRows = () => undefined
    if (signal === 'SIGINT') {
      assert.equal(code, 1)
      assert.match(
        told.join(''),
        /^stopped: what has come is stored, the same command goes on there\n$/,
      )
      const kept = await stored(signal, 'binance/SOL_USDT_PERP/1m')
      assert.ok(kept.length >= 2000)
    }
    venue.asked.length = 0
    const run = await download(signal, ...words, ...window)
    assert.equal(run.code, 0, run.errors)
    assert.ok(venue.asked.filter((line) => line.includes('klines')).length <= 3)
    assert.deepEqual(await stored(signal, 'binance/SOL_USDT_PERP/1m'), candles(T, T + 2500 * M))
    const folder = join(home, 'history/binance/SOL_USDT_PERP')
    assert.deepEqual(readdirSync(folder).sort(), ['1m.candles', '1m.candles.json'])
    assert.match(readFileSync(join(folder, '1m.candles.json'), 'utf8'), /downloaded from binance/)
  })
}
