import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { HttpError, request } from './http-client.ts'
import { askDesk, askExchangeStatus, ServiceError } from './local-socket.ts'

const folder = mkdtempSync(join(tmpdir(), 'client-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** A service that answers each line as `answer` says. */
async function service(name: string, answer: (line: string, socket: Socket) => void) {
  const socket = join(folder, `${name}.sock`)
  const server = createServer((one) => {
    one.setEncoding('utf8')
    one.on('error', () => {})
    one.on('data', (chunk) => {
      for (const line of String(chunk).split('\n').filter(Boolean)) answer(line, one)
    })
  })
  await new Promise<void>((resolve) => void server.listen(socket, resolve))
  after(() => void server.close())
  return { name, socket, token: 'secret' }
}

const isCode = (code: string) => (error: unknown) =>
  error instanceof ServiceError && error.code === code

describe('questions over a local socket', () => {
  it('carry the token and give the result, also when it comes in pieces', async () => {
    const desk = await service('desk', (line, socket) => {
      const { id, token, action } = JSON.parse(line)
      const text = JSON.stringify({ type: 'answer', id, ok: true, result: { token, action } })
      socket.write(text.slice(0, 10))
      setTimeout(() => socket.write(`${text.slice(10)}\n`), 20)
    })
    assert.deepEqual(await askDesk(desk, { action: 'status' }, 1000), {
      token: 'secret',
      action: 'status',
    })
  })
  it('say hello to the exchange first, and pass a refusal on', async () => {
    const seen: string[] = []
    const exchange = await service('exchange', (line, socket) => {
      const { id, type } = JSON.parse(line)
      seen.push(type)
      socket.write(
        `${JSON.stringify({ type: 'answer', id, ok: true, result: { feed: 'demo' } })}\n`,
      )
    })
    assert.deepEqual(await askExchangeStatus(exchange, 1000), { feed: 'demo' })
    assert.deepEqual(seen, ['hello', 'status'])
    const refusing = await service('refusing', (line, socket) => {
      const { id } = JSON.parse(line)
      socket.write(
        `${JSON.stringify({ type: 'answer', id, ok: false, code: 'unauthorized', text: 'no' })}\n`,
      )
    })
    await assert.rejects(askExchangeStatus(refusing, 1000), isCode('unauthorized'))
  })
  it('end when nobody is there, nobody answers, the line is cut or no JSON', async () => {
    const absent = { name: 'absent', socket: join(folder, 'absent.sock'), token: '' }
    const silent = await service('silent', () => {})
    const cutting = await service('cutting', (_line, socket) => void socket.destroy())
    const babbling = await service('babbling', (_line, socket) => void socket.write('hello\n'))
    for (const one of [absent, silent, cutting, babbling]) {
      await assert.rejects(
        askDesk(one, { action: 'status' }, 100),
        isCode('SERVICE_UNAVAILABLE'),
        one.name,
      )
    }
  })
})

describe('requests to a control plane', () => {
  it('carry the token, and turn error objects into errors with their code', async () => {
    const server = createHttpServer((asked, response) => {
      if (asked.headers.authorization === 'Bearer secret') return void response.end('{"ok":true}')
      response.writeHead(401)
      response.end(
        '{"error":{"code":"UNAUTHORIZED","message":"no token","details":null,"request_id":"1"}}',
      )
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    after(() => void server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const asked = { method: 'GET', path: '/', timeoutMs: 1000 } as const
    assert.deepEqual(await request({ url, token: 'secret' }, asked), { ok: true })
    const isRefusal = (error: unknown) =>
      error instanceof HttpError &&
      error.code === 'UNAUTHORIZED' &&
      error.status === 401 &&
      error.message === 'no token'
    await assert.rejects(request({ url, token: null }, asked), isRefusal)
    server.closeAllConnections()
  })
  it('say that nobody answers', async () => {
    const isAbsent = (error: unknown) =>
      error instanceof HttpError && error.code === 'SERVICE_UNAVAILABLE'
    const target = { url: 'http://127.0.0.1:1', token: null }
    await assert.rejects(request(target, { method: 'GET', path: '/', timeoutMs: 1000 }), isAbsent)
  })
})
