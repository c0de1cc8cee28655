/** Rows of journals as objects, for everybody who reads them beside the desk that writes them. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { Instrument } from '../../domain/instrument.ts'
import type { JournalOrderRow, JournalOutcome } from '../../ports/journal-store.ts'

const JOURNAL = /^account-(.+)\.db$/

/** Accounts that have a journal in a folder, by name; a folder that is not there has none. */
export function accountsIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .flatMap((name) => JOURNAL.exec(name)?.[1] ?? [])
    .sort()
}

export const journalPath = (folder: string, account: string): string =>
  join(folder, `account-${account}.db`)

/** @param row of the table of orders, all columns */
export const orderIn = (row: Readonly<Record<string, SQLOutputValue>>): JournalOrderRow => ({
  clientId: String(row['client_id']) as JournalOrderRow['clientId'],
  instance: String(row['instance']),
  origin: JSON.parse(String(row['origin'])),
  request: JSON.parse(String(row['request'])),
  outcome: (row['outcome'] as JournalOutcome | null) ?? null,
  reason: row['reason'] === null ? null : String(row['reason']),
  quantityFilled: Number(row['filled']),
  isSettled: Number(row['is_settled']) === 1,
  sentAt: Number(row['sent_at']),
})

/** The contract of each instance that a journal knows. */
export function instrumentsIn(database: DatabaseSync): ReadonlyMap<string, Instrument> {
  const rows = database.prepare('SELECT instance, instrument FROM instances').all()
  return new Map(
    rows.map((row) => [
      String(row['instance']),
      JSON.parse(String(row['instrument'])) as Instrument,
    ]),
  )
}
