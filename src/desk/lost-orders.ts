/**
 * Orders at the venue that are of this desk and that no loop looks after. Its journal does not know them: it was lost or has
 * lost its end. Or it holds them for ended: the venue showed one later than its answers may lag. They are withdrawn. One
 * that only reduces protects a position until its instance is back, and goes then. Or another perpfleet trades on the account:
 * each withdraws the orders of the other, so it is said.
 */
import type { ClientIdScheme } from '../domain/client-id.ts'
import type { InstrumentId } from '../domain/instrument.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { VenueOrder } from '../domain/venue-report.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { VenueAccount } from '../ports/venue.ts'
import { textOf } from './venue-gateway.ts'

/** So long after the first look the venue shows what an earlier life of this desk had sent: no deadline is as long. */
const EARLIER_LIFE_MS = 10_000

export interface LostOrdersParts {
  readonly key: string
  readonly venue: VenueAccount
  readonly logger: Logger
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** An order that another perpfleet has sent while this desk ran. */
  readonly onRival: (order: VenueOrder) => void
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
  /** Monotonic ms of the first look and of the last one. */
  #firstAt: number | null = null
  #lastAt = 0
  #said: 'nothing' | 'maybe' | 'surely' = 'nothing'
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
    this.#judge(lost.filter(({ clientId }) => !this.#told.has(clientId)))
    for (const order of lost) this.#withdraw(order, 'but its journal does not know it')
    for (const order of back) this.#withdraw(order, 'and its journal holds it for ended')
  }

  /** Whose they are that nobody here has sent. @param fresh those that were not there at the last look */
  #judge(fresh: readonly VenueOrder[]): void {
    const { key, logger, clock, onRival } = this.#parts
    const now = clock.monotonicMs()
    this.#firstAt ??= now
    const isLater = this.#lastAt - this.#firstAt >= EARLIER_LIFE_MS
    this.#lastAt = now
    const [order] = fresh
    if (order === undefined) return
    if (isLater) for (const one of fresh) onRival(one)
    if (this.#said === 'surely' || (this.#said === 'maybe' && !isLater)) return
    this.#said = isLater ? 'surely' : 'maybe'
    if (isLater) {
      const text = `another perpfleet seems to trade on this account: order ${order.clientId} has come to the venue since this desk runs and is not in its journal, and each withdraws the orders of the other; stop one of the two homes`
      const alert = { alert: 'ForeignActivity', severity: 'critical', account: key }
      return logger.error('reconciliation', text, alert)
    }
    const text = `${fresh.length} orders at the venue have ids of a perpfleet and are not in this journal: another perpfleet seems to trade on this account, or this journal was lost; if there is another home, stop one of the two`
    logger.warn('reconciliation', text, { account: key })
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
