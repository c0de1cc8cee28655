/** `perpfleet data import`: a file of candles, mark prices or funding becomes a stored series, or is refused as a whole. */
import { basename } from 'node:path'
import type { MarketSymbol } from '../../domain/symbol.ts'
import type { Timeframe } from '../../domain/timeframe.ts'
import type { SeriesHeader, SeriesKind } from '../../ports/history.ts'
import type { HistoryFolder, SeriesKey } from './history-folder.ts'
import { FundingBuilder, PriceSeriesBuilder } from './series-builder.ts'
import { ImportError, readTexts, type SourceFile } from './source-file.ts'
import { countedPrices, type SeriesData, storeSeries } from './store-series.ts'
import {
  CANDLE_COLUMNS,
  FUNDING_COLUMNS,
  MARK_COLUMNS,
  type OnRow,
  tableFor,
  type WantedColumn,
} from './table.ts'

export interface ImportRequest {
  readonly file: string
  /** What the set says of its source; the name of the file without it. */
  readonly sourceName?: string
  /** The candles are those of a spot market and stand in for the contract. */
  readonly isSpot?: boolean
  /** Rows may all lie apart: it is known that their length is that of `timeframe`. */
  readonly isLengthKnown?: boolean
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
interface Series extends SeriesData {
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
  const older = request.isReplacing ? null : folder.read(key)
  const series =
    request.kind === 'funding'
      ? await readFunding(request)
      : await readPrices(request, older?.header ?? null)
  if (older?.header.sources.some(({ sha256 }) => sha256 === series.source.sha256)) {
    return { header: older.header, rows: 0, dropped: series.dropped, outcome: 'unchanged' }
  }
  const file = request.sourceName ?? basename(request.file)
  const { sha256 } = series.source
  const { importedAt } = request
  const isSpot = request.isSpot === true ? { isSpot: true } : {}
  const source = { file, sha256, rows: series.at.length, importedAt, ...isSpot }
  const header = storeSeries(folder, key, series, { older, source })
  const outcome = older ? 'appended' : request.isReplacing ? 'replaced' : 'created'
  return { header, rows: series.at.length, dropped: series.dropped, outcome }
}

async function readTable(
  request: ImportRequest,
  wanted: readonly WantedColumn[],
  onRow: OnRow,
): Promise<SourceFile> {
  const { file, onProgress } = request
  const take = tableFor(file, wanted, onRow)
  const source = await readTexts(file, (text) => take.push(text), onProgress)
  take.end()
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
  const at = builder.at.toArray()
  const base = { at, dropped: builder.dropped, source }
  return { ...base, ...countedPrices(request.file, builder, at, older) }
}
