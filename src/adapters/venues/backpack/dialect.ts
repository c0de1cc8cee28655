/** Backpack (USDC perpetuals, cross margin, Ed25519 keys) as a VenueDialect. See docs/concepts/venues.md. */
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
import { VenueError, type VenueTraits, type VenueWord } from '../../../ports/venue.ts'
import { priceFrom, roundedPriceFrom } from '../live/decimal.ts'
import type {
  AccountFacts,
  DialectListener,
  DialectParts,
  InstrumentFacts,
  VenueDialect,
  VenueFact,
  WireOrder,
} from '../live/dialect.ts'
import { placementFailure } from '../live/errors.ts'
import { finalOr, sentBefore } from '../live/outcomes.ts'
import {
  balance,
  collateral,
  depositAddress,
  factsSince,
  openOrders,
  positions,
} from './account.ts'
import { BackpackClient, POOL } from './client.ts'
import { accountFacts, backpackUrls, fingerprintOf } from './connect.ts'
import type { Deadline } from './exchange.ts'
import { listOf, rowOf } from './history.ts'
import { lookupOrder } from './lookup.ts'
import {
  canceled,
  cancelFailed,
  type OrderPayload,
  orderName,
  orderPayload,
  placed,
  placedBatch,
} from './orders.ts'
import type { RestKlineRow } from './rows.ts'
import { ACCOUNT, BackpackStreams, restCandle } from './streams.ts'

