/** A desk with its venue for tests of targets: orders that fill in parts, are told late, and are settled before the next. */
import { type Instrument, minimumLots } from '../../src/domain/instrument.ts'
import { price } from '../../src/domain/money.ts'
import type { TargetWant } from '../../src/domain/strategy.ts'

/** The only price. */
export const LAST = price(6_000_000)

interface Order {
  readonly side: 1 | -1
  left: number
  /** Filled at the venue and not yet told to the desk. */
  untold: number
}

/** One desk with its venue: at most one order, settled before the next; wants count by the settled rule alone. */
export class TargetDesk {
  readonly instrument: Instrument
  /** At the venue. */
  position = 0
  /** By the desk's books. */
  booked = 0
  seq = 0
  order: Order | null = null
  /** It takes no order that could make the position larger. */
  isReduceOnly = false
  target: TargetWant | null = null
  basis = 0
  readonly inbox: { readonly target: TargetWant | null; readonly basis: number }[] = []
  readonly events: { readonly seq: number; readonly side: 1 | -1; readonly lots: number }[] = []

  constructor(instrument: Instrument) {
    this.instrument = instrument
  }

  receive(): void {
    const message = this.inbox.shift()
    if (message === undefined) return
    this.target = message.target
    this.basis = message.basis
  }

  plan(): void {
    if (this.order !== null || this.target === null || this.basis !== this.seq) return
    const { quantity: wanted, isReduceOnly } = this.target
    const missing = wanted - this.booked
    if (missing === 0) return
    if (wanted !== 0 && Math.abs(missing) < minimumLots(this.instrument, LAST)) return
    const side = missing > 0 ? 1 : -1
    const room = Math.max(0, -side * this.booked)
    if (this.isReduceOnly && !isReduceOnly && Math.abs(missing) > room) return
    // The venue cuts an order that only reduces to what is held.
    const most = isReduceOnly ? Math.max(0, -side * this.position) : Math.abs(missing)
    this.order = { side, left: Math.min(most, Math.abs(missing)), untold: 0 }
  }

  fill(lots: number): void {
    const { order } = this
    if (order === null) return
    const taken = Math.min(order.left, lots)
    order.left -= taken
    order.untold += taken
    this.position += order.side * taken
  }

  /** The desk learns of what was filled. */
  learn(): void {
    const { order } = this
    if (order === null || order.untold === 0) return
    this.seq += 1
    this.booked += order.side * order.untold
    this.events.push({ seq: this.seq, side: order.side, lots: order.untold })
    order.untold = 0
  }

  /** The rest of the order is gone, and the desk knows all of it. */
  settle(): void {
    if (this.order === null) return
    this.learn()
    this.order = null
  }
}
