/** The report of a search as one HTML file: the best, the heat map, the front, and how far the best is luck. */
import { escapeHtml } from '../chart.ts'
import { downsample } from '../downsample.ts'
import { countText, numberText, percentText, words } from '../report-figures.ts'
import { listTable } from '../report-lists.ts'
import { box, type Card, cardGrid, reportPage, rowTable } from '../report-page.ts'
import { responsiveChart } from '../report-pictures.ts'
import { heatMapSvg, scatterSvg, shadesOf } from './pictures.ts'
import type { HeatMap } from './plateau.ts'
import type { SearchSummary, TrialSummary } from './summary.ts'
import { type Aim, scoresOf, type Trial, valuesOf } from './trials.ts'

/** What a page says beside the outcome. */
export interface SearchFacts {
  readonly kind: string
  readonly heading: string
  readonly lines: readonly string[]
  readonly warnings: readonly string[]
  readonly footer: string
}

const isNumber = (text: string): boolean => /^[-+]?[\d,.]+( %)?$|^N\/A$/.test(text)

/** A table of texts; columns that hold nothing but numbers stand at the right. */
export function figureTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const numeric = head.map((_, column) => rows.every((row) => isNumber(row[column] ?? 'N/A')))
  return listTable(head, rows, (column) => numeric[column] ?? false)
}

/** An equity line from points in time. */
export function equityLine(
  title: string,
  points: readonly { readonly at: number; readonly value: number }[],
): string {
  const buckets = downsample(points.length, (index) => points[index] ?? { at: 0, value: 0 }, 900)
  return responsiveChart({
    title,
    series: [{ buckets, style: 'line', tone: 'equity' }],
    height: 280,
    format: (value) => value.toLocaleString('en-US', { maximumFractionDigits: 4 }),
    rules: [1],
  })
}

export const pointText = (parameters: TrialSummary['parameters']): string =>
  Object.entries(parameters)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ')

/** Figures beside the objectives, with how they are written. */
const FIGURES: readonly (readonly [name: string, written: (value: number | null) => string])[] = [
  ['totalReturn', percentText],
  ['sharpe', numberText],
  ['maxDrawdown', percentText],
  ['profitFactor', numberText],
  ['trades', countText],
  ['liquidations', countText],
]

const writers: ReadonlyMap<string, (value: number | null) => string> = new Map(FIGURES)

/** The value of an objective, written as the statistic that it may be. */
const objectiveText = (text: string, value: number | null): string =>
  (writers.get(text) ?? ((one) => numberText(one, 3)))(value)

/** @param hasLimits whether a limit cut any trial of the search short: only then the table has a column for it */
function bestTable(aim: Aim, trials: readonly TrialSummary[], hasLimits: boolean): string {
  const first = trials[0]
  if (first === undefined) return ''
  const names = aim.objectives.map(({ text }) => text)
  const figures = FIGURES.filter(([name]) => !names.includes(name))
  const hasUnseen = first.unseen !== null
  const others = hasUnseen && !names.includes('totalReturn') ? ['totalReturn'] : []
  const head = [
    'trial',
    ...Object.keys(first.parameters),
    ...names,
    'plateau',
    ...figures.map(([name]) => words(name)),
    ...(hasUnseen ? [...names, ...others].map((text) => `unseen ${text}`) : []),
    ...(hasLimits ? ['cut short by'] : []),
  ]
  const valuesIn = (values: readonly (number | null)[]) =>
    names.map((name, index) => objectiveText(name, values[index] ?? null))
  const rows = trials.map(
    ({ trial, parameters, objectives, plateau, statistics, unseen, limited }) => [
      String(trial),
      ...Object.values(parameters).map(String),
      ...valuesIn(objectives),
      objectiveText(names[0] ?? '', plateau),
      ...figures.map(([name, written]) => written(statistics[name] ?? null)),
      ...(hasUnseen ? valuesIn(unseen?.objectives ?? []) : []),
      ...(hasUnseen ? others.map((name) => percentText(unseen?.statistics[name] ?? null)) : []),
      ...(hasLimits ? [limited ?? '–'] : []),
    ],
  )
  return figureTable(head, rows)
}

/** The whole page. @param trials all of them, for the scatter */
export function searchHtml(
  facts: SearchFacts,
  aim: Aim,
  trials: readonly Trial[],
  summary: SearchSummary,
): string {
  const { best, front, steadiest, failures, counts } = summary
  const hasLimits = counts.limited > 0
  return reportPage({
    title: `${facts.kind}: ${facts.heading}`,
    ...facts,
    body: [
      cardGrid(cardsOf(aim, summary)),
      box(
        'The best',
        bestTable(aim, best, hasLimits),
        `ordered by ${aim.objectives[0]?.text ?? ''}`,
      ),
      steadiest === null
        ? ''
        : box(
            'The steadiest',
            bestTable(aim, [steadiest], hasLimits),
            'the set whose neighbours are good as well: the mean over the set and its neighbours is largest',
          ),
      heatMaps(aim, summary),
      front === null ? '' : frontBox(aim, trials, front, hasLimits),
      `<div class="three">${luckTables(summary)}</div>`,
      rowTable(
        'Failed',
        failures.map(([sentence, count]) => [sentence, countText(count)]),
      ),
    ].join('\n'),
    footer: escapeHtml(facts.footer),
    script: null,
  })
}

