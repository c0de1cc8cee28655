/** The report of a backtest as one HTML file without outside resources; light and dark. */
import { formatDecimal } from '../domain/money.ts'
import type { RecordedTrip } from '../domain/statistic/trade-recorder.ts'
import { formatTime, formatTimeShort } from '../domain/timeframe.ts'
import { barChart, escapeHtml, histogram } from './chart.ts'
import { formatLots } from './report-csv.ts'
import {
  amountText,
  countText,
  hoursText,
  moneyText,
  numberText,
  percentText,
  type Row,
  rowsOf,
  signedText,
  words,
} from './report-figures.ts'
import { box, type Card, cardGrid, reportPage, rowTable } from './report-page.ts'
import {
  drawdownFigure,
  equityFigure,
  monthTable,
  positionFigure,
  priceFigure,
  profitSplit,
} from './report-pictures.ts'
import { PRICE_SCRIPT } from './report-script.ts'
import { type ReportSeries, seriesOf } from './report-series.ts'
import { statisticGroups } from './report-statistics.ts'
import { warningsOf } from './report-warnings.ts'
import type { BacktestResult } from './result.ts'
import type { Backtest } from './run.ts'

const FILLS_SHOWN = 100
const TRIPS_SHOWN = 8
const NOTES_SHOWN = 100
const RESULT_COLUMNS = 48

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
      `${day(result.startAt)} – ${day(result.endAt)} UTC · ${numberText(result.statistics.days, 1)} days · ${result.timeframe} candles of ${result.set}`,
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

const day = (time: string): string => time.slice(0, 16).replace('T', ' ')

/** The figures that stand first; the dashboard shows the same. */
export function headlineCards(result: BacktestResult, currency: string): readonly Card[] {
  const found = result.statistics
  const tone = found.profit < 0 ? 'bad' : 'good'
  const cards: Card[] = [
    { name: 'Return', value: signedPercent(found.totalReturn), note: signedText(found.profit, currency), tone },
    { name: 'Buy and hold', value: signedPercent(found.buyAndHold), note: 'same capital, 1x' },
    { name: 'Annual growth', value: signedPercent(found.cagr), note: `volatility ${percentText(found.volatility, 1)}` },
    { name: 'Sharpe', value: numberText(found.sharpe), note: `Sortino ${numberText(found.sortino)}` },
    { name: 'Largest drawdown', value: percentText(found.maxDrawdown), note: `most in money ${amountText(found.maxDrawdownAmount)}` },
    { name: 'Calmar', value: numberText(found.calmar), note: `longest ${numberText(found.maxDrawdownDays, 0)} days` },
    { name: 'Round trips', value: countText(found.trades), note: `${percentText(found.winRate, 1)} won` },
    { name: 'Profit factor', value: numberText(found.profitFactor), note: `SQN ${numberText(found.sqn)}` },
    { name: 'Fees', value: amountText(found.feesTotal), note: `${percentText(found.feeShare, 1)} of the profit before` },
    { name: 'Funding', value: signedText(found.fundingTotal), note: `${countText(result.counts.fundingPayments)} payments` },
    { name: 'With a position', value: percentText(found.exposure, 1), note: `margin ratio up to ${numberText(found.worstMarginRatio)}` },
  ]
  if (found.completedGrids !== null)
    return [...cards, { name: 'Grid APR', value: percentText(found.gridApr), note: `${percentText(found.timeInRange, 1)} of the time in range` }]
  return [...cards, liquidationCard(found.liquidations)]
}

function liquidationCard(count: number): Card {
  const card = { name: 'Liquidations', value: countText(count) }
  return count > 0 ? { ...card, tone: 'bad' } : card
}

const signedPercent = (share: number | null): string =>
  share !== null && share > 0 ? `+${percentText(share)}` : percentText(share)

