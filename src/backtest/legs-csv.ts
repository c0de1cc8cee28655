/** The lists of a run on several legs as CSV: fills, opportunities, equity, funding. Times in ms and in ISO 8601, money as decimal text. */
import { formatLots } from '../domain/instrument.ts'
import { formatDecimal, formatMoney } from '../domain/money.ts'
import { formatTime } from '../domain/timeframe.ts'
import { slippageOfFill } from './leg.ts'
import type { LegsBacktest } from './legs.ts'
import type { LegsResult } from './legs-result.ts'

const csv = (head: string, lines: readonly string[]): string => `${[head, ...lines].join('\n')}\n`

/** Money in the settlement currency of the leg; `decided` is the last price when the order was sent. */
export function legsFillsCsv({ fills, legs }: LegsBacktest): string {
  const head =
    'at,time,leg,instrument,side,price,quantity,fee,role,origin,decided,slippage,position_after'
  return csv(
    head,
    fills.flatMap((booked) => {
      const leg = legs[booked.leg]
      if (leg === undefined) return []
      const { fill, position, decidedAt } = booked
      const price = (value: number) => formatDecimal(value, leg.instrument.priceDecimals)
      const { origin } = fill
      return [
        [
          fill.at,
          formatTime(fill.at),
          leg.name,
          fill.instrument,
          fill.side,
          price(fill.price),
          formatLots(leg.instrument, fill.quantity),
          formatMoney(fill.fee),
          fill.isMaker ? 'maker' : 'taker',
          origin.kind === 'slot' ? origin.slot : origin.kind,
          price(decidedAt),
          formatMoney(slippageOfFill(leg, booked)),
          formatLots(leg.instrument, position),
        ].join(','),
      ]
    }),
  )
}

/** Positive = received; settlement money of the leg. */
export function legsFundingCsv({ funding, legs }: LegsBacktest): string {
  return csv(
    'at,time,leg,instrument,rate,amount,position',
    funding.flatMap(({ leg: index, at, rate, amount, position }) => {
      const leg = legs[index]
      if (leg === undefined) return []
      const cells = [leg.name, leg.instrument.id, formatDecimal(rate, 8), formatMoney(amount)]
      return [[at, formatTime(at), ...cells, formatLots(leg.instrument, position)].join(',')]
    }),
  )
}

/** Equity of the instance at the close of candles; the first line is the start. */
export function legsEquityCsv({ equity }: LegsBacktest): string {
  const lines = Array.from({ length: equity.length }, (_, index) => {
    const point = equity.point(index)
    return [point.at, formatTime(point.at), formatMoney(point.equity)].join(',')
  })
  return csv('at,time,equity', lines)
}

/** Money in the currency of the first leg, then cash, fees, funding and slippage of each leg in its own. */
export function opportunitiesCsv({ opportunities, legs }: LegsResult): string {
  const own = legs.flatMap((_, index) =>
    ['cash', 'fees', 'funding', 'slippage'].map((name) => `${name}_${index + 1}`),
  )
  const head = [
    'number,opened_at,closed_at,held_hours,bought,price,funding,fees,slippage,net,margin,annual_return',
    ...own,
  ].join(',')
  return csv(
    head,
    opportunities.map((one) =>
      [
        one.number,
        one.openedAt,
        one.closedAt ?? '',
        one.heldHours.toFixed(2),
        one.bought,
        one.price,
        one.funding,
        one.fees,
        one.slippage,
        one.net,
        one.marginAverage,
        one.annualReturn?.toFixed(6) ?? '',
        ...one.legs.flatMap((leg) => [leg.cash, leg.fees, leg.funding, leg.slippage]),
      ].join(','),
    ),
  )
}
