import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AsterClient, type Fields } from '../../../../test/support/aster-client.ts'
import {
  TestSandbox,
  type TestSandboxOptions,
  type TestSocket,
} from '../../../../test/support/sandbox.ts'
import { createAsterFront } from './aster-front.ts'

function open(options: Partial<TestSandboxOptions> = {}) {
  const sandbox = new TestSandbox({ venue: 'aster', front: createAsterFront, ...options })
  return { sandbox, client: new AsterClient(sandbox) }
}

const limit = (price: string, more: Fields = {}): Fields => ({
  symbol: 'SOLUSDT',
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '1',
  price,
  ...more,
})

const market = (more: Fields = {}): Fields => ({
  symbol: 'SOLUSDT',
  side: 'BUY',
  type: 'MARKET',
  quantity: '1',
  ...more,
})

const stop = (stopPrice: string, more: Fields = {}): Fields => ({
  symbol: 'SOLUSDT',
  side: 'SELL',
  type: 'STOP_MARKET',
  stopPrice,
  quantity: '1',
  ...more,
})

const take = (socket: TestSocket): Fields[] => socket.take() as Fields[]

function userStream(sandbox: TestSandbox, client: AsterClient): TestSocket {
  const { listenKey } = client.ask('POST', 'listenKey') as { listenKey: string }
  return sandbox.connect(`/ws/${listenKey}`)
}

