// The live channel as a page has it, without a browser: what it needs of one is put there first.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { StreamMessage } from '../../../src/protocol/api-messages.ts'
import type { InstanceList, InstanceView } from '../../../src/protocol/fleet-messages.ts'

class FakeSocket {
  static readonly made: FakeSocket[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { readonly data: unknown }) => void) | null = null
  onclose: ((event: { readonly code: number }) => void) | null = null
  constructor() {
    FakeSocket.made.push(this)
  }
  send(): void {}
  close(): void {}
  hear(message: StreamMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
}

const asked: string[] = []
const answers: Readonly<Record<string, object>> = {
  '/api/v1/auth/login': {
    access_token: 't',
    token_type: 'Bearer',
    expires_in: 3600,
    user: { username: 'ann', role: 'admin' },
  },
  '/api/v1/stream/ticket': { ticket: 'once' },
}
const serve = (input: string | Request): Response => {
  const { pathname } = new URL(typeof input === 'string' ? input : input.url, 'http://x')
  asked.push(pathname)
  return Response.json(answers[pathname] ?? {})
}

const windowEvents = new EventTarget()
const page = Object.assign(new EventTarget(), { hidden: false })
Object.assign(globalThis, {
  location: { origin: 'http://x', href: 'http://x/', protocol: 'http:' },
  document: page,
  WebSocket: FakeSocket,
  fetch: async (input: string | Request) => serve(input),
  addEventListener: windowEvents.addEventListener.bind(windowEvents),
})
Reflect.deleteProperty(globalThis, 'BroadcastChannel')
// the polling of the module would keep this process
const { setInterval: everyReal } = globalThis
Object.assign(globalThis, {
  setInterval: (...args: Parameters<typeof everyReal>) => everyReal(...args).unref(),
})
const { login, sessionNow } = await import('./session.ts')
const { queryClient, startStream } = await import('./stream.ts')
const { get } = await import('./api.ts')

const turns = () => new Promise((resolve) => setImmediate(resolve))
const until = async (isSo: () => boolean) => {
  for (let turn = 0; turn < 2000 && !isSo(); turn += 1) await turns()
  assert.ok(isSo())
}

const position = { epoch: 'e', seq: 1 }
const item = (equity: string) => ({ id: 'a', equity }) as InstanceView
const list = (equity: string): InstanceList => ({
  items: [item(equity)],
  next_cursor: null,
  feed: null,
  faults: [],
})
const equity = () => queryClient.getQueryData<InstanceList>(['instances'])?.items[0]?.equity

describe('the live channel of a page', () => {
  let socket: FakeSocket
  before(async () => {
    startStream()
    await login('ann', 'right')
    await until(() => FakeSocket.made.length === 1)
    socket = FakeSocket.made.at(-1)!
    socket.onopen?.()
    socket.hear({ type: 'welcome', position, resumed: true })
  })
  after(() => queryClient.clear())

  it('brings many batches of events into the cache in one step', async () => {
    queryClient.setQueryData(['instances'], list('0'))
    let steps = 0
    const stop = queryClient.getQueryCache().subscribe(({ type }) => {
      if (type === 'updated') steps += 1
    })
    for (let seq = 2; seq < 12; seq += 1) {
      const data = { items: [item(String(seq))], removed: [], feed: null, faults: [] }
      socket.hear({ type: 'events', events: [{ seq, topic: 'instances', data }] })
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
    stop()
    assert.deepEqual([equity(), steps], ['11', 1])
  })
  it('is tried again at once when the network comes back', async () => {
    const errors: unknown[] = []
    windowEvents.addEventListener('error', (error) => errors.push(error))
    socket.onclose?.({ code: 1006 })
    windowEvents.dispatchEvent(new Event('online'))
    await until(() => FakeSocket.made.length === 2)
    assert.deepEqual(errors, [])
    socket = FakeSocket.made.at(-1)!
    socket.onopen?.()
    socket.hear({ type: 'welcome', position, resumed: true })
  })
  it('asks for nothing any more when the server has ended the session', async () => {
    queryClient.setQueryData(['instances'], list('0'))
    asked.length = 0
    socket.onclose?.({ code: 4001 })
    assert.deepEqual([sessionNow().state, sessionNow().ended], ['out', true])
    assert.equal(equity(), undefined)
    await assert.rejects(get('/instances'), { code: 'UNAUTHORIZED' })
    await turns()
    assert.deepEqual(asked, [])
  })
})
