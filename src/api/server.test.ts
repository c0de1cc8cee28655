import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { SqliteUserStore } from '../adapters/stores/sqlite-user-store.ts'
import { CommandError } from '../fleet/commands.ts'
import type { ApiParts } from './parts.ts'
import { ApiServer, PortTakenError } from './server.ts'

const TOKEN = 'the token of run/control.json'.replaceAll(' ', '-')
const folder = mkdtempSync(join(tmpdir(), 'api-server-'))
after(() => rmSync(folder, { recursive: true, force: true }))

let shutDowns: boolean[] = []
const shutDown = async (withBots: boolean) => {
  shutDowns.push(withBots)
  return ['exchange']
}

/** A control plane with no instance. */
const noJobs = {
  count: () => ({ queued: 0, running: 0 }),
  durations: () => ({ bounds: [], counts: [0], sum: 0, count: 0 }),
  concurrency: () => 1,
}

function parts(change: Partial<ApiParts> = {}): ApiParts {
  const nothing = () => {}
  const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, flush: nothing }
  const clock = {
    monotonicMs: () => 0,
    wallMs: () => 0,
    after: () => nothing,
    every: () => nothing,
  }
  const rate_limit = {
    points: 1000,
    duration: 60,
    block_duration: 60,
    session_points: 10_000,
    expensive_points: 5,
  }
  const choice = { feed: 'demo', seed: 7, speed: 60, pace: 'free' }
  const settings = { setting: () => null, saveSetting: () => {} }
  const fleet = {
    units: new Map(),
    faults: [],
    exchangeStatus: null,
    scanner: { isConfigured: false, status: null },
    scan: nothing,
    parts: { tools: { logger, clock, store: settings }, choice, home: { root: folder } },
  }
  const checks = { database: 'healthy' }
  return {
    fleet,
    health: { report: { status: 'unhealthy', timestamp: '', uptime: 1, checks } },
    access: {
      store: new SqliteUserStore(':memory:'),
      localToken: TOKEN,
      cookieName: 'perpfleet_refresh_0123abcd',
      jwtSecret: 'a secret of at least thirty-two bytes',
      logger,
      wallMs: () => 0,
      settings: () => ({ jwt_expiry_hours: 1, refresh_expiry_days: 1, rate_limit }),
      onSecret: nothing,
      takeFirstPassword: () => null,
    },
    journals: {},
    figures: {},
    stream: { openTail: nothing },
    equity: {
      store: { last: () => null, firstAt: () => null, close: nothing },
      keptMs: () => null,
    },
    queries: null,
    metricsToken: () => null,
    version: { version: '1.2.3', node: 'v24' },
    isOpen: false,
    corsOrigins: [],
    trustProxy: [],
    pages: join(folder, 'none'),
    isReady: () => false,
    configFiles: () => {
      throw new CommandError('PRECONDITION', 'not here')
    },
    validate: () => ({ faults: [], warnings: [], instances: [] }),
    previewGrid: async () => null,
    lab: { strategies: [], jobs: noJobs },
    shutDown,
    ...change,
  } as unknown as ApiParts
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: { readonly error: { code: string; message: string; request_id: string } }
}

const servers: ApiServer[] = []
after(() => Promise.all(servers.map((server) => server.close())))

async function started(change: Partial<ApiParts> = {}) {
  const server = await ApiServer.create(parts(change))
  servers.push(server)
  const port = await server.listen('127.0.0.1', 0)
  return async (path: string, init: RequestInit = {}, token: string | null = TOKEN) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      ...init,
      headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...init.headers },
      redirect: 'manual',
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    const { status, headers } = response
    return { status, headers, text, json: isJson ? JSON.parse(text) : null } as Answer
  }
}

const post = (body: string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body,
  headers: { 'content-type': 'application/json', ...headers },
})

