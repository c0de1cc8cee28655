/**
 * Everything that the front says has the keys, types and nesting of the venue's documents (shapes below, in our own values),
 * and it takes what unmodified ccxt signs. The latter needs MARKET_DATA.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { AsterClient, type Fields } from '../../../../test/support/aster-client.ts'
import {
  ACCOUNT,
  ACTED,
  AGGREGATE,
  ASKED,
  ASSET,
  BALANCE,
  BOOK_TICKER,
  BRACKETS,
  DAY,
  DONE,
  FILTERS,
  INCOME,
  KLINE,
  POSITION,
  PREMIUM,
  RATE_LIMIT,
  REFUSED,
  STREAMED,
  SYMBOL,
  TRADE,
  USER_TRADE,
} from '../../../../test/support/aster-shapes.ts'
import { TestSandbox, wave } from '../../../../test/support/sandbox.ts'
import { shapeDifferences } from '../../../../test/support/shape.ts'
import { createAsterFront } from './aster-front.ts'

const folder = process.env['MARKET_DATA'] || undefined
const needsData = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}
const FROZEN_MS = 1_700_000_000_000

interface RecordedHttp {
  readonly method: string
  readonly url: string
  readonly body?: string
}

interface Recorded {
  readonly testKeys: { readonly privateKey: string }
  readonly marketsRequests: readonly RecordedHttp[]
  readonly requests: readonly { readonly call: string; readonly http: readonly RecordedHttp[] }[]
}

const recorded = (): Recorded =>
  JSON.parse(readFileSync(join(folder ?? '', 'ccxt/requests_aster.json'), 'utf8')) as Recorded

/** The address of the recorded key: unmodified ccxt is user and signer at once. */
const RECORDED_USER = '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a'

function openRecorded(): TestSandbox {
  return new TestSandbox({
    venue: 'aster',
    front: createAsterFront,
    wallMs: FROZEN_MS,
    rows: { 'BTC/USDT:USDT': wave(650_000, 600) },
    credentials: {
      walletAddress: RECORDED_USER,
      agentAddress: RECORDED_USER,
      privateKey: recorded().testKeys.privateKey,
    },
  })
}

function codeOf(sandbox: TestSandbox, { method, url, body }: RecordedHttp): number {
  const { pathname, search } = new URL(url)
  const parts = body === undefined ? {} : { body }
  const answer = sandbox.http(method, `${pathname}${search}`, parts)
  return answer.status === 200 ? 0 : (JSON.parse(answer.body) as { code: number }).code
}

/** What the venue rightly says to a known request: no such order, no position to reduce. */
const EXPECTED: Readonly<Record<string, readonly number[]>> = {
  createOrder: [0, -2022],
  cancelOrder: [-2011],
  editOrder: [-2011, 0],
  fetchOrder: [-2013],
}

describe('requests that unmodified ccxt signs (Aster)', needsData, () => {
  const all = () => [
    ...recorded().marketsRequests.map((request) => ({ call: 'loadMarkets', request })),
    ...recorded().requests.flatMap(({ call, http }) => http.map((request) => ({ call, request }))),
  ]

  it('are accepted byte for byte', () => {
    let count = 0
    for (const { call, request } of all()) {
      const code = codeOf(openRecorded(), request)
      assert.ok((EXPECTED[call] ?? [0]).includes(code), `${call} ${request.url}: ${code}`)
      count += 1
    }
    assert.ok(count >= 30, `${count} requests`)
  })

  it('are refused when one byte of theirs has changed', () => {
    let count = 0
    const signed = all().filter(({ request }) =>
      (request.body ?? request.url).includes('signature='),
    )
    for (const { call, request } of signed) {
      for (const [what, changed] of changedOf(request)) {
        const code = codeOf(openRecorded(), changed)
        assert.ok(code === -1022 || code === -2015, `${call} ${what}: ${code}`)
        count += 1
      }
    }
    assert.ok(count > 60, `${count} changed requests`)
  })
})

/** The request with its signature, its nonce or its first own parameter changed. */
function changedOf(request: RecordedHttp): [string, RecordedHttp][] {
  const alter = (from: string | RegExp, to: string): RecordedHttp =>
    request.body === undefined
      ? { ...request, url: request.url.replace(from, to) }
      : { ...request, body: request.body.replace(from, to) }
  return [
    ['signature', alter(/signature=0x(..)/, 'signature=0x01')],
    ['nonce', alter('nonce=1700000000000000', 'nonce=1700000000000001')],
    request.url.endsWith('approveBuilder')
      ? ['parameter', alter('builderName=ccxt', 'builderName=ccxu')]
      : ['parameter', alter(/&signature=/, '&extra=1&signature=')],
  ]
}

