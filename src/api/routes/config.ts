/** /api/v1/config: the configuration files, as the config commands of another machine use them. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { ApiError, type ZodRequests } from '../context.ts'
import type { RouteParts } from '../parts.ts'
import { answers } from '../schemas/common.ts'
import {
  archivedConfig,
  authorBody,
  configDifference,
  configParams,
  configVersions,
  createBody,
  createdConfig,
  effectiveConfig,
  rollbackBody,
  shownConfig,
  validation,
  writtenConfig,
} from '../schemas/config.ts'
import { authorOf } from './author.ts'

const BASE = '/api/v1/config'
const READER = 'operator'
const tags = ['configuration']
const viewer = { role: 'viewer' } as const
const admin = { role: 'admin' } as const

export function registerConfig(app: FastifyInstance, parts: RouteParts): void {
  readRoutes(app, parts)
  versionRoutes(app, parts)
  changeRoutes(app, parts)
}

function readRoutes(app: FastifyInstance, parts: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  api.post(
    `${BASE}/validate`,
    {
      config: viewer,
      schema: { tags, summary: 'Every fault of every file', response: answers(validation) },
    },
    async () => parts.validate(),
  )
  api.get(
    `${BASE}/:id`,
    {
      config: viewer,
      schema: {
        tags,
        summary: 'The text of a file, or of one of its versions; secrets masked',
        params: configParams,
        querystring: z.object({ version: z.string().optional() }),
        response: answers(shownConfig),
      },
    },
    async ({ params: { id }, query: { version } }) => {
      const number = version === undefined ? null : versionOf(version)
      return { id, ...parts.configFiles(READER).show(id, number) }
    },
  )
  api.get(
    `${BASE}/:id/effective`,
    {
      config: viewer,
      schema: {
        tags,
        summary: 'Everything that holds, defaults filled in',
        params: configParams,
        response: answers(effectiveConfig),
      },
    },
    async ({ params: { id } }) => parts.configFiles(READER).effective(id),
  )
}

function versionRoutes(app: FastifyInstance, parts: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  api.get(
    `${BASE}/:id/versions`,
    {
      config: viewer,
      schema: {
        tags,
        summary: 'Versions of a file, the oldest first',
        params: configParams,
        response: answers(configVersions),
      },
    },
    async ({ params: { id } }) => {
      const items = parts.configFiles(READER).history(id)
      return { items, next_cursor: null }
    },
  )
  api.get(
    `${BASE}/:id/diff`,
    {
      config: viewer,
      schema: {
        tags,
        summary: 'What differs between two versions; without b: the file as it is now',
        params: configParams,
        querystring: z.object({ a: z.string().optional(), b: z.string().optional() }),
        response: answers(configDifference),
      },
    },
    async ({ params: { id }, query: { a, b } }) => {
      const [from, to] = [versionOf(a), b === undefined ? null : versionOf(b)]
      return { id, lines: [...parts.configFiles(READER).difference(id, from, to)] }
    },
  )
}

function changeRoutes(app: FastifyInstance, parts: RouteParts): void {
  const { fleet } = parts
  const api = app.withTypeProvider<ZodRequests>()
  /** The fleet sees a changed file by itself; whoever asks next should see it as well. */
  const changed = (result: unknown) => {
    fleet.scan()
    return result
  }
  api.post(
    '/api/v1/instances',
    {
      config: admin,
      schema: {
        tags,
        summary: 'A new instance: a file in config/active/ made of a template',
        body: createBody,
        response: answers(createdConfig),
      },
    },
    async ({ principal, body }) => {
      const files = parts.configFiles(authorOf(principal, body))
      return changed(files.create(body.template, body.id))
    },
  )
  api.post(
    `${BASE}/:id/rollback`,
    {
      config: admin,
      schema: {
        tags,
        summary: 'Bring an earlier version back as a new one',
        params: configParams,
        body: rollbackBody,
        response: answers(writtenConfig),
      },
    },
    async ({ params: { id }, principal, body }) => {
      const files = parts.configFiles(authorOf(principal, body))
      return changed(files.rollback(id, versionOf(body.version)))
    },
  )
  api.post(
    `${BASE}/:id/archive`,
    {
      config: admin,
      schema: {
        tags,
        summary: 'Move the file of an instance that does not run to config/archived/',
        params: configParams,
        body: authorBody,
        response: answers(archivedConfig),
      },
    },
    async ({ params: { id }, principal, body }) => {
      if (fleet.units.get(id)?.process.isAlive === true)
        throw new ApiError('CONFLICT', `${id} runs: perpfleet stop ${id} first`)
      return changed({ id, file: parts.configFiles(authorOf(principal, body)).archive(id) })
    },
  )
}

/** @throws ApiError VALIDATION */
function versionOf(value: unknown): number {
  const text = String(value ?? 'nothing')
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new ApiError('VALIDATION', `a version is a number from 1, found ${text.slice(0, 40)}`)
}
