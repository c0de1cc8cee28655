import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { SignJWT } from 'jose'
import {
  type AccessServer,
  accessServer,
  cookieOf,
  JWT_SECRET,
  LOCAL_TOKEN,
  PASSWORDS,
  REFRESH_COOKIE,
} from '../../../test/security/access-server.ts'

const key = (secret: string) => new TextEncoder().encode(secret)
const ME = '/api/v1/auth/me'
const REFRESH = '/api/v1/auth/refresh'
const LOGIN = '/api/v1/auth/login'
const LOGOUT = '/api/v1/auth/logout'

describe('who may use a route', () => {
  let server: AccessServer
  before(async () => {
    server = await accessServer()
  })
  after(() => server.app.close())

  it('is decided by the role of each user, and by nothing for open ones', async () => {
    const tokens = [
      undefined,
      ...(await Promise.all(
        (['ann', 'bob', 'cat'] as const).map(async (name) => (await server.logIn(name)).token),
      )),
      LOCAL_TOKEN,
    ]
    const rows = await Promise.all(
      ['open', 'viewer', 'operator', 'admin'].map(async (role) => {
        const answers = tokens.map((token) => server.get(`/api/v1/for-${role}`, token))
        return (await Promise.all(answers)).map(({ statusCode }) => statusCode).join(' ')
      }),
    )
    assert.deepEqual(rows, [
      '200 200 200 200 200',
      '401 200 200 200 200',
      '401 403 200 200 200',
      '401 403 403 200 200',
    ])
  })

  it('is asked before anybody learns what there is', async () => {
    assert.equal((await server.get('/api/v1/nothing')).statusCode, 401)
    assert.equal((await server.get('/api/v1/nothing', LOCAL_TOKEN)).statusCode, 404)
    assert.equal((await server.get('/nothing')).statusCode, 404)
  })

  it('must be said by every route, else the server does not start', async () => {
    const silent = (app: FastifyInstance) => {
      app.get('/api/v1/silent', async () => ({}))
    }
    await assert.rejects(accessServer(silent), /GET \/api\/v1\/silent/)
  })

  it('follows the user and not what the token says of the role', async () => {
    const sid = server.access.sessions.begin('ann').session.id
    const token = await new SignJWT({ role: 'admin', sid })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('perpfleet')
      .setAudience('perpfleet-api')
      .setSubject('ann')
      .setExpirationTime(Math.floor(server.now() / 1000) + 60)
      .sign(key(JWT_SECRET))
    assert.equal((await server.get('/api/v1/for-viewer', token)).statusCode, 200)
    assert.equal((await server.get('/api/v1/for-admin', token)).statusCode, 403)
  })
})

describe('a token', () => {
  let server: AccessServer
  before(async () => {
    server = await accessServer()
  })
  after(() => server.app.close())

  const made = async (change: Readonly<Record<string, unknown>>, secret = JWT_SECRET) => {
    const sid = server.access.sessions.begin('cat').session.id
    const now = Math.floor(server.now() / 1000)
    const claims = { iss: 'perpfleet', aud: 'perpfleet-api', sub: 'cat', sid, exp: now + 60 }
    const alg = String(change['alg'] ?? 'HS256')
    const payload = Object.fromEntries(
      Object.entries({ ...claims, role: 'admin', ...change }).filter(
        ([name, value]) => value !== null && name !== 'alg',
      ),
    )
    return new SignJWT(payload).setProtectedHeader({ alg }).sign(key(secret))
  }
  const statusOf = async (token: string) => (await server.get(ME, token)).statusCode

  it('passes when this fleet has signed it for this API and its session lives', async () => {
    assert.equal(await statusOf(await made({})), 200)
  })

  it('is refused when it is expired, for another reader or by another issuer', async () => {
    const past = Math.floor(server.now() / 1000) - 1
    for (const change of [
      { exp: past },
      { exp: null },
      { aud: 'another' },
      { aud: null },
      { iss: 'another' },
      { sub: null },
      { sub: 'ann' },
      { sid: null },
      { sid: 'of nobody' },
      { nbf: past + 3600 },
    ])
      assert.equal(await statusOf(await made(change)), 401, JSON.stringify(change))
  })

  it('is refused when it is signed by another secret or by another algorithm', async () => {
    assert.equal(await statusOf(await made({}, `${JWT_SECRET} or another`)), 401)
    const long = JWT_SECRET.padEnd(64, '.')
    assert.equal(await statusOf(await made({ alg: 'HS384' }, long)), 401)
    // The right secret does not make the other algorithm right.
    const sid = server.access.sessions.begin('cat').session.id
    const claims = { iss: 'perpfleet', aud: 'perpfleet-api', sub: 'cat', sid, role: 'admin' }
    const now = Math.floor(server.now() / 1000)
    const signed = new SignJWT({ ...claims, exp: now + 60 }).setProtectedHeader({ alg: 'HS384' })
    assert.equal(await statusOf(await signed.sign(key(JWT_SECRET))), 401)
  })

  it('is refused when it was changed, cut, or says that it needs no signature', async () => {
    const token = await made({})
    const [head = '', body = '', signature = ''] = token.split('.')
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
    const changed = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), sub: 'bob' }),
    ).toString('base64url')
    for (const forged of [
      `${none}.${body}.`,
      `${none}.${body}.${signature}`,
      `${head}.${changed}.${signature}`,
      `${head}.${body}.`,
      `${head}.${body}`,
      `${token}x`,
      'x',
      '..',
      'null',
    ])
      assert.equal(await statusOf(forged), 401, forged)
    assert.equal(await statusOf(token), 200)
  })
})

