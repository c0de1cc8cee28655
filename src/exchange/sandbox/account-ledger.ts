/**
 * What a venue keeps of one account: its order numbers, histories, settings. Made of the numbered events of the exchange's
 * books, each taken up once: the number of the last one is written together with what it changed.
 */
import type { InstrumentId } from '../../domain/instrument.ts'
import { type Money, money, type Quantity, quantity } from '../../domain/money.ts'
import type { ClientOrderId, Fill } from '../../domain/order.ts'
import { applyExecution, FLAT, type Position } from '../../domain/position/position.ts'
import type { Json } from '../../domain/strategy.ts'
import type { VenueAccountEvent } from '../../domain/venue-report.ts'
import type { SandboxRow, SandboxRowQuery } from '../../ports/sandbox-store.ts'
import type { SandboxCore } from './core.ts'
import type {
  HistoryQuery,
  InstrumentTerms,
  PlaceWish,
  SandboxEvent,
  SandboxFill,
  SandboxOrder,
  SandboxPayment,
  SandboxVenue,
} from './front.ts'

interface Held extends Position {
  readonly createdAt: number
  readonly updatedAt: number
}

/** The durable note of an account. */
interface Kept {
  /** Number of the last event of the books that is taken up. */
  cursor: number
  balance: number
  positionMode: 'one_way' | 'hedge'
  positions: Record<string, Held>
  terms: Record<string, InstrumentTerms>
}

const REFUSED = 'refused'

/** How the books know an order: client ids of venues may be used twice, those of the books never. */
export const innerId = ({
  id,
  amendments = 0,
}: Pick<SandboxOrder, 'id' | 'amendments'>): ClientOrderId =>
  (amendments === 0 ? `s${id}` : `s${id}x${amendments}`) as ClientOrderId

/** The number of an order by how the books know it. */
const numberOf = (inner: ClientOrderId): number => Number(inner.slice(1).split('x')[0])

export class AccountLedger {
  readonly #core: SandboxCore
  readonly #venue: SandboxVenue
  readonly #name: string
  readonly #bookKey: string
  readonly #kept: Kept
  readonly #open = new Map<number, SandboxOrder>()
  readonly #twice = new Set<number>()
  #rows: SandboxRow[] = []
  #events: SandboxEvent[] = []

