/** The market as a venue shows it: prices, books, trades, candles and funding, made of the feed's candles without chance. */
import type { Instrument, InstrumentId } from '../../domain/instrument.ts'
import { priceStep } from '../../domain/instrument.ts'
import type { Candle, MarketEvent, MarketPrice } from '../../domain/market.ts'
import { type Price, price, quantity, type Ratio, ratio } from '../../domain/money.ts'
import type { MarketSource } from '../../simulation/market-source.ts'
import { pathOf, reachOf } from './candle-shape.ts'
import type {
  BookLevel,
  CandleQuery,
  DayFigures,
  SandboxBook,
  SandboxCandle,
  SandboxFunding,
  SandboxPrice,
  SandboxTrade,
} from './front.ts'
import type { Timeline } from './timeline.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Of trades that are made up: one in so many ms of market time. */
const TRADE_EVERY_MS = 5_000
/** Candles of the feed that one answer may read; a longer history is cut off there. */
const CANDLES_READ_MAX = 60_000
const SPIKE = 10
const STALE_MS = 3_600_000

export interface MarketViewParts {
  /** History; never the source that the simulation reads: both keep what they read last. */
  readonly source: MarketSource
  readonly startAt: number
  readonly timeline: Timeline
  /** Market time now, not shown. */
  readonly at: () => number
  readonly priceNow: (instrument: InstrumentId) => MarketPrice
  /** The kind of wrong prices that holds for an instrument now; null = right ones. */
  readonly wrong: (instrument: InstrumentId) => string | null
  /** Length of the funding interval when a fault has changed it. */
  readonly fundingIntervalMs: (instrument: Instrument) => number
}

export class MarketView {
  readonly #parts: MarketViewParts
  readonly #days = new Map<InstrumentId, { readonly minute: number; readonly day: DayFigures }>()

  constructor(parts: MarketViewParts) {
    this.#parts = parts
  }

  shownAt(): number {
    return this.#parts.timeline.shown(this.#parts.at())
  }

  price(instrument: Instrument): SandboxPrice {
    const { last, mark } = this.#parts.priceNow(instrument.id)
    const at = this.shownAt()
    switch (this.#parts.wrong(instrument.id)) {
      case 'zero':
        return { last: price(0), mark: price(0), index: price(0), at }
      case 'negative':
        return { last: price(-last), mark: price(-mark), index: price(-mark), at }
      case 'spike':
        return { last: price(last * SPIKE), mark, index: mark, at }
      case 'stale':
        return { last, mark, index: mark, at: at - STALE_MS }
      default:
        return { last, mark, index: mark, at }
    }
  }

