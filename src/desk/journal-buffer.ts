/** What waits to be written to the journal; one commit writes all of it, then hands the events out. */
import type { NumberedEvent } from '../domain/account-event.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { ApprovedIntent } from '../domain/risk.ts'
import type { Json } from '../domain/strategy.ts'
import type { VenueBooking } from '../domain/venue-report.ts'
import type { JournalBatch, JournalOutcome, JournalStore } from '../ports/journal-store.ts'

export class JournalBuffer {
  readonly #journal: JournalStore
  readonly #onCommitted: (events: JournalBatch['events']) => void
  #intents: ApprovedIntent[] = []
  #outcomes = new Map<ClientOrderId, JournalBatch['outcomes'][number]>()
  #events: JournalBatch['events'][number][] = []
  #unowned: VenueBooking[] = []
  #venueSeq: number | null = null

  /** @param onCommitted told of the events that are durable now and may be seen by bots */
  constructor(journal: JournalStore, onCommitted: (events: JournalBatch['events']) => void) {
    this.#journal = journal
    this.#onCommitted = onCommitted
  }

  /** Intents and events must be durable before anybody outside this process can see them. */
  get isUrgent(): boolean {
    return this.#intents.length > 0 || this.#events.length > 0 || this.#unowned.length > 0
  }
  get isEmpty(): boolean {
    return !this.isUrgent && this.#outcomes.size === 0 && this.#venueSeq === null
  }
  get intents(): readonly ApprovedIntent[] {
    return this.#intents
  }

  addIntents(intents: readonly ApprovedIntent[]): void {
    this.#intents.push(...intents)
  }

  addOutcome(
    clientId: ClientOrderId,
    outcome: JournalOutcome,
    reason: string | null,
    isSettled: boolean,
  ): void {
    this.#outcomes.set(clientId, { clientId, outcome, reason, isSettled })
  }

  addEvent(instance: string, venueSeq: number, event: NumberedEvent): void {
    this.#events.push({ instance, venueSeq, event })
  }

  /** What happened to the account and no instance books. */
  addUnowned(booking: VenueBooking): void {
    this.#unowned.push(booking)
  }

  setVenueSeq(venueSeq: number): void {
    this.#venueSeq = venueSeq
  }

  /** Intents that could not be written are dropped unsent; everything else waits for the next try. */
  dropIntents(): readonly ApprovedIntent[] {
    const dropped = this.#intents
    this.#intents = []
    for (const { intent } of dropped) this.#outcomes.delete(intent.clientId)
    return dropped
  }

  /** @throws what the store throws; nothing has been handed out then and everything is still here */
  commit(instances: JournalBatch['instances'], account: Json | null = null): void {
    if (this.isEmpty && instances.length === 0 && account === null) return
    const events = this.#events
    this.#journal.commit({
      intents: this.#intents,
      outcomes: [...this.#outcomes.values()],
      events,
      ...(this.#unowned.length === 0 ? {} : { unowned: this.#unowned }),
      venueSeq: this.#venueSeq,
      instances,
      ...(account === null ? {} : { account }),
    })
    this.#intents = []
    this.#outcomes = new Map()
    this.#events = []
    this.#unowned = []
    this.#venueSeq = null
    this.#onCommitted(events)
  }
}
