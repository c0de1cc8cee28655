/**
 * dual_ma on real hourly candles: every fill lies at the close of a bar in which exact integer sums cross, at the price of
 * that close, and no cross is without one. Needs the folder named by MARKET_DATA.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { makeReplayInstrument } from '../../src/adapters/history/replay-instrument.ts'
import { ratio } from '../../src/domain/money.ts'
import { parseSymbol } from '../../src/domain/symbol.ts'
import { strategyById } from '../../src/strategies/registry.ts'
import { ran, requestOf } from './signal-market.ts'

const folder = process.env['MARKET_DATA'] || undefined
const options = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}
const HOUR_MS = 3_600_000
const [FAST, SLOW] = [20, 60]

/** Time of the close, side, price in tenths. */
type Cross = readonly [at: number, side: string, price: number]

function crossesOf(openAt: readonly number[], closes: readonly number[]): Cross[] {
  const found: Cross[] = []
  let [fast, slow, side] = [0, 0, 0]
  for (const [index, close] of closes.entries()) {
    fast += close - (index < FAST ? 0 : (closes[index - FAST] ?? 0))
    slow += close - (index < SLOW ? 0 : (closes[index - SLOW] ?? 0))
    const now = index < SLOW - 1 ? 0 : Math.sign(fast * SLOW - slow * FAST)
    if (now === -side && now !== 0)
      found.push([(openAt[index] ?? 0) + HOUR_MS, now > 0 ? 'buy' : 'sell', close])
    if (now !== 0) side = now
  }
  return found
}

test('dual_ma trades every cross of 22,512 hours, and nothing else', options, () => {
  const file = join(folder ?? '', 'candles/binance_perp_BTCUSDT_1h_2023_202507.csv.gz')
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n').slice(1)
  const rows = lines.map((line) => line.split(',').map(Number))
  const column = (index: number) => rows.map((row) => Math.round((row[index] ?? 0) * 10))
  const openAt = rows.map(([at = 0]) => at)
  const closes = column(4)
  const market = {
    instrument: makeReplayInstrument(
      'binance',
      parseSymbol('BTC/USDT:USDT'),
      { priceDecimals: 1, quantityDecimals: 5, lotSize: 1 },
      null,
    ),
    timeframeMs: HOUR_MS,
    candles: {
      openAt: Float64Array.from(openAt),
      open: Int32Array.from(column(1)),
      high: Int32Array.from(column(2)),
      low: Int32Array.from(column(3)),
      close: Int32Array.from(closes),
      volume: Float64Array.from(rows, (row) => Math.floor((row[5] ?? 0) * 100_000)),
    },
    funding: null,
    mark: null,
  }
  const strategy = strategyById('dual_ma')
  assert.ok(strategy)
  const parameters = {
    fast_length: FAST,
    slow_length: SLOW,
    sizing: 'fixed',
    order_quantity: 0.001,
  }
  const request = requestOf(strategy, parameters, market)
  const { fills } = ran({ ...request, paper: { ...request.paper, slippage: ratio(0) } })
  const expected = crossesOf(openAt, closes)
  assert.ok(expected.length > 400)
  assert.deepEqual(
    fills.map(({ fill }) => [fill.at, fill.side, fill.price]),
    expected,
  )
})
