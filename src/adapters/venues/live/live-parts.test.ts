import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { usdcInstrument } from '../../../../test/support/instruments.ts'
import { VirtualClock } from '../../../../test/support/virtual-clock.ts'
import { formatLots } from '../../../domain/instrument.ts'
import { price, quantity } from '../../../domain/money.ts'
import type { RequestBudget } from '../../../ports/request-budget.ts'
import { VenueError } from '../../../ports/venue.ts'
import { backoffMs } from './backoff.ts'
import { CCXT_OPTIONS, type CcxtExchange, loadCcxtClass } from './ccxt-class.ts'
import {
  decimalsOf,
  lotsFrom,
  momentFrom,
  moneyFrom,
  priceFrom,
  priceText,
  roundedPriceFrom,
  stepsFrom,
  stepsText,
} from './decimal.ts'
import { NotSentError, refusal, scrub, toVenueError } from './errors.ts'
import { dropClient, guardedClass } from './guarded-class.ts'
import { HostGuard } from './hosts.ts'
import { MonotoneNonce } from './nonce.ts'
import { ConnectQuota, StreamLoop } from './stream-loop.ts'
import { type Errand, Transport } from './transport.ts'

test('one class of ccxt is loaded by its internal path; another name is refused', async () => {
  const Okx = await loadCcxtClass('okx')
  const exchange = new Okx(CCXT_OPTIONS)
  assert.equal(exchange.id, 'okx')
  assert.equal(exchange.number, String)
  assert.equal(exchange.enableRateLimit, false)
  await assert.rejects(loadCcxtClass('nosuchvenue'), { code: 'no_such_venue' })
  await assert.rejects(loadCcxtClass('../okx'), { code: 'no_such_venue' })
})

test('decimals go in and out exactly, and what is no number is refused', () => {
  const sol = usdcInstrument()
  assert.equal(priceFrom(sol, '150.25'), 15_025)
  assert.equal(priceText(sol, price(15_000)), '150')
  assert.equal(roundedPriceFrom(sol, '150.256'), 15_026)
  assert.equal(lotsFrom(sol, '-1.5'), -150)
  assert.equal(formatLots(sol, quantity(7)), '0.07')
  assert.equal(stepsFrom('0.01', '12.3'), 1230)
  assert.equal(stepsText('0.1', quantity(15)), '1.5')
  assert.equal(stepsFrom('10', '250'), 25)
  assert.deepEqual(['0.010', '1', '1e-4', '10'].map(decimalsOf), [2, 0, 4, 0])
  assert.equal(moneyFrom('-0.123456789'), -12_345_678)
  assert.equal(momentFrom('1700000000000'), 1_700_000_000_000)
  for (const bad of ['', 'x', '0', '-1', '150.255', null, undefined, '1e400'])
    assert.throws(() => priceFrom(sol, bad), { kind: 'unknown', code: 'unreadable' })
  assert.throws(() => stepsFrom('0.2', '0.3'), { code: 'unreadable' })
})

test('only listed hosts over TLS and loopback are reached', () => {
  const guard = new HostGuard('okx')
  for (const url of ['https://www.okx.com/api', 'wss://ws.okx.com:8443/ws', 'http://127.0.0.1:9/x'])
    guard.check(url)
  for (const url of [
    'http://www.okx.com/api',
    'https://www.okx.com.evil.example/',
    'https://evil.example/',
    'https://user@www.okx.com/',
    'https://www.okx.com:444/',
    'wss://127.0.0.1.evil.example/',
    'nothing',
  ])
    assert.throws(() => guard.check(url), { code: 'host_not_allowed' }, url)
})

test('a class of ccxt asks the list of hosts before each request and each socket', async () => {
  const Okx = guardedClass(await loadCcxtClass('okx'), new HostGuard('okx'), () => null)
  const exchange = new Okx(CCXT_OPTIONS)
  assert.throws(() => void exchange.fetch('https://evil.example/'), { code: 'host_not_allowed' })
  assert.throws(() => exchange.client('wss://evil.example/'), { code: 'host_not_allowed' })
})

