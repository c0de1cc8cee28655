/**
 * The books of one instance (docs/concepts/money.md, rule 5): each of its instruments by quantity and cost in its own
 * settlement money (leg-books.ts), the totals in that of the first at the rates that the instance was started with.
 */
import {
  FillFingerprint,
  type FingerprintedFill,
  type StoredFingerprint,
} from '../domain/fingerprint.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { MarketPrice } from '../domain/market.ts'
import {
  formatDecimal,
  formatMoney,
  InvariantError,
  invariant,
  type Money,
  money,
  type Price,
  type Quantity,
  quantity,
  RATIO_SCALE,
  type Ratio,
} from '../domain/money.ts'
import { AT_PAR, paidAt, worthAt } from '../domain/settle-rate.ts'
import { type Holding, type LegAmounts, LegBooks } from './leg-books.ts'

export type { Holding } from './leg-books.ts'

/** The ledger as plain data; the amounts are totals of the instance. */
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
  /** The books of each leg in its own settlement money; absent with one instrument, whose books are the totals. */
  readonly legs?: readonly LegAmounts[]
  /** In the order of the legs; absent = all at par. */
  readonly settleRates?: readonly Ratio[]
}

export interface LedgerOptions {
  /** In place of an empty one, for whoever adds its fills later. */
  readonly fingerprint?: FillFingerprint
  /** Worth of one unit of each leg's settlement currency in that of the first, 1e-8; absent = all settle alike. */
  readonly settleRates?: readonly Ratio[] | undefined
}

const EMPTY_HOLDING: Holding = { position: quantity(0), cost: money(0) }

export class InstanceLedger {
  readonly #instruments: readonly Instrument[]
  readonly #legs: readonly LegBooks[]
  readonly #settleRates: readonly Ratio[] | undefined
  readonly #fingerprint: FillFingerprint
  #capital: Money
  /** The only leg, at par: its books are the totals, which a backtest asks for at every candle. */
  readonly #only: LegBooks | null

  constructor(instruments: readonly Instrument[], capital: Money, options: LedgerOptions = {}) {
    this.#instruments = instruments
    this.#legs = instruments.map((instrument) => new LegBooks(instrument))
    this.#capital = capital
    this.#settleRates = options.settleRates
    this.#fingerprint = options.fingerprint ?? new FillFingerprint()
    this.#only =
      this.#legs.length === 1 && this.settleRate(0) === AT_PAR ? (this.#legs[0] ?? null) : null
  }

  /** @throws InvariantError when the books are not of these instruments */
  static restore(
    instruments: readonly Instrument[],
    stored: StoredLedger,
    fingerprint: FillFingerprint = FillFingerprint.restore(stored.fingerprint),
  ): InstanceLedger {
    const { capital, settleRates } = stored
    const ledger = new InstanceLedger(instruments, capital, { fingerprint, settleRates })
    ledger.#restore(stored)
    return ledger
  }

  #restore(stored: StoredLedger): void {
    const { holdings, legs = [stored] } = stored
    const count = this.#legs.length
    const isFitting = holdings.length === count && (legs.length === count || count === 0)
    invariant(isFitting, 'a ledger fits its instruments')
    for (const [index, leg] of this.#legs.entries())
      leg.restore(holdings[index] ?? EMPTY_HOLDING, legs[index] ?? stored)
  }

  /** Takes in a position that was found on the account, at a price: its profit begins at 0. */
  adopt(index: number, position: Quantity, at: Price): void {
    this.#leg(index).adopt(position, at)
  }

  /** Books one execution. */
  fill(index: number, fill: FingerprintedFill): void {
    const leg = this.#leg(index)
    leg.fill(fill)
    this.#fingerprint.add(leg.instrument, fill)
  }

  /** Books a funding payment on the instrument at a place in the list, in its settlement money; positive = received. */
  fund(index: number, amount: Money): void {
    this.#leg(index).fund(amount)
  }

