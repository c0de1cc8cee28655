import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { silentLogger } from '../ports/logger.ts'
import type { ControlAnswer } from '../protocol/desk-messages.ts'
import type { InstanceKeeper } from './instance-keeper.ts'
import { type WebParts, WebServer } from './web-server.ts'

const TOKEN = 'a-token'

const parts = (ask: WebParts['ask']): WebParts => ({
  instance: 'a',
  host: '127.0.0.1',
  port: 0,
  keeper: {} as InstanceKeeper,
  logger: silentLogger,
  requestPrefix: 'a',
  wallMs: () => 0,
  token: () => TOKEN,
  roleOf: async () => null,
  status: () => ({ all: true }),
  figures: () => ({ all: false }),
  health: () => ({ isHealthy: true, body: null }),
  ask,
  adjust: () => {},
  configure: () => [],
})

const post = (port: number, path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
    const asked = request({ port, path, method: 'POST', headers }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
    })
    asked.on('error', reject)
    asked.end('{}')
  })

test('a stop that ends the process is answered all the same, each time', async () => {
  for (let attempt = 0; attempt < 20; attempt++) {
    let hasClosed: Promise<void> = Promise.resolve()
    // The word of the end comes on the bot's own connection, mostly before the answer to who asked for it.
    const ask = async (): Promise<ControlAnswer> => {
      hasClosed = server.close()
      for (let turn = 0; turn < attempt % 4; turn++) await new Promise(setImmediate)
      return { type: 'answer', id: 1, ok: true, result: null }
    }
    const server = new WebServer(parts(ask))
    const port = await server.listen()
    assert.equal(await post(port, '/api/stop'), 200, `attempt ${attempt}`)
    await hasClosed
  }
})

test('a server without requests closes at once, and one that closes takes no more', async () => {
  const server = new WebServer(parts(() => Promise.reject(new Error('not asked'))))
  const port = await server.listen()
  await server.close()
  await assert.rejects(post(port, '/api/stop'))
})

test('lists of the fleet ask for the figures alone', async () => {
  const server = new WebServer(parts(() => Promise.reject(new Error('not asked'))))
  const url = `http://127.0.0.1:${await server.listen()}/api/status`
  const told = async (query: string) => (await fetch(`${url}${query}`)).json()
  assert.deepEqual(await told('?part=figures'), { all: false })
  assert.deepEqual(await told(''), { all: true })
  assert.deepEqual(await told('?part=others'), { all: true })
  await server.close()
})
