/** Users and sessions in database/fleet.db: tables of their own beside those of the registry. */
import { chmodSync, existsSync, statSync } from 'node:fs'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import {
  type RefreshRecord,
  type Rotation,
  type SessionRecord,
  USED_TOKENS_KEPT,
  type UserRecord,
  type UserRole,
  type UserStore,
} from '../../ports/user-store.ts'
import { databaseFault } from './database-fault.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS user_account (
    username TEXT PRIMARY KEY, role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin', 'machine')),
    password_hash TEXT NOT NULL, created_at INTEGER NOT NULL, password_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS user_session (
    id TEXT PRIMARY KEY, username TEXT NOT NULL REFERENCES user_account ON DELETE CASCADE,
    created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS user_session_of ON user_session (username);
  CREATE TABLE IF NOT EXISTS refresh_token (
    hash TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES user_session ON DELETE CASCADE, used_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS refresh_token_of ON refresh_token (session_id);
`
/** A session that is refreshed again and again goes on for ever: of what it has used the newest are known, no more. */
const FORGET_USED = `
  DELETE FROM refresh_token WHERE session_id = :session AND used_at IS NOT NULL AND hash NOT IN (
    SELECT hash FROM refresh_token WHERE session_id = :session AND used_at IS NOT NULL
    ORDER BY used_at DESC LIMIT ${USED_TOKENS_KEPT}
  )
`
const MEND = 'put a copy of it back, the users stand in it'

type Row = Record<string, SQLOutputValue>

const userOf = (row: Row): UserRecord => ({
  username: String(row['username']),
  role: String(row['role']) as UserRole,
  passwordHash: String(row['password_hash']),
  createdAt: Number(row['created_at']),
  passwordAt: Number(row['password_at']),
})

const sessionOf = (row: Row): SessionRecord => ({
  id: String(row['id']),
  username: String(row['username']),
  createdAt: Number(row['created_at']),
  expiresAt: Number(row['expires_at']),
})

export class SqliteUserStore implements UserStore {
  readonly #path: string
  readonly #database: DatabaseSync

  /** @throws Error naming the file when it is damaged or cannot be made; so does every change that cannot be written */
  constructor(path: string) {
    this.#path = path
    this.#database = this.#guarded(() => openToWrite(path))
  }

  #guarded<T>(run: () => T): T {
    try {
      return run()
    } catch (error) {
      throw databaseFault(this.#path, error, MEND)
    }
  }

  #transaction<T>(run: () => T): T {
    return this.#guarded(() => {
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        const result = run()
        this.#database.exec('COMMIT')
        return result
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
        throw error
      }
    })
  }

  /** @returns how many rows have changed */
  #change(sql: string, ...values: (string | number)[]): number {
    return this.#guarded(() => Number(this.#database.prepare(sql).run(...values).changes))
  }

  users(): readonly UserRecord[] {
    return this.#database.prepare('SELECT * FROM user_account ORDER BY username').all().map(userOf)
  }

  user(username: string): UserRecord | null {
    const sql = 'SELECT * FROM user_account WHERE username = ?'
    const row = this.#database.prepare(sql).get(username)
    return row === undefined ? null : userOf(row)
  }

  addUser({ username, role, passwordHash, createdAt, passwordAt }: UserRecord): boolean {
    const sql = 'INSERT INTO user_account VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING'
    return this.#change(sql, username, role, passwordHash, createdAt, passwordAt) === 1
  }

  setPassword(username: string, passwordHash: string, at: number): boolean {
    const sql = 'UPDATE user_account SET password_hash = ?, password_at = ? WHERE username = ?'
    return this.#change(sql, passwordHash, at, username) === 1
  }

  removeUser(username: string): boolean {
    return this.#change('DELETE FROM user_account WHERE username = ?', username) === 1
  }

  sessions(): readonly SessionRecord[] {
    return this.#database.prepare('SELECT * FROM user_session').all().map(sessionOf)
  }

  addSession({ id, username, createdAt, expiresAt }: SessionRecord, refreshHash: string): void {
    this.#transaction(() => {
      this.#database
        .prepare('INSERT INTO user_session VALUES (?, ?, ?, ?)')
        .run(id, username, createdAt, expiresAt)
      this.#addToken(refreshHash, id)
    })
  }

  refreshToken(hash: string): RefreshRecord | null {
    const row = this.#database.prepare('SELECT * FROM refresh_token WHERE hash = ?').get(hash)
    if (row === undefined) return null
    const usedAt = row['used_at']
    return {
      sessionId: String(row['session_id']),
      usedAt: typeof usedAt === 'number' ? usedAt : null,
    }
  }

  rotate({ oldHash, newHash, at, expiresAt }: Rotation): boolean {
    return this.#transaction(() => {
      const used = this.#database
        .prepare(
          'UPDATE refresh_token SET used_at = ? WHERE hash = ? AND used_at IS NULL RETURNING session_id',
        )
        .get(at, oldHash)
      if (used === undefined) return false
      const sessionId = String(used['session_id'])
      this.#addToken(newHash, sessionId)
      this.#database
        .prepare('UPDATE user_session SET expires_at = ? WHERE id = ?')
        .run(expiresAt, sessionId)
      this.#database.prepare(FORGET_USED).run({ session: sessionId })
      return true
    })
  }

  #addToken(hash: string, sessionId: string): void {
    this.#database.prepare('INSERT INTO refresh_token VALUES (?, ?, NULL)').run(hash, sessionId)
  }

  removeSessions(ids: readonly string[]): void {
    if (ids.length === 0) return
    this.#transaction(() => {
      const remove = this.#database.prepare('DELETE FROM user_session WHERE id = ?')
      for (const id of ids) remove.run(id)
    })
  }

  close(): void {
    this.#database.close()
  }
}

function openToWrite(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5000, enableForeignKeyConstraints: true })
  try {
    // Hashes of passwords stand in it: nobody else reads this file, nor what SQLite lays beside it.
    if (existsSync(path) && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    database.exec(SCHEMA)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
