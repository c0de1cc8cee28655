/** What a bot writes into its log, in words. */
import { formatLots, type Instrument } from '../domain/instrument.ts'
import { formatDecimal, formatMoney } from '../domain/money.ts'
import type { AttributedFill } from '../domain/order.ts'

const CAUSES: Readonly<Record<string, string>> = {
  target: 'for the position it wants',
  operator: 'for an operator',
  liquidation: 'by liquidation',
  foreign: 'not by an order of this fleet',
}

/** `sold 2 SOL at 127.383, maker, fee 0.0509 USDC`; what did not come from a line of the strategy says from what. */
export function fillText(fill: AttributedFill, instrument: Instrument): string {
  const { side, price, quantity, fee, isMaker, origin } = fill
  const size = formatLots(instrument, quantity)
  const at = formatDecimal(price, instrument.priceDecimals)
  const words = [
    `${side === 'buy' ? 'bought' : 'sold'} ${size} ${instrument.base} at ${at}`,
    isMaker ? 'maker' : 'taker',
    `fee ${formatMoney(fee)} ${instrument.settle}`,
    ...(origin.kind === 'slot' ? [] : [CAUSES[origin.kind] ?? origin.kind]),
  ]
  return words.join(', ')
}
