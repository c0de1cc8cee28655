/** Equity at the close of each candle, in growing columns: half a million points a year must not cost objects. */
import { type Money, money } from '../domain/money.ts'

export interface EquityPoint {
  readonly at: number
  readonly equity: Money
  /** Last price, in the instrument's price unit. */
  readonly close: number
  /** Signed lots. */
  readonly position: number
}

/** The largest fall of equity from a peak that came before it. */
export interface Drawdown {
  /** Peak minus trough, money. */
  readonly amount: Money
  /** amount ÷ the peak. */
  readonly shareOfPeak: number
  /** amount ÷ the capital: what limits are measured against. */
  readonly shareOfCapital: number
  readonly peakAt: number
  readonly troughAt: number
}

export class EquityCurve {
  #at = new Float64Array(4096)
  #equity = new Float64Array(4096)
  #close = new Float64Array(4096)
  #position = new Float64Array(4096)
  #length = 0
  readonly #capital: Money
  #peak: Money
  #peakAt: number
  #drawdown: Drawdown

  /** The first point is the capital at the start, so that an opening loss counts. */
  constructor(startAt: number, capital: Money, close: number) {
    this.#capital = capital
    this.#peak = capital
    this.#peakAt = startAt
    this.#drawdown = {
      amount: money(0),
      shareOfPeak: 0,
      shareOfCapital: 0,
      peakAt: startAt,
      troughAt: startAt,
    }
    this.add({ at: startAt, equity: capital, close, position: 0 })
  }

  get length(): number {
    return this.#length
  }

  get drawdown(): Drawdown {
    return this.#drawdown
  }

  add({ at, equity, close, position }: EquityPoint): void {
    if (this.#length === this.#at.length) this.#grow()
    this.#at[this.#length] = at
    this.#equity[this.#length] = equity
    this.#close[this.#length] = close
    this.#position[this.#length] = position
    this.#length += 1
    if (equity > this.#peak) {
      this.#peak = equity
      this.#peakAt = at
    } else if (this.#peak - equity > this.#drawdown.amount) {
      this.#noteDrawdown(at, equity)
    }
  }

  #noteDrawdown(at: number, equity: Money): void {
    const amount = money(this.#peak - equity)
    this.#drawdown = {
      amount,
      shareOfPeak: this.#peak > 0 ? amount / this.#peak : 0,
      shareOfCapital: this.#capital > 0 ? amount / this.#capital : 0,
      peakAt: this.#peakAt,
      troughAt: at,
    }
  }

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

function doubled(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2)
  larger.set(column)
  return larger
}
