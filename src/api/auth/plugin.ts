/**
 * The door of the API: finds out who asks, counts how often, and lets nobody use a route whose role he has not. A route
 * that names no role does not start the server.
 */
import cookie from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { Logger } from '../../ports/logger.ts'
import { ApiError, type Principal, type RouteRole } from '../context.ts'
import { Access, type AccessSources, mayUse, type SessionSettings } from './access.ts'
import { LoginLimits, type RateLimits, RequestLimits } from './limits.ts'
import { registerSessions } from './session-routes.ts'
import { tooMany } from './too-many.ts'
import { registerUsers } from './user-routes.ts'

export interface AccessParts extends AccessSources {
  readonly logger: Logger
  /** Of the refresh cookie, another one in each home. */
  readonly cookieName: string
  /** The password that the first start has made, to be told once; null = there is none, or it was told. */
  takeFirstPassword(): string | null
  /** Of the configuration as it is now. */
  settings(): SessionSettings & { readonly rate_limit: RateLimits }
}

const EXPIRY_LOOK_MS = 60_000
const METRICS = '/api/v1/metrics'
const STREAM = '/api/v1/stream'
const API = /^\/(api|mcp)(\/|$)/

/** To be called before any route is made. */
export function registerAccess(app: FastifyInstance, parts: AccessParts): Access {
  const access = new Access(parts)
  const limits = new RequestLimits(() => parts.settings().rate_limit)
  if (!app.hasRequestDecorator('principal')) app.decorateRequest('principal', null)
  demandRoles(app)
  const enter = (request: FastifyRequest, reply: FastifyReply, principal: Principal | null) => {
    request.principal = principal
    if (!hasTicket(access, request)) limit(limits, request, reply)
    admit(request)
  }
  // Nearly every request comes with a token that is known: it must not wait for its turn.
  app.addHook('onRequest', (request, reply, done) => {
    const { authorization } = request.headers
    const known = access.knownPrincipal(authorization)
    if (known === undefined) {
      access
        .principalOf(authorization)
        .then((principal) => enter(request, reply, principal))
        .then(() => done(), done)
      return
    }
    enter(request, reply, known)
    done()
  })
  void app.register(cookie)
  const { logger, cookieName } = parts
  const takeFirstPassword = () => parts.takeFirstPassword()
  const guesses = new LoginLimits()
  registerSessions(app, { access, guesses, logger, cookieName, takeFirstPassword })
  registerUsers(app, { access, logger })
  const look = setInterval(() => forgetExpired(access, logger), EXPIRY_LOOK_MS)
  look.unref()
  app.addHook('onClose', async () => clearInterval(look))
  return access
}

/** A full disk, or another program that writes for long, must not end the control plane. */
function forgetExpired({ sessions }: Access, logger: Logger): void {
  try {
    sessions.forgetExpired()
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    logger.error('auth', `sessions that have expired are not removed: ${text}`)
  }
}

/** A plug-in may name the role of a route after this hook has seen it; when the server is ready, all must have one. */
function demandRoles(app: FastifyInstance): void {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => void routes.push(route))
  app.addHook('onReady', async () => {
    const silent = routes.filter(({ config }) => config?.role === undefined)
    if (silent.length === 0) return
    const names = silent.map(({ method, url }) => `${String(method)} ${url}`)
    throw new Error(`these routes do not say who may use them (config.role): ${names.join(', ')}`)
  })
}

/** What a request demands; what is not there demands a login below the API, so that nobody learns what is. */
function roleOf(request: FastifyRequest): RouteRole {
  if (!request.is404) return request.routeOptions.config.role ?? 'admin'
  return API.test(request.url) ? 'viewer' : 'open'
}

/** @throws ApiError UNAUTHORIZED, FORBIDDEN */
function admit(request: FastifyRequest): void {
  const wanted = roleOf(request)
  const { principal } = request
  if (wanted === 'open') return
  if (principal === null)
    throw new ApiError(
      'UNAUTHORIZED',
      request.headers.authorization === undefined
        ? 'this needs a login, or the token of run/control.json, as Authorization: Bearer TOKEN'
        : 'this token opens nothing here: log in again, or take the token of run/control.json, which is new at each start',
    )
  if (mayUse(principal.role, wanted)) return
  throw new ApiError(
    'FORBIDDEN',
    `this needs the role ${wanted}, ${principal.username} is ${principal.role}`,
  )
}

/** The stream is opened without a header; it was counted when its ticket was asked for. */
function hasTicket(access: Access, { routeOptions, query }: FastifyRequest): boolean {
  if (routeOptions.url !== STREAM) return false
  const isNamed = typeof query === 'object' && query !== null && 'ticket' in query
  return isNamed && typeof query.ticket === 'string' && access.isTicket(query.ticket)
}

/** What lowers risk is never counted, nor is what stands outside the API: health, metrics, pages. */
function limit(limits: RequestLimits, request: FastifyRequest, reply: FastifyReply): void {
  const { config, url } = request.routeOptions
  if (config.lowersRisk === true && request.principal !== null) return
  // Of a route its own path: `/%61pi/…` is another spelling of the same.
  if (!API.test(url ?? request.url) || url === METRICS || request.method === 'OPTIONS') return
  const seconds = waitOf(limits, request.principal, request.ip)
  if (seconds !== null) throw tooMany(reply, seconds)
}

const waitOf = (
  limits: RequestLimits,
  principal: Principal | null,
  address: string,
): number | null =>
  principal === null
    ? limits.stranger(address)
    : limits.session(principal.sessionId ?? principal.username)
