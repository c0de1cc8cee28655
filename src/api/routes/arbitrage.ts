/** /api/v1/arbitrage/{opportunities,pairs,history,funding}: what the scanner of this home tells; /executed: what was made of it. */
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import { executedOf } from '../../fleet/executed-lists.ts'
import {
  type OpportunityHistoryRow,
  type OpportunityRow,
  type PairRow,
  type ScanFundingRow,
  type ScanList,
  type ScannerQuestion,
  unreachableOf,
} from '../../protocol/arbitrage-messages.ts'
import { LIMIT_MAX, pageOf, type ZodRequests } from '../context.ts'
import type { RouteParts } from '../parts.ts'
import {
  executed,
  opportunity,
  opportunityHistory,
  scanFunding,
  scanPairs,
  scanQuery,
} from '../schemas/arbitrage.ts'
import { answers } from '../schemas/common.ts'
import { listOf, tableQuery } from '../schemas/tables.ts'
import { filterOf } from './tables.ts'

type ListQuestion = Exclude<ScannerQuestion, 'status' | 'shutdown'>
type Query = z.infer<typeof scanQuery>

interface Lists {
  readonly opportunities: OpportunityRow
  readonly pairs: PairRow
  readonly history: OpportunityHistoryRow
  readonly funding: ScanFundingRow
}

/** Venues and base of a row, for the filters. */
const namesOf: { readonly [Name in ListQuestion]: (row: Lists[Name]) => readonly string[] } = {
  opportunities: ({ buy, sell }) => [buy.exchange, sell.exchange],
  pairs: ({ legs }) => legs.map(({ exchange }) => exchange),
  history: (row) => [row.buy_exchange, row.sell_exchange],
  funding: ({ exchange }) => [exchange],
}

const baseOf = (row: { readonly base?: string; readonly pair?: string }): string =>
  row.base ?? row.pair?.split(':')[0] ?? ''

export function registerArbitrage(app: FastifyInstance, parts: RouteParts): void {
  scannerRoutes(app, parts)
  executedRoute(app, parts)
}

function executedRoute(app: FastifyInstance, { fleet, commands }: RouteParts): void {
  app.withTypeProvider<ZodRequests>().get(
    '/api/v1/arbitrage/executed',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['arbitrage'],
        summary: 'Opportunities that instances of two legs took, the newest first',
        querystring: tableQuery,
        response: answers(listOf(executed)),
      },
    },
    async ({ query }) => {
      const items = await executedOf(fleet, filterOf(commands, query).filter)
      return { items, next_cursor: null }
    },
  )
}

function scannerRoutes(app: FastifyInstance, { fleet }: RouteParts): void {
  const rows = async <Name extends ListQuestion>(name: Name, query: Query) => {
    const { limit } = pageOf({ limit: query.limit ?? String(LIMIT_MAX) })
    const { items } = (await fleet.scanner.ask(name)) as ScanList<Lists[Name]>
    const base = query.base?.toUpperCase()
    const found = items.filter(
      (row) =>
        (query.exchange === undefined || namesOf[name](row).includes(query.exchange)) &&
        (base === undefined || baseOf(row) === base),
    )
    return { items: found.slice(0, limit), next_cursor: null }
  }
  const tags = ['arbitrage']
  const config = { role: 'viewer' } as const
  const api = app.withTypeProvider<ZodRequests>()
  api.get(
    '/api/v1/arbitrage/opportunities',
    {
      config,
      schema: {
        ...{ tags, querystring: scanQuery, response: answers(listOf(opportunity)) },
        summary: 'Differences between venues that pay after all costs now, the largest edge first',
      },
    },
    ({ query }) => rows('opportunities', query),
  )
  api.get(
    '/api/v1/arbitrage/pairs',
    {
      config,
      schema: {
        ...{ tags, querystring: scanQuery, response: answers(scanPairs) },
        summary: 'Every pair that is compared, and why it is no opportunity',
      },
    },
    async ({ query }) => {
      const found = await rows('pairs', query)
      return { ...found, unreachable: [...unreachableOf(fleet.scanner.status)] }
    },
  )
  api.get(
    '/api/v1/arbitrage/history',
    {
      config,
      schema: {
        ...{ tags, querystring: scanQuery, response: answers(listOf(opportunityHistory)) },
        summary: 'The last opportunities from their beginning to their end, the newest first',
      },
    },
    ({ query }) => rows('history', query),
  )
  api.get(
    '/api/v1/arbitrage/funding',
    {
      config,
      schema: {
        ...{ tags, querystring: scanQuery, response: answers(listOf(scanFunding)) },
        summary: 'Funding of every contract that is compared, by the second and by the day',
      },
    },
    ({ query }) => rows('funding', query),
  )
}
