/**
 * The desk of one venue account: loops of its instances, journal, venue. One thread; handlers change state at once
 * and a turn plans, commits once, then sends. See docs/concepts/desk.md.
 */
import type { MarketEvent } from '../domain/market.ts'
import type { ClientOrderId } from '../domain/order.ts'
import { QUERY_LAG_MS } from '../domain/reconciliation.ts'
import type { HistogramCounts } from '../domain/statistic/histogram.ts'
import type { Wake } from '../domain/strategy.ts'
import type {
  VenueAccountEvent,
  VenueBalance,
  VenueOrder,
  VenuePosition,
} from '../domain/venue-report.ts'
import type { Clock } from '../ports/clock.ts'
import type { JournalDamage, JournalOutcome, JournalStore } from '../ports/journal-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { VenueAccount, VenueLink } from '../ports/venue.ts'
import type { BotToDesk, LegsLimit } from '../protocol/desk-messages.ts'
import { AccountGuard } from './account-guard.ts'
import { Attachments } from './attachments.ts'
import { Committer, lostText } from './committer.ts'
import { Differences } from './differences.ts'
import { Endings } from './endings.ts'
import { EventBook } from './event-book.ts'
import { type BotLink, enterMode, type InstanceEntry, sendReasons } from './instance-entry.ts'
import { Instances } from './instances.ts'
import type { LostOrders } from './lost-orders.ts'
import { sendOpen } from './openness.ts'
import { type KillOrders, Operator } from './operator.ts'
import { Planner } from './planner.ts'
import { Reconciler } from './reconciler.ts'
import type { DeskRequestBudget } from './request-budget.ts'
import { StepBarrier } from './step-barrier.ts'
import { VenueClock } from './venue-clock.ts'
import { VenueGateway } from './venue-gateway.ts'
import { Watches, type WatchesParts } from './watches.ts'
import { sendWelcome } from './welcome.ts'

const REMEMBER_EVERY_S = 5
const ADOPT_LOOK_MS = 100

export interface AccountDeskParts {
  readonly key: string
  readonly venue: VenueAccount
  readonly journal: JournalStore
  readonly clock: Clock
  readonly logger: Logger
  /** Runs a callback after the present input has been handled; the process uses setImmediate. */
  readonly defer: (callback: () => void) => void
  /** Kills that were ordered while nobody listened (perpfleet kill --direct); absent = none can be. */
  readonly killOrders?: KillOrders
  /** The venue's allowance of requests; absent = there is none. */
  readonly budget?: DeskRequestBudget
  /** Another desk owns the account now, or it must be counted anew; this one has stopped: the process must end with this sentence. */
  readonly onLost?: (text: string) => void
}

export class AccountDesk {
  readonly key: string
  readonly budget: DeskRequestBudget | null
  readonly watches: Watches
  readonly #venue: VenueAccount
  readonly #journal: JournalStore
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #defer: (callback: () => void) => void
  readonly #reconciler: Reconciler
  readonly #instances: Instances
  readonly #gateway: VenueGateway
  readonly #guard: AccountGuard
  readonly book: EventBook
  readonly #endings: Endings
  readonly differences: Differences
  readonly operator: Operator
  readonly #planner: Planner
  #seconds = 0
  #isLost = false
  readonly #committer: Committer
  readonly #barrier: StepBarrier
  #isTurnPlanned = false
  readonly #attachments: Attachments
  readonly #venueClock: VenueClock

