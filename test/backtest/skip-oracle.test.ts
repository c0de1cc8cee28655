/** What the skipping engine must not pass over, one thing at a time: both engines must give the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeReplayInstrument } from '../../src/adapters/history/replay-instrument.ts'
import { Backtest, BacktestRefused, type BacktestRequest } from '../../src/backtest/run.ts'
import type { RecordedMarket } from '../../src/domain/history.ts'
import { money, ratio } from '../../src/domain/money.ts'
import { parseSymbol } from '../../src/domain/symbol.ts'
import type { AnyStrategy } from '../../src/engine/instance.ts'
import { perpGrid } from '../../src/strategies/perp-grid/strategy.ts'
import { type Outcome, outcomeOf } from './skip-cases.ts'

const H = 3_600_000
const T = Date.UTC(2024, 0, 1)
const instrument = makeReplayInstrument(
  'test',
  parseSymbol('SOL/USDC:USDC'),
  { priceDecimals: 2, quantityDecimals: 2, lotSize: 1 },
  null,
)

type Row = readonly [open: number, high: number, low: number, close: number]

/** Hourly candles; every hour the rate is settled. */
function marketOf(
  rows: readonly Row[],
  rate: number | ((hour: number) => number) = 0,
): RecordedMarket {
  const column = (place: number) => Int32Array.from(rows, (row) => row[place] ?? 0)
  return {
    instrument,
    timeframeMs: H,
    candles: {
      openAt: Float64Array.from(rows, (_, index) => T + index * H),
      open: column(0),
      high: column(1),
      low: column(2),
      close: column(3),
      volume: Int32Array.from(rows, () => 1_000_000_000),
    },
    funding: {
      at: Float64Array.from(rows, (_, index) => T + (index + 1) * H),
      rate: Int32Array.from(rows, (_, hour) => (typeof rate === 'number' ? rate : rate(hour))),
    },
    mark: null,
  }
}

const flat = (at: number, count: number): readonly Row[] =>
  Array.from({ length: count }, (): Row => [at, at, at, at])

/** Lines at 9.00, 9.50 … 11.00; starts at 10.20 or so. */
function requestOf(
  market: RecordedMarket,
  more: object = {},
  parts: Partial<BacktestRequest> = {},
): BacktestRequest {
  const capital = money(10_000 * 1e8)
  return {
    instance: 'case',
    strategy: perpGrid as AnyStrategy,
    parameters: {
      grid_lower_price: '9',
      grid_upper_price: '11',
      grid_intervals: 4,
      order_quantity: 100,
      allow_unprofitable: true,
      allow_liquidation_before_last_line: true,
      ...more,
    },
    market,
    window: { from: null, to: null },
    fillRule: 'through',
    capital,
    leverage: 5,
    marginMode: 'cross',
    initialPosition: 'open',
    limits: {
      positionSizeMax: 1e8,
      positionNotionalMax: null,
      dailyLossMax: 0,
      drawdownMax: 0,
      capitalUtilizationMax: 1e8,
      onBreach: 'reduce_only',
    },
    timeZone: 'UTC',
    paper: {
      initialBalance: capital,
      maker: ratio(20_000),
      taker: ratio(50_000),
      slippage: ratio(0),
      latencyMs: 0,
      volumeShare: ratio(1e8),
    },
    ...parts,
  }
}

function same(request: BacktestRequest): Outcome {
  const stepped = outcomeOf(request, 'stepping')
  const skipped = outcomeOf(request, 'auto')
  const figures = outcomeOf(request, 'auto', 'figures')
  assert.ok(stepped !== null && skipped !== null && figures !== null)
  assert.equal(skipped.kinds.hasLeapt, true)
  assert.equal(skipped.events, stepped.events)
  assert.equal(skipped.equity, stepped.equity)
  assert.deepEqual(skipped.statistics, stepped.statistics)
  assert.deepEqual(figures.statistics, stepped.statistics)
  return skipped
}

