/** Hyperliquid as a VenueDialect: signed actions, questions for the master's address, one socket. See docs/concepts/venues.md. */
import type { Instrument } from '../../../domain/instrument.ts'
import type { Candle } from '../../../domain/market.ts'
import { type Price, price } from '../../../domain/money.ts'
import type { ClientOrderId } from '../../../domain/order.ts'
import type { HistogramCounts } from '../../../domain/statistic/histogram.ts'
import type {
  CancelOutcome,
  PlaceOutcome,
  VenueBalance,
  VenueOrder,
  VenuePosition,
} from '../../../domain/venue-report.ts'
import { type BurnOutcome, VenueError } from '../../../ports/venue.ts'
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
import { placementFailure } from '../live/errors.ts'
import { MonotoneNonce } from '../live/nonce.ts'
import { Transport } from '../live/transport.ts'
import { cashFact, fundingFact } from './cash.ts'
import { assertAccount, budgetWarnings, keysOf } from './connect.ts'
import { type HyperliquidExchange, hyperliquidExchange } from './exchange.ts'
import { pagesOf } from './history.ts'
import {
  BASE_FEES,
  feesOf,
  type HyperliquidMarket,
  isBuilderSymbol,
  MarketTable,
  priceOf,
  VENUE,
} from './instruments.ts'
import { bookOf, candleOf } from './messages.ts'
import { NonceLedger } from './nonce-ledger.ts'
import {
  cancelActions,
  cancelOutcome,
  deadlineOf,
  flawOf,
  needsReference,
  type OrderAction,
  orderActions,
  type PreparedOrder,
  placeOutcome,
  statusesOf,
} from './orders.ts'
import { rawOf, rowsOf } from './raw.ts'
import { balanceOf, fillFact, lookupOf, openOrdersOf, positionsOf } from './reports.ts'
import { POOLS, Requests, type Sending } from './requests.ts'
import { HyperliquidStreams, STREAM } from './streams.ts'
import { VenueTime } from './venue-time.ts'

const MINUTE_MS = 60_000
/** In one answer. */
const CANDLES_MAX = 5000
/** From sending to the moment after which an action is refused. */
const DEADLINE_MS = 2500
/**
 * Funding and movements of money are rare and told by the socket; a question costs 40 of the 1200 that an internet address has
 * each minute. Every question for events looks back much further than this, so nothing is missed.
 */
const MONEY_EVERY_MS = 10_000
/** The same for the prices of all contracts, which stand in for a socket that is down. */
const CONTEXTS_EVERY_MS = 4000
/** A price of the socket that is older is asked for. */
const PRICE_AGE_MS = 2000

export const TRAITS: VenueTraits = {
  idScheme: 'hex128',
  deadlineMs: DEADLINE_MS,
  // One action of up to 39 orders has weight 1.
  batchMax: 39,
  deadMan: 'account',
  deadManMs: { min: 5000, max: 86_400_000 },
  hasRestingStops: true,
  hasClosePosition: true,
}

interface Contexts {
  readonly answer: unknown
  /** Venue wall ms. */
  readonly at: number
}

/** What is made when the account is opened. */
interface Inner {
  readonly exchange: HyperliquidExchange
  readonly requests: Requests
  readonly streams: HyperliquidStreams
}

export class HyperliquidDialect implements VenueDialect {
  readonly venue = VENUE
  readonly traits = TRAITS
  readonly pools = POOLS
  readonly streams: readonly string[] = [STREAM]
  readonly #parts: DialectParts
  readonly #transport: Transport
  readonly #nonces = new NonceLedger()
  #open: Inner | null = null
  #table: MarketTable | null = null
  #fees = BASE_FEES
  #asked: { readonly ms: number; readonly contexts: Promise<Contexts> } | null = null
  #moneyAskedMs = Number.NEGATIVE_INFINITY

  constructor(parts: DialectParts) {
    this.#parts = parts
    this.#transport = new Transport({ venue: VENUE, ...parts })
  }

  get roundTrips(): HistogramCounts {
    return this.#transport.roundTrips
  }

  get #inner(): Inner {
    if (this.#open) return this.#open
    throw notOpen()
  }

  get #markets(): MarketTable {
    if (this.#table) return this.#table
    throw notOpen()
  }

