/** Backpack (USDC perpetuals, cross margin, Ed25519 keys) as a VenueDialect. See docs/concepts/venues.md. */
import type { Instrument, InstrumentId } from '../../../domain/instrument.ts'
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
import { VenueError, type VenueTraits } from '../../../ports/venue.ts'
import { momentFrom, priceFrom, roundedPriceFrom } from '../live/decimal.ts'
import type {
  AccountFacts,
  DialectListener,
  DialectParts,
  InstrumentFacts,
  VenueDialect,
  VenueFact,
  WireOrder,
} from '../live/dialect.ts'
import { NotSentError, placementFailure } from '../live/errors.ts'
import { type EndpointClass, Transport } from '../live/transport.ts'
import {
  accountFacts,
  backpackCredentials,
  backpackUrls,
  fingerprintOf,
  isWithheld,
} from './connect.ts'
import { isNotFound } from './errors.ts'
import { type BackpackExchange, backpackExchange, type Deadline } from './exchange.ts'
import { allRows, listOf, PAGE_ROWS, rowOf } from './history.ts'
import { type Fees, feesOf, instrumentOf, unifiedSymbol } from './instruments.ts'
import {
  canceled,
  cancelFailed,
  clientIdNumber,
  orderPayload,
  placed,
  placedBatch,
} from './orders.ts'
import {
  balanceReport,
  fillFact,
  fundingFact,
  naiveTime,
  orderReport,
  positionReport,
  transferFact,
} from './reports.ts'
import type {
  AccountRow,
  CollateralRow,
  FillRow,
  FundingRow,
  KlineEvent,
  MarketRow,
  OrderRow,
  PositionRow,
  TransferRow,
} from './rows.ts'
import { ACCOUNT, BackpackStreams, candleOf } from './streams.ts'

const SETTLE = 'USDC'
/** The description names no limit; support names 2000 requests a minute and key. A fifth is kept for what lowers risk. */
const POOL: RequestPool = {
  name: 'backpack',
  capacity: 200,
  refillPerS: 33,
  reserve: 40,
  scope: 'account',
}
const COSTS = [{ pool: POOL.name, weight: 1 }]
/** Deposits and withdrawals are listed by when they were asked for and count when they are confirmed: so much later. */
const TRANSFER_MS = 3 * 86_400_000
/** An order is in the history no earlier than it was sent; clocks may differ by this. */
const SENT_SLACK_MS = 60_000
const SENT_MAX = 10_000

interface Question {
  readonly name: string
  readonly path: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly endpoint?: EndpointClass
  readonly priority?: RequestPriority
}

export class BackpackDialect implements VenueDialect {
  readonly venue = 'backpack'
  readonly streams = [ACCOUNT]
  readonly pools = [POOL]
  readonly traits: VenueTraits = {
    idScheme: 'uint32',
    deadlineMs: 2500,
    batchMax: 20,
    deadMan: null,
    deadManMs: null,
    hasRestingStops: true,
    hasClosePosition: true,
  }
  readonly #parts: DialectParts
  readonly #transport: Transport
  readonly #streams: BackpackStreams
  readonly #markets = new Map<string, MarketRow>()
  readonly #instruments = new Map<string, Instrument>()
  /** When orders of this process were sent, venue wall ms: a search of the history need not go further back. */
  readonly #sentAt = new Map<ClientOrderId, number>()
  #exchange: BackpackExchange | null = null
  #fees: Fees | null = null

