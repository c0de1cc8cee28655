/**
 * OKX's wire (API v5) in front of the sandbox: REST and WebSocket, as its documents describe them. Perpetual contracts that
 * settle in their quote currency, one-way positions.
 */
import type { MarketEvent } from '../../../domain/market.ts'
import type {
  Classified,
  EndpointClass,
  FrontConnection,
  FrontFactory,
  FrontRequest,
  FrontResponse,
  FrontSocket,
  SandboxAccount,
  SandboxBackend,
  SandboxEvent,
  VenueFront,
  WordedFault,
} from '../front.ts'
import { AccountRoutes } from './account-routes.ts'
import { batch, envelope, failure, OkxError } from './answers.ts'
import { OkxContracts } from './contracts.ts'
import { takeLimit, tooMany } from './limits.ts'
import { PublicRoutes } from './public-routes.ts'
import { authenticate } from './signature.ts'
import { OkxStreams } from './streams.ts'
import { ordersIn, TradeRoutes } from './trade-routes.ts'

const PREFIX = '/api/v5/'
const PLACES = /^trade\/(order|batch-orders|order-algo)$/
const CANCELS = /^trade\/(cancel-order|cancel-batch-orders|cancel-algos|cancel-all-after)$/

/** How OKX words what the fault panel asks for: code, text, HTTP status. */
const WORDS: Readonly<Record<WordedFault, readonly [string, string, number]>> = {
  maintenance: ['50001', 'Service temporarily unavailable. Try again later', 503],
  trading_paused: ['51022', 'Contract under suspension.', 200],
  rate_limited: ['50011', 'Too Many Requests', 429],
  banned: ['50011', 'Too Many Requests', 403],
  address_budget: ['50061', 'Sub-account rate limit exceeded.', 429],
  status_unknown: [
    '50004',
    'API endpoint request timeout (does not mean that the request was successful or failed, please check the request result).',
    400,
  ],
  busy: ['50013', 'Systems are busy. Please try again later.', 429],
  duplicate_client_id: ['51016', 'Duplicated client order ID.', 200],
  key_revoked: ['50119', "API key doesn't exist", 401],
  agent_expired: ['50110', 'Invalid IP', 401],
  nonce_refused: ['50102', 'Timestamp request expired', 401],
}

export class OkxFront implements VenueFront {
  readonly venue = 'okx'
  readonly #backend: SandboxBackend
  readonly #public: PublicRoutes
  readonly #account: AccountRoutes
  readonly #trade: TradeRoutes
  readonly #streams: OkxStreams

  constructor(backend: SandboxBackend) {
    this.#backend = backend
    const contracts = new OkxContracts(backend)
    this.#public = new PublicRoutes(backend, contracts)
    this.#account = new AccountRoutes(backend, contracts)
    this.#trade = new TradeRoutes(backend, contracts)
    this.#streams = new OkxStreams(backend, contracts)
  }

