/** One trial of a search: a set of parameters run through the engine that trades, figures only. */
import type { Window } from '../../domain/history.ts'
import type { Contradiction, Json } from '../../domain/strategy.ts'
import { Backtest, type BacktestRequest } from '../run.ts'
import { statisticsInput, statisticsOfRun } from '../statistics.ts'
import { type FigureRow, rowOf } from './figures.ts'
import { limitOf } from './limits.ts'
import type { Point, Space } from './space.ts'
import { parameterOf } from './space-check.ts'

/** What every trial of a search shares: resolved once, only the parameters of the space are replaced. */
export interface TrialSetup {
  readonly request: BacktestRequest
  readonly space: Space
}

export interface TrialTask {
  readonly point: Point
  readonly window: Window
  /** Equity of each day as well: asked for of the few best. */
  readonly wantsDaily: boolean
}

export interface TrialOutcome {
  /** null = failed. */
  readonly row: FigureRow | null
  /** One sentence; null = it ran. */
  readonly failure: string | null
  /** Code of the risk limit that cut the run short; null = none did. */
  readonly limited: string | null
  /** Money (1e-8) at the start, at each midnight, at the end; null unless asked for. */
  readonly daily: readonly number[] | null
}

/** Candles between two looks at the clock of whoever watches. */
const CANDLES_PER_TURN = 100_000

/** Runs one set. Never throws: what goes wrong is the outcome, in one sentence. */
export function runTrial(setup: TrialSetup, task: TrialTask): TrialOutcome {
  try {
    const backtest = new Backtest(requestOf(setup, task))
    while (backtest.run(CANDLES_PER_TURN));
    const row = rowOf(statisticsOfRun(backtest))
    const daily = task.wantsDaily ? [...statisticsInput(backtest).dailyEquity] : null
    return { row, failure: null, limited: limitOf(backtest), daily }
  } catch (error) {
    return { row: null, failure: sentenceOf(error), limited: null, daily: null }
  }
}

/** The request of one set; parameters of the space over those of the file. @throws RangeError when they contradict each other */
export function requestOf({ request, space }: TrialSetup, task: TrialTask): BacktestRequest {
  const { strategy, capital, initialPosition } = request
  const parameters = parametersAt(request, space, task.point)
  const varied = space.findIndex(({ key }) => key === 'leverage')
  const leverage = varied < 0 ? request.leverage : Number(task.point[varied])
  const terms = { capital, leverage, initialPosition }
  const [fault] = strategy.contradictions?.(parameters, terms) ?? []
  if (fault !== undefined) throw new RangeError(contradictionText(fault))
  return {
    ...request,
    parameters,
    leverage,
    window: task.window,
    engine: request.engine ?? 'auto',
    detail: 'figures',
  }
}

/** The parameters of the file with those of a point in their place. */
export function parametersAt(
  { strategy, parameters }: BacktestRequest,
  space: Space,
  point: Point,
): Readonly<Record<string, Json | undefined>> {
  const own = parameters as Readonly<Record<string, Json | undefined>>
  const varied = space.map(({ key }, index) => {
    const schema = strategy.parameters[key]
    const value = point[index] ?? ''
    return [key, schema === undefined ? value : parameterOf(schema, value)]
  })
  return { ...structuredClone(own), ...Object.fromEntries(varied) }
}

const contradictionText = ({ keys, found, allowed }: Contradiction): string =>
  `${keys[0]} must be ${allowed}, found ${found ?? 'nothing'}`

/** The first line of what was thrown. */
export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const line = text.split('\n')[0]?.trim() ?? ''
  return line === '' ? 'the run ended without saying why' : line
}
