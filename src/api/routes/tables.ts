/** /api/v1/{orders,fills,positions,balances,trades}. */
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type { Commands } from '../../fleet/commands.ts'
import { type TableFilter, tableNames } from '../../protocol/fleet-messages.ts'
import { cursorOf, pageOf, timeOf, type ZodRequests } from '../context.ts'
import type { RouteParts } from '../parts.ts'
import { answers } from '../schemas/common.ts'
import { balance, fill, listOf, order, position, tableQuery, trade } from '../schemas/tables.ts'

const ROWS = { orders: order, fills: fill, positions: position, balances: balance, trades: trade }

const SUMMARIES = {
  orders: 'Orders, the newest first',
  fills: 'Executions, the newest first',
  positions: 'What each instance holds',
  balances: 'What each account holds',
  trades: 'Closed round trips, the newest first',
} as const

export function registerTables(app: FastifyInstance, parts: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  for (const name of tableNames) {
    api.get(
      `/api/v1/${name}`,
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['tables'],
          summary: SUMMARIES[name],
          querystring: tableQuery,
          response: answers(listOf(ROWS[name])),
        },
      },
      async ({ query }) => {
        const { filter, cursor } = filterOf(parts.commands, query)
        const { items, next } = await parts.tables.page(name, filter, cursor)
        return { items, next_cursor: next === null ? null : cursorOf(next) }
      },
    )
  }
}

/** What a query asks of a table. @throws CommandError NOT_FOUND, ApiError VALIDATION */
export function filterOf(
  commands: Commands,
  query: z.infer<typeof tableQuery>,
): { readonly filter: TableFilter; readonly cursor: unknown } {
  const { instance = null, venue = query.exchange ?? null } = query
  if (instance !== null) commands.unit(instance)
  const { limit, cursor } = pageOf(query)
  return { filter: { instance, venue, since: timeOf('since', query.since), limit }, cursor }
}
