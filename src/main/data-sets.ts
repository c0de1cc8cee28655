/** Which recorded set a command means, and its removal. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { DetachedHost } from '../adapters/processes/detached-host.ts'
import { commonMessages } from '../cli/messages/common.ts'
import { dataSetMessages as m } from '../cli/messages/data-sets.ts'
import { sentence } from '../cli/speech.ts'
import { childEnvironment } from '../config/process-environment.ts'
import { VENUES } from '../config/resolve-instance.ts'
import { nearest } from '../config/suggestion.ts'
import { formatSetName, parseSetName, type SetName } from '../domain/history.ts'
import { parseSymbol, venueSpelling } from '../domain/symbol.ts'
import { HistoryError, type SeriesHeader } from '../ports/history.ts'
import type { ServiceFile } from '../protocol/fleet-messages.ts'
import type { ExchangeLaunch } from '../protocol/launch.ts'
import { type ExitCode, grouped, type JobContext, JobError, printJson } from './job-command.ts'

const SHOWN_MAX = 8

/**
 * The name of a venue as it may stand in history/: one that is known, or stored already, or looks like neither.
 * @throws JobError 2 for one that is probably misspelt
 */
export function checkedVenue(name: string, { history, options }: JobContext): string {
  const known = new Set([...VENUES, ...history.list().map(({ venue }) => venue)])
  if (options['unknownVenue'] === true || known.has(name)) return name
  const suggestion = nearest(name, known)
  if (suggestion === null) return name
  throw new JobError(2, sentence(m.misspelt, { name, suggestion }))
}

/** `venue/symbol/timeframe` of every set of candles that is stored. */
const storedSets = (headers: readonly SeriesHeader[]): readonly string[] =>
  headers
    .filter(({ kind }) => kind === 'candles')
    .map(({ venue, symbol, timeframe }) =>
      [venue, venueSpelling(parseSymbol(symbol)), timeframe].join('/'),
    )

/**
 * The set that is meant; without one, or with a wrong one, the sentence names one that exists.
 * @throws JobError 2 when none is named or it cannot be read, 3 when it is not stored
 */
export function namedSet(text: string | undefined, command: string, context: JobContext): SetName {
  const stored = storedSets(context.history.list())
  if (text === undefined || text === '') {
    const [example = 'VENUE/SYMBOL/TIMEFRAME', ...others] = stored
    const names = others.slice(0, SHOWN_MAX).join(', ')
    const more = names === '' ? '' : context.speech.say(m.others, { names })
    throw new JobError(2, sentence(m.whichSet, { command, example, others: more }))
  }
  try {
    const name = parseSetName(text)
    context.history.demand(name)
    return name
  } catch (error) {
    const isAbsent = error instanceof HistoryError && error.kind === 'not_found'
    if (!isAbsent && !(error instanceof RangeError)) throw error
    // It names the command that makes the set: another set is not what is wanted.
    if (error.message.includes('perpfleet data resample')) throw error
    const suggestion = nearest(text.split('@')[0] ?? '', stored)
    if (suggestion === null) throw error
    const told = { text: context.speech.relay(error.message), suggestion }
    throw new JobError(isAbsent ? 3 : 2, sentence(m.didYouMean, told))
  }
}

/** `venue/symbol/timeframe` of a series; funding and mark say so. */
export function seriesName(header: SeriesHeader): string {
  const path = `${header.venue}/${venueSpelling(parseSymbol(header.symbol))}`
  if (header.kind === 'funding') return `${path} funding`
  return `${path}/${header.timeframe}${header.kind === 'mark' ? ' mark' : ''}`
}

/** Deletes a set, when somebody agrees and nothing replays it. */
export async function removeData(
  context: JobContext,
  [text]: readonly string[],
): Promise<ExitCode> {
  const { history, options, isJson, speech, home } = context
  const set = namedSet(text, 'remove', context)
  const name = formatSetName({ ...set, from: null, to: null })
  if (set.from !== null || set.to !== null) throw new JobError(2, sentence(m.wholeSet, { name }))
  const pid = replayingPid(home, name)
  if (pid !== null) throw new JobError(4, sentence(m.replayed, { name, pid }))
  const rows = grouped(history.seriesOf(set).reduce((sum, header) => sum + header.rows, 0))
  if (options['yes'] !== true) {
    if (!process.stdin.isTTY || !process.stdout.isTTY)
      throw new JobError(4, sentence(m.needsYes, { name, rows }))
    if (!(await isAgreed(speech.say(m.question, { name, rows }))))
      throw new JobError(4, sentence(commonMessages.nothingDone))
  }
  const removed = history.remove(set)
  if (isJson) printJson({ set: name, removed })
  else process.stdout.write(`${speech.say(m.removed, { name, rows })}\n`)
  return 0
}

async function isAgreed(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await prompt.question(`${question} [y/N] `)
  prompt.close()
  return /^y(es)?$/i.test(answer.trim())
}

/** The process that replays the set in this home; null = none does. */
function replayingPid(home: string, name: string): number | null {
  const launch = readObject(join(home, 'run', 'exchange.launch.json')) as Partial<ExchangeLaunch>
  const running = readObject(join(home, 'run', 'exchange.json')) as Partial<ServiceFile>
  const { feed } = launch
  if (feed === undefined || !feed.startsWith('replay:')) return null
  const replayed = parseSetName(feed.slice('replay:'.length))
  if (formatSetName({ ...replayed, from: null, to: null }) !== name) return null
  const { pid, start_time: startTime, boot_id: bootId } = running
  if (pid === undefined || startTime === undefined || bootId === undefined) return null
  const host = new DetachedHost(childEnvironment())
  return host.isAlive({ pid, startTime, bootId }) ? pid : null
}

function readObject(path: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  } catch {
    // Absent, or being written: then nothing runs here yet.
    return {}
  }
}
