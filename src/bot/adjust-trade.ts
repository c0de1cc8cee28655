/** What an adjustment trades at market at once: the target of the new range against what is held. Pure. */
import type { ReachState } from '../domain/gate-reach.ts'
import { formatLots, notionalOf } from '../domain/instrument.ts'
import { feeOf, formatDecimal, formatMoney, quantity, type Ratio } from '../domain/money.ts'
import type { WholeWants } from '../engine/instance.ts'
import type { MarketTrade } from '../protocol/adjust-messages.ts'

/** @returns null when nothing is traded, or when the same target was being traded before */
export function marketTradeOf(
  before: WholeWants,
  after: WholeWants,
  { instrument, prices, position }: Pick<ReachState, 'instrument' | 'prices' | 'position'>,
  takerFee: Ratio,
): MarketTrade | null {
  const target = targetIn(after)
  if (target === null || target === targetIn(before) || target === position) return null
  const size = quantity(Math.abs(target - position))
  const lots = (count: number) => formatLots(instrument, count)
  return {
    side: target > position ? 'buy' : 'sell',
    quantity: lots(size),
    unit: instrument.kind === 'linear' ? instrument.base : 'contracts',
    price: formatDecimal(prices.last, instrument.priceDecimals),
    fee: formatMoney(feeOf(notionalOf(instrument, prices.last, size), takerFee)),
    settle: instrument.settle,
    position_before: lots(position),
    position_after: lots(target),
  }
}

/** A grid trades one instrument. */
function targetIn({ changes }: WholeWants): number | null {
  const found = changes.find((change) => change.kind === 'target')
  return found?.want.quantity ?? null
}
