/** Schemas of orders, fills, positions, balances and trades. */
import { z } from 'zod'
import type {
  BalanceRow,
  FillRow,
  OrderRow,
  PositionRow,
  TradeRow,
} from '../../protocol/fleet-messages.ts'
import { as, cursorText, decimal, limitText, nextCursor, time } from './common.ts'

const side = z.enum(['buy', 'sell'])

export const order = as(
  'Order',
  z.strictObject({
    client_id: z.string(),
    instance: z.string(),
    venue: z.string(),
    symbol: z.string(),
    side,
    kind: z.string(),
    price: decimal.nullable(),
    quantity: z.string().describe('decimal text, or position: all of it'),
    filled: decimal,
    state: z.string(),
    slot: z.string(),
    reason: z.string().nullable(),
    sent_at: time,
  }),
) satisfies z.ZodType<OrderRow>

export const fill = as(
  'Fill',
  z.strictObject({
    id: z.string(),
    at: time.describe('market time'),
    instance: z.string(),
    venue: z.string(),
    symbol: z.string(),
    side,
    price: decimal,
    quantity: decimal,
    fee: decimal,
    maker: z.boolean(),
    client_id: z.string().nullable(),
  }),
) satisfies z.ZodType<FillRow>

export const position = as(
  'Position',
  z.strictObject({
    instance: z.string(),
    venue: z.string(),
    symbol: z.string(),
    quantity: decimal,
    equity: decimal.nullable(),
    orders: z.int().nullable(),
  }),
) satisfies z.ZodType<PositionRow>

export const balance = as(
  'Balance',
  z.strictObject({
    account: z.string(),
    venue: z.string(),
    mode: z.string(),
    currency: z.string(),
    equity: decimal.nullable().describe('null until the venue has told it'),
    instances_equity: decimal,
    unallocated: decimal.nullable(),
    instances: z.array(z.string()),
  }),
) satisfies z.ZodType<BalanceRow>

export const trade = as(
  'Trade',
  z.strictObject({
    instance: z.string(),
    venue: z.string(),
    symbol: z.string(),
    side: z.enum(['long', 'short']),
    opened_at: time,
    closed_at: time,
    quantity: decimal,
    entry: decimal,
    exit: decimal,
    gross: decimal,
    fees: decimal,
    pnl: decimal,
    id: z.string(),
  }),
) satisfies z.ZodType<TradeRow>

export const listOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), next_cursor: nextCursor })

export const tableQuery = z.object({
  instance: z.string().optional(),
  venue: z.string().optional(),
  exchange: z.string().optional().describe('the same as venue'),
  since: z.string().optional().describe('ISO 8601'),
  limit: limitText,
  cursor: cursorText,
})
