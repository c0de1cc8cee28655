/**
 * Backpack's streams over one socket: orders with their fills, positions, trades, best prices, marks, candles. Best prices
 * come whole in every message, so there is no book that could miss a change (ccxt 4.5.84's book has no gap detection).
 */
import type { Instrument } from '../../../domain/instrument.ts'
import type { Candle, MarketPrice } from '../../../domain/market.ts'
import { type Price, type Quantity, quantity } from '../../../domain/money.ts'
import { VenueError } from '../../../ports/venue.ts'
import { lotsFrom, priceFrom, roundedLots, roundedPriceFrom } from '../live/decimal.ts'
import type { DialectListener, DialectParts } from '../live/dialect.ts'
import type { SocketTap } from '../live/guarded-class.ts'
import { ConnectQuota, StreamLoop } from '../live/stream-loop.ts'
import type { BackpackClient } from './client.ts'
import type { BackpackSocket } from './exchange.ts'
import { naiveTime, orderEventFacts } from './reports.ts'
import type {
  KlineEvent,
  MarketDataEvent,
  OrderEvent,
  PositionEvent,
  RestKlineRow,
} from './rows.ts'

/** The one private stream's name. */
export const ACCOUNT = 'account'
const PRIVATE_TOPICS = ['account.orderUpdate', 'account.positionUpdate']
/** ccxt pings every 10 s (exchange.ts) and the venue every 60 s, so something comes at least this often. */
const KEEP_ALIVE_MS = 10_000
/** The venue names no limit of connections; this one spares it. */
const CONNECTS = { count: 30, perMs: 60_000 }
const MINUTE_MS = 60_000
/** A fill may come so much later than the position that it made, ms. */
const SETTLE_MS = 1500

export interface StreamsParts extends Pick<DialectParts, 'clock' | 'random'> {
  readonly client: BackpackClient
  readonly url: () => string
}

/** What is known of a market's prices; each message brings a part of it. */
interface Quote {
  readonly instrument: Instrument
  last: Price | null
  mark: Price | null
  index: Price | null
  best: { bid: Price; ask: Price; bidQuantity: Quantity; askQuantity: Quantity } | null
  /** Of the last best prices: older ones are dropped. */
  updateId: number
}

/** Position by the stream, and what fills have changed of it since. */
interface Held {
  quantity: Quantity
  filled: Quantity
  /** Ends the wait for fills that explain a change; null = none is awaited. */
  cancel: (() => void) | null
}

export class BackpackStreams implements SocketTap {
  readonly #parts: StreamsParts
  readonly #loop: StreamLoop
  readonly #quotes = new Map<string, Quote>()
  readonly #seeds = new Map<string, MarketPrice>()
  readonly #held = new Map<string, Held>()
  #listener: DialectListener | null = null

