/** `perpfleet data import | list | check | remove`: recorded market data below history/. */
import { type Command, Option } from 'commander'
import { checkFunding, checkPrices, type Finding } from '../adapters/history/check.ts'
import { type ImportResult, importSeries } from '../adapters/history/importer.ts'
import { commonMessages } from '../cli/messages/common.ts'
import { dataSetHelp as setHelp } from '../cli/messages/data-sets.ts'
import { jobHelp as help, dataMessages as m } from '../cli/messages/jobs.ts'
import { type Speech, sentence } from '../cli/speech.ts'
import { formatSetName, parseVenue, type SetName } from '../domain/history.ts'
import { parseSymbol, venueSpelling } from '../domain/symbol.ts'
import { formatTimeShort, parseTimeframe } from '../domain/timeframe.ts'
import type { SeriesHeader, SeriesKind } from '../ports/history.ts'
import { exportData } from './data-export.ts'
import { checkedVenue, namedSet, removeData } from './data-sets.ts'
import {
  type ExitCode,
  grouped,
  type JobContext,
  JobError,
  jobAction,
  ProgressBar,
  printJson,
  printTable,
  textOption,
} from './job-command.ts'

export function registerData(program: Command, speech: Speech): void {
  const { say } = speech
  const json = say(commonMessages.json)
  const data = program.command('data').description(say(help.data))
  data
    .command('import <file>')
    .description(say(help.import))
    .requiredOption('--venue <name>', say(help.venue))
    .requiredOption('--symbol <symbol>', say(help.symbol))
    .option('--timeframe <length>', say(help.timeframe))
    .addOption(
      new Option('--kind <kind>', say(help.kind))
        .choices(['candles', 'funding', 'mark'])
        .default('candles'),
    )
    .option('--drop-duplicates', say(help.dropDuplicates))
    .option('--replace', say(help.replace))
    .option('--unknown-venue', say(setHelp.unknownVenue))
    .option('--json', json)
    .action(jobAction(speech, importData))
  data
    .command('list')
    .description(say(help.list))
    .option('--json', json)
    .action(jobAction(speech, listData))
  data
    .command('check [set]')
    .description(say(help.check))
    .option('--json', json)
    .action(jobAction(speech, checkData))
  data
    .command('export [set]')
    .description(say(setHelp.export))
    .addOption(
      new Option('--kind <kind>', say(help.kind))
        .choices(['candles', 'funding', 'mark'])
        .default('candles'),
    )
    .option('--output <file>', say(setHelp.output))
    .option('--replace', say(setHelp.replaceOutput))
    .option('--json', json)
    .action(jobAction(speech, exportData))
  data
    .command('remove [set]')
    .description(say(setHelp.remove))
    .option('--yes', say(setHelp.yes))
    .option('--json', json)
    .action(jobAction(speech, removeData))
}

async function importData(context: JobContext, [file = '']: readonly string[]): Promise<ExitCode> {
  const { options, history, isJson, speech } = context
  const kind = (textOption(options, 'kind') ?? 'candles') as SeriesKind
  const timeframe = textOption(options, 'timeframe')
  if (kind !== 'funding' && timeframe === null) {
    throw new JobError(2, sentence(m.needsTimeframe, { kind }))
  }
  const progress = new ProgressBar(speech.say(m.importing), !isJson)
  try {
    const result = await importSeries(history, {
      file,
      kind,
      venue: checkedVenue(parseVenue(textOption(options, 'venue') ?? ''), context),
      symbol: parseSymbol(textOption(options, 'symbol') ?? ''),
      timeframe: timeframe === null ? null : parseTimeframe(timeframe),
      isDroppingDuplicates: options['dropDuplicates'] === true,
      isReplacing: options['replace'] === true,
      importedAt: new Date().toISOString(),
      onProgress: (share) => progress.set(share),
    })
    progress.end()
    if (isJson) printJson({ ...result, set: nameOf(result.header) })
    else process.stdout.write(`${importText(result, speech)}\n`)
    return 0
  } finally {
    progress.end()
  }
}

