/** Rows that were read become a stored series: in a scale that fits all of them, behind what is stored already. */
import { type Column, shareColumn } from '../../domain/history.ts'
import { mulDiv } from '../../domain/money.ts'
import { formatTimeShort, parseTimeframe } from '../../domain/timeframe.ts'
import type { SeriesHeader, SeriesSource } from '../../ports/history.ts'
import { type Columns, writeSeries } from './columnar-file.ts'
import { type HistoryFolder, rescale, type SeriesKey } from './history-folder.ts'
import { chooseScale, largerLot, type Scale } from './replay-instrument.ts'
import type { PriceSeriesBuilder } from './series-builder.ts'
import { ImportError } from './source-file.ts'

/** A series in its own scale; `at` are the times of its rows in ms. */
export interface SeriesData {
  readonly at: Float64Array
  readonly columns: Columns
  /** null for funding. */
  readonly scale: Scale | null
}

export interface StoredSeries {
  readonly header: SeriesHeader
  readonly columns: Columns
}

/** Digits that a count may have: what is computed with counts keeps some room below 2^53. */
const COUNT_MAX = 1e15

/** Prices and volumes as counts. @throws ImportError when a price has more digits than a count can hold */
export function countedPrices(
  file: string,
  builder: PriceSeriesBuilder,
  at: Float64Array,
  older: SeriesHeader | null,
): Pick<SeriesData, 'columns' | 'scale'> {
  const priceDecimals = Math.max(
    older?.priceDecimals ?? 0,
    ...builder.prices.map((column) => column.decimalsMax),
  )
  const highest = Math.max(...builder.prices.map((column) => column.largest(priceDecimals)))
  if (highest > COUNT_MAX) {
    throw new ImportError(
      'faulty',
      `${file} was not imported: a price of ${highest / 10 ** priceDecimals} beside one with ${priceDecimals} decimals needs more than 15 digits: round its prices to fewer decimals`,
    )
  }
  const [open, high, low, close] = builder.prices.map((column) => column.toCounts(priceDecimals))
  if (!open) throw new ImportError('faulty', `${file} holds no prices`)
  if (!high || !low || !close) {
    const scale = { priceDecimals, quantityDecimals: 0, lotSize: 1 }
    return { columns: { at, mark: open }, scale }
  }
  const top = high.reduce((largest, value) => Math.max(largest, value), 0)
  let scale = scaleFor(priceDecimals, top, older)
  while (builder.volume.largest(scale.quantityDecimals, scale.lotSize) > COUNT_MAX)
    scale = largerLot(scale)
  const volume = builder.volume.toCounts(scale.quantityDecimals, scale.lotSize)
  return { columns: { openAt: at, open, high, low, close, volume }, scale }
}

/** The scale of what is stored stays unless a price needs more decimals. */
function scaleFor(priceDecimals: number, highest: number, older: SeriesHeader | null): Scale {
  if (older && older.quantityDecimals !== null && older.lotSize !== null) {
    const { quantityDecimals, lotSize } = older
    return {
      priceDecimals,
      quantityDecimals: Math.min(quantityDecimals, 8 - priceDecimals),
      lotSize,
    }
  }
  return chooseScale(priceDecimals, highest)
}

/**
 * Writes a series, behind the older one where there is one.
 * @throws ImportError when its rows do not come after those that are stored
 */
export function storeSeries(
  folder: HistoryFolder,
  key: SeriesKey,
  series: SeriesData,
  { older, source }: { readonly older: StoredSeries | null; readonly source: SeriesSource },
): SeriesHeader {
  const joined = older ? join(older, series, source.file) : series
  const isCandles = key.kind === 'candles'
  const header: SeriesHeader = {
    kind: key.kind,
    venue: key.venue,
    symbol: key.symbol.symbol,
    timeframe: key.timeframe,
    rows: joined.at.length,
    firstAt: joined.at[0] ?? 0,
    lastAt: joined.at.at(-1) ?? 0,
    priceDecimals: joined.scale?.priceDecimals ?? null,
    quantityDecimals: isCandles ? (joined.scale?.quantityDecimals ?? null) : null,
    lotSize: isCandles ? (joined.scale?.lotSize ?? null) : null,
    sources: [...(older?.header.sources ?? []), source],
  }
  const columns = Object.entries(joined.columns).map(([name, values]) => [
    name,
    shareColumn(values),
  ])
  writeSeries(folder.pathOf(key), header, Object.fromEntries(columns))
  return header
}

/** What is stored followed by what was read; only later rows can be added. */
function join(older: StoredSeries, series: SeriesData, file: string): SeriesData {
  const firstAt = series.at[0] ?? 0
  const { lastAt, rows, timeframe } = older.header
  if (firstAt - lastAt < (timeframe === null ? 1 : parseTimeframe(timeframe).ms)) {
    throw new ImportError(
      'refused',
      `${file} begins at ${formatTimeShort(firstAt)}, but ${rows} rows until ${formatTimeShort(lastAt)} are stored already: import a file that begins later, or write over them with --replace`,
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
  const factor = 10 ** (decimals - scale.quantityDecimals)
  const lotSize = header.lotSize ?? scale.lotSize
  return Float64Array.from(values, (value) =>
    mulDiv(value, lotSize, scale.lotSize * factor, 'floor'),
  )
}

function concat(a: Column, b: Column): Float64Array {
  const result = new Float64Array(a.length + b.length)
  result.set(a)
  result.set(b, a.length)
  return result
}
