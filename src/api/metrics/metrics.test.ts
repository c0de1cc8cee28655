import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import { readExposition } from '../../../test/support/exposition.ts'
import { Histogram } from '../../domain/statistic/histogram.ts'
import type { OutcomeCounts } from '../../fleet/executed.ts'
import type { Principal } from '../context.ts'
import { handleErrors } from '../errors.ts'
import { Families } from './families.ts'
import { type MetricsParts, registerMetrics } from './plugin.ts'
import { RequestMetrics } from './requests.ts'

/** A fleet in which nothing runs. */
const idle = { isAlive: false, identity: null, kept: { name: 'x' }, phase: { kind: 'idle' } }
const emptyFleet = {
  units: new Map(),
  exchange: idle,
  desks: { all: [idle], accounts: [] },
  deskWatch: { accounts: [] },
  exchangeStatus: null,
  scanner: { isConfigured: false, status: null },
  parts: { tools: { clock: { monotonicMs: () => performance.now() } } },
}
const checks = { database: 'healthy', redis: 'disabled', memory: 'healthy', disk: 'healthy' }

async function server(
  token: string | null,
  principal: Principal | null = null,
  executed: OutcomeCounts | null = null,
) {
  const app = Fastify()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(() => JSON.stringify)
  app.decorateRequest('principal', null)
  app.addHook('onRequest', async (request) => {
    request.principal = principal
  })
  handleErrors(app, () => {})
  let looks = 0
  const views = {
    all: async () => {
      looks += 1
      return []
    },
    executed: () => executed,
  }
  registerMetrics(app, {
    fleet: emptyFleet,
    health: { report: { uptime: 1, checks } },
    alerts: {
      raised: new Map([['critical', 2]]),
      notifications: new Map([['telegram sent', 3]]),
    },
    views,
    version: { version: '0.0.0', node: 'v24' },
    figures: { read: async () => null },
    queries: null,
    equity: { store: { buckets: () => [] } },
    requests: new RequestMetrics(app),
    lab: {
      jobs: {
        count: () => ({ queued: 1, running: 0 }),
        durations: () => none,
        concurrency: () => 2,
      },
    },
    metricsToken: () => token,
  } as unknown as MetricsParts)
  await app.ready()
  const ask = (remoteAddress: string, headers: Record<string, string> = {}) =>
    app.inject({ url: '/metrics', remoteAddress, headers }).then(({ statusCode }) => statusCode)
  return { app, ask, looks: () => looks }
}

const none = { bounds: [], counts: [0], sum: 0, count: 0 }
const ELSEWHERE = '192.0.2.7'
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('who may read /metrics', () => {
  test('programs of this machine', async () => {
    const { ask } = await server(null)
    for (const address of ['127.0.0.1', '127.3.2.1', '::1', '::ffff:127.0.0.1'])
      assert.equal(await ask(address), 200, address)
  })

  test('not what a proxy on this machine passes on', async () => {
    const { ask } = await server(null)
    for (const header of ['x-forwarded-for', 'x-real-ip', 'forwarded'])
      assert.equal(await ask('127.0.0.1', { [header]: ELSEWHERE }), 401, header)
  })

  test('not a page of elsewhere, by a name of its own that it has bound to this machine', async () => {
    const { ask } = await server(null)
    assert.equal(await ask('127.0.0.1', { host: 'evil.example:8080' }), 401)
    assert.equal(await ask('127.0.0.1', { host: 'localhost:8080' }), 200)
    assert.equal(await ask('::1', { host: '[::1]:8080' }), 200)
  })

  test('from elsewhere with the metrics token, and with no other', async () => {
    const { ask } = await server('scrape-me')
    assert.equal(await ask(ELSEWHERE), 401)
    assert.equal(await ask(ELSEWHERE, bearer('scrape-you')), 401)
    assert.equal(await ask(ELSEWHERE, bearer('scrape-me')), 200)
    const { ask: askWithout } = await server(null)
    for (const token of ['', 'null', 'undefined'])
      assert.equal(await askWithout(ELSEWHERE, bearer(token)), 401, token)
  })

  test('whoever has a session', async () => {
    const { ask } = await server(null, { username: 'eve', role: 'viewer', sessionId: 's' })
    assert.equal(await ask(ELSEWHERE), 200)
  })
})

