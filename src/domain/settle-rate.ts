/**
 * Amounts of several settlement currencies in one: each leg of an instance counts in its own, exactly; sums of the
 * instance stand in that of its first leg, at rates that its configuration fixes for its whole life (default: at par).
 */
import { type Money, money, mulDiv, RATIO_SCALE, type Ratio, ratio } from './money.ts'

/** One unit for one unit. */
export const AT_PAR: Ratio = ratio(RATIO_SCALE)

/**
 * An amount of a leg in the currency of the first leg, rounded down, so that a sum never says more than there is;
 * what was paid is converted by `paidAt`.
 * @param rate worth of one unit of the leg's currency in that of the first, 1e-8
 */
export const worthAt = (amount: Money, rate: Ratio): Money =>
  rate === AT_PAR ? amount : money(mulDiv(amount, rate, RATIO_SCALE, 'floor'))

/** The same for what was paid, rounded up. */
export const paidAt = (amount: Money, rate: Ratio): Money =>
  rate === AT_PAR ? amount : money(mulDiv(amount, rate, RATIO_SCALE, 'ceil'))
