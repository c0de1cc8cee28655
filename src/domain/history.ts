/** Columns of recorded market data, and the names of the sets they form. Plain data, loaded without parsing. */
import type { Instrument } from './instrument.ts'
import { type MarketSymbol, parseSymbol, venueSpelling } from './symbol.ts'
import { formatTimeShort, parseTime, parseTimeframe, type Timeframe } from './timeframe.ts'

/**
 * One column of integers of the core: prices fit 32 bits almost always, times and some volumes do not. What is loaded
 * from history/ lies over SharedArrayBuffers: posted to a worker thread it is shared, not copied.
 */
export type Column = Float64Array | Int32Array

/** Candles in ascending order of `openAt`; all columns have the same length. */
export interface CandleColumns {
  /** Market time in ms at which each candle opens. */
  readonly openAt: Column
  /** Prices in the instrument's price unit. */
  readonly open: Column
  readonly high: Column
  readonly low: Column
  readonly close: Column
  /** Lots. */
  readonly volume: Column
}

/** Funding in ascending order of time: `at` as the venue stamped it (raw, ms), `rate` in 1e-8 per interval. */
export interface FundingColumns {
  readonly at: Column
  readonly rate: Column
}

/** A mark series of its own: the mark at the moment each bar opens, in the instrument's price unit. */
export interface MarkColumns {
  readonly at: Column
  readonly mark: Column
}

/** Everything recorded of one instrument at one timeframe. */
export interface RecordedMarket {
  readonly instrument: Instrument
  readonly timeframeMs: number
  readonly candles: CandleColumns
  readonly funding: FundingColumns | null
  readonly mark: MarkColumns | null
}

const INT32_MAX = 2_147_483_647

/** Integers as a column that threads can share, in 32 bits when all of them fit. */
export function shareColumn(values: ArrayLike<number>): Column {
  let isNarrow = true
  for (let index = 0; index < values.length && isNarrow; index += 1) {
    const value = values[index] ?? 0
    isNarrow = value <= INT32_MAX && value >= -INT32_MAX
  }
  const column = isNarrow
    ? new Int32Array(new SharedArrayBuffer(values.length * 4))
    : new Float64Array(new SharedArrayBuffer(values.length * 8))
  column.set(values)
  return column
}

/** The half-open part [from, to) of a set; null = from its beginning, to its end. Market time in ms. */
export interface Window {
  readonly from: number | null
  readonly to: number | null
}

/** The name of a set: `venue/symbol/timeframe[@from..to]`. */
export interface SetName extends Window {
  readonly venue: string
  readonly symbol: MarketSymbol
  readonly timeframe: Timeframe
}

const VENUE = /^[a-z0-9][a-z0-9_-]{0,31}$/

/**
 * Checks the name of a venue: it becomes a folder.
 * @throws RangeError with a sentence
 */
export function parseVenue(text: string): string {
  const name = text.trim().toLowerCase()
  if (!VENUE.test(name)) {
    throw new RangeError(
      `venue "${text}" cannot be a name: use letters, digits, - and _, e.g. hyperliquid`,
    )
  }
  return name
}

/**
 * Reads `hyperliquid/SOL_USDC_PERP/5m`, `hyperliquid/SOL/USDC:USDC/5m@2025-04-01..2025-05-01`; either end of the
 * window may be left out (`@2025-04-01..`).
 * @throws RangeError with a sentence that names what is wrong and shows a valid name
 */
export function parseSetName(text: string): SetName {
  const [path = '', window, more] = text.trim().split('@')
  const parts = path.split('/')
  if (parts.length < 3 || more !== undefined) {
    throw new RangeError(
      `set "${text}" cannot be read: write venue/symbol/timeframe[@from..to], e.g. hyperliquid/SOL_USDC_PERP/5m@2025-04-01..2025-05-01`,
    )
  }
  return {
    venue: parseVenue(parts[0] ?? ''),
    symbol: parseSymbol(parts.slice(1, -1).join('/')),
    timeframe: parseTimeframe(parts.at(-1) ?? ''),
    ...parseWindow(window),
  }
}

/**
 * Reads `from..to`, each an ISO date or time or nothing; undefined is the whole.
 * @throws RangeError with a sentence
 */
export function parseWindow(text: string | undefined): Window {
  if (text === undefined) return { from: null, to: null }
  const ends = text.split('..')
  if (ends.length !== 2) {
    throw new RangeError(
      `window "${text}" cannot be read: write from..to, e.g. 2025-04-01..2025-05-01 (the end is not included)`,
    )
  }
  const [from, to] = ends.map((end) => (end.trim() === '' ? null : parseTime(end)))
  return checkWindow({ from: from ?? null, to: to ?? null })
}

/** @throws RangeError when the window ends before it begins */
export function checkWindow(window: Window): Window {
  if (window.from !== null && window.to !== null && window.from >= window.to) {
    throw new RangeError(
      `the window ${formatWindow(window)} is empty: its end must be later than its beginning`,
    )
  }
  return window
}

/** Writes a window as it is read. */
export function formatWindow(window: Window): string {
  const end = (at: number | null) => (at === null ? '' : formatTimeShort(at))
  return `${end(window.from)}..${end(window.to)}`
}

/** Writes a set name in its one canonical spelling. */
export function formatSetName(name: SetName): string {
  const path = `${name.venue}/${venueSpelling(name.symbol)}/${name.timeframe.text}`
  return name.from === null && name.to === null ? path : `${path}@${formatWindow(name)}`
}
