/** One venue of the sandbox on a port of the loopback: HTTP and WebSocket, latency, and the faults of the wire. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Clock } from '../../ports/clock.ts'
import type { VenueBackend } from './backend.ts'
import type { FaultPlan, Scene } from './faults.ts'
import type {
  EndpointClass,
  FrontRequest,
  FrontResponse,
  VenueFront,
  WordedFault,
} from './front.ts'
import { StreamSocket } from './stream-socket.ts'

const BODY_BYTES_MAX = 1024 * 1024
const HOST = '127.0.0.1'
const DRIP_BYTES = 64

/** Where a worded refusal strikes when the fault does not name a class. */
const WORDED: Readonly<Record<WordedFault, readonly EndpointClass[]>> = {
  maintenance: ['place', 'cancel', 'amend', 'orders', 'account', 'market'],
  trading_paused: ['place', 'amend'],
  rate_limited: ['place', 'cancel', 'amend', 'orders', 'account', 'market'],
  banned: ['place', 'cancel', 'amend', 'orders', 'account', 'market', 'time'],
  address_budget: ['place', 'amend'],
  status_unknown: ['place', 'cancel', 'amend'],
  busy: ['place', 'cancel', 'amend', 'orders', 'account'],
  duplicate_client_id: ['place'],
  key_revoked: ['place', 'cancel', 'amend', 'orders', 'account'],
  agent_expired: ['place', 'cancel', 'amend'],
  nonce_refused: ['place', 'cancel', 'amend'],
}

export interface ListenerParts {
  readonly backend: VenueBackend
  readonly front: VenueFront
  readonly faults: FaultPlan
  readonly clock: Clock
  /** There and back; half of it each way. */
  readonly latencyMs: number
  /** Tells the fronts what has happened. */
  readonly deliver: () => void
  readonly onError: (error: unknown) => void
}

export class VenueListener {
  readonly #parts: ListenerParts
  readonly #sockets = new Set<Socket>()
  readonly #streams = new Set<StreamSocket>()
  #server: Server | null = null
  port = 0
  requests = 0

  constructor(parts: ListenerParts) {
    this.#parts = parts
  }

  get connections(): number {
    return this.#streams.size
  }

  /** @param port 0 = any that is free. @throws the system's error when it is taken */
  async listen(port: number): Promise<void> {
    const server = createServer((request, response) => this.#onRequest(request, response))
    const streams = new WebSocketServer({ noServer: true, autoPong: false })
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    server.on('upgrade', (request, socket, head) => this.#onUpgrade(streams, request, socket, head))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, HOST, resolve)
    })
    this.#server = server
    const address = server.address()
    this.port = typeof address === 'object' && address !== null ? address.port : port
  }

  async close(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null) return
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** Each second: streams that must be cut. */
  onSecond(): void {
    const { faults, backend } = this.#parts
    const cut = faults.holding('ws_close', { venue: backend.venue, endpoint: 'stream' })
    for (const stream of this.#streams) {
      if (cut !== null && stream.ageMs() >= (cut.value ?? 5000)) stream.cut(1001, 'going away')
    }
    this.#parts.front.onSecond()
  }

