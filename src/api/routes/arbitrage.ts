/** /api/v1/arbitrage/{opportunities,pairs,history,funding}: what the scanner of this home tells. */
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type {
  OpportunityHistoryRow,
  OpportunityRow,
  PairRow,
  ScanFundingRow,
  ScanList,
  ScannerQuestion,
} from '../../protocol/arbitrage-messages.ts'
import { LIMIT_MAX, pageOf, type ZodRequests } from '../context.ts'
import type { RouteParts } from '../parts.ts'
import {
  opportunity,
  opportunityHistory,
  scanFunding,
  scanPair,
  scanQuery,
} from '../schemas/arbitrage.ts'
import { answers } from '../schemas/common.ts'
import { listOf } from '../schemas/tables.ts'

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

export function registerArbitrage(app: FastifyInstance, { fleet }: RouteParts): void {
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
        ...{ tags, querystring: scanQuery, response: answers(listOf(scanPair)) },
        summary: 'Every pair that is compared, and why it is no opportunity',
      },
    },
    ({ query }) => rows('pairs', query),
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
