/** Where equity curves are kept (database/equity.db): values of one moment, put together in spans of growing length. */

/** What a curve is of: an instance's id, or `fleet`, which no instance can be called. */
export const FLEET_SERIES = 'fleet'

/** Money in 1e-8 of a dollar or of the settlement currency. */
export interface EquitySample {
  readonly series: string
  /** Market time, ms; null = no market was seen. */
  readonly marketAt: number | null
  readonly equity: number
  readonly pnl: number
}

/** What one span stands for; its value is the last that was seen in it. */
export interface EquityBucket {
  /** Wall time of the last value, ms since 1970 UTC. */
  readonly at: number
  readonly marketAt: number | null
  readonly equity: number
  readonly low: number
  readonly high: number
  readonly pnl: number
}

/** Lengths of the spans that are kept, and how long; the last one as long as is configured. */
export const EQUITY_TIERS = [
  { spanMs: 5_000, keptMs: 3 * 3_600_000 },
  { spanMs: 60_000, keptMs: 8 * 86_400_000 },
  { spanMs: 3_600_000, keptMs: Number.POSITIVE_INFINITY },
] as const

export interface EquityStore {
  /** Adds values of one moment to the spans of every tier. */
  add(at: number, samples: readonly EquitySample[]): void
  /** The newest value; null = there is none. */
  last(series: string): EquityBucket | null
  /** Wall time of the first value that was ever added; null = there is none. */
  firstAt(series: string): number | null
  /**
   * Buckets of the tier with this length whose last value is newer than `after` (exclusive, ms), oldest first.
   */
  buckets(series: string, spanMs: number, after: number): readonly EquityBucket[]
  /** Removes what is older than its tier keeps. @param lastTierKeptMs of the coarsest tier; null = for ever */
  prune(now: number, lastTierKeptMs: number | null): void
  close(): void
}
