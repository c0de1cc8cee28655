/** What a search comes to: the best, the front, the plateau, the heat map, and how far the best is luck. Plain data. */
import { returnsOf } from '../../domain/statistic/daily-returns.ts'
import {
  deflatedSharpe,
  expectedBestSharpe,
  type SharpeSample,
  sharpeSampleOf,
  varianceOf,
} from './deflated-sharpe.ts'
import { figureOf, statisticsOfRow } from './figures.ts'
import { type LimitCounts, limitCounts, limitWarnings } from './limits.ts'
import { type MonteCarlo, monteCarlo } from './monte-carlo.ts'
import { type HeatMap, heatMap, plateauScores } from './plateau.ts'
import { namedPoint, type Space, type Value } from './space.ts'
import type { TrialOutcome } from './trial.ts'
import { type Aim, firstScore, frontOf, isAllowed, ranked, type Trial, valuesOf } from './trials.ts'

/** So many of the best stand in the table and are judged on the unseen part. */
export const BEST_COUNT = 10
const MONTE_CARLO_RUNS = 2_000
const YEAR_DAYS = 365

type Figures = Readonly<Record<string, number | null>>

export interface TrialSummary {
  readonly trial: number
  readonly parameters: Readonly<Record<string, Value>>
  /** Values of the objectives, in their order. */
  readonly objectives: readonly (number | null)[]
  /** Mean score of the set and its neighbours, as a value of the first objective; null = not judged. */
  readonly plateau: number | null
  readonly statistics: Figures
  /** Code of the risk limit that cut it short; null = none did. */
  readonly limited: string | null
  /** Of the part that the search did not see; null without a split. */
  readonly unseen: {
    readonly objectives: readonly (number | null)[]
    readonly statistics: Figures
    readonly limited: string | null
  } | null
}

export interface DeflatedSharpe {
  readonly trial: number
  /** Trials that have a Sharpe ratio, all taken as independent: the harshest count. */
  readonly trials: number
  /** Per day. */
  readonly sample: SharpeSample
  /** The best ratio that chance alone lets expect, per year. */
  readonly expectedBest: number
  /** 0 to 1; null = cannot be told. */
  readonly probability: number | null
}

export interface SearchSummary {
  readonly counts: {
    readonly trials: number
    readonly failed: number
    readonly outsideConstraints: number
    readonly withoutValue: number
    /** Cut short by a risk limit. */
    readonly limited: number
  }
  /** Which limits cut trials short, and how many each. */
  readonly limits: LimitCounts
  readonly best: readonly TrialSummary[]
  /** The set whose neighbourhood is best: what to take when the best one stands alone. */
  readonly steadiest: TrialSummary | null
  /** null with one objective. */
  readonly front: readonly TrialSummary[] | null
  /** null with one parameter. */
  readonly heatMap: HeatMap | null
  readonly deflatedSharpe: DeflatedSharpe | null
  readonly monteCarlo: readonly MonteCarlo[]
  /** Why trials failed, with how often, the commonest first. */
  readonly failures: readonly (readonly [sentence: string, count: number])[]
}

/** What the best were asked again: on the part the search saw (with daily equity), and on the rest. */
export interface Judged {
  readonly seen: ReadonlyMap<number, TrialOutcome>
  readonly unseen: ReadonlyMap<number, TrialOutcome>
}

/** @param judged of the best trials, by their index; may be empty */
export function summarise(
  space: Space,
  aim: Aim,
  trials: readonly Trial[],
  judged: Judged,
  seed: number,
): SearchSummary {
  const scored = trials.map((trial) => ({ point: trial.point, score: firstScore(aim, trial) }))
  const plateau = plateauScores(space, scored)
  const describe = (trial: Trial) =>
    described(space, aim, trial, plateau[trial.index] ?? null, judged)
  const order = ranked(aim, trials)
  const best = order[0]
  const daily = best === undefined ? null : (judged.seen.get(best.index)?.daily ?? null)
  const returns = daily === null || daily.some((value) => value <= 0) ? [] : returnsOf(daily)
  const steadiest = steadiestOf(order, plateau)
  return {
    counts: countsOf(aim, trials, order.length),
    limits: limitCounts(trials),
    best: order.slice(0, BEST_COUNT).map(describe),
    steadiest: steadiest === null ? null : describe(steadiest),
    front: aim.objectives.length < 2 ? null : frontOf(aim, trials).map(describe),
    heatMap: space.length < 2 ? null : heatMap(space, mapAxes(space), scored),
    deflatedSharpe: best === undefined ? null : deflated(best, trials, returns),
    monteCarlo: (['shuffle', 'bootstrap'] as const).flatMap(
      (method) => monteCarlo(returns, method, MONTE_CARLO_RUNS, seed) ?? [],
    ),
    failures: failuresOf(trials),
  }
}

