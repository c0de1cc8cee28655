/** The lab: strategies, recorded data, and jobs that test them. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { QueueFull } from '../../jobs/job-queue.ts'
import {
  backtestCommand,
  compareCommand,
  forwardCommand,
  optimizeCommand,
  type RunWish,
  type SearchWish,
} from '../../jobs/lab-orders.ts'
import type { SeriesHeader } from '../../ports/history.ts'
import type { Job } from '../../ports/job-store.ts'
import type { DataSetRow, JobRow } from '../../protocol/lab-messages.ts'
import type { Access } from '../auth/access.ts'
import { ApiError, cursorOf, type Principal, pageOf, type ZodRequests } from '../context.ts'
import type { LabParts } from '../lab-parts.ts'
import type { RouteParts } from '../parts.ts'
import { answers } from '../schemas/common.ts'
import {
  backtestBody,
  compareBody,
  dataList,
  forwardBody,
  job,
  jobList,
  jobParams,
  jobQuery,
  optimizeBody,
  reportQuery,
  reportTicket,
  strategyList,
  strategyParams,
  strategyRow,
  waitQuery,
} from '../schemas/lab.ts'
import { authorOf } from './author.ts'

const tags = ['lab']
const viewer = { role: 'viewer' } as const
const operator = { role: 'operator' } as const
/** Below the time a request may take. */
const WAIT_MS = 100_000

/** The report is a page of its own, with everything in it: it may show and move, and reach nothing. */
const REPORT_HEADERS = {
  'content-security-policy':
    "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
  'x-frame-options': 'SAMEORIGIN',
  'content-type': 'text/html; charset=utf-8',
}

export function registerLab(app: FastifyInstance, parts: RouteParts, access: Access): void {
  catalogueRoutes(app, parts)
  backtestRoutes(app, parts)
  jobRoutes(app, parts)
  reportRoutes(app, parts, access)
}

const timeText = (at: number): string => new Date(at).toISOString()

const rowOf = (one: Job): JobRow => ({
  id: one.id,
  kind: one.kind,
  state: one.state,
  author: one.author,
  request: one.request,
  created_at: timeText(one.createdAt),
  started_at: one.startedAt === null ? null : timeText(one.startedAt),
  ended_at: one.endedAt === null ? null : timeText(one.endedAt),
  progress: one.progress,
  error: one.error,
  summary: one.summary,
})

function dataRow(header: SeriesHeader): DataSetRow {
  const { kind, venue, symbol, timeframe, rows, firstAt, lastAt } = header
  const name = kind === 'candles' ? `${venue}/${symbol}/${timeframe}` : null
  return {
    kind,
    venue,
    symbol,
    timeframe,
    name,
    rows,
    first_at: timeText(firstAt),
    last_at: timeText(lastAt),
  }
}

function found(one: Job | null, id: string): Job {
  if (one !== null) return one
  throw new ApiError('NOT_FOUND', `there is no job ${id}: GET /api/v1/jobs lists them`)
}

function catalogueRoutes(app: FastifyInstance, { lab }: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  api.get(
    '/api/v1/strategies',
    {
      config: viewer,
      schema: { tags, summary: 'The strategies that ship', response: answers(strategyList) },
    },
    () => ({ items: lab.strategies, next_cursor: null }),
  )
  api.get(
    '/api/v1/strategies/:id',
    {
      config: viewer,
      schema: {
        tags,
        summary: 'One strategy with its parameters',
        params: strategyParams,
        response: answers(strategyRow),
      },
    },
    ({ params: { id } }) => {
      const row = lab.strategies.find((one) => one.id === id)
      if (row !== undefined) return row
      const known = lab.strategies.map((one) => one.id).join(', ')
      throw new ApiError('NOT_FOUND', `there is no strategy ${id}: ${known}`)
    },
  )
  api.get(
    '/api/v1/data',
    {
      config: viewer,
      schema: { tags, summary: 'What is recorded here', response: answers(dataList) },
    },
    () => ({ items: lab.series().map(dataRow), next_cursor: null }),
  )
}

function backtestRoutes(app: FastifyInstance, parts: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  api.post(
    '/api/v1/backtest',
    {
      config: operator,
      schema: {
        tags,
        summary: 'Test an instance or a strategy on recorded data',
        body: backtestBody,
        querystring: waitQuery,
        response: answers(job),
      },
    },
    ({ body, query, principal }) => {
      const command = commandOf(() => backtestCommand(wishOf(parts, body)))
      return ordered(parts, { kind: 'backtest', request: body, command }, principal, query.wait)
    },
  )
  searchRoutes(app, parts)
}