function importText(result: ImportResult, { say }: Speech): string {
  const { header, dropped, outcome } = result
  const name = nameOf(header)
  if (outcome === 'unchanged') return say(m.unchanged, { name })
  const span = `${formatTimeShort(header.firstAt)} … ${formatTimeShort(header.lastAt)}`
  const rows = grouped(result.rows)
  const text =
    outcome === 'appended'
      ? say(m.added, { name, rows, total: grouped(header.rows), span })
      : say(m.imported, { name, rows, span })
  return dropped > 0 ? `${text}${say(m.dropped, { count: grouped(dropped) })}` : text
}

/** `venue/symbol/timeframe`; funding and mark say so. */
function nameOf(header: SeriesHeader): string {
  const path = `${header.venue}/${venueSpelling(parseSymbol(header.symbol))}`
  if (header.kind === 'funding') return `${path} funding`
  return `${path}/${header.timeframe}${header.kind === 'mark' ? ' mark' : ''}`
}

function listData({ history, isJson, speech }: JobContext): ExitCode {
  const headers = history.list()
  if (isJson) {
    printJson(headers.map((header) => ({ set: nameOf(header), ...header })))
  } else if (headers.length === 0) {
    process.stdout.write(`${speech.say(m.nothingStored, { folder: history.directory })}\n`)
  } else {
    printTable(
      speech.say(m.listHead).split('|'),
      headers.map((header) => [
        nameOf(header).split(' ')[0] ?? '',
        header.kind,
        header.symbol,
        grouped(header.rows),
        formatTimeShort(header.firstAt),
        formatTimeShort(header.lastAt),
      ]),
    )
  }
  return 0
}

interface CheckedSeries {
  readonly series: string
  readonly rows: number
  readonly findings: readonly Finding[]
}

/** Exit 1 when the set cannot be trusted; gaps, silence and spikes are told and leave 0. */
function checkData(context: JobContext, [text]: readonly string[]): ExitCode {
  const { history, isJson, speech } = context
  const name = namedSet(text, 'check', context)
  const checked = checkSeries(history, name)
  if (isJson) {
    printJson({ set: formatSetName(name), series: checked })
  } else {
    for (const { series, rows: count, findings } of checked) {
      const rows = grouped(count)
      const verdict =
        findings.length === 0
          ? speech.say(m.nothingOdd, { series, rows })
          : speech.say(m.findings, { series, rows, count: findings.length })
      process.stdout.write(`${verdict}\n`)
      for (const finding of findings) process.stdout.write(`  ${findingText(finding, speech)}\n`)
    }
  }
  const isFaulty = checked.some(({ findings }) =>
    findings.some(({ severity }) => severity === 'fault'),
  )
  return isFaulty ? 1 : 0
}

function checkSeries(history: JobContext['history'], name: SetName): readonly CheckedSeries[] {
  const related = history
    .list()
    .filter(({ venue, symbol }) => venue === name.venue && symbol === name.symbol.symbol)
    .filter(({ kind, timeframe }) => kind !== 'candles' || timeframe === name.timeframe.text)
  return related.flatMap((header) => {
    const { kind, timeframe } = header
    const stored = history.read({ kind, venue: name.venue, symbol: name.symbol, timeframe })
    if (stored === null) return []
    const findings =
      timeframe === null
        ? checkFunding(stored.columns)
        : checkPrices(stored.columns, parseTimeframe(timeframe).ms)
    return [{ series: nameOf(header), rows: header.rows, findings }]
  })
}

function findingText({ severity, code, text, examples }: Finding, { relay }: Speech): string {
  const first = examples.slice(0, 3).map(formatTimeShort).join(', ')
  return `${severity} ${code}: ${relay(text)} (${first}${examples.length > 3 ? ', …' : ''})`
}
