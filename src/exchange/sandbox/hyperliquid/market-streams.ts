/** Public streams: books, best prices, trades, candles, contexts. */
import type { MarketEvent } from '../../../domain/market.ts'
import type { SandboxBackend } from '../front.ts'
import type { Connection, Live } from './connection.ts'
import {
  allMids,
  assetContext,
  bestOf,
  candleView,
  intervalsMs,
  l2Book,
  tradeView,
} from './market-views.ts'
import { BUILDER_DEX, builderContexts, type Coin, type Universe } from './universe.ts'

/** A book is told at most this often, and repeated after so long although nothing has changed. */
const BOOK_EVERY_MS = 500
const BOOK_REPEAT_MS = 5000
const CONTEXT_EVERY_MS = 100
const TRADES_FIRST = 10
const TRADES_MAX = 200

type Candle = Extract<MarketEvent, { kind: 'candle' }>

export class MarketStreams {
  readonly #backend: SandboxBackend
  readonly #universe: Universe

  constructor(backend: SandboxBackend, universe: Universe) {
    this.#backend = backend
    this.#universe = universe
  }

  begin(connection: Connection, live: Live): void {
    const { type } = live.subscription
    const coin = this.#coinOf(live)
    if (type === 'trades' && coin) this.#trades(connection, live, coin, TRADES_FIRST)
    else if (type === 'candle' && coin) this.#runningCandle(connection, live, coin)
    else if (type === 'bbo' && coin) this.#best(connection, live, coin)
    else this.#repeat(connection, live, coin)
  }

  onMarket(connection: Connection, live: Live, events: readonly MarketEvent[]): void {
    const coin = this.#coinOf(live)
    if (!coin) return
    const own = events.filter((one) => one.instrument === coin.instrument.id)
    if (own.length === 0) return
    const { type } = live.subscription
    if (type === 'bbo') this.#best(connection, live, coin)
    else if (type === 'trades') this.#trades(connection, live, coin, TRADES_MAX)
    else if (type === 'candle') this.#candles(connection, live, coin, own)
    else if (type === 'l2Book' && this.#isDue(live, BOOK_EVERY_MS)) {
      this.#repeat(connection, live, coin)
    } else if (type === 'activeAssetCtx' && this.#isDue(live, CONTEXT_EVERY_MS)) {
      this.#repeat(connection, live, coin)
    }
  }

  onSecond(connection: Connection, live: Live): void {
    const { type } = live.subscription
    if (type === 'bbo' || type === 'trades' || type === 'candle') return
    if (type === 'l2Book' && !this.#isDue(live, BOOK_REPEAT_MS)) return
    this.#repeat(connection, live, this.#coinOf(live))
  }

  #coinOf(live: Live): Coin | null {
    const { coin } = live.subscription
    return coin === undefined ? null : this.#universe.byName(coin)
  }

  /** By the difference, so that a clock that jumps back holds nothing up. */
  #isDue(live: Live, everyMs: number): boolean {
    return Math.abs(this.#backend.wallMs() - live.sentAt) >= everyMs
  }

  /** Streams that tell everything each time. */
  #repeat(connection: Connection, live: Live, coin: Coin | null): void {
    live.sentAt = this.#backend.wallMs()
    const { type, dex = '', nSigFigs = null, mantissa = null, fast = false } = live.subscription
    const backend = this.#backend
    const coins = this.#universe.coins()
    if (type === 'allMids') {
      const mids = dex === BUILDER_DEX ? {} : allMids(backend, coins)
      connection.tell(type, dex === '' ? { mids } : { mids, dex })
    } else if (type === 'allDexsAssetCtxs') {
      const own = coins.map((one) => assetContext(backend, one))
      connection.tell(type, {
        ctxs: [
          ['', own],
          [BUILDER_DEX, builderContexts()],
        ],
      })
    } else if (type === 'l2Book' && coin) {
      const book = l2Book(backend, coin, { nSigFigs, mantissa }, fast)
      connection.tell(type, fast ? { ...book, fast } : book)
    } else if (type === 'activeAssetCtx' && coin) {
      connection.tell(type, { coin: coin.name, ctx: assetContext(backend, coin) })
    }
  }

  #best(connection: Connection, live: Live, coin: Coin): void {
    const best = bestOf(this.#backend, coin)
    const text = JSON.stringify(best.bbo)
    if (text === live.last) return
    live.last = text
    connection.tell('bbo', best)
  }

  #trades(connection: Connection, live: Live, coin: Coin, most: number): void {
    const trades = this.#backend.trades(coin.instrument.id, most)
    const fresh = trades.filter((one) => one.id > live.lastId).toReversed()
    live.lastId = Math.max(live.lastId, ...fresh.map((one) => one.id))
    if (fresh.length === 0) return
    connection.tell(
      'trades',
      fresh.map((one) => tradeView(coin, one)),
    )
  }

  /** Every bar that has closed is told as it closed, then the one that runs. */
  #candles(connection: Connection, live: Live, coin: Coin, events: readonly MarketEvent[]): void {
    const { interval = '1m' } = live.subscription
    const closed = events.filter((one): one is Candle => one.kind === 'candle')
    const barMs = intervalsMs[interval] ?? 60_000
    const ends = new Set(closed.map((one) => one.candle.closeAt))
    if ([...ends].some((at) => at % barMs === 0)) this.#closedCandles(connection, live, coin)
    this.#runningCandle(connection, live, coin)
  }

  #closedCandles(connection: Connection, live: Live, coin: Coin): void {
    const { interval = '1m' } = live.subscription
    const barMs = intervalsMs[interval] ?? 60_000
    const from = Math.max(live.lastId, this.#backend.marketAt() - 500 * barMs)
    const bars = this.#backend.candles(coin.instrument.id, { barMs, from, limit: 500 })
    for (const bar of bars) {
      if (bar.isClosed && bar.openAt >= live.lastId) {
        connection.tell('candle', candleView(coin, interval, bar))
      }
    }
    const running = bars.find((one) => !one.isClosed)
    live.lastId = running?.openAt ?? (bars.at(-1)?.openAt ?? 0) + barMs
  }

  #runningCandle(connection: Connection, live: Live, coin: Coin): void {
    const { interval = '1m' } = live.subscription
    const barMs = intervalsMs[interval] ?? 60_000
    const bar = this.#backend.candles(coin.instrument.id, { barMs, limit: 1 }).at(-1)
    if (!bar || bar.isClosed) return
    if (live.lastId === 0) live.lastId = bar.openAt
    const view = candleView(coin, interval, bar)
    const text = JSON.stringify(view)
    if (text === live.last) return
    live.last = text
    connection.tell('candle', view)
  }
}
