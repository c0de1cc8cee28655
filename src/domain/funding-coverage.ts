/** How much of a window has no recorded funding rates: there a backtest pays and receives none. Nothing is filled in. */
import type { FundingColumns } from './history.ts'

/** Venues settle every 8 hours at the latest: what is longer between two settlements lacks rates. */
const INTERVAL_MAX_MS = 8 * 3_600_000
/** Stamps come some seconds late. */
const JITTER_MS = 60_000

/**
 * Share of a span that lies more than 8 hours behind the settlement before it (or the beginning), 0 to 1; 1 when no
 * settlement lies in a span longer than that.
 * @param funding null = none is recorded
 * @param span market time in ms; settlements in (from, to] count
 */
export function fundingMissing(
  funding: FundingColumns | null,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  let missingMs = 0
  let before = from
  const reach = (at: number) => {
    const gap = at - before
    if (gap > INTERVAL_MAX_MS + JITTER_MS) missingMs += gap - INTERVAL_MAX_MS
    before = at
  }
  for (const at of funding?.at ?? []) if (at > from && at <= to + JITTER_MS) reach(at)
  const isNone = before === from
  reach(to)
  if (missingMs === 0) return 0
  return isNone ? 1 : missingMs / (to - from)
}
