/** `perpfleet data …`: recorded market data below history/. */
import { type Command, Option } from 'commander'
import { freqtradeName } from '../adapters/history/file-name.ts'
import { type ImportResult, importSeries } from '../adapters/history/importer.ts'
import { commonMessages } from '../cli/messages/common.ts'
import { downloadHelp } from '../cli/messages/data-download.ts'
import { dataSetHelp as setHelp } from '../cli/messages/data-sets.ts'
import { jobHelp as help, dataMessages as m } from '../cli/messages/jobs.ts'
import { type Speech, sentence } from '../cli/speech.ts'
import { parseVenue } from '../domain/history.ts'
import { parseSymbol } from '../domain/symbol.ts'
import { formatTimeShort, parseTimeframe } from '../domain/timeframe.ts'
import type { SeriesKind } from '../ports/history.ts'
import { checkData } from './data-check.ts'
import { downloadData } from './data-download.ts'
import { exportData } from './data-export.ts'
import { resampleData } from './data-resample.ts'
import { checkedVenue, removeData, seriesName } from './data-sets.ts'
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
    .option('--symbol <symbol>', say(help.symbol))
    .option('--timeframe <length>', say(help.timeframe))
    .addOption(new Option('--kind <kind>', say(help.kind)).choices(['candles', 'funding', 'mark']))
    .option('--spot', say(setHelp.spot))
    .option('--drop-duplicates', say(help.dropDuplicates))
    .option('--replace', say(help.replace))
    .option('--unknown-venue', say(setHelp.unknownVenue))
    .option('--json', json)
    .action(jobAction(speech, importData))
  data
    .command('download [venue] [symbol] [timeframe]')
    .description(say(downloadHelp.download))
    .option('--from <time>', say(downloadHelp.from))
    .option('--to <time>', say(downloadHelp.to))
    .addOption(
      new Option('--kind <kinds...>', say(downloadHelp.kind)).choices([
        'candles',
        'funding',
        'mark',
      ]),
    )
    .option('--replace', say(downloadHelp.replace))
    .option('--endpoint <url>', say(downloadHelp.endpoint))
    .option('--json', json)
    .action(jobAction(speech, downloadData))
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
    .command('resample [set] [timeframe]')
    .description(say(setHelp.resample))
    .option('--replace', say(help.replace))
    .option('--json', json)
    .action(jobAction(speech, resampleData))
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
  // A file of Freqtrade says by its name what it holds; what is said here goes over it.
  const named = freqtradeName(file)
  const kind = (textOption(options, 'kind') ?? named?.kind ?? 'candles') as SeriesKind
  const timeframe = textOption(options, 'timeframe') ?? named?.timeframe ?? null
  const symbol = textOption(options, 'symbol') ?? named?.symbol ?? null
  if (symbol === null) throw new JobError(2, sentence(m.needsSymbol))
  if (kind !== 'funding' && timeframe === null) {
    throw new JobError(2, sentence(m.needsTimeframe, { kind }))
  }
  const progress = new ProgressBar(speech.say(m.importing), !isJson)
  try {
    const result = await importSeries(history, {
      file,
      kind,
      venue: checkedVenue(parseVenue(textOption(options, 'venue') ?? ''), context),
      symbol: parseSymbol(symbol),
      timeframe: kind === 'funding' ? null : parseTimeframe(timeframe ?? ''),
      isSpot: options['spot'] === true || named?.isSpot === true,
      isDroppingDuplicates: options['dropDuplicates'] === true,
      isReplacing: options['replace'] === true,
      importedAt: new Date().toISOString(),
      onProgress: (share) => progress.set(share),
    })
    progress.end()
    if (isJson) printJson({ ...result, set: seriesName(result.header) })
    else process.stdout.write(`${importText(result, speech)}\n`)
    return 0
  } finally {
    progress.end()
  }
}

function importText(result: ImportResult, { say }: Speech): string {
  const { header, dropped, outcome } = result
  const name = seriesName(header)
  if (outcome === 'unchanged') return say(m.unchanged, { name })
  const span = `${formatTimeShort(header.firstAt)} … ${formatTimeShort(header.lastAt)}`
  const rows = grouped(result.rows)
  const text =
    outcome === 'appended'
      ? say(m.added, { name, rows, total: grouped(header.rows), span })
      : say(m.imported, { name, rows, span })
  return dropped > 0 ? `${text}${say(m.dropped, { count: grouped(dropped) })}` : text
}

function listData({ history, isJson, speech }: JobContext): ExitCode {
  const headers = history.list()
  const damaged = history.damaged()
  if (isJson) {
    printJson(headers.map((header) => ({ set: seriesName(header), ...header })))
  } else if (headers.length === 0) {
    process.stdout.write(`${speech.say(m.nothingStored, { folder: history.directory })}\n`)
  } else {
    printTable(
      speech.say(m.listHead).split('|'),
      headers.map((header) => [
        seriesName(header).split(' ')[0] ?? '',
        header.kind,
        header.symbol,
        grouped(header.rows),
        formatTimeShort(header.firstAt),
        formatTimeShort(header.lastAt),
      ]),
    )
  }
  for (const { message } of damaged) process.stderr.write(`${speech.relay(message)}\n`)
  return damaged.length > 0 ? 1 : 0
}