  #leg(index: number): LegBooks {
    const leg = this.#legs[index]
    if (leg === undefined)
      throw new InvariantError(`Invariant: the instance trades an instrument number ${index}`)
    return leg
  }

  /** Worth of one unit of a leg's settlement currency in that of the first, 1e-8. */
  settleRate(index: number): Ratio {
    return this.#settleRates?.[index] ?? AT_PAR
  }

  /** What is held of the instrument at a place in the instance's list. */
  holding(index: number): Holding {
    const leg = this.#only !== null && index === 0 ? this.#only : this.#legs[index]
    return leg === undefined ? EMPTY_HOLDING : leg.holding
  }

  /** The books of one leg, in its own settlement money. */
  legAmounts(index: number): LegAmounts {
    return this.#leg(index).amounts()
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

  /** Money that is added or taken away: no profit and no loss. */
  setCapital(capital: Money): void {
    this.#capital = capital
  }

  /** Minus the signed value of all fills. */
  get cash(): Money {
    if (this.#only !== null) return this.#only.cash
    let sum = 0
    for (let index = 0; index < this.#legs.length; index += 1)
      sum += worthAt(this.#leg(index).cash, this.settleRate(index))
    return money(sum)
  }

  /** Profit of what was closed, before fees and funding. */
  get realised(): Money {
    if (this.#only !== null) return this.#only.realised
    let sum = 0
    for (let index = 0; index < this.#legs.length; index += 1)
      sum += worthAt(this.#leg(index).realised, this.settleRate(index))
    return money(sum)
  }

  /** Fees paid; negative when rebates prevail. */
  get fees(): Money {
    if (this.#only !== null) return this.#only.fees
    let sum = 0
    for (let index = 0; index < this.#legs.length; index += 1)
      sum += paidAt(this.#leg(index).fees, this.settleRate(index))
    return money(sum)
  }

  /** Funding received; negative when paid. */
  get funding(): Money {
    if (this.#only !== null) return this.#only.funding
    let sum = 0
    for (let index = 0; index < this.#legs.length; index += 1)
      sum += worthAt(this.#leg(index).funding, this.settleRate(index))
    return money(sum)
  }

  /** Turnover in 1e-8 of the settlement currency: a statistic, inexact beyond 90 million. */
  get volume(): number {
    return this.#legs.reduce(
      (sum, { volume }, index) => sum + Math.round((volume * this.settleRate(index)) / RATIO_SCALE),
      0,
    )
  }

  get fillsCount(): number {
    return this.#legs.reduce((sum, { fillsCount }) => sum + fillsCount, 0)
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
    for (let index = 0; index < this.#legs.length; index += 1)
      sum += worthAt(this.#leg(index).unrealisedAt(marks[index]), this.settleRate(index))
    return money(sum)
  }

  /** capital + realised + unrealised(mark) + funding − fees. */
  equity(prices: readonly MarketPrice[]): Money {
    return this.equityAt(prices.map(({ mark }) => mark))
  }

  /** The same; marks in the order of the instruments. */
  equityAt(marks: readonly Price[]): Money {
    const only = this.#only
    if (only !== null) {
      const { realised, funding, fees } = only
      return money(this.#capital + realised + only.unrealisedAt(marks[0]) + funding - fees)
    }
    const open = this.#unrealisedAt(marks)
    return money(this.#capital + this.realised + open + this.funding - this.fees)
  }

  stored(): StoredLedger {
    const isOne = this.#legs.length === 1
    return {
      capital: this.#capital,
      holdings: this.#legs.map(({ holding }) => holding),
      cash: this.cash,
      realised: this.realised,
      fees: this.fees,
      funding: this.funding,
      volume: this.volume,
      fillsCount: this.fillsCount,
      fingerprint: this.#fingerprint.stored(),
      ...(isOne ? {} : { legs: this.#legs.map((leg) => leg.amounts()) }),
      ...(isOne || this.#settleRates === undefined ? {} : { settleRates: this.#settleRates }),
    }
  }

  #positionText(index: number): string {
    const { lotSize = 1, quantityDecimals = 0 } = this.#instruments[index] ?? {}
    return formatDecimal(this.holding(index).position * lotSize, quantityDecimals)
  }

  /** The books as decimal text. */
  report(prices: readonly MarketPrice[]): LedgerReport {
    const unrealised = this.unrealised(prices)
    const equity = this.equity(prices)
    return {
      position: this.#positionText(0),
      capital: formatMoney(this.#capital),
      equity: formatMoney(equity),
      realised: formatMoney(this.realised),
      unrealised: formatMoney(unrealised),
      funding: formatMoney(this.funding),
      fees: formatMoney(this.fees),
      total: formatMoney(money(equity - this.#capital)),
      volume: (this.volume / 1e8).toFixed(2),
      fills: this.fillsCount,
      fingerprint: this.fingerprint,
    }
  }

  /** The books of one leg as decimal text, in its own settlement money. */
  legReport(index: number, mark: Price | undefined): LegReport {
    const leg = this.#leg(index)
    const { realised, funding, fees, volume, fillsCount } = leg
    const unrealised = leg.unrealisedAt(mark)
    return {
      position: this.#positionText(index),
      realised: formatMoney(realised),
      unrealised: formatMoney(unrealised),
      funding: formatMoney(funding),
      fees: formatMoney(fees),
      total: formatMoney(money(realised + unrealised + funding - fees)),
      volume: (volume / 1e8).toFixed(2),
      fills: fillsCount,
    }
  }
}

/** One leg for people; money as decimal text of its settlement currency, `total` as in LedgerReport. */
export interface LegReport {
  readonly [key: string]: string | number
  readonly position: string
  readonly realised: string
  readonly unrealised: string
  readonly funding: string
  readonly fees: string
  readonly total: string
  readonly volume: string
  readonly fills: number
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