describe('a login', () => {
  it('is refused alike for a wrong name and a wrong password, and tells no log what was typed', async () => {
    const server = await accessServer()
    const wrong = await server.post(LOGIN, { username: 'ann', password: 'canary-wrong' })
    const nobody = await server.post(LOGIN, { username: 'canary-name', password: 'canary-wrong' })
    const { request_id: _, ...first } = wrong.json().error
    const { request_id: __, ...second } = nobody.json().error
    assert.deepEqual([wrong.statusCode, nobody.statusCode], [401, 401])
    assert.deepEqual(first, second)
    assert.doesNotMatch(server.lines.join('\n'), /canary/)
    assert.equal((await server.post(LOGIN, { username: 'ann' })).statusCode, 400)
    assert.equal((await server.post(LOGIN, { username: ['ann'], password: {} })).statusCode, 400)
    await server.app.close()
  })

  it('gives a token, and a cookie that no script and no other page reads', async () => {
    const server = await accessServer()
    const body = { username: ' Ann ', password: PASSWORDS.ann }
    const answer = await server.post(LOGIN, body)
    assert.deepEqual(answer.json().user, { username: 'ann', role: 'viewer' })
    assert.equal(answer.json().expires_in, 86_400)
    const [cookie] = answer.cookies
    assert.deepEqual(
      [cookie?.name, cookie?.path, cookie?.httpOnly, cookie?.sameSite],
      [REFRESH_COOKIE, '/api/v1/auth', true, 'Strict'],
    )
    const { value: token = '' } = cookie ?? {}
    const inDatabase = JSON.stringify([server.store.users(), server.store.sessions()])
    assert.ok(!inDatabase.includes(token) && !inDatabase.includes(PASSWORDS.ann))
    assert.equal(server.store.refreshToken(token), null)
    await server.app.close()
  })

  it('waits after five wrong guesses at one name from one address, however many come at once', async () => {
    const server = await accessServer()
    const guess = (password: string, remoteAddress: string, username = 'ann') =>
      server.app.inject({
        method: 'POST',
        url: LOGIN,
        payload: { username, password },
        headers: { host: 'localhost' },
        remoteAddress,
      })
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) => guess(`wrong ${at}`, '10.0.0.1')),
    )
    const codes = answers.map(({ statusCode }) => statusCode).sort()
    assert.deepEqual(codes, [401, 401, 401, 401, 401, 429, 429, 429])
    const right = await guess(PASSWORDS.ann, '10.0.0.1')
    assert.equal(right.statusCode, 429)
    assert.equal(right.json().error.code, 'TOO_MANY_REQUESTS')
    assert.ok(Number(right.headers['retry-after']) > 60)
    // Nobody locks the others out.
    assert.equal((await guess(PASSWORDS.ann, '10.0.0.2')).statusCode, 200)
    assert.equal((await guess(PASSWORDS.bob, '10.0.0.1', 'bob')).statusCode, 200)
    await server.app.close()
  })
})

