/**
 * What must hold after every event of a simulation, judged from outside: by the venue's own books and by what was made
 * durable. Each finding is one sentence.
 */
import type { WireOrder } from '../../../src/adapters/venues/live/dialect.ts'
import type { NumberedEvent } from '../../../src/domain/account-event.ts'
import type { InstrumentId } from '../../../src/domain/instrument.ts'
import type { ClientOrderId, OrderRequest } from '../../../src/domain/order.ts'
import { keyOf, type VenueBooking } from '../../../src/domain/venue-report.ts'
import type { OrderLoop } from '../../../src/engine/order-loop.ts'
import type { LoopState } from '../../../src/engine/order-loop-types.ts'
import type { JournalBatch } from '../../../src/ports/journal-store.ts'
import { type BotDisk, CELL_LOTS } from './bots.ts'
import type { BookMarket, BookOrder, VenueModel } from './venue-model.ts'

interface Sums {
  position: number
  cash: number
  fees: number
  funding: number
  /** Lots taken over from the venue without a fill: sums of money cannot be compared any more. */
  adopted: number
}

export interface Bounds {
  /** Money that the worst position of one instance may be worth; null = no limit. */
  readonly notionalMax: number | null
  readonly accountNotionalMax: number | null
}

export interface OracleParts {
  readonly venue: VenueModel
  readonly bounds: Bounds
  /** Whether the journal holds the intent. */
  readonly isDurable: (id: ClientOrderId) => boolean
  /** Number of the desk that owns the journal now. */
  readonly epoch: () => number
  readonly gridOn: (instrument: InstrumentId) => BotDisk | null
}

/** The desk that sends, as far as an order must be judged by it. */
export interface Sender {
  readonly epoch: number
  /** Since messages were lost the whole account was asked for, and the answers have come. */
  readonly isTrusted: boolean
  readonly loop: OrderLoop | null
  readonly isKilled: boolean
}

export class Oracles {
  readonly problems: string[] = []
  readonly #parts: OracleParts
  readonly #sent = new Set<ClientOrderId>()
  readonly #booked = new Set<string>()
  readonly #sums = new Map<string, Sums>()
  readonly #lowest = new Map<InstrumentId, number>()
  #lastSeq = 0

  constructor(parts: OracleParts) {
    this.#parts = parts
  }

  /** Names of fills and fundings. */
  get bookedKeys(): ReadonlySet<string> {
    return this.#booked
  }

  blame(text: string): void {
    if (this.problems.length < 20) this.problems.push(text)
  }

  // What leaves the desk