test('a connection outlives a cancel with a body: the next order does not wait for another one', async () => {
  let ended = 0
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.end('{"code":"0"}'))
  })
  server.on('connection', (socket) => void socket.on('close', () => void ended++))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/order`
  try {
    const Okx = guardedClass(await loadCcxtClass('okx'), new HostGuard('okx'), () => null)
    const exchange = new Okx(CCXT_OPTIONS)
    const headers = { 'Content-Type': 'application/json' }
    for (const method of ['DELETE', 'POST', 'DELETE', 'POST'])
      await exchange.fetch(url, method, { ...headers }, '{"id":"1"}')
    assert.equal(ended, 0)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test('a request leaves once, whatever ccxt is told of retries', async () => {
  let asked = 0
  const server = createServer((request, response) => {
    asked++
    request.resume()
    response.writeHead(503).end('{}')
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  try {
    const Okx = guardedClass(await loadCcxtClass('okx'), new HostGuard('okx'), () => null)
    const exchange = new Okx({ ...CCXT_OPTIONS, options: { maxRetriesOnFailure: 2 } })
    const { port } = server.address() as AddressInfo
    exchange.urls.api = { rest: `http://127.0.0.1:${port}` }
    await assert.rejects(exchange.request('public/time', 'public', 'GET', {}))
    assert.equal(asked, 1)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test('sockets are heard before ccxt handles them', async () => {
  const heard: string[] = []
  const tap = {
    onFrame: () => void heard.push('frame'),
    onLost: (_: string, why: string) => void heard.push(why),
  }
  const Okx = guardedClass(await loadCcxtClass('okx'), new HostGuard('okx'), () => tap)
  const client = new Okx(CCXT_OPTIONS).client('wss://ws.okx.com:8443/ws/v5/public')
  client.onMessage({ data: 'pong' })
  client.onPong()
  client.onClose({ code: 1006 })
  assert.deepEqual(heard, ['frame', 'frame', 'closed with code 1006'])
})

test('a socket that was given up says nothing more, and takes no other with it', async () => {
  const heard: string[] = []
  const tap = {
    onFrame: () => void heard.push('frame'),
    onLost: (_: string, why: string) => void heard.push(why),
  }
  const Okx = guardedClass(await loadCcxtClass('okx'), new HostGuard('okx'), () => tap)
  const exchange = new Okx(CCXT_OPTIONS) as CcxtExchange & { calculateWsBackoffDelay(): number }
  const url = 'wss://ws.okx.com:8443/ws/v5/public'
  const old = exchange.client(url)
  dropClient(exchange, url)
  const next = exchange.client(url)
  assert.notEqual(next, old)
  old.onMessage({ data: 'pong' })
  old.onClose({ code: 1006 })
  assert.deepEqual(heard, [])
  assert.equal(exchange.client(url), next)
  assert.equal(exchange.calculateWsBackoffDelay(), 0, 'the loop waits, not ccxt behind it')
})

test('failures of ccxt mean what they prove, in a text without URL or body', async () => {
  const root = import.meta.resolve('ccxt')
  const errors = (await import(new URL('./src/base/errors.js', root).href)) as Record<
    string,
    new (
      text: string,
    ) => Error
  >
  const kinds: Record<string, string> = {
    RequestTimeout: 'unknown',
    NetworkError: 'unavailable',
    ExchangeNotAvailable: 'unavailable',
    OnMaintenance: 'unavailable',
    RateLimitExceeded: 'rate_limited',
    DDoSProtection: 'rate_limited',
    InvalidNonce: 'unknown',
    AuthenticationError: 'credential',
    PermissionDenied: 'credential',
    BadResponse: 'unknown',
    // Whatever is not understood proves nothing.
    ExchangeError: 'unknown',
    InvalidOrder: 'unknown',
  }
  for (const [name, kind] of Object.entries(kinds)) {
    const Thrown = errors[name]
    assert.ok(Thrown, name)
    const text = 'okx POST https://www.okx.com/api?sign=SECRETSECRET {"body":1}'
    const error = toVenueError(new Thrown(text), 'okx', 'place')
    assert.equal(error.kind, kind, name)
    assert.doesNotMatch(error.message, /https|SECRET|body/)
  }
  assert.equal(toVenueError(new TypeError('x'), 'okx', 'place').kind, 'unknown')
  assert.equal(refusal('rejected', 'okx', '51008', 'Insufficient margin').message.length > 0, true)
  const dirty = scrub(
    'at https://x.y/?s=1 key hunter2 0xabcdefabcdefabcdefabcdefabcdefabcdefabcdef',
    ['hunter2'],
  )
  assert.equal(dirty, 'at (url) key *** (hex)')
})

