/**
 * Orders at the venue that are of this desk and that no loop looks after. Its journal does not know them: it was lost or has
 * lost its end. Or it holds them for ended: the venue showed one later than its answers may lag. They are withdrawn. One
 * that only reduces protects a position until its instance is back, and goes then.
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
  /** Whether the journal holds an order that it knows for ended. */
  readonly isSettled: (id: ClientOrderId) => boolean
  /** Whether an instance with a bot looks after the instrument. */
  readonly isTended: (instrument: InstrumentId) => boolean
}

export class LostOrders {
  readonly #parts: LostOrdersParts
  readonly #told = new Set<ClientOrderId>()
  #open: readonly ClientOrderId[] = []
  /** Those of the last look that the journal holds for ended. */
  #ended: ReadonlySet<ClientOrderId> = new Set()

  constructor(parts: LostOrdersParts) {
    this.#parts = parts
  }

  /** Those that the venue still had open when it was asked last. */
  get open(): readonly ClientOrderId[] {
    return this.#open
  }

  /** Takes the orders of the venue that no loop knows. */
  take(foreign: readonly VenueOrder[]): void {
    const { scheme, isKnown, isSettled } = this.#parts
    const lost = foreign.filter(({ clientId }) => scheme.isOurs(clientId) && !isKnown(clientId))
    const ended = foreign.filter(({ clientId }) => isKnown(clientId) && isSettled(clientId))
    // It may have ended while the answer was on its way: only what is there at the next look too has come back.
    const back = ended.filter(({ clientId }) => this.#ended.has(clientId))
    this.#ended = new Set(ended.map(({ clientId }) => clientId))
    this.#open = [...lost, ...ended].map(({ clientId }) => clientId)
    for (const order of lost) this.#withdraw(order, 'but its journal does not know it')
    for (const order of back) this.#withdraw(order, 'and its journal holds it for ended')
  }

  #withdraw({ clientId, request }: VenueOrder, why: string): void {
    const { key, venue, logger, isTended } = this.#parts
    if (!this.#told.has(clientId)) {
      this.#told.add(clientId)
      const text = `order ${clientId} at the venue is of this desk, ${why}: it is withdrawn`
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
