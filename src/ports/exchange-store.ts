/**
 * What the exchange process keeps durably: accounts, orders, numbered events, deposits, and where its market stands.
 * Synchronous on purpose: nothing may be told before it is committed.
 */
import type { MarketEvent } from '../domain/market.ts'
import type { Money } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type {
  AttachRequest,
  VenueAccountEvent,
  VenueBalance,
  VenueOrder,
  VenuePosition,
} from '../domain/venue-report.ts'

/** Where the market of one feed stands. */
export interface StoredFeed {
  readonly feed: string
  /** Of the first start; demo only, 0 otherwise. */
  readonly seed: number
  readonly marketAt: number
  /** Lockstep: number of the last step handed out; 0 = none yet. */
  readonly step: number
  /** Market events of that step, to hand it out again. */
  readonly stepEvents: readonly MarketEvent[]
}

/** An account (`{venue}/{account}`) and how far its events have been told. */
export interface StoredAccount {
  readonly account: string
  readonly feed: string
  readonly lastSeq: number
  /** Events up to here have been told or may be asked for; lockstep keeps later ones back until the next step. */
  readonly toldSeq: number
  /** Lockstep: the current step holds the events after this one, up to toldSeq. */
  readonly stepFromSeq: number
  /** Positions and balances as of toldSeq while later events are kept back, else null. */
  readonly told: {
    readonly positions: readonly VenuePosition[]
    readonly balance: VenueBalance
  } | null
}

/** An instance that was attached once. */
export interface StoredInstance {
  readonly instance: string
  readonly account: string
  readonly venue: string
  readonly request: AttachRequest
  readonly isAttached: boolean
}

export interface StoredDeposit {
  readonly instance: string
  readonly account: string
  readonly amount: Money
  readonly at: number
}

/** Everything that one request or one move of the market changes; written in one transaction. */
export interface ExchangeBatch {
  readonly feed: StoredFeed
  /** Changed parts of the simulated exchange's state; a null text removes the part. */
  readonly state: readonly { readonly key: string; readonly text: string | null }[]
  readonly accounts: readonly StoredAccount[]
  readonly instances: readonly StoredInstance[]
  readonly deposits: readonly StoredDeposit[]
  readonly orders: readonly { readonly account: string; readonly order: VenueOrder }[]
  readonly events: readonly { readonly account: string; readonly event: VenueAccountEvent }[]
}

export interface ExchangeStore {
  feed(name: string): StoredFeed | null
  /** Parts of the simulated exchange's state of a feed, by key. */
  state(feed: string): ReadonlyMap<string, string>
  /** Of every feed: an account keeps the feed of its first start. */
  accounts(): readonly StoredAccount[]
  instances(): readonly StoredInstance[]
  hasDeposit(instance: string): boolean
  /** Returns when everything is on the disk. @throws when it is not; the process must stop then */
  commit(batch: ExchangeBatch): void
  order(account: string, clientId: ClientOrderId): VenueOrder | null
  hasOrder(account: string, clientId: ClientOrderId): boolean
  /** Events with after < venueSeq ≤ until, ascending, at most `limit`. */
  events(account: string, after: number, until: number, limit: number): readonly VenueAccountEvent[]
  close(): void
}