test('nonces grow when the clock stands, jumps back, or starts below the last', () => {
  let now = 100
  const nonce = new MonotoneNonce(() => now, 500)
  assert.deepEqual([nonce.next(), nonce.next()], [501, 502])
  now = 1000
  assert.deepEqual([nonce.next(), nonce.next()], [1000, 1001])
  now = 10
  assert.equal(nonce.next(), 1002)
})

test('back-off doubles, is jittered by half, and ends at its maximum', () => {
  assert.equal(
    backoffMs(0, 100, 1000, () => 0),
    50,
  )
  assert.equal(
    backoffMs(2, 100, 1000, () => 1),
    400,
  )
  assert.equal(
    backoffMs(60, 100, 1000, () => 1),
    1000,
  )
})

class Budget implements RequestBudget {
  readonly log: string[] = []
  refuse = false
  async take(priority: string): Promise<void> {
    this.log.push(`take ${priority}`)
    if (this.refuse) throw new VenueError('rate_limited', 'budget', 'No allowance left.')
  }
  block(pool: string): void {
    this.log.push(`block ${pool}`)
  }
  used(): void {}
}

function transportScene() {
  const clock = new VirtualClock()
  const budget = new Budget()
  const transport = new Transport({ venue: 'okx', clock, budget, random: () => 1 })
  const errand: Errand = {
    name: 'place',
    endpoint: 'order',
    priority: 'place',
    costs: [{ pool: 'orders', weight: 1 }],
    timeoutMs: 1000,
  }
  return { clock, budget, transport, errand }
}

test('allowance is taken before anything is signed; without it nothing leaves', async () => {
  const { budget, transport, errand } = transportScene()
  await transport.call(errand, async () => void budget.log.push('signed'))
  assert.deepEqual(budget.log, ['take place', 'signed'])
  budget.refuse = true
  let isSent = false
  const failed = transport.call(errand, async () => {
    isSent = true
  })
  await assert.rejects(failed, NotSentError)
  assert.equal(isSent, false)
})

test('no answer in time is unknown, and nothing is ever sent twice', async () => {
  const { clock, transport, errand } = transportScene()
  let sends = 0
  const lost = assert.rejects(
    transport.call(errand, () => {
      sends++
      return new Promise(() => {})
    }),
    { kind: 'unknown', code: 'timeout' },
  )
  await clock.advance(1000)
  await lost
  await clock.advance(60_000)
  assert.equal(sends, 1)
})

test('too many requests block the pool, and do not open the breaker', async () => {
  const { budget, transport, errand } = transportScene()
  for (let i = 0; i < 10; i++)
    await assert.rejects(
      transport.call(errand, async () => {
        throw new VenueError('rate_limited', '50011', 'Slow down.')
      }),
      { kind: 'rate_limited' },
    )
  assert.ok(budget.log.includes('block orders'))
  assert.equal(transport.circuits.order, 'closed')
})

test('a key that was refused places nothing for 30 s and asks once a second; cancels go', async () => {
  const { clock, transport, errand } = transportScene()
  let sends = 0
  const refuse = async () => {
    sends++
    throw new VenueError('credential', '-2015', 'Invalid key.')
  }
  const question = { ...errand, priority: 'reconcile', endpoint: 'account' } as const
  await assert.rejects(transport.call(errand, refuse), { kind: 'credential', code: '-2015' })
  for (let i = 0; i < 10; i++)
    await assert.rejects(transport.call(errand, refuse), { code: 'key_refused' })
  await assert.rejects(transport.call(question, refuse), { code: 'key_refused' })
  assert.equal(sends, 1)
  await assert.rejects(transport.call({ ...errand, priority: 'cancel' }, refuse), { code: '-2015' })
  await clock.advance(1000)
  await assert.rejects(transport.call(question, refuse), { code: '-2015' })
  await clock.advance(1000)
  await transport.call(question, async () => 'the key is taken again')
  assert.equal(await transport.call(errand, async () => 'placed'), 'placed')
})

