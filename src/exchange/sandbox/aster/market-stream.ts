/** Aster's public streams: what is sent when a price moves, a candle closes, or a second has passed. */
import type { Instrument, InstrumentId } from '../../../domain/instrument.ts'
import type { MarketEvent } from '../../../domain/market.ts'
import type { BookLevel, SandboxBackend, SandboxCandle } from '../front.ts'
import { INTERVALS } from '../intervals.ts'
import { aggregateFields, tradeCount } from './public-routes.ts'
import { type Json, priceText, quantityText, rateText, symbolName, valueText } from './wire.ts'

export interface StreamName {
  readonly kind:
    | 'aggTrade'
    | 'markPrice'
    | 'kline'
    | 'bookTicker'
    | 'depth'
    | 'ticker'
    | 'miniTicker'
  /** Lower case, as streams are named. */
  readonly symbol: string
  readonly interval: string | null
  /** Levels of a partial book; null = deltas. */
  readonly levels: number | null
}

type Publish = (stream: string, data: Json) => void

const NAME =
  /^([a-z0-9]+)@(?:(aggTrade|bookTicker|ticker|miniTicker)|(markPrice)(?:@1s)?|(kline)_([0-9a-zA-Z]+)|(depth)(5|10|20)?(?:@(?:100|250|500)ms)?)$/

/** Levels of a side that deltas carry. */
const DELTA_LEVELS = 100

/** What a stream's name means; null = the venue has no such stream, or the sandbox does not make it. */
export function parseStream(stream: string): StreamName | null {
  const match = NAME.exec(stream)
  if (match === null) return null
  const [, symbol = '', plain, mark, kline, interval, depth, levels] = match
  if (kline !== undefined && INTERVALS[interval ?? ''] === undefined) return null
  const kind = (plain ?? mark ?? kline ?? depth) as StreamName['kind']
  return {
    kind,
    symbol,
    interval: interval ?? null,
    levels: levels === undefined ? null : Number(levels),
  }
}

/** A name with its meaning and its contract. */
interface Wanted extends StreamName {
  readonly stream: string
  readonly instrument: Instrument
}

export class MarketStream {
  readonly #backend: SandboxBackend
  readonly #publish: Publish
  /** By the name in streams. Contracts do not come and go, and their decimals stay. */
  readonly #instruments: ReadonlyMap<string, Instrument>
  readonly #lastTrade = new Map<InstrumentId, number>()
  readonly #lastClosed = new Map<string, number>()
  /** What a stream of deltas has told last. */
  readonly #told = new Map<
    string,
    { readonly levels: Map<string, number>; readonly update: number }
  >()
  #seconds = 0

