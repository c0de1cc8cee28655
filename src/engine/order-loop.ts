/**
 * The wants loop of one instance on one instrument: compares what is wanted with what works at the venue and says what to
 * cancel and what to place. Pure and synchronous; rules in docs/concepts/wants.md. The same object runs in the desk, in a
 * lockstep replay and in a backtest. Life of an order here: placed (sending) → open | unknown → final at the venue → settled
 * (all fills booked). Only a settled order leaves its slot.
 */
import type { AccountState } from '../domain/account-risk.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { MarketPrice } from '../domain/market.ts'
import type { Money, Quantity } from '../domain/money.ts'
import type { ClientOrderId, Origin, StoredOrder } from '../domain/order.ts'
import type { ReasonCode } from '../domain/reason.ts'
import type { Exposure, RiskLimits } from '../domain/risk.ts'
import type { RestingWant, WantChange } from '../domain/strategy.ts'
import type {
  CancelOutcome,
  PlaceOutcome,
  VenueAccountEvent,
  VenueOrder,
} from '../domain/venue-report.ts'
import { InstanceRisk } from './instance-risk.ts'
import { OrderGate } from './order-gate.ts'
import type { BotEvent, Draft, LoopState, OrderLoopOptions, Plan } from './order-loop-types.ts'
import { OrderPlanner } from './order-planner.ts'
import { Outside } from './outside.ts'
import type { StopTerms } from './protection.ts'
import { type Override, Restriction } from './restriction.ts'
import { SlotAgenda } from './slot-agenda.ts'
import { TargetPursuit } from './target-pursuit.ts'
import { isSameRest, type WorkingOrder } from './working-order.ts'
import { TARGET, WorkingOrders } from './working-orders.ts'

export class OrderLoop {
  readonly instance: string
  readonly instrument: Instrument
  readonly risk: InstanceRisk
  /** What the venue has on the contract and the books do not. */
  readonly outside = new Outside(() => this.lookAgain())
  readonly #gate: OrderGate
  readonly #orders: WorkingOrders
  readonly #agenda: SlotAgenda
  readonly target: TargetPursuit
  readonly #restriction: Restriction
  #isLimitFlattening = false
  readonly #planner: OrderPlanner
  #basisSeq = 0
  #handedSeq = 0
  #at: number

