/** The outcome of a backtest as plain data: money and quantities as decimal text, times as ISO 8601. */
import { formatDecimal, formatMoney, type Money, money } from '../domain/money.ts'
import type { Json } from '../domain/strategy.ts'
import { formatTime, formatTimeframe } from '../domain/timeframe.ts'
import type { LedgerReport } from '../engine/instance-ledger.ts'
import { assumptionsOf } from './assumptions.ts'
import type { Backtest, BacktestCounts } from './run.ts'
import { type EquityStatistics, statisticsOf } from './statistics.ts'

export interface BacktestResult {
  readonly instance: string
  readonly strategy: string
  readonly parameters: unknown
  readonly set: string
  readonly instrument: string
  readonly timeframe: string
  readonly startAt: string
  readonly endAt: string
  readonly end: { readonly kind: 'data' | 'finish'; readonly reason: string }
  /** SHA-256 of all fills (docs/concepts/backtest.md); a lockstep replay of the same gives the same. */
  readonly fingerprint: string
  readonly ledger: LedgerReport
  /** total ÷ capital. */
  readonly returnOnCapital: number
  /** Signed base held at the end. */
  readonly position: string
  readonly counts: BacktestCounts & {
    readonly fills: number
    readonly makerFills: number
    readonly takerFills: number
  }
  readonly drawdown: {
    readonly amount: string
    readonly shareOfPeak: number
    readonly shareOfCapital: number
    readonly peakAt: string
    readonly troughAt: string
  }
  readonly statistics: EquityStatistics
  /** Share of candles that close within the lines of the grid; null for strategies without lines. */
  readonly timeInRange: number | null
  /** The books of the exchange beside those of the instance: `difference` must be 0. */
  readonly exchange: {
    readonly equity: string
    readonly insurance: string
    readonly difference: string
  }
  readonly firstLiquidationAt: string | null
  /** Orders that the exchange refused, by its reason; they add up to counts.ordersRejected. */
  readonly rejections: Readonly<Record<string, number>>
  /** What a limit has left of the run at its end, e.g. `reduce only since 2025-05-09: limit_drawdown`; null when nothing. */
  readonly restriction: {
    readonly mode: string
    readonly since: string
    readonly code: string
  } | null
  readonly limitsReached: readonly { readonly at: string; readonly code: string }[]
  readonly notes: readonly { readonly at: string; readonly level: string; readonly text: string }[]
  /** What the strategy itself reports at the end, e.g. completed cells and the split of the profit of a grid. */
  readonly report: Json
  readonly assumptions: Readonly<Record<string, string>>
}

/** Puts the outcome of a run that is over together. */
export function resultOf(backtest: Backtest, set: string): BacktestResult {
  const { request, engine, instrument, equity, end, source } = backtest
  const ledger = engine.ledger.report([backtest.price])
  const { drawdown } = equity
  const total = engine.ledger.equity([backtest.price]) - request.capital
  return {
    instance: request.instance,
    strategy: request.strategy.id,
    parameters: request.parameters,
    set,
    instrument: instrument.id,
    timeframe: formatTimeframe(request.market.timeframeMs),
    startAt: formatTime(source.startAt),
    endAt: formatTime(end?.at ?? backtest.exchange.at),
    end: { kind: end?.kind ?? 'data', reason: end?.reason ?? 'interrupted' },
    fingerprint: ledger.fingerprint,
    ledger,
    returnOnCapital: request.capital > 0 ? total / request.capital : 0,
    position: formatLots(backtest, engine.ledger.position),
    counts: countsOf(backtest),
    drawdown: {
      amount: formatMoney(drawdown.amount),
      shareOfPeak: drawdown.shareOfPeak,
      shareOfCapital: drawdown.shareOfCapital,
      peakAt: formatTime(drawdown.peakAt),
      troughAt: formatTime(drawdown.troughAt),
    },
    statistics: statisticsOf(equity),
    timeInRange: backtest.timeInRange.share,
    exchange: exchangeBooks(backtest),
    firstLiquidationAt: firstLiquidation(backtest),
    rejections: Object.fromEntries([...backtest.rejections].sort(([, a], [, b]) => b - a)),
    restriction: restrictionOf(backtest),
    limitsReached: backtest.breaches.map(({ at, code }) => ({ at: formatTime(at), code })),
    notes: backtest.notes.map(({ at, level, text }) => ({ at: formatTime(at), level, text })),
    report: engine.report([backtest.price]).strategy,
    assumptions: assumptionsOf(backtest),
  }
}

function countsOf({ counts, fills }: Backtest): BacktestResult['counts'] {
  const makerFills = fills.filter(({ fill }) => fill.isMaker).length
  return { ...counts, fills: fills.length, makerFills, takerFills: fills.length - makerFills }
}

/** Equity at the venue = deposit − capital + equity of the instance + insurance; what is left over is an error. */
function exchangeBooks(backtest: Backtest): BacktestResult['exchange'] {
  const { exchange, engine, insurance, request } = backtest
  const equity = exchange.balance(backtest.account).equity
  const own = engine.ledger.equity([backtest.price])
  const expected = request.paper.initialBalance - request.capital + own + insurance
  return {
    equity: formatMoney(equity),
    insurance: formatMoney(insurance),
    difference: formatMoney(money(equity - expected)),
  }
}

function firstLiquidation({ fills }: Backtest): string | null {
  const first = fills.find(({ fill }) => fill.origin.kind === 'liquidation')
  return first ? formatTime(first.fill.at) : null
}

/** The latched limit at the end, and since when. */
function restrictionOf({ loop, breaches }: Backtest): BacktestResult['restriction'] {
  const { mode, latch } = loop.risk
  if (latch === null) return null
  const since = breaches.findLast(({ code }) => code === latch)
  return since === undefined ? null : { mode, since: formatTime(since.at), code: latch }
}

/** Lots as a decimal of base. */
export function formatLots({ instrument }: Backtest, lots: number): string {
  return formatDecimal(lots * instrument.lotSize, instrument.quantityDecimals)
}

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
        formatLots(backtest, fill.quantity),
        formatMoney(fill.fee),
        fill.isMaker ? 'maker' : 'taker',
        origin.kind === 'slot' ? origin.slot : origin.kind,
        formatLots(backtest, position),
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
    const values = [formatMoney(point.equity), price, formatLots(backtest, point.position)]
    lines.push([point.at, formatTime(point.at), ...values].join(','))
  }
  return `${lines.join('\n')}\n`
}

/** The funding payments as CSV; positive = received. */
export function fundingCsv(backtest: Backtest): string {
  const lines = backtest.funding.map(({ at, amount, position }) =>
    [at, formatTime(at), formatMoney(amount), formatLots(backtest, position)].join(','),
  )
  return `${['at,time,amount,position', ...lines].join('\n')}\n`
}

/** Money for people: two decimals, thousands grouped. */
export const shownMoney = (value: Money | number): string =>
  (value / 1e8).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
