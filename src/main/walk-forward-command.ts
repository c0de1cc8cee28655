/** `perpfleet walk-forward`: search in one part of the time, judge on the next, over and over. */
import { join } from 'node:path'
import type { Command } from 'commander'
import { numberText, percentText } from '../backtest/report-figures.ts'
import { figureOf, statisticsOfRow } from '../backtest/search/figures.ts'
import {
  fewPartsWarnings,
  limitCounts,
  limitWarnings,
  partWarnings,
} from '../backtest/search/limits.ts'
import { makeSampler } from '../backtest/search/make-sampler.ts'
import {
  type FoldOutcome,
  type ForwardOutcome,
  forwardHtml,
  hasLimited,
  limitCells,
  spanText,
} from '../backtest/search/report-forward.ts'
import { pointText } from '../backtest/search/report-search.ts'
import { namedPoint } from '../backtest/search/space.ts'
import type { TrialOutcome } from '../backtest/search/trial.ts'
import { ranked, type Trial, valuesOf } from '../backtest/search/trials.ts'
import {
  efficiencyOf,
  type Fold,
  foldsOf,
  type PartReturn,
  parseSpanLength,
  stitch,
  yearlyReturn,
} from '../backtest/search/windows.ts'
import { searchHelp as help, searchMessages as m } from '../cli/messages/search.ts'
import { type Speech, sentence } from '../cli/speech.ts'
import { drawdownsOf, returnsOf, sharpeOf } from '../domain/statistic/daily-returns.ts'
import { formatTime, formatTimeShort } from '../domain/timeframe.ts'
import {
  type ExitCode,
  type JobContext,
  JobError,
  jobAction,
  printJson,
  printTable,
  textOption,
} from './job-command.ts'
import { dataWarnings, inFolder, Pace, withPool, writeJson, writeWhole } from './search-run.ts'
import { loadSearch, type Search, searchOptions } from './search-setup.ts'
import { runSweep } from './sweep.ts'
import { SweepJournal } from './sweep-journal.ts'
import type { SweepPool } from './sweep-pool.ts'

const IN_SAMPLE = '90d'
const OUT_OF_SAMPLE = '30d'

export function registerWalkForward(program: Command, speech: Speech): void {
  const { say } = speech
  searchOptions(program.command('walk-forward').description(say(help.walkForward)), speech)
    .option('--in-sample <length>', say(help.inSample))
    .option('--out-of-sample <length>', say(help.outOfSample))
    .option('--anchored', say(help.anchored))
    .action(jobAction(speech, runWalkForward))
}

interface Part {
  readonly fold: Fold
  readonly trials: readonly Trial[]
  readonly best: Trial | null
  readonly outcome: TrialOutcome | null
}

async function runWalkForward(context: JobContext): Promise<ExitCode> {
  const search = loadSearch(context, 'walk-forward')
  const folds = foldsOf(search.span, planOf(search))
  const perFold = samplerOf(search).total
  return await inFolder(search, () => walked(context, search, folds, perFold))
}

async function walked(
  context: JobContext,
  search: Search,
  folds: readonly Fold[],
  perFold: number,
): Promise<ExitCode> {
  const pace = new Pace(context.speech, perFold * folds.length, !context.isJson)
  const parts: Part[] = []
  const isWhole = await withPool(search, async (pool, signal) => {
    for (const fold of folds) {
      const part = await runFold(search, pool, fold, pace, signal)
      if (signal.aborted) break
      parts.push(part)
    }
    return !signal.aborted
  })
  pace.end()
  const outcome = outcomeOf(search, parts)
  if (parts.length > 0) writeResults(search, outcome, isWhole)
  if (!isWhole) {
    const values = { done: pace.done, total: perFold * folds.length, command: 'walk-forward' }
    throw new JobError(1, sentence(m.interrupted, { ...values, folder: search.folder }))
  }
  return told(context, search, outcome)
}

