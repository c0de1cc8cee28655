/** /api/v1/users: for admins (docs/reference/http.md). */
import type { FastifyInstance } from 'fastify'
import type { Logger } from '../../ports/logger.ts'
import type { ZodRequests } from '../context.ts'
import { answers } from '../schemas/common.ts'
import type { Access } from './access.ts'
import {
  userBody,
  userChange,
  userList,
  userParams,
  userPasswordBody,
  userRemoved,
} from './schemas.ts'

export interface UserRouteParts {
  readonly access: Access
  readonly logger: Logger
}

const PATH = '/api/v1/users'
const config = { role: 'admin' } as const
const tags = ['users']

export function registerUsers(app: FastifyInstance, { access, logger }: UserRouteParts): void {
  const routes = app.withTypeProvider<ZodRequests>()
  const { users } = access
  routes.get(
    PATH,
    { config, schema: { tags, summary: 'Who may log in', response: answers(userList) } },
    async () => ({ items: [...users.list()], next_cursor: null }),
  )
  routes.post(
    PATH,
    {
      config,
      schema: { tags, summary: 'Add a user', body: userBody, response: answers(userChange) },
    },
    async ({ body, principal }) => {
      const added = await users.add(body.username, body.role, body.password ?? null)
      logger.info('auth', `${principal?.username} has added ${added.username}`, {
        role: added.role,
      })
      return added
    },
  )
  routes.post(
    `${PATH}/:username/password`,
    {
      config,
      schema: {
        tags,
        summary: 'Set the password of a user, whose sessions end',
        params: userParams,
        body: userPasswordBody,
        response: answers(userChange),
      },
    },
    async ({ params, body, principal }) => {
      const changed = await users.setPassword(params.username, body.password ?? null)
      logger.info('auth', `${principal?.username} has set the password of ${changed.username}`)
      return changed
    },
  )
  routes.delete(
    `${PATH}/:username`,
    {
      config,
      schema: {
        tags,
        summary: 'Remove a user, whose sessions end',
        params: userParams,
        response: answers(userRemoved),
      },
    },
    async ({ params, principal }) => {
      const { username } = params
      users.remove(username)
      logger.info('auth', `${principal?.username} has removed ${username}`)
      return { username, removed: true as const }
    },
  )
}
