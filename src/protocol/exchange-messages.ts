/**
 * Messages between a desk (or a control program) and the exchange process: one JSON object a line over a local socket.
 * Version 1. Integers are those of the core; the answer to `attach` carries the instrument that scales them.
 *
 * A connection says `hello` first. Every message with an `id` is answered by one ExchangeAnswer with that id. Requests
 * act, and are answered, in the order in which they were sent; several may be under way at once.
 */
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { Candle, MarketEvent } from '../domain/market.ts'
import type { ClientOrderId, OrderRequest } from '../domain/order.ts'
import type { Wake } from '../domain/strategy.ts'
import type {
  Attached,
  AttachRequest,
  CancelOutcome,
  PlaceOutcome,
  VenueAccountEvent,
  VenueBalance,
  VenueOrder,
  VenuePosition,
} from '../domain/venue-report.ts'
import type { SandboxRequest, SandboxState } from './sandbox-messages.ts'

/** An answer to `eventsSince` holds at most this many events; with so many the asker asks again. */
export const EVENTS_LIMIT = 2000

/** An answer to `candles` holds at most this many. */
export const CANDLES_LIMIT = 1500

export const EXCHANGE_PROTOCOL_VERSION = 1

/** One order as it crosses the wire. `expiresAt`: wall ms after which the exchange must refuse it. */
export interface PlacedRequest {
  readonly clientId: ClientOrderId
  readonly request: OrderRequest
  readonly expiresAt: number | null
}

/** Requests of a connection that speaks for one account (named in `hello`). */
export type AccountRequest = {
  readonly id: number
} /** From now on pushes come on this connection. */ & (
  | { readonly type: 'subscribe' }
  /** Opens the account if needed, deposits once per instance, sets the terms; idempotent. */
  | { readonly type: 'attach'; readonly request: AttachRequest }
  | { readonly type: 'detach'; readonly instance: string }
  | { readonly type: 'place'; readonly orders: readonly PlacedRequest[] }
  | {
      readonly type: 'cancel'
      readonly instrument: InstrumentId
      readonly clientIds: readonly ClientOrderId[]
    }
  | {
      readonly type: 'lookup'
      readonly instrument: InstrumentId
      readonly clientId: ClientOrderId
    }
  | { readonly type: 'openOrders' }
  | { readonly type: 'eventsSince'; readonly venueSeq: number }
  | { readonly type: 'positions' }
  | { readonly type: 'balance' }
  | { readonly type: 'time' }
)

/** Requests that need no account. */
export type ExchangeControlRequest = { readonly id: number } & (
  | {
      readonly type: 'hello'
      readonly version: number
      readonly token: string
      /** Null for control programs: they may ask for `status`, `candles`, `sandbox` and `shutdown` only. */
      readonly account: { readonly venue: string; readonly account: string } | null
    }
  | { readonly type: 'status' }
  | ({ readonly type: 'candles' } & CandleQuestion)
  | SandboxRequest
  | { readonly type: 'shutdown' }
)

/** Candles of one contract for a chart; the newest `limit` (at most CANDLES_LIMIT) that open before `before`. */
export interface CandleQuestion {
  readonly venue: string
  readonly symbol: string
  /** Length in ms; a feed of longer candles answers with its own. */
  readonly timeframeMs: number
  /** Market time, ms; null = up to now. */
  readonly before: number | null
  readonly limit: number
}

/** A candle put together of finished ones of the feed. */
export interface ChartCandle extends Candle {
  /** False: the market time has not passed its end, so that a part of it is missing. */
  readonly isFinished: boolean
}

/** Ascending, never beyond the market time. */
export interface ExchangeCandles {
  readonly marketAt: number
  /** Length of the candles, ms. */
  readonly timeframeMs: number
  /** What to ask with for those before; null = nothing lies before. */
  readonly before: number | null
  readonly instrument: Instrument
  readonly candles: readonly ChartCandle[]
}

