/**
 * What a strategy outside the repository imports: `perpfleet/strategy` (docs/guides/plug-ins.md). The types of the
 * contract, numbers of the core and defineStrategy; nothing here reads, writes or knows a clock.
 */
import type { Strategy } from '../domain/strategy.ts'

export * from '../domain/indicator/adx.ts'
export * from '../domain/indicator/atr.ts'
export * from '../domain/indicator/average.ts'
export * from '../domain/indicator/bollinger.ts'
export * from '../domain/indicator/cci.ts'
export * from '../domain/indicator/donchian.ts'
export * from '../domain/indicator/ichimoku.ts'
export * from '../domain/indicator/keltner.ts'
export * from '../domain/indicator/macd.ts'
export * from '../domain/indicator/mfi.ts'
export * from '../domain/indicator/obv.ts'
export * from '../domain/indicator/parabolic-sar.ts'
export * from '../domain/indicator/roc.ts'
export * from '../domain/indicator/rsi.ts'
export * from '../domain/indicator/stochastic.ts'
export * from '../domain/indicator/super-trend.ts'
export * from '../domain/indicator/vwap.ts'
export * from '../domain/indicator/williams-r.ts'
export * from '../domain/indicator/window.ts'
export { type Instrument, type InstrumentId, notionalOf } from '../domain/instrument.ts'
export type { Candle, MarketPrice } from '../domain/market.ts'
export {
  divide,
  feeOf,
  formatDecimal,
  formatMoney,
  type Money,
  money,
  mulDiv,
  type Price,
  parseDecimal,
  parseDecimalRounded,
  price,
  type Quantity,
  quantity,
  type Ratio,
  type Rounding,
  ratio,
} from '../domain/money.ts'
export type { AttributedFill, Side, Trigger } from '../domain/order.ts'
export { amountText, levelText, lotsText, priceText } from '../domain/signal/amounts.ts'
export {
  addToBar,
  type Bar,
  type Bars,
  barsStart,
  endBar,
  endedBefore,
  isOwnBar,
} from '../domain/signal/bars.ts'
export {
  averageKindParameter,
  type MovingAverage,
  type MovingAverageKind,
  movingAverageNext,
  movingAverageStart,
} from '../domain/signal/moving-average.ts'
export {
  adoptPosition,
  bookFill,
  emptyOwnBook,
  entryOf,
  type OwnBook,
  totalAt,
} from '../domain/signal/own-book.ts'
export { GivenParameters, ParameterReader } from '../domain/signal/parameter-reader.ts'
export {
  EXIT_LONG,
  EXIT_SHORT,
  FLAT,
  LONG,
  NOTHING,
  SHORT,
  type Signal,
} from '../domain/signal/signal-core.ts'
export type { RestingRule, SignalRule } from '../domain/signal/signal-rule.ts'
export { signalStrategy } from '../domain/signal/signal-strategy.ts'
export type {
  Contradiction,
  ContradictionTerms,
  Finish,
  Json,
  Objection,
  ParameterSchema,
  RestingWant,
  Strategy,
  StrategyCommand,
  StrategyContext,
  StrategyEvent,
  StrategyInputs,
  TargetWant,
  Wake,
  Wanted,
  Wants,
} from '../domain/strategy.ts'

/** Gives a strategy back as it is; its types are checked and inferred here. */
export function defineStrategy<Parameters, State>(
  strategy: Strategy<Parameters, State>,
): Strategy<Parameters, State> {
  return strategy
}
