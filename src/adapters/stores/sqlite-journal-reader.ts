/** Reads the journal rows of one instance in their order, while its desk runs or after; opens read-only. */
import type { DatabaseSync } from 'node:sqlite'
import type { NumberedEvent } from '../../domain/account-event.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { instanceOfLeg } from '../../domain/leg-name.ts'
import type { JournalOrderRow } from '../../ports/journal-store.ts'
import { openToRead } from './database-fault.ts'
import { accountsIn, journalPath, orderIn } from './sqlite-journal-rows.ts'

/** How far a journal has been read. */
export interface JournalMark {
  readonly orders: number
  readonly events: number
}

export const JOURNAL_BEGIN: JournalMark = { orders: 0, events: 0 }

export interface JournalRow {
  readonly mark: Partial<JournalMark>
  readonly row:
    | { readonly kind: 'order'; readonly order: JournalOrderRow }
    | {
        readonly kind: 'event'
        readonly event: NumberedEvent
        /** Wall time at which the order of a fill was sent; null = it is no fill of an order of ours. */
        readonly sentAt: number | null
      }
}

/** A journal as one instance, or one leg of one, sees it. */
export class JournalReader {
  readonly path: string
  readonly instrument: Instrument
  /** Its name at its desk. */
  readonly instance: string
  readonly #database: DatabaseSync

  constructor(path: string, database: DatabaseSync, instance: string, instrument: Instrument) {
    this.path = path
    this.#database = database
    this.instance = instance
    this.instrument = instrument
  }

  /** Orders as they stand now, in the order in which they were sent. */
  *orders({ orders }: JournalMark): Generator<JournalRow> {
    const sql =
      'SELECT rowid AS place, * FROM orders WHERE instance = ? AND rowid > ? ORDER BY rowid'
    for (const row of this.#database.prepare(sql).iterate(this.instance, orders)) {
      const order = orderIn(row)
      yield { mark: { orders: Number(row['place']) }, row: { kind: 'order', order } }
    }
  }

  order(clientId: string): JournalOrderRow | null {
    const row = this.#database.prepare('SELECT * FROM orders WHERE client_id = ?').get(clientId)
    return row === undefined ? null : orderIn(row)
  }

  *events({ events }: JournalMark): Generator<JournalRow> {
    const sql = `SELECT e.seq, e.body, o.sent_at FROM events e
      LEFT JOIN orders o ON o.client_id = json_extract(e.body, '$.fill.clientId')
      WHERE e.instance = ? AND e.seq > ? ORDER BY e.seq`
    for (const row of this.#database.prepare(sql).iterate(this.instance, events)) {
      const event = JSON.parse(String(row['body'])) as NumberedEvent
      const sentAt = row['sent_at'] == null ? null : Number(row['sent_at'])
      yield { mark: { events: Number(row['seq']) }, row: { kind: 'event', event, sentAt } }
    }
  }

  close(): void {
    this.#database.close()
  }
}

/** Opens the journals that know an instance: one reader for each account on which it, or a leg of it, has traded. To be closed. */
export function openJournalReaders(folder: string, instance: string): JournalReader[] {
  return accountsIn(folder).flatMap((account) => readersOf(journalPath(folder, account), instance))
}

/** @throws Error with one sentence when the journal cannot be read */
function readersOf(path: string, instance: string): JournalReader[] {
  const opened: DatabaseSync[] = []
  const open = (): DatabaseSync => {
    const database = openToRead(path)
    opened.push(database)
    return database
  }
  try {
    const found = open()
    const rows = found.prepare('SELECT instance, instrument FROM instances').all()
    const own = rows.filter((row) => instanceOfLeg(String(row['instance'])) === instance)
    const readers = own.map((row, index) => {
      const instrument = JSON.parse(String(row['instrument'])) as Instrument
      return new JournalReader(
        path,
        index === 0 ? found : open(),
        String(row['instance']),
        instrument,
      )
    })
    if (readers.length === 0) found.close()
    return readers
  } catch (error) {
    for (const database of opened) database.close()
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`the journal ${path} cannot be read (${why}): perpfleet doctor checks it`, {
      cause: error,
    })
  }
}
