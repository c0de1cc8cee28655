/** Everything that one simulated exchange holds, and the book of what has changed in it. */
import type { Instrument, InstrumentId } from '../domain/instrument.ts'
import type { Candle } from '../domain/market.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { VenueAccountEvent } from '../domain/venue-report.ts'
import { type CandlePath, goesLowFirst } from './candle-path.ts'
import { sync } from './market-path.ts'
import type { MarketSource } from './market-source.ts'
import type { Account, Attachment, BookOrder, DelayedRequest, MarketState } from './state.ts'
import type { Floor, Happening } from './trading.ts'

export interface NamedEvent {
  readonly account: string
  readonly event: VenueAccountEvent
}

/** A request that cannot be carried out, in one sentence. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError'
}

// Final orders an account remembers at least; older ones are in the store of whoever runs the exchange.
const FINALS_KEPT = 1000

export interface HallRules {
  readonly fillRule: 'through' | 'touch'
  readonly candlePath?: CandlePath
  readonly tracksChanges?: boolean
}

export class Hall implements Floor {
  readonly source: MarketSource
  readonly fillRule: 'through' | 'touch'
  readonly candlePath: CandlePath
  readonly tracksChanges: boolean
  readonly startAt: number
  readonly endAt: number
  at: number
  lastNumber = 0
  readonly accounts = new Map<string, Account>()
  /** Active markets, in the order of their ids. */
  markets: MarketState[] = []
  readonly #marketsById = new Map<InstrumentId, MarketState>()
  readonly instances = new Map<string, Attachment>()
  /** In the order of their time, then of their arrival. */
  queue: DelayedRequest[] = []
  events: NamedEvent[] = []
  readonly changedAccounts = new Set<string>()
  readonly changedOrders = new Set<BookOrder>()
  readonly changedInstances = new Set<string>()

  constructor(source: MarketSource, rules: HallRules, startAt: number, endAt: number | null) {
    this.source = source
    this.fillRule = rules.fillRule
    this.candlePath = rules.candlePath ?? 'by_direction'
    this.tracksChanges = rules.tracksChanges ?? true
    this.startAt = startAt
    this.endAt = endAt ?? Number.POSITIVE_INFINITY
    this.at = startAt
  }

  tell(account: Account, happening: Happening): void {
    account.seq += 1
    const event = numbered(account.seq, this.at, happening)
    this.events.push({ account: account.name, event })
    if (this.tracksChanges) this.changedAccounts.add(account.name)
  }

  noteOrder(order: BookOrder): void {
    const { account } = order.holding
    if (this.tracksChanges) {
      this.changedOrders.add(order)
      this.changedAccounts.add(account.name)
    }
    if (order.status === 'open' || !account.orders.delete(order.clientId)) return
    account.finals.set(order.clientId, order)
    if (account.finals.size < FINALS_KEPT) return
    account.olderFinals = account.finals
    account.finals = new Map()
  }

  instrument(id: InstrumentId): Instrument {
    const found = this.source.instruments.find((instrument) => instrument.id === id)
    if (!found)
      throw new SimulationError(`The market has no instrument ${id}: name one that it offers.`)
    return found
  }

  account(name: string): Account {
    const found = this.accounts.get(name)
    if (!found) throw new SimulationError(`Account ${name} is not open: attach an instance first.`)
    return found
  }

  orderOf(account: string, clientId: ClientOrderId): BookOrder | null {
    const found = this.accounts.get(account)
    if (found === undefined) return null
    const order = found.orders.get(clientId) ?? found.finals.get(clientId)
    return order ?? found.olderFinals.get(clientId) ?? null
  }

  /** The market if somebody trades or traded it. */
  activeMarket(id: InstrumentId): MarketState | null {
    return this.#marketsById.get(id) ?? null
  }

  /** The market, which runs from now on. */
  market(id: InstrumentId): MarketState {
    return this.#marketsById.get(id) ?? this.addMarket(this.beginning(id))
  }

  /** A market that would begin now: in the candle that runs where the source is joined so, else with the next open. */
  beginning(id: InstrumentId): MarketState {
    const instrument = this.instrument(id)
    if (instrument.kind !== 'linear') {
      throw new SimulationError(
        `${id} is an inverse contract, which the simulated exchange does not trade: take a linear one.`,
      )
    }
    const next = this.source.candleFrom(id, this.at)
    if (next === null)
      throw new SimulationError(`${id} has no candle after this moment: take an earlier start.`)
    const market = newMarket(instrument, next, this.at, this.source.volumeSpanMs)
    const running = runningCandle(this.source, id, next, this.at)
    if (running !== null) this.#join(market, running)
    return market
  }

  #join(market: MarketState, running: Candle): void {
    const mark = this.source.markAt(market.instrument.id, running.openAt)
    market.candle = running
    market.next = null
    market.isOpen = true
    market.isLowFirst = goesLowFirst(running, this.candlePath, 0)
    market.basis = mark === null ? 0 : mark - running.open
    market.last = running.open
    sync(market, this.at, this.endAt)
  }

  addMarket(market: MarketState): MarketState {
    this.#marketsById.set(market.instrument.id, market)
    this.markets.push(market)
    this.markets.sort((a, b) => (a.instrument.id < b.instrument.id ? -1 : 1))
    return market
  }

  removeMarkets(): void {
    this.#marketsById.clear()
    this.markets = []
  }

  /** Holds a request back until its time. */
  delay(request: DelayedRequest): void {
    let index = this.queue.length
    while (index > 0 && (this.queue[index - 1]?.at ?? 0) > request.at) index -= 1
    this.queue.splice(index, 0, request)
  }
}

