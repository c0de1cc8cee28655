/**
 * A stored series: a file of raw columns, one after the other, and a small JSON header beside it. The header is
 * written last and carries the hash of the columns, so a half-written series is noticed.
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { Column } from '../../domain/history.ts'
import { HistoryError, type SeriesHeader } from '../../ports/history.ts'

export const FORMAT_VERSION = 1

interface ColumnLayout {
  readonly name: string
  readonly type: 'float64' | 'int32'
}

/** The header as it stands in the file. */
export interface StoredHeader extends SeriesHeader {
  readonly formatVersion: number
  readonly columns: readonly ColumnLayout[]
  readonly columnsSha256: string
}

export type Columns = Readonly<Record<string, Column>>

/** Writes columns, then header; each replaces the older file in one step. */
export function writeSeries(path: string, header: SeriesHeader, columns: Columns): StoredHeader {
  mkdirSync(dirname(path), { recursive: true })
  const names = Object.keys(columns)
  const buffers = names.map((name) => bytesOf(columns[name] ?? new Float64Array()))
  const hash = createHash('sha256')
  for (const buffer of buffers) hash.update(buffer)
  const stored: StoredHeader = {
    formatVersion: FORMAT_VERSION,
    ...header,
    columns: names.map((name) => ({
      name,
      type: columns[name] instanceof Int32Array ? 'int32' : 'float64',
    })),
    columnsSha256: hash.digest('hex'),
  }
  replaceFile(path, buffers)
  replaceFile(`${path}.json`, [Buffer.from(`${JSON.stringify(stored, null, 2)}\n`)])
  return stored
}

function replaceFile(path: string, parts: readonly Uint8Array[]): void {
  const temporary = `${path}.part`
  const file = openSync(temporary, 'w', 0o644)
  try {
    for (const part of parts) {
      let written = 0
      while (written < part.byteLength) written += writeSync(file, part, written)
    }
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
}

// Typed arrays are little-endian on every platform that the pinned Node binaries exist for.
const bytesOf = (column: Column): Uint8Array =>
  new Uint8Array(column.buffer, column.byteOffset, column.byteLength)

/** Reads a header. @throws HistoryError when it cannot be read or does not hold what a header holds */
export function readHeader(path: string): StoredHeader {
  const file = `${path}.json`
  let header: Partial<StoredHeader>
  try {
    header = JSON.parse(readFileSync(file, 'utf8')) ?? {}
  } catch (cause) {
    throw new HistoryError(
      'damaged',
      `${file} cannot be read: import the set again with --replace`,
      { cause },
    )
  }
  if (header.formatVersion !== FORMAT_VERSION) {
    throw new HistoryError(
      'damaged',
      `${file} has format version ${String(header.formatVersion)}, this program reads ${FORMAT_VERSION}: import the set again with --replace`,
    )
  }
  if (isWhole(header)) return header
  throw new HistoryError('damaged', `${file} is damaged: import the set again with --replace`)
}

const DECIMALS_MAX = 8
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
const isDecimals = (value: unknown): boolean =>
  value === null || (isCount(value) && Number(value) <= DECIMALS_MAX)

function isWhole(header: Partial<StoredHeader>): header is StoredHeader {
  const { kind, venue, symbol, timeframe, priceDecimals, quantityDecimals, lotSize } = header
  const { rows, firstAt, lastAt, sources, columns } = header
  return (
    ['candles', 'mark', 'funding'].includes(String(kind)) &&
    typeof venue === 'string' &&
    typeof symbol === 'string' &&
    (kind === 'funding' ? timeframe === null : typeof timeframe === 'string') &&
    [rows, firstAt, lastAt].every(isCount) &&
    [priceDecimals, quantityDecimals].every(isDecimals) &&
    Number(priceDecimals) + Number(quantityDecimals) <= DECIMALS_MAX &&
    (lotSize === null || (isCount(lotSize) && lotSize !== 0)) &&
    Array.isArray(sources) &&
    Array.isArray(columns)
  )
}

/**
 * Reads the columns that the header describes, each straight into memory that threads can share.
 * @throws HistoryError when they do not fit the header
 */
export function readColumns(path: string, header: StoredHeader): Columns {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (cause) {
    throw new HistoryError(
      'damaged',
      `${path} cannot be read: import the set again with --replace`,
      { cause },
    )
  }
  try {
    const columns = readShared(file, header)
    if (columns !== null) return columns
  } finally {
    closeSync(file)
  }
  throw new HistoryError(
    'damaged',
    `${path} does not fit its header: import the set again with --replace`,
  )
}

/** null when size or hash are not those of the header. */
function readShared(file: number, header: StoredHeader): Columns | null {
  const width = header.columns.reduce((sum, { type }) => sum + widthOf(type), 0)
  if (fstatSync(file).size !== width * header.rows) return null
  const hash = createHash('sha256')
  const columns: Record<string, Column> = {}
  for (const { name, type } of header.columns) {
    const memory = new SharedArrayBuffer(header.rows * widthOf(type))
    const bytes = new Uint8Array(memory)
    // A part at a time: the hash takes its copy of what it is given.
    for (let filled = 0; filled < bytes.byteLength; ) {
      const part = bytes.subarray(filled, filled + PART_BYTES)
      const count = readSync(file, part)
      if (count === 0) return null
      hash.update(part.subarray(0, count))
      filled += count
    }
    columns[name] = type === 'int32' ? new Int32Array(memory) : new Float64Array(memory)
  }
  return hash.digest('hex') === header.columnsSha256 ? columns : null
}

const PART_BYTES = 1 << 20
const widthOf = (type: ColumnLayout['type']): number => (type === 'int32' ? 4 : 8)
