/**
 * Trades (closed round trips) out of executions. What takes away from a position closes the newest lots first, so that a sell one
 * line above a buy is the completed cell of a grid; the sum of all results does not depend on that choice.
 */
import { type Instrument, notionalOf } from '../instrument.ts'
import { type Money, money, mulDiv, type Price, price, type Quantity, quantity } from '../money.ts'
import { type Fill, signOf } from '../order.ts'

export interface Trade {
  /** The closing execution. */
  readonly id: string
  readonly side: 'long' | 'short'
  /** Market time of the oldest lot that was closed, ms. */
  readonly openedAt: number
  readonly closedAt: number
  /** Lots, above 0. */
  readonly quantity: Quantity
  /** Average of the lots that were closed, rounded to the price unit. */
  readonly entry: Price
  readonly exit: Price
  readonly gross: Money
  /** Those of the closing execution for these lots, and of the entries pro rata. */
  readonly fees: Money
}

/** @param fills of one instance on one instrument, oldest first */
export function tradesOf(instrument: Instrument, fills: readonly Fill[]): Trade[] {
  const book = new TradeBook(instrument)
  return fills.flatMap((fill) => book.take(fill) ?? [])
}

/** Finds the trades one fill after the other; numbers in columns, because a sweep books millions of fills. */
export class TradeBook {
  readonly #instrument: Instrument
  /** Open lots, the newest last. */
  readonly #at: number[] = []
  readonly #price: number[] = []
  readonly #lots: number[] = []
  readonly #fee: number[] = []
  #sign = 0
  /** What the last fill has closed: read after `book`. */
  readonly closed: ClosedPart = { openedAt: 0, lots: 0, priced: 0, gross: 0, fees: 0, sign: 0 }

  constructor(instrument: Instrument) {
    this.#instrument = instrument
  }

  /** @returns the trade that the fill has closed; null when it took nothing away from the position */
  take(fill: Fill): Trade | null {
    if (!this.book(fill)) return null
    const { openedAt, lots, priced, gross, fees, sign } = this.closed
    return {
      id: fill.id,
      side: sign > 0 ? 'long' : 'short',
      openedAt,
      closedAt: fill.at,
      quantity: quantity(lots),
      entry: price(mulDiv(priced, 1, lots, 'halfEven')),
      exit: fill.price,
      gross: money(gross),
      fees: money(fees),
    }
  }

  /** The same without an object: true when the fill has closed lots, told by `closed`. */
  book(fill: Pick<Fill, 'at' | 'side' | 'price' | 'quantity' | 'fee'>): boolean {
    const sign = signOf(fill.side)
    const isClosing = this.#lots.length > 0 && sign !== this.#sign
    const lots = isClosing ? this.#takeNewest(fill.price, fill.quantity) : 0
    const feeOfClose = part(fill.fee, lots, fill.quantity)
    if (lots < fill.quantity) {
      this.#sign = sign
      this.#push(fill.at, fill.price, fill.quantity - lots, fill.fee - feeOfClose)
    }
    this.closed.fees += feeOfClose
    return lots > 0
  }

  /** Takes up to `wanted` lots away from the end; the last piece is cut with its share of the fee. */
  #takeNewest(exit: Price, wanted: number): number {
    const { closed } = this
    let [left, paid] = [wanted, 0]
    closed.openedAt = Number.POSITIVE_INFINITY
    closed.priced = 0
    closed.fees = 0
    while (left > 0 && this.#lots.length > 0) {
      const last = this.#lots.length - 1
      const [held = 0, entry = 0, at = 0] = [this.#lots[last], this.#price[last], this.#at[last]]
      const lots = Math.min(left, held)
      paid += notionalOf(this.#instrument, entry as Price, lots as Quantity)
      closed.priced += entry * lots
      closed.openedAt = Math.min(closed.openedAt, at)
      closed.fees += this.#cut(last, lots, held)
      left -= lots
    }
    closed.lots = wanted - left
    closed.sign = this.#sign
    const got = notionalOf(this.#instrument, exit, closed.lots as Quantity)
    // An inverse contract is worth more of the settlement currency the lower its price.
    const direction = this.#instrument.kind === 'linear' ? this.#sign : -this.#sign
    closed.gross = direction * (got - paid)
    return closed.lots
  }

  /** Takes lots of one piece away; returns their share of its fee. */
  #cut(index: number, lots: number, held: number): number {
    const all = this.#fee[index] ?? 0
    const fee = part(all, lots, held)
    if (lots < held) {
      this.#lots[index] = held - lots
      this.#fee[index] = all - fee
      return fee
    }
    this.#at.pop()
    this.#price.pop()
    this.#lots.pop()
    this.#fee.pop()
    return fee
  }

  #push(at: number, entry: number, lots: number, fee: number): void {
    this.#at.push(at)
    this.#price.push(entry)
    this.#lots.push(lots)
    this.#fee.push(fee)
  }
}

/** The numbers of a closed part, changed in place. */
export interface ClosedPart {
  /** Market time of the oldest lot. */
  openedAt: number
  lots: number
  /** Sum of entry · lots. */
  priced: number
  /** Before fees, money. */
  gross: number
  fees: number
  /** +1 for a long. */
  sign: number
}

const part = (fee: number, lots: number, of: number): number => {
  if (lots === of) return fee
  return lots === 0 ? 0 : mulDiv(fee, lots, of, 'trunc')
}
