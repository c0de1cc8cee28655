/**
 * A journal on a model of a disk. A commit is one record: written, then synced. What is not synced when the machine dies
 * is lost, torn (a checksum drops it) or, by luck, there. A full disk refuses the record; a failed sync leaves one that
 * nobody knows of and the next record overwrites.
 */
import type { NumberedEvent } from '../../../src/domain/account-event.ts'
import { quantity } from '../../../src/domain/money.ts'
import type { ClientOrderId, Origin, StoredOrder } from '../../../src/domain/order.ts'
import type { Json } from '../../../src/domain/strategy.ts'
import { keyOf, type VenueBooking } from '../../../src/domain/venue-report.ts'
import {
  type JournalBatch,
  type JournalInstance,
  JournalLostError,
  type JournalOrderRow,
  type JournalStore,
} from '../../../src/ports/journal-store.ts'
import type { Random } from '../../support/random.ts'
import type { Coverage } from './coverage.ts'
import type { CrashPoint, Fuse } from './fuse.ts'
import type { Owner } from './scheduler.ts'

interface Row {
  readonly order: StoredOrder
  filled: number
  isSettled: boolean
  outcome: string | null
}

/** What the disk holds; it outlives every process. */
export class Platter {
  epoch = 0
  nextId = 0
  nextSerial = 0
  venueSeq = 0
  lastSeq = 0
  readonly rows = new Map<ClientOrderId, Row>()
  readonly open = new Map<string, Map<ClientOrderId, Row>>()
  readonly events = new Map<string, NumberedEvent[]>()
  readonly booked = new Map<string, VenueBooking | null>()
  readonly instances = new Map<string, JournalInstance>()
  account: Json | null = null
  /** Written by a commit whose sync failed: there after a crash, if the disk likes. */
  limbo: JournalBatch | null = null

  apply(batch: JournalBatch): void {
    for (const { intent, expiresAt } of batch.intents) {
      const { clientId, origin, request, instance } = intent
      const order = { clientId, origin, request, quantityFilled: quantity(0), expiresAt }
      const row: Row = { order, filled: 0, isSettled: false, outcome: null }
      this.rows.set(clientId, row)
      this.#openOf(instance).set(clientId, row)
    }
    for (const { instance, event } of batch.events) this.#addEvent(instance, event)
    for (const booking of batch.unowned ?? []) this.booked.set(keyOf(booking), booking)
    for (const { clientId, outcome, isSettled } of batch.outcomes) {
      const row = this.rows.get(clientId)
      if (row === undefined) continue
      row.outcome = outcome
      row.isSettled ||= isSettled
      if (row.isSettled) for (const open of this.open.values()) open.delete(clientId)
    }
    if (batch.venueSeq !== null) this.venueSeq = batch.venueSeq
    if (batch.account !== undefined) this.account = batch.account
    for (const row of batch.instances) this.instances.set(row.instance, row)
  }

  #openOf(instance: string): Map<ClientOrderId, Row> {
    let open = this.open.get(instance)
    if (open === undefined) {
      open = new Map()
      this.open.set(instance, open)
    }
    return open
  }

  #addEvent(instance: string, event: NumberedEvent): void {
    const list = this.events.get(instance)
    if (list === undefined) this.events.set(instance, [event])
    else list.push(event)
    this.lastSeq = Math.max(this.lastSeq, event.seq)
    this.booked.set(keyOf({ ...event, venueSeq: 0 } as VenueBooking), null)
    if (event.kind !== 'fill' || event.fill.clientId === null) return
    const row = this.rows.get(event.fill.clientId)
    if (row !== undefined) row.filled += event.fill.quantity
  }
}

export interface DiskFaults {
  isFull: boolean
  /** How many of the next syncs fail. */
  failingSyncs: number
}

export interface DiskJournalParts {
  readonly platter: Platter
  readonly owner: Owner
  readonly fuse: Fuse
  readonly faults: DiskFaults
  readonly random: Random
  readonly coverage: Coverage
  /** Judged before it is durable, by whoever looks for mistakes. */
  readonly onCommit: (batch: JournalBatch, epoch: number) => void
}

