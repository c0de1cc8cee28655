/** Answers GET /api/v1/{orders,fills,positions,balances,trades}: from the desk, trades from the journals on disk. */
import type { Instrument } from '../domain/instrument.ts'
import type { Fill } from '../domain/order.ts'
import type { JournalOrderRow } from '../ports/journal-store.ts'
import type { TableFilter, TableName, TableRow } from '../protocol/fleet-messages.ts'
import { type DeskInstanceRow, isDeskStatus } from './desk-watch.ts'
import type { Fleet } from './fleet.ts'
import { balanceRow, fillRow, filtered, orderRow, positionRow, tradeRows } from './table-rows.ts'

export interface Table {
  readonly items: readonly TableRow[]
  readonly next_cursor: null
}

export interface StoredFills {
  readonly instruments: ReadonlyMap<string, Instrument>
  /** Newest first. */
  readonly fills: readonly (Fill & { readonly instance: string })[]
}

/** Reads the journals of the desks beside them: trades need many fills, and a desk has better things to do. */
export type ReadFills = (instance: string | null, limit: number) => StoredFills

/** Trades are made of so many of the newest fills. */
export const TRADE_FILLS_MAX = 20_000
/** What is looked through for a venue or a time. */
const FILTERED_ROWS_MAX = 10_000

export async function tableOf(
  fleet: Fleet,
  readFills: ReadFills,
  name: TableName,
  filter: TableFilter,
): Promise<Table> {
  const rows = await allRows(fleet, readFills, name, filter)
  return { items: filtered(rows, filter), next_cursor: null }
}

async function allRows(
  fleet: Fleet,
  readFills: ReadFills,
  name: TableName,
  { instance, venue, since, limit }: TableFilter,
): Promise<readonly TableRow[]> {
  if (name === 'trades') {
    const { fills, instruments } = readFills(instance, TRADE_FILLS_MAX)
    return tradeRows(fills, instruments)
  }
  if (name === 'balances') {
    const status = await fleet.askDesk({ action: 'status' }, 5000)
    return isDeskStatus(status) ? status.accounts.map(balanceRow) : []
  }
  const isFiltered = venue !== null || since !== null
  const question = { action: name, instance, limit: isFiltered ? FILTERED_ROWS_MAX : limit }
  return rowsOf(fleet, name, itemsOf(await fleet.askDesk(question, 5000)))
}

const itemsOf = (answer: unknown): readonly unknown[] =>
  typeof answer === 'object' && answer !== null && 'items' in answer && Array.isArray(answer.items)
    ? answer.items
    : []

function rowsOf(fleet: Fleet, name: TableName, items: readonly unknown[]): TableRow[] {
  if (name === 'positions') return (items as DeskInstanceRow[]).map(positionRow)
  return items.flatMap((item): TableRow[] => {
    const { instance } = item as { readonly instance: string }
    const instrument = fleet.deskWatch.row(instance)?.instrument
    // Of an instance that the desk knew before its restart only: its rows come back with it.
    if (instrument === undefined) return []
    if (name === 'orders') return [orderRow(item as JournalOrderRow, instrument)]
    return [fillRow(item as Fill & { instance: string }, instrument)]
  })
}
