/** `POST /info`: everything that can be asked; nothing here is signed, an address is enough. */
import type { SandboxAccount, SandboxBackend } from '../front.ts'
import { type AccountBook, ROWS_MAX } from './account-book.ts'
import { aggregated, fillsBetween, fundingRow, ledgerRow, viewFills } from './account-views.ts'
import { type AddressBudget, addWeight, infoWeight, rowsWeight, takeWeight } from './budget.ts'
import { type Answer, type ExchangeEndpoint, MALFORMED, ok, TOO_MANY } from './exchange-endpoint.ts'
import {
  allMids,
  assetContext,
  candleView,
  fundingHistory,
  intervalsMs,
  l2Book,
  predictedFundings,
  tradeView,
} from './market-views.ts'
import { orderView, statusView } from './order-views.ts'
import {
  BUILDER_DEX,
  builderContexts,
  builderMeta,
  metaOf,
  perpDexs,
  spotContexts,
  spotMeta,
  type Universe,
} from './universe.ts'
import {
  address as addressReader,
  cloid,
  flag,
  MalformedBody,
  objectOf,
  oneOf,
  parseJson,
  text,
  uint,
} from './wire-reader.ts'

const FILLS_MAX = 2000
const ORDERS_MAX = 2000
const CANDLES_MAX = 5000
const TRADES_MAX = 10
const FOREVER = Number.MAX_SAFE_INTEGER

const typed = objectOf({ type: text })
const ofDex = objectOf({}, { dex: text })
const ofUser = objectOf({ user: addressReader }, { dex: text, aggregateByTime: flag })
const ofOrder = objectOf({ user: addressReader, oid: oneOf(uint, cloid) })
const ofRange = objectOf(
  { user: addressReader },
  { startTime: uint, endTime: uint, aggregateByTime: flag, reversed: flag },
)
const ofCoin = objectOf({ coin: text }, { startTime: uint, endTime: uint })
const ofBook = objectOf({ coin: text }, { nSigFigs: uint, mantissa: uint })
const ofCandles = objectOf({
  req: objectOf({ coin: text, interval: text, startTime: uint }, { endTime: uint }),
})
const ofBuilder = objectOf({ user: addressReader, builder: addressReader })
const ofAsset = objectOf({ user: addressReader, coin: text })

interface Parts {
  readonly backend: SandboxBackend
  readonly universe: Universe
  readonly book: AccountBook
  readonly budget: AddressBudget
  readonly exchange: ExchangeEndpoint
}

type Handler = (query: unknown) => unknown

export class InfoEndpoint {
  readonly #parts: Parts
  readonly #handlers: ReadonlyMap<string, Handler>

  constructor(parts: Parts) {
    this.#parts = parts
    this.#handlers = new Map([
      ...Object.entries(this.#marketHandlers()),
      ...Object.entries(this.#orderHandlers()),
      ...Object.entries(this.#accountHandlers()),
    ])
  }

  handle(body: string, from: string): Answer {
    try {
      return this.handleJson(parseJson(body), from)
    } catch (error) {
      if (error instanceof MalformedBody) return MALFORMED
      throw error
    }
  }

  /** The same for a question that came over the WebSocket. */
  handleJson(query: unknown, from: string): Answer {
    const { backend } = this.#parts
    try {
      const { type } = typed(query)
      const handler = this.#handlers.get(type)
      if (!handler) return MALFORMED
      if (!takeWeight(backend, from, infoWeight(type))) return TOO_MANY
      const answer = handler(query)
      if (Array.isArray(answer)) addWeight(backend, from, rowsWeight(type, answer.length))
      return answer === undefined ? { status: 500, body: null } : ok(answer)
    } catch (error) {
      if (error instanceof MalformedBody) return MALFORMED
      throw error
    }
  }

  #marketHandlers(): Record<string, Handler> {
    const { backend, universe } = this.#parts
    const isBuilder = (query: unknown) => ofDex(query).dex === BUILDER_DEX
    const meta: Handler = (query) => (isBuilder(query) ? builderMeta() : metaOf(universe.coins()))
    const contexts: Handler = (query) =>
      isBuilder(query)
        ? builderContexts()
        : universe.coins().map((coin) => assetContext(backend, coin))
    return {
      meta,
      metaAndAssetCtxs: (query) => [meta(query), contexts(query)],
      allPerpMetas: () => [metaOf(universe.coins()), builderMeta()],
      spotMeta,
      spotMetaAndAssetCtxs: () => [spotMeta(), spotContexts()],
      perpDexs,
      allMids: (query) => (isBuilder(query) ? {} : allMids(backend, universe.coins())),
      l2Book: (query) => this.#l2Book(query),
      candleSnapshot: (query) => this.#candles(query),
      recentTrades: (query) => this.#trades(query),
      fundingHistory: (query) => this.#fundingHistory(query),
      predictedFundings: () => predictedFundings(backend, universe.coins()),
      perpsAtOpenInterestCap: () => [],
      exchangeStatus: () => ({
        time: backend.wallMs(),
        specialStatuses: backend.maintenance().isOn ? 'upgrade' : null,
      }),
    }
  }