describe('Aster front: orders', () => {
  it('rests, finds by either id, cancels, and still finds it afterwards', () => {
    const { client } = open()
    const placed = client.ask('POST', 'order', limit('99.5', { newClientOrderId: 'a1' })) as Fields
    assert.equal(placed['status'], 'NEW')
    const ids = { symbol: 'SOLUSDT', origClientOrderId: 'a1' }
    assert.equal((client.ask('GET', 'openOrder', ids) as Fields)['orderId'], placed['orderId'])
    assert.equal((client.ask('DELETE', 'order', ids) as Fields)['status'], 'CANCELED')
    assert.equal((client.ask('GET', 'order', ids) as Fields)['status'], 'CANCELED')
    assert.equal(client.code('GET', 'openOrder', ids), -2013)
    assert.equal(client.code('DELETE', 'order', ids), -2011)
  })

  it('takes a client id again once its order is over, not before', () => {
    const { client } = open()
    const order = limit('99.5', { newClientOrderId: 'a1' })
    assert.equal(client.code('POST', 'order', order), 0)
    assert.equal(client.code('POST', 'order', order), -2010)
    client.ask('DELETE', 'order', { symbol: 'SOLUSDT', origClientOrderId: 'a1' })
    assert.equal(client.code('POST', 'order', order), 0)
  })

  it('acknowledges as new, or tells the result when asked', () => {
    const { client } = open()
    const acknowledged = client.ask('POST', 'order', market()) as Fields
    assert.deepEqual([acknowledged['status'], acknowledged['executedQty']], ['NEW', '0'])
    const result = client.ask('POST', 'order', market({ newOrderRespType: 'RESULT' })) as Fields
    assert.deepEqual([result['status'], result['executedQty']], ['FILLED', '1'])
  })

  it('expires what cannot be done at once', () => {
    const { client, sandbox } = open()
    const socket = userStream(sandbox, client)
    for (const timeInForce of ['IOC', 'FOK']) {
      const order = limit('99', { timeInForce, newOrderRespType: 'RESULT' })
      assert.equal((client.ask('POST', 'order', order) as Fields)['status'], 'EXPIRED')
      const told = take(socket).at(-1)?.['o'] as Fields
      assert.deepEqual([told['x'], told['X']], ['EXPIRED', 'EXPIRED'])
    }
    const all = client.ask('GET', 'allOrders', { symbol: 'SOLUSDT' }) as Fields[]
    assert.deepEqual(
      all.map((one) => one['status']),
      ['EXPIRED', 'EXPIRED'],
    )
  })

  it('closes the whole position with one order, whatever it is then', () => {
    const { client, sandbox } = open()
    client.ask('POST', 'order', market({ quantity: '2' }))
    const all = { type: 'TAKE_PROFIT_MARKET', quantity: undefined, closePosition: 'true' }
    const order = stop('100.1', all)
    const placed = client.ask('POST', 'order', order) as Fields
    assert.equal(placed['closePosition'], true)
    client.ask('POST', 'order', market())
    sandbox.advance(180_000)
    const [risk] = client.ask('GET', 'positionRisk', { symbol: 'SOLUSDT' }) as Fields[]
    assert.equal(risk?.['positionAmt'], '0')
  })

  it('amends price and quantity of a limit order under its number', () => {
    const { client } = open()
    const { orderId } = client.ask('POST', 'order', limit('99')) as Fields
    const change = { symbol: 'SOLUSDT', orderId, price: '98.5', quantity: '3' }
    const amended = client.ask('PUT', 'order', change) as Fields
    assert.deepEqual(
      [amended['orderId'], amended['price'], amended['origQty']],
      [orderId, '98.5', '3'],
    )
    assert.equal(client.code('PUT', 'order', { ...change, price: undefined }), -1102)
    assert.equal(client.code('PUT', 'order', { ...change, price: '98.555' }), -1111)
    const [resting] = client.ask('GET', 'openOrders') as Fields[]
    assert.equal(resting?.['price'], '98.5')
    client.ask('DELETE', 'order', { symbol: 'SOLUSDT', orderId })
    assert.equal(client.code('PUT', 'order', change), -2013)
  })

  it('answers batches order by order', () => {
    const { client } = open()
    const batchOrders = JSON.stringify([limit('99.5'), limit('99.555'), limit('99.4')])
    const placed = client.ask('POST', 'batchOrders', { batchOrders }) as Fields[]
    assert.deepEqual(
      placed.map((one) => one['code'] ?? one['status']),
      ['NEW', -4014, 'NEW'].map((one, index) => (index === 1 ? -1111 : one)),
    )
    const orderIdList = JSON.stringify([placed[0]?.['orderId'], 1])
    const fields = { symbol: 'SOLUSDT', orderIdList }
    const canceled = client.ask('DELETE', 'batchOrders', fields) as Fields[]
    assert.deepEqual(
      canceled.map((one) => one['code'] ?? one['status']),
      ['CANCELED', -2011],
    )
    const six = JSON.stringify(Array.from({ length: 6 }, () => limit('99')))
    assert.equal(client.code('POST', 'batchOrders', { batchOrders: six }), -4082)
  })

  it('cancels a symbol’s orders when the countdown runs out, unless it is lifted', () => {
    const { client, sandbox } = open()
    client.ask('POST', 'order', limit('99'))
    client.ask('POST', 'countdownCancelAll', { symbol: 'SOLUSDT', countdownTime: 5000 })
    client.ask('POST', 'countdownCancelAll', { symbol: 'SOLUSDT', countdownTime: 0 })
    sandbox.advance(0, 6000)
    assert.equal(sandbox.account.openOrders().length, 1)
    client.ask('POST', 'countdownCancelAll', { symbol: 'SOLUSDT', countdownTime: 5000 })
    sandbox.advance(0, 4000)
    assert.equal(sandbox.account.openOrders().length, 1)
    sandbox.advance(0, 2000)
    assert.equal(sandbox.account.openOrders().length, 0)
  })

  it('tells a trade the same in stream, trades, income and position', () => {
    const { client, sandbox } = open()
    const socket = userStream(sandbox, client)
    client.ask('POST', 'order', market({ quantity: '2', newClientOrderId: 'b1' }))
    const messages = take(socket)
    const trade = messages.find((one) => (one['o'] as Fields)?.['x'] === 'TRADE')?.['o'] as Fields
    assert.equal(trade['c'], 'b1')
    const [told] = client.ask('GET', 'userTrades', { symbol: 'SOLUSDT' }) as Fields[]
    assert.equal(told?.['id'], trade['t'])
    assert.equal(told?.['commission'], trade['n'])
    const [income] = client.ask('GET', 'income', { incomeType: 'COMMISSION' }) as Fields[]
    assert.equal(income?.['income'], `-${trade['n']}`)
    const update = messages.find((one) => one['e'] === 'ACCOUNT_UPDATE')?.['a'] as { P: Fields[] }
    assert.equal(update.P[0]?.['pa'], '2')
  })
})

