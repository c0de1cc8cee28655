/** Orders that the present unit of work has touched, for the store; refused ones are remembered as well. */
import { ZERO_QUANTITY } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { PlaceOutcome, VenueOrder } from '../domain/venue-report.ts'
import type { PlacedRequest } from '../protocol/exchange-messages.ts'

export interface OrderRow {
  readonly account: string
  readonly order: VenueOrder
}

export class OrderRecord {
  readonly #lookup: (account: string, clientId: ClientOrderId) => VenueOrder | null
  #touched = new Map<string, { readonly account: string; readonly clientId: ClientOrderId }>()
  #refused = new Map<string, OrderRow>()

  /** @param lookup the order as the simulation knows it */
  constructor(lookup: (account: string, clientId: ClientOrderId) => VenueOrder | null) {
    this.#lookup = lookup
  }

  touch(account: string, clientId: ClientOrderId): void {
    this.#touched.set(`${account} ${clientId}`, { account, clientId })
  }

  /** A refused order is kept: looking it up proves that nothing happened, and its id stays used. */
  refuse(account: string, placed: PlacedRequest, reason: string): PlaceOutcome {
    const { clientId, request } = placed
    const status = reason === 'expired' ? 'expired' : 'rejected'
    const order: VenueOrder = { clientId, request, status, quantityFilled: ZERO_QUANTITY, reason }
    this.#refused.set(`${account} ${clientId}`, { account, order })
    return { kind: 'rejected', clientId, reason }
  }

  has(account: string, clientId: ClientOrderId): boolean {
    const key = `${account} ${clientId}`
    return this.#touched.has(key) || this.#refused.has(key)
  }

  /** Everything touched since the last call, as it is now. */
  take(): readonly OrderRow[] {
    const rows = [...this.#refused.values()]
    for (const { account, clientId } of this.#touched.values()) {
      const order = this.#lookup(account, clientId)
      if (order) rows.push({ account, order })
    }
    this.#touched = new Map()
    this.#refused = new Map()
    return rows
  }
}
