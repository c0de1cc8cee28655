/** Longer candles made of shorter ones. A candle is the half-open time [open, open + length); UTC, nothing is invented. */
import { type CandleColumns, type Column, shareColumn } from './history.ts'

const DAY_MS = 86_400_000
const WEEK_MS = 7 * DAY_MS
/** The first Monday after 1970-01-01, a Thursday: venues let weeks begin on Mondays. */
const MONDAY_MS = 4 * DAY_MS

/** What became of the candles. Counts of the longer ones. */
export interface Resampled {
  readonly candles: CandleColumns
  /** Left out because the data begins after its open, or ends before its close. */
  readonly incompleteFirst: boolean
  readonly incompleteLast: boolean
  /** Made although some of its candles are missing: a gap in the data. */
  readonly thin: number
}

/** The open of the candle of length `ms` that holds the time `at` (ms, UTC). */
export function candleOpenAt(at: number, ms: number): number {
  const origin = ms % WEEK_MS === 0 ? MONDAY_MS : 0
  return origin + Math.floor((at - origin) / ms) * ms
}

/**
 * Candles of `toMs` out of candles of `fromMs` in ascending order: first open, highest high, lowest low, last close, sum
 * of volumes. Where nothing was recorded there is no candle.
 * @throws RangeError when toMs is no multiple of fromMs above it
 */
export function resample(candles: CandleColumns, fromMs: number, toMs: number): Resampled {
  if (toMs <= fromMs || toMs % fromMs !== 0)
    throw new RangeError(`${toMs} ms is not made of whole candles of ${fromMs} ms`)
  const { openAt } = candles
  const rows = openAt.length
  const firstAt = openAt[0] ?? 0
  const endAt = (openAt[rows - 1] ?? 0) + fromMs
  const bars = emptyBars()
  let thin = 0
  let incompleteFirst = false
  let incompleteLast = false
  for (let begin = 0; begin < rows; ) {
    const open = candleOpenAt(openAt[begin] ?? 0, toMs)
    let end = begin + 1
    while (end < rows && (openAt[end] ?? 0) < open + toMs) end += 1
    if (open < firstAt) incompleteFirst = true
    else if (open + toMs > endAt) incompleteLast = true
    else {
      if ((end - begin) * fromMs < toMs) thin += 1
      pushBar(bars, candles, open, begin, end)
    }
    begin = end
  }
  return { candles: shared(bars), incompleteFirst, incompleteLast, thin }
}

type Bars = { readonly [Name in keyof CandleColumns]: number[] }

const emptyBars = (): Bars => ({ openAt: [], open: [], high: [], low: [], close: [], volume: [] })

/** The candles from `begin` to before `end` as one. */
function pushBar(bars: Bars, from: CandleColumns, openAt: number, begin: number, end: number) {
  let high = 0
  let low = Number.POSITIVE_INFINITY
  let volume = 0
  for (let index = begin; index < end; index += 1) {
    high = Math.max(high, at(from.high, index))
    low = Math.min(low, at(from.low, index))
    volume += at(from.volume, index)
  }
  bars.openAt.push(openAt)
  bars.open.push(at(from.open, begin))
  bars.high.push(high)
  bars.low.push(low)
  bars.close.push(at(from.close, end - 1))
  bars.volume.push(volume)
}

const at = (column: Column, index: number): number => column[index] ?? 0

const shared = (bars: Bars): CandleColumns => ({
  openAt: shareColumn(bars.openAt),
  open: shareColumn(bars.open),
  high: shareColumn(bars.high),
  low: shareColumn(bars.low),
  close: shareColumn(bars.close),
  volume: shareColumn(bars.volume),
})
