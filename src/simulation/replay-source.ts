/**
 * Recorded history as a market: answers by binary search over loaded columns, nothing is parsed or copied.
 * Windows are half-open by the candle's open: [from, to). Funding counts in (from, to], because the rate at a boundary
 * is settled on the position after the candle that closes there; so the windows [a, b) and [b, c) add up to [a, c).
 */
import type { Column, FundingColumns, RecordedMarket, Window } from '../domain/history.ts'
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { Candle, FundingRate } from '../domain/market.ts'
import { type Price, price, type Quantity, ratio } from '../domain/money.ts'
import type { MarketSource } from './market-source.ts'

const MINUTE_MS = 60_000

/** Venues stamp funding some ms (at times seconds) late; it is settled at the nearest full minute. */
export const settlementTime = (rawAt: number): number => Math.round(rawAt / MINUTE_MS) * MINUTE_MS

/** The first index whose value is at or after `at`; the column is ascending. */
export function firstAtOrAfter(column: Column, at: number): number {
  let low = 0
  let high = column.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((column[middle] ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}

interface Series {
  readonly market: RecordedMarket
  readonly instrument: Instrument
  /** First candle of the window, and the first after it. */
  readonly begin: number
  readonly end: number
  readonly fundingFrom: number
  readonly fundingTo: number
  /** Where the last question was answered: the next one is nearly always about the candle after it. */
  cursor: number
}

export class ReplaySource implements MarketSource {
  readonly instruments: readonly Instrument[]
  /** Open of the first candle and close of the last one over all instruments; the market's span. */
  readonly startAt: number
  readonly endAt: number
  /** The part in which every instrument has candles: from the latest first open to the earliest last close. */
  readonly commonSpan: { readonly startAt: number; readonly endAt: number }
  readonly #series = new Map<InstrumentId, Series>()
  #latest: Series | undefined

  /**
   * @param markets one per instrument
   * @throws RangeError with a sentence when a window holds no candle
   */
  constructor(markets: readonly { readonly market: RecordedMarket; readonly window: Window }[]) {
    let startAt = Number.POSITIVE_INFINITY
    let endAt = 0
    const common = { startAt: 0, endAt: Number.POSITIVE_INFINITY }
    for (const { market, window } of markets) {
      const series = cutOut(market, window)
      this.#series.set(series.instrument.id, series)
      const { openAt } = market.candles
      const first = openAt[series.begin] ?? 0
      const last = (openAt[series.end - 1] ?? 0) + market.timeframeMs
      startAt = Math.min(startAt, first)
      endAt = Math.max(endAt, last)
      common.startAt = Math.max(common.startAt, first)
      common.endAt = Math.min(common.endAt, last)
    }
    this.commonSpan = common
    this.instruments = [...this.#series.values()].map(({ instrument }) => instrument)
    this.startAt = startAt
    this.endAt = endAt
  }

  /** How many candles the window of an instrument holds. */
  candleCount(instrument: InstrumentId): number {
    const series = this.#series.get(instrument)
    return series ? series.end - series.begin : 0
  }

  /** Nearly every question is about the instrument of the one before. */
  #seriesOf(instrument: InstrumentId): Series | undefined {
    if (this.#latest?.instrument.id === instrument) return this.#latest
    this.#latest = this.#series.get(instrument)
    return this.#latest
  }

  candleFrom(instrument: InstrumentId, at: number): Candle | null {
    const series = this.#seriesOf(instrument)
    if (!series) return null
    const { openAt } = series.market.candles
    const { cursor } = series
    const isNext = (openAt[cursor] ?? 0) >= at && (cursor === 0 || (openAt[cursor - 1] ?? 0) < at)
    const index = Math.max(series.begin, isNext ? cursor : firstAtOrAfter(openAt, at))
    if (index >= series.end) return null
    series.cursor = Math.min(index + 1, series.end - 1)
    return candleAt(series.market, index)
  }

  funding(instrument: InstrumentId, after: number, until: number): readonly FundingRate[] {
    const series = this.#series.get(instrument)
    const columns = series?.market.funding
    if (!series || !columns) return []
    const rates: FundingRate[] = []
    const first = Math.max(after, series.fundingFrom)
    const last = Math.min(until, series.fundingTo)
    for (
      let index = firstAtOrAfter(columns.at, first - MINUTE_MS);
      index < columns.at.length;
      index += 1
    ) {
      const at = settlementTime(columns.at[index] ?? 0)
      if (at > last) break
      if (at > first) rates.push({ at, rate: ratio(columns.rate[index] ?? 0) })
    }
    return rates
  }

  /**
   * The mark of the bar that opened last, while that is less than one candle ago: a coarser series (8h marks beside 1h
   * candles) tells the mark at its own times, and between them the mark is the last price.
   */
  markAt(instrument: InstrumentId, at: number): Price | null {
    const series = this.#seriesOf(instrument)
    const columns = series?.market.mark
    if (!series || !columns) return null
    const index = firstAtOrAfter(columns.at, at + 1) - 1
    if (index < 0 || at - (columns.at[index] ?? 0) >= series.market.timeframeMs) return null
    return price(columns.mark[index] ?? 0)
  }
}

function cutOut(market: RecordedMarket, window: Window): Series {
  const { openAt } = market.candles
  const begin = window.from === null ? 0 : firstAtOrAfter(openAt, window.from)
  const end = window.to === null ? openAt.length : firstAtOrAfter(openAt, window.to)
  if (begin >= end) {
    throw new RangeError(
      `no candle of ${market.instrument.id} lies in the window: it has candles ${spanText(openAt)}`,
    )
  }
  const fundingFrom = openAt[begin] ?? 0
  const fundingTo = (openAt[end - 1] ?? 0) + market.timeframeMs
  const interval = market.funding && usualInterval(market.funding, fundingFrom, fundingTo)
  const fundingIntervalMs = interval ?? market.instrument.fundingIntervalMs
  const instrument = { ...market.instrument, fundingIntervalMs }
  return { market, instrument, begin, end, fundingFrom, fundingTo, cursor: begin }
}

function spanText(openAt: Column): string {
  const text = (at: number | undefined) => new Date(at ?? 0).toISOString()
  return openAt.length === 0 ? 'none' : `from ${text(openAt[0])} to ${text(openAt.at(-1))}`
}

/** The commonest distance between settlements in a span; venues change it over the years. */
function usualInterval(columns: FundingColumns, from: number, to: number): number | null {
  const counts = new Map<number, number>()
  let best: number | null = null
  for (
    let index = Math.max(1, firstAtOrAfter(columns.at, from));
    index < columns.at.length;
    index += 1
  ) {
    if ((columns.at[index] ?? 0) > to + MINUTE_MS) break
    const distance =
      settlementTime(columns.at[index] ?? 0) - settlementTime(columns.at[index - 1] ?? 0)
    const count = (counts.get(distance) ?? 0) + 1
    counts.set(distance, count)
    if (best === null || count > (counts.get(best) ?? 0)) best = distance
  }
  return best
}

function candleAt(market: RecordedMarket, index: number): Candle {
  const { candles, timeframeMs } = market
  const openAt = candles.openAt[index] as number
  // Integers since they were stored, and within the columns: they are not asked again, this runs for every candle.
  return {
    openAt,
    closeAt: openAt + timeframeMs,
    open: candles.open[index] as Price,
    high: candles.high[index] as Price,
    low: candles.low[index] as Price,
    close: candles.close[index] as Price,
    volume: candles.volume[index] as Quantity,
  }
}
