import assert from 'node:assert/strict'
import { createPrivateKey, sign } from 'node:crypto'
import { describe, it } from 'node:test'
import { TestSandbox, type TestSandboxOptions } from '../../../../test/support/sandbox.ts'
import type { FrontResponse } from '../front.ts'
import { createBackpackFront } from './backpack-front.ts'
import { INSTRUCTIONS, signingTexts } from './signature.ts'

const SOL = 'SOL_USDC_PERP'
const KEY_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

type Fields = Record<string, unknown>

/** Signs as the documents tell, apart from the front's own code for keys. */
function signature(seed: string, text: string): string {
  const key = Buffer.concat([KEY_PREFIX, Buffer.from(seed, 'base64')])
  const signer = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  return sign(null, Buffer.from(text), signer).toString('base64')
}

function open(options: Partial<TestSandboxOptions> = {}) {
  const sandbox = new TestSandbox({ venue: 'backpack', front: createBackpackFront, ...options })
  const { apiKey, secretKey } = sandbox.account.credentials

  const signed = (
    method: string,
    path: string,
    params: Fields | readonly Fields[] = {},
    changed: Record<string, string> = {},
  ): FrontResponse => {
    const timestamp = changed['X-Timestamp'] ?? String(sandbox.wallMs)
    const window = changed['X-Window'] ?? '5000'
    const instruction = INSTRUCTIONS[`${method} ${path}`] ?? ''
    const [text = ''] = signingTexts(instruction, params as Fields, timestamp, window)
    const headers = {
      'X-API-Key': apiKey,
      'X-Timestamp': timestamp,
      'X-Window': window,
      'X-Signature': signature(secretKey, text),
      ...changed,
    }
    if (method !== 'GET') {
      return sandbox.http(method, path, { headers, body: JSON.stringify(params) })
    }
    const query = new URLSearchParams(
      Object.entries(params).map(([name, value]): [string, string] => [name, String(value)]),
    )
    return sandbox.http(method, `${path}?${query}`, { headers })
  }

  const subscribe = (streams: readonly string[]) => {
    const socket = sandbox.connect('/')
    const timestamp = String(sandbox.wallMs)
    const text = `instruction=subscribe&timestamp=${timestamp}&window=5000`
    const proof = [apiKey, signature(secretKey, text), timestamp, '5000']
    socket.say({ method: 'SUBSCRIBE', params: streams, signature: proof })
    return socket
  }
  return { sandbox, signed, subscribe }
}

const limit = (price: string, more: Fields = {}): Fields => ({
  symbol: SOL,
  side: 'Bid',
  orderType: 'Limit',
  price,
  quantity: '1',
  ...more,
})

const json = (answer: FrontResponse): Fields => JSON.parse(answer.body) as Fields
const list = (answer: FrontResponse): Fields[] => JSON.parse(answer.body) as Fields[]
const data = (message: unknown): Fields => (message as { data: Fields }).data

/** What an event of an order says of its size and state. */
const pick = ({ i, e, X, q, z }: Fields): Fields => ({ id: i, e, X, q, z })

