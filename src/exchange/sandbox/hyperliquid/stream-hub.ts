/** All WebSockets of the venue: who hears what, how often, and within which limits ("Subscriptions", "Rate limits"). */
import type { MarketEvent } from '../../../domain/market.ts'
import type {
  FrontConnection,
  FrontSocket,
  RateRule,
  SandboxAccount,
  SandboxBackend,
  SandboxEvent,
} from '../front.ts'
import type { AccountBook } from './account-book.ts'
import { Connection, type Hub, type Live } from './connection.ts'
import type { Answer, ExchangeEndpoint } from './exchange-endpoint.ts'
import type { InfoEndpoint } from './info-endpoint.ts'
import { MarketStreams } from './market-streams.ts'
import type { Subscription } from './subscriptions.ts'
import type { Universe } from './universe.ts'
import { UserStreams } from './user-streams.ts'

const CONNECTIONS_MAX = 100
const SUBSCRIPTIONS_MAX = 1000
const USERS_MAX = 10
const MESSAGES: RateRule = {
  name: 'hyperliquid messages',
  kind: 'bucket',
  limit: 2000,
  windowMs: 60_000,
}
const OVERLOAD = 1008

interface Parts {
  readonly backend: SandboxBackend
  readonly universe: Universe
  readonly book: AccountBook
  readonly info: InfoEndpoint
  readonly exchange: ExchangeEndpoint
}

export class StreamHub implements Hub {
  readonly #parts: Parts
  readonly #market: MarketStreams
  readonly #users: UserStreams
  readonly #connections = new Set<Connection>()

  constructor(parts: Parts) {
    this.#parts = parts
    this.#market = new MarketStreams(parts.backend, parts.universe)
    this.#users = new UserStreams(parts.book)
  }

  connect(socket: FrontSocket, address: string): FrontConnection {
    const connection = new Connection(this, socket, address)
    if (this.#of(address).length >= CONNECTIONS_MAX)
      connection.end(OVERLOAD, 'too many connections')
    else this.#connections.add(connection)
    return connection
  }

  drop(connection: Connection): void {
    this.#connections.delete(connection)
  }

  #of(address: string): readonly Connection[] {
    return [...this.#connections].filter((one) => one.address === address)
  }

  /** Counts a message; a client that says too much is cut off. */
  mayTalk(connection: Connection): boolean {
    const { isAllowed } = this.#parts.backend.take(MESSAGES, connection.address, 1)
    if (!isAllowed) connection.end(OVERLOAD, 'too many messages')
    return isAllowed
  }

  /** A coin that nobody lists is no stream. */
  isServable({ coin }: Subscription): boolean {
    return coin === undefined || this.#parts.universe.byName(coin) !== null
  }

  refusalOf({ address }: Connection, { user }: Subscription): string | null {
    const live = this.#of(address).flatMap((one) => [...one.streams.values()])
    if (live.length >= SUBSCRIPTIONS_MAX) {
      return `Cannot track more than ${SUBSCRIPTIONS_MAX} total subscriptions.`
    }
    if (user === undefined) return null
    const users = new Set(live.flatMap((one) => one.subscription.user ?? []))
    return users.size >= USERS_MAX && !users.has(user)
      ? `Cannot track more than ${USERS_MAX} total users.`
      : null
  }

  /** What a stream tells first. */
  begin(connection: Connection, live: Live): void {
    const { coin, user } = live.subscription
    if (coin !== undefined) this.#watch(coin)
    if (user === undefined) this.#market.begin(connection, live)
    else this.#users.begin(connection, live)
  }

  #watch(name: string): void {
    const coin = this.#parts.universe.byName(name)
    if (coin) this.#parts.backend.watch(coin.instrument.id)
  }

  post(type: string, payload: unknown, address: string) {
    const { info, exchange } = this.#parts
    if (type !== 'info' && type !== 'action')
      return { type: 'error', payload: `no request ${type}` }
    const isInfo = type === 'info'
    const answer: Answer = isInfo
      ? info.handleJson(payload, address)
      : exchange.handleJson(payload, address)
    if (answer.status !== 200) return { type: 'error', payload: `${answer.status} ${answer.body}` }
    if (!isInfo) return { type, payload: answer.body }
    const asked = (payload as { readonly type: string }).type
    return { type, payload: { type: asked, data: answer.body } }
  }

  onMarket(events: readonly MarketEvent[]): void {
    for (const { connection, live } of this.#all()) this.#market.onMarket(connection, live, events)
  }

  onAccount(account: SandboxAccount, events: readonly SandboxEvent[]): void {
    const { walletAddress } = account.credentials
    for (const { connection, live } of this.#all()) {
      if (live.subscription.user !== walletAddress) continue
      this.#users.onAccount(connection, live, account, events)
    }
  }

  onSecond(): void {
    for (const { connection, live } of this.#all()) {
      if (live.subscription.user === undefined) this.#market.onSecond(connection, live)
      else this.#users.onSecond(connection, live)
    }
    for (const connection of [...this.#connections]) connection.onSecond()
  }

  #all(): readonly { readonly connection: Connection; readonly live: Live }[] {
    return [...this.#connections].flatMap((connection) =>
      [...connection.streams.values()].map((live) => ({ connection, live })),
    )
  }
}