describe('the server of the control plane', () => {
  let ask: Awaited<ReturnType<typeof started>>
  before(async () => {
    ask = await started()
  })

  it('refuses in one shape, with the status of the code', async () => {
    const cases: [string, RequestInit, number, string, RegExp][] = [
      ['/api/v1/nothing', {}, 404, 'NOT_FOUND', /^there is nothing at GET \/api\/v1\/nothing$/],
      ['//', {}, 404, 'NOT_FOUND', /^there is nothing at GET \/\/$/],
      ['/%zz', {}, 400, 'VALIDATION', /not a valid url/],
      ['/api/v1/instances/x', {}, 404, 'NOT_FOUND', /x/],
      ['/api/v1/instances/X%2F..', {}, 404, 'NOT_FOUND', /^there is nothing at GET/],
      ['/api/v1/instances/x/stop', post('{"orders":"sell"}'), 400, 'VALIDATION', /^orders must be/],
      ['/api/v1/instances/x/stop', post('[1]'), 400, 'VALIDATION', /must be a JSON object/],
      ['/api/v1/instances/x/stop', post('{'), 400, 'VALIDATION', /^the body is no JSON$/],
      ['/api/v1/instances', post('{"id":5}'), 400, 'VALIDATION', /^template and id must be texts$/],
      [
        '/api/v1/shutdown',
        post('{"wait":"x"}'),
        400,
        'VALIDATION',
        /^wait must be a boolean, found/,
      ],
      [
        '/api/v1/shutdown',
        post(`{"a":"${'x'.repeat(70_000)}"}`),
        400,
        'VALIDATION',
        /^the body is longer/,
      ],
      ['/api/v1/config/x?version=0', {}, 400, 'VALIDATION', /^a version is a number from 1/],
      ['/api/v1/config/x', {}, 412, 'PRECONDITION', /^not here$/],
      ['/api/v1/orders?since=soon', {}, 400, 'VALIDATION', /^since must be a time/],
      ['/api/v1/orders?cursor=%25', {}, 400, 'VALIDATION', /^cursor must be/],
    ]
    for (const [path, init, status, code, message] of cases) {
      const answer = await ask(path, init)
      assert.equal(answer.json.error.code, code, path)
      assert.equal(answer.status, status, path)
      assert.match(answer.json.error.message, message)
      assert.deepEqual(Object.keys(answer.json.error), ['code', 'message', 'details', 'request_id'])
      assert.equal(answer.headers.get('x-request-id'), answer.json.error.request_id)
    }
  })

  it('tells strangers nothing of what there is', async () => {
    for (const path of ['/api/v1/instances', '/api/v1/nothing', '/api/v1/openapi.json', '/api/x']) {
      assert.equal((await ask(path, {}, null)).status, 401, path)
      assert.equal((await ask(path, {}, 'another')).status, 401, path)
    }
    assert.equal((await ask('/health', {}, null)).status, 503)
    assert.equal((await ask('/ready', {}, null)).text, '{"ready":false}\n')
    assert.match(
      (await ask('/version', {}, null)).text,
      /"version":"1.2.3","node":"v24","protocol":1/,
    )
  })

  it('answers the same at the paths of before there were versions', async () => {
    const answers = await Promise.all([
      ask('/api/v1/trading/pause', post('{}')),
      ask('/api/trading/pause', post('{}')),
      ask('/api/positions/close-all?x=1', post('{}')),
    ])
    for (const { status, text } of answers)
      assert.deepEqual([status, text], [200, '{"ok":true,"items":[]}\n'])
    assert.equal((await ask('/api/instances')).status, 404)
    assert.equal((await ask('/api/positions/close-all', post('{}'), null)).status, 401)
  })

  it('sends headers that browsers respect, with refusals as well', async () => {
    for (const path of ['/version', '/docs', '/', '/nothing', '/%zz', '/api/v1/instances']) {
      const { headers } = await ask(path, {}, null)
      assert.match(
        headers.get('content-security-policy') ?? '',
        /^default-src 'self'; script-src 'self';/,
      )
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path)
      assert.equal(headers.get('x-frame-options'), 'DENY')
      assert.equal(headers.get('referrer-policy'), 'no-referrer')
    }
    assert.equal((await ask('/version')).headers.get('cache-control'), 'no-store')
  })

  it('takes JSON whatever the header calls it, and nothing as an empty object', async () => {
    shutDowns = []
    const plain = { 'content-type': 'text/plain' }
    const done = await ask('/api/v1/shutdown', post('{"wait":true,"stop_bots":true}', plain))
    assert.equal(done.text, '{"ok":true,"stop_bots":true,"left":["exchange"]}\n')
    assert.equal((await ask('/api/v1/shutdown', { method: 'POST' })).status, 200)
    assert.deepEqual(shutDowns, [true, false])
  })

  it('says when its port is taken', async () => {
    const [first, second] = [await ApiServer.create(parts()), await ApiServer.create(parts())]
    servers.push(first, second)
    const port = await first.listen('127.0.0.1', 0)
    await assert.rejects(second.listen('127.0.0.1', port), (error) => {
      assert.ok(error instanceof PortTakenError)
      assert.match(error.message, /^port \d+ of 127.0.0.1 is taken by another program/)
      return true
    })
  })
})