describe('Backpack front: orders', () => {
  it('rests a limit order, finds it by either id while it rests, and cancels it', () => {
    const { signed } = open()
    const placed = json(signed('POST', '/api/v1/order', limit('99.5', { clientId: 7 })))
    assert.equal(placed['status'], 'New')
    assert.equal(placed['clientId'], 7)
    const byClient = signed('GET', '/api/v1/order', { symbol: SOL, clientId: 7 })
    assert.equal(json(byClient)['id'], placed['id'])
    const canceled = signed('DELETE', '/api/v1/order', { symbol: SOL, orderId: placed['id'] })
    assert.equal(json(canceled)['status'], 'Cancelled')
    const gone = signed('GET', '/api/v1/order', { symbol: SOL, orderId: placed['id'] })
    assert.equal(gone.status, 404)
    assert.equal(json(gone)['code'], 'RESOURCE_NOT_FOUND')
    const again = signed('DELETE', '/api/v1/order', { symbol: SOL, clientId: 7 })
    assert.equal(again.status, 404)
    const [historic] = list(signed('GET', '/wapi/v1/history/orders', { symbol: SOL }))
    assert.equal(historic?.['status'], 'Cancelled')
  })

  it('takes a client id twice: it is no key', () => {
    const { signed, sandbox } = open()
    for (const price of ['99.1', '99.2']) {
      assert.equal(signed('POST', '/api/v1/order', limit(price, { clientId: 9 })).status, 200)
    }
    assert.equal(sandbox.account.openOrders().length, 2)
  })

  it('ends what cannot be done at once as an expired order with a reason, and tells so', () => {
    const { signed, subscribe } = open()
    const socket = subscribe(['account.orderUpdate'])
    const cases: [Fields, string][] = [
      [limit('105', { postOnly: true }), 'PostOnlyTaker'],
      [limit('99', { timeInForce: 'FOK' }), 'FillOrKill'],
      [limit('99', { timeInForce: 'IOC' }), 'ImmediateOrCancel'],
      [limit('99', { reduceOnly: true }), 'ReduceOnlyNotReduced'],
    ]
    for (const [order, reason] of cases) {
      const answer = signed('POST', '/api/v1/order', order)
      assert.equal(json(answer)['status'], 'Expired', reason)
      const told = socket.take().map(data)
      assert.equal(told.at(-1)?.['e'], 'orderExpired', reason)
      assert.equal(told.at(-1)?.['R'], reason)
    }
    const history = list(signed('GET', '/wapi/v1/history/orders', { symbol: SOL }))
    assert.deepEqual(
      new Set(history.map((one) => one['expiryReason'])),
      new Set(cases.map(([, reason]) => reason)),
    )
  })

  it('tells a market order in fills, position and history by the same numbers', () => {
    const { signed, subscribe } = open()
    const socket = subscribe(['account.orderUpdate', `account.positionUpdate.${SOL}`])
    const order = { symbol: SOL, side: 'Bid', orderType: 'Market', quantity: '2', clientId: 5 }
    const placed = json(signed('POST', '/api/v1/order', order))
    assert.equal(placed['status'], 'Filled')
    const messages = socket.take() as { stream: string; data: Fields }[]
    const fill = messages.find((one) => one.data['e'] === 'orderFill')?.data
    const position = messages.find((one) => one.stream.startsWith('account.position'))?.data
    assert.equal(fill?.['l'], '2')
    assert.equal(fill?.['c'], 5)
    assert.equal(position?.['e'], 'positionOpened')
    assert.equal(position?.['q'], '2')
    const [historic] = list(signed('GET', '/wapi/v1/history/fills', { fillType: 'User' }))
    assert.equal(historic?.['tradeId'], fill?.['t'])
    assert.equal(historic?.['clientId'], '5')
    const [held] = list(signed('GET', '/api/v1/position'))
    assert.equal(held?.['netQuantity'], '2')
    assert.equal(held?.['positionId'], String(position?.['i']))
  })

  it('answers a batch order by order', () => {
    const { signed } = open()
    const answer = signed('POST', '/api/v1/orders', [
      limit('99.5', { clientId: 1 }),
      limit('99.555', { clientId: 2 }),
      limit('99.4', { clientId: 3 }),
    ])
    const results = list(answer)
    assert.deepEqual(
      results.map((one) => one['operation']),
      ['Ok', 'Err', 'Ok'],
    )
    assert.equal(results[1]?.['code'], 'INVALID_PRICE')
  })

  it('holds a trigger order back until the price is there', () => {
    const { signed, subscribe, sandbox } = open()
    const socket = subscribe(['account.orderUpdate'])
    const order = {
      symbol: SOL,
      side: 'Bid',
      orderType: 'Market',
      triggerPrice: '100.1',
      triggerQuantity: '1',
      triggerBy: 'LastPrice',
    }
    const placed = json(signed('POST', '/api/v1/order', order))
    assert.equal(placed['status'], 'TriggerPending')
    assert.equal(data(socket.take()[0])['e'], 'triggerPlaced')
    sandbox.advance(120_000)
    assert.equal(socket.messages.map(data).at(-1)?.['X'], 'Filled')
  })

  it('cancels all orders of a market, or those of a kind', () => {
    const { signed } = open()
    signed('POST', '/api/v1/order', limit('99.5'))
    const trigger = {
      symbol: SOL,
      side: 'Ask',
      orderType: 'Market',
      triggerPrice: '90',
      triggerQuantity: '1',
    }
    signed('POST', '/api/v1/order', trigger)
    const some = signed('DELETE', '/api/v1/orders', { symbol: SOL, orderType: 'ConditionalOrder' })
    assert.equal(list(some).length, 1)
    assert.equal(list(signed('DELETE', '/api/v1/orders', { symbol: SOL })).length, 1)
    assert.deepEqual(list(signed('GET', '/api/v1/orders')), [])
  })
})