function cardsOf(aim: Aim, { counts, best, deflatedSharpe }: SearchSummary): readonly Card[] {
  const [first] = best
  const name = aim.objectives[0]?.text ?? ''
  const cards: Card[] = [
    { name: 'Trials', value: countText(counts.trials), note: `${countText(counts.failed)} failed` },
    { name: 'Outside the constraints', value: countText(counts.outsideConstraints) },
    ...limitCards(counts.limited),
    { name: `Best ${name}`, value: objectiveText(name, first?.objectives[0] ?? null) },
    {
      name: 'Its plateau',
      value: objectiveText(name, first?.plateau ?? null),
      note: 'with its neighbours',
    },
  ]
  if (first?.unseen)
    cards.push({
      name: `Unseen ${name}`,
      value: objectiveText(name, first.unseen.objectives[0] ?? null),
    })
  if (deflatedSharpe !== null)
    cards.push({
      name: 'Deflated Sharpe',
      value: percentText(deflatedSharpe.probability, 1),
      note: 'sure that it is above 0',
      ...((deflatedSharpe.probability ?? 0) < 0.95 ? { tone: 'bad' as const } : {}),
    })
  return cards
}

const limitCards = (limited: number): readonly Card[] =>
  limited === 0 ? [] : [{ name: 'Cut short by limits', value: countText(limited), tone: 'bad' }]

function heatMaps(aim: Aim, { heatMap }: SearchSummary): string {
  if (heatMap === null) return ''
  const name = aim.objectives[0]?.text ?? ''
  const sign = aim.objectives[0]?.direction === 'min' ? -1 : 1
  const isSigned = aim.objectives[0]?.isSigned ?? true
  const map = (title: string, cells: HeatMap['cells'], note: string): string => {
    const shades = shadesOf(cells, isSigned, sign)
    const picture = heatMapSvg(heatMap, cells, title, sign, shades)
    return box(
      title,
      picture,
      `${note}; ${shades.note}; grey: nothing ran, failed or is not allowed`,
    )
  }
  return [
    map(
      `${name} by ${heatMap.x.key} and ${heatMap.y.key}`,
      heatMap.cells,
      'the best over all other parameters',
    ),
    map(
      `Plateau of ${name}`,
      heatMap.plateau,
      'each cell as the mean of itself and its neighbours in the map, grey ones left out (the plateau in the table is over single sets and counts those as the worst): a lonely peak is luck',
    ),
  ].join('\n')
}

function frontBox(
  aim: Aim,
  trials: readonly Trial[],
  front: readonly TrialSummary[],
  hasLimits: boolean,
): string {
  const [x, y] = aim.objectives
  if (x === undefined || y === undefined) return ''
  const onFront = new Map(front.map((one) => [one.trial, one]))
  const points = trials.flatMap((trial) => {
    const [a = null, b = null] = scoresOf(aim, trial).includes(null) ? [] : valuesOf(aim, trial)
    if (a === null || b === null) return []
    const found = onFront.get(trial.index)
    const name = found === undefined ? '' : `trial ${trial.index}: ${pointText(found.parameters)}`
    return [{ x: a, y: b, isFront: found !== undefined, name }]
  })
  return box(
    `Pareto front of ${aim.objectives.map(({ text }) => text).join(' and ')}`,
    `${scatterSvg(points, x.text, y.text)}${bestTable(aim, front.slice(0, 50), hasLimits)}`,
    'of the sets on the front no other is better in every objective',
  )
}

function luckTables({ deflatedSharpe, monteCarlo }: SearchSummary): string {
  const tables: string[] = []
  if (deflatedSharpe !== null) {
    const { sample, trials, expectedBest, probability, trial } = deflatedSharpe
    tables.push(
      rowTable(`Deflated Sharpe ratio of trial ${trial}`, [
        ['trials with a Sharpe ratio', countText(trials)],
        ['best ratio that chance lets expect, a year', numberText(expectedBest)],
        ['ratio of the trial, a year', numberText(sample.sharpe * Math.sqrt(365))],
        ['days', countText(sample.observations)],
        ['skewness', numberText(sample.skewness)],
        ['kurtosis (3 = normal)', numberText(sample.kurtosis)],
        ['probability that the true ratio is above 0', percentText(probability, 1)],
      ]),
    )
  }
  for (const { method, runs, totalReturn, maxDrawdown, lossShare } of monteCarlo) {
    const title = method === 'shuffle' ? 'Days in other orders' : 'Days drawn anew'
    const of = ({ p5, p50, p95 }: typeof totalReturn) =>
      `${percentText(p5)} … ${percentText(p50)} … ${percentText(p95)}`
    tables.push(
      rowTable(`${title} (${countText(runs)} times, 5 … 50 … 95 of 100)`, [
        ['return', of(totalReturn)],
        ['largest drawdown', of(maxDrawdown)],
        ['share that loses', percentText(lossShare, 1)],
      ]),
    )
  }
  return tables.join('')
}
