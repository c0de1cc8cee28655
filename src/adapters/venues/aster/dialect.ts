/** Aster (USDT perpetuals, futures API v3, signed by an API wallet) as a VenueDialect. See docs/concepts/venues.md. */
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
import type { BurnOutcome, VenueTraits } from '../../../ports/venue.ts'
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
import { account, balance, factsSince, openOrders, positions, SETTLE } from './account.ts'
import { AsterClient, listOf, POOLS, rowOf } from './client.ts'
import { accountFacts, assertOneWay, asterCredentials, asterUrls } from './connect.ts'
import { hasCode, isNotFound } from './errors.ts'
import { DEADLINE_MS } from './exchange.ts'
import {
  canceled,
  cancelFailed,
  isBatchable,
  orderForm,
  orderName,
  placed,
  placedBatch,
} from './orders.ts'
import { balanceReport, orderReport } from './reports.ts'
import { ACCOUNT, AsterStreams, candleOf } from './streams.ts'

/** "No need to change margin type." */
const SAME_MARGIN_TYPE = -4046
const BATCH_MAX = 5
const CANCEL_MAX = 10
const SENT_MAX = 10_000
const NAMES_MAX = 50_000

interface Sent {
  readonly nonce: number
  readonly instrument: Instrument
}

export class AsterDialect implements VenueDialect {
  readonly venue = 'aster'
  readonly streams = [ACCOUNT]
  readonly pools = POOLS
  readonly traits: VenueTraits = {
    idScheme: 'text',
    deadlineMs: DEADLINE_MS,
    batchMax: BATCH_MAX,
    deadMan: 'instrument',
    deadManMs: { min: 5000, max: 600_000 },
    hasRestingStops: true,
    hasClosePosition: true,
  }
  readonly #parts: DialectParts
  readonly #client: AsterClient
  readonly #streams: AsterStreams
  /** Orders of this process whose nonce may be burned. */
  readonly #sent = new Map<ClientOrderId, Sent>()
  readonly #names = new BoundedNames()