interface Ordered {
  readonly kind: Job['kind']
  readonly request: unknown
  readonly command: readonly string[]
}

async function ordered(
  { lab }: RouteParts,
  { kind, request, command }: Ordered,
  principal: Principal | null,
  wait: string | undefined,
): Promise<JobRow> {
  const author = authorOf(principal, {})
  const order = { kind, author, request: request as Job['request'], command }
  const made = submitted(() => lab.jobs.submit(order))
  if (wait !== '1') return rowOf(made)
  return rowOf((await lab.jobs.ended(made.id, WAIT_MS)) ?? made)
}

function searchRoutes(app: FastifyInstance, parts: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  const common = { tags, querystring: waitQuery, response: answers(job) }
  api.post(
    '/api/v1/optimize',
    {
      config: operator,
      schema: { ...common, summary: 'Look for the best parameters', body: optimizeBody },
    },
    ({ body, query, principal }) => {
      const split = body.split === undefined ? null : String(body.split)
      const command = commandOf(() => optimizeCommand({ ...searchWish(parts, body), split }))
      return ordered(parts, { kind: 'optimize', request: body, command }, principal, query.wait)
    },
  )
  api.post(
    '/api/v1/walk-forward',
    {
      config: operator,
      schema: {
        ...common,
        summary: 'Choose on one part and test on the next, again and again',
        body: forwardBody,
      },
    },
    ({ body, query, principal }) => {
      const wish = {
        ...searchWish(parts, body),
        inSample: body.in_sample ?? null,
        outOfSample: body.out_of_sample ?? null,
        isAnchored: body.anchored ?? false,
      }
      const command = commandOf(() => forwardCommand(wish))
      return ordered(parts, { kind: 'walk_forward', request: body, command }, principal, query.wait)
    },
  )
  api.post(
    '/api/v1/compare',
    {
      config: operator,
      schema: { ...common, summary: 'Put backtests side by side', body: compareBody },
    },
    ({ body, query, principal }) => {
      const folders = body.jobs.map((id) =>
        parts.lab.jobs.folder(found(parts.lab.jobs.get(id), id).id),
      )
      const command = compareCommand(folders)
      return ordered(parts, { kind: 'compare', request: body, command }, principal, query.wait)
    },
  )
}

type SearchBody = Pick<
  ReturnType<typeof optimizeBody.parse>,
  'space' | 'objectives' | 'constraints' | 'sampler' | 'trials' | 'seed'
> &
  RunBody

const searchWish = (parts: RouteParts, body: SearchBody): SearchWish => ({
  ...wishOf(parts, body),
  space: body.space,
  objectives: body.objectives ?? [],
  constraints: body.constraints ?? [],
  sampler: body.sampler ?? null,
  trials: body.trials ?? null,
  seed: body.seed ?? null,
})

type RunBody = ReturnType<typeof backtestBody.parse>

function wishOf({ commands, lab }: RouteParts, body: RunBody): RunWish {
  const { instance, strategy = null } = body
  const isKnown = lab.strategies.some(({ id }) => id === strategy)
  if (strategy !== null && !isKnown) {
    const known = lab.strategies.map(({ id }) => id).join(', ')
    throw new ApiError('VALIDATION', `strategy "${strategy.slice(0, 64)}" is unknown: ${known}`)
  }
  const file = instance === undefined ? null : (commands.unit(instance).config?.file ?? null)
  if (instance !== undefined && file === null)
    throw new ApiError('CONFLICT', `${instance} has no file that can be read: mend it first`)
  return {
    file,
    strategy,
    data: body.data,
    from: body.from ?? null,
    to: body.to ?? null,
    capital: body.capital === undefined ? null : String(body.capital),
    parameters: body.parameters ?? {},
    fillRule: body.fill_rule ?? null,
    path: body.path ?? null,
    hasLimits: body.limits ?? true,
  }
}

/** What the domain refuses is a fault of the request. */
function commandOf(make: () => readonly string[]): readonly string[] {
  try {
    return make()
  } catch (error) {
    if (error instanceof RangeError) throw new ApiError('VALIDATION', error.message)
    throw error
  }
}

function submitted(submit: () => Job): Job {
  try {
    return submit()
  } catch (error) {
    if (error instanceof QueueFull) throw new ApiError('TOO_MANY_REQUESTS', error.message)
    throw error
  }
}

