/** A book that is kept by changes: a snapshot, then messages of which each follows the one before. */
import type { MarketBook } from '../../../domain/market.ts'
import { type BookContract, BookSide, lotUnits, priceUnits, type TextLevel } from './book-levels.ts'

export class KeptBook {
  readonly #contract: BookContract
  readonly #bids = new BookSide(-1)
  readonly #asks = new BookSide(1)
  /** The worst prices of a snapshot that was cut off: nothing is known behind them. */
  #worst: { readonly bid: number | null; readonly ask: number | null } = { bid: null, ask: null }

  constructor(contract: BookContract) {
    this.#contract = contract
  }

  clear(): void {
    this.#bids.clear()
    this.#asks.clear()
    this.#worst = { bid: null, ask: null }
  }

  /**
   * The book from here on, in any order. False = a number cannot be read.
   * @param limit levels of a side at which the venue has cut it off
   */
  begin(bids: unknown, asks: unknown, limit: number): boolean {
    this.clear()
    if (!this.apply(bids, asks)) return false
    const worst = (side: BookSide) =>
      side.size < limit ? null : (side.top(side.size, null).at(-1)?.[0] ?? null)
    this.#worst = { bid: worst(this.#bids), ask: worst(this.#asks) }
    return true
  }

  /** Sizes as they are now; 0 = gone. False = a number cannot be read. */
  apply(bids: unknown, asks: unknown): boolean {
    return this.#side(this.#bids, bids) && this.#side(this.#asks, asks)
  }

  #side(side: BookSide, rows: unknown): boolean {
    if (!Array.isArray(rows)) return false
    for (const row of rows as readonly TextLevel[]) {
      const at = priceUnits(this.#contract, row?.[0])
      const lots = lotUnits(this.#contract, row?.[1])
      if (Number.isNaN(at) || !(lots >= 0)) return false
      side.set(at, lots)
    }
    return true
  }

  top(levels: number): MarketBook {
    return {
      bids: this.#bids.top(levels, this.#worst.bid),
      asks: this.#asks.top(levels, this.#worst.ask),
    }
  }
}