/** Request → described answer. Methods other than GET are signed and sent as a form. */
const REST: readonly (readonly [string, string, Fields, unknown])[] = [
  ['GET', 'ping', {}, {}],
  ['GET', 'time', {}, { serverTime: 1 }],
  [
    'GET',
    'exchangeInfo',
    {},
    {
      exchangeFilters: [],
      rateLimits: [RATE_LIMIT],
      serverTime: 1,
      assets: [ASSET],
      timezone: 'UTC',
      symbols: [{ ...SYMBOL, filters: null }],
    },
  ],
  [
    'GET',
    'depth',
    { symbol: 'SOLUSDT', limit: 5 },
    {
      lastUpdateId: 1,
      E: 1,
      T: 1,
      bids: [['1', '1']],
      asks: [['1', '1']],
    },
  ],
  ['GET', 'trades', { symbol: 'SOLUSDT' }, [TRADE]],
  ['GET', 'historicalTrades', { symbol: 'SOLUSDT' }, [TRADE]],
  ['GET', 'aggTrades', { symbol: 'SOLUSDT' }, [AGGREGATE]],
  ['GET', 'klines', { symbol: 'SOLUSDT', interval: '1m' }, [KLINE]],
  ['GET', 'premiumIndex', {}, [PREMIUM]],
  ['GET', 'premiumIndex', { symbol: 'SOLUSDT' }, PREMIUM],
  [
    'GET',
    'fundingRate',
    { symbol: 'SOLUSDT' },
    [{ symbol: 'S', fundingRate: '1', fundingTime: 1 }],
  ],
  [
    'GET',
    'fundingInfo',
    {},
    [
      {
        symbol: 'S',
        interestRate: '1',
        time: 1,
        fundingIntervalHours: 8,
        fundingFeeCap: 1,
        fundingFeeFloor: 1,
      },
    ],
  ],
  ['GET', 'ticker/24hr', {}, [DAY]],
  ['GET', 'ticker/price', { symbol: 'SOLUSDT' }, { symbol: 'S', price: '1', time: 1 }],
  ['GET', 'ticker/bookTicker', {}, [BOOK_TICKER]],
  [
    'POST',
    'leverage',
    { symbol: 'SOLUSDT', leverage: 4 },
    {
      leverage: 4,
      maxNotionalValue: '1',
      symbol: 'S',
    },
  ],
  ['POST', 'marginType', { symbol: 'SOLUSDT', marginType: 'ISOLATED' }, DONE],
  ['GET', 'positionSide/dual', {}, { dualSidePosition: false }],
  ['POST', 'positionSide/dual', { dualSidePosition: 'true' }, DONE],
  ['POST', 'positionSide/dual', { dualSidePosition: 'false' }, DONE],
  ['GET', 'multiAssetsMargin', {}, { multiAssetsMargin: false }],
  ['GET', 'stpMode', {}, { stpMode: 'EXPIRE_TAKER' }],
  ['POST', 'order', { symbol: 'SOLUSDT', side: 'BUY', type: 'MARKET', quantity: '2' }, ACTED],
  ['POST', 'order', { symbol: 'SOLUSDT', side: 'SELL', type: 'MARKET', quantity: '1' }, ACTED],
  ['POST', 'batchOrders', { batchOrders: batch() }, [ACTED]],
  ['GET', 'openOrder', { symbol: 'SOLUSDT', origClientOrderId: 'one' }, ASKED],
  ['GET', 'order', { symbol: 'SOLUSDT', origClientOrderId: 'one' }, ASKED],
  [
    'PUT',
    'order',
    { symbol: 'SOLUSDT', origClientOrderId: 'one', price: '98', quantity: '2' },
    ACTED,
  ],
  ['GET', 'openOrders', {}, [ASKED]],
  ['DELETE', 'order', { symbol: 'SOLUSDT', origClientOrderId: 'one' }, ACTED],
  ['DELETE', 'batchOrders', { symbol: 'SOLUSDT', origClientOrderIdList: '["two"]' }, [ACTED]],
  ['DELETE', 'batchOrders', { symbol: 'SOLUSDT', origClientOrderIdList: '["two"]' }, [REFUSED]],
  ['DELETE', 'allOpenOrders', { symbol: 'SOLUSDT' }, { code: '200', msg: 'done' }],
  ['GET', 'allOrders', { symbol: 'SOLUSDT' }, [ASKED]],
  [
    'POST',
    'countdownCancelAll',
    { symbol: 'SOLUSDT', countdownTime: 1000 },
    {
      symbol: 'S',
      countdownTime: '1000',
    },
  ],
  ['GET', 'positionRisk', {}, [POSITION]],
  ['GET', 'balance', {}, [BALANCE]],
  ['GET', 'account', {}, ACCOUNT],
  ['GET', 'accountWithJoinMargin', {}, ACCOUNT],
  ['GET', 'userTrades', { symbol: 'SOLUSDT' }, [USER_TRADE]],
  ['GET', 'income', {}, [INCOME]],
  ['GET', 'leverageBracket', {}, [BRACKETS]],
  ['GET', 'leverageBracket', { symbol: 'SOLUSDT' }, BRACKETS],
  [
    'GET',
    'commissionRate',
    { symbol: 'SOLUSDT' },
    {
      symbol: 'S',
      makerCommissionRate: '1',
      takerCommissionRate: '1',
    },
  ],
  ['POST', 'noop', {}, DONE],
  ['POST', 'listenKey', {}, { listenKey: 'k' }],
  ['PUT', 'listenKey', {}, {}],
  ['DELETE', 'listenKey', {}, {}],
  ['GET', 'order', { symbol: 'SOLUSDT', orderId: 1 }, REFUSED],
]

