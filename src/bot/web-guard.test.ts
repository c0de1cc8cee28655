import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLoopbackAddress, type RequestHead, refusalOf } from './web-guard.ts'

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
const codeOf = (head: RequestHead, isLoopbackOnly = true, token: string | null = TOKEN) =>
  refusalOf(head, isLoopbackOnly, () => token)?.code ?? null

test('loopback: GET is open, POST passes with token and content type', () => {
  assert.equal(codeOf(get), null)
  assert.equal(codeOf(post), null)
  for (const host of ['localhost:5001', 'LOCALHOST', '[::1]:5001', '127.0.0.1']) {
    assert.equal(codeOf({ ...get, host }), null, host)
  }
})

test('a foreign host is refused for GET too: a name may have been rebound', () => {
  for (const host of [
    undefined,
    '',
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example:5001',
    '10.0.0.5',
  ]) {
    assert.equal(codeOf({ ...get, host }), 'FORBIDDEN', String(host))
    assert.equal(codeOf({ ...post, host }), 'FORBIDDEN', String(host))
  }
})

test('a foreign origin is refused even with the token', () => {
  for (const origin of [
    'https://evil.example',
    'null',
    'http://localhost:8080',
    'http://127.0.0.1:5001.evil.example',
  ]) {
    assert.equal(codeOf({ ...post, origin }), 'FORBIDDEN', origin)
    assert.equal(codeOf({ ...get, origin }), 'FORBIDDEN', origin)
  }
  assert.equal(codeOf({ ...post, origin: 'http://127.0.0.1:5001' }), null)
})

test('POST without the right token, or of another content type', () => {
  assert.equal(codeOf({ ...post, authorization: undefined }), 'UNAUTHORIZED')
  assert.equal(codeOf({ ...post, authorization: `Bearer ${TOKEN}x` }), 'UNAUTHORIZED')
  assert.equal(codeOf({ ...post, authorization: TOKEN }), 'UNAUTHORIZED')
  assert.equal(codeOf(post, true, null), 'SERVICE_UNAVAILABLE')
  for (const contentType of [undefined, 'text/plain', 'application/x-www-form-urlencoded']) {
    assert.equal(codeOf({ ...post, contentType }), 'VALIDATION')
  }
})

test('beyond loopback everything needs the token', () => {
  const host = 'server.example:5001'
  assert.equal(codeOf({ ...get, host }, false), 'UNAUTHORIZED')
  assert.equal(codeOf({ ...get, host, authorization: `Bearer ${TOKEN}` }, false), null)
  assert.equal(codeOf({ ...post, host }, false), null)
  assert.equal(isLoopbackAddress('0.0.0.0'), false)
  assert.equal(isLoopbackAddress('127.0.0.2'), true)
})
