/** Schemas of instances as /api/v1/instances tells them. */
import { z } from 'zod'
import { desiredStates, instanceStates } from '../../domain/instance-state.ts'
import type { Restraint } from '../../domain/mode-cause.ts'
import type { MarketTrade } from '../../protocol/adjust-messages.ts'
import type {
  ActionResult,
  BooksView,
  FeedView,
  InstanceList,
  InstanceView,
  LogPage,
} from '../../protocol/fleet-messages.ts'
import { as, decimal, decimalGiven, time } from './common.ts'

const state = as('InstanceState', z.enum(instanceStates))
const desired = as('DesiredState', z.enum(desiredStates))

export const feed = as(
  'Feed',
  z.strictObject({
    feed: z.string().describe('demo or replay:SET'),
    label: z.string().describe('for people: demo market ×60, seed 7'),
    speed: z.number(),
    pace: z.enum(['free', 'lockstep']),
    market_time: time.nullable(),
    state: z.string().nullable(),
    note: z
      .string()
      .nullable()
      .exactOptional()
      .describe('why the market stands still, or for whom it is too fast'),
  }),
) satisfies z.ZodType<FeedView>

const books = as(
  'Books',
  z.strictObject({
    base: z.string(),
    settle: z.string(),
    mark: decimal.nullable(),
    entry_price: decimal.nullable(),
    liquidation_price: decimal.nullable(),
    grid_profit: decimal.nullable().describe('of completed cells'),
    realised: decimal.nullable(),
    unrealised: decimal.nullable(),
    funding: decimal.nullable(),
    fees: decimal.nullable(),
    as_of: time
      .exactOptional()
      .describe('bot and desk do not agree at the moment: these agreed last, at most 5 s ago'),
  }),
) satisfies z.ZodType<BooksView>

const restraint = as(
  'Restraint',
  z.strictObject({
    state,
    since: time.nullable(),
    why: z.string(),
    way_out: z.string(),
  }),
) satisfies z.ZodType<Restraint>

const missing = z.strictObject({
  reason: z.string().describe('a code of docs/reference/reasons.md'),
  text: z.string(),
  count: z.int(),
})

const unhedged = z.strictObject({
  amount: decimal.describe('base, without a sign'),
  base: z.string(),
  since: time.describe('wall time'),
  why: z.string().describe('what keeps its legs from trading, as far as desks know it'),
})

const foreignOrders = z.strictObject({ count: z.int(), buying: decimal, selling: decimal })

const leg = z.strictObject({
  name: z.string().describe('at its desk and in its journal'),
  venue: z.string(),
  symbol: z.string(),
  account: z.string(),
  state: state.nullable(),
  position: decimal.nullable(),
  equity: decimal.nullable().describe('in its own settlement currency'),
  orders: z.int().nullable(),
  closed_reason: z.string().nullable().describe('why its bot takes no new risk on it now'),
})

export const instance = as(
  'Instance',
  z.strictObject({
    id: z.string(),
    name: z.string(),
    state,
    desired,
    reason: z.string().nullable().describe('why it is not simply running'),
    pid: z.int().nullable(),
    port: z.int().nullable(),
    venue: z.string().describe('of several legs those of all: okx+hyperliquid'),
    symbol: z.string().describe('of several legs that of the first, and the position with it'),
    legs: z.array(leg).exactOptional().describe('absent: it trades one contract'),
    mode: z.enum(['paper', 'testnet', 'live', 'sandbox']),
    strategy: z.string(),
    equity: decimal.nullable(),
    pnl: decimal.nullable(),
    pnl_today: decimal.nullable(),
    position: decimal.nullable(),
    position_venue: decimal.nullable().exactOptional().describe('where the venue says another'),
    unhedged: unhedged.nullable().exactOptional().describe('of two legs, for longer than 30 s'),
    foreign_orders: foreignOrders.nullable().exactOptional(),
    fills: z.int().nullable(),
    orders: z.int().nullable().describe('that the venue may still fill'),
    orders_unknown: z.int().nullable().exactOptional().describe('of them, of unknown outcome'),
    orders_wanted: z.int().nullable().exactOptional(),
    orders_missing_reason: z.string().nullable().exactOptional(),
    missing_orders: z.array(missing).exactOptional(),
    books: books.nullable().exactOptional(),
    fingerprint: z.string().nullable().exactOptional().describe('of all its fills'),
    restraint: restraint.nullable().exactOptional(),
    restarts: z.int(),
    memory_mb: z.number().nullable(),
    cpu_percent: z.number().nullable().describe('of one core'),
    uptime_s: z.number().nullable(),
    config_file: z.string(),
    started_at: time.nullable(),
    node: z.string(),
    tags: z.array(z.string()),
    last_lines: z.array(z.string()).describe('of the log of a quarantined one'),
  }),
) satisfies z.ZodType<InstanceView>

