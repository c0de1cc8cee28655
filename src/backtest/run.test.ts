/** A table of four candles worked out by hand: every fill, fee and funding payment, to the last unit. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { makeReplayInstrument } from '../adapters/history/replay-instrument.ts'
import type { RecordedMarket } from '../domain/history.ts'
import { money, price, quantity, ratio } from '../domain/money.ts'
import type { RestingWant, Strategy, Wanted } from '../domain/strategy.ts'
import { parseSymbol } from '../domain/symbol.ts'
import type { AnyStrategy } from '../engine/instance.ts'
import { equityCsv, fillsCsv } from './report-csv.ts'
import { rowsOf } from './report-figures.ts'
import { reportHtml } from './report-html.ts'
import { resultOf } from './result.ts'
import { Backtest, BacktestRefused, type BacktestRequest } from './run.ts'

const H = 3_600_000
const T = Date.UTC(2024, 0, 1)
const MINUTES_20 = 1_200_000

// Prices in 0.01, one lot 0.001 SOL: a price unit of a lot is worth 1,000 of 1e-8.
const instrument = makeReplayInstrument(
  'test',
  parseSymbol('SOL/USDC:USDC'),
  { priceDecimals: 2, quantityDecimals: 3, lotSize: 1 },
  null,
)

const TABLE = [
  // Rises: low first. 98.99 is one tick below the buy at 99.
  [10_000, 10_050, 9_899, 10_020],
  // Rises, touches 101.00 and goes no further.
  [10_020, 10_100, 10_000, 10_090],
  // Falls: high first. 101.01 is one tick above the sell at 101.
  [10_090, 10_101, 10_050, 10_060],
  [10_060, 10_060, 10_060, 10_060],
] as const

function market(volume = 5_000): RecordedMarket {
  const column = (index: number) => Int32Array.from(TABLE, (row) => row[index] ?? 0)
  return {
    instrument,
    timeframeMs: H,
    candles: {
      openAt: Float64Array.from(TABLE, (_, index) => T + index * H),
      open: column(0),
      high: column(1),
      low: column(2),
      close: column(3),
      volume: Int32Array.from(TABLE, () => volume),
    },
    // 0.01 % at 01:00, −0.005 % at 02:00, 0.01 % at 03:00; the stamps jitter.
    funding: {
      at: Float64Array.of(T + H + 40, T + 2 * H - 900, T + 3 * H + 7),
      rate: Int32Array.of(10_000, -5_000, 10_000),
    },
    mark: null,
  }
}

interface State {
  held: number
  isSold: boolean
}

const BUY = 9_900
const SELL = 10_100
const LOTS = 1_000

/** Buys 1 SOL at 99, then sells what it holds at 101; nothing else. */
function wantedOf(state: State): readonly RestingWant[] {
  const base = { instrument: instrument.id, isPostOnly: true, isReduceOnly: false, trigger: null }
  const wants: RestingWant[] = []
  const missing = LOTS - state.held
  if (missing > 0 && !state.isSold) {
    wants.push({ ...base, slot: 'B', side: 'buy', price: price(BUY), quantity: quantity(missing) })
  }
  if (state.held > 0) {
    wants.push({
      ...base,
      slot: 'S',
      side: 'sell',
      price: price(SELL),
      quantity: quantity(state.held),
    })
  }
  return wants
}

const strategy: Strategy<unknown, State> = {
  id: 'once',
  stateVersion: 1,
  parameters: {},
  inputs: () => ({
    instrumentsMin: 1,
    instrumentsMax: 1,
    timeframes: [],
    warmUpCandles: 0,
    bookDepth: 0,
  }),
  check: (parameters) =>
    parameters === 'refuse' ? [{ code: 'no', text: 'It cannot run here.', overrideKey: null }] : [],
  start: () => ({ held: 0, isSold: false }),
  on(state, event, out) {
    if (event.kind !== 'fill') return
    const { side, quantity: lots } = event.fill
    state.held += side === 'buy' ? lots : -lots
    if (side === 'sell') state.isSold = true
    const wants = wantedOf(state)
    for (const slot of ['B', 'S']) if (!wants.some((want) => want.slot === slot)) out.drop(slot)
    for (const want of wants) out.rest(want)
  },
  wanted: (state): Wanted => ({ resting: wantedOf(state), targets: [], wakes: [], finish: null }),
  migrate: (state) => state as unknown as State,
  report: () => null,
}

