import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type OkxAnswer as Answer,
  OKX_BTC as BTC,
  OkxClient,
} from '../../../../test/support/okx-client.ts'
import type { TestSandboxOptions } from '../../../../test/support/sandbox.ts'

type Row = Record<string, string>

describe('what OKX refuses', () => {
  const refused = (change: Row, options: Partial<TestSandboxOptions> = {}) => {
    const client = new OkxClient(options)
    return [client.get('account/balance', change).code, client.status]
  }
  const cases: readonly (readonly [string, Row, string])[] = [
    ['no key', { 'OK-ACCESS-KEY': '' }, '50103'],
    ['no passphrase', { 'OK-ACCESS-PASSPHRASE': '' }, '50104'],
    ['no signature', { 'OK-ACCESS-SIGN': '' }, '50106'],
    ['no time', { 'OK-ACCESS-TIMESTAMP': '' }, '50107'],
    ['an unknown key', { 'OK-ACCESS-KEY': 'nobody' }, '50111'],
    ['a wrong passphrase', { 'OK-ACCESS-PASSPHRASE': 'wrong' }, '50105'],
    ['a wrong signature', { 'OK-ACCESS-SIGN': 'AAAA' }, '50113'],
    ['an unreadable time', { 'OK-ACCESS-TIMESTAMP': '1700000000' }, '50112'],
    ['a time of 31 s ago', { 'OK-ACCESS-TIMESTAMP': '2023-11-14T22:12:49.000Z' }, '50102'],
    ['a key of the demo account', { 'x-simulated-trading': '1' }, '50101'],
  ]
  for (const [name, change, code] of cases) {
    it(name, () => assert.deepEqual(refused(change), [code, 401]))
  }

  it('a body that was changed after it was signed', () => {
    const client = new OkxClient()
    const target = '/api/v5/trade/order'
    const body = JSON.stringify({
      instId: BTC,
      tdMode: 'cross',
      side: 'buy',
      ordType: 'market',
      sz: '1',
    })
    const headers = client.headers('POST', target, body)
    const answer = client.sandbox.http('POST', target, {
      headers,
      body: body.replace('"1"', '"2"'),
    })
    assert.equal((JSON.parse(answer.body) as Answer).code, '50113')
    assert.equal(client.sandbox.account.positions().length, 0)
  })

  const orders: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    ['an unknown contract', { instId: 'NOPE-USDT-SWAP' }, '51001'],
    ['no side', { side: '' }, '50014'],
    ['a side that is none', { side: 'up' }, '51000'],
    ['a margin mode that is none', { tdMode: 'cash' }, '51000'],
    ['a kind of order that is none', { ordType: 'gtc' }, '51000'],
    ['a client id with a dash', { clOrdId: 'a-1' }, '51000'],
    ['a client id of 33 letters', { clOrdId: 'a'.repeat(33) }, '51000'],
    ['a price between the ticks', { px: '29000.05' }, '51000'],
    ['a size between the lots', { sz: '0.00012' }, '51121'],
    ['a size below the least', { sz: '0.001' }, '51020'],
    ['no size', { sz: '0' }, '51000'],
    ['more than the margin carries', { sz: '10000' }, '51008'],
    ['a reduction of nothing', { reduceOnly: true, side: 'sell', px: '31000' }, '51169'],
    ['a side of the position in net mode', { posSide: 'long' }, '51000'],
  ]
  it('but what closes may be smaller than the least, so that no position stays for ever', () => {
    const client = new OkxClient()
    const market = { ordType: 'market', px: undefined }
    assert.equal(client.place({ ...market, sz: '1' }).data[0]?.['sCode'], '0')
    const small = { ...market, side: 'sell', sz: '0.001' }
    assert.equal(client.place(small).data[0]?.['sCode'], '51020')
    assert.equal(client.place({ ...small, reduceOnly: true }).data[0]?.['sCode'], '0')
    assert.equal(client.get('account/positions').data[0]?.['pos'], '0.999')
  })
  for (const [name, parts, code] of orders) {
    it(name, () => {
      const client = new OkxClient()
      const answer = client.place(parts)
      assert.equal(answer.code, '1')
      assert.equal(answer.data[0]?.['sCode'], code)
      assert.equal(client.sandbox.account.openOrders().length, 0)
    })
  }

  it('an id that was used, also after the order is over', () => {
    const client = new OkxClient()
    client.place({ clOrdId: 'twice' })
    assert.equal(client.place({ clOrdId: 'twice' }).data[0]?.['sCode'], '51016')
    client.ask('POST', 'trade/cancel-order', { instId: BTC, clOrdId: 'twice' })
    assert.equal(client.place({ clOrdId: 'twice' }).data[0]?.['sCode'], '51016')
  })

  it('an order whose time has run out', () => {
    const client = new OkxClient()
    const late = { expTime: String(client.sandbox.wallMs - 1) }
    assert.equal(client.place({}, late).code, '50036')
    const early = { expTime: String(client.sandbox.wallMs + 1000) }
    assert.equal(client.place({}, early).code, '0')
  })

  it('what comes too often', () => {
    const client = new OkxClient({ hasRateLimits: true })
    const codes = Array.from({ length: 11 }, () => client.get('account/balance').code)
    assert.deepEqual([codes.at(9), codes.at(10), client.status], ['0', '50011', 429])
    client.sandbox.advance(2000)
    assert.equal(client.get('account/balance').code, '0')
  })

  it('a cancel of what is not open', () => {
    const client = new OkxClient()
    const cancel = (parts: object) =>
      client.ask('POST', 'trade/cancel-order', { instId: BTC, ...parts }).data[0]?.['sCode']
    assert.equal(cancel({ clOrdId: 'none' }), '51400')
    client.place({ clOrdId: 'one' })
    assert.equal(cancel({ clOrdId: 'one' }), '0')
    assert.equal(cancel({ clOrdId: 'one' }), '51401')
    assert.equal(client.get(`trade/order?instId=${BTC}&clOrdId=none`).code, '51603')
  })

  it('orders of the two-way mode', () => {
    const client = new OkxClient()
    client.ask('POST', 'account/set-position-mode', { posMode: 'long_short_mode' })
    assert.equal(client.get('account/config').data[0]?.['posMode'], 'long_short_mode')
    assert.equal(client.place().data[0]?.['sCode'], '51000')
  })
})

