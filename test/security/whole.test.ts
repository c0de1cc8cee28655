// The whole program with secrets everywhere: who gets in by sockets, and where a secret comes out again.
import assert from 'node:assert/strict'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { SignJWT } from 'jose'
import WebSocket from 'ws'
import type { LoginAnswer } from '../../src/protocol/api-messages.ts'
import { FleetHome } from '../integration/fleet-home.ts'
import { type Answered, ask } from './ask.ts'

const SOL = 'demo_sol_01'
const canary = (name: string): string => `canary-${name}-0123456789abcdefghijklmnop`

const IN_FILE = {
  jwt: canary('jwt-secret'),
  metrics: canary('metrics-token'),
  telegram: canary('telegram-token'),
  assistant: canary('assistant-key'),
}
const IN_INSTANCE = { secret: canary('api-secret'), phrase: canary('passphrase') }
const IN_ENVIRONMENT = {
  PERPFLEET_ADMIN_PASSWORD: canary('admin-password'),
  PERPFLEET_BACKUP_PASSPHRASE: canary('backup-passphrase'),
  SOME_VENUE_API_SECRET: canary('environment-secret'),
}
const TYPED = { name: canary('typed-name'), password: canary('typed-password') }

/** A home whose every place for secrets holds one. */
async function prepared(): Promise<FleetHome> {
  const home = new FleetHome(() => IN_ENVIRONMENT)
  await home.run('init', '--demo')
  const local = join(home.dir, 'config', 'local.yml')
  const { jwt, metrics, telegram, assistant } = IN_FILE
  writeFileSync(
    local,
    `api:
  jwt_secret: ${jwt}
  metrics_token: ${metrics}
notifications:
  telegram: {bot_token: ${telegram}, chat_id: "1"}
assistant:
  api_key: ${assistant}
`,
  )
  chmodSync(local, 0o600)
  const file = join(home.dir, 'config', 'active', `${SOL}.json`)
  const { secret, phrase } = IN_INSTANCE
  const own = `"exchange_config": {\n    "secret_key": "${secret}", "passphrase": "${phrase}",`
  writeFileSync(file, readFileSync(file, 'utf8').replace('"exchange_config": {', own))
  chmodSync(file, 0o600)
  return home
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
}

