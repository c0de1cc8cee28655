/** Numbers as the venue writes them: decimal texts with at least one digit after the point. */
import type { Instrument } from '../../../domain/instrument.ts'
import { formatDecimal, type Money, type Price, type Ratio } from '../../../domain/money.ts'

const pointed = (text: string): string => (text.includes('.') ? text : `${text}.0`)

/** An integer count of 10^-decimals: `1104270` with one decimal is `110427.0`. */
export const wireDecimal = (value: number, decimals: number): string =>
  pointed(formatDecimal(value, decimals))

/** What a client wrote, as the venue repeats it: `65000` becomes `65000.0`. */
export const repeated = (text: string): string => pointed(text)

export const wirePrice = (instrument: Instrument, at: Price): string =>
  wireDecimal(at, instrument.priceDecimals)

/** @param lots signed count of lots; sizes are in units of the base */
export const wireSize = (instrument: Instrument, lots: number): string =>
  wireDecimal(lots * instrument.lotSize, instrument.quantityDecimals)

export const wireMoney = (value: Money): string => wireDecimal(value, 8)

export const wireRatio = (value: Ratio): string => wireDecimal(value, 8)

/** A statistic, rounded to so many digits. */
export function wireFloat(value: number, digits: number): string {
  const text = (Number.isFinite(value) ? value : 0).toFixed(digits).replace(/\.?0+$/, '')
  return pointed(text === '-0' ? '0' : text)
}

/** An average price in price units, with up to six digits more than a price has. */
export const wireAverage = (instrument: Instrument, units: number): string =>
  wireFloat(units / 10 ** instrument.priceDecimals, instrument.priceDecimals + 6)

/** 32 bytes in hex that stand for a transaction; made of a number, so that it is the same at every asking. */
export const wireHash = (number: number): string => `0x${number.toString(16).padStart(64, '0')}`
