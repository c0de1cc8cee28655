/** Schemas of what the scanner of opportunities tells. */
import { z } from 'zod'
import type {
  OpportunityHistoryRow,
  OpportunityRow,
  PairRow,
  ScanFundingRow,
} from '../../protocol/arbitrage-messages.ts'
import { as, decimal, time } from './common.ts'

const leg = as(
  'OpportunityLeg',
  z.strictObject({
    exchange: z.string(),
    symbol: z.string(),
    price: decimal.describe('depth-weighted over the size, rounded against the trader'),
    worst: decimal.describe('a limit at it takes the whole size from the book as it stands'),
    notional: decimal,
    currency: z.string().describe('of notional and margin'),
    margin: decimal.describe('initial margin at leverage 1'),
  }),
)

export const opportunity = as(
  'Opportunity',
  z.strictObject({
    pair: z.string(),
    base: z.string(),
    at: time.describe('of the update that it was computed from'),
    since: time,
    buy: leg,
    sell: leg,
    size: decimal.describe('base'),
    limited_by: z.enum(['depth', 'margin']).nullable(),
    edge_bps: decimal.describe('after all costs of the round trip, of notional'),
    edge: decimal,
    notional: decimal,
    currency: z.string().describe('of edge, notional, costs and funding_per_day'),
    costs: z.strictObject({
      entry_difference: decimal.describe('what one venue pays more than the other asks'),
      fees: decimal.describe('of all four fills'),
      slippage: decimal,
      exit_spread: decimal,
      funding: decimal.describe('within the holding time; positive: received'),
    }),
    funding_per_day: decimal,
    break_even_s: z.int().nullable().describe('until funding pays for the rest; null: never'),
  }),
) satisfies z.ZodType<OpportunityRow>

export const scanPair = as(
  'ComparedPair',
  z.strictObject({
    pair: z.string(),
    base: z.string(),
    legs: z.array(
      z.strictObject({
        exchange: z.string(),
        symbol: z.string(),
        bid: decimal.nullable(),
        ask: decimal.nullable(),
        age_ms: z.number().nullable().describe('by the clock of the venue'),
      }),
    ),
    opportunity: z.boolean(),
    buy_exchange: z.string().nullable(),
    edge_bps: decimal.nullable().describe('null: not priced'),
    reasons: z.array(
      z.strictObject({
        code: z.string().describe('docs/concepts/arbitrage.md, "Reasons"'),
        exchange: z.string().nullable(),
        symbol: z.string().nullable(),
        found: z.string().nullable(),
        needed: z.string().nullable(),
      }),
    ),
  }),
) satisfies z.ZodType<PairRow>

export const opportunityHistory = as(
  'OpportunityHistory',
  z.strictObject({
    id: z.int(),
    pair: z.string(),
    buy_exchange: z.string(),
    sell_exchange: z.string(),
    opened_at: time,
    closed_at: time.nullable().describe('null: it is there still'),
    edge_bps: decimal.describe('the best of its life'),
    edge: decimal,
    currency: z.string(),
    size: decimal,
    reason: z.string().nullable().describe('why it ended'),
  }),
) satisfies z.ZodType<OpportunityHistoryRow>

export const scanFunding = as(
  'ComparedFunding',
  z.strictObject({
    exchange: z.string(),
    symbol: z.string(),
    base: z.string(),
    rate: decimal.describe('of the next settlement; positive: longs pay'),
    interval_s: z.int(),
    next_at: time,
    rate_per_second: decimal,
    rate_per_day: decimal,
    at: time,
  }),
) satisfies z.ZodType<ScanFundingRow>

export const scanQuery = z.object({
  exchange: z.string().optional().describe('one of the venues'),
  base: z.string().optional().describe('e.g. BTC'),
  limit: z.string().optional().describe('how many at most, 1000 when not given'),
})
