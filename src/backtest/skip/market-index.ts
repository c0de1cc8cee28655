/**
 * What the skipping engine knows of a recorded market beside its columns: the mark at each close, and per block of
 * candles the extremes between which nothing can have been met. Built once per market and kept as long as it is.
 */

import { DayClock, dateIn } from '../../domain/day.ts'
import type { Column, RecordedMarket, Window } from '../../domain/history.ts'
import { firstAtOrAfter, settlementTime } from '../../simulation/replay-source.ts'

/**
 * Candles of a block, as a power of two. Shorter than it could be: a grid on one-minute candles fills every few hundred
 * of them, and the rest of the block in which it does is gone through candle by candle (docs/decisions/0004).
 */
export const BLOCK_SHIFT = 4
export const BLOCK = 1 << BLOCK_SHIFT
export const BLOCK_MASK = BLOCK - 1

/** Columns of a market and its blocks; prices in price units. */
export interface MarketIndex {
  readonly openAt: Column
  readonly open: Int32Array
  readonly high: Int32Array
  readonly low: Int32Array
  readonly close: Int32Array
  /** Mark at each close; the very column of the closes when no mark series is stored. */
  readonly mark: Int32Array
  readonly volume: Column
  /** Least and largest distance from the last price to the mark. */
  readonly basisMin: number
  readonly basisMax: number
  /** Lowest and highest price of each block. */
  readonly blockLow: Int32Array
  readonly blockHigh: Int32Array
  /** Of the marks at the closes of a block: extremes, largest fall and largest rise from an earlier to a later one. */
  readonly markMin: Int32Array
  readonly markMax: Int32Array
  readonly fall: Int32Array
  readonly rise: Int32Array
}

const indexes = new WeakMap<object, MarketIndex | null>()

/** The index of a market; null when its prices do not fit 32 bits. */
export function indexOf(market: RecordedMarket): MarketIndex | null {
  const { candles } = market
  const known = indexes.get(candles)
  if (known !== undefined) return known
  const index = buildIndex(market)
  indexes.set(candles, index)
  return index
}

function buildIndex(market: RecordedMarket): MarketIndex | null {
  const { openAt, open, high, low, close, volume } = market.candles
  const fits = [open, high, low, close].every((column) => column instanceof Int32Array)
  if (!fits) return null
  const columns = { openAt, open, high, low, close, volume } as MarketIndex
  const mark = market.mark === null ? columns.close : marksOf(market)
  return { ...columns, mark, ...basisRange(columns.close, mark), ...blocksOf(columns, mark) }
}

/** mark = last + basis, and the basis is fixed at each open (simulation/market-clock.ts). */
function marksOf({ candles, mark, timeframeMs }: RecordedMarket): Int32Array {
  const { openAt, open, close } = candles
  const marks = new Int32Array(openAt.length)
  let bar = -1
  for (let i = 0; i < marks.length; i += 1) {
    const at = openAt[i] as number
    while (mark !== null && bar + 1 < mark.at.length && (mark.at[bar + 1] as number) <= at) bar += 1
    const isKnown = mark !== null && bar >= 0 && at - (mark.at[bar] as number) < timeframeMs
    const basis = isKnown ? (mark.mark[bar] as number) - (open[i] as number) : 0
    marks[i] = Math.max(1, (close[i] as number) + basis)
  }
  return marks
}

function basisRange(close: Int32Array, mark: Int32Array) {
  let basisMin = 0
  let basisMax = 0
  if (mark === close) return { basisMin, basisMax }
  for (let i = 0; i < mark.length; i += 1) {
    const basis = (mark[i] as number) - (close[i] as number)
    if (basis < basisMin) basisMin = basis
    if (basis > basisMax) basisMax = basis
  }
  return { basisMin, basisMax }
}

function blocksOf({ low, high }: MarketIndex, mark: Int32Array) {
  const count = Math.ceil(mark.length / BLOCK)
  const column = () => new Int32Array(count)
  const [blockLow, blockHigh, markMin, markMax] = [column(), column(), column(), column()]
  const [fall, rise] = [column(), column()]
  for (let block = 0; block < count; block += 1) {
    const from = block << BLOCK_SHIFT
    const to = Math.min(mark.length, from + BLOCK)
    let [least, most] = [low[from] as number, high[from] as number]
    let [lowest, highest] = [mark[from] as number, mark[from] as number]
    let [deepest, steepest] = [0, 0]
    for (let i = from; i < to; i += 1) {
      least = Math.min(least, low[i] as number)
      most = Math.max(most, high[i] as number)
      const here = mark[i] as number
      lowest = Math.min(lowest, here)
      highest = Math.max(highest, here)
      deepest = Math.max(deepest, highest - here)
      steepest = Math.max(steepest, here - lowest)
    }
    blockLow[block] = least
    blockHigh[block] = most
    markMin[block] = lowest
    markMax[block] = highest
    fall[block] = deepest
    rise[block] = steepest
  }
  return { blockLow, blockHigh, markMin, markMax, fall, rise }
}

