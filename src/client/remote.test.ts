import assert from 'node:assert/strict'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { after, describe, it } from 'node:test'
import { HttpFleet } from './fleet-access.ts'
import { HttpError, request } from './http-client.ts'
import { assertControlPlane, clearTextWarning, RemoteError, remoteTarget } from './remote.ts'

const TOKEN = 'c0ffee-token-of-another-machine'
const servers: Server[] = []
after(() => {
  for (const server of servers) server.close()
})

async function listening(server: Server): Promise<string> {
  servers.push(server)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Answers as `answer` says and notes what was sent to it. */
async function program(answer: RequestListener) {
  const heard: string[] = []
  const url = await listening(
    createHttpServer((asked, response) => {
      heard.push(JSON.stringify(asked.headers))
      response.setHeader('connection', 'close')
      answer(asked, response)
    }),
  )
  return { url, heard }
}

const json =
  (body: unknown): RequestListener =>
  (_asked, response) =>
    void response.end(JSON.stringify(body))

const sentenceOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => assert.fail('it went well'),
    (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
  )

const oneSentence = (text: string): void => {
  assert.ok(!text.includes('\n') && text.length < 300, text)
  assert.ok(!text.includes(TOKEN), text)
}

describe('the address of another machine', () => {
  it('is an address and nothing else, and goes with a token', () => {
    assert.equal(remoteTarget('https://fleet.example/', TOKEN).url, 'https://fleet.example')
    assert.equal(remoteTarget('http://[::1]:8080/fleet/', TOKEN).url, 'http://[::1]:8080/fleet')
    const wrong: [string, string | null, RegExp][] = [
      ['fleet.example:8080', TOKEN, /must be an address like/],
      ['ftp://fleet.example', TOKEN, /must be an address like/],
      ['http://', TOKEN, /must be an address like/],
      [`https://me:${TOKEN}@fleet.example`, TOKEN, /no user, password/],
      [`https://fleet.example/?token=${TOKEN}`, TOKEN, /no user, password/],
      ['https://fleet.example', null, /asks for a token/],
      ['https://fleet.example', `${TOKEN}\nHost: x`, /PERPFLEET_TOKEN holds/],
    ]
    for (const [url, token, expected] of wrong) {
      const isExpected = (error: unknown): boolean => {
        assert.ok(error instanceof RemoteError && error.code === 'VALIDATION')
        oneSentence(error.message)
        return expected.test(error.message)
      }
      assert.throws(() => remoteTarget(url, token), isExpected, url)
    }
  })
  it('is warned of when others can read the token on its way', () => {
    const warning = (url: string) => clearTextWarning({ url, token: TOKEN })
    assert.match(warning('http://10.0.0.5:8080') ?? '', /travels to 10\.0\.0\.5 in clear/)
    for (const url of [
      'https://10.0.0.5',
      'http://127.0.0.1:1',
      'http://localhost',
      'http://[::1]',
    ])
      assert.equal(warning(url), null, url)
  })
})

describe('what answers at an address', () => {
  const ours = { name: 'perpfleet', version: '0.1.0', node: 'v24.0.0', protocol: 1 }
  it('must be a control plane of perpfleet, before it is told the token', async () => {
    const good = await program(json(ours))
    await assertControlPlane({ url: good.url, token: TOKEN })
    const others: [RequestListener, RegExp][] = [
      [json({ ok: true }), /SERVICE_UNAVAILABLE: another program answers/],
      [(_asked, response) => void response.end('<html>hello</html>'), /another program answers/],
      [(_asked, response) => void response.writeHead(404).end('gone'), /another program answers/],
      [(_asked, response) => void response.writeHead(401).end(), /another program answers/],
      [json({ version: '0.0.9', node: 'v24.0.0' }), /REFUSED: .* of an older version/],
      [json({ ...ours, protocol: 0 }), /REFUSED: .* of an older version/],
      [json({ ...ours, protocol: 2 }), /REFUSED: .* of a newer version/],
      [
        (_asked, response) => void response.writeHead(302, { location: 'http://x.example' }).end(),
        /redirection, which is not followed/,
      ],
    ]
    for (const [answer, expected] of others) {
      const other = await program(answer)
      const said = await sentenceOf(assertControlPlane({ url: other.url, token: TOKEN }))
      assert.match(said, expected)
      oneSentence(said)
      assert.ok(other.heard.length === 1 && !other.heard.join().includes(TOKEN))
    }
  })
  it('may be nothing, something that speaks no HTTP, or silent', async () => {
    const babbling = await listening(createServer((socket) => void socket.end('SSH-2.0-x\r\n')))
    const cutting = await listening(createServer((socket) => void socket.destroy()))
    const silent = await listening(createServer((socket) => void socket.on('error', () => {})))
    const asked = { method: 'GET', path: '/', timeoutMs: 200 } as const
    const cases: [string, RegExp][] = [
      ['http://127.0.0.1:1', /does not answer/],
      ['http://no-such-host.invalid', /does not answer \(/],
      [babbling, /speaks no HTTP/],
      [cutting, /does not answer \(the connection was cut\)/],
      [silent, /does not answer within 0\.2 s/],
    ]
    for (const [url, expected] of cases) {
      const said = await sentenceOf(request({ url, token: TOKEN }, asked))
      assert.match(said, expected)
      oneSentence(said)
    }
  })
  it('cannot make us say our token, steer the terminal, or fill it', async () => {
    const message = `no ${TOKEN} \u001b[2J\u0007 ${'x'.repeat(10_000)}`
    const echo = await program((_asked, response) => {
      response.writeHead(403)
      response.end(JSON.stringify({ error: { code: 'FORBIDDEN', message } }))
    })
    const fleet = new HttpFleet({ url: echo.url, token: TOKEN })
    await assert.rejects(fleet.list(), (error: unknown) => {
      assert.ok(error instanceof HttpError && error.code === 'FORBIDDEN')
      assert.ok(!error.message.includes(TOKEN) && error.message.startsWith('no ***'))
      return !error.message.includes('\u001b') && error.message.length <= 4000
    })
  })
  it('is never asked for another path than that of an instance', async () => {
    const { url, heard } = await program(json(ours))
    const fleet = new HttpFleet({ url, token: TOKEN })
    for (const id of ['../shutdown', 'a/b', 'a?x', ''])
      await assert.rejects(fleet.status(id), { code: 'NOT_FOUND' })
    assert.deepEqual(heard, [])
  })
})
