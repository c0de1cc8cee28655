/**
 * The front of the sandbox that speaks Aster's futures API v3, written from the venue's documents (asterdex/api-docs).
 * docs/concepts/sandbox.md tells what it does and what it leaves out.
 */
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
  SandboxAccount,
  SandboxBackend,
  SandboxEvent,
  VenueFront,
  WordedFault,
} from '../front.ts'
import type { AccountRoute } from './account-call.ts'
import { ACCOUNT_ROUTES } from './account-routes.ts'
import { Countdowns } from './countdowns.ts'
import { ListenKeys } from './listen-keys.ts'
import { Nonces } from './nonces.ts'
import { ORDER_ROUTES } from './order-routes.ts'
import { mandatory, type Params, text } from './params.ts'
import { PUBLIC_ROUTES } from './public-routes.ts'
import { type AsterCode, AsterRefusal } from './refusal.ts'
import {
  approveBuilderFields,
  CHAIN_ID,
  messageDigest,
  readForm,
  type SignedForm,
  signerOf,
  structDigest,
} from './signature.ts'
import { Streams } from './streams.ts'
import { ORDERS, ordersOf, WEIGHT, weightOf } from './weights.ts'
import type { Json } from './wire.ts'

/** So many requests beyond the limit within its minute lead to a ban, and so long it lasts. */
const WARNINGS_MAX = 20
const BAN_MS = 120_000

const SIGNED_ROUTES: Readonly<Record<string, AccountRoute>> = { ...ORDER_ROUTES, ...ACCOUNT_ROUTES }
const APPROVE_BUILDER = 'POST /fapi/v3/approveBuilder'

export const createAsterFront: FrontFactory = (backend) => new AsterFront(backend)

class AsterFront implements VenueFront {
  readonly venue = 'aster'
  readonly #backend: SandboxBackend
  readonly #nonces = new Nonces()
  readonly #expiries: EngineExpiries
  readonly #countdowns: Countdowns
  readonly #listenKeys: ListenKeys
  readonly #streams: Streams
  readonly #builders = new Map<string, Map<string, Json>>()
  /** By address: requests beyond the limit in its minute. */
  readonly #warnings = new Map<string, { readonly minute: number; readonly count: number }>()
  readonly #bannedUntil = new Map<string, number>()

  constructor(backend: SandboxBackend) {
    this.#backend = backend
    this.#expiries = new EngineExpiries(backend)
    this.#countdowns = new Countdowns(backend)
    this.#listenKeys = new ListenKeys(backend)
    this.#streams = new Streams(backend, this.#listenKeys)
    for (const account of backend.accounts()) this.#nonces.restore(...usedNonces(account))
  }

  classify(request: FrontRequest): Classified {
    const user = readForm(formOf(request))?.params.get('user') ?? ''
    const account = this.#backend.accountOf(user.toLowerCase())
    return { endpoint: endpointOf(request), account: account?.name ?? null }
  }

  http(request: FrontRequest): FrontResponse {
    const headers: Record<string, string> = {}
    try {
      const value = this.#answer(request, headers)
      return { status: 200, headers, body: JSON.stringify(value) }
    } catch (error) {
      if (!(error instanceof AsterRefusal)) throw error
      return refused(error, headers)
    }
  }

  #answer(request: FrontRequest, headers: Record<string, string>): Json {
    const route = `${request.method} ${request.path}`
    const publicRoute = request.method === 'GET' ? PUBLIC_ROUTES[request.path] : undefined
    const signed = SIGNED_ROUTES[route]
    const form = readForm(formOf(request))
    if (form === null) throw new AsterRefusal('-1102')
    this.#weigh(request.address, weightOf(route, form.params), headers)
    if (publicRoute !== undefined) {
      return publicRoute({ backend: this.#backend, params: form.params })
    }
    if (signed === undefined) throw new AsterRefusal('-1020', undefined, 404)
    if (this.#backend.maintenance().isOn) throw new AsterRefusal('-1016')
    const account = this.#authenticate(form, route)
    this.#countOrders(account, ordersOf(route, form.params), headers)
    return signed({
      backend: this.#backend,
      account,
      params: form.params,
      expiries: this.#expiries,
      countdowns: this.#countdowns,
      listenKeys: this.#listenKeys,
      builders: this.#buildersOf(account),
      tell: (events) => this.#streams.onAccount(account.name, events),
    })
  }

  // Limits

  /** @throws AsterRefusal -1003 with status 429, or 418 for who goes on regardless */
  #weigh(address: string, weight: number, headers: Record<string, string>): void {
    const now = this.#backend.wallMs()
    const banned = this.#bannedUntil.get(address) ?? 0
    if (banned > now) throw ban(banned)
    const { isAllowed, used, retryAfterMs } = this.#backend.take(WEIGHT, address, weight)
    headers['x-mbx-used-weight-1m'] = String(used)
    if (isAllowed) return
    headers['retry-after'] = String(Math.ceil(retryAfterMs / 1000))
    const minute = Math.floor(now / WEIGHT.windowMs)
    const before = this.#warnings.get(address)
    const count = (before?.minute === minute ? before.count : 0) + 1
    this.#warnings.set(address, { minute, count })
    if (count <= WARNINGS_MAX) throw new AsterRefusal('-1003')
    this.#bannedUntil.set(address, now + BAN_MS)
    throw ban(now + BAN_MS)
  }

  #countOrders(account: SandboxAccount, count: number, headers: Record<string, string>): void {
    if (count === 0) return
    const { isAllowed, used } = this.#backend.take(ORDERS, account.uid, count)
    headers['x-mbx-order-count-1m'] = String(used)
    if (!isAllowed) throw new AsterRefusal('-1015')
  }

