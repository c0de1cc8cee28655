/** `perpfleet data export`: to standard output, or to a file that nothing overwrites by mistake. */
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { csvTexts, rowsWithin, type StoredSeries } from '../adapters/history/exporter.ts'
import { dataSetMessages as m } from '../cli/messages/data-sets.ts'
import { sentence } from '../cli/speech.ts'
import { formatSetName, parseSetName, type SetName } from '../domain/history.ts'
import type { SeriesKind } from '../ports/history.ts'
import { namedSet } from './data-sets.ts'
import {
  type ExitCode,
  grouped,
  type JobContext,
  JobError,
  printJson,
  textOption,
} from './job-command.ts'

export async function exportData(
  context: JobContext,
  [text]: readonly string[],
): Promise<ExitCode> {
  const { options, isJson, speech } = context
  const kind = (textOption(options, 'kind') ?? 'candles') as SeriesKind
  const output = textOption(options, 'output')
  if (isJson && output === null) throw new JobError(2, sentence(m.jsonNeedsOutput))
  // Funding and marks may be stored alone; the name is read alike.
  const isNamed = text === undefined || kind === 'candles'
  const set = isNamed ? namedSet(text, 'export', context) : parseSetName(text)
  const series = seriesOf(set, kind, context)
  const rows = rowsWithin(series, set)
  const name = formatSetName(set)
  if (rows[1] <= rows[0]) throw new JobError(3, sentence(m.emptyWindow, { name, kind }))
  if (output === null) {
    for (const part of csvTexts(series, rows)) await toStandardOutput(part)
    return 0
  }
  const file = checkedOutput(output, options['replace'] === true)
  writeOutput(file, [...csvTexts(series, rows)].join(''))
  const count = rows[1] - rows[0]
  if (isJson) printJson({ set: name, kind, rows: count, file })
  else
    process.stdout.write(
      `${speech.say(m.exported, { name, kind, rows: grouped(count), file: output })}\n`,
    )
  return 0
}

function seriesOf(set: SetName, kind: SeriesKind, { history }: JobContext): StoredSeries {
  const { venue, symbol, timeframe } = set
  const key = { kind, venue, symbol, timeframe: kind === 'funding' ? null : timeframe.text }
  const series = history.read(key)
  if (series !== null) return series
  const name = formatSetName({ ...set, from: null, to: null })
  throw new JobError(3, sentence(m.noSeries, { name, kind }))
}

/** @throws JobError 2 where there is no folder, 4 for a file that is there */
function checkedOutput(output: string, isReplacing: boolean): string {
  const file = resolve(output)
  const folder = dirname(file)
  if (!existsSync(folder)) throw new JobError(2, sentence(m.noFolder, { folder }))
  const status = statSync(file, { throwIfNoEntry: false })
  if (status?.isDirectory() === true) throw new JobError(2, sentence(m.isFolder, { file: output }))
  if (status !== undefined && !isReplacing)
    throw new JobError(4, sentence(m.outputExists, { file: output }))
  return file
}

/** As a whole or not at all; `.gz` packs it. @throws JobError 1 */
function writeOutput(file: string, text: string): void {
  const draft = `${file}.${process.pid}.new`
  try {
    writeFileSync(draft, file.endsWith('.gz') ? gzipSync(text) : text)
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new JobError(1, sentence(m.notWritten, { file: basename(file), why }))
  }
}

/** A reader that is slower than we are is waited for. */
function toStandardOutput(text: string): Promise<void> {
  return new Promise((done) => {
    if (process.stdout.write(text)) done()
    else process.stdout.once('drain', done)
  })
}
