/**
 * OKX's three sockets: private (orders), business (stops and candles) and public (prices). Each is kept by a StreamLoop;
 * what they say is handed on at once and kept nowhere.
 */
import type { Clock } from '../../../ports/clock.ts'
import { dropClient, type SocketTap } from '../live/guarded-class.ts'
import { ConnectQuota, StreamLoop } from '../live/stream-loop.ts'
import { type OkxExchange, PING_MS, subscriptionOf } from './exchange.ts'

/** 480 logins and subscriptions an hour and connection, 3 connections a second and address. */
const CONNECTS_PER_HOUR = 240
const HOUR_MS = 3_600_000

export type SocketName = 'private' | 'business' | 'public'

/** Those without which the account is not fully told of. */
export const PRIVATE_SOCKETS: readonly SocketName[] = ['private', 'business']

type Arg = Readonly<Record<string, string>>

export interface OkxStreamsParts {
  readonly clock: Clock
  readonly random: () => number
  readonly exchange: () => OkxExchange
  readonly onLive: (socket: SocketName) => void
  readonly onGap: (socket: SocketName, reason: string) => void
  readonly onFrame: () => void
}

export class OkxStreams implements SocketTap {
  readonly #parts: OkxStreamsParts
  readonly #loops: Readonly<Record<SocketName, StreamLoop>>
  readonly #instIds = new Set<string>()

  constructor(parts: OkxStreamsParts) {
    this.#parts = parts
    const quota = new ConnectQuota(parts.clock, CONNECTS_PER_HOUR, HOUR_MS)
    const loop = (socket: SocketName): StreamLoop =>
      new StreamLoop({
        name: `okx ${socket}`,
        clock: parts.clock,
        random: parts.random,
        keepAliveMs: PING_MS,
        quota,
        open: () => this.#open(socket),
        drop: () => dropClient(parts.exchange(), this.#url(socket)),
        onLive: () => parts.onLive(socket),
        onGap: (reason) => parts.onGap(socket, reason),
      })
    this.#loops = {
      private: loop('private'),
      business: loop('business'),
      public: loop('public'),
    }
  }

  start(): void {
    this.#loops.private.start()
    this.#loops.business.start()
  }

  stop(): void {
    for (const loop of Object.values(this.#loops)) loop.stop()
  }

  isLive(socket: SocketName): boolean {
    return this.#loops[socket].isLive
  }

  /** Prices and candles of a contract from now on. */
  watch(instId: string): void {
    if (this.#instIds.has(instId)) return
    this.#instIds.add(instId)
    this.#loops.public.start()
    for (const socket of ['public', 'business'] as const)
      if (this.#loops[socket].isLive)
        this.#subscribe(socket, this.#marketArgs(socket, instId)).catch(() =>
          this.#loops[socket].lost('not subscribed'),
        )
  }

  /** A message that could not be understood is as good as a lost one. */
  misread(socket: SocketName, reason: string): void {
    this.#loops[socket].lost(reason)
  }

  onFrame(url: string): void {
    this.#socketOf(url)?.frame()
    this.#parts.onFrame()
  }

  onLost(url: string, reason: string): void {
    this.#socketOf(url)?.lost(reason)
  }

  async #open(socket: SocketName): Promise<void> {
    const exchange = this.#parts.exchange()
    if (socket !== 'public') await exchange.authenticate({ access: socket })
    const own: Arg[] = []
    if (socket === 'private') own.push({ channel: 'orders', instType: 'SWAP' })
    if (socket === 'business') own.push({ channel: 'orders-algo', instType: 'SWAP' })
    const markets = [...this.#instIds].flatMap((instId) => this.#marketArgs(socket, instId))
    await this.#subscribe(socket, [...own, ...markets])
  }

  #marketArgs(socket: SocketName, instId: string): readonly Arg[] {
    if (socket === 'business') return [{ channel: 'candle1m', instId }]
    if (socket === 'public')
      return [
        { channel: 'tickers', instId },
        { channel: 'mark-price', instId },
        { channel: 'funding-rate', instId },
      ]
    return []
  }

  /** Resolves when the venue has confirmed each. */
  async #subscribe(socket: SocketName, args: readonly Arg[]): Promise<void> {
    const exchange = this.#parts.exchange()
    const url = this.#url(socket)
    await Promise.all(
      args.map((arg) => {
        const name = subscriptionOf(arg)
        return exchange.watch(url, name, { op: 'subscribe', args: [arg] }, name)
      }),
    )
  }

  #url(socket: SocketName): string {
    const exchange = this.#parts.exchange()
    const { ws } = exchange.urls.api as { readonly ws: string }
    // As ccxt writes it: the socket that it logs in on must be the one that is subscribed.
    return `${ws}/${socket}${exchange.options['sandboxMode'] === true ? '?brokerId=9999' : ''}`
  }

  #socketOf(url: string): StreamLoop | null {
    for (const socket of ['private', 'business', 'public'] as const)
      if (this.#url(socket) === url) return this.#loops[socket]
    return null
  }
}
