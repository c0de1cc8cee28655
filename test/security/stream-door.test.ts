// The door of the live stream over real sockets: a page of elsewhere, a ticket that is none, a session that ends.
import assert from 'node:assert/strict'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import WebSocket from 'ws'
import { SystemClock } from '../../src/adapters/system/clock.ts'
import { StreamHub } from '../../src/api/stream/hub.ts'
import { registerStream } from '../../src/api/stream/plugin.ts'
import { type AccessServer, accessServer } from './access-server.ts'

const ENDS_WITHIN_MS = 10_000
const UPGRADE = {
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

describe('the door of the stream', { timeout: 60_000 }, () => {
  let server: AccessServer
  let port = 0
  const sockets = new Set<Socket>()
  before(async () => {
    const hub = new StreamHub({ clock: new SystemClock(), epoch: 'of-this-test' })
    server = await accessServer((app, access) => registerStream(app, { hub, access }))
    await server.app.listen({ host: '127.0.0.1', port: 0 })
    port = (server.app.server.address() as AddressInfo).port
    server.app.server.on('connection', (socket) => void sockets.add(socket))
  })
  after(() => {
    // A connection that the server has forgotten would keep it from ending.
    for (const socket of sockets) socket.destroy()
    return server.app.close()
  })

  const ticketOf = async (token: string): Promise<string> =>
    String((await server.post('/api/v1/stream/ticket', {}, token)).json().ticket)

  /** An open socket, or the status of the refusal. */
  const open = (ticket: string, headers: Record<string, string> = {}) =>
    new Promise<WebSocket | number>((resolve, reject) => {
      const address = `ws://127.0.0.1:${port}/api/v1/stream?ticket=${ticket}`
      const socket = new WebSocket(address, { headers })
      socket.once('open', () => resolve(socket))
      socket.once('unexpected-response', (request, { statusCode }) => {
        request.destroy()
        resolve(statusCode ?? 0)
      })
      socket.once('error', reject)
    })

  it('is shut for pages of another origin and names that are rebound, whatever their ticket', async () => {
    const { token } = await server.logIn('ann')
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:1' },
      { host: 'evil.example' },
    ])
      assert.equal(await open(await ticketOf(token), headers), 403, JSON.stringify(headers))
  })

  it('keeps no connection of those whom it has refused', async () => {
    const refused = [
      ['/api/v1/stream?ticket=x', { origin: 'https://evil.example' }],
      ['/api/v1/stream?ticket=x', {}],
      ['/api/v1/for-viewer', {}],
      ['/api/v1/for-open', {}],
      ['/nothing', {}],
      ['/api/v1/stream?ticket=x', { host: 'evil.example' }],
    ] as const
    for (const [path, headers] of refused) {
      const statusLine = await new Promise<string>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1')
        const all = { host: `localhost:${port}`, ...headers, connection: 'Upgrade', ...UPGRADE }
        const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
        socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
        let text = ''
        socket.setEncoding('utf8').on('data', (piece: string) => {
          text += piece
        })
        // This side never ends it.
        socket.once('end', () => resolve(text.slice(0, text.indexOf('\r'))))
        socket.once('error', reject)
        socket.setTimeout(ENDS_WITHIN_MS, () => {
          socket.destroy()
          reject(new Error(`${path} is refused, and the connection stays open`))
        })
      })
      assert.match(statusLine, /^HTTP\/1\.1 (200|401|403|404) /, path)
    }
  })

  it('opens to a ticket once, and to no token', async () => {
    const { token } = await server.logIn('ann')
    assert.equal((await server.post('/api/v1/stream/ticket', {})).statusCode, 401)
    assert.equal(await open(''), 401)
    assert.equal(await open(token), 401)
    assert.equal(await open('', { authorization: `Bearer ${token}` }), 401)
    const ticket = await ticketOf(token)
    const socket = await open(ticket, { origin: `http://127.0.0.1:${port}` })
    assert.ok(socket instanceof WebSocket, String(socket))
    assert.equal(await open(ticket), 401)
    socket.terminate()
  })

  it('is shut when the session ends: open streams with 4001, tickets at once', async () => {
    const { token } = await server.logIn('ann')
    const other = await server.logIn('ann')
    const [unused, used] = [await ticketOf(token), await ticketOf(token)]
    const [own, others] = [await open(used), await open(await ticketOf(other.token))]
    assert.ok(own instanceof WebSocket && others instanceof WebSocket)
    const closed = new Promise<number>((resolve) => own.once('close', resolve))
    await server.post('/api/v1/auth/logout', {}, token)
    assert.equal(await closed, 4001)
    assert.equal(others.readyState, WebSocket.OPEN)
    assert.equal(await open(unused), 401)
    others.terminate()
  })

  it('counts a ticket where it is asked for, and guessed ones with the address', async () => {
    const { token } = await server.logIn('bob')
    const tickets = await Promise.all(Array.from({ length: 12 }, () => ticketOf(token)))
    const { rate_limit: limit } = server.settings
    const points = limit.points
    limit.points = 5
    const guessed: (WebSocket | number)[] = []
    for (let i = 0; i < 12; i++) guessed.push(await open(`guess-${i}`))
    assert.equal(guessed.at(-1), 429)
    for (const ticket of tickets) {
      const socket = await open(ticket)
      assert.ok(socket instanceof WebSocket, String(socket))
      socket.terminate()
    }
    limit.points = points
  })
})
