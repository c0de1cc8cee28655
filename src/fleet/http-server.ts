/** The control plane's HTTP server on loopback (docs/reference/http.md). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { InstanceList, TableName } from '../protocol/fleet-messages.ts'
import { cleanUp } from './cleanup.ts'
import { CommandError, Commands, type StopOptions } from './commands.ts'
import type { Fleet } from './fleet.ts'
import type { Health } from './health.ts'
import { isToken, readBody, refuseForeign, sendError, sendHtml, sendJson } from './http-answer.ts'
import { overviewPage, pagePolicy } from './page.ts'
import { tableOf } from './tables.ts'
import { feedView, Views } from './view.ts'

export interface HttpParts {
  readonly fleet: Fleet
  readonly health: Health
  readonly token: string
  readonly version: { readonly version: string; readonly node: string }
  isReady(): boolean
  /** POST /api/v1/shutdown: answered first, carried out afterwards. */
  shutDown(withBots: boolean): void
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
  readonly #routes: readonly Route[]
  #requests = 0

  constructor(parts: HttpParts) {
    this.#parts = parts
    this.#views = new Views(parts.fleet)
    this.#commands = new Commands(parts.fleet)
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
    const commands = this.#commands
    const route = (method: string, path: string, handle: Handler): Route => ({
      method,
      pattern: new RegExp(`^${path.replace(':id', '([a-z0-9_-]+)')}$`),
      handle,
    })
    return [
      route('GET', '/api/v1/instances', () => this.#list()),
      route('GET', '/api/v1/instances/:id', (id) => this.#views.one(commands.unit(id))),
      route('POST', '/api/v1/instances/:id/start', (id) => commands.start(id)),
      route('POST', '/api/v1/instances/:id/stop', (id, body) => commands.stop(id, stopOf(body))),
      route('POST', '/api/v1/instances/:id/restart', (id) => commands.restart(id)),
      route('POST', '/api/v1/instances/:id/pause', (id) => commands.pause(id)),
      route('POST', '/api/v1/instances/:id/resume', (id) => commands.resume(id)),
      route('POST', '/api/v1/instances/:id/arm', (id) => commands.arm(id)),
      route('POST', '/api/v1/instances/:id/close', (id) => commands.close(id)),
      route('POST', '/api/v1/instances/:id/kill', (id) => commands.kill(id)),
      route('POST', '/api/v1/instances/:id/grid/adjust', (id, body) =>
        commands.adjustGrid(id, body),
      ),
      route('GET', '/api/v1/instances/:id/grid', (id) => this.#grid(id)),
      route('GET', '/api/v1/(orders|fills|positions)', (name, _, query) =>
        this.#table(name, query),
      ),
      route('POST', '/api/v1/cleanup', () => this.#cleanUp()),
      route('POST', '/api/v1/shutdown', (_id, body) => this.#shutDown(body)),
    ]
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#requests += 1
    try {
      refuseForeign(request)
      await this.#dispatch(request, response)
    } catch (error) {
      sendError(response, error, `control-${this.#requests}`)
    }
  }

  async #dispatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET' } = request
    const url = new URL(request.url ?? '/', 'http://localhost')
    const path = url.pathname
    if (await this.#isOpenAnswered(method, path, response)) return
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
      return sendJson(response, 200, await handle(match[1] ?? '', body, url.searchParams))
    }
    throw new CommandError('NOT_FOUND', `there is nothing at ${method} ${path.slice(0, 100)}`)
  }

  /** What answers without a token. */
  async #isOpenAnswered(method: string, path: string, response: ServerResponse): Promise<boolean> {
    if (method !== 'GET') return false
    const { health, version } = this.#parts
    if (path === '/health') {
      const { report } = health
      sendJson(response, report.status === 'unhealthy' ? 503 : 200, report)
    } else if (path === '/ready') {
      const isReady = this.#parts.isReady()
      sendJson(response, isReady ? 200 : 503, { ready: isReady })
    } else if (path === '/version') sendJson(response, 200, version)
    else if (path === '/') sendHtml(response, overviewPage(await this.#list()), pagePolicy)
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

  #table(action: string, query: URLSearchParams): Promise<unknown> {
    const limit = Math.min(1000, Math.max(1, Number(query.get('limit') ?? 50) || 50))
    const instance = query.get('instance')
    if (instance !== null) this.#commands.unit(instance)
    return tableOf(this.#parts.fleet, action as TableName, instance, limit)
  }

  #cleanUp(): unknown {
    const { parts, units } = this.#parts.fleet
    const logDirs = [...units.values()].map(({ logDir }) => logDir)
    const { store, host } = parts.tools
    return cleanUp({ home: parts.home, store, host, logDirs })
  }

  #shutDown(body: Body): unknown {
    const withBots = body['stop_bots'] === true
    setImmediate(() => this.#parts.shutDown(withBots))
    return { ok: true, stop_bots: withBots }
  }
}

function stopOf(body: Body): StopOptions {
  const { orders = 'cancel', positions = 'keep' } = body
  const areOrders = orders === 'cancel' || orders === 'keep'
  if (areOrders && (positions === 'keep' || positions === 'close')) return { orders, positions }
  throw new CommandError('VALIDATION', 'orders must be cancel or keep, positions keep or close')
}
