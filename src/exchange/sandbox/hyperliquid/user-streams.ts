/** Streams of one user: what happened to orders, fills and money, and the state of the account. */
import type { SandboxAccount, SandboxEvent, SandboxFill, SandboxPayment } from '../front.ts'
import type { AccountBook } from './account-book.ts'
import { aggregated, fillsBetween, ledgerRow, viewFills } from './account-views.ts'
import type { Connection, Live } from './connection.ts'
import { assetContext } from './market-views.ts'
import { statusView, updateView } from './order-views.ts'
import { metaOf, spotContexts } from './universe.ts'
import { wireMoney } from './wire-number.ts'

const SNAPSHOT_MAX = 2000
/** States are told when something has changed, and this often anyway: marks move by themselves. */
const REPEAT_MS = 5000
const STATES = new Set([
  'webData2',
  'clearinghouseState',
  'openOrders',
  'spotState',
  'activeAssetData',
])
const FOREVER = Number.MAX_SAFE_INTEGER

export class UserStreams {
  readonly #book: AccountBook

  constructor(book: AccountBook) {
    this.#book = book
  }

  /** Histories begin with what was before, and say so. */
  begin(connection: Connection, live: Live): void {
    const { type, user = '', aggregateByTime = false } = live.subscription
    const account = this.#book.ownedBy(user)
    const isSnapshot = true
    if (STATES.has(type)) this.#state(connection, live)
    else if (type === 'userFills') {
      const recent = account ? fillsBetween(account, null, null).slice(-SNAPSHOT_MAX) : []
      const fills = this.#fills(account, recent, aggregateByTime)
      connection.tell(type, { isSnapshot, user, fills })
    } else if (type === 'userFundings') {
      const fundings = this.#book.fundings(this.#book.payments(account, 'funding', 0, FOREVER))
      connection.tell(type, { isSnapshot, user, fundings })
    } else if (type === 'userNonFundingLedgerUpdates') {
      const rows = this.#book.payments(account, 'cash', 0, FOREVER).map(ledgerRow)
      connection.tell(type, { isSnapshot, user, nonFundingLedgerUpdates: rows })
    } else if (type === 'userHistoricalOrders') {
      connection.tell(type, { isSnapshot, user, orderHistory: this.#history(account) })
    }
  }

  onAccount(
    connection: Connection,
    live: Live,
    account: SandboxAccount,
    events: readonly SandboxEvent[],
  ): void {
    const { type, user = '', aggregateByTime = false } = live.subscription
    const fills = events.flatMap((one) => (one.kind === 'order' && one.fill ? [one.fill] : []))
    if (STATES.has(type)) this.#state(connection, live)
    else if (type === 'orderUpdates') this.#updates(connection, events)
    else if (type === 'userFills' && fills.length > 0) {
      connection.tell(type, { user, fills: this.#fills(account, fills, aggregateByTime) })
    } else if (type === 'userEvents') this.#events(connection, account, events, fills)
    else if (type === 'userHistoricalOrders') this.#orderHistory(connection, user, events)
    else this.#money(connection, live, events)
    if (type === 'notification') this.#notify(connection, account, fills)
  }

  onSecond(connection: Connection, live: Live): void {
    if (!STATES.has(live.subscription.type)) return
    if (Math.abs(this.#book.backend.wallMs() - live.sentAt) >= REPEAT_MS) {
      this.#state(connection, live)
    }
  }

  #fills(account: SandboxAccount | null, fills: readonly SandboxFill[], isJoined: boolean) {
    if (!account) return []
    const { universe } = this.#book
    const views = viewFills(universe, account, fills)
    return isJoined ? aggregated(views, universe) : views
  }

  #history(account: SandboxAccount | null) {
    const orders = account
      ? [...account.orderHistory({ limit: SNAPSHOT_MAX }), ...account.openOrders()]
      : []
    return orders.flatMap((order) => {
      const coin = this.#book.universe.byInstrument(order.instrument)
      return coin ? [statusView(coin, order, this.#book.desk.causes)] : []
    })
  }

  #updates(connection: Connection, events: readonly SandboxEvent[]): void {
    const { universe, desk } = this.#book
    const rows = events.flatMap((one) => {
      const coin = one.kind === 'order' ? universe.byInstrument(one.order.instrument) : null
      return coin && one.kind === 'order' ? [updateView(coin, one.order, desk.causes)] : []
    })
    if (rows.length > 0) connection.tell('orderUpdates', rows)
  }

  #orderHistory(connection: Connection, user: string, events: readonly SandboxEvent[]): void {
    const { universe, desk } = this.#book
    const rows = events.flatMap((one) => {
      const coin = one.kind === 'order' ? universe.byInstrument(one.order.instrument) : null
      return coin && one.kind === 'order' ? [statusView(coin, one.order, desk.causes)] : []
    })
    if (rows.length > 0) connection.tell('userHistoricalOrders', { user, orderHistory: rows })
  }

  /** Its channel is called `user`. */
  #events(
    connection: Connection,
    account: SandboxAccount,
    events: readonly SandboxEvent[],
    fills: readonly SandboxFill[],
  ): void {
    if (fills.length > 0) connection.tell('user', { fills: this.#fills(account, fills, false) })
    const canceled = this.#venueCancels(events)
    if (canceled.length > 0) connection.tell('user', { nonUserCancel: canceled })
    for (const funding of this.#book.fundings(paymentsOf(events, 'funding'))) {
      connection.tell('user', { funding })
    }
    const forced = fills.find((one) => one.origin === 'liquidation')
    if (forced) connection.tell('user', { liquidation: this.#liquidation(account, forced) })
  }

  /** Orders that the venue has ended, not their owner. */
  #venueCancels(events: readonly SandboxEvent[]) {
    const { universe, desk } = this.#book
    return events.flatMap((one) => {
      if (one.kind !== 'order' || one.order.status !== 'canceled') return []
      const coin = universe.byInstrument(one.order.instrument)
      const isVenues = one.order.reason !== null || desk.causes.has(one.order.id)
      return coin && isVenues ? [{ coin: coin.name, oid: one.order.id }] : []
    })
  }

  #liquidation(account: SandboxAccount, fill: SandboxFill) {
    const instrument = this.#book.universe.byInstrument(fill.instrument)?.instrument
    const notional = fill.price * fill.quantity * (instrument?.moneyPerUnit ?? 0)
    return {
      lid: fill.id,
      liquidator: `0x${'0'.repeat(40)}`,
      liquidated_user: account.credentials.walletAddress,
      liquidated_ntl_pos: wireMoney(notional as never),
      liquidated_account_value: wireMoney(account.balance().equity),
    }
  }

  #money(connection: Connection, live: Live, events: readonly SandboxEvent[]): void {
    const { type, user = '' } = live.subscription
    if (type === 'userFundings') {
      const fundings = this.#book.fundings(paymentsOf(events, 'funding'))
      if (fundings.length > 0) connection.tell(type, { user, fundings })
    } else if (type === 'userNonFundingLedgerUpdates') {
      const rows = paymentsOf(events, 'cash').map(ledgerRow)
      if (rows.length > 0) connection.tell(type, { user, nonFundingLedgerUpdates: rows })
    }
  }

  #notify(connection: Connection, account: SandboxAccount, fills: readonly SandboxFill[]): void {
    for (const fill of this.#fills(account, fills, false)) {
      const notification = `${fill.dir}: ${fill.sz} ${fill.coin} at ${fill.px}`
      connection.tell('notification', { notification })
    }
  }

  #state(connection: Connection, live: Live): void {
    live.sentAt = this.#book.backend.wallMs()
    const { type, user = '', dex = '', coin = '' } = live.subscription
    const account = dex === '' ? this.#book.ownedBy(user) : null
    if (type === 'clearinghouseState') {
      const clearinghouseState = this.#book.clearinghouse(account)
      connection.tell(type, { dex, user, clearinghouseState })
    } else if (type === 'openOrders') {
      connection.tell(type, { dex, user, orders: this.#book.openOrders(account) })
    } else if (type === 'spotState') {
      connection.tell(type, { user, spotState: this.#book.spotState() })
    } else if (type === 'activeAssetData') {
      connection.tell(type, this.#book.activeAssetData(account, coin, user))
    } else if (type === 'webData2') connection.tell(type, this.#webData(account, user))
  }

  #webData(account: SandboxAccount | null, user: string) {
    const { backend, universe } = this.#book
    const coins = universe.coins()
    return {
      clearinghouseState: this.#book.clearinghouse(account),
      leadingVaults: [],
      totalVaultEquity: '0.0',
      openOrders: this.#book.openOrders(account),
      agentAddress: account?.credentials.agentAddress ?? null,
      agentValidUntil: null,
      cumLedger: wireMoney(account?.balance().balance ?? (0 as never)),
      meta: metaOf(coins),
      assetCtxs: coins.map((coin) => assetContext(backend, coin)),
      serverTime: backend.wallMs(),
      isVault: false,
      user,
      twapStates: [],
      spotState: this.#book.spotState(),
      spotAssetCtxs: spotContexts(),
      perpsAtOpenInterestCap: [],
    }
  }
}

const paymentsOf = (
  events: readonly SandboxEvent[],
  kind: SandboxPayment['kind'],
): readonly SandboxPayment[] =>
  events.flatMap((one) =>
    one.kind === 'payment' && one.payment.kind === kind ? [one.payment] : [],
  )
