/**
 * A journal double that keeps only what was committed: a crash hands the next desk exactly what a disk would hold
 * after a power cut. Anything that was sent without a commit before it shows as an order without an intent.
 */
import type { NumberedEvent } from '../../src/domain/account-event.ts'
import { type Quantity, quantity } from '../../src/domain/money.ts'
import type { ClientOrderId, Origin, StoredOrder } from '../../src/domain/order.ts'
import type { Json } from '../../src/domain/strategy.ts'
import { keyOf, type VenueBooking } from '../../src/domain/venue-report.ts'
import {
  type JournalBatch,
  type JournalDamage,
  type JournalInstance,
  JournalLostError,
  type JournalOrderRow,
  type JournalStore,
} from '../../src/ports/journal-store.ts'

interface Row {
  readonly order: StoredOrder
  readonly instance: string
  filled: number
  isSettled: boolean
  outcome: string | null
}

/** What survives on the disk. */
export class Disk {
  epoch = 0
  nextId = 0
  venueSeq = 0
  readonly rows = new Map<ClientOrderId, Row>()
  readonly events: { instance: string; event: NumberedEvent }[] = []
  readonly fillIds = new Set<string>()
  readonly instances = new Map<string, JournalInstance>()
  account: Json | null = null
  damage: JournalDamage | null = null
  seqBase = 0
  /** Counter of ids that goes on over all starts. */
  nextSerial = 0
  /** Names of what was booked beside fills of instances; the value is there where no instance booked it. */
  readonly booked = new Map<string, VenueBooking | null>()
}

export class MemoryJournal implements JournalStore {
  readonly epoch: number
  readonly disk: Disk
  /** Set by a test to make the next commits fail like a full disk. */
  isFull = false

  constructor(disk: Disk) {
    this.disk = disk
    this.epoch = ++disk.epoch
    disk.nextId = 0
  }
  get lastSeq(): number {
    return Math.max(this.disk.events.at(-1)?.event.seq ?? 0, this.disk.seqBase)
  }
  get lastVenueSeq(): number {
    return this.disk.venueSeq
  }
  get damage(): JournalDamage | null {
    return this.disk.damage
  }
  forgetDamage(): void {
    this.disk.damage = null
  }
  account(): Json | null {
    return structuredClone(this.disk.account)
  }
  instances(): readonly JournalInstance[] {
    return structuredClone([...this.disk.instances.values()])
  }
  unsettled(instance: string): readonly StoredOrder[] {
    return [...this.disk.rows.values()]
      .filter((row) => row.instance === instance && !row.isSettled)
      .map((row) => ({ ...row.order, quantityFilled: quantity(row.filled) }))
  }
  originOf(clientId: ClientOrderId): Origin | null {
    return this.disk.rows.get(clientId)?.order.origin ?? null
  }
  eventsAfter(instance: string, seq: number, limit: number): readonly NumberedEvent[] {
    return this.disk.events
      .filter((row) => row.instance === instance && row.event.seq > seq)
      .slice(0, limit)
      .map((row) => row.event)
  }
  lastSeqOf(instance: string): number {
    return this.disk.events.findLast((row) => row.instance === instance)?.event.seq ?? 0
  }
  reserveIds(count: number): number {
    const first = this.disk.nextId
    this.disk.nextId += count
    return first
  }
  reserveSerials(count: number): number {
    const first = this.disk.nextSerial
    this.disk.nextSerial += count
    return first
  }
  isBooked(key: string): boolean {
    return this.disk.booked.has(key) || this.disk.fillIds.has(key.replace(/^fill:/, ''))
  }
  unowned(limit: number): readonly VenueBooking[] {
    return [...this.disk.booked.values()]
      .filter((booking) => booking !== null)
      .reverse()
      .slice(0, limit)
  }
  #name(key: string, booking: VenueBooking | null): void {
    if (this.disk.booked.has(key)) throw new Error(`${key} was booked twice`)
    this.disk.booked.set(key, booking)
  }
  commit(batch: JournalBatch): void {
    if (this.isFull) throw new Error('ENOSPC: no space left on device')
    if (this.epoch !== this.disk.epoch)
      throw new JournalLostError('another desk has opened the journal since')
    const copy = batch
    for (const { intent, expiresAt } of copy.intents) {
      const order = {
        clientId: intent.clientId,
        origin: intent.origin,
        request: intent.request,
        quantityFilled: 0 as Quantity,
        expiresAt,
      }
      if (this.disk.rows.has(intent.clientId))
        throw new Error(`client id ${intent.clientId} was used twice`)
      this.disk.rows.set(intent.clientId, {
        order,
        instance: intent.instance,
        filled: 0,
        isSettled: false,
        outcome: null,
      })
    }
    for (const { instance, event } of copy.events) this.#addEvent(instance, event)
    for (const booking of copy.unowned ?? []) this.#name(keyOf(booking), booking)
    for (const { clientId, outcome, isSettled } of copy.outcomes) {
      const row = this.disk.rows.get(clientId)
      if (!row) continue
      row.outcome = outcome
      row.isSettled ||= isSettled
    }
    if (copy.venueSeq !== null) this.disk.venueSeq = copy.venueSeq
    if (copy.account !== undefined) this.disk.account = structuredClone(copy.account)
    for (const row of copy.instances) this.disk.instances.set(row.instance, structuredClone(row))
  }
  #addEvent(instance: string, event: NumberedEvent): void {
    if (event.kind === 'fill') {
      if (this.disk.fillIds.has(event.fill.id))
        throw new Error(`fill ${event.fill.id} was booked twice`)
      this.disk.fillIds.add(event.fill.id)
      const row = event.fill.clientId === null ? undefined : this.disk.rows.get(event.fill.clientId)
      if (row) row.filled += event.fill.quantity
    }
    if (event.kind === 'funding') this.#name(keyOf({ ...event, venueSeq: 0 }), null)
    this.disk.events.push({ instance, event })
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
