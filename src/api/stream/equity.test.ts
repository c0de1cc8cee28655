import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import Fastify from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import type { Commands } from '../../fleet/commands.ts'
import type { CurveQuestion } from '../../fleet/equity-curve.ts'
import type { EquityPoint } from '../../protocol/api-messages.ts'
import { ApiError } from '../context.ts'
import { handleErrors } from '../errors.ts'
import { equityCurve } from '../schemas/stream.ts'
import { registerEquity } from './equity.ts'

const point: EquityPoint = {
  at: '2026-11-21T10:00:00.000Z',
  market_at: null,
  equity: '100.5',
  low: '99',
  high: '101',
  pnl: '0.5',
}

async function asking() {
  const app = Fastify()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(() => JSON.stringify)
  handleErrors(app, () => {})
  const asked: CurveQuestion[] = []
  const unit = (id: string) => {
    if (id !== 'sol') throw new ApiError('NOT_FOUND', `there is no instance ${id}`)
    return { id }
  }
  registerEquity(app, {
    equity: {
      points: (question) => {
        asked.push(question)
        return [point]
      },
    },
    commands: { unit: unit as unknown as Commands['unit'] },
  })
  await app.ready()
  const get = async (path: string) => (await app.inject({ url: `/api/v1${path}` })).statusCode
  return { app, asked, get }
}

describe('the routes of equity', () => {
  it('answer points of the fleet or of one instance as the schema says', async () => {
    const { app, asked } = await asking()
    for (const path of ['/equity', '/instances/sol/equity']) {
      const answer = await app.inject({ url: `/api/v1${path}` })
      assert.deepEqual(equityCurve.parse(answer.json()), { items: [point], next_cursor: null })
    }
    const usual = { span: null, since: null, limit: 500 }
    assert.deepEqual(asked, [
      { instance: null, ...usual },
      { instance: 'sol', ...usual },
    ])
  })

  it('take span, since and limit, which never is more than a chart can show', async () => {
    const { asked, get } = await asking()
    assert.equal(await get('/equity?span=7d&since=2026-11-21T10:00:00Z&limit=99999'), 200)
    assert.equal(await get('/equity?limit=-3'), 200)
    assert.deepEqual(
      asked.map(({ span, since, limit }) => [span, since, limit]),
      [
        ['7d', Date.UTC(2026, 10, 21, 10), 1000],
        [null, null, 1],
      ],
    )
  })

  it('refuse what they cannot read, and instances that there are not', async () => {
    const { get } = await asking()
    assert.equal(await get('/equity?span=2h'), 400)
    assert.equal(await get('/equity?since=yesterday'), 400)
    assert.equal(await get('/instances/eth/equity'), 404)
  })
})
