/**
 * Compares an account with the venue: at start, after every gap, every second while an outcome is unknown, else every
 * 30 s. An unknown order ends by evidence alone; a question that failed proves nothing.
 */
import type { ClientOrderId } from '../domain/order.ts'
import { isExposed } from '../domain/order-state.ts'
import { compareOrders, isAbsenceProven, provableAt } from '../domain/reconciliation.ts'
import type {
  VenueAccountEvent,
  VenueBalance,
  VenueOrder,
  VenuePosition,
} from '../domain/venue-report.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { VenueAccount } from '../ports/venue.ts'
import { CONFIRM_AFTER_MS, type Differences } from './differences.ts'
import type { InstanceEntry } from './instance-entry.ts'
import type { Outage } from './outage.ts'

const INTERVAL_MS = 30_000
const INTERVAL_UNKNOWN_MS = 1000
/** A venue that is away is asked less often. */
const INTERVAL_AWAY_MS = 5000
const REPEAT_MS = 50
/** An order of which the venue said that it arrived is looked for so long before its absence is believed, ms. */
const CONSUMED_WAIT_MS = 60_000

/** The account whose books are compared. */
export interface ReconciledAccount {
  readonly key: string
  readonly entries: ReadonlyMap<string, InstanceEntry>
  readonly venueSeq: number
  readonly isTakenUp: boolean
  venueNow(): number
  /** The venue's answers tell of a moment so long before, at worst, ms. */
  readonly queryLagMs: number
  onAccount(events: readonly VenueAccountEvent[]): void
  onResolved(entry: InstanceEntry, clientId: ClientOrderId, found: VenueOrder | null): void
  /** What the venue has and the desk does not. */
  readonly differences: Differences
  /** Whether the venue is there at all. */
  readonly watches: { readonly outage: Pick<Outage, 'text' | 'isSilent' | 'failed' | 'answered'> }
  /** The venue's balance and positions as of the last booked event. */
  onBalance(balance: VenueBalance, positions: readonly VenuePosition[]): void
  /** Whether an order of an earlier life still rests there. */
  readonly hasLostOrders: boolean
  readonly isBalanceKnown: boolean
  onReconciled(): void
}

export interface ReconcilerParts {
  readonly venue: VenueAccount
  readonly clock: Clock
  readonly logger: Logger
  readonly account: ReconciledAccount
}

/** The status of an order alone moves nothing; its fills are events of their own. */
const movesPosition = ({ kind }: VenueAccountEvent): boolean => kind !== 'order'

export class Reconciler {
  readonly #venue: VenueAccount
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #account: ReconciledAccount
  #isDone = false
  #isRunning = false
  #isReadingBalance = false
  /** When the next run that was asked for is due, monotonic ms; null = none was. */
  #dueAt: number | null = null
  /** Grows with every loss of the connection: what was asked before one proves nothing after it. */
  #generation = 0
  #lastAt = 0
  /** Orders that were made impossible because nobody knew what had become of them, since the start. */
  #burned = 0
  /** When the comparison that can prove an absence is planned, ms of the venue's wall clock. */
  #proofAt = 0
  #differencesTotal = 0
  /** When the venue said that an order had arrived which no question finds, monotonic ms. */
  readonly #consumedAt = new Map<ClientOrderId, number>()

  constructor(parts: ReconcilerParts) {
    this.#venue = parts.venue
    this.#clock = parts.clock
    this.#logger = parts.logger
    this.#account = parts.account
  }

  get isDone(): boolean {
    return this.#isDone
  }
  /** Compared, and no outcome is open: a lockstep market may go on. */
  get isCertain(): boolean {
    return this.#isDone && !this.#hasUnknown()
  }
  get burnedTotal(): number {
    return this.#burned
  }
  get differencesTotal(): number {
    return this.#differencesTotal
  }

  /** The connection is gone: nothing is certain until the next run. */
  reset(): void {
    this.#isDone = false
    this.#generation++
  }

