/**
 * The money side of one instance as the desk sees it: position, equity, daily loss, drawdown, latched limits.
 * Pure; the state survives restarts in the journal.
 */
import { DayClock } from '../domain/day.ts'
import { type InstanceMode, modeTable } from '../domain/instance-mode.ts'
import { type Instrument, notionalOf } from '../domain/instrument.ts'
import type { MarketPrice } from '../domain/market.ts'
import type { LimitFigures, ModeCause } from '../domain/mode-cause.ts'
import {
  type Money,
  money,
  mulDiv,
  type Price,
  type Quantity,
  quantity,
  RATIO_SCALE,
} from '../domain/money.ts'
import { type Fill, signOf } from '../domain/order.ts'
import { applyExecution, type Position } from '../domain/position/position.ts'
import type { ReasonCode } from '../domain/reason.ts'
import type { RiskLimits } from '../domain/risk.ts'
import { RoundTrips, type StoredRoundTrips } from '../domain/round-trip.ts'
import { RefusedOrders } from './refused-orders.ts'

/** Plain data, stored with the account events that changed it. */
interface Held {
  readonly latch: ReasonCode
  readonly cause: ModeCause | null
  readonly onBreach: RiskLimits['onBreach']
}

export interface RiskState {
  readonly position: number
  /** Σ -sign · notional of the fills. */
  readonly cash: number
  readonly fees: number
  readonly funding: number
  readonly day: string
  readonly dayStartEquity: number
  readonly peakEquity: number
  readonly mode: InstanceMode
  readonly latch: ReasonCode | null
  /** Absent in what an earlier version wrote. */
  readonly cause?: ModeCause | null
  readonly pause?: { readonly cause: ModeCause | null } | null
  /** What holds it beside the limit that is latched, and when that is over alone. */
  readonly outweighed?: Held | null
  /** Absent in what an earlier version wrote. */
  readonly trips?: StoredRoundTrips
  /** What the position was opened for; null or absent = not known. */
  readonly cost?: number | null
  /** The last price that was seen: what the books are worth until the venue tells another. */
  readonly price: MarketPrice
}

export interface InstanceRiskOptions {
  readonly instrument: Instrument
  readonly capital: Money
  readonly limits: RiskLimits
  readonly timeZone: string
}

export class InstanceRisk {
  /** What its limits have refused last. */
  readonly refused = new RefusedOrders()
  readonly #instrument: Instrument
  #capital: Money
  #limits: RiskLimits
  readonly #dayClock: DayClock
  readonly #trips: RoundTrips
  readonly #dailyLoss = new LossLimit()
  readonly #fall = new LossLimit()
  #position = 0
  #cash = 0
  #fees = 0
  #funding = 0
  /** What the position was opened for; null = not known before it is flat, since nobody told what was taken over. */
  #cost: Money | null = money(0)
  #day = ''
  #dayStartEquity = 0
  #peakEquity = 0
  #mode: InstanceMode = 'running'
  #latch: ReasonCode | null = null
  #outweighed: Held | null = null
  #cause: ModeCause | null = null
  /** An operator wants a pause, also while something stricter holds. */
  #pause: { readonly cause: ModeCause | null } | null = null
  #last: Price
  #mark: Price
  /** The whole of the latest price; of a venue that tells no more than last and mark it stays null. */
  #book: MarketPrice | null = null
  #changes = 0

  constructor(options: InstanceRiskOptions, price: MarketPrice, at: number) {
    this.#instrument = options.instrument
    this.#capital = options.capital
    this.#limits = options.limits
    this.#dayClock = new DayClock(options.timeZone)
    this.#trips = new RoundTrips(options.instrument)
    this.#last = price.last
    this.#mark = price.mark
    this.#day = this.#dayClock.date(at)
    this.#dayStartEquity = options.capital
    this.#peakEquity = options.capital
  }

