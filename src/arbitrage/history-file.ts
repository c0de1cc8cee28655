/** Opportunities that have ended, one JSON object a line, in `database/opportunities.jsonl`; the file before it ends in `.1`. */
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { OpportunityHistoryRow } from '../protocol/arbitrage-messages.ts'

/** At this size a new file is begun and the one before the last is given up. */
const SIZE_MAX_BYTES = 64 * 1024 * 1024
/** More than a thousand lines. */
const TAIL_BYTES = 1024 * 1024

export class HistoryFile {
  readonly #path: string
  #lines: string[] = []
  #size: number

  constructor(path: string) {
    this.#path = path
    mkdirSync(dirname(path), { recursive: true })
    this.#size = existsSync(path) ? statSync(path).size : 0
  }

  /** The last rows that an earlier process has written, the newest first; a line that was cut off is left out. */
  last(most: number): readonly OpportunityHistoryRow[] {
    if (this.#size === 0) return []
    const buffer = Buffer.alloc(Math.min(TAIL_BYTES, this.#size))
    const file = openSync(this.#path, 'r')
    readSync(file, buffer, 0, buffer.length, this.#size - buffer.length)
    closeSync(file)
    const lines = buffer
      .toString('utf8')
      .split('\n')
      .slice(-most - 1)
      .reverse()
    return lines.flatMap((line) => rowIn(line) ?? [])
  }

  add(row: OpportunityHistoryRow): void {
    this.#lines.push(`${JSON.stringify(row)}\n`)
  }

  /** Writes what was added. @throws Error when the disk takes nothing; the lines are tried again */
  flush(): void {
    if (this.#lines.length === 0) return
    const text = this.#lines.join('')
    if (this.#size + text.length > SIZE_MAX_BYTES && existsSync(this.#path)) {
      renameSync(this.#path, `${this.#path}.1`)
      this.#size = 0
    }
    appendFileSync(this.#path, text, { mode: 0o600 })
    this.#size += text.length
    this.#lines = []
  }
}

function rowIn(line: string): OpportunityHistoryRow | null {
  try {
    return line === '' ? null : (JSON.parse(line) as OpportunityHistoryRow)
  } catch {
    return null
  }
}
