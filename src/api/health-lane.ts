/**
 * GET /health on a short way: asked all the time by monitors and proxies, it needs neither a login nor a router. What
 * every answer has (src/api/door.ts) this one has too, and whatever is not the plain question takes the ordinary way.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { HealthReport } from '../protocol/fleet-messages.ts'
import { HEADERS } from './door.ts'
import { isLoopbackName } from './origin.ts'

export const HEALTH = '/health'

export interface HealthLaneParts {
  /** Other machines may ask, by whatever name this one has. */
  readonly isOpen: boolean
  readonly health: { readonly report: HealthReport }
  newRequestId(): string
}

/** Told of each answer, as the metrics count it; s. */
export type OnAnswer = (status: number, seconds: number) => void

type Handler = (request: IncomingMessage, response: ServerResponse) => void

interface Prepared {
  readonly report: HealthReport
  readonly status: number
  readonly text: string
  /** Names and values in turns; the last is that of the request. */
  readonly head: string[]
}

export class HealthLane {
  readonly #parts: HealthLaneParts
  #prepared: Prepared | null = null
  #onAnswer: OnAnswer | null = null

  constructor(parts: HealthLaneParts) {
    this.#parts = parts
  }

  /** From now on, until `close`. */
  open(onAnswer: OnAnswer): void {
    this.#onAnswer = onAnswer
  }

  /** A server that ends says so on the ordinary way. */
  close(): void {
    this.#onAnswer = null
  }

  /** The server whose other requests `handler` answers. */
  server(
    handler: Handler,
    limits: { readonly [name in 'headersTimeout' | 'requestTimeout' | 'keepAliveTimeout']: number },
  ): Server {
    return createServer(limits, (request, response) => {
      if (!this.#take(request, response)) handler(request, response)
    })
  }

  #take(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.url !== HEALTH || request.method !== 'GET') return false
    const onAnswer = this.#onAnswer
    const { host, origin, upgrade } = request.headers
    if (onAnswer === null || origin !== undefined || upgrade !== undefined) return false
    if (!this.#parts.isOpen && !isLoopbackName(host)) return false
    const startedAt = performance.now()
    const { status, head, text } = this.#now()
    head[head.length - 1] = this.#parts.newRequestId()
    response.writeHead(status, head)
    response.end(text)
    onAnswer(status, (performance.now() - startedAt) / 1000)
    return true
  }

  #now(): Prepared {
    const { report } = this.#parts.health
    if (this.#prepared?.report === report) return this.#prepared
    const text = healthText(report)
    const headers = {
      ...HEADERS,
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(text)),
      'x-request-id': '',
    }
    this.#prepared = {
      report,
      status: healthStatus(report),
      text,
      head: Object.entries(headers).flat(),
    }
    return this.#prepared
  }
}

export const healthStatus = ({ status }: HealthReport): 200 | 503 =>
  status === 'unhealthy' ? 503 : 200
export const healthText = (report: HealthReport): string => `${JSON.stringify(report)}\n`
