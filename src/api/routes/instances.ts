/** /api/v1/instances: what they do, and what operators ask of them. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { CommandError } from '../../fleet/commands.ts'
import { LogPages, readCursor } from '../../fleet/log-pages.ts'
import { ApiError, pageOf, type RouteRole, type ZodRequests } from '../context.ts'
import type { RouteParts } from '../parts.ts'
import { botStatus, gridPreview } from '../schemas/bot-status.ts'
import { answers, idParams, limitText } from '../schemas/common.ts'
import {
  actionResult,
  adjustAnswer,
  adjustBody,
  instance,
  instanceList,
  logPage,
  stopBody,
} from '../schemas/instances.ts'
import { authorOf } from './author.ts'

const BASE = '/api/v1/instances'
const LOG_LINES_MAX = 5000
const tags = ['instances']
const viewer = { role: 'viewer' } as const
/** Of an answer that is text already. */
const AS_IT_IS = String

export function registerInstances(app: FastifyInstance, parts: RouteParts): void {
  readRoutes(app, parts)
  actionRoutes(app, parts)
  gridRoutes(app, parts)
  logRoute(app, parts)
}

function readRoutes(app: FastifyInstance, { lists, views, commands }: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  api.get(
    BASE,
    {
      config: viewer,
      schema: {
        tags,
        summary: 'All instances, and the market that feeds them',
        response: answers(instanceList),
      },
    },
    (_request, reply) => {
      reply.type('application/json; charset=utf-8').serializer(AS_IT_IS)
      const text = lists.text()
      return typeof text === 'string' ? reply.send(text) : text
    },
  )
  api.get(
    `${BASE}/:id`,
    {
      config: viewer,
      schema: { tags, summary: 'One instance', params: idParams, response: answers(instance) },
    },
    ({ params }) => views.one(commands.unit(params.id)),
  )
}

interface Action {
  readonly name: 'start' | 'restart' | 'pause' | 'resume' | 'arm' | 'disarm' | 'close' | 'kill'
  readonly role: RouteRole
  readonly lowersRisk: boolean
  readonly summary: string
}

const ACTIONS: readonly Action[] = [
  { name: 'start', role: 'operator', lowersRisk: false, summary: 'Start it' },
  { name: 'restart', role: 'operator', lowersRisk: false, summary: 'End its process and start it' },
  {
    name: 'pause',
    role: 'operator',
    lowersRisk: true,
    summary: 'Cancel what could raise the position and place no more of it',
  },
  { name: 'resume', role: 'operator', lowersRisk: false, summary: 'End a pause' },
  { name: 'arm', role: 'admin', lowersRisk: false, summary: 'Leave killed or disarmed' },
  {
    name: 'disarm',
    role: 'operator',
    lowersRisk: true,
    summary: 'Raise no risk until it is armed',
  },
  {
    name: 'close',
    role: 'operator',
    lowersRisk: true,
    summary: 'Flatten it and prove it by the venue’s own report',
  },
  {
    name: 'kill',
    role: 'operator',
    lowersRisk: true,
    summary: 'Stop entries, cancel, flatten, and stay killed until it is armed',
  },
]

function actionRoutes(app: FastifyInstance, { commands }: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  for (const { name, role, lowersRisk, summary } of ACTIONS) {
    api.post(
      `${BASE}/:id/${name}`,
      {
        config: { role, lowersRisk },
        schema: { tags, summary, params: idParams, response: answers(actionResult) },
      },
      ({ params }) => commands[name](params.id),
    )
  }
  api.post(
    `${BASE}/:id/stop`,
    {
      config: { role: 'operator', lowersRisk: true },
      schema: {
        tags,
        summary: 'End it, when its orders are settled',
        params: idParams,
        body: stopBody,
        response: answers(actionResult),
      },
    },
    ({ params, body }) => commands.stop(params.id, body),
  )
}

function gridRoutes(app: FastifyInstance, { fleet, commands, previewGrid }: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  api.get(
    `${BASE}/:id/grid`,
    {
      config: viewer,
      schema: {
        tags,
        summary: 'What the bot says of itself: lines, orders with reasons, books',
        params: idParams,
        response: answers(botStatus),
      },
    },
    ({ params: { id } }) => {
      const unit = commands.unit(id)
      const port = unit.record.webPort
      if (!unit.process.isAlive || port === null)
        throw new CommandError('PRECONDITION', `${id} does not run: perpfleet start ${id}`)
      return fleet.parts.links.getFromBot(port, '/api/status', 5000)
    },
  )
  api.get(
    `${BASE}/:id/grid/preview`,
    {
      config: viewer,
      schema: {
        tags,
        summary: 'Its grid on the present price',
        params: idParams,
        response: answers(gridPreview),
      },
    },
    ({ params: { id } }) => previewGrid(commands.unit(id).id),
  )
  api.post(
    `${BASE}/:id/grid/adjust`,
    {
      config: { role: 'operator' },
      schema: {
        tags,
        summary: 'Move its grid: only the difference of orders is sent',
        params: idParams,
        body: adjustBody,
        response: answers(adjustAnswer),
      },
    },
    ({ params: { id }, principal, body }) => {
      const author = authorOf(principal, body)
      return commands.adjustGrid(id, { ...body, author })
    },
  )
}

const logQuery = z.object({
  stream: z.string().optional().describe('bot (default) or daemon'),
  limit: limitText,
  before: z.string().optional().describe('what lies before the `older` of an answer'),
  after: z.string().optional().describe('what was added behind the `newer` of an answer'),
})

function logRoute(app: FastifyInstance, { commands }: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  api.get(
    `${BASE}/:id/logs`,
    {
      config: viewer,
      schema: {
        tags,
        summary: 'A piece of its log',
        params: idParams,
        querystring: logQuery,
        response: answers(logPage),
      },
    },
    async ({ params: { id }, query }) => {
      const { logDir } = commands.unit(id)
      const pages = new LogPages(logDir, query.stream === 'daemon' ? 'daemon' : 'bot')
      const after = placeOf('after', query.after)
      const page =
        after === null
          ? pages.before(placeOf('before', query.before), pageOf(query, LOG_LINES_MAX).limit)
          : pages.after(after)
      return page
    },
  )
}

function placeOf(name: 'before' | 'after', text: string | undefined) {
  const place = text === undefined ? null : readCursor(text)
  if (text === undefined || place !== null) return place
  throw new ApiError('VALIDATION', `${name} must be a cursor of an answer before`)
}