  constructor(parts: AccountDeskParts) {
    this.key = parts.key
    this.#venue = parts.venue
    this.#journal = parts.journal
    this.#clock = parts.clock
    this.#logger = parts.logger
    this.#defer = parts.defer
    this.budget = parts.budget ?? null
    this.#venueClock = new VenueClock(parts)
    this.#instances = new Instances({
      ...parts,
      isReconciled: () => this.#reconciler.isDone,
      onAttached: ({ pace }) => this.#barrier.setPace(pace),
      onScaleChange: (text) => this.#giveUp(text, parts.onLost),
      onEntered: (entry) => this.#enter(entry),
      takeUnowned: (instrument) => this.book.takeUnowned(instrument),
    })
    const shared = { ...parts, instances: this.#instances, onChanged: () => this.#schedule() }
    this.watches = this.#newWatches(shared)
    const onOpened = () => this.operator.obeyKillOrders()
    this.#attachments = new Attachments({ ...shared, onOpened })
    this.#guard = new AccountGuard(shared)
    this.#barrier = new StepBarrier(this.#instances.entries)
    this.#committer = new Committer({
      ...shared,
      onRetry: () => this.#schedule(),
      onLost: (error) => this.#giveUp(lostText(this.key, error), parts.onLost),
      account: this.#guard,
    })
    const { buffer } = this.#committer
    this.#endings = new Endings({ ...parts, committer: this.#committer })
    const onUnknown = (reason: string) => this.#reconciler.request(reason)
    this.#gateway = new VenueGateway({ ...shared, buffer, onUnknown })
    this.#planner = new Planner({
      ...shared,
      barrier: this.#barrier,
      committer: this.#committer,
      gateway: this.#gateway,
      venueClock: this.#venueClock,
      isReconciled: () => this.#reconciler.isDone,
    })
    this.book = new EventBook({
      ...shared,
      buffer,
      gateway: this.#gateway,
      guard: this.#guard,
      policy: this.watches.policy,
      onHole: (reason) => this.#reconciler.request(reason),
      onDoubt: (entry) => this.#doubt(entry),
      venueNow: () => this.venueNow(),
    })
    this.differences = new Differences({
      ...shared,
      book: this.book,
      scheme: this.#planner.scheme,
      policy: this.watches.policy,
      queryLagMs: this.queryLagMs,
    })
    this.#reconciler = new Reconciler({ ...parts, account: this })
    this.operator = new Operator({
      ...shared,
      guard: this.#guard,
      reconciler: this.#reconciler,
      differences: this.differences,
      commit: () => this.#committer.commit(),
      setMode: (...given) => this.setMode(...given),
    })
  }

  #newWatches(parts: Omit<WatchesParts, 'foreign' | 'onAway' | 'onSilent'>): Watches {
    return new Watches({
      ...parts,
      foreign: () => this.differences.foreign,
      onAway: () => this.#compareAnew(),
      onSilent: () => this.#reconciler.request('a market is silent'),
    })
  }

  #enter(entry: InstanceEntry): void {
    const { traits } = this.#venue
    this.#barrier.enter(entry)
    this.#guard.configure(entry.settings)
    entry.loop.setAccount(() => this.#guard.stateFor(entry))
    if (traits !== undefined) entry.loop.setStops(traits)
    if (this.budget !== null) entry.loop.setBudget(() => this.budget?.refusal ?? null)
    this.differences.enter(entry)
  }

  get entries(): ReadonlyMap<string, InstanceEntry> {
    return this.#instances.entries
  }
  get reconciler(): Reconciler {
    return this.#reconciler
  }
  get isTakenUp(): boolean {
    return this.#attachments.isTakenUp && !this.#isLost
  }
  get venueSeq(): number {
    return this.book.venueSeq
  }
  get guard(): AccountGuard {
    return this.#guard
  }
  /** Null: the adapter of the venue does not measure it. */
  get link(): VenueLink | null {
    return this.#venue.link?.() ?? null
  }
  get executions(): Readonly<Record<string, HistogramCounts>> {
    return this.#gateway.executions
  }
  get lostOrders(): LostOrders {
    return this.differences.lost
  }
  /** Why the journal before this one was kept aside; null when nothing is the matter. */
  get damage(): JournalDamage | null {
    return this.#journal.damage
  }
  get queryLagMs(): number {
    const { traits } = this.#venue
    return traits === undefined ? 0 : (traits.queryLagMs ?? QUERY_LAG_MS)
  }
  /** The venue's wall clock, ms; long ago before it was measured. */
  venueNow(): number {
    return this.#venueClock.provenNow()
  }

  /** Connects, takes up every instance that the journal knows, and reconciles. */
  async start(): Promise<void> {
    await this.#venue.connect({
      onAccount: (events) => this.onAccount(events),
      onMarket: (events) => this.#onMarket(events),
      onStep: (step, at) => this.#onStep(step, at),
      onGap: (reason) => this.#onGap(reason),
      onReady: () => void this.#onReady(),
      onStale: (...given) => this.watches.onStale(...given),
    })
    this.operator.tellDamage()
    await Promise.all([this.#venueClock.measure(), this.#attachments.takeUp()])
    await this.#reconciler.run('start')
    this.#clock.every(1000, () => this.#everySecond())
  }

  // Bots

  /** A bot has connected: it is welcomed, hears what it missed, and counts as alive. */
  async hello(
    link: BotLink,
    message: Extract<BotToDesk, { type: 'hello' }>,
  ): Promise<InstanceEntry> {
    const { settings } = message
    const entry = await this.#instances.open(settings)
    if (entry.override === 'released' || entry.isDetached)
      await this.#instances.reopen(entry, settings)
    this.#guard.configure(settings)
    this.#planner.shadow.change(entry, settings)
    this.operator.obeyKillOrders()
    if (this.book.isBehind(message.afterSeq)) this.operator.disarmBehind(entry, message.afterSeq)
    entry.link?.send({
      type: 'refused',
      code: 'replaced',
      text: `another process of ${settings.instance} has connected`,
    })
    entry.link?.close()
    // What waits is committed before the new bot listens: handed to it now, it would come before what it has missed.
    this.#committer.commit()
    entry.link = link
    entry.settings = settings
    entry.reasonsSent = ''
    entry.openSent = null
    entry.heardAt = this.#clock.monotonicMs()
    entry.isDirty = true
    this.#endings.forgetInterrupted(entry)
    entry.loop.setTerms(settings.capital, settings.leverage, settings.limits)
    entry.loop.setBotLost(false)
    sendWelcome(entry, message.afterSeq, this.#journal, this.#barrier, () => this.#sayOpen(entry))
    this.#schedule()
    return entry
  }

  wants(entry: InstanceEntry, message: Extract<BotToDesk, { type: 'wants' }>): void {
    entry.heardAt = this.#clock.monotonicMs()
    // Said before the bot heard of its end: only a new hello lets an ended instance trade.
    if (entry.override === 'released') return
    entry.loop.setBotLost(false)
    entry.loop.applyWants(message.basisSeq, message.replace, message.changes)
    if (message.wakes !== null)
      this.#venue.setWakes(entry.settings.instance, message.wakes as readonly Wake[])
    this.#barrier.answered(entry, message.step)
    const { finish } = message
    if (finish !== null && entry.ending === null) {
      this.end(entry, finish.reason, finish.orders, finish.positions, () => {})
    }
    this.#schedule()
  }

  heartbeat(entry: InstanceEntry): void {
    entry.heardAt = this.#clock.monotonicMs()
    entry.loop.setBotLost(false)
  }

  /** Its bot tells that a limit on the sum of its legs was reached; kept before anybody acts on it. */
  legsLimit(entry: InstanceEntry, limit: LegsLimit): void {
    this.#guard.onLegsLimit(entry, limit)
    this.#committer.commit()
    this.#schedule()
  }

  /** The connection of a bot has ended; its orders stay until it counts as lost. */
  gone(entry: InstanceEntry, link: BotLink): void {
    if (entry.link === link) entry.link = null
  }

  // Operator

  setMode(...given: Parameters<typeof enterMode>): void {
    enterMode(...given)
    this.#schedule()
  }

  /** Ends an instance: cancels (or keeps) its orders, keeps or closes its position, then releases it. */
  end(
    entry: InstanceEntry,
    reason: string,
    orders: 'cancel' | 'keep',
    positions: 'keep' | 'close',
    onEnded: (ordersCanceled: number) => void,
  ): void {
    this.#endings.begin(entry, reason, orders, positions, onEnded)
    this.#schedule()
  }

  announceRestart(forMs: number): void {
    this.#instances.announceRestart(forMs)
  }

  // Venue

  /** Books venue events in their order; those already booked are skipped, a hole asks for reconciliation. */
  onAccount(events: readonly VenueAccountEvent[]): void {
    // An event of an instance that is not open would be booked for nobody: it is asked for again after the start.
    if (!this.isTakenUp) return
    this.book.book(events)
    this.#schedule()
  }

  #onMarket(events: readonly MarketEvent[]): void {
    for (const event of events) {
      this.watches.markets.heard(event)
      const entry = this.#instances.on(event.instrument)
      if (entry) this.#guard.onPrice(entry, event)
    }
    const last = events.at(-1)
    if (last) this.#guard.onMarket(last.at)
    this.#barrier.onMarket(events)
    this.#schedule()
  }

  #onStep(step: number, at: number): void {
    if (!this.#barrier.open(step, at)) return
    // What came with the step is committed and handed out before the step itself.
    this.#turn()
    for (const entry of this.#instances.all()) this.#barrier.send(entry)
    this.#schedule()
  }

  #checkStep(): void {
    if (!this.#gateway.isIdle || !this.#reconciler.isCertain || this.#instances.isOpening) return
    const step = this.#barrier.close()
    if (step === null) return
    this.#committer.commit()
    this.#venue.stepDone(step)
  }

  #onGap(reason: string): void {
    this.#logger.warn('venue', `connection lost: ${reason}`, { account: this.key })
    this.#barrier.reset()
    this.#compareAnew()
  }

  /** Until the account is compared again nothing raises risk. */
  #compareAnew(): void {
    this.#reconciler.reset()
    for (const entry of this.#instances.all()) entry.loop.setReconciled(false)
    this.#schedule()
  }

  async #onReady(): Promise<void> {
    if (this.#isLost) return
    if (!this.isTakenUp) await this.#attachments.takeUp()
    if (this.#instances.entries.size === 0) return
    await Promise.all([this.#venueClock.measure(), this.#attachments.renew()])
    await this.#reconciler.run('reconnected')
  }

  // Reconciliation

  onResolved(entry: InstanceEntry, clientId: ClientOrderId, found: VenueOrder | null): void {
    entry.loop.onResolved(clientId, found)
    entry.isDirty = true
    const outcome: JournalOutcome =
      found === null ? 'absent' : found.status === 'open' ? 'accepted' : found.status
    this.#gateway.note(entry, clientId, outcome, found?.reason ?? null)
    this.#schedule()
  }

  onBalance(balance: VenueBalance, positions: readonly VenuePosition[]): void {
    this.#guard.onBalance(balance, positions)
  }
  get isBalanceKnown(): boolean {
    return this.#guard.isBalanceKnown
  }
  get hasLostOrders(): boolean {
    return this.differences.lost.open.length > 0
  }

  onReconciled(): void {
    for (const entry of this.#instances.all()) entry.loop.setReconciled(true)
    this.#schedule()
  }

  // The turn

  #schedule(): void {
    if (this.#isTurnPlanned || this.#isLost) return
    this.#isTurnPlanned = true
    this.#defer(() => {
      this.#isTurnPlanned = false
      this.#turn()
    })
  }

  #adopt(entry: InstanceEntry): void {
    if (this.differences.isFresh(entry)) this.differences.adopt(entry)
    else this.#reconciler.request('a close needs the position as it is now', ADOPT_LOOK_MS)
  }

  /** Told before the fill itself: no other leg is to be hedged by it. */
  #doubt(entry: InstanceEntry): void {
    entry.loop.outside.setDoubted(true)
    entry.isDirty = true
    this.#sayOpen(entry)
    this.#reconciler.request('a fill may have been in a position taken over')
  }

  #sayOpen(entry: InstanceEntry): void {
    sendOpen(entry, this.#reconciler.isDone, this.link, this.watches.outage.text)
  }

  /** The account is another desk's, or must be counted anew: from this moment on nothing is sent by this one. */
  #giveUp(text: string, onLost: AccountDeskParts['onLost']): void {
    if (this.#isLost) return
    this.#isLost = true
    this.#gateway.shut()
    this.#venue.close().catch(() => {})
    onLost?.(text)
  }

  #turn(): void {
    if (this.#isLost) return
    const beganMs = this.#clock.monotonicMs()
    for (const entry of this.#instances.all()) {
      // Who closes a position closes what the venue holds, not what the books say.
      if (entry.override === 'flatten' && this.#reconciler.isDone) this.#adopt(entry)
      this.#planner.plan(entry)
    }
    const intents = this.#committer.buffer.intents
    // Intents and events are durable before anybody outside this process can see them.
    if (!this.#committer.buffer.isUrgent) this.#committer.commitLater()
    else if (!this.#committer.commit()) return
    if (intents.length > 0) this.#gateway.place(intents, beganMs)
    for (const entry of this.#instances.all()) {
      sendReasons(entry)
      this.#sayOpen(entry)
      if (entry.ending !== null && entry.loop.isQuiet()) this.#endings.release(entry)
    }
    this.#checkStep()
  }

  // Timers

  #everySecond(): void {
    if (this.#isLost) return
    if (!this.#barrier.isLockstep) this.#instances.giveUpSilent()
    this.operator.obeyKillOrders()
    if (++this.#seconds % REMEMBER_EVERY_S === 0) this.#remember()
    this.#venueClock.everySecond()
    this.#attachments.everySecond()
    this.watches.everySecond(this.#reconciler.isDone)
    this.#reconciler.everySecond()
    this.#schedule()
  }

  /** What prices alone have moved (peaks, the start of a day) is written now and then. */
  #remember(): void {
    this.#journal.tidy()
    this.#guard.remember()
    this.#instances.noteChanges()
  }

  async stop(): Promise<void> {
    this.#committer.commit()
    await this.watches.deadMan.lift()
    await this.#venue.close()
    this.#journal.close()
  }
}