const samplerOf = ({ sampler, setup, trials, seed }: Search) =>
  makeSampler(sampler, setup.space, trials, seed)

function planOf({ options }: Search) {
  return {
    inSampleMs: parseSpanLength(textOption(options, 'inSample') ?? IN_SAMPLE, '--in-sample'),
    outOfSampleMs: parseSpanLength(
      textOption(options, 'outOfSample') ?? OUT_OF_SAMPLE,
      '--out-of-sample',
    ),
    mode: options['anchored'] === true ? ('anchored' as const) : ('rolling' as const),
  }
}

async function runFold(
  search: Search,
  pool: SweepPool,
  fold: Fold,
  pace: Pace,
  signal: AbortSignal,
): Promise<Part> {
  const { space } = search.setup
  const name = `part-${String(fold.index + 1).padStart(3, '0')}.jsonl`
  const journal = new SweepJournal(join(search.folder, 'trials', name), space)
  pace.skip(journal.known.size)
  const window = fold.inSample
  const sampler = samplerOf(search)
  const onTrial = pace.step
  const trials = await runSweep({
    pool,
    sampler,
    space,
    aim: search,
    window,
    journal,
    onTrial,
    signal,
  })
  const best = ranked(search, trials)[0] ?? null
  let outcome: TrialOutcome | null = null
  if (best !== null && !signal.aborted) {
    const task = { point: best.point, window: fold.outOfSample, wantsDaily: true }
    await pool.run([task], (_, found) => {
      outcome = found
    })
  }
  return { fold, trials, best, outcome }
}

function foldOutcome(search: Search, { fold, trials, best, outcome }: Part): FoldOutcome {
  const { index, inSample, outOfSample } = fold
  const judged = best === null || outcome === null ? null : { ...best, row: outcome.row }
  return {
    index,
    inSample,
    outOfSample,
    trials: trials.length,
    failed: trials.filter(({ row }) => row === null).length,
    parameters: best === null ? null : namedPoint(search.setup.space, best.point),
    inSampleObjective: best === null ? null : (valuesOf(search, best)[0] ?? null),
    outOfSampleObjective: judged === null ? null : (valuesOf(search, judged)[0] ?? null),
    inSampleFigures: best?.row ? statisticsOfRow(best.row) : {},
    outOfSampleFigures: outcome?.row ? statisticsOfRow(outcome.row) : {},
    limited: trials.filter(({ limited }) => limited !== null).length,
    outOfSampleLimited: outcome?.limited ?? null,
    failure: outcome?.failure ?? null,
  }
}

function outcomeOf(search: Search, parts: readonly Part[]): ForwardOutcome {
  const folds = parts.map((part) => foldOutcome(search, part))
  const trials = parts.flatMap((part) => part.trials)
  const stitched = stitch(
    parts.map(({ fold, outcome }) => ({ span: fold.outOfSample, daily: outcome?.daily ?? [1, 1] })),
  )
  // Where a part ends the next begins at the same level: the days between are all there is.
  const levels = stitched.flatMap(({ equity, fold }, index) =>
    index > 0 && stitched[index - 1]?.fold !== fold ? [] : [equity],
  )
  const returnIn = (span: Fold['inSample'], row: Trial['row'] | undefined): PartReturn => ({
    totalReturn: row ? (figureOf(row, 'totalReturn') ?? 0) : 0,
    span,
  })
  const outOfSample = parts.map(({ outcome, fold }) => returnIn(fold.outOfSample, outcome?.row))
  const inSampleYearly = yearlyReturn(
    parts.map(({ best, fold }) => returnIn(fold.inSample, best?.row)),
  )
  const outOfSampleYearly = yearlyReturn(outOfSample)
  const isAlive = levels.every((level) => level > 0) && levels.length > 2
  return {
    objective: search.objectives[0]?.text ?? '',
    folds,
    totalReturn: (levels.at(-1) ?? 1) - 1,
    maxDrawdown: drawdownsOf(levels).reduce((most, { share }) => Math.max(most, share), 0),
    sharpe: isAlive ? sharpeOf(returnsOf(levels)) : null,
    inSampleYearly,
    outOfSampleYearly,
    efficiency: efficiencyOf(inSampleYearly, outOfSampleYearly),
    profitableShare:
      outOfSample.filter(({ totalReturn }) => totalReturn > 0).length /
      Math.max(1, outOfSample.length),
    warnings: [
      ...fewPartsWarnings(folds.length),
      ...dataWarnings(search),
      ...limitWarnings(limitCounts(trials), trials.length),
      ...partWarnings(folds),
    ],
    stitched,
  }
}

