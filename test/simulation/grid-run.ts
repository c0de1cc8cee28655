/**
 * One random life on the simulated exchange: a grid through the engine and the order loop, and beside it orders of a
 * stranger on the same account (market, limit, reduce-only, stops), so that positions close in part and flip. The
 * exchange and the bot are written down and taken up again in the middle.
 */

import { roundPrice } from '../../src/domain/instrument.ts'
import type { MarketEvent } from '../../src/domain/market.ts'
import { formatDecimal, money, type Price, price, quantity } from '../../src/domain/money.ts'
import type { ClientOrderId, OrderRequest, Origin } from '../../src/domain/order.ts'
import type { Json, StrategyContext, WantChange } from '../../src/domain/strategy.ts'
import { type AnyStrategy, InstanceEngine, type StoredInstance } from '../../src/engine/instance.ts'
import { OrderLoop } from '../../src/engine/order-loop.ts'
import type { EngineOutput } from '../../src/engine/wants-recorder.ts'
import type { VenueAccountEvent } from '../../src/ports/venue.ts'
import { SimulatedExchange } from '../../src/simulation/simulated-exchange.ts'
import { perpGrid } from '../../src/strategies/perp-grid/strategy.ts'
import type { Random } from '../support/random.ts'
import { START_AT, type World, type WorldMarket } from './world.ts'

export const ACCOUNT = 'test/main'
const BOT = 'grid'
const FOREIGN_MAX = 60
const RESTARTS_MAX = 2

export class GridRun {
  readonly events: VenueAccountEvent[] = []
  readonly requests = new Map<string, OrderRequest>()
  readonly world: World
  exchange: SimulatedExchange
  engine: InstanceEngine
  rounds = 0
  restarts = 0
  readonly #random: Random
  readonly #main: WorldMarket
  readonly #loop: OrderLoop
  readonly #origins = new Map<ClientOrderId, Origin>()
  readonly #parameters: unknown
  #foreign: { readonly id: ClientOrderId; readonly market: WorldMarket }[] = []
  #lastId = 0
  #seq = 0
  #isFinished = false
  #foreignCount = 0

  constructor(random: Random, world: World) {
    const main = world.markets[0]
    if (main === undefined) throw new Error('a world has a market')
    this.#random = random
    this.world = world
    this.#main = main
    const { source, endAt, fillRule } = world
    this.exchange = new SimulatedExchange({ source, startAt: START_AT, endAt, fillRule })
    this.exchange.openAccount(ACCOUNT)
    this.exchange.deposit(ACCOUNT, money(world.capital), 'deposit')
    for (const { instrument, terms } of world.markets) {
      this.exchange.attach(ACCOUNT, nameOf(instrument.base), instrument.id, terms)
    }
    this.#parameters = makeParameters(random, main, world.capital)
    const present = this.exchange.price(main.instrument.id)
    this.#loop = new OrderLoop(loopOptions(main, world.capital), START_AT, present)
    this.#loop.onPrice(START_AT, present)
    this.engine = InstanceEngine.start(perpGrid as AnyStrategy, this.#parameters, this.#context())
    this.#resumeWants()
    this.#carryOut()
  }

  #context(): StrategyContext {
    const { instrument, terms } = this.#main
    return {
      at: START_AT,
      instruments: [instrument],
      prices: [this.exchange.price(instrument.id)],
      capital: money(this.world.capital),
      leverage: terms.leverage,
      marginMode: terms.marginMode,
      fees: [{ maker: terms.paper.maker, taker: terms.paper.taker }],
      positions: [quantity(0)],
      initialPosition: this.#random.pick(['open', 'none'] as const),
    }
  }

