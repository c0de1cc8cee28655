/**
 * The statistics that backtesting.py publishes for an SMA(10/30) cross on Google shares (66 trades, 51,422.99 at the
 * end), by a test strategy through our engine. There an order fills at the next opening; here it fills at the moment of
 * the decision: so each bar is two candles, its opening alone and the rest of the day, and the strategy acts on the opening.
 * The equity of every bar is then theirs. Figures that both define alike are equal; for the others their formula is
 * worked out here from our equity and gives their number, ours stands beside it (docs/reference/third-party-numbers.md).
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeReplayInstrument } from '../../src/adapters/history/replay-instrument.ts'
import { LIMIT_OFF } from '../../src/backtest/assumptions.ts'
import { Backtest } from '../../src/backtest/run.ts'
import { statisticsOfRun } from '../../src/backtest/statistics.ts'
import type { RecordedMarket } from '../../src/domain/history.ts'
import { money, quantity } from '../../src/domain/money.ts'
import {
  drawdownsOf,
  returnsOf,
  sharpeOf,
  sortinoOf,
} from '../../src/domain/statistic/daily-returns.ts'
import type { Strategy, Wants } from '../../src/domain/strategy.ts'
import { parseSymbol } from '../../src/domain/symbol.ts'
import type { AnyStrategy } from '../../src/engine/instance.ts'
import { paperTerms } from '../support/table-market.ts'

const folder = process.env['MARKET_DATA'] || undefined
const options = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}

const HALF_DAY_MS = 43_200_000
const DAY_MS = 2 * HALF_DAY_MS
const CAPITAL = money(10_000 * 1e8)
const [FAST, SLOW] = [10, 30]
const PLENTY = 1_000_000_000

// Prices in 0.01, one lot is one share.
const instrument = makeReplayInstrument(
  'test',
  parseSymbol('GOOG/USD:USD'),
  { priceDecimals: 2, quantityDecimals: 0, lotSize: 1 },
  null,
)

interface Bar {
  readonly at: number
  readonly prices: readonly number[]
}

function readBars(file: string): readonly Bar[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(1)
  return lines.map((line) => {
    const [day = '', ...values] = line.split(',')
    return {
      at: Date.parse(`${day}T00:00:00Z`),
      prices: values.slice(0, 4).map((text) => Math.round(Number(text) * 100)),
    }
  })
}

/** The opening alone until noon, the rest of the day until midnight. */
function marketOf(bars: readonly Bar[]): RecordedMarket {
  const rows = bars.flatMap(({ at, prices }) => {
    const [open = 0] = prices
    return [
      [at, open, open, open, open],
      [at + HALF_DAY_MS, ...prices],
    ]
  })
  const column = (index: number) => Float64Array.from(rows, (row) => row[index] ?? 0)
  const candles = {
    openAt: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: Float64Array.from(rows, () => PLENTY),
  }
  return { instrument, timeframeMs: HALF_DAY_MS, candles, funding: null, mark: null }
}

interface State {
  closes: number[]
  candles: number
  wanted: 1 | -1 | 0
  isDue: boolean
  held: number
  /** Minus the value of all fills, price units · shares. */
  cash: number
}

const mean = (values: readonly number[], length: number, back: number): number => {
  const end = values.length - back
  return values.slice(end - length, end).reduce((sum, one) => sum + one, 0) / length
}

/** All-in in whole shares, long above, short below; nothing is left open behind the last opening. */
const crossOf = (bars: number): Strategy<unknown, State> => ({
  id: 'sma_cross',
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
  start: () => ({ closes: [], candles: 0, wanted: 0, isDue: false, held: 0, cash: 0 }),
  on(state, event, out) {
    if (event.kind === 'fill') {
      const lots = event.fill.side === 'buy' ? event.fill.quantity : -event.fill.quantity
      state.held += lots
      state.cash -= lots * event.fill.price
    }
    if (event.kind !== 'candle') return
    state.candles += 1
    if (state.candles % 2 === 1)
      atOpening(state, event.candle.close, state.candles === 2 * bars - 1, out)
    else atClose(state, event.candle.close)
  },
  wanted: () => ({ resting: [], targets: [], wakes: [], finish: null }),
  migrate: (state) => state as unknown as State,
  report: () => ({}),
})

function atClose(state: State, close: number): void {
  state.closes.push(close)
  if (state.closes.length <= SLOW) return
  const gap = (back: number) => mean(state.closes, FAST, back) - mean(state.closes, SLOW, back)
  const [before, now] = [gap(1), gap(0)]
  if ((before < 0 && now > 0) || (before > 0 && now < 0)) {
    state.wanted = now > 0 ? 1 : -1
    state.isDue = true
  }
}

function atOpening(state: State, open: number, isLast: boolean, out: Wants): void {
  if (!state.isDue && !isLast) return
  state.isDue = false
  const equity = CAPITAL / 1e6 + state.cash + state.held * open
  const shares = isLast ? 0 : state.wanted * Math.floor((equity * (1 - Number.EPSILON)) / open)
  out.target({
    instrument: instrument.id,
    quantity: quantity(shares),
    worstPrice: null,
    style: 'take',
    deadlineAt: null,
    isReduceOnly: false,
  })
}

function run(bars: readonly Bar[]): Backtest {
  const backtest = new Backtest({
    instance: 'goog',
    strategy: crossOf(bars.length) as AnyStrategy,
    parameters: {},
    market: marketOf(bars),
    window: { from: null, to: null },
    fillRule: 'touch',
    capital: CAPITAL,
    leverage: 20,
    marginMode: 'cross',
    initialPosition: 'none',
    limits: {
      positionSizeMax: 1e8,
      positionNotionalMax: null,
      dailyLossMax: LIMIT_OFF,
      drawdownMax: LIMIT_OFF,
      capitalUtilizationMax: 1e8,
      onBreach: 'reduce_only',
    },
    timeZone: 'UTC',
    paper: { ...paperTerms({ maker: 0, taker: 0 }), initialBalance: CAPITAL },
  })
  while (backtest.run(10_000));
  return backtest
}

