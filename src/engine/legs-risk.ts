/**
 * Daily loss and drawdown of an instance of several legs, on the sum of its legs at marks: what one leg of a hedge loses the
 * other wins, so no leg alone may be judged. The same words as for one contract (instance-risk.ts); the bot holds this, and
 * tells every desk when a limit is reached (docs/decisions/0007-limits-of-an-instance-of-several-legs.md). Pure.
 */
import { lossAllowed } from '../domain/account-risk.ts'
import { DayClock } from '../domain/day.ts'
import type { LimitFigures } from '../domain/mode-cause.ts'
import { type Money, money } from '../domain/money.ts'
import type { RiskLimits } from '../domain/risk.ts'

/** Ratios times 1e8; 0 = off. */
export type LegsLimits = Pick<RiskLimits, 'dailyLossMax' | 'drawdownMax' | 'onBreach'>

export type LegsLatch = 'limit_daily_loss' | 'limit_drawdown'

/** Plain data, stored with the instance. */
export interface StoredLegsRisk {
  readonly day: string
  readonly dayStart: Money
  readonly peak: Money
  readonly latch: LegsLatch | null
  /** Equity at the moment of the breach. */
  readonly equity: Money
  /** Legs whose desk has acted on the latch: one of them that runs again was released by an operator. */
  readonly held: readonly number[]
}

export class LegsRisk {
  readonly #capital: Money
  readonly #dayClock: DayClock
  readonly #limits: LegsLimits
  #state: StoredLegsRisk

  /** @param stored null at the first start: the capital is the base of the day and the peak */
  constructor(limits: LegsLimits, timeZone: string, capital: Money, stored: StoredLegsRisk | null) {
    this.#limits = limits
    this.#capital = capital
    this.#dayClock = new DayClock(timeZone)
    const fresh = { day: '', dayStart: capital, peak: capital, latch: null, equity: capital }
    this.#state = stored ?? { ...fresh, held: [] }
  }

  /** What counts from now on where money was added or taken away: that is no profit and no loss, so every base moves with it. */
  static moved(stored: StoredLegsRisk, added: number): StoredLegsRisk {
    const by = (amount: Money): Money => money(amount + added)
    const { dayStart, peak, equity } = stored
    return { ...stored, dayStart: by(dayStart), peak: by(peak), equity: by(equity) }
  }

  get latch(): LegsLatch | null {
    return this.#state.latch
  }
  get limits(): LegsLimits {
    return this.#limits
  }
  get stored(): StoredLegsRisk {
    return this.#state
  }

  /**
   * Takes the equity of all legs.
   * @param at market time, ms
   * @param lowest where equity is the highest of a round of prices (EquityRound): the lowest of it, which alone raises the peak
   * @returns the limit that it breached, once
   */
  onEquity(at: number, equity: Money, lowest: Money = equity): LegsLatch | null {
    const day = this.#dayClock.date(at)
    const { day: today, peak, latch } = this.#state
    if (day > today) {
      const isFirst = today === ''
      const isOver = latch === 'limit_daily_loss'
      const dayStart = isFirst ? this.#state.dayStart : equity
      this.#state = { ...this.#state, day, dayStart, ...(isOver ? RELEASED : {}) }
    }
    if (lowest > peak) this.#state = { ...this.#state, peak: lowest }
    if (this.#state.latch !== null) return null
    const reached = this.#reached(equity)
    if (reached !== null) this.#state = { ...this.#state, latch: reached, equity, held: [] }
    return reached
  }

  #reached(equity: Money): LegsLatch | null {
    const { dayStart, peak } = this.#state
    const { dailyLossMax, drawdownMax } = this.#limits
    if (dailyLossMax > 0 && dayStart - equity > lossAllowed(dayStart, dailyLossMax))
      return 'limit_daily_loss'
    const isFallen = drawdownMax > 0 && peak - equity > lossAllowed(this.#capital, drawdownMax)
    return isFallen ? 'limit_drawdown' : null
  }

  /** What the latched limit counts from; null = none is latched. */
  figures(): LimitFigures | null {
    const { latch, dayStart, peak, equity } = this.#state
    const { dailyLossMax, drawdownMax } = this.#limits
    if (latch === null) return null
    if (latch === 'limit_drawdown') {
      const allowed = lossAllowed(this.#capital, drawdownMax)
      return { base: peak, equity, allowed, share: drawdownMax }
    }
    return {
      base: dayStart,
      equity,
      allowed: lossAllowed(dayStart, dailyLossMax),
      share: dailyLossMax,
    }
  }

  /** The mode of a leg as its desk tells it. @returns whether an operator has released the latch by it */
  onMode(leg: number, isRunning: boolean, equity: Money): boolean {
    const { latch, held } = this.#state
    if (latch === null) return false
    if (!isRunning) {
      if (!held.includes(leg)) this.#state = { ...this.#state, held: [...held, leg] }
      return false
    }
    if (!held.includes(leg)) return false
    // Who lets it run again has seen the limit: losses count anew from here.
    this.#state = { ...this.#state, dayStart: equity, peak: equity, ...RELEASED }
    return true
  }
}

/** A leg whose market says nothing for so long, ms of market time, is counted at its last price. */
const SILENCE_MAX_MS = 5000

/**
 * Prices of two venues come one after the other: between them the sum is wrong by the whole step of one leg. So a loss
 * counts when it stood through a round in which every leg has told a price, and so does a new peak.
 */
export class EquityRound {
  readonly #heard: boolean[]
  #beganAt: number | null = null
  #highest = Number.NEGATIVE_INFINITY
  #lowest = Number.POSITIVE_INFINITY

  /** @param legs how many */
  constructor(legs: number) {
    this.#heard = Array.from({ length: legs }, () => false)
  }

  /** A leg has told a price. */
  heard(leg: number): void {
    this.#heard[leg] = true
  }

  /**
   * Takes the equity of now.
   * @param at market time, ms
   * @returns the highest and the lowest of a round that is over with it, else null
   */
  take(at: number, equity: Money): { readonly highest: Money; readonly lowest: Money } | null {
    this.#beganAt ??= at
    this.#highest = Math.max(this.#highest, equity)
    this.#lowest = Math.min(this.#lowest, equity)
    if (!this.#heard.every(Boolean) && at - this.#beganAt < SILENCE_MAX_MS) return null
    const round = { highest: money(this.#highest), lowest: money(this.#lowest) }
    this.#heard.fill(false)
    this.#beganAt = null
    this.#highest = Number.NEGATIVE_INFINITY
    this.#lowest = Number.POSITIVE_INFINITY
    return round
  }
}

const RELEASED = { latch: null, held: [] } as const
