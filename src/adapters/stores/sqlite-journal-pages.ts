/** Pages of the journals of all accounts; each is opened read-only for the moment of a question. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { NumberedEvent } from '../../domain/account-event.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { instanceOfLeg } from '../../domain/leg-name.ts'
import type {
  JournalPages,
  JournalPart,
  JournalPlace,
  JournalQuestion,
  PlacedEvent,
  PlacedOrder,
} from '../../ports/journal-pages.ts'
import { openToRead } from './database-fault.ts'
import { accountsIn, instrumentsIn, journalPath, orderIn } from './sqlite-journal-rows.ts'

type Row = Record<string, SQLOutputValue>

/** Orders carry wall time, and a wall clock may have been set back by so much. */
const CLOCK_SLACK_MS = 3_600_000

/** Which rows of one journal are looked at. */
interface Table<Found> {
  readonly name: 'orders' | 'events'
  /** The column whose number grows with each row. */
  readonly place: 'rowid' | 'seq'
  readonly condition: string
  /** Name of the index that holds just these rows. */
  readonly index: string | null
  readonly slackMs: number
  read(row: Row, journal: Journal): Found
  timeOf(found: Found): number
}

interface Journal {
  readonly account: string
  readonly database: DatabaseSync
  readonly instruments: ReadonlyMap<string, Instrument>
}

/** Rows of one journal that were read ahead, and below which number to go on. */
interface Ahead<Found> {
  readonly account: string
  readonly found: readonly { readonly place: number; readonly row: Found }[]
  /** Number of the newest row. */
  readonly top: number
  below: number
  taken: number
}

export class SqliteJournalPages implements JournalPages {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  orders(question: JournalQuestion, which: 'all' | 'active'): JournalPart<PlacedOrder> {
    const isActive = which === 'active'
    return this.#page(question, {
      name: 'orders',
      place: 'rowid',
      condition: isActive ? 'is_settled = 0' : '1',
      index: isActive ? 'orders_unsettled' : null,
      slackMs: CLOCK_SLACK_MS,
      read: placedOrder,
      timeOf: ({ order }) => order.sentAt,
    })
  }

  events(question: JournalQuestion, kind: NumberedEvent['kind'] | null): JournalPart<PlacedEvent> {
    return this.#page(question, {
      name: 'events',
      place: 'seq',
      condition: kind === null ? '1' : `kind = '${kind}'`,
      index: null,
      slackMs: 0,
      read: placedEvent,
      timeOf: ({ event }) => event.at,
    })
  }

  #page<Found>(question: JournalQuestion, table: Table<Found>): JournalPart<Found> {
    const { place, limit } = question
    const aheads = accountsIn(this.#folder)
      .filter((account) => place === null || place[account] !== undefined)
      .map((account) => this.#reading(account, (journal) => readAhead(journal, question, table)))
      .filter((ahead) => ahead !== null)
    const rows: Found[] = []
    while (rows.length < limit) {
      const next = newestOf(aheads, table)
      if (next === null) break
      const { ahead, row, place: number } = next
      rows.push(row)
      ahead.taken += 1
      ahead.below = number
    }
    const open = aheads.filter(({ taken, found }) => taken < found.length)
    const left: JournalPlace = Object.fromEntries(
      open.map(({ account, below }) => [account, below]),
    )
    const top = Object.fromEntries(aheads.map((one) => [one.account, one.top]))
    return { rows, next: open.length === 0 ? null : left, top }
  }

  /** @throws Error with one sentence */
  #reading<T>(account: string, read: (journal: Journal) => T): T {
    const path = journalPath(this.#folder, account)
    let database: DatabaseSync | null = null
    try {
      database = openToRead(path)
      // One moment for everything that is read: rows and the contracts that they need.
      database.exec('BEGIN')
      return read({ account, database, instruments: instrumentsIn(database) })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new Error(`the journal ${path} cannot be read (${why}): perpfleet doctor checks it`, {
        cause: error,
      })
    } finally {
      database?.close()
    }
  }
}

