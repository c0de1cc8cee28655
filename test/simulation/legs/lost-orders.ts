/**
 * Orders that never came to a venue without deadlines. Nothing there proves their absence, so the desk holds them for unknown
 * until somebody looks (docs/concepts/order-life.md), and nothing is asked of a leg that waits for one.
 */
import type { VenueCoverage } from './coverage.ts'
import { type Leg, legs } from './legs-bot.ts'
import type { LegsWorld } from './legs-world.ts'

export class LostOrders {
  readonly #world: LegsWorld
  readonly #met = new Set<string>()

  constructor(world: LegsWorld) {
    this.#world = world
  }

  /** After each event: a venue that owes the answer to such an order does not answer. */
  onEvent(): void {
    const { worlds, coverage } = this.#world
    for (const leg of legs) {
      const lost = this.of(leg)
      if (lost.length === 0) continue
      const venueCoverage = worlds[leg].coverage as VenueCoverage
      venueCoverage.trouble(0)
      for (const id of lost) {
        if (this.#met.has(id)) continue
        this.#met.add(id)
        coverage.sometimes('legs: an order is lost for ever at a venue without deadlines')
      }
    }
  }

  /** Their ids. */
  of(leg: Leg): readonly string[] {
    const { scenario, desk, bots, venue } = this.#world.worlds[leg]
    if (scenario.rules.traits.deadlineMs !== null) return []
    const entry = desk?.desk.entries.get(bots[0]?.settings.instance ?? '')
    if (entry === undefined) return []
    return entry.loop
      .orders()
      .filter(({ status, clientId }) => status === 'unknown' && !venue.byClientId.has(clientId))
      .map(({ clientId }) => clientId)
  }
}
