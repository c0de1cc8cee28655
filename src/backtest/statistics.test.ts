/** The statistics of a run are those of its own lists, worked out anew; and the same when no lists are kept. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeReplayInstrument } from '../adapters/history/replay-instrument.ts'
import type { RecordedMarket } from '../domain/history.ts'
import { money, quantity, ratio } from '../domain/money.ts'
import { returnsOf, sharpeOf } from '../domain/statistic/daily-returns.ts'
import type { Strategy } from '../domain/strategy.ts'
import { parseSymbol } from '../domain/symbol.ts'
import type { AnyStrategy } from '../engine/instance.ts'
import { reportHtml } from './report-html.ts'
import { monthlyReturns, seriesOf } from './report-series.ts'
import { warningsOf } from './report-warnings.ts'
import { resultOf } from './result.ts'
import { Backtest, type BacktestRequest } from './run.ts'
import { statisticsOfRun } from './statistics.ts'

const H = 3_600_000
const DAY = 24 * H
const T = Date.UTC(2024, 0, 30)
const DAYS = 20

const instrument = makeReplayInstrument(
  'test',
  parseSymbol('SOL/USDC:USDC'),
  { priceDecimals: 2, quantityDecimals: 3, lotSize: 1 },
  null,
)

/** 20 days of hours: up and down by a dollar every six hours, and slowly upwards. */
function market(): RecordedMarket {
  const closes = Array.from(
    { length: DAYS * 24 },
    (_, hour) => 10_000 + hour + (Math.floor(hour / 6) % 2) * 100,
  )
  const opens = closes.map((_, index) => closes[Math.max(0, index - 1)] ?? 0)
  const pairs = closes.map((close, index) => [opens[index] ?? 0, close] as const)
  return {
    instrument,
    timeframeMs: H,
    candles: {
      openAt: Float64Array.from(closes, (_, index) => T + index * H),
      open: Float64Array.from(opens),
      high: Float64Array.from(pairs, ([a, b]) => Math.max(a, b)),
      low: Float64Array.from(pairs, ([a, b]) => Math.min(a, b)),
      close: Float64Array.from(closes),
      volume: Float64Array.from(closes, () => 1_000_000),
    },
    funding: { at: Float64Array.of(T + 8 * H, T + 16 * H), rate: Int32Array.of(10_000, -5_000) },
    mark: null,
  }
}

/** Holds one SOL for eleven hours of twelve. */
const strategy: Strategy<unknown, { hours: number }> = {
  id: 'by_the_clock',
  stateVersion: 1,
  parameters: {},
  inputs: () => ({
    instrumentsMin: 1,
    instrumentsMax: 1,
    timeframes: [],
    warmUpCandles: 0,
    bookDepth: 0,
  }),
  check: () => [],
  start: () => ({ hours: 0 }),
  on(state, event, out) {
    if (event.kind !== 'candle') return
    state.hours += 1
    const phase = state.hours % 12
    if (phase !== 2 && phase !== 3) return
    out.target({
      instrument: event.instrument,
      quantity: quantity(phase === 3 ? 1000 : 0),
      worstPrice: null,
      style: 'take',
      deadlineAt: null,
      isReduceOnly: false,
    })
  },
  wanted: () => ({ resting: [], targets: [], wakes: [], finish: null }),
  migrate: (state) => state as { hours: number },
  report: () => ({}),
}

const terms = {
  initialBalance: money(1000 * 1e8),
  maker: ratio(20_000),
  taker: ratio(50_000),
  slippage: ratio(0),
  latencyMs: 0,
  volumeShare: ratio(100_000_000),
}

