/**
 * Equity over a run, fed candle by candle: drawdown and the equity of each day are kept as it goes; the points
 * themselves only on request, in growing columns (half a million a year must not cost objects). A caller that leaps over
 * candles feeds `note` with the candles that raise the peak or deepen a fall, `day` at each midnight, and at last the
 * last candle it leapt over: the figures are then those of a curve that heard every candle.
 */
import { type Money, money } from '../domain/money.ts'

export interface EquityPoint {
  readonly at: number
  readonly equity: Money
  /** Last price, in the instrument's price unit. */
  readonly close: number
  /** Signed lots. */
  readonly position: number
}

/** A fall of equity from the highest that came before it. */
export interface Drawdown {
  /** Peak minus trough, money. */
  readonly amount: Money
  /** amount ÷ the peak; 0 without a peak above 0. */
  readonly shareOfPeak: number
  /** amount ÷ the capital: what limits are measured against. */
  readonly shareOfCapital: number
  readonly peakAt: number
  readonly troughAt: number
}

const DAY_MS = 86_400_000

/** Peak, its time, trough, its time: numbers of one fall, changed in place. */
interface Fall {
  peak: number
  peakAt: number
  trough: number
  troughAt: number
}

export class EquityCurve {
  #at = new Float64Array(0)
  #equity = new Float64Array(0)
  #close = new Float64Array(0)
  #position = new Float64Array(0)
  #length = 0
  readonly #keepsPoints: boolean
  readonly #capital: Money
  #peak: number
  #peakAt: number
  #share = 0
  readonly #deepest: Fall
  readonly #steepest: Fall
  readonly #days: number[]
  /** Market time of the last sample. */
  #dayAt: number
  #nextDayAt: number
  #lastAt: number
  #lastEquity: number

  /** The first point is the capital at the start, so that an opening loss counts. */
  constructor(startAt: number, capital: Money, close: number, keepsPoints = true) {
    this.#capital = capital
    this.#keepsPoints = keepsPoints
    this.#peak = capital
    this.#peakAt = startAt
    this.#deepest = { peak: capital, peakAt: startAt, trough: capital, troughAt: startAt }
    this.#steepest = { ...this.#deepest }
    this.#days = [capital]
    this.#dayAt = startAt
    this.#nextDayAt = nextMidnight(startAt)
    this.#lastAt = startAt
    this.#lastEquity = capital
    if (keepsPoints) this.#store(startAt, capital, close, 0)
  }

  /** How many points are kept, the start included; 0 when none are. */
  get length(): number {
    return this.#length
  }

  /** The fall of the most money. */
  get drawdown(): Drawdown {
    return this.#described(this.#deepest)
  }

  /** The fall of the largest share of its peak: not always the one of the most money. */
  get steepestDrawdown(): Drawdown {
    return this.#described(this.#steepest)
  }

  /** The highest equity so far, money. */
  get peak(): number {
    return this.#peak
  }

  /** The largest fall so far, money: a stretch whose falls are no larger changes nothing. */
  get deepestFall(): number {
    return this.#deepest.peak - this.#deepest.trough
  }

  /** The largest fall so far as a share of its peak. */
  get steepestShare(): number {
    return this.#share
  }

  /** The next 00:00 UTC whose equity is still wanted: that of the first candle that closes then or later. */
  get nextDayAt(): number {
    return this.#nextDayAt
  }

  /** Market time of the last candle that was heard. */
  get lastAt(): number {
    return this.#lastAt
  }

  /** Equity at the last candle that was heard, money. */
  get lastEquity(): number {
    return this.#lastEquity
  }

  /** Equity at the start, at the first candle at or after each midnight (UTC), and at the end: statistics run on these. */
  get daily(): readonly number[] {
    // What came at the same moment as the last sample (a closing fill, funding) is part of it.
    const days = this.#lastAt === this.#dayAt ? this.#days.slice(0, -1) : this.#days
    return [...days, this.#lastEquity]
  }

  /** Hears a candle that has closed. @param close in price units @param position signed lots */
  add(at: number, equity: number, close: number, position: number): void {
    if (this.#keepsPoints) this.#store(at, equity, close, position)
    if (at >= this.#nextDayAt) this.day(at, equity)
    this.note(at, equity)
  }

  /** The figures of a candle that is not kept: peak, falls, and which was the last. */
  note(at: number, equity: number): void {
    this.#lastAt = at
    this.#lastEquity = equity
    if (equity > this.#peak) {
      this.#peak = equity
      this.#peakAt = at
      return
    }
    const fall = this.#peak - equity
    if (fall > this.#deepest.peak - this.#deepest.trough) this.#take(this.#deepest, at, equity)
    const share = this.#peak > 0 ? fall / this.#peak : 0
    if (share > this.#share) {
      this.#share = share
      this.#take(this.#steepest, at, equity)
    }
  }

  /** The equity of the day that is due: of the first candle at or after `nextDayAt`. */
  day(at: number, equity: number): void {
    this.#days.push(equity)
    this.#dayAt = at
    this.#nextDayAt = nextMidnight(at)
  }

  #take(fall: Fall, at: number, equity: number): void {
    fall.peak = this.#peak
    fall.peakAt = this.#peakAt
    fall.trough = equity
    fall.troughAt = at
  }

  #described({ peak, peakAt, trough, troughAt }: Fall): Drawdown {
    const amount = money(peak - trough)
    return {
      amount,
      shareOfPeak: peak > 0 ? amount / peak : 0,
      shareOfCapital: this.#capital > 0 ? amount / this.#capital : 0,
      peakAt,
      troughAt,
    }
  }

  #store(at: number, equity: number, close: number, position: number): void {
    const index = this.#length
    if (index === this.#at.length) this.#grow()
    this.#at[index] = at
    this.#equity[index] = equity
    this.#close[index] = close
    this.#position[index] = position
    this.#length = index + 1
  }

  /** A point that is kept; the first is the start. */
  point(index: number): EquityPoint {
    return {
      at: this.#at[index] ?? 0,
      equity: money(this.#equity[index] ?? 0),
      close: this.#close[index] ?? 0,
      position: this.#position[index] ?? 0,
    }
  }

  #grow(): void {
    this.#at = doubled(this.#at)
    this.#equity = doubled(this.#equity)
    this.#close = doubled(this.#close)
    this.#position = doubled(this.#position)
  }
}

const nextMidnight = (at: number): number => (Math.floor(at / DAY_MS) + 1) * DAY_MS

function doubled(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.max(4096, column.length * 2))
  larger.set(column)
  return larger
}
