/** The public streams of a market: what is sent when its price moves, a candle closes, or a second has passed. */
import type { Instrument, InstrumentId } from '../../../domain/instrument.ts'
import type { MarketEvent } from '../../../domain/market.ts'
import type { BookLevel, SandboxBackend, SandboxCandle, SandboxTrade } from '../front.ts'
import { INTERVALS } from '../intervals.ts'
import type { BookDelta, BookTape } from './book-tape.ts'
import {
  type Json,
  marketSymbol,
  micros,
  naiveTime,
  priceText,
  quantityText,
  rateText,
} from './wire.ts'

export interface StreamName {
  readonly kind: string
  readonly interval: string | null
  readonly symbol: string
}

type Publish = (stream: string, data: Json) => void

const SIMPLE = /^(bookTicker|markPrice|ticker|trade|openInterest|depth)\.([A-Z0-9_]+)$/
const WITH_INTERVAL = /^(kline)\.([0-9a-z]+)\.([A-Z0-9_]+)$/
const AGGREGATED_DEPTH = /^(depth)\.(?:200|600|1000)ms\.([A-Z0-9_]+)$/

/** What a stream's name means; null = the venue has no such stream. */
export function parseStream(stream: string): StreamName | null {
  const simple = SIMPLE.exec(stream) ?? AGGREGATED_DEPTH.exec(stream)
  if (simple) return { kind: simple[1]!, interval: null, symbol: simple[2]! }
  const kline = WITH_INTERVAL.exec(stream)
  if (kline) return { kind: kline[1]!, interval: kline[2]!, symbol: kline[3]! }
  return null
}

export class MarketStream {
  readonly #backend: SandboxBackend
  readonly #tape: BookTape
  readonly #publish: Publish
  /** Contracts do not come and go, and their decimals stay. */
  readonly #instruments: readonly Instrument[]
  /** Trades told last, by instrument. */
  readonly #lastTrade = new Map<InstrumentId, number>()
  /** Opening of the candle closed last, by stream. */
  readonly #lastClosed = new Map<string, number>()
  #seconds = 0

  constructor(backend: SandboxBackend, tape: BookTape, publish: Publish) {
    this.#backend = backend
    this.#tape = tape
    this.#publish = publish
    this.#instruments = backend.instruments().map((one) => one.instrument)
  }

  /** Somebody has subscribed: what follows counts from now. */
  open(stream: string, { kind, interval }: StreamName, instrument: Instrument): void {
    if (kind === 'trade' && !this.#lastTrade.has(instrument.id)) {
      this.#lastTrade.set(instrument.id, this.#backend.trades(instrument.id, 1)[0]?.id ?? 0)
    }
    if (interval === null || this.#lastClosed.has(stream)) return
    const closed = this.#candles(instrument, interval).filter((one) => one.isClosed)
    this.#lastClosed.set(stream, closed.at(-1)?.openAt ?? 0)
  }

  onMarket(events: readonly MarketEvent[], wanted: ReadonlySet<string>): void {
    const moved = new Set(events.map((event) => event.instrument))
    for (const instrument of this.#instruments) {
      if (moved.has(instrument.id)) this.#tellMove(instrument, wanted)
    }
    const closing = new Set(
      events.filter((event) => event.kind === 'candle').map((event) => event.instrument),
    )
    if (closing.size > 0) this.#tellClosed(closing, wanted)
  }

  #tellMove(instrument: Instrument, wanted: ReadonlySet<string>): void {
    const symbol = marketSymbol(instrument)
    const delta = this.#tape.move(instrument.id)
    if (delta !== null) {
      this.#publishDepth(instrument, delta)
      if (delta.isTopChanged) this.#publish(`bookTicker.${symbol}`, this.#bookTicker(instrument))
    }
    if (wanted.has(`markPrice.${symbol}`)) {
      this.#publish(`markPrice.${symbol}`, this.#markPrice(instrument))
    }
    if (wanted.has(`trade.${symbol}`)) this.#tellTrades(instrument)
  }

  #publishDepth(instrument: Instrument, delta: BookDelta): void {
    const symbol = marketSymbol(instrument)
    const at = micros(this.#backend.marketAt())
    const level = ([price, lots]: BookLevel): Json => [
      priceText(instrument, price),
      quantityText(instrument, lots),
    ]
    const data = {
      e: 'depth',
      E: at,
      s: symbol,
      a: delta.asks.map(level),
      b: delta.bids.map(level),
      U: delta.from,
      u: delta.to,
      T: at,
    }
    // Aggregated streams may tell more often than their name promises, never less.
    for (const name of ['depth', 'depth.200ms', 'depth.600ms', 'depth.1000ms']) {
      this.#publish(`${name}.${symbol}`, data)
    }
  }

  #bookTicker(instrument: Instrument): Json {
    const { bids, asks, updateId } = this.#tape.book(instrument.id)
    const at = micros(this.#backend.marketAt())
    return {
      e: 'bookTicker',
      E: at,
      s: marketSymbol(instrument),
      a: priceText(instrument, asks[0]?.[0] ?? 0),
      A: quantityText(instrument, asks[0]?.[1] ?? 0),
      b: priceText(instrument, bids[0]?.[0] ?? 0),
      B: quantityText(instrument, bids[0]?.[1] ?? 0),
      u: String(updateId),
      T: at,
    }
  }

