/**
 * The own port of an instance (docs/reference/http.md): a small page, health, status, and the few actions that must work
 * while no control plane runs. Errors are one JSON object each.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Json } from '../domain/strategy.ts'
import type { Logger } from '../ports/logger.ts'
import type { ControlAnswer } from '../protocol/desk-messages.ts'
import { acceptedAdjustment, readAdjustRequest, tryAdjustment } from './adjustment.ts'
import type { DeskAction } from './desk-control.ts'
import type { InstanceKeeper } from './instance-keeper.ts'
import { page, pagePolicy } from './page.ts'
import { type Configuration, cannotReconfigure, readConfiguration } from './reconfigure.ts'
import type { Adjusted } from './record.ts'
import { type Door, isLoopbackAddress, refusalOf, type WebError } from './web-guard.ts'

/** What the server shows and does; the parts are joined in main/. */
export interface WebParts extends Door {
  readonly instance: string
  readonly host: string
  readonly port: number
  readonly keeper: InstanceKeeper
  readonly logger: Logger
  wallMs(): number
  /** Beginning of every request_id: unique to this process. */
  readonly requestPrefix: string
  status(): Json
  /** What lists of the fleet show of it. */
  figures(): Json
  health(): { readonly isHealthy: boolean; readonly body: Json }
  ask(action: DeskAction): Promise<ControlAnswer>
  adjust(adjusted: Adjusted): void
  /** @returns why it is refused; none when it was taken over */
  configure(configuration: Configuration): readonly string[]
}

/** The port that was asked for belongs to another program. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError'
}

interface Answer {
  readonly status: number
  readonly body: Json
}

type Handler = (body: unknown, query: string) => Answer | Promise<Answer>

const BODY_LENGTH_MAX = 65_536
const CONNECTIONS_MAX = 64
/** An answer that nobody takes must not keep the process. */
const LAST_ANSWERS_MS = 1000

const ending: WebError = {
  status: 503,
  code: 'SERVICE_UNAVAILABLE',
  message: 'The process of this instance is ending.',
}

class Refusal extends Error {
  readonly error: WebError
  constructor(error: WebError) {
    super(error.message)
    this.error = error
  }
}

export class WebServer {
  readonly #parts: WebParts
  readonly #isLoopbackOnly: boolean
  readonly #server: Server
  readonly #routes: ReadonlyMap<string, Handler>
  #requests = 0
  /** Requests that came in and whose answer has not gone out yet. */
  #open = 0
  #whenAnswered: () => void = () => {}
  #isClosing = false