  /** An order leaves: its intent is durable, nobody has sent it before, and who sends it may. */
  onSent({ clientId, request }: WireOrder, sender: Sender): void {
    if (!this.#parts.isDurable(clientId)) this.blame(`${clientId} leaves without a durable intent`)
    if (this.#sent.has(clientId)) this.blame(`${clientId} leaves twice`)
    this.#sent.add(clientId)
    if (sender.epoch !== this.#parts.epoch())
      this.blame(`${clientId} is sent by a desk that does not own the journal any more`)
    if (sender.loop === null || !mayRaise(request, sender.loop)) return
    if (!sender.isTrusted) this.blame(`${clientId} raises risk on what was true before a gap`)
    if (sender.isKilled) this.blame(`${clientId} raises risk after a kill`)
    const { mode } = sender.loop.risk
    if (mode !== 'running') this.blame(`${clientId} raises risk in mode ${mode}`)
  }

  // What the venue does

  onAccepted(order: BookOrder): void {
    if (order.isForeign) return
    const { clientId, market } = order
    const same = this.#parts.venue.byClientId.get(clientId) ?? []
    if (same.length > 1) this.blame(`${clientId} was taken ${same.length} times by the venue`)
    if (!this.#parts.isDurable(clientId)) this.blame(`${clientId} has no durable intent`)
    this.#checkExposure(market)
    this.#checkCells(market)
  }

  /** @param before position before the fill */
  onFilled(order: BookOrder | null, before: number): void {
    if (order === null) return
    const { market, request } = order
    const isBound = request.isReduceOnly || request.quantity === 'position'
    if (isBound && before * market.position < 0)
      this.blame(`reduce-only ${order.clientId} turned the position of ${market.instrument.id}`)
    this.#checkExposure(market)
    this.#checkCells(market)
  }

  onPrice({ instrument, price }: BookMarket): void {
    const lowest = this.#lowest.get(instrument.id) ?? price
    this.#lowest.set(instrument.id, Math.min(lowest, price))
  }

  /** The worst that the venue's own book can make of the position, at the lowest price that was ever told. */
  #checkExposure(market: BookMarket): void {
    const { notionalMax, accountNotionalMax } = this.#parts.bounds
    if (notionalMax !== null) {
      const worth = this.#worstWorth(market)
      if (worth > notionalMax)
        this.blame(`${market.instrument.id} may come to ${worth}, allowed are ${notionalMax}`)
    }
    if (accountNotionalMax === null) return
    let sum = 0
    for (const one of this.#parts.venue.markets.values()) sum += this.#worstWorth(one)
    if (sum > accountNotionalMax)
      this.blame(`the account may come to ${sum}, allowed are ${accountNotionalMax}`)
  }

  #worstWorth(market: BookMarket): number {
    let buying = 0
    let selling = 0
    for (const { isForeign, request, lots, filled } of market.open) {
      if (isForeign || request.isReduceOnly || request.quantity === 'position') continue
      if (request.side === 'buy') buying += lots - filled
      else selling += lots - filled
    }
    const { position, instrument } = market
    const worst = Math.max(Math.abs(position), position + buying, selling - position)
    // What others and the venue did without asking the desk is not its fault.
    const own = worst - market.foreignLots - market.lateLots
    const at = Math.min(this.#lowest.get(instrument.id) ?? market.price, market.price)
    return Math.max(0, own) * at * instrument.moneyPerUnit
  }

  /** What the venue executed for a cell, and may still, lies between empty and full. */
  #checkCells(market: BookMarket): void {
    const disk = this.#parts.gridOn(market.instrument.id)
    if (disk === null) return
    const { lines } = disk
    for (let i = 0; i + 1 < lines.length; i++) {
      const started = i >= 3 ? CELL_LOTS : 0
      const bought = market.lineLots.get(`buy ${lines[i]}`)
      const sold = market.lineLots.get(`sell ${lines[i + 1]}`)
      const filled = started + (bought?.filled ?? 0) - (sold?.filled ?? 0)
      const slack = (bought?.late ?? 0) + (sold?.late ?? 0)
      const most = filled + (bought?.open ?? 0)
      const least = filled - (sold?.open ?? 0)
      if (most > CELL_LOTS + slack || least < -slack)
        this.blame(`cell ${i} of ${market.instrument.id} may hold ${least} to ${most} lots`)
    }
  }

  // What is made durable

  /** A commit: fills unique and as the venue says, and the state that is written with them is their sum. */
  onCommit(batch: JournalBatch): void {
    const closing = new Set<string>()
    for (const { instance, override } of batch.instances)
      if (override === 'flatten') closing.add(instance)
    for (const { instance, event } of batch.events) {
      if (event.seq <= this.#lastSeq) this.blame(`event ${event.seq} comes after ${this.#lastSeq}`)
      this.#lastSeq = Math.max(this.#lastSeq, event.seq)
      this.#book(instance, event, closing.has(instance))
    }
    for (const { instance, risk } of batch.instances)
      this.#compare(instance, risk as unknown as LoopState)
  }

  #sumsOf(instance: string): Sums {
    let sums = this.#sums.get(instance)
    if (sums === undefined) {
      sums = { position: 0, cash: 0, fees: 0, funding: 0, adopted: 0 }
      this.#sums.set(instance, sums)
    }
    return sums
  }

  /** A bot is told: what it sees it may act upon, so it must not be lost any more. */
  onTold(events: readonly NumberedEvent[]): void {
    for (const event of events)
      if (!this.#booked.has(keyOf({ ...event, venueSeq: 0 } as VenueBooking)))
        this.blame(`a bot is told of event ${event.seq}, which is not durable`)
  }

  #book(
    instance: string,
    event: JournalBatch['events'][number]['event'],
    isClosing: boolean,
  ): void {
    const sums = this.#sumsOf(instance)
    const key = keyOf({ ...event, venueSeq: 0 } as VenueBooking)
    if (this.#booked.has(key)) this.blame(`${key} was booked twice`)
    this.#booked.add(key)
    if (event.kind === 'funding') {
      sums.funding += event.amount
      return
    }
    const { fill } = event
    const sign = fill.side === 'buy' ? 1 : -1
    const market = this.#parts.venue.markets.get(fill.instrument) as BookMarket
    sums.position += sign * fill.quantity
    sums.cash -= sign * fill.price * fill.quantity * market.instrument.moneyPerUnit
    sums.fees += fill.fee
    if (fill.id.startsWith('adopted')) {
      sums.adopted += fill.quantity
      // Who closes a position does not wait for a fill that may be on its way: it counts twice until the next comparison.
      if (isClosing) market.foreignLots += fill.quantity
      return
    }
    const told = this.#parts.venue.fills.get(fill.id)
    const isSame =
      told !== undefined &&
      told.price === fill.price &&
      told.quantity === fill.quantity &&
      told.side === fill.side &&
      told.fee === fill.fee
    if (!isSame) this.blame(`fill ${fill.id} is booked otherwise than the venue made it`)
  }

  #compare(instance: string, risk: LoopState): void {
    const sums = this.#sumsOf(instance)
    for (const name of ['position', 'cash', 'fees', 'funding'] as const)
      if (risk[name] !== sums[name])
        this.blame(`${name} of ${instance} is ${risk[name]}, its events add up to ${sums[name]}`)
  }

  /** Lots that were taken over without a fill, over all instances. */
  get adoptedLots(): number {
    let sum = 0
    for (const { adopted } of this.#sums.values()) sum += adopted
    return sum
  }
}

/** Whether an order can make |position| larger, whatever else its side does first. */
function mayRaise(request: OrderRequest, loop: OrderLoop): boolean {
  if (request.isReduceOnly || request.quantity === 'position') return false
  const { position } = loop
  if (request.side === 'buy' ? position >= 0 : position <= 0) return true
  let lots = 0
  for (const { request: other, lots: all, booked } of loop.orders())
    if (other.side === request.side && other.quantity !== 'position') lots += all - booked
  return lots > Math.abs(position)
}