  constructor(parts: StreamsParts) {
    const { clock, random } = parts
    this.#parts = parts
    this.#loop = new StreamLoop({
      name: ACCOUNT,
      clock,
      random,
      keepAliveMs: KEEP_ALIVE_MS,
      quota: new ConnectQuota(clock, CONNECTS.count, CONNECTS.perMs),
      open: () => this.#open(),
      drop: () => this.#drop(),
      onLive: () => this.#listener?.onLive(ACCOUNT),
      onGap: (reason) => this.#listener?.onGap(ACCOUNT, reason),
    })
  }

  start(listener: DialectListener): void {
    this.#listener = listener
    this.#loop.start()
  }

  stop(): void {
    this.#listener = null
    this.#loop.stop()
  }

  /** Where a quote begins: each message of a stream brings a part of it only. */
  seed(marketId: string, price: MarketPrice): void {
    this.#seeds.set(marketId, price)
  }

  watch(instrument: Instrument): void {
    const marketId = this.#parts.client.marketId(instrument.id)
    if (this.#quotes.has(marketId)) return
    const seed = this.#seeds.get(marketId)
    this.#quotes.set(marketId, {
      instrument,
      last: seed?.last ?? null,
      mark: seed?.mark ?? null,
      index: null,
      best: null,
      updateId: 0,
    })
    if (this.#loop.isLive) void this.#subscribePublic([marketId])
  }

  onFrame(): void {
    this.#loop.frame()
    this.#listener?.onMessage()
  }

  onLost(_url: string, reason: string): void {
    this.#loop.lost(reason)
  }

  /** A message of the socket as it came. One that cannot be read may have been a fill: everything is asked again. */
  onMessage(message: unknown): void {
    const { stream, data, error } = (message ?? {}) as Envelope
    if (error) return this.#loop.lost(`refused with code ${Number(error.code)}`)
    if (!stream || !data) return
    try {
      if (stream.startsWith('account.orderUpdate')) this.#onOrder(data as OrderEvent)
      else if (stream.startsWith('account.positionUpdate')) this.#onPosition(data as PositionEvent)
      else this.#onMarket(data as MarketDataEvent)
    } catch (failure) {
      if (!(failure instanceof VenueError)) throw failure
      if (stream.startsWith('account.')) this.#gap('a message could not be read')
    }
  }

  async #open(): Promise<void> {
    this.#forgetPositions()
    const socket = this.#socket()
    await socket.connect()
    await socket.send(this.#parts.client.exchange.subscription(PRIVATE_TOPICS))
    if (this.#quotes.size > 0) await this.#subscribePublic([...this.#quotes.keys()])
    await pong(socket)
  }

  async #subscribePublic(marketIds: readonly string[]): Promise<void> {
    const params = marketIds.flatMap((id) => [
      `trade.${id}`,
      `bookTicker.${id}`,
      `markPrice.${id}`,
      `kline.1m.${id}`,
    ])
    try {
      await this.#socket().send({ method: 'SUBSCRIBE', params })
    } catch {
      this.#loop.lost('could not subscribe')
    }
  }

  #drop(): void {
    const { client, url } = this.#parts
    const clients = client.exchange.clients as Record<string, BackpackSocket | undefined>
    const socket = clients[url()]
    delete clients[url()]
    socket?.connection?.terminate()
  }

  #socket(): BackpackSocket {
    return this.#parts.client.exchange.client(this.#parts.url()) as BackpackSocket
  }

  #onOrder(event: OrderEvent): void {
    const instrument = this.#instrumentOf(event.s)
    if (instrument === null) return
    const { facts, isComplete } = orderEventFacts(instrument, event)
    if (facts.length > 0) this.#listener?.onFacts(facts)
    for (const fact of facts)
      if (fact.kind === 'fill')
        this.#filled(
          event.s,
          quantity(fact.fill.side === 'buy' ? fact.fill.quantity : -fact.fill.quantity),
        )
    if (!isComplete) this.#gap('a fill came without its trade id')
  }

  /** A position that no fill explains means that a fill was missed (or forced): the two topics watch each other. */
  #onPosition(event: PositionEvent): void {
    const instrument = this.#instrumentOf(event.s)
    if (instrument === null) return
    const now = lotsFrom(instrument, event.q)
    const held = this.#held.get(event.s)
    // The first message after subscribing is what there is; a query tells it with its fills.
    if (held === undefined) {
      this.#held.set(event.s, { quantity: now, filled: quantity(0), cancel: null })
      return
    }
    held.filled = quantity(held.filled + held.quantity - now)
    held.quantity = now
    this.#check(held)
  }

  #filled(marketId: string, lots: Quantity): void {
    const held = this.#held.get(marketId) ?? {
      quantity: quantity(0),
      filled: quantity(0),
      cancel: null,
    }
    this.#held.set(marketId, held)
    held.filled = quantity(held.filled + lots)
    this.#check(held)
  }

  /** `filled` is 0 when fills and position agree; it may be something else until the other topic has caught up. */
  #check(held: Held): void {
    if (held.filled === 0) {
      held.cancel?.()
      held.cancel = null
      return
    }
    held.cancel ??= this.#parts.clock.after(SETTLE_MS, () => {
      held.cancel = null
      held.filled = quantity(0)
      this.#gap('a position changed without a fill')
    })
  }

  #forgetPositions(): void {
    for (const held of this.#held.values()) held.cancel?.()
    this.#held.clear()
  }

  /** null for what is no perpetual contract; one that was listed since is worth a question. */
  #instrumentOf(marketId: string): Instrument | null {
    const instrument = this.#parts.client.perpetual(marketId)
    if (instrument === null && /_PERP$/.test(String(marketId)))
      this.#gap('a market that was not known')
    return instrument
  }

  #gap(reason: string): void {
    this.#listener?.onGap(ACCOUNT, reason)
    // The socket is as good as before: the account is told of again at once.
    this.#listener?.onLive(ACCOUNT)
  }

  #onMarket(event: MarketDataEvent): void {
    const quote = this.#quotes.get(event.s)
    if (quote === undefined) return
    if (event.e === 'kline') return this.#onKline(quote, event)
    if (!updateQuote(quote, event)) return
    const price = priceOf(quote)
    if (price !== null)
      this.#listener?.onPrice(
        quote.instrument.id,
        price,
        Math.floor(Number(event.T ?? event.E) / 1000),
      )
  }

  #onKline(quote: Quote, event: KlineEvent): void {
    const candle = candleOf(quote.instrument, event)
    if (candle === null) return
    quote.last ??= candle.close
    const price = priceOf(quote)
    if (price !== null)
      this.#listener?.onCandle(quote.instrument.id, candle, event.X === true, price)
  }
}

