/**
 * Messages between a bot (or a control program) and a desk: one JSON object a line over a local socket.
 * Version 1. Integers are those of the core; the welcome carries the instruments that scale them.
 */
import type { NumberedEvent } from '../domain/account-event.ts'
import type { AccountLatch, AccountLimits } from '../domain/account-risk.ts'
import type { GrantOrder } from '../domain/grant.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { MarketEvent, MarketPrice } from '../domain/market.ts'
import type { LimitFigures } from '../domain/mode-cause.ts'
import type { Money, Quantity, Ratio } from '../domain/money.ts'
import type { PaperTerms } from '../domain/paper-terms.ts'
import type { InstanceMode, RiskLimits } from '../domain/risk.ts'
import type { Finish, Wake, WantChange } from '../domain/strategy.ts'
import type { TradingMode } from '../domain/trading-mode.ts'

export type { NumberedEvent }

export const DESK_PROTOCOL_VERSION = 1

/** What a desk must know of an instance; comes from its configuration. */
export interface DeskInstanceSettings {
  readonly instance: string
  readonly venue: string
  readonly account: string
  readonly mode: TradingMode
  readonly symbol: string
  readonly capital: Money
  readonly leverage: number
  readonly marginMode: 'isolated' | 'cross'
  readonly onBotLost: 'cancel' | 'keep'
  readonly limits: RiskLimits
  readonly timeZone: string
  readonly paper: PaperTerms | null
  readonly feed: string | null
  /** Limits of the account as a whole; absent = none. */
  readonly accountLimits?: AccountLimits
  /** Wants are logged and nothing is sent. */
  readonly shadow?: boolean
  /** What the first start does with a position and orders that are there already; absent = refuse them. */
  readonly initialPosition?: 'open' | 'adopt' | 'none'
  /**
   * What follows when somebody else trades on the contract (exchange_config.on_foreign): nothing new is risked until an operator
   * has looked (halt), a position that differs is taken over (adopt), or it only counts in the exposure (ignore). Absent = ignore.
   */
  readonly onForeign?: 'halt' | 'adopt' | 'ignore'
  /** Levels of the order book that prices carry; absent = none. */
  readonly bookDepth?: number
}

/** What the fleet tells an account: its share of the fleet's limit, and a latched limit of the whole fleet. */
export interface FleetWord {
  /** Grows with each change of the latch; older words are ignored. */
  readonly number: number
  readonly latch: AccountLatch | null
  /** null = nothing new. */
  readonly grant: GrantOrder | null
}

export type BotToDesk =
  | {
      readonly type: 'hello'
      readonly version: number
      readonly token: string
      readonly settings: DeskInstanceSettings
      readonly afterSeq: number
    }
  /** Also the acknowledgement of everything up to basisSeq. `step`: lockstep, the step that is done. */
  | {
      readonly type: 'wants'
      readonly basisSeq: number
      readonly step: number | null
      readonly replace: boolean
      readonly changes: readonly WantChange[]
      readonly wakes: readonly Wake[] | null
      readonly finish: Finish | null
    }
  | { readonly type: 'heartbeat' }
  /** The strategy does not go on: the desk halts the instance as a limit does. `text`: one clause why. */
  | { readonly type: 'halt'; readonly text: string }
  /** A limit on the sum of the legs of an instance was reached (engine/legs-risk.ts): it is latched as if it were the desk's own. */
  | LegsLimit
  | { readonly type: 'bye'; readonly reason: string }

export interface LegsLimit {
  readonly type: 'limit'
  readonly code: 'limit_daily_loss' | 'limit_drawdown'
  readonly onBreach: RiskLimits['onBreach']
  /** Of the sum, in the settlement currency of the first leg. */
  readonly figures: LimitFigures
}

export type DeskToBot =
  | {
      readonly type: 'welcome'
      readonly version: number
      readonly instrument: Instrument
      readonly price: MarketPrice
      readonly at: number
      readonly fees: { readonly maker: Ratio; readonly taker: Ratio }
      readonly position: Quantity
      readonly mode: InstanceMode
      /** One clause; absent from desks of an earlier version. */
      readonly modeReason?: string | null
      readonly feed: string
      readonly lastSeq: number
      readonly pace?: 'free' | 'lockstep'
    }
  | { readonly type: 'account'; readonly events: readonly NumberedEvent[] }
  | {
      readonly type: 'market'
      readonly events: readonly MarketEvent[]
      readonly step: number | null
    }
  | { readonly type: 'step'; readonly step: number; readonly at: number }
  | { readonly type: 'mode'; readonly mode: InstanceMode; readonly reason: string | null }
  /** Whether the instance may take new risk now, as far as the venue goes: connected, reconciled, its market speaks. Said after the welcome and when it changes. */
  | {
      readonly type: 'open'
      readonly isOpen: boolean
      readonly reason: string | null
      /** What it holds may be made smaller, e.g. while its position is in doubt; absent = as isOpen. */
      readonly canReduce?: boolean
      /** The venue is not known to hold something else than the books; absent = so says an earlier desk. */
      readonly isPositionSure?: boolean
    }
  /** Slots without an order (or targets not reached) and why; the whole set, sent when it changed. */
  | { readonly type: 'reasons'; readonly reasons: Readonly<Record<string, string>> }
  /** The instance has ended as asked (stop, finish): its orders are settled and, if closed, its position is 0. */
  | {
      readonly type: 'ended'
      readonly reason: string
      readonly ordersCanceled: number
      readonly position: Quantity
    }
  | { readonly type: 'refused'; readonly code: string; readonly text: string }

/** Requests of fleet, command line and instance port to a desk; each is answered by a ControlAnswer with the same id. */
export type ControlToDesk = {
  readonly type: 'control'
  readonly id: number
  readonly token: string
} & (
  | { readonly action: 'status' }
  | {
      readonly action: 'pause' | 'resume' | 'arm' | 'disarm' | 'close' | 'kill'
      readonly instance: string
    }
  | {
      readonly action: 'stop'
      readonly instance: string
      readonly orders: 'cancel' | 'keep'
      readonly positions: 'keep' | 'close'
    }
  | {
      readonly action: 'orders' | 'fills' | 'positions' | 'reasons'
      readonly instance: string | null
      readonly limit: number
    }
  /** Asks the venue anew: no position and no order on the instrument of the instance. */
  | { readonly action: 'prove'; readonly instance: string }
  /** `account`: `{mode}-{venue}-{account}`; answered with what the account holds now, durably. */
  | { readonly action: 'fleet_word'; readonly account: string; readonly word: FleetWord }
  /** How many desks of this machine speak to venues from one address, this one included: each takes its part of the limits. */
  | { readonly action: 'address_share'; readonly desks: number }
  | { readonly action: 'announce_restart'; readonly forMs: number }
  | { readonly action: 'shutdown' }
)

export type ControlAnswer = { readonly type: 'answer'; readonly id: number } & (
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly code: string; readonly text: string }
)