function request(parts: Partial<BacktestRequest> = {}): BacktestRequest {
  return {
    instance: 'golden',
    strategy: strategy as AnyStrategy,
    parameters: {},
    market: market(),
    window: { from: null, to: null },
    fillRule: 'through',
    capital: money(100_000_000_000),
    leverage: 1,
    marginMode: 'isolated',
    initialPosition: 'open',
    limits: {
      positionSizeMax: 100_000_000,
      positionNotionalMax: null,
      dailyLossMax: 0,
      drawdownMax: 0,
      capitalUtilizationMax: 100_000_000,
      onBreach: 'reduce_only',
    },
    timeZone: 'UTC',
    paper: {
      initialBalance: money(100_000_000_000),
      maker: ratio(20_000),
      taker: ratio(50_000),
      slippage: ratio(0),
      latencyMs: 0,
      volumeShare: ratio(100_000_000),
    },
    ...parts,
  }
}

function finished(parts: Partial<BacktestRequest> = {}): Backtest {
  const backtest = new Backtest(request(parts))
  while (backtest.run(1)) assert.ok(backtest.counts.rounds < 1_000)
  return backtest
}

const fillsOf = ({ fills }: Backtest) =>
  fills.map(({ fill }) => [
    fill.at - T,
    fill.side,
    fill.price,
    fill.quantity,
    fill.fee,
    fill.isMaker,
  ])

test('through: both fills, fees and funding as computed by hand', () => {
  const backtest = finished()
  // 99 · 1 · 2 bps = 0.0198; 101 · 1 · 2 bps = 0.0202. Each a third into its candle, where the extreme is.
  assert.deepEqual(fillsOf(backtest), [
    [MINUTES_20, 'buy', BUY, LOTS, 1_980_000, true],
    [2 * H + MINUTES_20, 'sell', SELL, LOTS, 2_020_000, true],
  ])
  // 01:00: long pays 100.20 · 0.01 %; 02:00: receives 100.90 · 0.005 %; 03:00: flat.
  assert.deepEqual(
    backtest.funding.map(({ at, amount, position }) => [at - T, amount, position]),
    [
      [H, -1_002_000, LOTS],
      [2 * H, 504_500, LOTS],
    ],
  )
  const result = resultOf(backtest, 'test/SOL_USDC_PERP/1h')
  // 2 − 0.04 − 0.004975
  assert.equal(result.ledger.total, '1.955025')
  assert.equal(result.ledger.fees, '0.04')
  assert.equal(result.ledger.funding, '-0.004975')
  assert.equal(result.position, '0')
  assert.deepEqual(result.exchange, { equity: '1001.955025', insurance: '0', difference: '0' })
  assert.deepEqual(result.end, { kind: 'data', reason: 'the data ended' })
  const { counts } = result
  assert.deepEqual(
    [counts.candles, counts.fills, counts.makerFills, counts.fundingPayments],
    [4, 2, 2, 2],
  )
  assert.deepEqual([counts.ordersPlaced, counts.ordersCanceled, counts.ordersRejected], [2, 0, 0])
})

test('touch: the same table fills earlier, and pays one payment less', () => {
  const backtest = finished({ fillRule: 'touch' })
  // 100.00 → 98.99 in 20 minutes reaches 99.00 after 100/101 of them; 101.00 is the end of the second move.
  assert.deepEqual(fillsOf(backtest), [
    [Math.floor((MINUTES_20 * 100) / 101), 'buy', BUY, LOTS, 1_980_000, true],
    [H + 2 * MINUTES_20, 'sell', SELL, LOTS, 2_020_000, true],
  ])
  assert.equal(resultOf(backtest, 's').ledger.total, '1.94998')
})

test('the fingerprint is SHA-256 of the fills as anybody can write them down', () => {
  const lines = [
    `${T + MINUTES_20}|test:SOL/USDC:USDC|buy|99|1|0.0198|maker\n`,
    `${T + 2 * H + MINUTES_20}|test:SOL/USDC:USDC|sell|101|1|0.0202|maker\n`,
  ]
  const expected = createHash('sha256').update(lines.join('')).digest('hex')
  assert.equal(resultOf(finished(), 's').fingerprint, expected)
  assert.equal(resultOf(finished(), 's').fingerprint, expected)
})