interface Envelope {
  readonly stream?: string
  readonly data?: unknown
  readonly error?: { readonly code?: unknown }
}

/** What was sent before a ping has been read by the venue when its pong comes: subscriptions are not acknowledged. */
function pong(socket: BackpackSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.connection.once('pong', resolve)
    socket.connection.ping()
  })
}

/** Whether the message said something new. */
function updateQuote(quote: Quote, event: MarketDataEvent): boolean {
  const { instrument } = quote
  if (event.e === 'trade') quote.last = priceFrom(instrument, event.p)
  else if (event.e === 'markPrice') {
    quote.mark = roundedPriceFrom(instrument, event.p)
    if (event.i != null) quote.index = roundedPriceFrom(instrument, event.i)
  } else if (event.e === 'bookTicker') return updateBest(quote, event)
  else return false
  return true
}

/** An empty side leaves no best prices at all. */
function updateBest(quote: Quote, event: Extract<MarketDataEvent, { e: 'bookTicker' }>): boolean {
  const { instrument } = quote
  const updateId = Number(event.u)
  if (updateId < quote.updateId) return false
  quote.updateId = updateId
  const isWhole = Number(event.b) > 0 && Number(event.a) > 0
  quote.best = isWhole
    ? {
        bid: priceFrom(instrument, event.b),
        ask: priceFrom(instrument, event.a),
        bidQuantity: roundedLots(instrument, event.B),
        askQuantity: roundedLots(instrument, event.A),
      }
    : null
  return true
}

function priceOf({ last, mark, index, best }: Quote): MarketPrice | null {
  if (last === null || mark === null) return null
  return { last, mark, ...(index === null ? {} : { index }), ...(best ?? {}) }
}

/** null for a minute without a trade, which has no prices. */
export const candleOf = (instrument: Instrument, event: KlineEvent): Candle | null =>
  candle(instrument, event.t, [event.o, event.h, event.l, event.c], event.v)

/** null for a minute without a trade. */
export const restCandle = (instrument: Instrument, row: RestKlineRow): Candle | null =>
  candle(
    instrument,
    row.start.replace(' ', 'T'),
    [row.open, row.high, row.low, row.close],
    row.volume,
  )

function candle(
  instrument: Instrument,
  start: string,
  prices: readonly (string | null | undefined)[],
  volume: string,
): Candle | null {
  const [open, high, low, close] = prices
  if (open == null || high == null || low == null || close == null) return null
  const openAt = naiveTime(start)
  return {
    openAt,
    closeAt: openAt + MINUTE_MS,
    open: priceFrom(instrument, open),
    high: priceFrom(instrument, high),
    low: priceFrom(instrument, low),
    close: priceFrom(instrument, close),
    volume: roundedLots(instrument, volume),
  }
}
