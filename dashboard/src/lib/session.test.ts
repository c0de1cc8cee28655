// Session and requests without a browser: what they need of one is put there first.
import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'

interface Asked {
  readonly path: string
  readonly token: string | null
}

const asked: Asked[] = []
/** What the server answers by path; the token that it takes. */
const server = { token: 't1', refresh: 200, login: 200, isThere: true, query: '' }

const answer = (status: number, body: object) =>
  status === 204
    ? new Response(null, { status })
    : new Response(JSON.stringify(body), {
        status,
        headers: { 'content-type': 'application/json' },
      })

const entry = () => {
  server.token = `t${Number(server.token.slice(1)) + 1}`
  const user = { username: 'ann', role: 'admin' }
  return { access_token: server.token, token_type: 'Bearer', expires_in: 3600, user }
}

function serve(input: string | Request, init?: RequestInit): Response {
  const request = typeof input === 'string' ? new Request(new URL(input, 'http://x'), init) : input
  const { pathname, search } = new URL(request.url)
  const token = request.headers.get('authorization')?.slice('Bearer '.length) ?? null
  asked.push({ path: pathname, token })
  server.query = search
  if (!server.isThere) throw new TypeError('fetch failed')
  if (pathname.endsWith('/login')) return answer(server.login, server.login === 200 ? entry() : {})
  if (pathname.endsWith('/refresh'))
    return answer(server.refresh, server.refresh === 200 ? entry() : {})
  if (token === server.token) return answer(200, { ok: true })
  return answer(401, { error: { code: 'UNAUTHORIZED', message: 'another token is needed' } })
}

/** The other tabs: what they were told. */
class FakeTabs {
  postMessage(word: string): void {
    asked.push({ path: `tabs: ${word}`, token: null })
  }
  addEventListener(_: string, listener: (event: { data: string }) => void): void {
    FakeTabs.hear = (data) => listener({ data })
  }
  static hear: (word: string) => void = () => {}
}

Object.assign(globalThis, {
  location: { origin: 'http://x' },
  BroadcastChannel: FakeTabs,
  fetch: async (input: string | Request, init?: RequestInit) => serve(input, init),
})
const { login, logout, restoreSession, sessionNow } = await import('./session.ts')
const { get } = await import('./api.ts')

const paths = () => asked.map(({ path }) => path.replace('/api/v1/', ''))

describe('the first visit', () => {
  it('finds nobody here without being refused anything', async () => {
    assert.equal(sessionNow().state, 'unknown')
    server.refresh = 204
    await restoreSession()
    assert.deepEqual([sessionNow().state, sessionNow().ended], ['out', false])
    assert.deepEqual(paths(), ['auth/refresh'])
  })
})

describe('a session', () => {
  beforeEach(async () => {
    Object.assign(server, { refresh: 200, login: 200, isThere: true })
    await logout()
    await login('ann', 'right')
    asked.length = 0
  })

  it('sends its token with every request, and what was asked for', async () => {
    assert.deepEqual(await get('/fills', { instance: 'a b', limit: 5, venue: null }), { ok: true })
    assert.deepEqual(asked, [{ path: '/api/v1/fills', token: server.token }])
    assert.equal(server.query, '?instance=a+b&limit=5')
  })
  it('renews a refused token once, also for several requests at the same time', async () => {
    server.token = 't50'
    assert.deepEqual(await Promise.all([get('/a'), get('/b')]), [{ ok: true }, { ok: true }])
    assert.deepEqual(paths().filter((path) => path === 'auth/refresh').length, 1)
    assert.equal(asked.at(-1)?.token, 't51')
    assert.equal(sessionNow().state, 'in')
  })
  it('has ended when it cannot be renewed', async () => {
    Object.assign(server, { token: 't60', refresh: 401 })
    await assert.rejects(get('/a'), { code: 'UNAUTHORIZED', message: 'another token is needed' })
    assert.deepEqual(
      [sessionNow().state, sessionNow().ended, sessionNow().user],
      ['out', true, null],
    )
  })
  it('stays while the server cannot be reached', async () => {
    server.isThere = false
    await assert.rejects(get('/a'), { code: 'UNREACHABLE' })
    assert.equal(sessionNow().state, 'in')
    server.isThere = true
    Object.assign(server, { token: 't70', refresh: 503 })
    await assert.rejects(get('/a'), { code: 'UNREACHABLE' })
    assert.equal(sessionNow().state, 'in')
  })
  it('is over at once when somebody logs out, without being called ended', async () => {
    await logout()
    assert.deepEqual([sessionNow().state, sessionNow().ended], ['out', false])
    // the others first: what they still ask for would be refused
    assert.deepEqual(asked, [
      { path: 'tabs: out', token: null },
      { path: '/api/v1/auth/logout', token: server.token },
    ])
  })
  it('asks nothing any more once another tab has logged out', async () => {
    FakeTabs.hear('out')
    await assert.rejects(get('/a'), { code: 'UNAUTHORIZED' })
    assert.deepEqual([asked, sessionNow().ended], [[], false])
  })
  it('tells a wrong password from too many attempts and from a server that is not there', async () => {
    await logout()
    const told: string[] = []
    for (const status of [401, 429, 500]) {
      server.login = status
      told.push(await login('ann', 'wrong'))
    }
    server.isThere = false
    told.push(await login('ann', 'right'))
    assert.deepEqual(told, ['wrong', 'too-many', 'unreachable', 'unreachable'])
    assert.equal(sessionNow().state, 'out')
  })
})
