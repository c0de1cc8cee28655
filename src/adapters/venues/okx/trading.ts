/** Orders at OKX: placed and cancelled in batches, looked up by our id, ordinary ones and stops. */
import type { Instrument } from '../../../domain/instrument.ts'
import type { ClientOrderId } from '../../../domain/order.ts'
import type { CancelOutcome, PlaceOutcome, VenueOrder } from '../../../domain/venue-report.ts'
import { VenueError } from '../../../ports/venue.ts'
import type { WireOrder } from '../live/dialect.ts'
import { placementFailure } from '../live/errors.ts'
import { CANCELING, NO_SUCH_ORDER, NOT_THERE } from './errors.ts'
import { ALGO_PATH, type Row } from './exchange.ts'
import type { Contract } from './instruments.ts'
import type { OrderIds } from './order-ids.ts'
import {
  deadlineHeader,
  type MarginMode,
  orderPayload,
  type Placed,
  placedFrom,
  stopPayload,
} from './orders.ts'
import { orderFrom, stopFrom, stopOf } from './reports.ts'
import type { OkxRequests } from './requests.ts'

const BATCH_MAX = 20
/** What an order needs to travel, ms: one that could not leave earlier would be refused there anyway. */
const TRAVEL_MS = 200
/** OKX takes a signed request for 30 s; stops know no other deadline, so until then "not there" proves nothing. */
const STOP_VALID_MS = 31_000
const STOPS_KEPT_MAX = 1000

export interface OkxTradingParts {
  readonly requests: OkxRequests
  readonly ids: OrderIds
  readonly contractOf: (instrument: Instrument) => Contract
  readonly modeOf: (contract: Contract) => MarginMode
  /** Venue wall ms. */
  readonly venueNow: () => number
  /** The private streams will tell how a cancel ends. */
  readonly isLive: () => boolean
}

export class OkxTrading {
  readonly #parts: OkxTradingParts
  /** When each stop was sent, venue wall ms. */
  readonly #stopsSent = new Map<ClientOrderId, number>()

  constructor(parts: OkxTradingParts) {
    this.#parts = parts
  }

  async place(orders: readonly WireOrder[]): Promise<readonly PlaceOutcome[]> {
    const plain = orders.filter(({ request }) => request.trigger === null)
    const stops = orders.filter(({ request }) => request.trigger !== null)
    const outcomes = await Promise.all([
      ...(plain.length > 0 ? [this.#placePlain(plain)] : []),
      ...stops.map((stop) => this.#placeStop(stop)),
    ])
    return outcomes.flat()
  }

  #leavesWithinMs(orders: readonly WireOrder[]): number | null {
    const moments = orders.flatMap(({ expiresAt }) => (expiresAt === null ? [] : [expiresAt]))
    if (moments.length === 0) return null
    return Math.max(0, Math.min(...moments) - this.#parts.venueNow() - TRAVEL_MS)
  }

  async #placePlain(orders: readonly WireOrder[]): Promise<readonly PlaceOutcome[]> {
    const { requests, contractOf, modeOf } = this.#parts
    try {
      const rows = await requests.send({
        name: 'orders',
        path: 'trade/batch-orders',
        payload: orders.map((order) => {
          const contract = contractOf(order.instrument)
          return orderPayload(order, contract, modeOf(contract))
        }),
        costs: [{ pool: 'orders', weight: orders.length }],
        priority: orders.every(({ request }) => request.isReduceOnly) ? 'reduce' : 'place',
        headers: deadlineHeader(orders),
        leavesWithinMs: this.#leavesWithinMs(orders),
      })
      return await this.#settle(orders, rows)
    } catch (error) {
      return orders.map(({ clientId }) => placementFailure(error, clientId))
    }
  }

  async #placeStop(order: WireOrder): Promise<readonly PlaceOutcome[]> {
    const { requests, ids, contractOf, modeOf, venueNow } = this.#parts
    const contract = contractOf(order.instrument)
    ids.noteStop(order.clientId)
    this.#noteStopSent(order.clientId, venueNow())
    try {
      const rows = await requests.send({
        name: 'stop',
        path: ALGO_PATH,
        payload: { 'order-algo': 'order-algo', ...stopPayload(order, contract, modeOf(contract)) },
        costs: [{ pool: 'stops', weight: 1 }],
        // What protects a position is as urgent as what reduces it.
        priority: 'reduce',
        headers: deadlineHeader([order]),
        leavesWithinMs: this.#leavesWithinMs([order]),
      })
      return await this.#settle([order], rows)
    } catch (error) {
      return [placementFailure(error, order.clientId)]
    }
  }

  #noteStopSent(clientId: ClientOrderId, at: number): void {
    this.#stopsSent.set(clientId, at)
    if (this.#stopsSent.size <= STOPS_KEPT_MAX) return
    const [oldest] = this.#stopsSent.keys()
    if (oldest !== undefined) this.#stopsSent.delete(oldest)
  }

  /** "The id is used" means that the order exists: what it is, is looked up, and until that is known it is unknown. */
  async #settle(
    orders: readonly WireOrder[],
    rows: readonly Row[],
  ): Promise<readonly PlaceOutcome[]> {
    const placed = placedFrom(
      orders.map(({ clientId }) => clientId),
      rows,
    )
    return await Promise.all(
      placed.map((one, index) => this.#adopt(one, orders[index]?.instrument)),
    )
  }

  async #adopt(placed: Placed, instrument: Instrument | undefined): Promise<PlaceOutcome> {
    if (placed.kind !== 'exists') return placed
    const { clientId } = placed
    const unknown = { kind: 'unknown', clientId, reason: 'duplicate_client_id' } as const
    if (!instrument) return unknown
    try {
      const found = await this.lookup(instrument, clientId)
      if (!found) return unknown
      const { status, quantityFilled } = found
      return { kind: 'accepted', clientId, status, quantityFilled }
    } catch {
      return unknown
    }
  }

