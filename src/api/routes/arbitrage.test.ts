import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { PairRow, ScanFundingRow } from '../../protocol/arbitrage-messages.ts'
import { handleErrors } from '../errors.ts'
import type { RouteParts } from '../parts.ts'
import { registerArbitrage } from './arbitrage.ts'

const pair = (base: string, ...exchanges: string[]): PairRow => ({
  ...{ pair: `${base}:${exchanges.join('+')}`, base, opportunity: false, buy_exchange: null },
  ...{ edge_bps: null, reasons: [] },
  legs: exchanges.map((exchange) => ({
    ...{ exchange, symbol: `${base}/USDT:USDT`, bid: null, ask: null, age_ms: null },
  })),
})
const rate: ScanFundingRow = {
  ...{ exchange: 'okx', symbol: 'BTC/USDT:USDT', base: 'BTC', rate: '0.0001', interval_s: 28_800 },
  ...{ next_at: '2026-11-21T16:00:00.000Z', rate_per_second: '0.0000000034722222' },
  ...{ rate_per_day: '0.0003', at: '2026-11-21T10:00:00.000Z' },
}

function server(answer: (question: string) => unknown) {
  const app = Fastify()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  handleErrors(app, () => {})
  const scanner = { ask: async (question: string) => answer(question) }
  registerArbitrage(app, { fleet: { scanner } } as unknown as RouteParts)
  return async (path: string) => {
    const { statusCode, body } = await app.inject({ url: `/api/v1/arbitrage/${path}` })
    return { status: statusCode, body: JSON.parse(body) }
  }
}

test('lists are filtered by venue and base, and cut', async () => {
  const items = [
    pair('BTC', 'aster', 'okx'),
    pair('BTC', 'backpack', 'okx'),
    pair('ETH', 'aster', 'okx'),
  ]
  const get = server((question) => ({ items: question === 'pairs' ? items : [rate] }))
  const names = async (query: string) =>
    (await get(`pairs?${query}`)).body.items.map((row: PairRow) => row.pair)
  assert.equal((await names('')).length, 3)
  assert.deepEqual(await names('exchange=aster'), ['BTC:aster+okx', 'ETH:aster+okx'])
  assert.deepEqual(await names('base=btc'), ['BTC:aster+okx', 'BTC:backpack+okx'])
  assert.deepEqual(await names('limit=1'), ['BTC:aster+okx'])
  assert.deepEqual((await get('funding?base=BTC')).body, { items: [rate], next_cursor: null })
})

test('a home that compares nothing says so', async () => {
  const get = server(() => {
    throw Object.assign(new Error('nothing is compared here'), { code: 'PRECONDITION' })
  })
  const { status, body } = await get('opportunities')
  assert.equal(body.error.code, 'PRECONDITION')
  assert.equal(body.error.message, 'nothing is compared here')
  assert.ok(status >= 400 && status < 500)
})
