/**
 * A backtest of one instance on several instruments, maybe of several venues: the same parts as Backtest (run.ts) and the
 * same rounds, with one OrderLoop for each leg, one InstanceEngine, and one chronological stream of all candles, marks and
 * funding. Always stepped. Assumptions: docs/concepts/backtest.md, "Several legs".
 */
import { firstOpen, lastClose, type RecordedMarket } from '../domain/history.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { MarketEvent, MarketPrice } from '../domain/market.ts'
import { type Money, money, type Price, quantity } from '../domain/money.ts'
import type { AttributedFill, ClientOrderId } from '../domain/order.ts'
import type { Finish, Objection, StrategyContext, WantChange } from '../domain/strategy.ts'
import { InstanceEngine } from '../engine/instance.ts'
import { OrderLoop } from '../engine/order-loop.ts'
import type { BotEvent } from '../engine/order-loop-types.ts'
import { EMPTY_OUTPUT, type EngineOutput } from '../engine/wants-recorder.ts'
import type { VenueAccountEvent } from '../ports/venue.ts'
import { ReplaySource } from '../simulation/replay-source.ts'
import { SimulatedExchange } from '../simulation/simulated-exchange.ts'
import { EquityCurve } from './equity-curve.ts'
import { type BacktestEnd, BacktestRefused, type BacktestRequest } from './run.ts'

/** As for one market; capital and limits are those of the instance. */
export interface LegsRequest extends Omit<BacktestRequest, 'market' | 'engine' | 'detail'> {
  /** In the order of the strategy's legs, all of one settlement currency and each instrument once. */
  readonly markets: readonly RecordedMarket[]
}
