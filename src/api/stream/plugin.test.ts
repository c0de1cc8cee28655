import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, it } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import WebSocket from 'ws'
import { SystemClock } from '../../adapters/system/clock.ts'
import type {
  LogEvent,
  StreamMessage,
  StreamPosition,
  StreamTicket,
} from '../../protocol/api-messages.ts'
import type { Principal } from '../context.ts'
import { handleErrors } from '../errors.ts'
import { StreamHub } from './hub.ts'
import { registerStream } from './plugin.ts'

const ann: Principal = { username: 'ann', role: 'viewer', sessionId: 's1' }

interface Server {
  readonly app: FastifyInstance
  readonly hub: StreamHub
  readonly port: number
  endSession(id: string): void
}

const open: Server[] = []
afterEach(async () => {
  for (const { app } of open.splice(0)) await app.close()
})

async function serve(): Promise<Server> {
  const app = Fastify({ forceCloseConnections: 'idle' })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(() => JSON.stringify)
  handleErrors(app, (error) => assert.fail(String(error)))
  app.decorateRequest('principal', null)
  app.addHook('onRequest', async (request) => {
    request.principal = request.headers.authorization === 'Bearer ann' ? ann : null
  })
  const hub = new StreamHub({ clock: new SystemClock(), epoch: 'e1' })
  const tickets = new Set<string>()
  let count = 0
  let end: (id: string) => void = () => {}
  const access = {
    ticketFor: () => {
      const ticket = `ticket-${++count}`
      tickets.add(ticket)
      return ticket
    },
    takeTicket: (ticket: string) => (tickets.delete(ticket) ? ann : null),
    onSessionEnd: (listener: (id: string) => void) => {
      end = listener
      return () => {}
    },
  }
  registerStream(app, { hub, access })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const server = { app, hub, port, endSession: (id: string) => end(id) }
  open.push(server)
  return server
}

async function ticketOf({ app }: Server): Promise<string> {
  const headers = { authorization: 'Bearer ann' }
  const answer = await app.inject({ method: 'POST', url: '/api/v1/stream/ticket', headers })
  assert.equal(answer.statusCode, 200)
  const { ticket, expires_in } = answer.json<StreamTicket>()
  assert.equal(expires_in, 30)
  return ticket
}

const connect = (port: number, ticket: string): WebSocket =>
  new WebSocket(`ws://127.0.0.1:${port}/api/v1/stream?ticket=${ticket}`)

/** Status of a refused upgrade. */
async function refusal(socket: WebSocket): Promise<number> {
  socket.on('error', () => {})
  const [, answer] = await once(socket, 'unexpected-response')
  return (answer as { statusCode: number }).statusCode
}

const readerOf = (socket: WebSocket): StreamMessage[] => {
  const heard: StreamMessage[] = []
  socket.on('message', (data) => void heard.push(JSON.parse(String(data)) as StreamMessage))
  return heard
}

async function until(isDone: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !isDone(); i++) await new Promise((done) => setTimeout(done, 10))
  assert.ok(isDone())
}

const subscribe = (since: StreamPosition | null) =>
  JSON.stringify({ type: 'subscribe', topics: ['logs'], instance: 'a', since })

describe('the stream over WebSocket', () => {
  it('is opened by a ticket, once, and by nothing else', async () => {
    const server = await serve()
    const ticket = await ticketOf(server)
    const socket = connect(server.port, ticket)
    await once(socket, 'open')
    assert.equal(await refusal(connect(server.port, ticket)), 401)
    assert.equal(await refusal(connect(server.port, '')), 401)
    const plain = await server.app.inject({
      url: `/api/v1/stream?ticket=${await ticketOf(server)}`,
    })
    assert.equal(plain.statusCode, 400)
    const nobody = await server.app.inject({ method: 'POST', url: '/api/v1/stream/ticket' })
    assert.equal(nobody.statusCode, 401)
    socket.terminate()
    await until(() => server.hub.readers === 0)
  })

  it('ends with its session, with messages that are too long, and with the server', async () => {
    const server = await serve()
    const socket = connect(server.port, await ticketOf(server))
    await once(socket, 'open')
    server.endSession('s1')
    assert.equal((await once(socket, 'close'))[0], 4001)
    const long = connect(server.port, await ticketOf(server))
    await once(long, 'open')
    long.send('x'.repeat(10_000))
    await once(long, 'close')
    const last = connect(server.port, await ticketOf(server))
    const heard = readerOf(last)
    await once(last, 'open')
    last.send(subscribe(null))
    await until(() => heard.length > 0)
    const closed = once(last, 'close')
    await server.app.close()
    assert.equal((await closed)[0], 1001)
    assert.equal(server.hub.readers, 0)
  })

  it('goes on without loss and without doubles after each line that is cut', async () => {
    const server = await serve()
    const { hub, port } = server
    const got: string[] = []
    let position: StreamPosition | null = null
    let published = 0
    const publish = setInterval(() => {
      for (let i = 0; i < 3; i++)
        hub.publish('logs', 'a', { instance: 'a', line: `line ${published++}` })
    }, 4)
    for (let round = 0; round < 12; round++) {
      const socket = connect(port, await ticketOf(server))
      const before: StreamPosition | null = position
      socket.on('message', (data) => {
        const message = JSON.parse(String(data)) as StreamMessage
        if (message.type === 'welcome') {
          assert.equal(message.resumed, before !== null)
          // Whoever stands nowhere begins with the next line; one number is that of the beginning itself.
          const missed = before === null ? message.position.seq - 1 : 0
          for (let i = 0; i < missed; i++) got.push(`line ${i}`)
        }
        if (message.type === 'welcome' || message.type === 'tick') position = message.position
        if (message.type !== 'events') return
        for (const event of message.events) {
          got.push((event.data as LogEvent).line)
          position = { epoch: hub.epoch, seq: event.seq }
        }
      })
      await once(socket, 'open')
      socket.send(subscribe(before))
      await new Promise((done) => setTimeout(done, 5 + ((round * 37) % 150)))
      await until(() => position !== null)
      // What is still in the socket is lost with it.
      socket.removeAllListeners('message')
      socket.terminate()
    }
    clearInterval(publish)
    const last = connect(port, await ticketOf(server))
    await once(last, 'open')
    const heard = readerOf(last)
    last.send(subscribe(position))
    await until(() => heard.some(({ type }) => type === 'tick'))
    for (const message of heard) {
      if (message.type !== 'events') continue
      for (const event of message.events) got.push((event.data as LogEvent).line)
    }
    assert.deepEqual(
      got,
      Array.from({ length: published }, (_, i) => `line ${i}`),
    )
    last.terminate()
  })
})
