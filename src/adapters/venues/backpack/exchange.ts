/**
 * ccxt's backpack class as this program uses it: requests signed by Node's own Ed25519 (ccxt's takes 1.5 ms of the event
 * loop), with a deadline each, and raw stream messages handed on before ccxt's caches, which lose what they cannot hold.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign as signBytes } from 'node:crypto'
import { hasForm } from '../../../domain/credential-form.ts'
import type { Clock } from '../../../ports/clock.ts'
import {
  CCXT_OPTIONS,
  type CcxtClass,
  type CcxtClient,
  type CcxtExchange,
  type SignedRequest,
} from '../live/ccxt-class.ts'
import { NotSentError } from '../live/errors.ts'
import { admitPlainSockets, guardedClassOf, type SocketTap } from '../live/guarded-class.ts'
import { backpackRefusal } from './errors.ts'

/** Instruction types by method and path (OpenAPI, "Signature Generation"). Only what is sent stands here. */
const INSTRUCTIONS: Readonly<Record<string, string>> = {
  'GET api/v1/account': 'accountQuery',
  'PATCH api/v1/account': 'accountUpdate',
  'GET api/v1/capital': 'balanceQuery',
  'GET api/v1/capital/collateral': 'collateralQuery',
  'GET api/v1/order': 'orderQuery',
  'POST api/v1/order': 'orderExecute',
  'DELETE api/v1/order': 'orderCancel',
  'GET api/v1/orders': 'orderQueryAll',
  'POST api/v1/orders': 'orderExecute',
  'DELETE api/v1/orders': 'orderCancelAll',
  'GET api/v1/position': 'positionQuery',
  'GET wapi/v1/capital/deposit/address': 'depositAddressQuery',
  'GET wapi/v1/capital/deposits': 'depositQueryAll',
  'GET wapi/v1/capital/withdrawals': 'withdrawalQueryAll',
  'GET wapi/v1/history/fills': 'fillHistoryQueryAll',
  'GET wapi/v1/history/funding': 'fundingHistoryQueryAll',
  'GET wapi/v1/history/orders': 'orderHistoryQueryAll',
}

const WINDOW_DEFAULT_MS = 5000
const WINDOW_MAX_MS = 60_000
/** ccxt pings every 119 s here, so a dead socket would be found after four minutes. */
const PING_MS = 10_000

export interface BackpackCredentials {
  /** The verifying key, base64. */
  readonly apiKey: string
  /** The seed of the signing key, base64. */
  readonly secretKey: string
}

export interface BackpackUrls {
  readonly rest: string
  readonly ws: string
}

/** What ccxt hands to `sign` as headers: when the venue must refuse the request. */
export interface Deadline {
  /** Venue wall ms. */
  readonly expiresAt: number
}

export interface BackpackExchange extends CcxtExchange {
  apiKey: string
  secret: string
  json(value: unknown): string
  urlencode(value: unknown): string
  keysort<T>(value: T): T
  handleRestResponse(
    response: { readonly status: number; text(): Promise<string> },
    ...rest: unknown[]
  ): Promise<unknown>
  /** Venue wall clock minus ours, ms. */
  clockOffsetMs: number
  /** The frame that subscribes private streams, signed now. */
  subscription(topics: readonly string[]): unknown
}

export interface BackpackExchangeParts {
  readonly credentials: BackpackCredentials
  /** Other addresses than the venue's, e.g. of the sandbox. */
  readonly urls: BackpackUrls | null
  readonly clock: Clock
  readonly tap: () => SocketTap | null
  readonly onMessage: (message: unknown) => void
}

/** PKCS #8 before a raw Ed25519 seed (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

/** @throws NotSentError `credential` when the secret is no seed of 32 bytes */
export function signingKey(secret: string): KeyObject {
  if (!hasForm('seed', secret))
    throw new NotSentError(
      'credential',
      'secret_key',
      'The secret key of backpack is no base64 text of 32 bytes: copy it again from the venue.',
    )
  const seed = Buffer.from(secret, 'base64').subarray(0, 32)
  return createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  })
}

/** The verifying key that belongs to a signing key, as the venue writes it. */
export function verifyingKey(key: KeyObject): string {
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return der.subarray(der.length - 32).toString('base64')
}

/** ccxt's class, made anew for each desk: sockets and clock belong to it. */
export async function backpackExchange(parts: BackpackExchangeParts): Promise<BackpackExchange> {
  const guarded = await guardedClassOf<BackpackExchange>('backpack', parts.tap)
  const exchange = new (backpackClass(guarded, parts))({
    ...CCXT_OPTIONS,
    apiKey: parts.credentials.apiKey,
    secret: parts.credentials.secretKey,
    options: { ws: { keepAlive: PING_MS } },
    ...(parts.urls === null ? {} : { urls: { api: apiUrls(parts.urls) } }),
  })
  await admitPlainSockets(exchange, parts.urls?.ws)
  return exchange
}

