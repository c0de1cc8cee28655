/** Parameters of funding_arbitrage beside those of all strategies of two legs. */
import type { Schema } from '../../domain/signal/parameter-reader.ts'

export const fundingParameters: Schema = {
  min_rate_bps_day: {
    type: 'decimal',
    doc: 'A pair is entered when the rates of both venues, each over its own interval, differ by at least this for a day.',
    unit: 'bps',
    minimum: 0,
    maximum: 10_000,
    default: '5',
    isHot: true,
  },
  exit_rate_bps_day: {
    type: 'decimal',
    doc: 'The pair is left when it earns this or less for a day; 0 = when the sign changes.',
    unit: 'bps',
    minimum: -10_000,
    maximum: 10_000,
    default: '0',
    isHot: true,
  },
  break_even_max_h: {
    type: 'number',
    doc: 'Nothing is entered when funding at the present rates needs longer than this to pay for four fees, slippage and both spreads.',
    unit: 'h',
    exclusiveMinimum: 0,
    maximum: 87_600,
    default: 168,
    isHot: true,
  },
  direction: {
    type: 'enum',
    doc: 'both: long on whichever leg has the lower rate; long_first: only long on the first leg; short_first: only short on it.',
    values: ['both', 'long_first', 'short_first'],
    default: 'both',
    isHot: true,
  },
}
