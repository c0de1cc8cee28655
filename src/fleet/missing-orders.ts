/** The orders of an instance that are wanted and do not rest, each with its reason. */
import { reasonCodes } from '../domain/reason.ts'
import type { ReasonRow } from '../protocol/api-messages.ts'
import { asReport } from './bot-report.ts'

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
