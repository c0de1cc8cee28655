/** What must be read before any figure of a run: data that is missing, limits that cut it short, liquidation, stand-ins. */
import { countText, percentText, words } from './report-figures.ts'
import type { BacktestResult } from './result.ts'

/** Sentences, the gravest first; empty when there is nothing to warn of. */
export function warningsOf(result: BacktestResult): readonly string[] {
  return [
    ...dataWarnings(result),
    ...liquidationWarnings(result),
    ...limitWarnings(result),
    ...keptBackWarnings(result),
    ...standInWarnings(result),
  ]
}

function dataWarnings({ dataQuality: quality }: BacktestResult): readonly string[] {
  const found: string[] = []
  if (quality.missing > 0) {
    const share = percentText(quality.missing / Math.max(1, quality.expected))
    const gap = quality.longestGap
    const longest =
      gap === null
        ? ''
        : `; the longest gap is ${countText(gap.candles)} candles, ${gap.from.slice(0, 16)} to ${gap.to.slice(0, 16)}`
    found.push(
      `${share} of the candles of this window are missing (${countText(quality.missing)} of ${countText(quality.expected)})${longest}: nothing was filled in, the market stood still.`,
    )
  }
  if (quality.fundingMissing > 0) found.push(noFundingText(quality.fundingMissing))
  if (quality.contradictions > 0)
    found.push(
      `${countText(quality.contradictions)} candles contradict themselves (a high below the open or the close, or a low above them).`,
    )
  return found
}

/** @param share of the window without recorded rates, above 0 */
export const noFundingText = (share: number): string =>
  share === 1
    ? 'No funding rates of this window are recorded: none was paid or received.'
    : `${percentText(share)} of this window has no recorded funding rates: none was paid or received there.`

function liquidationWarnings({ counts, firstLiquidationAt }: BacktestResult): readonly string[] {
  if (counts.liquidations === 0) return []
  const times = counts.liquidations === 1 ? 'once' : `${countText(counts.liquidations)} times`
  const at = firstLiquidationAt === null ? '' : `, first at ${firstLiquidationAt.slice(0, 16)}`
  return [`The position was liquidated ${times}${at}.`]
}

function limitWarnings({
  restriction,
  limitsReached,
  end,
  endAt,
}: BacktestResult): readonly string[] {
  const found: string[] = []
  if (restriction !== null) {
    const { mode, since, code } = restriction
    found.push(`${capital(words(mode))} since ${since.slice(0, 10)}: ${code}.`)
  }
  for (const code of new Set(limitsReached.map((one) => one.code))) {
    const times = limitsReached.filter((one) => one.code === code)
    if (code === restriction?.code && times.length === 1) continue
    const first = times[0]?.at.slice(0, 10) ?? ''
    const often = times.length === 1 ? 'on' : `${times.length} times, first on`
    found.push(`${capital(code)} was reached ${often} ${first}.`)
  }
  if (end.kind === 'finish')
    found.push(`The strategy ended the run on ${endAt.slice(0, 16)}: ${words(end.reason)}.`)
  return found
}

/** Orders that a limit kept back: the run shows fewer fills than the strategy wanted. */
export function keptBackByLimits({ keptBack }: BacktestResult): readonly KeptBack[] {
  const { atStart, atEnd } = keptBack
  return [...new Set([...Object.keys(atStart), ...Object.keys(atEnd)])]
    .filter((reason) => reason.startsWith('limit_'))
    .map((reason) => ({ reason, atStart: atStart[reason] ?? 0, atEnd: atEnd[reason] ?? 0 }))
}

export interface KeptBack {
  readonly reason: string
  readonly atStart: number
  readonly atEnd: number
}

function keptBackWarnings(result: BacktestResult): readonly string[] {
  return keptBackByLimits(result).map(
    ({ reason, atStart, atEnd }) =>
      `${capital(reason)} kept ${countText(atStart)} orders back at the start and ${countText(atEnd)} at the end: the strategy wanted more than it was allowed.`,
  )
}

function standInWarnings(result: BacktestResult): readonly string[] {
  const found: string[] = []
  if (result.isProxy)
    found.push(
      'Candles of a spot market stand in for those of the perpetual contract (a proxy): the basis between the two is missing.',
    )
  if (result.isIndicative) found.push(indicativeText(result.caveat ?? ''))
  return found
}

/** What a strategy says against its own backtests. */
export const indicativeText = (caveat: string): string => `Indicative only. ${caveat}`.trim()

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
