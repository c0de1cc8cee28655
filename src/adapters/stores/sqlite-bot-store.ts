/**
 * State and ledger of one bot on SQLite. WAL with synchronous NORMAL: a transaction survives the end of the process; what
 * a power failure takes is fetched again from the desk by sequence number.
 */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Json } from '../../domain/strategy.ts'
import type { BotStore, StoredFill } from '../../ports/bot-store.ts'

const SCHEMA_VERSION = 1

const SCHEMA = `
CREATE TABLE IF NOT EXISTS instance (
  id INTEGER PRIMARY KEY CHECK (id = 1), record TEXT NOT NULL, status TEXT) STRICT;
CREATE TABLE IF NOT EXISTS fills (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, instrument TEXT NOT NULL, side TEXT NOT NULL,
  price TEXT NOT NULL, quantity TEXT NOT NULL, fee TEXT NOT NULL, is_maker INTEGER NOT NULL,
  origin TEXT NOT NULL) STRICT;
`

interface Statements {
  readonly save: StatementSync
  readonly addFill: StatementSync
  readonly status: StatementSync
}

export class SqliteBotStore implements BotStore {
  readonly #database: DatabaseSync
  readonly #statements: Statements

  /** @throws Error when the file is of a newer program */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true })
    this.#database = new DatabaseSync(path)
    this.#database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -512',
    )
    this.#migrate(path)
    this.#statements = {
      save: this.#database.prepare(
        'INSERT INTO instance (id, record) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record',
      ),
      addFill: this.#database.prepare(
        'INSERT OR IGNORE INTO fills VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ),
      status: this.#database.prepare('UPDATE instance SET status = ? WHERE id = 1'),
    }
  }

  #migrate(path: string): void {
    const row = this.#database.prepare('PRAGMA user_version').get()
    const version = Number(row?.user_version)
    if (version > SCHEMA_VERSION) {
      throw new Error(
        `${path} was written by a newer perpfleet (version ${version}, this one knows ${SCHEMA_VERSION}): upgrade, or restore an older copy.`,
      )
    }
    if (version === SCHEMA_VERSION) return
    this.#database.exec(`BEGIN; ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`)
  }

  load(): Json | null {
    const row = this.#database.prepare('SELECT record FROM instance WHERE id = 1').get()
    return row === undefined ? null : (JSON.parse(String(row.record)) as Json)
  }

  save(record: unknown, fills: readonly StoredFill[], isDurable: boolean): void {
    if (isDurable) this.#database.exec('PRAGMA synchronous = FULL')
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      for (const fill of fills) this.#addFill(fill)
      this.#statements.save.run(JSON.stringify(record))
      this.#database.exec('COMMIT')
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    } finally {
      if (isDurable) this.#database.exec('PRAGMA synchronous = NORMAL')
    }
  }

  #addFill(fill: StoredFill): void {
    const { seq, at, instrument, side, price, quantity, fee, isMaker, origin } = fill
    this.#statements.addFill.run(
      seq,
      at,
      instrument,
      side,
      price,
      quantity,
      fee,
      isMaker ? 1 : 0,
      origin,
    )
  }

  saveStatus(status: Json): void {
    this.#statements.status.run(JSON.stringify(status))
  }

  lastFills(limit: number): readonly StoredFill[] {
    const rows = this.#database.prepare('SELECT * FROM fills ORDER BY seq DESC LIMIT ?').all(limit)
    return rows.map((row) => ({
      seq: Number(row.seq),
      at: Number(row.at),
      instrument: String(row.instrument),
      side: row.side === 'buy' ? 'buy' : 'sell',
      price: String(row.price),
      quantity: String(row.quantity),
      fee: String(row.fee),
      isMaker: row.is_maker === 1,
      origin: String(row.origin),
    }))
  }

  close(): void {
    this.#database.close()
  }
}
