/** The figures that stand first in a report on several legs. */
import type { LegsResult } from './legs-result.ts'
import { growthCards, signedPercent } from './report-cards.ts'
import {
  amountText,
  countText,
  moneyText,
  numberText,
  percentText,
  signedText,
} from './report-figures.ts'
import type { Card } from './report-page.ts'

export function legsCards(result: LegsResult): readonly Card[] {
  return [...returnCards(result), ...tradeCards(result), ...riskCards(result)]
}

function returnCards({ statistics: found, margin, settle }: LegsResult): readonly Card[] {
  const tone = found.profit < 0 ? 'bad' : 'good'
  return [
    {
      name: 'Return on capital',
      value: signedPercent(found.totalReturn),
      note: signedText(found.profit, settle),
      tone,
    },
    {
      name: 'A year on margin used',
      value: signedPercent(margin.annualReturn),
      note: `margin ${moneyText(margin.average)} on average`,
      tone,
    },
    ...growthCards(found),
    {
      name: 'Time held',
      value: percentText(found.exposure, 1),
      note: `${numberText(margin.heldDays, 1)} days`,
    },
  ]
}

function tradeCards({ statistics: found, opportunities, slippage }: LegsResult): readonly Card[] {
  const open = opportunities.filter(({ closedAt }) => closedAt === null).length
  return [
    {
      name: 'Opportunities',
      value: countText(found.trades),
      note: `${countText(found.wins)} won${open > 0 ? `, ${open} still open` : ''}`,
    },
    { name: 'Funding', value: signedText(found.fundingTotal) },
    {
      name: 'Fees',
      value: amountText(found.feesTotal),
      note: `${countText(found.fills)} fills`,
    },
    {
      name: 'Slippage',
      value: moneyText(slippage),
      note: 'against the price of the decision',
    },
  ]
}

function riskCards({ netDelta, counts, legs }: LegsResult): readonly Card[] {
  const card = {
    name: 'Liquidations',
    value: countText(counts.liquidations),
    note: `margin ratio up to ${numberText(worstRatio(legs))}`,
  }
  return [
    {
      name: 'Net delta · time',
      value: `${numberText(netDelta.deltaTime, 2)} base·s`,
      note: `most ${netDelta.most}, longest ${numberText(netDelta.longestSeconds, 1)} s`,
    },
    counts.liquidations > 0 ? { ...card, tone: 'bad' } : card,
  ]
}

const worstRatio = (legs: LegsResult['legs']): number | null =>
  legs.reduce<number | null>(
    (most, { worstMarginRatio: own }) =>
      own === null ? most : Math.max(most ?? Number.NEGATIVE_INFINITY, own),
    null,
  )
