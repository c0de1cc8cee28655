/** `perpfleet data check`: what is odd about a stored set, or a window of it. */
import {
  checkCoverage,
  checkFunding,
  checkPrices,
  type Finding,
} from '../adapters/history/check.ts'
import type { Columns } from '../adapters/history/columnar-file.ts'
import { rowsWithin } from '../adapters/history/exporter.ts'
import { dataMessages as m } from '../cli/messages/jobs.ts'
import type { Speech } from '../cli/speech.ts'
import { type DataQuality, qualityOf } from '../domain/data-quality.ts'
import { type CandleColumns, formatSetName, type SetName } from '../domain/history.ts'
import { formatTimeShort, parseTimeframe } from '../domain/timeframe.ts'
import type { SeriesHeader } from '../ports/history.ts'
import { namedSet, seriesName } from './data-sets.ts'
import { type ExitCode, grouped, type JobContext, printJson } from './job-command.ts'

interface CheckedSeries {
  readonly series: string
  readonly rows: number
  /** Of candles: how much of the window is there; null for funding and marks. */
  readonly quality: DataQuality | null
  readonly findings: readonly Finding[]
}

/** Exit 1 when the set cannot be trusted; gaps, silence and spikes are told and leave 0. */
export function checkData(context: JobContext, [text]: readonly string[]): ExitCode {
  const { history, isJson, speech } = context
  const name = namedSet(text, 'check', context)
  const checked = checkSeries(history, name)
  if (isJson) printJson({ set: formatSetName(name), series: checked })
  else for (const series of checked) process.stdout.write(checkedText(series, speech))
  const isFaulty = checked.some(({ findings }) =>
    findings.some(({ severity }) => severity === 'fault'),
  )
  return isFaulty ? 1 : 0
}

function checkedText(checked: CheckedSeries, speech: Speech): string {
  const { series, quality, findings } = checked
  const rows = grouped(checked.rows)
  const share = quality === null ? '' : shareText(quality, speech)
  const verdict =
    findings.length === 0
      ? speech.say(m.nothingOdd, { series, rows, share })
      : speech.say(m.findings, { series, rows, share, count: findings.length })
  return [verdict, ...findings.map((finding) => `  ${findingText(finding, speech)}`), ''].join('\n')
}

/** Rounded down: what is not whole does not read 100 %. */
function shareText({ coverage, from, to }: DataQuality, { say }: Speech): string {
  const percent = (Math.floor(coverage * 10_000) / 100).toFixed(2)
  return say(m.coverage, { percent, from: formatTimeShort(from), to: formatTimeShort(to) })
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
    const rows = rowsWithin(stored, name)
    const columns = cut(stored.columns, rows)
    return [{ rows: rows[1] - rows[0], ...oddities(header, stored.columns, columns, name) }]
  })
}

function oddities(header: SeriesHeader, all: Columns, columns: Columns, name: SetName) {
  const series = seriesName(header)
  if (header.timeframe === null) return { series, quality: null, findings: checkFunding(columns) }
  const timeframeMs = parseTimeframe(header.timeframe).ms
  const findings = checkPrices(columns, timeframeMs)
  if (header.kind !== 'candles') return { series, quality: null, findings }
  const candles = all as unknown as CandleColumns
  const quality = qualityOf({ candles, timeframeMs }, name)
  return { series, quality, findings: [...checkCoverage(quality), ...findings] }
}

const cut = (columns: Columns, [first, end]: readonly [number, number]): Columns =>
  Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [name, values.subarray(first, end)]),
  )

function findingText({ severity, code, text, examples }: Finding, { relay }: Speech): string {
  const first = examples.slice(0, 3).map(formatTimeShort).join(', ')
  return `${severity} ${code}: ${relay(text)} (${first}${examples.length > 3 ? ', …' : ''})`
}
