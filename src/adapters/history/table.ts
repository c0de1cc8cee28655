/** Tables of market data as people have them: which column is which, and which time a cell names. */
import { readIsoTime } from '../../domain/timeframe.ts'
import { readDecimal } from './decimal-column.ts'
import { JsonElements } from './json-elements.ts'
import { ImportError, LineSplitter } from './source-file.ts'

/** Where a row stands in its file, for messages: `line 12`, `row 12`. */
export type Where = string
export type Cells = readonly (string | undefined)[]
export type OnRow = (cells: Cells, where: Where) => void

/** A column that is wanted, and the names it goes by in files. */
export interface WantedColumn {
  readonly name: string
  readonly aliases: readonly string[]
}

const TIME: WantedColumn = {
  name: 'time',
  aliases: [
    'timestamp_ms',
    'timestamp',
    'time',
    'date',
    'datetime',
    'open_time',
    'opentime',
    'fundingtime',
    'funding_time',
    'ts',
    't',
  ],
}

export const CANDLE_COLUMNS: readonly WantedColumn[] = [
  TIME,
  { name: 'open', aliases: ['open', 'o'] },
  { name: 'high', aliases: ['high', 'h'] },
  { name: 'low', aliases: ['low', 'l'] },
  { name: 'close', aliases: ['close', 'c'] },
  { name: 'volume', aliases: ['volume', 'vol', 'v', 'base_volume', 'volume_base'] },
]
export const MARK_COLUMNS: readonly WantedColumn[] = [
  TIME,
  { name: 'open', aliases: ['open', 'o', 'mark', 'mark_price', 'markprice', 'price'] },
]
export const FUNDING_COLUMNS: readonly WantedColumn[] = [
  TIME,
  {
    name: 'rate',
    aliases: ['rate', 'funding_rate', 'fundingrate', 'last_funding_rate', 'lastfundingrate'],
  },
]

/** Splits the lines of a CSV file into the wanted cells, in the wanted order; without a header line they stand in that order. */
export class CsvTable {
  readonly #file: string
  readonly #wanted: readonly WantedColumn[]
  readonly #onRow: OnRow
  #separator = ','
  #indexes: readonly number[] | null = null

  constructor(file: string, wanted: readonly WantedColumn[], onRow: OnRow) {
    this.#file = file
    this.#wanted = wanted
    this.#onRow = onRow
  }

  line(text: string, number: number): void {
    if (text.trim() === '' || text.startsWith('#')) return
    if (this.#indexes === null) {
      const isHeader = this.#readHeader(text.replace(/^\uFEFF/, ''))
      if (isHeader) return
    }
    const cells = text.replace(/^\uFEFF/, '').split(this.#separator)
    this.#onRow(
      (this.#indexes ?? []).map((index) => unquote(cells[index])),
      `line ${number}`,
    )
  }

  /** Returns whether the line names columns; a line that begins with a time holds data. */
  #readHeader(line: string): boolean {
    this.#separator = [',', ';', '\t'].find((candidate) => line.includes(candidate)) ?? ','
    const cells = line.split(this.#separator).map((cell) => unquote(cell) ?? '')
    if (readTime(cells[0]) !== null) {
      this.#indexes = this.#wanted.map((_, index) => index)
      return false
    }
    const names = cells.map((cell) => cell.toLowerCase().replaceAll(' ', '_'))
    this.#indexes = this.#wanted.map((column) => {
      const alias = column.aliases.find((name) => names.includes(name))
      if (alias !== undefined) return this.#indexOf(names, alias)
      throw new ImportError(
        'faulty',
        `${this.#file} has no column "${column.name}" (found ${shownNames(names)}): name it ${column.aliases.slice(0, 3).join(', ')} or the like in the first line`,
      )
    })
    return true
  }

  /** @throws ImportError when two columns have the name: which one is meant nobody knows */
  #indexOf(names: readonly string[], alias: string): number {
    const index = names.indexOf(alias)
    if (names.indexOf(alias, index + 1) < 0) return index
    throw new ImportError(
      'faulty',
      `${this.#file} names the column "${alias}" twice in its first line: leave one out`,
    )
  }
}

