/** Equity curves for charts: from the tier that reaches far enough, in no more points than a chart can show. */
import { formatMoney, type Money } from '../domain/money.ts'
import {
  EQUITY_TIERS,
  type EquityBucket,
  type EquityStore,
  FLEET_SERIES,
} from '../ports/equity-store.ts'
import type { EquityPoint, EquitySpan } from '../protocol/api-messages.ts'

const HOUR_MS = 3_600_000
const SPAN_MS: Readonly<Record<EquitySpan, number>> = {
  '1h': HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 7 * 24 * HOUR_MS,
  '30d': 30 * 24 * HOUR_MS,
  all: Number.POSITIVE_INFINITY,
}

export const EQUITY_POINTS_MAX = 1000

export interface CurveQuestion {
  /** Null = the whole fleet. */
  readonly instance: string | null
  /** Null = as far back as `since` says, or 24 hours. */
  readonly span: EquitySpan | null
  /** Wall time, ms: only what is newer; null = everything of the span. */
  readonly since: number | null
  /** Points at most, at least 1. */
  readonly limit: number
}

export class EquityCurves {
  readonly #store: EquityStore
  readonly #wallMs: () => number

  constructor(store: EquityStore, wallMs: () => number) {
    this.#store = store
    this.#wallMs = wallMs
  }

  /** Oldest first. */
  points({ instance, span, since, limit }: CurveQuestion): EquityPoint[] {
    const series = instance ?? FLEET_SERIES
    const now = this.#wallMs()
    const firstAt = this.#store.firstAt(series)
    if (firstAt === null) return []
    const back = SPAN_MS[span ?? (since === null ? '24h' : 'all')]
    // Nothing lies before the first value: a young curve is shown in the finest tier whatever was asked for.
    const from = Math.max(now - back, since ?? Number.NEGATIVE_INFINITY, firstAt - 1)
    const buckets = this.#store.buckets(series, tierFrom(from, now), from)
    return thinned(buckets, Math.min(limit, EQUITY_POINTS_MAX)).map(pointOf)
  }
}

/** Span of the finest tier that still keeps what happened at `from`. */
function tierFrom(from: number, now: number): number {
  const found = EQUITY_TIERS.find(({ keptMs }) => from >= now - keptMs)
  return (found ?? EQUITY_TIERS[2]).spanMs
}

/** As many points in equal lengths of time; each keeps the lowest and the highest value of what it stands for. */
export function thinned(buckets: readonly EquityBucket[], limit: number): readonly EquityBucket[] {
  const [first, last] = [buckets[0], buckets.at(-1)]
  if (first === undefined || last === undefined || buckets.length <= limit) return buckets
  const width = (last.at - first.at) / limit
  const points: EquityBucket[] = []
  let group = -1
  for (const bucket of buckets) {
    const place = Math.min(limit - 1, Math.floor((bucket.at - first.at) / width))
    const before = points.at(-1)
    // A clock that was set back must not make more groups than were asked for.
    if (before === undefined || place > group) {
      points.push(bucket)
      group = place
    } else points[points.length - 1] = joined(before, bucket)
  }
  return points
}

const joined = (before: EquityBucket, next: EquityBucket): EquityBucket => ({
  ...next,
  low: Math.min(before.low, next.low),
  high: Math.max(before.high, next.high),
})

export const pointOf = (bucket: EquityBucket): EquityPoint => ({
  at: new Date(bucket.at).toISOString(),
  market_at: bucket.marketAt === null ? null : new Date(bucket.marketAt).toISOString(),
  equity: formatMoney(bucket.equity as Money),
  low: formatMoney(bucket.low as Money),
  high: formatMoney(bucket.high as Money),
  pnl: formatMoney(bucket.pnl as Money),
})