  constructor(parts: DialectParts) {
    this.#parts = parts
    this.#transport = new Transport({ ...parts, venue: this.venue })
    this.#streams = new BackpackStreams({
      ...parts,
      exchange: () => this.#ccxt(),
      url: () => backpackUrls(parts).ws,
      instrumentOf: (marketId) => this.#perpetual(marketId),
      marketIdOf: (instrument) => this.#marketId(instrument.id),
    })
  }

  get roundTrips(): HistogramCounts {
    return this.#transport.roundTrips
  }

  // Connection

  async open(): Promise<AccountFacts> {
    this.#exchange ??= await this.#makeExchange()
    const offsetMs = await this.clockOffsetMs()
    const account = await this.#loadAccount()
    await this.#loadMarkets()
    const collateral = await this.#collateral()
    const { apiKey } = backpackCredentials(this.#parts.credentials)
    const fingerprint = fingerprintOf(apiKey, await this.#depositAddress())
    return accountFacts(fingerprint, offsetMs, account, collateral)
  }

  #makeExchange(): Promise<BackpackExchange> {
    const { clock, credentials } = this.#parts
    return backpackExchange({
      credentials: backpackCredentials(credentials),
      urls: backpackUrls(this.#parts),
      clock,
      tap: () => this.#streams,
      onMessage: (message) => this.#streams.onMessage(message),
    })
  }

  #ccxt(): BackpackExchange {
    if (this.#exchange) return this.#exchange
    throw new NotSentError('unavailable', 'not_open', 'backpack is not connected yet.')
  }

  async clockOffsetMs(): Promise<number> {
    const { clock } = this.#parts
    const askedAt = clock.wallMs()
    const venueAt = momentFrom(
      await this.#ask({ name: 'time', path: 'api/v1/time', endpoint: 'market' }, 'public'),
    )
    const offsetMs = venueAt - (askedAt + clock.wallMs()) / 2
    this.#ccxt().clockOffsetMs = offsetMs
    return offsetMs
  }

  async #loadAccount(): Promise<AccountRow> {
    const account = rowOf<AccountRow>(await this.#ask({ name: 'account', path: 'api/v1/account' }))
    this.#fees = feesOf(account)
    // Instruments carry the fees.
    this.#instruments.clear()
    return account
  }

  async #loadMarkets(): Promise<void> {
    const answer = await this.#ask(
      { name: 'markets', path: 'api/v1/markets', endpoint: 'market' },
      'public',
    )
    this.#markets.clear()
    this.#instruments.clear()
    for (const row of listOf<MarketRow>(answer))
      if (row.marketType === 'PERP') this.#markets.set(row.symbol, row)
  }

  async #depositAddress(): Promise<unknown> {
    const params = { blockchain: 'Solana' }
    try {
      return await this.#ask({
        name: 'deposit address',
        path: 'wapi/v1/capital/deposit/address',
        params,
      })
    } catch (error) {
      if (isWithheld(error)) return null
      throw error
    }
  }

  close(): Promise<void> {
    this.#streams.stop()
    return Promise.resolve()
  }

  // Instruments

  async instrument(symbol: string): Promise<InstrumentFacts> {
    if (!this.#marketOf(symbol)) await this.#loadMarkets()
    const market = this.#marketOf(symbol)
    if (market === undefined)
      throw new VenueError(
        'rejected',
        'no_such_market',
        `backpack has no perpetual contract ${symbol}.`,
      )
    const instrument = this.#perpetual(market.symbol)
    if (instrument === null || this.#fees === null) throw this.#notOpen()
    const params = { symbol: market.symbol }
    const [ticker, marks] = await Promise.all([
      this.#ask(
        { name: 'ticker', path: 'api/v1/ticker', params, endpoint: 'market', priority: 'data' },
        'public',
      ),
      this.#ask(
        {
          name: 'mark price',
          path: 'api/v1/markPrices',
          params,
          endpoint: 'market',
          priority: 'data',
        },
        'public',
      ),
    ])
    const price = {
      last: priceFrom(instrument, rowOf<{ lastPrice: unknown }>(ticker).lastPrice),
      mark: roundedPriceFrom(instrument, listOf<{ markPrice: unknown }>(marks)[0]?.markPrice),
    }
    this.#streams.seed(market.symbol, price)
    return { instrument, price, at: Math.floor(this.#venueNow()), fees: this.#fees }
  }

  #marketOf(symbol: string): MarketRow | undefined {
    return [...this.#markets.values()].find((row) => unifiedSymbol(row) === symbol)
  }

  /** null for what is no perpetual contract, or was listed since the markets were loaded. */
  #perpetual(marketId: string): Instrument | null {
    const known = this.#instruments.get(marketId)
    if (known) return known
    const row = this.#markets.get(marketId)
    if (row === undefined || this.#fees === null) return null
    const made = instrumentOf(row, this.#fees)
    this.#instruments.set(marketId, made)
    return made
  }

  /** The contract of a row; markets are loaded anew for one that is not known. null = no perpetual contract. */
  async #instrumentOfRow(marketId: string): Promise<Instrument | null> {
    if (!this.#markets.has(marketId) && marketId.endsWith('_PERP')) await this.#loadMarkets()
    return this.#perpetual(marketId)
  }

  #marketId(id: InstrumentId): string {
    for (const row of this.#markets.values())
      if (id === `${this.venue}:${unifiedSymbol(row)}`) return row.symbol
    throw this.#notOpen()
  }

  #notOpen(): VenueError {
    return new VenueError('unavailable', 'not_open', 'backpack has not told its markets yet.')
  }

  /** Margin is always cross here, and the leverage is a limit of the whole account: it is raised, never lowered. */
  async setTerms(
    instrument: Instrument,
    leverage: number,
    marginMode: 'isolated' | 'cross',
  ): Promise<void> {
    if (marginMode === 'isolated')
      throw new VenueError(
        'rejected',
        'cross_only',
        `backpack has cross margin only: set exchange_config.margin_mode of ${instrument.symbol} to cross.`,
      )
    const account = await this.#loadAccount()
    if (Number(account.leverageLimit) >= leverage) return
    await this.#send('PATCH', {
      name: 'leverage',
      path: 'api/v1/account',
      params: { leverageLimit: String(leverage) },
    })
  }

  // Orders

  async place(orders: readonly WireOrder[]): Promise<readonly PlaceOutcome[]> {
    const sendable: { readonly order: WireOrder; readonly payload: unknown }[] = []
    const outcomes = new Map<ClientOrderId, PlaceOutcome>()
    for (const order of orders) {
      try {
        sendable.push({ order, payload: orderPayload(this.#marketId(order.instrument.id), order) })
      } catch (error) {
        // Nothing was sent, whatever the fault was.
        const reason = error instanceof VenueError ? error.code : 'failed'
        outcomes.set(order.clientId, { kind: 'rejected', clientId: order.clientId, reason })
      }
    }
    const sent = sendable.map(({ order }) => order)
    for (const outcome of await this.#placeAll(
      sent,
      sendable.map(({ payload }) => payload),
    ))
      outcomes.set(outcome.clientId, outcome)
    return orders.map(
      ({ clientId }) =>
        outcomes.get(clientId) ?? { kind: 'unknown', clientId, reason: 'unreadable' },
    )
  }

  async #placeAll(
    orders: readonly WireOrder[],
    payloads: readonly unknown[],
  ): Promise<readonly PlaceOutcome[]> {
    const [first] = orders
    if (first === undefined) return []
    this.#remember(orders)
    const isBatch = orders.length > 1
    const question = {
      name: isBatch ? 'orders' : 'an order',
      path: isBatch ? 'api/v1/orders' : 'api/v1/order',
      params: (isBatch ? payloads : payloads[0]) as Readonly<Record<string, unknown>>,
      endpoint: 'order',
      priority: orders.every(({ request }) => request.isReduceOnly) ? 'reduce' : 'place',
    } as const
    try {
      const answer = await this.#send('POST', question, deadlineOf(orders))
      return isBatch ? placedBatch(orders, answer) : [placed(first, answer)]
    } catch (error) {
      return orders.map(({ clientId }) => placementFailure(error, clientId))
    }
  }

  #remember(orders: readonly WireOrder[]): void {
    for (const { clientId } of orders) this.#sentAt.set(clientId, this.#venueNow())
    for (const oldest of this.#sentAt.keys()) {
      if (this.#sentAt.size <= SENT_MAX) break
      this.#sentAt.delete(oldest)
    }
  }

  /** The venue cancels single orders, or all of a market; one by one is what was asked for. */
  cancel(instrument: Instrument, ids: readonly ClientOrderId[]): Promise<readonly CancelOutcome[]> {
    return Promise.all(ids.map((id) => this.#cancelOne(instrument, id)))
  }

  async #cancelOne(instrument: Instrument, id: ClientOrderId): Promise<CancelOutcome> {
    try {
      const params = { symbol: this.#marketId(instrument.id), ...orderName(id) }
      const question = {
        name: 'a cancel',
        path: 'api/v1/order',
        params,
        endpoint: 'order',
        priority: 'cancel',
      } as const
      return canceled(instrument, id, await this.#send('DELETE', question))
    } catch (error) {
      return cancelFailed(id, error)
    }
  }

  /**
   * First the resting order, then the histories: an order that is filled in between is in the second answer. null only
   * when the venue has said "not found" and both histories were read to their end; a failed question throws.
   */
  async lookup(instrument: Instrument, id: ClientOrderId): Promise<VenueOrder | null> {
    const symbol = this.#marketId(instrument.id)
    const resting = await this.#restingOrder(symbol, id)
    if (resting !== null) return orderReport(instrument, resting)
    const sentAt = this.#sentAt.get(id)
    const from = sentAt === undefined ? 0 : sentAt - SENT_SLACK_MS
    const past = await this.#pastOrder(symbol, id, from)
    if (past !== null) return orderReport(instrument, past)
    if (await this.#hasFill(symbol, id, from))
      throw new VenueError(
        'unavailable',
        'history_late',
        "backpack tells an order's fills and not yet the order.",
      )
    return null
  }

  async #restingOrder(symbol: string, id: ClientOrderId): Promise<OrderRow | null> {
    try {
      const params = { symbol, ...orderName(id) }
      return rowOf(await this.#ask({ name: 'an order', path: 'api/v1/order', params }))
    } catch (error) {
      if (isNotFound(error)) return null
      throw error
    }
  }

  async #pastOrder(symbol: string, id: ClientOrderId, from: number): Promise<OrderRow | null> {
    let found: OrderRow | null = null
    await allRows<OrderRow>(
      (offset) =>
        this.#page('order history', 'wapi/v1/history/orders', {
          symbol,
          offset,
          sortDirection: 'Desc',
        }),
      (row) => {
        if (isNamed(row, id)) found ??= row
        return found !== null || naiveTime(row.createdAt) < from
      },
    )
    return found
  }

  async #hasFill(symbol: string, id: ClientOrderId, from: number): Promise<boolean> {
    const rows = await allRows<FillRow>((offset) =>
      this.#page('fill history', 'wapi/v1/history/fills', {
        symbol,
        offset,
        sortDirection: 'Desc',
        ...(from > 0 ? { from: Math.floor(from) } : {}),
      }),
    )
    return rows.some((row) => isNamed({ id: row.orderId, clientId: row.clientId ?? null }, id))
  }

  async openOrders(): Promise<readonly VenueOrder[]> {
    const params = { marketType: 'PERP' }
    const answer = await this.#ask({ name: 'open orders', path: 'api/v1/orders', params })
    const orders: VenueOrder[] = []
    for (const row of listOf<OrderRow>(answer)) {
      const instrument = await this.#instrumentOfRow(row.symbol)
      if (instrument) orders.push(orderReport(instrument, row))
    }
    return orders
  }

  // Account

  async factsSince(at: number): Promise<readonly VenueFact[]> {
    const from = Math.max(0, Math.floor(at))
    const facts = [
      ...(await this.#fills(from)),
      ...(await this.#funding(from)),
      ...(await this.#transfers('deposit', 'wapi/v1/capital/deposits', from)),
      ...(await this.#transfers('withdrawal', 'wapi/v1/capital/withdrawals', from)),
    ]
    return facts.sort((a, b) => a.at - b.at)
  }

  async #fills(from: number): Promise<VenueFact[]> {
    const rows = await allRows<FillRow>((offset) =>
      this.#page('fills', 'wapi/v1/history/fills', {
        from,
        offset,
        marketType: 'PERP',
        sortDirection: 'Asc',
      }),
    )
    const facts: VenueFact[] = []
    for (const row of rows) {
      const instrument = await this.#instrumentOfRow(row.symbol)
      if (instrument) facts.push(fillFact(instrument, row))
    }
    return facts
  }

  /** The newest first, since this history cannot be asked from a moment on. */
  async #funding(from: number): Promise<VenueFact[]> {
    const rows = await allRows<FundingRow>(
      (offset) =>
        this.#page('funding', 'wapi/v1/history/funding', { offset, sortDirection: 'Desc' }),
      (row) => naiveTime(row.intervalEndTimestamp) < from,
    )
    const facts: VenueFact[] = []
    for (const row of rows) {
      const instrument = await this.#instrumentOfRow(row.symbol)
      if (instrument) facts.push(fundingFact(instrument, row))
    }
    return facts
  }

  async #transfers(
    kind: 'deposit' | 'withdrawal',
    path: string,
    from: number,
  ): Promise<VenueFact[]> {
    const since = Math.max(0, from - TRANSFER_MS)
    const rows = await allRows<TransferRow>((offset) =>
      this.#page(`${kind}s`, path, { from: since, offset }),
    )
    return rows.flatMap((row) => transferFact(kind, row, SETTLE) ?? [])
  }

  async positions(): Promise<readonly VenuePosition[]> {
    const answer = await this.#ask({ name: 'positions', path: 'api/v1/position' })
    const positions: VenuePosition[] = []
    for (const row of listOf<PositionRow>(answer)) {
      const instrument = await this.#instrumentOfRow(row.symbol)
      if (instrument) positions.push(positionReport(instrument, row))
    }
    return positions.filter(({ quantity }) => quantity !== 0)
  }

  async balance(): Promise<VenueBalance> {
    return balanceReport(SETTLE, await this.#collateral())
  }

  async #collateral(): Promise<CollateralRow> {
    return rowOf(await this.#ask({ name: 'balance', path: 'api/v1/capital/collateral' }))
  }

  // Streams

  listen(listener: DialectListener): void {
    this.#streams.start(listener)
  }

  watch(instrument: Instrument): void {
    this.#streams.watch(instrument)
  }

  async candles(instrument: Instrument, openedFrom: number): Promise<readonly Candle[]> {
    const params = {
      symbol: this.#marketId(instrument.id),
      interval: '1m',
      startTime: Math.ceil(openedFrom / 1000),
    }
    const answer = await this.#ask(
      { name: 'candles', path: 'api/v1/klines', params, endpoint: 'market', priority: 'data' },
      'public',
    )
    const now = this.#venueNow()
    return listOf<RestKline>(answer)
      .flatMap((row) => candleOf(instrument, klineEvent(row)) ?? [])
      .filter(({ openAt, closeAt }) => openAt >= openedFrom && closeAt <= now)
  }

  // Requests

  #venueNow(): number {
    return this.#parts.clock.wallMs() + (this.#exchange?.clockOffsetMs ?? 0)
  }

  #page(name: string, path: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.#ask({ name, path, params: { ...params, limit: PAGE_ROWS } })
  }

  #ask(question: Question, api: 'public' | 'private' = 'private'): Promise<unknown> {
    return this.#transport.call(errand(question), () =>
      this.#ccxt().request(question.path, api, 'GET', question.params ?? {}),
    )
  }

  #send(
    method: 'POST' | 'DELETE' | 'PATCH',
    question: Question,
    deadline?: Deadline,
  ): Promise<unknown> {
    const leavesWithinMs = deadline ? Math.max(0, deadline.expiresAt - this.#venueNow()) : null
    return this.#transport.call({ ...errand(question), leavesWithinMs }, () =>
      this.#ccxt().request(question.path, 'private', method, question.params ?? {}, deadline),
    )
  }
}

