import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { candleAt, type Fault, HistoryVenue } from '../../../../test/support/history-venue.ts'
import { parseSymbol } from '../../../domain/symbol.ts'
import { parseTimeframe } from '../../../domain/timeframe.ts'
import { CcxtVenue } from './ccxt-venue.ts'
import { DOWNLOAD_VENUES } from './venue-terms.ts'

const MINUTE_MS = 60_000
const minute = parseTimeframe('1m')
const T = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 600 * MINUTE_MS
const venue = new HistoryVenue({ listedAt: T })
after(() => venue.stop())
const endpoint = await venue.start()

async function opened(name: string, symbol: string): Promise<CcxtVenue> {
  const terms = DOWNLOAD_VENUES[name]
  assert.ok(terms)
  const source = await CcxtVenue.open(terms, parseSymbol(symbol), endpoint)
  await source.load()
  return source
}

const faults: readonly (readonly [Fault, string, number | null])[] = [
  ['too_many', 'busy', 0],
  ['banned', 'busy', 900_000],
  ['dropped', 'unreachable', null],
  ['cut', 'unreachable', null],
  ['broken', 'unreachable', null],
  ['unavailable', 'unreachable', null],
]

for (const [name, symbol] of [
  ['okx', 'SOL/USDT:USDT'],
  ['binance', 'SOL/USDT:USDT'],
  ['hyperliquid', 'SOL/USDC:USDC'],
] as const) {
  test(`${name}: what breaks an answer is known for what it is, and never taken for no rows`, async () => {
    const source = await opened(name, symbol)
    for (const [fault, kind, retryAfterMs] of faults) {
      venue.faults.push(fault)
      const answer = source.candles('candles', minute, T, T + 3 * MINUTE_MS)
      const error: unknown = await answer.then(
        (rows) => assert.fail(`${fault}: ${rows.length} rows`),
        (thrown: unknown) => thrown,
      )
      const failure = source.failureOf(error)
      assert.deepEqual([failure.kind, failure.retryAfterMs], [kind, retryAfterMs], fault)
      assert.doesNotMatch(failure.text, /\n/)
    }
    const rows = await source.candles('candles', minute, T, T + 2 * MINUTE_MS)
    assert.deepEqual(
      rows.map((row) => row.map(Number)),
      [candleAt(T, MINUTE_MS), candleAt(T + MINUTE_MS, MINUTE_MS)],
    )
  })
}

test('a contract that the venue does not have is told from a venue that does not answer', async () => {
  await assert.rejects(opened('okx', 'XYZ/USDT:USDT'), /okx does not have market symbol XYZ/)
})