const lost: readonly CrashPoint[] = [
  'crash: before a commit is written',
  'crash: commit written, not synced, lost',
  'crash: commit torn',
]
const survived: readonly CrashPoint[] = [
  'crash: commit survives unsynced',
  'crash: commit durable, not answered',
]

/** The process has died within this call. */
export class CrashedError extends Error {}

export class DiskJournal implements JournalStore {
  readonly epoch: number
  readonly damage = null
  readonly #parts: DiskJournalParts
  readonly #platter: Platter

  constructor(parts: DiskJournalParts) {
    this.#parts = parts
    this.#platter = parts.platter
    const { platter, random, coverage } = parts
    if (platter.limbo !== null && random.chance(0.5)) {
      coverage.sometimes('disk: failed commit survives a crash')
      parts.onCommit(platter.limbo, platter.epoch)
      platter.apply(platter.limbo)
    }
    platter.limbo = null
    this.epoch = ++platter.epoch
    platter.nextId = 0
  }

  get lastSeq(): number {
    return this.#platter.lastSeq
  }
  get lastVenueSeq(): number {
    return this.#platter.venueSeq
  }
  forgetDamage(): void {}
  account(): Json | null {
    return this.#platter.account
  }
  instances(): readonly JournalInstance[] {
    return [...this.#platter.instances.values()]
  }
  unsettled(instance: string): readonly StoredOrder[] {
    const rows = this.#platter.open.get(instance)?.values() ?? []
    return [...rows].map(({ order, filled }) => ({ ...order, quantityFilled: quantity(filled) }))
  }
  originOf(clientId: ClientOrderId): Origin | null {
    return this.#platter.rows.get(clientId)?.order.origin ?? null
  }
  eventsAfter(instance: string, seq: number, limit: number): readonly NumberedEvent[] {
    const events = this.#platter.events.get(instance) ?? []
    let first = events.length
    while (first > 0 && (events[first - 1]?.seq ?? 0) > seq) first--
    return events.slice(first, first + limit)
  }
  lastSeqOf(instance: string): number {
    return this.#platter.events.get(instance)?.at(-1)?.seq ?? 0
  }
  isBooked(key: string): boolean {
    return this.#platter.booked.has(key)
  }
  unowned(): readonly VenueBooking[] {
    return []
  }

  reserveIds(count: number): number {
    return this.#reserve('nextId', count)
  }
  reserveSerials(count: number): number {
    return this.#reserve('nextSerial', count)
  }
  #reserve(counter: 'nextId' | 'nextSerial', count: number): number {
    const { fuse, owner, faults } = this.#parts
    if (fuse.passes('crash: before ids are reserved', owner)) throw new CrashedError()
    if (faults.isFull) throw new Error('ENOSPC: no space left on device')
    this.#checkEpoch()
    const first = this.#platter[counter]
    this.#platter[counter] = first + count
    return first
  }

  /** As the real store does: who opened the journal later owns it. */
  #checkEpoch(): void {
    if (this.#platter.epoch !== this.epoch)
      throw new JournalLostError('the journal was opened by another process since')
  }

  commit(batch: JournalBatch): void {
    const { fuse, owner, faults, coverage, onCommit } = this.#parts
    for (const point of lost) if (fuse.passes(point, owner)) throw new CrashedError()
    this.#checkEpoch()
    if (faults.isFull) {
      coverage.sometimes('disk: full')
      throw new Error('ENOSPC: no space left on device')
    }
    if (faults.failingSyncs > 0) {
      faults.failingSyncs--
      coverage.sometimes('disk: fsync fails')
      const { intents, outcomes, events } = batch
      const written = { intents: [...intents], outcomes: [...outcomes], events: [...events] }
      this.#platter.limbo = { ...batch, ...written }
      throw new Error('EIO: i/o error, fsync')
    }
    onCommit(batch, this.epoch)
    this.#platter.limbo = null
    this.#platter.apply(batch)
    for (const point of survived) if (fuse.passes(point, owner)) throw new CrashedError()
  }

  orders(): readonly JournalOrderRow[] {
    return []
  }
  fills(): readonly [] {
    return []
  }
  tidy(): void {}
  close(): void {}
}
