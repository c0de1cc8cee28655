/** The outcome of a backtest as a table for a terminal. */
import { countText, numberText, percentText } from '../backtest/report-figures.ts'
import { keptBackByLimits } from '../backtest/report-warnings.ts'
import { type BacktestResult, shownMoney } from '../backtest/result.ts'
import type { Backtest } from '../backtest/run.ts'
import { backtestMessages as m } from '../cli/messages/jobs.ts'
import type { Speech } from '../cli/speech.ts'
import { grouped } from './job-command.ts'

type Row = readonly [name: string, value: string]

export function tableRows(
  backtest: Backtest,
  result: BacktestResult,
  speech: Speech,
): readonly Row[] {
  const { ledger, counts, drawdown } = result
  const { settle, base } = backtest.instrument
  const { say } = speech
  const money = (text: string) => `${shownMoney(Number(text) * 1e8)} ${settle}`
  const percent = (share: number) => (share * 100).toFixed(2)
  return [
    ...warningRows(result, speech),
    [
      say(m.instance),
      say(m.onSet, { id: result.instance, strategy: result.strategy, set: result.set }),
    ],
    [say(m.time), spanText(result, speech)],
    [
      say(m.total),
      say(m.ofCapital, {
        amount: money(ledger.total),
        percent: percent(result.returnOnCapital),
        capital: money(ledger.capital),
      }),
    ],
    [say(m.realised), money(ledger.realised)],
    [say(m.unrealised), money(ledger.unrealised)],
    [say(m.funding), money(ledger.funding)],
    [say(m.fees), money(String(-Number(ledger.fees)))],
    [say(m.position), `${result.position} ${base}`],
    [
      say(m.fills),
      say(m.fillKinds, {
        fills: grouped(counts.fills),
        maker: grouped(counts.makerFills),
        taker: grouped(counts.takerFills),
      }),
    ],
    [say(m.payments), grouped(counts.fundingPayments)],
    [
      say(m.drawdown),
      say(m.share, { amount: money(drawdown.amount), percent: percent(drawdown.shareOfPeak) }),
    ],
    ...statisticRows(result, speech),
    [say(m.liquidations), liquidationText(result, speech)],
    ...gridRows(result, money, speech),
    ...result.limitsReached.map(
      ({ at, code }): Row => [say(m.limit), say(m.limitAt, { code, time: at })],
    ),
    [say(m.engineRow), `${result.engine.name} (${speech.relay(result.engine.reason)})`],
    [say(m.rule), speech.relay(result.assumptions['fillRule'] ?? '')],
    [say(m.mark), speech.relay(result.assumptions['markSource'] ?? '')],
    [say(m.fingerprint), result.fingerprint],
  ]
}

/** What would make the figures below mislead. */
function warningRows(result: BacktestResult, { say, relay }: Speech): readonly Row[] {
  const { dataQuality, restriction } = result
  const { missing, expected, fundingMissing } = dataQuality
  const share = percentText(missing / Math.max(1, expected))
  const told = say(m.missing, { missing: countText(missing), expected: countText(expected), share })
  const warn = (text: string): Row => [say(m.warning), text]
  return [
    ...(missing > 0 ? [warn(told)] : []),
    ...(fundingMissing > 0
      ? [warn(say(m.missingFunding, { share: percentText(fundingMissing) }))]
      : []),
    ...(restriction === null
      ? []
      : [warn(say(m.restricted, { ...restriction, since: restriction.since.slice(0, 16) }))]),
    ...keptBackByLimits(result).map(({ reason, atStart, atEnd }) =>
      warn(say(m.keptBack, { reason, start: countText(atStart), end: countText(atEnd) })),
    ),
    ...(result.isProxy ? [warn(say(m.proxy))] : []),
    ...(result.caveat === null ? [] : [warn(say(m.indicative, { caveat: relay(result.caveat) }))]),
  ]
}

function statisticRows(result: BacktestResult, { say }: Speech): readonly Row[] {
  const { statistics: found } = result
  const { cagr, volatility, sharpe, sortino, calmar } = found
  const ratios = [sharpe, sortino, calmar].map((value) => numberText(value)).join(' / ')
  return [
    [say(m.buyAndHold), percentText(found.buyAndHold)],
    [
      say(m.growth),
      say(m.growthOf, { cagr: percentText(cagr), volatility: percentText(volatility) }),
    ],
    [say(m.ratios), ratios],
    [say(m.trips), tripsText(result, say)],
    [
      say(m.exposed),
      say(m.exposedOf, {
        share: percentText(found.exposure, 1),
        ratio: numberText(found.worstMarginRatio, 3),
      }),
    ],
  ]
}

/** Their ratios say nothing of a grid, which shows its completed cells below. */
function tripsText({ statistics: found }: BacktestResult, say: Speech['say']): string {
  const count = countText(found.trades)
  if (found.completedGrids !== null) return count
  return say(m.tripsOf, {
    count,
    rate: percentText(found.winRate, 1),
    factor: numberText(found.profitFactor),
    sqn: numberText(found.sqn),
  })
}

function spanText({ startAt, endAt, end }: BacktestResult, { say, relay }: Speech): string {
  const [from, to] = [startAt.slice(0, 16), endAt.slice(0, 16)]
  return say(m.span, { from, to, reason: relay(end.reason) })
}

function liquidationText({ counts, firstLiquidationAt: time }: BacktestResult, { say }: Speech) {
  return time === null ? '0' : say(m.firstAt, { count: counts.liquidations, time })
}

function gridRows(
  result: BacktestResult,
  money: (text: string) => string,
  { say, relay }: Speech,
): readonly Row[] {
  const { report, timeInRange } = result
  if (typeof report !== 'object' || report === null || Array.isArray(report)) return []
  const record = report as Readonly<Record<string, unknown>>
  if (typeof record['completed_cells'] !== 'number') return []
  const percent = timeInRange === null ? null : (timeInRange * 100).toFixed(1)
  return [
    [say(m.grid), relay(String(record['lines']))],
    [say(m.cells), grouped(record['completed_cells'])],
    [say(m.gridProfit), money(String(record['grid_profit']))],
    [say(m.inventory), money(String(record['inventory']))],
    [say(m.entry), money(String(record['entry_adjustment']))],
    [say(m.closed), money(String(record['closed']))],
    [say(m.gridApr), percentText(result.statistics.gridApr)],
    ...(percent === null ? [] : [[say(m.inRange), say(m.ofCandles, { percent })] as const]),
  ]
}
