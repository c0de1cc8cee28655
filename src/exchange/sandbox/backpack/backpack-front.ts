/**
 * The front of the sandbox that speaks Backpack's wire protocol, written from the venue's descriptions (OpenAPI, AsyncAPI).
 * docs/concepts/sandbox.md tells what it does and what it leaves out.
 */
import type { KeyObject } from 'node:crypto'
import type { MarketEvent } from '../../../domain/market.ts'
import { EngineExpiries } from '../engine-expiries.ts'
import type {
  Classified,
  EndpointClass,
  FrontConnection,
  FrontFactory,
  FrontRequest,
  FrontResponse,
  FrontSocket,
  RateRule,
  SandboxAccount,
  SandboxBackend,
  SandboxEvent,
  VenueFront,
  WordedFault,
} from '../front.ts'
import type { AccountRoute } from './account-call.ts'
import { ACCOUNT_ROUTES } from './account-routes.ts'
import { BookTape } from './book-tape.ts'
import { ORDER_ROUTES } from './order-routes.ts'
import { PUBLIC_ROUTES } from './public-routes.ts'
import { type Params, readBody, readQuery } from './query.ts'
import { type BackpackCode, BackpackRefusal } from './refusal.ts'
import {
  INSTRUCTIONS,
  isSigned,
  signingTexts,
  staleness,
  verifyingKeyOfSeed,
  WINDOW_DEFAULT_MS,
} from './signature.ts'
import { Streams } from './streams.ts'
import type { Json } from './wire.ts'

/** 2000 requests a minute and key: the venue's support pages, not its documents. */
const REQUESTS: RateRule = { name: 'requests', kind: 'window', limit: 2000, windowMs: 60_000 }

const SIGNED_ROUTES: Readonly<Record<string, AccountRoute>> = { ...ORDER_ROUTES, ...ACCOUNT_ROUTES }

export const createBackpackFront: FrontFactory = (backend) => new BackpackFront(backend)

class BackpackFront implements VenueFront {
  readonly venue = 'backpack'
  readonly #backend: SandboxBackend
  readonly #tape: BookTape
  readonly #expiries: EngineExpiries
  readonly #streams: Streams
  readonly #keys = new Map<string, KeyObject>()

  constructor(backend: SandboxBackend) {
    this.#backend = backend
    this.#tape = new BookTape(backend)
    this.#expiries = new EngineExpiries(backend)
    this.#streams = new Streams(backend, this.#tape, (parts) => this.#subscriber(parts))
  }

  classify(request: FrontRequest): Classified {
    const key = request.headers['x-api-key']
    const account = key === undefined ? null : this.#backend.accountOf(key)
    return { endpoint: endpointOf(request), account: account?.name ?? null }
  }

  http(request: FrontRequest): FrontResponse {
    try {
      return this.#answer(request)
    } catch (error) {
      if (error instanceof BackpackRefusal) return refused(error)
      throw error
    }
  }

  #answer(request: FrontRequest): FrontResponse {
    const route = `${request.method} ${request.path}`
    const publicRoute = request.method === 'GET' ? PUBLIC_ROUTES[request.path] : undefined
    const signed = SIGNED_ROUTES[route]
    if (publicRoute === undefined && signed === undefined) {
      throw new BackpackRefusal('RESOURCE_NOT_FOUND', 'Not Found')
    }
    this.#ration(request)
    if (publicRoute !== undefined) {
      const params = readQuery(request.query)
      return answered(publicRoute({ backend: this.#backend, tape: this.#tape, params }))
    }
    if (this.#backend.maintenance().isOn) throw maintenance()
    return answered(this.#signedAnswer(request, route, signed!))
  }

  #ration({ headers, address }: FrontRequest): void {
    const { isAllowed } = this.#backend.take(REQUESTS, headers['x-api-key'] ?? address, 1)
    if (!isAllowed) throw new BackpackRefusal('TOO_MANY_REQUESTS', 'Too many requests')
  }

  #signedAnswer(request: FrontRequest, route: string, handle: AccountRoute): Json {
    const { params, batch } = paramsOf(request)
    const window = request.headers['x-window'] ?? String(WINDOW_DEFAULT_MS)
    const timestamp = request.headers['x-timestamp'] ?? ''
    const account = this.#authenticate({
      apiKey: request.headers['x-api-key'] ?? '',
      signature: request.headers['x-signature'] ?? '',
      texts: signingTexts(INSTRUCTIONS[route] ?? '', batch ?? params, timestamp, window),
      timestamp,
      window,
    })
    return handle({
      backend: this.#backend,
      account,
      params,
      batch: batch ?? [],
      expiresAt: Number(timestamp) + Number(window),
      expiries: this.#expiries,
      tell: (events) => this.#streams.onAccount(account.name, events),
    })
  }

