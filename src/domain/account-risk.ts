/**
 * Limits of a whole account (and of the fleet): the loss of the day and the drawdown from the flow-adjusted peak, latched,
 * and what the gate must know of the other instances. Pure; docs/concepts/grants.md.
 */
import { DayClock } from './day.ts'
import { type Money, money, mulDiv, RATIO_SCALE } from './money.ts'

/** Limits of one account, from the section `trading` of the fleet; ratios times 1e8. */
export interface AccountLimits {
  /** Open positions, those that working orders could open included; 0 = off. */
  readonly positionsMax: number
  /** Margin in use ÷ equity of the account. */
  readonly capitalUtilizationMax: number
  /** Share of the equity at the start of the day; 0 = off. */
  readonly dailyLossMax: number
  /** Share of the flow-adjusted peak equity; 0 = off. */
  readonly drawdownMax: number
  /** What all positions of the fleet may be worth; an account may use its grant of it. null = no limit. */
  readonly notionalMax: Money | null
  readonly onBreach: 'reduce_only' | 'halt' | 'flatten'
}

export type AccountLatch = 'limit_account_daily_loss' | 'limit_account_drawdown'

/** The account as the gate sees it when it judges an intent of one instance: everything but that instance. */
export interface AccountState {
  readonly limits: AccountLimits
  readonly latch: AccountLatch | null
  /** What the account may use of the fleet's limit; null = no limit. */
  readonly notionalMax: Money | null
  /** Worst case of the other instances at mark. */
  readonly notionalOther: Money
  readonly marginOther: Money
  /** Other instances that hold a position, or may come to hold one. */
  readonly positionsOther: number
  readonly equity: Money
}

/** Plain data, stored with the account. */
export interface StoredLossWatch {
  readonly day: string
  readonly dayStart: Money
  readonly peak: Money
  readonly latch: AccountLatch | null
}

/** Watches one equity. Deposits and withdrawals move its bases, never its result. */
export class LossWatch {
  readonly #dayClock: DayClock
  #state: StoredLossWatch | null

  constructor(timeZone: string, stored: StoredLossWatch | null) {
    this.#dayClock = new DayClock(timeZone)
    this.#state = stored
  }

  get latch(): AccountLatch | null {
    return this.#state?.latch ?? null
  }
  /** null = no equity was seen yet. */
  get stored(): StoredLossWatch | null {
    return this.#state
  }

  /** Money came in (positive) or went out: the equity moves with it, and so do its bases. */
  flow(amount: Money): void {
    if (this.#state === null) return
    const { dayStart, peak } = this.#state
    this.#state = {
      ...this.#state,
      dayStart: money(dayStart + amount),
      peak: money(peak + amount),
    }
  }

  /**
   * Takes the equity of now.
   * @param at market time, ms
   * @returns what was breached now (`latched`), or released by a new day (`released`), else null
   */
  onEquity(at: number, equity: Money, limits: LossLimits): 'latched' | 'released' | null {
    const day = this.#dayClock.date(at)
    const before = this.#state ?? { day, dayStart: equity, peak: equity, latch: null }
    const isNewDay = day > before.day
    const isReleased = isNewDay && before.latch === 'limit_account_daily_loss'
    const dayStart = isNewDay ? equity : before.dayStart
    const peak = equity > before.peak ? equity : before.peak
    const kept = isReleased ? null : before.latch
    const latch = kept ?? breachOf(equity, dayStart, peak, limits)
    if (isNewDay || peak !== before.peak || latch !== before.latch || this.#state === null)
      this.#state = { day: isNewDay ? day : before.day, dayStart, peak, latch }
    if (latch !== null && kept === null) return 'latched'
    return isReleased ? 'released' : null
  }

  /** An operator has seen it: losses count anew from here. */
  release(equity: Money): void {
    if (this.#state === null) return
    this.#state = { ...this.#state, dayStart: equity, peak: equity, latch: null }
  }
}

export type LossLimits = Pick<AccountLimits, 'dailyLossMax' | 'drawdownMax'>

function breachOf(
  equity: Money,
  dayStart: Money,
  peak: Money,
  { dailyLossMax, drawdownMax }: LossLimits,
): AccountLatch | null {
  if (dailyLossMax > 0 && dayStart - equity > lossAllowed(dayStart, dailyLossMax))
    return 'limit_account_daily_loss'
  if (drawdownMax > 0 && peak - equity > lossAllowed(peak, drawdownMax))
    return 'limit_account_drawdown'
  return null
}

/** What an equity may lose: a share (Ratio) of it, rounded down. */
export const lossAllowed = (base: Money, share: number): Money =>
  money(mulDiv(Math.max(0, base), share, RATIO_SCALE, 'floor'))
