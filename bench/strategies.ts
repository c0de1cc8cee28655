/**
 * The stepping engine: a year of minutes through SimulatedExchange, OrderLoop and InstanceEngine with its ledger, with
 * funding, fees, drawdown, limits and liquidation on. Every pass runs all strategies in another random order in this one
 * process, as a sweep of several strategies would, so no call site knows which strategy comes next. The reference is a
 * plain loop over the same columns that marks one position to market and keeps the drawdown.
 */
import { Backtest, type BacktestRequest } from '../src/backtest/run.ts'
import type { RecordedMarket } from '../src/domain/history.ts'
import { money, type Ratio, ratio } from '../src/domain/money.ts'
import type { Json } from '../src/domain/strategy.ts'
import { strategyById } from '../src/strategies/registry.ts'
import { Random } from '../test/support/random.ts'
import { median, perSecond, type Row, shownTime } from './measure.ts'
import { loadBenchMarket } from './real-market.ts'

const PASSES = 6

/** Processor time of this thread, ms: other load on the machine is not counted. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

const ALL = 100_000_000 as Ratio
const CAPITAL = money(10_000_000_000_000)

interface Case {
  readonly name: string
  readonly strategy: string
  readonly parameters: { readonly [key: string]: Json }
}

const gridCase = (name: string, mode: string, lower: number, upper: number): Case => ({
  name: `perp_grid, 100 intervals, ${name}`,
  strategy: 'perp_grid',
  parameters: {
    grid_type: 'neutral',
    grid_mode: mode,
    grid_lower_price: lower,
    grid_upper_price: upper,
    grid_intervals: 100,
    order_notional: '500',
  },
})

/** Bounds of the grids as shares of the first price, so that they also fit a generated market. */
function casesFor(market: RecordedMarket): readonly Case[] {
  const first = (market.candles.open[0] ?? 0) / 10 ** market.instrument.priceDecimals
  const at = (share: number): number => Math.round(first * share * 100) / 100
  const signal = (strategy: string, name: string, parameters: Case['parameters']): Case => ({
    name: `${strategy}, ${name}`,
    strategy,
    parameters: { equity_share: '20', ...parameters },
  })
  return [
    signal('dual_ma', 'bars of 1h', { timeframe: '1h' }),
    signal('dual_ma', 'every minute, 600 and 1800', { fast_length: 600, slow_length: 1800 }),
    signal('triple_ma', 'bars of 1h', { timeframe: '1h' }),
    signal('rsi_mean_reversion', 'bars of 1h', { timeframe: '1h', stop_loss: '3' }),
    signal('bollinger_breakout', 'bars of 4h', { timeframe: '4h', trailing_stop: '4' }),
    signal('donchian_breakout', 'bars of 4h', { timeframe: '4h' }),
    signal('supertrend', 'bars of 1h', { timeframe: '1h' }),
    gridCase('geometric, 32 to 108 %', 'geometric', at(0.32), at(1.08)),
    gridCase('arithmetic, 82 to 108 %', 'arithmetic', at(0.82), at(1.08)),
    gridCase('arithmetic, 41 to 45 %', 'arithmetic', at(0.41), at(0.455)),
  ]
}

function requestOf(market: RecordedMarket, { strategy: id, parameters }: Case): BacktestRequest {
  const strategy = strategyById(id)
  if (strategy === null) throw new Error(`there is no strategy ${id}`)
  const limits = {
    positionSizeMax: ALL,
    positionNotionalMax: null,
    dailyLossMax: ALL,
    drawdownMax: ALL,
    capitalUtilizationMax: ALL,
    onBreach: 'reduce_only',
  } as const
  return {
    instance: 'bench',
    strategy,
    parameters,
    market,
    window: { from: null, to: null },
    fillRule: 'through',
    engine: 'stepping',
    detail: 'figures',
    capital: CAPITAL,
    leverage: 3,
    marginMode: 'cross',
    initialPosition: 'none',
    limits,
    timeZone: 'UTC',
    paper: {
      initialBalance: CAPITAL,
      maker: ratio(20_000),
      taker: ratio(50_000),
      slippage: ratio(10_000),
      latencyMs: 0,
      volumeShare: ALL,
    },
  }
}

/** One position marked to market at every close, its drawdown, and whether a candle leaves a band. */
function bareLoop({ candles }: RecordedMarket): number {
  const { open, high, low, close } = candles
  let [peak, fall, left] = [0, 0, 0]
  for (let index = 0; index < close.length; index += 1) {
    const equity = 1e9 + 100 * ((close[index] as number) - (open[index] as number))
    if (equity > peak) peak = equity
    else if (peak - equity > fall) fall = peak - equity
    if ((high[index] as number) - (low[index] as number) > 1e6) left += 1
  }
  return fall + left
}

/** Enough turns for a clock that ticks in steps of 10 ms; what they add up to is looked at, else nothing would be run. */
const BARE_TURNS = 60

/** @returns ns a candle */
function bareTimed(market: RecordedMarket): number {
  const started = threadMs()
  let sum = 0
  for (let turn = 0; turn < BARE_TURNS; turn += 1) sum += bareLoop(market)
  if (!(sum > 0)) throw new Error('a market without falls is none')
  return ((threadMs() - started) / BARE_TURNS / market.candles.close.length) * 1e6
}

interface Measured {
  readonly ns: number[]
  fills: number
}

/** Runs one case to its end. @returns ns a candle */
function timed(request: BacktestRequest, into: Measured): number {
  const started = threadMs()
  const run = new Backtest(request)
  while (run.run(1_000_000));
  const ns = ((threadMs() - started) / run.counts.candles) * 1e6
  into.fills = run.counts.fills
  return ns
}

export async function benchStrategies(): Promise<readonly Row[]> {
  const { market, isReal } = await loadBenchMarket()
  const cases = casesFor(market).map((one) => ({ one, request: requestOf(market, one) }))
  const results = new Map<Case, Measured>(cases.map(({ one }) => [one, { ns: [], fills: 0 }]))
  const bare: number[] = []
  const random = new Random(7)
  for (let pass = 0; pass < PASSES; pass += 1) {
    const order = cases.map((item) => ({ item, key: random.next() }))
    order.sort((a, b) => a.key - b.key)
    for (const { item } of order) {
      const bareNs = bareTimed(market)
      const into = results.get(item.one)
      if (into === undefined) continue
      const ns = timed(item.request, into)
      // The first pass warms up.
      if (pass === 0) continue
      into.ns.push(ns)
      bare.push(bareNs)
    }
  }
  const reference = median(bare)
  const data = isReal ? 'BTC 1m 2022' : 'random walk'
  return cases.map(({ one }) => {
    const { ns, fills } = results.get(one) ?? { ns: [], fills: 0 }
    const own = median(ns)
    return {
      what: `stepping engine, one candle: ${one.name}`,
      measured: `${shownTime(own)} (${perSecond(own)})`,
      reference: shownTime(reference),
      ratio: (own / reference).toFixed(0),
      note: `${data}, ${fills.toLocaleString('en-US')} fills; strategies mixed in one process, processor time; reference: plain loop over the columns`,
    }
  })
}
