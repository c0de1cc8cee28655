/** Reads a text file, gzipped or not, line by line without holding it, and hashes its bytes on the way. */
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
 * Calls `onLine` with each line (numbered from 1, without its end) and `onProgress` with the share of bytes read.
 * @throws ImportError when the file is absent or its compression is damaged
 */
export async function readLines(
  path: string,
  onLine: (line: string, number: number) => void,
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
  const splitter = new LineSplitter(onLine)
  try {
    for await (const chunk of stream) {
      splitter.push(chunk as Buffer)
      onProgress(raw.bytesRead / Math.max(1, bytes))
    }
  } catch (cause) {
    raw.destroy()
    if (!isGzip || !isZlibError(cause)) throw cause
    throw new ImportError('faulty', `${path} is a damaged gzip file: fetch it again`, { cause })
  }
  splitter.end()
  return { bytes, sha256: hash.digest('hex') }
}

const isZlibError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')

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
    const head = Buffer.alloc(2)
    readSync(file, head, 0, 2, 0)
    return { bytes, isGzip: head[0] === 0x1f && head[1] === 0x8b }
  } finally {
    closeSync(file)
  }
}

class LineSplitter {
  readonly #onLine: (line: string, number: number) => void
  readonly #decoder = new TextDecoder('utf-8')
  #rest = ''
  #number = 0

  constructor(onLine: (line: string, number: number) => void) {
    this.#onLine = onLine
  }

  push(chunk: Buffer): void {
    const text = this.#rest + this.#decoder.decode(chunk, { stream: true })
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#line(text.slice(start, end))
      start = end + 1
    }
    this.#rest = text.slice(start)
  }

  end(): void {
    const last = this.#rest + this.#decoder.decode()
    if (last !== '') this.#line(last)
  }

  #line(text: string): void {
    this.#number += 1
    this.#onLine(text.endsWith('\r') ? text.slice(0, -1) : text, this.#number)
  }
}
