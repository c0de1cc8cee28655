/** The figures that stand first in a report. */
import type { Statistics } from '../domain/statistic/statistics.ts'
import { amountText, countText, numberText, percentText, signedText } from './report-figures.ts'
import type { Card } from './report-page.ts'
import type { BacktestResult } from './result.ts'

/** The figures that stand first; the dashboard shows the same. */
export function headlineCards(result: BacktestResult, currency: string): readonly Card[] {
  const found = result.statistics
  return [...riskCards(found, currency), ...tradeCards(found, result), lastCard(found)]
}

/** Growth, its steadiness and its worst fall: the same in every report. */
export const growthCards = (found: Statistics): readonly Card[] => [
  {
    name: 'Annual growth',
    value: signedPercent(found.cagr),
    note: `volatility ${percentText(found.volatility, 1)}`,
  },
  {
    name: 'Sharpe',
    value: numberText(found.sharpe),
    note: `Sortino ${numberText(found.sortino)}`,
  },
  {
    name: 'Largest drawdown',
    value: percentText(found.maxDrawdown),
    note: `most in money ${amountText(found.maxDrawdownAmount)}`,
  },
]

function riskCards(found: Statistics, currency: string): readonly Card[] {
  const tone = found.profit < 0 ? 'bad' : 'good'
  return [
    {
      name: 'Return',
      value: signedPercent(found.totalReturn),
      note: signedText(found.profit, currency),
      tone,
    },
    { name: 'Buy and hold', value: signedPercent(found.buyAndHold), note: 'same capital, 1x' },
    ...growthCards(found),
    {
      name: 'Calmar',
      value: numberText(found.calmar),
      note: `longest ${numberText(found.maxDrawdownDays, 0)} days`,
    },
  ]
}

function tradeCards(found: Statistics, { counts }: BacktestResult): readonly Card[] {
  return [
    ...(found.completedGrids === null ? tripCards(found) : gridCards(found)),
    {
      name: 'Fees',
      value: amountText(found.feesTotal),
      note:
        found.feeShare === null
          ? 'no profit before them'
          : `${percentText(found.feeShare, 1)} of the profit before`,
    },
    {
      name: 'Funding',
      value: signedText(found.fundingTotal),
      note: `${countText(counts.fundingPayments)} payments`,
    },
    {
      name: 'With a position',
      value: percentText(found.exposure, 1),
      note: `margin ratio up to ${numberText(found.worstMarginRatio)}`,
    },
  ]
}

const tripCards = (found: Statistics): readonly Card[] => [
  {
    name: 'Round trips',
    value: countText(found.trades),
    note: `${percentText(found.winRate, 1)} won`,
  },
  {
    name: 'Profit factor',
    value: numberText(found.profitFactor),
    note: `SQN ${numberText(found.sqn)}`,
  },
]

const gridCards = (found: Statistics): readonly Card[] => [
  {
    name: 'Completed cells',
    value: countText(found.completedGrids),
    note: `in range ${percentText(found.timeInRange, 1)}`,
  },
  { name: 'Grid profit', value: amountText(found.gridProfit), note: 'before fees and inventory' },
]

/** What matters most to a grid, and to the others. */
function lastCard(found: Statistics): Card {
  if (found.completedGrids === null || found.liquidations > 0)
    return liquidationCard(found.liquidations)
  return { name: 'Grid APR', value: percentText(found.gridApr), note: 'inventory not counted' }
}

function liquidationCard(count: number): Card {
  const card = { name: 'Liquidations', value: countText(count) }
  return count > 0 ? { ...card, tone: 'bad' } : card
}

export const signedPercent = (share: number | null): string =>
  share !== null && share > 0 ? `+${percentText(share)}` : percentText(share)
