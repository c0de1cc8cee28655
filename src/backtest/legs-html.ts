/** The report of a backtest on several legs as one HTML file without outside resources; the look of report-html.ts. */
import { escapeHtml } from './chart.ts'
import type { LegsBacktest } from './legs.ts'
import { legsCards } from './legs-cards.ts'
import type { LegsResult } from './legs-result.ts'
import { type LegsSeries, legsSeriesOf } from './legs-series.ts'
import { fillsTable, legTable, opportunityTables, settings } from './legs-tables.ts'
import { legsWarningsOf } from './legs-warnings.ts'
import { minuteText, moneyText, numberText, words } from './report-figures.ts'
import { box, cardGrid, reportPage, rowTable } from './report-page.ts'
import {
  drawdownFigure,
  monthTable,
  profitSplit,
  responsiveChart,
  resultsFigure,
} from './report-pictures.ts'
import { statisticGroups } from './report-statistics.ts'
import { notes } from './report-tables.ts'

export function legsHtml(run: LegsBacktest, result: LegsResult): string {
  const { settle, legs } = result
  const name = `${result.strategy} on ${legs.map(({ instrument }) => instrument).join(' and ')}`
  const series = legsSeriesOf(run)
  return reportPage({
    title: `Backtest: ${name}`,
    kind: `Backtest · ${result.instance}`,
    heading: name,
    lines: [
      `${minuteText(result.startAt)} – ${minuteText(result.endAt)} UTC · ${numberText(result.statistics.days, 1)} days · ${legs.map(({ set }) => set).join(' and ')}`,
      `capital ${moneyText(result.ledger.capital)} ${settle} · ${legs.map(({ venue, capital, settle: own, leverage }) => `${moneyText(capital)} ${own} at ${venue}, leverage ${leverage}`).join(' · ')} · ended: ${words(result.end.reason)}`,
    ],
    warnings: legsWarningsOf(result),
    body: [
      cardGrid(legsCards(result)),
      pictures(run, result, series),
      opportunityTables(result),
      `<div class="three">${statisticGroups(result.statistics, settle)
        .map(({ title, rows }) =>
          rowTable(
            title === 'Round trips' ? 'Opportunities' : title,
            rows
              .filter(([row]) => row !== 'buy and hold')
              .map(([row, value]) => [row.replace('round trips', 'opportunities'), value]),
          ),
        )
        .join('')}</div>`,
      `<div class="flow">${settings(result)}</div>`,
      notes(result),
      fillsTable(run),
    ].join('\n'),
    footer: `perpfleet ${escapeHtml(result.version ?? '')} · stepping engine · no seed · fingerprint <code>${result.fingerprint}</code>`,
    script: null,
  })
}

function pictures(run: LegsBacktest, result: LegsResult, series: LegsSeries): string {
  const { settle } = result
  const base = run.legs[0]?.instrument.base ?? ''
  return [
    equityFigure(series, settle, run.capital / 1e8),
    drawdownFigure(series),
    legTable(result),
    `<div class="two">${box(`Where the profit comes from, ${settle}`, profitSplit(splitRows(result)), 'slippage is part of the prices, and shown in the table of the legs')}${opportunitiesFigure(result)}</div>`,
    box(
      'Monthly returns, percent',
      monthTable(series.months),
      'equity on mark, funding included; the first and the last month as far as they go',
    ),
    spreadFigure(result, series),
    positionFigure(series, base),
    deltaFigure(series, base),
  ].join('\n')
}

const plain = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 8 })

function equityFigure({ equity }: LegsSeries, settle: string, capital: number): string {
  const drawing = responsiveChart({
    title: 'equity of all legs',
    series: [{ buckets: equity, style: 'line', tone: 'equity' }],
    height: 320,
    format: plain,
    rules: [capital],
  })
  return box(`Equity of all legs, ${settle}`, drawing)
}

/** Prices, funding and fees of each leg in the currency of the first; they add up to the total but for roundings of rates. */
export function splitRows({ legs, ledger }: LegsResult): readonly (readonly [string, number])[] {
  const price = legs.reduce(
    (sum, { realised, unrealised, settleRate }) =>
      sum + (Number(realised) + Number(unrealised)) * Number(settleRate),
    0,
  )
  return [
    ['prices of all legs', price],
    ...legs.map(
      ({ venue, funding, settleRate }) =>
        [`funding at ${venue}`, Number(funding) * Number(settleRate)] as const,
    ),
    ...legs.map(
      ({ venue, fees, settleRate }) =>
        [`fees at ${venue}`, -Number(fees) * Number(settleRate)] as const,
    ),
    ['total', Number(ledger.total)],
  ]
}

const opportunitiesFigure = ({ opportunities, settle }: LegsResult): string =>
  resultsFigure(`Results of the opportunities, ${settle}`, {
    results: opportunities
      .filter(({ closedAt }) => closedAt !== null)
      .map(({ net }) => Number(net)),
    none: 'No opportunity was closed.',
    note: 'after fees, funding included',
  })

function spreadFigure({ legs }: LegsResult, { spread }: LegsSeries): string {
  const [first, second] = legs
  if (spread.length < 2 || first === undefined || second === undefined) return ''
  const drawing = responsiveChart({
    title: 'difference of the prices',
    series: [{ buckets: spread, style: 'line', tone: 'price' }],
    height: 220,
    format: (value) => `${plain(value)} bp`,
    rules: [0],
  })
  return box(
    `Price at ${second.venue} over ${first.venue}, basis points`,
    drawing,
    'of candle closes; the outline holds the extremes',
  )
}

function positionFigure({ positions }: LegsSeries, base: string): string {
  const tones = ['position', 'hold']
  const drawing = responsiveChart({
    title: 'positions of the legs',
    series: positions.map((buckets, index) => ({
      buckets,
      style: 'plain' as const,
      tone: tones[index] ?? 'price',
    })),
    height: 170,
    format: plain,
    rules: [0],
  })
  return box(`Positions of the legs, ${base}`, drawing, 'dark: the first leg; pale: the others')
}

function deltaFigure({ delta }: LegsSeries, base: string): string {
  if (delta.every(({ low, high }) => low === 0 && high === 0)) return ''
  const drawing = responsiveChart({
    title: 'net delta',
    series: [{ buckets: delta, style: 'area', tone: 'position' }],
    height: 120,
    format: plain,
    rules: [],
  })
  return box(`Net delta at candle closes, ${base}`, drawing)
}