  /** Asks for a run soon; several requests are one run, at the earliest of their times. */
  request(reason: string, delayMs = 0): void {
    const dueAt = this.#clock.monotonicMs() + delayMs
    if (this.#dueAt !== null && this.#dueAt <= dueAt) return
    this.#dueAt = dueAt
    if (this.#isRunning) return
    this.#clock.after(delayMs, () => {
      if (this.#dueAt === dueAt) void this.run(reason)
    })
  }

  everySecond(): void {
    if (this.#isDone && !this.#account.isBalanceKnown) void this.#readBalance()
    const isQuiet = this.#isDone && !this.#hasUnknown() && !this.#account.hasLostOrders
    const differing = this.#account.differences.intervalMs ?? INTERVAL_MS
    const { text, isSilent } = this.#account.watches.outage
    const busy = text === null ? INTERVAL_UNKNOWN_MS : INTERVAL_AWAY_MS
    const interval = isQuiet && !isSilent ? differing : busy
    if (this.#clock.monotonicMs() - this.#lastAt >= interval) void this.run('timer')
  }

  #hasUnknown(): boolean {
    for (const entry of this.#account.entries.values()) {
      if (entry.loop.orders().some((order) => order.status === 'unknown')) return true
    }
    return false
  }

  async run(reason: string): Promise<void> {
    if (this.#isRunning) {
      if (reason !== 'timer') this.request(reason)
      return
    }
    this.#dueAt = null
    // Before every instance is taken up, what the venue tells would be booked for nobody.
    if (!this.#account.isTakenUp) return
    this.#isRunning = true
    this.#lastAt = this.#clock.monotonicMs()
    const generation = this.#generation
    const { outage } = this.#account.watches
    let isLookedAt = true
    try {
      isLookedAt = await this.#compare()
      outage.answered()
      if (generation !== this.#generation) throw new Error('the connection was lost meanwhile')
      // An order would carry a deadline of a clock that nobody has compared.
      if (this.#account.venueNow() === Number.NEGATIVE_INFINITY)
        throw new Error("the venue's clock is not known yet")
      // At first a position that differs is looked at again before anything raises risk.
      const isCertain = this.#isDone || (isLookedAt && !this.#account.differences.isUnconfirmed)
      if (isCertain && outage.text === null) this.#finish(reason)
    } catch (error) {
      // An outage is told once, not at each question.
      if (outage.text === null)
        this.#logger.warn(
          'reconciliation',
          `could not compare the account: ${error instanceof Error ? error.message : String(error)}`,
        )
      outage.failed(error, this.#lastAt)
    } finally {
      this.#isRunning = false
    }
    if (this.#dueAt !== null || !isLookedAt) this.#again()
  }

  /** Soon, but never at once: what fails each time must not keep the desk busy. */
  #again(): void {
    const delayMs = this.#dueAt !== null || !this.#isDone ? REPEAT_MS : CONFIRM_AFTER_MS
    this.#dueAt = null
    this.request('asked for meanwhile', delayMs)
  }

  #finish(reason: string): void {
    if (!this.#isDone)
      this.#logger.info('reconciliation', `account compared with the venue (${reason})`)
    this.#isDone = true
    this.#account.onReconciled()
    this.#planProof()
    void this.#readBalance()
  }

  /** Nobody trades a slot whose order is unknown: the next look is at the very moment at which it can prove something. */
  #planProof(): void {
    let first = Number.POSITIVE_INFINITY
    for (const entry of this.#account.entries.values())
      for (const { status, expiresAt } of entry.loop.orders())
        if (status === 'unknown' && expiresAt !== null)
          first = Math.min(first, provableAt(expiresAt))
    const waitMs = first + this.#account.queryLagMs - this.#account.venueNow()
    if (waitMs <= 0 || !Number.isFinite(waitMs) || first === this.#proofAt) return
    this.#proofAt = first
    this.#clock.after(Math.ceil(waitMs), () => this.request('an absence can be proven'))
  }

  /** The balance counts only if nothing has happened between the last booked event and the answer. */
  async #readBalance(): Promise<void> {
    // Where an answer takes longer than a second the questions would pile up.
    if (this.#isReadingBalance) return
    this.#isReadingBalance = true
    const { venueSeq } = this.#account
    try {
      const [positions, balance, since] = await Promise.all([
        this.#venue.positions(),
        this.#venue.balance(),
        this.#venue.eventsSince(venueSeq),
      ])
      if (since.length === 0 && this.#account.venueSeq === venueSeq)
        this.#account.onBalance(balance, positions)
    } catch {
      // The account is compared all the same; the balance is asked again with the next comparison.
    } finally {
      this.#isReadingBalance = false
    }
  }

  /**
   * Asks everything at once: on a slow wire three questions take no longer than one.
   * @returns whether the positions were compared for certain
   */
  async #compare(): Promise<boolean> {
    // Only orders that existed before the question was asked can be missed by the answer.
    const known = this.#unsettled()
    const askedAt = this.#clock.monotonicMs()
    // The events are asked last: what they tell has happened after the other two answers.
    const [positions, open, events] = await Promise.all([
      this.#venue.positions(),
      this.#venue.openOrders(),
      this.#venue.eventsSince(this.#account.venueSeq),
    ])
    this.#account.onAccount(events)
    const { differences } = this.#account
    // A busy account moves while orders are looked up: the positions are compared before that.
    // With an event among the answers nobody knows on which side of the positions it stands.
    const isQuiet = !events.some(movesPosition) && differences.intervalMs === null
    const isEqual = isQuiet && differences.compare(positions).length === 0
    if (isEqual) differences.take(positions, askedAt)
    const atVenue = new Map<ClientOrderId, VenueOrder>(open.map((order) => [order.clientId, order]))
    for (const [clientId, entry] of known) {
      const found = atVenue.get(clientId)
      if (found) this.#resolveIfUnknown(entry, clientId, found)
    }
    const { missing, foreign } = compareOrders(new Set(known.keys()), [...atVenue.keys()])
    // A question that fails proves nothing, and must not hold the others up.
    await Promise.allSettled(missing.map((id) => this.#lookUp(known.get(id), id)))
    const strangers = foreign.filter((id) => !this.#isOurs(id))
    differences.takeOrders(strangers.flatMap((id) => atVenue.get(id) ?? []))
    // What seems to differ is looked at closely, and so is what did.
    return isEqual || this.#look()
  }

  /**
   * Compares the positions at a moment up to which everything is booked: the events are asked before and after them, and all
   * three at once.
   * @returns false when something happened meanwhile, or no answer came
   */
  async #look(): Promise<boolean> {
    const { venueSeq } = this.#account
    const askedAt = this.#clock.monotonicMs()
    try {
      const [before, positions, after] = await Promise.all([
        this.#venue.eventsSince(venueSeq),
        this.#venue.positions(),
        this.#venue.eventsSince(venueSeq),
      ])
      this.#account.onAccount(after)
      const isBooked = this.#account.venueSeq === (after.at(-1)?.venueSeq ?? venueSeq)
      const moves = (told: readonly VenueAccountEvent[]): number =>
        told.filter(movesPosition).length
      if (moves(before) !== moves(after) || !isBooked) return false
      this.#account.differences.take(positions, askedAt)
      return true
    } catch {
      // Nothing is known then: what was said of the positions before holds until the next comparison.
      return false
    }
  }

  #unsettled(): Map<ClientOrderId, InstanceEntry> {
    const known = new Map<ClientOrderId, InstanceEntry>()
    for (const entry of this.#account.entries.values()) {
      if (entry.settings.shadow === true) continue
      for (const order of entry.loop.orders())
        if (order.status !== 'sent') known.set(order.clientId, entry)
    }
    return known
  }

  #isOurs(clientId: ClientOrderId): boolean {
    for (const entry of this.#account.entries.values())
      if (entry.loop.hasOrder(clientId)) return true
    return false
  }

  #resolveIfUnknown(entry: InstanceEntry, clientId: ClientOrderId, found: VenueOrder): void {
    const order = entry.loop.orders().find((candidate) => candidate.clientId === clientId)
    if (order?.status !== 'unknown') return
    this.#differencesTotal++
    this.#account.onResolved(entry, clientId, found)
  }

  async #lookUp(entry: InstanceEntry | undefined, clientId: ClientOrderId): Promise<void> {
    if (!entry?.loop.hasOrder(clientId)) return
    // The venue answers for the moment of the question: an order may arrive while the answer is on its way.
    const askedAt = this.#account.venueNow() - this.#account.queryLagMs
    const found = await this.#venue.lookup(entry.instrument.id, clientId)
    const order = entry.loop.orders().find((candidate) => candidate.clientId === clientId)
    if (!order || !isExposed(order.status)) return
    const isProven =
      found !== null ||
      (isAbsenceProven(order.expiresAt, askedAt) && !this.#mayHaveArrived(clientId))
    // An order that the venue has once confirmed was not lost on its way there.
    if (!isProven && (order.status !== 'unknown' || !(await this.#isBurned(clientId)))) return
    if (!entry.loop.hasOrder(clientId)) return
    this.#differencesTotal++
    this.#account.onResolved(entry, clientId, found)
  }

  /** Whether the venue has made the order impossible: nothing need be waited for then. What it does not say proves nothing. */
  async #isBurned(clientId: ClientOrderId): Promise<boolean> {
    const outcome = (await this.#venue.burn?.(clientId).catch(() => 'unsure')) ?? 'unsure'
    if (outcome === 'burned') this.#burned++
    // It did arrive: that no question finds it says that the venue is slow to show it, or refused it.
    if (outcome === 'consumed' && !this.#consumedAt.has(clientId))
      this.#consumedAt.set(clientId, this.#clock.monotonicMs())
    return outcome === 'burned'
  }

  #mayHaveArrived(clientId: ClientOrderId): boolean {
    const at = this.#consumedAt.get(clientId)
    return at !== undefined && this.#clock.monotonicMs() - at < CONSUMED_WAIT_MS
  }
}
