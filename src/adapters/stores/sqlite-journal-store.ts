/** The desk's journal on SQLite: WAL, synchronous FULL, one transaction and one fsync per commit. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { NumberedEvent } from '../../domain/account-event.ts'
import { firstSerial } from '../../domain/client-id.ts'
import { quantity } from '../../domain/money.ts'
import type { ClientOrderId, Fill, Origin, StoredOrder } from '../../domain/order.ts'
import type { ApprovedIntent } from '../../domain/risk.ts'
import type { Json } from '../../domain/strategy.ts'
import { keyOf, type VenueBooking } from '../../domain/venue-report.ts'
import {
  type JournalBatch,
  type JournalDamage,
  type JournalInstance,
  JournalLostError,
  type JournalOrderRow,
  type JournalStore,
} from '../../ports/journal-store.ts'
import { addRowSum, JOURNAL_VERSION, keepSums, MarkWriter, sumAll } from './sqlite-journal-check.ts'
import { orderIn } from './sqlite-journal-rows.ts'

const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL, sum INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS orders (
  client_id TEXT PRIMARY KEY, instance TEXT NOT NULL, origin TEXT NOT NULL, request TEXT NOT NULL,
  sent_at INTEGER NOT NULL, expires_at INTEGER, outcome TEXT, reason TEXT,
  filled INTEGER NOT NULL DEFAULT 0, is_settled INTEGER NOT NULL DEFAULT 0, sum INTEGER);
CREATE INDEX IF NOT EXISTS orders_unsettled ON orders (instance) WHERE is_settled = 0;
CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY, instance TEXT NOT NULL, venue_seq INTEGER NOT NULL UNIQUE,
  kind TEXT NOT NULL, fill_id TEXT UNIQUE, body TEXT NOT NULL, sum INTEGER);
CREATE INDEX IF NOT EXISTS events_instance ON events (instance, seq);
CREATE TABLE IF NOT EXISTS instances (
  instance TEXT PRIMARY KEY, settings TEXT NOT NULL, instrument TEXT NOT NULL, risk TEXT NOT NULL, override TEXT, sum INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (key TEXT PRIMARY KEY, body TEXT NOT NULL, sum INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS booked (key TEXT PRIMARY KEY, venue_seq INTEGER, body TEXT, sum INTEGER) WITHOUT ROWID;
`

/** Funding of an older journal gets the name under which it is booked; fills have always had theirs. */
const NAME_FUNDING = `INSERT OR IGNORE INTO booked (key)
  SELECT 'funding:' || json_extract(body, '$.instrument') || ':' || json_extract(body, '$.at') FROM events WHERE kind = 'funding'`

type Row = Record<string, string | number | null>

export interface VenueMemory {
  /** What the venue called the account; null = it has never been connected. */
  readonly fingerprint: string | null
  /** Venue wall ms of the first connect; null before. */
  readonly journalFrom: number | null
  /** Venue wall ms from which events may be missing: up to where everything was asked, or the oldest unsettled order; null = nothing yet. */
  readonly eventsFrom: number | null
}

/** Pages of 4 KiB that the log may hold before a commit itself must empty it: `tidy` comes first nearly always. */
const LOG_PAGES_MAX = 4000

export class SqliteJournalStore implements JournalStore {
  readonly epoch: number
  readonly #db: DatabaseSync
  readonly #wallMs: () => number
  readonly #statements: Statements
  readonly #mark: MarkWriter
  #commits: number

  /**
   * @param wallMs wall clock for the column sent_at
   * @param damage why the journal before this one is not used any more: numbers begin above all that it can have given out
   */
  constructor(path: string, wallMs: () => number, damage: JournalDamage | null = null) {
    mkdirSync(dirname(path), { recursive: true })
    this.#db = new DatabaseSync(path)
    this.#db.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -1024; PRAGMA wal_autocheckpoint = ${LOG_PAGES_MAX}`,
    )
    this.#db.exec(SCHEMA)
    this.#upgrade()
    this.#wallMs = wallMs
    this.#mark = new MarkWriter(path)
    this.#statements = prepare(this.#db)
    this.#commits = this.#meta('commits')
    if (damage !== null) this.#beginAfter(damage)
    // Ids of a journal that was here before, or is elsewhere, are met by no new one: a clock has passed them all.
    this.epoch = (this.#meta('epoch') || Math.floor(wallMs() / 1000)) + 1
    this.#statements.setMeta.run('epoch', this.epoch)
    this.#statements.setMeta.run('next_id', 0)
    this.#mark.write({ commits: this.#commits, epoch: this.epoch })
  }

