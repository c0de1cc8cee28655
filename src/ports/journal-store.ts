/** The desk's journal of one venue account: the truth about what was sent and what came of it. */
import type { NumberedEvent } from '../domain/account-event.ts'
import type { ClientOrderId, Fill, Origin, StoredOrder } from '../domain/order.ts'
import type { ApprovedIntent } from '../domain/risk.ts'
import type { Json } from '../domain/strategy.ts'
import type { VenueBooking } from '../domain/venue-report.ts'

/** Final outcome of an order, or its latest one. `absent`: proven never to have reached the book. */
export type JournalOutcome =
  | 'accepted'
  | 'rejected'
  | 'unknown'
  | 'filled'
  | 'canceled'
  | 'expired'
  | 'absent'

export interface JournalBatch {
  readonly intents: readonly ApprovedIntent[]
  readonly outcomes: readonly {
    readonly clientId: ClientOrderId
    readonly outcome: JournalOutcome
    readonly reason: string | null
    readonly isSettled: boolean
  }[]
  readonly events: readonly {
    readonly instance: string
    readonly venueSeq: number
    readonly event: NumberedEvent
  }[]
  /** What happened to the account and no instance books: cash, trades and funding of others; absent = nothing. */
  readonly unowned?: readonly VenueBooking[]
  /** The last venue event that is booked by this batch. */
  readonly venueSeq: number | null
  readonly instances: readonly JournalInstance[]
  /** What is kept of the account as a whole (limits, grant); absent = as it was. */
  readonly account?: Json
}

/** A journal could not be trusted and was kept aside; this one began anew. */
export interface JournalDamage {
  /** Name under which it lies in the same folder. */
  readonly file: string
  readonly reason: string
  /** ISO 8601, wall clock. */
  readonly at: string
}

/** What is kept of an instance: how it was configured, its risk state, and an end that is under way. */
export interface JournalInstance {
  readonly instance: string
  /** The settings message of the instance as it came, plain data. */
  readonly settings: Json
  readonly instrument: Json
  readonly risk: Json
  readonly override: 'cancel' | 'flatten' | 'released' | null
}

export interface JournalOrderRow {
  readonly clientId: ClientOrderId
  readonly instance: string
  readonly origin: Origin
  readonly request: Json
  readonly outcome: JournalOutcome | null
  readonly reason: string | null
  readonly quantityFilled: number
  readonly isSettled: boolean
  readonly sentAt: number
}

/** Another desk has opened the journal since: it owns the account, and this one must send nothing more. */
export class JournalLostError extends Error {
  override readonly name = 'JournalLostError'
}

export interface JournalStore {
  /** Number of this start; grows by one at each open, durable before the constructor returns. */
  readonly epoch: number
  readonly lastSeq: number
  readonly lastVenueSeq: number
  /** This journal took the place of a damaged one, and no operator has released it since; else null. */
  readonly damage: JournalDamage | null
  forgetDamage(): void
  /** What was committed last of the account as a whole, null before. */
  account(): Json | null
  instances(): readonly JournalInstance[]
  /** Orders without a settled outcome, oldest first, per instance. */
  unsettled(instance: string): readonly StoredOrder[]
  originOf(clientId: ClientOrderId): Origin | null
  eventsAfter(instance: string, seq: number, limit: number): readonly NumberedEvent[]
  lastSeqOf(instance: string): number
  /** Whether an event is booked, for an instance or for the account. @param key see keyOf (domain/venue-report.ts) */
  isBooked(key: string): boolean
  /** What was booked for the account alone, the newest first. */
  unowned(limit: number): readonly VenueBooking[]
  /** Reserves `count` client id counters of this start durably; returns the first. */
  reserveIds(count: number): number
  /**
   * Reserves `count` counters that go on over all starts durably; returns the first. A new journal begins where the clock
   * puts it, above those of a journal that was lost (firstSerial, domain/client-id.ts).
   */
  reserveSerials(count: number): number
  /** One transaction, on disk (fsync) when this returns. @throws JournalLostError when another desk has opened it since */
  commit(batch: JournalBatch): void
  orders(instance: string | null, limit: number): readonly JournalOrderRow[]
  fills(
    instance: string | null,
    limit: number,
  ): readonly (Fill & { readonly instance: string; readonly origin: Origin })[]
  /** Upkeep that takes some ms and loses nothing when it fails; called between orders, so that no commit waits for it. */
  tidy(): void
  close(): void
}
