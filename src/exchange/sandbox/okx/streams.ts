/** OKX's WebSockets: public, private and business, with login, subscriptions, quotas and what is pushed on them. */
import type { MarketEvent } from '../../../domain/market.ts'
import type {
  FrontConnection,
  FrontSocket,
  RateRule,
  SandboxAccount,
  SandboxBackend,
  SandboxEvent,
} from '../front.ts'
import { balanceRow, positionMessage } from './account-routes.ts'
import { OkxError } from './answers.ts'
import { BookStream, isBookChannel } from './book-stream.ts'
import {
  averageText,
  moneyText,
  type OkxContract,
  type OkxContracts,
  priceText,
  sizeText,
} from './contracts.ts'
import { isStop, type OkxRow, orderMessage, stopMessage } from './order-views.ts'
import {
  barMsOf,
  candleRow,
  fundingRow,
  indexRow,
  instrumentRow,
  markRow,
  tickerRow,
} from './public-routes.ts'
import { authenticateLogin } from './signature.ts'

/** OKX closes a stream on which nothing was said for so long. */
const IDLE_MS = 30_000
const FUNDING_EVERY_S = 30
const ACCOUNT_EVERY_S = 5
/** Logins, subscriptions and unsubscriptions of one connection in an hour. */
const REQUESTS: RateRule = { name: 'ws-requests', kind: 'bucket', limit: 480, windowMs: 3_600_000 }
const CONNECTS: RateRule = { name: 'ws-connects', kind: 'bucket', limit: 3, windowMs: 1000 }
const PRIVATE = ['orders', 'positions', 'account', 'balance_and_position']
const BUSINESS_PRIVATE = ['orders-algo', 'algo-advance']
const PUBLIC = [
  'tickers',
  'mark-price',
  'index-tickers',
  'funding-rate',
  'trades',
  'instruments',
  'status',
  'open-interest',
]

type Kind = 'public' | 'private' | 'business'
type Arg = Readonly<Record<string, string>>

interface Subscription {
  readonly arg: Arg
  readonly contract: OkxContract | null
  readonly book: BookStream | null
  lastTrade: number
}

export class OkxStreams {
  readonly #backend: SandboxBackend
  readonly #contracts: OkxContracts
  readonly #streams = new Set<OkxStream>()
  #connections = 0
  #seconds = 0

  constructor(backend: SandboxBackend, contracts: OkxContracts) {
    this.#backend = backend
    this.#contracts = contracts
  }