function pictures(backtest: Backtest, result: BacktestResult, series: ReportSeries): string {
  const { instrument } = backtest
  const { settle, base } = instrument
  return [
    equityFigure(series, settle, backtest.request.capital / 1e8),
    drawdownFigure(series),
    box('Monthly returns, percent', monthTable(series.months), 'equity on mark, funding included; the first and the last month as far as they go'),
    priceFigure(series.price, instrument.symbol),
    positionFigure(series, base),
    `<div class="two">${box(`Where the profit comes from, ${settle}`, profitSplit(splitRows(result)))}${resultsFigure(backtest, settle)}</div>`,
    tripTables(backtest, settle),
  ].join('\n')
}

/** The parts of the total; they add up to it exactly. */
export function splitRows({ report, ledger }: BacktestResult): readonly (readonly [string, number])[] {
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

function resultsFigure({ trades }: Backtest, settle: string): string {
  const title = `Results of the round trips, ${settle}`
  const results = trades.trips.map(({ net }) => net / 1e8)
  if (results.length === 0) return box(title, '<p class="span">No round trip was closed.</p>')
  const bars = histogram(results, RESULT_COLUMNS)
  const format = (value: number) => value.toLocaleString('en-US', { maximumSignificantDigits: 6 })
  const drawing = { title, bars, height: 240, format, width: 'half' } as const
  return box(title, barChart(drawing), 'after fees, without funding; the outermost columns hold what lies beyond them')
}

function tripTables(backtest: Backtest, settle: string): string {
  const { trips } = backtest.trades
  if (trips.length === 0) return ''
  const sorted = [...trips].sort((a, b) => b.net - a.net)
  const best = sorted.slice(0, TRIPS_SHOWN).filter(({ net }) => net > 0)
  const worst = sorted.slice(-TRIPS_SHOWN).reverse().filter(({ net }) => net < 0)
  const table = (title: string, shown: readonly RecordedTrip[]) =>
    box(
      title,
      shown.length === 0
        ? '<p class="span">none</p>'
        : `<table class="list"><thead><tr><th>closed</th><th>side</th><th class="number">entry</th><th class="number">exit</th><th class="number">held</th><th class="number">${escapeHtml(settle)}</th></tr></thead><tbody>${shown.map((trip) => tripRow(backtest, trip)).join('')}</tbody></table>`,
    )
  return `<div class="two">${table('Best round trips', best)}${table('Worst round trips', worst)}</div>`
}

function tripRow({ instrument }: Backtest, trip: RecordedTrip): string {
  const price = (value: number) => formatDecimal(Math.round(value), instrument.priceDecimals)
  const tone = trip.net < 0 ? 'bad' : 'good'
  const hours = hoursText((trip.closedAt - trip.openedAt) / 3_600_000)
  return `<tr><td>${formatTimeShort(trip.closedAt).slice(0, 16).replace('T', ' ')}</td><td>${trip.side}</td><td class="number">${price(trip.entry)}</td><td class="number">${price(trip.exit)}</td><td class="number">${hours}</td><td class="number ${tone}">${signedText(trip.net / 1e8)}</td></tr>`
}

function settings(backtest: Backtest, result: BacktestResult): string {
  const { parameters, assumptions, report } = result
  return [
    rowTable('Parameters', parameterRows(parameters)),
    rowTable('Data', dataRows(result)),
    rowTable('Strategy at the end', strategyRows(report)),
    rowTable('Books and counts', countRows(backtest, result)),
    rowTable('Assumptions', Object.entries(assumptions).map(([name, text]) => [words(name), text])).replace('class="box"', 'class="box long"'),
    rowTable('Engine', engineRows(result)),
  ].join('')
}

function parameterRows(parameters: unknown): readonly Row[] {
  if (typeof parameters !== 'object' || parameters === null) return []
  return Object.entries(parameters)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]): Row => [words(name), typeof value === 'object' ? JSON.stringify(value) : String(value)])
}

const strategyRows = (report: BacktestResult['report']): readonly Row[] =>
  rowsOf(report).map(([name, value]) => [words(name), value])