describe('a request with an Idempotency-Key', () => {
  it('is carried out once: whoever sends it again gets the first answer', async () => {
    const ask = await started()
    shutDowns = []
    const asked = post('{"wait":true}', { 'idempotency-key': 'once' })
    const both = await Promise.all([ask('/api/v1/shutdown', asked), ask('/api/v1/shutdown', asked)])
    const third = await ask('/api/v1/shutdown', asked)
    assert.deepEqual(
      [...both, third].map(({ text }) => text),
      Array(3).fill('{"ok":true,"stop_bots":false,"left":["exchange"]}\n'),
    )
    assert.deepEqual(shutDowns, [false])
    assert.equal(third.headers.get('idempotent-replayed'), 'true')
    const other = await ask(
      '/api/v1/shutdown',
      post('{"wait":false}', { 'idempotency-key': 'once' }),
    )
    assert.deepEqual([other.status, other.json.error.code], [409, 'CONFLICT'])
    const elsewhere = await ask(
      '/api/v1/config/validate',
      post('{}', { 'idempotency-key': 'once' }),
    )
    assert.equal(elsewhere.status, 200)
    const empty = await ask('/api/v1/shutdown', post('{}', { 'idempotency-key': 'a b' }))
    assert.equal(empty.json.error.code, 'VALIDATION')
  })

  it('may be sent again when it has failed here', async () => {
    let calls = 0
    const failing = async () => {
      calls += 1
      if (calls === 1) throw new Error('the disk is full')
      return []
    }
    const ask = await started({ shutDown: failing })
    const asked = post('{"wait":true}', { 'idempotency-key': 'again' })
    assert.equal((await ask('/api/v1/shutdown', asked)).status, 500)
    assert.equal((await ask('/api/v1/shutdown', asked)).status, 200)
  })

  it('is answered also when whoever asked first has hung up before it failed', async () => {
    const begun = Promise.withResolvers<void>()
    const failure = Promise.withResolvers<string[]>()
    let calls = 0
    const failing = () => {
      calls += 1
      begun.resolve()
      return calls === 1 ? failure.promise : Promise.resolve([])
    }
    const ask = await started({ shutDown: failing })
    const asked = post('{"wait":true}', { 'idempotency-key': 'hung-up' })
    const first = new AbortController()
    const gone = assert.rejects(ask('/api/v1/shutdown', { ...asked, signal: first.signal }))
    await begun.promise
    first.abort()
    await gone
    const again = ask('/api/v1/shutdown', asked)
    // The server has to see that the line is gone before it fails.
    await ask('/version')
    failure.reject(new Error('the desk does not answer'))
    assert.equal((await again).status, 200)
    assert.equal(calls, 2)
  })

  it('is not carried out again while it is under way, however many others come', async () => {
    const begun = Promise.withResolvers<void>()
    const end = Promise.withResolvers<string[]>()
    let calls = 0
    const slow = () => {
      calls += 1
      begun.resolve()
      return end.promise
    }
    const ask = await started({ shutDown: slow })
    const asked = post('{"wait":true}', { 'idempotency-key': 'under-way' })
    const first = ask('/api/v1/shutdown', asked)
    await begun.promise
    for (let i = 0; i < 1001; i += 1) {
      const other = post('{}', { 'idempotency-key': `other-${i}` })
      assert.equal((await ask('/api/v1/trading/pause', other)).status, 200)
    }
    const again = ask('/api/v1/shutdown', asked)
    await ask('/version')
    end.resolve(['desk'])
    assert.equal((await first).text, (await again).text)
    assert.equal(calls, 1)
  })
})

