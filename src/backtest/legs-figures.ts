/** Figures of a run on several legs that its books do not hold: slippage and statistics. */
import { type Money, money } from '../domain/money.ts'
import { type Statistics, statisticsOf } from '../domain/statistic/statistics.ts'
import { TradeSums } from '../domain/statistic/trade-sums.ts'
import { type Leg, slippageOfFill } from './leg.ts'
import type { LegsBacktest } from './legs.ts'
import { closedOpportunities } from './opportunities.ts'

/** What the fills of a leg cost against the last price when their orders were sent; positive = worse. */
export const slippageOf = (run: LegsBacktest, leg: Leg): Money =>
  money(
    run.fills.reduce(
      (sum, fill) => (fill.leg === leg.index ? sum + slippageOfFill(leg, fill) : sum),
      0,
    ),
  )

/** The statistics of a run; its trips are the closed opportunities, funding included. */
export function statisticsOfLegs(run: LegsBacktest): Statistics {
  const { engine, equity, exposure, legs, source, counts } = run
  const { ledger } = engine
  const { startAt } = source.commonSpan
  const endAt = Math.max(startAt, run.end?.at ?? run.exchange.at)
  const trades = new TradeSums()
  for (const { openedAt, closedAt, net } of closedOpportunities(run))
    trades.add(openedAt, closedAt, net)
  const ratios = legs.flatMap(({ watch }) => watch.worstMarginRatio ?? [])
  const { heldMs, marginMax } = exposure.until(endAt)
  return statisticsOf({
    startAt,
    endAt,
    capital: run.capital,
    dailyEquity: equity.daily,
    drawdown: { share: equity.steepestShare, amount: equity.deepestFall },
    trades,
    fees: ledger.fees,
    funding: ledger.funding,
    turnover: ledger.volume,
    exposedMs: heldMs,
    notionalMax: marginMax * Math.min(...legs.map(({ request }) => request.leverage)),
    marginRatioMax: ratios.length === 0 ? null : Math.max(...ratios),
    liquidations: counts.liquidations,
    fills: counts.fills,
    // Holding one of its contracts says nothing of a hedge.
    firstPrice: 0,
    lastPrice: 0,
    grid: null,
  })
}