  #resumeWants(): void {
    const { changes, wakes } = this.engine.wants()
    this.#loop.applyWants(this.engine.lastSeq, true, changes)
    this.exchange.setWakes(BOT, wakes)
  }

  run(): void {
    for (;;) {
      let events = this.exchange.takeEvents()
      let market: readonly MarketEvent[] = []
      if (events.length === 0) {
        const stop = this.exchange.advance(this.world.endAt)
        if (stop === null) return
        market = stop.market
        events = this.exchange.takeEvents()
      }
      this.rounds += 1
      const changes: WantChange[] = []
      for (const { event } of events) this.#onAccount(event, changes)
      for (const event of market) this.#onMarket(event, changes)
      this.#loop.applyWants(this.engine.lastSeq, false, changes)
      this.#carryOut()
      if (this.#foreignCount < FOREIGN_MAX && this.#random.chance(0.12)) this.#tradeForeign()
      if (this.restarts < RESTARTS_MAX && this.#random.chance(0.01)) this.#restart()
    }
  }

  #onAccount(event: VenueAccountEvent, changes: WantChange[]): void {
    this.events.push(event)
    if (instrumentOf(event) === null || instrumentOf(event) === this.#main.instrument.id) {
      const told = this.#loop.onVenueEvent(event, (id) => this.#origins.get(id) ?? null)
      if (told === null) return
      this.#seq += 1
      this.#loop.handed(this.#seq)
      const { at } = event
      const seq = this.#seq
      if (told.kind === 'fill') {
        const fill = { ...told.event.fill, origin: told.origin }
        this.#collect(this.engine.on({ kind: 'fill', at, seq, fill }), changes)
      } else {
        const { instrument, amount } = told.event
        this.#collect(this.engine.on({ kind: 'funding', at, seq, instrument, amount }), changes)
      }
    }
  }

  #onMarket(event: MarketEvent, changes: WantChange[]): void {
    if (event.instrument !== this.#main.instrument.id) return
    this.#loop.onPrice(event.at, event.price)
    this.#collect(this.engine.on(event), changes)
  }

  #collect(output: EngineOutput, changes: WantChange[]): void {
    changes.push(...output.changes)
    if (output.wakes !== null) this.exchange.setWakes(BOT, output.wakes)
    if (output.finish === null || this.#isFinished) return
    this.#isFinished = true
    this.#loop.setOverride(output.finish.positions === 'close' ? 'flatten' : 'cancel')
  }

  #carryOut(): void {
    const { at } = this.exchange
    while (this.#loop.hasWork()) {
      const { cancels, places } = this.#loop.plan(at, () => this.#nextId(), null)
      for (const id of cancels) {
        this.#loop.onCanceled(this.exchange.cancel(ACCOUNT, this.#main.instrument.id, id))
      }
      for (const { intent } of places) {
        this.#origins.set(intent.clientId, intent.origin)
        this.requests.set(intent.clientId, intent.request)
        this.#loop.onPlaced(this.exchange.place(ACCOUNT, intent.clientId, intent.request))
      }
    }
  }

  #nextId(): ClientOrderId {
    this.#lastId += 1
    return `g${this.#lastId}` as ClientOrderId
  }

  /** A stranger's order or cancel on any instrument of the account. */
  #tradeForeign(): void {
    const random = this.#random
    const market = random.pick(this.world.markets)
    const { id } = market.instrument
    const old = this.#foreign.length > 0 && random.chance(0.2) ? random.pick(this.#foreign) : null
    if (old !== null) {
      this.exchange.cancel(ACCOUNT, old.market.instrument.id, old.id)
      this.#foreign = this.#foreign.filter((one) => one !== old)
      return
    }
    this.#lastId += 1
    this.#foreignCount += 1
    const clientId = `x${this.#lastId}` as ClientOrderId
    const held = this.exchange.positions(ACCOUNT).find(({ instrument }) => instrument === id)
    const { last } = this.exchange.price(id)
    const { capital, isGambling } = this.world
    const isBet = isGambling && this.#foreignCount % 8 === 1
    const request = isBet
      ? bet(random, market, last, capital)
      : foreignRequest(random, market, last, held?.quantity ?? 0, capital)
    this.requests.set(clientId, request)
    const outcome = this.exchange.place(ACCOUNT, clientId, request)
    if (outcome.kind === 'accepted') this.#foreign.push({ id: clientId, market })
  }

  /** Exchange and bot are taken up from what was written down. */
  #restart(): void {
    this.restarts += 1
    const { source, endAt, fillRule } = this.world
    const written = JSON.stringify(this.exchange.snapshot())
    const next = new SimulatedExchange({ source, startAt: START_AT, endAt, fillRule })
    next.restore(JSON.parse(written) as Json)
    const again = JSON.stringify(next.snapshot())
    if (again !== written) {
      throw new Error(
        `a restored exchange writes the same state, found ${firstDifference(written, again)}`,
      )
    }
    this.exchange = next
    const stored = JSON.parse(JSON.stringify(this.engine.stored())) as StoredInstance
    this.engine = InstanceEngine.resume(perpGrid as AnyStrategy, this.#parameters, stored)
  }
}

function firstDifference(a: string, b: string): string {
  let at = 0
  while (a[at] === b[at]) at += 1
  return `${a.slice(Math.max(0, at - 60), at + 80)} and ${b.slice(Math.max(0, at - 60), at + 80)}`
}