  constructor(core: SandboxCore, venue: SandboxVenue, name: string, bookKey: string) {
    this.#core = core
    this.#venue = venue
    this.#name = name
    this.#bookKey = bookKey
    const stored = core.store.note(`account:${bookKey}`) as unknown as Kept | null
    this.#kept = stored ?? {
      cursor: 0,
      balance: 0,
      positionMode: 'one_way',
      positions: {},
      terms: {},
    }
    for (const row of this.#all({ kind: 'order', isOpen: true })) {
      const order = row.body as unknown as SandboxOrder
      this.#open.set(order.id, order)
    }
  }

  /** After a start: what was under way when the process died is found in the books, or it never came there. */
  recover(): void {
    this.sync()
    for (const order of [...this.#open.values()]) {
      const found = this.#lookup(order)
      if (found === null) this.#forget(order)
      else if (found.status !== 'open') this.#end(order, found.status, found.reason)
    }
    this.#commit()
  }

  /** An amendment that never came to the books leaves the order as it was before. */
  #lookup(order: SandboxOrder) {
    for (let amendments = order.amendments ?? 0; amendments >= 0; amendments -= 1) {
      const found = this.#core.books.lookup(this.#bookKey, innerId({ id: order.id, amendments }))
      if (found === null) continue
      if (amendments !== (order.amendments ?? 0)) this.#put({ ...order, amendments })
      return found
    }
    return null
  }

  get positionMode(): 'one_way' | 'hedge' {
    return this.#kept.positionMode
  }

  setPositionMode(mode: 'one_way' | 'hedge'): void {
    this.#kept.positionMode = mode
    this.#tellTerms(null)
  }

  termsOf(instrument: InstrumentId): InstrumentTerms | null {
    return this.#kept.terms[instrument] ?? null
  }

  setTerms(instrument: InstrumentId, terms: InstrumentTerms): void {
    this.#kept.terms[instrument] = terms
    this.#tellTerms(instrument)
  }

  #tellTerms(instrument: InstrumentId | null): void {
    this.#events.push({ kind: 'terms', instrument, at: this.#core.shownAt() })
    this.#commit()
  }

  timesOf(instrument: InstrumentId): { readonly createdAt: number; readonly updatedAt: number } {
    const at = this.#core.shownAt()
    return this.#kept.positions[instrument] ?? { createdAt: at, updatedAt: at }
  }

  // Orders

  /** Gives an order its number, durably, before the books hear of it. */
  begin(wish: PlaceWish, origin: SandboxOrder['origin']): SandboxOrder {
    const at = this.#core.shownAt()
    const { request, clientId, extra } = wish
    const order: SandboxOrder = {
      ...emptyOrder,
      id: this.#core.nextId(),
      clientId,
      account: this.#name,
      instrument: request.instrument,
      request,
      quantity: request.quantity === 'position' ? quantity(0) : request.quantity,
      createdAt: at,
      updatedAt: at,
      origin,
      extra: extra ?? {},
    }
    this.#put(order)
    this.#commit()
    return order
  }

  refuse(order: SandboxOrder): void {
    this.#forget(order)
    this.#commit()
  }

  accept(order: SandboxOrder): void {
    this.#events.push({ kind: 'order', order, fill: null })
  }

  /** Ends an order as the books have it, when no event has told so. */
  settle(id: number): void {
    const order = this.#open.get(id)
    const found = order && this.#core.books.lookup(this.#bookKey, innerId(order))
    if (!order || !found || found.status === 'open') return
    this.#end(order, found.status, found.reason)
    this.#commit()
  }

  /** An order that the venue takes and cancels at once; the books have refused it. */
  acceptAndEnd(order: SandboxOrder, reason: string): SandboxOrder {
    this.accept(order)
    const now = this.#end(order, 'canceled', reason)
    this.#commit()
    return now
  }

  /** Durable before the books hear of it. */
  amend(order: SandboxOrder, request: SandboxOrder['request']): SandboxOrder {
    const lots = request.quantity === 'position' ? order.quantity : request.quantity
    const updatedAt = this.#core.shownAt()
    const amendments = (order.amendments ?? 0) + 1
    const now = { ...order, request, quantity: lots, amendments, updatedAt }
    this.#put(now)
    this.#commit()
    return now
  }

  /** The venue has made it smaller: so many lots in all. The books know it already. */
  cut(order: SandboxOrder, lots: Quantity): void {
    const request = { ...order.request, quantity: lots }
    const now = { ...order, request, quantity: lots, updatedAt: this.#core.shownAt() }
    this.#put(now)
    this.#events.push({ kind: 'order', order: now, fill: null, isCut: true })
    this.#commit()
  }

  canceled(order: SandboxOrder): SandboxOrder {
    const now = this.#end(order, 'canceled', 'user')
    this.#commit()
    return now
  }

  #forget(order: SandboxOrder): void {
    this.#open.delete(order.id)
    this.#rows.push({ ...rowOf(order, this.#bookKey), account: REFUSED, isOpen: false })
  }

  #end(order: SandboxOrder, status: SandboxOrder['status'], reason: string | null): SandboxOrder {
    const now = { ...order, status, reason, updatedAt: this.#core.shownAt() }
    this.#put(now)
    this.#events.push({ kind: 'order', order: now, fill: null })
    return now
  }

  #put(order: SandboxOrder): void {
    if (order.status === 'open') this.#open.set(order.id, order)
    else this.#open.delete(order.id)
    this.#rows.push(rowOf(order, this.#bookKey))
  }

  order(id: number): SandboxOrder | null {
    const open = this.#open.get(id)
    if (open !== undefined) return open
    const row = this.#core.store.row('order', id)
    return row?.account === this.#bookKey ? (row.body as unknown as SandboxOrder) : null
  }

  /** The newest of this client id. */
  byClientId(clientId: string): SandboxOrder | null {
    if (clientId === '') return null
    const row = this.#all({ kind: 'order', link: clientId, limit: 1 })[0]
    return row === undefined ? null : (row.body as unknown as SandboxOrder)
  }

  openOrders(): readonly SandboxOrder[] {
    return [...this.#open.values()].reverse()
  }

  orders(query: HistoryQuery): readonly SandboxOrder[] {
    const rows = this.#all({ ...queryOf(query), kind: 'order', isOpen: false })
    return rows.map((row) => row.body as unknown as SandboxOrder)
  }

  fills(query: HistoryQuery): readonly SandboxFill[] {
    const link = query.orderId === undefined ? {} : { link: String(query.orderId) }
    const rows = this.#all({ ...queryOf(query), ...link, kind: 'fill' })
    return rows.map((row) => row.body as unknown as SandboxFill)
  }

  payments(
    query: HistoryQuery & { readonly kind?: 'funding' | 'cash' },
  ): readonly SandboxPayment[] {
    const link = query.kind === undefined ? {} : { link: query.kind }
    const rows = this.#all({ ...queryOf(query), ...link, kind: 'payment' })
    const payments = rows.map((row) => row.body as unknown as SandboxPayment)
    return payments.flatMap((one) => (this.#twice.has(one.id) ? [one, one] : [one]))
  }

  #all(query: Omit<SandboxRowQuery, 'account' | 'limit'> & { limit?: number }) {
    return this.#core.store.rows({ limit: 100_000, ...query, account: this.#bookKey })
  }

  // Events of the books

  /** Takes up what the books have told since the last time. */
  sync(): void {
    for (;;) {
      const events = this.#core.books.eventsSince(this.#bookKey, this.#kept.cursor)
      for (const event of events) this.#take(event)
      if (events.length === 0) break
    }
    if (this.#rows.length > 0) this.#commit()
  }

  takeEvents(): readonly SandboxEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }

  #take(event: VenueAccountEvent): void {
    this.#kept.cursor = event.venueSeq
    const at = this.#core.timeline.shown(event.at)
    if (event.kind === 'fill') this.#takeFill(event.fill, event.isLiquidation, at)
    else if (event.kind === 'order') {
      const order = this.order(numberOf(event.clientId))
      if (order?.status === 'open') this.#end(order, event.status, event.reason)
    } else this.#takePayment(event, at)
  }

  #takeFill(fill: Fill, isLiquidation: boolean, at: number): void {
    const known = fill.clientId === null ? null : this.order(numberOf(fill.clientId))
    const order = known ?? this.#forced(fill, isLiquidation, at)
    const { positionBefore, realised } = this.#move(fill, at)
    const told: SandboxFill = {
      id: this.#core.nextId(),
      at,
      orderId: order.id,
      clientId: order.clientId,
      account: this.#name,
      instrument: fill.instrument,
      side: fill.side,
      price: fill.price,
      quantity: fill.quantity,
      fee: fill.fee,
      isMaker: fill.isMaker,
      origin: order.origin,
      realised,
      positionBefore,
    }
    const now = filled(order, told)
    this.#put(now)
    this.#kept.balance += realised - fill.fee
    this.#rows.push({
      kind: 'fill',
      id: told.id,
      account: this.#bookKey,
      instrument: told.instrument,
      link: String(order.id),
      isOpen: false,
      at,
      body: told as unknown as Json,
    })
    this.#events.push({ kind: 'order', order: now, fill: told })
  }

  /** The order that the venue itself places when it closes a position. */
  #forced(fill: Fill, isLiquidation: boolean, at: number): SandboxOrder {
    const { instrument, side, quantity: lots } = fill
    return {
      ...emptyOrder,
      id: this.#core.nextId(),
      account: this.#name,
      instrument,
      request: {
        instrument,
        side,
        kind: 'market',
        price: null,
        quantity: lots,
        timeInForce: 'ioc',
        isPostOnly: false,
        isReduceOnly: true,
        trigger: null,
      },
      quantity: lots,
      createdAt: at,
      updatedAt: at,
      origin: isLiquidation ? 'liquidation' : 'adl',
    }
  }

  #move(fill: Fill, at: number): { readonly positionBefore: Quantity; readonly realised: Money } {
    const instrument = this.#core.instrumentOf(fill.instrument)
    const held = this.#kept.positions[fill.instrument] ?? { ...FLAT, createdAt: at, updatedAt: at }
    const change = applyExecution(instrument, held, fill.side, fill.price, fill.quantity)
    const { position } = change
    if (position.quantity === 0) delete this.#kept.positions[fill.instrument]
    else {
      const isNew = held.quantity === 0 || held.quantity > 0 !== position.quantity > 0
      const createdAt = isNew ? at : held.createdAt
      this.#kept.positions[fill.instrument] = { ...position, createdAt, updatedAt: at }
    }
    return { positionBefore: held.quantity, realised: change.realised }
  }

  #takePayment(
    event: Extract<VenueAccountEvent, { readonly kind: 'funding' | 'cash' }>,
    at: number,
  ): void {
    this.#kept.balance += event.amount
    const isFunding = event.kind === 'funding'
    const payment: SandboxPayment = {
      id: this.#core.nextId(),
      at,
      account: this.#name,
      kind: event.kind,
      amount: event.amount,
      balanceAfter: money(this.#kept.balance),
      instrument: isFunding ? event.instrument : null,
      rate: isFunding ? event.rate : null,
      position: isFunding ? event.position : null,
      reason: isFunding ? 'funding' : event.reason,
    }
    this.#rows.push({
      kind: 'payment',
      id: payment.id,
      account: this.#bookKey,
      instrument: payment.instrument ?? '',
      link: payment.kind,
      isOpen: false,
      at,
      body: payment as unknown as Json,
    })
    this.#events.push({ kind: 'payment', payment })
    const scene = { venue: this.#venue, account: this.#name }
    if (isFunding && this.#core.faults.strike('funding_twice', scene) !== null) {
      this.#twice.add(payment.id)
      this.#events.push({ kind: 'payment', payment })
    }
  }

  #commit(): void {
    const rows = this.#rows
    this.#rows = []
    this.#core.store.commit(rows, { [`account:${this.#bookKey}`]: this.#kept as unknown as Json })
  }
}

