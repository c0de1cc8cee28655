/** Orders and fills: what is asked of a venue and what it reports. The state table stands in order-state.ts. */
import type { InstrumentId } from './instrument.ts'
import type { Money, Price, Quantity } from './money.ts'

declare const name: unique symbol
/** Identifier of an order that we choose and the venue keeps; never used twice on an account. */
export type ClientOrderId = string & { readonly [name]: 'ClientOrderId' }

export type Side = 'buy' | 'sell'

/** +1 for a buy, -1 for a sell. */
export const signOf = (side: Side): 1 | -1 => (side === 'buy' ? 1 : -1)

/** When a conditional order becomes active: the chosen price reaches `price` from the other side. */
export interface Trigger {
  readonly kind: 'stop' | 'take_profit'
  readonly price: Price
  readonly by: 'mark' | 'last'
}

/** Everything a venue needs to know of an order, besides its client id. */
export interface OrderRequest {
  readonly instrument: InstrumentId
  readonly side: Side
  readonly kind: 'limit' | 'market'
  /** The limit; null for a market order. */
  readonly price: Price | null
  /** Lots, or the whole position at the moment of the trigger (close-position orders). */
  readonly quantity: Quantity | 'position'
  readonly timeInForce: 'gtc' | 'ioc'
  readonly isPostOnly: boolean
  readonly isReduceOnly: boolean
  readonly trigger: Trigger | null
}

/** What an order serves: a resting slot of the strategy, a target, or nothing of ours. */
export type Origin =
  | { readonly kind: 'slot'; readonly slot: string }
  | { readonly kind: 'target' }
  | { readonly kind: 'operator' }
  | { readonly kind: 'liquidation' }
  | { readonly kind: 'foreign' }

/** One execution, as the venue reports it. `fee` is positive when the account pays. */
export interface Fill {
  /** The venue's identifier of the execution, unique per account. */
  readonly id: string
  readonly at: number
  readonly instrument: InstrumentId
  readonly clientId: ClientOrderId | null
  readonly side: Side
  readonly price: Price
  readonly quantity: Quantity
  readonly fee: Money
  readonly isMaker: boolean
}

/** A fill with what it served; this is what a bot books. */
export interface AttributedFill extends Fill {
  readonly origin: Origin
}

/** An order as stored by the journal, from which a loop is rebuilt after a restart. */
export interface StoredOrder {
  readonly clientId: ClientOrderId
  readonly origin: Origin
  readonly request: OrderRequest
  readonly quantityFilled: Quantity
  /** Wall time in ms after which the venue refuses it; null = none. */
  readonly expiresAt: number | null
}
