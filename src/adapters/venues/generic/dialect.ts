/**
 * Any other perpetual venue of ccxt, by its unified methods alone. *Unverified*: nobody has compared it with recorded messages
 * or a sandbox, so it needs an explicit acceptance, and everything that is not proven stays unknown: the venue's deadlines are
 * not known, so an order that is not found is never taken for one that does not exist. See docs/concepts/venues.md.
 */
import type { Instrument } from '../../../domain/instrument.ts'
import type { Candle } from '../../../domain/market.ts'
import type { ClientOrderId } from '../../../domain/order.ts'
import type { HistogramCounts } from '../../../domain/statistic/histogram.ts'
import type {
  CancelOutcome,
  PlaceOutcome,
  VenueBalance,
  VenueOrder,
  VenuePosition,
} from '../../../domain/venue-report.ts'
import type { RequestPool, RequestPriority } from '../../../ports/request-budget.ts'
import { VenueError } from '../../../ports/venue.ts'
import { CCXT_OPTIONS, loadCcxtClass } from '../live/ccxt-class.ts'
import { moneyFrom, priceText, stepsText } from '../live/decimal.ts'
import type {
  AccountFacts,
  DialectListener,
  DialectParts,
  InstrumentFacts,
  VenueDialect,
  VenueFact,
  VenueTraits,
  WireOrder,
} from '../live/dialect.ts'
import { guardedClass } from '../live/guarded-class.ts'
import { HostGuard, hostsOf } from '../live/hosts.ts'
import { type EndpointClass, Transport } from '../live/transport.ts'
import { classesOf, outcomeOfFailure } from './outcomes.ts'
import {
  type Contract,
  candleFrom,
  contractFrom,
  fillFrom,
  fundingFrom,
  orderFrom,
  positionFrom,
  priceFromTicker,
} from './reports.ts'
import { WatchLoops } from './streams.ts'
import {
  missingOf,
  type UnifiedExchange,
  type UnifiedMarket,
  type UnifiedOrder,
} from './unified.ts'

const TRAITS: VenueTraits = {
  idScheme: 'text',
  deadlineMs: null,
  batchMax: 1,
  deadMan: null,
  deadManMs: null,
  hasRestingStops: false,
  hasClosePosition: false,
}
/** What ccxt gives every venue without a limit of its own: far below what any allows. */
const POOLS: readonly RequestPool[] = [
  { name: 'requests', capacity: 20, refillPerS: 5, reserve: 5, scope: 'address' },
]
const MINUTE_MS = 60_000
const KNOWN_MAX = 10_000

export class GenericDialect implements VenueDialect {
  readonly venue: string
  readonly traits = TRAITS
  readonly pools = POOLS
  readonly streams = ['orders']
  readonly #parts: DialectParts
  readonly #exchange: UnifiedExchange
  readonly #transport: Transport
  readonly #loops: WatchLoops
  readonly #contracts = new Map<string, Contract>()
  /** The venue's numbers of orders by our ids, and the other way round; only a cache. */
  readonly #orderIds = new Map<ClientOrderId, string>()
  readonly #clientIds = new Map<string, ClientOrderId>()
  #listener: DialectListener | null = null
  #settle = 'USDT'

  /** @throws VenueError `rejected` when the venue was not accepted as unverified, or lacks what proves an outcome */
  static async create(venue: string, parts: DialectParts): Promise<GenericDialect> {
    if (!parts.acceptsUnverified)
      throw new VenueError(
        'rejected',
        'unverified',
        `The adapter of ${venue} is not verified: accept that with exchange_config.accept_unverified true, or take okx, hyperliquid, backpack or aster.`,
      )
    const Base = await loadCcxtClass<UnifiedExchange>(venue)
    let dialect: GenericDialect | null = null
    // Without a list of our own the hosts that the pinned release names are the list.
    const guard = new HostGuard(venue, hostsOf(new Base({}).urls.api, new Base({}).hostname))
    const Guarded = guardedClass(Base, guard, () => dialect?.tap ?? null)
    const { apiKey, secretKey, passphrase, walletAddress, privateKey } = parts.credentials
    const exchange = new Guarded({
      ...CCXT_OPTIONS,
      ...{ apiKey, secret: secretKey, password: passphrase, walletAddress, privateKey },
      options: { defaultType: 'swap', maxRetriesOnFailure: 0 },
    })
    if (parts.restUrl !== null || parts.wsUrl !== null)
      throw new VenueError(
        'rejected',
        'urls',
        `base_url and ws_url cannot be set for ${venue}: leave them out.`,
      )
    if (parts.isTestnet) exchange.setSandboxMode(true)
    const missing = missingOf(exchange)
    if (missing.length > 0)
      throw new VenueError(
        'rejected',
        'not_supported',
        `${venue} cannot be traded on: ccxt has no ${missing.join(', ')} for it.`,
      )
    dialect = new GenericDialect(venue, parts, exchange)
    return dialect
  }

