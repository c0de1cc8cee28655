// Candles, tables page by page and metrics of real programs: dist/ must be current (npm test builds it).
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { catalogue, type MetricSpec } from '../../src/api/metrics/catalogue.ts'
import * as market from '../../src/api/schemas/market.ts'
import { healthDetails, healthWorkers } from '../../src/api/schemas/metrics.ts'
import { listOf, order } from '../../src/api/schemas/tables.ts'
import type { CandlePage } from '../../src/protocol/api-messages.ts'
import { readExposition } from '../support/exposition.ts'
import { FleetHome, until } from './fleet-home.ts'

const PROMTOOL = '/usr/bin/promtool'

interface List {
  readonly items: readonly Readonly<Record<string, unknown>>[]
  readonly next_cursor: string | null
}

describe('figures of a running fleet', () => {
  const home = new FleetHome()
  after(() => home.close())
  let url = ''
  let token = ''

  const get = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const authorization = `Bearer ${token}`
    const response = await fetch(`${url}${path}`, { headers: { authorization, ...headers } })
    return { status: response.status, text: await response.text() }
  }
  const json = async <T>(path: string): Promise<T> => {
    const { status, text } = await get(path)
    assert.equal(status, 200, `${path}: ${text}`)
    return JSON.parse(text) as T
  }

  before(async () => {
    const { code, stderr } = await home.run('up', '--detach', '--port', '0', '--speed', '3600')
    assert.equal(code, 0, stderr)
    const control = home.json('run/control.json') as { url: string; token: string }
    url = control.url
    token = control.token
    await until('some fills', async () => {
      return (await json<List>('/api/v1/fills?limit=30')).items.length >= 25
    })
  })

  it('are candles up to the market time and never beyond, which add up', async () => {
    const path = '/api/v1/candles?instance=demo_sol_01'
    const minutes = market.candlePage.parse(await json(`${path}&limit=1500`)) as CandlePage
    const hours = market.candlePage.parse(await json(`${path}&timeframe=1h`)) as CandlePage
    const now = Date.parse(minutes.market_time ?? '')
    for (const { at, finished } of minutes.items)
      assert.ok(finished && Date.parse(at) + 60_000 <= now, `${at} at ${minutes.market_time}`)
    assert.ok(hours.items.slice(0, -1).every(({ finished }) => finished))
    const [hour] = hours.items
    const own = minutes.items.filter(({ at }) => at.slice(0, 13) === hour?.at.slice(0, 13))
    assert.equal(own.length, 60)
    assert.equal(hour?.open, own[0]?.open)
    assert.equal(hour?.close, own.at(-1)?.close)
    assert.equal(Number(hour?.high), Math.max(...own.map(({ high }) => Number(high))))
    assert.equal((await get(`${path}&timeframe=2m`)).status, 400)
    assert.equal((await get('/api/v1/candles?instance=nobody')).status, 404)
  })

  it('are candles page by page, backwards to the beginning of the market', async () => {
    const path = '/api/v1/candles?instance=demo_eth_01&timeframe=5m&limit=50'
    const seen: string[] = []
    let before: string | null = ''
    while (before !== null) {
      const page: CandlePage = await json(before === '' ? path : `${path}&before=${before}`)
      seen.unshift(...page.items.map(({ at }) => at))
      before = page.next_cursor
    }
    assert.equal(seen[0], '2026-01-01T00:00:00.000Z')
    const steps = seen.slice(1).map((at, i) => Date.parse(at) - Date.parse(seen[i] ?? ''))
    assert.ok(steps.length > 50 && steps.every((step) => step === 300_000))
  })

  it('are tables whose pages hold each row once, while fills come in', async () => {
    for (const table of ['fills', 'orders', 'trades', 'funding']) {
      const whole = await json<List>(`/api/v1/${table}?limit=1000`)
      const known = new Set(whole.items.map((row) => JSON.stringify(row)))
      const rows: string[] = []
      let path: string | null = `/api/v1/${table}?limit=7`
      while (path !== null) {
        const page: List = await json(path)
        assert.ok(page.items.length <= 7)
        rows.push(...page.items.map((row) => String(row['id'] ?? row['client_id'])))
        path =
          page.next_cursor === null ? null : `/api/v1/${table}?limit=7&cursor=${page.next_cursor}`
      }
      assert.equal(new Set(rows).size, rows.length, `${table}: a row came twice`)
      const missing = whole.items.filter(
        (row) => !rows.includes(String(row['id'] ?? row['client_id'])),
      )
      assert.deepEqual([table, missing, known.size > 0], [table, [], true])
    }
    const { status } = await get('/api/v1/fills?cursor=bm9uc2Vuc2U')
    assert.equal(status, 400)
  })

  it('are what happened since a time, of one instance', async () => {
    const { items } = await json<List>('/api/v1/fills?limit=10')
    const since = String(items.at(-1)?.['at'])
    const later = await json<List>(`/api/v1/fills?since=${since}&limit=1000`)
    assert.ok(later.items.length >= 10)
    assert.ok(later.items.every((row) => String(row['at']) >= since))
    const own = await json<List>('/api/v1/fills?instance=demo_sol_01&limit=1000')
    assert.ok(own.items.every((row) => row['instance'] === 'demo_sol_01'))
  })

  it('are as the schemas say', async () => {
    const id = 'demo_sol_01'
    listOf(market.reason).parse(await json(`/api/v1/instances/${id}/reasons`))
    listOf(market.funding).parse(await json('/api/v1/funding'))
    const active = listOf(order).parse(await json('/api/v1/orders/active?limit=1000'))
    assert.ok(active.items.length > 20)
    const journal = listOf(market.journalEvent).parse(await json(`/api/v1/instances/${id}/journal`))
    const seqs = journal.items.map(({ seq }) => seq)
    assert.deepEqual(
      seqs,
      [...new Set(seqs)].sort((a, b) => b - a),
    )
    const exchanges = listOf(market.exchange).parse(await json('/api/v1/exchanges'))
    assert.deepEqual(
      exchanges.items.map(({ name, connected }) => [name, connected]),
      [['backpack', true]],
    )
    market.exchange.parse(await json('/api/v1/exchanges/backpack'))
    assert.equal((await get('/api/v1/exchanges/nowhere')).status, 404)
    const connections = listOf(market.connection).parse(await json('/api/v1/websocket/status'))
    const [connection] = connections.items
    assert.ok(connection?.connected && (connection.latency_ms ?? 0) > 0)
    const balances = await json<List>('/api/v1/balances')
    for (const path of ['/api/v1/account', '/api/v1/account/balance']) {
      const { items } = await json<List>(path)
      assert.deepEqual(items.map(Object.keys), balances.items.map(Object.keys))
    }
    const details = healthDetails.parse(await json('/health/detailed'))
    assert.equal(details.processes.length, 5)
    healthWorkers.parse(await json('/health/workers'))
  })

  it('are metrics in the format of Prometheus, with the labels of the reference', async () => {
    // Of grids the first two would mean nothing, the next need two weeks, the last instances of several legs; what a bot is about to tell is absent for a moment.
    const curve = ['sharpe_ratio', 'calmar_ratio', 'var_95', 'cvar_95']
    const pairs = ['arbitrage_opportunities_total', 'arbitrage_executed_total']
    const absent = ['win_rate', 'consecutive_losses', ...curve, ...pairs]
    const never = absent.map((name) => `perpfleet_${name}`)
    const absentIn = (known: ReadonlyMap<string, unknown>) =>
      Object.keys(catalogue).filter((name) => !known.has(name))
    await until('everything is told', async () => {
      const known = readExposition((await get('/metrics')).text)
      return absentIn(known).length === never.length
    })
    const { text } = await get('/metrics')
    const families = readExposition(text)
    assert.ok(absentIn(families).join().startsWith(never.join()))
    for (const { name, type, samples } of families.values()) {
      const spec: MetricSpec | undefined = Object.entries<MetricSpec>(catalogue).find(
        ([known]) => known === name,
      )?.[1]
      assert.equal(spec?.type, type, name)
      for (const { labels } of samples) {
        const { le: _, ...own } = labels
        assert.deepEqual(Object.keys(own).sort(), [...(spec?.labels ?? [])].sort(), name)
      }
    }
    if (existsSync(PROMTOOL)) {
      const { stdout, stderr } = spawnSync(PROMTOOL, ['check', 'metrics'], { input: text })
      assert.doesNotMatch(`${stdout}${stderr}`, /error while linting|parsing error/)
    }
  })

  it('are metrics that say what the tables say', async () => {
    await json('/api/v1/instances/demo_sol_01')
    const stop = await fetch(`${url}/api/v1/instances/demo_sol_01/stop`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    })
    assert.equal(stop.status, 200)
    await new Promise((resolve) => setTimeout(resolve, 1100))
    const families = readExposition((await get('/metrics')).text)
    const sum = (name: string, labels: Readonly<Record<string, string>>) =>
      (families.get(name)?.samples ?? [])
        .filter((one) => Object.entries(labels).every(([key, text]) => one.labels[key] === text))
        .reduce((total, { value }) => total + value, 0)
    const bot = 'demo_sol_01'
    const rows = await json<List>(`/api/v1/orders?instance=${bot}&limit=1000`)
    const ended = rows.items.filter(({ state }) => state !== 'open' && state !== 'sent')
    assert.equal(sum('perpfleet_orders_total', { bot }), ended.length)
    const filled = ended.filter(({ state }) => state === 'filled').length
    assert.equal(sum('perpfleet_order_outcomes_total', { bot, outcome: 'filled' }), filled)
    const symbol = 'SOL/USDC:USDC'
    const trades = await json<List>(`/api/v1/trades?instance=${bot}&limit=1000`)
    assert.equal(sum('perpfleet_trades_total', { symbol }), trades.items.length)
    const profit = trades.items.reduce((total, row) => total + Number(row['pnl']), 0)
    assert.ok(Math.abs(sum('perpfleet_trade_pnl', { symbol }) - profit) < 1e-6)
    const paid = (await json<List>(`/api/v1/funding?instance=${bot}&limit=1000`)).items
      .map((row) => Number(row['amount']))
      .reduce((total, amount) => total + Math.max(0, -amount), 0)
    assert.ok(Math.abs(sum('perpfleet_funding_paid_total', { bot }) - paid) < 1e-6)
    assert.equal(sum('perpfleet_instances', { state: 'stopped' }), 1)
    assert.equal(sum('perpfleet_orders_active', { bot }), 0)
  })

  it('tell of a connection that was lost and came back', async () => {
    const { pid } = home.json('run/exchange.json') as { pid: number }
    process.kill(pid, 'SIGKILL')
    await until('the connection is back', async () => {
      const { text } = await get('/metrics')
      const told = readExposition(text)
      const value = (name: string) => told.get(name)?.samples[0]?.value
      const isBack = value('perpfleet_exchange_connected') === 1
      return isBack && value('perpfleet_websocket_reconnects_total') === 1
    })
    const [row] = (await json<List>('/api/v1/websocket/status')).items
    assert.deepEqual([row?.['connected'], row?.['reconnects']], [true, 1])
    const { items } = await json<List>('/api/v1/candles?instance=demo_eth_01&limit=5')
    assert.equal(items.length, 5)
  })

  it('are metrics for this machine and for whoever may look, not for what a proxy passes on', async () => {
    const open = await fetch(`${url}/metrics`)
    assert.equal(open.status, 200)
    assert.match(open.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
    const passedOn = await fetch(`${url}/metrics`, { headers: { 'x-forwarded-for': '10.0.0.9' } })
    assert.equal(passedOn.status, 401)
    assert.equal((await get('/metrics', { 'x-forwarded-for': '10.0.0.9' })).status, 200)
    const nobody = await fetch(`${url}/api/v1/metrics`)
    assert.equal(nobody.status, 401)
    assert.equal((await get('/api/v1/metrics')).status, 200)
    assert.equal((await fetch(`${url}/health/detailed`)).status, 401)
  })
})