  constructor(backend: SandboxBackend, publish: Publish) {
    this.#backend = backend
    this.#publish = publish
    this.#instruments = new Map(
      backend
        .instruments()
        .map(({ instrument }) => [symbolName(instrument).toLowerCase(), instrument] as const),
    )
  }

  /** The contract of a stream; null = the venue has none of that name. */
  instrumentOf(stream: string): Instrument | null {
    return this.#instruments.get(parseStream(stream)?.symbol ?? '') ?? null
  }

  /** Somebody has subscribed: what follows counts from now. */
  open(stream: string): void {
    const instrument = this.instrumentOf(stream)
    const name = parseStream(stream)
    if (instrument === null || name === null) return
    this.#backend.watch(instrument.id)
    if (name.kind === 'aggTrade' && !this.#lastTrade.has(instrument.id)) {
      this.#lastTrade.set(instrument.id, this.#backend.trades(instrument.id, 1)[0]?.id ?? 0)
    }
    if (name.interval === null || this.#lastClosed.has(stream)) return
    const closed = this.#candles(instrument, name.interval).filter((one) => one.isClosed)
    this.#lastClosed.set(stream, closed.at(-1)?.openAt ?? 0)
  }

  #wanted(streams: ReadonlySet<string>): readonly Wanted[] {
    return [...streams].flatMap((stream) => {
      const name = parseStream(stream)
      const instrument = this.instrumentOf(stream)
      return name === null || instrument === null ? [] : [{ ...name, stream, instrument }]
    })
  }

  onMarket(events: readonly MarketEvent[], streams: ReadonlySet<string>): void {
    const moved = new Set(events.map((event) => event.instrument))
    const closing = new Set(
      events.filter((event) => event.kind === 'candle').map((event) => event.instrument),
    )
    for (const one of this.#wanted(streams)) {
      if (!moved.has(one.instrument.id)) continue
      if (one.kind === 'bookTicker') this.#publish(one.stream, this.#bookTicker(one.instrument))
      if (one.kind === 'depth') this.#tellDepth(one)
      if (one.kind === 'aggTrade') this.#tellTrades(one)
      if (one.kind === 'kline' && closing.has(one.instrument.id)) this.#tellClosed(one)
    }
  }

  /** Marks, tickers and running candles are told once a second. */
  onSecond(streams: ReadonlySet<string>): void {
    this.#seconds += 1
    for (const one of this.#wanted(streams)) {
      if (one.kind === 'ticker') this.#publish(one.stream, this.#ticker(one.instrument))
      if (one.kind === 'miniTicker') this.#publish(one.stream, this.#miniTicker(one.instrument))
      const isDue = one.stream.endsWith('@1s') || this.#seconds % 3 === 0
      if (one.kind === 'markPrice' && isDue) {
        this.#publish(one.stream, this.#markPrice(one.instrument))
      }
      if (one.interval === null) continue
      const running = this.#candles(one.instrument, one.interval).at(-1)
      if (running && !running.isClosed) this.#publish(one.stream, this.#kline(one, running))
    }
  }

  #bookTicker(instrument: Instrument): Json {
    const { bids, asks, sequence, at } = this.#backend.book(instrument.id, 1)
    return {
      e: 'bookTicker',
      u: sequence,
      E: at,
      T: at,
      s: symbolName(instrument),
      b: priceText(instrument, bids[0]?.[0] ?? 0),
      B: quantityText(instrument, bids[0]?.[1] ?? 0),
      a: priceText(instrument, asks[0]?.[0] ?? 0),
      A: quantityText(instrument, asks[0]?.[1] ?? 0),
    }
  }

  #tellDepth({ stream, instrument, levels }: Wanted): void {
    const { bids, asks, sequence, at } = this.#backend.book(instrument.id, levels ?? DELTA_LEVELS)
    const before = this.#told.get(stream)
    if (before !== undefined && before.update >= sequence) return
    const now = new Map<string, number>([
      ...bids.map(([price, lots]) => [`b${price}`, lots] as const),
      ...asks.map(([price, lots]) => [`a${price}`, lots] as const),
    ])
    this.#told.set(stream, { levels: now, update: sequence })
    const isDelta = levels === null
    const side = (letter: 'a' | 'b', book: readonly BookLevel[]): Json =>
      (isDelta ? changes(letter, before?.levels, now) : book).map(([price, lots]) => [
        priceText(instrument, price),
        quantityText(instrument, lots),
      ])
    this.#publish(stream, {
      e: 'depthUpdate',
      E: at,
      T: at,
      s: symbolName(instrument),
      U: (before?.update ?? sequence - 1) + 1,
      u: sequence,
      pu: before?.update ?? sequence - 1,
      b: side('b', bids),
      a: side('a', asks),
    })
  }

  #tellTrades({ stream, instrument }: Wanted): void {
    const last = this.#lastTrade.get(instrument.id) ?? 0
    const fresh = this.#backend.trades(instrument.id, 50).filter((one) => one.id > last)
    for (const one of fresh.toReversed()) {
      this.#lastTrade.set(instrument.id, one.id)
      this.#publish(stream, {
        e: 'aggTrade',
        E: one.at,
        s: symbolName(instrument),
        ...aggregateFields(one, instrument),
      })
    }
  }

  #candles(instrument: Instrument, interval: string): readonly SandboxCandle[] {
    const barMs = INTERVALS[interval]
    return barMs === undefined ? [] : this.#backend.candles(instrument.id, { barMs, limit: 3 })
  }

  #tellClosed(one: Wanted): void {
    for (const candle of this.#candles(one.instrument, one.interval ?? '')) {
      if (!candle.isClosed || candle.openAt <= (this.#lastClosed.get(one.stream) ?? 0)) continue
      this.#lastClosed.set(one.stream, candle.openAt)
      this.#publish(one.stream, this.#kline(one, candle))
    }
  }

  #kline({ instrument, interval }: Wanted, candle: SandboxCandle): Json {
    const half = Math.floor(candle.volume / 2)
    const lastId = this.#backend.trades(instrument.id, 1)[0]?.id ?? 0
    const count = tradeCount(candle)
    return {
      e: 'kline',
      E: this.#backend.marketAt(),
      s: symbolName(instrument),
      k: {
        t: candle.openAt,
        T: candle.closeAt - 1,
        s: symbolName(instrument),
        i: interval,
        f: Math.max(0, lastId - count),
        L: lastId,
        o: priceText(instrument, candle.open),
        c: priceText(instrument, candle.close),
        h: priceText(instrument, candle.high),
        l: priceText(instrument, candle.low),
        v: quantityText(instrument, candle.volume),
        n: count,
        x: candle.isClosed,
        q: valueText(instrument, candle.volume * candle.close),
        V: quantityText(instrument, half),
        Q: valueText(instrument, half * candle.close),
        B: '0',
      },
    }
  }

  #markPrice(instrument: Instrument): Json {
    const { mark, index } = this.#backend.price(instrument.id)
    const { rate, nextAt } = this.#backend.funding(instrument.id)
    return {
      e: 'markPriceUpdate',
      E: this.#backend.marketAt(),
      s: symbolName(instrument),
      p: priceText(instrument, mark),
      i: priceText(instrument, index),
      P: priceText(instrument, index),
      r: rateText(rate),
      T: nextAt,
    }
  }

  #miniTicker(instrument: Instrument): Json {
    const day = this.#backend.day(instrument.id)
    return {
      e: '24hrMiniTicker',
      E: this.#backend.marketAt(),
      s: symbolName(instrument),
      c: priceText(instrument, this.#backend.price(instrument.id).last),
      o: priceText(instrument, day.open),
      h: priceText(instrument, day.high),
      l: priceText(instrument, day.low),
      v: quantityText(instrument, day.volume),
      q: (day.turnover / 1e8).toFixed(2),
    }
  }

  #ticker(instrument: Instrument): Json {
    const day = this.#backend.day(instrument.id)
    const { last } = this.#backend.price(instrument.id)
    const newest = this.#backend.trades(instrument.id, 1)[0]
    const at = this.#backend.marketAt()
    const lastId = newest?.id ?? 0
    return {
      e: '24hrTicker',
      E: at,
      s: symbolName(instrument),
      p: priceText(instrument, last - day.open),
      P: (((last - day.open) / day.open) * 100).toFixed(2),
      w: priceText(instrument, Math.round((day.open + last) / 2)),
      c: priceText(instrument, last),
      Q: quantityText(instrument, newest?.quantity ?? 0),
      o: priceText(instrument, day.open),
      h: priceText(instrument, day.high),
      l: priceText(instrument, day.low),
      v: quantityText(instrument, day.volume),
      q: (day.turnover / 1e8).toFixed(2),
      O: at - 86_400_000,
      C: at,
      F: Math.max(0, lastId - day.trades),
      L: lastId,
      n: day.trades,
    }
  }
}

/** Levels of one side that differ from those told before; what is gone has no lots. */
function changes(
  letter: 'a' | 'b',
  before: ReadonlyMap<string, number> | undefined,
  now: ReadonlyMap<string, number>,
): readonly (readonly [number, number])[] {
  const names = new Set([...(before?.keys() ?? []), ...now.keys()])
  return [...names]
    .filter((name) => name.startsWith(letter) && before?.get(name) !== now.get(name))
    .map((name) => [Number(name.slice(1)), now.get(name) ?? 0])
}
