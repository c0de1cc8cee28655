/** Every assumption of a run, named in its report; the whole list with reasons stands in docs/concepts/backtest.md. */
import type { RecordedMarket } from '../domain/history.ts'
import type { Instrument } from '../domain/instrument.ts'
import { MONEY_SCALE, type Money, RATIO_SCALE } from '../domain/money.ts'
import type { RiskLimits } from '../domain/risk.ts'
import { formatTimeframe } from '../domain/timeframe.ts'
import type { Backtest } from './run.ts'

const percent = (ratio: number): string => `${(ratio * 100) / RATIO_SCALE} %`

/**
 * Names and sentences of those that apply, in the order in which a report and the table of the documentation show them.
 * @param isProxy candles of a spot market stand in for those of the contract
 */
export function assumptionsOf(
  backtest: Backtest,
  isProxy = false,
): Readonly<Record<string, string>> {
  return {
    ...fillAssumptions(backtest),
    ...accountAssumptions(backtest),
    ...dataAssumptions(backtest, isProxy),
    limits: limitsText(backtest.request.limits),
    venueFailures: 'none are simulated: no rejects for load, no outages',
  }
}

function fillAssumptions({ request }: Backtest): Readonly<Record<string, string>> {
  const { paper, fillRule, candlePath } = request
  return {
    path: `open, one extreme, the other, close, a third of the candle each; ${
      candlePath === 'adverse'
        ? 'adverse: what hurts the position held at the open comes first (flat: low first when the candle rises)'
        : 'by direction: low first when the candle rises'
    }`,
    fillRule:
      fillRule === 'through'
        ? 'through: a resting order fills when the price passes it by one tick'
        : 'touch: a resting order fills when the price reaches it (optimistic)',
    openingGap:
      'the price jumps from a close to the next open: limits that it passes fill at their own price, then stops fire and fill at the open, the first price after the gap, then what is dead there is liquidated at it',
    volumeShare: `at most ${percent(paper.volumeShare)} of each candle's volume`,
    impact: 'own orders do not move the recorded market; nobody else stands in the queue',
    latency:
      paper.latencyMs === 0
        ? 'none: orders act at the moment of the decision'
        : `${paper.latencyMs} ms of market time until an order or a cancel acts`,
    slippage: `${percent(paper.slippage)} on market orders, stops and takers; resting orders fill at their own price`,
    fees: `maker ${percent(paper.maker)}, taker ${percent(paper.taker)}, rounded up per fill`,
  }
}

function accountAssumptions(backtest: Backtest): Readonly<Record<string, string>> {
  const { request, instrument } = backtest
  const { market } = request
  const { funding } = market
  const liquidationFee = percent(instrument.liquidationFee)
  return {
    margin: `${request.marginMode}, leverage ${request.leverage}`,
    maintenance: maintenanceText(instrument),
    liquidation: `checked on the mark along the path; closed as taker with a fee of ${liquidationFee}, a loss beyond the margin is absorbed`,
    markSource: markSource(market, hasMark(backtest)),
    funding:
      funding === null
        ? 'none recorded: no funding is paid'
        : 'recorded rates, settled at the nearest minute on the mark',
    fundingInterval: `${formatTimeframe(instrument.fundingIntervalMs)}, ${funding === null ? 'for nothing is recorded' : 'the commonest distance between settlements'}`,
  }
}

function dataAssumptions(
  { instrument }: Backtest,
  isProxy: boolean,
): Readonly<Record<string, string>> {
  return {
    venue: `the recorded market of ${instrument.venue}`,
    contract: `tick ${10 ** -instrument.priceDecimals}, lot ${instrument.lotSize * 10 ** -instrument.quantityDecimals} ${instrument.base}, minimum 5 ${instrument.quote}: made from the data, not the venue's`,
    volumeInLots: 'the recorded volume, rounded down to lots',
    dataGaps: 'where candles are missing the market stands still; nothing is filled in',
    ...(isProxy
      ? {
          spotCandles:
            'stand in for those of the contract: the basis between spot and contract is missing',
        }
      : {}),
  }
}

/** Candle files carry no tiers (src/adapters/history/replay-instrument.ts). */
function maintenanceText({ marginTiers, quote }: Instrument): string {
  const steps = marginTiers.map(({ maintenanceRate, leverageMax }, index) => {
    const until = marginTiers[index + 1]?.notionalFloor
    const reach = until === undefined ? 'beyond' : `up to ${shown(until)} ${quote}`
    return `${percent(maintenanceRate)} ${reach} (at most ${leverageMax}x)`
  })
  return `a table of our own, not the venue's, each rate on its part of the notional: ${steps.join(', ')}`
}

const shown = (amount: Money): string => (amount / MONEY_SCALE).toLocaleString('en-US')

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
