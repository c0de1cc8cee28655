/** What Aster's answers and messages mean, and what they do not prove; messages are those of the venue's documents. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { dialectParts, Heard, type OpenBudget } from '../../../../test/support/live-parts.ts'
import { Wire, type WireAnswer, type WireRequest } from '../../../../test/support/wire.ts'
import { price, quantity, ratio } from '../../../domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../../../domain/order.ts'
import { VenueError } from '../../../ports/venue.ts'
import type { WireOrder } from '../live/dialect.ts'
import { AsterDialect } from './dialect.ts'
import { errorKind } from './errors.ts'
import { instrumentOf } from './instruments.ts'
import { orderForm, placedBatch } from './orders.ts'
import { incomeFact, orderEventFacts, orderReport, positionReport, tradeFact } from './reports.ts'
import type { OrderEvent, OrderRow, SymbolRow, TradeRow } from './rows.ts'
import { LISTEN_KEY_MS } from './streams.ts'

const NOW_MS = 1_700_000_000_000
const SYMBOL = 'BTC/USDT:USDT'
const KEY = `0x${'11'.repeat(32)}`
const MAIN = '0x2222222222222222222222222222222222222222'

const ROW: SymbolRow = {
  symbol: 'BTCUSDT',
  contractType: 'PERPETUAL',
  status: 'TRADING',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  liquidationFee: '0.012500',
  filters: [
    { filterType: 'PRICE_FILTER', tickSize: '0.10' },
    { filterType: 'LOT_SIZE', stepSize: '0.001', minQty: '0.001' },
    { filterType: 'MIN_NOTIONAL', notional: '5' },
  ],
}
const BRACKETS = [
  { notionalFloor: 10_000, initialLeverage: 50, maintMarginRatio: 0.01 },
  { notionalFloor: 0, initialLeverage: 75, maintMarginRatio: 0.0065 },
]
const btc = instrumentOf(ROW, {
  fees: { maker: ratio(10_000), taker: ratio(35_000) },
  brackets: BRACKETS,
  fundingIntervalMs: 28_800_000,
})
const id = (text: string) => text as ClientOrderId
const request: OrderRequest = {
  instrument: btc.id,
  side: 'buy',
  kind: 'limit',
  price: price(650_000),
  quantity: quantity(10),
  timeInForce: 'gtc',
  isPostOnly: false,
  isReduceOnly: false,
  trigger: null,
}
const wire = (part: Partial<OrderRequest> = {}, clientId = 'pf1'): WireOrder => ({
  clientId: id(clientId),
  instrument: btc,
  request: { ...request, ...part },
  expiresAt: NOW_MS + 5000,
})
const form = (part: Partial<OrderRequest>) => orderForm('BTCUSDT', wire(part))

describe('orders for aster', () => {
  test('what is sent for each kind', () => {
    const base = { symbol: 'BTCUSDT', side: 'BUY', newClientOrderId: 'pf1' }
    const limit = { ...base, type: 'LIMIT', quantity: '0.01', price: '65000' }
    const end = { newOrderRespType: 'RESULT' }
    assert.deepEqual(form({}), { ...limit, timeInForce: 'GTC', ...end })
    assert.deepEqual(form({ isPostOnly: true }), { ...limit, timeInForce: 'GTX', ...end })
    assert.deepEqual(form({ timeInForce: 'ioc' }), { ...limit, timeInForce: 'IOC', ...end })
    const market = { kind: 'market', price: null, side: 'sell', isReduceOnly: true } as const
    const sell = { ...base, side: 'SELL' }
    assert.deepEqual(form(market), {
      ...sell,
      type: 'MARKET',
      quantity: '0.01',
      reduceOnly: 'true',
      ...end,
    })
    const trigger = { kind: 'take_profit', price: price(700_000), by: 'mark' } as const
    assert.deepEqual(form({ ...market, quantity: 'position', trigger }), {
      ...sell,
      type: 'TAKE_PROFIT_MARKET',
      stopPrice: '70000',
      workingType: 'MARK_PRICE',
      closePosition: 'true',
      ...end,
    })
    const stop = { kind: 'stop', price: price(600_000), by: 'last' } as const
    assert.equal(form({ trigger: stop })['type'], 'STOP')
    assert.equal(form({ trigger: stop })['workingType'], 'CONTRACT_PRICE')
    assert.throws(() => form({ quantity: 'position' }), VenueError)
    assert.throws(() => orderForm('BTCUSDT', wire({}, 'a b')), VenueError)
  })

  test('of a batch, a row that is missing says nothing of anybody', () => {
    const row = { orderId: 1, clientOrderId: 'pf1', status: 'NEW', executedQty: '0' }
    const error = { code: -2022, msg: 'ReduceOnly Order is rejected.' }
    const orders = [wire({}, 'pf1'), wire({}, 'pf2')]
    const kinds = (answer: unknown) => placedBatch(orders, answer).map(({ kind }) => kind)
    assert.deepEqual(kinds([row, error]), ['accepted', 'rejected'])
    assert.deepEqual(kinds([row]), ['accepted', 'unknown'])
    assert.deepEqual(kinds([error]), ['unknown', 'unknown'])
    assert.deepEqual(kinds([row, { code: -1007 }]), ['accepted', 'unknown'])
    assert.deepEqual(kinds('<html>'), ['unknown', 'unknown'])
  })
})

describe('refusals of aster', () => {
  test('what each proves', () => {
    const kinds = (pairs: readonly (readonly [number, number | null])[]) =>
      pairs.map(([status, code]) => errorKind(status, code))
    const proven = [-2010, -2019, -2022, -4164, -5022, -1111, -2013, -1020]
    assert.deepEqual(
      kinds(proven.map((code) => [400, code])),
      proven.map(() => 'rejected'),
    )
    const unknown = [-1000, -1001, -1006, -1007, -1010, -4083]
    assert.deepEqual(
      kinds(unknown.map((code) => [400, code])),
      unknown.map(() => 'unknown'),
    )
    assert.deepEqual(
      kinds([
        [503, null],
        [502, null],
        [503, -2010],
        [403, null],
        [429, -1003],
        [418, null],
        [400, -1015],
        [503, -1016],
        [400, -4225],
        [401, -2015],
        [400, -1022],
      ]),
      [
        'unknown',
        'unknown',
        'unknown',
        'unknown',
        'rate_limited',
        'rate_limited',
        'rate_limited',
        'unavailable',
        'unavailable',
        'credential',
        'credential',
      ],
    )
  })
})

describe('contracts of aster', () => {
  test('filters, brackets and fees', () => {
    assert.deepEqual(
      [btc.priceDecimals, btc.quantityDecimals, btc.quantityMin, btc.notionalMin],
      [1, 3, 1, 500_000_000],
    )
    assert.deepEqual(
      btc.marginTiers.map(({ leverageMax, maintenanceRate }) => [leverageMax, maintenanceRate]),
      [
        [75, 650_000],
        [50, 1_000_000],
      ],
    )
    assert.equal(btc.marginTiers[1]?.maintenanceAmount, 35 * 1e8)
    assert.equal(btc.liquidationFee, 1_250_000)
    const none = instrumentOf(ROW, {
      fees: { maker: ratio(0), taker: ratio(0) },
      brackets: [],
      fundingIntervalMs: 1,
    })
    assert.equal(none.marginTiers[0]?.leverageMax, 1)
  })
})

const TRADE: TradeRow = {
  symbol: 'BTCUSDT',
  id: 698759,
  orderId: 25851813,
  side: 'SELL',
  price: '7819.0',
  qty: '0.002',
  commission: '-0.07819010',
  commissionAsset: 'USDT',
  maker: false,
  time: 1_569_514_978_020,
}
const EVENT: OrderEvent = {
  s: 'BTCUSDT',
  c: 'TEST',
  S: 'SELL',
  x: 'TRADE',
  X: 'PARTIALLY_FILLED',
  i: 25851813,
  l: '0.002',
  z: '0.004',
  L: '7819.0',
  N: 'USDT',
  n: '0.07819010',
  T: 1_569_514_978_020,
  t: 698759,
  m: false,
}

describe('reports of aster', () => {
  test('a fill by stream and by history is one fill, and what is paid is a fee whatever its sign', () => {
    const [told, order] = orderEventFacts(btc, EVENT)
    assert.deepEqual(told, tradeFact(btc, TRADE, 'TEST'))
    assert.ok(told?.kind === 'fill' && told.fill.fee === 7_819_010)
    assert.equal(order?.key, 'order:TEST:open:4')
    assert.notEqual(told?.key, tradeFact(btc, { ...TRADE, orderId: 1 }, 'TEST').key)
  })

  test('liquidations and auto-deleveraging are told, under names of their own', () => {
    for (const c of ['autoclose-1', 'adl_autoclose']) {
      const [fill] = orderEventFacts(btc, { ...EVENT, c })
      assert.ok(fill?.kind === 'fill' && fill.isLiquidation)
      assert.equal(fill.fill.clientId, 'venue:25851813')
    }
  })

  test('an order of the documents', () => {
    const row: OrderRow = {
      symbol: 'BTCUSDT',
      orderId: 1917641,
      clientOrderId: 'abc',
      status: 'NEW',
      side: 'SELL',
      type: 'STOP_MARKET',
      origType: 'STOP_MARKET',
      price: '0',
      origQty: '0',
      executedQty: '0',
      timeInForce: 'GTC',
      reduceOnly: true,
      closePosition: true,
      stopPrice: '9300',
      workingType: 'CONTRACT_PRICE',
    }
    const report = orderReport(btc, row)
    assert.equal(report.request.quantity, 'position')
    assert.deepEqual(report.request.trigger, { kind: 'stop', price: 93_000, by: 'last' })
    assert.throws(() => orderReport(btc, { ...row, status: 'SOMETHING' }), VenueError)
  })

  test('income: funding, cash, and what fills tell', () => {
    const row = {
      symbol: '',
      incomeType: 'TRANSFER',
      income: '-0.37500000',
      asset: 'USDT',
      time: 1_570_608_000_000,
      tranId: '9689322392',
    }
    const cash = incomeFact(null, row, 'USDT')
    assert.ok(cash?.kind === 'cash' && cash.amount === -37_500_000)
    assert.equal(cash.key, 'cash:TRANSFER:9689322392')
    assert.equal(
      incomeFact(btc, { ...row, symbol: 'BTCUSDT', incomeType: 'COMMISSION' }, 'USDT'),
      null,
    )
    const funding = incomeFact(
      btc,
      { ...row, symbol: 'BTCUSDT', incomeType: 'FUNDING_FEE' },
      'USDT',
    )
    assert.equal(funding?.key, `funding:${btc.id}:1570608000000`)
    const coin = incomeFact(null, { ...row, asset: 'BNB' }, 'USDT')
    assert.ok(coin?.kind === 'cash' && coin.amount === 0)
  })

  test('a position costs its entry times its size', () => {
    const row = {
      symbol: 'BTCUSDT',
      positionAmt: '-10.000',
      entryPrice: '6563.66500',
      positionSide: 'BOTH',
    }
    assert.deepEqual(positionReport(btc, row), {
      instrument: btc.id,
      quantity: -10_000,
      cost: -6_563_665_000_000,
    })
  })
})

// Over a socket

const json = (body: unknown, status = 200, headers = {}): WireAnswer => ({
  status,
  headers,
  body: JSON.stringify(body),
})

const ANSWERS: Readonly<Record<string, WireAnswer>> = {
  'GET time': json({ serverTime: NOW_MS }),
  'GET exchangeInfo': json({ symbols: [ROW] }),
  'GET leverageBracket': json([{ symbol: 'BTCUSDT', brackets: BRACKETS }]),
  'GET fundingInfo': json([{ symbol: 'BTCUSDT', fundingIntervalHours: 4 }]),
  'GET dual': json({ dualSidePosition: false }),
  'GET accountWithJoinMargin': json({
    canTrade: true,
    assets: [{ asset: 'USDT', walletBalance: '23.72469206', marginBalance: '23.5' }],
  }),
  'GET commissionRate': json({ makerCommissionRate: '0.0001', takerCommissionRate: '0.00035' }),
  'GET price': json({ price: '65000' }),
  'GET premiumIndex': json({ markPrice: '65000.12345678' }),
  'POST listenKey': json({ listenKey: 'abc' }),
  'PUT listenKey': json({}),
}

describe('a dialect of aster', { timeout: 30_000 }, () => {
  let venue: Wire
  let dialect: AsterDialect
  let heard: Heard
  let budget: OpenBudget
  let answers: Record<string, WireAnswer | ((one: WireRequest) => WireAnswer)>
  let keepAlive: (() => void) | null

  beforeEach(async () => {
    answers = { ...ANSWERS }
    venue = await Wire.open({
      http: (one) => {
        const answer =
          answers[`${one.method} ${one.target.split('?')[0]?.split('/').at(-1)}`] ?? json([])
        return typeof answer === 'function' ? answer(one) : answer
      },
    })
    const parts = dialectParts(venue, { walletAddress: MAIN, privateKey: KEY }, () => NOW_MS)
    keepAlive = null
    const every = (intervalMs: number, callback: () => void) => {
      if (intervalMs !== LISTEN_KEY_MS) return parts.clock.every(intervalMs, callback)
      keepAlive = callback
      return () => {
        keepAlive = null
      }
    }
    budget = parts.budget
    dialect = new AsterDialect({ ...parts, clock: { ...parts.clock, every } })
    heard = new Heard()
  })
  afterEach(async () => {
    await dialect.close()
    await venue.close()
  })

  const listen = async () => {
    await dialect.open()
    await dialect.instrument(SYMBOL)
    dialect.listen(heard)
    await heard.until(() => heard.live.length > 0)
  }

  test('the facts of an account; hedge mode is refused', async () => {
    const facts = await dialect.open()
    assert.deepEqual([facts.fingerprint, facts.canWithdraw, facts.warnings], [MAIN, null, []])
    assert.deepEqual(await dialect.balance(), {
      settle: 'USDT',
      equity: 2_350_000_000,
      balance: 2_372_469_206,
    })
    const { instrument, price: now } = await dialect.instrument(SYMBOL)
    assert.deepEqual([instrument.makerFee, instrument.fundingIntervalMs], [10_000, 14_400_000])
    assert.deepEqual(now, { last: 650_000, mark: 650_001 })
    answers['GET dual'] = json({ dualSidePosition: true })
    await assert.rejects(
      dialect.open(),
      (error) => error instanceof VenueError && error.kind === 'rejected',
    )
  })

  test('no request names a builder', async () => {
    await listen()
    await dialect.place([wire()])
    assert.ok(venue.requests.length > 8)
    assert.ok(
      venue.requests.every(({ target, body }) => !/builder|approve|feeRate/i.test(target + body)),
    )
  })

  test('the venue says how much of its limit is used, and when to stop', async () => {
    await dialect.open()
    answers['GET positionRisk'] = json([], 200, { 'X-MBX-USED-WEIGHT-1M': '731' })
    await dialect.positions()
    // 731 of 2400: the 600 that may leave at once are still there. 2300: a hundred are.
    assert.deepEqual(budget.use, [['aster:weight', 0]])
    answers['GET positionRisk'] = json([], 200, { 'X-MBX-USED-WEIGHT-1M': '2300' })
    await dialect.positions()
    assert.deepEqual(budget.use.at(-1), ['aster:weight', 500])
    answers['GET positionRisk'] = json({ code: -1003, msg: '' }, 429, { 'Retry-After': '7' })
    await assert.rejects(dialect.positions(), VenueError)
    assert.deepEqual(budget.blocked[0], ['aster:weight', 7000])
    answers['GET positionRisk'] = { status: 418, body: '' }
    await assert.rejects(dialect.positions(), VenueError)
    assert.ok(budget.blocked.some(([, forMs]) => forMs === 120_000))
  })

  test('not found needs the venue word; an error is never an absence', async () => {
    await dialect.open()
    answers['GET order'] = json({ code: -2013, msg: 'Order does not exist.' }, 400)
    assert.equal(await dialect.lookup(btc, id('pf1')), null)
    for (const answer of [
      json({ code: -1000, msg: '' }, 400),
      json({ code: -2013, msg: '' }, 503),
      { status: 404, body: 'not here' },
      { status: 200, body: '<html>' },
    ]) {
      answers['GET order'] = answer
      await assert.rejects(dialect.lookup(btc, id('pf1')), VenueError)
    }
  })

  test('a placement without an answer that proves something is unknown', async () => {
    await dialect.open()
    let placed = 0
    const place = async (answer: WireAnswer) => {
      answers['POST order'] = answer
      return (await dialect.place([wire({}, `pf${placed++}`)]))[0]?.kind
    }
    assert.equal(await place(json({ code: -2019, msg: '' }, 400)), 'rejected')
    assert.equal(await place(json({ code: -1000, msg: '' }, 400)), 'unknown')
    assert.equal(await place(json({ code: -1006, msg: '' }, 500)), 'unknown')
    assert.equal(await place({ status: 503, body: '' }), 'unknown')
    assert.equal(await place({ status: 200, body: '<html>' }), 'unknown')
  })

  test('the listen key is renewed, and a lost one is a new stream', async () => {
    await listen()
    assert.equal(LISTEN_KEY_MS, 25 * 60_000)
    keepAlive?.()
    venue.tell({ e: 'listenKeyExpired', E: 1 })
    await heard.until(() => heard.gaps.length === 1 && heard.live.length === 2)
    assert.equal(venue.sent('PUT', '/fapi/v3/listenKey').length, 1)
    assert.equal(venue.sent('POST', '/fapi/v3/listenKey').length, 2)
    answers['PUT listenKey'] = json({ code: -1125, msg: '' }, 400)
    keepAlive?.()
    await heard.until(() => heard.gaps.length === 2 && heard.live.length === 3)
    assert.match(heard.gaps[1] ?? '', /could not be renewed/)
  })

  test('states count in the order of the venue, fills always', async () => {
    await listen()
    const say = (E: number, part: Partial<OrderEvent>) =>
      venue.tell({ e: 'ORDER_TRADE_UPDATE', E, T: E, o: { ...EVENT, ...part } })
    say(20, { X: 'FILLED', t: 2, z: '0.004' })
    say(10, { X: 'PARTIALLY_FILLED', t: 1, z: '0.002' })
    await heard.until(() => heard.keys('fill').length === 2)
    assert.deepEqual(heard.keys('order'), ['order:TEST:filled:4'])
  })

  test('fills of the history get our ids from the orders', async () => {
    await dialect.open()
    answers['GET income'] = json([
      {
        symbol: 'BTCUSDT',
        incomeType: 'COMMISSION',
        income: '-0.01',
        asset: 'USDT',
        time: NOW_MS,
        tranId: 1,
      },
    ])
    answers['GET userTrades'] = json([
      { ...TRADE, time: NOW_MS },
      { ...TRADE, id: 7, orderId: 9, time: NOW_MS },
    ])
    answers['GET allOrders'] = json([
      { orderId: 9, clientOrderId: 'pf9' },
      { orderId: 25851813, clientOrderId: 'pf8' },
    ])
    const facts = await dialect.factsSince(NOW_MS - 1000)
    assert.deepEqual(facts.map((fact) => fact.kind === 'fill' && fact.fill.clientId).sort(), [
      'pf8',
      'pf9',
    ])
  })
})
