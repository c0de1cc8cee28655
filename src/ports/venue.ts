/**
 * What a desk needs from a venue account, without technology. Five kinds of failure; streams are hints, queries are truth.
 */

import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { MarketEvent, MarketPrice } from '../domain/market.ts'
import type { Money, Quantity, Ratio } from '../domain/money.ts'
import type { ClientOrderId, Fill, OrderRequest } from '../domain/order.ts'
import type { PaperTerms } from '../domain/paper-terms.ts'
import type { ApprovedIntent } from '../domain/risk.ts'
import type { Wake } from '../domain/strategy.ts'

export type { PaperTerms }

/** The five ways in which a venue call can fail. Only `rejected` proves that nothing happened. */
export type VenueErrorKind = 'rejected' | 'unknown' | 'rate_limited' | 'unavailable' | 'credential'

export class VenueError extends Error {
  override readonly name = 'VenueError'
  readonly kind: VenueErrorKind
  readonly code: string
  constructor(kind: VenueErrorKind, code: string, text: string, options?: ErrorOptions) {
    super(text, options)
    this.kind = kind
    this.code = code
  }
}

export type VenueOrderStatus = 'open' | 'filled' | 'canceled' | 'rejected' | 'expired'

/** An order as the venue reports it. `quantityFilled` is cumulative; final statuses are all but `open`. */
export interface VenueOrder {
  readonly clientId: ClientOrderId
  readonly request: OrderRequest
  readonly status: VenueOrderStatus
  readonly quantityFilled: Quantity
  readonly reason: string | null
}

/** Outcome of one placement. `order` tells what is known at once (zero latency venues: also fills). */
export type PlaceOutcome =
  | {
      readonly kind: 'accepted'
      readonly clientId: ClientOrderId
      readonly status: VenueOrderStatus
      readonly quantityFilled: Quantity
    }
  | { readonly kind: 'rejected'; readonly clientId: ClientOrderId; readonly reason: string }
  | { readonly kind: 'unknown'; readonly clientId: ClientOrderId; readonly reason: string }

/** Outcome of one cancel. `final`: the order is final with this cumulative filled quantity. `absent` proves nothing by itself. */
export type CancelOutcome =
  | {
      readonly kind: 'final'
      readonly clientId: ClientOrderId
      readonly status: VenueOrderStatus
      readonly quantityFilled: Quantity
    }
  | { readonly kind: 'pending'; readonly clientId: ClientOrderId }
  | { readonly kind: 'absent'; readonly clientId: ClientOrderId }
  | { readonly kind: 'unknown'; readonly clientId: ClientOrderId; readonly reason: string }

/** A numbered event of the account; `venueSeq` grows by one per account. */
export type VenueAccountEvent = { readonly venueSeq: number; readonly at: number } & (
  | { readonly kind: 'fill'; readonly fill: Fill; readonly isLiquidation: boolean }
  | {
      readonly kind: 'order'
      readonly clientId: ClientOrderId
      readonly status: VenueOrderStatus
      readonly quantityFilled: Quantity
      readonly reason: string | null
    }
  | {
      readonly kind: 'funding'
      readonly instrument: InstrumentId
      readonly amount: Money
      readonly rate: Ratio
      readonly position: Quantity
    }
  | { readonly kind: 'cash'; readonly amount: Money; readonly reason: string }
)

export interface VenuePosition {
  readonly instrument: InstrumentId
  readonly quantity: Quantity
  readonly cost: Money
}

export interface VenueBalance {
  readonly settle: string
  /** Balance plus unrealised profit on mark. */
  readonly equity: Money
  readonly balance: Money
}

/** What an instance asks of its account once, when it attaches. */
export interface AttachRequest {
  readonly instance: string
  readonly symbol: string
  readonly leverage: number
  readonly marginMode: 'isolated' | 'cross'
  /** Paper only: deposited once per instance. */
  readonly paper: PaperTerms | null
  /** Which feed the instance expects, e.g. `demo`, `replay:hyperliquid/SOL_USDC_PERP/5m`; null = the one that runs. */
  readonly feed: string | null
}

export interface Attached {
  readonly instrument: Instrument
  readonly price: MarketPrice
  readonly at: number
  readonly fees: { readonly maker: Ratio; readonly taker: Ratio }
  readonly feed: string
  /** lockstep: prices come with a step that must be answered; see VenueListener.onStep. */
  readonly pace: 'free' | 'lockstep'
}

/** Where a venue delivers what it pushes. Called in order; a gap means: query before any new risk. */
export interface VenueListener {
  onAccount(events: readonly VenueAccountEvent[]): void
  onMarket(events: readonly MarketEvent[]): void
  /** Lockstep only: everything of this step has been handed out; answer with `stepDone(step)`. */
  onStep(step: number, at: number): void
  onGap(reason: string): void
  onReady(): void
}

/** One venue account. Every method may throw VenueError; place and cancel never throw for a single order, they say `unknown`. */
export interface VenueAccount {
  connect(listener: VenueListener): Promise<void>
  attach(request: AttachRequest): Promise<Attached>
  detach(instance: string): Promise<void>
  place(intents: readonly ApprovedIntent[]): Promise<readonly PlaceOutcome[]>
  cancel(instrument: InstrumentId, ids: readonly ClientOrderId[]): Promise<readonly CancelOutcome[]>
  /** null = the venue answers that it does not know the id. */
  lookup(instrument: InstrumentId, id: ClientOrderId): Promise<VenueOrder | null>
  openOrders(): Promise<readonly VenueOrder[]>
  eventsSince(venueSeq: number): Promise<readonly VenueAccountEvent[]>
  positions(): Promise<readonly VenuePosition[]>
  balance(): Promise<VenueBalance>
  /** Venue wall clock minus ours, ms. */
  clockOffsetMs(): Promise<number>
  setWakes(instance: string, wakes: readonly Wake[]): void
  stepDone(step: number): void
  close(): Promise<void>
}