describe('an order at OKX', () => {
  it('rests, is told, is found, is canceled', () => {
    const client = new OkxClient()
    const socket = client.stream('private')
    socket.say({ op: 'subscribe', args: [{ channel: 'orders', instType: 'SWAP' }] })
    socket.take()
    const placed = client.place({ clOrdId: 'rest1' })
    const ordId = placed.data[0]?.['ordId']
    const told = socket.take() as { data: Row[] }[]
    assert.deepEqual(
      told.map(({ data }) => [data[0]?.['state'], data[0]?.['ordId']]),
      [['live', ordId]],
    )
    const [found] = client.get(`trade/order?instId=${BTC}&clOrdId=rest1`).data
    assert.deepEqual([found?.['state'], found?.['sz'], found?.['px']], ['live', '1', '29000'])
    assert.equal(client.get('trade/orders-pending?instType=SWAP').data.length, 1)
    client.ask('POST', 'trade/cancel-order', { instId: BTC, ordId })
    const [canceled] = socket.take() as { data: Row[] }[]
    assert.equal(canceled?.data[0]?.['state'], 'canceled')
    assert.equal(client.get('trade/orders-history?instType=SWAP').data.length, 1)
  })

  it('fills, pays its fee, and moves position and balance', () => {
    const client = new OkxClient()
    const socket = client.stream('private')
    for (const channel of ['orders', 'positions', 'account']) {
      socket.say({ op: 'subscribe', args: [{ channel, instType: 'SWAP' }] })
    }
    socket.take()
    client.place({ clOrdId: 'm1', ordType: 'market', px: '' })
    const told = socket.take() as { arg: Row; data: Row[] }[]
    const orders = told.filter(({ arg }) => arg['channel'] === 'orders')
    assert.deepEqual(
      orders.map(({ data }) => data[0]?.['state']),
      ['live', 'filled'],
    )
    assert.equal(orders[1]?.data[0]?.['fillFee'], '-0.1497')
    assert.deepEqual(
      told.filter(({ arg }) => arg['channel'] === 'positions').map(({ data }) => data[0]?.['pos']),
      ['1'],
    )
    const [fill] = client.get('trade/fills?instType=SWAP').data
    assert.deepEqual([fill?.['fillSz'], fill?.['fee'], fill?.['execType']], ['1', '-0.1497', 'T'])
    assert.equal(client.get('account/positions').data[0]?.['avgPx'], '29940')
  })

  it('that is post-only and would take is accepted and canceled', () => {
    const client = new OkxClient()
    assert.equal(client.place({ ordType: 'post_only', px: '31000', clOrdId: 'p1' }).code, '0')
    const [row] = client.get(`trade/order?instId=${BTC}&clOrdId=p1`).data
    assert.deepEqual([row?.['state'], row?.['cancelSource']], ['canceled', '31'])
    assert.equal(client.sandbox.account.positions().length, 0)
  })

  it('in a batch is answered for itself', () => {
    const client = new OkxClient()
    const order = {
      instId: BTC,
      tdMode: 'cross',
      side: 'buy',
      ordType: 'limit',
      px: '29000',
      sz: '1',
    }
    const batch = [order, { ...order, sz: '0.0001' }, { ...order, clOrdId: 'third' }]
    const answer = client.ask('POST', 'trade/batch-orders', batch)
    assert.equal(answer.code, '2')
    assert.deepEqual(
      answer.data.map((row) => row['sCode']),
      ['0', '51121', '0'],
    )
    assert.equal(answer.data[2]?.['clOrdId'], 'third')
  })

  it('is amended under its number, and goes on as it was when that is refused', () => {
    const client = new OkxClient()
    const [placed] = client.place({ clOrdId: 'am1' }).data
    const amend = (parts: object) =>
      client.ask('POST', 'trade/amend-order', { instId: BTC, clOrdId: 'am1', ...parts }).data[0]
    assert.deepEqual(
      [amend({ newPx: '28500', newSz: '2' })?.['sCode'], amend({})?.['sCode']],
      ['0', '50014'],
    )
    const seen = () => {
      const [row] = client.get(`trade/order?instId=${BTC}&clOrdId=am1`).data
      return [row?.['ordId'], row?.['px'], row?.['sz'], row?.['state']]
    }
    assert.deepEqual(seen(), [placed?.['ordId'], '28500', '2', 'live'])
    assert.equal(amend({ newSz: '100000' })?.['sCode'], '51008')
    assert.deepEqual(seen(), [placed?.['ordId'], '28500', '2', 'live'])
    assert.equal(client.sandbox.account.openOrders().length, 1)
    assert.equal(amend({ newPx: '31000' })?.['sCode'], '0')
    assert.equal(seen()[3], 'filled')
    assert.equal(amend({ newPx: '29000' })?.['sCode'], '51510')
    assert.equal(client.sandbox.account.positions()[0]?.quantity, 2000)
  })

  it('as a stop waits, fires, closes the position, and is told on both streams', () => {
    const client = new OkxClient()
    client.place({ ordType: 'market', px: '' })
    const business = client.stream('business')
    business.say({ op: 'subscribe', args: [{ channel: 'orders-algo', instType: 'SWAP' }] })
    business.take()
    const stop = {
      instId: BTC,
      tdMode: 'cross',
      side: 'sell',
      ordType: 'conditional',
      closeFraction: '1',
    }
    const high = { ...stop, slTriggerPx: '31000', slOrdPx: '-1', reduceOnly: true }
    assert.equal(client.ask('POST', 'trade/order-algo', high).data[0]?.['sCode'], '51280')
    const right = {
      ...stop,
      tpTriggerPx: '30050',
      tpOrdPx: '-1',
      reduceOnly: true,
      algoClOrdId: 'tp1',
    }
    assert.equal(client.ask('POST', 'trade/order-algo', right).code, '0')
    assert.equal(client.get('trade/orders-algo-pending?ordType=conditional').data.length, 1)
    client.sandbox.advance(60_000)
    const states = (business.take() as { arg: Row; data: Row[] }[]).map(
      ({ data }) => data[0]?.['state'],
    )
    assert.deepEqual([states[0], states.at(-1)], ['live', 'effective'])
    assert.equal(client.sandbox.account.positions().length, 0)
    const [row] = client.get('trade/orders-history?instType=SWAP').data
    assert.deepEqual([row?.['algoClOrdId'], row?.['state']], ['tp1', 'filled'])
    assert.equal(client.get(`trade/order?instId=${BTC}&ordId=${row?.['ordId']}`).code, '0')
  })

  it('is canceled when the dead-man switch runs out, a stop is not', () => {
    const client = new OkxClient()
    client.place({ ordType: 'market', px: '' })
    client.place({ px: '28000' })
    const stop = { instId: BTC, tdMode: 'cross', side: 'sell', ordType: 'conditional', sz: '1' }
    client.ask('POST', 'trade/order-algo', {
      ...stop,
      slTriggerPx: '28000',
      slOrdPx: '-1',
      reduceOnly: true,
    })
    assert.equal(client.ask('POST', 'trade/cancel-all-after', { timeOut: '5' }).code, '51000')
    assert.equal(client.ask('POST', 'trade/cancel-all-after', { timeOut: '10' }).code, '0')
    client.sandbox.advance(9000)
    assert.equal(client.sandbox.account.openOrders().length, 2)
    client.sandbox.advance(2000)
    assert.deepEqual(
      client.sandbox.account.openOrders().map((one) => one.extra['algo']),
      ['conditional'],
    )
  })
})

