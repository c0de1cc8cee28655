/**
 * Backpack's streams over one socket: orders with their fills, positions, trades, best prices, marks, candles. Best prices
 * come whole in every message, so there is no book that could miss a change (ccxt 4.5.84's book has no gap detection).
 */
import type { Instrument } from '../../../domain/instrument.ts'
import type { Candle, MarketPrice } from '../../../domain/market.ts'
import { quantity } from '../../../domain/money.ts'
import { signOf } from '../../../domain/order.ts'
import { VenueError } from '../../../ports/venue.ts'
import { lotsFrom, priceFrom, roundedLots } from '../live/decimal.ts'
import type { DialectListener, DialectParts } from '../live/dialect.ts'
import type { SocketTap } from '../live/guarded-class.ts'
import { dropClient } from '../live/guarded-class.ts'
import { PositionWatch } from '../live/position-watch.ts'
import { Quote } from '../live/quotes.ts'
import { type DrivenSocket, pong, socketOf } from '../live/socket.ts'
import { ConnectQuota, StreamLoop } from '../live/stream-loop.ts'
import { fundingFrom } from './books.ts'
import type { BackpackClient } from './client.ts'
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
export interface StreamsParts extends Pick<DialectParts, 'clock' | 'random'> {
  readonly client: BackpackClient
  readonly url: () => string
}

export class BackpackStreams implements SocketTap {
  readonly #parts: StreamsParts
  readonly #loop: StreamLoop
  readonly #quotes = new Map<string, Quote>()
  readonly #seeds = new Map<string, MarketPrice>()
  readonly #positions: PositionWatch
  #listener: DialectListener | null = null

  constructor(parts: StreamsParts) {
    const { clock, random } = parts
    this.#parts = parts
    this.#positions = new PositionWatch(clock, () => this.#gap('a position changed without a fill'))
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
    this.#quotes.set(marketId, new Quote(instrument, this.#seeds.get(marketId) ?? null))
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
    this.#positions.reset()
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
    dropClient(this.#parts.client.exchange, this.#parts.url())
  }

  #socket(): DrivenSocket {
    return socketOf(this.#parts.client.exchange, this.#parts.url())
  }

  #onOrder(event: OrderEvent): void {
    const instrument = this.#instrumentOf(event.s)
    if (instrument === null) return
    const { facts, isComplete } = orderEventFacts(instrument, event)
    if (facts.length > 0) this.#listener?.onFacts(facts)
    for (const fact of facts)
      if (fact.kind === 'fill')
        this.#positions.fill(event.s, quantity(signOf(fact.fill.side) * fact.fill.quantity))
    if (!isComplete) this.#gap('a fill came without its trade id')
  }

  #onPosition(event: PositionEvent): void {
    const instrument = this.#instrumentOf(event.s)
    if (instrument !== null) this.#positions.position(event.s, lotsFrom(instrument, event.q))
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
    if (!tell(quote, event)) return
    const at = Math.floor(Number(event.T ?? event.E) / 1000)
    if (quote.price !== null) this.#listener?.onPrice(quote.instrument.id, quote.price, at)
  }

  #onKline({ instrument, price }: Quote, event: KlineEvent): void {
    const candle = candleOf(instrument, event)
    if (candle !== null && price !== null)
      this.#listener?.onCandle(instrument.id, candle, event.X === true, price)
  }
}

interface Envelope {
  readonly stream?: string
  readonly data?: unknown
  readonly error?: { readonly code?: unknown }
}

/** Whether the message said something new. */
function tell(quote: Quote, event: Exclude<MarketDataEvent, KlineEvent>): boolean {
  if (event.e === 'trade') quote.traded(event.p)
  else if (event.e === 'markPrice') {
    quote.marked(event.p, event.i)
    quote.funded(fundingFrom(quote.instrument, event.f, event.n))
  } else if (event.e === 'bookTicker')
    return quote.best({
      bid: event.b,
      bidQuantity: event.B,
      ask: event.a,
      askQuantity: event.A,
      updateId: Number(event.u),
    })
  else return false
  return true
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
