/** Markets, parameters and runs for tests of the shipped strategies. */
import { makeReplayInstrument } from '../../src/adapters/history/replay-instrument.ts'
import { Backtest, type BacktestRequest } from '../../src/backtest/run.ts'
import type { RecordedMarket } from '../../src/domain/history.ts'
import { money, ratio } from '../../src/domain/money.ts'
import type { RawParameters } from '../../src/domain/signal/parameter-reader.ts'
import type { StrategyEvent } from '../../src/domain/strategy.ts'
import { parseSymbol } from '../../src/domain/symbol.ts'
import type { AnyStrategy } from '../../src/engine/instance.ts'
import { Random } from '../support/random.ts'

export const MINUTE_MS = 60_000
export const START_AT = Date.UTC(2024, 0, 1)

// Prices in 0.01, one lot 0.001 SOL: a price unit of a lot is worth 1,000 of 1e-8.
export const sol = makeReplayInstrument(
  'test',
  parseSymbol('SOL/USDC:USDC'),
  { priceDecimals: 2, quantityDecimals: 3, lotSize: 1 },
  null,
)

/** Open, high, low, close. */
export type Row = readonly [number, number, number, number]

export function marketOf(rows: readonly Row[], timeframeMs = MINUTE_MS): RecordedMarket {
  const column = (index: number) => Int32Array.from(rows, (row) => row[index] ?? 0)
  const hours = Math.floor((rows.length * timeframeMs) / 3_600_000)
  return {
    instrument: sol,
    timeframeMs,
    candles: {
      openAt: Float64Array.from(rows, (_, index) => START_AT + index * timeframeMs),
      open: column(0),
      high: column(1),
      low: column(2),
      close: column(3),
      volume: Int32Array.from(rows, () => 1_000_000),
    },
    funding: {
      at: Float64Array.from({ length: hours }, (_, hour) => START_AT + (hour + 1) * 3_600_000),
      rate: Int32Array.from({ length: hours }, (_, hour) => (hour % 3 === 0 ? -4_000 : 9_000)),
    },
    mark: null,
  }
}

/** A price that trends, turns and jumps: every strategy trades on it. */
export function wildRows(seed: number, count: number): Row[] {
  const random = new Random(seed)
  const rows: Row[] = []
  let last = 10_000
  let drift = 0
  for (let index = 0; index < count; index += 1) {
    if (random.chance(0.04)) drift = random.int(-12, 12)
    const open = Math.max(2_000, random.chance(0.03) ? last + random.int(-80, 80) : last)
    const close = Math.min(40_000, Math.max(2_000, open + drift + random.int(-45, 45)))
    const high = Math.max(open, close) + random.int(0, 30)
    const low = Math.min(open, close) - random.int(0, 30)
    rows.push([open, high, low, close])
    last = close
  }
  return rows
}

const exits = {
  stop_loss: 2,
  take_profit: 4,
  take_profit_steps: '7:2, 15:0.6, 33:-100',
  trailing_stop: 1.5,
  time_exit: 40,
}
const atrExits = {
  stop_loss_atr: 3,
  take_profit_atr: 6,
  trailing_stop_atr: 4,
  trailing_offset: 0.5,
}
const risk = { sizing: 'risk_per_trade', risk_per_trade: 1 }

/** Several ways to run each strategy, with lengths that trade often. */
export const samples: Readonly<Record<string, readonly RawParameters[]>> = {
  dual_ma: [
    { fast_length: 3, slow_length: 8 },
    { fast_length: 3, slow_length: 8, ma_type: 'ema', ...exits, ...risk },
    {
      fast_length: 2,
      slow_length: 5,
      timeframe: '5m',
      ma_type: 'wma',
      direction: 'long',
      ...atrExits,
      atr_length: 5,
    },
  ],
  triple_ma: [
    { fast_length: 2, middle_length: 4, slow_length: 8 },
    { fast_length: 2, middle_length: 4, slow_length: 8, direction: 'short', ...atrExits, ...risk },
  ],
  rsi_mean_reversion: [
    { rsi_length: 4, oversold: 35, overbought: 65 },
    { rsi_length: 4, oversold: 35, overbought: 65, exit_level: 60, trend_length: 12, ...exits },
  ],
  bollinger_breakout: [
    { length: 8, deviations: 1.5 },
    { length: 8, deviations: 1.2, exit_at: 'opposite', timeframe: '3m', ...atrExits },
  ],
  macd_divergence: [
    { fast_length: 3, slow_length: 7, signal_length: 3, pivot_bars: 2, lookback: 40 },
    {
      fast_length: 3,
      slow_length: 7,
      signal_length: 3,
      pivot_bars: 1,
      exit_at_cross: false,
      ...exits,
    },
  ],
  donchian_breakout: [
    { entry_length: 8, exit_length: 4 },
    { entry_length: 8, exit_length: 0, sizing: 'fixed', order_quantity: '3.5', ...exits },
  ],
  supertrend: [
    { length: 5, multiplier: 1.5 },
    {
      length: 5,
      multiplier: 1.5,
      sizing: 'fixed',
      order_notional: 250,
      trigger_by: 'mark',
      ...exits,
    },
  ],
  dca: [
    { safety_orders: 4, deviation: 0.4, volume_scale: 1.2, take_profit: 0.6 },
    {
      safety_orders: 2,
      deviation: 0.5,
      direction: 'short',
      repeat_bars: 4,
      repeats_max: 3,
      cooldown: 3,
      take_profit: 0.5,
      stop_loss: 2,
    },
    {
      safety_orders: 3,
      deviation: 0.3,
      step_scale: 1.5,
      timeframe: '3m',
      repeat_bars: 2,
      time_exit: 9,
    },
  ],
  market_making: [
    { spread: 0.3 },
    { spread: 0.4, skew: 3, inventory_max: 3, stop_loss: 1, cooldown: 2, requote_tolerance: 0 },
    { spread: 0.2, timeframe: '3m', direction: 'long', time_exit: 5, equity_share: 10 },
  ],
}

export function requestOf(
  strategy: AnyStrategy,
  parameters: unknown,
  market: RecordedMarket,
  parts: Partial<BacktestRequest> = {},
): BacktestRequest {
  return {
    instance: 'lives',
    strategy,
    parameters,
    market,
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
      slippage: ratio(10_000),
      latencyMs: 0,
      volumeShare: ratio(100_000_000),
    },
    ...parts,
  }
}

export function ran(request: BacktestRequest): Backtest {
  const backtest = new Backtest(request)
  while (backtest.run(1_000_000));
  return backtest
}

/** A strategy that writes down what it hears. */
export function recording(strategy: AnyStrategy, events: StrategyEvent[]): AnyStrategy {
  return {
    ...strategy,
    on(state, event, out) {
      events.push(structuredClone(event))
      strategy.on(state, event, out)
    },
  }
}