  classify(request: FrontRequest): Classified {
    const key = request.headers['ok-access-key'] ?? ''
    const account = key === '' ? null : (this.#backend.accountOf(key)?.name ?? null)
    return { endpoint: classOf(endpointOf(request), request.method), account }
  }

  http(request: FrontRequest): FrontResponse {
    try {
      return this.#answer(request)
    } catch (error) {
      if (error instanceof OkxError) return failure(error)
      throw error
    }
  }

  #answer(request: FrontRequest): FrontResponse {
    const endpoint = endpointOf(request)
    const query = new URLSearchParams(request.query)
    if (isPublic(endpoint)) {
      if (request.method !== 'GET') throw wrongMethod()
      takeLimit(this.#backend, request, endpoint, null, new Map())
      return this.#public.answer(endpoint, query) ?? absent()
    }
    if (endpoint === '') return absent()
    const account = authenticate(request, this.#backend)
    if (request.method === 'GET') {
      takeLimit(this.#backend, request, endpoint, account.uid, new Map())
      const answer =
        this.#trade.get(endpoint, query, account) ?? this.#account.get(endpoint, query, account)
      return answer ?? absent()
    }
    if (request.method !== 'POST') throw wrongMethod()
    return this.#post(request, endpoint, account)
  }

  #post(request: FrontRequest, endpoint: string, account: SandboxAccount): FrontResponse {
    const body = bodyOf(request)
    takeLimit(this.#backend, request, endpoint, account.uid, ordersIn(body))
    const answer =
      this.#trade.post(endpoint, body, account, this.#expiry(request, endpoint)) ??
      this.#account.post(endpoint, body as Readonly<Record<string, unknown>>, account)
    return answer ?? absent()
  }

  /** The header expTime, which only orders have. @throws OkxError 50036 when it has passed */
  #expiry(request: FrontRequest, endpoint: string): number | null {
    const text = request.headers['exptime'] ?? ''
    if (text === '' || !/^trade\/(order|batch-orders|amend-order)$/.test(endpoint)) return null
    if (!/^\d{13}$/.test(text)) throw new OkxError('51000', 'Parameter expTime error', 400)
    if (Number(text) >= this.#backend.wallMs()) return Number(text)
    throw new OkxError(
      '50036',
      "The expTime can't be earlier than the current system time. Please adjust the expTime and try again.",
    )
  }

  word(fault: WordedFault, request: FrontRequest): FrontResponse {
    const [code, text, status] = WORDS[fault]
    if (fault === 'rate_limited') return failure(tooMany())
    const isOrder = PLACES.test(endpointOf(request)) && request.method === 'POST'
    const isOfOrder = fault === 'trading_paused' || fault === 'duplicate_client_id'
    if (!isOrder || !isOfOrder) return envelope(code, text, [], status)
    const orders = bodyOf(request)
    const inputs = Array.isArray(orders) ? orders : [orders]
    return batch(
      inputs.map((input: Readonly<Record<string, unknown>>) => ({
        clOrdId: String(input['clOrdId'] ?? ''),
        ordId: '',
        sCode: code,
        sMsg: text,
        tag: String(input['tag'] ?? ''),
      })),
    )
  }

  connect(socket: FrontSocket, path: string, address: string): FrontConnection | null {
    return this.#streams.connect(socket, path, address)
  }

  onAccount(account: string, events: readonly SandboxEvent[]): void {
    this.#streams.onAccount(account, events)
  }

  onMarket(events: readonly MarketEvent[]): void {
    this.#streams.onMarket(events)
  }

  onSecond(): void {
    this.#trade.onSecond()
    this.#streams.onSecond()
  }
}

export const createOkxFront: FrontFactory = (backend) => new OkxFront(backend)

const endpointOf = ({ path }: FrontRequest): string =>
  path.startsWith(PREFIX) ? path.slice(PREFIX.length) : ''

const isPublic = (endpoint: string): boolean =>
  /^(public|market|system)\//.test(endpoint) || endpoint === 'asset/currencies'

function classOf(endpoint: string, method: string): EndpointClass {
  if (method === 'POST' && PLACES.test(endpoint)) return 'place'
  if (CANCELS.test(endpoint)) return 'cancel'
  if (endpoint === 'trade/amend-order') return 'amend'
  if (endpoint.startsWith('trade/')) return 'orders'
  if (endpoint.startsWith('account/')) return 'account'
  return endpoint === 'public/time' || endpoint === 'system/status' ? 'time' : 'market'
}

const absent = (): FrontResponse => envelope('404', 'Not Found', [], 404)

const wrongMethod = (): OkxError => new OkxError('405', 'Method Not Allowed', 405)

function bodyOf(request: FrontRequest): unknown {
  try {
    return JSON.parse(request.body) as unknown
  } catch {
    throw new OkxError('50002', 'JSON syntax error', 400)
  }
}