const emptyOrder = {
  clientId: null,
  status: 'open',
  reason: null,
  quantityFilled: quantity(0),
  costFilled: 0,
  fee: money(0),
  realised: money(0),
  lastFill: null,
  isTriggered: false,
  extra: {},
} as const

function filled(order: SandboxOrder, fill: SandboxFill): SandboxOrder {
  const quantityFilled = quantity(order.quantityFilled + fill.quantity)
  const isWhole = order.request.quantity !== 'position' && quantityFilled >= order.quantity
  return {
    ...order,
    quantity: quantity(Math.max(order.quantity, quantityFilled)),
    quantityFilled,
    costFilled: order.costFilled + fill.price * fill.quantity,
    fee: money(order.fee + fill.fee),
    realised: money(order.realised + fill.realised),
    lastFill: fill,
    updatedAt: fill.at,
    isTriggered: order.request.trigger !== null,
    status: isWhole ? 'filled' : order.status,
  }
}

const rowOf = (order: SandboxOrder, account: string): SandboxRow => ({
  kind: 'order',
  id: order.id,
  account,
  instrument: order.instrument,
  link: order.clientId ?? '',
  isOpen: order.status === 'open',
  at: order.updatedAt,
  body: order as unknown as Json,
})

function queryOf(query: HistoryQuery) {
  const { instrument, beforeId, afterId, from, until, limit } = query
  return {
    ...(instrument === undefined ? {} : { instrument }),
    ...(beforeId === undefined ? {} : { beforeId }),
    ...(afterId === undefined ? {} : { afterId }),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    limit,
  }
}
