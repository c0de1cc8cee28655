/** What the pool of a sweep and its workers say to each other (worker_threads, same program). */
import type { BacktestRequest } from '../backtest/run.ts'
import type { Space } from '../backtest/search/space.ts'
import type { TrialTask } from '../backtest/search/trial.ts'
import type { StrategyFile } from '../config/strategy-file.ts'

/** A strategy by its id, or the checked file that holds it. */
export interface StrategySource {
  readonly strategy: string
  readonly strategyFile?: StrategyFile | undefined
}

/** What a worker is born with. Columns of the market lie in shared memory: nothing is copied. */
export interface SweepWorkerData {
  /** All but the strategy, which cannot be sent. */
  readonly request: Omit<BacktestRequest, 'strategy'>
  readonly strategy: StrategySource
  /** A module whose `strategies` hold the strategy; null = one that ships, or one in a file of its own. */
  readonly strategyModule: string | null
  readonly space: Space
  /** Two places: the chunk that is worked on, and which of its tasks. Shared. */
  readonly progress: Int32Array
}

export interface SweepChunk {
  readonly id: number
  readonly tasks: readonly TrialTask[]
}

/** Outcomes of a chunk in the order of its tasks. */
export interface SweepAnswer {
  readonly id: number
  /** One row of figures after the other; rows of failed ones are NaN. */
  readonly rows: Float64Array
  readonly failures: readonly (string | null)[]
  /** Codes of the risk limits that cut them short. */
  readonly limits: readonly (string | null)[]
  readonly daily: readonly (readonly number[] | null)[]
}

/** Places of `progress`. */
export const CHUNK = 0
export const TASK = 1
