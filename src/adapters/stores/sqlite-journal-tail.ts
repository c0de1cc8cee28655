/**
 * Follows the journals of the desks over connections that stay open and only read; no look holds a journal for longer than
 * it takes, so that the desk can always tidy its log.
 */
import { statSync } from 'node:fs'
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { NumberedEvent } from '../../domain/account-event.ts'
import type { Instrument } from '../../domain/instrument.ts'
import type { JournalOrderRow } from '../../ports/journal-store.ts'
import type { JournalChanges, JournalTail, TailFill, TailOrder } from '../../ports/journal-tail.ts'
import { openToRead } from './database-fault.ts'
import { accountsIn, journalPath, orderIn } from './sqlite-journal-rows.ts'

type Row = Record<string, SQLOutputValue>

/** Rows of one look; more are read at the next one. */
const ROWS_MAX = 2000
/** Looks from one search for new journals to the next. */
const LOOKS_PER_SEARCH = 5

export class SqliteJournalTail implements JournalTail {
  readonly #folder: string
  readonly #onFault: (text: string) => void
  readonly #files = new Map<string, JournalFile>()
  readonly #faults = new Set<string>()
  #looks = 0

  /** Begins at the end of what is there. @param onFault is told once that a journal cannot be read, in one sentence */
  constructor(folder: string, onFault: (text: string) => void) {
    this.#folder = folder
    this.#onFault = onFault
    this.#search('end')
  }

  poll(): JournalChanges {
    this.#looks += 1
    // What appears later is new from its first row on.
    if (this.#looks % LOOKS_PER_SEARCH === 0) this.#search('beginning')
    const orders: TailOrder[] = []
    const fills: TailFill[] = []
    for (const [path, file] of this.#files) {
      this.#attempt(path, () => {
        const changes = file.poll()
        orders.push(...changes.orders)
        fills.push(...changes.fills)
      })
    }
    return { orders, fills }
  }

  close(): void {
    for (const file of this.#files.values()) file.close()
    this.#files.clear()
  }

  #search(from: 'beginning' | 'end'): void {
    for (const [path, file] of this.#files) if (file.isReplaced()) this.#forget(path)
    for (const account of accountsIn(this.#folder)) {
      const path = journalPath(this.#folder, account)
      if (this.#files.has(path)) continue
      // One that could not be read has rows that were not seen: too many to tell them all as new.
      const begin = this.#faults.has(path) ? 'end' : from
      this.#attempt(path, () => {
        this.#files.set(path, new JournalFile(path, begin))
        this.#faults.delete(path)
      })
    }
  }

  #forget(path: string): void {
    this.#files.get(path)?.close()
    this.#files.delete(path)
  }

  #attempt(path: string, run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#forget(path)
      const isTold = this.#faults.has(path)
      this.#faults.add(path)
      const why = error instanceof Error ? error.message : String(error)
      if (!isTold) this.#onFault(`the journal ${path} cannot be followed (${why})`)
    }
  }
}

class JournalFile {
  readonly #path: string
  readonly #inode: number
  readonly #database: DatabaseSync
  readonly #statements: ReturnType<typeof prepare>
  /** Orders that may still change, by row: what was last seen of them. */
  readonly #open = new Map<number, string>()
  #version: unknown = null
  #lastOrder = 0
  #lastEvent = 0

  constructor(path: string, begin: 'beginning' | 'end') {
    this.#path = path
    this.#inode = statSync(path).ino
    this.#database = openToRead(path)
    try {
      this.#statements = prepare(this.#database)
      if (begin === 'end') this.#skip()
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  /** The desk has kept the file aside, or somebody has put a copy in its place. */
  isReplaced(): boolean {
    try {
      return statSync(this.#path).ino !== this.#inode
    } catch {
      return true
    }
  }

  close(): void {
    this.#database.close()
  }

  #skip(): void {
    this.#reading(() => {
      const { lastOrder, lastEvent, unsettled } = this.#statements
      this.#lastOrder = Number(lastOrder.get()?.['last'] ?? 0)
      this.#lastEvent = Number(lastEvent.get()?.['last'] ?? 0)
      for (const row of arraysOf(unsettled)) this.#open.set(Number(row[0]), stateIn(row))
    })
  }

