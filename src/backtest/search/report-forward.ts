/** The report of a walk forward as one HTML file. */

import { formatTimeShort } from '../../domain/timeframe.ts'
import { escapeHtml } from '../chart.ts'
import { countText, numberText, percentText } from '../report-figures.ts'
import { box, cardGrid, reportPage } from '../report-page.ts'
import { equityLine, figureTable, pointText, type SearchFacts } from './report-search.ts'
import type { Value } from './space.ts'
import type { Span, StitchedPoint } from './windows.ts'

type Figures = Readonly<Record<string, number | null>>

export interface FoldOutcome {
  readonly index: number
  readonly inSample: Span
  readonly outOfSample: Span
  readonly trials: number
  readonly failed: number
  /** null: no set was allowed, nothing was traded out of sample. */
  readonly parameters: Readonly<Record<string, Value>> | null
  readonly inSampleObjective: number | null
  readonly outOfSampleObjective: number | null
  readonly inSampleFigures: Figures
  readonly outOfSampleFigures: Figures
  /** Trials of the search of this part that a risk limit cut short. */
  readonly limited: number
  /** The limit that cut the out-of-sample run short; null = none did. */
  readonly outOfSampleLimited: string | null
  /** Why the out-of-sample run failed; null = it ran. */
  readonly failure: string | null
}

export interface ForwardOutcome {
  readonly objective: string
  readonly folds: readonly FoldOutcome[]
  /** Of the stitched equity: what came of always trading the set that was best before. */
  readonly totalReturn: number
  /** Of the equity at midnight: smaller than within a part, where every candle counts. */
  readonly maxDrawdown: number
  readonly sharpe: number | null
  /** Simple yearly returns over all parts; null without a part. */
  readonly inSampleYearly: number | null
  readonly outOfSampleYearly: number | null
  /** The second ÷ the first; null when the first is below 1 %. */
  readonly efficiency: number | null
  /** Share of the parts that ended with a profit. */
  readonly profitableShare: number
  readonly stitched: readonly StitchedPoint[]
  /** What must be read before any figure. */
  readonly warnings: readonly string[]
}

/** How each part begins: told in table and report. */
export const COLD_PARTS =
  'each part begins flat and without indicators: a strategy on indicators does nothing until they are warm (take shorter lengths for them, or longer parts); the drawdown of a part is by candles'

export const spanText = ({ from, to }: Span): string =>
  `${formatTimeShort(from)} – ${formatTimeShort(to)}`

/** Whether a limit acted in any part: only then the tables speak of limits. */
export const hasLimited = (folds: readonly FoldOutcome[]): boolean =>
  folds.some(({ limited, outOfSampleLimited }) => limited > 0 || outOfSampleLimited !== null)

/** What limits did to a part: its trials, and the run out of sample. */
export const limitCells = (fold: FoldOutcome): readonly string[] => [
  `${fold.limited} of ${fold.trials}`,
  fold.outOfSampleLimited ?? '–',
]

/** The whole page. */
export function forwardHtml(facts: SearchFacts, outcome: ForwardOutcome): string {
  const { folds, objective, stitched } = outcome
  const head = [
    'part',
    'searched',
    'judged',
    'parameters',
    `${objective} in sample`,
    'out of sample',
  ]
  const figures = ['return in sample', 'return out of sample', 'drawdown', 'trades']
  const hasLimits = hasLimited(folds)
  const limits = hasLimits ? ['trials cut short by limits', 'out of sample cut short by'] : []
  const rows = folds.map((fold) => [
    String(fold.index + 1),
    spanText(fold.inSample),
    spanText(fold.outOfSample),
    fold.parameters === null ? 'nothing allowed' : pointText(fold.parameters),
    numberText(fold.inSampleObjective, 3),
    fold.failure ?? numberText(fold.outOfSampleObjective, 3),
    percentText(fold.inSampleFigures['totalReturn'] ?? null),
    percentText(fold.outOfSampleFigures['totalReturn'] ?? null),
    percentText(fold.outOfSampleFigures['maxDrawdown'] ?? null),
    countText(fold.outOfSampleFigures['trades'] ?? null),
    ...(hasLimits ? limitCells(fold) : []),
  ])
  return reportPage({
    title: `${facts.kind}: ${facts.heading}`,
    ...facts,
    body: [
      cardGrid(cardsOf(outcome)),
      box(
        'Equity out of sample, 1 at the beginning',
        equityLine(
          'equity out of sample',
          stitched.map(({ at, equity }) => ({ at, value: equity })),
        ),
        'each part begins with what the one before left; no part was seen by the search that chose its parameters',
      ),
      box('The parts', figureTable([...head, ...figures, ...limits], rows), COLD_PARTS),
    ].join('\n'),
    footer: escapeHtml(facts.footer),
    script: null,
  })
}

function cardsOf({
  folds,
  totalReturn,
  maxDrawdown,
  sharpe,
  inSampleYearly,
  outOfSampleYearly,
  efficiency,
  profitableShare,
}: ForwardOutcome) {
  const tone = totalReturn < 0 ? ('bad' as const) : ('good' as const)
  return [
    { name: 'Return out of sample', value: percentText(totalReturn), tone },
    { name: 'Largest drawdown, by days', value: percentText(maxDrawdown) },
    { name: 'Sharpe', value: numberText(sharpe) },
    {
      name: 'Efficiency',
      value: numberText(efficiency),
      note: `simple return a year out of ÷ in sample: ${percentText(outOfSampleYearly)} ÷ ${percentText(inSampleYearly)}`,
    },
    {
      name: 'Parts with a profit',
      value: percentText(profitableShare, 0),
      note: `of ${folds.length}`,
    },
  ]
}