  constructor(parts: WebParts) {
    this.#parts = parts
    this.#isLoopbackOnly = isLoopbackAddress(parts.host)
    // A static import of node:http costs a bot several megabytes more.
    const http = process.getBuiltinModule('node:http')
    this.#server = http.createServer((request, response) => {
      void this.#answer(request, response)
    })
    this.#server.maxConnections = CONNECTIONS_MAX
    this.#server.headersTimeout = 5000
    this.#server.requestTimeout = 10_000
    this.#server.keepAliveTimeout = 5000
    this.#routes = this.#makeRoutes()
  }

  /** Resolves with the port. @throws PortTakenError when another program has it */
  listen(): Promise<number> {
    const { host, port } = this.#parts
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const text = `Port ${port} of ${host} is taken by another program: choose another daemon_config.web_port.`
        reject(error.code === 'EADDRINUSE' ? new PortTakenError(text, { cause: error }) : error)
      })
      this.#server.listen({ host, port, exclusive: true }, () => {
        this.#server.removeAllListeners('error')
        this.#server.on('error', (error) => this.#parts.logger.error('web', error.message))
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  /** Takes no more requests and lets the answers that are on their way out: a stop ends the process that answers it. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#server.close()
    if (this.#open > 0) {
      await new Promise<void>((resolve) => {
        this.#whenAnswered = resolve
        setTimeout(resolve, LAST_ANSWERS_MS)
      })
    }
    this.#server.closeAllConnections()
  }

  #answered(): void {
    this.#open -= 1
    if (this.#open === 0) this.#whenAnswered()
  }

  #makeRoutes(): ReadonlyMap<string, Handler> {
    const { instance } = this.#parts
    const ask = (action: DeskAction) => this.#ask(action)
    return new Map<string, Handler>([
      ['GET /health', () => this.#health()],
      ['GET /api/status', (_body, query) => this.#status(query)],
      ['POST /api/grid/adjust', (body) => this.#adjust(body)],
      ['POST /api/configure', (body) => this.#configure(body)],
      ['POST /api/pause', () => ask({ action: 'pause', instance })],
      ['POST /api/resume', () => ask({ action: 'resume', instance })],
      ['POST /api/stop', (body) => ask(stopAction(instance, body))],
    ])
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#requests += 1
    this.#open += 1
    // Told once for each response: handed to the system whole, or given up by the other side.
    response.once('close', () => this.#answered())
    const requestId = `${this.#parts.requestPrefix}-${this.#requests}`
    try {
      await this.#dispatch(request, response)
    } catch (error) {
      this.#fail(response, error, requestId)
    }
  }

  async #dispatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = request
    if (this.#isClosing) throw new Refusal(ending)
    const refusal = await refusalOf(
      {
        method,
        host: headers.host,
        origin: headers.origin,
        contentType: headers['content-type'],
        authorization: headers.authorization,
      },
      this.#isLoopbackOnly,
      this.#parts,
    )
    if (refusal !== null) throw new Refusal(refusal)
    const [path = '/', query = ''] = (request.url ?? '/').split('?')
    const verb = method === 'HEAD' ? 'GET' : method
    if (verb === 'GET' && path === '/') return sendPage(response)
    const handler = this.#routes.get(`${verb} ${path}`)
    if (handler === undefined) throw new Refusal(this.#notFound(path))
    const body = verb === 'GET' ? null : await readJson(request)
    const answer = await handler(body, query)
    sendJson(response, answer.status, answer.body)
  }

  #notFound(path: string): WebError {
    const isKnown = [...this.#routes.keys(), 'GET /'].some((route) => route.endsWith(` ${path}`))
    return isKnown
      ? { status: 405, code: 'VALIDATION', message: `${path} does not take this method.` }
      : { status: 404, code: 'NOT_FOUND', message: `There is nothing at ${path.slice(0, 100)}.` }
  }

  #status(query: string): Answer {
    const isLean = query === 'part=figures'
    return { status: 200, body: isLean ? this.#parts.figures() : this.#parts.status() }
  }

  #health(): Answer {
    const { isHealthy, body } = this.#parts.health()
    return { status: isHealthy ? 200 : 503, body }
  }

  #adjust(body: unknown): Answer {
    const request = readAdjustRequest(body)
    if (!('lower' in request)) {
      const message = request.join(' ')
      throw new Refusal({ status: 400, code: 'VALIDATION', message, details: request })
    }
    const trial = tryAdjustment(this.#parts.keeper, request)
    if (trial.kind === 'refused') throw new Refusal(trial.error)
    const { difference, outlook, changes, trade, parameters } = trial
    if (!request.isDryRun) {
      this.#parts.adjust(acceptedAdjustment(parameters, request.isTemporary, this.#parts.wallMs()))
    }
    const told = {
      ...difference,
      ...outlook,
      market_trade: trade,
      dry_run: request.isDryRun,
      parameters,
    }
    const answer = request.isDryRun ? { ...told, changes } : told
    return { status: 200, body: answer as unknown as Json }
  }

  #configure(body: unknown): Answer {
    const configuration = readConfiguration(body, this.#parts.instance)
    if (typeof configuration === 'string') {
      throw new Refusal({ status: 400, code: 'VALIDATION', message: configuration })
    }
    const obstacle = cannotReconfigure(this.#parts.keeper)
    if (obstacle !== null) throw new Refusal(obstacle)
    const refusals = this.#parts.configure(configuration)
    if (refusals.length === 0) return { status: 200, body: { ok: true } }
    const message = refusals.join(' ')
    throw new Refusal({ status: 422, code: 'REFUSED_RISK', message, details: refusals })
  }

  async #ask(action: DeskAction): Promise<Answer> {
    let answer: ControlAnswer
    try {
      answer = await this.#parts.ask(action)
    } catch (error) {
      const message = `Nothing was done: ${error instanceof Error ? error.message : String(error)}.`
      throw new Refusal({ status: 503, code: 'SERVICE_UNAVAILABLE', message })
    }
    if (answer.ok)
      return { status: 200, body: { ok: true, result: (answer.result ?? null) as Json } }
    throw new Refusal({
      status: 409,
      code: 'CONFLICT',
      message: answer.text,
      details: { code: answer.code },
    })
  }

  #fail(response: ServerResponse, error: unknown, requestId: string): void {
    const known = error instanceof Refusal ? error.error : null
    if (known === null) this.#parts.logger.error('web', 'a request failed', { requestId, error })
    const {
      status,
      code,
      message,
      details = null,
    } = known ?? {
      status: 500,
      code: 'INTERNAL',
      message: 'The request failed: bot.log tells why, look for the request_id.',
    }
    if (response.headersSent) return void response.destroy()
    // The rest of a body that nobody will read must not come in as the next request.
    response.setHeader('Connection', 'close')
    sendJson(response, status, {
      error: { code, message, details: details as Json, request_id: requestId },
    })
  }
}

function stopAction(instance: string, body: unknown): DeskAction {
  const fields = new Map(Object.entries(typeof body === 'object' && body !== null ? body : {}))
  const orders = fields.get('orders') ?? 'cancel'
  const positions = fields.get('positions') ?? 'keep'
  const areOrders = orders === 'cancel' || orders === 'keep'
  if (areOrders && (positions === 'keep' || positions === 'close')) {
    return { action: 'stop', instance, orders, positions }
  }
  const message = 'orders must be cancel or keep, positions keep or close.'
  throw new Refusal({ status: 400, code: 'VALIDATION', message })
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = ''
  request.setEncoding('utf8')
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > BODY_LENGTH_MAX) {
      const message = `The body is longer than ${BODY_LENGTH_MAX} characters.`
      throw new Refusal({ status: 413, code: 'VALIDATION', message })
    }
  }
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal({ status: 400, code: 'VALIDATION', message: 'The body is no JSON.' })
  }
}

function sendJson(response: ServerResponse, status: number, body: Json): void {
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(text)
}

function sendPage(response: ServerResponse): void {
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(page),
    'Cache-Control': 'no-store',
    'Content-Security-Policy': pagePolicy(),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
  })
  response.end(page)
}