describe('a session', () => {
  it('is prolonged by a cookie that is used once; its second use ends the session', async () => {
    const server = await accessServer()
    const { cookie: first } = await server.logIn('ann')
    const ended: string[] = []
    server.access.onSessionEnd((id) => void ended.push(id))
    const second = await server.post(REFRESH, {}, undefined, first)
    assert.equal(second.statusCode, 200)
    const { access_token: token } = second.json()
    assert.notEqual(cookieOf(second), first)
    // Another tab sends the same one in the same moment and gets the same successor.
    const tab = await server.post(REFRESH, {}, undefined, first)
    assert.deepEqual([tab.statusCode, cookieOf(tab)], [200, cookieOf(second)])
    assert.equal((await server.get(ME, token)).statusCode, 200)
    server.pass(10_001)
    assert.equal((await server.post(REFRESH, {}, undefined, first)).statusCode, 401)
    assert.equal(ended.length, 1)
    assert.equal((await server.get(ME, token)).statusCode, 401)
    assert.equal((await server.post(REFRESH, {}, undefined, cookieOf(second))).statusCode, 401)
    await server.app.close()
  })

  it('is not refused to who has no cookie: nobody is here, which is no error', async () => {
    const server = await accessServer()
    const answer = await server.post(REFRESH, {})
    assert.deepEqual([answer.statusCode, answer.body, cookieOf(answer)], [204, '', ''])
    const refused = await server.post(REFRESH, {}, undefined, `${REFRESH_COOKIE}=unknown`)
    assert.equal(refused.statusCode, 401)
    await server.app.close()
  })

  it('ends at once by logout, for token, cookie and ticket', async () => {
    const server = await accessServer()
    const { token, cookie } = await server.logIn('bob')
    const principal = await server.access.principalOf(`Bearer ${token}`)
    assert.ok(principal)
    const ticket = server.access.ticketFor(principal)
    const out = await server.post(LOGOUT, {}, token)
    assert.equal(out.statusCode, 200)
    assert.equal((await server.get(ME, token)).statusCode, 401)
    assert.equal((await server.post(REFRESH, {}, undefined, cookie)).statusCode, 401)
    assert.equal(server.access.takeTicket(ticket), null)
    await server.app.close()
  })

  it('ends by a logout that has only the cookie, and takes it back', async () => {
    const server = await accessServer()
    const { token, cookie } = await server.logIn('bob')
    const out = await server.post(LOGOUT, {}, undefined, cookie)
    assert.equal(cookieOf(out), `${REFRESH_COOKIE}=`)
    assert.equal((await server.get(ME, token)).statusCode, 401)
    assert.equal((await server.post(LOGOUT, {})).statusCode, 200)
    await server.app.close()
  })

  it('ends by time, and its token before', async () => {
    const server = await accessServer()
    const { token, cookie } = await server.logIn('ann')
    assert.equal((await server.get(ME, token)).statusCode, 200)
    server.pass(24 * 3_600_000 - 1000)
    assert.equal((await server.get(ME, token)).statusCode, 200)
    server.pass(1000)
    assert.equal((await server.get(ME, token)).statusCode, 401)
    const again = await server.post(REFRESH, {}, undefined, cookie)
    assert.equal(again.statusCode, 200)
    server.pass(31 * 86_400_000)
    assert.equal((await server.post(REFRESH, {}, undefined, cookieOf(again))).statusCode, 401)
    assert.deepEqual(server.store.sessions(), [])
    await server.app.close()
  })

  it('ends by a new password, but for the one that has set it', async () => {
    const server = await accessServer()
    const [here, elsewhere] = [await server.logIn('bob'), await server.logIn('bob')]
    const set = (current_password: string, new_password: string) =>
      server.post('/api/v1/auth/password', { current_password, new_password }, here.token)
    assert.equal((await set('wrong', 'a new password')).statusCode, 403)
    assert.equal((await set(PASSWORDS.bob, 'short')).statusCode, 400)
    assert.equal((await set(PASSWORDS.bob, 'a new password')).statusCode, 200)
    assert.equal((await server.get(ME, here.token)).statusCode, 200)
    assert.equal((await server.get(ME, elsewhere.token)).statusCode, 401)
    const old = await server.post(LOGIN, { username: 'bob', password: PASSWORDS.bob })
    assert.equal(old.statusCode, 401)
    const next = await server.post(LOGIN, { username: 'bob', password: 'a new password' })
    assert.equal(next.statusCode, 200)
    await server.app.close()
  })
})

