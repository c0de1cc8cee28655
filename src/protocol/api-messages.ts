/** What the API of the control plane tells of sessions, charts and the live stream (docs/reference/http.md); names as on the wire. */
import type { InstanceState } from '../domain/instance-state.ts'
import type {
  CheckStatus,
  FeedView,
  FillRow,
  HealthReport,
  InstanceView,
  OrderRow,
  PositionRow,
} from './fleet-messages.ts'

/** What a session may do: look; look and act; everything; programs that look. */
export const roles = ['viewer', 'operator', 'admin', 'machine'] as const
export type Role = (typeof roles)[number]

export interface SessionUser {
  readonly username: string
  readonly role: Role
}

/** POST /auth/login and /auth/refresh; the refresh token travels in an HttpOnly cookie. */
export interface LoginAnswer {
  readonly access_token: string
  readonly token_type: 'Bearer'
  /** Seconds. */
  readonly expires_in: number
  readonly user: SessionUser
}

/** A user of this fleet: GET /users. Times are wall time. */
export interface UserView {
  readonly username: string
  readonly role: Role
  readonly created_at: string
  /** When the password was set last. */
  readonly password_at: string
}

/** POST /users and /users/:username/password. */
export interface UserChange {
  readonly username: string
  readonly role: Role
  /** The password that was made, told this once; null = it was given. */
  readonly password: string | null
}

/** POST /stream/ticket: opens the stream once, within `expires_in` seconds. */
export interface StreamTicket {
  readonly ticket: string
  readonly expires_in: number
}

/** A candle in decimal text; `at` is its opening in market time. */
export interface CandleRow {
  readonly at: string
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  readonly volume: string
  /** False: its end has not come yet, what is missing of it is added later; only the last one of an answer can be. */
  readonly finished: boolean
}

/** Lengths of candles that can be asked for. */
export const candleTimeframes = ['1m', '5m', '15m', '1h', '4h', '1d'] as const
export type CandleTimeframe = (typeof candleTimeframes)[number]

/** GET /candles: of one contract, in ascending order. */
export interface CandlePage {
  readonly items: readonly CandleRow[]
  /** Length of the candles: that of the recording where it is coarser than what was asked for. */
  readonly timeframe: string
  /** Up to where the market has told; null = it has not. */
  readonly market_time: string | null
  /** For `?before=`: what opened earlier; null = nothing did. */
  readonly next_cursor: string | null
}

/** One point of an equity curve; money in the settlement currency. `low` and `high` span what the point stands for. */
export interface EquityPoint {
  /** Wall time. */
  readonly at: string
  /** Market time; null = no market was seen, or those of several markets were added up. */
  readonly market_at: string | null
  readonly equity: string
  readonly low: string
  readonly high: string
  /** Total profit and loss since the start of the instances. */
  readonly pnl: string
}

/** How far back an equity curve goes. */
export const equitySpans = ['1h', '24h', '7d', '30d', 'all'] as const
export type EquitySpan = (typeof equitySpans)[number]

/** One settlement of funding; a negative amount was paid. */
export interface FundingRow {
  readonly id: string
  readonly at: string
  readonly instance: string
  readonly venue: string
  readonly symbol: string
  readonly rate: string | null
  readonly amount: string
  /** Position that it was settled on. */
  readonly position: string | null
}

/** A numbered event of the journal of an account, as far as it concerns one instance. */
export interface JournalEventRow {
  /** Grows by one with each event of the account. */
  readonly seq: number
  /** `{mode}-{venue}-{account}`. */
  readonly account: string
  /** Market time. */
  readonly at: string
  readonly kind: 'fill' | 'funding'
  readonly fill: FillRow | null
  readonly funding: FundingRow | null
}

/** An order that is wanted and does not rest. */
export interface ReasonRow {
  readonly slot: string
  readonly side: 'buy' | 'sell'
  readonly price: string
  readonly quantity: string
  /** A code of docs/reference/reasons.md. */
  readonly reason: string
  readonly text: string
}

/** GET /exchanges: a venue that instances of this home trade on. */
export interface ExchangeRow {
  readonly name: string
  /** Every account of it has a connection and has been compared with the venue. */
  readonly connected: boolean
  readonly reconciled: boolean
  /** `{mode}-{venue}-{account}`. */
  readonly accounts: readonly string[]
  readonly instances: readonly string[]
  readonly symbols: readonly string[]
}

