/** A venue on a real socket, for tests of adapters: HTTP and WebSocket on loopback, answered by a function or a sandbox. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { TestSandbox } from './sandbox.ts'

export interface WireRequest {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface WireAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** What the wire does with one request: lets it pass, loses it before or after the venue has seen it, answers itself. */
export type WireFault = 'pass' | 'lose_request' | 'lose_answer' | WireAnswer

export interface WireVenue {
  http(request: WireRequest): WireAnswer
  /** A socket was opened. */
  socket?(socket: WebSocket, target: string): void
}

export class Wire {
  readonly requests: WireRequest[] = []
  readonly sockets = new Set<WebSocket>()
  /** Asked for every request; set by a test. */
  fault: (request: WireRequest) => WireFault = () => 'pass'
  readonly #venue: WireVenue
  readonly #server = createServer((request, response) => void this.#answer(request, response))
  readonly #upgrades = new WebSocketServer({ server: this.#server })
  readonly #open = new Set<Socket>()

  private constructor(venue: WireVenue) {
    this.#venue = venue
    this.#server.on('connection', (socket) => {
      this.#open.add(socket)
      socket.on('close', () => this.#open.delete(socket))
    })
    this.#upgrades.on('connection', (socket, request) => {
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
      this.#venue.socket?.(socket, request.url ?? '/')
    })
  }

  static async open(venue: WireVenue): Promise<Wire> {
    const wire = new Wire(venue)
    await new Promise<void>((resolve) => void wire.#server.listen(0, '127.0.0.1', resolve))
    return wire
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get restUrl(): string {
    return `http://${this.host}`
  }

  get wsUrl(): string {
    return `ws://${this.host}`
  }

  /** Those of a method and path, in their order. */
  sent(method: string, path: string): readonly WireRequest[] {
    return this.requests.filter((one) => one.method === method && one.target.split('?')[0] === path)
  }

  /** Sends a message on every socket. */
  tell(message: unknown): void {
    for (const socket of this.sockets) socket.send(JSON.stringify(message))
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.terminate()
    for (const socket of this.#open) socket.destroy()
    this.#upgrades.close()
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()))
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming)
    this.requests.push(request)
    const fault = this.fault(request)
    if (fault === 'lose_request') return void incoming.socket.destroy()
    const answer = typeof fault === 'string' ? this.#venue.http(request) : fault
    if (fault === 'lose_answer') return void incoming.socket.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(answer.body)
  }
}

async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value)
  return {
    method: incoming.method ?? 'GET',
    target: incoming.url ?? '/',
    headers,
    body: Buffer.concat(chunks).toString(),
  }
}

/** A sandbox whose market a test moves by hand, on a real socket. */
export const sandboxVenue = (sandbox: TestSandbox): WireVenue => ({
  http: ({ method, target, headers, body }) =>
    sandbox.http(method, target, { headers: { ...headers }, body }),
  socket: (socket, target) => {
    const connection = sandbox.front.connect(
      {
        send: (text) => socket.send(text),
        ping: () => socket.ping(),
        close: (code, reason) => socket.close(code, reason),
      },
      target,
      '127.0.0.1',
    )
    if (connection === null) return socket.close(1008)
    socket.on('message', (data) => connection.onMessage(String(data)))
    socket.on('ping', () => connection.onPing())
    socket.on('pong', () => connection.onPong())
    socket.on('close', () => connection.onClose())
  },
})
