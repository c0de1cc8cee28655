/** Between the decimal texts of a venue and the integers of the core, exactly, in both directions. */
import type { Instrument } from '../../../domain/instrument.ts'
import {
  formatDecimal,
  InvariantError,
  type Money,
  money,
  type Price,
  parseDecimal,
  parseDecimalRounded,
  price,
  type Quantity,
  quantity,
  type Ratio,
  ratio,
} from '../../../domain/money.ts'
import { VenueError } from '../../../ports/venue.ts'

/** Digits after the point of a step such as `0.010`, zeros at the end left out: 2. */
export function decimalsOf(step: string): number {
  const match = /^\d*(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(step)
  if (!match || step === '') throw unreadable('step', step)
  const fraction = (match[1] ?? '').replace(/0+$/, '')
  return Math.max(0, fraction.length - Number(match[2] ?? 0))
}

/** Runs a conversion; a text that is no such number is an answer that cannot be read. */
function read<T>(what: string, text: unknown, convert: (text: string) => T): T {
  if (typeof text !== 'string' && typeof text !== 'number') throw unreadable(what, text)
  try {
    return convert(String(text))
  } catch (error) {
    if (error instanceof RangeError || error instanceof InvariantError) throw unreadable(what, text)
    throw error
  }
}

function unreadable(what: string, text: unknown): VenueError {
  const found = typeof text === 'string' ? `"${text.slice(0, 40)}"` : typeof text
  return new VenueError('unknown', 'unreadable', `The venue's ${what} cannot be read: ${found}.`)
}

/** A price exactly. @throws VenueError `unknown` when it is no number, 0 or less, or finer than the instrument's prices */
export function priceFrom(instrument: Instrument, text: unknown): Price {
  const value = read('price', text, (one) => price(parseDecimal(one, instrument.priceDecimals)))
  if (value <= 0) throw unreadable('price', text)
  return value
}

/** A price that may lie between the ticks (mark, index, average): the nearest. @throws VenueError `unknown` as priceFrom */
export function roundedPriceFrom(instrument: Instrument, text: unknown): Price {
  const value = read('price', text, (one) =>
    price(parseDecimalRounded(one, instrument.priceDecimals, 'halfEven')),
  )
  if (value <= 0) throw unreadable('price', text)
  return value
}

/** Lots of a signed quantity in base (linear) or contracts (inverse). @throws VenueError `unknown` when it is no whole lot */
export function lotsFrom(instrument: Instrument, text: unknown): Quantity {
  const units = read('quantity', text, (one) => parseDecimal(one, instrument.quantityDecimals))
  if (units % instrument.lotSize !== 0) throw unreadable('quantity', text)
  return quantity(units / instrument.lotSize)
}

export const priceText = (instrument: Instrument, value: Price): string =>
  formatDecimal(value, instrument.priceDecimals)

/** Lots of a count of steps such as contracts: one lot is one `step`. @throws VenueError `unknown` when it is no whole step */
export function stepsFrom(step: string, text: unknown): Quantity {
  const decimals = decimalsOf(step)
  const units = read('quantity', text, (one) => parseDecimal(one, decimals))
  const size = parseDecimal(step, decimals)
  if (units % size !== 0) throw unreadable('quantity', text)
  return quantity(units / size)
}

export function stepsText(step: string, lots: Quantity): string {
  const decimals = decimalsOf(step)
  return formatDecimal(lots * parseDecimal(step, decimals), decimals)
}

/** Money in 1e-8; digits beyond go towards zero, or as named. */
export const moneyFrom = (text: unknown, rounding: 'trunc' | 'ceil' | 'floor' = 'trunc'): Money =>
  read('amount', text, (one) => money(parseDecimalRounded(one, 8, rounding)))

export const ratioFrom = (text: unknown): Ratio =>
  read('rate', text, (one) => ratio(parseDecimalRounded(one, 8, 'halfEven')))

/** A moment in ms. @throws VenueError `unknown` when it is none */
export function momentFrom(text: unknown): number {
  const value = read('time', text, Number)
  if (!Number.isSafeInteger(value) || value <= 0) throw unreadable('time', text)
  return value
}

/** An unsigned size that may lie between the lots (best bid, volume): rounded down. */
export function roundedLots(instrument: Instrument, text: unknown): Quantity {
  const units = read('size', text, (one) =>
    parseDecimalRounded(one, instrument.quantityDecimals, 'floor'),
  )
  return quantity(Math.floor(units / instrument.lotSize))
}

/**
 * Signed notional of lots at an average price that may have more digits than the instrument's prices; towards zero.
 * @throws VenueError `unknown` when it is no number, or the value leaves the safe integers
 */
export function costFrom(instrument: Instrument, average: unknown, lots: Quantity): Money {
  return read('average price', average, (text) => {
    const match = /^(\d+)(?:\.(\d*))?$/.exec(text)
    if (!match) throw new RangeError(`"${text}" is no plain decimal`)
    const fraction = match[2] ?? ''
    const units = BigInt(`${match[1]}${fraction}`)
    if (units === 0n) throw new RangeError(`"${text}" is no price`)
    const scale = 10n ** BigInt(fraction.length)
    const worth = BigInt(lots) * BigInt(instrument.moneyPerUnit)
    const cost =
      instrument.kind === 'linear'
        ? (units * worth * 10n ** BigInt(instrument.priceDecimals)) / scale
        : (worth * scale) / units
    return money(Number(cost))
  })
}
