/**
 * The wants loop of one instance on one instrument: compares what is wanted with what works at the venue and says
 * what to cancel and what to place. Pure and synchronous; rules in docs/concepts/wants.md. The same object runs in
 * the desk, in a lockstep replay and in a backtest.
 *
 * Life of an order here: placed (sending) → open | unknown → final at the venue → settled (all fills booked).
 * Only a settled order leaves its slot.
 */
import type { AccountState } from '../domain/account-risk.ts'
import { type Instrument, minimumLots } from '../domain/instrument.ts'
import type { MarketPrice } from '../domain/market.ts'
import type { Money, Quantity } from '../domain/money.ts'
import {
  type ClientOrderId,
  type OrderRequest,
  type Origin,
  type StoredOrder,
  signOf,
} from '../domain/order.ts'
import type { ReasonCode } from '../domain/reason.ts'
import { checkIntent, type Exposure, type InstanceMode, type RiskLimits } from '../domain/risk.ts'
import type { RestingWant, TargetWant, WantChange } from '../domain/strategy.ts'
import type {
  CancelOutcome,
  PlaceOutcome,
  VenueAccountEvent,
  VenueOrder,
} from '../domain/venue-report.ts'
import { InstanceRisk } from './instance-risk.ts'
import type { BotEvent, Draft, LoopState, OrderLoopOptions, Plan } from './order-loop-types.ts'
import { type Override, Restriction } from './restriction.ts'
import {
  isSameRest,
  isSameTarget,
  matches,
  restingRequest,
  type Slot,
  targetRequest,
  type WorkingOrder,
  wouldCross,
} from './working-order.ts'
import { TARGET, WorkingOrders } from './working-orders.ts'

/** An immediate order that the market did not fill is tried again after this much market time. */
const TARGET_RETRY_MS = 1000

export class OrderLoop {
  readonly instance: string
  readonly instrument: Instrument
  readonly risk: InstanceRisk
  #leverage: number
  readonly #orders: WorkingOrders
  readonly #dirty = new Set<string>()
  /** Slots that wait for another price or for market time to pass. */
  readonly #waiting = new Set<string>()
  readonly #reasons = new Map<string, ReasonCode>()
  #target: TargetWant | null = null
  #targetRetryAt = 0
  readonly #restriction: Restriction
  /** The rest of the account as the gate must see it; null = the instance stands alone. */
  #account: (() => AccountState | null) | null = null
  #isReconciled = true
  #isLimitFlattening = false
  #basisSeq = 0
  #handedSeq = 0
  #at: number

  constructor(options: OrderLoopOptions, at: number, marketPrice: MarketPrice) {
    this.instance = options.instance
    this.instrument = options.instrument
    this.#leverage = options.leverage
    this.risk = new InstanceRisk(options, marketPrice, at)
    this.#restriction = new Restriction(this.risk)
    this.#at = at
    this.#orders = new WorkingOrders((order) => this.#dirty.add(order.slot))
  }

