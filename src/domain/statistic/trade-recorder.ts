/**
 * The closed round trips of a run out of its fills, one by one. A trip is what TradeBook closes (newest lots first, so that
 * a completed cell of a grid is one); what executions of the same order close in a row is one trip, so that a partial fill
 * is not a trade of its own.
 */
import { type Instrument, notionalOf } from '../instrument.ts'
import type { Quantity } from '../money.ts'
import { type AttributedFill, signOf } from '../order.ts'
import { TradeBook } from './trade-list.ts'
import { type RoundTrip, TradeSums } from './trade-sums.ts'

/** A closed round trip as reports show it; money in 1e-8, prices averaged in price units. */
export interface RecordedTrip extends RoundTrip {
  readonly side: 'long' | 'short'
  readonly lots: number
  readonly entry: number
  readonly exit: number
  readonly fees: number
  /** Slot of the closing order, or what it served: target, liquidation, operator. */
  readonly closedBy: string
}

export class TradeRecorder {
  /** Largest notional held after a fill, at its price; 1e-8. */
  notionalMax = 0
  readonly #instrument: Instrument
  #position = 0
  readonly #book: TradeBook
  readonly #sums = new TradeSums()
  readonly #trips: RecordedTrip[] | null
  /** The trip that further executions of the same order may still add to; 0 lots = none. */
  #order: string | null = null
  #closedBy = ''
  #sign = 0
  #openedAt = 0
  #closedAt = 0
  #lots = 0
  #entered = 0
  #left = 0
  #gross = 0
  #fees = 0

  /** @param keepsTrips false: only the sums are kept */
  constructor(instrument: Instrument, keepsTrips = true) {
    this.#instrument = instrument
    this.#book = new TradeBook(instrument)
    this.#trips = keepsTrips ? [] : null
  }

  /** In the order of the executions. */
  take(fill: AttributedFill): void {
    this.#position += signOf(fill.side) * fill.quantity
    const held = Math.abs(this.#position) as Quantity
    this.notionalMax = Math.max(this.notionalMax, notionalOf(this.#instrument, fill.price, held))
    if (!this.#book.book(fill)) return
    const { closed } = this.#book
    const isSame = fill.clientId !== null && fill.clientId === this.#order
    if (!isSame || closed.sign !== this.#sign) this.#begin(fill, closed.sign)
    this.#openedAt = Math.min(this.#openedAt, closed.openedAt)
    this.#closedAt = fill.at
    this.#lots += closed.lots
    this.#entered += closed.priced
    this.#left += fill.price * closed.lots
    this.#gross += closed.gross
    this.#fees += closed.fees
  }

  /** The sums of all trips so far. Ends the last one: read them when the run is over. */
  get sums(): Readonly<TradeSums> {
    this.#end()
    return this.#sums
  }

  /** In the order of their closing; empty when they are not kept. */
  get trips(): readonly RecordedTrip[] {
    this.#end()
    return this.#trips ?? []
  }

  #begin({ clientId, origin, at }: AttributedFill, sign: number): void {
    this.#end()
    this.#order = clientId
    this.#closedBy = origin.kind === 'slot' ? origin.slot : origin.kind
    this.#sign = sign
    this.#openedAt = at
  }

  #end(): void {
    if (this.#lots === 0) return
    const net = this.#gross - this.#fees
    this.#sums.add(this.#openedAt, this.#closedAt, net)
    this.#trips?.push({
      openedAt: this.#openedAt,
      closedAt: this.#closedAt,
      net,
      side: this.#sign > 0 ? 'long' : 'short',
      lots: this.#lots,
      entry: this.#entered / this.#lots,
      exit: this.#left / this.#lots,
      fees: this.#fees,
      closedBy: this.#closedBy,
    })
    this.#order = null
    this.#lots = 0
    this.#entered = 0
    this.#left = 0
    this.#gross = 0
    this.#fees = 0
  }
}