function finished(parts: Partial<BacktestRequest> = {}): Backtest {
  const off = 1_000_000_000
  const backtest = new Backtest({
    instance: 'clock',
    strategy: strategy as AnyStrategy,
    parameters: { a: 1 },
    market: market(),
    window: { from: null, to: null },
    fillRule: 'through',
    capital: money(1000 * 1e8),
    leverage: 1,
    marginMode: 'isolated',
    initialPosition: 'none',
    limits: {
      positionSizeMax: 100_000_000,
      positionNotionalMax: null,
      dailyLossMax: off,
      drawdownMax: off,
      capitalUtilizationMax: 100_000_000,
      onBreach: 'reduce_only',
    },
    timeZone: 'UTC',
    paper: terms,
    ...parts,
  })
  while (backtest.run(1_000));
  return backtest
}

test('statistics of sums are those of the lists of the same run', () => {
  const backtest = finished()
  const found = statisticsOfRun(backtest)
  const { fills, funding, equity, trades } = backtest
  assert.equal(found.days, DAYS)
  assert.equal(found.fills, fills.length)
  assert.equal(found.trades, trades.trips.length)
  assert.equal(found.trades, 39)
  const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0)
  const near = (a: number | null, b: number) =>
    assert.ok(Math.abs((a ?? Number.NaN) - b) < 1e-9, `${a} ${b}`)
  near(found.feesTotal, sum(fills.map(({ fill }) => fill.fee)) / 1e8)
  near(found.fundingTotal, sum(funding.map(({ amount }) => amount)) / 1e8)
  near(found.turnover, sum(fills.map(({ fill }) => (fill.price * fill.quantity) / 1e5)))
  // Results of the trips and funding are all there is beside what is still held.
  const open = backtest.engine.ledger.unrealised([backtest.price])
  const openFee = fills.at(-1)?.fill.fee ?? 0
  near(
    found.profit,
    (sum(trades.trips.map(({ net }) => net)) + open - openFee) / 1e8 + found.fundingTotal,
  )
  // Every day of the curve: the start, then the close at each midnight.
  const daily = [1000 * 1e8]
  for (let index = 1; index < equity.length; index += 1) {
    const point = equity.point(index)
    if (point.at % DAY === 0) daily.push(point.equity)
  }
  assert.equal(daily.length, DAYS + 1)
  near(found.sharpe, sharpeOf(returnsOf(daily)) ?? Number.NaN)
  // 39 holds of eleven hours, and one that is nine hours old at the end.
  near(found.exposure, (11 * 39 + 9) / (24 * DAYS))
  near(
    found.buyAndHold,
    10_000 === backtest.startPrice ? backtest.price.last / 10_000 - 1 : Number.NaN,
  )
})

test('figures alone give the same statistics', () => {
  const full = statisticsOfRun(finished())
  const lean = finished({ detail: 'figures' })
  assert.deepEqual(statisticsOfRun(lean), full)
  assert.equal(lean.fills.length, 0)
  assert.equal(seriesOf(lean), null)
  // A report of it has no pictures, but the figures.
  assert.match(reportHtml(lean, resultOf(lean, 's')), /Return and risk/)
})

test('a fill at the very end is in the last sample, in the curve and in the drawdown', () => {
  // Eight days: the hold that began at hour 183 is closed with the last candle.
  const to = T + 194 * H
  const backtest = finished({
    window: { from: null, to },
    paper: { ...terms, taker: ratio(5_000_000) },
  })
  const { equity, fills, end } = backtest
  const last = equity.point(equity.length - 1)
  assert.deepEqual([fills.at(-1)?.fill.at, last.at, end?.at], [to, to, to])
  assert.equal(backtest.engine.ledger.position, 0)
  assert.equal(last.equity, backtest.engine.ledger.equity([backtest.price]))
  assert.ok(last.equity < equity.point(equity.length - 2).equity)
  const found = statisticsOfRun(backtest)
  assert.equal(found.finalEquity, last.equity / 1e8)
  assert.equal(found.maxDrawdownAmount, (1000 * 1e8 - last.equity) / 1e8)
  assert.deepEqual(
    statisticsOfRun(
      finished({ window: { from: null, to }, paper: backtest.request.paper, detail: 'figures' }),
    ),
    found,
  )
})