  /** An older journal gets the columns of sums; from now on this connection keeps them right. */
  #upgrade(): void {
    addRowSum(this.#db)
    const columns = this.#db.prepare('PRAGMA table_info(meta)').all() as Row[]
    if (!columns.some(({ name }) => name === 'sum')) {
      for (const table of ['meta', 'orders', 'events', 'instances'])
        this.#db.exec(`ALTER TABLE ${table} ADD COLUMN sum INTEGER`)
    }
    const { user_version: version } = this.#db.prepare('PRAGMA user_version').get() as Row
    if (version !== JOURNAL_VERSION) {
      this.#db.exec('BEGIN IMMEDIATE')
      this.#db.exec(NAME_FUNDING)
      sumAll(this.#db)
      this.#db.exec(`PRAGMA user_version = ${JOURNAL_VERSION}; COMMIT`)
    }
    keepSums(this.#db)
  }

  /** Client ids and event numbers of the lost journal are unknown: a clock has passed them all. */
  #beginAfter(damage: JournalDamage): void {
    const now = this.#wallMs()
    this.#db.exec('BEGIN IMMEDIATE')
    this.#statements.setMeta.run('epoch', Math.floor(now / 1000))
    this.#statements.setMeta.run('seq_base', now)
    this.#statements.setNote.run('damage', JSON.stringify(damage))
    this.#db.exec('COMMIT')
  }

  get damage(): JournalDamage | null {
    return this.#note('damage') as JournalDamage | null
  }

  forgetDamage(): void {
    this.#statements.setNote.run('damage', 'null')
  }

  account(): Json | null {
    return this.#note('account') as Json | null
  }

  /** What the adapter of a venue must know of before. */
  venueMemory(): VenueMemory {
    const kept = this.#note('venue') as Pick<VenueMemory, 'fingerprint' | 'journalFrom'> | null
    const asked = this.#note('venue_asked') as number | null
    const last = this.#statements.lastEvent.get() as Row | undefined
    const sent = (this.#statements.oldestUnsettled.get() as Row).at
    const journalFrom = kept?.journalFrom ?? null
    // When an order was sent is told by our clock, which may be ahead: only an event of the venue says how far it was asked.
    const until = asked ?? last?.at ?? journalFrom
    const times = [until, sent].filter((at) => at != null).map(Number)
    return {
      fingerprint: kept?.fingerprint ?? null,
      journalFrom,
      eventsFrom: times.length === 0 ? null : Math.min(...times),
    }
  }

  /** Up to where the venue has answered for everything, venue wall ms. */
  keepAsked(until: number): void {
    this.#statements.setNote.run('venue_asked', JSON.stringify(until))
  }

  /** Kept at the first connect; durable. */
  keepVenue(fingerprint: string, journalFrom: number): void {
    this.#statements.setNote.run('venue', JSON.stringify({ fingerprint, journalFrom }))
  }

  #note(key: string): unknown {
    const row = this.#statements.getNote.get(key) as Row | undefined
    return row ? JSON.parse(String(row.body)) : null
  }

  /** SQLite's own word for how commits reach the disk; 2 = FULL. */
  get synchronous(): number {
    return Number((this.#db.prepare('PRAGMA synchronous').get() as Row).synchronous)
  }

  get lastSeq(): number {
    const last = Number((this.#statements.lastSeq.get() as Row).seq ?? 0)
    return Math.max(last, this.#meta('seq_base'))
  }

  get lastVenueSeq(): number {
    return this.#meta('venue_seq')
  }

  #meta(key: string): number {
    return Number((this.#statements.getMeta.get(key) as Row | undefined)?.value ?? 0)
  }

  reserveIds(count: number): number {
    const first = this.#meta('next_id')
    this.#statements.setMeta.run('next_id', first + count)
    return first
  }

  reserveSerials(count: number): number {
    const known = this.#statements.getMeta.get('next_serial') as Row | undefined
    const first = known === undefined ? firstSerial(this.#wallMs()) : Number(known.value)
    this.#statements.setMeta.run('next_serial', first + count)
    return first
  }

  isBooked(key: string): boolean {
    const { isBooked, isFilled } = this.#statements
    if (isBooked.get(key) !== undefined) return true
    return key.startsWith('fill:') && isFilled.get(key.slice('fill:'.length)) !== undefined
  }

  unowned(limit: number): readonly VenueBooking[] {
    const rows = this.#statements.unowned.all(limit) as Row[]
    return rows.map((row) => JSON.parse(String(row.body)) as VenueBooking)
  }

  commit(batch: JournalBatch): void {
    const { begin, commit, rollback } = this.#statements
    begin.run()
    try {
      this.#checkEpoch()
      this.#write(batch)
      this.#statements.setMeta.run('commits', this.#commits + 1)
      commit.run()
    } catch (error) {
      rollback.run()
      throw error
    }
    this.#commits++
    this.#mark.write({ commits: this.#commits, epoch: this.epoch })
  }

  /** Within the transaction: whoever opened the journal later owns the account, and this desk must send nothing more. */
  #checkEpoch(): void {
    const epoch = this.#meta('epoch')
    if (epoch === this.epoch) return
    throw new JournalLostError(
      `another desk has opened the journal since (start ${epoch}, this one is ${this.epoch})`,
    )
  }

  #write(batch: JournalBatch): void {
    const statements = this.#statements
    for (const approved of batch.intents) this.#writeIntent(approved)
    for (const { instance, venueSeq, event } of batch.events) {
      const isFill = event.kind === 'fill'
      statements.addEvent.run(
        event.seq,
        instance,
        venueSeq,
        event.kind,
        isFill ? event.fill.id : null,
        JSON.stringify(event),
      )
      if (event.kind === 'funding')
        statements.addBooked.run(keyOf({ ...event, venueSeq }), venueSeq, null)
      if (isFill && event.fill.clientId !== null)
        statements.addFilled.run(event.fill.quantity, event.fill.clientId)
    }
    for (const booking of batch.unowned ?? [])
      statements.addBooked.run(keyOf(booking), booking.venueSeq, JSON.stringify(booking))
    for (const row of batch.outcomes)
      statements.setOutcome.run(row.outcome, row.reason, row.isSettled ? 1 : 0, row.clientId)
    if (batch.venueSeq !== null) statements.setMeta.run('venue_seq', batch.venueSeq)
    if (batch.account !== undefined)
      statements.setNote.run('account', JSON.stringify(batch.account))
    for (const row of batch.instances) {
      statements.setInstance.run(
        row.instance,
        JSON.stringify(row.settings),
        JSON.stringify(row.instrument),
        JSON.stringify(row.risk),
        row.override,
      )
    }
  }

  #writeIntent(approved: ApprovedIntent): void {
    const { intent, expiresAt } = approved
    this.#statements.addIntent.run(
      intent.clientId,
      intent.instance,
      JSON.stringify(intent.origin),
      JSON.stringify(intent.request),
      this.#wallMs(),
      expiresAt,
    )
  }

  instances(): readonly JournalInstance[] {
    return (this.#statements.instances.all() as Row[]).map((row) => ({
      instance: String(row.instance),
      settings: JSON.parse(String(row.settings)) as Json,
      instrument: JSON.parse(String(row.instrument)) as Json,
      risk: JSON.parse(String(row.risk)) as Json,
      override: (row.override as JournalInstance['override']) ?? null,
    }))
  }

  unsettled(instance: string): readonly StoredOrder[] {
    return (this.#statements.unsettled.all(instance) as Row[]).map((row) => ({
      clientId: row.client_id as unknown as ClientOrderId,
      origin: JSON.parse(String(row.origin)) as Origin,
      request: JSON.parse(String(row.request)) as StoredOrder['request'],
      quantityFilled: quantity(Number(row.filled)),
      expiresAt: row.expires_at === null ? null : Number(row.expires_at),
    }))
  }

