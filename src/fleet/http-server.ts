/** The control plane's HTTP server on loopback (docs/reference/http.md). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  API_PROTOCOL,
  type InstanceList,
  type LogPage,
  type TableFilter,
  type TableName,
  tableNames,
} from '../protocol/fleet-messages.ts'
import { cleanUp } from './cleanup.ts'
import { CommandError, Commands, type StopOptions } from './commands.ts'
import type { Fleet } from './fleet.ts'
import type { Health } from './health.ts'
import {
  isFromHere,
  isToken,
  readBody,
  refuseForeign,
  sendError,
  sendHtml,
  sendJson,
} from './http-answer.ts'
import { type ConfigParts, HttpConfig } from './http-config.ts'
import { LogPages, readCursor } from './log-pages.ts'
import { overviewPage, pagePolicy } from './page.ts'
import { type ReadFills, tableOf } from './tables.ts'
import { feedView, Views } from './view.ts'

export interface HttpParts extends ConfigParts {
  readonly fleet: Fleet
  readonly health: Health
  readonly token: string
  readonly version: { readonly version: string; readonly node: string }
  /** Machines other than this one may ask. */
  readonly isOpen: boolean
  readonly readFills: ReadFills
  isReady(): boolean
  /** A grid on the present price, before it starts. */
  previewGrid(id: string): Promise<unknown>
  /** POST /api/v1/shutdown. @returns what has not stopped of what should; the server ends a moment later */
  shutDown(withBots: boolean): Promise<readonly string[]>
}

type Body = Readonly<Record<string, unknown>>
type Handler = (id: string, body: Body, query: URLSearchParams) => unknown

interface Route {
  readonly method: string
  readonly pattern: RegExp
  readonly handle: Handler
}

