/** What the statistics of a backtest are made of: sums that both engines keep while they run, no lists. */

import {
  type GridSums,
  type Statistics,
  type StatisticsInput,
  statisticsOf,
} from '../domain/statistic/statistics.ts'
import type { Json } from '../domain/strategy.ts'
import type { Backtest } from './run.ts'

/** The statistics of a run; read them when it is over. */
export const statisticsOfRun = (backtest: Backtest): Statistics =>
  statisticsOf(statisticsInput(backtest))

/** The sums of a run so far. */
export function statisticsInput(backtest: Backtest): StatisticsInput {
  const { counts, engine, equity, exchange, positionWatch, request, source, trades } = backtest
  const { ledger } = engine
  const endAt = Math.max(source.startAt, backtest.end?.at ?? exchange.at)
  return {
    startAt: source.startAt,
    endAt,
    capital: request.capital,
    dailyEquity: equity.daily,
    drawdown: { share: equity.steepestShare, amount: equity.deepestFall },
    trades: trades.sums,
    fees: ledger.fees,
    funding: ledger.funding,
    turnover: ledger.volume,
    exposedMs: positionWatch.heldMs(endAt),
    notionalMax: trades.notionalMax,
    marginRatioMax: positionWatch.worstMarginRatio,
    liquidations: counts.liquidations,
    fills: counts.fills,
    firstPrice: backtest.startPrice,
    lastPrice: backtest.price.last,
    grid: gridSums(backtest),
  }
}

function gridSums({ engine, price, timeInRange }: Backtest): GridSums | null {
  const strategy = engine.strategyReport([price])
  if (!isRecord(strategy)) return null
  const { completed_cells: completed, grid_profit: profit } = strategy
  if (typeof completed !== 'number' || typeof profit !== 'string') return null
  return { completed, profit: Math.round(Number(profit) * 1e8), timeInRange: timeInRange.share }
}

const isRecord = (value: Json): value is { readonly [key: string]: Json | undefined } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