describe('the whole program', { timeout: 180_000 }, () => {
  let home: FleetHome
  let url = ''
  let local = ''
  let port = 0
  const passwords = { viewer: canary('viewer-password'), operator: canary('operator-password') }
  /** Everything that must not come out. */
  const secrets = new Set<string>([
    ...Object.values(IN_FILE),
    ...Object.values(IN_INSTANCE),
    ...Object.values(IN_ENVIRONMENT),
    ...Object.values(passwords),
    ...Object.values(TYPED),
  ])
  const api = (path: string) => `${url}/api/v1${path}`
  const post = (path: string, body: object, token?: string, cookie?: string) =>
    ask(api(path), {
      method: 'POST',
      body,
      ...(token === undefined ? {} : { token }),
      ...(cookie === undefined ? {} : { headers: { cookie } }),
    })
  const cookieIn = ({ headers }: Answered): string => {
    const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    secrets.add(cookie.slice(cookie.indexOf('=') + 1) || 'no cookie was set')
    return cookie
  }
  const logIn = async (username: string, password: string) => {
    const answer = await post('/auth/login', { username, password })
    assert.equal(answer.status, 200, answer.text)
    const { access_token: token } = JSON.parse(answer.text) as LoginAnswer
    secrets.add(token)
    return { token, cookie: cookieIn(answer) }
  }
  const leaks = (text: string): string[] => [...secrets].filter((secret) => text.includes(secret))

  before(async () => {
    home = await prepared()
    const up = await home.run('up', '--detach', '--port', '0')
    assert.equal(up.code, 0, up.stderr)
    assert.deepEqual(leaks(`${up.stdout}${up.stderr}`), [])
    const control = home.json('run/control.json')
    url = String(control['url'])
    local = String(control['token'])
    const services = ['desk-paper', 'exchange'].map((name) => home.json(`run/${name}.json`))
    for (const secret of [local, ...services.map(({ token }) => String(token))]) secrets.add(secret)
    port = (await home.list()).find(({ id }) => id === SOL)?.port ?? 0
    for (const role of ['viewer', 'operator'] as const) {
      const body = { username: role === 'operator' ? 'oscar' : 'vera', role }
      const added = await post('/users', { ...body, password: passwords[role] }, local)
      assert.equal(added.status, 200, added.text)
    }
  })
  after(() => home.close())

  it('lets a viewer look and not act, an operator act and not arm', async () => {
    const vera = await logIn('vera', passwords.viewer)
    const oscar = await logIn('oscar', passwords.operator)
    const admin = await logIn('admin', IN_ENVIRONMENT.PERPFLEET_ADMIN_PASSWORD)
    const at = (action: string) => `/instances/${SOL}/${action}`
    const codes = async (path: string) =>
      (
        await Promise.all(
          [vera, oscar, admin].map(async ({ token }) => (await post(path, {}, token)).status),
        )
      ).join(' ')
    assert.equal((await ask(api('/instances'), { token: vera.token })).status, 200)
    assert.equal(await codes(at('pause')), '403 200 200')
    assert.equal(await codes(at('resume')), '403 200 200')
    assert.match(await codes(at('arm')), /^403 403 (200|409|412)$/)
    const users = [vera, oscar, admin].map(({ token }) => ask(api('/users'), { token }))
    assert.deepEqual(
      (await Promise.all(users)).map(({ status }) => status),
      [403, 403, 200],
    )
  })

  it('refuses tokens that are forged, and its own after a logout', async () => {
    const { token, cookie } = await logIn('oscar', passwords.operator)
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    const sign = (change: object, secret = IN_FILE.jwt) =>
      new SignJWT({ ...claims, ...change })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(secret))
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    const forged = [
      await sign({}, canary('another-secret')),
      await sign({ exp: Math.floor(Date.now() / 1000) - 5 }),
      await sign({ aud: 'another' }),
      await sign({ sub: 'admin' }),
      `${none}.${token.split('.')[1]}.`,
    ]
    const statusOf = async (one: string) => (await ask(api('/auth/me'), { token: one })).status
    // What is signed as it should be passes: it is not the test that is wrong.
    assert.equal(await statusOf(await sign({})), 200)
    for (const one of forged) assert.equal(await statusOf(one), 401, one)
    for (const one of forged)
      assert.equal((await ask(`http://127.0.0.1:${port}/api/pause`, acting(one))).status, 401, one)

    const next = await post('/auth/refresh', {}, undefined, cookie)
    assert.equal(next.status, 200)
    secrets.add((JSON.parse(next.text) as LoginAnswer).access_token)
    const successor = cookieIn(next)
    assert.notEqual(successor, cookie)
    assert.equal((await post('/auth/logout', {}, token)).status, 200)
    assert.equal(await statusOf(token), 401)
    assert.equal((await post('/auth/refresh', {}, undefined, successor)).status, 401)
  })

  const acting = (token?: string, headers: Record<string, string> = {}) => ({
    method: 'POST',
    body: {},
    headers,
    ...(token === undefined ? {} : { token }),
  })

  it('guards the port of an instance alike', async () => {
    const own = `http://127.0.0.1:${port}`
    const vera = await logIn('vera', passwords.viewer)
    const oscar = await logIn('oscar', passwords.operator)
    const foreign = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: url },
      { host: 'evil.example' },
    ]
    for (const headers of foreign) {
      assert.equal((await ask(`${own}/api/status`, { headers })).status, 403)
      assert.equal((await ask(`${own}/api/pause`, acting(local, headers))).status, 403)
    }
    const statusOf = async (token?: string) => (await ask(`${own}/api/pause`, acting(token))).status
    assert.equal(await statusOf(), 401)
    assert.equal(await statusOf('x'.repeat(64)), 401)
    assert.equal(await statusOf(vera.token), 403)
    assert.equal(await statusOf(oscar.token), 200)
    assert.equal((await ask(`${own}/api/resume`, acting(local))).status, 200)
    await post('/auth/logout', {}, oscar.token)
    assert.equal(await statusOf(oscar.token), 401)
  })

  it('opens the stream to a ticket alone, once, and closes it with the session', async () => {
    const { token } = await logIn('vera', passwords.viewer)
    const ticketOf = async () => {
      const { ticket } = JSON.parse((await post('/stream/ticket', {}, token)).text)
      secrets.add(ticket)
      return String(ticket)
    }
    const open = (ticket: string, origin?: string) =>
      new Promise<WebSocket | number>((resolve, reject) => {
        const address = `${url.replace('http', 'ws')}/api/v1/stream?ticket=${ticket}`
        const socket = new WebSocket(address, origin === undefined ? {} : { origin })
        socket.once('open', () => resolve(socket))
        socket.once('unexpected-response', (request, { statusCode }) => {
          request.destroy()
          resolve(statusCode ?? 0)
        })
        socket.once('error', reject)
      })
    assert.equal(await open(await ticketOf(), 'https://evil.example'), 403)
    assert.equal(await open(await ticketOf(), 'null'), 403)
    assert.equal(await open(''), 401)
    assert.equal(await open('x'.repeat(43)), 401)
    const ticket = await ticketOf()
    const socket = await open(ticket, url)
    assert.ok(socket instanceof WebSocket)
    assert.equal(await open(ticket, url), 401)
    const closed = new Promise<number>((resolve) => socket.once('close', resolve))
    await post('/auth/logout', {}, token)
    assert.equal(await closed, 4001)
  })

  it('tells no secret in the answer to any GET', async () => {
    const { text } = await ask(api('/openapi.json'), { token: local })
    const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, unknown>> }
    const known = Object.keys(paths).filter((path) => 'get' in (paths[path] ?? {}))
    assert.ok(known.length > 20, String(known.length))
    const asked = [...known, '/api/v1/openapi.json', '/docs', '/'].flatMap((path) => {
      const ids = path.includes('{') ? [SOL, ...(path.includes('/config/') ? ['fleet'] : [])] : ['']
      return ids.map((id) => path.replaceAll(/\{\w+\}/g, id))
    })
    const queries = ['', '?version=1', '?a=1', '?stream=daemon&limit=1000']
    for (const path of asked)
      for (const query of queries) {
        const answer = await ask(`${url}${path}${query}`, { token: local })
        assert.ok(answer.status < 500 || answer.status === 503, `${path}: ${answer.text}`)
        assert.deepEqual(leaks(answer.text + JSON.stringify(answer.headers)), [], path + query)
      }
    const shown = await ask(api(`/config/${SOL}`), { token: local })
    assert.match(shown.text, /"secret_key\\": \\"\*\*\*\\"/)
    for (const path of ['/', '/health', '/api/status'])
      assert.deepEqual(leaks((await ask(`http://127.0.0.1:${port}${path}`)).text), [], path)
  })

  it('writes no secret into a log, whatever was asked and typed', async () => {
    const wrong = await post('/auth/login', { username: TYPED.name, password: TYPED.password })
    assert.equal(wrong.status, 401)
    assert.deepEqual(leaks(wrong.text), [])
    const odd = await post('/auth/login', {
      username: [TYPED.name],
      password: { a: TYPED.password },
    })
    assert.equal(odd.status, 400)
    assert.deepEqual(leaks(odd.text), [])
    await ask(api(`/instances/${TYPED.name}?token=${local}`), { token: local })
    await ask(api('/instances'), { token: TYPED.password })
    const made = await home.run('user', 'add', 'dora', '--json')
    secrets.add(String(JSON.parse(made.stdout).password))
    const down = await home.run('down', '--stop-bots')
    assert.deepEqual([down.code, leaks(`${down.stdout}${down.stderr}`)], [0, []])
    const logs = filesBelow(join(home.dir, 'logs'))
    assert.ok(logs.length > 5)
    for (const path of logs) assert.deepEqual(leaks(readFileSync(path, 'utf8')), [], path)
    // Read by their owner alone.
    for (const path of [join(home.dir, 'database', 'fleet.db')])
      assert.equal(statSync(path).mode & 0o077, 0, path)
  })
})

