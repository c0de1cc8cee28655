/** database/fleet.db on node:sqlite: few rows, every change on disk before it acts. */
import { chmodSync, statSync } from 'node:fs'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { isDesiredState } from '../../domain/instance-state.ts'
import type { FleetStore, Hold, InstanceRecord, ProcessRecord } from '../../ports/fleet-store.ts'

const SCHEMA_VERSION = 1

const SCHEMA = `
  CREATE TABLE instance (
    id TEXT PRIMARY KEY, desired TEXT NOT NULL, config_file TEXT NOT NULL, config_hash TEXT NOT NULL,
    web_port INTEGER, restarts INTEGER NOT NULL, started_at INTEGER, registered_at INTEGER NOT NULL, hold TEXT
  ) STRICT;
  CREATE TABLE process (
    name TEXT PRIMARY KEY, pid INTEGER, start_time TEXT NOT NULL, boot_id TEXT NOT NULL, token TEXT NOT NULL,
    launch_file TEXT NOT NULL, started_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  PRAGMA user_version = ${SCHEMA_VERSION};
`

type Row = Record<string, SQLOutputValue>

const text = (value: SQLOutputValue | undefined): string => (typeof value === 'string' ? value : '')
const whole = (value: SQLOutputValue | undefined): number => Number(value ?? 0)
const wholeOrNull = (value: SQLOutputValue | undefined): number | null =>
  value === null || value === undefined ? null : Number(value)

function instanceOf(row: Row): InstanceRecord {
  const desired = text(row['desired'])
  return {
    id: text(row['id']),
    desired: isDesiredState(desired) ? desired : 'stopped',
    configFile: text(row['config_file']),
    configHash: text(row['config_hash']),
    webPort: wholeOrNull(row['web_port']),
    restarts: whole(row['restarts']),
    startedAt: wholeOrNull(row['started_at']),
    registeredAt: whole(row['registered_at']),
    hold: row['hold'] === null ? null : (JSON.parse(text(row['hold'])) as Hold),
  }
}

const processOf = (row: Row): ProcessRecord => ({
  name: text(row['name']),
  pid: wholeOrNull(row['pid']),
  startTime: text(row['start_time']),
  bootId: text(row['boot_id']),
  token: text(row['token']),
  launchFile: text(row['launch_file']),
  startedAt: whole(row['started_at']),
})

export class SqliteFleetStore implements FleetStore {
  readonly #database: DatabaseSync

  /** @throws Error naming the file when it was written by a newer perpfleet, or is no database */
  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: 5000 })
    // Tokens and earlier versions of configuration files stand in it; the files beside it take the same mode.
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    this.#migrate(path)
  }

  #migrate(path: string): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const version = whole(this.#database.prepare('PRAGMA user_version').get()?.['user_version'])
      if (version > SCHEMA_VERSION) {
        throw new Error(
          `${path} was written by a newer perpfleet (schema ${version}, this one knows ${SCHEMA_VERSION}): update perpfleet`,
        )
      }
      if (version === 0) this.#database.exec(SCHEMA)
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  instances(): readonly InstanceRecord[] {
    return this.#database.prepare('SELECT * FROM instance ORDER BY id').all().map(instanceOf)
  }

  instance(id: string): InstanceRecord | null {
    const row = this.#database.prepare('SELECT * FROM instance WHERE id = ?').get(id)
    return row === undefined ? null : instanceOf(row)
  }

  saveInstance(record: InstanceRecord): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO instance VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        record.id,
        record.desired,
        record.configFile,
        record.configHash,
        record.webPort,
        record.restarts,
        record.startedAt,
        record.registeredAt,
        record.hold === null ? null : JSON.stringify(record.hold),
      )
  }

  removeInstance(id: string): void {
    this.#database.prepare('DELETE FROM instance WHERE id = ?').run(id)
  }

  processes(): readonly ProcessRecord[] {
    return this.#database.prepare('SELECT * FROM process ORDER BY name').all().map(processOf)
  }

  process(name: string): ProcessRecord | null {
    const row = this.#database.prepare('SELECT * FROM process WHERE name = ?').get(name)
    return row === undefined ? null : processOf(row)
  }

  saveProcess(record: ProcessRecord): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO process VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(
        record.name,
        record.pid,
        record.startTime,
        record.bootId,
        record.token,
        record.launchFile,
        record.startedAt,
      )
  }

  removeProcess(name: string): void {
    this.#database.prepare('DELETE FROM process WHERE name = ?').run(name)
  }

  setting(key: string): string | null {
    const row = this.#database.prepare('SELECT value FROM setting WHERE key = ?').get(key)
    return row === undefined ? null : text(row['value'])
  }

  saveSetting(key: string, value: string): void {
    this.#database.prepare('INSERT OR REPLACE INTO setting VALUES (?, ?)').run(key, value)
  }

  close(): void {
    this.#database.close()
  }
}
