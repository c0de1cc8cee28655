/** Events through strategy, ledger and order loop with a venue that accepts everything, against empty functions. */
import { money, price, quantity } from '../src/domain/money.ts'
import type { ClientOrderId, OrderRequest, Origin } from '../src/domain/order.ts'
import { InstanceEngine } from '../src/engine/instance.ts'
import { OrderLoop } from '../src/engine/order-loop.ts'
import type { EngineOutput } from '../src/engine/wants-recorder.ts'
import { strategyById } from '../src/strategies/registry.ts'
import { LAST, limits, SOL } from './market.ts'
import { inTurns, perSecond, type Row, timeRow } from './measure.ts'

const ROUNDS = 10_000
/** Prices between two fills. */
const PRICES = 4
const REPETITIONS = 5
const LINES = 101

class Run {
  readonly #engine: InstanceEngine
  readonly #loop: OrderLoop
  readonly #open = new Map<string, { readonly id: ClientOrderId; readonly request: OrderRequest }>()
  #at = 1_700_000_000_000
  #seq = 0
  #ids = 0
  events = 0

  constructor() {
    const strategy = strategyById('perp_grid')
    if (strategy === null) throw new Error('there is no grid')
    const prices = [{ last: LAST, mark: LAST }]
    const parameters = {
      grid_lower_price: '100',
      grid_upper_price: '200',
      grid_num: LINES,
      order_quantity: '0.1',
    }
    this.#engine = InstanceEngine.start(strategy, parameters, {
      at: this.#at,
      instruments: [SOL],
      prices,
      capital: money(100_000e8),
      leverage: 1,
      marginMode: 'isolated',
      fees: [{ maker: SOL.makerFee, taker: SOL.takerFee }],
      positions: [quantity(0)],
      initialPosition: 'open',
    })
    const options = { instance: 'bench_01', instrument: SOL, capital: money(100_000e8) }
    const rest = { leverage: 1, limits, timeZone: 'UTC' }
    this.#loop = new OrderLoop({ ...options, ...rest }, this.#at, { last: LAST, mark: LAST })
    this.#loop.applyWants(0, true, this.#engine.wants().changes)
    this.#carryOut()
  }

  #carryOut(): void {
    while (this.#loop.hasWork()) {
      const nextId = () => `b${this.#ids++}` as ClientOrderId
      const { cancels, places } = this.#loop.plan(this.#at, nextId, null)
      for (const clientId of cancels) {
        const [status, quantityFilled] = ['canceled', quantity(0)] as const
        this.#loop.onCanceled({ kind: 'final', clientId, status, quantityFilled })
      }
      for (const { intent } of places) {
        const { clientId, request, origin } = intent
        if (origin.kind === 'slot') this.#open.set(origin.slot, { id: clientId, request })
        const accepted = { kind: 'accepted', clientId, status: 'open' } as const
        this.#loop.onPlaced({ ...accepted, quantityFilled: quantity(0) })
      }
    }
  }

  #apply(output: EngineOutput): void {
    this.#loop.applyWants(this.#engine.lastSeq, false, output.changes)
    this.#carryOut()
  }

  #price(at: number): void {
    this.#at += 1000
    this.events += 1
    const last = price(at)
    this.#loop.onPrice(this.#at, { last, mark: last })
    const event = { kind: 'price', at: this.#at, instrument: SOL.id } as const
    this.#apply(this.#engine.on({ ...event, price: { last, mark: last } }))
  }

  #fill(slot: string): void {
    const order = this.#open.get(slot)
    const at = order?.request.price
    const lots = order?.request.quantity
    if (order === undefined || at == null || lots === undefined || lots === 'position') {
      throw new Error(`the grid of the bench has no order ${slot}`)
    }
    this.#open.delete(slot)
    this.#at += 1000
    this.#seq += 1
    this.events += 1
    const fill = {
      id: `f${this.#seq}`,
      at: this.#at,
      instrument: SOL.id,
      clientId: order.id,
      side: order.request.side,
      price: at,
      quantity: lots,
      fee: money(30_000),
      isMaker: true,
    }
    const venue = { venueSeq: this.#seq, at: this.#at, kind: 'fill', fill } as const
    const told = this.#loop.onVenueEvent({ ...venue, isLiquidation: false }, () => null)
    this.#loop.handed(this.#seq)
    const origin: Origin = told?.kind === 'fill' ? told.origin : { kind: 'foreign' }
    const event = { kind: 'fill', at: this.#at, seq: this.#seq, fill: { ...fill, origin } } as const
    this.#apply(this.#engine.on(event))
  }

  /** The price goes down through a line and up again: a buy and its sell, with prices between. */
  round(): void {
    for (let i = 0; i < PRICES; i++) this.#price(14_990 - i * 20)
    this.#fill('B14900')
    for (let i = 0; i < PRICES; i++) this.#price(14_905 + i * 20)
    this.#fill('S15000')
  }
}

/** As many calls as the loop makes for its events, which do nothing but count. */
function emptyLoop(events: number): number {
  let count = 0
  const parts = Array.from({ length: 5 }, () => (value: number) => {
    count += value
  })
  for (let i = 0; i < events; i++) for (const part of parts) part(1)
  return count
}

export function benchWantsLoop(): readonly Row[] {
  const run = new Run()
  const eventsPerRound = 2 * (PRICES + 1)
  const own = () => {
    for (let i = 0; i < ROUNDS; i++) run.round()
  }
  const count = ROUNDS * eventsPerRound
  const times = inTurns(REPETITIONS, count, own, () => void emptyLoop(count))
  const what = `wants loop: an event, ${LINES} lines, one in five a fill (vs five empty calls)`
  return [timeRow(what, times, perSecond(times.ownNs))]
}
