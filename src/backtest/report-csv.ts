/** The lists of a run as CSV: fills, round trips, equity, funding. Times in ms and in ISO 8601, money as decimal text. */
import { formatLots } from '../domain/instrument.ts'
import { formatDecimal, formatMoney, money } from '../domain/money.ts'
import { formatTime } from '../domain/timeframe.ts'
import type { Backtest } from './run.ts'

/** The fills as CSV, one a line. */
export function fillsCsv(backtest: Backtest): string {
  const { instrument } = backtest
  const lines = ['at,time,side,price,quantity,fee,role,origin,position_after']
  for (const { fill, position } of backtest.fills) {
    const { origin } = fill
    lines.push(
      [
        fill.at,
        formatTime(fill.at),
        fill.side,
        formatDecimal(fill.price, instrument.priceDecimals),
        formatLots(instrument, fill.quantity),
        formatMoney(fill.fee),
        fill.isMaker ? 'maker' : 'taker',
        origin.kind === 'slot' ? origin.slot : origin.kind,
        formatLots(instrument, position),
      ].join(','),
    )
  }
  return `${lines.join('\n')}\n`
}

/** Equity at the close of each candle as CSV; the first line is the start. */
export function equityCsv(backtest: Backtest): string {
  const { equity, instrument } = backtest
  const lines = ['at,time,equity,close,position']
  for (let index = 0; index < equity.length; index += 1) {
    const point = equity.point(index)
    const price = formatDecimal(point.close, instrument.priceDecimals)
    const values = [formatMoney(point.equity), price, formatLots(instrument, point.position)]
    lines.push([point.at, formatTime(point.at), ...values].join(','))
  }
  return `${lines.join('\n')}\n`
}

/** The funding payments as CSV; positive = received. */
export function fundingCsv({ funding, instrument }: Backtest): string {
  const lines = funding.map(({ at, amount, position }) =>
    [at, formatTime(at), formatMoney(amount), formatLots(instrument, position)].join(','),
  )
  return `${['at,time,amount,position', ...lines].join('\n')}\n`
}

/** The closed round trips as CSV, in the order of their closing; results after fees, without funding. */
export function tradesCsv(backtest: Backtest): string {
  const { instrument, trades } = backtest
  const lines = ['opened_at,closed_at,side,quantity,entry,exit,fees,net,held_hours,closed_by']
  for (const trip of trades.trips) {
    const averaged = (value: number) => formatDecimal(Math.round(value), instrument.priceDecimals)
    lines.push(
      [
        formatTime(trip.openedAt),
        formatTime(trip.closedAt),
        trip.side,
        formatLots(instrument, trip.lots),
        averaged(trip.entry),
        averaged(trip.exit),
        formatMoney(money(trip.fees)),
        formatMoney(money(trip.net)),
        ((trip.closedAt - trip.openedAt) / 3_600_000).toFixed(2),
        trip.closedBy,
      ].join(','),
    )
  }
  return `${lines.join('\n')}\n`
}
