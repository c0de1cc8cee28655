import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { signedBody, TestClient, wireOrder } from '../../../../test/support/hyperliquid-client.ts'
import {
  TestSandbox,
  type TestSandboxOptions,
  type TestSocket,
} from '../../../../test/support/sandbox.ts'
import { createHyperliquidFront } from './hyperliquid-front.ts'

interface Message {
  readonly channel: string
  // biome-ignore lint/suspicious/noExplicitAny: messages of every shape
  readonly data: any
}

function open(parts: Partial<TestSandboxOptions> = {}) {
  const sandbox = new TestSandbox({
    venue: 'hyperliquid',
    front: createHyperliquidFront,
    ...parts,
  })
  return { sandbox, client: new TestClient(sandbox), socket: sandbox.connect('/ws') }
}

const subscribe = (socket: TestSocket, subscription: object) =>
  socket.say({ method: 'subscribe', subscription })

const told = (socket: TestSocket, channel?: string): readonly Message[] =>
  (socket.take() as Message[]).filter((one) => channel === undefined || one.channel === channel)

const endOf = (socket: TestSocket): string | null => socket.closed?.reason ?? null

describe('subscriptions', () => {
  test('are acknowledged with every default, once, and end', () => {
    const { socket } = open()
    subscribe(socket, { type: 'l2Book', coin: 'BTC' })
    const [ack, book] = told(socket)
    const subscription = {
      type: 'l2Book',
      coin: 'BTC',
      nSigFigs: null,
      mantissa: null,
      fast: false,
    }
    assert.deepEqual(ack, {
      channel: 'subscriptionResponse',
      data: { method: 'subscribe', subscription },
    })
    assert.equal(book?.data.levels[0].length, 20)
    subscribe(socket, { coin: 'BTC', type: 'l2Book', nSigFigs: null })
    assert.deepEqual(told(socket), [
      { channel: 'error', data: `Already subscribed: ${JSON.stringify(subscription)}` },
    ])
    socket.say({ method: 'unsubscribe', subscription })
    assert.equal(told(socket)[0]?.data.method, 'unsubscribe')
    socket.say({ method: 'unsubscribe', subscription })
    assert.match(told(socket)[0]?.data, /^Already unsubscribed: /)
  })

  test('of unknown coins end the connection; nonsense is repeated as an error', () => {
    const { socket, sandbox } = open()
    for (const nonsense of [
      { method: 'subscribe', subscription: { type: 'dance' } },
      { method: 'dance' },
      { method: 'post', request: { type: 'info', payload: {} } },
    ]) {
      socket.say(nonsense)
      const data = `Error parsing JSON into valid websocket request: ${JSON.stringify(nonsense)}`
      assert.deepEqual(told(socket), [{ channel: 'error', data }])
    }
    socket.say('no json')
    assert.match(told(socket)[0]?.data, /no json$/)
    assert.equal(endOf(socket), null)
    subscribe(socket, { type: 'bbo', coin: 'NOPE' })
    assert.ok(socket.closed)
    const other = sandbox.connect('/ws')
    subscribe(other, { type: 'l2Book', coin: 'BTC', nSigFigs: 6 })
    assert.ok(other.closed)
    assert.equal(sandbox.connect('/other').connection, null)
  })

  test('are limited: ten users, a thousand streams, two thousand messages a minute', () => {
    const { socket } = open({ hasRateLimits: true })
    const user = (index: number) => `0x${String(index).padStart(40, '0')}`
    for (let index = 0; index < 10; index += 1) {
      subscribe(socket, { type: 'orderUpdates', user: user(index) })
    }
    told(socket)
    subscribe(socket, { type: 'orderUpdates', user: user(10) })
    assert.equal(told(socket)[0]?.data, 'Cannot track more than 10 total users.')
    subscribe(socket, { type: 'userFills', user: user(3) })
    assert.equal(told(socket, 'error').length, 0)
    for (let index = 0; index < 2000; index += 1) socket.say({ method: 'ping' })
    assert.equal(endOf(socket), 'too many messages')
  })
})

describe('a connection', () => {
  test('answers pings, and ends when nothing was said on it for a minute', () => {
    const { socket, sandbox } = open()
    socket.say({ method: 'ping' })
    assert.deepEqual(told(socket), [{ channel: 'pong' }])
    for (let second = 0; second < 60; second += 1) sandbox.front.onSecond()
    assert.equal(endOf(socket), null)
    sandbox.front.onSecond()
    assert.equal(endOf(socket), 'Inactive')
  })

  test('carries questions and signed actions', () => {
    const { socket, client, sandbox } = open()
    socket.say({ method: 'post', id: 7, request: { type: 'info', payload: { type: 'meta' } } })
    const [answer] = told(socket)
    assert.equal(answer?.data.id, 7)
    assert.equal(answer?.data.response.payload.type, 'meta')
    assert.equal(answer?.data.response.payload.data.universe[0].name, 'BTC')
    const action = { type: 'order', orders: [wireOrder(true, '29000', '0.01')], grouping: 'na' }
    const payload = JSON.parse(signedBody(client.privateKey, action, { nonce: sandbox.wallMs }))
    socket.say({ method: 'post', id: 8, request: { type: 'action', payload } })
    const [placed] = told(socket)
    assert.ok(placed?.data.response.payload.response.data.statuses[0].resting)
    socket.say({ method: 'post', id: 9, request: { type: 'info', payload: { type: 'dance' } } })
    assert.equal(told(socket)[0]?.data.response.type, 'error')
  })
})

