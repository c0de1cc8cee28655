// Every route of the real server, over real sockets: whoever registers one without a thought is found here.

import assert from 'node:assert/strict'
import { channel } from 'node:diagnostics_channel'
import { after, before, describe, it } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { SqliteUserStore } from '../../src/adapters/stores/sqlite-user-store.ts'
import { Access } from '../../src/api/auth/access.ts'
import type { AccessParts } from '../../src/api/auth/plugin.ts'
import type { ApiParts } from '../../src/api/parts.ts'
import { ApiServer } from '../../src/api/server.ts'
import { silentLogger } from '../../src/ports/logger.ts'
import { ask } from './ask.ts'

interface Route {
  readonly method: string
  readonly url: string
  readonly role: string
}

/** What nobody needs a token for, and why; everything else below /api answers 401. */
const OPEN_BELOW_API = [
  'POST /api/v1/auth/login',
  'POST /api/v1/auth/logout',
  'POST /api/v1/auth/refresh',
  // The ticket in its address says who it is.
  'GET /api/v1/stream',
  'GET /api/v1/backtest/:id/report',
  'GET /api/v1/jobs/:id/report',
]
const OPEN_BESIDE_API =
  /^(GET|HEAD) (\/health|\/ready|\/version|\/metrics|\/docs(\/.*)?|\/|\/\*|\/assets\/.*|\/[\w-]+\.\w+)$/

/** What is no GET and needs no more than a viewer: one's own, or it changes nothing. */
const OF_EVERY_USER = [
  'POST /api/v1/auth/password',
  'POST /api/v1/stream/ticket',
  'POST /api/v1/config/validate',
  'POST /api/v1/backtest/:id/report/ticket',
  'POST /api/v1/jobs/:id/report/ticket',
]
const ADMIN_ONLY = [
  /\/arm$/,
  /\/shutdown$/,
  /\/users/,
  /^POST \/api\/v1\/instances$/,
  /\/(rollback|archive)$/,
  /\/first-password$/,
]

/** Whatever is asked of it, it is nothing: no request that is refused may reach it. */
const reached: string[] = []
const nothing = (path: string): unknown =>
  new Proxy(() => {}, {
    get: (_target, key) => {
      if (key === 'then' || key === 'length' || typeof key === 'symbol') return undefined
      return nothing(`${path}.${String(key)}`)
    },
    apply: () => {
      reached.push(path)
      return nothing(path)
    },
  })

const OTHER_PARTS = [
  ...['fleet', 'health', 'journals', 'figures', 'queries', 'stream', 'equity', 'lab'],
  ...['metricsToken', 'isReady', 'configFiles', 'validate', 'previewGrid', 'shutDown'],
]

const LOCAL = 'local-token-of-this-test'
const settings = {
  jwt_expiry_hours: 1,
  refresh_expiry_days: 1,
  rate_limit: { points: 1e6, duration: 60, block_duration: 60, session_points: 1e6 },
}

const routes: Route[] = []
const store = new SqliteUserStore(':memory:')
const access: AccessParts = {
  store,
  localToken: LOCAL,
  cookieName: 'perpfleet_refresh_0123abcd',
  jwtSecret: 'a secret of these tests that has more than 32 bytes',
  logger: silentLogger,
  settings: () => settings,
  wallMs: () => Date.now(),
  onSecret: () => {},
  takeFirstPassword: () => null,
}

/** Looks at each route that the server makes. */
function watch(message: unknown): void {
  const { fastify: app } = message as { readonly fastify: FastifyInstance }
  app.addHook('onRoute', (route) => {
    const methods = Array.isArray(route.method) ? route.method : [route.method]
    for (const method of methods)
      routes.push({
        method,
        url: route.url,
        get role() {
          return route.config?.role ?? 'none'
        },
      })
  })
}

const nameOf = ({ method, url }: Route): string => `${method} ${url}`

