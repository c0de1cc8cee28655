/** `perpfleet optimize`: a search over parameters on one recorded set, on all cores. */
import { join } from 'node:path'
import type { Command } from 'commander'
import { countText, numberText, percentText } from '../backtest/report-figures.ts'
import { makeSampler } from '../backtest/search/make-sampler.ts'
import { searchHtml } from '../backtest/search/report-search.ts'
import type { Sampler } from '../backtest/search/sampler.ts'
import {
  BEST_COUNT,
  doubtsOf,
  type Judged,
  type SearchSummary,
  summarise,
} from '../backtest/search/summary.ts'
import type { TrialOutcome } from '../backtest/search/trial.ts'
import { type Aim, ranked, type Trial } from '../backtest/search/trials.ts'
import { trialsCsv } from '../backtest/search/trials-csv.ts'
import { type Span, splitSpan } from '../backtest/search/windows.ts'
import { searchHelp as help, searchMessages as m } from '../cli/messages/search.ts'
import { type Sentence, type Speech, sentence } from '../cli/speech.ts'
import type { Window } from '../domain/history.ts'
import { formatTimeShort } from '../domain/timeframe.ts'
import {
  type ExitCode,
  grouped,
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

export function registerOptimize(program: Command, speech: Speech): void {
  const command = program.command('optimize').description(speech.say(help.optimize))
  searchOptions(command, speech)
    .option('--split <share>', speech.say(help.split))
    .action(jobAction(speech, runOptimize))
}

interface Outcome {
  readonly trials: readonly Trial[]
  readonly judged: Judged
  readonly total: number
  readonly pace: Pace
  readonly isWhole: boolean
}

async function runOptimize(context: JobContext): Promise<ExitCode> {
  const search = loadSearch(context, 'optimize')
  const { seen, unseen } = partsOf(search)
  const sampler = makeSampler(search.sampler, search.setup.space, search.trials, search.seed)
  return await inFolder(search, async () => {
    const outcome = await searched(context, search, sampler, seen, unseen)
    const summary = summarise(
      search.setup.space,
      search,
      outcome.trials,
      outcome.judged,
      search.seed,
    )
    writeResults(search, outcome, summary)
    return told(context, search, outcome, summary)
  })
}

async function searched(
  context: JobContext,
  search: Search,
  sampler: Sampler,
  seen: Window,
  unseen: Span | null,
): Promise<Outcome> {
  const journal = new SweepJournal(join(search.folder, 'trials.jsonl'), search.setup.space)
  const pace = new Pace(context.speech, sampler.total, !context.isJson)
  pace.skip(journal.known.size)
  const { space } = search.setup
  return await withPool(search, async (pool, signal): Promise<Outcome> => {
    const trials = await runSweep({
      pool,
      sampler,
      space,
      aim: search,
      window: seen,
      journal,
      onTrial: pace.step,
      signal,
    })
    pace.end()
    const best = ranked(search, trials).slice(0, BEST_COUNT)
    const judged = signal.aborted ? nothingJudged : await judge(pool, best, seen, unseen)
    return { trials, judged, total: sampler.total, pace, isWhole: !signal.aborted }
  })
}

const nothingJudged: Judged = { seen: new Map(), unseen: new Map() }

/** What the search sees and what judges it; without --split it sees everything. */
function partsOf({ options, span, setup }: Search): {
  readonly seen: Window
  readonly unseen: Span | null
} {
  const text = textOption(options, 'split')
  if (text === null) return { seen: setup.request.window, unseen: null }
  return splitSpan(span, Number(text), setup.request.market.timeframeMs)
}

/** The best once more with their daily equity, and on the part that the search did not see. */
async function judge(
  pool: SweepPool,
  best: readonly Trial[],
  seen: Window,
  unseen: Span | null,
): Promise<Judged> {
  const on = async (window: Window | null): Promise<ReadonlyMap<number, TrialOutcome>> => {
    const outcomes = new Map<number, TrialOutcome>()
    if (window === null) return outcomes
    const tasks = best.map(({ point }) => ({ point, window, wantsDaily: true }))
    await pool.run(tasks, (position, outcome) => outcomes.set(best[position]?.index ?? -1, outcome))
    return outcomes
  }
  return { seen: await on(seen), unseen: await on(unseen) }
}

function writeResults(
  search: Search,
  { trials, isWhole, total }: Outcome,
  summary: SearchSummary,
): void {
  const { folder, setup, objectives } = search
  const sign = objectives[0]?.direction === 'min' ? -1 : 1
  const signed = (cells: readonly (readonly (number | null)[])[]) =>
    cells.map((row) => row.map((value) => (value === null ? null : value * sign)))
  const map = summary.heatMap
  writeWhole(folder, 'trials.csv', trialsCsv(setup.space, search, trials))
  if (map !== null) {
    const shown = { ...map, cells: signed(map.cells), plateau: signed(map.plateau) }
    writeJson(folder, 'heatmap.json', { objective: objectives[0]?.text, ...shown })
  }
  if (summary.front !== null) writeJson(folder, 'front.json', summary.front)
  writeJson(folder, 'optimize.json', resultOf(search, summary, isWhole))
  const kept = isWhole ? [] : [`Interrupted: ${trials.length} of ${total} trials are here.`]
  const facts = {
    kind: 'Search',
    heading: `${setup.request.strategy.id} on ${search.set}`,
    lines: factLines(search),
    warnings: [...kept, ...dataWarnings(search), ...doubtsOf(summary)],
    footer: `perpfleet ${search.identity.version} · seed ${search.seed} · sampler ${search.sampler}`,
  }
  writeWhole(folder, 'report.html', searchHtml(facts, search, trials, summary))
}

function factLines({ span, objectives, constraints, setup, options }: Search): readonly string[] {
  const aims = objectives.map(({ text, direction }) => `${direction} ${text}`)
  const split = textOption(options, 'split')
  const keys = setup.space.map(({ key }) => key).join(', ')
  return [
    `${formatTimeShort(span.from)} – ${formatTimeShort(span.to)} UTC${split === null ? '' : ` · the search saw the first ${percentText(Number(split), 0)}`}`,
    `objective ${aims.join(', ')}${constraints.length === 0 ? '' : ` · demands ${constraints.map(({ text }) => text).join(', ')}`} · varied: ${keys}`,
  ]
}

function resultOf(search: Search, summary: SearchSummary, isWhole: boolean) {
  const { heatMap: _, front: __, ...figures } = summary
  return {
    ...search.identity,
    set: search.set,
    folder: search.folder,
    isWhole,
    objectives: search.objectives.map(({ text, direction }) => ({ text, direction })),
    constraints: search.constraints.map(({ text }) => text),
    sampler: search.sampler,
    seed: search.seed,
    warnings: [...dataWarnings(search), ...doubtsOf(summary)],
    ...figures,
  }
}

function told(
  context: JobContext,
  search: Search,
  outcome: Outcome,
  summary: SearchSummary,
): ExitCode {
  const { say } = context.speech
  const { folder } = search
  const { trials, total, pace, isWhole } = outcome
  if (context.isJson) printJson(resultOf(search, summary, isWhole))
  else {
    for (const warning of [...dataWarnings(search), ...doubtsOf(summary)])
      process.stdout.write(`${context.speech.relay(warning)}\n`)
    printBest(search, summary, context.speech)
    printLuck(summary, context.speech)
  }
  if (!isWhole) {
    const values = { done: trials.length, total, command: 'optimize', folder }
    throw new JobError(1, sentence(m.interrupted, values))
  }
  if (!context.isJson) {
    const values = {
      trials: grouped(trials.length),
      failed: grouped(summary.counts.failed),
      refused: grouped(summary.counts.outsideConstraints),
      seconds: pace.seconds.toFixed(1),
      rate: grouped(Math.round(pace.perMinute)),
      folder,
    }
    process.stdout.write(
      `${search.isResumed && pace.ran === 0 ? say(m.nothingLeft, values) : say(m.done, values)}\n`,
    )
  }
  if (summary.best.length > 0) return 0
  throw new JobError(1, whyNothing(search, summary))
}

function whyNothing(aim: Aim, { counts, failures }: SearchSummary): Sentence {
  const [first] = failures
  if (counts.failed === counts.trials && first !== undefined)
    return sentence(m.allFailed, { why: first[0] })
  const objective = aim.objectives[0]?.text ?? ''
  return sentence(m.noneMet, { count: counts.trials - counts.failed, objective })
}

/** Beside the objectives. */
const FIGURES: readonly (readonly [name: string, written: (value: number | null) => string])[] = [
  ['totalReturn', percentText],
  ['maxDrawdown', percentText],
  ['trades', countText],
]

function printBest(aim: Aim, { best, counts }: SearchSummary, { say }: Speech): void {
  const [first] = best
  if (first === undefined) return
  const names = aim.objectives.map(({ text }) => text)
  const figures = FIGURES.filter(([name]) => !names.includes(name))
  const hasLimits = counts.limited > 0
  const limits = hasLimits ? [say(m.limitedBy)] : []
  const unseen = first.unseen === null ? [] : names.map((name) => say(m.unseen, { name }))
  const head = [say(m.bestHead), ...Object.keys(first.parameters), ...names, ...unseen]
  const rows = best.map(
    ({ trial, parameters, objectives, plateau, statistics, limited, unseen: judged }) => [
      String(trial),
      ...Object.values(parameters).map(String),
      ...objectives.map((value) => numberText(value, 3)),
      ...(judged?.objectives ?? []).map((value) => numberText(value, 3)),
      numberText(plateau, 3),
      ...figures.map(([name, written]) => written(statistics[name] ?? null)),
      ...(hasLimits ? [limited ?? '–'] : []),
    ],
  )
  printTable([...head, say(m.plateau), ...figures.map(([name]) => name), ...limits], rows)
}

function printLuck({ deflatedSharpe, monteCarlo }: SearchSummary, { say }: Speech): void {
  const percent = (share: number) => (share * 100).toFixed(1)
  const lines: string[] = []
  if (deflatedSharpe !== null && deflatedSharpe.probability !== null)
    lines.push(
      say(m.deflated, {
        trial: deflatedSharpe.trial,
        share: percent(deflatedSharpe.probability),
        trials: grouped(deflatedSharpe.trials),
        chance: numberText(deflatedSharpe.expectedBest),
      }),
    )
  for (const { method, maxDrawdown, totalReturn, lossShare } of monteCarlo) {
    const { p5, p50, p95 } = method === 'shuffle' ? maxDrawdown : totalReturn
    const values = { low: percent(p5), middle: percent(p50), high: percent(p95) }
    lines.push(
      method === 'shuffle'
        ? say(m.reshuffled, values)
        : say(m.redrawn, { ...values, loss: percent(lossShare) }),
    )
  }
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
}