  connect(socket: FrontSocket, path: string, address: string): FrontConnection | null {
    const kind = /^\/ws\/v5\/(public|private|business)(\?.*)?$/.exec(path)?.[1]
    if (kind === undefined) return null
    this.#connections += 1
    const id = this.#connections.toString(16).padStart(8, '0')
    const stream = new OkxStream(
      { backend: this.#backend, contracts: this.#contracts, socket, id },
      kind as Kind,
    )
    if (!this.#backend.take(CONNECTS, address, 1).isAllowed) {
      socket.close(1008, 'Too many connections')
      return stream
    }
    this.#streams.add(stream)
    stream.onEnd = () => this.#streams.delete(stream)
    return stream
  }

  onAccount(account: string, events: readonly SandboxEvent[]): void {
    for (const stream of this.#streams) {
      if (stream.account?.name === account) stream.tellAccount(events)
    }
  }

  onMarket(events: readonly MarketEvent[]): void {
    for (const stream of this.#streams) stream.tellMarket(events)
  }

  onSecond(): void {
    this.#seconds += 1
    for (const stream of this.#streams) stream.onSecond(this.#seconds)
  }
}

interface StreamParts {
  readonly backend: SandboxBackend
  readonly contracts: OkxContracts
  readonly socket: FrontSocket
  readonly id: string
}

class OkxStream implements FrontConnection {
  readonly #parts: StreamParts
  readonly #kind: Kind
  readonly #subscriptions = new Map<string, Subscription>()
  account: SandboxAccount | null = null
  onEnd: () => void = () => {}
  #lastSaidMs: number

  constructor(parts: StreamParts, kind: Kind) {
    this.#parts = parts
    this.#kind = kind
    this.#lastSaidMs = parts.backend.wallMs()
  }

  #send(message: object): void {
    this.#lastSaidMs = this.#parts.backend.wallMs()
    this.#parts.socket.send(JSON.stringify(message))
  }

  onPing(): void {
    this.#lastSaidMs = this.#parts.backend.wallMs()
  }

  onPong(): void {}

  onClose(): void {
    this.onEnd()
  }

  onMessage(text: string): void {
    this.#lastSaidMs = this.#parts.backend.wallMs()
    if (text === 'ping') {
      this.#parts.socket.send('pong')
      return
    }
    try {
      this.#handle(text)
    } catch (error) {
      if (!(error instanceof OkxError)) throw error
      const { code, message: msg } = error
      this.#send({ event: 'error', msg, code, connId: this.#parts.id })
      if (/^600(05|06|07|24)$/.test(code)) this.#parts.socket.close(4001, 'Login failed')
    }
  }

  #handle(text: string): void {
    const message = readMessage(text)
    const { op, args } = message
    if (!this.#parts.backend.take(REQUESTS, `stream ${this.#parts.id}`, 1).isAllowed) {
      throw new OkxError('60014', 'Requests too frequent')
    }
    if (op === 'login') this.#login(args)
    else if (op === 'subscribe' || op === 'unsubscribe') {
      for (const arg of args) this.#subscribe(op, arg)
    } else throw new OkxError('60012', `Illegal request: ${text.slice(0, 200)}`)
  }

  #login(args: readonly Arg[]): void {
    const { backend, id } = this.#parts
    if (this.#kind === 'public') throw new OkxError('60012', 'Illegal request: login on public')
    this.account = authenticateLogin(args[0] ?? {}, backend)
    this.#send({ event: 'login', code: '0', msg: '', connId: id })
  }

  #subscribe(op: 'subscribe' | 'unsubscribe', arg: Arg): void {
    const key = keyOf(arg)
    if (op === 'unsubscribe') {
      this.#subscriptions.delete(key)
      this.#send({ event: 'unsubscribe', arg, connId: this.#parts.id })
      return
    }
    const contract = this.#check(arg)
    const channel = arg['channel'] ?? ''
    const book = isBookChannel(channel) ? new BookStream(this.#parts.backend, channel) : null
    const subscription = { arg, contract, book, lastTrade: 0 }
    this.#subscriptions.set(key, subscription)
    this.#send({ event: 'subscribe', arg, connId: this.#parts.id })
    if (contract !== null) this.#parts.backend.watch(contract.instrument.id)
    this.#begin(subscription)
  }

  /** @throws OkxError 60011, 60018 */
  #check(arg: Arg): OkxContract | null {
    const { channel = '', instId = '', instType = '' } = arg
    const absent = () =>
      new OkxError(
        '60018',
        `Wrong URL or channel:${channel},instId:${instId} doesn't exist. Please use the correct URL, channel and parameters referring to API document.`,
      )
    const isPrivate = this.#kind === 'private' && PRIVATE.includes(channel)
    const isStops = this.#kind === 'business' && BUSINESS_PRIVATE.includes(channel)
    if (isPrivate || isStops) {
      if (this.account === null) throw new OkxError('60011', 'Please log in')
      const isTyped = channel === 'account' || channel === 'balance_and_position'
      if (!isTyped && !['SWAP', 'ANY', 'MARGIN', 'FUTURES', 'OPTION', 'SPOT'].includes(instType))
        throw absent()
      return null
    }
    const isCandle =
      this.#kind === 'business' && /^candle/.test(channel) && barMsOf(channel.slice(6)) !== null
    const isPublic = this.#kind === 'public' && (PUBLIC.includes(channel) || isBookChannel(channel))
    if (!isCandle && !isPublic) throw absent()
    if (channel === 'instruments' || channel === 'status') return null
    const contract = this.#parts.contracts.byId(
      channel === 'index-tickers' ? `${instId}-SWAP` : instId,
    )
    if (contract === null) throw absent()
    return contract
  }

  /** What a subscription is told at once. */
  #begin(subscription: Subscription): void {
    const { arg, contract } = subscription
    const { channel = '' } = arg
    const { backend, contracts } = this.#parts
    if (contract !== null) this.#tellPrice(subscription, contract)
    if (channel === 'funding-rate' && contract !== null) {
      this.#push(arg, [fundingRow(backend, contract)])
    }
    if (channel === 'instruments')
      this.#push(
        arg,
        contracts.all().map((one) => instrumentRow(one)),
      )
    const { account } = this
    if (account === null) return
    if (channel === 'account') this.#push(arg, [balanceRow(backend, account)])
    if (channel === 'positions') this.#push(arg, this.#positions(account))
    if (channel === 'balance_and_position') this.#push(arg, [this.#both(account, 'snapshot')])
  }

  #push(arg: Arg, data: readonly unknown[], more: object = {}): void {
    this.#send({ arg, ...more, data })
  }

  // Market

  tellMarket(events: readonly MarketEvent[]): void {
    for (const subscription of this.#subscriptions.values()) {
      const { contract, arg } = subscription
      if (contract === null) continue
      const id = contract.instrument.id
      const own = events.filter((event) => event.instrument === id)
      if (own.length === 0) continue
      const closed = own.flatMap((event) => (event.kind === 'candle' ? [event.candle] : []))
      if (arg['channel']?.startsWith('candle') && closed.length > 0) {
        this.#tellClosed(subscription, contract, closed)
      }
      this.#tellPrice(subscription, this.#parts.contracts.of(id))
    }
  }

  /** Bars that have ended are told once more, as confirmed. */
  #tellClosed(
    { arg }: Subscription,
    contract: OkxContract,
    closed: readonly { readonly openAt: number; readonly closeAt: number }[],
  ): void {
    const barMs = barMsOf((arg['channel'] ?? '').slice(6)) ?? 60_000
    const ended = closed.filter((one) => one.closeAt % barMs === 0)
    for (const { closeAt } of ended) {
      const bars = this.#parts.backend.candles(contract.instrument.id, {
        barMs,
        until: closeAt - 1,
        limit: 1,
      })
      this.#push(
        arg,
        bars.map((bar) => candleRow(contract, { ...bar, isClosed: true })),
      )
    }
  }

  #tellPrice(subscription: Subscription, contract: OkxContract): void {
    const { arg, book } = subscription
    const { backend } = this.#parts
    const { channel = '' } = arg
    if (book !== null) {
      const message = book.next(contract)
      if (message !== null) this.#send({ arg, ...message })
    } else if (channel === 'tickers') this.#push(arg, [tickerRow(backend, contract)])
    else if (channel === 'mark-price') this.#push(arg, [markRow(backend, contract)])
    else if (channel === 'index-tickers') this.#push(arg, [indexRow(backend, contract)])
    else if (channel === 'trades') this.#tellTrades(subscription, contract)
    else if (channel.startsWith('candle')) {
      const barMs = barMsOf(channel.slice(6)) ?? 60_000
      const [bar] = backend.candles(contract.instrument.id, { barMs, limit: 1 })
      if (bar !== undefined) this.#push(arg, [candleRow(contract, bar)])
    }
  }

  #tellTrades(subscription: Subscription, contract: OkxContract): void {
    const [trade] = this.#parts.backend.trades(contract.instrument.id, 1)
    if (trade === undefined || trade.id === subscription.lastTrade) return
    subscription.lastTrade = trade.id
    const row = {
      instId: contract.instId,
      tradeId: String(trade.id),
      px: priceText(contract, trade.price),
      sz: sizeText(contract, trade.quantity),
      side: trade.side,
      ts: String(trade.at),
      count: '1',
    }
    this.#push(subscription.arg, [row])
  }

  // Account

  tellAccount(events: readonly SandboxEvent[]): void {
    const { account } = this
    if (account === null) return
    for (const event of events) {
      if (event.kind === 'order') this.#tellOrder(event, account)
    }
    const hasMoved = events.some((event) => event.kind !== 'order' || event.fill !== null)
    const hasOrders = events.some((event) => event.kind === 'order')
    for (const { arg } of this.#subscriptions.values()) {
      const { channel } = arg
      const { backend } = this.#parts
      if (channel === 'account' && hasOrders) this.#push(arg, [balanceRow(backend, account)])
      if (!hasMoved) continue
      if (channel === 'account' && !hasOrders) this.#push(arg, [balanceRow(backend, account)])
      if (channel === 'positions') this.#push(arg, this.#moved(events, account))
      if (channel === 'balance_and_position') this.#push(arg, [this.#both(account, 'filled')])
    }
  }

  #tellOrder(
    event: Extract<SandboxEvent, { readonly kind: 'order' }>,
    account: SandboxAccount,
  ): void {
    const { order, fill } = event
    const contract = this.#parts.contracts.of(order.instrument)
    for (const { arg } of this.#subscriptions.values()) {
      const { channel, instType = 'ANY', instId } = arg
      if (instType !== 'SWAP' && instType !== 'ANY') continue
      if (instId !== undefined && instId !== contract.instId) continue
      const isPlaced = !isStop(order) || order.isTriggered
      if (channel === 'orders' && isPlaced) {
        this.#push({ ...arg, uid: account.uid }, [orderMessage(contract, order, fill, account)])
      }
      if (channel === 'orders-algo' && isStop(order)) {
        this.#push({ ...arg, uid: account.uid }, [stopMessage(contract, order, account)])
      }
    }
  }

  #positions(account: SandboxAccount): readonly OkxRow[] {
    const { backend, contracts } = this.#parts
    return account
      .positions()
      .map((held) => positionMessage(backend, contracts.of(held.instrument), held))
  }

  /** Positions of the contracts that were traded; one that is closed is told with a size of 0. */
  #moved(events: readonly SandboxEvent[], account: SandboxAccount): readonly OkxRow[] {
    const { contracts, backend } = this.#parts
    const traded = new Set(
      events.flatMap((event) =>
        event.kind === 'order' && event.fill ? [event.fill.instrument] : [],
      ),
    )
    const held = account.positions()
    const open = held.filter((one) => traded.size === 0 || traded.has(one.instrument))
    const closed = [...traded].filter((id) => !held.some((one) => one.instrument === id))
    return [
      ...open.map((one) => positionMessage(backend, contracts.of(one.instrument), one)),
      ...closed.map((id) => closedPosition(backend, contracts.of(id), account)),
    ]
  }

  #both(account: SandboxAccount, eventType: string): OkxRow {
    const { backend, contracts } = this.#parts
    const { balance, settle } = account.balance()
    const at = String(backend.marketAt())
    return {
      pTime: at,
      eventType,
      balData: [{ ccy: settle, cashBal: moneyText(balance), uTime: at }],
      posData: account.positions().map((held) => {
        const contract = contracts.of(held.instrument)
        return {
          posId: String(held.createdAt),
          tradeId: '',
          instId: contract.instId,
          instType: 'SWAP',
          mgnMode: held.marginMode,
          posSide: 'net',
          pos: sizeText(contract, held.quantity),
          ccy: settle,
          posCcy: '',
          avgPx: averageText(contract, held.entryPrice),
          uTime: String(held.updatedAt),
        }
      }),
      trades: [],
    }
  }

  // Time

  onSecond(seconds: number): void {
    const { backend, contracts, socket } = this.#parts
    if (backend.wallMs() - this.#lastSaidMs > IDLE_MS) {
      socket.close(4004, 'No data received in 30s')
      return
    }
    for (const { arg, contract } of this.#subscriptions.values()) {
      const { channel } = arg
      if (channel === 'funding-rate' && contract !== null && seconds % FUNDING_EVERY_S === 0) {
        this.#push(arg, [fundingRow(backend, contracts.of(contract.instrument.id))])
      }
      if (this.account === null || seconds % ACCOUNT_EVERY_S !== 0) continue
      if (channel === 'account') this.#push(arg, [balanceRow(backend, this.account)])
      const positions = channel === 'positions' ? this.#positions(this.account) : []
      if (positions.length > 0) this.#push(arg, positions)
    }
  }
}

