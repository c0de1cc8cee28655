/** What goes into and comes out of an order loop. */
import type { Instrument } from '../domain/instrument.ts'
import type { Money } from '../domain/money.ts'
import type { ClientOrderId, Origin } from '../domain/order.ts'
import type { StoredOrderRate } from '../domain/order-rate.ts'
import type { ApprovedIntent, RiskLimits } from '../domain/risk.ts'
import type { VenueAccountEvent } from '../domain/venue-report.ts'
import type { RiskState } from './instance-risk.ts'
import type { SlotDelays } from './working-orders.ts'

export interface OrderLoopOptions {
  readonly instance: string
  readonly instrument: Instrument
  readonly capital: Money
  readonly leverage: number
  readonly limits: RiskLimits
  readonly timeZone: string
}

/** Plain data, stored with the account events that changed it; a part that an earlier version did not write is absent. */
export interface LoopState extends RiskState {
  readonly delays?: SlotDelays
  readonly targetRetryAt?: number
  readonly rate?: StoredOrderRate | null
  /** Lots that the venue held beyond the books when it was asked last (engine/outside.ts). */
  readonly gap?: number
  /** Orders of others that an operator has seen (engine/outside.ts). */
  readonly foreignSeen?: readonly ClientOrderId[]
  /** When the venue's position was taken over last, ms; the booked one may count a fill twice since (engine/outside.ts). */
  readonly adoptedAt?: number
  readonly isDoubted?: boolean
}

/** What an account event means to the bot; the caller numbers it. */
export type BotEvent =
  | {
      readonly kind: 'fill'
      readonly event: Extract<VenueAccountEvent, { kind: 'fill' }>
      readonly origin: Origin
    }
  | { readonly kind: 'funding'; readonly event: Extract<VenueAccountEvent, { kind: 'funding' }> }

export interface Plan {
  readonly cancels: readonly ClientOrderId[]
  readonly places: readonly ApprovedIntent[]
}

/** A plan in the making. */
export interface Draft {
  /** Market time. */
  readonly at: number
  /** The bot has not booked the latest event: its wants may be older than a fill. */
  readonly isBehind: boolean
  readonly cancels: ClientOrderId[]
  readonly places: ApprovedIntent[]
  /** Null: no id can be reserved, so no order may be sent. */
  readonly nextId: () => ClientOrderId | null
  readonly expiresAt: number | null
}
