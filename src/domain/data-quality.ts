/** What recorded candles lack: how much of a window they cover, and what is odd about them. Nothing is repaired. */
import type { CandleColumns, Column, RecordedMarket, Window } from './history.ts'

/** Below this share of its candles a window is told to be incomplete wherever its results are shown. */
export const COVERAGE_MIN = 0.9

/** A spike: a candle's farthest price is this far from the close before (a share of it) … */
export const SPIKE_SHARE = 0.05
/** … and this many times the usual range, the median of (high − low) / open. */
export const SPIKE_RANGES = 20
/** The median is that of at most so many candles, evenly spaced over all of them. */
const USUAL_SAMPLES_MAX = 65_536

/** A stretch without candles. Market time in ms: the open of the first one missing, the open of the next one there. */
export interface Gap {
  readonly from: number
  readonly to: number
  readonly candles: number
}

/** How far the candles of a window can be believed. Counts are candles. */
export interface DataQuality {
  /** The window that was asked for, its open ends replaced by those of the data; half-open, market time in ms. */
  readonly from: number
  readonly to: number
  /** How many candles the window would hold if none were missing; present + missing. */
  readonly expected: number
  readonly present: number
  readonly missing: number
  /** present / expected; 0 where nothing is expected. */
  readonly coverage: number
  /** coverage < COVERAGE_MIN: say it before any figure. */
  readonly isIncomplete: boolean
  /** Of the missing ones: those before the first stored candle and behind the last. The window reaches outside the data. */
  readonly missingBefore: number
  readonly missingAfter: number
  /** Between stored candles of the window; what lies outside the data is no gap. */
  readonly gaps: number
  readonly longestGap: Gap | null
  readonly zeroVolume: number
  /** Candles that reach more than SPIKE_SHARE and SPIKE_RANGES usual ranges from the close before. */
  readonly spikes: number
  /** Candles whose high is below, or low above, their open or close. */
  readonly contradictions: number
}

/** The candles alone, and their length. */
export type RecordedCandles = Pick<RecordedMarket, 'candles' | 'timeframeMs'>

/** What is known of the candles of a window. Pure; reads each of them once. */
export function qualityOf(market: RecordedCandles, window: Window): DataQuality {
  const { candles, timeframeMs } = market
  const { openAt } = candles
  const firstAt = openAt[0] ?? 0
  const endAt = (openAt[openAt.length - 1] ?? firstAt - timeframeMs) + timeframeMs
  const from = window.from ?? firstAt
  const to = window.to ?? endAt
  const begin = lowerBound(openAt, from)
  const end = Math.max(begin, lowerBound(openAt, to))
  const slotsUntil = (at: number) => Math.ceil((at - firstAt) / timeframeMs)
  const slots = (a: number, b: number) => Math.max(0, slotsUntil(b) - slotsUntil(a))
  const present = end - begin
  const expected = Math.max(present, slots(from, to))
  const coverage = expected === 0 ? 0 : present / expected
  return {
    from,
    to,
    expected,
    present,
    missing: expected - present,
    coverage,
    isIncomplete: coverage < COVERAGE_MIN,
    missingBefore: slots(from, Math.min(to, firstAt)),
    missingAfter: slots(Math.max(from, endAt), to),
    ...gapsOf(market, begin, end, { from, to }),
    ...oddities(candles, begin, end),
  }
}

/** Missing candles that belong to the window, a gap over its border in part; the ends of the data are no gaps. */
function gapsOf(
  { candles: { openAt }, timeframeMs }: RecordedCandles,
  begin: number,
  end: number,
  span: { readonly from: number; readonly to: number },
) {
  let gaps = 0
  let longestGap: Gap | null = null
  // One candle on each side: a gap over the border of the window counts with the part inside.
  const last = Math.min(openAt.length - 1, end)
  for (let index = Math.max(1, begin); index <= last; index += 1) {
    const next = openAt[index] ?? 0
    const expectedAt = (openAt[index - 1] ?? 0) + timeframeMs
    if (next <= expectedAt) continue
    const skipped = Math.max(0, Math.ceil((span.from - expectedAt) / timeframeMs))
    const from = expectedAt + skipped * timeframeMs
    const to = Math.min(next, span.to)
    const candles = Math.ceil((to - from) / timeframeMs)
    if (candles <= 0) continue
    gaps += 1
    if (longestGap === null || candles > longestGap.candles) longestGap = { from, to, candles }
  }
  return { gaps, longestGap }
}

function oddities(candles: CandleColumns, begin: number, end: number) {
  const { volume } = candles
  const isSpike = spikeRule(candles)
  let zeroVolume = 0
  let spikes = 0
  let contradictions = 0
  for (let index = begin; index < end; index += 1) {
    if (volume[index] === 0) zeroVolume += 1
    if (isSpike(index)) spikes += 1
    if (isContradiction(candles, index)) contradictions += 1
  }
  return { zeroVolume, spikes, contradictions }
}

/** Whether the high of a candle is below, or its low above, its open or close. */
export function isContradiction(candles: CandleColumns, index: number): boolean {
  const open = candles.open[index] ?? 0
  const close = candles.close[index] ?? 0
  const high = candles.high[index] ?? 0
  const low = candles.low[index] ?? 0
  return high < open || high < close || low > open || low > close
}

/** Tells of a candle whether it is a spike (SPIKE_SHARE, SPIKE_RANGES); the first one has nothing before it and is none. */
export function spikeRule(candles: CandleColumns): (index: number) => boolean {
  const { high, low, close } = candles
  const limit = Math.max(SPIKE_SHARE, SPIKE_RANGES * usualRange(candles))
  return (index) => {
    if (index === 0) return false
    const before = close[index - 1] ?? 0
    const up = (high[index] ?? 0) - before
    const down = before - (low[index] ?? 0)
    return Math.max(up, down) / before > limit
  }
}

function usualRange({ open, high, low }: CandleColumns): number {
  const step = Math.max(1, Math.ceil(open.length / USUAL_SAMPLES_MAX))
  const ranges = new Float64Array(Math.ceil(open.length / step))
  for (let sample = 0; sample < ranges.length; sample += 1) {
    const index = sample * step
    ranges[sample] = ((high[index] ?? 0) - (low[index] ?? 0)) / (open[index] ?? 1)
  }
  ranges.sort()
  return ranges[ranges.length >>> 1] ?? 0
}

function lowerBound(column: Column, at: number): number {
  let low = 0
  let high = column.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((column[middle] ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}
