/**
 * The books of an instance on one instrument, by quantity and cost (docs/concepts/money.md, rule 5), exact in the
 * settlement money of that instrument. Checked on every fill: cash + cost = realised.
 */
import type { FingerprintedFill } from '../domain/fingerprint.ts'
import { type Instrument, notionalOf } from '../domain/instrument.ts'
import {
  invariant,
  type Money,
  money,
  mulDiv,
  type Price,
  type Quantity,
  quantity,
} from '../domain/money.ts'
import { signOf } from '../domain/order.ts'

/** What is held of one instrument: signed lots, and the signed value at which they were entered. */
export interface Holding {
  readonly position: Quantity
  readonly cost: Money
}

/** The books of one leg as plain data, in its settlement money. */
export interface LegAmounts {
  readonly cash: Money
  readonly realised: Money
  readonly fees: Money
  readonly funding: Money
  readonly volume: number
  readonly fillsCount: number
}

const EMPTY_HOLDING: Holding = { position: quantity(0), cost: money(0) }

export class LegBooks implements LegAmounts {
  readonly instrument: Instrument
  /** Minus the signed value of all fills. */
  cash: Money = money(0)
  /** Profit of what was closed, before fees and funding. */
  realised: Money = money(0)
  /** Fees paid; negative when rebates prevail. */
  fees: Money = money(0)
  /** Funding received; negative when paid. */
  funding: Money = money(0)
  /** Turnover, 1e-8: a statistic, inexact beyond 90 million. */
  volume = 0
  fillsCount = 0
  holding: Holding = EMPTY_HOLDING

  constructor(instrument: Instrument) {
    this.instrument = instrument
  }

  restore(holding: Holding, amounts: LegAmounts): void {
    this.holding = holding
    this.cash = amounts.cash
    this.realised = amounts.realised
    this.fees = amounts.fees
    this.funding = amounts.funding
    this.volume = amounts.volume
    this.fillsCount = amounts.fillsCount
  }

  /** Takes in a position that was found on the account, at a price: its profit begins at 0. */
  adopt(position: Quantity, at: Price): void {
    const value = this.#valueOf(position, at)
    const held = this.holding
    this.holding = {
      position: quantity(held.position + position),
      cost: money(held.cost + value),
    }
    this.cash = money(this.cash - value)
  }

  /** Books one execution. */
  fill(fill: FingerprintedFill): void {
    const change = quantity(signOf(fill.side) * fill.quantity)
    const value = this.#valueOf(change, fill.price)
    this.#trade(change, value, fill.price)
    this.cash = money(this.cash - value)
    this.fees = money(this.fees + fill.fee)
    this.volume += Math.abs(value)
    this.fillsCount += 1
    invariant(
      this.cash + this.holding.cost === this.realised,
      'cash + cost = realised in the ledger of an instance',
    )
  }

  /** Books a funding payment; positive = received. */
  fund(amount: Money): void {
    this.funding = money(this.funding + amount)
  }

  #trade(change: Quantity, value: Money, at: Price): void {
    const { position, cost } = this.holding
    const next = quantity(position + change)
    if (position === 0 || position > 0 === change > 0) {
      this.holding = { position: next, cost: money(cost + value) }
      return
    }
    const closed = Math.min(Math.abs(change), Math.abs(position))
    const isPartOfFill = closed < Math.abs(change)
    const closingValue = isPartOfFill ? this.#valueOf(quantity(-position), at) : value
    const released =
      closed === Math.abs(position) ? cost : mulDiv(cost, closed, Math.abs(position), 'trunc')
    this.realised = money(this.realised - closingValue - released)
    this.holding = { position: next, cost: money(cost - released + value - closingValue) }
  }

  /** Signed value of lots at a price; an inverse contract is worth less in its settlement coin as the price rises. */
  #valueOf(lots: Quantity, at: Price): Money {
    const notional = notionalOf(this.instrument, at, lots)
    return this.instrument.kind === 'linear' ? notional : money(-notional)
  }

  /** Profit of the open position at a mark; null = no price is known. @throws InvariantError without a price for a position */
  unrealisedAt(mark: Price | undefined): Money {
    const { position, cost } = this.holding
    if (position === 0) return money(0)
    invariant(mark !== undefined, 'a price is known for every position')
    return money(this.#valueOf(position, mark) - cost)
  }

  amounts(): LegAmounts {
    const { cash, realised, fees, funding, volume, fillsCount } = this
    return { cash, realised, fees, funding, volume, fillsCount }
  }
}