  get instrument(): Instrument {
    return this.#instrument
  }
  /** Grows when something changed that must survive a restart, whatever it was. */
  get changes(): number {
    return this.#changes
  }
  get position(): Quantity {
    return this.#position as Quantity
  }
  /** The position with what it was opened for; null = not known. */
  get entry(): Position | null {
    return this.#cost === null ? null : { quantity: this.position, cost: this.#cost }
  }
  get mode(): InstanceMode {
    return this.#mode
  }
  get latch(): ReasonCode | null {
    return this.#latch
  }
  /** Why the mode holds and since when; null while running, and when nobody has told it. */
  get cause(): ModeCause | null {
    return this.#cause
  }
  get price(): MarketPrice {
    return { last: this.#last, mark: this.#mark }
  }
  /** The latest price with what the venue told beside it; null = last and mark alone. */
  get book(): MarketPrice | null {
    return this.#book
  }
  get last(): Price {
    return this.#last
  }
  get mark(): Price {
    return this.#mark
  }
  get limits(): RiskLimits {
    return this.#limits
  }

  /** Capital + profit on mark + funding - fees. */
  equity(): Money {
    const value = notionalOf(this.#instrument, this.#mark, this.position)
    return money(this.#capital + this.#cash + value - this.#fees + this.#funding)
  }

  /** Equity without the capital. */
  profit(): Money {
    return money(this.equity() - this.#capital)
  }

  /** What the fills, fees and fundings of this instance have moved in cash; opened positions are paid for in it. */
  booked(): Money {
    return money(this.#cash - this.#fees + this.#funding)
  }

  /** Change of equity since the day began in the instance's time zone. */
  profitToday(): Money {
    return money(this.equity() - this.#dayStartEquity)
  }

  /** Other terms: money that is added or taken away is no profit and no loss, so the bases of the limits move with it. */
  setLimits(capital: Money, limits: RiskLimits): void {
    const added = capital - this.#capital
    this.#dayStartEquity = money(this.#dayStartEquity + added)
    this.#peakEquity = money(this.#peakEquity + added)
    this.#capital = capital
    this.#limits = limits
  }

  /** Takes over a position that was there before: it counts from its worth at mark, so it is neither won nor lost. */
  adopt(position: Quantity): void {
    const value = notionalOf(this.#instrument, this.#mark, position)
    this.#position = position
    this.#cash = money(-value)
    this.#trips.adopt(value)
    this.#cost = null
    this.#changes++
  }

  /** Books lots that no event explains: what they were opened for nobody knows. */
  forgetCost(): void {
    this.#cost = this.#position === 0 ? money(0) : null
  }

  /** Gives its position to another instance, at mark. */
  handOver(): void {
    const value = notionalOf(this.#instrument, this.#mark, this.position)
    this.#cash = money(this.#cash + value)
    this.#trips.adopt(money(0))
    this.#position = 0
    this.#cost = money(0)
    this.#changes++
  }

  /** @param cause kept when it changes the mode, or when an operator closes, or a strategy fails in, what a limit has halted */
  setMode(mode: InstanceMode, cause: ModeCause | null = null): void {
    this.#changes++
    const isOrdered = cause?.kind === 'close' || cause?.kind === 'strategy'
    const isClosedNow = mode === 'halted' && isOrdered && this.#cause?.kind !== 'close'
    if (mode !== this.#mode || isClosedNow) this.#cause = mode === 'running' ? null : cause
    if (mode === 'running') this.#pause = null
    else if (mode === 'paused' || cause?.kind === 'pause') this.#pause = { cause }
    this.#mode = mode
    // An operator who lets the instance run again has seen the limit: it counts anew from here.
    if (mode === 'running' && this.#isLosing()) this.#trips.forgive()
    if (mode === 'running') this.#outweighed = null
    if (mode === 'running' && this.#latch !== null) {
      this.#latch = null
      this.#dayStartEquity = this.equity()
      this.#peakEquity = this.#dayStartEquity
    }
  }

  /** Losing round trips in a row, more than are allowed. */
  #isLosing(): boolean {
    const allowed = this.#limits.consecutiveLossesMax ?? 0
    return allowed > 0 && this.#trips.losses > allowed
  }

  /** Losing round trips since the last that did not lose. */
  get losses(): number {
    return this.#trips.losses
  }

  /** Books a fill; returns the limit that the round trip closed by it has breached, once. */
  bookFill(fill: Fill): ReasonCode | null {
    const result = this.#trips.book(this.position, fill)
    const sign = signOf(fill.side)
    const { entry } = this
    if (entry !== null) {
      const { side, price, quantity: lots } = fill
      this.#cost = applyExecution(this.#instrument, entry, side, price, lots).position.cost
    }
    this.#position = quantity(this.#position + sign * fill.quantity)
    this.#cash = money(this.#cash - sign * notionalOf(this.#instrument, fill.price, fill.quantity))
    this.#fees = money(this.#fees + fill.fee)
    if (this.#position === 0) this.#cost = money(0)
    const { onBreach } = this.#limits
    const isBreach = result !== null && result < 0 && this.isOpenTo(onBreach) && this.#isLosing()
    if (isBreach) return this.breach('limit_consecutive_losses', onBreach)
    if (result !== null && result < 0 && this.#isLosing())
      this.keep('limit_consecutive_losses', onBreach)
    return null
  }

  bookFunding(amount: Money): void {
    this.#funding = money(this.#funding + amount)
  }

  /** Books a price; returns the limit that it breached, once. */
  onPrice(at: number, price: MarketPrice): ReasonCode | null {
    // Numbers, not the object: a pointer from old to new memory at every price would cost more than all the rest.
    this.#last = price.last
    this.#mark = price.mark
    if (price.bid !== undefined || price.index !== undefined) this.#book = price
    else if (this.#book !== null) this.#book = null
    const equity = this.equity()
    const day = this.#dayClock.date(at)
    // A price told again after a crash of the venue may be of the day before: a day begins once.
    // The same text most of the time, which is told apart without reading it.
    if (day !== this.#day && day > this.#day) this.#startDay(day, equity)
    if (equity > this.#peakEquity) {
      this.#peakEquity = equity
      this.#changes++
    }
    return this.isOpenTo(this.#limits.onBreach) ? this.#check(equity) : null
  }

  #startDay(day: string, equity: Money): void {
    this.#day = day
    this.#dayStartEquity = equity
    this.#changes++
    this.release('limit_daily_loss')
  }

  /** A limit no longer holds: if it is the latched one, the mode that it set is left (domain/instance-mode.ts). */
  release(code: ReasonCode): boolean {
    if (this.#outweighed?.latch === code) {
      this.#outweighed = null
      this.#changes++
      return false
    }
    if (this.#latch !== code) return false
    this.#latch = null
    this.#changes++
    // What an operator has closed stays closed, also when a limit was reached while it was being closed.
    if (this.#cause !== null && this.#cause.kind !== 'limit') return true
    this.#mode = modeTable[this.#mode].day_change ?? this.#mode
    if (this.#mode !== 'running') return true
    // The limit is over, the pause of an operator is not.
    if (this.#pause !== null) this.#mode = 'paused'
    this.#cause = this.#pause?.cause ?? null
    this.#holdAgain()
    return true
  }

  /** A limit that is reached while another one holds as much: it holds alone when that is over. The first of them is kept. */
  keep(latch: ReasonCode, onBreach: RiskLimits['onBreach']): void {
    if (this.#latch === null || this.#latch === latch || this.#outweighed !== null) return
    this.#outweighed = { latch, onBreach, cause: null }
    this.#changes++
  }

  /** What was reached beside the limit that is over holds on. */
  #holdAgain(): void {
    const held = this.#outweighed
    if (held === null) return
    this.#outweighed = null
    this.breach(held.latch, held.onBreach)
    if (this.#mode !== 'paused') this.#cause = held.cause
  }

  /** Whether a limit that asks for this would hold it, or hold it more than what does now. */
  isOpenTo(onBreach: RiskLimits['onBreach']): boolean {
    if (this.#latch === null) return true
    return (
      onBreach !== 'reduce_only' && (modeTable[this.#mode].limit_halt ?? this.#mode) !== this.#mode
    )
  }

  /** Tells why a limit holds the mode; the caller knows the clock and whose limit it is. */
  explain(cause: ModeCause): void {
    this.#cause = cause
    this.#changes++
  }

  /** What the latched loss limit of the instance counts from; null = none is latched. */
  limitFigures(): LimitFigures | null {
    const { dailyLossMax, drawdownMax } = this.#limits
    const equity = this.equity()
    const of = (base: Money, share: number, basis: Money): LimitFigures => ({
      base,
      equity,
      allowed: money(mulDiv(basis, share, RATIO_SCALE, 'floor')),
      share,
    })
    const start = money(this.#dayStartEquity)
    if (this.#latch === 'limit_daily_loss') return of(start, dailyLossMax, start)
    if (this.#latch !== 'limit_drawdown') return null
    return of(money(this.#peakEquity), drawdownMax, this.#capital)
  }

  /** An operator closes the position: a latched limit is taken over, so that no new day lets it trade again. */
  takeOver(): void {
    this.#latch = null
    this.#outweighed = null
    this.#changes++
  }

  #check(equity: Money): ReasonCode | null {
    const { dailyLossMax, drawdownMax } = this.#limits
    if (this.#dailyLoss.isBeyond(this.#dayStartEquity - equity, this.#dayStartEquity, dailyLossMax))
      return this.breach('limit_daily_loss', this.#limits.onBreach)
    if (this.#fall.isBeyond(this.#peakEquity - equity, this.#capital, drawdownMax))
      return this.breach('limit_drawdown', this.#limits.onBreach)
    return null
  }

  /** How far the equity lies below its peak, as a share of the capital: what max_drawdown limits. */
  drawdown(): number {
    return this.#capital <= 0 ? 0 : Math.max(0, this.#peakEquity - this.equity()) / this.#capital
  }

  /** Latches a limit of the instance, or of its account. */
  breach(code: ReasonCode, onBreach: RiskLimits['onBreach']): ReasonCode {
    if (this.#latch !== null && this.#latch !== code)
      this.#outweighed ??= { latch: this.#latch, cause: this.#cause, onBreach: 'reduce_only' }
    this.#latch = code
    const event = onBreach === 'reduce_only' ? 'limit_reduce' : 'limit_halt'
    this.#mode = modeTable[this.#mode][event] ?? this.#mode
    this.#changes++
    return code
  }

  state(): RiskState {
    return {
      position: this.#position,
      cash: this.#cash,
      fees: this.#fees,
      funding: this.#funding,
      day: this.#day,
      dayStartEquity: this.#dayStartEquity,
      peakEquity: this.#peakEquity,
      mode: this.#mode,
      latch: this.#latch,
      cause: this.#cause,
      pause: this.#pause,
      outweighed: this.#outweighed,
      trips: this.#trips.stored,
      cost: this.#cost,
      price: this.price,
    }
  }

  restore(state: RiskState): void {
    this.#position = quantity(state.position)
    this.#cash = money(state.cash)
    this.#fees = money(state.fees)
    this.#funding = money(state.funding)
    const isKnown = state.cost !== undefined && state.cost !== null
    this.#cost = isKnown ? money(state.cost) : state.position === 0 ? money(0) : null
    this.#day = state.day
    this.#dayStartEquity = state.dayStartEquity
    this.#peakEquity = state.peakEquity
    this.#mode = state.mode
    this.#latch = state.latch
    this.#cause = state.cause ?? null
    this.#pause = state.pause ?? null
    this.#outweighed = state.outweighed ?? null
    if (state.trips !== undefined) this.#trips.restore(state.trips)
    else this.#trips.adopt(notionalOf(this.#instrument, state.price.mark, this.position))
  }
}

/** Whether a loss is more than a share of a base; asked at every price, so the share is kept until one of them changes. */
class LossLimit {
  #base = 0
  #share = 0
  #allowed = 0

  /** @param share Ratio; 0 is no limit */
  isBeyond(loss: number, base: number, share: number): boolean {
    // Without a loss there is nothing to compare, which is so at most prices; a base below 0 allows none at all.
    if (share <= 0 || (loss <= 0 && base >= 0)) return false
    if (base !== this.#base || share !== this.#share) {
      this.#base = base
      this.#share = share
      this.#allowed = mulDiv(base, share, RATIO_SCALE, 'floor')
    }
    return loss > this.#allowed
  }
}