const errand = ({ name, endpoint, priority }: Question) => ({
  name,
  endpoint: endpoint ?? 'account',
  priority: priority ?? 'reconcile',
  costs: COSTS,
})

/** The earliest deadline of the orders: a batch is signed once. */
function deadlineOf(orders: readonly WireOrder[]): Deadline | undefined {
  const moments = orders.flatMap(({ expiresAt }) => expiresAt ?? [])
  return moments.length === 0 ? undefined : { expiresAt: Math.min(...moments) }
}

const FOREIGN = 'venue:'

/** How the venue is told which order is meant: by our number, or by its own for one that has none of ours. */
const orderName = (id: ClientOrderId): Readonly<Record<string, string | number>> =>
  id.startsWith(FOREIGN) ? { orderId: id.slice(FOREIGN.length) } : { clientId: clientIdNumber(id) }

const isNamed = (row: Pick<OrderRow, 'id' | 'clientId'>, id: ClientOrderId): boolean =>
  id.startsWith(FOREIGN) ? row.id === id.slice(FOREIGN.length) : String(row.clientId) === id

/** A candle of the REST interface; prices are absent in a minute without a trade. */
interface RestKline {
  readonly start: string
  readonly open?: string
  readonly high?: string
  readonly low?: string
  readonly close?: string
  readonly volume: string
}

const klineEvent = (row: RestKline): KlineEvent => ({
  e: 'kline',
  E: 0,
  s: '',
  t: row.start.replace(' ', 'T'),
  o: row.open ?? null,
  h: row.high ?? null,
  l: row.low ?? null,
  c: row.close ?? null,
  v: row.volume,
  X: true,
})
