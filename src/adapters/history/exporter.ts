/** `perpfleet data export`: a stored series as the lines of a CSV file that `data import` reads back alike. */
import type { Column, Window } from '../../domain/history.ts'
import { formatDecimal } from '../../domain/money.ts'
import type { SeriesHeader } from '../../ports/history.ts'
import type { Columns } from './columnar-file.ts'

export interface StoredSeries {
  readonly header: SeriesHeader
  readonly columns: Columns
}

/** A column of the file: its name, and what stands in a row. */
interface Cell {
  readonly name: string
  readonly values: Column
  readonly text: (value: number) => string
}

const RATE_DECIMALS = 8
/** Lines that are handed on together. */
const CHUNK_ROWS = 4096

/** Rows from the first (included) to the second index of a window; times are market time in ms. */
export function rowsWithin({ columns }: StoredSeries, { from, to }: Window): [number, number] {
  const at = timeOf(columns)
  return [firstAtOrAfter(at, from ?? Number.NEGATIVE_INFINITY), firstAtOrAfter(at, to ?? Infinity)]
}

/** The first line names the columns; each text ends with a line end and holds some thousand lines. */
export function* csvTexts(series: StoredSeries, [first, end]: readonly [number, number]) {
  const cells = cellsOf(series)
  yield `${cells.map(({ name }) => name).join(',')}\n`
  for (let start = first; start < end; start += CHUNK_ROWS) {
    const lines: string[] = []
    for (let row = start; row < Math.min(end, start + CHUNK_ROWS); row += 1)
      lines.push(cells.map(({ values, text }) => text(values[row] ?? 0)).join(','))
    yield `${lines.join('\n')}\n`
  }
}

const timeOf = (columns: Columns): Column =>
  columns['openAt'] ?? columns['at'] ?? new Float64Array()

function cellsOf({ header, columns }: StoredSeries): readonly Cell[] {
  const { kind, priceDecimals, quantityDecimals, lotSize } = header
  const column = (name: string): Column => columns[name] ?? new Float64Array()
  const priced = (name: string): Cell => ({
    name,
    values: column(name),
    text: (value) => formatDecimal(value, priceDecimals ?? 0),
  })
  const time: Cell = { name: 'timestamp_ms', values: timeOf(columns), text: String }
  if (kind === 'mark') return [time, priced('mark')]
  const rate = (value: number) => formatDecimal(value, RATE_DECIMALS)
  if (kind === 'funding') return [time, { name: 'rate', values: column('rate'), text: rate }]
  const volume = (value: number) => formatDecimal(value * (lotSize ?? 1), quantityDecimals ?? 0)
  const prices = ['open', 'high', 'low', 'close'].map(priced)
  return [time, ...prices, { name: 'volume', values: column('volume'), text: volume }]
}

function firstAtOrAfter(at: Column, wanted: number): number {
  let low = 0
  let high = at.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((at[middle] ?? 0) < wanted) low = middle + 1
    else high = middle
  }
  return low
}