  #orderHandlers(): Record<string, Handler> {
    return {
      openOrders: (query) =>
        this.#views(this.#account(query)?.openOrders() ?? [], (coin, order) =>
          orderView(coin, order),
        ),
      frontendOpenOrders: (query) => this.#parts.book.openOrders(this.#account(query)),
      orderStatus: (query) => this.#orderStatus(query),
      historicalOrders: (query) => this.#history(this.#account(query)),
      userFills: (query) => this.#newestFills(query),
      userFillsByTime: (query) => this.#fillsByTime(query),
      userTwapSliceFills: () => [],
    }
  }

  #accountHandlers(): Record<string, Handler> {
    const { book, budget, exchange } = this.#parts
    return {
      clearinghouseState: (query) =>
        book.clearinghouse(ofUser(query).dex === BUILDER_DEX ? null : this.#account(query)),
      spotClearinghouseState: () => book.spotState(),
      userFunding: (query) => this.#payments(query, 'funding'),
      userNonFundingLedgerUpdates: (query) => this.#payments(query, 'cash'),
      userRateLimit: (query) => budget.view(this.#account(query)),
      userRole: (query) => this.#role(ofUser(query).user),
      extraAgents: (query) => this.#agents(this.#account(query)),
      userAbstraction: (query) => (ofUser(query).user === '' ? null : 'default'),
      userFees: (query) => book.userFees(this.#account(query)),
      referral: (query) => this.#referral(this.#account(query)),
      subAccounts: () => null,
      userVaultEquities: () => [],
      activeAssetData: (query) => {
        const { user, coin } = ofAsset(query)
        return book.activeAssetData(book.ownedBy(user), coin, user) ?? undefined
      },
      maxBuilderFee: (query) => {
        const { user, builder } = ofBuilder(query)
        return exchange.maxBuilderFee(user, builder)
      },
    }
  }

  #account(query: unknown): SandboxAccount | null {
    return this.#parts.book.ownedBy(ofUser(query).user)
  }

  #views<Row extends { readonly instrument: Parameters<Universe['byInstrument']>[0] }, View>(
    rows: readonly Row[],
    view: (coin: NonNullable<ReturnType<Universe['byInstrument']>>, row: Row) => View,
  ): readonly View[] {
    return rows.flatMap((row) => {
      const coin = this.#parts.universe.byInstrument(row.instrument)
      return coin ? [view(coin, row)] : []
    })
  }

  #l2Book(query: unknown) {
    const { coin: name, nSigFigs = null, mantissa = null } = ofBook(query)
    const coin = this.#parts.universe.byName(name)
    return coin ? l2Book(this.#parts.backend, coin, { nSigFigs, mantissa }) : null
  }

  #candles(query: unknown) {
    const { coin: name, interval, startTime, endTime } = ofCandles(query).req
    const coin = this.#parts.universe.byName(name)
    const barMs = Object.hasOwn(intervalsMs, interval) ? intervalsMs[interval] : undefined
    if (!coin || barMs === undefined) return undefined
    const candles = this.#parts.backend.candles(coin.instrument.id, {
      barMs,
      from: startTime,
      ...(endTime === undefined ? {} : { until: endTime }),
      limit: CANDLES_MAX,
    })
    return candles.map((one) => candleView(coin, interval, one))
  }

  #trades(query: unknown) {
    const coin = this.#parts.universe.byName(ofCoin(query).coin)
    if (!coin) return undefined
    const trades = this.#parts.backend.trades(coin.instrument.id, TRADES_MAX)
    return trades.map((one) => tradeView(coin, one))
  }

  #fundingHistory(query: unknown) {
    const { coin: name, startTime = 0, endTime = FOREVER } = ofCoin(query)
    const coin = this.#parts.universe.byName(name)
    if (!coin) return undefined
    return fundingHistory(this.#parts.backend, coin, startTime, endTime, ROWS_MAX)
  }

  #orderStatus(query: unknown) {
    const { user, oid } = ofOrder(query)
    const { book, universe } = this.#parts
    const account = book.ownedBy(user)
    const order = account ? book.desk.find(account, oid) : null
    const coin = order && universe.byInstrument(order.instrument)
    if (!order || !coin) return { status: 'unknownOid' }
    return { status: 'order', order: statusView(coin, order, book.desk.causes) }
  }

  #history(account: SandboxAccount | null) {
    if (!account) return []
    const { causes } = this.#parts.book.desk
    const rows = [...account.openOrders(), ...account.orderHistory({ limit: ORDERS_MAX })]
      .sort((a, b) => b.id - a.id)
      .slice(0, ORDERS_MAX)
    return this.#views(rows, (coin, order) => statusView(coin, order, causes))
  }

  /** Newest first. */
  #newestFills(query: unknown) {
    const account = this.#account(query)
    if (!account) return []
    const { universe } = this.#parts
    const fills = viewFills(universe, account, fillsBetween(account, null, null)).toReversed()
    const isJoined = ofUser(query).aggregateByTime ?? false
    return (isJoined ? aggregated(fills, universe) : fills).slice(0, FILLS_MAX)
  }

  /** Oldest first from the beginning of the range; only the newest 10,000 fills can be asked for. */
  #fillsByTime(query: unknown) {
    const { user, startTime = 0, endTime, aggregateByTime, reversed } = ofRange(query)
    const { book, universe } = this.#parts
    const account = book.ownedBy(user)
    if (!account) return []
    const fills = viewFills(universe, account, fillsBetween(account, startTime, endTime ?? null))
    const joined = aggregateByTime ? aggregated(fills, universe) : fills
    return (reversed ? joined.toReversed() : joined).slice(0, FILLS_MAX)
  }

  #payments(query: unknown, kind: 'funding' | 'cash') {
    const { user, startTime = 0, endTime = FOREVER } = ofRange(query)
    const { book, universe } = this.#parts
    const payments = book.payments(book.ownedBy(user), kind, startTime, endTime)
    if (kind === 'cash') return payments.map(ledgerRow)
    return payments.flatMap((one) => {
      const coin = one.instrument === null ? null : universe.byInstrument(one.instrument)
      return coin ? [fundingRow(coin, one)] : []
    })
  }

  #role(user: string) {
    const account = this.#parts.backend.accountOf(user)
    if (!account) return { role: 'missing' }
    const { walletAddress } = account.credentials
    return walletAddress === user
      ? { role: 'user' }
      : { role: 'agent', data: { user: walletAddress } }
  }

  #agents(account: SandboxAccount | null) {
    if (!account || account.key.isRevoked || account.key.isAgentExpired) return []
    const { agentAddress } = account.credentials
    return [{ address: agentAddress, name: 'sandbox', validUntil: FOREVER }]
  }

  #referral(account: SandboxAccount | null) {
    return {
      referredBy: null,
      cumVlm: account ? this.#parts.budget.view(account).cumVlm : '0.0',
      unclaimedRewards: '0.0',
      claimedRewards: '0.0',
      builderRewards: '0.0',
      referrerState: { stage: 'needToTrade', data: { required: '10000.0' } },
      rewardHistory: [],
      tokenToState: [],
    }
  }
}
