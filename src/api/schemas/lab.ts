/** Schemas of the lab: strategies, recorded data, jobs. */
import { z } from 'zod'
import type { DataSetRow, JobRow, StrategyRow } from '../../protocol/lab-messages.ts'
import { as, cursorText, decimalGiven, limitText, nextCursor, time } from './common.ts'

const setting = z.union([z.string(), z.number(), z.boolean()])

export const jobParams = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,80}$/, 'a job is named by letters, digits and -'),
})

export const job = as(
  'Job',
  z.strictObject({
    id: z.string(),
    kind: z.enum(['backtest', 'optimize', 'walk_forward', 'compare']),
    state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted']),
    author: z.string(),
    request: z.unknown().describe('as it was asked'),
    created_at: time,
    started_at: time.nullable(),
    ended_at: time.nullable(),
    progress: z.number().nullable().describe('0 to 1'),
    error: z.string().nullable().describe('one sentence'),
    summary: z.unknown().describe('headline figures of the report; null before its end'),
  }),
) satisfies z.ZodType<JobRow>

export const jobList = as(
  'JobList',
  z.strictObject({ items: z.array(job), next_cursor: nextCursor }),
)

export const jobQuery = z.object({
  limit: limitText,
  cursor: cursorText,
  kind: z.enum(['backtest', 'optimize', 'walk_forward', 'compare']).optional(),
})

const run = {
  instance: z.string().optional().describe('an instance of this home; or name a strategy'),
  strategy: z.string().optional().describe('a shipped strategy, e.g. dual_ma'),
  data: z.string('data must name a set, e.g. binance/BTC_USDT_PERP/1h'),
  from: z.string().optional().describe('ISO 8601; the beginning of the data when not given'),
  to: z.string().optional().describe('ISO 8601, not included; the end of the data when not given'),
  capital: decimalGiven.optional(),
  parameters: z
    .record(z.string(), setting)
    .optional()
    .describe('keys of the strategy; others with their section, e.g. exchange_config.leverage'),
  fill_rule: z.enum(['through', 'touch']).optional(),
  path: z.enum(['by_direction', 'adverse']).optional().describe('way within a candle'),
  limits: z
    .boolean()
    .optional()
    .describe('false: daily loss, drawdown, losses in a row and use of the capital end no entries'),
}

export const backtestBody = as('BacktestOrder', z.strictObject(run))

const search = {
  ...run,
  space: z
    .record(z.string(), z.string())
    .describe('what is varied: 10..50:5, 10..50, 0.1..10:log or a,b,c by key'),
  objectives: z
    .array(z.string())
    .max(4)
    .optional()
    .describe('e.g. sharpe; several: a Pareto front'),
  constraints: z.array(z.string()).max(20).optional().describe('e.g. maxDrawdown<0.2'),
  sampler: z.enum(['grid', 'random', 'tpe']).optional(),
  trials: z.int().min(1).max(1_000_000).optional(),
  seed: z.int().min(0).max(2_147_483_647).optional(),
}

export const optimizeBody = as(
  'OptimizeOrder',
  z.strictObject({
    ...search,
    split: decimalGiven.optional().describe('share of the window that the search sees'),
  }),
)

export const forwardBody = as(
  'WalkForwardOrder',
  z.strictObject({
    ...search,
    in_sample: z.string().optional().describe('e.g. 90d'),
    out_of_sample: z.string().optional().describe('e.g. 30d'),
    anchored: z.boolean().optional().describe('every part begins with the data'),
  }),
)

export const compareBody = as(
  'CompareOrder',
  z.strictObject({ jobs: z.array(z.string()).min(2).max(20).describe('ids of backtests') }),
)

export const waitQuery = z.object({
  wait: z.string().optional().describe('1: answer when it has ended, after 100 s at the latest'),
})

export const strategyRow = as(
  'Strategy',
  z.strictObject({
    id: z.string(),
    parameters: z.record(z.string(), z.unknown()).describe('each with type, doc, unit, default'),
  }),
) satisfies z.ZodType<StrategyRow>

export const strategyList = as(
  'StrategyList',
  z.strictObject({ items: z.array(strategyRow), next_cursor: nextCursor }),
)

export const strategyParams = z.object({ id: z.string().regex(/^[a-z0-9_]{1,64}$/) })

const dataSet = as(
  'DataSet',
  z.strictObject({
    kind: z.enum(['candles', 'mark', 'funding']),
    venue: z.string(),
    symbol: z.string(),
    timeframe: z.string().nullable().describe('null: funding'),
    name: z.string().nullable().describe('of the set, for data; null: no candles'),
    rows: z.int(),
    first_at: time,
    last_at: time,
  }),
) satisfies z.ZodType<DataSetRow>

export const dataList = as(
  'DataSetList',
  z.strictObject({ items: z.array(dataSet), next_cursor: nextCursor }),
)

export const reportQuery = z.object({
  ticket: z
    .string()
    .optional()
    .describe('of POST …/report/ticket, for a browser that sends no header'),
})

export const reportTicket = as(
  'ReportTicket',
  z.strictObject({ url: z.string().describe('opens the report once, within 30 s') }),
)
