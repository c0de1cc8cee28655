/**
 * Bars of a strategy's own timeframe, built from the candles that it hears. A feed that has that timeframe already is
 * passed on as it is. Plain data, changed in place: nothing is allocated per candle.
 *
 * A bar closes with the candle that ends where it ends, or, when that candle is missing, with the first later one. The
 * first bar is left out unless it was heard from its start.
 */
import type { Candle } from '../market.ts'
import { formatTimeframe, parseTimeframe } from '../timeframe.ts'

/** What a rule decides on; prices in price units, volume in lots. */
export interface Bar {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

export interface Bars extends Bar {
  /** 0 = the feed's own. */
  readonly timeframeMs: number
  /** Length of the candles heard last; 0 = none yet. */
  candleMs: number
  /** A bar is under way. */
  isOpen: boolean
  /** It was heard from its start on. */
  isWhole: boolean
  endAt: number
  open: number
  high: number
  low: number
  close: number
  volume: number
}

export const barsStart = (timeframeMs: number): Bars => ({
  timeframeMs,
  candleMs: 0,
  isOpen: false,
  isWhole: false,
  endAt: 0,
  open: 0,
  high: 0,
  low: 0,
  close: 0,
  volume: 0,
})

const WEEK_MS = 604_800_000
/** 1970-01-05 was a Monday: weeks begin there, everything shorter at midnight UTC. */
const MONDAY_MS = 345_600_000

/** Start of the bar that holds a moment. */
export function barStart(at: number, timeframeMs: number): number {
  const from = timeframeMs % WEEK_MS === 0 ? MONDAY_MS : 0
  return Math.floor((at - from) / timeframeMs) * timeframeMs + from
}

/** Whether a candle of the feed is a bar itself. */
export const isOwnBar = (bars: Bars, candle: Candle): boolean =>
  bars.timeframeMs === 0 || candle.closeAt - candle.openAt === bars.timeframeMs

/** Takes note of the length of a candle; a sentence when bars cannot be built from candles of that length. */
export function measure(bars: Bars, candle: Candle): string | null {
  const lengthMs = candle.closeAt - candle.openAt
  if (lengthMs === bars.candleMs) return null
  bars.candleMs = lengthMs
  return timeframeFault(bars.timeframeMs, lengthMs)
}

/** Whether the bar under way ended before this candle: candles at its end were missing. */
export const endedBefore = (bars: Bars, candle: Candle): boolean =>
  bars.isOpen && candle.openAt >= bars.endAt

/** Adds a candle to the bar that holds it. @returns whether that bar is complete now */
export function addToBar(bars: Bars, candle: Candle): boolean {
  if (!bars.isOpen || candle.openAt >= bars.endAt) begin(bars, candle)
  else {
    if (candle.high > bars.high) bars.high = candle.high
    if (candle.low < bars.low) bars.low = candle.low
    bars.close = candle.close
    bars.volume += candle.volume
  }
  return candle.closeAt >= bars.endAt
}

function begin(bars: Bars, candle: Candle): void {
  const startAt = barStart(candle.openAt, bars.timeframeMs)
  // Only the very first bar can be cut off; later ones lack candles that the market never had.
  bars.isWhole = bars.endAt > 0 || candle.openAt === startAt
  bars.isOpen = true
  bars.endAt = startAt + bars.timeframeMs
  bars.open = candle.open
  bars.high = candle.high
  bars.low = candle.low
  bars.close = candle.close
  bars.volume = candle.volume
}

/** Ends the bar under way. @returns whether it may be used */
export function endBar(bars: Bars): boolean {
  bars.isOpen = false
  return bars.isWhole
}

/** Why bars of a timeframe cannot be built from candles of this length; null = they can. */
export function timeframeFault(timeframeMs: number, candleMs: number): string | null {
  if (timeframeMs === 0 || timeframeMs % candleMs === 0) return null
  const wanted = formatTimeframe(timeframeMs)
  const found = formatTimeframe(candleMs)
  const problem =
    timeframeMs < candleMs ? `is finer than the candles of ${found}` : `is no multiple of ${found}`
  return `timeframe ${wanted} ${problem} that this market has: give ${found} or a multiple of it, or leave timeframe out`
}

/** Milliseconds of a timeframe parameter; 0 for the feed's own. @throws RangeError with a sentence */
export const timeframeMsOf = (text: string): number =>
  text.trim() === '' ? 0 : parseTimeframe(text).ms
