/** How long a run held a position, and how near that came to its liquidation. */
import type { Price } from '../domain/money.ts'
import { type LiquidationTerms, requiredAt } from '../domain/position/liquidation.ts'
import { unrealisedOf } from '../domain/position/position.ts'

const NOTHING_SEEN = Number.POSITIVE_INFINITY

/**
 * Told of every change of position or margin, and of the mark at the close of each candle. Between two changes the margin
 * ratio is largest at one end of the marks: what must be kept is convex in the mark, equity is straight. So a caller that
 * leaps over candles tells only the lowest and the highest mark at their closes.
 */
export class PositionWatch {
  #terms: LiquidationTerms | null = null
  #isHeld = false
  #since: number
  #heldMs = 0
  #low: number = NOTHING_SEEN
  #high = 0
  #worst: number | null = null

  constructor(startAt: number) {
    this.#since = startAt
  }

  /** From now on the account holds the position of these terms, and so much stands against it. */
  change(at: number, terms: LiquidationTerms): void {
    this.#settle(at)
    this.#terms = terms
    this.#isHeld = terms.position.quantity !== 0
  }

  /** The mark at the close of a candle. */
  see(mark: number): void {
    if (mark < this.#low) this.#low = mark
    if (mark > this.#high) this.#high = mark
  }

  /** The exchange has closed the position: nothing was left of the margin. */
  liquidated(): void {
    this.#worst = Math.max(1, this.#worst ?? 0)
  }

  /** ms of market time with a position, up to a time. */
  heldMs(until: number): number {
    return this.#heldMs + (this.#isHeld ? until - this.#since : 0)
  }

  /**
   * The largest share of the margin that had to stay: (maintenance margin + fee of closing) ÷ (margin + unrealised) at
   * the marks of candle closes; 1 = liquidated. null: no candle closed with a position.
   */
  get worstMarginRatio(): number | null {
    this.#judge()
    return this.#worst
  }

  #settle(at: number): void {
    this.#judge()
    if (this.#isHeld) this.#heldMs += at - this.#since
    this.#since = at
    this.#low = NOTHING_SEEN
    this.#high = 0
  }

  #judge(): void {
    const terms = this.#terms
    if (terms === null || !this.#isHeld || this.#low === NOTHING_SEEN) return
    const ratio = Math.max(ratioAt(terms, this.#low as Price), ratioAt(terms, this.#high as Price))
    this.#worst = Math.max(this.#worst ?? 0, ratio)
  }
}

/** 1 at the most: beyond it the exchange has closed the position. */
function ratioAt(terms: LiquidationTerms, mark: Price): number {
  const equity = terms.margin + unrealisedOf(terms.instrument, terms.position, mark)
  const required = requiredAt(terms, mark)
  return equity > required ? required / equity : 1
}
