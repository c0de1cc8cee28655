/** `perpfleet data import`: a file of candles, mark prices or funding becomes a stored series, or is refused as a whole. */
import { basename } from 'node:path'
import type { Column } from '../../domain/history.ts'
import { mulDiv } from '../../domain/money.ts'
import type { MarketSymbol } from '../../domain/symbol.ts'
import { formatTimeShort, type Timeframe } from '../../domain/timeframe.ts'
import type { SeriesHeader, SeriesKind, SeriesSource } from '../../ports/history.ts'
import { type Columns, compact, writeSeries } from './columnar-file.ts'
import { type HistoryFolder, rescale, type SeriesKey } from './history-folder.ts'
import { chooseScale, type Scale } from './replay-instrument.ts'
import { FundingBuilder, PriceSeriesBuilder } from './series-builder.ts'
import { ImportError, readLines, type SourceFile } from './source-file.ts'
import {
  CANDLE_COLUMNS,
  CsvTable,
  FUNDING_COLUMNS,
  MARK_COLUMNS,
  type OnRow,
  readJsonTable,
  type WantedColumn,
} from './table.ts'

export interface ImportRequest {
  readonly file: string
  readonly kind: SeriesKind
  readonly venue: string
  readonly symbol: MarketSymbol
  /** null for funding. */
  readonly timeframe: Timeframe | null
  /** Keeps the first of rows with the same time instead of refusing the file. */
  readonly isDroppingDuplicates: boolean
  /** Writes over what is stored; otherwise only rows after its end are added. */
  readonly isReplacing: boolean
  /** Wall time, ISO. */
  readonly importedAt: string
  readonly onProgress: (share: number) => void
}

export interface ImportResult {
  readonly header: SeriesHeader
  /** Rows that this file brought. */
  readonly rows: number
  readonly dropped: number
  /** `unchanged`: this very file had been imported before. */
  readonly outcome: 'created' | 'appended' | 'replaced' | 'unchanged'
}

/** What was read: columns in the file's own scale. */
interface Series {
  readonly at: Float64Array
  readonly columns: Columns
  readonly scale: Scale | null
  readonly dropped: number
  readonly source: SourceFile
}

/**
 * Imports one file.
 * @throws ImportError with one sentence; nothing is stored then
 */
export async function importSeries(
  folder: HistoryFolder,
  request: ImportRequest,
): Promise<ImportResult> {
  if (request.symbol.kind !== 'linear') {
    throw new ImportError(
      'refused',
      `${request.symbol.symbol} settles in its base currency: only contracts that settle in their quote currency can be replayed`,
    )
  }
  const key: SeriesKey = {
    kind: request.kind,
    venue: request.venue,
    symbol: request.symbol,
    timeframe: request.kind === 'funding' ? null : (request.timeframe?.text ?? null),
  }
  const stored = request.isReplacing ? null : folder.read(key)
  const older = stored ? { header: stored.header, columns: stored.columns } : null
  const series =
    request.kind === 'funding'
      ? await readFunding(request)
      : await readPrices(request, older?.header ?? null)
  if (older?.header.sources.some(({ sha256 }) => sha256 === series.source.sha256)) {
    return { header: older.header, rows: 0, dropped: series.dropped, outcome: 'unchanged' }
  }
  const joined = older ? join(request, older, series) : series
  const header = headerOf(request, key, joined, series, older?.header.sources ?? [])
  const columns = Object.fromEntries(
    Object.entries(joined.columns).map(([name, column]) => [
      name,
      compact(Float64Array.from(column)),
    ]),
  )
  const outcome = older ? 'appended' : request.isReplacing ? 'replaced' : 'created'
  writeSeries(folder.pathOf(key), header, columns)
  return { header, rows: series.at.length, dropped: series.dropped, outcome }
}

