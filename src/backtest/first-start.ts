/** The first start of an instance in a backtest: in the context that a bot would give it. */
import type { Instrument } from '../domain/instrument.ts'
import type { MarketPrice } from '../domain/market.ts'
import { quantity } from '../domain/money.ts'
import type { Objection, StrategyContext } from '../domain/strategy.ts'
import { InstanceEngine } from '../engine/instance.ts'
import { BacktestRefused, type BacktestRequest } from './run-types.ts'

/** The exchange refuses to attach an instance above the leverage of its first tier; so does a backtest. */
function leverageObjections(instrument: Instrument, leverage: number): readonly Objection[] {
  const leverageMax = instrument.marginTiers[0]?.leverageMax ?? 1
  if (leverage <= leverageMax) return []
  const text = `leverage ${leverage} is more than ${leverageMax}, the most on ${instrument.symbol} here: lower exchange_config.leverage.`
  return [{ code: 'leverage', text, overrideKey: null }]
}

/** @throws BacktestRefused when the strategy objects */
export function startedEngine(
  request: BacktestRequest,
  instrument: Instrument,
  opening: MarketPrice,
  at: number,
): InstanceEngine {
  const { paper, capital, leverage, marginMode, initialPosition } = request
  const context: StrategyContext = {
    at,
    instruments: [instrument],
    prices: [opening],
    capital,
    leverage,
    marginMode,
    fees: [{ maker: paper.maker, taker: paper.taker }],
    positions: [quantity(0)],
    initialPosition,
    timeframeMs: request.market.timeframeMs,
  }
  const objections = [
    ...leverageObjections(instrument, leverage),
    ...request.strategy.check(request.parameters, context),
  ]
  if (objections.length > 0) throw new BacktestRefused(objections)
  return InstanceEngine.start(request.strategy, request.parameters, context)
}
