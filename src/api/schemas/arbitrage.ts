/** Schemas of what the scanner of opportunities tells. */
import { z } from 'zod'
import type {
  ExecutedRow,
  OpportunityHistoryRow,
  OpportunityRow,
  PairRow,
  ScanFundingRow,
} from '../../protocol/arbitrage-messages.ts'
import { as, decimal, time } from './common.ts'
import { listOf } from './tables.ts'

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

const scanPair = as(
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

export const scanPairs = listOf(scanPair).extend({
  unreachable: z
    .array(z.strictObject({ exchange: z.string(), text: z.string() }))
    .describe('venues that do not tell their contracts, so that they are not compared'),
})

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

const executedLeg = as(
  'ExecutedLeg',
  z.strictObject({
    venue: z.string(),
    symbol: z.string(),
    bought: decimal.describe('base'),
    sold: decimal,
    cash: decimal.describe('minus the signed worth of all fills'),
    fees: decimal,
    funding: decimal.describe('positive: received'),
    slippage: decimal.describe('part of cash: against the prices of the decision'),
    total: decimal.nullable().describe('cash − fees + funding, what is held at mark'),
    settle: z.string().describe('currency of the amounts of this leg'),
  }),
)

export const executed = as(
  'ExecutedOpportunity',
  z.strictObject({
    instance: z.string(),
    number: z.int().describe('in the life of the instance, from 1'),
    opened_at: time.describe('market time'),
    closed_at: time.nullable().describe('null: still held'),
    held_s: z.number(),
    outcome: z.enum(['profit', 'loss', 'unwound']).nullable().describe('null: still held'),
    exit: z.string().nullable().describe('why it was left'),
    first_leg: z.enum(['long', 'short']),
    base: z.string(),
    size: decimal.nullable().describe('base, of the smaller leg'),
    settle: z.string().describe('currency of the amounts, that of the first leg'),
    total: decimal,
    fees: decimal.nullable(),
    funding: decimal.nullable().describe('positive: received'),
    slippage: decimal.nullable().describe('part of total'),
    margin_max: decimal.describe('the most that both legs bound'),
    margin_return: decimal
      .nullable()
      .describe('a share: total ÷ time-weighted margin of both legs'),
    annual_return: decimal
      .nullable()
      .describe('the same for a year; null: held for less than a day'),
    legs: z.array(executedLeg),
  }),
) satisfies z.ZodType<ExecutedRow>

export const scanQuery = z.object({
  exchange: z.string().optional().describe('one of the venues'),
  base: z.string().optional().describe('e.g. BTC'),
  limit: z.string().optional().describe('how many at most, 1000 when not given'),
})
