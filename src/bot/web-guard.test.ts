import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLoopbackAddress, type RequestHead, refusalOf, UNANSWERED } from './web-guard.ts'

const TOKEN = 'a-token-of-the-fleet'
const post: RequestHead = {
  method: 'POST',
  host: '127.0.0.1:5001',
  origin: undefined,
  contentType: 'application/json; charset=utf-8',
  authorization: `Bearer ${TOKEN}`,
}
const get: RequestHead = {
  ...post,
  method: 'GET',
  contentType: undefined,
  authorization: undefined,
}
/** Tokens of users, as the control plane knows them. */
const roles: Readonly<Record<string, string>> = {
  'a.viewer.token': 'viewer',
  'a.machine.token': 'machine',
  'an.operator.token': 'operator',
  'an.admin.token': 'admin',
  'a.lost.token': UNANSWERED,
}
const asked: string[] = []
const roleOf = async (token: string) => {
  asked.push(token)
  return roles[token] ?? null
}
const codeOf = async (head: RequestHead, isLoopbackOnly = true, token: string | null = TOKEN) =>
  (await refusalOf(head, isLoopbackOnly, { token: () => token, roleOf }))?.code ?? null

test('loopback: GET is open, POST passes with token and content type', async () => {
  assert.equal(await codeOf(get), null)
  assert.equal(await codeOf(post), null)
  for (const host of ['localhost:5001', 'LOCALHOST', '[::1]:5001', '127.0.0.1']) {
    assert.equal(await codeOf({ ...get, host }), null, host)
  }
})

test('a foreign host is refused for GET too: a name may have been rebound', async () => {
  for (const host of [
    undefined,
    '',
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example:5001',
    '10.0.0.5',
  ]) {
    assert.equal(await codeOf({ ...get, host }), 'FORBIDDEN', String(host))
    assert.equal(await codeOf({ ...post, host }), 'FORBIDDEN', String(host))
  }
})

test('a foreign origin is refused even with the token', async () => {
  for (const origin of [
    'https://evil.example',
    'null',
    'http://localhost:8080',
    'http://127.0.0.1:5001.evil.example',
  ]) {
    assert.equal(await codeOf({ ...post, origin }), 'FORBIDDEN', origin)
    assert.equal(await codeOf({ ...get, origin }), 'FORBIDDEN', origin)
  }
  assert.equal(await codeOf({ ...post, origin: 'http://127.0.0.1:5001' }), null)
})

test('POST without the right token, or of another content type', async () => {
  assert.equal(await codeOf({ ...post, authorization: undefined }), 'UNAUTHORIZED')
  assert.equal(await codeOf({ ...post, authorization: `Bearer ${TOKEN}x` }), 'UNAUTHORIZED')
  assert.equal(await codeOf({ ...post, authorization: TOKEN }), 'UNAUTHORIZED')
  assert.equal(await codeOf(post, true, null), 'SERVICE_UNAVAILABLE')
  for (const contentType of [undefined, 'text/plain', 'application/x-www-form-urlencoded']) {
    assert.equal(await codeOf({ ...post, contentType }), 'VALIDATION')
  }
})

test('beyond loopback everything needs the token', async () => {
  const host = 'server.example:5001'
  assert.equal(await codeOf({ ...get, host }, false), 'UNAUTHORIZED')
  assert.equal(await codeOf({ ...get, host, authorization: `Bearer ${TOKEN}` }, false), null)
  assert.equal(await codeOf({ ...post, host }, false), null)
  assert.equal(isLoopbackAddress('0.0.0.0'), false)
  assert.equal(isLoopbackAddress('127.0.0.2'), true)
})

test('a user who may act passes with the token of a login, others may look beyond loopback', async () => {
  const host = 'server.example:5001'
  const rows = await Promise.all(
    [...Object.keys(roles), 'no.such.token'].map(async (token) => {
      const authorization = `Bearer ${token}`
      const acts = await codeOf({ ...post, authorization })
      return [token, acts, await codeOf({ ...get, host, authorization }, false)]
    }),
  )
  assert.deepEqual(rows, [
    ['a.viewer.token', 'FORBIDDEN', null],
    ['a.machine.token', 'FORBIDDEN', null],
    ['an.operator.token', null, null],
    ['an.admin.token', null, null],
    ['a.lost.token', 'SERVICE_UNAVAILABLE', 'SERVICE_UNAVAILABLE'],
    ['no.such.token', 'UNAUTHORIZED', 'UNAUTHORIZED'],
  ])
})

test('the control plane is asked about nothing that cannot be the token of a user', async () => {
  asked.length = 0
  for (const token of [
    'x',
    `${TOKEN}x`,
    'a.b',
    'a.b.c.d',
    'a.b c.d',
    'ä.b.c',
    `${'a'.repeat(9999)}.b.c`,
  ])
    assert.equal(await codeOf({ ...post, authorization: `Bearer ${token}` }), 'UNAUTHORIZED')
  const authorization = 'Bearer an.admin.token'
  assert.equal(await codeOf({ ...post, authorization, host: 'evil.example' }), 'FORBIDDEN')
  assert.equal(await codeOf({ ...post, authorization, origin: 'http://evil' }), 'FORBIDDEN')
  assert.deepEqual(asked, [])
})
