/**
 * A position as quantity and cost, never an average entry (docs/concepts/money.md, rule 5).
 *
 * Linear: cost = Σ price · lots (signed), profit = value - cost. Inverse: the value of the contracts in the
 * settlement coin falls as the price rises, so profit = cost - value; roundings go against the account.
 */
import { type Instrument, notionalOf } from '../instrument.ts'
import { type Money, money, mulDiv, type Price, type Quantity, quantity } from '../money.ts'
import { type Side, signOf } from '../order.ts'

/** Signed lots, and the signed value at which they were opened. */
export interface Position {
  readonly quantity: Quantity
  readonly cost: Money
}

/** What one execution does to a position. */
export interface PositionChange {
  readonly position: Position
  /** Profit against the market of the lots that were closed, before fees. */
  readonly realised: Money
  /** Unsigned lots. */
  readonly closed: Quantity
  readonly opened: Quantity
}

export const FLAT: Position = { quantity: quantity(0), cost: money(0) }

/** Lots of an execution that close, the rest opens: what a flip does. */
export function closingLots(held: Quantity, side: Side, lots: Quantity): Quantity {
  const isAgainst = side === 'buy' ? held < 0 : held > 0
  return isAgainst ? quantity(Math.min(lots, Math.abs(held))) : quantity(0)
}

/** Books an execution of unsigned `lots` at a price: opens, closes in part, closes, or flips. */
export function applyExecution(
  instrument: Instrument,
  position: Position,
  side: Side,
  at: Price,
  lots: Quantity,
): PositionChange {
  const sign = signOf(side)
  const closed = closingLots(position.quantity, side, lots)
  const opened = quantity(lots - closed)
  let { cost } = position
  let realised = 0
  if (closed > 0) {
    const released = money(mulDiv(cost, closed, Math.abs(position.quantity), 'trunc'))
    realised = profitOf(instrument, quantity(-sign * closed), released, at)
    cost = money(cost - released)
  }
  if (opened > 0) cost = money(cost + notionalOf(instrument, at, quantity(sign * opened), 'floor'))
  return {
    position: { quantity: quantity(position.quantity + sign * lots), cost },
    realised: money(realised),
    closed,
    opened,
  }
}

/** Profit of a position against a price, not yet realised. */
export function unrealisedOf(instrument: Instrument, position: Position, at: Price): Money {
  if (position.quantity === 0) return money(0)
  return profitOf(instrument, position.quantity, position.cost, at)
}

function profitOf(instrument: Instrument, held: Quantity, cost: Money, at: Price): Money {
  if (instrument.kind === 'linear') return money(notionalOf(instrument, at, held) - cost)
  return money(cost - notionalOf(instrument, at, held, 'ceil'))
}

/** Average entry price for people, in price units with a fraction; null when flat. */
export function averageEntry(instrument: Instrument, position: Position): number | null {
  if (position.quantity === 0 || position.cost === 0) return null
  const lots = position.quantity * instrument.moneyPerUnit
  if (instrument.kind === 'linear') return position.cost / lots
  return (lots * 10 ** instrument.priceDecimals) / position.cost
}
