/**
 * The account as a whole: what all its instances together may do (docs/concepts/grants.md). One desk holds every loop of
 * the account, so its limits are checked exactly, at the moment an order is approved.
 */
import {
  emptyLedger,
  type StoredAccountLedger,
  withCash,
  withForeign,
  withLook,
} from '../domain/account-ledger.ts'
import {
  type AccountLatch,
  type AccountLimits,
  type AccountState,
  LossWatch,
  lossAllowed,
  type StoredLossWatch,
} from '../domain/account-risk.ts'
import { type Amount, GrantHolder, type GrantOrder, type StoredHolding } from '../domain/grant.ts'
import { type InstrumentId, notionalOf } from '../domain/instrument.ts'
import type { MarketEvent } from '../domain/market.ts'
import { type LimitFigures, limitText, type ModeCause } from '../domain/mode-cause.ts'
import { type Money, money } from '../domain/money.ts'
import type { ReasonCode } from '../domain/reason.ts'
import { type InstanceMode, worstLots } from '../domain/risk.ts'
import type { Json } from '../domain/strategy.ts'
import type { VenueBalance, VenueBooking, VenuePosition } from '../domain/venue-report.ts'
import type { Clock } from '../ports/clock.ts'
import type { JournalStore } from '../ports/journal-store.ts'
import type { Logger } from '../ports/logger.ts'
import type { DeskInstanceSettings, FleetWord, LegsLimit } from '../protocol/desk-messages.ts'
import { type InstanceEntry, sendMode } from './instance-entry.ts'
import type { Instances } from './instances.ts'

interface StoredAccount extends StoredAccountLedger {
  readonly watch: StoredLossWatch | null
  readonly fleetLatch: AccountLatch | null
  readonly fleetNumber: number
  readonly holding: StoredHolding | null
}

const unknownAccount: StoredAccount = {
  ...emptyLedger,
  watch: null,
  fleetLatch: null,
  fleetNumber: 0,
  holding: null,
}

export interface AccountGuardParts {
  readonly key: string
  readonly clock: Clock
  readonly journal: JournalStore
  readonly instances: Instances
  readonly logger: Logger
}

export class AccountGuard {
  readonly #parts: AccountGuardParts
  #limits: AccountLimits | null = null
  #watch: LossWatch | null = null
  #holder: GrantHolder | null = null
  #state: StoredAccount
  #written = ''

  constructor(parts: AccountGuardParts) {
    this.#parts = parts
    this.#state = { ...unknownAccount, ...(parts.journal.account() as StoredAccount | null) }
    this.#written = JSON.stringify(this.#state)
    if (this.#state.holding !== null) this.#holder = new GrantHolder(this.#state.holding, null)
  }

  /** The limits of the account as the configuration says now; every instance of it brings the same. */
  configure({ accountLimits, timeZone }: DeskInstanceSettings): void {
    if (accountLimits === undefined) return
    this.#limits = accountLimits
    this.#watch ??= new LossWatch(timeZone, this.#state.watch)
    // The first start of an account under a limit of the fleet: nothing, until the fleet has handed something out.
    this.#holder ??= new GrantHolder(null, accountLimits.notionalMax === null ? null : 0)
  }

  /** The latch of the account, or of the fleet. */
  get latch(): AccountLatch | null {
    return this.#watch?.latch ?? this.#state.fleetLatch
  }
  /** True too when nothing needs it: no instance has brought limits. */
  get isBalanceKnown(): boolean {
    return this.#limits === null || this.#state.unallocated !== null
  }
  get grant(): Amount {
    return this.#holder?.amount ?? null
  }
  get flows(): Money {
    return this.#state.flows
  }

  /** What the gate must know when it judges an order of this instance; null = the account has no limits. */
  stateFor(entry: InstanceEntry): AccountState | null {
    const limits = this.#limits
    if (limits === null) return null
    const others = this.#worstOf((other) => other !== entry)
    const grants = [this.grant, limits.notionalMax].filter((amount) => amount !== null)
    return {
      limits,
      latch: this.latch,
      notionalMax: grants.length === 0 ? null : money(Math.min(...grants)),
      notionalOther: others.notional,
      marginOther: others.margin,
      positionsOther: others.positions,
      equity: this.equity(),
    }
  }

  /** Position, open, unknown and reserved orders of the instances that count, each at its worse side and at mark. */
  #worstOf(counts: (entry: InstanceEntry) => boolean) {
    let notional = 0
    let margin = 0
    let positions = 0
    for (const entry of this.#parts.instances.all()) {
      if (!counts(entry) || entry.settings.shadow === true) continue
      const lots = worstLots(entry.loop.exposure)
      if (lots === 0) continue
      const worth = notionalOf(entry.instrument, entry.loop.risk.price.mark, lots, 'ceil')
      notional += worth
      margin += Math.ceil(worth / entry.loop.leverage)
      positions++
    }
    return { notional: money(notional), margin: money(margin), positions }
  }

