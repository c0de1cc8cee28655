import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  MINUTE_MS,
  type Row,
  TableSource,
  tableInstrument,
} from '../../test/support/table-market.ts'
import { SystemClock } from '../adapters/system/clock.ts'
import type { CandleQuestion } from '../protocol/exchange-messages.ts'
import { DEMO_START_AT } from '../simulation/demo-market.ts'
import { ChartCandles } from './chart-candles.ts'
import { demoFeed, replayFeed } from './feed.ts'

const AAA = tableInstrument()
const rows: (Row | null)[] = [
  [10, 15, 9, 12, 1],
  [12, 13, 5, 6, 2],
  null,
  [6, 8, 6, 7, 4],
  [7, 20, 7, 19, 8],
  [19, 19, 18, 18, 16],
  [18, 30, 1, 2, 32],
]
let marketAt = 0
const source = new TableSource({ instrument: AAA, rows })
const feed = replayFeed('test', { source, startAt: 0, endAt: source.endAt })
const charts = new ChartCandles(feed, new SystemClock(), () => marketAt)
const ask = (parts: Partial<CandleQuestion>) =>
  charts.answer({
    venue: AAA.venue,
    symbol: AAA.symbol,
    timeframeMs: MINUTE_MS,
    before: null,
    limit: 100,
    ...parts,
  })
const minutes = (candles: readonly { readonly openAt: number }[]) =>
  candles.map(({ openAt }) => openAt / MINUTE_MS)

describe('candles for charts', () => {
  test('end with the last finished minute: what comes is told by none of them', async () => {
    marketAt = 0
    assert.deepEqual((await ask({})).candles, [])
    marketAt = 2 * MINUTE_MS - 1
    assert.deepEqual(minutes((await ask({})).candles), [0])
    marketAt = 5.5 * MINUTE_MS
    const { candles, before } = await ask({})
    assert.deepEqual([minutes(candles), before], [[0, 1, 3, 4], null])
    assert.ok(candles.every(({ isFinished }) => isFinished))
  })

  test('are put together; the last one says that a part of it is missing', async () => {
    marketAt = 6.5 * MINUTE_MS
    const { candles } = await ask({ timeframeMs: 4 * MINUTE_MS })
    assert.deepEqual(candles, [
      {
        openAt: 0,
        closeAt: 4 * MINUTE_MS,
        open: 10,
        high: 15,
        low: 5,
        close: 7,
        volume: 7,
        isFinished: true,
      },
      {
        openAt: 4 * MINUTE_MS,
        closeAt: 8 * MINUTE_MS,
        open: 7,
        high: 20,
        low: 7,
        close: 18,
        volume: 24,
        isFinished: false,
      },
    ])
    // A minute later the unfinished one has grown: nothing stale is kept.
    marketAt = 7 * MINUTE_MS
    const later = (await ask({ timeframeMs: 4 * MINUTE_MS })).candles.at(-1)
    assert.deepEqual([later?.high, later?.close], [30, 2])
  })

  test('are paged backwards by the opening of the oldest', async () => {
    marketAt = 7 * MINUTE_MS
    const newest = await ask({ limit: 3 })
    assert.deepEqual(minutes(newest.candles), [4, 5, 6])
    const older = await ask({ limit: 3, before: newest.before })
    assert.deepEqual([minutes(older.candles), older.before], [[0, 1, 3], null])
  })

  test('of a feed of longer candles are its own', async () => {
    const { timeframeMs, candles } = await ask({ timeframeMs: 1000 })
    assert.equal(timeframeMs, MINUTE_MS)
    assert.equal(candles.length, 6)
  })

  test('are refused for contracts that the feed does not hold, and without sense', async () => {
    await assert.rejects(ask({ symbol: 'XXX/USDC:USDC' }), { code: 'unknown_symbol' })
    await assert.rejects(ask({ limit: 1501 }), { code: 'bad_request' })
    await assert.rejects(ask({ timeframeMs: 0 }), { code: 'bad_request' })
  })

  test('are refused while very many wait for theirs, and told again afterwards', async () => {
    const asked = Array.from({ length: 102 }, () => ask({}))
    const results = await Promise.allSettled(asked)
    const refused = results.filter(({ status }) => status === 'rejected')
    assert.equal(refused.length, 2)
    assert.match(JSON.stringify(refused), /busy/)
    await assert.rejects(ask({ limit: 0 }), { code: 'bad_request' })
    assert.equal((await ask({})).candles.length, 6)
  })

  test('of the demo market are those that its minutes add up to', async () => {
    const at = DEMO_START_AT + 36 * 3_600_000
    const demo = new ChartCandles(demoFeed(7), new SystemClock(), () => at)
    const question = { venue: 'okx', symbol: 'SOL/USDC:USDC', before: null }
    const hours = await demo.answer({ ...question, timeframeMs: 3_600_000, limit: 36 })
    const days = await demo.answer({ ...question, timeframeMs: 86_400_000, limit: 5 })
    assert.deepEqual([hours.candles.length, days.candles.length], [36, 2])
    const firstDay = hours.candles.slice(0, 24)
    const [day] = days.candles
    assert.equal(day?.open, firstDay[0]?.open)
    assert.equal(day?.close, firstDay.at(-1)?.close)
    assert.equal(day?.high, Math.max(...firstDay.map(({ high }) => high)))
    assert.equal(day?.low, Math.min(...firstDay.map(({ low }) => low)))
    assert.equal(
      day?.volume,
      firstDay.reduce((sum, { volume }) => sum + volume, 0),
    )
    assert.deepEqual(
      days.candles.map(({ isFinished }) => isFinished),
      [true, false],
    )
  })
})
