/** What answers without a token: how the control plane is, and which one it is. */
import type { FastifyInstance } from 'fastify'
import { API_PROTOCOL, type HealthReport } from '../../protocol/fleet-messages.ts'
import type { ZodRequests } from '../context.ts'
import type { RouteParts } from '../parts.ts'
import { health, ready, version } from '../schemas/fleet.ts'

export function registerOpen(app: FastifyInstance, parts: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  const config = { role: 'open' } as const
  const tags = ['health']
  const shown = healthText()
  api.get(
    '/health',
    {
      config,
      schema: {
        tags,
        summary: 'Health of the control plane, computed each second',
        security: [],
        response: { 200: health, 503: health },
      },
    },
    (_request, reply) => {
      const { report } = parts.health
      // As text: serializing is most of what this answer costs.
      reply
        .code(report.status === 'unhealthy' ? 503 : 200)
        .type('application/json; charset=utf-8')
        .serializer(String)
        .send(shown(report))
    },
  )
  api.get(
    '/ready',
    {
      config,
      schema: {
        tags,
        summary: 'Whether it has started and is not ending',
        security: [],
        response: { 200: ready, 503: ready },
      },
    },
    (_request, reply) => {
      const isReady = parts.isReady()
      reply.code(isReady ? 200 : 503).send({ ready: isReady })
    },
  )
  api.get(
    '/version',
    {
      config,
      schema: { tags, summary: 'Which program this is', security: [], response: { 200: version } },
    },
    (_request, reply) => {
      reply.send({ name: 'perpfleet', ...parts.version, protocol: API_PROTOCOL })
    },
  )
}

/** Text of a report, made once for each. */
function healthText(): (report: HealthReport) => string {
  let last: HealthReport | null = null
  let text = ''
  return (report) => {
    if (report !== last) {
      text = `${JSON.stringify(report)}\n`
      last = report
    }
    return text
  }
}
