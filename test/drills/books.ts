/** What the files say: the desk's journals, the exchange's books, the bots' ledgers. Each look is a connection of its own. */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { NumberedEvent } from '../../src/domain/account-event.ts'
import type { OrderRequest, Origin } from '../../src/domain/order.ts'
import type { VenueAccountEvent } from '../../src/domain/venue-report.ts'
import type { StoredInstance } from '../../src/engine/instance.ts'

type Row = Record<string, string | number | null>

/**
 * Reads and closes again: a connection that stays open would keep SQLite's shared memory alive, and the program that
 * was killed would find its file better than after a real crash.
 */
function look<Result>(
  path: string,
  read: (all: (sql: string, ...given: (string | number)[]) => Row[]) => Result,
): Result {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    database.exec('PRAGMA busy_timeout = 2000; BEGIN')
    return read((sql, ...given) => database.prepare(sql).all(...given) as Row[])
  } finally {
    database.close()
  }
}

/** A database that does not exist yet, or whose tables do not, has no rows. */
function lookOr<Result>(
  path: string,
  none: Result,
  read: (all: (sql: string, ...given: (string | number)[]) => Row[]) => Result,
): Result {
  if (!existsSync(path)) return none
  try {
    return look(path, read)
  } catch (error) {
    if (error instanceof Error && /no such table|unable to open/.test(error.message)) return none
    throw error
  }
}

export interface JournalOrder {
  readonly clientId: string
  readonly instance: string
  readonly origin: Origin
  readonly request: OrderRequest
  readonly outcome: string | null
  readonly reason: string | null
  readonly filled: number
  readonly isSettled: boolean
}

export interface JournalEvent {
  readonly instance: string
  readonly venueSeq: number
  readonly event: NumberedEvent
}

export interface JournalHead {
  readonly epoch: number
  readonly venueSeq: number
  /** Number of orders: grows by one with each intent. */
  readonly orders: number
}

const orderOf = (row: Row): JournalOrder => ({
  clientId: String(row['client_id']),
  instance: String(row['instance']),
  origin: JSON.parse(String(row['origin'])) as Origin,
  request: JSON.parse(String(row['request'])) as OrderRequest,
  outcome: row['outcome'] === null ? null : String(row['outcome']),
  reason: row['reason'] === null ? null : String(row['reason']),
  filled: Number(row['filled']),
  isSettled: row['is_settled'] === 1,
})

export function journalHead(path: string): JournalHead {
  return lookOr(path, { epoch: 0, venueSeq: 0, orders: 0 }, (all) => {
    const meta = new Map(
      all('SELECT key, value FROM meta').map((row) => [row['key'], row['value']]),
    )
    return {
      epoch: Number(meta.get('epoch') ?? 0),
      venueSeq: Number(meta.get('venue_seq') ?? 0),
      orders: Number(all('SELECT max(rowid) AS n FROM orders')[0]?.['n'] ?? 0),
    }
  })
}

/** Orders after so many, in the order in which they were journalled. */
export function journalOrders(path: string, after = 0): readonly JournalOrder[] {
  return lookOr(path, [], (all) =>
    all('SELECT * FROM orders WHERE rowid > ? ORDER BY rowid', after).map(orderOf),
  )
}

/** Orders without a settled outcome and where the journal stands, at one moment. */
export function journalOpen(path: string): {
  readonly venueSeq: number
  readonly orders: readonly JournalOrder[]
} {
  return lookOr(path, { venueSeq: 0, orders: [] }, (all) => ({
    venueSeq: Number(all("SELECT value FROM meta WHERE key = 'venue_seq'")[0]?.['value'] ?? 0),
    orders: all('SELECT * FROM orders WHERE is_settled = 0 ORDER BY rowid').map(orderOf),
  }))
}

