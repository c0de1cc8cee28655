/**
 * A venue in memory with the faults of a real one: requests and answers get lost or are slow, events come late, twice
 * or with a hole, the connection drops. Books are exact; `VenueBooks` survives a crash of the desk.
 */
import type { Instrument } from '../../src/domain/instrument.ts'
import type { MarketPrice } from '../../src/domain/market.ts'
import { type Money, money, price, type Quantity, quantity, ratio } from '../../src/domain/money.ts'
import type { ClientOrderId, Fill, OrderRequest } from '../../src/domain/order.ts'
import { ApprovedIntent } from '../../src/domain/risk.ts'
import type {
  Attached,
  CancelOutcome,
  PlaceOutcome,
  VenueAccountEvent,
  VenueOrder,
  VenueOrderStatus,
} from '../../src/domain/venue-report.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { VenueAccount, VenueListener } from '../../src/ports/venue.ts'
import { testInstrument } from './instruments.ts'
import type { Random } from './random.ts'

export { testInstrument }

interface BookOrder {
  readonly clientId: ClientOrderId
  readonly request: OrderRequest
  status: VenueOrderStatus
  filled: number
}

type EventBody<E = VenueAccountEvent> = E extends unknown ? Omit<E, 'venueSeq' | 'at'> : never

/** What the venue knows; it does not die with the desk. */
export class VenueBooks {
  readonly orders = new Map<ClientOrderId, BookOrder>()
  readonly events: VenueAccountEvent[] = []
  price = 15_000
  position = 0
  /** Cash of the account; 0 in tests that do not care. */
  balance = money(0)
  at = 1_700_000_000_000
  onNewOrder: (clientId: ClientOrderId) => void = () => {}
  onEvent: (event: VenueAccountEvent) => void = () => {}

  add(body: EventBody): void {
    const event = { ...body, venueSeq: this.events.length + 1, at: this.at } as VenueAccountEvent
    this.events.push(event)
    this.onEvent(event)
  }

  place(clientId: ClientOrderId, request: OrderRequest): PlaceOutcome {
    if (this.orders.has(clientId))
      return { kind: 'rejected', clientId, reason: 'duplicate_client_id' }
    this.onNewOrder(clientId)
    const order: BookOrder = { clientId, request, status: 'open', filled: 0 }
    this.orders.set(clientId, order)
    if (request.timeInForce === 'ioc')
      this.#fill(order, Number(request.quantity), price(this.price), false)
    return {
      kind: 'accepted',
      clientId,
      status: order.status,
      quantityFilled: quantity(order.filled),
    }
  }

  #fill(order: BookOrder, lots: number, at: ReturnType<typeof price>, isMaker: boolean): void {
    order.filled += lots
    if (order.filled === Number(order.request.quantity)) order.status = 'filled'
    this.position += order.request.side === 'buy' ? lots : -lots
    const fill: Fill = {
      id: `f${this.events.length + 1}`,
      at: this.at,
      instrument: order.request.instrument,
      clientId: order.clientId,
      side: order.request.side,
      price: at,
      quantity: quantity(lots),
      fee: money(0),
      isMaker,
    }
    this.add({ kind: 'fill', fill, isLiquidation: false })
  }

  cancel(clientId: ClientOrderId): CancelOutcome {
    const order = this.orders.get(clientId)
    if (!order) return { kind: 'absent', clientId }
    if (order.status === 'open') {
      order.status = 'canceled'
      this.add({
        kind: 'order',
        clientId,
        status: 'canceled',
        quantityFilled: quantity(order.filled),
        reason: null,
      })
    }
    return { kind: 'final', clientId, status: order.status, quantityFilled: quantity(order.filled) }
  }

  /** The price walks to a new place; orders on the way fill, sometimes only in part. */
  move(to: number, random: Random): void {
    this.at += 1000
    const open = [...this.orders.values()].filter(
      (order) => order.status === 'open' && order.request.price !== null,
    )
    const isDown = to < this.price
    for (const order of open.sort((a, b) =>
      isDown
        ? Number(b.request.price) - Number(a.request.price)
        : Number(a.request.price) - Number(b.request.price),
    )) {
      const limit = Number(order.request.price)
      const isCrossed = order.request.side === 'buy' ? to < limit : to > limit
      if (!isCrossed || order.request.price === null) continue
      const rest = Number(order.request.quantity) - order.filled
      this.#fill(order, random.chance(0.3) ? random.int(1, rest) : rest, order.request.price, true)
    }
    this.price = to
  }

  view(order: BookOrder): VenueOrder {
    return {
      clientId: order.clientId,
      request: order.request,
      status: order.status,
      quantityFilled: quantity(order.filled),
      reason: null,
    }
  }
}

export interface Faults {
  lostRequest: number
  lostAnswer: number
  slow: number
  lateEvent: number
  failedQuery: number
}

export const noFaults: Faults = {
  lostRequest: 0,
  lostAnswer: 0,
  slow: 0,
  lateEvent: 0,
  failedQuery: 0,
}

const TIMEOUT_MS = 2000

export class FaultVenue implements VenueAccount {
  readonly #books: VenueBooks
  readonly #clock: Clock
  readonly #random: Random
  readonly #durable: (clientId: ClientOrderId) => boolean
  faults: Faults
  /** What is traded here; another one where a test has several venues. */
  instrument: Instrument = testInstrument
  #listener: VenueListener | null = null
  #delivered: number
  isDead = false

