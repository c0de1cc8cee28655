/** Books what the venue tells of the account: each event once, in its order, with the next number, for its instance. */
import type { NumberedEvent } from '../domain/account-event.ts'
import type { InstrumentId } from '../domain/instrument.ts'
import type { ClientOrderId } from '../domain/order.ts'
import { syntheticFill } from '../domain/reconciliation.ts'
import { keyOf, type VenueAccountEvent, type VenueBooking } from '../domain/venue-report.ts'
import type { BotEvent } from '../engine/order-loop-types.ts'
import type { JournalStore } from '../ports/journal-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { AccountGuard } from './account-guard.ts'
import type { ForeignPolicy } from './foreign-policy.ts'
import type { InstanceEntry } from './instance-entry.ts'
import type { Instances } from './instances.ts'
import type { JournalBuffer } from './journal-buffer.ts'
import { outcomeOf, type VenueGateway } from './venue-gateway.ts'

type FillEvent = Extract<VenueAccountEvent, { kind: 'fill' }>

/** Names of the latest bookings that are kept in memory: they may not be durable yet. */
const RECENT_MAX = 4096
/** A position that was taken over may hold a fill whose stamp is so much later than our idea of the venue's clock, ms. */
const ADOPTED_MARGIN_MS = 5000

export interface EventBookParts {
  readonly key: string
  readonly journal: JournalStore
  readonly logger: Logger
  readonly instances: Instances
  readonly buffer: JournalBuffer
  readonly gateway: VenueGateway
  readonly guard: AccountGuard
  readonly policy: ForeignPolicy
  /** The venue's wall clock, ms, at least; long ago before it was measured. */
  readonly venueNow: () => number
  /** Events are missing: the account must be compared with the venue. */
  readonly onHole: (reason: string) => void
  /** A fill that may have been in a position taken over: the booked one may be wrong until the venue's was compared. */
  readonly onDoubt: (entry: InstanceEntry) => void
}

export class EventBook {
  readonly #parts: EventBookParts
  #seq: number
  #venueSeq: number
  /** Instruments on which something happened that no instance booked. */
  readonly #unowned = new Set<InstrumentId>()
  readonly #recent = new Set<string>()
  #lateFills = 0

  constructor(parts: EventBookParts) {
    this.#parts = parts
    this.#seq = parts.journal.lastSeq
    this.#venueSeq = parts.journal.lastVenueSeq
  }

  get venueSeq(): number {
    return this.#venueSeq
  }

  /** Fills of orders that were settled, since the desk started. */
  get lateFillsTotal(): number {
    return this.#lateFills
  }