export const instanceList = as(
  'InstanceList',
  z.strictObject({
    items: z.array(instance),
    next_cursor: z.null(),
    feed: feed.nullable(),
    faults: z.array(z.string()).describe('of configuration files; the other instances run'),
  }),
) satisfies z.ZodType<InstanceList>

export const actionResult = as(
  'ActionResult',
  z.strictObject({
    id: z.string(),
    ok: z.boolean(),
    state: state.nullable(),
    text: z.string().describe('what came of it'),
    code: z
      .enum([
        'UNAUTHORIZED',
        'FORBIDDEN',
        'NOT_FOUND',
        'VALIDATION',
        'CONFLICT',
        'PRECONDITION',
        'REFUSED_RISK',
        'TOO_MANY_REQUESTS',
        'SERVICE_UNAVAILABLE',
        'INTERNAL',
      ])
      .nullable(),
  }),
) satisfies z.ZodType<ActionResult>

export const logPage = as(
  'LogPage',
  z.strictObject({
    items: z.array(z.string()).describe('lines, the oldest first'),
    older: z.string().nullable().describe('cursor for what lies before; null: nothing does'),
    newer: z.string().describe('cursor for what is added behind it'),
  }),
) satisfies z.ZodType<LogPage>

const STOP = 'orders must be cancel or keep, positions keep or close'

export const stopBody = z.object({
  orders: z.enum(['cancel', 'keep'], STOP).default('cancel'),
  positions: z.enum(['keep', 'close'], STOP).default('keep'),
})

/** The bot itself judges it; what it does not know it refuses. */
export const adjustBody = z.looseObject({
  grid_lower_price: decimalGiven.optional(),
  grid_upper_price: decimalGiven.optional(),
  grid_num: z.union([z.number(), z.string()]).optional().describe('lines'),
  dry_run: z.boolean().optional().describe('tell the difference and change nothing'),
  temporary: z.boolean().optional().describe('do not write the range to the file'),
  author: z.string().optional(),
})

const adjustedOrder = z.looseObject({ side: z.string(), price: decimal, quantity: decimal })

/** As the bot answers; it may be of another version. */
const marketTrade = z.looseObject({
  side: z.enum(['buy', 'sell']),
  quantity: decimal,
  unit: z.string(),
  price: decimal,
  fee: decimal,
  settle: z.string(),
  position_before: decimal,
  position_after: decimal,
}) satisfies z.ZodType<MarketTrade>

export const adjustAnswer = as(
  'GridAdjustment',
  z.looseObject({
    orders_kept: z.int(),
    orders_canceled: z.int(),
    orders_placed: z.int(),
    orders_wanted: z.int().optional(),
    orders_allowed: z.int().optional(),
    price: decimal.optional(),
    price_outside: z.enum(['below', 'above']).nullable().optional(),
    limits: z
      .array(
        z.looseObject({
          code: z.string(),
          text: z.string(),
          side: z.string(),
          line: decimal,
          before: z.int(),
        }),
      )
      .optional(),
    market_trade: marketTrade.nullable().optional(),
    dry_run: z.boolean(),
    changes: z
      .looseObject({ canceled: z.array(adjustedOrder), placed: z.array(adjustedOrder) })
      .optional(),
  }),
)