test('after five failures in a row a class of endpoints rests, but for cancels and one probe', async () => {
  const { clock, transport, errand } = transportScene()
  const fail = async () => {
    throw new VenueError('unavailable', 'http_502', 'Bad gateway.')
  }
  for (let i = 0; i < 5; i++) await assert.rejects(transport.call(errand, fail))
  await assert.rejects(transport.call(errand, fail), { code: 'circuit_open' })
  await assert.rejects(transport.call({ ...errand, priority: 'cancel' }, fail), {
    code: 'http_502',
  })
  assert.equal(transport.circuits.account, 'closed')
  await clock.advance(1000)
  await assert.rejects(transport.call(errand, fail), { code: 'http_502' })
  await assert.rejects(transport.call(errand, fail), { code: 'circuit_open' })
  await clock.advance(60_000)
  await transport.call(errand, async () => {})
  assert.equal(transport.circuits.order, 'closed')
})

function loopScene(quota?: (clock: VirtualClock) => ConnectQuota) {
  const clock = new VirtualClock()
  const log: string[] = []
  const scene = {
    clock,
    log,
    opening: async (): Promise<void> => {},
    loop: null as unknown as StreamLoop,
  }
  scene.loop = new StreamLoop({
    name: 'private',
    clock,
    random: () => 1,
    keepAliveMs: 10_000,
    quota: quota?.(clock) ?? new ConnectQuota(clock, 1000, 60_000),
    open: () => {
      log.push('open')
      return scene.opening()
    },
    drop: () => void log.push('drop'),
    onLive: () => void log.push('live'),
    onGap: (reason) => void log.push(`gap: ${reason}`),
  })
  return scene
}

test('a silent socket is found within twice its keep-alive, and told once', async () => {
  const { clock, log, loop } = loopScene()
  loop.start()
  await clock.advance(0)
  for (let i = 0; i < 3; i++) {
    await clock.advance(10_000)
    loop.frame()
  }
  assert.deepEqual(log, ['open', 'live'])
  await clock.advance(20_000)
  assert.equal(log.filter((line) => line.startsWith('gap')).length, 1)
  assert.deepEqual(log.slice(2, 4), ['drop', 'gap: stream private: silent for 17500 ms'])
  assert.equal(log.filter((line) => line === 'live').length, 2)
  loop.stop()
})

test('a socket that is lost twice is one gap; live again after it is subscribed again', async () => {
  const scene = loopScene()
  const { clock, log, loop } = scene
  loop.start()
  await clock.advance(0)
  loop.lost('closed with code 1006')
  loop.lost('error')
  assert.deepEqual(log, ['open', 'live', 'drop', 'gap: stream private: closed with code 1006'])
  let subscribed = (): void => {}
  scene.opening = () =>
    new Promise((resolve) => {
      subscribed = resolve
    })
  await clock.advance(1000)
  assert.equal(log.at(-1), 'open')
  assert.equal(loop.isLive, false)
  subscribed()
  await clock.advance(0)
  assert.equal(log.at(-1), 'live')
  loop.stop()
})

test('a subscription that fails or hangs is tried again, ever more slowly, without a gap', async () => {
  const scene = loopScene()
  const { clock, log, loop } = scene
  scene.opening = async () => {
    throw new Error('https://secret')
  }
  loop.start()
  await clock.advance(10_000)
  const opens = log.filter((line) => line === 'open').length
  assert.ok(opens >= 4 && opens <= 8, `${opens} tries`)
  assert.ok(!log.some((line) => line.startsWith('gap')))
  scene.opening = () => new Promise(() => {})
  await clock.advance(60_000)
  assert.ok(!log.includes('live'))
  scene.opening = async () => {}
  await clock.advance(60_000)
  assert.ok(log.includes('live'))
  loop.stop()
})

test('a venue that closes every 5 s is asked within its allowance of connections', async () => {
  const { clock, log, loop } = loopScene((own) => new ConnectQuota(own, 4, 60_000))
  loop.start()
  for (let i = 0; i < 48; i++) {
    await clock.advance(5000)
    loop.lost('closed')
  }
  loop.stop()
  const opens = log.filter((line) => line === 'open').length
  assert.ok(opens <= 4 * 5, `${opens} connections in four minutes`)
  assert.ok(opens >= 8)
})
