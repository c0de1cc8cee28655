/** Hyperliquid as a VenueDialect: signed actions, questions for the master's address, one socket. See docs/concepts/venues.md. */
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
import { type BurnOutcome, VenueError, type VenueWord } from '../../../ports/venue.ts'
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
import { MonotoneNonce } from '../live/nonce.ts'
import { Transport } from '../live/transport.ts'
import { cashFact, fundingFact } from './cash.ts'
import { assertAccount, budgetWarnings, keysOf } from './connect.ts'
import { type HyperliquidExchange, hyperliquidExchange } from './exchange.ts'
import { pagesOf } from './history.ts'
import { BASE_FEES, feesOf, isBuilderSymbol, MarketTable, priceOf, VENUE } from './instruments.ts'
import { candleOf } from './messages.ts'
import { rawOf, rowsOf } from './raw.ts'
import { balanceOf, fillFact, openOrdersOf, positionsOf } from './reports.ts'
import { POOLS, Requests } from './requests.ts'
import { HyperliquidStreams, STREAM } from './streams.ts'
import { DEAD_MAN_MIN_MS, DEADLINE_MS, Trading } from './trading.ts'
import { VenueTime } from './venue-time.ts'

const MINUTE_MS = 60_000
/** In one answer. */
const CANDLES_MAX = 5000
/**
 * Funding and movements of money are rare and told by the socket; a question costs 40 of the 1200 that an internet address has
 * each minute. Every question for events looks back much further than this, so nothing is missed.
 */
const MONEY_EVERY_MS = 10_000
/** The same for the prices of all contracts, which stand in for a socket that is down. */
const CONTEXTS_EVERY_MS = 4000

export const TRAITS: VenueTraits = {
  idScheme: 'hex128',
  deadlineMs: DEADLINE_MS,
  // One action of up to 39 orders has weight 1.
  batchMax: 39,
  deadMan: 'account',
  deadManMs: { min: DEAD_MAN_MIN_MS, max: 86_400_000 },
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
  readonly trading: Trading
}

export class HyperliquidDialect implements VenueDialect {
  readonly venue = VENUE
  readonly traits = TRAITS
  readonly pools = POOLS
  readonly streams: readonly string[] = [STREAM]
  readonly #parts: DialectParts
  readonly #transport: Transport
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
    const markets = () => this.#markets
    const trading = new Trading({ requests, streams, markets, logger })
    return { exchange, requests, streams, trading }
  }

  async open(): Promise<AccountFacts> {
    this.#open ??= await this.#make()
    const parts = this.#parts
    const { requests, exchange } = this.#open
    // Questions, none of which needs the answer of another: a desk that comes back waits for one round trip, not three.
    const [facts, fees, meta] = await Promise.all([
      assertAccount({
        requests,
        signer: exchange.ethGetAddressFromPrivateKey(exchange.privateKey).toLowerCase(),
        acceptsMainKey: parts.acceptsMainKey,
        acceptsEmpty: parts.acceptsUnverified,
      }),
      requests.askUser({ type: 'userFees' }),
      requests.ask({ type: 'meta', endpoint: 'market' }),
    ])
    this.#fees = feesOf(fees)
    this.#table = new MarketTable(meta, this.#fees)
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

  setTerms(
    instrument: Instrument,
    leverage: number,
    marginMode: 'isolated' | 'cross',
  ): Promise<void> {
    return this.#inner.trading.setTerms(instrument, leverage, marginMode)
  }

  // Orders

  place(orders: readonly WireOrder[]): Promise<readonly PlaceOutcome[]> {
    return this.#inner.trading.place(orders)
  }

  cancel(instrument: Instrument, ids: readonly ClientOrderId[]): Promise<readonly CancelOutcome[]> {
    return this.#inner.trading.cancel(instrument, ids)
  }

  lookup(_instrument: Instrument, id: ClientOrderId): Promise<VenueOrder | null> {
    return this.#inner.trading.lookup(id)
  }

  burn(id: ClientOrderId): Promise<BurnOutcome> {
    return this.#inner.trading.burn(id)
  }

  armDeadMan(timeoutMs: number | null): Promise<void> {
    return this.#inner.trading.armDeadMan(timeoutMs)
  }

  async openOrders(): Promise<readonly VenueOrder[]> {
    return openOrdersOf(
      this.#markets,
      await this.#inner.requests.askUser({ type: 'frontendOpenOrders' }),
    )
  }

  // Account

  async factsSince(at: number): Promise<readonly VenueFact[]> {
    const { requests } = this.#inner
    const table = this.#markets
    const { user } = requests
    const askedMs = this.#parts.clock.monotonicMs()
    const isMoneyDue = askedMs - this.#moneyAskedMs >= MONEY_EVERY_MS
    const money = (type: string) => (isMoneyDue ? pagesOf(requests, { type }, at) : [])
    const [fills, funding, cash] = await Promise.all([
      pagesOf(requests, { type: 'userFillsByTime' }, at),
      money('userFunding'),
      money('userNonFundingLedgerUpdates'),
    ])
    if (isMoneyDue) this.#moneyAskedMs = askedMs
    const facts: (VenueFact | null)[] = [
      ...fills.map((row) => fillFact(table, row, user)),
      ...funding.map((row) => fundingFact(table, row)),
      ...cash.map((row) => cashFact(row, user)),
    ]
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

  word(): Promise<VenueWord | null> {
    return this.#inner.requests.word()
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
}

const notOpen = (): VenueError =>
  new VenueError('unavailable', 'not_open', 'hyperliquid is not connected yet.')
