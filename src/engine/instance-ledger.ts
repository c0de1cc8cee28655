/**
 * The books of one instance by quantity and cost, never by an average entry (docs/concepts/money.md, rule 5).
 * Checked on every fill, in exact integers: cash + cost = realised, where cash is minus the signed value of all
 * fills and cost the signed value at which the open positions were entered.
 */
import {
  FillFingerprint,
  type FingerprintedFill,
  type StoredFingerprint,
} from '../domain/fingerprint.ts'
import { type Instrument, notionalOf } from '../domain/instrument.ts'
import type { MarketPrice } from '../domain/market.ts'
import {
  formatDecimal,
  formatMoney,
  InvariantError,
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

/** The ledger as plain data. */
export interface StoredLedger {
  readonly capital: Money
  readonly holdings: readonly Holding[]
  readonly cash: Money
  readonly realised: Money
  readonly fees: Money
  readonly funding: Money
  readonly volume: number
  readonly fillsCount: number
  readonly fingerprint: StoredFingerprint
}

const EMPTY_HOLDING: Holding = { position: quantity(0), cost: money(0) }

export class InstanceLedger {
  readonly #instruments: readonly Instrument[]
  readonly #holdings: Holding[]
  readonly #fingerprint: FillFingerprint
  #capital: Money
  #cash: Money = money(0)
  #realised: Money = money(0)
  #fees: Money = money(0)
  #funding: Money = money(0)
  #volume = 0
  #fillsCount = 0

  constructor(
    instruments: readonly Instrument[],
    capital: Money,
    fingerprint: FillFingerprint = new FillFingerprint(),
  ) {
    this.#instruments = instruments
    this.#holdings = instruments.map(() => EMPTY_HOLDING)
    this.#capital = capital
    this.#fingerprint = fingerprint
  }

  static restore(
    instruments: readonly Instrument[],
    stored: StoredLedger,
    fingerprint: FillFingerprint = FillFingerprint.restore(stored.fingerprint),
  ): InstanceLedger {
    const ledger = new InstanceLedger(instruments, stored.capital, fingerprint)
    ledger.#restore(stored)
    return ledger
  }

  #restore(stored: StoredLedger): void {
    invariant(stored.holdings.length === this.#instruments.length, 'a ledger fits its instruments')
    for (const [index, holding] of stored.holdings.entries()) this.#holdings[index] = holding
    this.#cash = stored.cash
    this.#realised = stored.realised
    this.#fees = stored.fees
    this.#funding = stored.funding
    this.#volume = stored.volume
    this.#fillsCount = stored.fillsCount
  }

  /** Takes in a position that was found on the account, at a price: its profit begins at 0. */
  adopt(index: number, position: Quantity, at: Price): void {
    const value = this.#valueOf(index, position, at)
    const held = this.holding(index)
    this.#holdings[index] = {
      position: quantity(held.position + position),
      cost: money(held.cost + value),
    }
    this.#cash = money(this.#cash - value)
  }

  /** Books one execution. */
  fill(index: number, fill: FingerprintedFill): void {
    const instrument = this.#instrument(index)
    const change = quantity(signOf(fill.side) * fill.quantity)
    const value = this.#valueOf(index, change, fill.price)
    this.#trade(index, change, value, fill.price)
    this.#cash = money(this.#cash - value)
    this.#fees = money(this.#fees + fill.fee)
    this.#volume += Math.abs(value)
    this.#fillsCount += 1
    this.#fingerprint.add(instrument, fill)
    this.#checkIdentity()
  }

  /** Books a funding payment; positive = received. */
  fund(amount: Money): void {
    this.#funding = money(this.#funding + amount)
  }

  #trade(index: number, change: Quantity, value: Money, at: Price): void {
    const { position, cost } = this.holding(index)
    const next = quantity(position + change)
    if (position === 0 || position > 0 === change > 0) {
      this.#holdings[index] = { position: next, cost: money(cost + value) }
      return
    }
    const closed = Math.min(Math.abs(change), Math.abs(position))
    const isPartOfFill = closed < Math.abs(change)
    const closingValue = isPartOfFill ? this.#valueOf(index, quantity(-position), at) : value
    const released =
      closed === Math.abs(position) ? cost : mulDiv(cost, closed, Math.abs(position), 'trunc')
    this.#realised = money(this.#realised - closingValue - released)
    this.#holdings[index] = { position: next, cost: money(cost - released + value - closingValue) }
  }

  #checkIdentity(): void {
    let cost = 0
    for (let i = 0; i < this.#holdings.length; i += 1) cost += this.holding(i).cost
    invariant(
      this.#cash + cost === this.#realised,
      'cash + cost = realised in the ledger of an instance',
    )
  }

  /** Signed value of lots at a price; an inverse contract is worth less in its settlement coin as the price rises. */
  #valueOf(index: number, lots: Quantity, at: Price): Money {
    const instrument = this.#instrument(index)
    const notional = notionalOf(instrument, at, lots)
    return instrument.kind === 'linear' ? notional : money(-notional)
  }

  #instrument(index: number): Instrument {
    const instrument = this.#instruments[index]
    if (instrument === undefined)
      throw new InvariantError(`Invariant: the instance trades an instrument number ${index}`)
    return instrument
  }

  /** What is held of the instrument at a place in the instance's list. */
  holding(index: number): Holding {
    return this.#holdings[index] ?? EMPTY_HOLDING
  }

  /** Signed lots of the first instrument. */
  get position(): Quantity {
    return this.holding(0).position
  }

  /** Signed value at which the position of the first instrument was entered. */
  get cost(): Money {
    return this.holding(0).cost
  }

  get capital(): Money {
    return this.#capital
  }

  /** Minus the signed value of all fills. */
  get cash(): Money {
    return this.#cash
  }

  /** Profit of what was closed, before fees and funding. */
  get realised(): Money {
    return this.#realised
  }

  /** Fees paid; negative when rebates prevail. */
  get fees(): Money {
    return this.#fees
  }

  /** Funding received; negative when paid. */
  get funding(): Money {
    return this.#funding
  }

  /** Turnover in 1e-8 of the settlement currency: a statistic, inexact beyond 90 million. */
  get volume(): number {
    return this.#volume
  }

  get fillsCount(): number {
    return this.#fillsCount
  }

  /** Fingerprint of all fills, 64 hex digits (see domain/fingerprint.ts). */
  get fingerprint(): string {
    return this.#fingerprint.value()
  }

  /** Profit of the open positions on mark; prices in the order of the instruments. */
  unrealised(prices: readonly MarketPrice[]): Money {
    return this.#unrealisedAt(prices.map(({ mark }) => mark))
  }

  #unrealisedAt(marks: readonly Price[]): Money {
    let sum = 0
    for (let index = 0; index < this.#holdings.length; index += 1) {
      const { position, cost } = this.holding(index)
      if (position === 0) continue
      const mark = marks[index]
      invariant(mark !== undefined, 'a price is known for every position')
      sum += this.#valueOf(index, position, mark) - cost
    }
    return money(sum)
  }

  /** capital + realised + unrealised(mark) + funding − fees. */
  equity(prices: readonly MarketPrice[]): Money {
    return this.equityAt(prices.map(({ mark }) => mark))
  }

  /** The same; marks in the order of the instruments. */
  equityAt(marks: readonly Price[]): Money {
    const open = this.#unrealisedAt(marks)
    return money(this.#capital + this.#realised + open + this.#funding - this.#fees)
  }

  stored(): StoredLedger {
    return {
      capital: this.#capital,
      holdings: [...this.#holdings],
      cash: this.#cash,
      realised: this.#realised,
      fees: this.#fees,
      funding: this.#funding,
      volume: this.#volume,
      fillsCount: this.#fillsCount,
      fingerprint: this.#fingerprint.stored(),
    }
  }

  #positionText(): string {
    const { lotSize = 1, quantityDecimals = 0 } = this.#instruments[0] ?? {}
    return formatDecimal(this.position * lotSize, quantityDecimals)
  }

  /** The books as decimal text. */
  report(prices: readonly MarketPrice[]): LedgerReport {
    const unrealised = this.unrealised(prices)
    const equity = this.equity(prices)
    return {
      position: this.#positionText(),
      capital: formatMoney(this.#capital),
      equity: formatMoney(equity),
      realised: formatMoney(this.#realised),
      unrealised: formatMoney(unrealised),
      funding: formatMoney(this.#funding),
      fees: formatMoney(this.#fees),
      total: formatMoney(money(equity - this.#capital)),
      volume: (this.#volume / 1e8).toFixed(2),
      fills: this.#fillsCount,
      fingerprint: this.fingerprint,
    }
  }
}

/** The ledger for people; money as decimal text. `total` = realised + unrealised + funding − fees. */
export interface LedgerReport {
  readonly [key: string]: string | number
  /** Of the first instrument, signed, in base (contracts for inverse ones). */
  readonly position: string
  readonly capital: string
  readonly equity: string
  readonly realised: string
  readonly unrealised: string
  readonly funding: string
  readonly fees: string
  readonly total: string
  readonly volume: string
  readonly fills: number
  readonly fingerprint: string
}
