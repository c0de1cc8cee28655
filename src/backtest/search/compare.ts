/** Several results of backtests side by side: what differs, every figure, and one HTML page. */
import type { StatisticName } from '../../domain/statistic/statistics.ts'
import { escapeHtml } from '../chart.ts'
import { type Bucket, downsample } from '../downsample.ts'
import { countText, numberText, percentText, words } from '../report-figures.ts'
import { box, reportPage } from '../report-page.ts'
import { responsiveChart } from '../report-pictures.ts'
import { indicativeText } from '../report-warnings.ts'
import { figureTable } from './report-search.ts'

/** What is read of a result.json; older ones may lack figures. */
export interface ComparedResult {
  /** How it is called here: the name of its folder. */
  readonly name: string
  readonly version: string | null
  readonly instance: string
  readonly strategy: string
  readonly set: string
  readonly startAt: string
  readonly endAt: string
  readonly fingerprint: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly assumptions: Readonly<Record<string, unknown>>
  readonly statistics: Readonly<Record<string, number | null>>
  /** What the strategy says against its own backtests; null = nothing. */
  readonly caveat: string | null
  /** Share of the window that was recorded; null = not told. */
  readonly coverage: number | null
  /** Equity of each candle ÷ the first; null = the folder holds none. */
  readonly equity: readonly { readonly at: number; readonly value: number }[] | null
}

type Shape = 'percent' | 'number' | 'count'

/** Rows of the table and how they are written. */
const ROWS: readonly (readonly [StatisticName, Shape])[] = [
  ['totalReturn', 'percent'],
  ['buyAndHold', 'percent'],
  ['profit', 'number'],
  ['cagr', 'percent'],
  ['volatility', 'percent'],
  ['sharpe', 'number'],
  ['sortino', 'number'],
  ['calmar', 'number'],
  ['maxDrawdown', 'percent'],
  ['maxDrawdownDays', 'number'],
  ['valueAtRisk95', 'percent'],
  ['profitFactor', 'number'],
  ['winRate', 'percent'],
  ['expectancy', 'number'],
  ['sqn', 'number'],
  ['trades', 'count'],
  ['fills', 'count'],
  ['turnover', 'number'],
  ['exposure', 'percent'],
  ['feesTotal', 'number'],
  ['fundingTotal', 'number'],
  ['worstMarginRatio', 'percent'],
  ['liquidations', 'count'],
  ['completedGrids', 'count'],
  ['gridApr', 'percent'],
  ['timeInRange', 'percent'],
]

export interface Comparison {
  readonly names: readonly string[]
  /** Statistics, as numbers; null = N/A. */
  readonly statistics: Readonly<Record<string, readonly (number | null)[]>>
  /** Parameters and assumptions that are not the same everywhere, as texts. */
  readonly differences: Readonly<Record<string, readonly string[]>>
  /** What makes the comparison unfair, in sentences. */
  readonly warnings: readonly string[]
}

export function compared(results: readonly ComparedResult[]): Comparison {
  const rows = ROWS.map(
    ([name]) => [name, results.map(({ statistics }) => statistics[name] ?? null)] as const,
  )
  return {
    names: results.map(({ name }) => name),
    statistics: Object.fromEntries(
      rows.filter(([, values]) => values.some((value) => value !== null)),
    ),
    differences: {
      ...differing(results, ({ strategy, set, instance, version }) => ({
        strategy,
        set,
        instance,
        version,
      })),
      ...differing(results, ({ parameters }) => parameters),
      ...differing(results, ({ assumptions }) => assumptions),
    },
    warnings: warningsOf(results),
  }
}

const textOf = (value: unknown): string =>
  value === undefined || value === null
    ? '–'
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)

function differing(
  results: readonly ComparedResult[],
  of: (result: ComparedResult) => Readonly<Record<string, unknown>>,
): Readonly<Record<string, readonly string[]>> {
  const keys = [...new Set(results.flatMap((result) => Object.keys(of(result))))]
  const rows = keys.map((key) => [key, results.map((result) => textOf(of(result)[key]))] as const)
  return Object.fromEntries(rows.filter(([, texts]) => new Set(texts).size > 1))
}

