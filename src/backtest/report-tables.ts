/** The tables of a report: best and worst round trips, parameters, data, books, assumptions, notes, fills. */
import { formatLots } from '../domain/instrument.ts'
import { formatDecimal } from '../domain/money.ts'
import type { RecordedTrip } from '../domain/statistic/trade-recorder.ts'
import { formatTime, formatTimeShort } from '../domain/timeframe.ts'
import { escapeHtml } from './chart.ts'
import {
  countText,
  hoursText,
  minuteText,
  moneyText,
  type Row,
  signedText,
  words,
} from './report-figures.ts'
import { type Cell, extremesOf, fillsBox, lastFills, listBox, numbersFrom } from './report-lists.ts'
import { box, rowTable } from './report-page.ts'
import {
  assumptionTable,
  candleSource,
  parameterTable,
  presentRow,
  strategyTable,
} from './report-settings.ts'
import type { BacktestResult } from './result.ts'
import type { Backtest } from './run.ts'

const NOTES_SHOWN = 100

export function tripTables(backtest: Backtest, settle: string): string {
  const { trips } = backtest.trades
  if (trips.length === 0) return ''
  const { best, worst } = extremesOf(trips, ({ net }) => net)
  const head = ['closed', 'side', 'entry', 'exit', 'held', settle]
  const table = (title: string, shown: readonly RecordedTrip[]) =>
    listBox(
      title,
      head,
      shown.map((trip) => tripCells(backtest, trip)),
      numbersFrom(2),
    )
  const losses = worst.filter(({ net }) => net < 0)
  return `<div class="two">${table('Best round trips', best)}${table('Worst round trips', losses)}</div>`
}

function tripCells({ instrument }: Backtest, trip: RecordedTrip): readonly Cell[] {
  const price = (value: number) => formatDecimal(Math.round(value), instrument.priceDecimals)
  return [
    minuteText(formatTimeShort(trip.closedAt)),
    trip.side,
    price(trip.entry),
    price(trip.exit),
    hoursText((trip.closedAt - trip.openedAt) / 3_600_000),
    { text: signedText(trip.net / 1e8), tone: trip.net < 0 ? 'bad' : 'good' },
  ]
}

export const settings = (backtest: Backtest, result: BacktestResult): string =>
  [
    parameterTable(result.parameters),
    rowTable('Data', dataRows(result)),
    strategyTable(result.report),
    rowTable('Books and counts', countRows(backtest, result)),
    assumptionTable(result.assumptions),
    rowTable('Engine', engineRows(result)),
  ].join('')

function dataRows({ dataQuality: quality, set }: BacktestResult): readonly Row[] {
  const gap = quality.longestGap
  return [
    ['set', set],
    presentRow(quality),
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
    ['candles', candleSource(isProxy)],
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
      .map(({ at, code }): Row => ['limit reached', `${code} at ${minuteText(at)}`]),
  ]
  return firstLiquidationAt === null
    ? rows
    : [...rows, ['first liquidation', minuteText(firstLiquidationAt)]]
}

export function notes(result: Pick<BacktestResult, 'notes'>): string {
  if (result.notes.length === 0) return ''
  const items = result.notes
    .slice(0, NOTES_SHOWN)
    .map(
      ({ at, level, text }) =>
        `<li class="${level}"><time>${minuteText(at)}</time> ${escapeHtml(text)}</li>`,
    )
  return box(
    `Notes (${countText(result.notes.length)})`,
    `<ul class="notes">${items.join('')}</ul>`,
  )
}

export function fillsTable(backtest: Backtest): string {
  const { fills, instrument, counts } = backtest
  if (counts.fills === 0) return box(`No fills until ${formatTime(backtest.exchange.at)}`, '')
  const rows = lastFills(fills).map(({ fill, position }): readonly Cell[] => {
    const { side, isMaker, origin } = fill
    return [
      formatTimeShort(fill.at),
      { text: side, tone: side },
      formatDecimal(fill.price, instrument.priceDecimals),
      formatLots(instrument, fill.quantity),
      (fill.fee / 1e8).toFixed(4),
      isMaker ? 'maker' : 'taker',
      origin.kind === 'slot' ? origin.slot : origin.kind,
      formatLots(instrument, position),
    ]
  })
  const head = ['time', 'side', 'price', 'quantity', 'fee', 'role', 'origin', 'position after']
  return fillsBox(counts.fills, head, rows)
}
