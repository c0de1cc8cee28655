/** The one socket of the venue: the account's streams and those of the contracts that are watched. */

import type { InstrumentId } from '../../../domain/instrument.ts'
import type { Candle, MarketPrice } from '../../../domain/market.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Logger } from '../../../ports/logger.ts'
import type { CcxtClient } from '../live/ccxt-class.ts'
import type { DialectListener } from '../live/dialect.ts'
import type { SocketTap } from '../live/guarded-class.ts'
import { dropClient } from '../live/guarded-class.ts'
import { ConnectQuota, StreamLoop } from '../live/stream-loop.ts'
import { fundingAt } from './books.ts'
import { type HyperliquidExchange, socketUrl } from './exchange.ts'
import type { HyperliquidMarket, MarketTable } from './instruments.ts'
import {
  accountSubscriptions,
  marketSubscriptions,
  type PriceNews,
  readMessage,
  type Subscription,
  subscriptionKey,
  type Told,
} from './messages.ts'

export const STREAM = 'account'
/** ccxt pings so often, and the venue answers; it closes sockets that are silent for 60 s. */
const KEEP_ALIVE_MS = 20_000
/** Connections in any minute. Source: Hyperliquid documentation, "Rate limits and user limits": 30 new ones. */
const CONNECTS_PER_MINUTE = 20
/** A bar whose minute is over is final so long after it: the venue tells no end of its own. */
const CANDLE_END_MS = 1500
/** A bar that begins more than this ahead of the venue's clock is wrong. */
const WRONG_BAR_MS = 120_000

export interface StreamsParts {
  readonly exchange: () => HyperliquidExchange
  readonly table: () => MarketTable
  readonly user: string
  readonly clock: Clock
  readonly logger: Logger
  readonly random: () => number
  /** Venue wall ms. */
  readonly venueNow: () => number
}

interface Watched {
  readonly market: HyperliquidMarket
  price: Partial<MarketPrice>
  /** When the price came, monotonic ms. */
  heardMs: number
  candle: Candle | null
  cancelEnd: (() => void) | null
}

export class HyperliquidStreams implements SocketTap {
  readonly #parts: StreamsParts
  readonly #loop: StreamLoop
  readonly #watched = new Map<InstrumentId, Watched>()
  #listener: DialectListener | null = null