describe('pages of other origins', () => {
  it('may ask when the configuration names them, without cookies', async () => {
    const ask = await started({ corsOrigins: ['https://board.example'] })
    const origin = { origin: 'https://board.example' }
    const preflight = await ask('/api/v1/instances', { method: 'OPTIONS', headers: origin }, null)
    assert.equal(preflight.status, 204)
    assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /authorization/)
    const { headers } = await ask('/version', { headers: origin })
    assert.equal(headers.get('access-control-allow-origin'), 'https://board.example')
    assert.equal(headers.get('access-control-allow-credentials'), null)
    assert.equal((await ask('/version')).headers.get('access-control-allow-origin'), null)
    const foreign = await ask('/version', { headers: { origin: 'https://evil.example' } })
    assert.deepEqual([foreign.status, foreign.json.error.code], [403, 'FORBIDDEN'])
  })
})

describe('pages of the dashboard', () => {
  const pages = join(folder, 'dashboard')
  let ask: Awaited<ReturnType<typeof started>>
  before(async () => {
    mkdirSync(join(pages, 'assets'), { recursive: true })
    writeFileSync(join(pages, 'index.html'), '<div id="root"></div>')
    writeFileSync(join(pages, 'assets', 'main-abc.js'), 'start()')
    writeFileSync(join(folder, 'secret.txt'), 'secret')
    ask = await started({ pages })
  })

  it('are its files, and its index for every other path that a browser shows', async () => {
    const html = { headers: { accept: 'text/html,*/*' } }
    for (const path of ['/', '/instances/demo_sol_01', '/index.html']) {
      const page = await ask(path, html, null)
      assert.deepEqual([page.status, page.text], [200, '<div id="root"></div>'], path)
      assert.equal(page.headers.get('cache-control'), 'no-cache')
      assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
    }
    const script = await ask('/assets/main-abc.js', {}, null)
    assert.equal(script.text, 'start()')
    assert.match(script.headers.get('cache-control') ?? '', /immutable/)
    assert.match(script.headers.get('content-type') ?? '', /javascript/)
  })

  it('are nothing else', async () => {
    const html = { headers: { accept: 'text/html,*/*' } }
    const none = ['/assets/gone.js', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/']
    // Names that no file system takes are no fault of the program: nothing of its folders is told, and no log filled.
    for (const path of [...none, '/index.html/x', `/${'a'.repeat(300)}`, `/${'a/'.repeat(3000)}x`])
      assert.equal((await ask(path, {}, null)).status, 404, path)
    for (const path of ['/docs/nothing', '/health/nothing'])
      assert.equal((await ask(path, html, null)).status, 404, path)
    assert.equal((await ask('/api/v1/nothing', html, null)).status, 401)
  })

  it('are told to be missing where they are not built', async () => {
    const without = await started()
    assert.match((await without('/', {}, null)).text, /^The dashboard is not built: npm run build/)
  })
})

describe('the description of the API', () => {
  it('names every route with its answers, and nothing that nobody refers to', async () => {
    const ask = await started()
    const { status, text } = await ask('/api/v1/openapi.json')
    assert.equal(status, 200)
    const description = JSON.parse(text) as {
      openapi: string
      paths: Record<string, Record<string, { summary?: string; responses: object }>>
      components: { schemas: object }
    }
    assert.equal(description.openapi, '3.1.0')
    for (const [path, methods] of Object.entries(description.paths)) {
      for (const [method, { summary, responses }] of Object.entries(methods)) {
        assert.ok(summary, `${method} ${path} says what it does`)
        assert.ok('200' in responses || '204' in responses || '101' in responses, path)
      }
    }
    for (const name of Object.keys(description.components.schemas))
      assert.ok(text.includes(`"#/components/schemas/${name}"`), name)
  })

  it('is browsed at /docs with nothing inline', async () => {
    const ask = await started()
    const page = await ask('/docs', {}, null)
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
    assert.doesNotMatch(page.text, /<script>|<style|style=|onload=/)
    const used = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '')
    assert.equal(used.length, 5)
    for (const path of used) assert.equal((await ask(path, {}, null)).status, 200, path)
  })
})
