/** What must be read before any figure of a run on several legs. */
import type { LegResult, LegsResult } from './legs-result.ts'
import { countText, percentText, words } from './report-figures.ts'
import { indicativeText, noFundingText } from './report-warnings.ts'

/** A smaller share would be told as 0.00 %. */
const TELLING = 0.000_05

/** Sentences, the gravest first; empty when there is nothing to warn of. */
export function legsWarningsOf(result: LegsResult): readonly string[] {
  return [
    ...result.legs.flatMap(borrowedWarnings),
    ...result.legs.flatMap(dataWarnings),
    ...result.legs.flatMap(liquidationWarnings),
    ...lossWarnings(result),
    ...endWarnings(result),
    ...(result.isIndicative ? [indicativeText(result.caveat ?? '')] : []),
  ]
}

const borrowedWarnings = ({ name, venue, pricesFrom }: LegResult): readonly string[] =>
  pricesFrom === null
    ? []
    : [
        `No candles of ${venue} are recorded: leg ${name} trades at the prices of ${pricesFrom}. What the two venues' prices differed by, and what it cost to get in and out of that difference, is missing; only its funding is its own.`,
      ]

function dataWarnings({ name, venue, isProxy, dataQuality }: LegResult): readonly string[] {
  const found: string[] = []
  const { missing, expected, fundingMissing } = dataQuality
  if (missing > 0)
    found.push(
      `${percentText(missing / Math.max(1, expected))} of the candles of leg ${name} (${venue}) are missing in this window (${countText(missing)} of ${countText(expected)}): its market stood still there.`,
    )
  if (fundingMissing >= TELLING)
    found.push(`Leg ${name} (${venue}): ${noFundingText(fundingMissing)}`)
  if (isProxy)
    found.push(
      `Candles of a spot market stand in for those of the contract of leg ${name} (${venue}): the basis between the two is missing.`,
    )
  return found
}

const liquidationWarnings = ({ name, counts, firstLiquidationAt }: LegResult): readonly string[] =>
  counts.liquidations === 0
    ? []
    : [
        `Leg ${name} was liquidated ${counts.liquidations === 1 ? 'once' : `${countText(counts.liquidations)} times`}, first at ${firstLiquidationAt?.slice(0, 16) ?? ''}: one account ran dry while the other gained.`,
      ]

function lossWarnings({ limitsReached, keptBack, legs }: LegsResult): readonly string[] {
  const found: string[] = []
  for (const { leg, code } of uniqueLimits(limitsReached)) {
    const own = limitsReached.filter((one) => one.leg === leg && one.code === code)
    found.push(
      `${capital(code)} was reached on leg ${leg}, first on ${own[0]?.at.slice(0, 10) ?? ''}.`,
    )
  }
  const kept = Object.entries({ ...keptBack.atStart, ...keptBack.atEnd })
  for (const [reason] of kept.filter(([name]) => name.startsWith('limit_')))
    found.push(`${capital(reason)} kept orders back: the strategy wanted more than it was allowed.`)
  const rejected = legs.reduce((sum, { counts }) => sum + counts.ordersRejected, 0)
  if (rejected > 0)
    found.push(
      `${countText(rejected)} orders were rejected: ${legs
        .flatMap(({ name, rejections }) =>
          Object.entries(rejections).map(
            ([reason, count]) => `${countText(count)} of leg ${name} for ${words(reason)}`,
          ),
        )
        .join(', ')}.`,
    )
  return found
}

const uniqueLimits = (limits: LegsResult['limitsReached']) => [
  ...new Map(limits.map((one) => [`${one.leg} ${one.code}`, one])).values(),
]

const endWarnings = ({ end, endAt }: LegsResult): readonly string[] =>
  end.kind === 'finish'
    ? [`The strategy ended the run on ${endAt.slice(0, 16)}: ${words(end.reason)}.`]
    : []

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
