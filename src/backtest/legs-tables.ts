/** The tables of a report on several legs: legs side by side, opportunities, parameters, data, books, assumptions, fills. */
import { formatDecimal } from '../domain/money.ts'
import { formatTimeShort } from '../domain/timeframe.ts'
import { escapeHtml } from './chart.ts'
import type { LegsBacktest } from './legs.ts'
import { type LegResult, type LegsResult, lotsText } from './legs-result.ts'
import type { OpportunityRow } from './opportunities.ts'
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

const FILLS_SHOWN = 100
const SHOWN = 8

const cellsOf = (cells: readonly string[], tag: 'td' | 'th', numbersFrom: number): string =>
  cells
    .map(
      (cell, index) =>
        `<${tag}${index >= numbersFrom ? ' class="number"' : ''}>${escapeHtml(cell)}</${tag}>`,
    )
    .join('')

function listTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbersFrom: number,
): string {
  const body = rows.map((cells) => `<tr>${cellsOf(cells, 'td', numbersFrom)}</tr>`).join('')
  return `<table class="list"><thead><tr>${cellsOf(head, 'th', numbersFrom)}</tr></thead><tbody>${body}</tbody></table>`
}

const legRows: readonly (readonly [string, (leg: LegResult) => string])[] = [
  ['contract', ({ instrument }) => instrument.slice(instrument.indexOf(':') + 1)],
  [
    'settled in',
    ({ settle, settleRate }) => (settleRate === '1' ? settle : `${settle} at ${settleRate}`),
  ],
  ['capital', ({ capital }) => moneyText(capital)],
  ['closed positions', ({ realised }) => moneyText(realised)],
  ['open position', ({ unrealised }) => moneyText(unrealised)],
  ['funding', ({ funding }) => moneyText(funding)],
  ['fees', ({ fees }) => moneyText(String(-Number(fees)))],
  ['total', ({ total }) => moneyText(total)],
  ['slippage (part of the prices)', ({ slippage }) => moneyText(slippage)],
  ['turnover', ({ turnover }) => moneyText(turnover)],
  ['fills (maker)', ({ counts }) => `${countText(counts.fills)} (${countText(counts.makerFills)})`],
  ['funding payments', ({ counts }) => countText(counts.fundingPayments)],
  ['fee rates', ({ maker, taker }) => `${percentText(maker, 3)} / ${percentText(taker, 3)}`],
  ['latency', ({ latencyMs }) => `${latencyMs} ms`],
  ['position at the end', ({ position }) => position],
  [
    'worst margin ratio',
    ({ worstMarginRatio }) => (worstMarginRatio === null ? 'N/A' : worstMarginRatio.toFixed(3)),
  ],
  ['liquidations', ({ counts }) => countText(counts.liquidations)],
]

/** The legs side by side, each in its own settlement currency. */
export const legTable = ({ legs }: LegsResult): string =>
  box(
    'Legs',
    listTable(
      ['', ...legs.map(({ venue }) => venue)],
      legRows.map(([name, of]) => [name, ...legs.map(of)]),
      1,
    ),
    'money of each leg in its own settlement currency',
  )

/** Best and worst. */
export function opportunityTables({ opportunities, settle }: LegsResult): string {
  if (opportunities.length === 0) return box('No opportunity was taken', '')
  const sorted = [...opportunities].sort((a, b) => Number(b.net) - Number(a.net))
  const best = sorted.slice(0, SHOWN).filter(({ net }) => Number(net) > 0)
  const worst = sorted
    .slice(-SHOWN)
    .reverse()
    .filter(({ net }) => Number(net) <= 0)
  const head = ['opened', 'bought', 'held', 'prices', 'funding', 'fees', settle]
  const table = (title: string, shown: readonly OpportunityRow[]) =>
    box(
      title,
      shown.length === 0
        ? '<p class="span">none</p>'
        : listTable(head, shown.map(opportunityCells), 2),
    )
  return [
    table('Best opportunities', best),
    table('Worst opportunities (all in opportunities.csv)', worst),
  ].join('')
}

const opportunityCells = (one: OpportunityRow): readonly string[] => [
  one.openedAt.slice(0, 16).replace('T', ' '),
  one.bought,
  `${hoursText(one.heldHours)}${one.closedAt === null ? ', open' : ''}`,
  moneyText(one.price),
  moneyText(one.funding),
  moneyText(String(-Number(one.fees))),
  signedText(Number(one.net)),
]

export function settings(result: LegsResult): string {
  return [
    rowTable('Parameters', parameterRows(result.parameters)),
    ...result.legs.map((leg) => rowTable(`Data of ${leg.name}`, dataRows(leg))),
    rowTable(
      'Strategy at the end',
      rowsOf(result.report).map(([name, value]) => [words(name), value]),
    ),
    rowTable('Books and counts', bookRows(result)),
    rowTable(
      'Assumptions',
      Object.entries(result.assumptions).map(([name, text]) => [words(name), text]),
    ).replace('class="box"', 'class="box long"'),
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

const dataRows = ({ set, pricesFrom, isProxy, dataQuality: found }: LegResult): readonly Row[] => [
  ['set', set],
  ['candles', candlesText(pricesFrom, isProxy)],
  [
    'candles present',
    `${countText(found.present)} of ${countText(found.expected)} (${percentText(found.coverage)})`,
  ],
  ['without volume', countText(found.zeroVolume)],
  ['spikes', countText(found.spikes)],
  ['without funding rates', percentText(found.fundingMissing)],
]

function candlesText(pricesFrom: string | null, isProxy: boolean): string {
  if (pricesFrom !== null) return `borrowed from ${pricesFrom}`
  return isProxy ? 'of a spot market (proxy)' : 'of the contract itself'
}

function bookRows(result: LegsResult): readonly Row[] {
  const { ledger, legs, counts, netDelta } = result
  const accounts = new Map(legs.map(({ account }) => [account.name, account]))
  return [
    ['equity by the instance', moneyText(ledger.equity)],
    ...[...accounts.values()].flatMap(({ name, equity, difference }): readonly Row[] => [
      [`equity at ${name.replace('backtest/', '')}`, moneyText(equity)],
      ['difference of its two books', difference],
    ]),
    ['net delta at the end', netDelta.atEnd],
    ['net delta, longest', `${netDelta.longestSeconds.toFixed(1)} s`],
    ...Object.entries(counts).map(([name, count]): Row => [words(name), countText(count)]),
  ]
}

export function fillsTable({ fills, legs }: LegsBacktest): string {
  if (fills.length === 0) return box('No fills', '')
  const rows = fills.slice(-FILLS_SHOWN).flatMap((booked) => {
    const leg = legs[booked.leg]
    if (leg === undefined) return []
    const { fill, position, decidedAt } = booked
    const price = (value: number) => formatDecimal(value, leg.instrument.priceDecimals)
    return [
      [
        formatTimeShort(fill.at),
        leg.instrument.venue,
        fill.side,
        price(fill.price),
        price(decidedAt),
        lotsText(leg, fill.quantity),
        (fill.fee / 1e8).toFixed(4),
        fill.isMaker ? 'maker' : 'taker',
        lotsText(leg, position),
      ],
    ]
  })
  const head = [
    'time',
    'venue',
    'side',
    'price',
    'decided at',
    'quantity',
    'fee',
    'role',
    'position after',
  ]
  const title =
    fills.length > FILLS_SHOWN
      ? `Last ${FILLS_SHOWN} of ${countText(fills.length)} fills (all in fills.csv)`
      : `${fills.length} fills`
  return box(
    title,
    `<details><summary>show</summary>${listTable(head, rows, head.length)}</details>`,
  )
}