/** What is due at the closes of a window: settlements of funding and the first close of each UTC day. */
export interface Calendar {
  /** First candle of the window, and the first after it. */
  readonly begin: number
  readonly end: number
  /** Candle after whose close a rate is settled, its time, rate and mark (0 = the mark of the moment). */
  readonly fundingAfter: Int32Array
  readonly fundingAt: Float64Array
  readonly fundingRate: Float64Array
  readonly fundingMark: Int32Array
  /** Candles that are the first to close on a UTC day. */
  readonly days: Int32Array
  /** A rate is settled while a candle runs: at a price that only its path tells. */
  readonly hasFundingWithin: boolean
}

const DAY_MS = 86_400_000

const calendars = new WeakMap<object, { readonly key: string; readonly calendar: Calendar }>()

/** The calendar of a window; the last one of each market is kept, because a sweep asks for the same again and again. */
export function calendarOf(market: RecordedMarket, window: Window): Calendar {
  const { openAt } = market.candles
  const begin = window.from === null ? 0 : firstAtOrAfter(openAt, window.from)
  const end = window.to === null ? openAt.length : firstAtOrAfter(openAt, window.to)
  const key = `${begin} ${end} ${market.funding?.at.length ?? 0}`
  const known = calendars.get(market.candles)
  if (known?.key === key) return known.calendar
  const funding = fundingOf(market, begin, end)
  const calendar = { begin, end, ...funding, days: daysOf(market, begin, end) }
  calendars.set(market.candles, { key, calendar })
  return calendar
}

function daysOf({ candles, timeframeMs }: RecordedMarket, begin: number, end: number): Int32Array {
  const { openAt } = candles
  const days: number[] = []
  let nextAt = (Math.floor((openAt[begin] ?? 0) / DAY_MS) + 1) * DAY_MS
  for (let i = begin; i < end; i += 1) {
    const at = (openAt[i] as number) + timeframeMs
    if (at < nextAt) continue
    days.push(i)
    nextAt = (Math.floor(at / DAY_MS) + 1) * DAY_MS
  }
  return Int32Array.from(days)
}

function fundingOf(market: RecordedMarket, begin: number, end: number) {
  const { candles, funding, mark, timeframeMs } = market
  const { openAt } = candles
  const from = openAt[begin] ?? 0
  const to = (openAt[end - 1] ?? 0) + timeframeMs
  const found: { after: number; at: number; rate: number; mark: number }[] = []
  let hasFundingWithin = false
  for (let i = 0; i < (funding?.at.length ?? 0); i += 1) {
    const at = settlementTime(funding?.at[i] ?? 0)
    if (at <= from || at > to) continue
    const after = firstAtOrAfter(openAt, at) - 1
    hasFundingWithin ||= (openAt[after] ?? 0) + timeframeMs > at
    const bar = mark === null ? -1 : firstAtOrAfter(mark.at, at + 1) - 1
    const isMarked = bar >= 0 && at - (mark?.at[bar] ?? 0) < timeframeMs
    found.push({
      after,
      at,
      rate: funding?.rate[i] ?? 0,
      mark: isMarked ? (mark?.mark[bar] ?? 0) : 0,
    })
  }
  return {
    fundingAfter: Int32Array.from(found, ({ after }) => after),
    fundingAt: Float64Array.from(found, ({ at }) => at),
    fundingRate: Float64Array.from(found, ({ rate }) => rate),
    fundingMark: Int32Array.from(found, (one) => one.mark),
    hasFundingWithin,
  }
}

const localDays = new WeakMap<object, { readonly key: string; readonly days: Int32Array }>()

/**
 * Candles of a window that are the first to close on a day of a time zone; ~index where that day begins while the candle
 * runs (or in a gap before it), so that its close may not be the first moment of the day.
 */
export function localDaysOf(
  { candles, timeframeMs }: RecordedMarket,
  { begin, end }: Calendar,
  timeZone: string,
): Int32Array {
  const key = `${begin} ${end} ${timeZone}`
  const known = localDays.get(candles)
  if (known?.key === key) return known.days
  const { openAt } = candles
  const clock = new DayClock(timeZone)
  const found: number[] = []
  let day = clock.date(openAt[begin] ?? 0)
  for (let i = begin; i < end; i += 1) {
    const at = (openAt[i] as number) + timeframeMs
    const date = clock.date(at)
    if (date === day) continue
    found.push(dateIn(timeZone, at - 1) === day ? i : ~i)
    day = date
  }
  const days = Int32Array.from(found)
  localDays.set(candles, { key, days })
  return days
}

/** Lowest and highest mark at the closes from … to, by whole blocks where they fit. */
export function spreadOfMarks(
  { mark, markMin, markMax }: MarketIndex,
  from: number,
  to: number,
): { readonly low: number; readonly high: number } {
  let low = Number.POSITIVE_INFINITY
  let high = 0
  let i = from
  while (i < to) {
    const isWhole = (i & BLOCK_MASK) === 0 && i + BLOCK <= to
    const block = i >> BLOCK_SHIFT
    low = Math.min(low, (isWhole ? markMin[block] : mark[i]) as number)
    high = Math.max(high, (isWhole ? markMax[block] : mark[i]) as number)
    i += isWhole ? BLOCK : 1
  }
  return { low, high }
}
