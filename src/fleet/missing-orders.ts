/** The orders of an instance that are wanted and do not rest, each with its reason. */
import { reasonCodes } from '../domain/reason.ts'
import type { ReasonRow } from '../protocol/api-messages.ts'
import { asReport } from './bot-report.ts'
import { CommandError } from './commands.ts'
import { CURSOR_TEXT, type TablePage } from './table-pages.ts'

/** @param status what the bot answers to GET /api/status; of anything else nothing is known */
export function reasonsOf(status: unknown): ReasonRow[] {
  const { orders, grid } = asReport(status)
  const kept = new Map(Object.entries(asReport(grid))).get('virtual')
  return [...rowsIn(orders?.list, null), ...rowsIn(kept, 'virtual')]
}

function rowsIn(list: unknown, reasonOfAll: string | null): ReasonRow[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((one: Readonly<Record<string, unknown>>) => {
    const { slot, side, price, quantity } = one
    const reason = reasonOfAll ?? one['reason']
    const isTold = [slot, price, quantity, reason].every((value) => typeof value === 'string')
    if (!isTold || (side !== 'buy' && side !== 'sell')) return []
    const code = String(reason)
    const text = Object.hasOwn(reasonCodes, code)
      ? reasonCodes[code as keyof typeof reasonCodes]
      : code
    return [
      {
        slot: String(slot),
        side,
        price: String(price),
        quantity: String(quantity),
        reason: code,
        text,
      },
    ]
  })
}

/**
 * A page of rows that are made anew for each question.
 * @param place the `next` of the page before; null = from the first row on
 * @throws CommandError VALIDATION (no such place)
 */
export function reasonPage(
  rows: readonly ReasonRow[],
  limit: number,
  place: unknown,
): TablePage<ReasonRow> {
  const from = place === null ? 0 : fromOf(rows, place)
  const items = rows.slice(from, from + limit)
  const last = items.at(-1)
  const end = from + items.length
  return { items, next: last === undefined || end >= rows.length ? null : [last.slot, end] }
}

/** Behind the row that came last; where that one rests by now, as far as the pages before have come. */
function fromOf(rows: readonly ReasonRow[], place: unknown): number {
  const [slot, count]: readonly unknown[] = Array.isArray(place) ? place : []
  if (typeof slot !== 'string' || !Number.isSafeInteger(count) || Number(count) < 1)
    throw new CommandError('VALIDATION', CURSOR_TEXT)
  const isWhereItWas = rows[Number(count) - 1]?.slot === slot
  const found = isWhereItWas ? -1 : rows.findIndex((row) => row.slot === slot)
  return found === -1 ? Number(count) : found + 1
}
