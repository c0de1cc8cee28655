/** Schemas of the stream's ticket and of equity curves. */
import { z } from 'zod'
import { type EquityPoint, equitySpans, type StreamTicket } from '../../protocol/api-messages.ts'
import { as, decimal, nextCursor, time } from './common.ts'

export const streamTicket = as(
  'StreamTicket',
  z.strictObject({
    ticket: z.string().describe('for /api/v1/stream?ticket='),
    expires_in: z.int().describe('seconds'),
  }),
) satisfies z.ZodType<StreamTicket>

const equityPoint = as(
  'EquityPoint',
  z.strictObject({
    at: time.describe('wall time'),
    market_at: time.nullable(),
    equity: decimal,
    low: decimal.describe('of what the point stands for'),
    high: decimal.describe('of what the point stands for'),
    pnl: decimal.describe('since the start'),
  }),
) satisfies z.ZodType<EquityPoint>

export const equityCurve = as(
  'EquityCurve',
  z.strictObject({
    items: z.array(equityPoint).describe('oldest first'),
    next_cursor: nextCursor,
  }),
)

export const equityQuery = z.object({
  span: z
    .enum(equitySpans)
    .optional()
    .describe('how far back; 24h when neither it nor since is given'),
  since: z.string().optional().describe('ISO 8601, wall time; only what is newer'),
  limit: z.string().optional().describe('points at most, 500 when not given, up to 1000'),
})