  // Cancels

  async cancel(
    instrument: Instrument,
    ids: readonly ClientOrderId[],
  ): Promise<readonly CancelOutcome[]> {
    const stops = ids.filter((id) => this.#parts.ids.isStop(id))
    const plain = ids.filter((id) => !this.#parts.ids.isStop(id))
    const outcomes = await Promise.all([
      ...batches(plain).map((batch) => this.#cancelBatch(instrument, batch, false)),
      ...batches(stops).map((batch) => this.#cancelBatch(instrument, batch, true)),
    ])
    return outcomes.flat()
  }

  async #cancelBatch(
    instrument: Instrument,
    ids: readonly ClientOrderId[],
    isStop: boolean,
  ): Promise<readonly CancelOutcome[]> {
    const { instId } = this.#parts.contractOf(instrument)
    const field = isStop ? 'algoClOrdId' : 'clOrdId'
    let rows: readonly Row[]
    try {
      rows = await this.#parts.requests.send({
        name: 'cancels',
        path: isStop ? 'trade/cancel-algos' : 'trade/cancel-batch-orders',
        payload: ids.map((id) => ({ instId, ...target(id, field) })),
        costs: [{ pool: isStop ? 'stops' : 'cancels', weight: isStop ? 1 : ids.length }],
        priority: 'cancel',
      })
    } catch (error) {
      const reason = error instanceof VenueError ? error.code : 'failed'
      return ids.map((clientId) => ({ kind: 'unknown', clientId, reason }))
    }
    return await Promise.all(
      ids.map((clientId, index) => {
        const row = rows.find((one) => one[field] === clientId) ?? rows[index]
        return this.#canceled(instrument, clientId, row?.['sCode'])
      }),
    )
  }

  /** "Done" means that the cancel was taken; how the order ended is told by the stream, or by a question without one. */
  async #canceled(
    instrument: Instrument,
    clientId: ClientOrderId,
    code: string | undefined,
  ): Promise<CancelOutcome> {
    if (code === undefined) return { kind: 'unknown', clientId, reason: 'no_result' }
    const isTaken = code === '0' || code === CANCELING
    if (isTaken && this.#parts.isLive()) return { kind: 'pending', clientId }
    if (!isTaken && !NOT_THERE.has(code)) return { kind: 'unknown', clientId, reason: code }
    try {
      const found = await this.lookup(instrument, clientId)
      if (!found) return { kind: 'absent', clientId }
      if (found.status === 'open')
        return isTaken
          ? { kind: 'pending', clientId }
          : await this.#cancelFoundStop(instrument, clientId)
      return { kind: 'final', clientId, status: found.status, quantityFilled: found.quantityFilled }
    } catch {
      return isTaken
        ? { kind: 'pending', clientId }
        : { kind: 'unknown', clientId, reason: 'lookup_failed' }
    }
  }

  /** Asked for as an ordinary order, and it is a stop of an earlier life of this process. */
  async #cancelFoundStop(instrument: Instrument, clientId: ClientOrderId): Promise<CancelOutcome> {
    const [outcome] = this.#parts.ids.isStop(clientId)
      ? await this.#cancelBatch(instrument, [clientId], true)
      : []
    return outcome ?? { kind: 'unknown', clientId, reason: 'still_open' }
  }

