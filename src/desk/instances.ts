/** The instances of an account desk: attached at the venue, restored from the journal, found by id, order or instrument. */
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { Quantity } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { Attached, VenueAccountEvent } from '../domain/venue-report.ts'
import { OrderLoop } from '../engine/order-loop.ts'
import type { LoopState } from '../engine/order-loop-types.ts'
import type { Clock } from '../ports/clock.ts'
import type { JournalInstance, JournalStore } from '../ports/journal-store.ts'
import type { Logger } from '../ports/logger.ts'
import { SCALE_CHANGED, type VenueAccount, VenueError } from '../ports/venue.ts'
import type { DeskInstanceSettings } from '../protocol/desk-messages.ts'
import { type Found, instrumentOf, lookAt, notEmpty, withdraw } from './first-look.ts'
import type { InstanceEntry } from './instance-entry.ts'
import { restoredIn } from './scale-change.ts'

/** A bot that was not heard for so long counts as lost, ms; the longer time holds while a restart of the fleet is announced. */
const LOST_AFTER_MS = 15_000
const LOST_IN_RESTART_MS = 60_000

export interface InstancesParts {
  readonly key: string
  readonly venue: VenueAccount
  readonly journal: JournalStore
  readonly clock: Clock
  readonly logger: Logger
  readonly isReconciled: () => boolean
  readonly onAttached: (attached: Attached) => void
  /** A contract is counted otherwise than the loops of this process count it: it must end. */
  readonly onScaleChange: (text: string) => void
  /** A new entry, before anything is planned for it. */
  readonly onEntered: (entry: InstanceEntry) => void
  /** Whether something has happened on an instrument that no instance booked, since the last question. */
  readonly takeUnowned: (instrument: InstrumentId) => boolean
}

export class Instances {
  readonly #parts: InstancesParts
  readonly #entries = new Map<string, InstanceEntry>()
  readonly #byInstrument = new Map<InstrumentId, InstanceEntry>()
  readonly #opening = new Map<string, Promise<InstanceEntry>>()
  #lostAfterMs = LOST_AFTER_MS

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

