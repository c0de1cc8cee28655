/** `perpfleet lookahead`: cutting the future off must not change the past. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type LookaheadReport, lookahead } from '../backtest/search/lookahead.ts'
import { commonMessages } from '../cli/messages/common.ts'
import { searchHelp as help, searchMessages as m } from '../cli/messages/search.ts'
import { type Speech, sentence } from '../cli/speech.ts'
import { formatTime } from '../domain/timeframe.ts'
import { loadInstance, requestOf, runOptions, setOf } from './backtest-command.ts'
import {
  type ExitCode,
  grouped,
  type JobContext,
  JobError,
  jobAction,
  ProgressBar,
  printJson,
  textOption,
} from './job-command.ts'
import { makeFolder } from './report-folder.ts'
import { writeJson } from './search-run.ts'
import { closeStrategy } from './search-setup.ts'

const CUTS = '12'
const TEXT_MAX = 160
/** Parts of the window that later starts leave out. */
const START_SHARES = [0.1, 0.25, 0.5]

export function registerLookahead(program: Command, speech: Speech): void {
  const { say } = speech
  const command = program.command('lookahead').description(say(help.lookahead))
  runOptions(command, speech)
    .option('--cuts <n>', say(help.cuts), CUTS)
    .option('--report <directory>', say(help.report))
    .option('--json', say(commonMessages.json))
    .action(jobAction(speech, runLookahead))
}

function runLookahead(context: JobContext): ExitCode {
  const { options, isJson, speech } = context
  const found = textOption(options, 'cuts') ?? CUTS
  const cuts = Number(found)
  if (!Number.isSafeInteger(cuts) || cuts < 1)
    throw new JobError(2, sentence(m.wholeNumber, { option: '--cuts', least: 1, found }))
  const name = setOf(options)
  const instance = loadInstance(context)
  // A latched limit hangs on the profit since the start: it would be taken for the strategy's own doing.
  const request = requestOf({ ...context, options: { ...options, limits: false } }, instance, name)
  const bar = new ProgressBar(speech.say(m.checking), !isJson)
  const onProgress = (share: number) => bar.set(share)
  const plan = { cuts, startShares: START_SHARES, onProgress }
  const report = lookahead(request.market, (market) => ({ ...request, market }), plan)
  bar.end()
  closeStrategy(request)
  const folder = textOption(options, 'report')
  const shown = shownReport(instance.id, report)
  if (folder !== null) {
    makeFolder(resolve(folder))
    writeJson(resolve(folder), 'lookahead.json', shown)
  }
  if (isJson) printJson(shown)
  if (report.difference !== null) throw futureKnown(instance.id, report.difference)
  if (!isJson) printReport(instance.id, report, speech)
  return 0
}

function shownReport(id: string, report: LookaheadReport) {
  const { difference, starts, cuts } = report
  return {
    instance: id,
    ...report,
    knowsFuture: difference !== null,
    cuts: cuts.map(formatTime),
    difference: difference && {
      ...difference,
      cutAt: formatTime(difference.cutAt),
      at: formatTime(difference.at),
    },
    starts: starts.map((start) => ({ ...start, startAt: formatTime(start.startAt) })),
  }
}

const brief = (text: string): string =>
  text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text

function futureKnown(id: string, difference: NonNullable<LookaheadReport['difference']>): JobError {
  const { cutAt, at, truncated, whole } = difference
  const values = { cut: formatTime(cutAt), at: formatTime(at) }
  const texts = { truncated: brief(truncated), whole: brief(whole) }
  return new JobError(1, sentence(m.knowsFuture, { id, ...values, ...texts }))
}

function printReport(id: string, report: LookaheadReport, { say }: Speech): void {
  const { decisions, candles, cuts, starts } = report
  const counts = { decisions: grouped(decisions), candles: grouped(candles), cuts: cuts.length }
  const lines = [say(m.noLookahead, { id, ...counts })]
  for (const start of starts) {
    const values = {
      start: formatTime(start.startAt).slice(0, 16),
      candles: grouped(start.candlesBefore),
      decisions: grouped(start.decisions),
    }
    lines.push(
      start.differing === 0
        ? say(m.startSame, values)
        : say(m.startDiffers, { ...values, differing: grouped(start.differing) }),
    )
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}
