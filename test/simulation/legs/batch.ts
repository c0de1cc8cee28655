/** Runs seeds of two venues one after the other and adds up what they have shown. */
import {
  addResult,
  addTally,
  newTally,
  onLoop,
  type Tally,
  watchUnhandled,
} from '../orders/batch.ts'
import type { Narrowing } from '../orders/scenario.ts'
import { assertDrains } from '../orders/scheduler.ts'
import { type LegsSeedResult, runLegsSeed } from './run-seed.ts'
import { type StrategyId, strategyIds } from './scenario.ts'

/** What the seeds of one strategy have measured. */
export interface StrategyFigures {
  seeds: number
  orders: number
  fills: number
  /** Base · s while both venues answer, and while one does not. */
  deltaTime: number
  deltaTimeDown: number
  answeringMs: number
  downMs: number
  doubtMs: number
  maxOfBound: number
  outsideMs: number
  longestMs: number
  longestUnwindMs: number
}

export interface LegsTally {
  readonly tally: Tally
  readonly strategies: Record<StrategyId, StrategyFigures>
}

const noFigures = (): StrategyFigures => ({
  seeds: 0,
  orders: 0,
  fills: 0,
  deltaTime: 0,
  deltaTimeDown: 0,
  answeringMs: 0,
  downMs: 0,
  doubtMs: 0,
  maxOfBound: 0,
  outsideMs: 0,
  longestMs: 0,
  longestUnwindMs: 0,
})

export const newLegsTally = (): LegsTally => ({
  tally: newTally(),
  strategies: {
    spread_arbitrage: noFigures(),
    cross_venue_market_making: noFigures(),
    funding_arbitrage: noFigures(),
  },
})

const sums = [
  'seeds',
  'orders',
  'fills',
  'deltaTime',
  'deltaTimeDown',
  'answeringMs',
  'downMs',
  'doubtMs',
] as const
const mosts = ['maxOfBound', 'outsideMs', 'longestMs', 'longestUnwindMs'] as const

function addFigures(sum: StrategyFigures, one: StrategyFigures): void {
  for (const name of sums) sum[name] += one[name]
  for (const name of mosts) sum[name] = Math.max(sum[name], one[name])
}

export function addLegsTally(sum: LegsTally, one: LegsTally): void {
  addTally(sum.tally, one.tally)
  for (const id of strategyIds) addFigures(sum.strategies[id], one.strategies[id])
}

function figuresOf({ orders, fills, delta }: LegsSeedResult): StrategyFigures {
  const base = 1000 * 10 ** delta.decimals
  return {
    ...delta,
    seeds: 1,
    orders,
    fills,
    deltaTime: delta.deltaTime / base,
    deltaTimeDown: delta.deltaTimeDown / base,
  }
}

/** One seed in a hundred is run twice. */
const REPEAT_EACH = 100

export function runLegs(seed: number, narrowing: Narrowing = {}): LegsSeedResult {
  const unhandled = watchUnhandled()
  const result = runLegsSeed(seed, { narrowing })
  return { ...result, problems: [...result.problems, ...unhandled] }
}

/** Must be called by `onLoop`. */
export function runLegsSeeds(seeds: readonly number[]): LegsTally {
  assertDrains()
  const found = newLegsTally()
  const { tally, strategies } = found
  for (const seed of seeds) {
    const result = runLegs(seed)
    addResult(tally, result)
    addFigures(strategies[result.strategy], figuresOf(result))
    if (seed % REPEAT_EACH !== 0) continue
    const again = runLegs(seed)
    tally.repeated++
    if (again.hash !== result.hash || again.events !== result.events)
      tally.failures.push({ seed, problems: ['the same seed did not give the same events'] })
  }
  return found
}

export { onLoop }