test('a price that comes to a level to the unit fills, one unit short of it does not', () => {
  const touching = (low: number): Row => [1020, 1020, low, 1010]
  for (const [fillRule, low, fills] of [
    ['through', 999, 1],
    ['through', 1000, 0],
    ['touch', 1000, 1],
    ['touch', 1001, 0],
  ] as const) {
    const rows = [...flat(1020, 20), touching(low), ...flat(1010, 20)]
    assert.equal(same(requestOf(marketOf(rows), {}, { fillRule })).kinds.fills, fills)
  }
})

test('a stop that funding brings about is not passed over while the price stands still', () => {
  // 100 SOL bought at 10 pay 0.4 % of 9.90 an hour: some 4 USDC, and 10 of loss stand there already.
  const rows = [...flat(1020, 3), [1020, 1020, 990, 990] as Row, ...flat(990, 60)]
  const { backtest } = same(requestOf(marketOf(rows, 400_000), { stop_loss: 60 }))
  assert.equal(backtest.end?.reason, 'stop_loss')
})

test('a fall counts from the peak before it, as a share as well', () => {
  const up = Array.from({ length: 120 }, (_, i): Row => [970 + i, 971 + i, 969 + i, 971 + i])
  // Within the day of the peak: each midnight tells the curve where it stands.
  const down = Array.from(
    { length: 10 },
    (_, i): Row => [1090 - 8 * i, 1091 - 8 * i, 1080 - 8 * i, 1082 - 8 * i],
  )
  const rows = [...flat(1020, 3), [1020, 1020, 965, 970] as Row, ...up, ...down, ...flat(1040, 3)]
  const { statistics } = same(
    requestOf(marketOf(rows), { order_quantity: 1000, grid_intervals: 2 }),
  )
  assert.ok(statistics.maxDrawdown > 0.03)
})

test('what happens in the last part of a block counts', () => {
  for (const rest of [1, 7, 15, 16, 17]) {
    const falling = Array.from(
      { length: rest },
      (_, i): Row => [985 - i, 985 - i, 984 - i, 984 - i],
    )
    const rows = [...flat(1020, 3), [1020, 1020, 985, 985] as Row, ...flat(985, 28), ...falling]
    const { statistics } = same(requestOf(marketOf(rows)))
    assert.ok(statistics.maxDrawdownAmount > 14 + rest)
  }
})

test('a position that dies between two lines dies, and the line behind is not reached', () => {
  const bought: Row = [1020, 1020, 985, 985]
  const dying: Row = [985, 985, 903, 905]
  const rows = [...flat(1020, 3), bought, ...flat(985, 40), dying, ...flat(905, 5)]
  const grid = { order_quantity: 10_300, grid_intervals: 2 }
  const { limits: usual } = requestOf(marketOf(rows))
  const limits = { ...usual, positionSizeMax: 3e8, capitalUtilizationMax: 3e8 }
  const { kinds, backtest } = same(requestOf(marketOf(rows), grid, { leverage: 20, limits }))
  assert.equal(kinds.isLiquidated, true)
  assert.deepEqual(
    backtest.fills.map(({ fill }) => fill.origin.kind),
    ['slot', 'liquidation'],
  )
})

test('a gap over all lines fills them at their prices, at the moment of the opening', () => {
  const rows = [...flat(1020, 20), [880, 890, 870, 880] as Row, ...flat(880, 20)]
  const { kinds } = same(requestOf(marketOf(rows)))
  assert.equal(kinds.hasGap, true)
})

test('an engine that was asked for and cannot run is refused with its reason', () => {
  const latency = { ...requestOf(marketOf(flat(1020, 5))).paper, latencyMs: 5 }
  const request = requestOf(marketOf(flat(1020, 5)), {}, { engine: 'skipping', paper: latency })
  assert.throws(() => new Backtest(request), BacktestRefused)
  const { ran } = new Backtest({ ...request, engine: 'auto' })
  assert.equal(ran.name, 'stepping')
  assert.match(ran.reason, /later/)
})

