/** What answers without a token: how the control plane is, and which one it is. */
import type { FastifyInstance } from 'fastify'
import { API_PROTOCOL } from '../../protocol/fleet-messages.ts'
import type { ZodRequests } from '../context.ts'
import { HEALTH, healthStatus, healthText } from '../health-lane.ts'
import type { RouteParts } from '../parts.ts'
import { health, ready, version } from '../schemas/fleet.ts'

export function registerOpen(app: FastifyInstance, parts: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  const config = { role: 'open' } as const
  const tags = ['health']
  api.get(
    HEALTH,
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
      reply
        .code(healthStatus(report))
        .type('application/json; charset=utf-8')
        .serializer(String)
        .send(healthText(report))
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
