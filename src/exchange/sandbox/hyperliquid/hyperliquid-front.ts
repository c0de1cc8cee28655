/**
 * The sandbox speaks Hyperliquid: `POST /info`, `POST /exchange`, WebSocket `/ws`. Written from the venue's documents and
 * recorded messages; docs/concepts/sandbox.md says what is there and what is not.
 */
import type { MarketEvent } from '../../../domain/market.ts'
import type {
  Classified,
  EndpointClass,
  FrontConnection,
  FrontRequest,
  FrontResponse,
  FrontSocket,
  SandboxBackend,
  SandboxEvent,
  VenueFront,
  WordedFault,
} from '../front.ts'
import { AccountBook } from './account-book.ts'
import { AddressBudget, type BudgetTerms, exhaustedText } from './budget.ts'
import { DeadMan } from './dead-man.ts'
import { type Answer, ExchangeEndpoint, err, TOO_MANY, type Verified } from './exchange-endpoint.ts'
import { InfoEndpoint } from './info-endpoint.ts'
import { OrderDesk } from './order-desk.ts'
import { unknownSigner } from './refusals.ts'
import { StreamHub } from './stream-hub.ts'
import { Universe } from './universe.ts'
import { MalformedBody } from './wire-reader.ts'

export interface HyperliquidOptions {
  readonly budget: BudgetTerms
  /** USDC that must have been traded before `scheduleCancel` can be armed. */
  readonly scheduleCancelVolume: number
  /** Which chain signatures must name. */
  readonly isMainnet: boolean
}

const DEFAULTS: HyperliquidOptions = {
  budget: { initial: 10_000, perUsdc: 1 },
  scheduleCancelVolume: 1_000_000,
  isMainnet: true,
}

const ACTION_CLASSES: Readonly<Record<string, EndpointClass>> = {
  order: 'place',
  cancel: 'cancel',
  cancelByCloid: 'cancel',
  scheduleCancel: 'cancel',
  modify: 'amend',
  batchModify: 'amend',
}

const INFO_CLASSES: ReadonlyMap<unknown, EndpointClass> = new Map([
  ['orderStatus', 'orders'],
  ['openOrders', 'orders'],
  ['frontendOpenOrders', 'orders'],
  ['historicalOrders', 'orders'],
  ['userFills', 'orders'],
  ['userFillsByTime', 'orders'],
  ['exchangeStatus', 'time'],
])

export class HyperliquidFront implements VenueFront {
  readonly venue = 'hyperliquid'
  readonly #backend: SandboxBackend
  readonly #book: AccountBook
  readonly #budget: AddressBudget
  readonly #deadMan: DeadMan
  readonly #exchange: ExchangeEndpoint
  readonly #info: InfoEndpoint
  readonly #hub: StreamHub

  constructor(backend: SandboxBackend, options: Partial<HyperliquidOptions> = {}) {
    const { budget, scheduleCancelVolume, isMainnet } = { ...DEFAULTS, ...options }
    const universe = new Universe(backend)
    const desk = new OrderDesk(backend, universe)
    const deadMan = new DeadMan(scheduleCancelVolume)
    const addressBudget = new AddressBudget(backend, budget)
    const parts = { backend, universe, desk, deadMan, budget: addressBudget, isMainnet }
    const exchange = new ExchangeEndpoint(parts)
    const book = new AccountBook(backend, universe, desk)
    const info = new InfoEndpoint({ backend, universe, book, budget: addressBudget, exchange })
    this.#backend = backend
    this.#book = book
    this.#budget = addressBudget
    this.#deadMan = deadMan
    this.#exchange = exchange
    this.#info = info
    this.#hub = new StreamHub({ backend, universe, book, info, exchange })
  }

  classify(request: FrontRequest): Classified {
    if (request.path === '/exchange') return this.#classifyAction(request.body)
    const { type, user } = looseOf(request.body)
    const isOfUser = typeof user === 'string'
    const endpoint = INFO_CLASSES.get(type) ?? (isOfUser ? 'account' : 'market')
    const owner = isOfUser ? this.#backend.accountOf(user.toLowerCase()) : null
    return { endpoint, account: owner?.name ?? null }
  }

