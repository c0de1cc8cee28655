/** The tables of a report: best and worst round trips, parameters, data, books, assumptions, notes, fills. */
import { formatDecimal } from '../domain/money.ts'
import type { RecordedTrip } from '../domain/statistic/trade-recorder.ts'
import { formatTime, formatTimeShort } from '../domain/timeframe.ts'
import { escapeHtml } from './chart.ts'
import { formatLots } from './report-csv.ts'
import {
  countText,
  hoursText,
  moneyText,
  percentText,
  type Row,
  rowsOf,
  signedText,
  words,
} from './report-figures.ts'
import { box, rowTable } from './report-page.ts'
import type { BacktestResult } from './result.ts'
import type { Backtest } from './run.ts'

const FILLS_SHOWN = 100
const TRIPS_SHOWN = 8
const NOTES_SHOWN = 100

const day = (time: string): string => time.slice(0, 16).replace('T', ' ')

export function tripTables(backtest: Backtest, settle: string): string {
  const { trips } = backtest.trades
  if (trips.length === 0) return ''
  const sorted = [...trips].sort((a, b) => b.net - a.net)
  const best = sorted.slice(0, TRIPS_SHOWN).filter(({ net }) => net > 0)
  const worst = sorted
    .slice(-TRIPS_SHOWN)
    .reverse()
    .filter(({ net }) => net < 0)
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

export function settings(backtest: Backtest, result: BacktestResult): string {
  const { parameters, assumptions, report } = result
  return [
    rowTable('Parameters', parameterRows(parameters)),
    rowTable('Data', dataRows(result)),
    rowTable('Strategy at the end', strategyRows(report)),
    rowTable('Books and counts', countRows(backtest, result)),
    rowTable(
      'Assumptions',
      Object.entries(assumptions).map(([name, text]) => [words(name), text]),
    ).replace('class="box"', 'class="box long"'),
    rowTable('Engine', engineRows(result)),
  ].join('')
}

function parameterRows(parameters: unknown): readonly Row[] {
  if (typeof parameters !== 'object' || parameters === null) return []
  return Object.entries(parameters)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(
      ([name, value]): Row => [
        words(name),
        typeof value === 'object' ? JSON.stringify(value) : String(value),
      ],
    )
}

const strategyRows = (report: BacktestResult['report']): readonly Row[] =>
  rowsOf(report).map(([name, value]) => [words(name), value])

function dataRows({ dataQuality: quality, set }: BacktestResult): readonly Row[] {
  const gap = quality.longestGap
  return [
    ['set', set],
    [
      'candles present',
      `${countText(quality.present)} of ${countText(quality.expected)} (${percentText(quality.coverage)})`,
    ],
    [
      'missing inside',
      `${countText(quality.missing - quality.missingBefore - quality.missingAfter)} in ${countText(quality.gaps)} gaps`,
    ],
    [
      'missing before and behind the data',
      `${countText(quality.missingBefore)} and ${countText(quality.missingAfter)}`,
    ],
    [
      'longest gap',
      gap === null ? 'none' : `${countText(gap.candles)} candles from ${gap.from.slice(0, 16)}`,
    ],
    ['candles without volume', countText(quality.zeroVolume)],
    ['spikes', countText(quality.spikes)],
    ['contradictions', countText(quality.contradictions)],
  ]
}

function engineRows({
  engine,
  seed,
  version,
  isProxy,
  fingerprint,
}: BacktestResult): readonly Row[] {
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
    ...limitsReached
      .slice(0, 10)
      .map(({ at, code }): Row => ['limit reached', `${code} at ${day(at)}`]),
  ]
  return firstLiquidationAt === null
    ? rows
    : [...rows, ['first liquidation', day(firstLiquidationAt)]]
}

export function notes(result: Pick<BacktestResult, 'notes'>): string {
  if (result.notes.length === 0) return ''
  const items = result.notes
    .slice(0, NOTES_SHOWN)
    .map(
      ({ at, level, text }) =>
        `<li class="${level}"><time>${day(at)}</time> ${escapeHtml(text)}</li>`,
    )
  return box(
    `Notes (${countText(result.notes.length)})`,
    `<ul class="notes">${items.join('')}</ul>`,
  )
}

export function fillsTable(backtest: Backtest): string {
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
