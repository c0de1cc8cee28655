/**
 * What stands at the venue on the contract of an instance and is not in its books: orders of others, and a position that
 * differs. Both count in the exposure as if it were still to be traded, so that the gate judges every order by the worst
 * that can come of it. Pure; docs/concepts/desk.md.
 */
import { quantity } from '../domain/money.ts'
import type { ClientOrderId, Fill, Side } from '../domain/order.ts'
import type { Exposure } from '../domain/risk.ts'
import type { VenueOrder } from '../domain/venue-report.ts'

export interface OutsideState {
  readonly gap: number
  readonly foreignSeen: readonly ClientOrderId[]
  readonly adoptedAt: number
  readonly isDoubted: boolean
}

export class Outside {
  readonly #onChanged: () => void
  #orders = new Map<ClientOrderId, { readonly side: Side; readonly lots: number }>()
  #gap = 0
  #adoptedAt = 0
  #isDoubted = false
  /** Orders of others that an operator has seen: they are no news, not even to the next desk. */
  #seen: readonly ClientOrderId[] = []

  /** @param onChanged what was allowed may not be any more, or the other way round */
  constructor(onChanged: () => void) {
    this.#onChanged = onChanged
  }

  /** Lots that the venue holds beyond the books, signed; 0 = they agree. While it is not 0 nothing raises risk. */
  get gap(): number {
    return this.#gap
  }
  setGap(gap: number): void {
    if (gap === this.#gap) return
    this.#gap = gap
    this.#onChanged()
  }

  /**
   * A fill was booked that may have been in a position taken over before it was told: until the venue's position was compared,
   * the booked one counts it twice, perhaps.
   */
  get isDoubted(): boolean {
    return this.#isDoubted
  }
  setDoubted(isDoubted: boolean): void {
    this.#isDoubted = isDoubted
  }
  /** Time of the venue up to which the position that was taken over last may hold fills that are told later; 0 = none was. */
  get adoptedAt(): number {
    return this.#adoptedAt
  }
  setAdoptedAt(at: number): void {
    this.#adoptedAt = at
  }

  /** What must survive a restart. */
  state(): OutsideState {
    const [gap, foreignSeen, adoptedAt] = [this.#gap, this.#seen, this.#adoptedAt]
    return { gap, foreignSeen, adoptedAt, isDoubted: this.#isDoubted }
  }
  /** Of what an earlier version wrote a part may be missing. */
  restore(state: Partial<OutsideState>): void {
    this.setGap(state.gap ?? 0)
    this.#seen = state.foreignSeen ?? []
    this.#adoptedAt = state.adoptedAt ?? 0
    this.#isDoubted = state.isDoubted ?? false
  }

  get seen(): readonly ClientOrderId[] {
    return this.#seen
  }
  setSeen(ids: readonly ClientOrderId[]): void {
    this.#seen = ids
  }

  /** Orders of others on this contract, as the venue tells them now. */
  setOrders(orders: readonly VenueOrder[]): void {
    const before = this.lots()
    this.#orders = new Map()
    for (const { clientId, request, quantityFilled } of orders) {
      // A close-position order cannot raise |position|: as one of ours it reserves nothing.
      if (request.quantity === 'position') continue
      const lots = Math.max(0, request.quantity - quantityFilled)
      this.#orders.set(clientId, { side: request.side, lots })
    }
    const { buying, selling } = this.lots()
    if (buying !== before.buying || selling !== before.selling) this.#onChanged()
  }

  /** A fill of nobody's order here: what of it was foreign is held now, no longer on its way. */
  onFill({ clientId, quantity: filled }: Fill): void {
    const order = clientId === null ? undefined : this.#orders.get(clientId)
    if (order === undefined || clientId === null) return
    this.#orders.set(clientId, { ...order, lots: Math.max(0, order.lots - filled) })
  }

  /** What the orders of others may still buy and sell. */
  lots(): { readonly orders: number; readonly buying: number; readonly selling: number } {
    let buying = 0
    let selling = 0
    for (const { side, lots } of this.#orders.values())
      if (side === 'buy') buying += lots
      else selling += lots
    return { orders: this.#orders.size, buying, selling }
  }

  /** The exposure with all of this: what the venue holds more counts as bought, what it holds less as sold. */
  added(own: Exposure): Exposure {
    const { buying, selling } = this.lots()
    return {
      position: own.position,
      buying: quantity(own.buying + buying + Math.max(0, this.#gap)),
      selling: quantity(own.selling + selling + Math.max(0, -this.#gap)),
    }
  }

  /** The part of a booked position that the venue has too; only that much may be reduced by an order that can turn it. */
  certain(position: number): number {
    const held = position + this.#gap
    if (Math.sign(held) !== Math.sign(position)) return 0
    return Math.sign(position) * Math.min(Math.abs(position), Math.abs(held))
  }
}
