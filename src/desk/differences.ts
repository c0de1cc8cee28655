/**
 * What the venue has and the desk does not: orders of others, which count in the exposure of the instance on their
 * contract, and positions that differ, for which the instance takes no new risk until the books agree or an operator
 * takes the venue's number over. See docs/concepts/desk.md.
 */
import type { ClientIdScheme } from '../domain/client-id.ts'
import type { InstrumentId } from '../domain/instrument.ts'
import type { Quantity } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import {
  comparePositions,
  isAverageDifferent,
  type PositionDifference,
} from '../domain/reconciliation.ts'
import type { VenueOrder, VenuePosition } from '../domain/venue-report.ts'
import type { Clock } from '../ports/clock.ts'
import type { JournalStore } from '../ports/journal-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { VenueAccount } from '../ports/venue.ts'
import type { EventBook } from './event-book.ts'
import type { ForeignPolicy } from './foreign-policy.ts'
import type { InstanceEntry } from './instance-entry.ts'
import type { Instances } from './instances.ts'
import { LostOrders } from './lost-orders.ts'

/** The second look at a difference comes no sooner: what a venue tells late must have had time to come. */
export const CONFIRM_AFTER_MS = 1000
/** A mismatch that stands is looked at this often. */
const STANDING_INTERVAL_MS = 5000

export interface DifferencesParts {
  readonly key: string
  readonly clock: Clock
  readonly logger: Logger
  readonly instances: Instances
  readonly book: EventBook
  readonly journal: JournalStore
  readonly venue: VenueAccount
  readonly policy: ForeignPolicy
  /** The venue's answers tell of a moment so long before, at worst, ms. */
  readonly queryLagMs: number
  /** How our client ids look there. */
  readonly scheme: ClientIdScheme
}

/** A difference as long as it stays the same and nothing is booked; times are monotonic ms. */
interface Standing {
  readonly lots: number
  /** Up to which event was booked. */
  readonly bookedSeq: number
  /** When the first answer that told it had come. */
  readonly since: number
  /** When the last question that found it was asked. */
  readonly askedAt: number
}

export class Differences {
  /** Those of the strangers that are of this desk's own earlier lives. */
  readonly lost: LostOrders
  readonly #parts: DifferencesParts
  #strangers: readonly VenueOrder[] = []
  #foreign: readonly VenueOrder[] = []
  #positions: readonly PositionDifference[] = []
  /** Contracts of ours on which the venue tells another average entry price. */
  #averages: readonly InstrumentId[] = []
  /** Since when (monotonic ms) the position of a contract differs without having been confirmed. */
  readonly #suspects = new Map<InstrumentId, number>()
  /** The difference of each contract as of the last look that found one. */
  readonly #standing = new Map<InstrumentId, Standing>()

  constructor(parts: DifferencesParts) {
    this.#parts = parts
    this.lost = new LostOrders({
      ...parts,
      isKnown: (id) => this.#isKnown(id),
      isSettled: (id) => this.#isSettled(id),
      onRival: (order) => this.#onRival(order),
      isTended: (instrument) => parts.instances.on(instrument)?.link != null,
    })
  }

