/** A small market and a request on it for the tests of searches. */
import { makeReplayInstrument } from '../../src/adapters/history/replay-instrument.ts'
import type { BacktestRequest } from '../../src/backtest/run.ts'
import { parseDimension, type Space } from '../../src/backtest/search/space.ts'
import { checkSpace } from '../../src/backtest/search/space-check.ts'
import type { RecordedMarket } from '../../src/domain/history.ts'
import { ratio } from '../../src/domain/money.ts'
import { parseSymbol } from '../../src/domain/symbol.ts'
import { Random } from './random.ts'
import { CAPITAL, strategies } from './search-strategies.ts'

const HOUR_MS = 3_600_000
export const START = Date.UTC(2024, 0, 1)

/** Hours of a seeded random walk. */
export function walkMarket(candles = 24 * 20, seed = 3): RecordedMarket {
  const random = new Random(seed)
  const columns = { open: [0], high: [0], low: [0], close: [0] }
  for (const column of Object.values(columns)) column.length = 0
  let last = 10_000
  for (let index = 0; index < candles; index += 1) {
    const close = Math.max(4_000, last + random.int(-90, 92))
    columns.open.push(last)
    columns.close.push(close)
    columns.high.push(Math.max(last, close) + random.int(0, 30))
    columns.low.push(Math.min(last, close) - random.int(0, 30))
    last = close
  }
  const at = (index: number) => START + index * HOUR_MS
  return {
    instrument: makeReplayInstrument(
      'test',
      parseSymbol('SOL/USDC:USDC'),
      { priceDecimals: 2, quantityDecimals: 3, lotSize: 1 },
      null,
    ),
    timeframeMs: HOUR_MS,
    candles: {
      openAt: Float64Array.from({ length: candles }, (_, index) => at(index)),
      open: Int32Array.from(columns.open),
      high: Int32Array.from(columns.high),
      low: Int32Array.from(columns.low),
      close: Int32Array.from(columns.close),
      volume: new Int32Array(candles).fill(50_000),
    },
    funding: { at: Float64Array.of(at(8), at(16)), rate: Int32Array.of(10_000, -5_000) },
    mark: null,
  }
}

/** The flipper on the small market. */
export function flipperRequest(parts: Partial<BacktestRequest> = {}): BacktestRequest {
  const [strategy] = strategies
  if (strategy === undefined) throw new Error('no strategy')
  return {
    instance: 'flip',
    strategy,
    parameters: { every: 10, size: '1', fault: 'none' },
    market: walkMarket(),
    window: { from: null, to: null },
    fillRule: 'through',
    capital: CAPITAL,
    leverage: 1,
    marginMode: 'isolated',
    initialPosition: 'open',
    limits: {
      positionSizeMax: 100_000_000_000,
      positionNotionalMax: null,
      dailyLossMax: 1_000_000_000,
      drawdownMax: 1_000_000_000,
      capitalUtilizationMax: 100_000_000,
      onBreach: 'reduce_only',
    },
    timeZone: 'UTC',
    paper: {
      initialBalance: CAPITAL,
      maker: ratio(20_000),
      taker: ratio(50_000),
      slippage: ratio(0),
      latencyMs: 0,
      volumeShare: ratio(100_000_000),
    },
    ...parts,
  }
}

export function flipperSpace(...texts: readonly string[]): Space {
  return checkSpace(
    texts.map(parseDimension),
    'flipper',
    flipperRequest().strategy.parameters,
    () => null,
  )
}

/** For worker threads, which cannot be handed a strategy. */
export const STRATEGY_MODULE = new URL('./search-strategies.ts', import.meta.url).href
