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

interface OpenLots {
  readonly at: number
  readonly price: Price
  readonly lots: number
  readonly fee: number
}

/** @param fills of one instance on one instrument, oldest first */
export function tradesOf(instrument: Instrument, fills: readonly Fill[]): Trade[] {
  const book = new TradeBook(instrument)
  return fills.flatMap((fill) => book.take(fill) ?? [])
}

/** Finds the trades one fill after the other. */
export class TradeBook {
  readonly #instrument: Instrument
  readonly #open: OpenLots[] = []
  #sign = 0

  constructor(instrument: Instrument) {
    this.#instrument = instrument
  }

  /** @returns the trade that the fill has closed; null when it took nothing away from the position */
  take(fill: Fill): Trade | null {
    const open = this.#open
    const sign = this.#sign
    const isClosing = open.length > 0 && signOf(fill.side) !== sign
    const closed = isClosing ? takeNewest(open, fill.quantity) : []
    const lots = sumOf(closed, (one) => one.lots)
    const feeOfClose = part(fill.fee, lots, fill.quantity)
    if (lots < fill.quantity) {
      this.#sign = signOf(fill.side)
      const rest = fill.quantity - lots
      open.push({ at: fill.at, price: fill.price, lots: rest, fee: fill.fee - feeOfClose })
    }
    return lots > 0 ? tripOf(this.#instrument, closed, { fill, lots, feeOfClose, sign }) : null
  }
}

/** Takes up to `wanted` lots away from the end; the last piece is cut with its share of the fee. */
function takeNewest(open: OpenLots[], wanted: number): OpenLots[] {
  const taken: OpenLots[] = []
  let left = wanted
  for (let last = open.at(-1); last !== undefined && left > 0; last = open.at(-1)) {
    open.pop()
    const lots = Math.min(left, last.lots)
    const fee = part(last.fee, lots, last.lots)
    taken.push({ ...last, lots, fee })
    if (lots < last.lots) open.push({ ...last, lots: last.lots - lots, fee: last.fee - fee })
    left -= lots
  }
  return taken
}

interface Closing {
  readonly fill: Fill
  readonly lots: number
  readonly feeOfClose: number
  readonly sign: number
}

function tripOf(
  instrument: Instrument,
  closed: readonly OpenLots[],
  { fill, lots, feeOfClose, sign }: Closing,
): Trade {
  const paid = sumOf(closed, (one) => notionalOf(instrument, one.price, quantity(one.lots)))
  const got = notionalOf(instrument, fill.price, quantity(lots))
  // An inverse contract is worth more of the settlement currency the lower its price.
  const direction = instrument.kind === 'linear' ? sign : -sign
  const priced = sumOf(closed, (one) => one.price * one.lots)
  return {
    id: fill.id,
    side: sign > 0 ? 'long' : 'short',
    openedAt: Math.min(...closed.map((one) => one.at)),
    closedAt: fill.at,
    quantity: quantity(lots),
    entry: price(mulDiv(priced, 1, lots, 'halfEven')),
    exit: fill.price,
    gross: money(direction * (got - paid)),
    fees: money(feeOfClose + sumOf(closed, (one) => one.fee)),
  }
}

const sumOf = (items: readonly OpenLots[], numberOf: (item: OpenLots) => number): number =>
  items.reduce((sum, item) => sum + numberOf(item), 0)

const part = (fee: number, lots: number, of: number): number =>
  lots === of ? fee : mulDiv(fee, lots, of, 'trunc')