/** The port belongs to another program. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError'
}

export class HttpServer {
  readonly #parts: HttpParts
  readonly #server: Server
  readonly #views: Views
  readonly #commands: Commands
  readonly #config: HttpConfig
  readonly #routes: readonly Route[]
  #requests = 0

  constructor(parts: HttpParts) {
    this.#parts = parts
    this.#views = new Views(parts.fleet)
    this.#commands = new Commands(parts.fleet)
    this.#config = new HttpConfig(parts.fleet, parts)
    this.#routes = this.#makeRoutes()
    this.#server = createServer((request, response) => void this.#answer(request, response))
    this.#server.headersTimeout = 5000
    this.#server.requestTimeout = 120_000
  }

  /** @returns the port. @throws PortTakenError */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const text = `port ${port} of ${host} is taken by another program: choose another with --port`
        reject(error.code === 'EADDRINUSE' ? new PortTakenError(text, { cause: error }) : error)
      })
      this.#server.listen({ host, port, exclusive: true }, () => {
        this.#server.removeAllListeners('error')
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  close(): void {
    this.#server.close()
    this.#server.closeIdleConnections()
  }

  #makeRoutes(): readonly Route[] {
    return [
      ...this.#instanceRoutes(),
      ...this.#configRoutes(),
      route('GET', `/api/v1/(${tableNames.join('|')})`, (name, _, query) =>
        this.#table(name as TableName, query),
      ),
      route('POST', '/api/v1/cleanup', () => this.#cleanUp()),
      route('POST', '/api/v1/shutdown', (_id, body) => this.#shutDown(body)),
    ]
  }

  #instanceRoutes(): readonly Route[] {
    const commands = this.#commands
    const at = (method: string, path: string, handle: Handler) =>
      route(method, `/api/v1/instances${path}`, handle)
    return [
      at('GET', '', () => this.#list()),
      at('POST', '', (_id, body) => this.#config.create(body)),
      at('GET', '/:id', (id) => this.#views.one(commands.unit(id))),
      at('POST', '/:id/start', (id) => commands.start(id)),
      at('POST', '/:id/stop', (id, body) => commands.stop(id, stopOf(body))),
      at('POST', '/:id/restart', (id) => commands.restart(id)),
      at('POST', '/:id/pause', (id) => commands.pause(id)),
      at('POST', '/:id/resume', (id) => commands.resume(id)),
      at('POST', '/:id/arm', (id) => commands.arm(id)),
      at('POST', '/:id/disarm', (id) => commands.disarm(id)),
      at('POST', '/:id/close', (id) => commands.close(id)),
      at('POST', '/:id/kill', (id) => commands.kill(id)),
      at('POST', '/:id/grid/adjust', (id, body) => commands.adjustGrid(id, body)),
      at('GET', '/:id/grid', (id) => this.#grid(id)),
      at('GET', '/:id/grid/preview', (id) => this.#preview(id)),
      at('GET', '/:id/logs', (id, _body, query) => this.#logs(id, query)),
    ]
  }

  #configRoutes(): readonly Route[] {
    const config = this.#config
    const at = (method: string, path: string, handle: Handler) =>
      route(method, `/api/v1/config${path}`, handle)
    return [
      at('POST', '/validate', () => config.validate()),
      at('GET', '/:id', (id, _body, query) => config.show(id, query)),
      at('GET', '/:id/effective', (id) => config.effective(id)),
      at('GET', '/:id/versions', (id) => config.versions(id)),
      at('GET', '/:id/diff', (id, _body, query) => config.difference(id, query)),
      at('POST', '/:id/rollback', (id, body) => config.rollback(id, body)),
      at('POST', '/:id/archive', (id, body) => config.archive(id, body)),
    ]
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#requests += 1
    try {
      refuseForeign(request, this.#parts.isOpen)
      await this.#dispatch(request, response)
    } catch (error) {
      sendError(response, error, `control-${this.#requests}`)
    }
  }

  async #dispatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET' } = request
    const url = new URL(request.url ?? '/', 'http://localhost')
    const path = url.pathname
    if (await this.#isOpenAnswered(request, path, response)) return
    if (!isToken(request.headers.authorization, this.#parts.token)) {
      throw new CommandError(
        'UNAUTHORIZED',
        'this needs the token of run/control.json as Authorization: Bearer TOKEN',
      )
    }
    for (const { method: wanted, pattern, handle } of this.#routes) {
      const match = wanted === method ? pattern.exec(path) : null
      if (!match) continue
      const body = method === 'POST' ? await readBody(request) : {}
      const answer = await handle(match[1] ?? '', body, url.searchParams)
      if (method === 'POST') this.#views.forget()
      return sendJson(response, 200, answer)
    }
    throw new CommandError('NOT_FOUND', `there is nothing at ${method} ${path.slice(0, 100)}`)
  }

  /** What answers without a token. */
  async #isOpenAnswered(
    request: IncomingMessage,
    path: string,
    response: ServerResponse,
  ): Promise<boolean> {
    if (request.method !== 'GET') return false
    const { health, version } = this.#parts
    if (path === '/health') {
      const { report } = health
      sendJson(response, report.status === 'unhealthy' ? 503 : 200, report)
    } else if (path === '/ready') {
      const isReady = this.#parts.isReady()
      sendJson(response, isReady ? 200 : 503, { ready: isReady })
    } else if (path === '/version')
      sendJson(response, 200, { name: 'perpfleet', ...version, protocol: API_PROTOCOL })
    else if (path === '/' && isFromHere(request))
      sendHtml(response, overviewPage(await this.#list()), pagePolicy)
    else return false
    return true
  }

  async #list(): Promise<InstanceList> {
    const { fleet } = this.#parts
    return {
      items: await this.#views.all(),
      next_cursor: null,
      feed: feedView(fleet),
      faults: fleet.faults,
    }
  }

  #grid(id: string): Promise<unknown> {
    const unit = this.#commands.unit(id)
    const port = unit.record.webPort
    if (!unit.process.isAlive || port === null) {
      throw new CommandError('PRECONDITION', `${id} does not run: perpfleet start ${id}`)
    }
    return this.#parts.fleet.parts.links.getFromBot(port, '/api/status', 5000)
  }

  #preview(id: string): Promise<unknown> {
    return this.#parts.previewGrid(this.#commands.unit(id).id)
  }

  #logs(id: string, query: URLSearchParams): LogPage {
    const { logDir } = this.#commands.unit(id)
    const pages = new LogPages(logDir, query.get('stream') === 'daemon' ? 'daemon' : 'bot')
    const after = cursorOf(query, 'after')
    if (after !== null) return pages.after(after)
    return pages.before(cursorOf(query, 'before'), limitOf(query, LOG_LINES_MAX))
  }

  #table(name: TableName, query: URLSearchParams): Promise<unknown> {
    const instance = query.get('instance')
    if (instance !== null) this.#commands.unit(instance)
    const limit = limitOf(query, TABLE_ROWS_MAX)
    const filter: TableFilter = { instance, venue: venueOf(query), since: sinceOf(query), limit }
    return tableOf(this.#parts.fleet, this.#parts.readFills, name, filter)
  }

  #cleanUp(): unknown {
    const { parts, units } = this.#parts.fleet
    const logDirs = [...units.values()].map(({ logDir }) => logDir)
    const { store, host } = parts.tools
    return cleanUp({ home: parts.home, store, host, logDirs })
  }

  /** Answers first and ends then; with `wait` when everything has stopped, and says what has not. */
  async #shutDown(body: Body): Promise<unknown> {
    const withBots = body['stop_bots'] === true
    const done = { ok: true, stop_bots: withBots }
    if (body['wait'] === true) return { ...done, left: await this.#parts.shutDown(withBots) }
    setImmediate(() => void this.#parts.shutDown(withBots))
    return done
  }
}

const TABLE_ROWS_MAX = 1000
const LOG_LINES_MAX = 5000

const route = (method: string, path: string, handle: Handler): Route => ({
  method,
  pattern: new RegExp(`^${path.replace(':id', '([a-z0-9_-]+)')}$`),
  handle,
})

const limitOf = (query: URLSearchParams, max: number): number =>
  Math.min(max, Math.max(1, Math.trunc(Number(query.get('limit') ?? 50)) || 50))

/** `exchange` is the older word for it. */
const venueOf = (query: URLSearchParams): string | null =>
  query.get('venue') ?? query.get('exchange')

function sinceOf(query: URLSearchParams): string | null {
  const text = query.get('since')
  if (text === null) return null
  const at = Date.parse(text)
  if (!Number.isNaN(at)) return new Date(at).toISOString()
  throw new CommandError('VALIDATION', 'since must be a time like 2026-11-21T10:00:00Z')
}

function cursorOf(query: URLSearchParams, name: 'before' | 'after') {
  const text = query.get(name)
  const cursor = text === null ? null : readCursor(text)
  if (text === null || cursor !== null) return cursor
  throw new CommandError('VALIDATION', `${name} must be a cursor of an answer before`)
}

function stopOf(body: Body): StopOptions {
  const { orders = 'cancel', positions = 'keep' } = body
  const areOrders = orders === 'cancel' || orders === 'keep'
  if (areOrders && (positions === 'keep' || positions === 'close')) return { orders, positions }
  throw new CommandError('VALIDATION', 'orders must be cancel or keep, positions keep or close')
}
