/** /api/v1/auth: login, refresh, logout, who somebody is, and his own password (docs/reference/http.md). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from '../../ports/logger.ts'
import type { LoginAnswer, SessionUser } from '../../protocol/api-messages.ts'
import { ApiError, type Principal, type ZodRequests } from '../context.ts'
import { answers } from '../schemas/common.ts'
import { type Access, LOCAL_USER } from './access.ts'
import type { LoginLimits } from './limits.ts'
import { done, loginAnswer, loginBody, nobody, passwordBody, sessionUser } from './schemas.ts'
import type { OpenSession } from './sessions.ts'
import { tooMany } from './too-many.ts'
import { FIRST_USER, usernameOf } from './users.ts'

export interface SessionParts {
  readonly access: Access
  readonly guesses: LoginLimits
  readonly logger: Logger
  /** Of the cookie: browsers keep one jar for all ports of a host, and two homes must not share one. */
  readonly cookieName: string
  takeFirstPassword(): string | null
}

/** The name of former versions, the same for all homes. */
const OLD_COOKIE = 'perpfleet_refresh'
const PREFIX = '/api/v1/auth'
const tags = ['auth']

export function registerSessions(app: FastifyInstance, parts: SessionParts): void {
  const routes = app.withTypeProvider<ZodRequests>()
  routes.post(
    `${PREFIX}/login`,
    {
      config: { role: 'open' },
      schema: {
        tags,
        summary: 'Begin a session',
        security: [],
        body: loginBody,
        response: answers(loginAnswer),
      },
    },
    async (request, reply) => answer(parts, await logIn(parts, request, reply), request, reply),
  )
  routes.post(
    `${PREFIX}/refresh`,
    {
      config: { role: 'open' },
      schema: {
        tags,
        summary: 'Another access token, by the cookie of the session',
        security: [],
        response: { ...answers(loginAnswer), 204: nobody },
      },
    },
    async (request, reply) => {
      // Whoever was never here asks too, and a browser would write a refusal to its console.
      if (request.cookies[parts.cookieName] === undefined) return reply.code(204).send(null)
      return answer(parts, refreshed(parts, request), request, reply)
    },
  )
  routes.post(
    `${PREFIX}/logout`,
    {
      config: { role: 'open' },
      schema: { tags, summary: 'End the session at once', security: [], response: answers(done) },
    },
    async (request, reply) => logOut(parts, request, reply),
  )
  ownRoutes(app, parts)
}

/** Of somebody who is known. */
function ownRoutes(app: FastifyInstance, parts: SessionParts): void {
  const routes = app.withTypeProvider<ZodRequests>()
  routes.get(
    `${PREFIX}/me`,
    {
      config: { role: 'viewer' },
      schema: { tags, summary: 'Who asks', response: answers(sessionUser) },
    },
    async (request) => userOf(required(request)),
  )
  routes.post(
    `${PREFIX}/password`,
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        summary: 'Set the own password; other sessions of the user end',
        body: passwordBody,
        response: answers(done),
      },
    },
    async (request, reply) => changePassword(parts, request.body, request, reply),
  )
  routes.post(
    `${PREFIX}/first-password`,
    { config: { role: 'admin' }, schema: { hide: true } },
    async (request) => {
      // Of this machine alone: it is for the command that has started the control plane.
      if (required(request).sessionId !== null)
        throw new ApiError('FORBIDDEN', 'this needs the token of run/control.json')
      return { username: FIRST_USER, password: parts.takeFirstPassword() }
    },
  )
}

/** @throws ApiError TOO_MANY_REQUESTS, UNAUTHORIZED: the same for a wrong name and a wrong password */
async function logIn(
  { access, guesses, logger }: SessionParts,
  request: FastifyRequest<{ Body: { username: string; password: string } }>,
  reply: FastifyReply,
): Promise<OpenSession> {
  const { ip, body } = request
  const username = usernameOf(body.username)
  const seconds = await guesses.guess(ip, username)
  if (seconds !== null) throw tooMany(reply, seconds)
  if (!(await access.isPassword(username, body.password))) {
    // The name is left out: people type passwords into the wrong field.
    logger.warn('auth', 'a login failed', { address: ip })
    throw new ApiError('UNAUTHORIZED', 'user name or password is wrong')
  }
  await guesses.right(ip, username)
  logger.info('auth', `${username} has logged in`, { address: ip })
  return access.sessions.begin(username)
}

/** @throws ApiError UNAUTHORIZED */
function refreshed({ access, cookieName }: SessionParts, request: FastifyRequest): OpenSession {
  const token = request.cookies[cookieName]
  const session = token === undefined ? null : access.sessions.refresh(token)
  if (session === null)
    throw new ApiError('UNAUTHORIZED', 'there is no session to go on with: log in')
  return session
}

function logOut(
  { access, logger, cookieName }: SessionParts,
  request: FastifyRequest,
  reply: FastifyReply,
): { ok: true } {
  const token = request.cookies[cookieName]
  const ofCookie = token === undefined ? null : access.sessions.ofToken(token)
  const ended = [request.principal?.sessionId ?? null, ofCookie?.id ?? null]
  for (const id of ended) if (id !== null) access.sessions.end(id)
  const username = request.principal?.username ?? ofCookie?.username
  if (username !== undefined) logger.info('auth', `${username} has logged out`)
  void reply.clearCookie(cookieName, cookieOptions(request))
  return { ok: true }
}

/** @throws ApiError UNAUTHORIZED, PRECONDITION, VALIDATION, TOO_MANY_REQUESTS */
async function changePassword(
  { access, guesses, logger }: SessionParts,
  {
    current_password: current,
    new_password: next,
  }: { current_password: string; new_password: string },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<{ ok: true }> {
  const { username, sessionId } = required(request)
  if (sessionId === null)
    throw new ApiError(
      'PRECONDITION',
      `${LOCAL_USER} has no password: perpfleet user password NAME`,
    )
  const seconds = await guesses.guess(request.ip, username)
  if (seconds !== null) throw tooMany(reply, seconds)
  if (!(await access.isPassword(username, current)))
    throw new ApiError('FORBIDDEN', 'the current password is wrong')
  await guesses.right(request.ip, username)
  await access.users.setPassword(username, next, sessionId)
  logger.info('auth', `${username} has set a new password`)
  return { ok: true }
}

async function answer(
  { access, cookieName }: SessionParts,
  { session, refreshToken }: OpenSession,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<LoginAnswer> {
  const principal = access.ofSession(session.id, session.username)
  if (principal === null) throw new ApiError('UNAUTHORIZED', 'the session has ended: log in')
  const expires_in = access.tokenLifeS
  const subject = { username: session.username, sessionId: session.id }
  const token = await access.tokens.sign(subject, principal.role, expires_in)
  if (request.cookies[OLD_COOKIE] !== undefined)
    void reply.clearCookie(OLD_COOKIE, cookieOptions(request))
  void reply.setCookie(cookieName, refreshToken, {
    ...cookieOptions(request),
    expires: new Date(session.expiresAt),
  })
  return { access_token: token, token_type: 'Bearer', expires_in, user: userOf(principal) }
}

/** Sent to these routes alone, by pages of this server alone, read by no script. */
const cookieOptions = ({ protocol }: FastifyRequest) =>
  ({ path: PREFIX, httpOnly: true, sameSite: 'strict', secure: protocol === 'https' }) as const

const userOf = ({ username, role }: Principal): SessionUser => ({ username, role })

function required({ principal }: FastifyRequest): Principal {
  if (principal === null) throw new ApiError('UNAUTHORIZED', 'this needs a login')
  return principal
}