function jobRoutes(app: FastifyInstance, { lab }: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  for (const path of ['/api/v1/jobs', '/api/v1/backtest']) {
    const kindOf = path.endsWith('backtest') ? ('backtest' as const) : null
    api.get(
      path,
      {
        config: viewer,
        schema: {
          tags,
          summary:
            kindOf === null ? 'Jobs of the lab, the newest first' : 'Backtests, the newest first',
          querystring: jobQuery,
          response: answers(jobList),
        },
      },
      ({ query }) => {
        const { limit, cursor } = pageOf(query)
        const before = typeof cursor === 'string' ? cursor : null
        const jobs = lab.jobs.list(kindOf ?? query.kind ?? null, limit + 1, before)
        const items = jobs.slice(0, limit)
        const last = items.at(-1)
        const isMore = jobs.length > limit && last !== undefined
        return { items: items.map(rowOf), next_cursor: isMore ? cursorOf(last.id) : null }
      },
    )
    api.get(
      `${path}/:id`,
      {
        config: viewer,
        schema: { tags, summary: 'One job', params: jobParams, response: answers(job) },
      },
      ({ params: { id } }) => rowOf(found(lab.jobs.get(id), id)),
    )
  }
  actionRoutes(app, lab)
}

function actionRoutes(app: FastifyInstance, lab: LabParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  api.post(
    '/api/v1/jobs/:id/cancel',
    {
      config: operator,
      schema: { tags, summary: 'End a job', params: jobParams, response: answers(job) },
    },
    ({ params: { id } }) => rowOf(found(lab.jobs.cancel(id), id)),
  )
  api.post(
    '/api/v1/jobs/:id/retry',
    {
      config: operator,
      schema: {
        tags,
        summary: 'The same once more, as a job of its own',
        params: jobParams,
        response: answers(job),
      },
    },
    ({ params: { id }, principal }) =>
      rowOf(submitted(() => found(lab.jobs.retry(id, authorOf(principal, {})), id))),
  )
  api.delete(
    '/api/v1/jobs/:id',
    {
      config: operator,
      schema: {
        tags,
        summary: 'Forget a job that has ended, with its report',
        params: jobParams,
        response: answers(job),
      },
    },
    ({ params: { id } }) => {
      const one = found(lab.jobs.get(id), id)
      if (!lab.jobs.remove(id))
        throw new ApiError('CONFLICT', `${id} has not ended: cancel it first`)
      return rowOf(one)
    },
  )
}

function reportRoutes(app: FastifyInstance, { lab }: RouteParts, access: Access): void {
  const api = app.withTypeProvider<ZodRequests>()
  for (const path of ['/api/v1/backtest/:id/report', '/api/v1/jobs/:id/report']) {
    api.post(
      `${path}/ticket`,
      {
        config: viewer,
        schema: {
          tags,
          summary: 'An address that opens the report once in a browser',
          params: jobParams,
          response: answers(reportTicket),
        },
      },
      ({ params: { id }, principal }) => {
        found(lab.jobs.get(id), id)
        if (principal === null) throw new ApiError('UNAUTHORIZED', 'this needs a login')
        const url = `${path.replace(':id', id)}?ticket=${access.ticketFor(principal)}`
        return { url }
      },
    )
    api.get(
      path,
      {
        // A token or the ticket in its address says who it is.
        config: { role: 'open' },
        schema: {
          tags,
          summary: 'The report as a page',
          params: jobParams,
          querystring: reportQuery,
        },
      },
      ({ params: { id }, query, principal }, reply) => {
        const guest = principal ?? access.takeTicket(query.ticket ?? '')
        if (guest === null) throw new ApiError('UNAUTHORIZED', OLD_TICKET)
        return sendReport(reply, lab, id)
      },
    )
  }
}

const OLD_TICKET =
  'this needs a token, or a ticket that is new: ask for one at POST …/report/ticket'

function sendReport(reply: FastifyReply, { jobs }: LabParts, id: string): FastifyReply {
  const one = found(jobs.get(id), id)
  const text = jobs.report(id, one.kind === 'compare' ? 'compare.html' : 'report.html')
  if (text === null) {
    throw new ApiError('NOT_FOUND', `${id} has no report: it is ${one.state}`)
  }
  return reply.headers(REPORT_HEADERS).serializer(String).send(text)
}
