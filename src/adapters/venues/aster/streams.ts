/** Aster's streams: one socket of the account by a listen key, one of the markets. */
import type { Instrument } from '../../../domain/instrument.ts'
import type { Candle, MarketPrice } from '../../../domain/market.ts'
import { quantity } from '../../../domain/money.ts'
import { signOf } from '../../../domain/order.ts'
import { VenueError } from '../../../ports/venue.ts'
import { lotsFrom, momentFrom, priceFrom, roundedLots } from '../live/decimal.ts'
import type { DialectListener, DialectParts } from '../live/dialect.ts'
import { dropClient } from '../live/guarded-class.ts'
import { PositionWatch } from '../live/position-watch.ts'
import { Quote } from '../live/quotes.ts'
import { pong, socketOf } from '../live/socket.ts'
import { ConnectQuota, StreamLoop } from '../live/stream-loop.ts'
import type { OrderNames } from './account.ts'
import { fundingFrom } from './books.ts'
import { type AsterClient, rowOf, type SocketListener } from './client.ts'
import type { AsterUrls } from './exchange.ts'
import { orderEventFacts } from './reports.ts'
import type { KlineRow, MarketEventRow, OrderEvent, UserEvent } from './rows.ts'

/** The private stream's name, and the public one's. */
export const ACCOUNT = 'account'
const MARKET = 'market'
/** ccxt pings every 10 s (exchange.ts), so something comes at least this often. */
const KEEP_ALIVE_MS = 10_000
/** A key lives for 60 minutes; ccxt 4.5.84 renews it after exactly 60. */
export const LISTEN_KEY_MS = 25 * 60_000
const CONNECTS = { count: 30, perMs: 60_000 }
const MINUTE_MS = 60_000
const ORDERS_MAX = 10_000

export interface StreamsParts extends Pick<DialectParts, 'clock' | 'random'> {
  readonly client: AsterClient
  readonly urls: () => AsterUrls
  readonly names: OrderNames
}

export class AsterStreams implements SocketListener {
  readonly #parts: StreamsParts
  readonly #account: StreamLoop
  readonly #market: StreamLoop
  readonly #seeds = new Map<string, MarketPrice>()
  readonly #quotes = new Map<string, Quote>()
  readonly #positions: PositionWatch
  /** Moment of the last message of an order: an earlier one that comes late says nothing of its state. */
  readonly #orderTimes = new Map<string, number>()
  #listener: DialectListener | null = null
  #accountUrl: string | null = null
  #cancelKeepAlive: (() => void) | null = null

