/** Runs seeds one after the other and adds up what they have shown. */
import { CrashedError } from './disk-journal.ts'
import { FileRoom } from './file-room.ts'
import { DiskRoom } from './journal-room.ts'
import { runSeed, type SeedOptions, type SeedResult } from './run-seed.ts'
import { assertDrains } from './scheduler.ts'

export type Level = 1 | 2

export interface Failure {
  readonly seed: number
  readonly problems: readonly string[]
}

/** Plain data: it crosses threads. */
export interface Tally {
  seeds: number
  /** Run a second time, to see that nothing but the seed decides. */
  repeated: number
  events: number
  orders: number
  fills: number
  healedMsMax: number
  readonly eventsEach: number[]
  readonly ordersEach: number[]
  readonly failures: Failure[]
  readonly coverage: Map<string, number>
}

export const newTally = (): Tally => ({
  seeds: 0,
  repeated: 0,
  events: 0,
  orders: 0,
  fills: 0,
  healedMsMax: 0,
  eventsEach: [],
  ordersEach: [],
  failures: [],
  coverage: new Map(),
})

export function addTally(sum: Tally, one: Tally): void {
  sum.seeds += one.seeds
  sum.repeated += one.repeated
  sum.events += one.events
  sum.orders += one.orders
  sum.fills += one.fills
  sum.healedMsMax = Math.max(sum.healedMsMax, one.healedMsMax)
  sum.eventsEach.push(...one.eventsEach)
  sum.ordersEach.push(...one.ordersEach)
  sum.failures.push(...one.failures)
  for (const [name, count] of one.coverage)
    sum.coverage.set(name, (sum.coverage.get(name) ?? 0) + count)
}

/** One seed in a hundred is run twice. */
const REPEAT_EACH = 100

/** A promise that failed and nobody caught ends the process of a desk; one of a desk that is dead already does not. */
let onUnhandled: (error: unknown) => void = () => {}
process.on('unhandledRejection', (error) => onUnhandled(error))

/** Of one run: what nobody caught is added while it goes on. */
export function watchUnhandled(): readonly string[] {
  const unhandled: string[] = []
  onUnhandled = (error) => {
    if (error instanceof CrashedError) return
    unhandled.push(`uncaught: ${error instanceof Error ? error.stack : String(error)}`)
  }
  return unhandled
}

export function runOne(seed: number, level: Level, options: SeedOptions = {}): SeedResult {
  const makeRoom: NonNullable<SeedOptions['makeRoom']> =
    level === 1 ? (world) => new DiskRoom(world) : (world) => new FileRoom(world)
  const unhandled = watchUnhandled()
  const result = runSeed(seed, { makeRoom, ...options })
  return { ...result, problems: [...result.problems, ...unhandled] }
}

/** Must be called by `onLoop`. */
export function runSeeds(seeds: readonly number[], level: Level): Tally {
  assertDrains()
  const tally = newTally()
  for (const seed of seeds) {
    const result = runOne(seed, level)
    addResult(tally, result)
    if (seed % REPEAT_EACH !== 0) continue
    const again = runOne(seed, level)
    tally.repeated++
    if (again.hash !== result.hash || again.events !== result.events)
      tally.failures.push({ seed, problems: ['the same seed did not give the same events'] })
  }
  return tally
}

export function addResult(tally: Tally, result: SeedResult): void {
  tally.seeds++
  tally.events += result.events
  tally.orders += result.orders
  tally.fills += result.fills
  tally.healedMsMax = Math.max(tally.healedMsMax, result.healedMs)
  tally.eventsEach.push(result.events)
  tally.ordersEach.push(result.orders)
  const { seed, problems } = result
  if (problems.length > 0) tally.failures.push({ seed, problems })
  for (const [name, count] of result.coverage)
    tally.coverage.set(name, (tally.coverage.get(name) ?? 0) + count)
}

/** Calls back from the event loop itself, where promises can settle between two events. */
export const onLoop = <T>(run: () => T): Promise<T> =>
  new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(run())
      } catch (error) {
        reject(error)
      }
    })
  })
