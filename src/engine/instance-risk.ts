/**
 * The money side of one instance as the desk sees it: position, equity, daily loss, drawdown, latched limits.
 * Pure; the state survives restarts in the journal.
 */
import { DayClock } from '../domain/day.ts'
import { type InstanceMode, modeTable } from '../domain/instance-mode.ts'
import { type Instrument, notionalOf } from '../domain/instrument.ts'
import type { MarketPrice } from '../domain/market.ts'
import { type Money, money, mulDiv, type Quantity, quantity, RATIO_SCALE } from '../domain/money.ts'
import { type Fill, signOf } from '../domain/order.ts'
import type { ReasonCode } from '../domain/reason.ts'
import type { RiskLimits } from '../domain/risk.ts'

/** Plain data, stored with the account events that changed it. */
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
  readonly #instrument: Instrument
  #capital: Money
  #limits: RiskLimits
  readonly #dayClock: DayClock
  #position = 0
  #cash = 0
  #fees = 0
  #funding = 0
  #day = ''
  #dayStartEquity = 0
  #peakEquity = 0
  #mode: InstanceMode = 'running'
  #latch: ReasonCode | null = null
  #price: MarketPrice
  #changes = 0

  constructor(options: InstanceRiskOptions, price: MarketPrice, at: number) {
    this.#instrument = options.instrument
    this.#capital = options.capital
    this.#limits = options.limits
    this.#dayClock = new DayClock(options.timeZone)
    this.#price = price
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
  get mode(): InstanceMode {
    return this.#mode
  }
  get latch(): ReasonCode | null {
    return this.#latch
  }
  get price(): MarketPrice {
    return this.#price
  }
  get limits(): RiskLimits {
    return this.#limits
  }

  /** Capital + profit on mark + funding - fees. */
  equity(): Money {
    const value = notionalOf(this.#instrument, this.#price.mark, this.position)
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
    const value = notionalOf(this.#instrument, this.#price.mark, position)
    this.#position = position
    this.#cash = money(-value)
    this.#changes++
  }

  /** Gives its position to another instance, at mark. */
  handOver(): void {
    const value = notionalOf(this.#instrument, this.#price.mark, this.position)
    this.#cash = money(this.#cash + value)
    this.#position = 0
    this.#changes++
  }

  setMode(mode: InstanceMode): void {
    this.#changes++
    this.#mode = mode
    // An operator who lets the instance run again has seen the limit: it counts anew from here.
    if (mode === 'running' && this.#latch !== null) {
      this.#latch = null
      this.#dayStartEquity = this.equity()
      this.#peakEquity = this.#dayStartEquity
    }
  }

  bookFill(fill: Fill): void {
    const sign = signOf(fill.side)
    this.#position = quantity(this.#position + sign * fill.quantity)
    this.#cash = money(this.#cash - sign * notionalOf(this.#instrument, fill.price, fill.quantity))
    this.#fees = money(this.#fees + fill.fee)
  }

  bookFunding(amount: Money): void {
    this.#funding = money(this.#funding + amount)
  }

  /** Books a price; returns the limit that it breached, once. */
  onPrice(at: number, price: MarketPrice): ReasonCode | null {
    this.#price = price
    const equity = this.equity()
    const day = this.#dayClock.date(at)
    // A price told again after a crash of the venue may be of the day before: a day begins once.
    if (day > this.#day) this.#startDay(day, equity)
    if (equity > this.#peakEquity) {
      this.#peakEquity = equity
      this.#changes++
    }
    return this.#latch === null ? this.#check(equity) : null
  }

  #startDay(day: string, equity: Money): void {
    this.#day = day
    this.#dayStartEquity = equity
    this.#changes++
    this.release('limit_daily_loss')
  }

  /** A limit no longer holds: if it is the latched one, the mode that it set is left (domain/instance-mode.ts). */
  release(code: ReasonCode): boolean {
    if (this.#latch !== code) return false
    this.#latch = null
    this.#mode = modeTable[this.#mode].day_change ?? this.#mode
    this.#changes++
    return true
  }

  /** An operator closes the position: a latched limit is taken over, so that no new day lets it trade again. */
  takeOver(): void {
    this.#latch = null
    this.#changes++
  }

  #check(equity: Money): ReasonCode | null {
    const { dailyLossMax, drawdownMax } = this.#limits
    const lossMax = mulDiv(this.#dayStartEquity, dailyLossMax, RATIO_SCALE, 'floor')
    if (dailyLossMax > 0 && this.#dayStartEquity - equity > lossMax)
      return this.breach('limit_daily_loss', this.#limits.onBreach)
    const drawdownAllowed = mulDiv(this.#capital, drawdownMax, RATIO_SCALE, 'floor')
    if (drawdownMax > 0 && this.#peakEquity - equity > drawdownAllowed)
      return this.breach('limit_drawdown', this.#limits.onBreach)
    return null
  }

  /** Latches a limit of the instance, or of its account. */
  breach(code: ReasonCode, onBreach: RiskLimits['onBreach']): ReasonCode {
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
      price: this.#price,
    }
  }

  restore(state: RiskState): void {
    this.#position = quantity(state.position)
    this.#cash = money(state.cash)
    this.#fees = money(state.fees)
    this.#funding = money(state.funding)
    this.#day = state.day
    this.#dayStartEquity = state.dayStartEquity
    this.#peakEquity = state.peakEquity
    this.#mode = state.mode
    this.#latch = state.latch
  }
}