test('an isolated position dies where its own margin is gone, though the account has plenty', () => {
  const bought: Row = [1020, 1020, 945, 945]
  const dying: Row = [945, 945, 925, 926]
  const rows = [...flat(1020, 3), bought, ...flat(945, 40), dying, ...flat(926, 5)]
  const grid = { grid_upper_price: '13', grid_intervals: 8, grid_lower_price: '9' }
  const at = (leverage: number, marginMode: 'isolated' | 'cross') =>
    same(requestOf(marketOf(rows), grid, { leverage, marginMode })).kinds
  assert.equal(at(20, 'cross').isLiquidated, false)
  assert.equal(at(20, 'isolated').isLiquidated, true)
  assert.equal(at(5, 'isolated').isLiquidated, false)
})

test('round trips that lose are counted up to the one that is one too many', () => {
  // A cell earns 0.50 on 10: more than two fees of 0.5 %, less than two of 5 %.
  const down: Row = [1020, 1020, 990, 990]
  const up: Row = [990, 1060, 990, 1040]
  const back: Row = [1040, 1040, 1020, 1020]
  const rows = [...flat(1020, 3), ...Array.from({ length: 8 }, () => [down, up, back]).flat()]
  const run = (consecutiveLossesMax: number, maker: number) => {
    const plain = requestOf(marketOf(rows))
    const limits = { ...plain.limits, consecutiveLossesMax }
    const paper = { ...plain.paper, maker: ratio(maker) }
    return same({ ...plain, limits, paper }).backtest.breaches.map(({ code }) => code)
  }
  assert.deepEqual(run(3, 5_000_000), ['limit_consecutive_losses'])
  assert.deepEqual(run(0, 5_000_000), [])
  assert.deepEqual(run(1, 500_000), [])
})

/** Only the exchange says what is too much. */
const unlimited = (market: RecordedMarket) => ({
  ...requestOf(market).limits,
  positionSizeMax: 3e8,
  capitalUtilizationMax: 3e8,
})

test('an order that the free balance of an isolated account no longer covers is refused', () => {
  const market = marketOf([...flat(1020, 3), [1020, 1020, 945, 1005], ...flat(1005, 20)])
  // All buys together take 9 tenths of the balance; three fills cost 5 tenths in fees while one cell is held.
  const paper = { ...requestOf(market).paper, maker: ratio(10_000_000) }
  const parts = { limits: unlimited(market), paper, marginMode: 'isolated' } as const
  const { backtest } = same(requestOf(market, { order_quantity: 1_600 }, parts))
  assert.deepEqual([...backtest.rejections.keys()], ['insufficient_margin'])
})

test('funding that eats into an isolated margin brings its liquidation about', () => {
  // One cell, bought at 9.90 with nearly all of the balance as its margin.
  const rows = [...flat(1020, 3), [1020, 1020, 985, 985] as Row, ...flat(985, 80)]
  const market = marketOf(rows, 400_000)
  const grid = { grid_lower_price: '9.9', grid_intervals: 1, order_quantity: 4_900 }
  const parts = { limits: unlimited(market), marginMode: 'isolated' } as const
  assert.equal(same(requestOf(market, grid, parts)).kinds.isLiquidated, true)
})

test('a margin that funding has eaten into stays so when funding is received again', () => {
  const fall: readonly Row[] = [[985, 985, 830, 830], ...flat(830, 20)]
  const rows = [...flat(1020, 3), [1020, 1020, 985, 985] as Row, ...flat(985, 160), ...fall]
  const rate = (hour: number) => (hour > 20 ? (hour < 100 ? -400_000 : 0) : 400_000)
  const market = marketOf(rows, rate)
  const grid = { grid_lower_price: '9.9', grid_intervals: 1, order_quantity: 4_900 }
  const parts = { limits: unlimited(market), marginMode: 'isolated' } as const
  assert.equal(same(requestOf(market, grid, parts)).kinds.isLiquidated, true)
  const kept = marketOf(rows, (hour) => (hour < 100 ? -400_000 : 0))
  assert.equal(same(requestOf(kept, grid, parts)).kinds.isLiquidated, false)
})