/** GET /websocket/status: the connection of one account between its desk and the venue. Null = the desk does not tell. */
export interface ConnectionRow {
  readonly exchange: string
  /** `{mode}-{venue}-{account}`. */
  readonly account: string
  readonly connected: boolean
  readonly reconciled: boolean
  /** Average round trip of a request since the desk started, ms. */
  readonly latency_ms: number | null
  /** Wall time. */
  readonly last_message_at: string | null
  readonly reconnects: number | null
  /** Contracts whose prices come over it. */
  readonly streams: readonly string[]
}

/** One process of the fleet: `control`, `exchange`, `desk-NAME` or `bot-ID`. */
export interface ProcessRow {
  readonly name: string
  readonly pid: number | null
  readonly state: string
  /** After unasked ends. */
  readonly restarts: number
  readonly uptime_s: number | null
  readonly memory_bytes: number | null
  readonly cpu_seconds: number | null
}

/** GET /health/detailed. */
export interface HealthDetails extends HealthReport {
  readonly version: string
  readonly node: string
  /** 0 to 100, see docs/reference/metrics.md. */
  readonly system_health: number
  readonly feed: FeedView | null
  /** Of configuration files. */
  readonly faults: readonly string[]
  readonly processes: readonly ProcessRow[]
  readonly instances: readonly {
    readonly id: string
    readonly state: InstanceState
    readonly reason: string | null
  }[]
  readonly connections: readonly ConnectionRow[]
}

/** GET /health/workers; `disabled`: nothing here works off jobs. */
export interface HealthWorkers {
  readonly status: CheckStatus
  readonly workers: number
  readonly active_tasks: number
  readonly queues: readonly string[]
}

// --- the live stream ------------------------------------------------------------------------------

export const streamTopics = [
  'instances',
  'orders',
  'fills',
  'positions',
  'equity',
  'candles',
  'logs',
] as const
export type StreamTopic = (typeof streamTopics)[number]

/** Changes only; `removed` are instances that are gone. */
export interface InstancesEvent {
  readonly items: readonly InstanceView[]
  readonly removed: readonly string[]
  readonly feed: FeedView | null
  readonly faults: readonly string[]
}

export interface EquityEvent {
  /** Null = of the whole fleet. */
  readonly instance: string | null
  readonly point: EquityPoint
}

export interface CandleEvent {
  readonly instance: string
  /** As it was asked for, also where the recording is coarser. */
  readonly timeframe: string
  readonly candle: CandleRow
}

export interface LogEvent {
  readonly instance: string
  readonly line: string
}

/** What each topic carries. */
export interface StreamData {
  readonly instances: InstancesEvent
  readonly orders: OrderRow
  readonly fills: FillRow
  readonly positions: PositionRow
  readonly equity: EquityEvent
  readonly candles: CandleEvent
  readonly logs: LogEvent
}

export type StreamEvent = {
  readonly [T in StreamTopic]: {
    readonly seq: number
    readonly topic: T
    readonly data: StreamData[T]
  }
}[StreamTopic]

/** Why the server closes a stream, beside the codes of RFC 6455 (1001: it ends, connect again). */
export const streamClose = {
  /** Log in again. */
  sessionEnded: 4001,
  /** It said what the stream does not understand, too much of it, or nothing within 10 s. */
  refused: 4002,
  /** It reads more slowly than things happen: connect again and load anew. */
  tooSlow: 4008,
  /** Too many streams are open. */
  full: 4013,
} as const

/** Where a reader stands: the epoch names one run of the control plane, `seq` its last event. */
export interface StreamPosition {
  readonly epoch: string
  readonly seq: number
}

/** What a client says. The first message must be `subscribe`; a later one replaces the subscription. */
export type StreamRequest =
  | {
      readonly type: 'subscribe'
      readonly topics: readonly StreamTopic[]
      /** Orders, fills, positions, equity, candles and logs of this instance only; null = of all, without candles and logs. */
      readonly instance: string | null
      /** Of the candles; absent = `1m`. */
      readonly timeframe?: CandleTimeframe
      /** Go on behind it, with the same wishes as before it; null = from now on. */
      readonly since: StreamPosition | null
    }
  | { readonly type: 'ping' }

/**
 * What the server says. After `subscribe` it answers `welcome`; `resumed` false: what lies between is not kept any more,
 * load everything anew. Its position is where the reader stands now: when resumed the one it gave, what lies behind it follows.
 * `tick` comes each second, so that a silent line is recognised; everything up to its position has been sent before it.
 */
export type StreamMessage =
  | { readonly type: 'welcome'; readonly position: StreamPosition; readonly resumed: boolean }
  | { readonly type: 'events'; readonly events: readonly StreamEvent[] }
  | { readonly type: 'tick'; readonly at: string; readonly position: StreamPosition }
  | { readonly type: 'pong' }
  | { readonly type: 'error'; readonly message: string }