describe('the password of the first start', { timeout: 120_000 }, () => {
  const home = new FleetHome()
  after(() => home.close())

  it('is told by the start screen, once, opens the door, and stands in no file', async () => {
    const up = await home.run('up', '--detach', '--port', '0')
    assert.equal(up.code, 0, up.stderr)
    const found = /^login {6}admin \/ (([A-Z2-9]{4}-){2}[A-Z2-9]{4}) \(shown only now/m.exec(
      up.stdout,
    )
    const password = found?.[1] ?? ''
    assert.notEqual(password, '', up.stdout)
    const { url, token } = home.json('run/control.json') as { url: string; token: string }
    const body = { username: 'admin', password }
    const login = await ask(`${url}/api/v1/auth/login`, { method: 'POST', body })
    assert.equal(login.status, 200)
    const asked = { method: 'POST', body: {}, token }
    const again = await ask(`${url}/api/v1/auth/first-password`, asked)
    assert.equal(JSON.parse(again.text).password, null)
    await home.run('down', '--stop-bots')
    for (const path of filesBelow(home.dir))
      assert.ok(!readFileSync(path, 'latin1').includes(password), path)
    const second = await home.run('up', '--detach', '--port', '0')
    assert.doesNotMatch(second.stdout, /^login/m)
    // What the first start is told, later ones are not.
    const users = await home.run('user', 'list', '--json')
    assert.equal(JSON.parse(users.stdout).items.length, 1)
    await home.run('down', '--stop-bots')
  })

  it('is refused in one sentence when it is none', async () => {
    const other = new FleetHome(() => ({ PERPFLEET_ADMIN_PASSWORD: 'short' }))
    const up = await other.run('up', '--detach', '--port', '0')
    assert.equal(up.code, 1)
    assert.match(
      up.stderr,
      /^PERPFLEET_ADMIN_PASSWORD cannot be taken: a password has at least 8 characters\n$/,
    )
    await other.close()
  })
})
