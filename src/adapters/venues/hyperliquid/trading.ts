/** What changes an account: orders, cancels, terms, the dead-man switch. Every action is sent once, and answered order by order. */
import type { Instrument } from '../../../domain/instrument.ts'
import { type Price, price } from '../../../domain/money.ts'
import type { ClientOrderId } from '../../../domain/order.ts'
import type { CancelOutcome, PlaceOutcome, VenueOrder } from '../../../domain/venue-report.ts'
import type { Logger } from '../../../ports/logger.ts'
import { type BurnOutcome, VenueError } from '../../../ports/venue.ts'
import type { WireOrder } from '../live/dialect.ts'
import { placementFailure } from '../live/errors.ts'
import type { HyperliquidMarket, MarketTable } from './instruments.ts'
import { bookOf } from './messages.ts'
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
import { lookupOf } from './reports.ts'
import type { Requests, Sending } from './requests.ts'
import type { HyperliquidStreams } from './streams.ts'

/** From sending to the moment after which an action is refused, ms. */
export const DEADLINE_MS = 2500
/** The least time of the dead-man switch, ms. */
export const DEAD_MAN_MIN_MS = 5000
/** A price of the socket that is older is asked for. */
const PRICE_AGE_MS = 2000

export interface TradingParts {
  readonly requests: Requests
  readonly streams: HyperliquidStreams
  readonly markets: () => MarketTable
  readonly logger: Logger
}

export class Trading {
  readonly #parts: TradingParts
  readonly #nonces = new NonceLedger()

  constructor(parts: TradingParts) {
    this.#parts = parts
  }

  async setTerms(
    instrument: Instrument,
    leverage: number,
    marginMode: 'isolated' | 'cross',
  ): Promise<void> {
    const market = this.#parts.markets().of(instrument)
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
    await this.#parts.requests.act(
      { type: 'updateLeverage', asset, isCross, leverage } as { type: string },
      { priority: 'place', count: 1, budgeted: 1, expiresAt: this.#deadline() },
    )
  }

  async place(orders: readonly WireOrder[]): Promise<readonly PlaceOutcome[]> {
    const outcomes = new Map<ClientOrderId, PlaceOutcome>()
    const good: PreparedOrder[] = []
    for (const order of orders) {
      if (this.#nonces.wasSent(order.clientId)) {
        outcomes.set(order.clientId, await this.#adopted(order))
        continue
      }
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

  /** An id that has left before is never sent again: the venue would make a second order of it. It stands for the first. */
  async #adopted({ clientId }: WireOrder): Promise<PlaceOutcome> {
    const unknown: PlaceOutcome = { kind: 'unknown', clientId, reason: 'duplicate_client_id' }
    try {
      const found = await this.lookup(clientId)
      if (!found) return unknown
      const { status, quantityFilled } = found
      return { kind: 'accepted', clientId, status, quantityFilled }
    } catch (error) {
      if (error instanceof VenueError) return unknown
      throw error
    }
  }

  async #prepare(order: WireOrder): Promise<PreparedOrder> {
    const market = this.#parts.markets().of(order.instrument)
    const reference = needsReference(order.request) ? await this.#reference(market) : null
    return { order, market, reference }
  }

  /** The middle of the book, or null when nobody tells it: then nothing is sent. */
  async #reference(market: HyperliquidMarket): Promise<Price | null> {
    const { requests, streams } = this.#parts
    const known = streams.lastPrice(market.instrument.id)
    if (known && known.ageMs <= PRICE_AGE_MS) return known.price.mark
    try {
      const answer = await requests.ask(
        { type: 'l2Book', endpoint: 'market', priority: 'reduce' },
        { coin: market.coin },
      )
      const told = bookOf({ table: this.#parts.markets(), user: requests.user }, answer)
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
      const statuses = statusesOf(await this.#parts.requests.act(action, sending), orders.length)
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
    const { requests } = this.#parts
    const market = this.#parts.markets().of(instrument)
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
    return Promise.all(told.flat().map((outcome) => this.#explained(outcome)))
  }

  /**
   * "Never placed, already canceled, or filled" says three things, and `success` not what was filled: the order itself tells,
   * where no stream will.
   */
  async #explained(outcome: CancelOutcome): Promise<CancelOutcome> {
    const isUntold = outcome.kind === 'pending' && !this.#parts.streams.isLive
    if (outcome.kind !== 'absent' && !isUntold) return outcome
    const { clientId } = outcome
    try {
      const found = await this.lookup(clientId)
      if (!found || found.status === 'open') return outcome
      const { status, quantityFilled } = found
      return { kind: 'final', clientId, status, quantityFilled }
    } catch (error) {
      if (error instanceof VenueError) return outcome
      throw error
    }
  }

  async lookup(id: ClientOrderId): Promise<VenueOrder | null> {
    const oid = id.startsWith('venue:') ? Number(id.slice('venue:'.length)) : id
    return lookupOf(
      this.#parts.markets(),
      await this.#parts.requests.askUser({ type: 'orderStatus' }, { oid }),
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
      await this.#parts.requests.act(
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
    const time = timeoutMs === null ? null : Math.ceil(this.#parts.requests.venueNow() + timeoutMs)
    if (timeoutMs !== null && timeoutMs < DEAD_MAN_MIN_MS)
      throw refused(
        'dead_man_time',
        `The dead-man switch of hyperliquid needs 5000 ms at least, not ${timeoutMs}.`,
      )
    try {
      await this.#parts.requests.act(
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

  #deadline(): number {
    return this.#parts.requests.venueNow() + DEADLINE_MS
  }
}

const refused = (code: string, text: string): VenueError => new VenueError('rejected', code, text)