  /**
   * A bot has booked further than this journal: the journal has lost its end, or is another one.
   * @returns whether it was so; later events get higher numbers
   */
  isBehind(afterSeq: number): boolean {
    if (afterSeq <= this.#seq) return false
    this.#seq = afterSeq
    return true
  }

  /** Whether something happened on an instrument that no instance booked since the last question. */
  takeUnowned(instrument: InstrumentId): boolean {
    return this.#unowned.delete(instrument)
  }

  /** Books venue events in their order; those already booked are skipped, a hole asks for reconciliation. */
  book(events: readonly VenueAccountEvent[]): void {
    for (const event of events) {
      if (event.venueSeq <= this.#venueSeq) continue
      if (event.venueSeq > this.#venueSeq + 1) {
        this.#parts.onHole(`events ${this.#venueSeq + 1} to ${event.venueSeq - 1} are missing`)
        break
      }
      this.#venueSeq = event.venueSeq
      this.#parts.buffer.setVenueSeq(event.venueSeq)
      this.#bookOne(event)
    }
  }

  /** The same thing told under another number (a stream and a query, or again after a gap) is booked once. */
  #isRepeated(event: VenueBooking): boolean {
    const key = keyOf(event)
    if (this.#recent.has(key) || this.#parts.journal.isBooked(key)) {
      const text = `${key} was told again under another number: it is booked already`
      this.#parts.logger.warn('desk', text, { account: this.#parts.key, venueSeq: event.venueSeq })
      return true
    }
    this.#recent.add(key)
    const [oldest] = this.#recent
    if (this.#recent.size > RECENT_MAX && oldest !== undefined) this.#recent.delete(oldest)
    return false
  }

  #bookOne(event: VenueAccountEvent): void {
    const { instances, guard, journal } = this.#parts
    if (event.kind !== 'order' && this.#isRepeated(event)) return
    if (event.kind === 'cash') guard.onCash(event.amount, event.reason)
    const entry = instances.concernedBy(event)
    if (!entry) {
      if (event.kind !== 'order') this.#bookUnowned(event)
      return
    }
    if (event.kind === 'fill') this.#checkOrder(entry, event)
    const clientId =
      event.kind === 'fill' ? event.fill.clientId : event.kind === 'order' ? event.clientId : null
    const { mode, latch } = entry.loop.risk
    const botEvent = entry.loop.onVenueEvent(event, (id) => journal.originOf(id))
    const reached = entry.loop.risk.latch
    if (reached !== null && reached !== latch) guard.onLatched(entry, mode, reached)
    if (clientId !== null) this.#noteOutcome(entry, clientId, event)
    if (botEvent) this.#number(entry, event.venueSeq, botEvent)
  }

  /** The bot hears of it, under the next number, when it is durable. */
  #number(entry: InstanceEntry, venueSeq: number, told: BotEvent): void {
    const numbered = numberedEvent(++this.#seq, told)
    entry.loop.handed(numbered.seq)
    entry.isDirty = true
    this.#parts.buffer.addEvent(entry.settings.instance, venueSeq, numbered)
  }

  /** Books lots that the venue holds and no event explains, at mark, as a fill of nobody that costs nothing. */
  adopt(entry: InstanceEntry, lots: number): void {
    const { loop, instrument } = entry
    // No number of the venue is used up: those of adoptions are negative, and as unique as ours.
    const venueSeq = -(this.#seq + 1)
    const { at, handedSeq: afterSeq, risk } = loop
    const fill = syntheticFill({
      instrument: instrument.id,
      afterSeq,
      lots,
      mark: risk.price.mark,
      at,
    })
    const event = { kind: 'fill', venueSeq, at, fill, isLiquidation: false } as const
    const told = loop.onVenueEvent(event, () => null)
    risk.forgetCost()
    loop.outside.setAdoptedAt(Math.max(at, this.#parts.venueNow()) + ADOPTED_MARGIN_MS)
    if (told) this.#number(entry, venueSeq, told)
  }

  /** A fill is a fact and is booked; that its order was over already means that somebody was wrong about it. */
  #checkOrder(entry: InstanceEntry, { fill, isLiquidation }: FillEvent): void {
    const { id, clientId, quantity: lots } = fill
    // Of an order that is open here too: it may have been told as filled, and its lots taken over, before its fill.
    if (fill.at <= entry.loop.outside.adoptedAt) this.#parts.onDoubt(entry)
    if (clientId !== null && entry.loop.hasOrder(clientId)) return
    if (clientId === null || this.#parts.journal.originOf(clientId) === null) {
      if (!isLiquidation) this.#parts.policy.seen(entry, `fill ${id}`)
      return
    }
    this.#lateFills++
    const fields = { account: this.#parts.key, bot: entry.settings.instance, fill: id, lots }
    const text = `order ${clientId} has filled after it was over: the fill is booked; compare the position with the venue`
    this.#parts.logger.error('orders', text, { ...fields, alert: 'LateFill', severity: 'warning' })
  }

  #bookUnowned(event: VenueBooking): void {
    this.#parts.buffer.addUnowned(event)
    if (event.kind === 'cash') return
    this.#parts.guard.onUnowned(event)
    this.#unowned.add(event.kind === 'fill' ? event.fill.instrument : event.instrument)
    const text = `a ${event.kind} on an instrument of no instance was seen`
    this.#parts.logger.warn('desk', text, { account: this.#parts.key, event })
  }

  #noteOutcome(entry: InstanceEntry, clientId: ClientOrderId, event: VenueAccountEvent): void {
    const { gateway } = this.#parts
    if (event.kind === 'order') {
      entry.isDirty ||= event.status === 'rejected'
      gateway.note(entry, clientId, outcomeOf(event.status), event.reason)
    } else if (!entry.loop.hasOrder(clientId)) gateway.note(entry, clientId, 'filled', null)
  }
}

function numberedEvent(seq: number, told: BotEvent): NumberedEvent {
  const { at } = told.event
  if (told.kind === 'fill')
    return { seq, at, kind: 'fill', fill: { ...told.event.fill, origin: told.origin } }
  const { instrument, amount, rate, position } = told.event
  return { seq, at, kind: 'funding', instrument, amount, rate, position }
}
