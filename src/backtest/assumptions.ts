/** Every assumption of a run, named in its report; the whole list with reasons stands in docs/concepts/backtest.md. */
import type { RecordedMarket } from '../domain/history.ts'
import { RATIO_SCALE } from '../domain/money.ts'
import type { RiskLimits } from '../domain/risk.ts'
import { formatTimeframe } from '../domain/timeframe.ts'
import type { Backtest } from './run.ts'

const percent = (ratio: number): string => `${(ratio * 100) / RATIO_SCALE} %`

/** Names and sentences, in the order in which a report shows them. */
export function assumptionsOf(backtest: Backtest): Readonly<Record<string, string>> {
  const { request, instrument } = backtest
  const { paper, fillRule, market } = request
  return {
    fillRule:
      fillRule === 'through'
        ? 'through: a resting order fills when the price passes it by one tick'
        : 'touch: a resting order fills when the price reaches it (optimistic)',
    path: `open, one extreme, the other, close, a third of the candle each; ${
      request.candlePath === 'adverse'
        ? 'adverse: what hurts the position held at the open comes first (flat: low first when the candle rises)'
        : 'by direction: low first when the candle rises'
    }`,
    markSource: markSource(market, hasMark(backtest)),
    funding:
      market.funding === null
        ? 'none recorded: no funding is paid'
        : `recorded rates, settled at the nearest minute on the mark, usually every ${formatTimeframe(instrument.fundingIntervalMs)}`,
    fees: `maker ${percent(paper.maker)}, taker ${percent(paper.taker)}, rounded up per fill`,
    latency:
      paper.latencyMs === 0
        ? 'none: orders act at the moment of the decision'
        : `${paper.latencyMs} ms of market time until an order or a cancel acts`,
    slippage: `${percent(paper.slippage)} on market orders, stops and takers; resting orders fill at their own price`,
    volumeShare: `at most ${percent(paper.volumeShare)} of each candle's volume`,
    margin: `${request.marginMode}, leverage ${request.leverage}, maintenance from ${percent(instrument.marginTiers[0]?.maintenanceRate ?? 0)}; liquidation fee ${percent(instrument.liquidationFee)}`,
    limits: limitsText(request.limits),
    venue: `the recorded market of ${instrument.venue}`,
    contract: `tick ${10 ** -instrument.priceDecimals}, lot ${instrument.lotSize * 10 ** -instrument.quantityDecimals} ${instrument.base}, minimum 5 ${instrument.quote}: made from the data, not the venue's`,
    market: 'own orders do not move the recorded market; nobody else stands in the queue',
  }
}

/** A share that no loss reaches: the limit is off. */
export const LIMIT_OFF = 10 * RATIO_SCALE

function limitsText({ dailyLossMax, drawdownMax, consecutiveLossesMax = 0 }: RiskLimits): string {
  if (drawdownMax >= LIMIT_OFF) return 'none on entries but the margin of the venue (--no-limits)'
  const row = consecutiveLossesMax > 0 ? `, ${consecutiveLossesMax} losses in a row` : ''
  return `as in a bot: entries stop at a daily loss of ${percent(dailyLossMax)}, a drawdown of ${percent(drawdownMax)} of the capital${row}`
}

/** Whether the mark series reaches into the window at all. */
function hasMark({ request, source }: Backtest): boolean {
  const at = request.market.mark?.at
  return at?.some((time: number) => time >= source.startAt && time <= source.endAt) ?? false
}

function markSource(market: RecordedMarket, isStored: boolean): string {
  const last = 'the last price along the path of each candle'
  if (!isStored) return `${last} (no mark series is stored): liquidation is checked on it`
  return `the stored mark series where one of its bars opened less than ${formatTimeframe(market.timeframeMs)} before, else ${last}`
}