  /** Whether an instance is on its way in: what comes for it must wait. */
  get isOpening(): boolean {
    return this.#opening.size > 0
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

  announceRestart(forMs: number): void {
    this.#lostAfterMs = LOST_IN_RESTART_MS
    this.#parts.clock.after(Math.min(forMs, LOST_IN_RESTART_MS), () => {
      this.#lostAfterMs = LOST_AFTER_MS
    })
  }

  /** What prices alone have moved in the loops is to be written. */
  noteChanges(): void {
    for (const entry of this.all()) {
      if (entry.loop.risk.changes === entry.changesWritten) continue
      entry.changesWritten = entry.loop.risk.changes
      entry.isDirty = true
    }
  }

  /** Bots that were not heard for too long count as lost. */
  giveUpSilent(): void {
    const heardBefore = this.#parts.clock.monotonicMs() - this.#lostAfterMs
    for (const { heardAt, override, settings, loop } of this.all()) {
      if (heardAt >= heardBefore || override === 'released') continue
      if (settings.onBotLost !== 'keep') loop.setBotLost(true)
    }
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

  /** An instance that was released starts again: the contract must still be free, and the venue is told anew. */
  async reopen(entry: InstanceEntry, settings: DeskInstanceSettings): Promise<void> {
    this.#checkOwner(settings, entry.instrument.id)
    const attached = await this.attach(settings)
    this.#checkOwner(settings, entry.instrument.id)
    this.#byInstrument.set(entry.instrument.id, entry)
    entry.loop.onPrice(attached.at, attached.price)
    entry.isDetached = false
  }

  /** An instance that the venue refuses now: its events are booked from the journal's terms, and nobody else's are held up. */
  takeBack(row: JournalInstance): void {
    const settings = row.settings as unknown as DeskInstanceSettings
    const instrument = row.instrument as unknown as Instrument
    const { price } = row.risk as unknown as LoopState
    const fees = { maker: instrument.makerFee, taker: instrument.takerFee }
    const attached: Attached = {
      instrument,
      price,
      at: 0,
      fees,
      feed: settings.feed ?? '',
      pace: 'free',
    }
    this.#enter(settings, attached, null).isDetached = true
  }

  async #take(settings: DeskInstanceSettings): Promise<InstanceEntry> {
    const { journal, takeUnowned } = this.#parts
    this.#checkOwner(settings, instrumentOf(settings))
    const isFirst = !journal.instances().some((row) => row.instance === settings.instance)
    takeUnowned(instrumentOf(settings))
    let found = isFirst ? await this.#firstLook(settings) : null
    const attached = await this.attach(settings)
    this.#checkOwner(settings, attached.instrument.id)
    // What has happened since the look was booked by nobody.
    while (isFirst && takeUnowned(attached.instrument.id)) found = await this.#firstLook(settings)
    this.#parts.onAttached(attached)
    return this.#enter(settings, attached, found)
  }

  /** One instance per account and contract; a shadow counts too, its loop needs the contract's prices and events. */
  #checkOwner(settings: DeskInstanceSettings, instrument: InstrumentId): void {
    const owner = this.#byInstrument.get(instrument)
    if (!owner || owner.override === 'released') return
    if (owner.settings.instance === settings.instance) return
    throw new Error(
      `${settings.symbol} on account ${this.#parts.key} already belongs to instance ${owner.settings.instance}: ` +
        'stop that one, or give this one another account with the key exchange_config.account',
    )
  }

  /** @throws Error when the account is not empty and nobody said that it may be taken over */
  async #firstLook(settings: DeskInstanceSettings): Promise<Found> {
    const { key, venue, journal } = this.#parts
    const instrument = instrumentOf(settings)
    const found = await lookAt(venue, instrument)
    if (journal.damage !== null) return found
    if (settings.initialPosition === 'adopt') {
      await withdraw(venue, instrument, found.orders)
      return found.orders.length === 0 ? found : lookAt(venue, instrument)
    }
    if (found.position !== 0) throw new Error(notEmpty(settings, key, found))
    return found
  }

  /** @throws VenueError of the venue */
  async attach(settings: DeskInstanceSettings): Promise<Attached> {
    const { instance, symbol, leverage, marginMode, paper, feed, bookDepth } = settings
    const depth = bookDepth === undefined ? {} : { bookDepth }
    const request = { instance, symbol, leverage, marginMode, paper, feed, ...depth }
    try {
      return await this.#parts.venue.attach(request)
    } catch (error) {
      const isOver = error instanceof VenueError && error.code === SCALE_CHANGED
      if (isOver) this.#parts.onScaleChange(error.message)
      throw error
    }
  }

  #enter(settings: DeskInstanceSettings, attached: Attached, found: Found | null): InstanceEntry {
    const { journal } = this.#parts
    const stored = journal.instances().find((row) => row.instance === settings.instance)
    const loop = new OrderLoop(
      { ...settings, instrument: attached.instrument },
      attached.at,
      attached.price,
    )
    const before = journal.unsettled(settings.instance)
    const { state, unsettled, text } = restoredIn(attached.instrument, stored, before)
    if (text !== null) this.#parts.logger.error('desk', text)
    loop.restore(state, unsettled, journal.lastSeqOf(settings.instance))
    if (unsettled.length === 0) loop.setReconciled(this.#parts.isReconciled())
    const override = stored?.override ?? null
    if (override === 'cancel' || override === 'flatten') loop.setOverride(override)
    loop.onPrice(attached.at, attached.price)
    if (found !== null) this.#begin(loop, found, settings)
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
      isDetached: false,
      isStepAwaited: false,
      reasonsSent: '',
      openSent: null,
      changesWritten: -1,
      isDirty: true,
    }
    this.#entries.set(settings.instance, entry)
    const owner = this.#byInstrument.get(attached.instrument.id)
    if (!owner || owner.override === 'released') this.#byInstrument.set(loop.instrument.id, entry)
    this.#parts.onEntered(entry)
    // Orders of others that were there a moment ago; the next comparison tells anew.
    if (found !== null) loop.outside.setOrders(found.orders)
    return entry
  }

  /** The first start under this journal: a position that is there is taken over from the venue, or from who had it. */
  #begin(loop: OrderLoop, found: Found, { mode }: DeskInstanceSettings): void {
    const before = this.#byInstrument.get(loop.instrument.id)
    if (found.position !== 0) {
      if (before) {
        before.loop.risk.handOver()
        before.isDirty = true
      }
      loop.risk.adopt(found.position as Quantity)
    }
    const isLost = this.#parts.journal.damage !== null
    // Real money moves only when somebody has said so, at the venue's own numbers.
    if (!isLost && mode !== 'live') return
    const kind = isLost ? 'journal_lost' : 'live_start'
    const since = this.#parts.clock.wallMs()
    loop.setMode('disarmed', { kind, since, marketAt: loop.at, limit: null })
  }
}

/** Whether an ended instance has given its contract to one that has not: it is not taken up again. */
export function ownedElsewhere(row: JournalInstance, rows: readonly JournalInstance[]): boolean {
  if (row.override !== 'released') return false
  const contractOf = (one: JournalInstance): string =>
    instrumentOf(one.settings as unknown as DeskInstanceSettings)
  return rows.some(
    (other) => other.override !== 'released' && contractOf(other) === contractOf(row),
  )
}
