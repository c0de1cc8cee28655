/**
 * Reads what bots and desks have stored, while they run or after: for tables that are shown without a control plane.
 * Opens read-only and changes nothing, least of all the epoch of a journal.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import type { Instrument } from '../../domain/instrument.ts'
import type { ModeCause } from '../../domain/mode-cause.ts'
import type { Quantity } from '../../domain/money.ts'
import type { Fill, Origin } from '../../domain/order.ts'
import type { ReasonCode } from '../../domain/reason.ts'
import type { InstanceMode } from '../../domain/risk.ts'
import type { JournalOrderRow, JournalOutcome } from '../../ports/journal-store.ts'

type Row = Record<string, SQLOutputValue>
export type StoredFillRow = Fill & { readonly instance: string; readonly origin: Origin }

export interface JournalTables {
  readonly instruments: ReadonlyMap<string, Instrument>
  readonly orders: readonly JournalOrderRow[]
  readonly fills: readonly StoredFillRow[]
}

function reading<T>(path: string, absent: T, read: (database: DatabaseSync) => T): T {
  if (!existsSync(path)) return absent
  const database = new DatabaseSync(path, { readOnly: true, timeout: 2000 })
  try {
    return read(database)
  } finally {
    database.close()
  }
}

/** The status that a bot saved last (as GET /api/status answers it); null = none. */
export function readBotStatus(path: string): unknown {
  return reading(path, null, (database) => {
    const row = database.prepare('SELECT status FROM instance WHERE id = 1').get()
    return typeof row?.['status'] === 'string' ? JSON.parse(row['status']) : null
  })
}

/** What the journal of a desk keeps of an instance: the truth on its position, and what holds it. */
export interface KeptInstance {
  readonly instance: string
  readonly instrument: Instrument
  readonly position: Quantity
  readonly mode: InstanceMode
  readonly latch: ReasonCode | null
  readonly cause: ModeCause | null
}

/** @param path of the journal of an account @returns null = it does not know the instance */
export function readKept(path: string, instance: string): KeptInstance | null {
  return reading(path, null, (database) => {
    const sql = 'SELECT instrument, risk FROM instances WHERE instance = ?'
    const row = database.prepare(sql).get(instance)
    if (row === undefined) return null
    const risk = JSON.parse(String(row['risk'])) as Omit<KeptInstance, 'instance' | 'instrument'>
    const { position, mode, latch, cause = null } = risk
    const instrument = JSON.parse(String(row['instrument'])) as Instrument
    return { instance, instrument, position, mode, latch, cause }
  })
}

/**
 * The newest orders and fills of all paper accounts, newest first.
 * @param instance null = of all instances
 */
export function readJournals(
  folder: string,
  instance: string | null,
  limit: number,
): JournalTables {
  const files = existsSync(folder)
    ? readdirSync(folder).filter((name) => /^account-.+\.db$/.test(name))
    : []
  const instruments = new Map<string, Instrument>()
  const orders: JournalOrderRow[] = []
  const fills: StoredFillRow[] = []
  for (const name of files) {
    reading(join(folder, name), undefined, (database) => {
      for (const row of database.prepare('SELECT instance, instrument FROM instances').all()) {
        instruments.set(
          String(row['instance']),
          JSON.parse(String(row['instrument'])) as Instrument,
        )
      }
      orders.push(...ordersIn(database, instance, limit))
      fills.push(...fillsIn(database, instance, limit))
    })
  }
  return {
    instruments,
    orders: orders.sort((a, b) => b.sentAt - a.sentAt).slice(0, limit),
    fills: fills.sort((a, b) => b.at - a.at).slice(0, limit),
  }
}

function ordersIn(
  database: DatabaseSync,
  instance: string | null,
  limit: number,
): JournalOrderRow[] {
  const sql = 'SELECT * FROM orders WHERE (? IS NULL OR instance = ?) ORDER BY rowid DESC LIMIT ?'
  return database
    .prepare(sql)
    .all(instance, instance, limit)
    .map((row: Row) => ({
      clientId: String(row['client_id']) as JournalOrderRow['clientId'],
      instance: String(row['instance']),
      origin: JSON.parse(String(row['origin'])) as Origin,
      request: JSON.parse(String(row['request'])),
      outcome: (row['outcome'] as JournalOutcome | null) ?? null,
      reason: row['reason'] === null ? null : String(row['reason']),
      quantityFilled: Number(row['filled']),
      isSettled: Number(row['is_settled']) === 1,
      sentAt: Number(row['sent_at']),
    }))
}

function fillsIn(database: DatabaseSync, instance: string | null, limit: number): StoredFillRow[] {
  const sql = `SELECT instance, body FROM events WHERE kind = 'fill' AND (? IS NULL OR instance = ?)
    ORDER BY seq DESC LIMIT ?`
  return database
    .prepare(sql)
    .all(instance, instance, limit)
    .map((row: Row) => {
      const { fill } = JSON.parse(String(row['body'])) as { readonly fill: StoredFillRow }
      return { ...fill, instance: String(row['instance']) }
    })
}
