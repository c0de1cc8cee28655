/** `perpfleet compare`: reports of backtests side by side. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import {
  type ComparedResult,
  compared,
  comparisonHtml,
  comparisonRows,
} from '../backtest/search/compare.ts'
import { commonMessages } from '../cli/messages/common.ts'
import { searchHelp as help, searchMessages as m } from '../cli/messages/search.ts'
import { type Speech, sentence } from '../cli/speech.ts'
import {
  type ExitCode,
  type JobContext,
  JobError,
  jobAction,
  printJson,
  printTable,
  textOption,
} from './job-command.ts'
import { makeFolder } from './report-folder.ts'
import { writeJson, writeWhole } from './search-run.ts'

export function registerCompare(program: Command, speech: Speech): void {
  program
    .command('compare [reports...]')
    .description(speech.say(help.compare))
    .option('--report <directory>', speech.say(help.compareReport))
    .option('--json', speech.say(commonMessages.json))
    .action(jobAction(speech, runCompare))
}

function runCompare({ options, isJson, speech }: JobContext, args: readonly string[]): ExitCode {
  if (args.length < 2) throw new JobError(2, sentence(m.needsReports))
  const results = named(args.map(readResult), args)
  const comparison = compared(results)
  const folder = textOption(options, 'report')
  if (folder !== null) {
    makeFolder(resolve(folder))
    writeJson(resolve(folder), 'compare.json', comparison)
    writeWhole(resolve(folder), 'compare.html', comparisonHtml(results, comparison))
  }
  if (isJson) {
    printJson(comparison)
    return 0
  }
  for (const warning of comparison.warnings) process.stdout.write(`${speech.relay(warning)}\n`)
  printTable([speech.say(m.figure), ...comparison.names], comparisonRows(comparison))
  if (folder !== null)
    process.stdout.write(`${speech.say(m.written, { folder: resolve(folder) })}\n`)
  return 0
}

/** Folders of the same name are told apart by the path that was given. */
function named(
  results: readonly ComparedResult[],
  args: readonly string[],
): readonly ComparedResult[] {
  const isTwice = new Set(results.map(({ name }) => name)).size < results.length
  return isTwice
    ? results.map((result, index) => ({ ...result, name: args[index] ?? '' }))
    : results
}

/** @throws JobError when there is no result of a backtest */
function readResult(given: string): ComparedResult {
  const path = resolve(given)
  if (!existsSync(path)) throw new JobError(3, sentence(m.notResult, { file: given }))
  const file = statSync(path).isDirectory() ? join(path, 'result.json') : path
  const refuse = () =>
    new JobError(existsSync(file) ? 1 : 3, sentence(m.notResult, { file: given }))
  if (!existsSync(file)) throw refuse()
  let record: Readonly<Record<string, unknown>>
  try {
    record = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>
  } catch {
    throw refuse()
  }
  const text = (key: string) => (typeof record?.[key] === 'string' ? (record[key] as string) : '')
  const map = (key: string) => (isRecord(record[key]) ? record[key] : {})
  if (text('strategy') === '' || text('fingerprint') === '' || !isRecord(record['statistics']))
    throw refuse()
  const { coverage = null } = map('dataQuality') as { readonly coverage?: number }
  return {
    name: basename(dirname(file)),
    version: text('version') === '' ? null : text('version'),
    instance: text('instance'),
    strategy: text('strategy'),
    set: text('set'),
    startAt: text('startAt'),
    endAt: text('endAt'),
    fingerprint: text('fingerprint'),
    parameters: map('parameters'),
    assumptions: map('assumptions'),
    statistics: map('statistics') as Readonly<Record<string, number | null>>,
    caveat: text('caveat') === '' ? null : text('caveat'),
    coverage,
    equity: readEquity(join(dirname(file), 'equity.csv')),
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Points that a picture can show; a year of minutes has half a million. */
const POINTS_MAX = 20_000

function readEquity(file: string): ComparedResult['equity'] {
  if (!existsSync(file)) return null
  const [head = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
  const names = head.split(',')
  const [at, equity] = [names.indexOf('at'), names.indexOf('equity')]
  if (at < 0 || equity < 0 || lines.length === 0) return null
  const step = Math.max(1, Math.ceil(lines.length / POINTS_MAX))
  const points = lines
    .filter((_, index) => index % step === 0 || index === lines.length - 1)
    .map((line) => line.split(','))
    .map((cells) => ({ at: Number(cells[at]), value: Number(cells[equity]) }))
  const start = points[0]?.value ?? 1
  return points.map((point) => ({ at: point.at, value: point.value / start }))
}
