/** Runs one seed of the order simulation from its first event to the last look. */
import { type Logger, silentLogger } from '../../../src/ports/logger.ts'
import { Random } from '../../support/random.ts'
import { Director } from './director.ts'
import { DiskRoom, type JournalRoom } from './journal-room.ts'
import { HEAL_MS, Healing } from './liveness.ts'
import { makeScenario, type Narrowing } from './scenario.ts'
import { type AnyWorld, World } from './world.ts'

export interface SeedResult {
  readonly seed: number
  readonly problems: readonly string[]
  readonly events: number
  readonly orders: number
  readonly fills: number
  /** Of everything that happened, in its order. */
  readonly hash: number
  /** Virtual ms until all was well after the faults had ended. */
  readonly healedMs: number
  readonly coverage: ReadonlyMap<string, number>
}

export interface SeedOptions {
  readonly narrowing?: Narrowing
  readonly makeRoom?: (world: AnyWorld) => JournalRoom
  readonly logger?: Logger
}

/** Must be called from a callback of the event loop (see assertDrains). */
export function runSeed(seed: number, options: SeedOptions = {}): SeedResult {
  const { narrowing, makeRoom = (world) => new DiskRoom(world), logger = silentLogger } = options
  const scenario = makeScenario(seed, new Random(seed), narrowing)
  const world = new World(scenario, makeRoom, logger)
  const director = new Director(world)
  const healing = new Healing(world, director)
  const { scheduler, oracles } = world
  const goesOn = (): boolean => {
    world.checkLatches()
    return oracles.problems.length === 0
  }
  try {
    world.startDesk()
    director.run(scenario.troubleMs)
    if (scheduler.run(scenario.troubleMs, goesOn)) {
      healing.begin()
      scheduler.run(scenario.troubleMs + HEAL_MS, () => goesOn() && !healing.isWell)
      if (oracles.problems.length === 0) healing.report()
    }
  } catch (error) {
    oracles.blame(error instanceof Error ? (error.stack ?? error.message) : String(error))
  } finally {
    world.room.close()
  }
  return {
    seed,
    problems: oracles.problems,
    events: scheduler.events,
    orders: world.venue.orders.length,
    fills: world.venue.fills.size,
    hash: scheduler.hash,
    healedMs: scheduler.now - scenario.troubleMs,
    coverage: world.coverage.counts,
  }
}