describe('Aster front: what it refuses', () => {
  const refusals: [string, Fields, number][] = [
    ['no symbol', limit('99', { symbol: undefined }), -1102],
    ['an unknown symbol', limit('99', { symbol: 'NOUSDT' }), -1121],
    ['an unknown side', limit('99', { side: 'Bid' }), -1117],
    ['an unknown type', limit('99', { type: 'ICEBERG' }), -1116],
    ['an unknown time in force', limit('99', { timeInForce: 'DAY' }), -1115],
    ['a limit order without time in force', limit('99', { timeInForce: undefined }), -1102],
    ['a limit order without price', limit('', {}), -1102],
    ['a market order with a price', market({ price: '99' }), -1106],
    ['too many decimals of the price', limit('99.001'), -1111],
    ['a price of nothing', limit('0'), -4001],
    ['too many decimals of the quantity', limit('99', { quantity: '0.0001' }), -1111],
    ['a quantity of nothing', limit('99', { quantity: '0' }), -4003],
    ['a notional below the least', limit('99', { quantity: '0.01' }), -4164],
    ['a buy far above the mark', limit('120'), -4016],
    ['a sell far below the mark', limit('80', { side: 'SELL' }), -4024],
    ['more than the margin', market({ quantity: '100000' }), -2019],
    ['reduce only without a position', market({ reduceOnly: 'true' }), -2022],
    ['post only that would trade', limit('105', { timeInForce: 'GTX' }), -5022],
    ['a stop that would fire at once', stop('110'), -2021],
    ['a take-profit that would fire at once', stop('90', { type: 'TAKE_PROFIT_MARKET' }), -2021],
    ['close position with a quantity', stop('90', { closePosition: 'true' }), -4137],
    ['close position of a limit order', limit('99', { closePosition: 'true' }), -4136],
    ['a client id with a blank', limit('99', { newClientOrderId: 'a b' }), -4015],
    ['a client id of 37 characters', limit('99', { newClientOrderId: 'a'.repeat(37) }), -4015],
    ['a side of the hedge mode', limit('99', { positionSide: 'LONG' }), -4061],
    ['an unknown response type', limit('99', { newOrderRespType: 'FULL' }), -1136],
    ['a trailing stop', stop('90', { type: 'TRAILING_STOP_MARKET' }), -4084],
  ]
  for (const [what, order, code] of refusals) {
    it(`refuses ${what} with ${code}`, () => {
      const { client, sandbox } = open()
      assert.equal(client.code('POST', 'order', order), code)
      assert.equal(sandbox.account.openOrders().length, 0)
      assert.equal(sandbox.account.positions().length, 0)
    })
  }

  it('refuses a tick that the venue has changed', () => {
    const { client, sandbox } = open()
    sandbox.fault({ kind: 'tick', venue: 'aster', value: 10 })
    assert.equal(client.code('POST', 'order', limit('99.05')), -4014)
    sandbox.fault({ kind: 'lot', venue: 'aster', value: 10 })
    assert.equal(client.code('POST', 'order', limit('99', { quantity: '1.05' })), -4023)
  })

  it('refuses a foreign signer, a wrong signature and a missing one', () => {
    const { client } = open()
    const path = '/fapi/v3/balance'
    const codeOf = (changed: object): number =>
      (JSON.parse(client.send('GET', path, {}, changed).body) as { code: number }).code
    assert.equal(codeOf({ user: `0x${'1'.repeat(40)}` }), -2015)
    assert.equal(codeOf({ signer: `0x${'1'.repeat(40)}` }), -2015)
    assert.equal(codeOf({ signature: `0x${'1'.repeat(130)}` }), -1022)
  })

  it('takes a nonce once, within ten seconds, and keeps the newest hundred', () => {
    const { client, sandbox } = open()
    const code = (nonce: number): number => {
      const answer = client.send('POST', '/fapi/v3/noop', {}, { nonce })
      return (JSON.parse(answer.body) as { code: number }).code
    }
    const now = sandbox.wallMs * 1000
    assert.equal(code(now), 200)
    assert.equal(code(now), -4225, 'used')
    assert.equal(code(now - 10_000_001), -4225, 'too old')
    assert.equal(code(now + 10_000_001), -4225, 'too new')
    assert.equal(code(now - 5000), 200, 'out of order')
    for (let count = 1; count <= 98; count += 1) assert.equal(code(now + count), 200)
    assert.equal(code(now - 6000), -4225, 'below the hundred kept')
    assert.equal(code(now - 4000), 200, 'above the lowest of the hundred')
  })

  it('never executes an order whose nonce a noop has used', () => {
    const { client, sandbox } = open()
    const nonce = client.nonce()
    const noop = client.send('POST', '/fapi/v3/noop', {}, { nonce })
    assert.equal(noop.status, 200)
    const order = client.send('POST', '/fapi/v3/order', market(), { nonce })
    assert.equal((JSON.parse(order.body) as { code: number }).code, -4225)
    assert.equal(sandbox.account.positions().length, 0)
  })

  it('knows the nonces of orders after a restart', () => {
    const { client, sandbox } = open()
    const nonce = client.nonce()
    assert.equal(client.send('POST', '/fapi/v3/order', limit('99'), { nonce }).status, 200)
    const again = new AsterClient(sandbox)
    const restarted = createAsterFront(sandbox.backend)
    const answer = again.through(restarted).send('POST', '/fapi/v3/order', limit('99'), { nonce })
    assert.equal((JSON.parse(answer.body) as { code: number }).code, -4225)
    assert.equal(sandbox.account.openOrders().length, 1)
  })

  it('counts weights and orders, answers 429, and bans who goes on', () => {
    const { client, sandbox } = open({ hasRateLimits: true })
    const first = client.send('POST', '/fapi/v3/order', limit('99'))
    assert.equal(first.headers?.['x-mbx-used-weight-1m'], '1')
    assert.equal(first.headers?.['x-mbx-order-count-1m'], '1')
    const statuses = new Set<number>()
    for (let count = 0; count < 90; count += 1) {
      statuses.add(client.send('GET', '/fapi/v3/income').status)
    }
    assert.deepEqual([...statuses], [200, 429])
    for (let count = 0; count < 20; count += 1) client.send('GET', '/fapi/v3/income')
    const banned = sandbox.http('GET', '/fapi/v3/time')
    assert.equal(banned.status, 418)
    assert.match(banned.body, /IP banned until/)
    sandbox.advance(0, 121_000)
    assert.equal(sandbox.http('GET', '/fapi/v3/time').status, 200)
  })

  it('changes leverage, margin and mode as far as the venue does', () => {
    const { client } = open()
    const symbol = 'SOLUSDT'
    assert.equal(client.code('POST', 'leverage', { symbol, leverage: 500 }), -4028)
    assert.equal(client.code('POST', 'leverage', { symbol, leverage: 3 }), 0)
    assert.equal(client.code('POST', 'marginType', { symbol, marginType: 'CROSSED' }), -4046)
    assert.equal(client.code('POST', 'positionSide/dual', { dualSidePosition: 'false' }), -4059)
    client.ask('POST', 'order', limit('99'))
    assert.equal(client.code('POST', 'marginType', { symbol, marginType: 'ISOLATED' }), -4047)
    assert.equal(client.code('POST', 'positionSide/dual', { dualSidePosition: 'true' }), -4067)
    client.ask('DELETE', 'allOpenOrders', { symbol })
    assert.equal(client.code('POST', 'positionSide/dual', { dualSidePosition: 'true' }), 0)
    assert.equal(client.code('POST', 'order', limit('99')), -4061)
  })

  it('is down for maintenance for everything signed', () => {
    const { client, sandbox } = open()
    sandbox.fault({ kind: 'maintenance', venue: 'aster' })
    const answer = client.send('POST', '/fapi/v3/order', limit('99'))
    assert.equal(answer.status, 503)
    assert.equal((JSON.parse(answer.body) as { code: number }).code, -1016)
  })
})

