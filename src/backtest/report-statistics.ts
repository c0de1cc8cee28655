/** The statistics of a run in groups of rows for people: reports, comparisons and the dashboard show the same. */
import type { Statistics } from '../domain/statistic/statistics.ts'
import {
  amountText,
  countText,
  hoursText,
  numberText,
  percentText,
  type Row,
  signedText,
} from './report-figures.ts'

export interface StatisticGroup {
  readonly title: string
  readonly rows: readonly Row[]
}

/** @param currency of settlement */
export function statisticGroups(found: Statistics, currency: string): readonly StatisticGroup[] {
  return [
    { title: 'Return and risk', rows: riskRows(found, currency) },
    { title: 'Round trips', rows: tradeRows(found, currency) },
    { title: 'Costs and exposure', rows: costRows(found, currency) },
  ]
}

function riskRows(found: Statistics, currency: string): readonly Row[] {
  return [
    ['return on capital', percentText(found.totalReturn)],
    ['buy and hold', percentText(found.buyAndHold)],
    ['annual growth', percentText(found.cagr)],
    ['volatility, annual', percentText(found.volatility)],
    ['Sharpe', numberText(found.sharpe)],
    ['Sortino', numberText(found.sortino)],
    ['Calmar', numberText(found.calmar)],
    ['largest drawdown', percentText(found.maxDrawdown)],
    ['largest drawdown, money', amountText(found.maxDrawdownAmount, currency)],
    ['longest below a peak', daysText(found.maxDrawdownDays)],
    ['average drawdown', percentText(found.averageDrawdown)],
    ['average time below a peak', daysText(found.averageDrawdownDays)],
    ['profit ÷ drawdown', numberText(found.recoveryFactor)],
    ['best day', percentText(found.bestDay)],
    ['worst day', percentText(found.worstDay)],
    ['value at risk, 95 % of days', percentText(found.valueAtRisk95)],
    ['average loss beyond it', percentText(found.conditionalValueAtRisk95)],
  ]
}

function tradeRows(found: Statistics, currency: string): readonly Row[] {
  return [
    ['closed round trips', countText(found.trades)],
    ['won / lost', `${countText(found.wins)} / ${countText(found.losses)}`],
    ['win rate', percentText(found.winRate)],
    ['profit factor', numberText(found.profitFactor)],
    ['expectancy', amountText(found.expectancy, currency)],
    ['expectancy in R (average loss)', numberText(found.expectancyR)],
    ['SQN (Tharp, at most 100 trips)', numberText(found.sqn)],
    ['Kelly share', percentText(found.kelly)],
    ['average win', amountText(found.averageWin, currency)],
    ['average loss', amountText(found.averageLoss, currency)],
    ['best trip', amountText(found.bestTrade, currency)],
    ['worst trip', amountText(found.worstTrade, currency)],
    ['average time held', hoursText(found.averageTradeHours)],
    ['longest time held', hoursText(found.longestTradeHours)],
    ['most wins in a row', countText(found.consecutiveWins)],
    ['most losses in a row', countText(found.consecutiveLosses)],
  ]
}

function costRows(found: Statistics, currency: string): readonly Row[] {
  const rows: Row[] = [
    ['fills', countText(found.fills)],
    ['turnover', amountText(found.turnover, currency)],
    ['fees', amountText(found.feesTotal, currency)],
    ['fees, share of the profit before them', percentText(found.feeShare)],
    ['funding', signedText(found.fundingTotal, currency)],
    ['time with a position', percentText(found.exposure, 1)],
    ['largest notional', amountText(found.notionalMax, currency)],
    ['worst margin ratio (1 = liquidated)', numberText(found.worstMarginRatio, 3)],
    ['liquidations', countText(found.liquidations)],
  ]
  if (found.completedGrids === null) return rows
  return [
    ...rows,
    ['time in range', percentText(found.timeInRange, 1)],
    ['completed grids', countText(found.completedGrids)],
    ['grid profit, before fees', amountText(found.gridProfit, currency)],
    ['grid APR, after fees', percentText(found.gridApr)],
  ]
}

const daysText = (days: number | null): string =>
  days === null ? 'none' : `${days.toFixed(0)} ${days === 1 ? 'day' : 'days'}`
