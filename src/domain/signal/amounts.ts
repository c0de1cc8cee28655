/** Numbers of a strategy for people, as decimal text. */
import type { Instrument } from '../instrument.ts'
import { formatDecimal, formatMoney, money } from '../money.ts'

export { formatLots as lotsText } from '../instrument.ts'

export const priceText = (instrument: Instrument, at: number): string =>
  formatDecimal(Math.round(at), instrument.priceDecimals)

/** A price or a distance with a fraction of price units, null when there is none. */
export const levelText = (instrument: Instrument, at: number | null): string | null =>
  at === null || !Number.isFinite(at) ? null : priceText(instrument, at)

export const amountText = (value: number): string => formatMoney(money(value))
