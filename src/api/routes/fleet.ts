/** What concerns the whole control plane: cleaning up, and its end. */
import type { FastifyInstance } from 'fastify'
import { cleanUp } from '../../fleet/cleanup.ts'
import type { ZodRequests } from '../context.ts'
import type { RouteParts } from '../parts.ts'
import { answers } from '../schemas/common.ts'
import { cleanup, shutdown, shutdownBody } from '../schemas/fleet.ts'

const tags = ['control plane']

export function registerFleetActions(app: FastifyInstance, parts: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  api.post(
    '/api/v1/cleanup',
    {
      config: { role: 'operator' },
      schema: {
        tags,
        summary: 'Take away what processes that are gone have left',
        response: answers(cleanup),
      },
    },
    async () => {
      const { parts: own, units } = parts.fleet
      const logDirs = [...units.values()].map(({ logDir }) => logDir)
      const { store, host } = own.tools
      return cleanUp({ home: own.home, store, host, logDirs })
    },
  )
  api.post(
    '/api/v1/shutdown',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        summary: 'End the control plane; with stop_bots everything, orders cancelled',
        body: shutdownBody,
        response: answers(shutdown),
      },
    },
    // Answers first and ends then; with `wait` when everything has stopped, and says what has not.
    async ({ body: { stop_bots: withBots, wait } }) => {
      const done = { ok: true as const, stop_bots: withBots }
      if (wait) return { ...done, left: [...(await parts.shutDown(withBots))] }
      setImmediate(() => void parts.shutDown(withBots))
      return done
    },
  )
}
