/** The instances of an account desk: attached at the venue, restored from the journal, found by id, order or instrument. */
import type { InstrumentId } from '../domain/instrument.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { Attached, VenueAccountEvent } from '../domain/venue-report.ts'
import type { RiskState } from '../engine/instance-risk.ts'
import { OrderLoop } from '../engine/order-loop.ts'
import type { Clock } from '../ports/clock.ts'
import type { JournalStore } from '../ports/journal-store.ts'
import type { VenueAccount } from '../ports/venue.ts'
import type { DeskInstanceSettings } from '../protocol/desk-messages.ts'
import type { InstanceEntry } from './instance-entry.ts'

export interface InstancesParts {
  readonly key: string
  readonly venue: VenueAccount
  readonly journal: JournalStore
  readonly clock: Clock
  readonly isReconciled: () => boolean
  readonly onAttached: (attached: Attached) => void
}

export class Instances {
  readonly #parts: InstancesParts
  readonly #entries = new Map<string, InstanceEntry>()
  readonly #byInstrument = new Map<InstrumentId, InstanceEntry>()
  readonly #opening = new Map<string, Promise<InstanceEntry>>()

  constructor(parts: InstancesParts) {
    this.#parts = parts
  }

  get entries(): ReadonlyMap<string, InstanceEntry> {
    return this.#entries
  }
  all(): IterableIterator<InstanceEntry> {
    return this.#entries.values()
  }
  on(instrument: InstrumentId): InstanceEntry | undefined {
    return this.#byInstrument.get(instrument)
  }

  /** The instance on whose loop the order works and is not settled. */
  withOrder(clientId: ClientOrderId): InstanceEntry | undefined {
    for (const entry of this.#entries.values()) if (entry.loop.hasOrder(clientId)) return entry
    return undefined
  }

  /** Whom an account event concerns. */
  concernedBy(event: VenueAccountEvent): InstanceEntry | undefined {
    if (event.kind === 'fill') return this.on(event.fill.instrument)
    if (event.kind === 'funding') return this.on(event.instrument)
    return event.kind === 'order' ? this.withOrder(event.clientId) : undefined
  }

  /** The entry of an instance, attached at the venue and restored from the journal at its first use. */
  open(settings: DeskInstanceSettings): Promise<InstanceEntry> {
    const known = this.#entries.get(settings.instance)
    if (known) return Promise.resolve(known)
    let opening = this.#opening.get(settings.instance)
    if (!opening) {
      opening = this.#take(settings).finally(() => this.#opening.delete(settings.instance))
      this.#opening.set(settings.instance, opening)
    }
    return opening
  }

  async #take(settings: DeskInstanceSettings): Promise<InstanceEntry> {
    const attached = await this.attach(settings)
    const owner = this.#byInstrument.get(attached.instrument.id)
    if (owner && owner.settings.instance !== settings.instance && owner.override !== 'released') {
      throw new Error(
        `${settings.symbol} on account ${this.#parts.key} already belongs to instance ${owner.settings.instance}; ` +
          'stop that one or use another account',
      )
    }
    this.#parts.onAttached(attached)
    return this.#enter(settings, attached)
  }

  attach(settings: DeskInstanceSettings): Promise<Attached> {
    const { instance, symbol, leverage, marginMode, paper, feed } = settings
    return this.#parts.venue.attach({ instance, symbol, leverage, marginMode, paper, feed })
  }

  #enter(settings: DeskInstanceSettings, attached: Attached): InstanceEntry {
    const { journal } = this.#parts
    const stored = journal.instances().find((row) => row.instance === settings.instance)
    const loop = new OrderLoop(
      { ...settings, instrument: attached.instrument },
      attached.at,
      attached.price,
    )
    const unsettled = journal.unsettled(settings.instance)
    const risk = stored ? (stored.risk as unknown as RiskState) : null
    loop.restore(risk, unsettled, journal.lastSeqOf(settings.instance))
    if (unsettled.length === 0) loop.setReconciled(this.#parts.isReconciled())
    const override = stored?.override ?? null
    if (override === 'cancel' || override === 'flatten') loop.setOverride(override)
    loop.onPrice(attached.at, attached.price)
    const entry: InstanceEntry = {
      settings,
      instrument: attached.instrument,
      loop,
      fees: attached.fees,
      feed: attached.feed,
      link: null,
      heardAt: this.#parts.clock.monotonicMs(),
      override,
      ending: null,
      isStepAwaited: false,
      reasonsSent: '',
      isDirty: true,
    }
    this.#entries.set(settings.instance, entry)
    this.#byInstrument.set(attached.instrument.id, entry)
    return entry
  }
}