const keyOf = (arg: Arg): string =>
  ['channel', 'instType', 'instFamily', 'instId', 'ccy', 'algoId']
    .map((name) => arg[name] ?? '')
    .join(' ')

function closedPosition(
  backend: SandboxBackend,
  contract: OkxContract,
  account: SandboxAccount,
): OkxRow {
  const { leverage, marginMode } = account.terms(contract.instrument.id)
  const { mark } = backend.price(contract.instrument.id)
  const at = backend.marketAt()
  const zero = 0 as never
  const held = {
    instrument: contract.instrument.id,
    quantity: zero,
    cost: zero,
    entryPrice: 0,
    mark,
    notional: zero,
    unrealised: zero,
    initialMargin: zero,
    maintenanceMargin: zero,
    liquidationPrice: null,
    leverage,
    marginMode,
    createdAt: at,
    updatedAt: at,
  }
  return { ...positionMessage(backend, contract, held), avgPx: '' }
}

function readMessage(text: string): { readonly op: string; readonly args: readonly Arg[] } {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    throw new OkxError('60012', `Illegal request: ${text.slice(0, 200)}`)
  }
  const { op, args } = (message ?? {}) as { readonly op?: unknown; readonly args?: unknown }
  if (typeof op !== 'string' || !Array.isArray(args)) {
    throw new OkxError('60012', `Illegal request: ${text.slice(0, 200)}`)
  }
  return { op, args: args as readonly Arg[] }
}
