/** Parameters of spread_arbitrage beside those of all strategies of two legs. */
import type { Schema } from '../../domain/signal/parameter-reader.ts'

export const spreadParameters: Schema = {
  min_edge_bps: {
    type: 'decimal',
    doc: 'A part is entered when this is left of its worth after four fees, slippage, both spreads at the exit, the difference expected then, and funding.',
    unit: 'bps',
    minimum: -1000,
    maximum: 10_000,
    default: '5',
    isHot: true,
  },
  exit_spread_bps: {
    type: 'decimal',
    doc: 'The pair has converged when buying the short leg back costs at most this more than the long leg is sold for, both at the touch: equal prices cost the mean of both spreads, so at 0 and below it is left only when the prices cross. Counted as left over at the exit before an entry.',
    unit: 'bps',
    minimum: -1000,
    maximum: 10_000,
    default: '2',
    isHot: true,
  },
  direction: {
    type: 'enum',
    doc: 'both: whichever pays; long_first: only long on the first leg and short on the second; short_first: only the other way.',
    values: ['both', 'long_first', 'short_first'],
    default: 'both',
    isHot: true,
  },
  max_open: {
    type: 'integer',
    doc: 'How many times the size may be held; each further one needs add_edge_bps more.',
    unit: 'sizes',
    minimum: 1,
    maximum: 100,
    default: 1,
    isHot: true,
  },
  add_edge_bps: {
    type: 'decimal',
    doc: 'The second size needs this much more edge than the first, the third twice as much, and so on.',
    unit: 'bps',
    minimum: 0,
    maximum: 10_000,
    default: '5',
    isHot: true,
  },
  expected_hold_h: {
    type: 'number',
    doc: 'Funding of so long at the present rates of both venues is counted before an entry.',
    unit: 'h',
    minimum: 0,
    maximum: 8760,
    default: 1,
    isHot: true,
  },
}