/** The two parameters with most values; in the order of the space. */
function mapAxes(space: Space): readonly [number, number] {
  const size = (index: number) => {
    const dimension = space[index]
    return dimension?.kind === 'list' ? dimension.values.length : Number.POSITIVE_INFINITY
  }
  const widest = [...space.keys()].toSorted((a, b) => size(b) - size(a) || a - b).slice(0, 2)
  const [first = 0, second = 1] = widest.toSorted((a, b) => a - b)
  return [first, second]
}

function steadiestOf(order: readonly Trial[], plateau: readonly (number | null)[]): Trial | null {
  let best: Trial | null = null
  for (const trial of order) {
    const own = plateau[trial.index] ?? null
    const least = best === null ? Number.NEGATIVE_INFINITY : (plateau[best.index] ?? 0)
    if (own !== null && own > least) best = trial
  }
  return best
}

function described(
  space: Space,
  aim: Aim,
  trial: Trial,
  plateau: number | null,
  judged: Judged,
): TrialSummary {
  const outcome = judged.unseen.get(trial.index)
  const sign = aim.objectives[0]?.direction === 'min' ? -1 : 1
  return {
    trial: trial.index,
    parameters: namedPoint(space, trial.point),
    objectives: valuesOf(aim, trial),
    plateau: plateau === null ? null : plateau * sign,
    statistics: trial.row === null ? {} : statisticsOfRow(trial.row),
    limited: trial.limited,
    unseen:
      outcome === undefined
        ? null
        : {
            objectives: valuesOf(aim, { ...trial, row: outcome.row }),
            statistics: outcome.row === null ? {} : statisticsOfRow(outcome.row),
            limited: outcome.limited,
          },
  }
}

function countsOf(aim: Aim, trials: readonly Trial[], valid: number): SearchSummary['counts'] {
  const failed = trials.filter(({ row }) => row === null).length
  const allowed = trials.filter((trial) => isAllowed(aim, trial)).length
  return {
    trials: trials.length,
    failed,
    outsideConstraints: trials.length - failed - allowed,
    withoutValue: allowed - valid,
    limited: trials.filter(({ limited }) => limited !== null).length,
  }
}

function deflated(
  best: Trial,
  trials: readonly Trial[],
  returns: readonly number[],
): DeflatedSharpe | null {
  const sample = sharpeSampleOf(returns)
  if (sample === null) return null
  const ratios = trials.flatMap(({ row }) => {
    const yearly = row === null ? null : figureOf(row, 'sharpe')
    return yearly === null ? [] : [yearly / Math.sqrt(YEAR_DAYS)]
  })
  // Too few days for a ratio of any trial: how many were tried cannot be taken into account.
  if (ratios.length === 0) return null
  const variance = varianceOf(ratios)
  return {
    trial: best.index,
    trials: ratios.length,
    sample,
    expectedBest: expectedBestSharpe(ratios.length, variance) * Math.sqrt(YEAR_DAYS),
    probability: deflatedSharpe(sample, ratios.length, variance),
  }
}

/** What speaks against the best, in sentences. */
export function doubtsOf({
  best,
  counts,
  limits,
  deflatedSharpe,
}: SearchSummary): readonly string[] {
  const found: string[] = [...limitWarnings(limits, counts.trials)]
  const cut = best[0]?.unseen?.limited ?? null
  if (cut !== null)
    found.push(
      `A risk limit cut the best set short on the part that the search did not see: ${cut}.`,
    )
  const unseen = best[0]?.unseen?.statistics['totalReturn'] ?? null
  if (unseen !== null && unseen < 0)
    found.push('The best set lost on the part that the search did not see.')
  const probability = deflatedSharpe?.probability ?? null
  if (probability !== null && probability < SURE)
    found.push(
      `The Sharpe ratio of the best set may well be luck: of ${deflatedSharpe?.trials ?? 0} trial(s) chance alone gives one like it.`,
    )
  return found
}

/** Below this a deflated Sharpe ratio is taken for luck. */
const SURE = 0.95
const FAILURES_SHOWN = 20

function failuresOf(trials: readonly Trial[]): SearchSummary['failures'] {
  const counts = new Map<string, number>()
  for (const { failure } of trials)
    if (failure !== null) counts.set(failure, (counts.get(failure) ?? 0) + 1)
  return [...counts].toSorted((a, b) => b[1] - a[1]).slice(0, FAILURES_SHOWN)
}
