/** Adds the journals of all accounts up, each row once: a look reads what has come since the one before. */
import type { DatabaseSync } from 'node:sqlite'
import type { NumberedEvent } from '../../domain/account-event.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { money } from '../../domain/money.ts'
import { TradeBook } from '../../domain/statistic/trade-list.ts'
import type { InstanceFigures, JournalFigures } from '../../ports/journal-figures.ts'
import type { JournalOutcome } from '../../ports/journal-store.ts'
import { openToRead } from './database-fault.ts'
import { accountsIn, instrumentsIn, journalPath } from './sqlite-journal-rows.ts'

/** Rows that are read before others get their turn. */
const ROWS_MAX = 2000
/** Turns of one look; a very long journal is read by several. */
const TURNS_MAX = 25

/** What one journal has told so far. */
interface Told {
  readonly account: string
  orders: number
  events: number
  /** Orders without a known end, with their instance. */
  readonly open: Map<string, string>
  readonly sums: Map<string, Sums>
}

interface Sums {
  readonly instrument: Instrument
  readonly book: TradeBook
  readonly outcomes: Partial<Record<JournalOutcome, number>>
  readonly trades: { long: number; short: number }
  tradeProfit: number
  wins: number
  lossesInARow: number
  fundingPaid: number
}

export class SqliteJournalFigures implements JournalFigures {
  readonly #folder: string
  readonly #told = new Map<string, Told>()
  #reading: Promise<readonly InstanceFigures[] | null> | null = null

  constructor(folder: string) {
    this.#folder = folder
  }

  read(): Promise<readonly InstanceFigures[] | null> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null
    })
    return this.#reading
  }

  async #read(): Promise<readonly InstanceFigures[] | null> {
    let isWhole = true
    for (const account of accountsIn(this.#folder))
      isWhole = (await this.#readOne(account)) && isWhole
    if (!isWhole) return null
    return [...this.#told.values()].flatMap(({ account, sums }) =>
      [...sums].map(([instance, one]) => figuresOf(account, instance, one)),
    )
  }

  /** @returns whether everything has been read */
  async #readOne(account: string): Promise<boolean> {
    const database = openToRead(journalPath(this.#folder, account))
    try {
      const told = this.#toldOf(account, database)
      for (let turn = 0; turn < TURNS_MAX; turn += 1) {
        const instruments = instrumentsIn(database)
        const orders = takeOrders(database, told, instruments)
        const events = takeEvents(database, told, instruments)
        if (orders < ROWS_MAX && events < ROWS_MAX) {
          takeEnds(database, told)
          return true
        }
        await new Promise<void>((resolve) => void setImmediate(resolve))
      }
      return false
    } finally {
      database.close()
    }
  }

  /** A journal that took the place of a damaged one begins anew, and so do its sums. */
  #toldOf(account: string, database: DatabaseSync): Told {
    const known = this.#told.get(account)
    const row = database.prepare('SELECT max(rowid) AS highest FROM orders').get()
    if (known !== undefined && Number(row?.['highest'] ?? 0) >= known.orders) return known
    const told: Told = { account, orders: 0, events: 0, open: new Map(), sums: new Map() }
    this.#told.set(account, told)
    return told
  }
}

type Instruments = ReadonlyMap<string, Instrument>

/** Null: nobody knows the contract of the instance. */
function sumsOf({ sums }: Told, instance: string, instruments: Instruments): Sums | null {
  const known = sums.get(instance)
  const instrument = instruments.get(instance)
  if (known !== undefined || instrument === undefined) return known ?? null
  const made: Sums = {
    instrument,
    book: new TradeBook(instrument),
    outcomes: {},
    trades: { long: 0, short: 0 },
    tradeProfit: 0,
    wins: 0,
    lossesInARow: 0,
    fundingPaid: 0,
  }
  sums.set(instance, made)
  return made
}

/** @returns how many rows there were, at most ROWS_MAX */
function takeOrders(database: DatabaseSync, told: Told, instruments: Instruments): number {
  const sql = `SELECT rowid AS place, client_id, instance, outcome, is_settled FROM orders
    WHERE rowid > ? ORDER BY rowid LIMIT ${ROWS_MAX}`
  const rows = database.prepare(sql).all(told.orders)
  for (const row of rows) {
    told.orders = Number(row['place'])
    const instance = String(row['instance'])
    if (sumsOf(told, instance, instruments) === null) continue
    if (Number(row['is_settled']) === 1) countEnd(told, instance, row['outcome'])
    else told.open.set(String(row['client_id']), instance)
  }
  return rows.length
}

/** Orders whose end has come to be known since the last look. */
function takeEnds(database: DatabaseSync, told: Told): void {
  const sql = 'SELECT client_id FROM orders INDEXED BY orders_unsettled WHERE is_settled = 0'
  const open = new Set(
    database
      .prepare(sql)
      .all()
      .map((row) => String(row['client_id'])),
  )
  const find = database.prepare('SELECT outcome FROM orders WHERE client_id = ?')
  for (const [clientId, instance] of told.open) {
    if (open.has(clientId)) continue
    told.open.delete(clientId)
    countEnd(told, instance, find.get(clientId)?.['outcome'])
  }
}

function countEnd({ sums }: Told, instance: string, outcome: unknown): void {
  const one = sums.get(instance)
  if (one === undefined || typeof outcome !== 'string') return
  const word = outcome as JournalOutcome
  one.outcomes[word] = (one.outcomes[word] ?? 0) + 1
}

/** @returns how many rows there were, at most ROWS_MAX */
function takeEvents(database: DatabaseSync, told: Told, instruments: Instruments): number {
  const sql = `SELECT seq, instance, body FROM events WHERE seq > ? ORDER BY seq LIMIT ${ROWS_MAX}`
  const rows = database.prepare(sql).all(told.events)
  for (const row of rows) {
    told.events = Number(row['seq'])
    const sums = sumsOf(told, String(row['instance']), instruments)
    if (sums !== null) takeEvent(sums, JSON.parse(String(row['body'])) as NumberedEvent)
  }
  return rows.length
}

function takeEvent(sums: Sums, event: NumberedEvent): void {
  if (event.kind === 'funding') {
    sums.fundingPaid += Math.max(0, -event.amount)
    return
  }
  const trade = sums.book.take(event.fill)
  if (trade === null) return
  const profit = trade.gross - trade.fees
  sums.trades[trade.side] += 1
  sums.tradeProfit += profit
  sums.wins += profit > 0 ? 1 : 0
  sums.lossesInARow = profit > 0 ? 0 : sums.lossesInARow + 1
}

function figuresOf(account: string, instance: string, sums: Sums): InstanceFigures {
  const { instrument, book: _, tradeProfit, fundingPaid, outcomes, trades, ...counts } = sums
  return {
    account,
    instance,
    venue: instrument.venue,
    symbol: instrument.symbol,
    outcomes: { ...outcomes },
    trades: { ...trades },
    tradeProfit: money(tradeProfit),
    fundingPaid: money(fundingPaid),
    ...counts,
  }
}