  constructor(parts: StreamsParts) {
    const { clock } = parts
    this.#parts = parts
    this.#positions = new PositionWatch(clock, () => this.#gap('a position changed without a fill'))
    this.#account = this.#loop(
      ACCOUNT,
      () => this.#openAccount(),
      () => this.#dropAccount(),
    )
    this.#market = this.#loop(
      MARKET,
      () => this.#openMarket(),
      () => this.#drop(this.#marketUrl()),
    )
  }

  #loop(name: string, open: () => Promise<void>, drop: () => void): StreamLoop {
    const { clock, random } = this.#parts
    return new StreamLoop({
      name,
      clock,
      random,
      keepAliveMs: KEEP_ALIVE_MS,
      quota: new ConnectQuota(clock, CONNECTS.count, CONNECTS.perMs),
      open,
      drop,
      onLive: () => this.#listener?.onLive(name),
      onGap: (reason) => this.#listener?.onGap(name, reason),
    })
  }

  start(listener: DialectListener): void {
    this.#listener = listener
    this.#account.start()
    if (this.#quotes.size > 0) this.#market.start()
  }

  stop(): void {
    this.#listener = null
    this.#account.stop()
    this.#market.stop()
  }

  /** Where a quote begins: each message of a stream brings a part of it only. */
  seed(marketId: string, price: MarketPrice): void {
    this.#seeds.set(marketId, price)
  }

  watch(instrument: Instrument): void {
    const marketId = this.#parts.client.marketId(instrument.id)
    if (this.#quotes.has(marketId)) return
    this.#quotes.set(marketId, new Quote(instrument, this.#seeds.get(marketId) ?? null))
    if (this.#market.isLive) void this.#subscribe([marketId])
    else if (this.#listener) this.#market.start()
  }

  /** Market ids that are watched. */
  get watched(): readonly string[] {
    return [...this.#quotes.keys()]
  }

  onFrame(url: string): void {
    this.#loopOf(url)?.frame()
    this.#listener?.onMessage()
  }

  onLost(url: string, reason: string): void {
    this.#loopOf(url)?.lost(reason)
  }

  #loopOf(url: string): StreamLoop | null {
    if (url === this.#accountUrl) return this.#account
    return url === this.#marketUrl() ? this.#market : null
  }

  /** A message as it came. One of the account that cannot be read may have been a fill: everything is asked again. */
  onMessage(url: string, message: unknown): void {
    try {
      if (url === this.#accountUrl) this.#onUser((message ?? {}) as UserEvent)
      else this.#onMarket((message ?? {}) as { data?: MarketEventRow })
    } catch (failure) {
      if (!(failure instanceof VenueError)) throw failure
      if (url === this.#accountUrl) this.#gap('a message could not be read')
    }
  }

  // The account

  async #openAccount(): Promise<void> {
    const { client, urls, clock } = this.#parts
    this.#positions.reset()
    const answer = await client.send('POST', { name: 'a listen key', path: 'v3/listenKey' })
    const { listenKey } = rowOf<{ listenKey: string }>(answer)
    this.#accountUrl = `${urls().ws}/ws/${listenKey}`
    const socket = socketOf(client.exchange, this.#accountUrl)
    await socket.connect()
    await pong(socket)
    this.#cancelKeepAlive = clock.every(LISTEN_KEY_MS, () => void this.#keepAlive())
  }

  async #keepAlive(): Promise<void> {
    try {
      await this.#parts.client.send('PUT', { name: 'a listen key', path: 'v3/listenKey' })
    } catch {
      this.#account.lost('the listen key could not be renewed')
    }
  }

  #dropAccount(): void {
    this.#cancelKeepAlive?.()
    this.#cancelKeepAlive = null
    const url = this.#accountUrl
    this.#accountUrl = null
    if (url !== null) this.#drop(url)
  }

  #onUser(event: UserEvent): void {
    if (event.e === 'listenKeyExpired') return this.#account.lost('the listen key has expired')
    if (event.e === 'ORDER_TRADE_UPDATE' && event.o) return this.#onOrder(event.o, Number(event.E))
    if (event.e === 'ACCOUNT_UPDATE') return this.#onPositions(event)
    if (event.ai?.d === true) this.#gap('the account was switched to hedge mode')
  }

  #onOrder(event: OrderEvent, at: number): void {
    const { names } = this.#parts
    const orderId = String(event.i)
    names.set(orderId, event.c)
    const instrument = this.#instrumentOf(event.s)
    if (instrument === null) return
    const isLate = at < (this.#orderTimes.get(orderId) ?? 0)
    if (!isLate) this.#remember(orderId, at)
    // A fill is one whenever it comes; a state is the last one only.
    const facts = orderEventFacts(instrument, event).filter(
      ({ kind }) => kind === 'fill' || !isLate,
    )
    if (facts.length > 0) this.#listener?.onFacts(facts)
    for (const fact of facts)
      if (fact.kind === 'fill')
        this.#positions.fill(event.s, quantity(signOf(fact.fill.side) * fact.fill.quantity))
  }

  #remember(orderId: string, at: number): void {
    this.#orderTimes.delete(orderId)
    this.#orderTimes.set(orderId, at)
    for (const oldest of this.#orderTimes.keys()) {
      if (this.#orderTimes.size <= ORDERS_MAX) break
      this.#orderTimes.delete(oldest)
    }
  }

  #onPositions({ a }: UserEvent): void {
    for (const { s, pa, ps } of a?.P ?? []) {
      if (ps !== 'BOTH') return this.#gap('a position in hedge mode')
      const instrument = this.#instrumentOf(s)
      if (instrument !== null) this.#positions.position(s, lotsFrom(instrument, pa))
    }
  }

  /** null for what is no perpetual contract; one that was listed since is worth a question. */
  #instrumentOf(marketId: string): Instrument | null {
    const instrument = this.#parts.client.perpetual(marketId)
    if (instrument === null) this.#gap('a market that was not known')
    return instrument
  }

  #gap(reason: string): void {
    this.#listener?.onGap(ACCOUNT, reason)
    // The socket is as good as before: the account is told of again at once.
    this.#listener?.onLive(ACCOUNT)
  }

  // The markets

  #marketUrl(): string {
    return `${this.#parts.urls().ws}/stream`
  }

  async #openMarket(): Promise<void> {
    const socket = socketOf(this.#parts.client.exchange, this.#marketUrl())
    await socket.connect()
    await this.#subscribe([...this.#quotes.keys()])
    await pong(socket)
  }

  async #subscribe(marketIds: readonly string[]): Promise<void> {
    const params = marketIds.flatMap((id) => {
      const name = id.toLowerCase()
      return [`${name}@aggTrade`, `${name}@bookTicker`, `${name}@markPrice@1s`, `${name}@kline_1m`]
    })
    try {
      const socket = socketOf(this.#parts.client.exchange, this.#marketUrl())
      await socket.send({ method: 'SUBSCRIBE', params, id: 1 })
    } catch {
      this.#market.lost('could not subscribe')
    }
  }

  #drop(url: string): void {
    dropClient(this.#parts.client.exchange, url)
  }

  #onMarket({ data }: { data?: MarketEventRow }): void {
    const quote = data === undefined ? undefined : this.#quotes.get(data.s)
    if (data === undefined || quote === undefined) return
    if (data.k) return this.#onKline(quote, data.k)
    if (!tell(quote, data)) return
    // Of a mark, T is the next funding.
    const at = Number((data.e === 'markPriceUpdate' ? undefined : data.T) ?? data.E)
    if (quote.price !== null) this.#listener?.onPrice(quote.instrument.id, quote.price, at)
  }

  #onKline({ instrument, price }: Quote, row: KlineRow): void {
    if (price !== null)
      this.#listener?.onCandle(instrument.id, candleOf(instrument, row), row.x, price)
  }
}

/** Whether the message said something new. */
function tell(quote: Quote, { e, p, i, r, T, b, B, a, A, u }: MarketEventRow): boolean {
  if (e === 'aggTrade' && p !== undefined) quote.traded(p)
  else if (e === 'markPriceUpdate' && p !== undefined) {
    quote.marked(p, i)
    quote.funded(fundingFrom(quote.instrument, r, T))
  } else if (e === 'bookTicker' && b !== undefined && a !== undefined)
    return quote.best({
      bid: b,
      bidQuantity: B ?? '0',
      ask: a,
      askQuantity: A ?? '0',
      updateId: Number(u),
    })
  else return false
  return true
}

export function candleOf(instrument: Instrument, row: Omit<KlineRow, 'x'>): Candle {
  const openAt = momentFrom(row.t)
  return {
    openAt,
    closeAt: openAt + MINUTE_MS,
    open: priceFrom(instrument, row.o),
    high: priceFrom(instrument, row.h),
    low: priceFrom(instrument, row.l),
    close: priceFrom(instrument, row.c),
    volume: roundedLots(instrument, row.v),
  }
}
