/** The fault panel over HTTP on the loopback: GET, POST and DELETE of /sandbox/faults, with the token of run/sandbox.json. */
import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { FaultWish, SandboxRequest, SandboxState } from '../../protocol/sandbox-messages.ts'
import { ExchangeRefused } from '../refused.ts'

const HOST = '127.0.0.1'
const BODY_LENGTH_MAX = 64 * 1024

export class FaultPanel {
  readonly #token: string
  readonly #handle: (request: SandboxRequest) => SandboxState
  #server: Server | null = null
  port = 0

  constructor(token: string, handle: (request: SandboxRequest) => SandboxState) {
    this.#token = token
    this.#handle = handle
  }

  async listen(port: number): Promise<void> {
    const server = createServer((request, response) => this.#collect(request, response))
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
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }

  #collect(request: IncomingMessage, response: ServerResponse): void {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
      if (body.length > BODY_LENGTH_MAX) request.destroy()
    })
    request.on('error', () => {})
    request.on('end', () => {
      const [status, answer] = this.#answer(request, body)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer))
    })
  }

  #answer(request: IncomingMessage, body: string): readonly [number, unknown] {
    if (!this.#isAllowed(request)) {
      return [401, { error: 'Send the token of run/sandbox.json as Authorization: Bearer.' }]
    }
    const url = new URL(request.url ?? '/', `http://${HOST}`)
    if (url.pathname !== '/sandbox/faults')
      return [404, { error: 'There is only /sandbox/faults.' }]
    try {
      const wanted = requestOf(request.method ?? 'GET', url, body)
      if (wanted === null) return [405, { error: 'Use GET, POST or DELETE.' }]
      return [200, this.#handle(wanted)]
    } catch (error) {
      if (error instanceof ExchangeRefused || error instanceof SyntaxError) {
        return [400, { error: error.message }]
      }
      throw error
    }
  }

  #isAllowed(request: IncomingMessage): boolean {
    const given = Buffer.from(request.headers.authorization ?? '')
    const wanted = Buffer.from(`Bearer ${this.#token}`)
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  }
}

function requestOf(method: string, url: URL, body: string): SandboxRequest | null {
  if (method === 'GET') return { type: 'sandbox', action: 'status' }
  if (method === 'POST') {
    return { type: 'sandbox', action: 'set', fault: JSON.parse(body) as FaultWish }
  }
  if (method !== 'DELETE') return null
  return { type: 'sandbox', action: 'clear', fault: url.searchParams.get('id') }
}
