/**
 * A backtest and a lockstep replay through real processes, sockets and journals give the same fingerprint and the same
 * ledger, also when bot, desk and exchange are killed in the middle. One generated set always; real windows with the
 * folder named by MARKET_DATA.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ratio } from '../../src/domain/money.ts'
import { generateSet } from './generated-set.ts'
import { backtest, importFile, type Recording, replay } from './lockstep-run.ts'

const data = process.env['MARKET_DATA']
const options = data === undefined ? { skip: 'MARKET_DATA is not set' } : {}
const historyDir = mkdtempSync(join(tmpdir(), 'perpfleet-lockstep-history-'))
after(() => rmSync(historyDir, { recursive: true }))

const PORT = 23_400
const paper = { maker: ratio(15_000), taker: ratio(45_000), slippage: ratio(10_000) }

async function compare(name: string, recording: Recording, port: number): Promise<void> {
  const expected = backtest(historyDir, recording)
  const { ledger, candles, fundingPayments } = expected
  console.log(
    `${name}: ${candles} candles, ${ledger['fills']} fills, fees ${ledger['fees']}, funding ${ledger['funding']} (${fundingPayments} payments), PnL ${ledger['total']}, fingerprint ${expected.fingerprint.slice(0, 16)}`,
  )
  assert.ok(Number(ledger['fills']) > 20, 'a run with few fills shows nothing')
  const none: readonly [] = []
  const all = ['bot', 'desk', 'exchange'] as const
  for (const kills of [none, all]) {
    const started = performance.now()
    const told = await replay(historyDir, recording, port, kills)
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    console.log(`  replay: ${told.steps} steps in ${seconds} s, killed ${told.killed.join(', ')}`)
    assert.deepEqual(told.killed, kills)
    assert.equal(told.fingerprint, expected.fingerprint)
    assert.deepEqual(told.ledger, expected.ledger)
  }
}

const grid = (type: string, range: string, lines: number, notional: string) => ({
  grid_type: type,
  grid_mode: 'geometric',
  auto_price: true,
  price_range: range,
  grid_num: lines,
  order_notional: notional,
})

test('a generated set with gaps, thin volume, latency and slippage', async () => {
  const set = 'backpack/SOL_USDC_PERP/1m'
  const startAt = Date.UTC(2026, 0, 5)
  const folder = mkdtempSync(join(tmpdir(), 'perpfleet-lockstep-csv-'))
  try {
    const files = generateSet(folder, 11, startAt, 900)
    await importFile(historyDir, set, files.candles, 'candles')
    await importFile(historyDir, set, files.funding, 'funding')
  } finally {
    rmSync(folder, { recursive: true })
  }
  const instance = {
    id: 'generated',
    venue: 'backpack',
    account: 'main',
    symbol: 'SOL/USDC:USDC',
    leverage: 3,
    parameters: { ...grid('long', '12', 41, '200'), open_orders_max: 10 },
    paper: { ...paper, latencyMs: 1500, volumeShare: ratio(2_000_000) },
  }
  await compare('generated', { set, instance }, PORT)
})

test('order rate, price band and losing round trips hold alike, also over restarts', async () => {
  const set = 'backpack/ETH_USDC_PERP/1m'
  const folder = mkdtempSync(join(tmpdir(), 'perpfleet-lockstep-csv-'))
  try {
    const files = generateSet(folder, 12, Date.UTC(2026, 0, 5), 600)
    await importFile(historyDir, set, files.candles, 'candles')
    await importFile(historyDir, set, files.funding, 'funding')
  } finally {
    rmSync(folder, { recursive: true })
  }
  const instance = {
    id: 'limited',
    venue: 'backpack',
    account: 'main',
    symbol: 'ETH/USDC:USDC',
    leverage: 3,
    parameters: grid('neutral', '8', 161, '60'),
    paper: { ...paper, latencyMs: 700, volumeShare: ratio(4_000_000) },
    limits: { orderRatePerS: 1, priceBandBps: 60, consecutiveLossesMax: 5 },
  }
  const seen = backtest(historyDir, { set, instance: { ...instance, limits: {} } })
  const limited = backtest(historyDir, { set, instance })
  assert.notEqual(limited.fingerprint, seen.fingerprint, 'limits that change nothing show nothing')
  await compare('limited', { set, instance }, PORT + 4)
})

test('SOL on Hyperliquid, 5 minutes, hourly funding', options, async () => {
  const set = 'hyperliquid/SOL_USDC_PERP/5m'
  await importFile(
    historyDir,
    set,
    join(data ?? '', 'candles/hyperliquid_perp_SOL_5m.csv.gz'),
    'candles',
  )
  await importFile(
    historyDir,
    set,
    join(data ?? '', 'funding/hyperliquid_perp_SOL.csv.gz'),
    'funding',
  )
  const instance = {
    id: 'sol_hyperliquid',
    venue: 'hyperliquid',
    account: 'main',
    symbol: 'SOL/USDC:USDC',
    leverage: 2,
    parameters: grid('neutral', '20', 81, '150'),
    paper,
  }
  await compare('SOL', { set: `${set}@2025-04-05..2025-04-12`, instance }, PORT + 1)
})

test('BTC of 2022, 1 minute, funding every 8 hours', options, async () => {
  const set = 'binance/BTC_USDT_PERP/1m'
  await importFile(
    historyDir,
    set,
    join(data ?? '', 'candles/binance_spot_BTCUSDT_1m_2022.csv.gz'),
    'candles',
  )
  await importFile(
    historyDir,
    set,
    join(data ?? '', 'funding/binance_perp_BTCUSDT_2020_202507.csv.gz'),
    'funding',
  )
  const instance = {
    id: 'btc_binance',
    venue: 'binance',
    account: 'main',
    symbol: 'BTC/USDT:USDT',
    leverage: 3,
    marginMode: 'cross' as const,
    parameters: { ...grid('short', '15', 101, '100'), boundary_action: 'hold' },
    paper,
  }
  await compare('BTC', { set: `${set}@2022-05-09..2022-05-11`, instance }, PORT + 2)
})

test('XRP of July 2023, 1 minute, thin volume', options, async () => {
  const set = 'binance/XRP_USDT_PERP/1m'
  await importFile(
    historyDir,
    set,
    join(data ?? '', 'candles/binance_perp_XRPUSDT_1m_202307.csv.gz'),
    'candles',
  )
  await importFile(
    historyDir,
    set,
    join(data ?? '', 'funding/binance_perp_XRPUSDT_202307.csv.gz'),
    'funding',
  )
  const instance = {
    id: 'xrp_binance',
    venue: 'binance',
    account: 'main',
    symbol: 'XRP/USDT:USDT',
    leverage: 2,
    parameters: { ...grid('long', '6', 61, '120'), trailing_up: '1.2' },
    paper: { ...paper, latencyMs: 400, volumeShare: ratio(5000) },
  }
  await compare('XRP', { set: `${set}@2023-07-20..2023-07-22`, instance }, PORT + 3)
})
