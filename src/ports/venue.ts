/**
 * What a desk needs from a venue account, without technology. Five kinds of failure; streams are hints, queries are truth.
 */

import type { ClientIdSchemeName } from '../domain/client-id.ts'
import type { InstrumentId } from '../domain/instrument.ts'
import type { MarketEvent } from '../domain/market.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { ApprovedIntent } from '../domain/risk.ts'
import type { HistogramCounts } from '../domain/statistic/histogram.ts'
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

export type {
  Attached,
  AttachRequest,
  CancelOutcome,
  PlaceOutcome,
  VenueAccountEvent,
  VenueBalance,
  VenueOrder,
  VenuePosition,
}

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

/** Code of a VenueError `unavailable`: the contract is counted otherwise than when this process attached it; a new process begins with the new steps. */
export const SCALE_CHANGED = 'scale_changed'

/** Where a venue delivers what it pushes. Called in order; a gap means: query before any new risk. */
export interface VenueListener {
  onAccount(events: readonly VenueAccountEvent[]): void
  onMarket(events: readonly MarketEvent[]): void
  /** Lockstep only: everything of this step has been handed out; answer with `stepDone(step)`. */
  onStep(step: number, at: number): void
  onGap(reason: string): void
  onReady(): void
  /** The stream of a market has been silent for too long, or speaks again. */
  onStale?(instrument: InstrumentId, isStale: boolean): void
}

/** How the connection to a venue does. */
export interface VenueLink {
  readonly isOpen: boolean
  /** Since the desk started. */
  readonly reconnects: number
  /** Wall ms; null = nothing has come yet. */
  readonly lastMessageAt: number | null
  /** From question to answer, s. */
  readonly roundTrips: HistogramCounts
  /** Why the venue takes the key no more; null or absent = it does. */
  readonly refusal?: string | null
  /** Moments ahead of the venue's own clock, which were not believed; since the desk started. */
  readonly wrongStamps?: number
}

/** What a venue can do. */
export interface VenueTraits {
  /** How client ids look there (domain/client-id.ts). */
  readonly idScheme: ClientIdSchemeName
  /** From sending to the moment after which the venue refuses the order, ms; null = the venue knows no deadline. */
  readonly deadlineMs: number | null
  /** For so long its answers may miss what it has taken, ms; absent = QUERY_LAG_MS (domain/reconciliation.ts). */
  readonly queryLagMs?: number
  /** Orders in one message, at most; 1 = no batch. */
  readonly batchMax: number
  /** Which dead-man switch the venue has: one for the account, one per instrument, none. */
  readonly deadMan: 'account' | 'instrument' | null
  /** Least and greatest time of the switch, ms. */
  readonly deadManMs: { readonly min: number; readonly max: number } | null
  /** Protective orders rest at the venue with a trigger. */
  readonly hasRestingStops: boolean
  /** A stop may close the whole position, whatever it is then. */
  readonly hasClosePosition: boolean
}

/**
 * What became of an order whose fate was not known. `burned`: it can never execute any more. `consumed`: what was burned
 * was used already, so the order did arrive. `unsure`: ask again.
 */
export type BurnOutcome = 'burned' | 'consumed' | 'unsure'

/** What a venue says of itself when something is the matter. */
export interface VenueWord {
  /** A clause, e.g. `it is down for maintenance until 2026-11-21T23:00:00.000Z`. */
  readonly text: string
  /** It takes no orders. False: the word alone stops nothing, it tells why questions are not answered. */
  readonly isDown: boolean
}

/** One venue account. Every method may throw VenueError; place and cancel never throw for a single order, they say `unknown`. */
export interface VenueAccount {
  /** Absent: ids are text, orders carry a deadline of 2.5 s, stops rest at the venue for the whole position, no dead-man switch. */
  readonly traits?: VenueTraits
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
  /**
   * Arms, renews or (null) lifts the venue's dead-man switch: no word of ours for so long, and it cancels every order of the
   * account, or of the instruments. Absent: there is none.
   */
  armDeadMan?(timeoutMs: number | null, instruments: readonly InstrumentId[]): Promise<void>
  /** Makes an order whose fate is not known impossible, where the venue can. Absent: it cannot. */
  burn?(id: ClientOrderId): Promise<BurnOutcome>
  /** What the venue says of its own state; null = all is well. Absent: it has no such question. */
  word?(): Promise<VenueWord | null>
  /** Absent: the adapter does not measure it. */
  link?(): VenueLink
  close(): Promise<void>
}