describe('streams of the market', () => {
  test('tell every closed candle once and in order, then the one that runs', () => {
    const { socket, sandbox } = open()
    subscribe(socket, { type: 'candle', coin: 'BTC', interval: '1m' })
    told(socket)
    for (let step = 0; step < 10; step += 1) sandbox.advance(30_000)
    sandbox.advance(180_000)
    const opened = told(socket, 'candle').map((one) => one.data.t)
    assert.deepEqual(
      opened,
      [...opened].sort((a, b) => a - b),
    )
    const distinct = [...new Set(opened)]
    const steps = distinct.slice(1).map((at, index) => at - (distinct[index] ?? 0))
    assert.ok(distinct.length >= 8)
    assert.ok(
      steps.every((one) => one === 60_000),
      steps.join(),
    )
  })

  test('repeat a book that stands still, tell best prices only when they change', () => {
    const { socket, sandbox } = open()
    subscribe(socket, { type: 'l2Book', coin: 'BTC', fast: true })
    subscribe(socket, { type: 'bbo', coin: 'BTC' })
    told(socket)
    sandbox.tick('BTC/USDC:USDC')
    assert.equal(told(socket, 'bbo').length, 0)
    sandbox.advance(0, 6_000)
    const books = told(socket, 'l2Book')
    assert.ok(books.length >= 1)
    assert.equal(books[0]?.data.levels[0].length, 5)
    sandbox.advance(60_000)
    assert.equal(told(socket, 'bbo').length, 1)
  })

  test('put levels together by figures', () => {
    const { client } = open()
    const { levels } = client.info('l2Book', { coin: 'BTC', nSigFigs: 3 })
    for (const { px } of [...levels[0], ...levels[1]]) assert.equal(Number(px) % 100, 0, px)
  })
})

describe('streams of a user', () => {
  test('begin with what was before, then tell what happens, to its owner alone', () => {
    const { socket, client, sandbox } = open({ accounts: ['main', 'other'] })
    const { user } = client
    client.order(wireOrder(true, '31000', '0.01', { tif: 'Ioc' }))
    const [main, other] = sandbox.backend.accounts()
    assert.ok(main && other)
    for (const type of ['userFills', 'orderUpdates']) {
      subscribe(socket, { type, user })
      subscribe(socket, { type, user: other.credentials.walletAddress })
    }
    const snapshots = told(socket, 'userFills')
    assert.deepEqual(
      snapshots.map((one) => [one.data.isSnapshot, one.data.user === user, one.data.fills.length]),
      [
        [true, true, 1],
        [true, false, 0],
      ],
    )
    client.order(wireOrder(true, '31000', '0.02', { tif: 'Ioc' }))
    const [fills, ...more] = told(socket, 'userFills')
    assert.equal(more.length, 0)
    assert.equal(fills?.data.isSnapshot, undefined)
    assert.equal(fills?.data.fills[0].startPosition, '0.01')
    const cloid = `0x${'0'.repeat(32)}`
    client.order(wireOrder(true, '29000', '0.01', { c: cloid }))
    const [update] = told(socket, 'orderUpdates')
    assert.equal(update?.data[0].status, 'open')
    assert.equal(update?.data[0].order.cloid, cloid)
    client.exchange({ type: 'cancelByCloid', cancels: [{ asset: 0, cloid }] })
    assert.equal(told(socket, 'orderUpdates')[0]?.data[0].status, 'canceled')
  })

  test('an aggregated stream tells one fill for the parts of an order', () => {
    const { socket, client, sandbox } = open({ volumeShare: 5_000 })
    const { user } = client
    client.order(wireOrder(true, '31000', '0.02', { c: `0x${'a'.repeat(32)}` }))
    sandbox.advance(600_000)
    const parts = client.info('userFillsByTime', { user, startTime: 0 })
    const joined = client.info('userFillsByTime', { user, startTime: 0, aggregateByTime: true })
    const sum = (fills: readonly { sz: string }[]) =>
      fills.reduce((all, one) => all + Number(one.sz), 0).toFixed(5)
    assert.ok(parts.length > 1)
    assert.equal(sum(joined), sum(parts))
    assert.ok(joined.length <= parts.length)
    subscribe(socket, { type: 'userFills', user, aggregateByTime: true })
    assert.equal(told(socket, 'userFills')[0]?.data.fills.length, joined.length)
  })
})