async function readTable(
  request: ImportRequest,
  wanted: readonly WantedColumn[],
  onRow: OnRow,
): Promise<SourceFile> {
  const table = new CsvTable(request.file, wanted, onRow)
  const json: string[] = []
  let isJson: boolean | null = null
  const source = await readLines(
    request.file,
    (line, number) => {
      if (isJson === null && line.trim() !== '') isJson = /^\uFEFF?\s*[[{]/.test(line)
      if (isJson) json.push(line)
      else table.line(line, number)
    },
    request.onProgress,
  )
  if (isJson) readJsonTable(request.file, json.join('\n'), wanted, onRow)
  return source
}

async function readFunding(request: ImportRequest): Promise<Series> {
  const builder = new FundingBuilder(request)
  const source = await readTable(request, FUNDING_COLUMNS, (cells, where) =>
    builder.add(cells, where),
  )
  builder.finish()
  const at = builder.at.toArray()
  return {
    at,
    columns: { at, rate: builder.rate.toArray() },
    scale: null,
    dropped: builder.dropped,
    source,
  }
}

async function readPrices(request: ImportRequest, older: SeriesHeader | null): Promise<Series> {
  const { kind, timeframe } = request
  if (timeframe === null || kind === 'funding') {
    throw new ImportError(
      'refused',
      `${kind} need the length of a candle: add --timeframe, e.g. --timeframe 5m`,
    )
  }
  const builder = new PriceSeriesBuilder({ ...request, timeframeMs: timeframe.ms }, kind)
  const wanted = kind === 'candles' ? CANDLE_COLUMNS : MARK_COLUMNS
  const source = await readTable(request, wanted, (cells, where) => builder.add(cells, where))
  builder.finish()
  const priceDecimals = Math.max(
    older?.priceDecimals ?? 0,
    ...builder.prices.map((column) => column.decimalsMax),
  )
  const [open, high, low, close] = builder.prices.map((column) => column.toCounts(priceDecimals))
  const at = builder.at.toArray()
  const base = { at, dropped: builder.dropped, source }
  if (!open) throw new ImportError('faulty', `${request.file} holds no prices`)
  if (!high || !low || !close) {
    const scale = { priceDecimals, quantityDecimals: 0, lotSize: 1 }
    return { ...base, columns: { at, mark: open }, scale }
  }
  const scale = scaleFor(priceDecimals, high, older)
  const volume = builder.volume.toCounts(scale.quantityDecimals, scale.lotSize)
  return { ...base, columns: { openAt: at, open, high, low, close, volume }, scale }
}

/** The scale of what is stored stays unless a price needs more decimals. */
function scaleFor(priceDecimals: number, high: Float64Array, older: SeriesHeader | null): Scale {
  if (older && older.quantityDecimals !== null && older.lotSize !== null) {
    const { quantityDecimals, lotSize } = older
    return {
      priceDecimals,
      quantityDecimals: Math.min(quantityDecimals, 8 - priceDecimals),
      lotSize,
    }
  }
  return chooseScale(
    priceDecimals,
    high.reduce((highest, value) => Math.max(highest, value), 0),
  )
}

/** What is stored followed by what was read; only later rows can be added. */
function join(
  request: ImportRequest,
  older: { header: SeriesHeader; columns: Columns },
  series: Series,
): Series {
  const firstAt = series.at[0] ?? 0
  const distance = firstAt - older.header.lastAt
  if (distance < (request.timeframe?.ms ?? 1)) {
    throw new ImportError(
      'refused',
      `${basename(request.file)} begins at ${formatTimeShort(firstAt)}, but ${older.header.rows} rows until ${formatTimeShort(older.header.lastAt)} are stored already: import a file that begins later, or write over them with --replace`,
    )
  }
  const columns = Object.fromEntries(
    Object.entries(series.columns).map(([name, column]) => {
      const before = older.columns[name] ?? new Float64Array()
      return [name, concat(rescaleOlder(name, before, older.header, series.scale), column)]
    }),
  )
  const at = columns['at'] ?? columns['openAt'] ?? series.at
  return { ...series, at: Float64Array.from(at), columns }
}

function rescaleOlder(
  name: string,
  values: Column,
  header: SeriesHeader,
  scale: Scale | null,
): Column {
  if (scale === null || name === 'at' || name === 'openAt') return values
  if (name !== 'volume')
    return rescale(values, header.priceDecimals ?? scale.priceDecimals, scale.priceDecimals)
  const decimals = header.quantityDecimals ?? scale.quantityDecimals
  // Lots can only have become larger; like at the import a part of a lot is not counted.
  return Float64Array.from(values, (value) =>
    mulDiv(value, 1, 10 ** (decimals - scale.quantityDecimals), 'floor'),
  )
}

function concat(a: Column, b: Column): Float64Array {
  const result = new Float64Array(a.length + b.length)
  result.set(a)
  result.set(b, a.length)
  return result
}

function headerOf(
  request: ImportRequest,
  key: SeriesKey,
  joined: Series,
  series: Series,
  olderSources: readonly SeriesSource[],
): SeriesHeader {
  const isCandles = request.kind === 'candles'
  return {
    kind: request.kind,
    venue: request.venue,
    symbol: request.symbol.symbol,
    timeframe: key.timeframe,
    rows: joined.at.length,
    firstAt: joined.at[0] ?? 0,
    lastAt: joined.at.at(-1) ?? 0,
    priceDecimals: joined.scale?.priceDecimals ?? null,
    quantityDecimals: isCandles ? (joined.scale?.quantityDecimals ?? null) : null,
    lotSize: isCandles ? (joined.scale?.lotSize ?? null) : null,
    sources: [
      ...olderSources,
      {
        file: basename(request.file),
        sha256: series.source.sha256,
        rows: series.at.length,
        importedAt: request.importedAt,
      },
    ],
  }
}