test('months end at midnight, and multiply to the whole', () => {
  const at = (day: number, hours = 0) => Date.UTC(2024, 0, day, hours)
  const points = [
    { at: at(30), equity: 100 },
    { at: at(31), equity: 110 },
    { at: at(32), equity: 121 },
    { at: at(32, 1), equity: 242 },
    { at: at(62), equity: 60.5 },
  ]
  assert.deepEqual(
    monthlyReturns(points.length, (index) => points[index] ?? { at: 0, equity: 0 }).map(
      ({ year, month, change }) => [year, month, Math.round(change * 1000) / 1000],
    ),
    [
      [2024, 1, 0.21],
      [2024, 2, 1],
      [2024, 3, -0.75],
    ],
  )
  const series = seriesOf(finished())
  const whole = series?.months.reduce((product, { change }) => product * (1 + change), 1) ?? 0
  assert.ok(Math.abs(whole - 1 - (statisticsOfRun(finished()).totalReturn ?? 0)) < 1e-12)
})

test('a report names missing data, a stand-in and a caveat before any figure', () => {
  const holed = market()
  const keep = <T extends Float64Array>(column: T) =>
    column.filter((_, index) => index < 100 || index > 300)
  const { candles } = holed
  const cut = {
    ...holed,
    candles: {
      openAt: keep(candles.openAt as Float64Array),
      open: keep(candles.open as Float64Array),
      high: keep(candles.high as Float64Array),
      low: keep(candles.low as Float64Array),
      close: keep(candles.close as Float64Array),
      volume: keep(candles.volume as Float64Array),
    },
  }
  const caveat = 'nobody knows'
  const backtest = finished({ market: cut, strategy: { ...strategy, caveat } as AnyStrategy })
  const result = resultOf(backtest, 's', { version: '1.2.3', isProxy: true })
  assert.equal(result.dataQuality.missing, 201)
  assert.deepEqual(result.dataQuality.longestGap, {
    from: '2024-02-03T04:00:00.000Z',
    to: '2024-02-11T13:00:00.000Z',
    candles: 201,
  })
  assert.deepEqual([result.isProxy, result.isIndicative, result.version], [true, true, '1.2.3'])
  const said = warningsOf(result).join('\n')
  assert.match(said, /41\.88 % of the candles of this window are missing \(201 of 480\)/)
  assert.match(said, /Candles of a spot market stand in/)
  assert.match(said, /Indicative only\. nobody knows/)
  const html = reportHtml(backtest, result)
  assert.ok(html.indexOf('are missing') < html.indexOf('class="cards"'))
  const { funding } = holed
  const at = Float64Array.from({ length: DAYS * 3 }, (_, index) => T + (index + 1) * 8 * H)
  const whole = { at, rate: at.map(() => 0) }
  const saidOf = (rates: typeof funding) =>
    warningsOf(resultOf(finished({ market: { ...holed, funding: rates } }), 's'))
  assert.deepEqual(saidOf(whole), [])
  assert.deepEqual(saidOf(funding), [
    '95.00 % of this window has no recorded funding rates: none was paid or received there.',
  ])
  assert.deepEqual(saidOf(null), [
    'No funding rates of this window are recorded: none was paid or received.',
  ])
})

test('a report is one file: nothing is fetched, and no text of the run becomes markup', () => {
  const html = reportHtml(
    finished({ instance: '<img src=x>' }),
    resultOf(finished({ instance: '<img src=x>' }), 's'),
  )
  assert.ok(!html.includes('<img'))
  assert.doesNotMatch(html, /<[^>]*(src|href)=|@import|url\(|https?:/)
  assert.ok(!/NaN|Infinity|undefined/.test(html.replace(/<script>[\s\S]*<\/script>/, '')))
})
