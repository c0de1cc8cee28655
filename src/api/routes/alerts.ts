/** /api/v1/alerts and /api/v1/notifications: what is the matter, and whether people would hear of it. */
import type { FastifyInstance } from 'fastify'
import type { Alert } from '../../domain/alert.ts'
import { NotifierError } from '../../ports/notifier.ts'
import { ApiError, type ZodRequests } from '../context.ts'
import type { RouteParts } from '../parts.ts'
import { alertList, channelParams, tested } from '../schemas/alerts.ts'
import { answers } from '../schemas/common.ts'

export function registerAlerts(app: FastifyInstance, { alerts }: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  const tags = ['alerts']
  api.get(
    '/api/v1/alerts',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        summary: 'Alerts that hold, and the last that ended',
        response: answers(alertList),
      },
    },
    () => ({ items: [...alerts.active, ...alerts.recent].map(shown) }),
  )
  api.post(
    '/api/v1/notifications/:channel/test',
    {
      config: { role: 'admin', lowersRisk: false },
      schema: {
        tags,
        summary: 'Send a test to a receiver and wait for its answer',
        params: channelParams,
        response: answers(tested),
      },
    },
    async ({ params: { channel } }) => {
      try {
        await alerts.test(channel)
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error)
        throw new ApiError(
          error instanceof NotifierError ? 'SERVICE_UNAVAILABLE' : 'CONFLICT',
          text,
        )
      }
      return { channel, sent: true as const }
    },
  )
}

const shown = ({ id, alert, level, subject, text, since, endedAt }: Alert) => ({
  id,
  alert,
  level,
  subject,
  text,
  since: new Date(since).toISOString(),
  ended_at: endedAt === null ? null : new Date(endedAt).toISOString(),
})
