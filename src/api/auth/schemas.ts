/** What the routes of sessions and users take and answer. */
import { z } from 'zod'
import type { LoginAnswer, SessionUser, UserChange, UserView } from '../../protocol/api-messages.ts'
import { as, role } from '../schemas/common.ts'
import { userRoles } from './users.ts'

/** Longer texts are nobody's name and nobody's password. */
const TEXT_MAX = 1024
const text = (name: string) =>
  z.string(`${name} must be a text`).max(TEXT_MAX, `${name} is longer than ${TEXT_MAX} characters`)

export const loginBody = z.object({ username: text('username'), password: text('password') })
export const passwordBody = z.object({
  current_password: text('current_password'),
  new_password: text('new_password'),
})
export const userBody = z.object({
  username: text('username'),
  role: text('role')
    .default('viewer')
    .describe(`one of ${userRoles.join(', ')}`),
  password: text('password').nullish().describe('absent: one is made, and answered once'),
})
export const userPasswordBody = z.object({
  password: text('password').nullish().describe('absent: one is made, and answered once'),
})
export const userParams = z.object({ username: text('username') })

export const sessionUser = as(
  'SessionUser',
  z.object({ username: z.string(), role }),
) satisfies z.ZodType<SessionUser>
export const loginAnswer = as(
  'LoginAnswer',
  z.object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.number().describe('s'),
    user: sessionUser,
  }),
) satisfies z.ZodType<LoginAnswer>
export const nobody = z.null().describe('there is no cookie: nobody is logged in here')
export const done = z.object({ ok: z.literal(true) })
export const userView = as(
  'UserView',
  z.object({
    username: z.string(),
    role,
    created_at: z.string(),
    password_at: z.string().describe('when the password was set last'),
  }),
) satisfies z.ZodType<UserView>
export const userList = z.object({ items: z.array(userView), next_cursor: z.null() })
export const userChange = as(
  'UserChange',
  z.object({
    username: z.string(),
    role,
    password: z.string().nullable().describe('the one that was made; null: it was given'),
  }),
) satisfies z.ZodType<UserChange>
export const userRemoved = z.object({ username: z.string(), removed: z.literal(true) })