  private constructor(venue: string, parts: DialectParts, exchange: UnifiedExchange) {
    const { clock, budget, random } = parts
    this.venue = venue
    this.#parts = parts
    this.#exchange = exchange
    this.#transport = new Transport({ venue, clock, budget, random })
    this.#loops = new WatchLoops({
      ...{ clock, random, exchange },
      onLive: (stream) => this.#listener?.onLive(stream),
      onGap: (stream, reason) => this.#listener?.onGap(stream, reason),
      onFrame: () => this.#listener?.onMessage(),
    })
  }

  get tap(): WatchLoops {
    return this.#loops
  }
  get roundTrips(): HistogramCounts {
    return this.#transport.roundTrips
  }

  #call<T>(
    name: string,
    send: () => Promise<T>,
    endpoint: EndpointClass = 'account',
    priority: RequestPriority = 'reconcile',
  ): Promise<T> {
    const costs = [{ pool: 'requests', weight: 1 }]
    return this.#transport.call({ name, endpoint, priority, costs }, send)
  }

  async open(): Promise<AccountFacts> {
    const exchange = this.#exchange
    await this.#call('markets', () => exchange.loadMarkets(), 'market', 'data')
    const clockOffsetMs = await this.clockOffsetMs()
    const warnings = [`${this.venue} is traded by an adapter that nobody has verified`]
    if (exchange.has['fetchPositionMode'] === true) {
      const mode = await this.#call('position mode', () => exchange.fetchPositionMode())
      if (mode.hedged === true)
        throw new VenueError(
          'rejected',
          'position_mode',
          `The account keeps long and short positions apart: set it to one-way at ${this.venue}.`,
        )
    } else warnings.push('the venue does not tell its position mode: see that it is one-way')
    if (exchange.has['fetchFundingHistory'] !== true)
      warnings.push('the venue does not tell what funding was paid: the balance differs by it')
    const { walletAddress } = this.#parts.credentials
    // The venue names no account in common words: a change of it is noticed only by its wallet.
    const fingerprint = `${this.venue}:${walletAddress ?? 'account'}`
    return { fingerprint, canWithdraw: null, isAddressBound: null, clockOffsetMs, warnings }
  }

  async clockOffsetMs(): Promise<number> {
    if (this.#exchange.has['fetchTime'] !== true) return 0
    const before = this.#parts.clock.wallMs()
    const at = await this.#call('time', () => this.#exchange.fetchTime(), 'market', 'data')
    return Number(at) - (before + this.#parts.clock.wallMs()) / 2
  }

  #contract(symbol: string): Contract {
    const known = this.#contracts.get(symbol)
    if (known) return known
    const market = this.#exchange.markets?.[symbol] as UnifiedMarket | undefined
    if (!market)
      throw new VenueError(
        'rejected',
        'no_such_contract',
        `${this.venue} has no contract ${symbol}.`,
      )
    const contract = contractFrom(this.#exchange, market)
    this.#contracts.set(symbol, contract)
    return contract
  }

  async instrument(symbol: string): Promise<InstrumentFacts> {
    const contract = this.#contract(symbol)
    const { instrument } = contract
    const ticker = await this.#call(
      'ticker',
      () => this.#exchange.fetchTicker(symbol),
      'market',
      'data',
    )
    this.#settle = instrument.settle
    return {
      instrument,
      price: priceFromTicker(contract, ticker),
      at: ticker.timestamp ?? this.#parts.clock.wallMs(),
      fees: { maker: instrument.makerFee, taker: instrument.takerFee },
    }
  }

  async setTerms(
    { symbol }: Instrument,
    leverage: number,
    marginMode: 'isolated' | 'cross',
  ): Promise<void> {
    const exchange = this.#exchange
    if (exchange.has['setMarginMode'] === true)
      await this.#call('margin mode', () =>
        exchange.setMarginMode(marginMode, symbol, { leverage }),
      ).catch(ignoreUnchanged)
    if (exchange.has['setLeverage'] === true)
      await this.#call('leverage', () => exchange.setLeverage(leverage, symbol)).catch(
        ignoreUnchanged,
      )
  }

  async place(orders: readonly WireOrder[]): Promise<readonly PlaceOutcome[]> {
    return await Promise.all(orders.map((order) => this.#placeOne(order)))
  }

  async #placeOne({ clientId, instrument, request }: WireOrder): Promise<PlaceOutcome> {
    const { step } = this.#contract(instrument.symbol)
    if (request.trigger !== null || request.quantity === 'position')
      return { kind: 'rejected', clientId, reason: 'venue_rejected' }
    const amount = stepsText(step, request.quantity)
    const price = request.price === null ? undefined : priceText(instrument, request.price)
    const params = {
      clientOrderId: clientId,
      ...(request.isReduceOnly ? { reduceOnly: true } : {}),
      // Both together contradict each other at some venues.
      ...(request.isPostOnly
        ? { postOnly: true }
        : request.kind === 'limit' && request.timeInForce === 'ioc'
          ? { timeInForce: 'IOC' }
          : {}),
    }
    let refusal: unknown = null
    try {
      const order = await this.#call(
        'order',
        () =>
          this.#exchange
            .createOrder(instrument.symbol, request.kind, request.side, amount, price, params)
            .catch((error: unknown) => {
              refusal = error
              throw error
            }),
        'order',
        request.isReduceOnly ? 'reduce' : 'place',
      )
      this.#learn({ ...order, clientOrderId: clientId })
      return { kind: 'accepted', clientId, status: 'open', quantityFilled: 0 as never }
    } catch (error) {
      return outcomeOfFailure(refusal ?? error, clientId)
    }
  }

  async cancel(
    instrument: Instrument,
    ids: readonly ClientOrderId[],
  ): Promise<readonly CancelOutcome[]> {
    return await Promise.all(ids.map((id) => this.#cancelOne(instrument, id)))
  }

  async #cancelOne(instrument: Instrument, clientId: ClientOrderId): Promise<CancelOutcome> {
    try {
      const id = await this.#orderId(instrument, clientId)
      if (id !== null) {
        const send = () => this.#exchange.cancelOrder(id, instrument.symbol)
        await this.#call('cancel', send, 'order', 'cancel').catch((error: unknown) => {
          if (error instanceof VenueError && error.kind !== 'unknown') throw error
        })
      }
      // Whatever it answered: how the order stands now is what counts.
      const found = await this.lookup(instrument, clientId)
      if (!found) return { kind: 'absent', clientId }
      if (found.status === 'open') return { kind: 'pending', clientId }
      return { kind: 'final', clientId, status: found.status, quantityFilled: found.quantityFilled }
    } catch (error) {
      return {
        kind: 'unknown',
        clientId,
        reason: error instanceof VenueError ? error.code : 'failed',
      }
    }
  }

  async #orderId({ symbol }: Instrument, clientId: ClientOrderId): Promise<string | null> {
    if (clientId.startsWith('venue:')) return clientId.slice('venue:'.length)
    const known = this.#orderIds.get(clientId)
    if (known !== undefined) return known
    for (const order of await this.#call('orders', () => this.#exchange.fetchOpenOrders(symbol)))
      this.#learn(order)
    return this.#orderIds.get(clientId) ?? null
  }

  async lookup(instrument: Instrument, clientId: ClientOrderId): Promise<VenueOrder | null> {
    const { symbol } = instrument
    const contract = this.#contract(symbol)
    const id = await this.#orderId(instrument, clientId)
    if (id !== null) {
      const order = await this.#call('order', () =>
        this.#exchange.fetchOrder(id, symbol).catch((error: unknown) => {
          if (classesOf(error).includes('OrderNotFound')) return null
          throw error
        }),
      )
      return order ? orderFrom(contract, { ...order, clientOrderId: clientId }) : null
    }
    if (this.#exchange.has['fetchClosedOrders'] !== true) return null
    const closed = await this.#call('orders', () => this.#exchange.fetchClosedOrders(symbol))
    const found = closed.find((order) => order.clientOrderId === clientId)
    return found ? orderFrom(contract, found) : null
  }

  #learn({ id, clientOrderId }: UnifiedOrder): void {
    if (!id || !clientOrderId) return
    this.#orderIds.set(clientOrderId as ClientOrderId, id)
    this.#clientIds.set(id, clientOrderId as ClientOrderId)
    if (this.#clientIds.size <= KNOWN_MAX) return
    for (const map of [this.#orderIds, this.#clientIds] as Map<string, unknown>[]) {
      const [oldest] = map.keys()
      if (oldest !== undefined) map.delete(oldest)
    }
  }

  async openOrders(): Promise<readonly VenueOrder[]> {
    const orders = await this.#call('orders', () => this.#exchange.fetchOpenOrders())
    return orders.flatMap((order) => {
      const contract = this.#known(order.symbol)
      if (!contract) return []
      this.#learn(order)
      return [orderFrom(contract, order)]
    })
  }

  /** Of a symbol that is a contract we can count; null for anything else. */
  #known(symbol: string | undefined): Contract | null {
    try {
      return symbol === undefined ? null : this.#contract(symbol)
    } catch {
      return null
    }
  }

  async factsSince(at: number): Promise<readonly VenueFact[]> {
    const all = await Promise.all(
      [...this.#contracts].map(([symbol, one]) => this.#facts(symbol, one, at)),
    )
    return all.flat().sort((a, b) => a.at - b.at)
  }

  async #facts(symbol: string, contract: Contract, at: number): Promise<readonly VenueFact[]> {
    const exchange = this.#exchange
    const trades = await this.#call('trades', () => exchange.fetchMyTrades(symbol, at))
    const unknown = trades.some(({ order }) => order !== undefined && !this.#clientIds.has(order))
    if (unknown && exchange.has['fetchClosedOrders'] === true)
      for (const order of await this.#call('orders', () => exchange.fetchClosedOrders(symbol)))
        this.#learn(order)
    const fills = trades.flatMap((trade) => {
      const fact = fillFrom(contract, trade, this.#clientIds.get(trade.order ?? '') ?? null)
      return fact && fact.at >= at ? [fact] : []
    })
    if (exchange.has['fetchFundingHistory'] !== true) return fills
    const paid = await this.#call('funding', () => exchange.fetchFundingHistory(symbol, at))
    return [
      ...fills,
      ...paid.map((one) => fundingFrom(contract, one)).filter((one) => one.at >= at),
    ]
  }

  async positions(): Promise<readonly VenuePosition[]> {
    const rows = await this.#call('positions', () => this.#exchange.fetchPositions())
    return rows.flatMap((row) => {
      const contract = this.#known(row.symbol)
      const position = contract ? positionFrom(contract, row) : null
      return position ? [position] : []
    })
  }

  async balance(): Promise<VenueBalance> {
    const settle = this.#settle
    const all = await this.#call('balance', () => this.#exchange.fetchBalance({ type: 'swap' }))
    const { total } = (all[settle] ?? {}) as { readonly total?: string }
    const amount = moneyFrom(total ?? '0')
    return { settle, equity: amount, balance: amount }
  }

  async candles({ symbol }: Instrument, openedFrom: number): Promise<readonly Candle[]> {
    const contract = this.#contract(symbol)
    const ask = () => this.#exchange.fetchOHLCV(symbol, '1m', openedFrom, 500)
    const rows = await this.#call('candles', ask, 'market', 'data')
    // The last one may still run.
    return rows.slice(0, -1).map((row) => candleFrom(contract, row))
  }

  listen(listener: DialectListener): void {
    this.#listener = listener
    this.#loops.start('orders', async () => {
      for (const order of await this.#exchange.watchOrders()) this.#learn(order)
      // What was executed is asked: not every venue tells it with the order.
      const at = this.#parts.clock.wallMs() - MINUTE_MS
      this.#listener?.onFacts(await this.factsSince(at))
    })
  }

  watch(instrument: Instrument): void {
    const { symbol, id } = instrument
    const contract = this.#contract(symbol)
    this.#loops.start(`prices of ${symbol}`, async () => {
      const ticker = await this.#exchange.watchTicker(symbol)
      const at = ticker.timestamp ?? this.#parts.clock.wallMs()
      this.#listener?.onPrice(id, priceFromTicker(contract, ticker), at)
    })
    if (this.#exchange.has['watchOHLCV'] !== true) return
    let running: readonly unknown[] | null = null
    this.#loops.start(`candles of ${symbol}`, async () => {
      for (const row of await this.#exchange.watchOHLCV(symbol, '1m')) {
        // A candle is final when the next one has begun.
        const before = running
        running = row
        if (!before || Number(row[0]) <= Number(before[0])) continue
        const candle = candleFrom(contract, before)
        this.#listener?.onCandle(id, candle, true, { last: candle.close, mark: candle.close })
      }
    })
  }

  async close(): Promise<void> {
    this.#listener = null
    this.#loops.stop()
    await this.#exchange.close()
  }
}

/** Many venues refuse what is set already; a refusal that matters shows when an order is placed. */
function ignoreUnchanged(error: unknown): void {
  if (error instanceof VenueError && error.kind !== 'unknown' && error.kind !== 'rejected')
    throw error
}
