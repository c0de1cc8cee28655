/**
 * Closed round trips of one position, net of fees: from flat to flat, a turn of the position closes one and opens the
 * next. Counts how many in a row have lost (max_consecutive_losses). Funding is no part of a trade. Pure.
 */
import { type Instrument, notionalOf } from './instrument.ts'
import { type Money, money, mulDiv, type Quantity, quantity } from './money.ts'
import { type Fill, signOf } from './order.ts'

/** Plain data. */
export interface StoredRoundTrips {
  /** What the fills of the open trip have moved in cash, fees taken off. */
  readonly cash: number
  /** Losing trips since the last one that did not lose. */
  readonly losses: number
}

export class RoundTrips {
  readonly #instrument: Instrument
  #cash = 0
  #losses = 0

  constructor(instrument: Instrument) {
    this.#instrument = instrument
  }

  /** Losing trips in a row. */
  get losses(): number {
    return this.#losses
  }

  /** Books a fill on a position held before it; returns the result of the trip that it closed, else null. */
  book(before: Quantity, fill: Fill): Money | null {
    const sign = signOf(fill.side)
    const closing = before * sign < 0 ? Math.min(Math.abs(before), fill.quantity) : 0
    if (closing === 0 || closing < Math.abs(before)) {
      this.#move(sign, fill, fill.quantity, fill.fee)
      return null
    }
    // The trip that ends bears the fee's odd unit, as every fee is rounded up.
    const fee = mulDiv(fill.fee, closing, fill.quantity, 'ceil')
    this.#move(sign, fill, closing, fee)
    const result = money(this.#cash)
    this.#losses = result < 0 ? this.#losses + 1 : 0
    this.#cash = 0
    const opening = fill.quantity - closing
    if (opening > 0) this.#move(sign, fill, opening, fill.fee - fee)
    return result
  }

  #move(sign: 1 | -1, fill: Fill, lots: number, fee: number): void {
    const notional = notionalOf(this.#instrument, fill.price, quantity(lots))
    this.#cash = money(this.#cash - sign * notional - fee)
  }

  /** A position that was there before is taken over at its worth: neither won nor lost so far. */
  adopt(worth: Money): void {
    this.#cash = money(-worth)
  }

  /** An operator lets the instance trade again: the row begins anew. */
  forgive(): void {
    this.#losses = 0
  }

  get stored(): StoredRoundTrips {
    return { cash: this.#cash, losses: this.#losses }
  }

  restore(stored: StoredRoundTrips): void {
    this.#cash = stored.cash
    this.#losses = stored.losses
  }
}
