import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { roleOfToken } from './user-token.ts'

test('the control plane is asked whose token it is', async () => {
  const answers: Readonly<Record<string, [number, string]>> = {
    'Bearer bob': [200, '{"username":"bob","role":"operator"}'],
    'Bearer nobody': [401, '{"error":{}}'],
    'Bearer many': [429, '{"error":{}}'],
    'Bearer odd': [200, 'no JSON'],
    'Bearer empty': [200, 'null'],
    'Bearer long': [200, `{"role":"admin","more":"${'x'.repeat(5000)}"}`],
  }
  const paths = new Set<string>()
  const server = createServer((request, response) => {
    paths.add(`${request.method} ${request.url}`)
    const [status, text] = answers[request.headers.authorization ?? ''] ?? [500, '']
    response.writeHead(status).end(text)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const found = Object.keys(answers).map(async (token) => roleOfToken(url, token.slice(7)))
  const lost = 'unanswered'
  assert.deepEqual(await Promise.all(found), ['operator', null, lost, lost, lost, lost])
  assert.deepEqual([...paths], ['GET /api/v1/auth/me'])
  await new Promise((resolve) => void server.close(resolve))
  assert.equal(await roleOfToken(url, 'bob'), lost)
  assert.equal(await roleOfToken(null, 'bob'), lost)
})
