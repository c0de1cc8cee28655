/**
 * Orders at the venue that carry an id of this desk and that its journal does not know: a journal was lost or has lost
 * its end. They are withdrawn. One that only reduces protects a position until its instance is back, and goes then.
 */
import type { ClientIdScheme } from '../domain/client-id.ts'
import type { InstrumentId } from '../domain/instrument.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { VenueOrder } from '../domain/venue-report.ts'
import type { Logger } from '../ports/logger.ts'
import type { VenueAccount } from '../ports/venue.ts'
import { textOf } from './venue-gateway.ts'

export interface LostOrdersParts {
  readonly key: string
  readonly venue: VenueAccount
  readonly logger: Logger
  /** How our ids look at the venue. */
  readonly scheme: ClientIdScheme
  /** Whether the journal has ever held the order. */
  readonly isKnown: (id: ClientOrderId) => boolean
  /** Whether an instance with a bot looks after the instrument. */
  readonly isTended: (instrument: InstrumentId) => boolean
}

export class LostOrders {
  readonly #parts: LostOrdersParts
  readonly #told = new Set<ClientOrderId>()
  #open: readonly ClientOrderId[] = []

  constructor(parts: LostOrdersParts) {
    this.#parts = parts
  }

  /** Those that the venue still had open when it was asked last. */
  get open(): readonly ClientOrderId[] {
    return this.#open
  }

  /** Takes the orders of the venue that no loop knows. */
  take(foreign: readonly VenueOrder[]): void {
    const lost = foreign.filter(
      ({ clientId }) => this.#parts.scheme.isOurs(clientId) && !this.#parts.isKnown(clientId),
    )
    this.#open = lost.map(({ clientId }) => clientId)
    for (const order of lost) this.#withdraw(order)
  }

  #withdraw({ clientId, request }: VenueOrder): void {
    const { key, venue, logger, isTended } = this.#parts
    if (!this.#told.has(clientId)) {
      this.#told.add(clientId)
      const text = `order ${clientId} at the venue is of this desk, but its journal does not know it: it is withdrawn`
      logger.error('reconciliation', text, { account: key, request })
    }
    const isProtection = request.isReduceOnly || request.quantity === 'position'
    if (isProtection && !isTended(request.instrument)) return
    // The next comparison tells whether it is gone.
    venue.cancel(request.instrument, [clientId]).catch((error: unknown) => {
      logger.warn('reconciliation', `order ${clientId} could not be withdrawn: ${textOf(error)}`)
    })
  }
}