  constructor(options: OrderLoopOptions, at: number, marketPrice: MarketPrice) {
    this.instance = options.instance
    this.instrument = options.instrument
    this.risk = new InstanceRisk(options, marketPrice, at)
    const { instance, risk, outside } = this
    const parts = { instance, risk, outside, exposure: () => this.exposure }
    this.#gate = new OrderGate(parts, options.leverage, at)
    this.#restriction = new Restriction(this.risk, this.outside)
    this.#at = at
    this.#orders = new WorkingOrders((slot) => this.#agenda.add(slot))
    this.#agenda = new SlotAgenda(this.#orders)
    this.target = new TargetPursuit(risk, this.#orders, this.#restriction)
    this.#planner = new OrderPlanner({
      risk,
      gate: this.#gate,
      orders: this.#orders,
      agenda: this.#agenda,
      target: this.target,
      restriction: this.#restriction,
    })
  }

  get position(): Quantity {
    return this.risk.position
  }
  /** What is held and may still be bought and sold: unknown orders, those of others and what differs included. */
  get exposure(): Exposure {
    return this.outside.added(this.#orders.exposure(this.position))
  }
  get leverage(): number {
    return this.#gate.leverage
  }
  /** Whether orders may have to wait for others: what was sent is then part of what must survive a restart. */
  get isRateLimited(): boolean {
    return this.#gate.isRateLimited
  }
  /** The bot has not booked the latest event: its wants may be older than a fill. */
  get #isBehind(): boolean {
    return this.#basisSeq < this.#handedSeq
  }
  get handedSeq(): number {
    return this.#handedSeq
  }
  /** Market time of the latest input. */
  get at(): number {
    return this.#at
  }
  /** Whether the order is ours and not settled. */
  hasOrder(clientId: ClientOrderId): boolean {
    return this.#orders.get(clientId) !== undefined
  }
  /** Orders that are not settled. */
  orders(): readonly WorkingOrder[] {
    return this.#orders.all()
  }
  /** Names of the slots in the order in which they came to be: that in which a plan looks at all of them. */
  slotNames(): readonly string[] {
    return [...this.#orders.slots.keys()]
  }
  reasons(): Readonly<Record<string, ReasonCode>> {
    return this.#agenda.reasons()
  }

  /** Rebuilds a loop from the journal: every order without a final outcome is unknown until the venue has spoken. */
  restore(state: LoopState | null, orders: readonly StoredOrder[], handedSeq: number): void {
    if (state) {
      this.risk.restore(state)
      this.#orders.restoreDelays(state.delays ?? {})
      this.target.retryAt = state.targetRetryAt ?? 0
      this.#gate.restoreRate(state.rate ?? null)
      this.outside.restore(state)
    }
    this.#handedSeq = handedSeq
    this.#gate.isReconciled = false
    for (const stored of orders) {
      const order = this.#orders.track(
        stored.clientId,
        stored.origin,
        stored.request,
        stored.expiresAt,
        this.position,
      )
      this.#orders.takeUp(order, stored.quantityFilled)
      this.#agenda.unsettle(order.slot)
    }
  }

  /** What must survive a restart beside the orders. */
  state(): LoopState {
    const delays = this.#orders.delays()
    const { retryAt: targetRetryAt } = this.target
    const { rate } = this.#gate
    return { ...this.risk.state(), ...this.outside.state(), delays, targetRetryAt, rate }
  }

  setAccount(account: () => AccountState | null): void {
    this.#gate.setAccount(account)
  }

  /** What the venue can do for protective orders; without a word it can do all. */
  setStops(terms: StopTerms): void {
    this.#planner.stops = terms
    this.lookAgain()
  }

  /** Whether a stop rests at the venue, or is wanted there. */
  hasStop(): boolean {
    return this.#orders.hasStop(this.#planner.stops.hasRestingStops)
  }

  /** What the venue's allowance of requests says of new risk. */
  setBudget(budget: () => ReasonCode | null): void {
    this.#gate.setBudget(budget)
  }

  /** The market has been silent for too long, or speaks again. */
  setMarketStale(isStale: boolean): void {
    if (isStale === this.#gate.isMarketStale) return
    this.#gate.isMarketStale = isStale
    this.lookAgain()
  }
  get isMarketStale(): boolean {
    return this.#gate.isMarketStale
  }

  setTerms(capital: Money, leverage: number, limits: RiskLimits): void {
    this.risk.setLimits(capital, limits)
    this.#gate.setTerms(leverage, limits, this.#at)
    this.lookAgain()
  }

  setMode(...given: Parameters<InstanceRisk['setMode']>): void {
    this.risk.setMode(...given)
    this.lookAgain()
  }

  setReconciled(isReconciled: boolean): void {
    if (isReconciled && !this.#gate.isReconciled) {
      // What was refused for lack of a connection may go at once; other waits go on.
      this.target.resume()
      this.#orders.resume()
    }
    this.#gate.isReconciled = isReconciled
    this.lookAgain()
  }

  /** The bot has gone silent: `cancel` withdraws what could raise |position| until it speaks again. */
  setBotLost(isLost: boolean): void {
    if (isLost === this.#restriction.isBotLost) return
    this.#restriction.isBotLost = isLost
    this.lookAgain()
  }

  /** Operator: nothing rests any more (`cancel`), and the position goes to 0 (`flatten`); null lifts it. */
  setOverride(kind: Override | null): void {
    this.#restriction.override = kind
    this.#isLimitFlattening = false
    this.target.retryAt = 0
    this.lookAgain()
  }

  /** Whether nothing of ours works and, when flattening, what is held is less than the venue trades. */
  isQuiet(): boolean {
    const isHeld = this.#restriction.override === 'flatten' && this.position !== 0
    return this.#orders.size === 0 && !isHeld
  }

  /** The instance has ended: its bot's wants are forgotten, so that nothing is sent for it until a bot speaks again. */
  forgetWants(): void {
    this.#orders.forgetWants()
    this.target.forget()
    this.#restriction.isBotKnown = false
    this.#agenda.forget()
  }

  applyWants(basisSeq: number, replace: boolean, changes: readonly WantChange[]): void {
    this.#basisSeq = basisSeq
    this.#restriction.isBotKnown = true
    if (replace) this.#dropUnnamed(changes)
    for (const change of changes) this.#applyChange(change)
    this.#agenda.addWaiting('basis_behind')
    this.#targetDirty()
  }

  #dropUnnamed(changes: readonly WantChange[]): void {
    const named = new Set(changes.map((change) => (change.kind === 'rest' ? change.want.slot : '')))
    for (const slot of this.#orders.slots.keys())
      if (slot !== TARGET && !named.has(slot)) this.#setWant(slot, null)
    if (!changes.some((change) => change.kind === 'target')) this.target.change(null)
    this.lookAgain()
  }

  #applyChange(change: WantChange): void {
    if (change.kind === 'rest') this.#setWant(change.want.slot, change.want)
    else if (change.kind === 'drop') this.#setWant(change.slot, null)
    else this.target.change(change.kind === 'target' ? change.want : null)
  }

  #setWant(name: string, want: RestingWant | null): void {
    const slot = this.#orders.slot(name)
    // Said again by a bot that came back, or to a desk that did: no reason to try a refused order sooner.
    if (want === null || (slot.want !== null && !isSameRest(slot.want, want))) {
      slot.retryAt = 0
      slot.backoffMs = 0
      slot.fired = null
    }
    slot.want = want
    this.#agenda.add(slot)
    // In a restricted mode one want decides how much of the position the others may reduce.
    if (this.#restriction.isRestricted) this.lookAgain()
  }

  /** Books a venue event of this instrument; returns what the bot must hear. `originOf` knows settled orders. */
  onVenueEvent(
    event: VenueAccountEvent,
    originOf: (id: ClientOrderId) => Origin | null,
  ): BotEvent | null {
    this.#at = Math.max(this.#at, event.at)
    if (event.kind === 'fill') return this.#onFill(event, originOf)
    if (event.kind === 'funding') {
      this.risk.bookFunding(event.amount)
      return { kind: 'funding', event }
    }
    if (event.kind === 'order') this.#orders.report(event, event.reason, this.#at)
    return null
  }

  /** The number under which the event went to the bot. */
  handed(seq: number): void {
    this.#handedSeq = seq
  }

  #onFill(
    event: Extract<VenueAccountEvent, { kind: 'fill' }>,
    originOf: (id: ClientOrderId) => Origin | null,
  ): BotEvent {
    const { fill } = event
    const wasHeld = this.position
    const breach = this.risk.bookFill(fill)
    const order = fill.clientId === null ? undefined : this.#orders.get(fill.clientId)
    let origin: Origin = { kind: event.isLiquidation ? 'liquidation' : 'foreign' }
    if (order) {
      origin = order.origin
      this.#orders.bookFill(order, fill)
      // What is left of it may no longer be what is wanted, and a fill proves an order of unknown outcome open.
      if (this.hasOrder(order.clientId)) this.#agenda.addChanged(order.slot)
    } else if (fill.clientId !== null) {
      origin = originOf(fill.clientId) ?? origin
      this.outside.onFill(fill)
    }
    if (this.#restriction.isRestricted) this.lookAgain()
    else if (wasHeld === 0 || this.position === 0 || !this.#planner.stops.hasClosePosition)
      this.#agenda.addUnsettled()
    this.#targetDirty()
    if (breach !== null) this.#onBreach(this.risk.limits.onBreach)
    return { kind: 'fill', event, origin }
  }

  /** A lookup's answer for an order of unknown outcome; null = proven absent (deadline and margin have passed). */
  onResolved(clientId: ClientOrderId, found: VenueOrder | null): void {
    const order = this.#orders.get(clientId)
    if (!order) return
    if (found === null) {
      this.#orders.proveAbsent(order)
      if (order.slot === TARGET) this.target.retryAt = 0
    } else this.#orders.report(found, found.reason, this.#at)
    this.#agenda.addNamed(order.slot)
  }

  onPlaced(outcome: PlaceOutcome): void {
    const order = this.#orders.get(outcome.clientId)
    if (!order) return
    // Taken and ended at once, e.g. a stop whose position an unbooked fill has closed: tried again later.
    const isVoid =
      outcome.kind === 'accepted' && outcome.status === 'canceled' && outcome.quantityFilled === 0
    if (isVoid && order.slot !== TARGET) {
      this.#orders.refuse(order, 'reduce_only', this.#at)
      this.#agenda.addNamed(order.slot)
      return
    }
    if (outcome.kind === 'accepted') {
      this.#orders.report(outcome, null, this.#at)
      this.#agenda.addIfUnsettled(order.slot)
      return
    }
    if (outcome.kind === 'unknown') this.#orders.lose(order)
    else this.#orders.refuse(order, outcome.reason, this.#at)
    this.#agenda.addNamed(order.slot)
  }

  onCanceled(outcome: CancelOutcome): void {
    this.#orders.reportCancel(outcome)
  }

  onPrice(at: number, marketPrice: MarketPrice): ReasonCode | null {
    this.#at = Math.max(this.#at, at)
    const { mode } = this.risk
    const breach = this.risk.onPrice(at, marketPrice)
    if (breach !== null) this.#onBreach(this.risk.limits.onBreach)
    else if (mode !== this.risk.mode) this.#onReleased()
    this.#agenda.addWaiting()
    this.#targetDirty()
    return breach
  }

  #onBreach(onBreach: RiskLimits['onBreach']): void {
    if (onBreach === 'flatten' && this.#restriction.override === null) {
      this.setOverride('flatten')
      this.#isLimitFlattening = true
    }
    this.lookAgain()
  }

  /** A new day has released a limit: what the limit flattened for is over, what an operator asked for is not. */
  #onReleased(): void {
    if (this.#isLimitFlattening) this.setOverride(null)
    this.lookAgain()
  }

  /** A limit of the account or the fleet was reached (code, latched like one of its own), or holds no longer. */
  onAccountLimit(code: ReasonCode, onBreach: RiskLimits['onBreach'] | 'release'): void {
    if (onBreach === 'release') {
      if (this.risk.release(code)) this.#onReleased()
    } else if (this.risk.isOpenTo(onBreach)) {
      this.risk.breach(code, onBreach)
      this.#onBreach(onBreach)
    } else {
      this.risk.keep(code, onBreach)
      // What holds it already keeps its position; a limit that closes it asks for more.
      if (onBreach === 'flatten') this.#onBreach(onBreach)
    }
  }

  /** Computes what to send now; orders placed here count as working from this moment. */
  plan(at: number, nextId: Draft['nextId'], expiresAt: number | null): Plan {
    this.#at = Math.max(this.#at, at)
    const isBehind = this.#isBehind
    const draft: Draft = { at: this.#at, isBehind, cancels: [], places: [], nextId, expiresAt }
    this.#planner.plan(draft)
    return draft
  }

  /** Something outside has changed: the next plan looks at all of it. */
  lookAgain(): void {
    this.#agenda.addAll()
  }

  #targetDirty(): void {
    this.#agenda.isTargetDue ||= !this.target.isIdle
  }

  /** Whether a plan could find something to do without new input. */
  hasWork(): boolean {
    return this.#agenda.hasWork
  }
}
