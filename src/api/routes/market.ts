/** /api/v1/{candles,funding,exchanges,websocket/status,orders/active,account} and what belongs to one instance of them. */
import type { FastifyInstance } from 'fastify'
import { connectionRows, exchangeRows } from '../../fleet/connections.ts'
import { reasonPage, reasonsOf } from '../../fleet/missing-orders.ts'
import type { TablePage } from '../../fleet/table-pages.ts'
import { CANDLES_LIMIT } from '../../protocol/exchange-messages.ts'
import { ApiError, cursorOf, LIMIT_MAX, pageOf, timeOf, type ZodRequests } from '../context.ts'
import type { RouteParts } from '../parts.ts'
import { answers, idParams } from '../schemas/common.ts'
import {
  candlePage,
  candleQuery,
  connection,
  exchange,
  exchangeParams,
  funding,
  journalEvent,
  pageQuery,
  reason,
} from '../schemas/market.ts'
import { balance, listOf, order, tableQuery } from '../schemas/tables.ts'
import { filterOf } from './tables.ts'

const viewer = { role: 'viewer' } as const
const CANDLES = 500
const STATUS_TIMEOUT_MS = 2000

export function registerMarket(app: FastifyInstance, parts: RouteParts): void {
  candleRoute(app, parts)
  instanceRoutes(app, parts)
  tableRoutes(app, parts)
  connectionRoutes(app, parts)
}

/** A page of the fleet with its cursor as text. */
export const withCursor = <Row>({ items, next }: TablePage<Row>) => ({
  items,
  next_cursor: next === null ? null : cursorOf(next),
})

function candleRoute(app: FastifyInstance, { commands, candles }: RouteParts): void {
  app.withTypeProvider<ZodRequests>().get(
    '/api/v1/candles',
    {
      config: viewer,
      schema: {
        tags: ['market'],
        summary: 'Candles of the contract of an instance, up to the market time',
        querystring: candleQuery,
        response: answers(candlePage),
      },
    },
    ({ query }) => {
      const { id } = commands.unit(query.instance)
      const { limit } = pageOf({ limit: query.limit ?? String(CANDLES) }, CANDLES_LIMIT)
      const before = timeOf('before', query.before)
      const at = before === null ? null : Date.parse(before)
      return candles.candlesOf(id, query.timeframe, limit, at)
    },
  )
}

function instanceRoutes(app: FastifyInstance, { fleet, commands, tables }: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  api.get(
    '/api/v1/instances/:id/reasons',
    {
      config: viewer,
      schema: {
        tags: ['instances'],
        summary: 'Orders that are wanted and do not rest, each with its reason',
        params: idParams,
        querystring: pageQuery,
        response: answers(listOf(reason)),
      },
    },
    async ({ params: { id }, query }) => {
      const { process, record } = commands.unit(id)
      const port = process.isAlive ? record.webPort : null
      // Of a bot that does not run nothing is wanted.
      const { links } = fleet.parts
      const status =
        port === null ? null : await links.getFromBot(port, '/api/status', STATUS_TIMEOUT_MS)
      const { limit, cursor } = pageOf({ ...query, limit: query.limit ?? String(LIMIT_MAX) })
      return withCursor(reasonPage(reasonsOf(status), limit, cursor))
    },
  )
  api.get(
    '/api/v1/instances/:id/journal',
    {
      config: viewer,
      schema: {
        tags: ['instances'],
        summary: 'Its numbered events, as the journal of its desk has them, the newest first',
        params: idParams,
        querystring: pageQuery,
        response: answers(listOf(journalEvent)),
      },
    },
    async ({ params, query }) => {
      const { id } = commands.unit(params.id)
      const { limit, cursor } = pageOf(query)
      return withCursor(tables.journalOf(id, limit, cursor))
    },
  )
}

function tableRoutes(app: FastifyInstance, { commands, tables }: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  api.get(
    '/api/v1/orders/active',
    {
      config: viewer,
      schema: {
        tags: ['tables'],
        summary: 'Orders whose end is not known yet, the newest first',
        querystring: tableQuery,
        response: answers(listOf(order)),
      },
    },
    async ({ query }) => {
      const { filter, cursor } = filterOf(commands, query)
      return withCursor(tables.activeOrders(filter, cursor))
    },
  )
  api.get(
    '/api/v1/funding',
    {
      config: viewer,
      schema: {
        tags: ['tables'],
        summary: 'Settlements of funding, the newest first',
        querystring: tableQuery,
        response: answers(listOf(funding)),
      },
    },
    async ({ query }) => {
      const { filter, cursor } = filterOf(commands, query)
      return withCursor(tables.funding(filter, cursor))
    },
  )
  for (const path of ['/api/v1/account', '/api/v1/account/balance']) {
    api.get(
      path,
      {
        config: viewer,
        schema: {
          tags: ['tables'],
          summary: 'The same as /api/v1/balances',
          querystring: tableQuery,
          response: answers(listOf(balance)),
        },
      },
      async ({ query }) => {
        const { filter, cursor } = filterOf(commands, query)
        return withCursor(await tables.page('balances', filter, cursor))
      },
    )
  }
}

function connectionRoutes(app: FastifyInstance, { fleet }: RouteParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  const tags = ['market']
  api.get(
    '/api/v1/exchanges',
    {
      config: viewer,
      schema: {
        tags,
        summary: 'The venues on which instances of this home trade',
        response: answers(listOf(exchange)),
      },
    },
    async () => ({ items: exchangeRows(fleet), next_cursor: null }),
  )
  api.get(
    '/api/v1/exchanges/:name',
    {
      config: viewer,
      schema: { tags, summary: 'One venue', params: exchangeParams, response: answers(exchange) },
    },
    async ({ params: { name } }) => {
      const rows = exchangeRows(fleet)
      const found = rows.find((row) => row.name === name)
      if (found !== undefined) return found
      const known = rows.map((row) => row.name).join(', ') || 'none yet'
      throw new ApiError('NOT_FOUND', `no instance here trades on ${name.slice(0, 40)}: ${known}`)
    },
  )
  api.get(
    '/api/v1/websocket/status',
    {
      config: viewer,
      schema: {
        tags,
        summary: 'The connection of each account to its venue',
        response: answers(listOf(connection)),
      },
    },
    async () => ({ items: connectionRows(fleet), next_cursor: null }),
  )
}
