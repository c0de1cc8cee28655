/** database/fleet.db on node:sqlite: few rows, every change on disk before it acts. */
import { chmodSync, statSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite'
import { isDesiredState } from '../../domain/instance-state.ts'
import type { FleetStore, Hold, InstanceRecord, ProcessRecord } from '../../ports/fleet-store.ts'
import { DatabaseFault, databaseFault, openToRead } from './database-fault.ts'

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

const MEND_REGISTRY =
  'put a copy of it back; without one end what runs (kill --direct needs no database), then move it away with its -wal and -shm, and perpfleet up registers config/active/ anew'

type Row = Record<string, SQLOutputValue>

const text = (value: SQLOutputValue | undefined): string => (typeof value === 'string' ? value : '')
const whole = (value: SQLOutputValue | undefined): number => Number(value ?? 0)
const wholeOrNull = (value: SQLOutputValue | undefined): number | null =>
  value === null || value === undefined ? null : Number(value)

export function instanceOf(row: Row): InstanceRecord {
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

export const processOf = (row: Row): ProcessRecord => ({
  name: text(row['name']),
  pid: wholeOrNull(row['pid']),
  startTime: text(row['start_time']),
  bootId: text(row['boot_id']),
  token: text(row['token']),
  launchFile: text(row['launch_file']),
  startedAt: whole(row['started_at']),
})

export class SqliteFleetStore implements FleetStore {
  readonly #path: string
  readonly #database: DatabaseSync

  /**
   * @param access `read` changes nothing, and works where nothing can be written
   * @throws Error naming the file when it was written by a newer perpfleet, is damaged, or cannot be written
   */
  constructor(path: string, access: 'write' | 'read' = 'write') {
    this.#path = path
    try {
      this.#database = access === 'write' ? openToWrite(path) : openAsItIs(path)
    } catch (error) {
      throw databaseFault(path, error, MEND_REGISTRY)
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
    this.#write(
      'INSERT OR REPLACE INTO instance VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
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
    this.#write('DELETE FROM instance WHERE id = ?', id)
  }

  processes(): readonly ProcessRecord[] {
    return this.#database.prepare('SELECT * FROM process ORDER BY name').all().map(processOf)
  }

  process(name: string): ProcessRecord | null {
    const row = this.#database.prepare('SELECT * FROM process WHERE name = ?').get(name)
    return row === undefined ? null : processOf(row)
  }

  saveProcess(record: ProcessRecord): void {
    this.#write(
      'INSERT OR REPLACE INTO process VALUES (?, ?, ?, ?, ?, ?, ?)',
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
    this.#write('DELETE FROM process WHERE name = ?', name)
  }

  setting(key: string): string | null {
    const row = this.#database.prepare('SELECT value FROM setting WHERE key = ?').get(key)
    return row === undefined ? null : text(row['value'])
  }

  saveSetting(key: string, value: string): void {
    this.#write('INSERT OR REPLACE INTO setting VALUES (?, ?)', key, value)
  }

  /** @throws DatabaseFault when it cannot be written */
  #write(sql: string, ...values: SQLInputValue[]): void {
    try {
      this.#database.prepare(sql).run(...values)
    } catch (error) {
      throw databaseFault(this.#path, error, MEND_REGISTRY)
    }
  }

  close(): void {
    this.#database.close()
  }
}

/** A file in which configuration alone was written so far has no fleet yet: it is read as an empty one. */
function openAsItIs(path: string): DatabaseSync {
  const database = openToRead(path)
  try {
    if (assertKnown(database, path) > 0) return database
  } catch (error) {
    database.close()
    throw error
  }
  database.close()
  const empty = new DatabaseSync(':memory:')
  empty.exec(SCHEMA)
  return empty
}

function openToWrite(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5000 })
  try {
    // Tokens and earlier versions of configuration files stand in it; the files beside it take the same mode.
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    migrate(database, path)
    checkPages(database, path)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** @returns the version of the schema */
function assertKnown(database: DatabaseSync, path: string): number {
  const version = whole(database.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version <= SCHEMA_VERSION) return version
  throw new Error(
    `${path} was written by a newer perpfleet (schema ${version}, this one knows ${SCHEMA_VERSION}): update perpfleet`,
  )
}

function migrate(database: DatabaseSync, path: string): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    if (assertKnown(database, path) === 0) database.exec(SCHEMA)
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

/** A file that was cut opens without a word and fails at whatever row stands in the part that is gone. */
function checkPages(database: DatabaseSync, path: string): void {
  const found = String(database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'])
  if (found === 'ok') return
  const what = found.replace('*** in database main ***', '').trim().replaceAll(/\s+/g, ' ')
  throw new DatabaseFault(`${path} is damaged (${what}): ${MEND_REGISTRY}`)
}
