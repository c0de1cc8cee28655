/** GET /api/v1/equity and /api/v1/instances/:id/equity. */
import type { FastifyInstance } from 'fastify'
import type { Commands } from '../../fleet/commands.ts'
import { EQUITY_POINTS_MAX, type EquityCurves } from '../../fleet/equity-curve.ts'
import type { EquityPoint, EquitySpan } from '../../protocol/api-messages.ts'
import { timeOf, type ZodRequests } from '../context.ts'
import { answers, idParams } from '../schemas/common.ts'
import { equityCurve, equityQuery } from '../schemas/stream.ts'

export interface EquityParts {
  readonly equity: Pick<EquityCurves, 'points'>
  readonly commands: Pick<Commands, 'unit'>
}

interface Query {
  readonly span?: EquitySpan | undefined
  readonly since?: string | undefined
  readonly limit?: string | undefined
}

const POINTS = 500

export function registerEquity(app: FastifyInstance, { equity, commands }: EquityParts): void {
  const api = app.withTypeProvider<ZodRequests>()
  const curveOf = (instance: string | null, query: Query) => {
    const since = timeOf('since', query.since)
    const asked = Math.trunc(Number(query.limit ?? POINTS)) || POINTS
    const items: EquityPoint[] = equity.points({
      instance,
      span: query.span ?? null,
      since: since === null ? null : Date.parse(since),
      limit: Math.min(EQUITY_POINTS_MAX, Math.max(1, asked)),
    })
    return { items, next_cursor: null }
  }
  const schema = { tags: ['equity'], querystring: equityQuery, response: answers(equityCurve) }
  api.get(
    '/api/v1/equity',
    {
      config: { role: 'viewer' },
      schema: { ...schema, summary: 'What the whole fleet is and was worth' },
    },
    ({ query }) => curveOf(null, query),
  )
  api.get(
    '/api/v1/instances/:id/equity',
    {
      config: { role: 'viewer' },
      schema: { ...schema, params: idParams, summary: 'What an instance is and was worth' },
    },
    ({ params, query }) => curveOf(commands.unit(params.id).id, query),
  )
}