  #markPrice(instrument: Instrument): Json {
    const { mark, index } = this.#backend.price(instrument.id)
    const { rate, nextAt } = this.#backend.funding(instrument.id)
    const at = micros(this.#backend.marketAt())
    return {
      e: 'markPrice',
      E: at,
      s: marketSymbol(instrument),
      p: priceText(instrument, mark),
      f: rateText(rate),
      i: priceText(instrument, index),
      n: nextAt,
      T: at,
    }
  }

  #tellTrades(instrument: Instrument): void {
    const last = this.#lastTrade.get(instrument.id) ?? 0
    const fresh = this.#backend.trades(instrument.id, 50).filter((one) => one.id > last)
    for (const one of [...fresh].reverse()) {
      this.#lastTrade.set(instrument.id, one.id)
      this.#publish(`trade.${marketSymbol(instrument)}`, tradeJson(one, instrument))
    }
  }

  #candles(instrument: Instrument, interval: string): readonly SandboxCandle[] {
    const barMs = INTERVALS[interval]
    return barMs === undefined ? [] : this.#backend.candles(instrument.id, { barMs, limit: 3 })
  }

  #tellClosed(closing: ReadonlySet<InstrumentId>, wanted: ReadonlySet<string>): void {
    for (const [stream, interval, instrument] of this.#klines(wanted)) {
      if (!closing.has(instrument.id)) continue
      for (const one of this.#candles(instrument, interval)) {
        if (!one.isClosed || one.openAt <= (this.#lastClosed.get(stream) ?? 0)) continue
        this.#lastClosed.set(stream, one.openAt)
        this.#publish(stream, this.#kline(one, instrument))
      }
    }
  }

  /** The klines that somebody wants. */
  #klines(wanted: ReadonlySet<string>): readonly (readonly [string, string, Instrument])[] {
    return [...wanted].flatMap((stream) => {
      const name = parseStream(stream)
      if (name === null || name.interval === null) return []
      const found = this.#instruments.find((one) => marketSymbol(one) === name.symbol)
      return found === undefined ? [] : [[stream, name.interval, found] as const]
    })
  }

  #kline(candle: SandboxCandle, instrument: Instrument): Json {
    return {
      e: 'kline',
      E: micros(this.#backend.marketAt()),
      s: marketSymbol(instrument),
      t: naiveTime(candle.openAt).slice(0, 19),
      T: naiveTime(candle.closeAt).slice(0, 19),
      o: priceText(instrument, candle.open),
      c: priceText(instrument, candle.close),
      h: priceText(instrument, candle.high),
      l: priceText(instrument, candle.low),
      v: quantityText(instrument, candle.volume),
      n: Math.ceil(candle.volume / 10),
      X: candle.isClosed,
    }
  }

  /** Tickers and running candles go out once a second, open interest once a minute. */
  onSecond(wanted: ReadonlySet<string>): void {
    this.#seconds += 1
    for (const [stream, interval, instrument] of this.#klines(wanted)) {
      const running = this.#candles(instrument, interval).at(-1)
      if (running && !running.isClosed) this.#publish(stream, this.#kline(running, instrument))
    }
    for (const instrument of this.#instruments) {
      const symbol = marketSymbol(instrument)
      if (wanted.has(`ticker.${symbol}`)) {
        this.#publish(`ticker.${symbol}`, this.#ticker(instrument))
      }
      if (this.#seconds % 60 === 0 && wanted.has(`openInterest.${symbol}`)) {
        this.#publish(`openInterest.${symbol}`, this.#openInterest(instrument))
      }
    }
  }

  #ticker(instrument: Instrument): Json {
    const day = this.#backend.day(instrument.id)
    return {
      e: 'ticker',
      E: micros(this.#backend.marketAt()),
      s: marketSymbol(instrument),
      o: priceText(instrument, day.open),
      c: priceText(instrument, this.#backend.price(instrument.id).last),
      h: priceText(instrument, day.high),
      l: priceText(instrument, day.low),
      v: quantityText(instrument, day.volume),
      V: (day.turnover / 1e8).toFixed(6),
      n: day.trades,
    }
  }

  #openInterest(instrument: Instrument): Json {
    return {
      e: 'openInterest',
      E: micros(this.#backend.marketAt()),
      s: marketSymbol(instrument),
      o: quantityText(instrument, this.#backend.openInterest(instrument.id)),
    }
  }
}

function tradeJson(trade: SandboxTrade, instrument: Instrument): Json {
  const maker = String(trade.id * 2)
  const taker = String(trade.id * 2 + 1)
  const isBuyerMaker = trade.side === 'sell'
  return {
    e: 'trade',
    E: micros(trade.at),
    s: marketSymbol(instrument),
    p: priceText(instrument, trade.price),
    q: quantityText(instrument, trade.quantity),
    b: isBuyerMaker ? maker : taker,
    a: isBuyerMaker ? taker : maker,
    t: trade.id,
    T: micros(trade.at),
    m: isBuyerMaker,
  }
}
