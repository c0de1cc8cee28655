/** The sandbox's own rows on SQLite, in a file beside the exchange's books. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Json } from '../../domain/strategy.ts'
import type { SandboxRow, SandboxRowQuery, SandboxStore } from '../../ports/sandbox-store.ts'
import { databaseFault } from './database-fault.ts'

const SCHEMA = `
CREATE TABLE IF NOT EXISTS notes (key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rows (
  kind TEXT NOT NULL, id INTEGER NOT NULL, account TEXT NOT NULL, instrument TEXT NOT NULL, link TEXT NOT NULL,
  is_open INTEGER NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rows_by_account ON rows (kind, account, is_open, id);
CREATE INDEX IF NOT EXISTS rows_by_link ON rows (kind, account, link, id);
`

type Stored = Record<string, string | number>

export class SqliteSandboxStore implements SandboxStore {
  readonly #db: DatabaseSync

  /** @throws DatabaseFault with one sentence */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true })
    try {
      this.#db = new DatabaseSync(path)
      this.#db.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000',
      )
      this.#db.exec(SCHEMA)
    } catch (error) {
      throw databaseFault(path, error, 'remove it, and the sandbox begins with empty histories')
    }
  }

  note(key: string): Json {
    const row = this.#db.prepare('SELECT body FROM notes WHERE key = ?').get(key)
    return row === undefined ? null : (JSON.parse(String((row as Stored).body)) as Json)
  }

  commit(rows: readonly SandboxRow[], notes: Readonly<Record<string, Json>>): void {
    const put = this.#db.prepare('INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    const putNote = this.#db.prepare('INSERT OR REPLACE INTO notes VALUES (?, ?)')
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      for (const { kind, id, account, instrument, link, isOpen, at, body } of rows) {
        put.run(kind, id, account, instrument, link, isOpen ? 1 : 0, at, JSON.stringify(body))
      }
      for (const [key, body] of Object.entries(notes)) putNote.run(key, JSON.stringify(body))
      this.#db.exec('COMMIT')
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    }
  }

  row(kind: SandboxRow['kind'], id: number): SandboxRow | null {
    const row = this.#db.prepare('SELECT * FROM rows WHERE kind = ? AND id = ?').get(kind, id)
    return row === undefined ? null : rowOf(row as Stored)
  }

  rows(query: SandboxRowQuery): readonly SandboxRow[] {
    const conditions = ['kind = ?', 'account = ?']
    const values: (string | number)[] = [query.kind, query.account]
    const add = (condition: string, value: string | number | undefined) => {
      if (value === undefined) return
      conditions.push(condition)
      values.push(value)
    }
    add('instrument = ?', query.instrument)
    add('link = ?', query.link)
    add('is_open = ?', query.isOpen === undefined ? undefined : Number(query.isOpen))
    add('id < ?', query.beforeId)
    add('id > ?', query.afterId)
    add('at >= ?', query.from)
    add('at <= ?', query.until)
    const sql = `SELECT * FROM rows WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT ?`
    return this.#db
      .prepare(sql)
      .all(...values, query.limit)
      .map((row) => rowOf(row as Stored))
  }

  lastId(): number {
    return Number((this.#db.prepare('SELECT MAX(id) AS id FROM rows').get() as Stored).id ?? 0)
  }

  close(): void {
    this.#db.close()
  }
}

const rowOf = (row: Stored): SandboxRow => ({
  kind: String(row.kind) as SandboxRow['kind'],
  id: Number(row.id),
  account: String(row.account),
  instrument: String(row.instrument),
  link: String(row.link),
  isOpen: row.is_open === 1,
  at: Number(row.at),
  body: JSON.parse(String(row.body)) as Json,
})
