import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { demoFeed } from '../exchange/feed.ts'
import { Home } from '../fleet/home.ts'
import { presentPrice, previewGrid, type SeenPrice, seenPrice } from './preview-grid.ts'

const home = new Home(mkdtempSync(join(tmpdir(), 'preview-')))
after(() => rmSync(home.root, { recursive: true, force: true }))
const templates = join(import.meta.dirname, '..', '..', 'config', 'templates')
mkdirSync(home.active, { recursive: true })
const file = join(home.active, 'sol.json')
const text = readFileSync(join(templates, 'demo_sol_01.json'), 'utf8')
writeFileSync(file, text.replace('demo_sol_01', 'sol'))

const MINUTE = 60_000
const feed = demoFeed(7)
const sol = feed.offer('backpack', 'SOL_USDC_PERP')

const preview = async (seen: SeenPrice | null, marketAt: number | null) => {
  const { grid, source } = await previewGrid(
    {
      home,
      fleetConfig: null,
      files: [{ id: 'sol', file }],
      stored: { feed: 'demo', seed: 7 },
      lastPrice: () => Promise.resolve(seen),
      marketAt: () => Promise.resolve(marketAt),
    },
    'sol',
  )
  return [Number(grid?.price), source]
}

test('a preview stands on the price of the market that runs, and says which price it is', async () => {
  const first = Number(feed.source.candleFrom(sol.id, feed.startAt)?.open) / 100
  const later = feed.startAt + 500 * MINUTE
  const now = Number(presentPrice(feed, sol, later)) / 100
  assert.notEqual(now, first)
  const [live, saved] = [true, false].map((isLive) => ({ last: '151.5', isLive }))
  assert.deepEqual(await preview(live ?? null, later), [151.5, 'present price of demo'])
  assert.deepEqual(await preview(saved ?? null, later), [now, 'present price of demo'])
  assert.deepEqual(await preview(null, later), [now, 'present price of demo'])
  assert.deepEqual(await preview(saved ?? null, null), [151.5, 'last price of demo'])
  assert.deepEqual(await preview(null, null), [first, 'first price of demo'])
})

test('the present price is that of the way through the candle that the market is in', () => {
  for (let minute = 0; minute < 50; minute += 1) {
    const openAt = feed.startAt + minute * MINUTE
    const candle = feed.source.candleFrom(sol.id, openAt)
    const before = feed.source.candleFrom(sol.id, openAt - MINUTE)
    assert.ok(candle !== null)
    assert.equal(presentPrice(feed, sol, openAt), candle.open)
    const within = Number(presentPrice(feed, sol, openAt + 25_000))
    assert.ok(within >= candle.low && within <= candle.high, String(minute))
    const isRising = candle.close > candle.open
    const corner = presentPrice(feed, sol, openAt + MINUTE / 3)
    assert.equal(corner, isRising ? candle.low : candle.high)
    if (minute > 0) assert.equal(before?.closeAt, openAt)
  }
})

test('what a bot says of its price is read; a status without one is none', () => {
  assert.deepEqual(seenPrice({ price: { last: '1.5' } }, true), { last: '1.5', isLive: true })
  for (const status of [null, {}, { price: null }, { price: {} }])
    assert.equal(seenPrice(status, false), null)
})
