/** The trials of a search as they are kept: scores, whether they are allowed, and the order of the best. */
import { type FigureRow, figureOf, rowOfRecord, statisticNames } from './figures.ts'
import { type Constraint, type Objective, scoreOf } from './objective.ts'
import { layerScores, paretoFront, type Scores } from './pareto.ts'
import { namedPoint, type Point, type Space } from './space.ts'

export interface Trial {
  /** Place in the order of trying. */
  readonly index: number
  readonly point: Point
  readonly row: FigureRow | null
  readonly failure: string | null
  /** Code of the risk limit that cut the run short; null = none did. */
  readonly limited: string | null
}

/** What trials are measured by. */
export interface Aim {
  /** At least one; the first one orders the table. */
  readonly objectives: readonly Objective[]
  readonly constraints: readonly Constraint[]
}

/** Values of the objectives; all null where the trial failed. */
export const valuesOf = ({ objectives }: Aim, { row }: Trial): Scores =>
  objectives.map(({ evaluate }) => (row === null ? null : evaluate((name) => figureOf(row, name))))

/** Whether it ran and meets every constraint. */
export const isAllowed = ({ constraints }: Aim, { row }: Trial): boolean =>
  row !== null && constraints.every(({ isMet }) => isMet((name) => figureOf(row, name)))

/** Scores, larger is better; all null where the trial failed or is not allowed. */
export function scoresOf(aim: Aim, trial: Trial): Scores {
  if (!isAllowed(aim, trial)) return aim.objectives.map(() => null)
  const values = valuesOf(aim, trial)
  return aim.objectives.map((objective, index) => scoreOf(objective, values[index] ?? null))
}

/** The score by which the table is ordered: that of the first objective. */
export const firstScore = (aim: Aim, trial: Trial): number | null => scoresOf(aim, trial)[0] ?? null

/** One score for a sampler that learns: of several objectives the layer of the front. */
export function learntScores(aim: Aim, trials: readonly Trial[]): readonly (number | null)[] {
  if (aim.objectives.length === 1) return trials.map((trial) => firstScore(aim, trial))
  return layerScores(trials.map((trial) => scoresOf(aim, trial)))
}

/** Trials that are allowed and have a value, the best first; of equal ones the earlier. */
export function ranked(aim: Aim, trials: readonly Trial[]): readonly Trial[] {
  return trials
    .map((trial) => ({ trial, score: firstScore(aim, trial) }))
    .filter(({ score }) => score !== null)
    .toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0) || a.trial.index - b.trial.index)
    .map(({ trial }) => trial)
}

/** The Pareto front over all objectives, in the order of trying. */
export function frontOf(aim: Aim, trials: readonly Trial[]): readonly Trial[] {
  const front = paretoFront(trials.map((trial) => scoresOf(aim, trial)))
  return front.flatMap((index) => trials[index] ?? [])
}

const statisticKeys = statisticNames.map((name) => `"${name}":`)

/** As JSON.stringify of statisticsOfRow writes it, without the objects: a sweep writes thousands a minute. */
function rowJson(row: FigureRow): string {
  let text = ''
  for (const [index, key] of statisticKeys.entries()) {
    const value = row[index] ?? Number.NaN
    text += `${index === 0 ? '' : ','}${key}${Number.isNaN(value) ? 'null' : value}`
  }
  return `{${text}}`
}

/** A trial as one line of trials.jsonl: nothing in it hangs on who ran it or how long it took. */
export function trialLine(space: Space, { index, point, row, failure, limited }: Trial): string {
  const parameters = JSON.stringify(namedPoint(space, point))
  const statistics = row === null ? 'null' : rowJson(row)
  return `{"index":${index},"parameters":${parameters},"failure":${JSON.stringify(failure)},"limited":${JSON.stringify(limited)},"statistics":${statistics}}\n`
}

/** The trial of a line; null when the line is broken off, damaged, or speaks of another space. */
export function readTrialLine(space: Space, line: string): Trial | null {
  let record: unknown
  try {
    record = JSON.parse(line)
  } catch {
    return null
  }
  if (!isRecord(record)) return null
  const { index, parameters, failure, limited, statistics } = record
  if (typeof failure === 'string' ? statistics !== null : !isWhole(statistics)) return null
  if (limited !== null && typeof limited !== 'string') return null
  if (!Number.isSafeInteger(index) || !isRecord(parameters)) return null
  const point = space.map(({ key }) => parameters[key] as Point[number])
  if (point.includes(undefined as unknown as Point[number])) return null
  const row = isRecord(statistics) ? rowOfRecord(statistics) : null
  return {
    index: index as number,
    point,
    row,
    failure: typeof failure === 'string' ? failure : null,
    limited,
  }
}

/** Whether each statistic stands there, as a number or as N/A. */
const isWhole = (statistics: unknown): boolean =>
  isRecord(statistics) &&
  statisticNames.every((name) => statistics[name] === null || typeof statistics[name] === 'number')

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