  #classifyAction(body: string): Classified {
    const verified = this.#verified(body)
    if (!verified) return { endpoint: 'account', account: null }
    const { request, signer } = verified
    const account = signer === null ? null : this.#backend.accountOf(signer)
    const endpoint = ACTION_CLASSES[request.action.type] ?? 'account'
    return { endpoint, account: account?.name ?? null }
  }

  #verified(body: string): Verified | null {
    try {
      return this.#exchange.verify(body)
    } catch (error) {
      if (error instanceof MalformedBody) return null
      throw error
    }
  }

  http(request: FrontRequest): FrontResponse {
    const { method, path, body, address } = request
    if (method !== 'POST') return { status: 405, body: '' }
    if (path === '/info') return responseOf(this.#info.handle(body, address))
    if (path === '/exchange') return responseOf(this.#exchange.handle(body, address))
    return { status: 404, body: '' }
  }

  word(fault: WordedFault, request: FrontRequest): FrontResponse {
    const { path, body } = request
    if (fault === 'rate_limited') return responseOf(TOO_MANY)
    if (fault === 'banned') return page(403, 'Request blocked.')
    if (fault === 'status_unknown') return page(504, 'Gateway Timeout')
    if (fault === 'busy') return page(502, 'Bad Gateway')
    if (fault === 'maintenance' || path !== '/exchange') return page(503, 'Service Unavailable')
    const verified = this.#verified(body)
    return responseOf(this.#wordAction(fault, verified))
  }

  #wordAction(fault: WordedFault, verified: Verified | null): Answer {
    const signer = verified?.signer ?? `0x${'0'.repeat(40)}`
    const action = verified?.request.action
    switch (fault) {
      case 'address_budget':
        return err(exhaustedText(10_001, 10_000, 0))
      case 'nonce_refused':
        return err(`Invalid nonce: duplicate nonce ${verified?.request.nonce ?? 0}`)
      case 'key_revoked':
      case 'agent_expired':
        return err(unknownSigner(signer))
      default: {
        const error = fault === 'trading_paused' ? 'Trading is halted.' : 'Duplicate cloid.'
        if (action?.type !== 'order') return err(error)
        const statuses = action.orders.map(({ a }) => ({ error: `${error} asset=${a}` }))
        const response = { type: 'order', data: { statuses } }
        return { status: 200, body: { status: 'ok', response } }
      }
    }
  }

  connect(socket: FrontSocket, path: string, address: string): FrontConnection | null {
    return path.split('?')[0] === '/ws' ? this.#hub.connect(socket, address) : null
  }

  onAccount(name: string, events: readonly SandboxEvent[]): void {
    const account = this.#book.named(name)
    if (!account) return
    for (const event of events) {
      if (event.kind === 'payment') this.#book.onPayment(account, event.payment)
      if (event.kind === 'order' && event.fill) this.#budget.onFill(account, event.fill)
    }
    this.#hub.onAccount(account, events)
    for (const event of events) {
      if (event.kind === 'order') this.#book.desk.onOrder(account, event)
    }
  }

  onMarket(events: readonly MarketEvent[]): void {
    this.#hub.onMarket(events)
  }

  onSecond(): void {
    const wallMs = this.#backend.wallMs()
    for (const account of this.#backend.accounts()) {
      if (!this.#deadMan.fires(account, wallMs)) continue
      for (const order of account.openOrders())
        this.#book.desk.end(account, order, 'scheduledCancel')
    }
    this.#hub.onSecond()
  }
}

export const createHyperliquidFront = (backend: SandboxBackend): VenueFront =>
  new HyperliquidFront(backend)

/** A type and a user, whatever else the body is. */
function looseOf(body: string): { readonly type?: unknown; readonly user?: unknown } {
  try {
    const json: unknown = JSON.parse(body)
    return typeof json === 'object' && json !== null ? json : {}
  } catch {
    return {}
  }
}

function responseOf({ status, body }: Answer): FrontResponse {
  if (typeof body !== 'string' || status === 200) return { status, body: JSON.stringify(body) }
  return { status, headers: { 'content-type': 'text/plain' }, body }
}

const page = (status: number, text: string): FrontResponse => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<html><head><title>${status} ${text}</title></head><body><h1>${text}</h1></body></html>`,
})
