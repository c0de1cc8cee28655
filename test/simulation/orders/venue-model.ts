/**
 * The books of the simulated venue: exact, and outside of every fault. It takes orders, fills them as the price walks,
 * keeps positions and cash, and remembers when the rest of the world may see what it knows.
 */
import type { VenueFact } from '../../../src/adapters/venues/live/dialect.ts'
import type { Instrument, InstrumentId } from '../../../src/domain/instrument.ts'
import type { FundingTerms, MarketPrice } from '../../../src/domain/market.ts'
import { money, price, quantity, ratio } from '../../../src/domain/money.ts'
import {
  type ClientOrderId,
  type Fill,
  type OrderRequest,
  signOf,
} from '../../../src/domain/order.ts'
import type {
  CancelOutcome,
  PlaceOutcome,
  VenueOrder,
  VenueOrderStatus,
} from '../../../src/domain/venue-report.ts'
import type { Random } from '../../support/random.ts'
import type { Coverage } from './coverage.ts'
import { EPOCH_MS, type Scheduler } from './scheduler.ts'
import type { VenueRules } from './venue-rules.ts'

export interface BookOrder {
  readonly oid: number
  /** As told to others: orders without an id of their own are called `venue:{oid}`. */
  readonly clientId: ClientOrderId
  readonly isForeign: boolean
  readonly market: BookMarket
  readonly request: OrderRequest
  lots: number
  status: VenueOrderStatus
  filled: number
  /** Of `filled`, what was told only after the order had ended. */
  late: number
  /** Lots that were ever told so. */
  lateEver: number
  reason: string | null
  /** From when on queries know of it, virtual ms. */
  readonly visibleAt: number
}

export interface BookMarket {
  readonly instrument: Instrument
  price: number
  position: number
  /** What the position was bought for, signed. */
  cost: number
  /** Σ -sign · notional of all fills, fees paid, funding received. */
  cash: number
  fees: number
  funding: number
  readonly open: Set<BookOrder>
  tick: number
  /** Lots that others traded here, and those of liquidations. */
  foreignLots: number
  /** Lots of our own orders that were told after their end. */
  lateLots: number
  /** What was executed and still rests at each price, per side: `buy 15000`. */
  readonly lineLots: Map<string, LineLots>
  /** The next funding as it is told with the price; null = it is not told. */
  terms: FundingTerms | null
}

export interface LineLots {
  filled: number
  late: number
  open: number
}

export interface BookFact {
  readonly fact: VenueFact
  readonly visibleAt: number
}

/** How the venue misbehaves now; all zero and false when healed. */
export interface VenueFaults {
  lateFill: number
  invisibleMs: number
  partialFill: number
  isInMaintenance: boolean
}

const FEES = { maker: 2, taker: 5 } as const

export interface VenueModelParts {
  readonly rules: VenueRules
  readonly scheduler: Scheduler
  readonly random: Random
  readonly coverage: Coverage
  readonly instruments: readonly Instrument[]
  readonly startPrice: number
  readonly deposit: number
  readonly faults: VenueFaults
}

export class VenueModel {
  readonly markets = new Map<InstrumentId, BookMarket>()
  readonly byClientId = new Map<ClientOrderId, BookOrder[]>()
  readonly orders: BookOrder[] = []
  readonly facts: BookFact[] = []
  readonly fills = new Map<string, Fill>()
  readonly burned = new Set<ClientOrderId>()
  deposits: number
  onFact: (told: BookFact) => void = () => {}
  onAccepted: (order: BookOrder) => void = () => {}
  onFilled: (order: BookOrder | null, lots: number, before: number) => void = () => {}
  readonly #parts: VenueModelParts
  readonly rules: VenueRules

  constructor(parts: VenueModelParts) {
    this.#parts = parts
    this.rules = parts.rules
    this.deposits = parts.deposit
    for (const instrument of parts.instruments) {
      this.markets.set(instrument.id, {
        instrument,
        price: parts.startPrice,
        position: 0,
        cost: 0,
        cash: 0,
        fees: 0,
        funding: 0,
        open: new Set(),
        tick: 1,
        foreignLots: 0,
        lateLots: 0,
        lineLots: new Map(),
        terms: null,
      })
    }
  }

  get isClosed(): boolean {
    return this.#parts.faults.isInMaintenance
  }
  /** The venue's wall clock, ms. */
  get now(): number {
    return EPOCH_MS + this.#parts.scheduler.now
  }

