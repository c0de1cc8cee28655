/** Versions of configuration files in database/fleet.db: a table of its own beside those of the registry. */
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, statSync } from 'node:fs'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import type {
  ConfigOrigin,
  ConfigStore,
  ConfigVersion,
  ConfigVersionInfo,
  NewConfigVersion,
} from '../../ports/config-store.ts'
import { databaseFault, isReadOnly, openToRead } from './database-fault.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS config_version (
    instance TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, author TEXT NOT NULL, origin TEXT NOT NULL,
    hash TEXT NOT NULL, file TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (instance, version)
  ) STRICT, WITHOUT ROWID;
`
const INFO = 'instance, version, at, author, origin, hash, file'
const NEWEST = 'ORDER BY version DESC LIMIT 1'

type Row = Record<string, SQLOutputValue>

const infoOf = (row: Row): ConfigVersionInfo => ({
  instance: String(row['instance']),
  version: Number(row['version']),
  at: Number(row['at']),
  author: String(row['author']),
  origin: String(row['origin']) as ConfigOrigin,
  hash: String(row['hash']),
  file: String(row['file']),
})

const versionOf = (row: Row | undefined): ConfigVersion | null =>
  row === undefined ? null : { ...infoOf(row), content: String(row['content']) }

export class SqliteConfigStore implements ConfigStore {
  readonly #path: string
  readonly #database: DatabaseSync

  /** @throws Error naming the file when it is damaged or cannot be made; so does every change that cannot be written */
  constructor(path: string) {
    this.#path = path
    try {
      this.#database = openToWrite(path)
    } catch (error) {
      if (!isReadOnly(error) || !existsSync(path)) throw this.#fault(error)
      // What was accepted can be looked at where nothing can be written.
      this.#database = openToRead(path)
    }
  }

  #fault(error: unknown): unknown {
    return databaseFault(this.#path, error, 'put a copy of it back, the versions stand in it')
  }

  add(version: NewConfigVersion): number {
    return this.#transaction(() => this.#add(version))
  }

  addAll(versions: readonly NewConfigVersion[]): void {
    if (versions.length === 0) return
    this.#transaction(() => {
      for (const version of versions) this.#add(version)
    })
  }

  #transaction<T>(run: () => T): T {
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      const result = run()
      this.#database.exec('COMMIT')
      return result
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw this.#fault(error)
    }
  }

  #add({ instance, at, author, origin, file, content }: NewConfigVersion): number {
    const hash = createHash('sha256').update(content).digest('hex')
    const newest = this.#database
      .prepare(`SELECT version, hash FROM config_version WHERE instance = ? ${NEWEST}`)
      .get(instance)
    const version = Number(newest?.['version'] ?? 0)
    if (newest?.['hash'] === hash) return version
    this.#database
      .prepare('INSERT INTO config_version VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(instance, version + 1, at, author, origin, hash, file, content)
    return version + 1
  }

  removeNewest(instance: string, version: number): void {
    const sql = `DELETE FROM config_version WHERE instance = ?1 AND version = ?2
      AND version = (SELECT max(version) FROM config_version WHERE instance = ?1)`
    this.#database.prepare(sql).run(instance, version)
  }

  newest(instance: string): ConfigVersion | null {
    const sql = `SELECT * FROM config_version WHERE instance = ? ${NEWEST}`
    return versionOf(this.#database.prepare(sql).get(instance))
  }

  version(instance: string, version: number): ConfigVersion | null {
    const sql = 'SELECT * FROM config_version WHERE instance = ? AND version = ?'
    return versionOf(this.#database.prepare(sql).get(instance, version))
  }

  history(instance: string): readonly ConfigVersionInfo[] {
    const sql = `SELECT ${INFO} FROM config_version WHERE instance = ? ORDER BY version`
    return this.#database.prepare(sql).all(instance).map(infoOf)
  }

  newestHashes(): ReadonlyMap<string, string> {
    const sql = `SELECT instance, hash FROM config_version AS one
      WHERE version = (SELECT max(version) FROM config_version WHERE instance = one.instance)`
    const rows = this.#database.prepare(sql).all()
    return new Map(rows.map((row) => [String(row['instance']), String(row['hash'])]))
  }

  close(): void {
    this.#database.close()
  }
}

function openToWrite(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5000 })
  try {
    // Contents may hold secrets: nobody else reads this file, nor what SQLite lays beside it.
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    database.exec(SCHEMA)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
