/** Whether what is stored is what the venue says: its last rows are asked for again before anything is put behind them. */
import type { Column } from '../../../domain/history.ts'
import { formatTimeShort } from '../../../domain/timeframe.ts'
import { DecimalColumn, readDecimal } from '../decimal-column.ts'
import { readRate } from '../series-builder.ts'
import type { StoredSeries } from '../store-series.ts'
import type { Row } from './ccxt-venue.ts'
import { DownloadError } from './download-error.ts'

/** So many of the last rows are compared. */
export const OVERLAP_ROWS = 10

/** @throws DownloadError naming the first row of the venue that is stored with other numbers */
export function refuseContradictions(
  stored: StoredSeries,
  rows: readonly Row[],
  { venue, kind }: { readonly venue: string; readonly kind: string },
): void {
  const { columns, header } = stored
  const at = columns['openAt'] ?? columns['at'] ?? new Float64Array()
  for (const row of rows) {
    const index = at.indexOf(Number(row[0]))
    const cells = index < 0 ? [] : cellsOf(stored, row)
    const other = cells.find(({ values, count }) => values[index] !== count)
    if (other === undefined) continue
    throw new DownloadError(
      'refused',
      `the stored ${kind} of ${formatTimeShort(Number(row[0]))} are not those of ${venue} (${other.name} ${other.text}; from ${header.sources.at(-1)?.file ?? 'elsewhere'}): download under another venue's name, remove the set, or write over it with --replace`,
    )
  }
}

interface Cell {
  readonly name: string
  readonly text: string
  readonly values: Column
  /** What would be stored for the text; null where it cannot be that. */
  readonly count: number | null
}

function cellsOf({ columns, header }: StoredSeries, row: Row): readonly Cell[] {
  const names =
    header.kind === 'funding'
      ? ['rate']
      : header.kind === 'mark'
        ? ['mark']
        : ['open', 'high', 'low', 'close', 'volume']
  return names.map((name, index) => {
    const text = row[index + 1] ?? ''
    const values = columns[name] ?? new Float64Array()
    return { name, text, values, count: countOf(name, text, header) }
  })
}

function countOf(name: string, text: string, header: StoredSeries['header']): number | null {
  if (name === 'rate') return readRate(text)
  const decimal = readDecimal(text)
  const isVolume = name === 'volume'
  const decimals = (isVolume ? header.quantityDecimals : header.priceDecimals) ?? 0
  // A volume is stored without the part of a lot; a price loses nothing.
  if (decimal === null || (!isVolume && decimal.decimals > decimals)) return null
  const column = new DecimalColumn()
  column.push(decimal)
  return column.toCounts(decimals, isVolume ? (header.lotSize ?? 1) : 1)[0] ?? null
}