describe('a ticket', () => {
  it('opens once, within 30 s', async () => {
    const server = await accessServer()
    const { token } = await server.logIn('ann')
    const principal = await server.access.principalOf(`Bearer ${token}`)
    assert.ok(principal)
    const [once, late] = [server.access.ticketFor(principal), server.access.ticketFor(principal)]
    assert.deepEqual(server.access.takeTicket(once), principal)
    assert.equal(server.access.takeTicket(once), null)
    assert.equal(server.access.takeTicket('unknown'), null)
    server.pass(30_001)
    assert.equal(server.access.takeTicket(late), null)
    await server.app.close()
  })
})

describe('users', () => {
  it('are added, changed and removed by admins alone', async () => {
    const server = await accessServer()
    const USERS = '/api/v1/users'
    const dan = { username: 'dan', role: 'operator' }
    for (const name of ['ann', 'bob'] as const)
      assert.equal(
        (await server.post(USERS, dan, (await server.logIn(name)).token)).statusCode,
        403,
      )
    const { token } = await server.logIn('cat')
    const made = (await server.post(USERS, dan, token)).json()
    assert.match(made.password, /^([A-Z2-9]{4}-){2}[A-Z2-9]{4}$/)
    assert.equal((await server.post(USERS, dan, token)).statusCode, 409)
    for (const body of [
      { username: 'local' },
      { username: 'Ünal' },
      { username: '' },
      { username: 'eve', role: 'machine' },
      { username: 'eve', role: 'root' },
      { username: 'eve', password: 'short' },
      { username: 'eve-long-name', password: 'EVE-long-name' },
    ])
      assert.equal((await server.post(USERS, body, token)).statusCode, 400, JSON.stringify(body))
    const login = await server.post(LOGIN, { username: 'dan', password: made.password })
    assert.equal(login.statusCode, 200)
    const listed = (await server.get(USERS, token)).body
    assert.doesNotMatch(listed, /scrypt|hash/)
    assert.match(listed, /"dan"/)
    const set = await server.post(`${USERS}/dan/password`, { password: 'given to dan' }, token)
    assert.equal(set.json().password, null)
    assert.equal((await server.get(ME, login.json().access_token)).statusCode, 401)
    const remove = (name: string) =>
      server.app.inject({
        method: 'DELETE',
        url: `${USERS}/${name}`,
        headers: { host: 'localhost', authorization: `Bearer ${token}` },
      })
    assert.deepEqual(
      await Promise.all(
        ['dan', 'nobody', 'cat'].map(async (name) => (await remove(name)).statusCode),
      ),
      [200, 404, 409],
    )
    await server.app.close()
  })
})

describe('requests are counted', () => {
  it('for each address without a session, which then waits; health is not', async () => {
    const server = await accessServer()
    server.settings.rate_limit = { ...server.settings.rate_limit, points: 3 }
    const { get } = server
    const codes: number[] = []
    for (let at = 0; at < 5; at++) codes.push((await get('/api/v1/for-open')).statusCode)
    assert.deepEqual(codes, [200, 200, 200, 429, 429])
    assert.equal((await get('/health')).statusCode, 200)
    // Another spelling of the same path is the same path.
    assert.equal((await get('/%61pi/v1/for-open')).statusCode, 429)
    assert.equal((await get('/%61pi/v1/for-viewer')).statusCode, 429)
    // Whoever has a session is not held up by strangers at the same address.
    assert.equal((await get('/api/v1/for-viewer', LOCAL_TOKEN)).statusCode, 200)
    // A changed configuration acts at once.
    server.settings.rate_limit = { ...server.settings.rate_limit, points: 100 }
    assert.equal((await get('/api/v1/for-open')).statusCode, 200)
    await server.app.close()
  })

  it('for each session, but never for what lowers risk', async () => {
    const server = await accessServer()
    const [one, other] = [await server.logIn('bob'), await server.logIn('bob')]
    server.settings.rate_limit = { ...server.settings.rate_limit, session_points: 2 }
    const codes: number[] = []
    for (let at = 0; at < 3; at++) codes.push((await server.get(ME, one.token)).statusCode)
    assert.deepEqual(codes, [200, 200, 429])
    assert.equal((await server.get(ME, other.token)).statusCode, 200)
    assert.equal((await server.post('/api/v1/lower', {}, one.token)).statusCode, 200)
    await server.app.close()
  })
})