test('equity stands at the close of each candle; the drawdown begins with the capital', () => {
  const backtest = finished()
  const equity = Array.from(
    { length: backtest.equity.length },
    (_, index) => backtest.equity.point(index).equity,
  )
  const capital = 100_000_000_000
  assert.deepEqual(equity, [
    capital,
    // 1 SOL at 99, worth 100.20, less the fee; the funding of that moment comes after the candle.
    capital + 120_000_000 - 1_980_000,
    capital + 190_000_000 - 1_980_000 - 1_002_000,
    capital + 200_000_000 - 4_000_000 - 1_002_000 + 504_500,
    capital + 200_000_000 - 4_000_000 - 1_002_000 + 504_500,
  ])
  assert.equal(backtest.equity.drawdown.amount, 0)
  assert.equal(
    equityCsv(backtest).split('\n')[2],
    `${T + H},2024-01-01T01:00:00.000Z,1001.1802,100.2,1`,
  )
  assert.equal(
    fillsCsv(backtest).split('\n')[1],
    `${T + MINUTES_20},2024-01-01T00:20:00.000Z,buy,99,1,0.0198,maker,B,1`,
  )
})

test('a share of the volume fills the rest in the next candles', () => {
  // 10 % of 5,000 lots: 500 in a candle. The second candle begins above 99, so the rest of the buy never fills.
  const paper = { ...request().paper, volumeShare: ratio(10_000_000) }
  const backtest = finished({ paper })
  assert.deepEqual(
    fillsOf(backtest).map(([at, side, , lots]) => [at, side, lots]),
    [
      [MINUTES_20, 'buy', 500],
      [2 * H + MINUTES_20, 'sell', 500],
    ],
  )
})

test('a window begins with its own candle and keeps out what lies before', () => {
  const backtest = finished({ window: { from: T + H, to: T + 3 * H } })
  assert.deepEqual(fillsOf(backtest), [])
  assert.equal(backtest.counts.candles, 2)
})

test('what the strategy or the margin table objects to is refused before anything runs', () => {
  assert.throws(
    () => finished({ parameters: 'refuse' }),
    new BacktestRefused([{ code: 'no', text: 'It cannot run here.', overrideKey: null }]),
  )
  assert.throws(
    () => finished({ leverage: 51 }),
    /leverage 51 is more than 50, the most on SOL\/USDC:USDC here/,
  )
})

test('a run that a limit cut short says so at the top of its report', () => {
  const backtest = finished()
  const result = resultOf(backtest, 's')
  assert.equal(result.restriction, null)
  assert.ok(!reportHtml(backtest, result).includes('class="warnings"'))
  // A fee of 5 % on 99 is 4.95; at the close the position is 1.20 up: down by 3.75 of 1,000.
  const limits = { ...request().limits, drawdownMax: ratio(300_000) }
  const tight = finished({ limits, paper: { ...request().paper, maker: ratio(5_000_000) } })
  const cut = resultOf(tight, 's')
  assert.deepEqual(
    [cut.restriction?.mode, cut.restriction?.code, cut.restriction?.since.slice(0, 10)],
    ['reduce_only', 'limit_drawdown', '2024-01-01'],
  )
  assert.match(
    reportHtml(tight, cut),
    /<section class="warnings".*<li>Reduce only since 2024-01-01: limit_drawdown\.<\/li>/,
  )
})

test('rejected orders are told by reason', () => {
  // 1 SOL needs 99 of margin; the account has 50.
  const paper = { ...request().paper, initialBalance: money(5_000_000_000) }
  const backtest = finished({ paper })
  const { counts, rejections } = resultOf(backtest, 's')
  assert.ok(counts.ordersRejected > 0)
  assert.deepEqual(rejections, { insufficient_margin: counts.ordersRejected })
  assert.match(reportHtml(backtest, resultOf(backtest, 's')), /rejected: insufficient margin/)
})

test('figures of a report are for people: money with two decimals, times in words, yes and no', () => {
  const rows = rowsOf({
    closed: '-0.006',
    total: '1234.565',
    range: { lower: '99.125' },
    in_range: true,
    started_at: T,
    virtual: [],
    finish: null,
  })
  assert.deepEqual(rows, [
    ['closed', '-0.01'],
    ['total', '1,234.57'],
    ['range lower', '99.125'],
    ['in_range', 'yes'],
    ['started_at', '2024-01-01T00:00:00.000Z'],
  ])
})