/** The highest client id that begins so, or null. */
export function journalLastId(path: string, prefix: string): string | null {
  return lookOr(path, null, (all) => {
    const sql = 'SELECT max(client_id) AS id FROM orders WHERE client_id > ? AND client_id < ?'
    const id = all(sql, prefix, `${prefix}~`)[0]?.['id']
    return typeof id === 'string' ? id : null
  })
}

/** Reasons of some orders. */
export function journalReasons(path: string, clientIds: readonly string[]): readonly string[] {
  return lookOr(path, [], (all) =>
    clientIds.map((id) =>
      String(all('SELECT reason FROM orders WHERE client_id = ?', id)[0]?.['reason']),
    ),
  )
}

/** Number of the last fill of an instance, 0 without any. */
export function journalLastFill(path: string, instance: string): number {
  return lookOr(path, 0, (all) => {
    const sql = "SELECT max(seq) AS seq FROM events WHERE instance = ? AND kind = 'fill'"
    return Number(all(sql, instance)[0]?.['seq'] ?? 0)
  })
}

export function journalEvents(path: string, afterVenueSeq = 0): readonly JournalEvent[] {
  return lookOr(path, [], (all) =>
    all('SELECT * FROM events WHERE venue_seq > ? ORDER BY seq', afterVenueSeq).map((row) => ({
      instance: String(row['instance']),
      venueSeq: Number(row['venue_seq']),
      event: JSON.parse(String(row['body'])) as NumberedEvent,
    })),
  )
}

export interface ExchangeOrder {
  readonly account: string
  readonly clientId: string
  readonly status: string
  readonly filled: number
  readonly reason: string | null
  readonly request: OrderRequest
}

const venueOrderOf = (row: Row): ExchangeOrder => ({
  account: String(row['account']),
  clientId: String(row['client_id']),
  status: String(row['status']),
  filled: Number(row['filled']),
  reason: row['reason'] === null ? null : String(row['reason']),
  request: JSON.parse(String(row['request'])) as OrderRequest,
})

/** The exchange's own list of orders, all of them since its beginning. */
export function exchangeOrders(path: string): readonly ExchangeOrder[] {
  return lookOr(path, [], (all) => all('SELECT * FROM orders').map(venueOrderOf))
}

export function exchangeOpenOrders(path: string): readonly ExchangeOrder[] {
  return lookOr(path, [], (all) =>
    all("SELECT * FROM orders WHERE status = 'open'").map(venueOrderOf),
  )
}

/** Which of these orders the exchange has. */
export function exchangeHas(
  path: string,
  account: string,
  clientIds: readonly string[],
): ReadonlySet<string> {
  return lookOr(path, new Set<string>(), (all) => {
    const found = new Set<string>()
    for (const clientId of clientIds) {
      const sql = 'SELECT 1 FROM orders WHERE account = ? AND client_id = ?'
      if (all(sql, account, clientId).length > 0) found.add(clientId)
    }
    return found
  })
}

export function exchangeEvents(
  path: string,
  account: string,
  after = 0,
): readonly VenueAccountEvent[] {
  return lookOr(path, [], (all) =>
    all('SELECT body FROM events WHERE account = ? AND seq > ? ORDER BY seq', account, after).map(
      (row) => JSON.parse(String(row['body'])) as VenueAccountEvent,
    ),
  )
}

/** Number of the last event of each account. */
export function exchangeHeads(path: string): ReadonlyMap<string, number> {
  return lookOr(path, new Map<string, number>(), (all) => {
    const rows = all('SELECT account, max(seq) AS seq FROM events GROUP BY account')
    return new Map(rows.map((row) => [String(row['account']), Number(row['seq'])]))
  })
}

/** The ledger as the bot stored it; null before its first start. */
export function botInstance(path: string): StoredInstance | null {
  return lookOr(path, null, (all) => {
    const record = all('SELECT record FROM instance WHERE id = 1')[0]?.['record']
    if (typeof record !== 'string') return null
    return (JSON.parse(record) as { readonly instance: StoredInstance }).instance
  })
}
