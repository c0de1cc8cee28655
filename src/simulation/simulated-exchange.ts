/**
 * The simulated exchange: matching on candles, margin, fees, funding, liquidation, accounts, and the market clock.
 * Pure and synchronous; the exchange process and the backtest run this same class. Rules: docs/concepts/clocks.md
 * (path and order of things), docs/concepts/exchange.md (fills, margin, liquidation).
 */
import type { InstrumentId } from '../domain/instrument.ts'
import type { MarketPrice } from '../domain/market.ts'
import { type Money, money, type Price, price, quantity } from '../domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../domain/order.ts'
import type { LiquidationTerms } from '../domain/position/liquidation.ts'
import { unrealisedOf } from '../domain/position/position.ts'
import type { Json, Wake } from '../domain/strategy.ts'
import type {
  CancelOutcome,
  PlaceOutcome,
  VenueBalance,
  VenueOrder,
  VenuePosition,
} from '../domain/venue-report.ts'
import { openAccount, openHolding, touch } from './accounts.ts'
import { venueOrderOf } from './book.ts'
import type { CandlePath } from './candle-path.ts'
import { enter } from './entering.ts'
import { Hall, type NamedEvent, SimulationError } from './hall.ts'
import { cutOrder, deleverage, fillAtOnce, jump, liquidateAtOnce } from './interventions.ts'
import { deathOf, liquidationTermsOf } from './margin-check.ts'
import { advance, type Stop } from './market-clock.ts'
import { placeAt, refreshNext, sync } from './market-path.ts'
import type { MarketSource } from './market-source.ts'
import { type CandleEvent, passCandle } from './quiet-candle.ts'
import { type ChangedPart, readState, takeChangedParts, toldOf, writeState } from './snapshot.ts'
import type { AccountLedger, AccountTerms, BookOrder, Holding, MarketState } from './state.ts'
import { settle } from './trading.ts'
import { replaceWakes } from './wakes.ts'

export type { CandlePath } from './candle-path.ts'
export type { NamedEvent } from './hall.ts'
export type { Stop } from './market-clock.ts'
export type { MarketSource } from './market-source.ts'
export type { CandleEvent } from './quiet-candle.ts'
export type { ChangedPart } from './snapshot.ts'
export type { AccountLedger, AccountTerms } from './state.ts'

export interface SimulationOptions {
  readonly source: MarketSource
  /** Market time of the beginning, and of the end (null = none). */
  readonly startAt: number
  readonly endAt: number | null
  /** What fills a resting order: the price goes through its limit by one allowed price, or touches it. */
  readonly fillRule: 'through' | 'touch'
  /** Which extreme of a candle comes first; absent = by_direction. */
  readonly candlePath?: CandlePath
  /** Whether `takeDirty` will be asked for what has changed; absent = true. */
  readonly tracksChanges?: boolean
}

export class SimulatedExchange {
  readonly #options: SimulationOptions
  #hall: Hall

  constructor(options: SimulationOptions) {
    this.#options = options
    this.#hall = emptyHall(options)
  }

  /** Market time now. */
  get at(): number {
    return this.#hall.at
  }

  /** The price now; before the first candle that it could run in, the open of that. @throws SimulationError for an instrument without market */
  price(instrument: InstrumentId): MarketPrice {
    const market = this.#hall.activeMarket(instrument)
    if (market) return this.#priceOf(market)
    const next = this.#hall.source.candleFrom(instrument, this.at)
    if (next === null)
      throw new SimulationError(`${instrument} has no price at this moment: take an earlier start.`)
    if (this.#hall.source.isJoinedMidCandle === true) {
      return this.#priceOf(this.#hall.beginning(instrument))
    }
    const mark = this.#hall.source.markAt(instrument, next.openAt) ?? next.open
    return { last: next.open, mark }
  }

  /** The price that was told last, for whoever must go on as if it had never been away; before the first, the price. */
  toldPrice(instrument: InstrumentId): MarketPrice {
    const market = this.#hall.activeMarket(instrument)
    return (market && toldOf(market)) ?? this.price(instrument)
  }

  #priceOf(market: MarketState): MarketPrice {
    refreshNext(market, this.at, this.#hall.endAt)
    const { last } = placeAt(market, this.at)
    return { last: price(last), mark: price(Math.max(1, last + market.basis)) }
  }