describe('the text of /metrics', () => {
  test('is made at most once a second, however many ask', async () => {
    const { ask, looks } = await server(null)
    await Promise.all(Array.from({ length: 20 }, () => ask('127.0.0.1')))
    assert.equal(looks(), 1)
  })

  test('names routes as they are written, and strangers’ inventions not at all', async () => {
    const { app } = await server(null)
    await app.inject({ url: '/made/up/by/a/stranger' })
    await app.inject({ url: '/health/workers' })
    const { payload } = await app.inject({ url: '/metrics' })
    const requests = readExposition(payload).get('perpfleet_api_requests_total')?.samples ?? []
    const told = requests.map(({ labels }) => `${labels['route']} ${labels['status']}`)
    assert.deepEqual(told, ['none 404', '/health/workers 200'])
  })

  test('leaves out what is not known, instead of telling zero', async () => {
    const { app } = await server(null)
    const families = readExposition((await app.inject({ url: '/metrics' })).payload)
    assert.equal(families.get('perpfleet_system_health')?.samples[0]?.value, 100)
    for (const name of ['perpfleet_orders_total', 'perpfleet_equity', 'perpfleet_trade_pnl'])
      assert.equal(families.has(name), false, name)
    assert.equal(families.has('perpfleet_capital_utilization_percent'), false)
  })

  test('tells closed opportunities by outcome, also those that none had; nothing while nobody knows', async () => {
    const name = 'perpfleet_arbitrage_executed_total'
    const read = async (executed: OutcomeCounts | null) => {
      const { app } = await server(null, null, executed)
      const { payload } = await app.inject({ url: '/metrics' })
      const samples = readExposition(payload).get(name)?.samples
      return samples?.map(({ labels, value }) => `${labels['outcome']} ${value}`)
    }
    const told = await read({ profit: 7, loss: 2, unwound: 0 })
    assert.deepEqual(told, ['profit 7', 'loss 2', 'unwound 0'])
    assert.equal(await read(null), undefined)
  })

  test('escapes labels, and buckets add up', async () => {
    const out = new Families()
    const odd = 'a"b\\c\nd'
    out.add('perpfleet_equity', 1.5, { bot: odd })
    out.add('perpfleet_equity', null, { bot: 'b' })
    out.add('perpfleet_equity', Number.NaN, { bot: 'c' })
    out.addTo('perpfleet_orders_total', 2, { bot: 'b', exchange: 'x' })
    out.addTo('perpfleet_orders_total', 3, { bot: 'b', exchange: 'x' })
    const histogram = new Histogram([0.1, 0.2])
    for (const value of [0.05, 0.1, 0.15, 7]) histogram.add(value)
    out.addHistogram('perpfleet_websocket_latency_seconds', histogram.counts(), { exchange: 'x' })
    const families = readExposition(await out.text())
    assert.deepEqual(
      families.get('perpfleet_equity')?.samples.map(({ labels }) => labels['bot']),
      ['a\\"b\\\\c\\nd'],
    )
    assert.equal(families.get('perpfleet_orders_total')?.samples[0]?.value, 5)
    const buckets = families.get('perpfleet_websocket_latency_seconds')?.samples ?? []
    assert.deepEqual(
      buckets.map(({ value }) => value),
      [2, 3, 4, 7.3, 4],
    )
  })
})

describe('the reader of the format', () => {
  const family = '# HELP a_total x\n# TYPE a_total counter\n'
  test('refuses what Prometheus refuses', () => {
    const bad = [
      'a_total 1\n',
      `${family}a_total{b="1",b="2"} 1\n`,
      `${family}a_total 1\na_total 1\n`,
      `${family}a_total one\n`,
      `${family}a_total{b=1} 1\n`,
      `${family}a_total 1`,
      `${family}${family}`,
      '# HELP a x\n# TYPE a counter\na 1\n',
      '# HELP h x\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_sum 1\nh_count 2\n',
    ]
    for (const text of bad) assert.throws(() => readExposition(text), Error, text)
    assert.equal(readExposition(`${family}a_total{b="1"} 1\n`).size, 1)
  })
})