describe('Aster front: streams', () => {
  it('wraps combined streams and leaves raw ones bare', () => {
    const { sandbox } = open()
    const raw = sandbox.connect('/ws/solusdt@bookTicker')
    const combined = sandbox.connect('/stream?streams=solusdt@bookTicker')
    sandbox.advance(60_000)
    assert.equal(take(raw)[0]?.['e'], 'bookTicker')
    assert.equal(take(combined)[0]?.['stream'], 'solusdt@bookTicker')
  })

  it('obeys commands and words errors as documented', () => {
    const { sandbox } = open()
    const socket = sandbox.connect('/stream')
    socket.say({ method: 'SUBSCRIBE', params: ['solusdt@depth5'], id: 1 })
    socket.say({ method: 'LIST_SUBSCRIPTIONS', id: 2 })
    socket.say({ method: 'GET_PROPERTY', params: ['combined'], id: 3 })
    socket.say({ method: 'SET_PROPERTY', params: ['speed', 1], id: 4 })
    socket.say({ method: 'SUBSCRIBE', params: [], id: -1 })
    socket.say('no json')
    assert.deepEqual(take(socket), [
      { result: null, id: 1 },
      { result: ['solusdt@depth5'], id: 2 },
      { result: true, id: 3 },
      { code: 0, msg: 'Unknown property' },
      { code: 2, msg: 'Invalid request: request ID must be an unsigned integer' },
      { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' },
    ])
  })

  it('closes on more than ten messages a second', () => {
    const { sandbox } = open()
    const socket = sandbox.connect('/ws')
    for (let count = 0; count < 11; count += 1) socket.say({ method: 'LIST_SUBSCRIPTIONS', id: 1 })
    assert.equal(socket.closed?.code, 1008)
  })

  it('ends the user stream with its listen key, an hour after it was prolonged', () => {
    const { client, sandbox } = open()
    const socket = userStream(sandbox, client)
    const step = () => {
      socket.connection?.onPong()
      sandbox.advance(0, 50 * 60_000)
    }
    step()
    assert.equal(client.code('PUT', 'listenKey'), 0)
    step()
    client.ask('POST', 'order', limit('99'))
    assert.equal(take(socket).at(-1)?.['e'], 'ORDER_TRADE_UPDATE')
    step()
    assert.equal(take(socket).at(-1)?.['e'], 'listenKeyExpired')
    client.ask('POST', 'order', limit('98'))
    assert.deepEqual(take(socket), [])
    assert.equal(client.code('PUT', 'listenKey'), -1125)
  })

  it('refuses a path that is neither a stream nor a good listen key', () => {
    const { sandbox } = open()
    assert.equal(sandbox.connect('/ws/nobodyskey').connection, null)
    assert.equal(sandbox.connect('/other').connection, null)
  })

  it('tells each closed candle once', () => {
    const { sandbox } = open()
    const socket = sandbox.connect('/ws/solusdt@kline_1m')
    for (let minute = 0; minute < 3; minute += 1) sandbox.advance(60_000)
    const closed = take(socket)
      .map((one) => one['k'] as Fields)
      .filter((one) => one['x'] === true)
    assert.equal(new Set(closed.map((one) => one['t'])).size, 3)
    assert.equal(closed.length, 3)
  })

  it('keeps deltas of the book in one chain', () => {
    const { sandbox } = open()
    const socket = sandbox.connect('/ws/solusdt@depth')
    for (let minute = 0; minute < 4; minute += 1) sandbox.advance(60_000)
    const deltas = take(socket)
    assert.ok(deltas.length > 2)
    for (const [index, delta] of deltas.slice(1).entries()) {
      assert.equal(delta['pu'], deltas[index]?.['u'])
    }
  })
})