const nameOf = (base: string): string => (base === 'AAA' ? BOT : `stranger-${base}`)

function instrumentOf(event: VenueAccountEvent): string | null {
  if (event.kind === 'fill') return event.fill.instrument
  return event.kind === 'funding' ? event.instrument : null
}

const loopOptions = ({ instrument, terms }: WorldMarket, capital: number) => ({
  instance: BOT,
  instrument,
  capital: money(capital),
  leverage: terms.leverage,
  limits: {
    positionSizeMax: 100_000_000,
    positionNotionalMax: null,
    dailyLossMax: 0,
    drawdownMax: 0,
    capitalUtilizationMax: 100_000_000,
    onBreach: 'reduce_only' as const,
  },
  timeZone: 'UTC',
})

/** A range around the price with lines far enough apart, sized so that the capital is nearly used up. */
function makeParameters(
  random: Random,
  { instrument, terms, candles }: WorldMarket,
  capital: number,
): unknown {
  const first = candles[0]?.open ?? 20_000
  const cells = random.int(3, 12)
  const half = Math.max(cells * 20, Math.round(first * random.pick([0.01, 0.03, 0.06])))
  const text = (value: number, rounding: 'floor' | 'ceil') =>
    formatDecimal(roundPrice(instrument, price(value), rounding), instrument.priceDecimals)
  const share = random.pick([0.3, 0.9, 1.6])
  const budget = (capital * Math.min(terms.leverage, 30) * share) / cells
  const lots = Math.max(1, Math.min(2_000, Math.floor(budget / (first * instrument.moneyPerUnit))))
  return {
    grid_lower_price: text(first - half, 'floor'),
    grid_upper_price: text(first + half, 'ceil'),
    grid_intervals: cells,
    grid_type: random.pick(['neutral', 'long', 'short']),
    grid_mode: random.pick(['arithmetic', 'geometric']),
    order_quantity: formatDecimal(lots * instrument.lotSize, instrument.quantityDecimals),
    ...(random.chance(0.2)
      ? {
          trailing_up: formatDecimal(90_000, instrument.priceDecimals),
          trailing_down: formatDecimal(2_000, instrument.priceDecimals),
        }
      : {}),
    ...(random.chance(0.2) ? { open_orders_max: 3 } : {}),
  }
}

/** Nearly all that the margin of the capital carries, at the market. */
function bet(
  random: Random,
  { instrument, terms }: WorldMarket,
  last: Price,
  capital: number,
): OrderRequest {
  const value = Math.floor(capital * terms.leverage * random.pick([0.4, 0.7, 0.9]))
  return {
    instrument: instrument.id,
    side: random.pick(['buy', 'sell'] as const),
    kind: 'market',
    price: null,
    quantity: quantity(Math.max(1, Math.floor(value / (last * instrument.moneyPerUnit)))),
    timeInForce: 'ioc',
    isPostOnly: false,
    isReduceOnly: false,
    trigger: null,
  }
}

function foreignRequest(
  random: Random,
  { instrument, terms }: WorldMarket,
  last: Price,
  held: number,
  capital: number,
): OrderRequest {
  const budget = (capital * terms.leverage) / 6
  const most = Math.max(1, Math.min(3_000, Math.floor(budget / (last * instrument.moneyPerUnit))))
  const isAgainst = held !== 0 && random.chance(0.7)
  const side = isAgainst ? (held > 0 ? 'sell' : 'buy') : random.pick(['buy', 'sell'] as const)
  const near = (percent: number): Price =>
    roundPrice(
      instrument,
      price(Math.max(1, Math.round(last * (1 + (random.next() - 0.5) * percent)))),
      'ceil',
    )
  const isConditional = random.chance(0.25)
  const isWhole = isConditional && random.chance(0.4)
  const isMarket = random.chance(0.5)
  const lots = random.chance(0.3) ? Math.abs(held) + random.int(1, most) : random.int(1, most)
  return {
    instrument: instrument.id,
    side,
    kind: isMarket ? 'market' : 'limit',
    price: isMarket ? null : near(0.02),
    quantity: isWhole ? 'position' : quantity(lots),
    timeInForce: isMarket || random.chance(0.2) ? 'ioc' : 'gtc',
    isPostOnly: false,
    isReduceOnly: isWhole || random.chance(0.3),
    trigger: isConditional
      ? {
          kind: random.pick(['stop', 'take_profit'] as const),
          price: near(0.02),
          by: random.pick(['mark', 'last'] as const),
        }
      : null,
  }
}