  /** What the account uses of a limit on notional. */
  used(): Money {
    return this.#worstOf(() => true).notional
  }

  /** Equity of the account on mark; before the venue has told its balance: of the instances alone. */
  equity(): Money {
    const { unallocated, foreign } = this.#state
    let sum: number = (unallocated ?? 0) + foreign
    for (const { loop } of this.#parts.instances.all())
      sum += unallocated === null ? loop.risk.equity() : loop.risk.profit()
    return money(sum)
  }

  /** The venue's own balance, asked while nothing happened on the account: the rest is what no instance has moved. */
  onBalance(balance: VenueBalance, positions: readonly VenuePosition[]): void {
    let rest: number = balance.balance
    const owned = new Set<InstrumentId>()
    for (const { loop } of this.#parts.instances.all()) {
      rest -= loop.risk.booked()
      owned.add(loop.instrument.id)
    }
    // A position of nobody here is worth what it has cost: there is no mark of it.
    for (const { instrument, cost } of positions) if (owned.has(instrument)) rest -= cost
    this.#set(withLook(this.#state, money(rest)))
    const times = [...this.#parts.instances.all()].map(({ loop }) => loop.at)
    if (times.length > 0) this.onMarket(Math.max(...times))
  }

  /** Money that came in or went out; what the venue absorbs of a bankruptcy is no flow, but a loss less. */
  onCash(amount: Money, reason: string): void {
    const isFlow = reason !== 'insurance'
    if (isFlow) this.#watch?.flow(amount)
    this.remember()
    this.#set(withCash(this.#state, amount, isFlow))
  }

  /** A trade or a funding on a contract of no instance: the fee and the funding are known at once, a profit at the next look. */
  onUnowned(event: VenueBooking): void {
    if (event.kind === 'fill') this.#set(withForeign(this.#state, money(-event.fill.fee)))
    else if (event.kind === 'funding') this.#set(withForeign(this.#state, event.amount))
  }

  /** account = sum of the instances + unallocated + foreign, in what was booked and what positions have won on mark. */
  get sums() {
    const { unallocated, foreign } = this.#state
    const instances = [...this.#parts.instances.all()].map(({ loop }) => loop.risk.profit())
    const own = money(instances.reduce((sum: number, profit) => sum + profit, 0))
    return { instances: own, unallocated, foreign, account: this.equity() }
  }

  /** Takes a price of one instance; its own limits latch, or a new day releases them. */
  onPrice(entry: InstanceEntry, { at, price }: MarketEvent): void {
    const { loop, settings } = entry
    const { mode } = loop.risk
    const breach = loop.onPrice(at, price)
    if (breach === null && mode === loop.risk.mode) return
    entry.isDirty = true
    if (breach === null) {
      sendMode(entry)
      this.#parts.logger.info(
        'risk',
        `${settings.instance} is ${loop.risk.mode}: a new day has begun`,
      )
      return this.lift(entry)
    }
    this.onLatched(entry, mode, breach)
  }

  /** A limit of the instance itself was reached, by a price or by a fill. @param before its mode until then */
  onLatched(entry: InstanceEntry, before: InstanceMode, code: ReasonCode): void {
    const { loop, settings } = entry
    entry.isDirty = true
    if (loop.risk.limits.onBreach === 'flatten') entry.override ??= 'flatten'
    const { losses } = loop.risk
    const figures = loop.risk.limitFigures()
    const count = code === 'limit_consecutive_losses' ? { losses } : {}
    const limit = { code, whose: 'instance' as const, figures, ...count }
    this.#explain(entry, before, limit)
    sendMode(entry)
    const text = `${settings.instance} is ${loop.risk.mode}: ${limitText(limit)}`
    this.#parts.logger.warn('risk', text, { limit: code })
  }

  /** A limit on the sum of the legs, of which this instance is one: its bot watches it, and it is latched like its own. */
  onLegsLimit(entry: InstanceEntry, { code, onBreach, figures }: LegsLimit): void {
    const { loop, settings } = entry
    if (entry.override === 'released') return
    const { mode } = loop.risk
    loop.onAccountLimit(code, onBreach)
    if (onBreach === 'flatten') entry.override ??= 'flatten'
    entry.isDirty = true
    const limit = { code, whose: 'instance' as const, figures }
    this.#explain(entry, mode, limit)
    sendMode(entry)
    const text = `${settings.instance} is ${loop.risk.mode}: over all legs ${limitText(limit)}`
    this.#parts.logger.warn('risk', text, { limit: code })
  }

  /** Says why, when it was the limit that changed the mode: what an operator has set keeps its own reason. */
  #explain(
    entry: InstanceEntry,
    before: InstanceMode,
    limit: NonNullable<ModeCause['limit']>,
  ): void {
    const { risk, at } = entry.loop
    if (risk.mode === before) return
    risk.explain({ kind: 'limit', since: this.#parts.clock.wallMs(), marketAt: at, limit })
  }

  /** Looks at the losses of the account; every instance hears of a limit that was reached or has ended. */
  onMarket(at: number): void {
    if (this.#limits === null || this.#watch === null || this.#state.unallocated === null) return
    const before = this.#watch.latch
    const what = this.#watch.onEquity(at, this.equity(), this.#limits)
    if (what !== null) this.remember()
    if (what === 'latched' && this.#watch.latch !== null)
      this.#breach(this.#watch.latch, this.#limits.onBreach, 'account')
    else if (what === 'released' && before !== null) this.#lift(before)
  }

  /** What prices alone have moved (peak, start of the day) is written now and then, not at every price. */
  remember(): void {
    if (this.#watch !== null) this.#set({ watch: this.#watch.stored })
  }

  #breach(
    code: AccountLatch,
    onBreach: AccountLimits['onBreach'],
    whose: 'account' | 'fleet',
  ): void {
    const { key, logger, instances } = this.#parts
    const figures = whose === 'account' ? this.#figures(code) : null
    const limit = { code, whose, figures }
    logger.warn('risk', limitText(limit), { account: key, limit: code })
    for (const entry of instances.all()) {
      if (entry.override === 'released') continue
      const { mode } = entry.loop.risk
      entry.loop.onAccountLimit(code, onBreach)
      this.#explain(entry, mode, limit)
      if (onBreach === 'flatten') entry.override ??= 'flatten'
      entry.isDirty = true
      sendMode(entry)
    }
  }

  #figures(code: AccountLatch): LimitFigures | null {
    const stored = this.#watch?.stored
    if (stored == null || this.#limits === null) return null
    const isDaily = code === 'limit_account_daily_loss'
    const share = isDaily ? this.#limits.dailyLossMax : this.#limits.drawdownMax
    const base = isDaily ? stored.dayStart : stored.peak
    return { base, equity: this.equity(), allowed: lossAllowed(base, share), share }
  }

  #lift(code: AccountLatch): void {
    for (const entry of this.#parts.instances.all()) {
      entry.loop.onAccountLimit(code, 'release')
      this.lift(entry)
      entry.isDirty = true
      sendMode(entry)
    }
  }

  /** A limit no longer holds: what it flattened for is over, an end that is under way is not. */
  lift(entry: InstanceEntry): void {
    const isOver = entry.loop.risk.mode === 'running' && entry.ending === null
    if (!isOver || entry.override !== 'flatten') return
    entry.override = null
    entry.loop.setOverride(null)
  }

  /** An operator lets an instance trade again: the account's limit, if one is latched, counts anew from here. */
  release(): void {
    if (this.latch === null) return
    this.#watch?.release(this.equity())
    this.#set({ watch: this.#watch?.stored ?? null, fleetLatch: null })
  }

  /**
   * What the fleet says: a grant, and whether a limit of the whole fleet is latched. Late words are ignored by number.
   * The caller commits before it answers.
   */
  onFleet(word: FleetWord): void {
    this.#holder ??= new GrantHolder(null, null)
    const used = this.used()
    if (word.grant === null) this.#holder.settle(used)
    else this.#holder.take(word.grant satisfies GrantOrder, used)
    this.#set({ holding: this.#holder.stored() })
    if (word.number <= this.#state.fleetNumber) return
    const before = this.#state.fleetLatch
    this.#set({ fleetLatch: word.latch, fleetNumber: word.number })
    if (word.latch !== null && word.latch !== before)
      this.#breach(word.latch, this.#limits?.onBreach ?? 'reduce_only', 'fleet')
    else if (word.latch === null && before !== null) this.#lift(before)
  }

  /** What the fleet needs to know of this account. */
  report() {
    const { number, amount } = this.#holder?.stored() ?? { number: 0, amount: null }
    return {
      grant: { number, amount },
      used: this.used(),
      equity: this.equity(),
      is_equity_known: this.#state.unallocated !== null,
      flows: this.#state.flows,
      sums: this.sums,
      latch: this.#watch?.latch ?? null,
      fleet_latch: this.#state.fleetLatch,
      fleet_number: this.#state.fleetNumber,
    }
  }

  #set(change: Partial<StoredAccount>): void {
    this.#state = { ...this.#state, ...change }
  }

  /** What must be written, null when nothing has changed since `written`. */
  unwritten(): Json | null {
    const text = JSON.stringify(this.#state)
    return text === this.#written ? null : (JSON.parse(text) as Json)
  }

  written(state: Json): void {
    this.#written = JSON.stringify(state)
  }
}