  async #make(): Promise<Inner> {
    const { credentials, clock, logger, random, isTestnet, restUrl, wsUrl, budget } = this.#parts
    const keys = keysOf(credentials)
    const user = keys.walletAddress
    const time = new VenueTime(clock)
    const nonces = new MonotoneNonce(() => time.now())
    const nextNonce = () => nonces.next()
    const streams = new HyperliquidStreams({
      exchange: () => this.#inner.exchange,
      table: () => this.#markets,
      user,
      clock,
      logger,
      random,
      venueNow: () => time.now(),
    })
    const exchange = await hyperliquidExchange({
      ...keys,
      isTestnet,
      restUrl,
      wsUrl,
      nextNonce,
      tap: () => streams,
      onMessage: (client, message) => streams.onMessage(client, message),
    })
    const transport = this.#transport
    const requests = new Requests({ exchange, transport, budget, clock, time, user, nextNonce })
    return { exchange, requests, streams }
  }

  async open(): Promise<AccountFacts> {
    this.#open ??= await this.#make()
    const parts = this.#parts
    const { requests, exchange } = this.#open
    const facts = await assertAccount({
      requests,
      signer: exchange.ethGetAddressFromPrivateKey(exchange.privateKey).toLowerCase(),
      acceptsMainKey: parts.acceptsMainKey,
      acceptsEmpty: parts.acceptsUnverified,
    })
    this.#fees = feesOf(await requests.askUser({ type: 'userFees' }))
    this.#table = new MarketTable(
      await requests.ask({ type: 'meta', endpoint: 'market' }),
      this.#fees,
    )
    // One look at the positions: an account that is not one-way is refused here.
    await this.positions()
    return facts
  }

  async instrument(symbol: string): Promise<InstrumentFacts> {
    if (isBuilderSymbol(symbol)) this.#markets.ofSymbol(symbol)
    const { answer, at } = await this.#contexts()
    const [meta, contexts]: readonly unknown[] = Array.isArray(answer) ? answer : []
    this.#table = new MarketTable(meta, this.#fees)
    const market = this.#table.ofSymbol(symbol)
    const context = rowsOf(contexts, 'asset contexts')[market.asset]
    return {
      instrument: market.instrument,
      price: priceOf(market.instrument, rawOf(context, 'asset context')),
      at,
      fees: this.#fees,
    }
  }

  /** Rules and prices of every contract: one question for all who ask within a short while. */
  #contexts(): Promise<Contexts> {
    const { requests } = this.#inner
    const now = this.#parts.clock.monotonicMs()
    if (this.#asked && now - this.#asked.ms < CONTEXTS_EVERY_MS) return this.#asked.contexts
    const question = { type: 'metaAndAssetCtxs', endpoint: 'market', priority: 'data' } as const
    const contexts = requests
      .ask(question)
      .then((answer) => ({ answer, at: Math.floor(requests.venueNow()) }))
    const asked = { ms: now, contexts }
    this.#asked = asked
    // An answer that did not come is not kept.
    contexts.catch(() => {
      if (this.#asked === asked) this.#asked = null
    })
    return contexts
  }

  async setTerms(
    instrument: Instrument,
    leverage: number,
    marginMode: 'isolated' | 'cross',
  ): Promise<void> {
    const market = this.#markets.of(instrument)
    const { leverageMax, isIsolatedOnly, asset } = market
    if (leverage > leverageMax)
      throw refused(
        'leverage',
        `hyperliquid allows leverage ${leverageMax} on ${instrument.symbol}, not ${leverage}: lower leverage.`,
      )
    if (isIsolatedOnly && marginMode === 'cross')
      throw refused(
        'margin_mode',
        `${instrument.symbol} of hyperliquid knows isolated margin only: set margin_mode to isolated.`,
      )
    const isCross = marginMode === 'cross'
    await this.#inner.requests.act(
      { type: 'updateLeverage', asset, isCross, leverage } as { type: string },
      { priority: 'place', count: 1, budgeted: 1, expiresAt: this.#deadline() },
    )
  }

  // Orders

  async place(orders: readonly WireOrder[]): Promise<readonly PlaceOutcome[]> {
    const outcomes = new Map<ClientOrderId, PlaceOutcome>()
    const good: PreparedOrder[] = []
    for (const order of orders) {
      const prepared = await this.#prepare(order)
      const flaw = flawOf(prepared)
      if (flaw === null) good.push(prepared)
      else
        outcomes.set(order.clientId, { kind: 'rejected', clientId: order.clientId, reason: flaw })
    }
    const told = await Promise.all(orderActions(good).map((group) => this.#placeGroup(group)))
    for (const outcome of told.flat()) outcomes.set(outcome.clientId, outcome)
    return orders.map(
      ({ clientId }) =>
        outcomes.get(clientId) ?? { kind: 'unknown', clientId, reason: 'no_result' },
    )
  }

  async #prepare(order: WireOrder): Promise<PreparedOrder> {
    const market = this.#markets.of(order.instrument)
    const reference = needsReference(order.request) ? await this.#reference(market) : null
    return { order, market, reference }
  }

  /** The middle of the book, or null when nobody tells it: then nothing is sent. */
  async #reference(market: HyperliquidMarket): Promise<Price | null> {
    const { requests, streams } = this.#inner
    const known = streams.lastPrice(market.instrument.id)
    if (known && known.ageMs <= PRICE_AGE_MS) return known.price.mark
    try {
      const answer = await requests.ask(
        { type: 'l2Book', endpoint: 'market', priority: 'reduce' },
        { coin: market.coin },
      )
      const told = bookOf({ table: this.#markets, user: requests.user }, answer)
      if (told.kind !== 'price') return null
      const { bid, ask } = told.news.price
      if (bid !== undefined && ask !== undefined) return price(Math.floor((bid + ask) / 2))
      return bid ?? ask ?? null
    } catch (error) {
      if (!(error instanceof VenueError)) throw error
      this.#parts.logger.warn('venue', `a market order was not sent: ${error.message}`)
      return null
    }
  }

  /** One action. Its failure says the same of each of its orders; its answer is read order by order. */
  async #placeGroup({
    action,
    orders,
  }: {
    readonly action: OrderAction
    readonly orders: readonly PreparedOrder[]
  }): Promise<readonly PlaceOutcome[]> {
    const ids = orders.map(({ order }) => order.clientId)
    const isReducing = orders.every(({ order }) => order.request.isReduceOnly)
    const sending: Sending = {
      priority: isReducing ? 'reduce' : 'place',
      count: orders.length,
      budgeted: orders.length,
      expiresAt: deadlineOf(orders),
      onNonce: (nonce) => this.#nonces.sent(ids, nonce),
    }
    try {
      const statuses = statusesOf(await this.#inner.requests.act(action, sending), orders.length)
      const outcomes = orders.map((order, i) => placeOutcome(order, statuses[i]))
      this.#nonces.settled(outcomes)
      return outcomes
    } catch (error) {
      const outcomes = ids.map((id) => placementFailure(error, id))
      this.#nonces.settled(outcomes)
      return outcomes
    }
  }

  async cancel(
    instrument: Instrument,
    ids: readonly ClientOrderId[],
  ): Promise<readonly CancelOutcome[]> {
    const { requests } = this.#inner
    const market = this.#markets.of(instrument)
    const told = await Promise.all(
      cancelActions(market, ids).map(async (group) => {
        const count = group.ids.length
        const answer = await requests.act(group.action, {
          priority: 'cancel',
          count,
          budgeted: 0,
          expiresAt: this.#deadline(),
        })
        const statuses = statusesOf(answer, count)
        return group.ids.map((id, i) => cancelOutcome(id, statuses[i]))
      }),
    )
    return told.flat()
  }

  async lookup(_instrument: Instrument, id: ClientOrderId): Promise<VenueOrder | null> {
    const oid = id.startsWith('venue:') ? Number(id.slice('venue:'.length)) : id
    return lookupOf(
      this.#markets,
      await this.#inner.requests.askUser({ type: 'orderStatus' }, { oid }),
    )
  }

  async openOrders(): Promise<readonly VenueOrder[]> {
    return openOrdersOf(
      this.#markets,
      await this.#inner.requests.askUser({ type: 'frontendOpenOrders' }),
    )
  }

  /**
   * Uses up the nonce of an order that has not been heard of. Known for orders of this process alone: after a restart the
   * venue's deadline has long passed.
   */
  burn(id: ClientOrderId): Promise<BurnOutcome> {
    return this.#nonces.burn(id, (nonce) => this.#useUp(nonce))
  }

  async #useUp(nonce: number): Promise<BurnOutcome> {
    try {
      await this.#inner.requests.act(
        { type: 'noop' },
        { priority: 'reconcile', count: 1, budgeted: 0, expiresAt: null, nonce },
      )
      return 'burned'
    } catch (error) {
      return error instanceof VenueError && error.code === 'duplicate_nonce' ? 'consumed' : 'unsure'
    }
  }

  /** It withdraws every order of the account, protective ones too, at most ten times a day. */
  async armDeadMan(timeoutMs: number | null): Promise<void> {
    const action = { type: 'scheduleCancel' }
    const time = timeoutMs === null ? null : Math.ceil(this.#inner.requests.venueNow() + timeoutMs)
    if (timeoutMs !== null && timeoutMs < (TRAITS.deadManMs?.min ?? 0))
      throw refused(
        'dead_man_time',
        `The dead-man switch of hyperliquid needs 5000 ms at least, not ${timeoutMs}.`,
      )
    try {
      await this.#inner.requests.act(
        // To lift it the time is left out: 0 would be a time in the past.
        time === null ? action : ({ ...action, time } as typeof action),
        { priority: 'cancel', count: 1, budgeted: 0, expiresAt: this.#deadline() },
      )
    } catch (error) {
      if (!(error instanceof VenueError) || error.code !== 'volume_required') throw error
      throw refused(
        'dead_man_volume',
        'The dead-man switch of hyperliquid is not usable: the account has traded less than the 1,000,000 USDC that it asks for.',
      )
    }
  }

  // Account

  async factsSince(at: number): Promise<readonly VenueFact[]> {
    const { requests } = this.#inner
    const table = this.#markets
    const { user } = requests
    const facts: (VenueFact | null)[] = []
    for (const row of await pagesOf(requests, { type: 'userFillsByTime' }, at))
      facts.push(fillFact(table, row, user))
    const askedMs = this.#parts.clock.monotonicMs()
    if (askedMs - this.#moneyAskedMs >= MONEY_EVERY_MS) {
      for (const row of await pagesOf(requests, { type: 'userFunding' }, at))
        facts.push(fundingFact(table, row))
      for (const row of await pagesOf(requests, { type: 'userNonFundingLedgerUpdates' }, at))
        facts.push(cashFact(row, user))
      this.#moneyAskedMs = askedMs
    }
    return facts.filter((fact) => fact !== null).sort((a, b) => a.at - b.at)
  }

  async positions(): Promise<readonly VenuePosition[]> {
    return positionsOf(
      this.#markets,
      await this.#inner.requests.askUser({ type: 'clearinghouseState' }),
    )
  }

  async balance(): Promise<VenueBalance> {
    const { requests } = this.#inner
    const balance = balanceOf(await requests.askUser({ type: 'clearinghouseState' }))
    for (const warning of budgetWarnings(await requests.readBudget(false)))
      this.#parts.logger.warn('venue', warning)
    return balance
  }

  clockOffsetMs(): Promise<number> {
    return this.#inner.requests.measureClock()
  }

  async candles(instrument: Instrument, openedFrom: number): Promise<readonly Candle[]> {
    const { requests } = this.#inner
    const market = this.#markets.of(instrument)
    const endTime = openedFrom + CANDLES_MAX * MINUTE_MS
    const answer = await requests.ask(
      { type: 'candleSnapshot', endpoint: 'market', priority: 'data' },
      { req: { coin: market.coin, interval: '1m', startTime: openedFrom, endTime } },
    )
    const now = requests.venueNow()
    // A candle that another one follows is closed, whatever the clocks say.
    return rowsOf(answer, 'candles')
      .map((row) => candleOf(market, row))
      .sort((a, b) => a.openAt - b.openAt)
      .filter(({ closeAt }, index, all) => closeAt <= now || index < all.length - 1)
      .filter(({ openAt }) => openAt >= openedFrom)
  }

  // Streams

  listen(listener: DialectListener): void {
    this.#inner.streams.listen(listener)
  }

  watch(instrument: Instrument): void {
    this.#inner.streams.watch(this.#markets.of(instrument))
  }

  async close(): Promise<void> {
    this.#open?.streams.close()
    await this.#open?.exchange.close()
  }

  #deadline(): number {
    return this.#inner.requests.venueNow() + DEADLINE_MS
  }
}

const notOpen = (): VenueError =>
  new VenueError('unavailable', 'not_open', 'hyperliquid is not connected yet.')

const refused = (code: string, text: string): VenueError => new VenueError('rejected', code, text)
