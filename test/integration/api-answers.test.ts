// What the API answers is what its description promises, with the real programs: dist/ must be current.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { FleetHome, until } from './fleet-home.ts'

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[]
  readonly responses: Readonly<
    Record<string, { content?: Readonly<Record<string, { schema: object }>> }>
  >
}

const ID = 'demo_sol_01'

/** What the parameters of a path stand for here. */
const NAMES: Readonly<Record<string, string>> = {
  '/api/v1/exchanges/{name}': 'backpack',
  '/api/v1/strategies/{id}': 'perp_grid',
}

/** Queries that a route asks for. */
const QUERIES: Readonly<Record<string, string>> = {
  '/api/v1/candles': `?instance=${ID}&limit=5`,
  '/api/v1/config/{id}/diff': '?a=1',
  '/api/v1/instances/{id}/logs': '?limit=3',
}

describe('the answers of the API', () => {
  const home = new FleetHome()
  after(() => home.close())
  let url = ''
  let job = { id: '' }
  let token = ''
  let description: Description

  const get = async (path: string) =>
    fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })

  const post = async (path: string, body: object) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  /** Of an answer as it is described. */
  function schemaOf(path: string, method: string, status: string): z.ZodType {
    const found =
      description.paths[path]?.[method]?.responses[status]?.content?.['application/json']
    assert.ok(found, `${method} ${path} describes its answer ${status}`)
    const whole = { ...found.schema, $defs: description.components.schemas }
    const text = JSON.stringify(whole).replaceAll('#/components/schemas/', '#/$defs/')
    return z.fromJSONSchema(JSON.parse(text))
  }

  async function assertAsDescribed(path: string, method: string, response: Response) {
    const status = response.status < 400 ? String(response.status) : '4XX'
    const parsed = schemaOf(path, method, status).safeParse(await response.json())
    const faults = parsed.error?.issues.map(
      ({ path: at, message }) => `${at.join('.')}: ${message}`,
    )
    assert.deepEqual(faults ?? [], [], `${method} ${path}`)
  }

  before(async () => {
    const started = await home.run('up', '--detach', '--port', '0', '--speed', '3600')
    assert.equal(started.code, 0, started.stderr)
    const control = home.json('run/control.json') as { url: string; token: string }
    url = control.url
    token = control.token
    description = (await (await get('/api/v1/openapi.json')).json()) as Description
    // No such data: it fails, and is a job to look at.
    const order = { strategy: 'dual_ma', data: 'nowhere/SOL_USDC_PERP/1h' }
    job = (await (await post('/api/v1/backtest?wait=1', order)).json()) as { id: string }
    const haveFills = async () => (await home.list()).every(({ fills }) => (fills ?? 0) > 0)
    await until('fills in both', haveFills, 120_000)
  })

  it('to whoever looks are as described, of every route', async () => {
    const paths = Object.keys(description.paths).filter(
      (path) =>
        // Text and pages, not JSON.
        'get' in (description.paths[path] ?? {}) && !/\/(metrics|report)$/.test(path),
    )
    assert.ok(paths.length > 25, `${paths.length} routes`)
    for (const path of paths) {
      const isOfJob = /^\/api\/v1\/(jobs|backtest)\//.test(path)
      const name = isOfJob ? job.id : (NAMES[path] ?? ID)
      const asked = path.replace(/\{\w+\}/, name) + (QUERIES[path] ?? '')
      const response = await get(asked)
      // This home names no venues to compare, and is told so; what was taken is listed all the same.
      const isCompared = path.startsWith('/api/v1/arbitrage/') && !path.endsWith('/executed')
      const expected = isCompared ? 412 : 200
      assert.equal(response.status, expected, `${asked} ${await response.clone().text()}`)
      await assertAsDescribed(path, 'get', response)
    }
  })

  it('would be found out if they were not', async () => {
    const schema = schemaOf('/api/v1/instances', 'get', '200')
    const list = (await (await get('/api/v1/instances')).json()) as { items: object[] }
    assert.equal(schema.safeParse(list).success, true)
    assert.equal(schema.safeParse({ ...list, more: 1 }).success, false)
    const wrong = list.items.map((item) => ({ ...item, restarts: 'none' }))
    assert.equal(schema.safeParse({ ...list, items: wrong }).success, false)
  })

  it('to whoever acts are as described', async () => {
    const grid = '/api/v1/instances/{id}/grid/adjust'
    const range = { grid_lower_price: 90, grid_upper_price: '210', dry_run: true }
    await assertAsDescribed(grid, 'post', await post(grid.replace('{id}', ID), range))
    for (const name of ['pause', 'resume', 'restart', 'stop', 'start']) {
      const path = `/api/v1/instances/{id}/${name}`
      const response = await post(path.replace('{id}', ID), {})
      assert.equal(response.status, 200, name)
      await assertAsDescribed(path, 'post', response)
    }
    for (const path of ['/api/v1/config/validate', '/api/v1/cleanup', '/api/v1/stream/ticket']) {
      const response = await post(path, {})
      assert.equal(response.status, 200, path)
      await assertAsDescribed(path, 'post', response)
    }
  })

  it('to whoever acts on the whole fleet are as described, instance by instance', async () => {
    const names = ['trading/pause', 'trading/resume', 'positions/close-all', 'trading/kill']
    for (const name of [...names, 'trading/arm']) {
      const path = `/api/v1/${name}`
      const response = await post(path, {})
      const told = (await response.clone().json()) as { ok: boolean; items: { id: string }[] }
      assert.equal(response.status, 200, name)
      await assertAsDescribed(path, 'post', response)
      assert.deepEqual(told.items.map(({ id }) => id).sort(), ['demo_eth_01', ID], name)
      assert.equal(told.ok, true, JSON.stringify(told))
    }
    const again = await (await post('/api/v1/trading/arm', {})).json()
    assert.deepEqual(again, { ok: true, items: [] })
  })

  it('refuse as described', async () => {
    const refused: [string, string, Promise<Response>][] = [
      ['/api/v1/instances/{id}', 'get', get('/api/v1/instances/nobody')],
      ['/api/v1/config/{id}/diff', 'get', get(`/api/v1/config/${ID}/diff`)],
      [
        '/api/v1/instances/{id}/grid/adjust',
        'post',
        post(`/api/v1/instances/${ID}/grid/adjust`, {}),
      ],
      ['/api/v1/instances', 'post', post('/api/v1/instances', { template: 'none', id: 'x' })],
    ]
    for (const [path, method, asked] of refused) {
      const response = await asked
      assert.ok(response.status >= 400 && response.status < 500, `${path} ${response.status}`)
      await assertAsDescribed(path, method, response)
    }
  })
})
