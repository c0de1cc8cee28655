/** The report of a backtest as one HTML file without outside resources; light and dark. */
import { escapeHtml } from './chart.ts'
import { headlineCards } from './report-cards.ts'
import { minuteText, moneyText, numberText, rowsOf, words } from './report-figures.ts'
import { box, cardGrid, reportPage, rowTable } from './report-page.ts'
import {
  drawdownFigure,
  equityFigure,
  monthTable,
  positionFigure,
  priceFigure,
  profitSplit,
  resultsFigure,
} from './report-pictures.ts'
import { PRICE_SCRIPT } from './report-script.ts'
import { type ReportSeries, seriesOf } from './report-series.ts'
import { statisticGroups } from './report-statistics.ts'
import { fillsTable, notes, settings, tripTables } from './report-tables.ts'
import { warningsOf } from './report-warnings.ts'
import type { BacktestResult } from './result.ts'
import type { Backtest } from './run.ts'

/** The whole page; the lines of a grid as they are at the end are drawn behind the price. */
export function reportHtml(backtest: Backtest, result: BacktestResult): string {
  const { settle } = backtest.instrument
  const series = seriesOf(backtest)
  const name = `${result.strategy} on ${result.instrument}`
  return reportPage({
    title: `Backtest: ${name}`,
    kind: `Backtest · ${result.instance}`,
    heading: name,
    lines: [
      `${minuteText(result.startAt)} – ${minuteText(result.endAt)} UTC · ${numberText(result.statistics.days, 1)} days · ${result.timeframe} candles of ${result.set}`,
      `capital ${moneyText(result.ledger.capital)} ${settle} · leverage ${backtest.request.leverage} · ended: ${words(result.end.reason)}`,
    ],
    warnings: warningsOf(result),
    body: [
      cardGrid(headlineCards(result, settle)),
      series === null ? '' : pictures(backtest, result, series),
      `<div class="three">${statisticGroups(result.statistics, settle)
        .map(({ title, rows }) => rowTable(title, rows))
        .join('')}</div>`,
      `<div class="flow">${settings(backtest, result)}</div>`,
      notes(result),
      fillsTable(backtest),
    ].join('\n'),
    footer: footer(result),
    script: series === null ? null : PRICE_SCRIPT,
  })
}

function pictures(backtest: Backtest, result: BacktestResult, series: ReportSeries): string {
  const { instrument } = backtest
  const { settle, base } = instrument
  return [
    equityFigure(series, settle, backtest.request.capital / 1e8),
    drawdownFigure(series),
    box(
      'Monthly returns, percent',
      monthTable(series.months),
      'equity on mark, funding included; the first and the last month as far as they go',
    ),
    priceFigure(series.price, instrument.symbol),
    positionFigure(series, base),
    `<div class="two">${box(`Where the profit comes from, ${settle}`, profitSplit(splitRows(result)))}${tripsFigure(backtest, settle)}</div>`,
    tripTables(backtest, settle),
  ].join('\n')
}

/** The parts of the total; they add up to it exactly. */
export function splitRows({
  report,
  ledger,
}: BacktestResult): readonly (readonly [string, number])[] {
  const costs = [
    ['funding', Number(ledger.funding)],
    ['fees', -Number(ledger.fees)],
    ['total', Number(ledger.total)],
  ] as const
  const grid = new Map(rowsOf(report).map(([name]) => [name, 0]))
  if (!grid.has('grid_profit'))
    return [
      ['closed positions', Number(ledger.realised)],
      ['open position', Number(ledger.unrealised)],
      ...costs,
    ]
  const part = (name: string) => Number((report as Readonly<Record<string, unknown>>)[name] ?? 0)
  return [
    ['grid profit', part('grid_profit')],
    ['inventory', part('inventory')],
    ['entry adjustment', part('entry_adjustment')],
    ['closed otherwise', part('closed')],
    ...costs,
  ]
}

const tripsFigure = ({ trades }: Backtest, settle: string): string =>
  resultsFigure(`Results of the round trips, ${settle}`, {
    results: trades.trips.map(({ net }) => net / 1e8),
    none: 'No round trip was closed.',
    note: 'after fees, without funding',
  })

const footer = ({ version, engine, seed, fingerprint }: BacktestResult): string =>
  `perpfleet ${escapeHtml(version ?? '')} · ${engine.name} engine · ${seed === null ? 'no seed' : `seed ${seed}`} · fingerprint <code>${fingerprint}</code>`