  /** Opens an account; nothing happens when it is open. */
  openAccount(account: string): void {
    if (this.#hall.accounts.has(account)) return
    this.#hall.accounts.set(account, openAccount(account))
    this.#hall.changedAccounts.add(account)
  }

  /** Adds money (negative: takes it out) and tells it as a cash event. */
  deposit(account: string, amount: Money, reason: string): void {
    const found = this.#hall.account(account)
    found.balance = money(found.balance + amount)
    found.ledger.deposits = money(found.ledger.deposits + amount)
    touch(found)
    this.#hall.tell(found, { kind: 'cash', amount, reason })
  }

  /**
   * An instance trades an instrument on an account from now on; sets the terms. Idempotent.
   * @throws SimulationError when another instance trades it there, the margin mode would change under a position, or
   * the account settles in another currency
   */
  attach(account: string, instance: string, instrument: InstrumentId, terms: AccountTerms): void {
    const hall = this.#hall
    const found = hall.account(account)
    for (const [other, attachment] of hall.instances) {
      const isSame = attachment.account === account && attachment.instrument === instrument
      if (isSame && other !== instance) {
        throw new SimulationError(
          `${instrument} on account ${account} is traded by instance ${other}: stop that one first.`,
        )
      }
    }
    const { settle: currency } = hall.instrument(instrument)
    if (found.settle !== '' && found.settle !== currency) {
      throw new SimulationError(
        `Account ${account} settles in ${found.settle}, ${instrument} in ${currency}: use another account.`,
      )
    }
    const market = hall.market(instrument)
    const holding = found.holdings.get(instrument)
    if (holding) changeTerms(holding, terms)
    else openHolding(found, market, terms)
    found.settle = currency
    hall.instances.set(instance, { account, instrument })
    hall.changedInstances.add(instance)
    hall.changedAccounts.add(account)
  }

  /** The instance is no longer fed; orders and position stay. */
  detach(instance: string): void {
    const attachment = this.#hall.instances.get(instance)
    if (!attachment) return
    this.#hall.instances.delete(instance)
    this.#hall.changedInstances.add(instance)
    for (const market of this.#hall.markets) replaceWakes(market, instance, [])
  }

  /**
   * Places an order at market time now. With latency it is accepted unseen and takes effect later; a refusal then comes
   * as an order event.
   */
  place(account: string, clientId: ClientOrderId, request: OrderRequest): PlaceOutcome {
    const found = this.#hall.accounts.get(account)
    const holding = found?.holdings.get(request.instrument)
    if (!found || !holding) return { kind: 'rejected', clientId, reason: 'unknown_instrument' }
    if (this.#hall.orderOf(account, clientId) !== null) {
      return { kind: 'rejected', clientId, reason: 'duplicate_client_id' }
    }
    this.#hall.lastNumber += 1
    const order = newOrder(this.#hall.lastNumber, clientId, request, holding)
    found.orders.set(clientId, order)
    const { latencyMs } = holding.terms.paper
    if (latencyMs > 0) {
      this.#hall.delay({ at: this.at + latencyMs, kind: 'place', order })
      this.#hall.noteOrder(order)
      return accepted(order)
    }
    sync(holding.market, this.at, this.#hall.endAt)
    const reason = enter(this.#hall, order)
    if (reason === null) {
      this.#hall.noteOrder(order)
      return accepted(order)
    }
    found.orders.delete(clientId)
    return { kind: 'rejected', clientId, reason }
  }

  cancel(account: string, _instrument: InstrumentId, clientId: ClientOrderId): CancelOutcome {
    const order = this.#hall.orderOf(account, clientId)
    if (order === null) return { kind: 'absent', clientId }
    const { latencyMs } = order.holding.terms.paper
    if (order.status === 'open' && latencyMs > 0) {
      this.#hall.delay({ at: this.at + latencyMs, kind: 'cancel', order })
      return { kind: 'pending', clientId }
    }
    if (order.status === 'open') settle(this.#hall, order, 'canceled', null)
    return { kind: 'final', clientId, status: order.status, quantityFilled: quantity(order.filled) }
  }

  /** Rehearsal: a resting order fills completely now; false when it does not rest. */
  fillAtOnce(account: string, clientId: ClientOrderId): boolean {
    const order = this.#hall.orderOf(account, clientId)
    return order !== null && fillAtOnce(this.#hall, order)
  }

  /** The venue cuts a resting reduce-only order to so many lots in all; false when it cannot. */
  cutOrder(account: string, clientId: ClientOrderId, lots: number): boolean {
    const order = this.#hall.orderOf(account, clientId)
    return order !== null && cutOrder(this.#hall, order, lots)
  }

  /** Rehearsal: the venue closes a position by force, as a liquidation or (`lots`) by auto-deleveraging. */
  closeByForce(account: string, instrument: InstrumentId, lots: number | null): boolean {
    const holding = this.#hall.account(account).holdings.get(instrument)
    if (!holding) return false
    sync(holding.market, this.at, this.#hall.endAt)
    if (lots !== null) return deleverage(this.#hall, holding, lots)
    return liquidateAtOnce(this.#hall, holding)
  }

  /**
   * Rehearsal: prices of an instrument jump; `change` moves them in the source. What the jump causes is told by the next
   * `advance`.
   */
  jump(instrument: InstrumentId, change: () => void): void {
    const market = this.#hall.activeMarket(instrument)
    if (market !== null) sync(market, this.at, this.#hall.endAt)
    change()
    jump(this.#hall, instrument)
  }

  /** null = never placed, refused at once, or final for long (at least the last 1,000 final orders of an account are kept). */
  lookup(account: string, clientId: ClientOrderId): VenueOrder | null {
    const order = this.#hall.orderOf(account, clientId)
    return order === null ? null : venueOrderOf(order)
  }

  openOrders(account: string): VenueOrder[] {
    return [...this.#hall.account(account).orders.values()].map(venueOrderOf)
  }

  positions(account: string): VenuePosition[] {
    const { holdings } = this.#hall.account(account)
    return [...holdings.values()]
      .filter(({ position }) => position.quantity !== 0)
      .map(({ market, position }) => ({ instrument: market.instrument.id, ...position }))
  }

  balance(account: string): VenueBalance {
    const { settle: currency, balance, holdings } = this.#hall.account(account)
    let equity = balance
    for (const { market, position } of holdings.values()) {
      if (position.quantity === 0) continue
      equity += unrealisedOf(market.instrument, position, this.#priceOf(market).mark)
    }
    return { settle: currency, equity: money(equity), balance: money(balance) }
  }

  /** Totals of an account; balance = deposits + realised + funding - fees + insurance, always. */
  ledger(account: string): Readonly<AccountLedger> {
    return { ...this.#hall.account(account).ledger }
  }

  /** The mark at which a position is liquidated while nothing else moves; null = none. */
  liquidationPrice(account: string, instrument: InstrumentId): Price | null {
    const holding = this.#hall.account(account).holdings.get(instrument)
    return holding ? deathOf(holding) : null
  }

  /** A position and what stands against it, as its liquidation is judged; null when the account does not trade that. */
  marginTerms(account: string, instrument: InstrumentId): LiquidationTerms | null {
    const holding = this.#hall.account(account).holdings.get(instrument)
    return holding ? liquidationTermsOf(holding) : null
  }

  /** Replaces the wakes of an instance; those that stand already are not told twice. */
  setWakes(instance: string, wakes: readonly Wake[]): void {
    for (const market of this.#hall.markets) {
      sync(market, this.at, this.#hall.endAt)
      replaceWakes(market, instance, wakes)
    }
  }

  /**
   * Goes on to at most `until`; returns at the first moment somebody must hear of, or null when `until` or the end of
   * the data was reached first.
   */
  advance(until: number): Stop | null {
    return advance(this.#hall, until)
  }

  /**
   * Passes the next candle in one step when nothing is met in it, nobody waits for a time or a funding within it, and no
   * event was left untold; null when `advance` must be asked. The same as `advance`, without its lists.
   */
  passCandle(until: number): CandleEvent | null {
    const hall = this.#hall
    return hall.events.length > 0 ? null : passCandle(hall, Math.min(until, hall.endAt))
  }

  /** Account events since the last call, numbered per account from 1, in order. */
  takeEvents(): readonly NamedEvent[] {
    const { events } = this.#hall
    if (events.length > 0) this.#hall.events = []
    return events
  }

  /** A source that grows has more candles than before. */
  grow(): void {
    const { markets, source, at } = this.#hall
    for (const market of markets) {
      if (market.isOpen || market.next !== null) continue
      market.next = source.candleFrom(market.instrument.id, at)
      market.isMoved = true
    }
  }

  isAtEnd(): boolean {
    const { markets, source, at, endAt } = this.#hall
    if (at >= endAt) return true
    if (source.isGrowing === true) return false
    return markets.length > 0 && markets.every((market) => !market.isOpen && market.next === null)
  }

  /** The whole state but the source. */
  snapshot(): Json {
    return writeState(this.#hall)
  }

  /** Takes over a state; the source must be the same. */
  restore(json: Json): void {
    const hall = emptyHall(this.#options)
    readState(hall, json)
    this.#hall = hall
  }

  /** The parts of the snapshot that may have changed since the last call, by their path in it. */
  takeDirty(): readonly ChangedPart[] {
    return takeChangedParts(this.#hall)
  }
}

const emptyHall = (options: SimulationOptions): Hall =>
  new Hall(options.source, options, options.startAt, options.endAt)

function changeTerms(holding: Holding, terms: AccountTerms): void {
  if (holding.position.quantity !== 0 && holding.terms.marginMode !== terms.marginMode) {
    throw new SimulationError(
      `${holding.market.instrument.id} on account ${holding.account.name} has a position on ${holding.terms.marginMode} margin: close it before margin_mode becomes ${terms.marginMode}.`,
    )
  }
  holding.terms = terms
  touch(holding.account)
}

function newOrder(
  number: number,
  clientId: ClientOrderId,
  request: OrderRequest,
  holding: Holding,
): BookOrder {
  const lots = request.quantity === 'position' ? 0 : request.quantity
  const fresh = {
    lots,
    filled: 0,
    place: 'delayed',
    status: 'open',
    reason: null,
    level: 0,
  } as const
  return { number, clientId, request, holding, ...fresh }
}

const accepted = (order: BookOrder): PlaceOutcome => ({
  kind: 'accepted',
  clientId: order.clientId,
  status: order.status,
  quantityFilled: quantity(order.filled),
})