/** Written out by kind: events are made in the thousands, and copying unknown fields is slow. */
function numbered(venueSeq: number, at: number, happening: Happening): VenueAccountEvent {
  switch (happening.kind) {
    case 'fill': {
      const { kind, fill, isLiquidation } = happening
      return { venueSeq, at, kind, fill, isLiquidation }
    }
    case 'order': {
      const { kind, clientId, status, quantityFilled, reason } = happening
      return { venueSeq, at, kind, clientId, status, quantityFilled, reason }
    }
    case 'funding': {
      const { kind, instrument, amount, rate, position } = happening
      return { venueSeq, at, kind, instrument, amount, rate, position }
    }
    case 'cash': {
      const { kind, amount, reason } = happening
      return { venueSeq, at, kind, amount, reason }
    }
  }
}

/**
 * The candle in whose midst a moment lies, for a source that is joined so; null = none.
 * @param next the first that opens at or after the moment, as long as the one before it
 */
function runningCandle(
  source: MarketSource,
  id: InstrumentId,
  next: Candle,
  at: number,
): Candle | null {
  if (source.isJoinedMidCandle !== true || next.openAt === at) return null
  const found = source.candleFrom(id, at - (next.closeAt - next.openAt) + 1)
  return found !== null && found.openAt < at && found.closeAt > at ? found : null
}

export function newMarket(
  instrument: Instrument,
  next: MarketState['next'],
  at: number,
  volumeSpanMs = 0,
): MarketState {
  return {
    instrument,
    candle: null,
    next,
    isOpen: false,
    isLowFirst: false,
    leg: 0,
    last: next?.open ?? 0,
    basis: 0,
    volumeSpanMs,
    toldLast: 0,
    toldMark: 0,
    bids: [],
    asks: [],
    conditionals: [],
    chasing: [],
    holdings: [],
    wakes: [],
    fundedUntil: at,
    funding: [],
    fundingFetchedUntil: at,
    isStale: true,
    up: 0,
    down: 0,
    isDeadNow: false,
    isCornered: false,
    isBlocked: false,
    wakeAt: Number.POSITIVE_INFINITY,
    isMoved: true,
    nextKind: 'end',
    nextAt: 0,
    nextPrice: 0,
    nextLeg: 0,
  }
}