describe('a stream of OKX', () => {
  it('answers ping, refuses what needs a login, and closes when nothing is said', () => {
    const client = new OkxClient()
    const socket = client.sandbox.connect('/ws/v5/private')
    socket.say('ping')
    socket.say({ op: 'subscribe', args: [{ channel: 'account' }] })
    const [pong, error] = socket.take() as [string, Row]
    assert.deepEqual([pong, error['event'], error['code']], ['pong', 'error', '60011'])
    client.sandbox.advance(32_000)
    assert.equal(socket.closed?.code, 4004)
  })

  it('chains the messages of a book, with a checksum that fits', () => {
    const client = new OkxClient()
    const socket = client.stream('public')
    socket.say({ op: 'subscribe', args: [{ channel: 'books', instId: BTC }] })
    client.sandbox.advance(5000)
    client.sandbox.tick('BTC/USDT:USDT')
    client.sandbox.advance(5000)
    client.sandbox.tick('BTC/USDT:USDT')
    const books = socket.take().slice(1) as {
      action: string
      data: { seqId: number; prevSeqId: number }[]
    }[]
    assert.deepEqual(
      books.map(({ action }) => action),
      ['snapshot', 'update', 'update'],
    )
    assert.equal(books[0]?.data[0]?.prevSeqId, -1)
    assert.equal(books[1]?.data[0]?.prevSeqId, books[0]?.data[0]?.seqId)
    assert.equal(books[2]?.data[0]?.prevSeqId, books[1]?.data[0]?.seqId)
  })

  it('confirms a candle once it has closed', () => {
    const client = new OkxClient()
    const socket = client.stream('business')
    socket.say({ op: 'subscribe', args: [{ channel: 'candle1m', instId: BTC }] })
    socket.take()
    client.sandbox.advance(120_000)
    const rows = (socket.take() as { data: string[][] }[]).flatMap(({ data }) => data)
    assert.equal(rows.filter((row) => row[8] === '1').length, 2)
  })
})
