/** Answers GET /api/v1/{orders,fills,positions} from the desk. */
import type { Fill } from '../domain/order.ts'
import type { JournalOrderRow } from '../ports/journal-store.ts'
import type { TableName, TableRow } from '../protocol/fleet-messages.ts'
import type { DeskInstanceRow } from './desk-watch.ts'
import type { Fleet } from './fleet.ts'
import { fillRow, orderRow, positionRow } from './table-rows.ts'

export interface Table {
  readonly items: readonly TableRow[]
  readonly next_cursor: null
}

/** @param instance null = of all instances */
export async function tableOf(
  fleet: Fleet,
  name: TableName,
  instance: string | null,
  limit: number,
): Promise<Table> {
  const answer = await fleet.askDesk({ action: name, instance, limit }, 5000)
  return { items: rowsOf(fleet, name, itemsOf(answer)), next_cursor: null }
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
