/** The curves of a report on several legs as plain data. */
import type { CandleColumns } from '../domain/history.ts'
import { type Bucket, downsample } from './downsample.ts'
import type { LegsBacktest } from './legs.ts'
import { type MonthReturn, monthlyReturns } from './report-series.ts'

/** Money in the currency of the first leg, times in ms of the market. */
export interface LegsSeries {
  readonly equity: readonly Bucket[]
  /** Below the highest equity until then, share; 0 or negative. */
  readonly drawdown: readonly Bucket[]
  readonly months: readonly MonthReturn[]
  /** Close of the second leg over that of the first, in basis points; with candles of its own alone. */
  readonly spread: readonly Bucket[]
  /** Signed base held, leg by leg. */
  readonly positions: readonly (readonly Bucket[])[]
  /** Sum of all legs, base. */
  readonly delta: readonly Bucket[]
}

const BUCKETS = 900
const UNITS = 1e8

export function legsSeriesOf(run: LegsBacktest): LegsSeries {
  const { equity, legs } = run
  const at = (index: number) => equity.point(index).at
  const curve = (valueAt: (index: number) => number) =>
    downsample(equity.length, (index) => ({ at: at(index), value: valueAt(index) }), BUCKETS)
  let peak = 0
  const drawdown = curve((index) => {
    const value = equity.point(index).equity
    peak = Math.max(peak, value)
    return peak > 0 ? value / peak - 1 : 0
  })
  const held = legs.map((_, leg) => heldAt(run, leg))
  return {
    equity: curve((index) => equity.point(index).equity / UNITS),
    drawdown: drawdown.map((bucket) => ({ ...bucket, last: bucket.low })),
    months: monthlyReturns(equity.length, (index) => equity.point(index)),
    spread: spreadOf(run),
    positions: held.map((positionAt) => curve((index) => positionAt(at(index)))),
    delta: curve((index) => held.reduce((sum, positionAt) => sum + positionAt(at(index)), 0)),
  }
}

/** Signed base of a leg after everything of a moment; questions must not go back. */
function heldAt({ fills, legs }: LegsBacktest, leg: number): (at: number) => number {
  const own = fills.filter((one) => one.leg === leg)
  const { lotSize = 1, quantityDecimals = 0 } = legs[leg]?.instrument ?? {}
  const lot = lotSize * 10 ** -quantityDecimals
  let next = 0
  return (at) => {
    if (at < (own[next - 1]?.fill.at ?? 0)) next = 0
    while ((own[next]?.fill.at ?? Number.POSITIVE_INFINITY) <= at) next += 1
    return (own[next - 1]?.position ?? 0) * lot
  }
}

/** Empty when a leg has borrowed its prices: then there is no difference. */
function spreadOf({ legs, source }: LegsBacktest): readonly Bucket[] {
  const [first, second] = legs
  if (first === undefined || second === undefined) return []
  if (legs.some(({ request }) => (request.pricesFrom ?? null) !== null)) return []
  const { startAt, endAt } = source.commonSpan
  const one = closesIn(first.request.market.candles, startAt, endAt)
  const other = closesIn(second.request.market.candles, startAt, endAt)
  const scale = 10 ** (first.instrument.priceDecimals - second.instrument.priceDecimals)
  const points: { at: number; value: number }[] = []
  let index = 0
  for (const { at, close } of one) {
    while ((other[index]?.at ?? Number.POSITIVE_INFINITY) < at) index += 1
    const against = other[index]
    if (against?.at === at)
      points.push({ at, value: ((against.close * scale) / close - 1) * 10_000 })
  }
  return downsample(points.length, (i) => points[i] ?? { at: 0, value: 0 }, BUCKETS)
}

function closesIn(candles: CandleColumns, from: number, to: number) {
  const found: { readonly at: number; readonly close: number }[] = []
  for (const [index, at] of candles.openAt.entries())
    if (at >= from && at < to) found.push({ at, close: candles.close[index] ?? 0 })
  return found
}
