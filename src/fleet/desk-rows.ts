/** What a desk answers to `status`: its accounts and their instances. */
import type { Instrument } from '../domain/instrument.ts'
import type { MarketPrice } from '../domain/market.ts'
import type { ModeCause } from '../domain/mode-cause.ts'
import type { Money, Quantity } from '../domain/money.ts'
import type { ReasonCode } from '../domain/reason.ts'
import type { InstanceMode, LimitFound } from '../domain/risk.ts'
import type { HistogramCounts } from '../domain/statistic/histogram.ts'
import type { VenueLink } from '../ports/venue.ts'

/** One instance in a desk's answer to `status`; integers of the core. */
export interface DeskInstanceRow {
  readonly instance: string
  readonly symbol: string
  readonly instrument: Instrument
  readonly mode: InstanceMode
  readonly latch: ReasonCode | null
  /** Why the mode holds; absent from desks that do not tell. */
  readonly cause?: ModeCause | null
  /** Of slots without an order; absent from desks that do not tell. */
  readonly reasons?: Readonly<Record<string, string>>
  /** Of its limits among the reasons: what an order would have come to, and what is allowed; absent as above. */
  readonly limits?: Readonly<Record<string, LimitFound>>
  readonly is_bot_connected: boolean
  readonly position: Quantity
  /** What the venue holds, where it is another number; null, absent = the books agree with it. */
  readonly position_venue?: number | null
  /** Orders of others on the contract, in lots; absent from desks that do not tell. */
  readonly foreign?: { readonly orders: number; readonly buying: number; readonly selling: number }
  readonly equity: Money
  readonly orders_working: number
  readonly orders_unknown: number
  /** Orders and trades of others under `on_foreign: halt`, since the desk started; absent from desks that do not tell. */
  readonly foreign_total?: number
  /** Equity without the capital; absent from desks that do not tell. */
  readonly pnl?: Money
  /** Equity against that of the start of the day; absent from desks that do not tell. */
  readonly pnl_today?: Money
  /** Fall of the equity from its peak as a share of the capital; absent from desks that do not tell. */
  readonly drawdown?: number
  /** Last price that it heard; absent from desks that do not tell, null = none yet. */
  readonly price?: MarketPrice | null
  /** Of an instance of several legs the row of each, and this one joins them (leg-rows.ts); a desk tells none. */
  readonly legs?: readonly DeskInstanceRow[]
}

export interface DeskAccount {
  /** `{mode}-{venue}-{account}`. */
  readonly account: string
  /** Of the account as a whole; absent from desks that do not tell. */
  readonly equity?: Money
  /** False: the venue has not told its balance yet, the equity is that of the instances alone. */
  readonly is_equity_known?: boolean
  readonly is_reconciled: boolean
  /** Why nothing new is placed although its connections stand: the venue is away. null, absent = it is there. */
  readonly away?: string | null
  /** Its connection to the venue; absent from desks that do not tell, null = the venue's adapter does not. */
  readonly link?: VenueLink | null
  /** Orders sent for it since the desk started: decision to acceptance in s, by kind of order. */
  readonly executions?: Readonly<Record<string, HistogramCounts>>
  /** Fills that came after their order was final, since the desk started. */
  readonly late_fills_total?: number
  /** Differences that were found since the desk started. */
  readonly differences_total?: number
  readonly instances: readonly DeskInstanceRow[]
}

export interface DeskStatus {
  readonly accounts: readonly DeskAccount[]
}

export const isDeskStatus = (value: unknown): value is DeskStatus =>
  typeof value === 'object' &&
  value !== null &&
  'accounts' in value &&
  Array.isArray(value.accounts)
