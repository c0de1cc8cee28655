/** Every assumption of a run on several legs, named in its report; reasons: docs/concepts/backtest.md, "Several legs". */
import { RATIO_SCALE } from '../domain/money.ts'
import { formatTimeframe } from '../domain/timeframe.ts'
import type { Leg } from './leg.ts'
import type { LegsBacktest } from './legs.ts'

const percent = (ratio: number): string => `${(ratio * 100) / RATIO_SCALE} %`

/** @param areProxies candles of a spot market stand in for those of the contract, in the order of the legs */
export function legsAssumptions(
  run: LegsBacktest,
  areProxies: readonly boolean[],
): Readonly<Record<string, string>> {
  const { legs, request } = run
  const each = (of: (leg: Leg) => string) => {
    const texts = legs.map(of)
    const isSame = texts.every((text) => text === texts[0])
    return isSame
      ? (texts[0] ?? '')
      : texts.map((text, index) => `${venueOf(legs[index])}: ${text}`).join('; ')
  }
  return {
    prices:
      'the strategy hears both markets when candles close, at the last trade of each; between closes it hears nothing but its own fills, for the ways of two candles are made up apart from each other',
    sameMoment:
      'the last trades of two candles that close together may lie seconds apart: at candles of a minute and more no run can tell whether both prices could be had at once',
    fillRule:
      request.fillRule === 'through'
        ? 'through: a resting order fills when the price passes it by one tick'
        : 'touch: a resting order fills when the price reaches it (optimistic)',
    latency: each(({ request: { paper } }) =>
      paper.latencyMs === 0
        ? 'none: orders act at the close on which they were decided'
        : `orders and cancels act ${paper.latencyMs} ms of market time after the decision, at the price that the next candle's path has then`,
    ),
    slippage: each(
      ({ request: { paper } }) =>
        `${percent(paper.slippage)} on all that takes, for half the spread and what it costs to be second`,
    ),
    fees: each(
      ({ request: { paper } }) =>
        `maker ${percent(paper.maker)}, taker ${percent(paper.taker)}, rounded up per fill`,
    ),
    volumeShare: each(
      ({ request: { paper } }) => `at most ${percent(paper.volumeShare)} of each candle's volume`,
    ),
    impact: 'own orders do not move the recorded markets',
    margin: each(({ request: { marginMode, leverage } }) => `${marginMode}, leverage ${leverage}`),
    accounts:
      'one for each venue and settlement currency; nothing is ever transferred between them',
    markSource: each(({ request: { market } }) =>
      market.mark === null
        ? 'the last price (no mark series is stored)'
        : 'the stored mark series where one of its bars opened less than a candle before, else the last price',
    ),
    funding: each(({ request: { market } }) =>
      market.funding === null
        ? 'none recorded: none is paid'
        : 'recorded rates, settled at the nearest minute on the mark',
    ),
    fundingKnown:
      'the strategy knows the rate of the last settlement and when the next one is due, never the rate that comes',
    settleRates: each(({ request: { settleRate }, instrument }) =>
      settleRate === RATIO_SCALE
        ? 'every currency counts as the first, one for one, for the whole run'
        : `one ${instrument.settle} is ${settleRate / RATIO_SCALE} ${legs[0]?.instrument.settle} for the whole run`,
    ),
    candles: each((leg) => candlesOf(leg, areProxies[leg.index] ?? false)),
    contract:
      "ticks, lots and smallest orders are made from the recorded prices, not the venues'; maintenance margins are a table of our own",
    limits: 'of each leg as in a bot; entries stop on the leg that reached one',
    venueFailures: 'none are simulated: every leg is always open',
  }
}

const venueOf = (leg: Leg | undefined): string => leg?.instrument.venue ?? ''

function candlesOf({ request: { market, pricesFrom = null } }: Leg, isProxy: boolean): string {
  const length = formatTimeframe(market.timeframeMs)
  if (pricesFrom !== null)
    return `${length}, borrowed from ${pricesFrom}: none of its own are recorded`
  return isProxy
    ? `${length} of a spot market, without the basis of the contract`
    : `${length} of the contract`
}
