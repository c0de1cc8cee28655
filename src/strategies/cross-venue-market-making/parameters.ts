/** Parameters of cross_venue_market_making beside those of all strategies of two legs. */
import { pairParameters } from '../../domain/arbitrage/pair-parameters.ts'
import type { Schema } from '../../domain/signal/parameter-reader.ts'
import type { ParameterSchema } from '../../domain/strategy.ts'

const worded = (key: string, doc: string): ParameterSchema => ({
  ...(pairParameters[key] as ParameterSchema),
  doc,
})

export const makerParameters: Schema = {
  min_profit_bps: {
    type: 'decimal',
    doc: 'What each fill leaves when it is hedged at once: after the maker fee, the fee and the slippage of the hedge.',
    unit: 'bps',
    minimum: -1000,
    maximum: 5000,
    default: '3',
    isHot: true,
  },
  cancel_band_bps: {
    type: 'decimal',
    doc: 'An order stays where it is while the price it should have differs by no more than this.',
    unit: 'bps',
    minimum: 0,
    maximum: 1000,
    default: '1',
    isHot: true,
  },
  inventory_max: {
    type: 'decimal',
    doc: 'Most that the first leg may hold, long or short, hedged or not; none = as much as the margins carry.',
    unit: 'base',
    exclusiveMinimum: 0,
    isHot: true,
  },
  direction: {
    type: 'enum',
    doc: 'both: buys and sells on the first leg; long: sells only what it holds; short: buys back only what it sold.',
    values: ['both', 'long', 'short'],
    default: 'both',
    isHot: true,
  },
  order_quantity: worded(
    'order_quantity',
    'Size of each of the two orders on the first leg, and the most that is ever unhedged. Give this or order_notional.',
  ),
  order_notional: worded('order_notional', 'Size of each of the two orders by its worth.'),
  slippage_bps: worded(
    'slippage_bps',
    'Expected of the hedge beyond the price of the book; part of the costs of a quote.',
  ),
}
