/** What a bot says of itself (GET /api/status of its own port); it may be of another version and say more. */
import { z } from 'zod'
import { as, decimal, time } from './common.ts'

const wantedOrder = z.looseObject({
  slot: z.string(),
  side: z.enum(['buy', 'sell']),
  price: decimal,
  quantity: z.string().describe('decimal text, or position: all of it'),
  protective: z.boolean(),
  state: z.enum(['resting', 'missing']),
  reason: z.string().nullable().describe('a code of docs/reference/reasons.md'),
  reason_text: z.string().nullable(),
})

const recentFill = z.looseObject({
  seq: z.int(),
  at: time,
  side: z.enum(['buy', 'sell']),
  price: decimal,
  quantity: decimal,
  fee: decimal,
  maker: z.boolean(),
  slot: z.string(),
})

const virtualOrder = z.looseObject({
  slot: z.string(),
  side: z.enum(['buy', 'sell']),
  price: decimal,
  quantity: decimal,
})

const nearest = z.looseObject({ buy: decimal.nullable(), sell: decimal.nullable() })

const liquidation = z.looseObject({
  now: decimal.nullable(),
  worst_long: decimal.nullable(),
  worst_short: decimal.nullable(),
})

/** What a grid says of itself; another strategy says something else. */
const grid = z.looseObject({
  lines: z.string().optional().describe('31 lines, 30 intervals'),
  type: z.string().optional(),
  mode: z.string().optional(),
  phase: z.string().optional(),
  range: z.looseObject({ lower: decimal.nullable(), upper: decimal.nullable() }).optional(),
  in_range: z.boolean().optional(),
  quantity: decimal.optional(),
  position_wanted: decimal.optional(),
  completed_cells: z.int().optional(),
  grid_profit: decimal.optional(),
  inventory: decimal.optional(),
  entry_adjustment: decimal.optional(),
  closed: decimal.optional(),
  funding: decimal.optional(),
  fees: decimal.optional(),
  total: decimal.optional(),
  next_lines: nearest.optional(),
  virtual: z.array(virtualOrder).optional().describe('orders that open_orders_max keeps back'),
  liquidation: liquidation.optional(),
  stop_loss_price: decimal.nullable().optional(),
  stop_price: decimal.nullable().optional(),
  take_profit_price: decimal.nullable().optional(),
  trailing_stop: z.string().nullable().optional(),
  trigger_price: decimal.nullable().optional(),
  finish: z.string().nullable().optional(),
})

const position = z.looseObject({
  quantity: decimal,
  base: z.string(),
  cost: decimal,
  entry_price: decimal.nullable(),
  liquidation_price: decimal.nullable(),
})

/** What its desk says is always told, its books once the engine runs. */
const leg = z.looseObject({
  name: z.string(),
  venue: z.string(),
  account: z.string(),
  symbol: z.string(),
  desk: z.looseObject({ connected: z.boolean(), ready: z.boolean() }),
  is_open: z.boolean().describe('it may take new risk'),
  closed_reason: z.string().nullable(),
  settle_rate: decimal,
  price: z.looseObject({ last: decimal, mark: decimal }).optional(),
  position: z
    .looseObject({
      quantity: decimal,
      base: z.string(),
      cost: decimal,
      entry_price: decimal.nullable(),
    })
    .optional(),
  settle: z.string().optional(),
})

/** The second half is told once its engine runs. */
export const botStatus = as(
  'BotStatus',
  z.looseObject({
    id: z.string(),
    name: z.string(),
    state: z.string(),
    mode: z.string(),
    mode_reason: z.string().nullable(),
    feed: z.string().nullable(),
    pace: z.unknown(),
    strategy: z.string(),
    venue: z.string(),
    account: z.string(),
    symbol: z.string(),
    pid: z.int(),
    web_port: z.int(),
    started_at: time,
    uptime: z.number().describe('s'),
    desk: z.looseObject({ connected: z.boolean(), ready: z.boolean() }),
    parameters: z.record(z.string(), z.unknown()),
    market_time: time.optional(),
    born_at: time.optional(),
    last_seq: z.int().optional(),
    last_step: z.int().optional(),
    price: z.looseObject({ last: decimal, mark: decimal }).nullable().optional(),
    position: position.optional(),
    settle: z.string().optional(),
    equity: decimal.optional(),
    pnl: z.record(z.string(), z.unknown()).optional(),
    fills: z.looseObject({ count: z.int(), last: z.array(recentFill) }).optional(),
    fingerprint: z.string().optional(),
    orders: z
      .looseObject({
        wanted: z.int(),
        resting: z.int(),
        missing: z.int(),
        list: z.array(wantedOrder),
      })
      .optional(),
    reasons: z.record(z.string(), z.string()).optional().describe('by slot'),
    disagreements: z.array(z.string()).optional(),
    grid: grid.nullable().optional(),
    legs: z.array(leg).optional().describe('of an instance of several: each in its own money'),
  }),
)

const cell = z.looseObject({
  lower: decimal,
  upper: decimal,
  gross: decimal,
  fees: decimal,
  net: decimal,
  netPercent: z.string(),
})

/** A grid on the present price, before it starts. */
export const gridPreview = as(
  'GridPreview',
  z.looseObject({
    title: z.string(),
    objections: z.array(z.looseObject({ code: z.string(), text: z.string() })),
    grid: z
      .looseObject({
        price: decimal,
        quantity: decimal,
        lines: z.array(
          z.looseObject({
            price: decimal,
            side: z.enum(['buy', 'sell']).nullable(),
            quantity: decimal,
            isVirtual: z.boolean(),
          }),
        ),
        orders: z.int(),
        placed: z.int(),
        cells: z.array(cell),
        worst: cell.nullable(),
        marginNeeded: decimal,
        capital: decimal,
        leverage: z.string(),
        liquidationNow: decimal.nullable(),
        liquidationWorstLong: decimal.nullable(),
        liquidationWorstShort: decimal.nullable(),
      })
      .nullable(),
    source: z.string().describe('where price and contract come from'),
  }),
)
