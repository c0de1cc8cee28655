/** `perpfleet data import | list | check`: recorded market data below history/. */
import { type Command, Option } from 'commander'
import { checkFunding, checkPrices, type Finding } from '../adapters/history/check.ts'
import { type ImportResult, importSeries } from '../adapters/history/importer.ts'
import { formatSetName, parseSetName, parseVenue, type SetName } from '../domain/history.ts'
import { parseSymbol, venueSpelling } from '../domain/symbol.ts'
import { formatTimeShort, parseTimeframe } from '../domain/timeframe.ts'
import type { SeriesHeader, SeriesKind } from '../ports/history.ts'
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

export function registerData(program: Command): void {
  const data = program
    .command('data')
    .description('recorded candles, mark prices and funding (docs/guides/import-data.md)')
  data
    .command('import <file>')
    .description('read a CSV, CSV.gz or JSON file into history/')
    .requiredOption('--venue <name>', 'where it was recorded, e.g. hyperliquid')
    .requiredOption('--symbol <symbol>', 'e.g. SOL_USDC_PERP or SOL/USDC:USDC')
    .option('--timeframe <length>', 'length of a candle, e.g. 1m, 5m, 1h')
    .addOption(
      new Option('--kind <kind>', 'what the file holds')
        .choices(['candles', 'funding', 'mark'])
        .default('candles'),
    )
    .option('--drop-duplicates', 'keep the first of rows with the same time')
    .option('--replace', 'write over what is stored')
    .option('--json', 'print JSON')
    .action(jobAction(importData))
  data
    .command('list')
    .description('what is stored')
    .option('--json', 'print JSON')
    .action(jobAction(listData))
  data
    .command('check <set>')
    .description('gaps, duplicates, contradictions, silence and spikes; changes nothing')
    .option('--json', 'print JSON')
    .action(jobAction(checkData))
}

async function importData(context: JobContext, [file = '']: readonly string[]): Promise<ExitCode> {
  const { options, history, isJson } = context
  const kind = (textOption(options, 'kind') ?? 'candles') as SeriesKind
  const timeframe = textOption(options, 'timeframe')
  if (kind !== 'funding' && timeframe === null) {
    throw new JobError(
      2,
      `${kind} need the length of a candle: add --timeframe, e.g. --timeframe 5m`,
    )
  }
  const progress = new ProgressBar('importing', !isJson)
  try {
    const result = await importSeries(history, {
      file,
      kind,
      venue: parseVenue(textOption(options, 'venue') ?? ''),
      symbol: parseSymbol(textOption(options, 'symbol') ?? ''),
      timeframe: timeframe === null ? null : parseTimeframe(timeframe),
      isDroppingDuplicates: options['dropDuplicates'] === true,
      isReplacing: options['replace'] === true,
      importedAt: new Date().toISOString(),
      onProgress: (share) => progress.set(share),
    })
    progress.end()
    if (isJson) printJson({ ...result, set: nameOf(result.header) })
    else process.stdout.write(`${importText(result)}\n`)
    return 0
  } finally {
    progress.end()
  }
}

function importText({ header, rows, dropped, outcome }: ImportResult): string {
  const name = nameOf(header)
  if (outcome === 'unchanged') return `${name}: this file was imported before, nothing was changed.`
  const span = `${formatTimeShort(header.firstAt)} … ${formatTimeShort(header.lastAt)}`
  const total = outcome === 'appended' ? `, ${grouped(header.rows)} in all` : ''
  const duplicates = dropped > 0 ? ` ${grouped(dropped)} duplicate row(s) were dropped.` : ''
  return `${name}: ${grouped(rows)} rows ${outcome === 'appended' ? 'added' : 'imported'}${total}, ${span}.${duplicates}`
}

/** `venue/symbol/timeframe`; funding and mark say so. */
function nameOf(header: SeriesHeader): string {
  const path = `${header.venue}/${venueSpelling(parseSymbol(header.symbol))}`
  if (header.kind === 'funding') return `${path} funding`
  return `${path}/${header.timeframe}${header.kind === 'mark' ? ' mark' : ''}`
}

function listData({ history, isJson }: JobContext): ExitCode {
  const headers = history.list()
  if (isJson) {
    printJson(headers.map((header) => ({ set: nameOf(header), ...header })))
  } else if (headers.length === 0) {
    process.stdout.write(
      `nothing is stored in ${history.directory}: perpfleet data import FILE …\n`,
    )
  } else {
    printTable(
      ['set', 'kind', 'symbol', 'rows', 'first', 'last'],
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
function checkData({ history, isJson }: JobContext, [text = '']: readonly string[]): ExitCode {
  const name = parseSetName(text)
  history.load(name)
  const checked = checkSeries(history, name)
  if (isJson) {
    printJson({ set: formatSetName(name), series: checked })
  } else {
    for (const { series, rows, findings } of checked) {
      const verdict = findings.length === 0 ? 'nothing odd' : `${findings.length} finding(s)`
      process.stdout.write(`${series}: ${grouped(rows)} rows, ${verdict}\n`)
      for (const finding of findings) process.stdout.write(`  ${findingText(finding)}\n`)
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

function findingText({ severity, code, text, examples }: Finding): string {
  const first = examples.slice(0, 3).map(formatTimeShort).join(', ')
  return `${severity} ${code}: ${text} (${first}${examples.length > 3 ? ', …' : ''})`
}
