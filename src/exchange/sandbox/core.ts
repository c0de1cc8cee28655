/** What the venues of one sandbox share. */
import type { Instrument, InstrumentId } from '../../domain/instrument.ts'
import type { Clock } from '../../ports/clock.ts'
import type { SandboxStore } from '../../ports/sandbox-store.ts'
import type { ExchangeBooks } from '../exchange-books.ts'
import { FaultPlan } from './faults.ts'
import type { SandboxVenue } from './front.ts'
import { Limiter } from './limiter.ts'
import { Timeline } from './timeline.ts'

/** The first number that the sandbox gives to an order, a fill or a payment. */
const FIRST_ID = 40_000_000_001
const TIMELINE = 'timeline'

export interface CoreParts {
  readonly books: ExchangeBooks
  readonly store: SandboxStore
  readonly clock: Pick<Clock, 'monotonicMs' | 'wallMs'>
  readonly hasRateLimits: boolean
}

export class SandboxCore {
  readonly books: ExchangeBooks
  readonly store: SandboxStore
  readonly timeline: Timeline
  readonly faults: FaultPlan
  readonly limiter: Limiter
  readonly #clock: Pick<Clock, 'monotonicMs' | 'wallMs'>
  readonly #instruments = new Map<InstrumentId, Instrument>()
  #lastId: number

  constructor({ books, store, clock, hasRateLimits }: CoreParts) {
    this.books = books
    this.store = store
    this.#clock = clock
    this.faults = new FaultPlan(() => clock.monotonicMs())
    this.limiter = new Limiter(hasRateLimits, () => clock.wallMs())
    this.timeline = new Timeline(store.note(TIMELINE))
    this.#lastId = Math.max(FIRST_ID - 1, store.lastId())
    this.keepTime()
  }

  wallMs(): number {
    return this.#clock.wallMs()
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs()
  }

  /** The clock that a venue shows: ours, and what the fault `clock` adds. */
  venueWallMs(venue: SandboxVenue): number {
    const drift = this.faults.holding('clock', { venue })
    return this.#clock.wallMs() + (drift?.value ?? 0)
  }

  /** Market time as shown. */
  shownAt(): number {
    return this.timeline.shown(this.books.at)
  }

  /** Sees to it that no stamp lies behind the wall clock. */
  keepTime(): void {
    if (this.timeline.extend(this.books.at, this.#clock.wallMs())) {
      this.store.commit([], { [TIMELINE]: this.timeline.stored() })
    }
  }

  /** Durable with the row that carries it: a number that no row carries was never told. */
  nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  addInstrument(instrument: Instrument): void {
    this.#instruments.set(instrument.id, instrument)
  }

  instrumentOf(id: InstrumentId): Instrument {
    const found = this.#instruments.get(id)
    if (found === undefined) throw new RangeError(`The sandbox has no instrument ${id}.`)
    return found
  }
}
