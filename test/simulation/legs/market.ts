/** The prices of both venues: one market that walks, and a gap between them that opens, closes and jumps; and their funding. */
import { ratio } from '../../../src/domain/money.ts'
import { EPOCH_MS } from '../orders/scheduler.ts'
import { START_PRICE } from '../orders/world.ts'
import { type Leg, legs } from './legs-bot.ts'
import type { LegsWorld } from './legs-world.ts'

const REACH = 600
const GAP_MAX = 260

export class GapMarket {
  readonly #world: LegsWorld
  #middle = START_PRICE
  #gap = 0
  #aim = 0
  /** Length of a funding interval of each leg, ms. */
  readonly #intervals: readonly [number, number]

  constructor(world: LegsWorld) {
    this.#world = world
    const { random, scenario } = world
    this.#intervals = [random.pick([15_000, 20_000, 40_000]), random.pick([10_000, 25_000])]
    if (scenario.strategy === 'funding_arbitrage') for (const leg of legs) this.#foretell(leg)
  }

  /** The next prices of both legs. */
  step(): readonly [number, number] {
    const { random, watch, coverage } = this.#world
    const walked = this.#middle + random.int(-25, 25)
    this.#middle = Math.max(START_PRICE - REACH, Math.min(START_PRICE + REACH, walked))
    if (random.chance(0.06))
      this.#aim = random.chance(0.5) ? 0 : random.int(60, GAP_MAX) * random.pick([1, -1])
    this.#gap += Math.trunc((this.#aim - this.#gap) * random.next())
    if (random.chance(0.03)) {
      if (watch.notes.phase === 'entering') coverage.sometimes('legs: the gap jumps while entering')
      this.#gap = random.int(-GAP_MAX, GAP_MAX)
    }
    const half = Math.trunc(this.#gap / 2)
    return [this.#middle + half, this.#middle + half - this.#gap]
  }

  /** Both venues agree again. */
  calm(): readonly [number, number] {
    return [this.#middle, this.#middle]
  }

  /** Pays what is due, and tells the next rate. */
  fund(): void {
    const { scheduler, worlds, coverage } = this.#world
    for (const leg of legs) {
      const market = this.#world.market(leg)
      const { terms } = market
      if (terms === null || EPOCH_MS + scheduler.now < terms.nextAt) continue
      worlds[leg].venue.fund(market, terms.rate)
      if (market.position !== 0) coverage.sometimes('legs: funding of two intervals')
      this.#foretell(leg)
    }
  }

  #foretell(leg: Leg): void {
    const { random, scheduler } = this.#world
    const intervalMs = this.#intervals[leg]
    this.#world.market(leg).terms = {
      rate: ratio(random.int(-300_000, 300_000)),
      intervalMs,
      nextAt: EPOCH_MS + (Math.floor(scheduler.now / intervalMs) + 1) * intervalMs,
    }
  }
}
