/** The tables of a report on several legs: legs side by side, opportunities, parameters, data, books, assumptions, fills. */
import { formatLots } from '../domain/instrument.ts'
import { formatDecimal } from '../domain/money.ts'
import { formatTimeShort } from '../domain/timeframe.ts'
import type { LegsBacktest } from './legs.ts'
import type { LegResult, LegsResult } from './legs-result.ts'
import type { OpportunityRow } from './opportunities.ts'
import {
  countText,
  hoursText,
  minuteText,
  moneyText,
  percentText,
  type Row,
  signedText,
  words,
} from './report-figures.ts'
import { extremesOf, fillsBox, lastFills, listBox, listTable, numbersFrom } from './report-lists.ts'
import { box, rowTable } from './report-page.ts'
import {
  assumptionTable,
  candleSource,
  parameterTable,
  presentRow,
  strategyTable,
} from './report-settings.ts'

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
      numbersFrom(1),
    ),
    'money of each leg in its own settlement currency',
  )

/** Best and worst. */
export function opportunityTables({ opportunities, settle }: LegsResult): string {
  if (opportunities.length === 0) return box('No opportunity was taken', '')
  const { best, worst } = extremesOf(opportunities, ({ net }) => Number(net))
  const head = ['opened', 'bought', 'held', 'prices', 'funding', 'fees', settle]
  const table = (title: string, shown: readonly OpportunityRow[]) =>
    listBox(title, head, shown.map(opportunityCells), numbersFrom(2))
  return [
    table('Best opportunities', best),
    table('Worst opportunities (all in opportunities.csv)', worst),
  ].join('')
}

const opportunityCells = (one: OpportunityRow): readonly string[] => [
  minuteText(one.openedAt),
  one.bought,
  `${hoursText(one.heldHours)}${one.closedAt === null ? ', open' : ''}`,
  moneyText(one.price),
  moneyText(one.funding),
  moneyText(String(-Number(one.fees))),
  signedText(Number(one.net)),
]

export const settings = (result: LegsResult): string =>
  [
    parameterTable(result.parameters),
    ...result.legs.map((leg) => rowTable(`Data of ${leg.name}`, dataRows(leg))),
    strategyTable(result.report),
    rowTable('Books and counts', bookRows(result)),
    assumptionTable(result.assumptions),
  ].join('')

const dataRows = ({ set, pricesFrom, isProxy, dataQuality: found }: LegResult): readonly Row[] => [
  ['set', set],
  ['candles', pricesFrom === null ? candleSource(isProxy) : `borrowed from ${pricesFrom}`],
  presentRow(found),
  ['without volume', countText(found.zeroVolume)],
  ['spikes', countText(found.spikes)],
  ['without funding rates', percentText(found.fundingMissing)],
]

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
  const rows = lastFills(fills).flatMap((booked) => {
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
        formatLots(leg.instrument, fill.quantity),
        (fill.fee / 1e8).toFixed(4),
        fill.isMaker ? 'maker' : 'taker',
        formatLots(leg.instrument, position),
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
  return fillsBox(fills.length, head, rows)
}
