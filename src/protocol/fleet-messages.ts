/** What the control plane tells over HTTP (docs/reference/http.md) and in run/control.json; names as on the wire. */
import type { DesiredState, InstanceState } from '../domain/instance-state.ts'
import type { Restraint } from '../domain/mode-cause.ts'
import type { TradingMode } from '../domain/trading-mode.ts'

/** Version of what command lines and control planes say to each other over HTTP. */
export const API_PROTOCOL = 1

/** GET /version. */
export interface VersionReport {
  readonly name: 'perpfleet'
  readonly version: string
  readonly node: string
  readonly protocol: number
}

/** `run/control.json`, mode 0600; the token is new at each start of the control plane. */
export interface ControlFile {
  readonly url: string
  readonly pid: number
  readonly token: string
  readonly started_at: string
}

/** `run/{desk-…,exchange}.json`, mode 0600: whom to talk to, and proof of which process it is. */
export interface ServiceFile {
  readonly name: string
  readonly pid: number
  readonly start_time: string
  readonly boot_id: string
  readonly socket: string
  readonly token: string
  readonly started_at: string
}

/** One instance as shown by list, status and the dashboard. Money is decimal text in the settlement currency. */
export interface InstanceView {
  readonly id: string
  readonly name: string
  readonly state: InstanceState
  readonly desired: DesiredState
  /** Why it is not simply running; null when there is nothing to say. */
  readonly reason: string | null
  readonly pid: number | null
  readonly port: number | null
  /** Of several legs those of all: `okx+hyperliquid`. */
  readonly venue: string
  /** Of several legs that of the first, and `position` with it; money and orders are sums over all. */
  readonly symbol: string
  /** Absent = it trades one contract. */
  readonly legs?: readonly LegView[]
  readonly mode: TradingMode
  readonly strategy: string
  readonly equity: string | null
  readonly pnl: string | null
  readonly pnl_today: string | null
  readonly position: string | null
  /** What the venue holds, where it is another number than the booked one; null, absent = they agree. */
  readonly position_venue?: string | null
  /** Of two legs: what is held on one alone for longer than 30 s; null, absent = nothing. */
  readonly unhedged?: Unhedged | null
  /** Orders of others on the contract, and what they may still buy and sell; null, absent = none. */
  readonly foreign_orders?: {
    readonly count: number
    readonly buying: string
    readonly selling: string
  } | null
  readonly fills: number | null
  /** That the venue may still fill. */
  readonly orders: number | null
  /** Those of them whose outcome nobody knows yet; null, absent = not told. */
  readonly orders_unknown?: number | null
  /** Orders that the strategy wants to rest, and why most of those that do not rest are missing. */
  readonly orders_wanted?: number | null
  readonly orders_missing_reason?: string | null
  /** The same for every reason, the most frequent first. */
  readonly missing_orders?: readonly MissingOrders[]
  /** Position and profit in parts, as the bot told them last; null = it has not. */
  readonly books?: BooksView | null
  /** Of all its fills, as the bot told it last: 64 hex digits; null = it has not. */
  readonly fingerprint?: string | null
  /** What holds it, since when, and what leads out; null while nothing does. */
  readonly restraint?: Restraint | null
  readonly restarts: number
  readonly memory_mb: number | null
  readonly cpu_percent: number | null
  readonly uptime_s: number | null
  readonly config_file: string
  readonly started_at: string | null
  readonly node: string
  readonly tags: readonly string[]
  /** Last lines of a quarantined instance's log. */
  readonly last_lines: readonly string[]
}

/** What an instance of two legs holds on one of them alone. */
export interface Unhedged {
  /** Base, without a sign. */
  readonly amount: string
  readonly base: string
  /** ISO 8601, wall time. */
  readonly since: string
  /** What keeps its legs from trading, as far as their desks know it. */
  readonly why: string
}

/** One leg of an instance of several; null = its desk tells nothing of it. */
export interface LegView {
  /** At its desk and in its journal; `instance` in every table is that of the instance. */
  readonly name: string
  readonly venue: string
  readonly symbol: string
  readonly account: string
  readonly state: InstanceState | null
  readonly position: string | null
  /** In its own settlement currency. */
  readonly equity: string | null
  readonly orders: number | null
  /** Why its bot takes no new risk on it now; null = it may, or no bot runs. */
  readonly closed_reason: string | null
}

/** Orders that a strategy wants and that do not rest, for one reason. */
export interface MissingOrders {
  /** A code of docs/reference/reasons.md. */
  readonly reason: string
  readonly text: string
  readonly count: number
}

/** Decimal text: prices in quote, profit in the settlement currency; null = there is none, or it is not known. */
export interface BooksView {
  readonly base: string
  readonly settle: string
  readonly mark: string | null
  readonly entry_price: string | null
  readonly liquidation_price: string | null
  /** Of completed cells; null = no grid. */
  readonly grid_profit: string | null
  readonly realised: string | null
  readonly unrealised: string | null
  readonly funding: string | null
  readonly fees: string | null
  /** ISO 8601; bot and desk do not agree at the moment, these agreed last, at most 5 s ago. Not there = of now. */
  readonly as_of?: string
}