  #tell(fact: VenueFact, lateMs = 0): void {
    const { scheduler, random, faults } = this.#parts
    const invisible = faults.invisibleMs > 0 ? random.int(0, faults.invisibleMs) : 0
    const told = { fact, visibleAt: scheduler.now + lateMs + invisible }
    this.facts.push(told)
    scheduler.mix(this.facts.length)
    if (lateMs === 0) this.onFact(told)
    else scheduler.after(lateMs, () => this.onFact(told))
  }

  #tellOrder(order: BookOrder): void {
    const { clientId, status, filled, late, reason } = order
    const quantityFilled = quantity(filled - late)
    this.#tell({
      key: `order:${clientId}:${status}:${quantityFilled}`,
      at: this.now,
      kind: 'order',
      clientId,
      status,
      quantityFilled,
      reason,
    })
  }

  place(clientId: ClientOrderId | null, request: OrderRequest): PlaceOutcome {
    const { scheduler, random, coverage, faults } = this.#parts
    const oid = this.orders.length + 1
    const id = clientId ?? (`venue:${oid}` as ClientOrderId)
    const market = this.markets.get(request.instrument) as BookMarket
    const refused = this.#refusal(id, request, market)
    if (refused !== null) return { kind: 'rejected', clientId: id, reason: refused }
    const invisible = faults.invisibleMs > 0 ? random.int(0, faults.invisibleMs) : 0
    if (invisible > 0) coverage.sometimes('venue: order not visible yet')
    const order: BookOrder = {
      oid,
      clientId: id,
      isForeign: clientId === null,
      market,
      request,
      lots: request.quantity === 'position' ? Math.abs(market.position) : request.quantity,
      status: 'open',
      filled: 0,
      late: 0,
      lateEver: 0,
      reason: null,
      visibleAt: scheduler.now + invisible,
    }
    this.orders.push(order)
    const same = this.byClientId.get(id)
    if (same === undefined) this.byClientId.set(id, [order])
    else same.push(order)
    market.open.add(order)
    lineOf(order).open += order.lots
    this.onAccepted(order)
    this.#match(order)
    return {
      kind: 'accepted',
      clientId: id,
      status: order.status,
      quantityFilled: quantity(order.filled),
    }
  }

  #refusal(id: ClientOrderId, request: OrderRequest, market: BookMarket): string | null {
    const { coverage } = this.#parts
    const { uniqueIds, endsPostOnly } = this.rules
    if (this.burned.has(id)) return 'nonce_expired'
    const same = this.byClientId.get(id) ?? []
    const isTaken =
      uniqueIds === 'ever' ? same.length > 0 : same.some((one) => one.status === 'open')
    if (uniqueIds !== 'never' && isTaken) {
      coverage.sometimes('venue: duplicate id refused')
      return 'duplicate_client_id'
    }
    if (request.price !== null && request.price % market.tick !== 0) return 'tick_size'
    if (request.isPostOnly && !endsPostOnly && this.#wouldTrade(request, market)) {
      coverage.sometimes('venue: post-only refused')
      return 'would_cross'
    }
    return null
  }

  #wouldTrade({ side, price: limit }: OrderRequest, market: BookMarket): boolean {
    return limit !== null && (side === 'buy' ? limit > market.price : limit < market.price)
  }

  /** What happens to an order as it comes in. */
  #match(order: BookOrder): void {
    const { request, market } = order
    if (request.trigger !== null) return
    if (request.isPostOnly && this.#wouldTrade(request, market)) {
      this.#parts.coverage.sometimes('venue: post-only refused')
      return this.#end(order, 'canceled', 'would_cross')
    }
    const limit = request.price
    const isFillable =
      limit === null || (request.side === 'buy' ? limit >= market.price : limit <= market.price)
    if (request.timeInForce === 'ioc' || request.kind === 'market') {
      if (isFillable) this.#fill(order, this.#share(order.lots), market.price, false)
      if (order.status === 'open') this.#end(order, 'canceled', null)
    } else if (this.#wouldTrade(request, market)) {
      this.#fill(order, order.lots, market.price, false)
    }
  }

  #share(lots: number): number {
    const { random, faults, coverage } = this.#parts
    if (lots < 2 || !random.chance(faults.partialFill)) return lots
    coverage.sometimes('venue: partial fill')
    return random.int(1, lots - 1)
  }

  #end(order: BookOrder, status: VenueOrderStatus, reason: string | null): void {
    order.status = status
    order.reason = reason
    order.market.open.delete(order)
    lineOf(order).open -= order.lots - order.filled
    this.#tellOrder(order)
  }

  /** Told so much later, after its order has ended. */
  #fillLate(order: BookOrder, wanted: number, lateMs: number): void {
    const { market, request } = order
    const sign = signOf(request.side)
    const isBound = request.isReduceOnly || request.quantity === 'position'
    const lots = isBound ? Math.min(wanted, Math.max(0, -sign * market.position)) : wanted
    if (lots === 0) return
    this.#parts.coverage.sometimes('venue: fill after final')
    order.filled += lots
    order.late += lots
    order.lateEver += lots
    market.lateLots += lots
    lineOf(order).late += lots
    moveLine(order, lots)
    const told = { order, clientId: order.clientId, isLiquidation: false, lateMs }
    this.#book(market, sign, lots, request.price ?? market.price, true, told)
    this.#parts.scheduler.after(lateMs, () => {
      order.late -= lots
    })
  }

  #fill(order: BookOrder, wanted: number, at: number, isMaker: boolean): void {
    const { market, request } = order
    const sign = signOf(request.side)
    let lots = Math.min(wanted, order.lots - order.filled)
    if (request.isReduceOnly || request.quantity === 'position') {
      const room = Math.max(0, -sign * market.position)
      if (room < lots) this.#parts.coverage.sometimes('venue: reduce-only cut')
      lots = Math.min(lots, room)
    }
    if (lots > 0) {
      order.filled += lots
      moveLine(order, lots)
      const told = { order, clientId: order.clientId, isLiquidation: false, lateMs: 0 }
      this.#book(market, sign, lots, at, isMaker, told)
    }
    if (order.filled === order.lots) this.#end(order, 'filled', null)
    else if (lots === 0) this.#end(order, 'canceled', 'reduce_only')
  }

  #book(
    market: BookMarket,
    sign: 1 | -1,
    lots: number,
    at: number,
    isMaker: boolean,
    told: {
      readonly order: BookOrder | null
      readonly clientId: ClientOrderId | null
      readonly isLiquidation: boolean
      readonly lateMs: number
    },
  ): void {
    const { instrument } = market
    const before = market.position
    const notional = at * lots * instrument.moneyPerUnit
    const fee = Math.ceil((notional * (isMaker ? FEES.maker : FEES.taker)) / 10_000)
    moveCost(market, sign, lots, at)
    market.position += sign * lots
    market.cash -= sign * notional
    market.fees += fee
    if (told.order === null || told.order.isForeign) market.foreignLots += lots
    const fill: Fill = {
      id: `f${this.fills.size + 1}`,
      at: Math.floor(this.now),
      instrument: instrument.id,
      clientId: told.clientId,
      side: sign > 0 ? 'buy' : 'sell',
      price: price(at),
      quantity: quantity(lots),
      fee: money(fee),
      isMaker,
    }
    this.fills.set(fill.id, fill)
    this.#parts.scheduler.count(lots)
    this.onFilled(told.order, lots, before)
    const { isLiquidation, lateMs } = told
    this.#tell({ key: `fill:${fill.id}`, at: fill.at, kind: 'fill', fill, isLiquidation }, lateMs)
  }

  cancel(clientId: ClientOrderId): CancelOutcome {
    const { random, faults, coverage } = this.#parts
    const same = this.byClientId.get(clientId) ?? []
    const order = same.find(({ status }) => status === 'open') ?? same.at(-1)
    if (order === undefined || (order.status !== 'open' && this.rules.findsRestingOnly)) {
      coverage.sometimes('venue: cancel of an unknown order')
      return { kind: 'absent', clientId }
    }
    if (order.status === 'open') {
      const rest = order.lots - order.filled
      // It has traded in the last moment, and the answer does not know it yet.
      if (rest > 0 && order.request.trigger === null && random.chance(faults.lateFill)) {
        this.#fillLate(order, random.int(1, rest), random.int(500, 6000))
      }
      this.#end(order, 'canceled', null)
    } else if (order.filled > 0) coverage.sometimes('venue: cancel races fill')
    const { status, filled, late } = order
    return { kind: 'final', clientId, status, quantityFilled: quantity(filled - late) }
  }

  /** The price walks to a new place; orders on the way fill, sometimes in part. */
  move(market: BookMarket, to: number): void {
    const isDown = to < market.price
    for (const order of [...market.open]) {
      const { request } = order
      if (request.trigger !== null) {
        const isHit =
          request.trigger.price > Math.min(market.price, to) &&
          request.trigger.price <= Math.max(market.price, to)
        if (isHit) this.#trigger(order, to)
        continue
      }
      const limit = request.price
      const isCrossed = limit !== null && (request.side === 'buy' ? to < limit : to > limit)
      if (isCrossed && isDown === (request.side === 'buy'))
        this.#fill(order, this.#share(order.lots - order.filled), limit, true)
    }
    market.price = to
  }

  #trigger(order: BookOrder, at: number): void {
    const room = Math.max(0, -signOf(order.request.side) * order.market.position)
    if (order.request.quantity === 'position') {
      lineOf(order).open += room - order.lots
      order.lots = room
    }
    if (room === 0) this.#end(order, 'canceled', 'reduce_only')
    else this.#fill(order, order.lots, at, false)
  }

  /** A trade of somebody else on the same account. */
  foreignTrade(market: BookMarket, sign: 1 | -1, lots: number): void {
    const told = { order: null, clientId: null, isLiquidation: false, lateMs: 0 }
    this.#book(market, sign, lots, market.price, false, told)
  }

  /** The venue takes the position away, and every order on the contract. */
  liquidate(market: BookMarket): void {
    for (const order of [...market.open]) this.#end(order, 'canceled', 'liquidation')
    if (market.position === 0) return
    const told = { order: null, clientId: null, isLiquidation: true, lateMs: 0 }
    const sign = market.position > 0 ? -1 : 1
    this.#book(market, sign, Math.abs(market.position), market.price, false, told)
  }

  fund(market: BookMarket, rate: number): void {
    const { instrument, position, price: at } = market
    if (position === 0) return
    const amount = Math.round((-position * at * instrument.moneyPerUnit * rate) / 100_000_000)
    market.funding += amount
    this.#tell({
      key: `funding:${instrument.id}:${this.now}`,
      at: this.now,
      kind: 'funding',
      instrument: instrument.id,
      amount: money(amount),
      rate: ratio(rate),
      position: quantity(position),
    })
  }

  deposit(amount: number): void {
    this.deposits += amount
    const key = `cash:c${this.facts.length + 1}`
    this.#tell({ key, at: this.now, kind: 'cash', amount: money(amount), reason: 'deposit' })
  }

  /** Cash of the account: what was paid in, earned and lost, without what positions are worth. */
  balance(): number {
    let sum = this.deposits
    for (const { cash, cost, fees, funding } of this.markets.values())
      sum += cash + cost - fees + funding
    return sum
  }

  unrealised(): number {
    let sum = 0
    for (const { instrument, position, price: at, cost } of this.markets.values())
      sum += at * position * instrument.moneyPerUnit - cost
    return sum
  }

  view(order: BookOrder): VenueOrder {
    const { clientId, request, status, filled, late, reason } = order
    return { clientId, request, status, quantityFilled: quantity(filled - late), reason }
  }
}

