/** Equity curves on SQLite. What the last seconds before a power cut added may be missing: no decision is made of it. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import {
  EQUITY_TIERS,
  type EquityBucket,
  type EquitySample,
  type EquityStore,
} from '../../ports/equity-store.ts'
import { databaseFault } from './database-fault.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, first_at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS bucket (
    series INTEGER NOT NULL, tier INTEGER NOT NULL, place INTEGER NOT NULL, at INTEGER NOT NULL, market_at INTEGER,
    equity INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, pnl INTEGER NOT NULL,
    PRIMARY KEY (series, tier, place)
  ) STRICT, WITHOUT ROWID;
`

/** `place` is the number of the span since 1970. A wall clock that was set back changes no value's order in its span. */
const ADD = `INSERT INTO bucket VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6, ?7)
  ON CONFLICT (series, tier, place) DO UPDATE SET at = excluded.at, market_at = excluded.market_at, equity = excluded.equity,
  low = min(low, excluded.low), high = max(high, excluded.high), pnl = excluded.pnl`

type Row = Record<string, SQLOutputValue>

export class SqliteEquityStore implements EquityStore {
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #statements: ReturnType<typeof prepare>
  readonly #ids = new Map<string, number>()

  /** @throws Error naming the file when it is damaged or cannot be made; so does every change that cannot be written */
  constructor(path: string) {
    this.#path = path
    try {
      mkdirSync(dirname(path), { recursive: true })
      this.#database = new DatabaseSync(path, { timeout: 2000 })
      this.#database.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -1024',
      )
      this.#database.exec(SCHEMA)
      this.#statements = prepare(this.#database)
    } catch (error) {
      throw this.#fault(error)
    }
  }

  #fault(error: unknown): unknown {
    return databaseFault(
      this.#path,
      error,
      'move it away, a new one begins with the curves of today',
    )
  }

  add(at: number, samples: readonly EquitySample[]): void {
    if (samples.length === 0) return
    this.#transaction(() => {
      for (const sample of samples) this.#add(at, sample)
    })
  }

  #add(at: number, { series, marketAt, equity, pnl }: EquitySample): void {
    const id = this.#idOf(series) ?? this.#newId(series, at)
    for (const [tier, { spanMs }] of EQUITY_TIERS.entries())
      this.#statements.add.run(id, tier, Math.floor(at / spanMs), at, marketAt, equity, pnl)
  }

  #transaction(run: () => void): void {
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      run()
      this.#database.exec('COMMIT')
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      // An id that was given in what is undone now means nothing.
      this.#ids.clear()
      throw this.#fault(error)
    }
  }

  #idOf(series: string): number | null {
    const known = this.#ids.get(series)
    if (known !== undefined) return known
    const row = this.#statements.series.get(series)
    if (row === undefined) return null
    this.#ids.set(series, Number(row['id']))
    return Number(row['id'])
  }

  #newId(series: string, at: number): number {
    const id = Number(this.#statements.newSeries.run(series, at).lastInsertRowid)
    this.#ids.set(series, id)
    return id
  }

  last(series: string): EquityBucket | null {
    const id = this.#idOf(series)
    if (id === null) return null
    const row = this.#statements.last.get(id, EQUITY_TIERS.length - 1)
    return row === undefined ? null : bucketOf(row)
  }

  firstAt(series: string): number | null {
    const row = this.#statements.series.get(series)
    return row === undefined ? null : Number(row['first_at'])
  }

  buckets(series: string, spanMs: number, after: number): readonly EquityBucket[] {
    const id = this.#idOf(series)
    const tier = EQUITY_TIERS.findIndex((one) => one.spanMs === spanMs)
    if (id === null) return []
    const from = Number.isFinite(after) ? after : 0
    return this.#statements.buckets
      .all(id, tier, Math.floor(from / spanMs), from)
      .map((row) => bucketOf(row))
  }

  prune(now: number, lastTierKeptMs: number | null): void {
    this.#transaction(() => {
      const ids = this.#statements.allSeries.all().map((row) => Number(row['id']))
      for (const [tier, { spanMs, keptMs }] of EQUITY_TIERS.entries()) {
        const kept = Number.isFinite(keptMs) ? keptMs : lastTierKeptMs
        if (kept === null) continue
        const before = Math.floor((now - kept) / spanMs)
        for (const id of ids) this.#statements.prune.run(id, tier, before)
      }
    })
  }

  close(): void {
    this.#database.close()
  }
}

const bucketOf = (row: Row): EquityBucket => ({
  at: Number(row['at']),
  marketAt: row['market_at'] === null ? null : Number(row['market_at']),
  equity: Number(row['equity']),
  low: Number(row['low']),
  high: Number(row['high']),
  pnl: Number(row['pnl']),
})

function prepare(database: DatabaseSync) {
  return {
    add: database.prepare(ADD),
    series: database.prepare('SELECT id, first_at FROM series WHERE name = ?'),
    allSeries: database.prepare('SELECT id FROM series'),
    newSeries: database.prepare('INSERT INTO series (name, first_at) VALUES (?, ?)'),
    last: database.prepare(
      'SELECT * FROM bucket WHERE series = ? AND tier = ? ORDER BY place DESC LIMIT 1',
    ),
    buckets: database.prepare(
      'SELECT * FROM bucket WHERE series = ? AND tier = ? AND place >= ? AND at > ? ORDER BY place',
    ),
    prune: database.prepare('DELETE FROM bucket WHERE series = ? AND tier = ? AND place < ?'),
  }
}