/** Messages without an answer. */
export type ExchangeNotice =
  | { readonly type: 'setWakes'; readonly instance: string; readonly wakes: readonly Wake[] }
  | { readonly type: 'stepDone'; readonly step: number }

export type DeskToExchange = AccountRequest | ExchangeControlRequest | ExchangeNotice

/** What each kind of request is answered with. */
export interface ExchangeResults {
  readonly hello: ExchangeWelcome
  readonly subscribe: null
  readonly attach: Attached
  readonly detach: null
  readonly place: readonly PlaceOutcome[]
  readonly cancel: readonly CancelOutcome[]
  readonly lookup: VenueOrder | null
  readonly openOrders: readonly VenueOrder[]
  readonly eventsSince: readonly VenueAccountEvent[]
  readonly positions: readonly VenuePosition[]
  readonly balance: VenueBalance
  readonly time: ExchangeTime
  readonly status: ExchangeStatus
  readonly candles: ExchangeCandles
  readonly sandbox: SandboxState
  readonly shutdown: null
}

export interface ExchangeWelcome {
  readonly version: number
  readonly feed: string
  readonly pace: 'free' | 'lockstep'
  /** Every request waits this long before it acts, and its answer again: add it to time-outs. */
  readonly wireLatencyMs: number
}

export interface ExchangeTime {
  /** Wall clock of the exchange, ms since 1970 UTC. */
  readonly wallMs: number
  /** Market time, ms since 1970 UTC. */
  readonly marketAt: number
}

/**
 * `waiting`: somebody is missing or not done (lockstep), or nobody has come yet; `ended`: the replay has no more candles;
 * `stale`: live prices of a contract that is traded do not come, its price stands still.
 */
export type ExchangeState = 'waiting' | 'running' | 'ended' | 'stale'

export interface ExchangeStatus {
  readonly state: ExchangeState
  readonly feed: string
  readonly seed: number
  readonly pace: 'free' | 'lockstep'
  readonly speed: number
  readonly startAt: number
  readonly marketAt: number
  /** Of the source: null = without end. */
  readonly endAt: number | null
  readonly step: number
  /** Lockstep: accounts that have not said that they are done, and instances that are not attached. Live: contracts that are stale. */
  readonly waitingFor: readonly string[]
  readonly accounts: readonly {
    readonly account: string
    readonly instances: readonly string[]
    readonly isConnected: boolean
    readonly lastSeq: number
  }[]
}

export type ExchangeAnswer = { readonly type: 'answer'; readonly id: number } & (
  | { readonly ok: true; readonly result: ExchangeResults[keyof ExchangeResults] }
  | { readonly ok: false; readonly code: ExchangeRefusal; readonly text: string }
)

/** Codes of refusals; `text` is one sentence for a person. Orders are refused by outcomes, not by these. */
export type ExchangeRefusal =
  | 'bad_request'
  | 'protocol_version'
  | 'unauthorized'
  | 'feed_mismatch'
  | 'unknown_feed'
  | 'unknown_symbol'
  | 'instrument_taken'
  | 'bad_terms'
  | 'unknown_account'
  | 'no_sandbox'
  | 'busy'

/** What the exchange pushes to the subscribed connections of an account. */
export type ExchangePush =
  | { readonly type: 'account'; readonly events: readonly VenueAccountEvent[] }
  | { readonly type: 'market'; readonly events: readonly MarketEvent[] }
  /** Lockstep: everything of a step in one message; sent again after a reconnect until `stepDone`. */
  | {
      readonly type: 'step'
      readonly step: number
      readonly at: number
      readonly account: readonly VenueAccountEvent[]
      readonly market: readonly MarketEvent[]
    }
  /** Live prices of a contract do not come any more, or come again. */
  | { readonly type: 'stale'; readonly instrument: InstrumentId; readonly isStale: boolean }
  /** The replay is over: no more market events will come. */
  | { readonly type: 'ended'; readonly at: number }

export type ExchangeToDesk = ExchangeAnswer | ExchangePush