  originOf(clientId: ClientOrderId): Origin | null {
    const row = this.#statements.origin.get(clientId) as Row | undefined
    return row ? (JSON.parse(String(row.origin)) as Origin) : null
  }

  eventsAfter(instance: string, seq: number, limit: number): readonly NumberedEvent[] {
    const rows = this.#statements.eventsAfter.all(instance, seq, limit) as Row[]
    return rows.map((row) => JSON.parse(String(row.body)) as NumberedEvent)
  }

  lastSeqOf(instance: string): number {
    return Number((this.#statements.lastSeqOf.get(instance) as Row).seq ?? 0)
  }

  orders(instance: string | null, limit: number): readonly JournalOrderRow[] {
    return this.#statements.orders.all(instance, instance, limit).map(orderIn)
  }

  fills(
    instance: string | null,
    limit: number,
  ): readonly (Fill & { instance: string; origin: Origin })[] {
    return (this.#statements.fills.all(instance, instance, limit) as Row[]).map((row) => {
      const event = JSON.parse(String(row.body)) as Extract<NumberedEvent, { kind: 'fill' }>
      return { ...event.fill, instance: String(row.instance) }
    })
  }

  tidy(): void {
    try {
      this.#db.exec('PRAGMA wal_checkpoint(PASSIVE)')
    } catch {
      // A full or broken disk: everything is durable in the log, and the next commit tells what is the matter.
    }
  }

  /** Brings what the log holds into the file, as SQLite does by itself now and then. */
  checkpoint(): void {
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  }

  close(): void {
    this.#db.close()
    this.#mark.close()
  }
}

const SQL = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  getMeta: 'SELECT value FROM meta WHERE key = ?',
  setMeta:
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  lastSeq: 'SELECT max(seq) AS seq FROM events',
  lastSeqOf: 'SELECT max(seq) AS seq FROM events WHERE instance = ?',
  addIntent:
    'INSERT INTO orders (client_id, instance, origin, request, sent_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
  addEvent:
    'INSERT INTO events (seq, instance, venue_seq, kind, fill_id, body) VALUES (?, ?, ?, ?, ?, ?)',
  addFilled: 'UPDATE orders SET filled = filled + ? WHERE client_id = ?',
  setOutcome:
    'UPDATE orders SET outcome = ?, reason = ?, is_settled = max(is_settled, ?) WHERE client_id = ?',
  setInstance: `INSERT INTO instances (instance, settings, instrument, risk, override) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (instance) DO UPDATE SET settings = excluded.settings, instrument = excluded.instrument, risk = excluded.risk, override = excluded.override`,
  getNote: 'SELECT body FROM notes WHERE key = ?',
  lastEvent: "SELECT json_extract(body, '$.at') AS at FROM events ORDER BY seq DESC LIMIT 1",
  oldestUnsettled: 'SELECT MIN(sent_at) AS at FROM orders WHERE is_settled = 0',
  setNote:
    'INSERT INTO notes (key, body) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body',
  instances: 'SELECT * FROM instances ORDER BY instance',
  unsettled: 'SELECT * FROM orders WHERE instance = ? AND is_settled = 0 ORDER BY rowid',
  origin: 'SELECT origin FROM orders WHERE client_id = ?',
  eventsAfter: 'SELECT body FROM events WHERE instance = ? AND seq > ? ORDER BY seq LIMIT ?',
  orders: 'SELECT * FROM orders WHERE (? IS NULL OR instance = ?) ORDER BY rowid DESC LIMIT ?',
  fills:
    "SELECT instance, body FROM events WHERE kind = 'fill' AND (? IS NULL OR instance = ?) ORDER BY seq DESC LIMIT ?",
  addBooked: 'INSERT INTO booked (key, venue_seq, body) VALUES (?, ?, ?)',
  isBooked: 'SELECT 1 FROM booked WHERE key = ?',
  isFilled: 'SELECT 1 FROM events WHERE fill_id = ?',
  unowned: 'SELECT body FROM booked WHERE body IS NOT NULL ORDER BY venue_seq DESC LIMIT ?',
} as const

type Statements = Readonly<Record<keyof typeof SQL, StatementSync>>

function prepare(db: DatabaseSync): Statements {
  const prepared = Object.entries(SQL).map(([name, sql]) => [name, db.prepare(sql)])
  return Object.fromEntries(prepared) as Statements
}