  #onRival({ clientId, request }: VenueOrder): void {
    const owner = this.#parts.instances.on(request.instrument)
    if (owner !== undefined)
      this.#parts.policy.seen(owner, `order ${clientId} of another perpfleet at the venue`)
  }

  /** Whether the journal has ever held the order. */
  #isKnown(id: ClientOrderId): boolean {
    return this.#parts.journal.originOf(id) !== null
  }

  /** Orders that somebody has kept over an end stay unsettled: those are left alone. */
  #isSettled(id: ClientOrderId): boolean {
    const { journal } = this.#parts
    return !journal
      .instances()
      .some(({ instance }) => journal.unsettled(instance).some(({ clientId }) => clientId === id))
  }

  /** Orders at the venue that are not ours. */
  get foreign(): readonly VenueOrder[] {
    return this.#foreign
  }
  /** As of the last look, those on contracts of nobody here included. */
  get positions(): readonly PositionDifference[] {
    return this.#positions
  }
  /** Contracts on which the venue tells another average entry price than the books, as of the last look. */
  get averages(): readonly InstrumentId[] {
    return this.#averages
  }
  /** A contract of ours differs and nothing follows from it yet. */
  get isUnconfirmed(): boolean {
    return this.#suspects.size > 0
  }
  /** How soon the venue should be asked again, ms; null = nothing differs. */
  get intervalMs(): number | null {
    const outsides = [...this.#parts.instances.all()].map(({ loop }) => loop.outside)
    if (this.isUnconfirmed || outsides.some(({ isDoubted }) => isDoubted)) return CONFIRM_AFTER_MS
    return outsides.some(({ gap }) => gap !== 0) ? STANDING_INTERVAL_MS : null
  }

  /** Takes the open orders that no loop knows. */
  takeOrders(strangers: readonly VenueOrder[]): void {
    const { key, logger, instances } = this.#parts
    const before = new Set(this.#strangers.map(({ clientId }) => clientId))
    const told = new Set(this.#foreign.map(({ clientId }) => clientId))
    this.#strangers = strangers
    // One of ours may have ended while the answer was on its way; it is a stranger only when it is still there.
    this.#foreign = strangers.filter(
      ({ clientId }) => !this.#isKnown(clientId) || before.has(clientId),
    )
    for (const { clientId, request } of this.#foreign) {
      if (told.has(clientId)) continue
      const owner = instances.on(request.instrument)
      if (owner?.loop.outside.seen.includes(clientId)) continue
      // What one of our own earlier lives has left is withdrawn; it is nobody else's.
      if (owner !== undefined && !this.#parts.scheme.isOurs(clientId) && !this.#isKnown(clientId))
        this.#parts.policy.seen(owner, `order ${clientId} at the venue`)
      if (this.#isKnown(clientId) || this.#parts.scheme.isOurs(clientId)) continue
      const text = `order ${clientId} at the venue is not ours; it is left alone and counts in the exposure`
      logger.warn('reconciliation', text, { account: key })
    }
    for (const entry of instances.all()) {
      this.enter(entry)
      this.#forgetGone(entry)
    }
    this.lost.take(strangers)
  }

  #foreignOn({ instrument }: InstanceEntry): readonly VenueOrder[] {
    return this.#foreign.filter(({ request }) => request.instrument === instrument.id)
  }

  /** An operator lets the instance trade beside the orders of others that are there now: they are no news any more. */
  acknowledge(entry: InstanceEntry): void {
    entry.loop.outside.setSeen(this.#foreignOn(entry).map(({ clientId }) => clientId))
    entry.isDirty = true
  }

  /** What was seen and does not rest any more need not be remembered. */
  #forgetGone(entry: InstanceEntry): void {
    const { outside } = entry.loop
    const resting = new Set(this.#foreignOn(entry).map(({ clientId }) => clientId))
    const left = outside.seen.filter((id) => resting.has(id))
    if (left.length === outside.seen.length) return
    outside.setSeen(left)
    entry.isDirty = true
  }

  /** An instance hears of the orders of others on its contract, as they were seen last. */
  enter(entry: InstanceEntry): void {
    entry.loop.outside.setOrders(this.#foreignOn(entry))
  }

  /** The positions of the venue against those of the books. */
  compare(positions: readonly VenuePosition[]): readonly PositionDifference[] {
    const venue = new Map<InstrumentId, Quantity>()
    for (const position of positions) venue.set(position.instrument, position.quantity)
    const booked = new Map<InstrumentId, Quantity>()
    for (const { instrument } of this.#parts.instances.all()) {
      const owner = this.#parts.instances.on(instrument.id)
      if (owner) booked.set(instrument.id, owner.loop.position)
    }
    return comparePositions(booked, venue)
  }

  /**
   * Takes a look in which nothing happened between the books and the venue's answer.
   * @param askedAt when the venue was asked, monotonic ms
   */
  take(positions: readonly VenuePosition[], askedAt: number): void {
    this.#positions = this.compare(positions)
    this.#compareAverages(positions)
    const byInstrument = new Map(this.#positions.map((one) => [one.instrument, one]))
    for (const entry of this.#parts.instances.all()) {
      const { instrument, settings } = entry
      // A shadow has nothing at the venue, and who has given its contract away has no position there.
      const isOn = this.#parts.instances.on(instrument.id) === entry
      const difference =
        isOn && settings.shadow !== true ? byInstrument.get(instrument.id) : undefined
      if (difference === undefined) this.#agrees(entry, isOn)
      else this.#differs(entry, difference, askedAt)
    }
  }

  /** Another average is no danger, but a sign that a fill was booked at another price, or that one is missing beside one too many. */
  #compareAverages(positions: readonly VenuePosition[]): void {
    const { instances, logger, key } = this.#parts
    const differing = positions.filter(({ instrument, quantity, cost }) => {
      const loop = instances.on(instrument)?.loop
      const entry = loop?.risk.entry ?? null
      if (loop === undefined || entry === null || entry.quantity !== quantity) return false
      return isAverageDifferent(loop.instrument, entry, cost)
    })
    const before = new Set(this.#averages)
    this.#averages = differing.map(({ instrument }) => instrument)
    for (const { instrument, cost } of differing) {
      if (before.has(instrument)) continue
      const booked = instances.on(instrument)?.loop.risk.entry?.cost
      const text = `the venue tells another average entry price of ${instrument} than the books`
      logger.warn('reconciliation', text, { account: key, booked, venue: cost })
    }
  }

  #agrees(entry: InstanceEntry, isOn: boolean): void {
    if (isOn) this.#suspects.delete(entry.instrument.id)
    if (isOn) this.#standing.delete(entry.instrument.id)
    this.#trust(entry)
    if (entry.loop.outside.gap === 0) return
    this.#set(entry, 0)
    const { position } = entry.loop
    const { instance } = entry.settings
    this.#parts.logger.info('reconciliation', 'position mismatch is over', { instance, position })
  }

  /** The same difference as before stands since then; another one, or one after something was booked, begins now. */
  #stand({ loop, instrument }: InstanceEntry, lots: number, askedAt: number): void {
    const { handedSeq: bookedSeq } = loop
    const before = this.#standing.get(instrument.id)
    const isSame = before?.lots === lots && before.bookedSeq === bookedSeq
    const since = isSame ? before.since : this.#parts.clock.monotonicMs()
    this.#standing.set(instrument.id, { lots, bookedSeq, since, askedAt })
  }

  #differs(entry: InstanceEntry, difference: PositionDifference, askedAt: number): void {
    const { clock, key, logger } = this.#parts
    const { loop, instrument, settings } = entry
    const now = clock.monotonicMs()
    this.#stand(entry, difference.venue - difference.booked, askedAt)
    const since = this.#suspects.get(instrument.id)
    const isStanding = loop.outside.gap !== 0
    if (!isStanding && since === undefined) this.#suspects.set(instrument.id, now)
    // One difference may be a fill that is on its way; the venue saying so again is not.
    if (!isStanding && (since === undefined || now - since < CONFIRM_AFTER_MS)) return
    this.#suspects.delete(instrument.id)
    this.#trust(entry)
    this.#set(entry, difference.venue - difference.booked)
    if (settings.onForeign === 'adopt' && this.isSettled(entry)) return this.adopt(entry)
    if (isStanding || settings.onForeign === 'adopt') return
    const { instance } = settings
    const text = `position mismatch: ${instance} takes no new risk until the books agree, or perpfleet resume ${instance} takes the venue's number over`
    logger.error('reconciliation', text, { account: key, instance, ...difference })
  }

  /** What the venue holds was compared: a difference, if there is one, has a number now. */
  #trust(entry: InstanceEntry): void {
    if (!entry.loop.outside.isDoubted) return
    entry.loop.outside.setDoubted(false)
    entry.isDirty = true
  }

  #set(entry: InstanceEntry, gap: number): void {
    if (gap === entry.loop.outside.gap) return
    entry.loop.outside.setGap(gap)
    entry.isDirty = true
  }

  /** Whether the difference is that of the present books: a fill booked since the look may be what explained it. */
  isFresh({ loop, instrument }: InstanceEntry): boolean {
    const { gap } = loop.outside
    return gap === 0 || this.#standing.get(instrument.id)?.bookedSeq === loop.handedSeq
  }

  /**
   * Whether no fill on its way can explain the difference: it has stood unchanged, and nothing was booked, for as long as the
   * venue's answers may lag. Taken over sooner, such a fill would count twice until the next comparison.
   */
  isSettled(entry: InstanceEntry): boolean {
    const standing = this.#standing.get(entry.instrument.id)
    if (entry.loop.outside.gap === 0) return true
    if (standing === undefined || !this.isFresh(entry)) return false
    const { lots, since, askedAt } = standing
    const stoodMs = Math.max(0, askedAt - since)
    return lots === entry.loop.outside.gap && stoodMs >= this.#parts.queryLagMs
  }

  /** How long a look that can settle the difference has to wait still, ms. */
  settlesInMs(entry: InstanceEntry): number {
    const standing = this.#standing.get(entry.instrument.id)
    const { clock, queryLagMs } = this.#parts
    if (standing === undefined || !this.isFresh(entry)) return queryLagMs
    return Math.max(0, standing.since + queryLagMs - clock.monotonicMs())
  }

  /**
   * The books take the venue's number over: what no event explains is booked at mark as a fill of nobody, for desk, journal
   * and bot alike, so it is neither won nor lost.
   */
  adopt(entry: InstanceEntry): void {
    const { gap } = entry.loop.outside
    if (gap === 0) return
    this.#set(entry, 0)
    this.#parts.book.adopt(entry, gap)
    const { instance } = entry.settings
    const fields = { instance, lots: gap, position: entry.loop.position }
    this.#parts.logger.warn('reconciliation', "the venue's position was taken over", fields)
  }
}
