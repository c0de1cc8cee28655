/** The exchange's own books on SQLite: WAL, synchronous FULL, one transaction and one fsync per commit. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { MarketEvent } from '../../domain/market.ts'
import { quantity } from '../../domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../../domain/order.ts'
import type {
  AttachRequest,
  VenueAccountEvent,
  VenueOrder,
  VenueOrderStatus,
} from '../../domain/venue-report.ts'
import type {
  ExchangeBatch,
  ExchangeStore,
  StoredAccount,
  StoredFeed,
  StoredInstance,
} from '../../ports/exchange-store.ts'

const SCHEMA_VERSION = 1
const SCHEMA = `
CREATE TABLE IF NOT EXISTS feeds (
  feed TEXT PRIMARY KEY, seed INTEGER NOT NULL, market_at INTEGER NOT NULL,
  step INTEGER NOT NULL, step_events TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (
  feed TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (feed, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS accounts (
  account TEXT PRIMARY KEY, feed TEXT NOT NULL, last_seq INTEGER NOT NULL, told_seq INTEGER NOT NULL,
  step_from_seq INTEGER NOT NULL, told TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS instances (
  instance TEXT PRIMARY KEY, account TEXT NOT NULL, venue TEXT NOT NULL, request TEXT NOT NULL,
  is_attached INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deposits (
  instance TEXT PRIMARY KEY, account TEXT NOT NULL, amount INTEGER NOT NULL, market_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS orders (
  account TEXT NOT NULL, client_id TEXT NOT NULL, status TEXT NOT NULL, filled INTEGER NOT NULL,
  reason TEXT, request TEXT NOT NULL, PRIMARY KEY (account, client_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
  account TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, seq)) WITHOUT ROWID;
`

type Row = Record<string, string | number | null>

export class SqliteExchangeStore implements ExchangeStore {
  readonly #db: DatabaseSync
  readonly #statements: ReturnType<typeof prepare>

  /** @throws Error with one sentence when the file was written by a newer program */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true })
    this.#db = new DatabaseSync(path)
    this.#db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000',
    )
    this.#db.exec('PRAGMA cache_size = -2048')
    const version = Number((this.#db.prepare('PRAGMA user_version').get() as Row).user_version)
    if (version > SCHEMA_VERSION) {
      this.#db.close()
      throw new Error(
        `The exchange's store ${path} has version ${version} and this program knows ${SCHEMA_VERSION}: start the newer perpfleet that wrote it.`,
      )
    }
    this.#db.exec(SCHEMA)
    this.#db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
    this.#statements = prepare(this.#db)
  }

  feed(name: string): StoredFeed | null {
    const row = this.#statements.feed.get(name) as Row | undefined
    if (!row) return null
    return {
      feed: name,
      seed: Number(row.seed),
      marketAt: Number(row.market_at),
      step: Number(row.step),
      stepEvents: JSON.parse(String(row.step_events)) as MarketEvent[],
    }
  }

  state(feed: string): ReadonlyMap<string, string> {
    const rows = this.#statements.state.all(feed) as Row[]
    return new Map(rows.map((row) => [String(row.key), String(row.body)]))
  }

  accounts(): readonly StoredAccount[] {
    return (this.#statements.accounts.all() as Row[]).map((row) => ({
      account: String(row.account),
      feed: String(row.feed),
      lastSeq: Number(row.last_seq),
      toldSeq: Number(row.told_seq),
      stepFromSeq: Number(row.step_from_seq),
      told: row.told == null ? null : (JSON.parse(String(row.told)) as StoredAccount['told']),
    }))
  }

  instances(): readonly StoredInstance[] {
    return (this.#statements.instances.all() as Row[]).map((row) => ({
      instance: String(row.instance),
      account: String(row.account),
      venue: String(row.venue),
      request: JSON.parse(String(row.request)) as AttachRequest,
      isAttached: row.is_attached === 1,
    }))
  }

  hasDeposit(instance: string): boolean {
    return this.#statements.hasDeposit.get(instance) !== undefined
  }

  commit(batch: ExchangeBatch): void {
    const { begin, commit, rollback } = this.#statements
    begin.run()
    try {
      this.#writeState(batch)
      this.#writeBooks(batch)
      commit.run()
    } catch (error) {
      rollback.run()
      throw error
    }
  }

  #writeState(batch: ExchangeBatch): void {
    const { setFeed, setState, dropState, setAccount, setInstance } = this.#statements
    const { feed, seed, marketAt, step, stepEvents } = batch.feed
    setFeed.run(feed, seed, marketAt, step, JSON.stringify(stepEvents))
    for (const { key, text } of batch.state) {
      if (text === null) dropState.run(feed, key)
      else setState.run(feed, key, text)
    }
    for (const row of batch.accounts) {
      const told = row.told === null ? null : JSON.stringify(row.told)
      setAccount.run(row.account, row.feed, row.lastSeq, row.toldSeq, row.stepFromSeq, told)
    }
    for (const row of batch.instances) {
      const request = JSON.stringify(row.request)
      setInstance.run(row.instance, row.account, row.venue, request, row.isAttached ? 1 : 0)
    }
  }

  #writeBooks(batch: ExchangeBatch): void {
    const { addDeposit, setOrder, addEvent } = this.#statements
    for (const { instance, account, amount, at } of batch.deposits) {
      addDeposit.run(instance, account, amount, at)
    }
    for (const { account, order } of batch.orders) {
      const { clientId, status, quantityFilled, reason, request } = order
      setOrder.run(account, clientId, status, quantityFilled, reason, JSON.stringify(request))
    }
    for (const { account, event } of batch.events) {
      addEvent.run(account, event.venueSeq, JSON.stringify(event))
    }
  }

  order(account: string, clientId: ClientOrderId): VenueOrder | null {
    const row = this.#statements.order.get(account, clientId) as Row | undefined
    if (!row) return null
    return {
      clientId,
      request: JSON.parse(String(row.request)) as OrderRequest,
      status: String(row.status) as VenueOrderStatus,
      quantityFilled: quantity(Number(row.filled)),
      reason: row.reason === null ? null : String(row.reason),
    }
  }

  hasOrder(account: string, clientId: ClientOrderId): boolean {
    return this.#statements.hasOrder.get(account, clientId) !== undefined
  }

  events(
    account: string,
    after: number,
    until: number,
    limit: number,
  ): readonly VenueAccountEvent[] {
    const rows = this.#statements.events.all(account, after, until, limit) as Row[]
    return rows.map((row) => JSON.parse(String(row.body)) as VenueAccountEvent)
  }

  close(): void {
    this.#db.close()
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text)
  return {
    begin: sql('BEGIN IMMEDIATE'),
    commit: sql('COMMIT'),
    rollback: sql('ROLLBACK'),
    feed: sql('SELECT seed, market_at, step, step_events FROM feeds WHERE feed = ?'),
    setFeed: sql(
      `INSERT INTO feeds VALUES (?, ?, ?, ?, ?) ON CONFLICT (feed) DO UPDATE SET
       market_at = excluded.market_at, step = excluded.step, step_events = excluded.step_events`,
    ),
    state: sql('SELECT key, body FROM state WHERE feed = ?'),
    setState: sql('INSERT OR REPLACE INTO state VALUES (?, ?, ?)'),
    dropState: sql('DELETE FROM state WHERE feed = ? AND key = ?'),
    accounts: sql('SELECT * FROM accounts ORDER BY account'),
    setAccount: sql('INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?, ?)'),
    instances: sql('SELECT * FROM instances ORDER BY instance'),
    setInstance: sql('INSERT OR REPLACE INTO instances VALUES (?, ?, ?, ?, ?)'),
    hasDeposit: sql('SELECT 1 FROM deposits WHERE instance = ?'),
    addDeposit: sql('INSERT INTO deposits VALUES (?, ?, ?, ?)'),
    order: sql(
      'SELECT status, filled, reason, request FROM orders WHERE account = ? AND client_id = ?',
    ),
    hasOrder: sql('SELECT 1 FROM orders WHERE account = ? AND client_id = ?'),
    setOrder: sql('INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?)'),
    addEvent: sql('INSERT INTO events VALUES (?, ?, ?)'),
    events: sql(
      'SELECT body FROM events WHERE account = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?',
    ),
  }
}
