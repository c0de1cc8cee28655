/** Legs of tables of candles, and requests for backtests on them. */
import { makeReplayInstrument } from '../../src/adapters/history/replay-instrument.ts'
import type { LegRequest, LegsRequest } from '../../src/backtest/legs.ts'
import type { RecordedMarket } from '../../src/domain/history.ts'
import type { InstrumentId } from '../../src/domain/instrument.ts'
import { money, quantity, type Ratio, ratio } from '../../src/domain/money.ts'
import type { TargetWant } from '../../src/domain/strategy.ts'
import { parseSymbol } from '../../src/domain/symbol.ts'
import type { AnyStrategy } from '../../src/engine/instance.ts'

export const H = 3_600_000
export const T = Date.UTC(2024, 0, 1)
export const ALL = 100_000_000 as Ratio
export const scale = { priceDecimals: 2, quantityDecimals: 3, lotSize: 1 }

export type Rows = readonly (readonly [number, number, number, number])[]

/** One price unit of a lot is worth 1,000 of 1e-8. @param rate of the funding at 01:00 */
export function tableMarket(
  venue: string,
  symbol: string,
  rows: Rows,
  rate: number,
): RecordedMarket {
  const column = (index: number) => Int32Array.from(rows, (row) => row[index] ?? 0)
  return {
    instrument: makeReplayInstrument(venue, parseSymbol(symbol), scale, null),
    timeframeMs: H,
    candles: {
      openAt: Float64Array.from(rows, (_, index) => T + index * H),
      open: column(0),
      high: column(1),
      low: column(2),
      close: column(3),
      volume: Int32Array.from(rows, () => 1_000_000),
    },
    funding: { at: Float64Array.of(T + H), rate: Int32Array.of(rate) },
    mark: null,
  }
}

export const inputs = (count: number) => () => ({
  instrumentsMin: count,
  instrumentsMax: count,
  timeframes: [],
  warmUpCandles: 0,
  bookDepth: 0,
})

export const targetOf = (instrument: InstrumentId, lots: number): TargetWant => ({
  instrument,
  quantity: quantity(lots),
  worstPrice: null,
  style: 'take',
  deadlineAt: null,
  isReduceOnly: false,
})

export const paper = {
  initialBalance: money(50_000_000_000),
  maker: ratio(20_000),
  taker: ratio(50_000),
  slippage: ratio(0),
  latencyMs: 0,
  volumeShare: ALL,
}
export const limits = {
  positionSizeMax: ALL,
  positionNotionalMax: null,
  dailyLossMax: ALL,
  drawdownMax: ALL,
  capitalUtilizationMax: ALL,
  onBreach: 'reduce_only',
} as const

export const legOf = (market: RecordedMarket, change: Partial<LegRequest> = {}): LegRequest => ({
  market,
  capital: money(50_000_000_000),
  leverage: 3,
  marginMode: 'cross',
  paper,
  limits,
  settleRate: ALL,
  ...change,
})

export const requestOf = (strategy: unknown, legs: readonly LegRequest[]): LegsRequest => ({
  instance: 'legs',
  strategy: strategy as AnyStrategy,
  parameters: {},
  legs,
  window: { from: null, to: null },
  fillRule: 'through',
  initialPosition: 'open',
  timeZone: 'UTC',
})