  /** All statements see the same moment. */
  #reading(read: () => void): void {
    this.#database.exec('BEGIN')
    try {
      read()
    } finally {
      this.#database.exec('COMMIT')
    }
  }

  poll(): JournalChanges {
    const version = this.#statements.version.get()?.['data_version']
    if (version === this.#version) return NOTHING
    const orders: JournalOrderRow[] = []
    const fills: TailFill['fill'][] = []
    const instruments = new Map<string, Instrument>()
    let isBehind = false
    this.#reading(() => {
      // Changes of known orders first: so far every order that they name has been told.
      orders.push(...this.#changedOrders())
      const added = this.#newOrders()
      const booked = this.#newFills()
      orders.push(...added)
      fills.push(...booked.fills)
      isBehind = added.length === ROWS_MAX || booked.rows === ROWS_MAX
      for (const { instance } of [...orders, ...fills]) {
        if (instruments.has(instance)) continue
        const instrument = this.#instrumentOf(instance)
        if (instrument !== null) instruments.set(instance, instrument)
      }
    })
    this.#version = isBehind ? null : version
    return {
      orders: orders.flatMap((order) => withInstrument(instruments, order, { order })),
      fills: fills.flatMap((fill) => withInstrument(instruments, fill, { fill })),
    }
  }

  #changedOrders(): JournalOrderRow[] {
    const changed: number[] = []
    const left = new Set(this.#open.keys())
    for (const row of arraysOf(this.#statements.unsettled)) {
      const place = Number(row[0])
      const before = this.#open.get(place)
      if (before === undefined) continue
      left.delete(place)
      const state = stateIn(row)
      if (state === before) continue
      this.#open.set(place, state)
      changed.push(place)
    }
    for (const place of left) this.#open.delete(place)
    return [...left, ...changed]
      .sort((a, b) => a - b)
      .flatMap((place) => {
        const row = this.#statements.order.get(place)
        return row === undefined ? [] : [orderIn(row)]
      })
  }

  #newOrders(): JournalOrderRow[] {
    return this.#statements.newOrders.all(this.#lastOrder).map((row: Row) => {
      const place = Number(row['place'])
      this.#lastOrder = place
      const order = orderIn(row)
      if (!order.isSettled) this.#open.set(place, `${order.outcome ?? ''} ${order.quantityFilled}`)
      return order
    })
  }

  #newFills(): { readonly rows: number; readonly fills: TailFill['fill'][] } {
    const rows = this.#statements.newEvents.all(this.#lastEvent)
    this.#lastEvent = Number(rows.at(-1)?.['seq'] ?? this.#lastEvent)
    const fills = rows
      .filter((row) => row['kind'] === 'fill')
      .flatMap((row): TailFill['fill'][] => {
        const event = JSON.parse(String(row['body'])) as NumberedEvent
        return event.kind === 'fill' ? [{ ...event.fill, instance: String(row['instance']) }] : []
      })
    return { rows: rows.length, fills }
  }

  #instrumentOf(instance: string): Instrument | null {
    const row = this.#statements.instrument.get(instance)
    return row === undefined ? null : (JSON.parse(String(row['instrument'])) as Instrument)
  }
}

const NOTHING: JournalChanges = { orders: [], fills: [] }

function withInstrument<T>(
  instruments: ReadonlyMap<string, Instrument>,
  { instance }: { readonly instance: string },
  part: T,
): (T & { readonly instrument: Instrument })[] {
  const instrument = instruments.get(instance)
  return instrument === undefined ? [] : [{ ...part, instrument }]
}

const arraysOf = (statement: StatementSync): readonly SQLInputValue[][] =>
  statement.all() as unknown as SQLInputValue[][]

const stateIn = (row: readonly SQLInputValue[]): string => `${row[1] ?? ''} ${row[2]}`

function prepare(database: DatabaseSync) {
  // By its index: an old journal holds very many orders, and only a few of them can still change.
  const unsettled = database.prepare(
    'SELECT rowid, outcome, filled FROM orders INDEXED BY orders_unsettled WHERE is_settled = 0',
  )
  unsettled.setReturnArrays(true)
  return {
    unsettled,
    version: database.prepare('PRAGMA data_version'),
    lastOrder: database.prepare('SELECT max(rowid) AS last FROM orders'),
    lastEvent: database.prepare('SELECT max(seq) AS last FROM events'),
    order: database.prepare('SELECT * FROM orders WHERE rowid = ?'),
    newOrders: database.prepare(
      `SELECT rowid AS place, * FROM orders WHERE rowid > ? ORDER BY rowid LIMIT ${ROWS_MAX}`,
    ),
    newEvents: database.prepare(
      `SELECT seq, instance, kind, body FROM events WHERE seq > ? ORDER BY seq LIMIT ${ROWS_MAX}`,
    ),
    instrument: database.prepare('SELECT instrument FROM instances WHERE instance = ?'),
  }
}