/** What a market tells of its price. */
export function priceTold({ price: at, terms }: BookMarket): MarketPrice {
  const told = price(at)
  return { last: told, mark: told, ...(terms === null ? {} : { funding: terms }) }
}

/** Orders of others, and those without a price, do not count for a line. */
function lineOf({ isForeign, request, market }: BookOrder): LineLots {
  const isOurs = !isForeign && request.price !== null && request.isPostOnly
  const key = isOurs ? `${request.side} ${request.price}` : 'other'
  let line = market.lineLots.get(key)
  if (line === undefined) {
    line = { filled: 0, late: 0, open: 0 }
    market.lineLots.set(key, line)
  }
  return line
}

function moveLine(order: BookOrder, lots: number): void {
  const line = lineOf(order)
  line.filled += lots
  line.open -= lots
}

/** Average cost: what is closed takes its share of the cost with it, rounded towards zero. */
function moveCost(market: BookMarket, sign: 1 | -1, lots: number, at: number): void {
  const { position, cost, instrument } = market
  const closing = position * sign < 0 ? Math.min(Math.abs(position), lots) : 0
  const kept = closing === 0 ? cost : Math.trunc(cost * (1 - closing / Math.abs(position)))
  market.cost = kept + sign * (lots - closing) * at * instrument.moneyPerUnit
}
