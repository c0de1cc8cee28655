/** Looks at the exchange's own list of open orders all the time: no order without an intent, no slot with too much. */
import {
  type ExchangeOrder,
  exchangeOpenOrders,
  type JournalOrder,
  journalOrders,
} from './books.ts'
import type { World } from './world.ts'

const INTERVAL_MS = 500

interface Known {
  readonly path: string
  count: number
  readonly orders: Map<string, JournalOrder>
}

/** Lots still open of an order; a close-position order counts as none. */
const openLots = ({ request, filled }: ExchangeOrder): number =>
  request.quantity === 'position' ? 0 : request.quantity - filled

export class OrderWatch {
  readonly #world: World
  readonly #journals: ReadonlyMap<string, Known>
  /** The largest order of each instance's slots: a cell's size. */
  readonly #cellLots = new Map<string, number>()
  readonly #timer: NodeJS.Timeout
  looks = 0
  readonly orphans = new Set<string>()
  readonly overfull = new Set<string>()

  constructor(world: World) {
    this.#world = world
    this.#journals = new Map(
      [...world.accounts].map(([account, path]) => [
        account,
        { path, count: 0, orders: new Map() },
      ]),
    )
    this.#timer = setInterval(() => this.look(), INTERVAL_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.look()
  }

  look(): void {
    // The exchange first: what it has must be in a journal already.
    const open = exchangeOpenOrders(this.#world.exchangeDb)
    this.#readJournals()
    this.looks += 1
    const bySlot = new Map<string, number>()
    for (const order of open) {
      const intent = this.#journals.get(order.account)?.orders.get(order.clientId)
      if (intent === undefined) {
        this.orphans.add(order.clientId)
        continue
      }
      if (intent.origin.kind !== 'slot') continue
      const slot = `${intent.instance} ${intent.origin.slot}`
      bySlot.set(slot, (bySlot.get(slot) ?? 0) + openLots(order))
    }
    for (const [slot, lots] of bySlot) {
      const cell = this.#cellLots.get(slot.split(' ')[0] ?? '') ?? 0
      if (lots > cell) this.overfull.add(`${slot}: ${lots} lots rest, a cell holds ${cell}`)
    }
  }

  #readJournals(): void {
    for (const known of this.#journals.values()) {
      const fresh = journalOrders(known.path, known.count)
      known.count += fresh.length
      for (const order of fresh) this.#take(known, order)
    }
  }

  #take(known: Known, order: JournalOrder): void {
    known.orders.set(order.clientId, order)
    const { instance, origin, request } = order
    if (origin.kind !== 'slot' || request.quantity === 'position') return
    const lots = this.#cellLots.get(instance) ?? 0
    if (request.quantity > lots) this.#cellLots.set(instance, request.quantity)
  }
}