/** Which market feeds the paper account. */
export interface FeedView {
  /** `demo` or `replay:SET`. */
  readonly feed: string
  /** For people: `demo market ×60, seed 7`. */
  readonly label: string
  readonly speed: number
  readonly pace: 'free' | 'lockstep'
  readonly market_time: string | null
  readonly state: string | null
  /** What people must know of the market: its replay has ended, it waits for somebody, or it is too fast for legs. */
  readonly note?: string | null
}

export interface InstanceList {
  readonly items: readonly InstanceView[]
  readonly next_cursor: null
  readonly feed: FeedView | null
  /** Faults of configuration files; the other instances run. */
  readonly faults: readonly string[]
}

export type CheckStatus = 'healthy' | 'warning' | 'unhealthy' | 'disabled'

/** GET /health; `uptime` in seconds. */
export interface HealthReport {
  readonly status: 'healthy' | 'degraded' | 'unhealthy'
  readonly timestamp: string
  readonly uptime: number
  readonly checks: Readonly<
    Record<'database' | 'redis' | 'memory' | 'disk' | 'bots' | 'venues', CheckStatus>
  >
}

/** Codes of errors over HTTP, in `{error: {code, message, details, request_id}}`. */
export type ApiErrorCode =
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'VALIDATION'
  | 'CONFLICT'
  | 'PRECONDITION'
  | 'REFUSED_RISK'
  | 'TOO_MANY_REQUESTS'
  | 'SERVICE_UNAVAILABLE'
  | 'INTERNAL'

/** What an action on one instance came to. */
export interface ActionResult {
  readonly id: string
  readonly ok: boolean
  readonly state: InstanceState | null
  readonly text: string
  readonly code: ApiErrorCode | null
}

/** What an action on the whole fleet came to, instance by instance; ok: with all of them. */
export interface FleetActionResult {
  readonly ok: boolean
  readonly items: readonly ActionResult[]
}

/** An order as the desk's journal knows it; prices and quantities are decimal text in quote and base. */
export interface OrderRow {
  readonly client_id: string
  readonly instance: string
  readonly venue: string
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly kind: string
  readonly price: string | null
  readonly quantity: string
  readonly filled: string
  readonly state: string
  /** The strategy's slot, or what else it served. */
  readonly slot: string
  readonly reason: string | null
  readonly sent_at: string
}

/** One execution; `at` is market time. */
export interface FillRow {
  readonly id: string
  readonly at: string
  readonly instance: string
  readonly venue: string
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly price: string
  readonly quantity: string
  readonly fee: string
  readonly maker: boolean
  readonly client_id: string | null
}

export interface PositionRow {
  readonly instance: string
  readonly venue: string
  readonly symbol: string
  readonly quantity: string
  readonly equity: string | null
  readonly orders: number | null
}

/** What `cleanup` took away: of processes that are gone. */
export interface CleanupResult {
  readonly rows: number
  readonly pid_files: number
}

/** What one account holds, as its desk counts it; money as decimal text in the settlement currency. */
export interface BalanceRow {
  /** `{mode}-{venue}-{account}`. */
  readonly account: string
  readonly venue: string
  readonly mode: string
  readonly currency: string
  /** Of the account: Σ instances + unallocated. Null until the venue has told it once. */
  readonly equity: string | null
  readonly instances_equity: string
  readonly unallocated: string | null
  readonly instances: readonly string[]
}

/** A closed round trip: one execution that took away from a position, against the newest lots it closed. */
export interface TradeRow {
  readonly instance: string
  readonly venue: string
  readonly symbol: string
  readonly side: 'long' | 'short'
  /** Market time. */
  readonly opened_at: string
  readonly closed_at: string
  readonly quantity: string
  /** Average of the lots that were closed. */
  readonly entry: string
  readonly exit: string
  readonly gross: string
  /** Those of the entry pro rata, and those of the exit. */
  readonly fees: string
  readonly pnl: string
  /** The closing execution. */
  readonly id: string
}

export const tableNames = ['orders', 'fills', 'positions', 'balances', 'trades'] as const
export type TableName = (typeof tableNames)[number]
export type TableRow = OrderRow | FillRow | PositionRow | BalanceRow | TradeRow

/** Which rows of a table are wanted; null = all. */
export interface TableFilter {
  readonly instance: string | null
  readonly venue: string | null
  /** ISO 8601; market time for fills and trades, wall time for orders. */
  readonly since: string | null
  readonly limit: number
}

/** A piece of one log, oldest line first; `older` and `newer` are cursors for what lies before and behind it. */
export interface LogPage {
  readonly items: readonly string[]
  /** Null: nothing lies before. */
  readonly older: string | null
  readonly newer: string
}
