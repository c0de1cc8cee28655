/** Parts of the time of a set: the split of a search, and the windows of a walk forward. Half-open, market time in ms. */

export interface Span {
  readonly from: number
  readonly to: number
}

const DAY_MS = 86_400_000

/**
 * The part a search may see and the part that judges it.
 * @param share of the time that the search sees, above 0 and below 1
 * @throws RangeError when one of them would be shorter than a candle
 */
export function splitSpan(
  { from, to }: Span,
  share: number,
  timeframeMs: number,
): { readonly seen: Span; readonly unseen: Span } {
  if (!(share > 0 && share < 1))
    throw new RangeError(`--split must lie between 0 and 1, e.g. 0.7, found ${share}`)
  // At midnight where there are days to choose from, so that the statistics of days have whole ones.
  const unit = to - from > 10 * DAY_MS ? DAY_MS : timeframeMs
  const cut = Math.round((from + (to - from) * share) / unit) * unit
  if (cut <= from || cut >= to)
    throw new RangeError(
      `the split at ${share} leaves one part without a candle: take a longer span`,
    )
  return { seen: { from, to: cut }, unseen: { from: cut, to } }
}

export interface Fold {
  readonly index: number
  readonly inSample: Span
  readonly outOfSample: Span
}

export interface FoldPlan {
  readonly inSampleMs: number
  readonly outOfSampleMs: number
  /** `anchored`: the in-sample part always begins at the beginning and grows; `rolling`: it keeps its length. */
  readonly mode: 'rolling' | 'anchored'
}

/**
 * The folds of a walk forward (Pardo, 2008): out-of-sample parts follow each other without a gap; what is left at the end
 * and shorter than half a part is left out.
 * @throws RangeError when not even one fold fits
 */
export function foldsOf(
  { from, to }: Span,
  { inSampleMs, outOfSampleMs, mode }: FoldPlan,
): readonly Fold[] {
  const folds: Fold[] = []
  for (let at = from + inSampleMs; at + outOfSampleMs / 2 <= to; at += outOfSampleMs) {
    folds.push({
      index: folds.length,
      inSample: { from: mode === 'anchored' ? from : at - inSampleMs, to: at },
      outOfSample: { from: at, to: Math.min(to, at + outOfSampleMs) },
    })
  }
  if (folds.length === 0) {
    const days = (ms: number) => `${Math.round((ms / DAY_MS) * 10) / 10} days`
    throw new RangeError(
      `the window of ${days(to - from)} has no room for ${days(inSampleMs)} in sample and ${days(outOfSampleMs)} out of sample: take shorter ones or a longer window`,
    )
  }
  return folds
}

/** A point of the equity that out-of-sample parts make, each begun with what the one before left. */
export interface StitchedPoint {
  readonly at: number
  /** 1 at the beginning. */
  readonly equity: number
  readonly fold: number
}

/** @param parts equity of each day of each part: start, midnights, end */
export function stitch(
  parts: readonly { readonly span: Span; readonly daily: readonly number[] }[],
): readonly StitchedPoint[] {
  const points: StitchedPoint[] = []
  let level = 1
  for (const [fold, { span, daily }] of parts.entries()) {
    const start = daily[0] ?? 1
    const times = sampleTimes(span, daily.length)
    for (const [index, value] of daily.entries())
      points.push({ at: times[index] ?? span.to, equity: (level * value) / start, fold })
    level = points.at(-1)?.equity ?? level
  }
  return points
}

function sampleTimes({ from, to }: Span, count: number): readonly number[] {
  const midnight = (Math.floor(from / DAY_MS) + 1) * DAY_MS
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? from : Math.min(to, midnight + (index - 1) * DAY_MS),
  )
}

/** What a run earned in its part of the time. */
export interface PartReturn {
  readonly totalReturn: number
  readonly span: Span
}

/** Below this in-sample return a year the efficiency is a quotient of noise. */
const IN_SAMPLE_MIN = 0.01

/** Simple return of a year: the mean of a day over all parts × 365, nothing compounded; null without a part. */
export function yearlyReturn(parts: readonly PartReturn[]): number | null {
  const days = parts.reduce((sum, { span: { from, to } }) => sum + (to - from) / DAY_MS, 0)
  const total = parts.reduce((sum, { totalReturn }) => sum + totalReturn, 0)
  return days > 0 ? (total / days) * 365 : null
}

/**
 * Walk-forward efficiency (Pardo, 2008): annualised return out of sample ÷ in sample, both simple (yearlyReturn): compounding
 * a part of weeks to a year makes nonsense of it. 0.5 and more is commonly taken for robust.
 * @returns null when less than 1 % a year was earned in sample
 */
export function efficiencyOf(inSample: number | null, outOfSample: number | null): number | null {
  if (inSample === null || outOfSample === null || inSample < IN_SAMPLE_MIN) return null
  return outOfSample / inSample
}

const LENGTH = /^(\d+(?:\.\d+)?)(d|w|mo|h)$/
const UNITS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  d: DAY_MS,
  w: 7 * DAY_MS,
  mo: 30 * DAY_MS,
}

/** Reads `90d`, `12w`, `3mo` (of 30 days) or `48h`. @throws RangeError */
export function parseSpanLength(text: string, option: string): number {
  const [, count = '', unit = ''] = LENGTH.exec(text.trim()) ?? []
  const ms = Number(count) * (UNITS[unit] ?? 0)
  if (!(ms > 0))
    throw new RangeError(`${option} "${text}" cannot be read: write e.g. 90d, 12w, 3mo or 48h`)
  return ms
}