  get position(): Quantity {
    return this.risk.position
  }
  /** What is held and may still be bought and sold, unknown orders included. */
  get exposure(): Exposure {
    return this.#orders.exposure(this.position)
  }
  get leverage(): number {
    return this.#leverage
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
  reasons(): Readonly<Record<string, ReasonCode>> {
    return Object.fromEntries(this.#reasons)
  }

  /** Rebuilds a loop from the journal: every order without a final outcome is unknown until the venue has spoken. */
  restore(state: LoopState | null, orders: readonly StoredOrder[], handedSeq: number): void {
    if (state) {
      this.risk.restore(state)
      this.#orders.restoreDelays(state.delays ?? {})
      this.#targetRetryAt = state.targetRetryAt ?? 0
    }
    this.#handedSeq = handedSeq
    this.#isReconciled = false
    for (const stored of orders) {
      const order = this.#orders.track(
        stored.clientId,
        stored.origin,
        stored.request,
        stored.expiresAt,
        this.position,
      )
      this.#orders.takeUp(order, stored.quantityFilled)
    }
  }

  /** What must survive a restart beside the orders. */
  state(): LoopState {
    const delays = this.#orders.delays()
    return { ...this.risk.state(), delays, targetRetryAt: this.#targetRetryAt }
  }

  /** Every new order is judged with the whole account from now on. */
  setAccount(account: () => AccountState | null): void {
    this.#account = account
  }

  setTerms(capital: Money, leverage: number, limits: RiskLimits): void {
    this.risk.setLimits(capital, limits)
    this.#leverage = leverage
    this.#allDirty()
  }

  setMode(mode: InstanceMode): void {
    this.risk.setMode(mode)
    this.#allDirty()
  }

  setReconciled(isReconciled: boolean): void {
    if (isReconciled && !this.#isReconciled) {
      this.#orders.resume()
      this.#targetRetryAt = 0
    }
    this.#isReconciled = isReconciled
    this.#allDirty()
  }

  /** The bot has gone silent: `cancel` withdraws what could raise |position| until it speaks again. */
  setBotLost(isLost: boolean): void {
    if (isLost === this.#restriction.isBotLost) return
    this.#restriction.isBotLost = isLost
    this.#allDirty()
  }

  /** Operator: nothing rests any more (`cancel`), and the position goes to 0 (`flatten`); null lifts it. */
  setOverride(kind: Override | null): void {
    this.#restriction.override = kind
    this.#isLimitFlattening = false
    this.#targetRetryAt = 0
    this.#allDirty()
  }

  /** Whether nothing of ours works and, when flattening, what is held is less than the venue trades. */
  isQuiet(): boolean {
    const isHeld = this.#restriction.override === 'flatten' && this.position !== 0
    return this.#orders.size === 0 && !isHeld
  }

  /** The instance has ended: its bot's wants are forgotten, so that nothing is sent for it until a bot speaks again. */
  forgetWants(): void {
    this.#orders.forgetWants()
    this.#target = null
    this.#restriction.isBotKnown = false
    this.#reasons.clear()
    this.#waiting.clear()
  }

  applyWants(basisSeq: number, replace: boolean, changes: readonly WantChange[]): void {
    this.#basisSeq = basisSeq
    this.#restriction.isBotKnown = true
    if (replace) this.#dropUnnamed(changes)
    for (const change of changes) this.#applyChange(change)
    for (const slot of this.#waiting)
      if (this.#reasons.get(slot) === 'basis_behind') this.#dirty.add(slot)
    this.#dirty.add(TARGET)
  }

  #dropUnnamed(changes: readonly WantChange[]): void {
    const named = new Set(changes.map((change) => (change.kind === 'rest' ? change.want.slot : '')))
    for (const slot of this.#orders.slots.keys()) if (!named.has(slot)) this.#setWant(slot, null)
    if (!changes.some((change) => change.kind === 'target')) {
      this.#target = null
      this.#targetRetryAt = 0
    }
    this.#allDirty()
  }

  #applyChange(change: WantChange): void {
    if (change.kind === 'rest') this.#setWant(change.want.slot, change.want)
    else if (change.kind === 'drop') this.#setWant(change.slot, null)
    else {
      const target = change.kind === 'target' ? change.want : null
      if (target === null || (this.#target !== null && !isSameTarget(this.#target, target)))
        this.#targetRetryAt = 0
      this.#target = target
    }
  }

  #setWant(name: string, want: RestingWant | null): void {
    const slot = this.#orders.slot(name)
    // Said again by a bot that came back, or to a desk that did: no reason to try a refused order sooner.
    if (want === null || (slot.want !== null && !isSameRest(slot.want, want))) {
      slot.retryAt = 0
      slot.backoffMs = 0
    }
    slot.want = want
    this.#dirty.add(name)
    // In a restricted mode one want decides how much of the position the others may reduce.
    if (this.#restriction.isRestricted) this.#allDirty()
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
    if (event.kind === 'order') this.#onOrderStatus(event)
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
    this.risk.bookFill(fill)
    const order = fill.clientId === null ? undefined : this.#orders.get(fill.clientId)
    let origin: Origin = { kind: event.isLiquidation ? 'liquidation' : 'foreign' }
    if (order) {
      origin = order.origin
      this.#orders.bookFill(order, fill)
    } else if (fill.clientId !== null) {
      origin = originOf(fill.clientId) ?? origin
    }
    this.#dirty.add(TARGET)
    if (this.#restriction.isRestricted || wasHeld === 0 || this.position === 0) this.#allDirty()
    return { kind: 'fill', event, origin }
  }

  #onOrderStatus(event: Extract<VenueAccountEvent, { kind: 'order' }>): void {
    this.#orders.report(event, event.reason, this.#at)
  }

  /** A lookup's answer for an order of unknown outcome; null = proven absent (deadline and margin have passed). */
  onResolved(clientId: ClientOrderId, found: VenueOrder | null): void {
    const order = this.#orders.get(clientId)
    if (!order) return
    if (found === null) this.#orders.finish(order, order.booked)
    else this.#orders.report(found, found.reason, this.#at)
    this.#dirty.add(order.slot)
  }

  onPlaced(outcome: PlaceOutcome): void {
    const order = this.#orders.get(outcome.clientId)
    if (!order) return
    if (outcome.kind === 'unknown') order.status = 'unknown'
    else if (outcome.kind === 'accepted') this.#orders.report(outcome, null, this.#at)
    else this.#orders.refuse(order, outcome.reason, this.#at)
    this.#dirty.add(order.slot)
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
    for (const slot of this.#waiting) this.#dirty.add(slot)
    this.#dirty.add(TARGET)
    return breach
  }

  #onBreach(onBreach: RiskLimits['onBreach']): void {
    if (onBreach === 'flatten' && this.#restriction.override === null) {
      this.setOverride('flatten')
      this.#isLimitFlattening = true
    }
    this.#allDirty()
  }

  /** A new day has released a limit: what the limit flattened for is over, what an operator asked for is not. */
  #onReleased(): void {
    if (this.#isLimitFlattening) this.setOverride(null)
    this.#allDirty()
  }

  /** A limit of the account or the fleet was reached (code, latched like one of its own), or holds no longer. */
  onAccountLimit(code: ReasonCode, onBreach: RiskLimits['onBreach'] | 'release'): void {
    if (onBreach === 'release') {
      if (this.risk.release(code)) this.#onReleased()
    } else if (this.risk.latch === null) {
      this.risk.breach(code, onBreach)
      this.#onBreach(onBreach)
    }
  }

  /** Computes what to send now; orders placed here count as working from this moment. */
  plan(at: number, nextId: () => ClientOrderId, expiresAt: number | null): Plan {
    this.#at = Math.max(this.#at, at)
    const draft: Draft = { cancels: [], places: [], nextId, expiresAt }
    if (this.#restriction.maySpeak) {
      for (const name of this.#dirty) {
        if (name === TARGET) continue
        const slot = this.#orders.slots.get(name)
        if (slot) this.#planSlot(name, slot, draft)
      }
      this.#planTarget(draft)
    }
    this.#dirty.clear()
    return draft
  }

  #planSlot(name: string, slot: Slot, draft: Draft): void {
    const want = this.#restriction.allowed(slot, this.#orders.slots.values())
    const reason = this.#compare(name, slot, want, draft)
    if (reason !== null || want === null) return this.#note(name, slot, reason)
    const request = this.#missing(slot, want)
    if (request === null || typeof request === 'string') this.#note(name, slot, request)
    else this.#note(name, slot, this.#approve({ kind: 'slot', slot: name }, request, draft))
  }

  /** Cancels what does not fit the want; returns a reason when nothing may be placed yet. */
  #compare(name: string, slot: Slot, want: RestingWant | null, draft: Draft): ReasonCode | null {
    let occupied = 0
    let hasMisfit = false
    let hasUnknown = false
    for (const order of slot.orders) {
      occupied += order.lots - order.booked
      if (order.status === 'unknown') hasUnknown = true
      if (want !== null && matches(order.request, want)) continue
      hasMisfit = true
      this.#cancel(order, draft)
    }
    if (want === null) return this.#restriction.reason(slot, this.#reasons.get(name) ?? null)
    if (hasMisfit) return hasUnknown ? 'unknown_outcome' : 'canceling'
    if (want.quantity !== 'position' && occupied > want.quantity) {
      if (this.#basisSeq < this.#handedSeq) return 'basis_behind'
      const last = slot.orders[slot.orders.length - 1]
      if (last) this.#cancel(last, draft)
      return 'canceling'
    }
    return null
  }

  #cancel(order: WorkingOrder, draft: Draft): void {
    // An unknown order is cancelled too: a cancel can only lower risk; its answer proves nothing by itself.
    if (order.isCancelRequested || order.status === 'sending') return
    order.isCancelRequested = true
    draft.cancels.push(order.clientId)
  }

  /** The request that a slot still lacks, null when it is complete, or why it must wait. */
  #missing(slot: Slot, want: RestingWant): OrderRequest | ReasonCode | null {
    let occupied = 0
    for (const order of slot.orders) occupied += order.lots - order.booked
    if (want.quantity === 'position') {
      if (slot.orders.length > 0 || this.position === 0) return null
    } else {
      if (occupied === want.quantity) return null
      if (this.#basisSeq < this.#handedSeq) return 'basis_behind'
      if (want.quantity - occupied < minimumLots(this.instrument, want.price)) {
        return slot.orders.length > 0 ? null : 'below_minimum'
      }
    }
    if (slot.retryAt > this.#at) return slot.retryReason
    if (want.isPostOnly && want.trigger === null && wouldCross(want, this.risk.price.last))
      return 'would_cross'
    return restingRequest(want, occupied)
  }

  #approve(origin: Origin, request: OrderRequest, draft: Draft): ReasonCode | null {
    const intent = { clientId: draft.nextId(), instance: this.instance, origin, request }
    const verdict = checkIntent(
      intent,
      {
        instrument: this.instrument,
        mode: this.risk.mode,
        latch: this.risk.latch,
        isReconciled: this.#isReconciled,
        limits: this.risk.limits,
        leverage: this.#leverage,
        equity: this.risk.equity(),
        mark: this.risk.price.mark,
        exposure: this.exposure,
        account: this.#account === null ? null : this.#account(),
      },
      draft.expiresAt,
    )
    if ('refused' in verdict) return verdict.refused
    this.#orders.track(intent.clientId, origin, request, draft.expiresAt, this.position)
    draft.places.push(verdict)
    return null
  }

  #planTarget(draft: Draft): void {
    const slot = this.#orders.slot(TARGET)
    const want = this.#restriction.target(this.#target, this.#at)
    const missing = want === null ? 0 : want.quantity - this.position
    let isResting = false
    for (const order of slot.orders) {
      // An immediate order ends by itself; a resting one (maker first) is withdrawn when it no longer fits.
      isResting = true
      const fits =
        missing !== 0 &&
        signOf(order.request.side) === Math.sign(missing) &&
        want?.style === 'maker_first'
      const isAtTouch = order.request.price === this.risk.price.last
      if (order.request.timeInForce === 'gtc' && !(fits && isAtTouch)) this.#cancel(order, draft)
    }
    if (isResting || want === null || missing === 0) {
      this.#note(TARGET, slot, isResting ? 'pending' : null)
      return
    }
    const reason = this.#targetHold(slot, want, missing)
    if (reason !== null) return this.#note(TARGET, slot, reason === 'below_minimum' ? null : reason)
    const isOrdered = this.#restriction.override !== null
    const origin: Origin = { kind: isOrdered ? 'operator' : 'target' }
    const request = targetRequest(
      this.instrument,
      want,
      missing,
      this.position,
      this.risk.price,
      this.#at,
    )
    const refused = this.#approve(origin, request, draft)
    this.#targetRetryAt = this.#at + TARGET_RETRY_MS
    this.#note(TARGET, slot, refused)
  }

  #targetHold(slot: Slot, want: TargetWant, missing: number): ReasonCode | null {
    // An order on its way out could still fill and, with the closing order, turn the position.
    if (this.#restriction.override !== null && this.#orders.hasOn(missing > 0 ? 'buy' : 'sell'))
      return 'canceling'
    if (this.#restriction.override === null && this.#basisSeq < this.#handedSeq)
      return 'basis_behind'
    const isClosing = want.quantity === 0
    if (!isClosing && Math.abs(missing) < minimumLots(this.instrument, this.risk.price.last))
      return 'below_minimum'
    if (slot.retryAt > this.#at) return slot.retryReason
    return this.#targetRetryAt > this.#at ? 'target_unfilled' : null
  }

  #note(name: string, slot: Slot, reason: ReasonCode | null): void {
    if (reason === null) this.#reasons.delete(name)
    else this.#reasons.set(name, reason)
    const mayRecover = reason !== null && reason !== 'canceling' && reason !== 'pending'
    if (mayRecover && slot.want !== null) this.#waiting.add(name)
    else this.#waiting.delete(name)
    if (slot.want === null && slot.orders.length === 0 && name !== TARGET)
      this.#orders.slots.delete(name)
  }

  #allDirty(): void {
    for (const name of this.#orders.slots.keys()) this.#dirty.add(name)
    this.#dirty.add(TARGET)
  }

  /** Whether a plan could find something to do without new input. */
  hasWork(): boolean {
    return this.#dirty.size > 0
  }
}