function dataRows({ dataQuality: quality, set }: BacktestResult): readonly Row[] {
  const gap = quality.longestGap
  return [
    ['set', set],
    ['candles present', `${countText(quality.present)} of ${countText(quality.expected)} (${percentText(quality.coverage)})`],
    ['missing inside', `${countText(quality.missing - quality.missingBefore - quality.missingAfter)} in ${countText(quality.gaps)} gaps`],
    ['missing before and behind the data', `${countText(quality.missingBefore)} and ${countText(quality.missingAfter)}`],
    ['longest gap', gap === null ? 'none' : `${countText(gap.candles)} candles from ${formatTimeShort(gap.from)}`],
    ['candles without volume', countText(quality.zeroVolume)],
    ['spikes', countText(quality.spikes)],
    ['contradictions', countText(quality.contradictions)],
  ]
}

function engineRows({ engine, seed, version, isProxy, fingerprint }: BacktestResult): readonly Row[] {
  return [
    ['engine', `${engine.name}: ${engine.reason}`],
    ['version', version ?? 'not told'],
    ['seed', seed === null ? 'none: nothing is left to chance' : String(seed)],
    ['candles', isProxy ? 'of a spot market (proxy)' : 'of the contract itself'],
    ['fingerprint of all fills', fingerprint],
  ]
}

function countRows(backtest: Backtest, result: BacktestResult): readonly Row[] {
  const { counts, rejections, ledger, exchange, firstLiquidationAt, limitsReached } = result
  const rows: Row[] = [
    ['equity by the instance', moneyText(ledger.equity)],
    ['equity by the exchange', moneyText(exchange.equity)],
    ['difference of the two books', exchange.difference],
    ['position', `${result.position} ${backtest.instrument.base}`],
    ...Object.entries(counts).map(([name, count]): Row => [words(name), countText(count)]),
    ...Object.entries(rejections).map(
      ([reason, count]): Row => [`rejected: ${words(reason)}`, countText(count)],
    ),
    ...limitsReached.slice(0, 10).map(({ at, code }): Row => ['limit reached', `${code} at ${day(at)}`]),
  ]
  return firstLiquidationAt === null ? rows : [...rows, ['first liquidation', day(firstLiquidationAt)]]
}

function notes(result: BacktestResult): string {
  if (result.notes.length === 0) return ''
  const items = result.notes
    .slice(0, NOTES_SHOWN)
    .map(({ at, level, text }) => `<li class="${level}"><time>${day(at)}</time> ${escapeHtml(text)}</li>`)
  return box(`Notes (${countText(result.notes.length)})`, `<ul class="notes">${items.join('')}</ul>`)
}

function fillsTable(backtest: Backtest): string {
  const { fills, instrument, counts } = backtest
  if (counts.fills === 0) return box(`No fills until ${formatTime(backtest.exchange.at)}`, '')
  const rows = fills.slice(-FILLS_SHOWN).map(({ fill, position }) => {
    const { side, isMaker, origin } = fill
    const cells = [
      formatTimeShort(fill.at),
      side,
      formatDecimal(fill.price, instrument.priceDecimals),
      formatLots(backtest, fill.quantity),
      (fill.fee / 1e8).toFixed(4),
      isMaker ? 'maker' : 'taker',
      origin.kind === 'slot' ? origin.slot : origin.kind,
      formatLots(backtest, position),
    ]
    return `<tr>${cells.map((cell, index) => `<td${index === 1 ? ` class="${side}"` : ''}>${escapeHtml(cell)}</td>`).join('')}</tr>`
  })
  const head = ['time', 'side', 'price', 'quantity', 'fee', 'role', 'origin', 'position after']
  const title =
    counts.fills > FILLS_SHOWN
      ? `Last ${FILLS_SHOWN} of ${countText(counts.fills)} fills (all in fills.csv)`
      : `${counts.fills} fills`
  return box(
    title,
    `<details><summary>show</summary><table class="list"><thead><tr>${head.map((name) => `<th>${name}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></details>`,
  )
}

const footer = ({ version, engine, seed, fingerprint }: BacktestResult): string =>
  `perpfleet ${escapeHtml(version ?? '')} · ${engine.name} engine · ${seed === null ? 'no seed' : `seed ${seed}`} · fingerprint <code>${fingerprint}</code>`
