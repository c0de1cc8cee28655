/** What a venue tells of an account: outcomes, orders, numbered events, positions; plain data that crosses sockets. */
import type { Instrument, InstrumentId } from './instrument.ts'
import type { MarketPrice } from './market.ts'
import type { Money, Quantity, Ratio } from './money.ts'
import type { ClientOrderId, Fill, OrderRequest } from './order.ts'
import type { PaperTerms } from './paper-terms.ts'

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

/** A numbered event of the account; `venueSeq` grows by one per account. `key`: see keyOf. */
export type VenueAccountEvent = {
  readonly venueSeq: number
  readonly at: number
  readonly key?: string
} & (
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

/** What happened to the money or the position of an account: everything but the status of an order. */
export type VenueBooking = Exclude<VenueAccountEvent, { kind: 'order' }>

/**
 * Under which name an event is booked, once for ever: the same from whatever stream or query it comes and after every
 * restart. `fill:{id}`, `funding:{instrument}:{at}`, `cash:{id}`; a venue that tells cash without a key has numbered it
 * itself, and the number is the id.
 */
export function keyOf(event: VenueBooking): string {
  if (event.kind === 'fill') return `fill:${event.fill.id}`
  if (event.kind === 'funding') return `funding:${event.instrument}:${event.at}`
  return event.key ?? `cash:${event.venueSeq}`
}

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
  /** Levels of the order book that its prices carry, where the venue streams them; absent = none. */
  readonly bookDepth?: number
}

export interface Attached {
  readonly instrument: Instrument
  readonly price: MarketPrice
  readonly at: number
  readonly fees: { readonly maker: Ratio; readonly taker: Ratio }
  /** What its prices are: the feed of the simulated exchange, else `live`, `testnet` or `sandbox`. */
  readonly feed: string
  /** lockstep: prices come with a step that must be answered; see VenueListener.onStep. */
  readonly pace: 'free' | 'lockstep'
}
