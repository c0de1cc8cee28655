/**
 * A stored series: a file of raw columns, one after the other, and a small JSON header beside it. The header is
 * written last and carries the hash of the columns, so a half-written series is noticed.
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
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

const INT32_MAX = 2_147_483_647

/** The same values in 32 bits when they fit. */
export function compact(values: Float64Array): Column {
  for (const value of values) {
    if (value > INT32_MAX || value < -INT32_MAX) return values
  }
  return Int32Array.from(values)
}

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

/** Reads a header. @throws HistoryError when it cannot be read */
export function readHeader(path: string): StoredHeader {
  const file = `${path}.json`
  let header: StoredHeader
  try {
    header = JSON.parse(readFileSync(file, 'utf8')) as StoredHeader
  } catch (cause) {
    throw new HistoryError('damaged', `${file} cannot be read: import the set again`, { cause })
  }
  if (header.formatVersion !== FORMAT_VERSION) {
    throw new HistoryError(
      'damaged',
      `${file} has format version ${String(header.formatVersion)}, this program reads ${FORMAT_VERSION}: import the set again`,
    )
  }
  return header
}

/** Reads the columns that the header describes. @throws HistoryError when they do not fit the header */
export function readColumns(path: string, header: StoredHeader): Columns {
  const damaged = () =>
    new HistoryError('damaged', `${path} does not fit its header: import the set again`)
  let buffer: Buffer
  try {
    buffer = readFileSync(path)
  } catch (cause) {
    throw new HistoryError('damaged', `${path} cannot be read: import the set again`, { cause })
  }
  const width = header.columns.reduce((sum, { type }) => sum + (type === 'int32' ? 4 : 8), 0)
  if (buffer.byteLength !== width * header.rows) throw damaged()
  if (createHash('sha256').update(buffer).digest('hex') !== header.columnsSha256) throw damaged()
  const columns: Record<string, Column> = {}
  let offset = 0
  for (const { name, type } of header.columns) {
    const bytes = header.rows * (type === 'int32' ? 4 : 8)
    // A view needs an aligned offset; a slice of its own costs one copy of memory and nothing else.
    const own = new Uint8Array(bytes)
    own.set(buffer.subarray(offset, offset + bytes))
    columns[name] = type === 'int32' ? new Int32Array(own.buffer) : new Float64Array(own.buffer)
    offset += bytes
  }
  return columns
}