function warningsOf(results: readonly ComparedResult[]): readonly string[] {
  const found: string[] = []
  const spans = new Set(results.map(({ startAt, endAt }) => `${startAt} ${endAt}`))
  if (spans.size > 1)
    found.push('The runs are of different times: their figures are not of the same market.')
  const paths = new Set(results.map(({ set }) => set.split('@')[0]))
  if (paths.size > 1) found.push('The runs are of different sets of data.')
  const [first] = results
  const same = results.filter(({ fingerprint }) => fingerprint === first?.fingerprint)
  if (results.length > 1 && same.length === results.length)
    found.push('All runs have the same fills: they are the same run.')
  const caveats = new Set(results.flatMap(({ caveat }) => (caveat === null ? [] : [caveat])))
  found.push(...[...caveats].map(indicativeText))
  for (const { name, coverage, statistics } of results) {
    if (coverage !== null && coverage < 1)
      found.push(`${name}: ${percentText(1 - coverage)} of the candles of its window are missing.`)
    const liquidations = statistics['liquidations'] ?? 0
    if (liquidations > 0) found.push(`${name}: liquidated ${countText(liquidations)} times.`)
  }
  return found
}

/** The table as texts: name of the figure, then one text for each result. */
export function comparisonRows({
  statistics,
  differences,
}: Comparison): readonly (readonly string[])[] {
  const written: Readonly<Record<Shape, (value: number | null) => string>> = {
    percent: percentText,
    number: numberText,
    count: countText,
  }
  const figures = ROWS.flatMap(([name, shape]) => {
    const values = statistics[name]
    return values === undefined ? [] : [[name, ...values.map((value) => written[shape](value))]]
  })
  return [...Object.entries(differences).map(([key, texts]) => [key, ...texts]), ...figures]
}

const TONES = [
  '#2f6fed',
  '#e0803a',
  '#16a37a',
  '#b04ad0',
  '#c43a31',
  '#8a8f1f',
  '#1d9bb5',
  '#7a6a5a',
]

/** The page; equity curves lie over each other when all runs are of the same time. */
export function comparisonHtml(results: readonly ComparedResult[], comparison: Comparison): string {
  const rows = comparisonRows(comparison).map(([name = '', ...cells]) => [words(name), ...cells])
  const tones = TONES.map(
    (colour, index) =>
      `polyline.run${index},i.run${index}{stroke:${colour};border-color:${colour}}`,
  )
  return reportPage({
    title: `Comparison of ${results.length} backtests`,
    kind: 'Comparison',
    heading: comparison.names.join(' · '),
    lines: results.map(
      ({ name, strategy, set, startAt, endAt }) =>
        `${name}: ${strategy} on ${set}, ${startAt.slice(0, 16)} – ${endAt.slice(0, 16)}`,
    ),
    warnings: comparison.warnings,
    body: [
      `<style>header{margin-bottom:16px}${tones.join('')}</style>`,
      equityBox(results),
      box('Figures', figureTable(['', ...comparison.names], rows)),
    ].join('\n'),
    footer: results
      .map(({ name, fingerprint }) => `${escapeHtml(name)} <code>${escapeHtml(fingerprint)}</code>`)
      .join('<br>'),
    script: null,
  })
}

function equityBox(results: readonly ComparedResult[]): string {
  const known = results.flatMap(({ name, equity }, index) =>
    equity === null || equity.length < 2
      ? []
      : [{ name, equity, tone: `run${index % TONES.length}` }],
  )
  if (known.length === 0) return ''
  const buckets = (
    points: readonly { readonly at: number; readonly value: number }[],
  ): readonly Bucket[] =>
    downsample(points.length, (index) => points[index] ?? { at: 0, value: 0 }, 900)
  const draw = (runs: typeof known) =>
    responsiveChart({
      title: 'equity, 1 at the start',
      series: runs.map(({ equity, tone }) => ({ buckets: buckets(equity), style: 'plain', tone })),
      height: 320,
      format: (value) => value.toLocaleString('en-US', { maximumFractionDigits: 4 }),
      rules: [1],
    })
  const legend = known
    .map(({ name, tone }) => `<i class="${tone}"></i>${escapeHtml(name)}`)
    .join('')
  const ends = new Set(known.map(({ equity }) => `${equity[0]?.at} ${equity.at(-1)?.at}`))
  const inner =
    ends.size === 1
      ? draw(known)
      : known.map((run) => `<h2>${escapeHtml(run.name)}</h2>${draw([run])}`).join('')
  return box(
    'Equity, 1 at the start',
    `<p class="note"><span class="legend" style="float:none">${legend}</span></p>${inner}`,
  )
}
