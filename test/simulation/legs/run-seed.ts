/** Runs one seed of the simulation of two venues from its first event to the last look. */
import { type Logger, silentLogger } from '../../../src/ports/logger.ts'
import { Random } from '../../support/random.ts'
import { DiskRoom } from '../orders/journal-room.ts'
import type { SeedResult } from '../orders/run-seed.ts'
import type { Narrowing } from '../orders/scenario.ts'
import { LegsDirector } from './director.ts'
import { LegsWorld } from './legs-world.ts'
import { HEAL_MS, LegsHealing } from './liveness.ts'
import { makeLegsScenario, type StrategyId } from './scenario.ts'
import type { DeltaFigures } from './watch.ts'

export interface LegsSeedResult extends SeedResult {
  readonly strategy: StrategyId
  /** Base amounts: in units of the seed's own grid ÷ 10^decimals. */
  readonly delta: DeltaFigures & { readonly decimals: number }
}

export interface LegsSeedOptions {
  readonly narrowing?: Narrowing
  readonly logger?: Logger
}

export function runLegsSeed(seed: number, options: LegsSeedOptions = {}): LegsSeedResult {
  const { narrowing, logger = silentLogger } = options
  const scenario = makeLegsScenario(seed, new Random(seed ^ 0x3c6ef372), narrowing)
  const world = new LegsWorld(scenario, (one) => new DiskRoom(one), logger)
  const { scheduler } = world
  const director = new LegsDirector(world)
  const healing = new LegsHealing(world, director)
  try {
    for (const one of world.worlds) one.startDesk()
    world.startBot()
    director.run(scenario.troubleMs)
    if (scheduler.run(scenario.troubleMs, () => world.check())) {
      healing.begin()
      scheduler.run(scenario.troubleMs + HEAL_MS, () => world.check() && !healing.isWell)
      if (world.problems.length === 0) healing.report()
    }
  } catch (error) {
    world.blame(error instanceof Error ? (error.stack ?? error.message) : String(error))
  } finally {
    for (const { room } of world.worlds) room.close()
  }
  return resultOf(world, healing.isWell)
}

function resultOf(world: LegsWorld, _isWell: boolean): LegsSeedResult {
  const { scenario, scheduler, worlds, coverage, watch, problems } = world
  const counts = new Map(coverage.counts)
  for (const one of worlds)
    for (const [name, count] of one.coverage.counts)
      counts.set(name, (counts.get(name) ?? 0) + count)
  return {
    seed: scenario.seed,
    strategy: scenario.strategy,
    problems,
    events: scheduler.events,
    orders: worlds[0].venue.orders.length + worlds[1].venue.orders.length,
    fills: worlds[0].venue.fills.size + worlds[1].venue.fills.size,
    hash: scheduler.hash,
    healedMs: scheduler.now - scenario.troubleMs,
    coverage: counts,
    delta: { ...watch.figures, decimals: scenario.sizes.decimals },
  }
}