function writeResults(search: Search, outcome: ForwardOutcome, isWhole: boolean): void {
  const { folder, setup, span, identity } = search
  const plan = planOf(search)
  const days = (ms: number) => `${ms / 86_400_000} days`
  writeJson(folder, 'walk-forward.json', {
    ...identity,
    isWhole,
    ...outcome,
  })
  const lines = outcome.stitched.map(({ at, equity, fold }) => [
    at,
    formatTime(at),
    equity,
    fold + 1,
  ])
  writeWhole(
    folder,
    'walk-forward.csv',
    `${[['at', 'time', 'equity', 'part'], ...lines].map((line) => line.join(',')).join('\n')}\n`,
  )
  const facts = {
    kind: 'Walk forward',
    heading: `${setup.request.strategy.id} on ${search.set}`,
    lines: [
      `${formatTimeShort(span.from)} – ${formatTimeShort(span.to)} UTC · ${days(plan.inSampleMs)} in sample (${plan.mode}), ${days(plan.outOfSampleMs)} out of sample`,
      `objective ${outcome.objective} · varied: ${setup.space.map(({ key }) => key).join(', ')}`,
    ],
    warnings: [...(isWhole ? [] : ['Interrupted: not all parts are here.']), ...outcome.warnings],
    footer: `perpfleet ${identity.version} · seed ${search.seed} · sampler ${search.sampler}`,
  }
  writeWhole(folder, 'report.html', forwardHtml(facts, outcome))
}

function told(context: JobContext, search: Search, outcome: ForwardOutcome): ExitCode {
  const { say } = context.speech
  const { folder, identity } = search
  if (context.isJson) printJson({ ...identity, folder, ...outcome })
  else {
    for (const warning of outcome.warnings)
      process.stdout.write(`${context.speech.relay(warning)}\n`)
    printFolds(outcome, context.speech)
    const values = {
      total: (outcome.totalReturn * 100).toFixed(2),
      drawdown: (outcome.maxDrawdown * 100).toFixed(2),
      efficiency: numberText(outcome.efficiency),
      folder,
    }
    process.stdout.write(`${say(m.forward, values)}\n`)
  }
  if (outcome.folds.some(({ parameters }) => parameters !== null)) return 0
  const count = outcome.folds.reduce((sum, { trials, failed }) => sum + trials - failed, 0)
  throw new JobError(1, sentence(m.noneMet, { count, objective: outcome.objective }))
}

function printFolds({ folds }: ForwardOutcome, { say }: Speech): void {
  const hasLimits = hasLimited(folds)
  const rows = folds.map((fold) => [
    String(fold.index + 1),
    spanText(fold.inSample),
    spanText(fold.outOfSample),
    fold.parameters === null ? '–' : pointText(fold.parameters),
    numberText(fold.inSampleObjective, 3),
    fold.failure ?? numberText(fold.outOfSampleObjective, 3),
    percentText(fold.outOfSampleFigures['totalReturn'] ?? null),
    percentText(fold.outOfSampleFigures['maxDrawdown'] ?? null),
    ...(hasLimits ? limitCells(fold) : []),
  ])
  const limits = hasLimits ? say(m.limitHead).split('|') : []
  printTable([...say(m.foldHead).split('|'), ...limits], rows)
  process.stdout.write(`${say(m.coldParts)}\n`)
}