  // Questions

  async lookup(instrument: Instrument, id: ClientOrderId): Promise<VenueOrder | null> {
    const contract = this.#parts.contractOf(instrument)
    if (!this.#parts.ids.isStop(id)) {
      const row = await this.#orderRow(contract.instId, target(id, 'clOrdId'))
      if (row) return orderFrom(contract, row, id)
    }
    const stop = await this.#stopRow(target(id, 'algoClOrdId'))
    if (stop) return await this.#stopWithChild(contract, stop)
    const sentAt = this.#stopsSent.get(id)
    if (sentAt !== undefined && this.#parts.venueNow() < sentAt + STOP_VALID_MS)
      throw new VenueError(
        'unavailable',
        'not_provable_yet',
        'okx does not know the stop yet, and may still take the request.',
      )
    return null
  }

  async #stopWithChild(contract: Contract, stop: Row): Promise<VenueOrder> {
    this.#parts.ids.learnStop(stop)
    const ordId = stop['ordId'] ?? ''
    const child = ordId === '' ? null : await this.#orderRow(contract.instId, { ordId })
    const clientId = (stop['algoClOrdId'] || null) as ClientOrderId | null
    return stopFrom(contract, stop, child ? orderFrom(contract, child, clientId) : null)
  }

  #orderRow(instId: string, by: Readonly<Record<string, string>>): Promise<Row | null> {
    return this.#one('order', 'trade/order', { instId, ...by })
  }
  #stopRow(by: Readonly<Record<string, string>>): Promise<Row | null> {
    return this.#one('stop', 'trade/order-algo', by)
  }

  /** @returns null when the venue says that there is none */
  async #one(
    name: string,
    path: string,
    params: Readonly<Record<string, string>>,
  ): Promise<Row | null> {
    try {
      const rows = await this.#parts.requests.rows({ name, path, params, pool: 'queries' })
      return rows[0] ?? null
    } catch (error) {
      if (error instanceof VenueError && NO_SUCH_ORDER.has(error.code)) return null
      throw error
    }
  }

  /** Whose an order is that carries no id of ours: of a stop that fired, or of nobody of ours. */
  async clientIdOf(row: Row): Promise<ClientOrderId | null> {
    const { ids } = this.#parts
    const known = ids.of(row)
    if (known !== undefined) return known
    const { ordId = '', instId = '' } = row
    const algoId = stopOf(row)
    const order = algoId === null ? await this.#orderRow(instId, { ordId }) : null
    const placedBy = algoId ?? (order ? stopOf(order) : null)
    if (placedBy !== null) {
      const stop = await this.#stopRow({ algoId: placedBy })
      if (stop) ids.learnStop(stop)
    }
    const clientId = (order ? ids.of(order) : ids.of(row)) ?? null
    ids.learnOrder(ordId, clientId)
    return clientId
  }

  /** Every order but stops is cancelled unless this is said again within the time. */
  async armDeadMan(timeoutMs: number | null): Promise<void> {
    const seconds =
      timeoutMs === null ? 0 : Math.min(120, Math.max(10, Math.ceil(timeoutMs / 1000)))
    await this.#parts.requests.change({
      name: 'dead-man switch',
      path: 'trade/cancel-all-after',
      payload: { timeOut: String(seconds) },
      costs: [{ pool: 'queries', weight: 1 }],
      priority: 'cancel',
    })
  }
}

/** By our id, or by the venue's number where it was nobody's. */
function target(
  id: ClientOrderId,
  field: 'clOrdId' | 'algoClOrdId',
): Readonly<Record<string, string>> {
  if (!id.startsWith('venue:')) return { [field]: id }
  return { [field === 'clOrdId' ? 'ordId' : 'algoId']: id.slice('venue:'.length) }
}

function batches(ids: readonly ClientOrderId[]): ClientOrderId[][] {
  const all: ClientOrderId[][] = []
  for (let at = 0; at < ids.length; at += BATCH_MAX) all.push(ids.slice(at, at + BATCH_MAX))
  return all
}

export function missing(what: string): never {
  throw new VenueError('unknown', 'unreadable', `okx answered without a ${what}.`)
}