  constructor(parts: StreamsParts) {
    this.#parts = parts
    const { clock, random } = parts
    this.#loop = new StreamLoop({
      name: STREAM,
      clock,
      random,
      keepAliveMs: KEEP_ALIVE_MS,
      quota: new ConnectQuota(clock, CONNECTS_PER_MINUTE, 60_000),
      open: () => this.#open(),
      drop: () => this.#drop(),
      onLive: () => this.#listener?.onLive(STREAM),
      onGap: (reason) => this.#listener?.onGap(STREAM, reason),
    })
  }

  get isLive(): boolean {
    return this.#loop.isLive
  }

  listen(listener: DialectListener): void {
    this.#listener = listener
    this.#loop.start()
  }

  watch(market: HyperliquidMarket): void {
    const { id } = market.instrument
    if (this.#watched.has(id)) return
    this.#watched.set(id, {
      market,
      price: {},
      heardMs: Number.NEGATIVE_INFINITY,
      candle: null,
      cancelEnd: null,
    })
    if (!this.#loop.isLive) return
    for (const subscription of marketSubscriptions(market.coin))
      this.#subscribe(subscription).catch(() => this.#loop.lost('a contract was not subscribed'))
  }

  /** The last price of a contract, and how old it is, ms of machine time. */
  lastPrice(id: InstrumentId): { readonly price: MarketPrice; readonly ageMs: number } | null {
    const watched = this.#watched.get(id)
    const price = watched ? wholePrice(watched) : null
    if (!watched || !price) return null
    return { price, ageMs: this.#parts.clock.monotonicMs() - watched.heardMs }
  }

  close(): void {
    this.#loop.stop()
    for (const watched of this.#watched.values()) watched.cancelEnd?.()
    this.#watched.clear()
    this.#listener = null
  }

  // The socket

  onFrame(): void {
    this.#loop.frame()
    this.#listener?.onMessage()
  }

  onLost(_url: string, reason: string): void {
    this.#loop.lost(reason)
  }

  async #open(): Promise<void> {
    const coins = [...this.#watched.values()].map(({ market }) => market.coin)
    const wanted = [
      ...accountSubscriptions(this.#parts.user),
      ...coins.flatMap((coin) => marketSubscriptions(coin)),
    ]
    await Promise.all(wanted.map((one) => this.#subscribe(one)))
  }

  /** Resolves with the venue's confirmation. */
  #subscribe(subscription: Subscription): Promise<unknown> {
    const exchange = this.#parts.exchange()
    const key = subscriptionKey(subscription)
    return exchange.watch(socketUrl(exchange), key, { method: 'subscribe', subscription }, key)
  }

  #drop(): void {
    const exchange = this.#parts.exchange()
    dropClient(exchange, socketUrl(exchange))
  }

  // Messages

  onMessage(client: CcxtClient, message: unknown): void {
    const { table, user } = this.#parts
    let told: Told
    try {
      told = readMessage({ table: table(), user }, message)
    } catch {
      this.#loop.lost('a message cannot be read')
      return
    }
    this.#act(client, told)
  }

  #act(client: CcxtClient, told: Told): void {
    if (told.kind === 'pong') client.lastPong = this.#parts.clock.wallMs()
    else if (told.kind === 'subscribed') client.resolve(true, told.key)
    else if (told.kind === 'gap') this.#loop.lost(told.reason)
    else if (told.kind === 'price') this.#onPrice(told.news)
    else if (told.kind === 'candle') this.#onCandle(told.market, told.candle)
    else if (told.kind === 'facts') {
      if (told.warning !== undefined) this.#parts.logger.warn('venue', told.warning)
      this.#listener?.onFacts(told.facts)
    }
  }

  // Prices

  #onPrice({ market, isBook, price, fundingRate }: PriceNews): void {
    const watched = this.#watched.get(market.instrument.id)
    if (!watched) return
    const kept = isBook ? withoutBook(watched.price) : watched.price
    const funding =
      fundingRate === undefined
        ? {}
        : { funding: fundingAt(market.instrument, fundingRate, this.#parts.venueNow()) }
    watched.price = { ...kept, ...price, ...funding }
    watched.heardMs = this.#parts.clock.monotonicMs()
    const whole = wholePrice(watched)
    if (whole) this.#listener?.onPrice(market.instrument.id, whole, this.#parts.venueNow())
  }

  /** Each message is the bar of the running minute so far; one of a later minute ends it, or the clock does. */
  #onCandle(market: HyperliquidMarket, candle: Candle): void {
    const watched = this.#watched.get(market.instrument.id)
    if (!watched) return
    if (watched.candle && candle.openAt < watched.candle.openAt) {
      if (watched.candle.openAt <= this.#parts.venueNow() + WRONG_BAR_MS) return
      // The bar that is kept is none of this time: it would hold every true one up.
      watched.cancelEnd?.()
      watched.cancelEnd = null
      watched.candle = null
    }
    const isNext = watched.candle !== null && candle.openAt > watched.candle.openAt
    if (isNext) this.#endCandle(watched)
    const isRunning = watched.cancelEnd !== null
    // A late word of a bar that has been ended already.
    if (!isNext && watched.candle !== null && !isRunning) return
    watched.candle = candle
    if (!isRunning) {
      const leftMs = Math.max(0, candle.closeAt - this.#parts.venueNow())
      watched.cancelEnd = this.#parts.clock.after(leftMs + CANDLE_END_MS, () =>
        this.#endCandle(watched),
      )
    }
    this.#onPrice({ market, isBook: false, price: { last: candle.close } })
  }

  #endCandle(watched: Watched): void {
    if (!watched.cancelEnd) return
    watched.cancelEnd()
    watched.cancelEnd = null
    const { candle, market } = watched
    const price = wholePrice(watched)
    if (!candle || !price) return
    this.#listener?.onCandle(market.instrument.id, candle, true, price)
  }
}

function withoutBook(price: Partial<MarketPrice>): Partial<MarketPrice> {
  const { bid, ask, bidQuantity, askQuantity, ...rest } = price
  return rest
}

/** Mark and last trade are needed; until a trade is told the mark stands for it. */
function wholePrice({ price }: Watched): MarketPrice | null {
  const { mark, last } = price
  return mark === undefined ? null : { ...price, mark, last: last ?? mark }
}