describe('Backpack front: what it refuses', () => {
  const refusals: [string, Fields, string][] = [
    ['an unknown market', limit('99', { symbol: 'NO_USDC_PERP' }), 'INVALID_MARKET'],
    ['a malformed symbol', limit('99', { symbol: 'sol/usdc' }), 'INVALID_CLIENT_REQUEST'],
    ['a price off the tick', limit('99.005'), 'INVALID_PRICE'],
    ['a price beyond the band', limit('10'), 'INVALID_PRICE'],
    ['a price below zero', limit('-1'), 'INVALID_PRICE'],
    ['a limit order without a price', limit(''), 'INVALID_CLIENT_REQUEST'],
    ['a quantity off the step', limit('99', { quantity: '0.001' }), 'INVALID_QUANTITY'],
    ['a quantity of nothing', limit('99', { quantity: '0' }), 'INVALID_QUANTITY'],
    ['no quantity', limit('99', { quantity: null }), 'INVALID_CLIENT_REQUEST'],
    ['an unknown side', limit('99', { side: 'Buy' }), 'INVALID_CLIENT_REQUEST'],
    ['an unknown time in force', limit('99', { timeInForce: 'GTX' }), 'INVALID_CLIENT_REQUEST'],
    ['a client id beyond 32 bits', limit('99', { clientId: 2 ** 32 }), 'INVALID_CLIENT_REQUEST'],
    ['a client id as a text', limit('99', { clientId: '7' }), 'INVALID_CLIENT_REQUEST'],
    ['half a trigger', limit('99', { triggerPrice: '98' }), 'INVALID_CLIENT_REQUEST'],
    [
      'post only with IOC',
      limit('99', { postOnly: true, timeInForce: 'IOC' }),
      'INVALID_CLIENT_REQUEST',
    ],
    ['more than the margin', limit('99', { quantity: '100000' }), 'INSUFFICIENT_MARGIN'],
    ['attached stops', limit('99', { stopLossTriggerPrice: '90' }), 'NOT_IMPLEMENTED'],
  ]
  for (const [what, order, code] of refusals) {
    it(`refuses ${what} with ${code}`, () => {
      const { signed, sandbox } = open()
      const answer = signed('POST', '/api/v1/order', order)
      assert.equal(answer.status, 400)
      assert.equal(json(answer)['code'], code)
      assert.equal(sandbox.account.openOrders().length, 0)
    })
  }

  it('refuses a request that is late, early, too long or signed by somebody else', () => {
    const { signed, sandbox } = open()
    const at = (ms: number) => ({ 'X-Timestamp': String(sandbox.wallMs + ms) })
    const cases: [Record<string, string>, number, string][] = [
      [at(-5001), 400, 'INVALID_CLIENT_REQUEST'],
      [at(5001), 400, 'INVALID_CLIENT_REQUEST'],
      [{ 'X-Window': '60001' }, 400, 'INVALID_CLIENT_REQUEST'],
      [{ 'X-Signature': Buffer.alloc(64).toString('base64') }, 400, 'INVALID_SIGNATURE'],
      [{ 'X-API-Key': 'nobody' }, 401, 'UNAUTHORIZED'],
    ]
    for (const [changed, status, code] of cases) {
      const answer = signed('POST', '/api/v1/order', limit('99'), changed)
      assert.equal(answer.status, status, JSON.stringify(changed))
      assert.equal(json(answer)['code'], code)
    }
    assert.equal(sandbox.account.openOrders().length, 0)
    assert.equal(signed('POST', '/api/v1/order', limit('99'), at(-4999)).status, 200)
  })

  it('refuses both ids and no id', () => {
    const { signed } = open()
    for (const ids of [{}, { orderId: '1', clientId: 1 }]) {
      const answer = signed('GET', '/api/v1/order', { symbol: SOL, ...ids })
      assert.equal(json(answer)['code'], 'INVALID_CLIENT_REQUEST')
    }
  })

  it('is down for maintenance for orders, and says so in its status', () => {
    const { signed, sandbox } = open()
    sandbox.fault({ kind: 'maintenance', venue: 'backpack' })
    const answer = signed('POST', '/api/v1/order', limit('99'))
    assert.equal(answer.status, 503)
    assert.equal(json(answer)['code'], 'MAINTENANCE')
    assert.equal(json(sandbox.http('GET', '/api/v1/status'))['status'], 'Maintenance')
  })

  it('limits the requests of a key', () => {
    const { signed } = open({ hasRateLimits: true })
    let refused: FrontResponse | null = null
    for (let count = 0; count <= 2000 && refused === null; count += 1) {
      const answer = signed('GET', '/api/v1/order', { symbol: SOL })
      if (answer.status === 429) refused = answer
    }
    assert.ok(refused)
    assert.equal(json(refused)['code'], 'TOO_MANY_REQUESTS')
  })

  it('words a cancel whose outcome is open as 202', () => {
    const { sandbox } = open()
    const request = { path: '/api/v1/order', query: '', headers: {}, body: '', address: '' }
    const word = (method: string) =>
      sandbox.front.word('status_unknown', { ...request, method }).status
    assert.equal(word('DELETE'), 202)
    assert.equal(word('POST'), 500)
  })
})

