/** Jobs of the lab in database/fleet.db: a table of its own beside those of the registry. */
import { chmodSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Job, JobKind, JobStore } from '../../ports/job-store.ts'
import { databaseFault } from './database-fault.ts'

/** A job is kept as one text: it is read whole, and looked for by its columns. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS lab_job (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, is_open INTEGER NOT NULL, created_at INTEGER NOT NULL, content TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS lab_job_open ON lab_job (created_at) WHERE is_open = 1;
`

export class SqliteJobStore implements JobStore {
  readonly #database: DatabaseSync
  readonly #path: string

  /** @throws Error naming the file when it is damaged or cannot be made */
  constructor(path: string) {
    this.#path = path
    try {
      this.#database = new DatabaseSync(path)
      this.#database.exec('PRAGMA busy_timeout = 5000')
      if (path !== ':memory:') {
        chmodSync(path, 0o600)
        this.#database.exec('PRAGMA journal_mode = WAL')
      }
      this.#database.exec(SCHEMA)
    } catch (error) {
      throw this.#fault(error)
    }
  }

  #fault(error: unknown): unknown {
    return databaseFault(this.#path, error, 'put a copy of it back, the jobs stand in it')
  }

  save(job: Job): void {
    try {
      const isOpen = job.endedAt === null ? 1 : 0
      this.#database
        .prepare('INSERT OR REPLACE INTO lab_job VALUES (?, ?, ?, ?, ?)')
        .run(job.id, job.kind, isOpen, job.createdAt, JSON.stringify(job))
    } catch (error) {
      throw this.#fault(error)
    }
  }

  get(id: string): Job | null {
    return this.#jobs('WHERE id = ?', id)[0] ?? null
  }

  list(kind: JobKind | null, limit: number, before: string | null): readonly Job[] {
    const from = before === null ? null : this.get(before)
    return this.#jobs(
      `WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR (created_at, id) < (?2, ?3)) ORDER BY created_at DESC, id DESC LIMIT ?4`,
      kind,
      from?.createdAt ?? null,
      from?.id ?? '',
      limit,
    )
  }

  open(): readonly Job[] {
    return this.#jobs('WHERE is_open = 1 ORDER BY created_at, id')
  }

  remove(id: string): void {
    this.#database.prepare('DELETE FROM lab_job WHERE id = ?').run(id)
  }

  #jobs(where: string, ...values: readonly (string | number | null)[]): readonly Job[] {
    const rows = this.#database.prepare(`SELECT content FROM lab_job ${where}`).all(...values)
    return rows.map((row) => JSON.parse(String(row['content'])) as Job)
  }

  close(): void {
    this.#database.close()
  }
}