function batch(): string {
  const order = {
    symbol: 'SOLUSDT',
    side: 'BUY',
    type: 'LIMIT',
    timeInForce: 'GTC',
    quantity: '1',
    price: '99',
  }
  return JSON.stringify(['one', 'two'].map((newClientOrderId) => ({ ...order, newClientOrderId })))
}

function open() {
  const rows = { 'SOL/USDT:USDT': wave(10_000, 20) }
  const sandbox = new TestSandbox({
    venue: 'aster',
    front: createAsterFront,
    rows,
    rates: [[3_600_000, 10_000]],
  })
  sandbox.advance(2 * 3_600_000)
  return { sandbox, client: new AsterClient(sandbox) }
}

describe('what the front says (Aster)', () => {
  it('answers every request as the documents describe it', () => {
    const { sandbox, client } = open()
    for (const [method, name, fields, described] of REST) {
      const said = client.ask(method, name, fields)
      // The venue tells more of a position than its documents do.
      const extra = ['[].notional', '[].isolatedWallet']
      assert.deepEqual(shapeDifferences(said, described, { extra }), [], `${method} ${name}`)
    }
    assert.ok(sandbox.account.positions().length === 1)
  })

  it('has every filter of a symbol', () => {
    const { client } = open()
    const { symbols } = client.ask('GET', 'exchangeInfo') as { symbols: { filters: Fields[] }[] }
    for (const filter of symbols[0]?.filters ?? []) {
      const described = FILTERS.find((one) => one.filterType === filter['filterType'])
      assert.deepEqual(shapeDifferences(filter, described), [])
    }
    assert.equal(symbols[0]?.filters.length, FILTERS.length)
  })

  it('streams every event as the documents describe it', () => {
    const heard = new Set<string>()
    for (const message of streamed()) {
      const data = message as Fields
      const reason = (data['a'] as Fields | undefined)?.['m']
      const name = data['e'] === 'ACCOUNT_UPDATE' ? `ACCOUNT_UPDATE ${reason}` : String(data['e'])
      heard.add(name)
      const described = STREAMED[name]
      assert.ok(described, name)
      // Told with a commission only.
      const optional = ['o.N', 'o.n']
      assert.deepEqual(shapeDifferences(data, described, { optional }), [], name)
    }
    assert.deepEqual([...heard].sort(), Object.keys(STREAMED).sort())
  })
})

/** One of everything that streams. */
function streamed(): readonly unknown[] {
  const sandbox = new TestSandbox({
    venue: 'aster',
    front: createAsterFront,
    rows: { 'SOL/USDT:USDT': falling() },
    rates: [[60_000, 10_000]],
    deposit: 100 * 100_000_000,
  })
  const client = new AsterClient(sandbox)
  const { listenKey } = client.ask('POST', 'listenKey') as { listenKey: string }
  const names = [
    'aggTrade',
    'markPrice',
    'kline_1m',
    'ticker',
    'miniTicker',
    'bookTicker',
    'depth5',
    'depth',
  ]
  const socket = sandbox.connect('/ws')
  socket.say({
    method: 'SUBSCRIBE',
    params: [...names.map((one) => `solusdt@${one}`), listenKey],
    id: 1,
  })
  socket.take()
  client.ask('POST', 'leverage', { symbol: 'SOLUSDT', leverage: 10 })
  client.ask('POST', 'order', { symbol: 'SOLUSDT', side: 'BUY', type: 'MARKET', quantity: '8' })
  for (let minute = 0; minute < 30; minute += 1) {
    socket.connection?.onPong()
    sandbox.advance(60_000)
  }
  sandbox.advance(0, 61 * 60_000)
  return socket.messages
}

/** Quickly near the liquidation, then slowly through the margin call. */
function falling(): [number, number, number, number, number][] {
  let from = 10_000
  return Array.from({ length: 60 }, (_, minute) => {
    const open1 = from
    from -= minute < 8 ? 140 : 4
    return [open1, open1, from, from, 1_000_000]
  })
}