describe('Backpack front: streams', () => {
  it('keeps a book by deltas that follow each other and the snapshot', () => {
    const { sandbox } = open()
    const socket = sandbox.connect('/')
    socket.say({ method: 'SUBSCRIBE', params: [`depth.${SOL}`] })
    const snapshot = json(sandbox.http('GET', `/api/v1/depth?symbol=${SOL}`))
    const book = { a: new Map(), b: new Map() } as Record<'a' | 'b', Map<string, string>>
    for (const [price, lots] of snapshot['asks'] as [string, string][]) book.a.set(price, lots)
    for (const [price, lots] of snapshot['bids'] as [string, string][]) book.b.set(price, lots)
    let last = Number(snapshot['lastUpdateId'])
    for (let minute = 0; minute < 5; minute += 1) {
      sandbox.advance(60_000)
      socket.connection?.onPong()
    }
    const deltas = socket.take().map(data)
    assert.ok(deltas.length > 1)
    for (const delta of deltas) {
      assert.equal(delta['U'], last + 1)
      last = Number(delta['u'])
      for (const side of ['a', 'b'] as const) {
        for (const [price, lots] of delta[side] as [string, string][]) {
          if (lots === '0') book[side].delete(price)
          else book[side].set(price, lots)
        }
      }
    }
    const now = json(sandbox.http('GET', `/api/v1/depth?symbol=${SOL}`))
    assert.equal(now['lastUpdateId'], String(last))
    assert.deepEqual([...book.a].sort(), [...(now['asks'] as [string, string][])].sort())
    assert.deepEqual([...book.b].sort(), [...(now['bids'] as [string, string][])].sort())
  })

  it('cuts a reduce-only order to the position, for good, and tells it', () => {
    const { sandbox, signed, subscribe } = open()
    const market = (side: string, quantity: string) =>
      signed('POST', '/api/v1/order', { symbol: SOL, side, orderType: 'Market', quantity })
    market('Bid', '2')
    const reducing = limit('101.5', { side: 'Ask', quantity: '2', reduceOnly: true, clientId: 5 })
    const id = json(signed('POST', '/api/v1/order', reducing))['id']
    const socket = subscribe(['account.orderUpdate'])
    const changes = () => socket.take().map((message) => pick(data(message)))
    const ended = { id: json(market('Ask', '0.5'))['id'], e: 'orderFill', X: 'Filled' }
    assert.deepEqual(changes(), [
      { id: ended.id, e: 'orderAccepted', X: 'New', q: '0.5', z: '0' },
      { ...ended, q: '0.5', z: '0.5' },
      { id, e: 'orderModified', X: 'New', q: '1.5', z: '0' },
    ])
    const resting = () => json(signed('GET', '/api/v1/order', { symbol: SOL, clientId: 5 }))
    assert.equal(resting()['quantity'], '1.5')
    // A larger position does not bring it back, and nothing is said twice.
    market('Bid', '3')
    assert.ok(!changes().some(({ e }) => e === 'orderModified'))
    assert.equal(resting()['quantity'], '1.5')
    // Nor does a restart.
    const again = open({ stores: sandbox.stores })
    const later = again.subscribe(['account.orderUpdate'])
    again.sandbox.fault({ kind: 'cancel_races_fill' })
    again.signed('DELETE', '/api/v1/order', { symbol: SOL, clientId: 5 })
    const filled = { id, e: 'orderFill', X: 'Filled', q: '1.5', z: '1.5' }
    assert.deepEqual(later.take().map(data).map(pick), [filled])
    assert.equal(again.sandbox.account.positions()[0]?.quantity, 300)
  })

  it('tells everybody of a liquidation, of whatever market', () => {
    const { sandbox, signed } = open()
    const socket = sandbox.connect('/')
    socket.say({ method: 'SUBSCRIBE', params: ['liquidation'] })
    signed('POST', '/api/v1/order', {
      symbol: SOL,
      side: 'Bid',
      orderType: 'Market',
      quantity: '2',
    })
    assert.deepEqual(socket.take(), [])
    assert.ok(sandbox.backend.intervene('liquidation', {}))
    sandbox.deliver()
    const [message] = socket.take() as [{ stream: string; data: Fields }]
    assert.equal(message.stream, 'liquidation')
    const { s, S, q } = message.data
    assert.deepEqual([s, S, q], [SOL, 'Ask', '2'])
  })

  it('tells each closed candle once, in order', () => {
    const { sandbox } = open()
    const socket = sandbox.connect('/')
    socket.say({ method: 'SUBSCRIBE', params: [`kline.1m.${SOL}`] })
    for (let minute = 0; minute < 4; minute += 1) {
      sandbox.advance(60_000)
      socket.connection?.onPong()
    }
    const closed = socket
      .take()
      .map(data)
      .filter((one) => one['X'] === true)
    const opened = closed.map((one) => Date.parse(`${String(one['t'])}Z`))
    assert.equal(opened.length, 4)
    for (const [index, at] of opened.slice(1).entries()) assert.equal(at - opened[index]!, 60_000)
  })

  it('refuses private streams without a signature that holds', () => {
    const { sandbox, signed } = open()
    const socket = sandbox.connect('/')
    const proof = ['nobody', 'AA==', String(sandbox.wallMs), '5000']
    socket.say({ method: 'SUBSCRIBE', params: ['account.orderUpdate'] })
    socket.say({ method: 'SUBSCRIBE', params: ['account.orderUpdate'], signature: proof })
    assert.equal(socket.take().length, 2)
    signed('POST', '/api/v1/order', limit('99'))
    assert.deepEqual(socket.take(), [])
  })

  it('sends no order of one account to another', () => {
    const { sandbox, subscribe } = open({ accounts: ['main', 'second'] })
    const socket = subscribe(['account.orderUpdate'])
    const [, second] = sandbox.backend.accounts()
    const instrument = sandbox.backend.instrument('SOL/USDC:USDC')
    assert.ok(second && instrument)
    sandbox.front.onAccount('second', [])
    second.place([
      {
        clientId: null,
        expiresAt: null,
        request: {
          instrument: instrument.instrument.id,
          side: 'buy',
          kind: 'market',
          price: null,
          quantity: 100 as never,
          timeInForce: 'ioc',
          isPostOnly: false,
          isReduceOnly: false,
          trigger: null,
        },
      },
    ])
    sandbox.deliver()
    assert.deepEqual(socket.take(), [])
  })

  it('pings each minute and closes on a client that does not answer', () => {
    const { sandbox } = open()
    const socket = sandbox.connect('/')
    sandbox.advance(0, 61_000)
    assert.equal(socket.pings, 1)
    for (let minute = 0; minute < 3; minute += 1) sandbox.advance(0, 60_000)
    assert.equal(socket.closed?.reason, 'Pong timeout')
  })
})
