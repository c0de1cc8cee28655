/** Reads a text file, gzipped or not, in parts without holding it, and hashes its bytes on the way. */
import { createHash } from 'node:crypto'
import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

export interface SourceFile {
  readonly bytes: number
  readonly sha256: string
}

/** Why a file could not be imported; the message is one sentence for people. */
export class ImportError extends Error {
  override readonly name = 'ImportError'
  /** `absent`: no such file; `refused`: it would overwrite something; `faulty`: its content cannot be taken. */
  readonly kind: 'absent' | 'refused' | 'faulty'
  constructor(kind: 'absent' | 'refused' | 'faulty', text: string, options?: ErrorOptions) {
    super(text, options)
    this.kind = kind
  }
}

/**
 * Calls `onText` with each part of the text and `onProgress` with the share of bytes read.
 * @throws ImportError when the file is absent or its compression is damaged
 */
export async function readTexts(
  path: string,
  onText: (text: string) => void,
  onProgress: (share: number) => void,
): Promise<SourceFile> {
  const { bytes, isGzip } = inspect(path)
  const raw = createReadStream(path, { highWaterMark: 1 << 18 })
  const hash = createHash('sha256')
  raw.on('data', (chunk) => hash.update(chunk))
  let stream: Readable = raw
  if (isGzip) {
    const gunzip = createGunzip()
    raw.on('error', (error) => gunzip.destroy(error))
    stream = raw.pipe(gunzip)
  }
  const decoder = new TextDecoder('utf-8')
  try {
    for await (const chunk of stream) {
      onText(decoder.decode(chunk as Buffer, { stream: true }))
      onProgress(raw.bytesRead / Math.max(1, bytes))
    }
  } catch (cause) {
    raw.destroy()
    if (!isGzip || !isZlibError(cause)) throw cause
    throw new ImportError('faulty', `${path} is a damaged gzip file: fetch it again`, { cause })
  }
  onText(decoder.decode())
  return { bytes, sha256: hash.digest('hex') }
}

const isZlibError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')

/** What begins a file of tables that is no text. */
const BINARY_FORMS = [
  ['ARROW1', 'feather'],
  ['PAR1', 'parquet'],
] as const

function inspect(path: string): { bytes: number; isGzip: boolean } {
  let bytes: number
  try {
    const status = statSync(path)
    if (!status.isFile())
      throw new ImportError('faulty', `${path} is no file: name the file to import`)
    bytes = status.size
  } catch (cause) {
    if (cause instanceof ImportError) throw cause
    throw new ImportError('absent', `there is no file ${path}: check the path`, { cause })
  }
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(6)
    readSync(file, head, 0, 6, 0)
    const packed = BINARY_FORMS.find(([magic]) => head.toString('latin1').startsWith(magic))
    if (packed !== undefined) {
      throw new ImportError(
        'faulty',
        `${path} is a ${packed[1]} file, which is not read here: write it anew as JSON or CSV (Freqtrade: freqtrade convert-data --format-from ${packed[1]} --format-to jsongz)`,
      )
    }
    return { bytes, isGzip: head[0] === 0x1f && head[1] === 0x8b }
  } finally {
    closeSync(file)
  }
}

/** Cuts texts into lines, numbered from 1, without their ends. */
export class LineSplitter {
  readonly #onLine: (line: string, number: number) => void
  #rest = ''
  #number = 0

  constructor(onLine: (line: string, number: number) => void) {
    this.#onLine = onLine
  }

  push(part: string): void {
    const text = this.#rest + part
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#line(text.slice(start, end))
      start = end + 1
    }
    this.#rest = text.slice(start)
  }

  end(): void {
    if (this.#rest !== '') this.#line(this.#rest)
  }

  #line(text: string): void {
    this.#number += 1
    this.#onLine(text.endsWith('\r') ? text.slice(0, -1) : text, this.#number)
  }
}
