/** What is traded: contract, price and quantity rules, margin tiers. */
import {
  divide,
  formatDecimal,
  invariant,
  type Money,
  money,
  mulDiv,
  type Price,
  price,
  type Quantity,
  quantity,
  type Ratio,
} from './money.ts'

declare const name: unique symbol
/** `venue:symbol` with ccxt's unified symbol, e.g. `backpack:SOL/USDC:USDC`. */
export type InstrumentId = string & { readonly [name]: 'InstrumentId' }

/** Which prices the venue takes: multiples of a tick, or at most `figures` significant figures (whole numbers always). */
export type PriceRule =
  | { readonly kind: 'tick'; readonly tick: number }
  | { readonly kind: 'significantFigures'; readonly figures: number }

/** One step of the maintenance margin table; `maintenanceAmount` makes the margin continuous at the floor. */
export interface MarginTier {
  readonly notionalFloor: Money
  readonly maintenanceRate: Ratio
  readonly maintenanceAmount: Money
  readonly leverageMax: number
}

/** A perpetual contract; plain data, so it crosses sockets and stands in stores as it is. */
export interface Instrument {
  readonly id: InstrumentId
  readonly venue: string
  /** ccxt's unified symbol, e.g. SOL/USDC:USDC. */
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly settle: string
  readonly kind: 'linear' | 'inverse'
  /** A Price counts 10^-priceDecimals. */
  readonly priceDecimals: number
  readonly priceRule: PriceRule
  /** One lot is lotSize · 10^-quantityDecimals of base (linear) or contracts (inverse). */
  readonly quantityDecimals: number
  readonly lotSize: number
  /**
   * Linear: money (1e-8 settle) of one price unit times one lot, an exact integer.
   * Inverse: quote value of one lot in 1e-8 of the quote currency.
   */
  readonly moneyPerUnit: number
  readonly quantityMin: Quantity
  readonly notionalMin: Money
  readonly makerFee: Ratio
  readonly takerFee: Ratio
  readonly liquidationFee: Ratio
  readonly marginTiers: readonly MarginTier[]
  readonly fundingIntervalMs: number
}

/** Composes the identity of an instrument. */
export const instrumentId = (venue: string, symbol: string): InstrumentId =>
  `${venue}:${symbol}` as InstrumentId

/**
 * Money of one price unit times one lot of a linear contract: contractSize is 1 base.
 * @throws InvariantError when the product is no whole number of 1e-8 (priceDecimals + quantityDecimals > 8)
 */
export function linearMoneyPerUnit(
  priceDecimals: number,
  quantityDecimals: number,
  lotSize: number,
): number {
  const exponent = 8 - priceDecimals - quantityDecimals
  invariant(exponent >= 0, 'price and quantity decimals of a linear instrument add up to 8 at most')
  return lotSize * 10 ** exponent
}

/**
 * Value of a quantity at a price in money. Linear: price · quantity · moneyPerUnit, exact.
 * Inverse: quote value / price, rounded as named (the sign of the quantity is kept).
 */
export function notionalOf(
  instrument: Instrument,
  at: Price,
  lots: Quantity,
  rounding: 'floor' | 'ceil' | 'trunc' = 'trunc',
): Money {
  if (instrument.kind === 'linear') return money(at * lots * instrument.moneyPerUnit)
  return money(mulDiv(lots * instrument.moneyPerUnit, 10 ** instrument.priceDecimals, at, rounding))
}

/** Lots as decimal text: base (linear) or contracts (inverse). */
export const formatLots = (
  { lotSize, quantityDecimals }: Pick<Instrument, 'lotSize' | 'quantityDecimals'>,
  lots: number,
): string => formatDecimal(lots * lotSize, quantityDecimals)

/** Whether the venue takes this price. */
export function isPriceAllowed(instrument: Instrument, at: Price): boolean {
  return at > 0 && at % priceStep(instrument, at) === 0
}

/** The distance between allowed prices around `at`, in price units. */
export function priceStep(instrument: Instrument, at: Price): number {
  const rule = instrument.priceRule
  if (rule.kind === 'tick') return rule.tick
  // With f figures a price of d digits may vary in steps of 10^(d - f); whole numbers are always allowed.
  const digits = String(at).length
  const whole = 10 ** instrument.priceDecimals
  return Math.max(1, Math.min(10 ** Math.max(0, digits - rule.figures), whole))
}

/** The nearest allowed price at or below (`floor`) or at or above (`ceil`) the given one. */
export function roundPrice(instrument: Instrument, at: Price, rounding: 'floor' | 'ceil'): Price {
  const step = priceStep(instrument, at)
  return price(divide(at, step, rounding) * step)
}

/** The largest number of lots whose notional at `at` is at most `value` (linear), never negative. */
export function lotsFor(instrument: Instrument, at: Price, value: Money): Quantity {
  if (instrument.kind === 'linear')
    return quantity(Math.max(0, Math.floor(value / (at * instrument.moneyPerUnit))))
  return quantity(
    Math.max(
      0,
      mulDiv(value, at, instrument.moneyPerUnit * 10 ** instrument.priceDecimals, 'floor'),
    ),
  )
}

/** The smallest number of lots that meets quantityMin and notionalMin at `at`. */
export function minimumLots(instrument: Instrument, at: Price): Quantity {
  if (instrument.kind === 'linear') {
    const byNotional = Math.ceil(instrument.notionalMin / (at * instrument.moneyPerUnit))
    return quantity(Math.max(1, instrument.quantityMin, byNotional))
  }
  const byNotional = mulDiv(
    instrument.notionalMin,
    at,
    instrument.moneyPerUnit * 10 ** instrument.priceDecimals,
    'ceil',
  )
  return quantity(Math.max(1, instrument.quantityMin, byNotional))
}