/** One row more than the page can hold, so that it is known whether there is a next one. */
function readAhead<Found>(
  journal: Journal,
  { instance, venue, since, limit, place, above = {} }: JournalQuestion,
  table: Table<Found>,
): Ahead<Found> | null {
  const { account, database, instruments } = journal
  const wanted = [...instruments].filter(
    ([id, one]) =>
      (instance === null || instance === instanceOfLeg(id)) && (venue ?? one.venue) === one.venue,
  )
  if (wanted.length === 0) return null
  const top = highestOf(database, table)
  const span = { below: place?.[account] ?? top + 1, above: above[account] ?? 0 }
  const found: { readonly place: number; readonly row: Found }[] = []
  for (const row of rowsIn(database, table, span, wanted, instruments.size)) {
    // Rows of an instance whose contract nobody knows could not be told in decimal text.
    if (!instruments.has(String(row['instance']))) continue
    const one = table.read(row, journal)
    const at = table.timeOf(one)
    if (since !== null && at < since - table.slackMs) break
    if (since !== null && at < since) continue
    found.push({ place: Number(row['place']), row: one })
    if (found.length > limit) break
  }
  return { account, found, top, below: span.below, taken: 0 }
}

function highestOf<Found>(database: DatabaseSync, { name, place }: Table<Found>): number {
  const row = database.prepare(`SELECT max(${place}) AS highest FROM ${name}`).get()
  return Number(row?.['highest'] ?? 0)
}

function rowsIn<Found>(
  database: DatabaseSync,
  { name, place, condition, index }: Table<Found>,
  { below, above }: { readonly below: number; readonly above: number },
  wanted: readonly (readonly [string, Instrument])[],
  known: number,
): Iterable<Row> {
  const ids = wanted.map(([id]) => id)
  const isAll = ids.length === known
  const among = ids.length === 1 ? 'instance = ?' : 'instance IN (SELECT value FROM json_each(?))'
  const by = index === null ? '' : `INDEXED BY ${index}`
  // With an index of few rows the numbers are compared and sorted, not walked through.
  const number = index === null ? place : `+${place}`
  const sql = `SELECT ${place} AS place, * FROM ${name} ${by} WHERE ${condition}
    AND ${number} < ? AND ${number} > ? ${isAll ? '' : `AND ${among}`} ORDER BY ${number} DESC`
  const statement = database.prepare(sql)
  if (isAll) return statement.iterate(below, above)
  return statement.iterate(below, above, ids.length === 1 ? (ids[0] ?? '') : JSON.stringify(ids))
}

/** Rows keep the order of their journal, also where a clock was set back. */
function newestOf<Found>(aheads: readonly Ahead<Found>[], table: Table<Found>) {
  let newest: {
    readonly ahead: Ahead<Found>
    readonly row: Found
    readonly place: number
    readonly at: number
  } | null = null
  for (const ahead of aheads) {
    const one = ahead.found[ahead.taken]
    if (one === undefined) continue
    const at = table.timeOf(one.row)
    if (newest === null || at > newest.at) newest = { ahead, ...one, at }
  }
  return newest
}

function placedOrder(row: Row, { account, instruments }: Journal): PlacedOrder {
  const order = orderIn(row)
  return { account, instrument: instrumentOf(instruments, order.instance), order }
}

function placedEvent(row: Row, { account, instruments }: Journal): PlacedEvent {
  const instance = String(row['instance'])
  const event = JSON.parse(String(row['body'])) as NumberedEvent
  return { account, instrument: instrumentOf(instruments, instance), instance, event }
}

function instrumentOf(instruments: ReadonlyMap<string, Instrument>, id: string): Instrument {
  const found = instruments.get(id)
  if (found === undefined) throw new Error(`it has rows of ${id}, but not its contract`)
  return found
}
