/**
 * Orders that the engine of Backpack or Aster takes in and ends at once: they get a number, an answer that says so, an event and
 * a place in the history. The books refuse such orders without a number, so the front keeps the newest of them itself.
 */
import type { InstrumentId } from '../../domain/instrument.ts'
import { money, quantity, ZERO_QUANTITY } from '../../domain/money.ts'
import type { OrderRefusal, PlaceWish, SandboxBackend, SandboxOrder } from './front.ts'

const KEPT_MAX = 1000
/** Above every number that the books give. */
const NUMBERS_FROM = 4_000_000_000_000_000

export class EngineExpiries {
  readonly #backend: SandboxBackend
  #kept: SandboxOrder[] = []
  #lastId = 0

  constructor(backend: SandboxBackend) {
    this.#backend = backend
  }

  /** @param reason a refusal, or `unfilled` of an order that had to fill at once */
  add(account: string, wish: PlaceWish, reason: OrderRefusal | 'unfilled'): SandboxOrder {
    const at = this.#backend.marketAt()
    this.#lastId = Math.max(this.#lastId + 1, NUMBERS_FROM + this.#backend.wallMs())
    const lots = wish.request.quantity
    const order: SandboxOrder = {
      id: this.#lastId,
      clientId: wish.clientId,
      account,
      instrument: wish.request.instrument,
      request: wish.request,
      quantity: lots === 'position' ? ZERO_QUANTITY : quantity(lots),
      status: 'expired',
      reason,
      quantityFilled: ZERO_QUANTITY,
      costFilled: 0,
      fee: money(0),
      realised: money(0),
      lastFill: null,
      createdAt: at,
      updatedAt: at,
      isTriggered: false,
      amendments: 0,
      origin: 'client',
      extra: wish.extra ?? {},
    }
    this.#kept.push(order)
    if (this.#kept.length > KEPT_MAX) this.#kept = this.#kept.slice(-KEPT_MAX / 2)
    return order
  }

  /** Newest first. */
  of(account: string, instrument: InstrumentId | undefined): readonly SandboxOrder[] {
    const isMeant = (one: SandboxOrder) =>
      one.account === account && (instrument === undefined || one.instrument === instrument)
    return this.#kept.filter(isMeant).reverse()
  }
}