/** What the first line of a file that is no table at all looks like must not reach a terminal. */
const shownNames = (names: readonly string[]): string => {
  const text = names.join(', ').replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]|\uFFFD/gu, '?')
  return text.length > NAMES_MAX ? `${text.slice(0, NAMES_MAX)}…` : text
}

const NAMES_MAX = 200

/** Trims a cell, and takes away the quotes around it. */
function unquote(cell: string | undefined): string | undefined {
  if (cell === undefined) return undefined
  const text = cell.trim()
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).trim() : text
}

/** Takes the parts of a text, one after the other, and hands on its rows. */
export interface TextTable {
  push(text: string): void
  /** @throws ImportError when the text ends too early */
  end(): void
}

/** The table of a file, CSV or JSON as its first character says. */
export function tableFor(file: string, wanted: readonly WantedColumn[], onRow: OnRow): TextTable {
  let table: TextTable | null = null
  return {
    push(text) {
      if (table === null && /^\uFEFF?\s*$/.test(text)) return
      if (table === null) {
        const isJson = /^\uFEFF?\s*[[{]/.test(text)
        table = isJson ? jsonTable(file, wanted, onRow) : csvLines(file, wanted, onRow)
      }
      table.push(text)
    },
    end: () => table?.end(),
  }
}

function csvLines(file: string, wanted: readonly WantedColumn[], onRow: OnRow): TextTable {
  const table = new CsvTable(file, wanted, onRow)
  return new LineSplitter((line, number) => table.line(line, number))
}

/**
 * Rows of a JSON array: of arrays in the wanted order (ccxt's fetchOHLCV, Freqtrade's files), or of objects whose keys
 * are the aliases (ccxt's fetchFundingRateHistory). No more than a row is held, however large the file.
 */
export function jsonTable(file: string, wanted: readonly WantedColumn[], onRow: OnRow): TextTable {
  const fault = () =>
    new ImportError(
      'faulty',
      `${file} is no JSON array of rows: it must look like [[time, …], …] or [{"timestamp": …}, …]`,
    )
  let count = 0
  const elements = new JsonElements((text) => {
    const row = parsedRow(text)
    if (row === null) throw fault()
    count += 1
    onRow(
      Array.isArray(row) ? row.slice(0, wanted.length).map(cellOf) : pick(row, wanted),
      `row ${count}`,
    )
  })
  return {
    push(text) {
      if (!elements.push(text)) throw fault()
    },
    end() {
      if (!elements.isComplete) throw fault()
    },
  }
}

function parsedRow(text: string): object | null {
  try {
    const row: unknown = JSON.parse(text)
    return typeof row === 'object' ? row : null
  } catch {
    return null
  }
}

function pick(row: object, wanted: readonly WantedColumn[]): Cells {
  const entries = new Map(Object.entries(row).map(([key, value]) => [key.toLowerCase(), value]))
  return wanted.map(({ aliases }) => {
    const alias = aliases.find((name) => entries.has(name))
    return alias === undefined ? undefined : cellOf(entries.get(alias))
  })
}

function cellOf(value: unknown): string | undefined {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : undefined
}

const SECONDS_BELOW = 1e11
const MILLISECONDS_BELOW = 1e14
const MICROSECONDS_BELOW = 1e17

/** Reads a time: ms, seconds or µs since 1970 (told apart by their size), or ISO 8601; null when it is none of these. */
export function readTime(cell: string | undefined): number | null {
  if (cell === undefined || cell === '') return null
  const decimal = readDecimal(cell)
  if (decimal === null) return readIsoTime(cell)
  const value = decimal.mantissa / 10 ** decimal.decimals
  if (value < 1e8) return null
  if (value < SECONDS_BELOW) return Math.round(value * 1_000)
  if (value < MILLISECONDS_BELOW) return Math.round(value)
  return value < MICROSECONDS_BELOW ? Math.round(value / 1_000) : null
}
