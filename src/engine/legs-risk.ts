/**
 * Daily loss and drawdown of an instance of several legs, on the sum of its legs at marks: what one leg of a hedge loses the
 * other wins, so no leg alone may be judged. The same words as for one contract (instance-risk.ts); the bot holds this, and
 * tells every desk when a limit is reached (docs/decisions/0007-limits-of-an-instance-of-several-legs.md). Pure.
 */
import { lossAllowed } from '../domain/account-risk.ts'
import { DayClock } from '../domain/day.ts'
import type { LimitFigures } from '../domain/mode-cause.ts'
import type { Money } from '../domain/money.ts'
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
   * @returns the limit that it breached, once
   */
  onEquity(at: number, equity: Money): LegsLatch | null {
    const day = this.#dayClock.date(at)
    const { day: today, peak, latch } = this.#state
    if (day > today) {
      const isFirst = today === ''
      const isOver = latch === 'limit_daily_loss'
      const dayStart = isFirst ? this.#state.dayStart : equity
      this.#state = { ...this.#state, day, dayStart, ...(isOver ? RELEASED : {}) }
    }
    if (equity > peak) this.#state = { ...this.#state, peak: equity }
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

const RELEASED = { latch: null, held: [] } as const