/** Equity at the close of each day that was traded. */
function closingEquity({ equity }: Backtest): readonly number[] {
  const values: number[] = []
  for (let index = 2; index < equity.length; index += 2)
    values.push(equity.point(index).equity / 1e8)
  return values
}

const near = (found: number | null, expected: number, tolerance: number, name: string) =>
  assert.ok(
    found !== null && Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${name}: ${found}, published ${expected}`,
  )

const average = (values: readonly number[]) =>
  values.reduce((sum, one) => sum + one, 0) / values.length

test('66 trades of a published run, and every statistic of it', options, () => {
  const path = join(folder ?? '', 'expected')
  const published = JSON.parse(readFileSync(join(path, 'backtestingpy_goog_smacross.json'), 'utf8'))
    .expected as Readonly<Record<string, number>>
  const theirs = (name: string) => published[name] ?? Number.NaN
  const backtest = run(readBars(join(path, 'GOOG.csv')))
  const found = statisticsOfRun(backtest)
  const trips = backtest.trades.trips
  const closes = closingEquity(backtest)

  // Defined alike.
  assert.equal(found.trades, theirs('# Trades'))
  near(found.finalEquity, theirs('Equity Final [$]'), 1e-12, 'final equity')
  near(Math.max(...closes), theirs('Equity Peak [$]'), 1e-12, 'peak')
  near((found.totalReturn ?? 0) * 100, theirs('Return [%]'), 1e-12, 'return')
  near((found.winRate ?? 0) * 100, theirs('Win Rate [%]'), 1e-12, 'win rate')
  near(found.sqn, theirs('SQN'), 1e-9, 'SQN')
  near(found.kelly, theirs('Kelly Criterion'), 1e-9, 'Kelly')

  // Drawdown: theirs counts closes of bars, ours also the openings, which are candles here.
  const depth = (values: readonly number[]) =>
    Math.max(...drawdownsOf(values).map(({ share }) => share))
  near(-100 * depth([10_000, ...closes]), theirs('Max. Drawdown [%]'), 1e-9, 'drawdown')
  assert.ok(found.maxDrawdown >= depth([10_000, ...closes]))

  // Theirs by their own formulas, from our equity: 252 days, geometric mean, volatility of a compounded year.
  const returns = returnsOf(closes)
  const daily = ((closes.at(-1) ?? 0) / (closes[0] ?? 1)) ** (1 / returns.length)
  const yearly = daily ** 252 - 1
  near(yearly * 100, theirs('Return (Ann.) [%]'), 1e-9, 'annual return')
  const mid = average(returns)
  const variance = returns.reduce((sum, one) => sum + (one - mid) ** 2, 0) / (returns.length - 1)
  const volatility = Math.sqrt((variance + daily ** 2) ** 252 - daily ** 504)
  near(volatility * 100, theirs('Volatility (Ann.) [%]'), 1e-9, 'volatility')
  near(yearly / volatility, theirs('Sharpe Ratio'), 1e-9, 'Sharpe')
  near((yearly * 100) / -theirs('Max. Drawdown [%]'), theirs('Calmar Ratio'), 1e-9, 'Calmar')
  const downside = Math.sqrt(average(returns.map((one) => Math.min(one, 0) ** 2)))
  near(yearly / (downside * Math.sqrt(252)), theirs('Sortino Ratio'), 1e-9, 'Sortino')
  const days = (backtest.source.endAt - backtest.source.startAt - DAY_MS) / DAY_MS
  const growth = ((closes.at(-1) ?? 0) / 10_000) ** (365.25 / days) - 1
  near(growth * 100, theirs('CAGR [%]'), 1e-9, 'CAGR')

  // Their profit factor and expectancy are of the returns of trades, ours of money.
  const shares = trips.map(({ entry, exit, side }) =>
    side === 'long' ? exit / entry - 1 : 1 - exit / entry,
  )
  const won = shares.filter((one) => one > 0).reduce((sum, one) => sum + one, 0)
  const lost = shares.filter((one) => one < 0).reduce((sum, one) => sum - one, 0)
  near(won / lost, theirs('Profit Factor'), 1e-6, 'profit factor')
  near(average(shares) * 100, theirs('Expectancy [%]'), 1e-6, 'expectancy')
  near(Math.max(...shares) * 100, theirs('Best Trade [%]'), 1e-6, 'best trade')
  near(Math.min(...shares) * 100, theirs('Worst Trade [%]'), 1e-6, 'worst trade')

  // Ours, as docs/reference/third-party-numbers.md states them.
  near(found.sharpe, 0.8754, 1e-4, 'our Sharpe')
  near(sharpeOf(returns, 252), 0.7984, 1e-4, 'our Sharpe with 252 days')
  near(found.sortino, 1.3296, 1e-4, 'our Sortino')
  near(sortinoOf(returns, 252), 1.2058, 1e-4, 'our Sortino with 252 days')
  near(found.cagr, 0.21137, 1e-5, 'our CAGR')
  near(found.calmar, 0.43774, 1e-5, 'our Calmar')
  near(found.maxDrawdown, 0.48286, 1e-5, 'our drawdown')
  near(found.volatility, 0.31936, 1e-5, 'our volatility')
  near(found.profitFactor, 1.47784, 1e-5, 'our profit factor')
  near(found.exposure, 0.96696, 1e-5, 'our exposure')
})