const apiUrls = ({ rest, ws }: BackpackUrls) => ({
  public: rest,
  private: rest,
  ws: { public: ws, private: ws },
})

function backpackClass(
  Base: CcxtClass<BackpackExchange>,
  { credentials, clock, onMessage }: BackpackExchangeParts,
): CcxtClass<BackpackExchange> {
  const key = signingKey(credentials.secretKey)
  class Backpack extends Base {
    override clockOffsetMs = 0

    override sign(
      path: string,
      api: string,
      method: string,
      params: unknown,
      deadline?: unknown,
    ): SignedRequest {
      if (api !== 'private') return super.sign(path, api, method, params)
      const sorted = Array.isArray(params) ? params : this.keysort(params)
      const headers = this.#signed(queryText(this, path, method, sorted), deadline)
      return requestOf(this, path, method, sorted, headers)
    }

    /** ccxt's own X-Broker-Id is left out: it would book this account's orders to ccxt. */
    #signed(query: string, deadline: unknown): Record<string, string> {
      const timestamp = Math.floor(clock.wallMs() + this.clockOffsetMs)
      const window = windowMs(timestamp, deadline as Deadline | undefined)
      const text = `${query}timestamp=${timestamp}&window=${window}`
      return {
        'X-Timestamp': String(timestamp),
        'X-Window': String(window),
        'X-API-Key': this.apiKey,
        'X-Signature': signBytes(null, Buffer.from(text), key).toString('base64'),
      }
    }

    override subscription(topics: readonly string[]): unknown {
      const headers = this.#signed('instruction=subscribe&', undefined)
      const names = ['X-API-Key', 'X-Signature', 'X-Timestamp', 'X-Window']
      return { method: 'SUBSCRIBE', params: topics, signature: names.map((name) => headers[name]) }
    }

    /** 202 = accepted and not yet done; ccxt hands on bodies alone, so it is told as null here. */
    override async handleRestResponse(
      response: { readonly status: number; text(): Promise<string> },
      ...rest: unknown[]
    ): Promise<unknown> {
      if (response.status !== 202) return super.handleRestResponse(response, ...rest)
      await response.text()
      return null
    }

    override handleErrors(
      status: number,
      _reason: string,
      _url: string,
      _method: string,
      _headers: unknown,
      _body: string,
      answer: unknown,
    ): unknown {
      return acceptOrThrow(status, answer)
    }

    override handleMessage(_client: CcxtClient, message: unknown): void {
      onMessage(message)
    }
  }
  return Backpack as unknown as CcxtClass<BackpackExchange>
}

/** Whether the answer is one. @throws VenueError */
function acceptOrThrow(status: number, answer: unknown): true {
  const { code, message } = (answer ?? {}) as { code?: unknown; message?: unknown }
  if (status < 400 && typeof code !== 'string') return true
  throw backpackRefusal(
    status,
    typeof code === 'string' ? code : null,
    typeof message === 'string' ? message : undefined,
  )
}

/** Parameters stand in the query of a question, else in the body. */
function requestOf(
  exchange: BackpackExchange,
  path: string,
  method: string,
  params: unknown,
  headers: Record<string, string>,
): SignedRequest {
  const url = `${(exchange.urls.api as BackpackApiUrls).private}/${path}`
  if (method !== 'GET') {
    const typed = { ...headers, 'Content-Type': 'application/json' }
    return { url, method, headers: typed, body: exchange.json(params) }
  }
  const query = exchange.urlencode(params)
  return { url: query === '' ? url : `${url}?${query}`, method, headers }
}

interface BackpackApiUrls {
  readonly private: string
}

/** What is signed before the time; the orders of a batch each with their instruction. */
function queryText(
  exchange: BackpackExchange,
  path: string,
  method: string,
  params: unknown,
): string {
  const instruction = INSTRUCTIONS[`${method} ${path}`]
  if (instruction === undefined)
    throw new NotSentError(
      'rejected',
      'no_instruction',
      `${method} ${path} of backpack is not used.`,
    )
  const rows: readonly unknown[] = Array.isArray(params) ? params : [params]
  return rows
    .map((row) => {
      const query = exchange.urlencode(exchange.keysort(row))
      return `instruction=${instruction}&${query === '' ? '' : `${query}&`}`
    })
    .join('')
}

/**
 * How long the request is good for: to its deadline, and never longer than the venue allows.
 * @throws NotSentError `rejected` when the deadline has passed
 */
export function windowMs(timestamp: number, deadline: Deadline | undefined): number {
  if (deadline === undefined) return WINDOW_DEFAULT_MS
  const leftMs = Math.min(WINDOW_MAX_MS, Math.floor(deadline.expiresAt - timestamp))
  if (leftMs > 0) return leftMs
  throw new NotSentError(
    'rejected',
    'expired',
    'The order was not sent to backpack: its deadline had passed before it could be signed.',
  )
}
