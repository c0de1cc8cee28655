/** Schemas of candles, reasons, journals, funding and connections. */
import { z } from 'zod'
import {
  type CandlePage,
  type ConnectionRow,
  candleTimeframes,
  type ExchangeRow,
  type FundingRow,
  type JournalEventRow,
  type ReasonRow,
} from '../../protocol/api-messages.ts'
import { as, cursorText, decimal, limitText, time } from './common.ts'
import { fill } from './tables.ts'

const side = z.enum(['buy', 'sell'])

const candle = as(
  'Candle',
  z.strictObject({
    at: time.describe('its opening, market time'),
    open: decimal,
    high: decimal,
    low: decimal,
    close: decimal,
    volume: decimal,
    finished: z.boolean().describe('false: the market has not reached its end'),
  }),
)

export const candlePage = as(
  'CandlePage',
  z.strictObject({
    items: z.array(candle).describe('ascending, up to the market time'),
    timeframe: z.string().describe('coarser than asked where the recording is'),
    market_time: time.nullable(),
    next_cursor: z.string().nullable().describe('as before: what opened earlier; null: nothing'),
  }),
) satisfies z.ZodType<CandlePage>

const TIMEFRAME = `timeframe must be one of ${candleTimeframes.join(', ')}`

export const candleQuery = z.object({
  instance: z.string('instance must name the instance whose contract is meant'),
  timeframe: z.enum(candleTimeframes, TIMEFRAME).default('1m'),
  limit: z.string().optional().describe('how many at most, 500 when not given, up to 1500'),
  before: z.string().optional().describe('ISO 8601, market time; only what opened earlier'),
})

export const reason = as(
  'Reason',
  z.strictObject({
    slot: z.string(),
    side,
    price: decimal,
    quantity: z.string().describe('decimal text, or position: all of it'),
    reason: z.string().describe('a code of docs/reference/reasons.md'),
    text: z.string(),
  }),
) satisfies z.ZodType<ReasonRow>

export const funding = as(
  'Funding',
  z.strictObject({
    id: z.string(),
    at: time.describe('market time'),
    instance: z.string(),
    venue: z.string(),
    symbol: z.string(),
    rate: decimal.nullable(),
    amount: decimal.describe('negative: paid'),
    position: decimal.nullable(),
  }),
) satisfies z.ZodType<FundingRow>

export const journalEvent = as(
  'JournalEvent',
  z.strictObject({
    seq: z.int(),
    account: z.string(),
    at: time.describe('market time'),
    kind: z.enum(['fill', 'funding']),
    fill: fill.nullable(),
    funding: funding.nullable(),
  }),
) satisfies z.ZodType<JournalEventRow>

export const pageQuery = z.object({ limit: limitText, cursor: cursorText })

export const exchange = as(
  'Exchange',
  z.strictObject({
    name: z.string(),
    connected: z.boolean(),
    reconciled: z.boolean(),
    accounts: z.array(z.string()),
    instances: z.array(z.string()),
    symbols: z.array(z.string()),
  }),
) satisfies z.ZodType<ExchangeRow>

export const exchangeParams = z.object({ name: z.string() })

export const connection = as(
  'Connection',
  z.strictObject({
    exchange: z.string(),
    account: z.string(),
    connected: z.boolean(),
    reconciled: z.boolean(),
    latency_ms: z.number().nullable().describe('average round trip of a request'),
    last_message_at: time.nullable(),
    reconnects: z.int().nullable(),
    streams: z.array(z.string()),
  }),
) satisfies z.ZodType<ConnectionRow>