describe('every route of the server', () => {
  let server: ApiServer
  let origin = ''
  const tokens: Record<string, string> = {}
  const urlOf = ({ url }: Route): string =>
    origin + url.replaceAll(/:\w+/g, 'demo').replace('*', 'x')
  const send = (route: Route, headers: Record<string, string>, token?: string) => {
    const isRead = ['GET', 'HEAD', 'OPTIONS'].includes(route.method)
    const asked = { method: route.method, headers, ...(token === undefined ? {} : { token }) }
    return ask(urlOf(route), isRead ? asked : { ...asked, body: {} })
  }

  before(async () => {
    channel('fastify.initialization').subscribe(watch)
    // Those who have logged in before the server starts.
    const before = new Access(access)
    for (const role of ['viewer', 'operator', 'machine'] as const) {
      const username = `a-${role}`
      store.addUser({ username, role, passwordHash: '-', createdAt: 0, passwordAt: 0 })
      const { session } = before.sessions.begin(username)
      tokens[role] = await before.tokens.sign({ username, sessionId: session.id }, role, 3600)
    }
    const parts = {
      ...Object.fromEntries(OTHER_PARTS.map((name) => [name, nothing(name)])),
      access,
      isOpen: false,
      corsOrigins: [],
      trustProxy: [],
      version: { version: '1', node: 'v24' },
      pages: import.meta.dirname,
    }
    server = await ApiServer.create(parts as unknown as ApiParts)
    origin = `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`
    channel('fastify.initialization').unsubscribe(watch)
    reached.length = 0
  })
  after(() => server.close())

  it('is known to this test, dozens of them', () => {
    assert.ok(routes.length > 40, String(routes.length))
    assert.deepEqual(routes.filter(({ role }) => role === 'none').map(nameOf), [])
  })

  it('answers 401 without a token and with one that nobody knows, and does nothing', async () => {
    const closed = routes.filter(({ role }) => role !== 'open')
    for (const route of closed) {
      assert.equal((await send(route, {})).status, 401, nameOf(route))
      assert.equal((await send(route, {}, 'x'.repeat(64))).status, 401, nameOf(route))
    }
    assert.deepEqual(reached, [])
  })

  it('is open only when it is one of these', () => {
    const open = routes.filter(({ role }) => role === 'open').map(nameOf)
    const below = open.filter((name) => name.includes(' /api/') && !name.startsWith('HEAD'))
    assert.deepEqual(
      below.filter((name) => !OPEN_BELOW_API.includes(name)),
      [],
    )
    const beside = open.filter((name) => !name.includes(' /api/'))
    assert.deepEqual(
      beside.filter((name) => !OPEN_BESIDE_API.test(name)),
      [],
    )
  })

  it('demands an operator for what changes something, and an admin for what raises trust', () => {
    const isRead = ({ method }: Route) => ['GET', 'HEAD', 'OPTIONS'].includes(method)
    const weak = routes.filter((route) => !isRead(route) && route.role === 'viewer').map(nameOf)
    assert.deepEqual(
      weak.filter((name) => !OF_EVERY_USER.includes(name)),
      [],
    )
    const open = routes.filter((route) => !isRead(route) && route.role === 'open').map(nameOf)
    assert.deepEqual(
      open.filter((name) => !OPEN_BELOW_API.includes(name)),
      [],
    )
    const strong = routes.filter((route) => ADMIN_ONLY.some((rule) => rule.test(nameOf(route))))
    assert.ok(strong.length >= ADMIN_ONLY.length)
    assert.deepEqual(strong.filter(({ role }) => role !== 'admin').map(nameOf), [])
  })

  it('answers 403 to whoever has not its role, and does nothing', async () => {
    const { viewer, machine, operator } = tokens
    const refused = { operator: [viewer, machine], admin: [viewer, machine, operator] }
    for (const route of routes)
      if (route.role === 'operator' || route.role === 'admin')
        for (const token of refused[route.role])
          assert.equal((await send(route, {}, token)).status, 403, nameOf(route))
    assert.deepEqual(reached, [])
    // The tokens themselves are good.
    for (const token of Object.values(tokens))
      assert.equal((await ask(`${origin}/api/v1/auth/me`, { token })).status, 200)
  })

  it('refuses a page of elsewhere and a name that is not of this machine, token or not', async () => {
    const port = new URL(origin).port
    const foreign = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://localhost:${Number(port) + 1}` },
      { origin: `https://127.0.0.1:${port}` },
      { host: 'evil.example' },
      { host: `127.0.0.1.evil.example:${port}` },
    ]
    for (const route of routes)
      for (const headers of foreign) {
        const { status, headers: told } = await send(route, headers, LOCAL)
        assert.equal(status, 403, `${nameOf(route)} ${JSON.stringify(headers)}`)
        assert.equal(told['access-control-allow-origin'], undefined)
      }
    assert.deepEqual(reached, [])
  })
})
