/** GET /metrics and what tells of the processes in detail: /health/detailed, /health/workers. */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AlertCenter } from '../../alerts/alert-center.ts'
import type { AccessCounts } from '../../fleet/counted.ts'
import { EquityFigureBook } from '../../fleet/equity-figures.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { Health } from '../../fleet/health.ts'
import type { Views } from '../../fleet/view.ts'
import type { JobQueue } from '../../jobs/job-queue.ts'
import type { EquityStore } from '../../ports/equity-store.ts'
import type { JournalFigures } from '../../ports/journal-figures.ts'
import { bearerOf, isSameSecret } from '../auth/tokens.ts'
import { ApiError, type ZodRequests } from '../context.ts'
import { isLoopbackName } from '../origin.ts'
import { answers } from '../schemas/common.ts'
import { healthDetails, healthWorkers, metricsText } from '../schemas/metrics.ts'
import { collect } from './collect.ts'
import { detailsOf } from './details.ts'
import { Families } from './families.ts'
import type { RequestMetrics } from './requests.ts'

export interface MetricsParts {
  readonly fleet: Fleet
  readonly health: Health
  readonly alerts: AlertCenter
  readonly views: Views
  readonly version: { readonly version: string; readonly node: string }
  readonly figures: JournalFigures
  readonly requests: RequestMetrics
  readonly equity: { readonly store: Pick<EquityStore, 'buckets'> }
  /** Accesses to the databases of the control plane; null = they are not counted. */
  readonly queries: AccessCounts | null
  readonly lab: { readonly jobs: Pick<JobQueue, 'count' | 'durations' | 'concurrency'> }
  /** `api.metrics_token` as it is configured now; null = none. */
  metricsToken(): string | null
}

/** Many scrapers cost one look a second. */
const AGE_MS = 1000
const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/

export function registerMetrics(app: FastifyInstance, parts: MetricsParts): void {
  const curves = new EquityFigureBook(parts.equity.store, parts.fleet.parts.tools.clock)
  const textOf = keptText(parts, curves)
  const api = app.withTypeProvider<ZodRequests>()
  const tags = ['health']
  const summary = 'Metrics of the whole fleet in the text format of Prometheus'
  api.get(
    '/metrics',
    {
      config: { role: 'open' },
      schema: { tags, summary, security: [], response: answers(metricsText) },
    },
    async (request, reply) => {
      admit(request, parts)
      return reply
        .type(TEXT_TYPE)
        .serializer(String)
        .send(await textOf())
    },
  )
  api.get(
    '/api/v1/metrics',
    {
      config: { role: 'viewer' },
      schema: { tags, summary: `${summary}, as /metrics`, response: answers(metricsText) },
    },
    async (_request, reply) =>
      reply
        .type(TEXT_TYPE)
        .serializer(String)
        .send(await textOf()),
  )
  detailRoutes(app, parts)
}

function detailRoutes(app: FastifyInstance, parts: MetricsParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  const config = { role: 'viewer' } as const
  const tags = ['health']
  api.get(
    '/health/detailed',
    {
      config,
      schema: {
        tags,
        summary: 'Health with every process, instance and connection',
        response: answers(healthDetails),
      },
    },
    async () => detailsOf(parts),
  )
  api.get(
    '/health/workers',
    {
      config,
      schema: { tags, summary: 'Workers of jobs', response: answers(healthWorkers) },
    },
    async () => {
      const { running } = parts.lab.jobs.count()
      const workers = parts.lab.jobs.concurrency()
      return { status: 'healthy' as const, workers, active_tasks: running, queues: [QUEUE] }
    },
  )
}

/** @throws ApiError UNAUTHORIZED */
function admit(request: FastifyRequest, { metricsToken }: MetricsParts): void {
  if (request.principal !== null || isFromHere(request)) return
  const token = metricsToken()
  const given = bearerOf(request.headers.authorization)
  if (token !== null && given !== null && isSameSecret(given, token)) return
  throw new ApiError(
    'UNAUTHORIZED',
    'from another machine this needs api.metrics_token, or the token of a session, as Authorization: Bearer TOKEN',
  )
}

/**
 * What a proxy on this machine passes on comes from elsewhere, and so does what a page of elsewhere asks by a name that
 * it has bound to this machine.
 */
function isFromHere({ ip, headers }: FastifyRequest): boolean {
  const isPassedOn =
    headers['x-forwarded-for'] !== undefined ||
    headers['x-real-ip'] !== undefined ||
    headers.forwarded !== undefined
  return LOOPBACK.test(ip) && isLoopbackName(headers.host) && !isPassedOn
}

function keptText(parts: MetricsParts, curves: EquityFigureBook): () => Promise<string> {
  let kept: { readonly at: number; readonly text: Promise<string> } | null = null
  return () => {
    const now = parts.fleet.parts.tools.clock.monotonicMs()
    if (kept !== null && now - kept.at < AGE_MS) return kept.text
    const text = make(parts, curves)
    kept = { at: now, text }
    text.catch(() => {
      kept = null
    })
    return text
  }
}

/** The one queue there is. */
const QUEUE = 'lab'

function collectJobs(out: Families, { lab }: MetricsParts): void {
  for (const [state, count] of Object.entries(lab.jobs.count()))
    out.add('perpfleet_jobs', count, { queue: QUEUE, state })
  out.addHistogram('perpfleet_job_duration_seconds', lab.jobs.durations(), { queue: QUEUE })
}

async function make(parts: MetricsParts, book: EquityFigureBook): Promise<string> {
  const { fleet, health, alerts, version, queries, requests } = parts
  // A journal that cannot be read must not hide everything else.
  const [views, figures, connections] = await Promise.all([
    parts.views.all(),
    parts.figures.read().catch(() => null),
    requests.openConnections(),
  ])
  const curves = book.of(views.map(({ id }) => id))
  const executed = parts.views.executed()
  const out = new Families()
  collect(out, { fleet, health, alerts, version, views, figures, queries, curves, executed })
  out.add('perpfleet_api_connections_active', connections)
  collectJobs(out, parts)
  return `${await out.text()}\n${requests.text()}`
}
