/**
 * The dead-man switch of each venue: while desk and venue speak to each other it is armed, so that orders never rest for
 * longer at a venue that hears nothing of us. And a count of what the venues of a pair have different.
 */
import type { VenueCoverage } from './coverage.ts'
import { type Leg, legs } from './legs-bot.ts'
import type { LegsWorld } from './legs-world.ts'
import { RECOVERY_MS } from './watch.ts'

/** A desk that is told that its account is compared asks for the switch within a second, and again when no answer comes. */
const ARMING_MS = 3000

export class SwitchWatch {
  readonly #world: LegsWorld
  /** Since when it should be armed and is not, virtual ms. */
  readonly #missingSince: [number | null, number | null] = [null, null]

  constructor(world: LegsWorld) {
    this.#world = world
    for (const leg of legs) {
      const { coverage } = world
      world.worlds[leg].deadMan.onFired = (orders) => {
        coverage.sometimes('legs: the dead-man switch of one venue fires')
        if (orders > 0) coverage.sometimes('legs: the dead-man switch takes resting orders away')
      }
    }
  }

  /** After each event. */
  onEvent(): void {
    const { now } = this.#world.scheduler
    for (const leg of legs) {
      if (!this.#answers(leg) || this.#isArmed(leg)) {
        this.#missingSince[leg] = null
        continue
      }
      this.#missingSince[leg] ??= now
      const missingMs = now - (this.#missingSince[leg] ?? now)
      if (missingMs > ARMING_MS)
        this.#world.blame(`leg ${leg}: venue and desk answer, and the dead-man switch is not armed`)
    }
  }

  /** As LegsWatch has it, which looks first. */
  #answers(leg: Leg): boolean {
    const { scheduler, worlds } = this.#world
    return scheduler.now - (worlds[leg].coverage as VenueCoverage).troubleUntil >= RECOVERY_MS
  }

  /** Also where nobody could arm it. */
  #isArmed(leg: Leg): boolean {
    const { deadMan, desk, bots } = this.#world.worlds[leg]
    const entry = desk?.desk.entries.get(bots[0]?.settings.instance ?? '')
    if (!deadMan.isGranted || entry === undefined || entry.override === 'released') return true
    if (desk?.desk.reconciler.isDone !== true) return true
    return deadMan.armedUntil(this.#world.market(leg).instrument.id) !== null
  }
}