  // Who asks

  /** @throws AsterRefusal -1102, -2015, -1022 or -4225 */
  #authenticate(form: SignedForm, route: string): SandboxAccount {
    const { params, signature } = form
    const isMain = route === APPROVE_BUILDER
    const user = params.get('user')?.toLowerCase() ?? ''
    const signer = isMain ? user : text(params, 'signer').toLowerCase()
    const nonce = text(params, 'nonce')
    if (signature === null) throw mandatory('signature')
    const account = this.#backend.accountOf(user === '' ? signer : user)
    if (account === null) throw new AsterRefusal('-2015')
    const { walletAddress, agentAddress } = account.credentials
    const isKnown = signer === agentAddress || signer === walletAddress
    if (!isKnown || account.key.isRevoked || account.key.isAgentExpired) {
      throw new AsterRefusal('-2015')
    }
    const digest = isMain ? approvalDigest(params) : messageDigest(form.message)
    if (signerOf(digest, signature) !== signer) throw new AsterRefusal('-1022')
    this.#nonces.take(walletAddress, nonce, this.#backend.wallMs())
    return account
  }

  #buildersOf(account: SandboxAccount): Map<string, Json> {
    const known = this.#builders.get(account.name) ?? new Map<string, Json>()
    this.#builders.set(account.name, known)
    return known
  }

  word(fault: WordedFault): FrontResponse {
    const [code, status] = FAULTS[fault]
    const message = fault === 'duplicate_client_id' ? 'Duplicate order sent.' : undefined
    if (fault === 'banned') return refused(ban(this.#backend.wallMs() + BAN_MS), {})
    return refused(new AsterRefusal(code, message, status), {})
  }

  connect(socket: FrontSocket, path: string): FrontConnection | null {
    return this.#streams.connect(socket, path)
  }

  onAccount(account: string, events: readonly SandboxEvent[]): void {
    this.#streams.onAccount(account, events)
  }

  onMarket(events: readonly MarketEvent[]): void {
    this.#streams.onMarket(events)
  }

  onSecond(): void {
    this.#countdowns.check()
    this.#streams.onSecond()
  }
}

/** Each kind of fault with the venue's code, and its HTTP status where it is not the usual one. */
const FAULTS: Readonly<Record<WordedFault, readonly [AsterCode, number?]>> = {
  maintenance: ['-1016'],
  trading_paused: ['-4022'],
  rate_limited: ['-1003'],
  banned: ['-1003', 418],
  address_budget: ['-1015'],
  status_unknown: ['-1007'],
  busy: ['-1000', 500],
  duplicate_client_id: ['-2010'],
  key_revoked: ['-2015'],
  agent_expired: ['-2015'],
  nonce_refused: ['-4225'],
}

function usedNonces(account: SandboxAccount): [string, string[]] {
  const orders = [...account.openOrders(), ...account.orderHistory({ limit: 500 })]
  const nonces = orders.map((one) => one.extra['nonce'] ?? '')
  return [account.credentials.walletAddress, nonces]
}

const ban = (untilMs: number): AsterRefusal =>
  new AsterRefusal('-1003', `Way too many requests; IP banned until ${untilMs}.`, 418)

function refused(refusal: AsterRefusal, headers: Record<string, string>): FrontResponse {
  return { status: refusal.status, headers, body: JSON.stringify(refusal.body) }
}

/** Parameters of GET stand in the query; those of others in the body, or in the query as the venue's examples send them. */
const formOf = ({ method, query, body }: FrontRequest): string =>
  method === 'GET' || body === '' ? query : body

/** @throws AsterRefusal -1102 for a nonce or chain that is no number */
function approvalDigest(params: Params): Uint8Array {
  const chain = Number(params.get('signatureChainId') ?? CHAIN_ID)
  const isGood =
    Number.isSafeInteger(chain) && chain > 0 && /^\d{1,20}$/.test(text(params, 'nonce'))
  if (!isGood) throw mandatory('nonce')
  return structDigest('ApproveBuilder', approveBuilderFields(params), chain)
}

const ORDER_QUESTIONS = new Set(['openOrder', 'openOrders', 'allOrders', 'userTrades', 'order'])

function endpointOf({ method, path }: FrontRequest): EndpointClass {
  const name = path.split('/').at(-1) ?? ''
  if (name === 'ping' || name === 'time') return 'time'
  if (name === 'order' || name === 'batchOrders' || name === 'allOpenOrders') {
    if (method === 'POST') return 'place'
    if (method === 'DELETE') return 'cancel'
    if (method === 'PUT') return 'amend'
  }
  if (name === 'noop' || name === 'countdownCancelAll') return 'cancel'
  if (ORDER_QUESTIONS.has(name)) return 'orders'
  return PUBLIC_ROUTES[path] === undefined ? 'account' : 'market'
}