  constructor(parts: DialectParts) {
    this.#parts = parts
    this.#client = new AsterClient(parts, () => this.#streams)
    this.#streams = new AsterStreams({
      ...parts,
      client: this.#client,
      urls: () => asterUrls(parts),
      names: this.#names,
    })
  }

  get roundTrips(): HistogramCounts {
    return this.#client.roundTrips
  }

  async open(): Promise<AccountFacts> {
    await this.#client.load()
    const { exchange } = this.#client
    const mode = { name: 'the position mode', path: 'v3/positionSide/dual' }
    const [sides, row] = await Promise.all([this.#client.ask(mode), account(this.#client)])
    assertOneWay(rowOf<{ dualSidePosition: unknown }>(sides).dualSidePosition)
    const { walletAddress } = asterCredentials(this.#parts)
    const { equity } = balanceReport(row, SETTLE)
    return accountFacts(walletAddress, exchange.clockOffsetMs, row.canTrade, equity)
  }

  clockOffsetMs(): Promise<number> {
    return this.#client.measureClock()
  }

  close(): Promise<void> {
    this.#streams.stop()
    return Promise.resolve()
  }

  // Instruments

  async instrument(symbol: string): Promise<InstrumentFacts> {
    const { row, fees, instrument } = await this.#client.contract(symbol)
    const params = { symbol: row.symbol }
    const [last, mark] = await Promise.all([
      this.#client.askMarket('the last price', 'v3/ticker/price', params),
      this.#client.askMarket('the mark price', 'v3/premiumIndex', params),
    ])
    const price = {
      last: priceFrom(instrument, rowOf<{ price: unknown }>(last).price),
      mark: roundedPriceFrom(instrument, rowOf<{ markPrice: unknown }>(mark).markPrice),
    }
    this.#streams.seed(row.symbol, price)
    return { instrument, price, at: Math.floor(this.#client.venueNow()), fees }
  }

  async setTerms(
    instrument: Instrument,
    leverage: number,
    marginMode: 'isolated' | 'cross',
  ): Promise<void> {
    const symbol = this.#client.marketId(instrument.id)
    const marginType = marginMode === 'isolated' ? 'ISOLATED' : 'CROSSED'
    try {
      const params = { symbol, marginType }
      await this.#client.send('POST', { name: 'the margin type', path: 'v3/marginType', params })
    } catch (error) {
      if (!hasCode(error, SAME_MARGIN_TYPE)) throw error
    }
    const params = { symbol, leverage: String(leverage) }
    await this.#client.send('POST', { name: 'the leverage', path: 'v3/leverage', params })
  }

  async candles(instrument: Instrument, openedFrom: number): Promise<readonly Candle[]> {
    const symbol = this.#client.marketId(instrument.id)
    const params = { symbol, interval: '1m', startTime: Math.ceil(openedFrom), limit: 1000 }
    type Row = readonly [number, string, string, string, string, string]
    const rows = listOf<Row>(await this.#client.askMarket('candles', 'v3/klines', params))
    const now = this.#client.venueNow()
    // A candle that another one follows is closed, whatever the clocks say.
    return rows
      .map(([t, o, h, l, c, v]) => candleOf(instrument, { t, o, h, l, c, v }))
      .filter(({ closeAt }, index) => closeAt <= now || index < rows.length - 1)
      .filter(({ openAt }) => openAt >= openedFrom)
  }

  // Orders

  async place(orders: readonly WireOrder[]): Promise<readonly PlaceOutcome[]> {
    const outcomes = new Map<ClientOrderId, PlaceOutcome>()
    const fresh = orders.filter(({ clientId }) => !this.#sent.has(clientId))
    const groups = [
      ...chunks(fresh.filter(isBatchable), BATCH_MAX),
      ...fresh.filter((order) => !isBatchable(order)).map((order) => [order]),
    ]
    for (const { clientId } of orders)
      if (this.#sent.has(clientId)) outcomes.set(clientId, sentBefore(clientId))
    const sent = await Promise.all(groups.map((group) => this.#placeGroup(group)))
    for (const outcome of sent.flat()) outcomes.set(outcome.clientId, outcome)
    return orders.map(
      ({ clientId }) => outcomes.get(clientId) ?? { kind: 'unknown', clientId, reason: 'failed' },
    )
  }

  /** What cannot be written is refused here; the others leave together. */
  async #placeGroup(group: readonly WireOrder[]): Promise<readonly PlaceOutcome[]> {
    const refused: PlaceOutcome[] = []
    const orders: WireOrder[] = []
    const forms: object[] = []
    for (const order of group) {
      try {
        forms.push(orderForm(this.#client.marketId(order.instrument.id), order))
        orders.push(order)
      } catch (error) {
        refused.push(placementFailure(error, order.clientId))
      }
    }
    return [...refused, ...(await this.#placeAll(orders, forms))]
  }

  async #placeAll(
    orders: readonly WireOrder[],
    forms: readonly object[],
  ): Promise<readonly PlaceOutcome[]> {
    const [first] = orders
    const [form] = forms
    if (first === undefined || form === undefined) return []
    const isBatch = orders.length > 1
    const isReducing = orders.every(({ request }) => request.isReduceOnly)
    const question = {
      name: isBatch ? 'orders' : 'an order',
      path: isBatch ? 'v3/batchOrders' : 'v3/order',
      params: isBatch ? { batchOrders: forms } : form,
      endpoint: 'order',
      priority: isReducing ? 'reduce' : 'place',
      orders: orders.length,
    } as const
    const onNonce = (nonce: number) => this.#remember(orders, nonce)
    try {
      const terms = { expiresAt: deadlineOf(orders), onNonce }
      const answer = await this.#client.send('POST', question, terms)
      return this.#named(isBatch ? placedBatch(orders, answer) : [placed(first, answer)], answer)
    } catch (error) {
      return orders.map(({ clientId }) => placementFailure(error, clientId))
    }
  }

  #named(outcomes: readonly PlaceOutcome[], answer: unknown): readonly PlaceOutcome[] {
    for (const row of [answer].flat() as { orderId?: unknown; clientOrderId?: unknown }[])
      if (row?.orderId !== undefined && typeof row.clientOrderId === 'string')
        this.#names.set(String(row.orderId), row.clientOrderId)
    return outcomes
  }

  #remember(orders: readonly WireOrder[], nonce: number): void {
    for (const { clientId, instrument } of orders) this.#sent.set(clientId, { nonce, instrument })
    for (const oldest of this.#sent.keys()) {
      if (this.#sent.size <= SENT_MAX) break
      this.#sent.delete(oldest)
    }
  }

  async cancel(
    instrument: Instrument,
    ids: readonly ClientOrderId[],
  ): Promise<readonly CancelOutcome[]> {
    const ours = ids.filter((id) => !('orderId' in orderName(id)))
    const foreign = ids.filter((id) => 'orderId' in orderName(id))
    const groups = [...chunks(ours, CANCEL_MAX), ...foreign.map((id) => [id])]
    const outcomes = (
      await Promise.all(groups.map((group) => this.#cancelAll(instrument, group)))
    ).flat()
    const told = await Promise.all(outcomes.map((one) => this.#ended(instrument, one)))
    return ids.map(
      (clientId) =>
        told.find((one) => one.clientId === clientId) ?? {
          kind: 'unknown',
          clientId,
          reason: 'failed',
        },
    )
  }

  /** An order that is not there any more has ended: how, is asked. */
  async #ended(instrument: Instrument, outcome: CancelOutcome): Promise<CancelOutcome> {
    if (outcome.kind !== 'absent') return outcome
    return finalOr(outcome, () => this.lookup(instrument, outcome.clientId))
  }

  async #cancelAll(
    instrument: Instrument,
    ids: readonly ClientOrderId[],
  ): Promise<readonly CancelOutcome[]> {
    const [first] = ids
    if (first === undefined) return []
    const isBatch = ids.length > 1
    try {
      const symbol = this.#client.marketId(instrument.id)
      const answer = await this.#client.send('DELETE', {
        name: 'a cancel',
        path: isBatch ? 'v3/batchOrders' : 'v3/order',
        params: isBatch ? { symbol, origClientOrderIdList: ids } : { symbol, ...orderName(first) },
        endpoint: 'order',
        priority: 'cancel',
      })
      const rows: readonly unknown[] = isBatch && Array.isArray(answer) ? answer : [answer]
      return ids.map((id, index) => canceled(instrument, id, rows[index]))
    } catch (error) {
      return ids.map((id) => cancelFailed(id, error))
    }
  }

  async lookup(instrument: Instrument, id: ClientOrderId): Promise<VenueOrder | null> {
    const params = { symbol: this.#client.marketId(instrument.id), ...orderName(id) }
    try {
      const answer = await this.#client.ask({ name: 'an order', path: 'v3/order', params })
      return orderReport(instrument, rowOf(answer))
    } catch (error) {
      if (isNotFound(error)) return null
      throw error
    }
  }

  openOrders(): Promise<readonly VenueOrder[]> {
    return openOrders(this.#client)
  }

  /**
   * Sends the venue's `noop` with the nonce of the order: it is good for one of the two alone. The venue promises no success
   * and answers a used nonce like an old one, so the order is looked for in either case.
   */
  async burn(id: ClientOrderId): Promise<BurnOutcome> {
    const sent = this.#sent.get(id)
    if (!sent) return 'unsure'
    let isBurned = true
    try {
      const question = {
        name: 'a noop',
        path: 'v3/noop',
        endpoint: 'order',
        priority: 'cancel',
      } as const
      await this.#client.send('POST', question, { nonce: sent.nonce })
    } catch {
      isBurned = false
    }
    try {
      if ((await this.lookup(sent.instrument, id)) !== null) return 'consumed'
    } catch {
      return 'unsure'
    }
    return isBurned ? 'burned' : 'unsure'
  }

  /** One switch for each market; it also takes what protects a position. */
  async armDeadMan(timeoutMs: number | null, instruments: readonly Instrument[]): Promise<void> {
    for (const { id } of instruments) {
      const params = { symbol: this.#client.marketId(id), countdownTime: String(timeoutMs ?? 0) }
      await this.#client.send('POST', {
        name: 'the dead-man switch',
        path: 'v3/countdownCancelAll',
        params,
        endpoint: 'order',
      })
    }
  }

  // Account

  factsSince(at: number): Promise<readonly VenueFact[]> {
    return factsSince(this.#client, this.#names, this.#streams.watched, at)
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

/** Our ids by the venue's numbers; the oldest are forgotten and asked for again. */
class BoundedNames {
  readonly #names = new Map<string, string>()

  get(orderId: string): string | undefined {
    return this.#names.get(orderId)
  }

  set(orderId: string, clientId: string): void {
    this.#names.set(orderId, clientId)
    for (const oldest of this.#names.keys()) {
      if (this.#names.size <= NAMES_MAX) break
      this.#names.delete(oldest)
    }
  }
}

/** The earliest deadline of the orders: a batch is signed once. */
function deadlineOf(orders: readonly WireOrder[]): number | null {
  const moments = orders.flatMap(({ expiresAt }) => expiresAt ?? [])
  return moments.length === 0 ? null : Math.min(...moments)
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  const parts: T[][] = []
  for (let at = 0; at < all.length; at += size) parts.push(all.slice(at, at + size))
  return parts
}
