/** Opportunities that have ended, one JSON object a line, in `database/opportunities.jsonl`; the file before it ends in `.1`. */
import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { OpportunityHistoryRow } from '../protocol/arbitrage-messages.ts'

/** At this size a new file is begun and the one before the last is given up. */
const SIZE_MAX_BYTES = 64 * 1024 * 1024

export class HistoryFile {
  readonly #path: string
  #lines: string[] = []
  #size: number

  constructor(path: string) {
    this.#path = path
    mkdirSync(dirname(path), { recursive: true })
    this.#size = existsSync(path) ? statSync(path).size : 0
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