/** An order is in the history no earlier than it was sent; clocks may differ by this, ms. */
const SENT_SLACK_MS = 60_000
const SENT_MAX = 10_000

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
  readonly #client: BackpackClient
  readonly #streams: BackpackStreams
  /** When orders of this process were sent, venue wall ms: a search of the histories need not go further back. */
  readonly #sentAt = new Map<ClientOrderId, number>()
  /** The earliest moment that was asked from: orders of an earlier process that are not settled are no older. */
  #askedFrom: number | null = null

  constructor(parts: DialectParts) {
    this.#client = new BackpackClient(parts, () => this.#streams)
    this.#streams = new BackpackStreams({
      ...parts,
      client: this.#client,
      url: () => backpackUrls(parts).ws,
    })
  }

  get roundTrips(): HistogramCounts {
    return this.#client.roundTrips
  }

  async open(): Promise<AccountFacts> {
    const account = await this.#client.load()
    const { exchange } = this.#client
    const [summary, address] = await Promise.all([
      collateral(this.#client),
      depositAddress(this.#client),
    ])
    const fingerprint = fingerprintOf(exchange.apiKey, address)
    return accountFacts(fingerprint, exchange.clockOffsetMs, account, summary)
  }

  clockOffsetMs(): Promise<number> {
    return this.#client.measureClock()
  }

  word(): Promise<VenueWord | null> {
    return this.#client.word()
  }

  close(): Promise<void> {
    this.#streams.stop()
    return Promise.resolve()
  }

  // Instruments

  async instrument(symbol: string): Promise<InstrumentFacts> {
    const client = this.#client
    const market = await client.marketOf(symbol)
    const { fees } = client
    const instrument = client.perpetual(market.symbol)
    if (!instrument) throw new VenueError('unavailable', 'not_open', 'backpack told no market.')
    const params = { symbol: market.symbol }
    const [ticker, marks] = await Promise.all([
      client.askMarket('ticker', 'api/v1/ticker', params),
      client.askMarket('mark price', 'api/v1/markPrices', params),
    ])
    const price = {
      last: priceFrom(instrument, rowOf<{ lastPrice: unknown }>(ticker).lastPrice),
      mark: roundedPriceFrom(instrument, listOf<{ markPrice: unknown }>(marks)[0]?.markPrice),
    }
    this.#streams.seed(market.symbol, price)
    return { instrument, price, at: Math.floor(client.venueNow()), fees }
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
    const { leverageLimit } = await this.#client.loadAccount()
    if (Number(leverageLimit) >= leverage) return
    const params = { leverageLimit: String(leverage) }
    await this.#client.send('PATCH', { name: 'the leverage limit', path: 'api/v1/account', params })
  }

  async candles(instrument: Instrument, openedFrom: number): Promise<readonly Candle[]> {
    const symbol = this.#client.marketId(instrument.id)
    const params = { symbol, interval: '1m', startTime: Math.ceil(openedFrom / 1000) }
    const answer = await this.#client.askMarket('candles', 'api/v1/klines', params)
    const now = this.#client.venueNow()
    // A candle that another one follows is closed, whatever the clocks say.
    return listOf<RestKlineRow>(answer)
      .flatMap((row) => restCandle(instrument, row) ?? [])
      .sort((a, b) => a.openAt - b.openAt)
      .filter(({ closeAt }, index, all) => closeAt <= now || index < all.length - 1)
      .filter(({ openAt }) => openAt >= openedFrom)
  }

  // Orders

  async place(orders: readonly WireOrder[]): Promise<readonly PlaceOutcome[]> {
    const outcomes = new Map<ClientOrderId, PlaceOutcome>()
    const sendable: WireOrder[] = []
    const payloads: OrderPayload[] = []
    for (const order of orders) {
      if (this.#sentAt.has(order.clientId)) {
        outcomes.set(order.clientId, sentBefore(order.clientId))
        continue
      }
      try {
        payloads.push(orderPayload(this.#client.marketId(order.instrument.id), order))
        sendable.push(order)
      } catch (error) {
        outcomes.set(order.clientId, placementFailure(error, order.clientId))
      }
    }
    for (const outcome of await this.#placeAll(sendable, payloads))
      outcomes.set(outcome.clientId, outcome)
    return orders.map(
      ({ clientId }) => outcomes.get(clientId) ?? { kind: 'unknown', clientId, reason: 'failed' },
    )
  }

  async #placeAll(
    orders: readonly WireOrder[],
    payloads: readonly OrderPayload[],
  ): Promise<readonly PlaceOutcome[]> {
    const [first] = orders
    if (first === undefined) return []
    this.#remember(orders)
    const isBatch = orders.length > 1
    const isReducing = orders.every(({ request }) => request.isReduceOnly)
    try {
      const answer = await this.#client.send(
        'POST',
        {
          name: isBatch ? 'orders' : 'an order',
          path: isBatch ? 'api/v1/orders' : 'api/v1/order',
          params: isBatch ? payloads : payloads[0],
          endpoint: 'order',
          priority: isReducing ? 'reduce' : 'place',
        },
        deadlineOf(orders),
      )
      return isBatch ? placedBatch(orders, answer) : [placed(first, answer)]
    } catch (error) {
      return orders.map(({ clientId }) => placementFailure(error, clientId))
    }
  }

  #remember(orders: readonly WireOrder[]): void {
    for (const { clientId } of orders) this.#sentAt.set(clientId, this.#client.venueNow())
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
      const answer = await this.#client.send('DELETE', {
        name: 'a cancel',
        path: 'api/v1/order',
        params: { symbol: this.#client.marketId(instrument.id), ...orderName(id) },
        endpoint: 'order',
        priority: 'cancel',
      })
      return canceled(instrument, id, answer)
    } catch (error) {
      const outcome = cancelFailed(id, error)
      // An order that is not there any more has ended: how, is asked.
      if (outcome.kind !== 'absent') return outcome
      return finalOr(outcome, () => this.lookup(instrument, id))
    }
  }

  lookup(instrument: Instrument, id: ClientOrderId): Promise<VenueOrder | null> {
    const from = (this.#sentAt.get(id) ?? this.#askedFrom ?? 0) - SENT_SLACK_MS
    return lookupOrder(this.#client, instrument, id, Math.max(0, from))
  }

  openOrders(): Promise<readonly VenueOrder[]> {
    return openOrders(this.#client)
  }

  // Account

  factsSince(at: number): Promise<readonly VenueFact[]> {
    this.#askedFrom = Math.min(this.#askedFrom ?? at, at)
    return factsSince(this.#client, at)
  }

  positions(): Promise<readonly VenuePosition[]> {
    return positions(this.#client)
  }

  balance(): Promise<VenueBalance> {
    return balance(this.#client)
  }

  // Streams

  listen(listener: DialectListener): void {
    this.#streams.start(listener)
  }

  watch(instrument: Instrument): void {
    this.#streams.watch(instrument)
  }
}

/** The earliest deadline of the orders: a batch is signed once. */
function deadlineOf(orders: readonly WireOrder[]): Deadline | undefined {
  const moments = orders.flatMap(({ expiresAt }) => expiresAt ?? [])
  return moments.length === 0 ? undefined : { expiresAt: Math.min(...moments) }
}