  /** @param durable whether the journal holds the intent durably: asserted before anything leaves */
  constructor(
    books: VenueBooks,
    clock: Clock,
    random: Random,
    faults: Faults,
    durable: (clientId: ClientOrderId) => boolean,
  ) {
    this.#books = books
    this.#clock = clock
    this.#random = random
    this.faults = faults
    this.#durable = durable
    this.#delivered = books.events.length
    books.onEvent = () => this.#push()
  }

  #push(): void {
    const delay = this.#random.chance(this.faults.lateEvent) ? this.#random.int(1, 3000) : 0
    this.#clock.after(delay, () => this.flush())
  }

  flush(): void {
    if (this.isDead || !this.#listener) return
    const events = this.#books.events.slice(this.#delivered)
    this.#delivered = this.#books.events.length
    if (events.length > 0) this.#listener.onAccount(events)
  }

  tick(): void {
    if (this.isDead) return
    const at = price(this.#books.price)
    this.#listener?.onMarket([
      {
        kind: 'price',
        at: this.#books.at,
        instrument: this.instrument.id,
        price: { last: at, mark: at },
      },
    ])
  }

  disconnect(): void {
    this.#listener?.onGap('cut by the test')
    this.#delivered = this.#books.events.length
    this.#clock.after(500, () => this.#listener?.onReady())
  }

  connect(listener: VenueListener): Promise<void> {
    this.#listener = listener
    return Promise.resolve()
  }
  attach(): Promise<Attached> {
    const at = price(this.#books.price)
    const current: MarketPrice = { last: at, mark: at }
    return Promise.resolve({
      instrument: this.instrument,
      price: current,
      at: this.#books.at,
      fees: { maker: ratio(0), taker: ratio(0) },
      feed: 'test',
      pace: 'free',
    })
  }
  detach(): Promise<void> {
    return Promise.resolve()
  }

  async place(intents: readonly ApprovedIntent[]): Promise<readonly PlaceOutcome[]> {
    for (const approved of intents) {
      if (!ApprovedIntent.isApproved(approved))
        throw new Error('an order without approval reached the venue port')
      if (!this.#durable(approved.intent.clientId))
        throw new Error('an order left before its intent was durable')
    }
    return Promise.all(intents.map((approved) => this.#placeOne(approved)))
  }

  #placeOne(approved: ApprovedIntent): Promise<PlaceOutcome> {
    const { clientId, request } = approved.intent
    const isLost = this.#random.chance(this.faults.lostRequest)
    const isSlow = this.#random.chance(this.faults.slow)
    const isUnheard = this.#random.chance(this.faults.lostAnswer)
    const arrivesIn = isSlow ? this.#random.int(1500, 9000) : this.#random.int(0, 40)
    return new Promise((resolve) => {
      const unknown = (): void => resolve({ kind: 'unknown', clientId, reason: 'timeout' })
      this.#clock.after(TIMEOUT_MS, unknown)
      if (isLost) return
      this.#clock.after(arrivesIn, () => {
        if (approved.expiresAt !== null && this.#clock.wallMs() > approved.expiresAt) {
          if (!isUnheard) resolve({ kind: 'rejected', clientId, reason: 'expired' })
          return
        }
        const outcome = this.#books.place(clientId, request)
        if (!isUnheard) this.#clock.after(this.#random.int(0, 40), () => resolve(outcome))
      })
    })
  }

  cancel(_instrument: unknown, ids: readonly ClientOrderId[]): Promise<readonly CancelOutcome[]> {
    return Promise.all(
      ids.map(
        (clientId) =>
          new Promise<CancelOutcome>((resolve) => {
            this.#clock.after(TIMEOUT_MS, () =>
              resolve({ kind: 'unknown', clientId, reason: 'timeout' }),
            )
            if (this.#random.chance(this.faults.lostRequest)) return
            this.#clock.after(this.#random.int(0, 60), () => {
              const outcome = this.#books.cancel(clientId)
              if (!this.#random.chance(this.faults.lostAnswer)) resolve(outcome)
            })
          }),
      ),
    )
  }

  async #ask<T>(answer: () => T): Promise<T> {
    if (this.#random.chance(this.faults.failedQuery)) throw new Error('the venue does not answer')
    return answer()
  }
  lookup(_instrument: unknown, id: ClientOrderId): Promise<VenueOrder | null> {
    return this.#ask(() => {
      const order = this.#books.orders.get(id)
      return order ? this.#books.view(order) : null
    })
  }
  openOrders(): Promise<readonly VenueOrder[]> {
    return this.#ask(() =>
      [...this.#books.orders.values()]
        .filter((order) => order.status === 'open')
        .map((order) => this.#books.view(order)),
    )
  }
  eventsSince(venueSeq: number): Promise<readonly VenueAccountEvent[]> {
    return this.#ask(() => this.#books.events.slice(venueSeq))
  }
  positions() {
    return this.#ask(() => [
      {
        instrument: this.instrument.id,
        quantity: quantity(this.#books.position) as Quantity,
        cost: money(0) as Money,
      },
    ])
  }
  balance() {
    return this.#ask(() => ({ settle: 'USDC', equity: money(0), balance: this.#books.balance }))
  }
  clockOffsetMs(): Promise<number> {
    return this.#ask(() => 0)
  }
  setWakes(): void {}
  stepDone(): void {}
  close(): Promise<void> {
    this.isDead = true
    return Promise.resolve()
  }
}
