/** `perpfleet data resample`: a set of longer candles made of a stored one. */
import { createHash } from 'node:crypto'
import { rowsWithin } from '../adapters/history/exporter.ts'
import { storeSeries } from '../adapters/history/store-series.ts'
import { dataSetMessages as m } from '../cli/messages/data-sets.ts'
import { type Speech, sentence } from '../cli/speech.ts'
import { type CandleColumns, formatSetName, type SetName } from '../domain/history.ts'
import { type Resampled, resample } from '../domain/resample.ts'
import { formatTimeShort, parseTimeframe } from '../domain/timeframe.ts'
import { HistoryError, isOfSpot, type SeriesHeader } from '../ports/history.ts'
import { namedSet } from './data-sets.ts'
import { type ExitCode, grouped, type JobContext, JobError, printJson } from './job-command.ts'

export function resampleData(context: JobContext, [text, length]: readonly string[]): ExitCode {
  const { history, options, isJson, speech } = context
  const source = namedSet(text, 'resample', context)
  const sourceName = formatSetName(source)
  if (length === undefined) throw new JobError(2, sentence(m.whichLength, { name: sourceName }))
  const timeframe = parseTimeframe(length)
  const stored = candlesOf(source, history)
  checkLengths(source.timeframe, timeframe)
  const made = resample(stored.candles, source.timeframe.ms, timeframe.ms)
  if (made.candles.openAt.length === 0)
    throw new JobError(4, sentence(m.noWhole, { source: sourceName, wanted: timeframe.text }))
  const target: SetName = { ...source, timeframe, from: null, to: null }
  const name = formatSetName(target)
  const { venue, symbol } = target
  const key = { kind: 'candles', venue, symbol, timeframe: timeframe.text } as const
  const older = history.read(key)
  const isSame = older?.header.sources.some(({ sha256 }) => sha256 === stored.sha256) === true
  if (older !== null && !isSame && options['replace'] !== true)
    throw new JobError(4, sentence(m.setExists, { name }))
  const rows = made.candles.openAt.length
  const header = isSame
    ? older.header
    : storeSeries(
        history,
        key,
        {
          at: Float64Array.from(made.candles.openAt),
          columns: { ...made.candles },
          scale: stored.scale,
        },
        {
          older: null,
          source: {
            file: `resampled from ${sourceName}`,
            sha256: stored.sha256,
            rows,
            importedAt: new Date().toISOString(),
            ...(stored.isSpot ? { isSpot: true } : {}),
          },
        },
      )
  const told = { source: sourceName, rows, isUnchanged: isSame, ...leftOut(made) }
  if (isJson) printJson({ set: name, ...told })
  else if (isSame) process.stdout.write(`${speech.say(m.sameCandles, { name })}\n`)
  else process.stdout.write(`${madeText(header, { name, ...told }, source, speech)}\n`)
  return 0
}

/** The candles of the window, how they are counted, and the hash of what they are made of. */
function candlesOf(source: SetName, history: JobContext['history']) {
  const { venue, symbol, timeframe } = source
  const stored = history.read({ kind: 'candles', venue, symbol, timeframe: timeframe.text })
  if (stored === null)
    throw new HistoryError('not_found', `there are no candles ${formatSetName(source)}`)
  const { header, columns } = stored
  const [first, end] = rowsWithin(stored, source)
  const cut = Object.entries(columns).map(([name, values]) => [name, values.subarray(first, end)])
  return {
    candles: Object.fromEntries(cut) as CandleColumns,
    isSpot: header.sources.some(isOfSpot),
    scale: {
      priceDecimals: header.priceDecimals ?? 0,
      quantityDecimals: header.quantityDecimals ?? 0,
      lotSize: header.lotSize ?? 1,
    },
    sha256: createHash('sha256').update(`${header.columnsSha256} ${first} ${end}`).digest('hex'),
  }
}

function checkLengths(stored: SetName['timeframe'], wanted: SetName['timeframe']): void {
  if (wanted.ms > stored.ms && wanted.ms % stored.ms === 0) return
  throw new JobError(2, sentence(m.notMultiple, { wanted: wanted.text, stored: stored.text }))
}

const leftOut = ({ incompleteFirst, incompleteLast, thin }: Resampled) => ({
  leftOut: Number(incompleteFirst) + Number(incompleteLast),
  thin,
})

function madeText(
  header: SeriesHeader,
  made: {
    readonly name: string
    readonly source: string
    readonly rows: number
    readonly leftOut: number
    readonly thin: number
  },
  { timeframe }: SetName,
  { say }: Speech,
): string {
  const { name, source, rows, thin } = made
  const left = made.leftOut > 0 ? say(m.leftOut, { count: made.leftOut }) : ''
  const sparse = thin > 0 ? say(m.thin, { count: grouped(thin), timeframe: timeframe.text }) : ''
  const span = `${formatTimeShort(header.firstAt)} … ${formatTimeShort(header.lastAt)}`
  return say(m.resampled, { name, source, rows: grouped(rows), span, left: `${left}${sparse}` })
}
