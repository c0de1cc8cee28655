/** OKX's front in memory with a client that signs as the documents tell. */
import { createHmac } from 'node:crypto'
import { createOkxFront } from '../../src/exchange/sandbox/okx/okx-front.ts'
import { TestSandbox, type TestSandboxOptions, type TestSocket } from './sandbox.ts'

export const OKX_BTC = 'BTC-USDT-SWAP'
type Row = Record<string, string>

export interface OkxAnswer {
  readonly code: string
  readonly msg: string
  readonly data: readonly Row[]
}

export class OkxClient {
  readonly sandbox: TestSandbox
  status = 0

  constructor(options: Partial<TestSandboxOptions> = {}) {
    this.sandbox = new TestSandbox({ venue: 'okx', front: createOkxFront, ...options })
  }

  headers(method: string, target: string, body: string, change: Row = {}): Row {
    const { apiKey, secretKey, passphrase } = this.sandbox.account.credentials
    const time = new Date(this.sandbox.wallMs).toISOString()
    const text = `${change['OK-ACCESS-TIMESTAMP'] ?? time}${method}${target}${body}`
    return {
      'OK-ACCESS-KEY': apiKey,
      'OK-ACCESS-PASSPHRASE': passphrase,
      'OK-ACCESS-TIMESTAMP': time,
      'OK-ACCESS-SIGN': createHmac('sha256', secretKey).update(text).digest('base64'),
      ...change,
    }
  }

  ask(method: string, path: string, input?: unknown, change: Row = {}): OkxAnswer {
    const body = input === undefined ? '' : JSON.stringify(input)
    const target = `/api/v5/${path}`
    const headers = this.headers(method, target, body, change)
    const answer = this.sandbox.http(method, target, { headers, body })
    this.status = answer.status
    return JSON.parse(answer.body) as OkxAnswer
  }

  get(path: string, change: Row = {}): OkxAnswer {
    return this.ask('GET', path, undefined, change)
  }

  place(parts: Readonly<Record<string, unknown>> = {}, change: Row = {}): OkxAnswer {
    const order = {
      instId: OKX_BTC,
      tdMode: 'cross',
      side: 'buy',
      ordType: 'limit',
      px: '29000',
      sz: '1',
    }
    return this.ask('POST', 'trade/order', { ...order, ...parts }, change)
  }

  /** A stream of a kind, logged in unless it is the public one. */
  stream(kind: 'public' | 'private' | 'business'): TestSocket {
    const socket = this.sandbox.connect(`/ws/v5/${kind}`)
    if (kind === 'public') return socket
    const { apiKey, secretKey, passphrase } = this.sandbox.account.credentials
    const timestamp = String(Math.floor(this.sandbox.wallMs / 1000))
    const sign = createHmac('sha256', secretKey)
      .update(`${timestamp}GET/users/self/verify`)
      .digest('base64')
    socket.say({ op: 'login', args: [{ apiKey, passphrase, timestamp, sign }] })
    return socket
  }
}
