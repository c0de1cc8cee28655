/**
 * The books that a strategy keeps for itself, fed by fills and funding: the same integers as the ledger of its instance
 * (engine/instance-ledger.ts), so that what a strategy reports agrees with it to the last unit. Plain data.
 */
import { type Instrument, notionalOf } from '../instrument.ts'
import { money, mulDiv, price, quantity } from '../money.ts'
import { type Fill, signOf } from '../order.ts'

/** Lots are signed; money is in 1e-8 of the settlement currency. */
export interface OwnBook {
  position: number
  /** Signed value at which the position was entered. */
  cost: number
  /** Minus the signed value of all fills. */
  cash: number
  fees: number
  /** Received; negative when paid. */
  funding: number
}

export const emptyOwnBook = (): OwnBook => ({ position: 0, cost: 0, cash: 0, fees: 0, funding: 0 })

/** Signed value of lots; an inverse contract is worth less in its settlement coin as the price rises. */
function signedValue(instrument: Instrument, lots: number, at: number): number {
  if (instrument.kind === 'linear') return lots * at * instrument.moneyPerUnit
  return -notionalOf(instrument, price(at), quantity(lots))
}

/** A position that was found on the account, taken over at a price: its profit begins at 0. */
export function adoptPosition(
  book: OwnBook,
  instrument: Instrument,
  lots: number,
  at: number,
): void {
  const value = signedValue(instrument, lots, at)
  book.position += lots
  book.cost = money(book.cost + value)
  book.cash = money(book.cash - value)
}

/** Books one execution with its fee. */
export function bookFill(book: OwnBook, instrument: Instrument, fill: Fill): void {
  const lots = signOf(fill.side) * fill.quantity
  const value = signedValue(instrument, lots, fill.price)
  const held = book.position
  const next = held + lots
  if (held === 0 || held > 0 === lots > 0) book.cost = money(book.cost + value)
  else if (next === 0 || next > 0 === held > 0) {
    const released =
      next === 0 ? book.cost : mulDiv(book.cost, Math.abs(lots), Math.abs(held), 'trunc')
    book.cost = money(book.cost - released)
  } else book.cost = money(value - signedValue(instrument, -held, fill.price))
  book.position = next
  book.cash = money(book.cash - value)
  book.fees = money(book.fees + fill.fee)
}

/** Total profit since the start at a mark price: realised + unrealised + funding − fees. */
export const totalAt = (book: OwnBook, instrument: Instrument, mark: number): number =>
  book.cash + signedValue(instrument, book.position, mark) + book.funding - book.fees

/** Average entry price in price units with a fraction; null when flat. */
export function entryOf(book: OwnBook, instrument: Instrument): number | null {
  const { position, cost } = book
  if (position === 0 || cost === 0) return null
  const value = position * instrument.moneyPerUnit
  if (instrument.kind === 'linear') return cost / value
  return (value * 10 ** instrument.priceDecimals) / -cost
}

/** What one lot loses between two prices, in 1e-8 of the settlement currency with a fraction; never negative. */
export function lossPerLot(instrument: Instrument, from: number, to: number): number {
  const { kind, moneyPerUnit, priceDecimals } = instrument
  if (kind === 'linear') return Math.abs(from - to) * moneyPerUnit
  return moneyPerUnit * 10 ** priceDecimals * Math.abs(1 / from - 1 / to)
}