  /** @throws BackpackRefusal UNAUTHORIZED, INVALID_CLIENT_REQUEST or INVALID_SIGNATURE */
  #authenticate(proof: {
    readonly apiKey: string
    readonly signature: string
    readonly texts: readonly string[]
    readonly timestamp: string
    readonly window: string
  }): SandboxAccount {
    const account = this.#backend.accountOf(proof.apiKey)
    if (account === null || account.key.isRevoked) {
      throw new BackpackRefusal('UNAUTHORIZED', 'Unauthorized')
    }
    const stale = staleness(proof.timestamp, proof.window, this.#backend.wallMs())
    if (stale !== null) throw new BackpackRefusal('INVALID_CLIENT_REQUEST', stale)
    if (!isSigned(this.#keyOf(account), proof.texts, proof.signature)) {
      throw new BackpackRefusal('INVALID_SIGNATURE', 'Invalid signature')
    }
    return account
  }

  #keyOf({ credentials }: SandboxAccount): KeyObject {
    const known = this.#keys.get(credentials.secretKey)
    if (known !== undefined) return known
    const key = verifyingKeyOfSeed(credentials.secretKey)
    this.#keys.set(credentials.secretKey, key)
    return key
  }

  /** Of a private subscription: `[verifying key, signature, timestamp, window]`. */
  #subscriber(parts: readonly string[]): SandboxAccount | string {
    const [apiKey = '', signature = '', timestamp = '', window = ''] = parts
    if (parts.length !== 4) return 'Invalid signature'
    try {
      const texts = signingTexts('subscribe', {}, timestamp, window)
      return this.#authenticate({ apiKey, signature, texts, timestamp, window })
    } catch (error) {
      if (error instanceof BackpackRefusal) return error.message
      throw error
    }
  }

  word(fault: WordedFault, request: FrontRequest): FrontResponse {
    const isCancel = request.method === 'DELETE'
    // The venue's own way to leave a cancel open.
    if (fault === 'status_unknown' && isCancel) return { status: 202, body: '' }
    const [code, message] = FAULTS[fault]
    return refused(new BackpackRefusal(code, message))
  }

  connect(socket: FrontSocket, path: string): FrontConnection | null {
    const [bare] = path.split('?')
    return bare === '/' || bare === '' ? this.#streams.connect(socket) : null
  }

  onAccount(account: string, events: readonly SandboxEvent[]): void {
    this.#streams.onAccount(account, events)
  }

  onMarket(events: readonly MarketEvent[]): void {
    this.#streams.onMarket(events)
  }

  onSecond(): void {
    this.#streams.onSecond()
  }
}

const FAULTS: Readonly<Record<WordedFault, readonly [BackpackCode, string]>> = {
  maintenance: ['MAINTENANCE', 'System under maintenance'],
  trading_paused: ['TRADING_PAUSED', 'Trading is paused'],
  rate_limited: ['TOO_MANY_REQUESTS', 'Too many requests'],
  banned: ['FORBIDDEN', 'Forbidden'],
  address_budget: ['TOO_MANY_REQUESTS', 'Too many requests'],
  status_unknown: ['TIMEOUT', 'Request timed out'],
  busy: ['SERVER_ERROR', 'Internal server error'],
  duplicate_client_id: ['INVALID_CLIENT_REQUEST', 'Duplicate client id'],
  key_revoked: ['UNAUTHORIZED', 'Unauthorized'],
  agent_expired: ['UNAUTHORIZED', 'Unauthorized'],
  nonce_refused: ['INVALID_CLIENT_REQUEST', 'Request has expired'],
}

const maintenance = (): BackpackRefusal =>
  new BackpackRefusal('MAINTENANCE', 'System under maintenance')

function refused(refusal: BackpackRefusal): FrontResponse {
  return { status: refusal.status, headers: JSON_TYPE, body: JSON.stringify(refusal.body) }
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }
const TEXT_TYPE = { 'content-type': 'text/plain; charset=utf-8' }

function answered(value: Json): FrontResponse {
  if (value === null) return { status: 200, body: '' }
  if (typeof value === 'string') return { status: 200, headers: TEXT_TYPE, body: value }
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(value) }
}

/** What a request says: of GET its query, else its body; a list is a batch. */
function paramsOf(request: FrontRequest): { params: Params; batch: readonly Params[] | null } {
  if (request.method === 'GET') return { params: readQuery(request.query), batch: null }
  const body = readBody(request.body)
  const isBatchRoute = request.method === 'POST' && request.path === '/api/v1/orders'
  if (isBatchRoute !== Array.isArray(body) || typeof body !== 'object' || body === null) {
    const expected = isBatchRoute ? '[OrderExecutePayload]' : 'an object'
    throw new BackpackRefusal(
      'INVALID_CLIENT_REQUEST',
      `parse request payload error: Expected input type "${expected}"`,
    )
  }
  if (Array.isArray(body)) return { params: {}, batch: body as readonly Params[] }
  return { params: body as Params, batch: null }
}

function endpointOf({ method, path }: FrontRequest): EndpointClass {
  if (path === '/api/v1/order' || path === '/api/v1/orders') {
    return method === 'POST' ? 'place' : method === 'DELETE' ? 'cancel' : 'orders'
  }
  if (path === '/wapi/v1/history/orders' || path === '/wapi/v1/history/fills') return 'orders'
  if (path === '/api/v1/time' || path === '/api/v1/status' || path === '/api/v1/ping') return 'time'
  return PUBLIC_ROUTES[path] === undefined ? 'account' : 'market'
}