  /** What the market tells, with shown stamps and with the prices that hold. */
  shownEvent(instrument: Instrument, event: MarketEvent): MarketEvent {
    const at = this.#parts.timeline.shown(event.at)
    const wrong = this.#parts.wrong(instrument.id)
    const told = wrong === null ? event.price : this.price(instrument)
    if (event.kind === 'price') return { ...event, at, price: told }
    const candle = wrong === null ? event.candle : flat(event.candle, told.last)
    return { ...event, at, price: told, candle: { ...candle, ...this.#bounds(event.candle) } }
  }

  book(instrument: Instrument, depth: number): SandboxBook {
    const { last, at } = this.price(instrument)
    const isCrossed = this.#parts.wrong(instrument.id) === 'crossed'
    const step = priceStep(instrument, price(Math.max(1, last)))
    const side = (sign: 1 | -1): BookLevel[] => {
      const levels: BookLevel[] = []
      const floor = Math.round(last / step) * step
      for (let index = 1; index <= depth; index += 1) {
        const distance = isCrossed ? index - 4 : index
        const level = floor + sign * distance * step
        if (level <= 0 && last > 0) break
        levels.push([price(level), quantity(this.#lots(instrument, level, index))])
      }
      return levels
    }
    return { bids: side(-1), asks: side(1), at, sequence: at }
  }

  /** Deeper levels hold more; about a minute's volume within ten steps. */
  #lots(instrument: Instrument, level: number, index: number): number {
    const minute = Math.floor(this.#parts.at() / MINUTE_MS)
    const candle = this.#parts.source.candleFrom(instrument.id, minute * MINUTE_MS)
    const usual = Math.max(instrument.quantityMin, (candle?.volume ?? 0) / 40, 1)
    return Math.max(1, Math.round(usual * (0.5 + hash(level, minute)) * Math.min(index, 10)))
  }

  trades(instrument: Instrument, limit: number): readonly SandboxTrade[] {
    const { source, startAt, timeline } = this.#parts
    const trades: SandboxTrade[] = []
    let at = Math.floor(this.#parts.at() / TRADE_EVERY_MS) * TRADE_EVERY_MS
    for (; trades.length < limit && at > startAt; at -= TRADE_EVERY_MS) {
      const candle = source.candleFrom(instrument.id, Math.floor(at / MINUTE_MS) * MINUTE_MS)
      if (candle === null || candle.openAt > at) continue
      const drawn = hash(at / TRADE_EVERY_MS, candle.open)
      const share = (candle.volume * (0.2 + drawn)) / (MINUTE_MS / TRADE_EVERY_MS)
      trades.push({
        id: Math.floor(at / TRADE_EVERY_MS),
        at: timeline.shown(at),
        side: drawn < 0.5 ? 'buy' : 'sell',
        price: pathOf(candle, at),
        quantity: quantity(Math.max(1, Math.round(share))),
      })
    }
    return trades
  }

  candles(instrument: Instrument, query: CandleQuery): readonly SandboxCandle[] {
    const { timeline } = this.#parts
    const now = this.shownAt()
    const { barMs, limit } = query
    const lastOpen = floorTo(Math.min(now, query.until ?? now), barMs)
    const bars: SandboxCandle[] = []
    let read = 0
    for (let openAt = lastOpen; bars.length < limit; openAt -= barMs) {
      const isBefore = timeline.hidden(openAt + barMs) <= this.#parts.startAt
      if (isBefore || openAt < (query.from ?? 0) || read > CANDLES_READ_MAX) break
      read += barMs / MINUTE_MS
      const bar = this.#bar(instrument, openAt, barMs, now)
      if (bar !== null) bars.push(bar)
    }
    return bars.reverse()
  }

  /** Candles of the feed that are shown to open in [openAt, openAt + barMs). */
  #bar(instrument: Instrument, openAt: number, barMs: number, now: number): SandboxCandle | null {
    const { timeline, source } = this.#parts
    let bar: SandboxCandle | null = null
    let from = timeline.hidden(openAt)
    while (from <= this.#parts.at()) {
      const found = source.candleFrom(instrument.id, from)
      if (found === null || found.openAt > this.#parts.at()) break
      if (timeline.shown(found.openAt) >= openAt + barMs) break
      from = found.closeAt
      const candle = this.#upToNow(instrument.id, found)
      bar = joined(bar, candle, openAt, openAt + barMs, openAt + barMs <= now)
    }
    return bar
  }

  /** A candle that runs shows no more than has happened. */
  #upToNow(instrument: InstrumentId, candle: Candle): Candle {
    const at = this.#parts.at()
    if (candle.closeAt <= at) return candle
    const { last } = this.#parts.priceNow(instrument)
    const share = (at - candle.openAt) / (candle.closeAt - candle.openAt)
    const reached = reachOf(candle, at)
    return {
      ...candle,
      high: price(Math.max(reached.high, last)),
      low: price(Math.min(reached.low, last)),
      close: last,
      volume: quantity(Math.floor(candle.volume * share)),
    }
  }

  day(instrument: Instrument): DayFigures {
    const minute = Math.floor(this.#parts.at() / MINUTE_MS)
    const known = this.#days.get(instrument.id)
    if (known?.minute === minute) return known.day
    const day = this.#countDay(instrument)
    this.#days.set(instrument.id, { minute, day })
    return day
  }

  #countDay(instrument: Instrument): DayFigures {
    const now = this.shownAt()
    const bars = this.candles(instrument, { barMs: MINUTE_MS, from: now - DAY_MS, limit: 1440 })
    const { last } = this.#parts.priceNow(instrument.id)
    let [high, low, volume, turnover] = [last as number, last as number, 0, 0]
    for (const bar of bars) {
      high = Math.max(high, bar.high)
      low = Math.min(low, bar.low)
      volume += bar.volume
      turnover += bar.volume * bar.close * instrument.moneyPerUnit
    }
    const open = bars[0]?.open ?? last
    const trades = Math.round(DAY_MS / TRADE_EVERY_MS)
    return { open, high: price(high), low: price(low), close: last, volume, turnover, trades }
  }

  openInterest(instrument: Instrument): number {
    const day = Math.floor(this.#parts.at() / DAY_MS)
    const volume = this.#parts.source.candleFrom(instrument.id, this.#parts.at())?.volume ?? 1
    return Math.max(1, Math.round(volume * 500 * (0.8 + 0.4 * hash(day, instrument.moneyPerUnit))))
  }

  funding(instrument: Instrument): SandboxFunding {
    const { source, timeline } = this.#parts
    const at = this.#parts.at()
    const usual = instrument.fundingIntervalMs
    const intervalMs = this.#parts.fundingIntervalMs(instrument)
    const next = source.funding(instrument.id, at, at + usual)[0]
    const nextAt = next?.at ?? floorTo(at, usual) + usual
    const shownNext = intervalMs === usual ? nextAt : floorTo(at, intervalMs) + intervalMs
    return {
      rate: next?.rate ?? ratio(0),
      nextAt: timeline.shown(at) + (shownNext - at),
      previousAt: timeline.shown(at) + (shownNext - at) - intervalMs,
      intervalMs,
    }
  }

  fundingHistory(
    instrument: Instrument,
    query: { readonly from?: number; readonly until?: number; readonly limit: number },
  ): readonly { readonly at: number; readonly rate: Ratio }[] {
    const { source, timeline, startAt } = this.#parts
    const at = this.#parts.at()
    const until = Math.min(at, query.until === undefined ? at : timeline.hidden(query.until))
    const reach = until - instrument.fundingIntervalMs * (query.limit + 1)
    const asked = query.from === undefined ? startAt : timeline.hidden(query.from) - 1
    const rates = source.funding(instrument.id, Math.max(startAt, asked, reach), until)
    return rates.slice(-query.limit).map((one) => ({ at: timeline.shown(one.at), rate: one.rate }))
  }

  #bounds(candle: Candle): { readonly openAt: number; readonly closeAt: number } {
    const openAt = this.#parts.timeline.shown(candle.openAt)
    return { openAt, closeAt: openAt + candle.closeAt - candle.openAt }
  }
}

const floorTo = (at: number, step: number): number => Math.floor(at / step) * step

const flat = (candle: Candle, at: Price): Candle => ({
  ...candle,
  open: at,
  high: at,
  low: at,
  close: at,
})

function joined(
  bar: SandboxCandle | null,
  candle: Candle,
  openAt: number,
  closeAt: number,
  isClosed: boolean,
): SandboxCandle {
  const { open, high, low, close, volume } = candle
  if (bar === null) return { openAt, closeAt, open, high, low, close, volume, isClosed }
  return {
    ...bar,
    high: price(Math.max(bar.high, high)),
    low: price(Math.min(bar.low, low)),
    close,
    volume: bar.volume + volume,
  }
}

/** 0 to 1, the same for the same numbers. */
function hash(a: number, b: number): number {
  let mixed =
    Math.imul(Math.floor(a) ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(Math.floor(b), 0xc2b2ae35)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x27d4eb2d)
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32
}
