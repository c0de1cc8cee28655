/**
 * Follows the write-ahead log of an SQLite database that another process writes (format: sqlite.org/fileformat2.html,
 * section 4): tells of each transaction whose commit frame has been written, which is before its fsync has ended.
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs'

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
/** Offset and length of the two salts, in the file's header and in that of a frame. */
const HEADER_SALT_AT = 16
const FRAME_SALT_AT = 8
const SALT_BYTES = 8
const PAGE_SIZE_AT = 8
const FRAME_COMMIT_AT = 4

export class WalTail {
  readonly #path: string
  #file: number | null = null
  #pageBytes = 4096
  readonly #salt = Buffer.alloc(SALT_BYTES)
  #offset = HEADER_BYTES
  #pages: Buffer[] = []
  readonly #header = Buffer.alloc(HEADER_BYTES)
  readonly #frame = Buffer.alloc(FRAME_HEADER_BYTES)

  /** @param path of the log, `….db-wal`; it need not exist yet */
  constructor(path: string) {
    this.#path = path
  }

  /** The pages of the transactions that were committed since the last call; empty when there is none. */
  take(): readonly Buffer[] {
    if (!this.#readHeader()) return []
    const committed: Buffer[] = []
    while (this.#readFrame()) {
      const page = Buffer.alloc(this.#pageBytes)
      const at = this.#offset + FRAME_HEADER_BYTES
      if (readSync(this.#file as number, page, 0, this.#pageBytes, at) < this.#pageBytes) break
      this.#offset = at + this.#pageBytes
      this.#pages.push(page)
      if (this.#frame.readUInt32BE(FRAME_COMMIT_AT) !== 0) committed.push(...this.#pages.splice(0))
    }
    return committed
  }

  /** A log that began anew (after a checkpoint) has new salts and is read from its beginning. */
  #readHeader(): boolean {
    if (this.#file === null) {
      if (!existsSync(this.#path)) return false
      this.#file = openSync(this.#path, 'r')
    }
    if (readSync(this.#file, this.#header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return false
    const salt = this.#header.subarray(HEADER_SALT_AT, HEADER_SALT_AT + SALT_BYTES)
    if (salt.equals(this.#salt)) return true
    salt.copy(this.#salt)
    this.#pageBytes = this.#header.readUInt32BE(PAGE_SIZE_AT)
    this.#offset = HEADER_BYTES
    this.#pages = []
    return true
  }

  #readFrame(): boolean {
    const file = this.#file as number
    const read = readSync(file, this.#frame, 0, FRAME_HEADER_BYTES, this.#offset)
    if (read < FRAME_HEADER_BYTES) return false
    return this.#frame.subarray(FRAME_SALT_AT, FRAME_SALT_AT + SALT_BYTES).equals(this.#salt)
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file)
    this.#file = null
  }
}

const COUNTER_LENGTH = 7

/** The highest counter among the client ids of an epoch (see desk/client-ids.ts) in some pages, -1 without any. */
export function lastCounter(pages: readonly Buffer[], prefix: string): number {
  let last = -1
  for (const page of pages) {
    let at = page.indexOf(prefix, 0, 'latin1')
    while (at !== -1) {
      const from = at + prefix.length
      const counter = Number.parseInt(page.toString('latin1', from, from + COUNTER_LENGTH), 36)
      if (counter > last) last = counter
      at = page.indexOf(prefix, from, 'latin1')
    }
  }
  return last
}