  /** A venue that is cut off: every connection ends and none is taken, HTTP or WebSocket. */
  applyCut(): void {
    const { faults, backend } = this.#parts
    const isShut = faults.holding('port_closed', { venue: backend.venue }) !== null
    if (isShut && this.#server !== null) void this.close()
    else if (!isShut && this.#server === null && this.port !== 0) {
      this.listen(this.port).catch(this.#parts.onError)
    }
  }

  // HTTP

  #onRequest(incoming: IncomingMessage, response: ServerResponse): void {
    this.requests += 1
    const chunks: Buffer[] = []
    let length = 0
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > BODY_BYTES_MAX) incoming.destroy()
      else chunks.push(chunk)
    })
    incoming.on('error', () => {})
    response.on('error', () => {})
    incoming.on('end', () => {
      this.#later(this.#parts.latencyMs / 2, () =>
        this.#serve(requestOf(incoming, Buffer.concat(chunks)), response),
      )
    })
  }

  #serve(request: FrontRequest | null, response: ServerResponse): void {
    if (request === null) {
      response.writeHead(400).end()
      return
    }
    const { front, backend, faults } = this.#parts
    const { endpoint, account } = front.classify(request)
    const scene: Scene = { venue: backend.venue, endpoint, account }
    if (faults.strike('drop_before', scene) !== null) {
      response.destroy()
      return
    }
    const latency = faults.strike('latency', scene)
    const delayMs = latency?.value ?? 0
    // By itself a slow network holds the request back; `answer` lets it act at once and holds the answer back.
    const isAnswerSlow = latency?.text === 'answer'
    this.#later(isAnswerSlow ? 0 : delayMs, () => {
      const answer = this.#answer(request, scene)
      if (faults.holding('fills_before_ack', scene) !== null) this.#parts.deliver()
      this.#later(this.#parts.latencyMs / 2 + (isAnswerSlow ? delayMs : 0), () =>
        this.#send(answer, response, scene),
      )
      // Streams have the same way to go: set off after the answer, they arrive after it.
      this.#later(isAnswerSlow ? delayMs : 0, this.#parts.deliver)
    })
  }

  #answer(request: FrontRequest, scene: Scene): FrontResponse {
    const { front } = this.#parts
    try {
      const instead = this.#instead(request, scene)
      if (instead === null) return front.http(request)
      // What the venue did before its answer went wrong is the interesting half: an order may be there.
      if (instead.isActedOn) front.http(request)
      return instead.answer
    } catch (error) {
      this.#parts.onError(error)
      return { status: 500, body: '' }
    }
  }

  #instead(
    request: FrontRequest,
    scene: Scene,
  ): { readonly answer: FrontResponse; readonly isActedOn: boolean } | null {
    const { faults, front } = this.#parts
    for (const kind of Object.keys(WORDED) as WordedFault[]) {
      const fault = this.#worded(kind, scene)
      if (fault === null) continue
      const isActedOn = kind === 'status_unknown' && fault.text !== 'lost'
      return { answer: front.word(kind, request), isActedOn }
    }
    const status = faults.strike('http_status', scene)
    if (status !== null) {
      const answer = { status: status.value ?? 503, body: '' }
      return { answer, isActedOn: status.text !== 'lost' }
    }
    const html = faults.strike('html', scene)
    if (html === null) return null
    return { answer: htmlPage(html.value ?? 502), isActedOn: html.text !== 'lost' }
  }

  #worded(kind: WordedFault, scene: Scene) {
    const { faults } = this.#parts
    const endpoint = scene.endpoint ?? 'market'
    if (WORDED[kind].includes(endpoint)) return faults.strike(kind, scene)
    // A class that is named is meant, also where the fault does not strike by itself.
    const isNamed = faults.list().some((one) => one.kind === kind && one.endpoint === endpoint)
    return isNamed ? faults.strike(kind, scene) : null
  }

  #send(answer: FrontResponse, response: ServerResponse, scene: Scene): void {
    const { faults } = this.#parts
    if (response.destroyed) return
    if (faults.strike('drop_after', scene) !== null) {
      response.destroy()
      return
    }
    const bytes = Buffer.from(answer.body)
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      ...answer.headers,
      'content-length': bytes.length,
    })
    if (faults.strike('reset_body', scene) !== null) {
      response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy())
      return
    }
    const drip = faults.strike('drip', scene)
    if (drip === null) response.end(bytes)
    else this.#drip(bytes, response, drip.value ?? 500)
  }

  #drip(bytes: Buffer, response: ServerResponse, everyMs: number): void {
    if (response.destroyed) return
    if (bytes.length <= DRIP_BYTES) {
      response.end(bytes)
      return
    }
    response.write(bytes.subarray(0, DRIP_BYTES))
    this.#parts.clock.after(everyMs, () =>
      this.#drip(bytes.subarray(DRIP_BYTES), response, everyMs),
    )
  }

  // WebSocket

  #onUpgrade(
    streams: WebSocketServer,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): void {
    const { faults, backend } = this.#parts
    const scene: Scene = { venue: backend.venue, endpoint: 'stream' }
    if (faults.strike('ws_refuse', scene) !== null) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n')
      return
    }
    streams.handleUpgrade(request, socket, head, (ws) => {
      const stream = new StreamSocket(ws, {
        venue: backend.venue,
        faults,
        clock: this.#parts.clock,
        latencyMs: this.#parts.latencyMs / 2,
        deliver: this.#parts.deliver,
        onError: this.#parts.onError,
      })
      this.#streams.add(stream)
      ws.on('close', () => this.#streams.delete(stream))
      const address = request.socket.remoteAddress ?? HOST
      const connection = this.#parts.front.connect(stream, request.url ?? '/', address)
      if (connection === null) ws.close(1008, 'no stream at this path')
      else stream.serve(connection)
    })
  }

  #later(delayMs: number, act: () => void): void {
    const guarded = () => {
      try {
        act()
      } catch (error) {
        this.#parts.onError(error)
      }
    }
    if (delayMs <= 0) guarded()
    else this.#parts.clock.after(delayMs, guarded)
  }
}

/** Null when the body is no UTF-8. */
function requestOf(incoming: IncomingMessage, bytes: Buffer): FrontRequest | null {
  let body: string
  try {
    body = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
  const target = incoming.url ?? '/'
  const mark = target.indexOf('?')
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = Array.isArray(value) ? (value[0] ?? '') : (value ?? '')
  }
  return {
    method: (incoming.method ?? 'GET').toUpperCase(),
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers,
    body,
    address: incoming.socket.remoteAddress ?? HOST,
  }
}

const htmlPage = (status: number): FrontResponse => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>Attention required</title></head><body><h1>One more step</h1></body></html>',
})
