import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { HealthReport } from '../protocol/fleet-messages.ts'
import { HEADERS } from './door.ts'
import { HealthLane } from './health-lane.ts'

const LIMITS = { headersTimeout: 5000, requestTimeout: 5000, keepAliveTimeout: 5000 }
/** What the handler of everything else answers. */
const ELSEWHERE = 418

interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

const reportOf = (status: string): HealthReport =>
  ({ status, timestamp: '', uptime: 1, checks: { Prüfung: 'healthy' } }) as unknown as HealthReport

describe('GET /health on its short way', () => {
  const health = { report: reportOf('healthy') }
  const parts = { isOpen: false, health, newRequestId: () => 'control-7' }
  let counted: [number, boolean][] = []
  let lane: HealthLane
  let server: Server
  before(() => {
    // One port; each test has a lane of its own.
    server = createServer((...both) => {
      const own = lane.server((_request, response) => response.writeHead(ELSEWHERE).end(), LIMITS)
      own.emit('request', ...both)
    })
    return new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  after(() => server.close())
  beforeEach(() => {
    health.report = reportOf('healthy')
    counted = []
    lane = new HealthLane(parts)
    lane.open((status, seconds) => void counted.push([status, seconds >= 0]))
  })

  const ask = (headers: Record<string, string> = {}, path = '/health', method = 'GET') =>
    new Promise<Answered>((resolve, reject) => {
      const { port } = server.address() as AddressInfo
      const asked = request({ port, path, method, headers, agent: false }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (piece) => {
          text += piece
        })
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }),
        )
      })
      asked.on('error', reject)
      asked.end()
    })

  it('answers with every header that every answer has, and is counted', async () => {
    const { status, headers, text } = await ask()
    assert.equal(status, 200)
    assert.deepEqual(JSON.parse(text), health.report)
    for (const [name, value] of Object.entries(HEADERS)) assert.equal(headers[name], value)
    assert.equal(headers['x-request-id'], 'control-7')
    assert.equal(headers['content-type'], 'application/json; charset=utf-8')
    assert.deepEqual(counted, [[200, true]])
  })

  it('tells each report, and what is not well by its status', async () => {
    await ask()
    health.report = reportOf('unhealthy')
    const { status, text } = await ask()
    assert.deepEqual([status, JSON.parse(text).status], [503, 'unhealthy'])
    assert.deepEqual(counted.at(-1), [503, true])
  })

  it('leaves everything but the plain question to the ordinary way and its guards', async () => {
    const cases: Parameters<typeof ask>[] = [
      [{ host: 'evil.example' }],
      [{ host: 'localhost.evil.example' }],
      [{ origin: 'https://evil.example' }],
      [{ origin: 'null' }],
      [{}, '/health?x=1'],
      [{}, '/health/'],
      [{}, '/healthy'],
      [{}, '/health', 'HEAD'],
      [{}, '/health', 'POST'],
    ]
    for (const [headers, path, method] of cases)
      assert.equal((await ask(headers, path, method)).status, ELSEWHERE, JSON.stringify(headers))
    assert.deepEqual(counted, [])
  })

  it('is asked by any name where other machines may ask', async () => {
    lane = new HealthLane({ ...parts, isOpen: true })
    lane.open(() => {})
    assert.equal((await ask({ host: 'fleet.example' })).status, 200)
    assert.equal((await ask({ origin: 'https://evil.example' })).status, ELSEWHERE)
  })

  it('is not taken before the server is whole, nor when it ends', async () => {
    lane.close()
    assert.equal((await ask()).status, ELSEWHERE)
  })
})
