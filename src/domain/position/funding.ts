/** Funding payments. */
import { type Instrument, notionalOf } from '../instrument.ts'
import {
  type Money,
  money,
  mulDiv,
  type Price,
  type Quantity,
  RATIO_SCALE,
  type Ratio,
} from '../money.ts'

/**
 * What a position receives (+) or pays (-) when a rate is settled: -(signed notional at mark) · rate, the magnitude
 * truncated, so that both sides of one payment are equal (docs/concepts/money.md, rule 4).
 * @param held signed lots
 */
export function fundingPayment(
  instrument: Instrument,
  held: Quantity,
  mark: Price,
  rate: Ratio,
): Money {
  if (held === 0 || rate === 0) return money(0)
  return money(-mulDiv(notionalOf(instrument, mark, held), rate, RATIO_SCALE, 'trunc'))
}
