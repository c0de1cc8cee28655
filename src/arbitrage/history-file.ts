/**
 * Opportunities that have ended, one JSON object a line, in `database/opportunities.jsonl`; the file before it ends in `.1`.
 * Those that are there still stand in `database/opportunities.open.json`, for a scanner that is killed.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { OpportunityHistoryRow } from '../protocol/arbitrage-messages.ts'

/** At this size a new file is begun and the one before the last is given up. */
const SIZE_MAX_BYTES = 64 * 1024 * 1024
/** More than a thousand lines. */
const TAIL_BYTES = 1024 * 1024
/** So late at most the end of an opportunity is told whose scanner was killed. */
const OPEN_EVERY_MS = 10_000
const KILLED = 'scanner_killed'

/** As of a moment, ISO 8601. */
interface OpenRows {
  readonly at: string
  readonly items: readonly OpportunityHistoryRow[]
}

export class HistoryFile {
  readonly #path: string
  readonly #openPath: string
  #lines: string[] = []
  #size: number
  #openKey = ''
  #openAt = Number.NEGATIVE_INFINITY

  constructor(path: string) {
    this.#path = path
    this.#openPath = path.replace(/\.jsonl$/, '.open.json')
    mkdirSync(dirname(path), { recursive: true })
    this.#size = existsSync(path) ? statSync(path).size : 0
  }

  /**
   * What was there when an earlier scanner was killed ends where it was seen last.
   * @param known ended already, when the scanner was killed in between
   * @throws Error when the disk takes nothing
   */
  recover(known: readonly OpportunityHistoryRow[]): void {
    const found = openIn(this.#openPath)
    if (found === null) return
    const ids = new Set(known.map(({ id }) => id))
    for (const row of found.items.filter(({ id }) => !ids.has(id)))
      this.add({ ...row, closed_at: found.at, reason: KILLED })
    this.flush()
    rmSync(this.#openPath, { force: true })
  }

  /** @param atMs wall time. @throws Error when the disk takes nothing */
  noteOpen(items: readonly OpportunityHistoryRow[], atMs: number): void {
    const key = items.map(({ id }) => id).join(' ')
    if (key === this.#openKey && (key === '' || atMs - this.#openAt < OPEN_EVERY_MS)) return
    if (items.length === 0) rmSync(this.#openPath, { force: true })
    else {
      const draft = `${this.#openPath}.new`
      const rows: OpenRows = { at: new Date(atMs).toISOString(), items }
      writeFileSync(draft, JSON.stringify(rows), { mode: 0o600 })
      renameSync(draft, this.#openPath)
    }
    this.#openKey = key
    this.#openAt = atMs
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

function openIn(path: string): OpenRows | null {
  try {
    const found = JSON.parse(readFileSync(path, 'utf8')) as Partial<OpenRows>
    return typeof found.at === 'string' && Array.isArray(found.items) ? (found as OpenRows) : null
  } catch {
    return null
  }
}

function rowIn(line: string): OpportunityHistoryRow | null {
  try {
    return line === '' ? null : (JSON.parse(line) as OpportunityHistoryRow)
  } catch {
    return null
  }
}
