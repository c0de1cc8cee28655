/** A server with the real door and one route of each role behind it; time is that of the test. */
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import { SqliteUserStore } from '../../src/adapters/stores/sqlite-user-store.ts'
import type { Access } from '../../src/api/auth/access.ts'
import { hashPassword } from '../../src/api/auth/passwords.ts'
import { registerAccess } from '../../src/api/auth/plugin.ts'
import { guardDoor } from '../../src/api/door.ts'
import { handleErrors } from '../../src/api/errors.ts'
import type { Logger } from '../../src/ports/logger.ts'

export const LOCAL_TOKEN = 'local-token-of-run-control-json'
export const JWT_SECRET = 'a secret of these tests that has more than 32 bytes'
export const PASSWORDS = {
  ann: 'viewing is all I do',
  bob: 'operating is what I do',
  cat: 'everything is what I do',
} as const

/** Made once: each takes a while, on purpose. */
const hashes = {
  ann: hashPassword(PASSWORDS.ann),
  bob: hashPassword(PASSWORDS.bob),
  cat: hashPassword(PASSWORDS.cat),
}

export interface AccessServer {
  readonly app: FastifyInstance
  readonly access: Access
  readonly store: SqliteUserStore
  readonly lines: string[]
  readonly settings: {
    jwt_expiry_hours: number
    refresh_expiry_days: number
    rate_limit: { points: number; duration: number; block_duration: number; session_points: number }
  }
  /** Moves the clock. */
  pass(ms: number): void
  now(): number
  get(url: string, token?: string): Promise<LightMyRequestResponse>
  post(url: string, body: object, token?: string, cookie?: string): Promise<LightMyRequestResponse>
  logIn(username: keyof typeof PASSWORDS): Promise<Login>
}

export interface Login {
  readonly token: string
  readonly cookie: string
}

const loggerTo = (lines: string[]): Logger => {
  const write = (...parts: readonly unknown[]) => void lines.push(JSON.stringify(parts))
  return { debug: write, info: write, warn: write, error: write, flush: () => {} }
}

/** @param prepare adds routes of a test */
export async function accessServer(
  prepare: (app: FastifyInstance, access: Access) => void = () => {},
): Promise<AccessServer> {
  let now = Date.parse('2026-11-21T10:00:00Z')
  const lines: string[] = []
  const store = new SqliteUserStore(':memory:')
  const rate_limit = { points: 1000, duration: 60, block_duration: 60, session_points: 1000 }
  const settings = { jwt_expiry_hours: 24, refresh_expiry_days: 30, rate_limit }
  const app = Fastify()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  handleErrors(app, (error) => void lines.push(String(error)))
  guardDoor(app, { isOpen: false, corsOrigins: [] })
  const access = registerAccess(app, {
    store,
    localToken: LOCAL_TOKEN,
    jwtSecret: JWT_SECRET,
    cookieName: REFRESH_COOKIE,
    logger: loggerTo(lines),
    settings: () => settings,
    wallMs: () => now,
    onSecret: () => {},
    takeFirstPassword: () => null,
  })
  for (const role of ['viewer', 'operator', 'admin', 'open'] as const)
    app.get(`/api/v1/for-${role}`, { config: { role } }, async () => ({ ok: true }))
  app.post('/api/v1/lower', { config: { role: 'operator', lowersRisk: true } }, async () => ({}))
  app.get('/health', { config: { role: 'open' } }, async () => ({}))
  prepare(app, access)
  await app.ready()
  const roles = { ann: 'viewer', bob: 'operator', cat: 'admin' } as const
  for (const username of ['ann', 'bob', 'cat'] as const) {
    const passwordHash = await hashes[username]
    const times = { createdAt: now, passwordAt: now }
    store.addUser({ username, role: roles[username], passwordHash, ...times })
  }
  const headers = (token?: string, cookie?: string) => ({
    host: 'localhost:8080',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(cookie === undefined ? {} : { cookie }),
  })
  const post: AccessServer['post'] = (url, body, token, cookie) =>
    app.inject({ method: 'POST', url, payload: body, headers: headers(token, cookie) })
  return {
    app,
    access,
    store,
    lines,
    settings,
    pass: (ms) => {
      now += ms
    },
    now: () => now,
    get: (url, token) => app.inject({ method: 'GET', url, headers: headers(token) }),
    post,
    logIn: async (username) => {
      const answer = await post('/api/v1/auth/login', { username, password: PASSWORDS[username] })
      return { token: String(answer.json().access_token), cookie: cookieOf(answer) }
    },
  }
}

export const REFRESH_COOKIE = 'perpfleet_refresh_0123abcd'

/** `name=value` of the refresh cookie that an answer sets; empty = it sets none. */
export function cookieOf(answer: LightMyRequestResponse): string {
  const found = answer.cookies.find(({ name }) => name === REFRESH_COOKIE)
  return found === undefined ? '' : `${found.name}=${found.value}`
}
