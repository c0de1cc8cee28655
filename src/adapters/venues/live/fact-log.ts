/** Numbers what happened to an account, each thing once: streams, queries and restarts tell the same things again. */
import type { VenueAccountEvent } from '../../../domain/venue-report.ts'
import type { VenueFact } from './dialect.ts'
import type { Stamps } from './stamps.ts'

/** Events that can be asked for again; a desk asks for what it has not booked, which is far less. */
const EVENTS_MAX = 10_000
/** Keys that are remembered without asking the journal; more than can be told between two commits. */
const KEYS_MAX = 50_000

export interface FactLogOptions {
  /** Number of the last event in the journal; the next is one above. */
  readonly lastVenueSeq: number
  /** Whether the journal holds it; see keyOf in domain/venue-report.ts. */
  readonly isBooked: (key: string) => boolean
  readonly stamps: Stamps
}

export class FactLog {
  readonly #isBooked: (key: string) => boolean
  readonly #stamps: Stamps
  readonly #keys = new Set<string>()
  #events: VenueAccountEvent[] = []
  #seq: number

  constructor(options: FactLogOptions) {
    this.#isBooked = options.isBooked
    this.#stamps = options.stamps
    this.#seq = options.lastVenueSeq
  }

  get lastSeq(): number {
    return this.#seq
  }

  /** Those of the facts that are new, numbered in their order. */
  add(facts: readonly VenueFact[]): readonly VenueAccountEvent[] {
    const added: VenueAccountEvent[] = []
    for (const fact of facts) {
      if (this.#isKnown(fact)) continue
      added.push({ ...this.#believed(fact), venueSeq: ++this.#seq })
    }
    this.#events.push(...added)
    if (this.#events.length > EVENTS_MAX) this.#events = this.#events.slice(-EVENTS_MAX)
    return added
  }

  /** Events after a number, as numbered in this process. */
  since(venueSeq: number): readonly VenueAccountEvent[] {
    return this.#events.filter((event) => event.venueSeq > venueSeq)
  }

  /** The moment of a payment of funding is its name in the journal, and stays as the venue told it. */
  #believed(fact: VenueFact): VenueFact {
    if (fact.kind === 'funding' || !this.#stamps.isWrong(fact.at)) return fact
    const at = this.#stamps.believed(fact.at, fact.key)
    return fact.kind === 'fill' ? { ...fact, at, fill: { ...fact.fill, at } } : { ...fact, at }
  }

  #isKnown(fact: VenueFact): boolean {
    if (this.#keys.has(fact.key)) return true
    this.#keys.add(fact.key)
    if (this.#keys.size > KEYS_MAX)
      for (const oldest of this.#keys) {
        this.#keys.delete(oldest)
        break
      }
    // The status of an order is a hint that the journal keeps under no key: twice is no harm.
    return fact.kind !== 'order' && this.#isBooked(fact.key)
  }
}
