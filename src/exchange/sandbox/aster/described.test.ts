/**
 * Everything that the front says has the keys, types and nesting of the venue's documents (shapes below, in our own values),
 * and it takes what unmodified ccxt signs. The latter needs MARKET_DATA.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { AsterClient, type Fields } from '../../../../test/support/aster-client.ts'
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
    ['parameter', alter(/&signature=/, '&extra=1&signature=')],
  ]
}

// Shapes as the documents have them: futures API v3, endpoint by endpoint

const ORDER = {
  avgPrice: '0',
  clientOrderId: 'a',
  closePosition: false,
  cumQuote: '0',
  executedQty: '0',
  orderId: 1,
  origQty: '1',
  origType: 'LIMIT',
  positionSide: 'BOTH',
  price: '1',
  priceProtect: false,
  reduceOnly: false,
  side: 'BUY',
  status: 'NEW',
  stopPrice: '0',
  symbol: 'S',
  timeInForce: 'GTC',
  type: 'LIMIT',
  updateTime: 1,
  workingType: 'CONTRACT_PRICE',
}
const ACTED = { ...ORDER, cumQty: '0' }
const ASKED = { ...ORDER, time: 1 }
const DONE = { code: 200, msg: 'success' }
const REFUSED = { code: -1, msg: 'why' }
const RATE_LIMIT = { interval: 'MINUTE', intervalNum: 1, limit: 1, rateLimitType: 'ORDERS' }
const LOTS = { filterType: 'LOT_SIZE', maxQty: '1', minQty: '1', stepSize: '1' }
const SYMBOL = {
  symbol: 'S',
  pair: 'S',
  contractType: 'PERPETUAL',
  deliveryDate: 1,
  onboardDate: 1,
  status: 'TRADING',
  maintMarginPercent: '1',
  requiredMarginPercent: '1',
  baseAsset: 'B',
  quoteAsset: 'Q',
  marginAsset: 'Q',
  pricePrecision: 1,
  quantityPrecision: 1,
  baseAssetPrecision: 8,
  quotePrecision: 8,
  underlyingType: 'COIN',
  underlyingSubType: ['X'],
  settlePlan: 0,
  triggerProtect: '1',
  orderTypes: ['LIMIT'],
  timeInForce: ['GTC'],
  liquidationFee: '1',
  marketTakeBound: '1',
}
const FILTERS = [
  { filterType: 'PRICE_FILTER', maxPrice: '1', minPrice: '1', tickSize: '1' },
  LOTS,
  { ...LOTS, filterType: 'MARKET_LOT_SIZE' },
  { filterType: 'MAX_NUM_ORDERS', limit: 1 },
  { filterType: 'MAX_NUM_ALGO_ORDERS', limit: 1 },
  { filterType: 'MIN_NOTIONAL', notional: '1' },
  { filterType: 'PERCENT_PRICE', multiplierUp: '1', multiplierDown: '1', multiplierDecimal: 4 },
]
const ASSET = { asset: 'A', marginAvailable: true, autoAssetExchange: 0 }
const TRADE = { id: 1, price: '1', qty: '1', quoteQty: '1', time: 1, isBuyerMaker: true }
const AGGREGATE = { a: 1, p: '1', q: '1', f: 1, l: 1, T: 1, m: true }
const KLINE = [1, '1', '1', '1', '1', '1', 1, '1', 1, '1', '1', '1']
const PREMIUM = {
  symbol: 'S',
  markPrice: '1',
  indexPrice: '1',
  estimatedSettlePrice: '1',
  lastFundingRate: '1',
  nextFundingTime: 1,
  interestRate: '1',
  time: 1,
}
const DAY = {
  symbol: 'S',
  priceChange: '1',
  priceChangePercent: '1',
  weightedAvgPrice: '1',
  prevClosePrice: '1',
  lastPrice: '1',
  lastQty: '1',
  openPrice: '1',
  highPrice: '1',
  lowPrice: '1',
  volume: '1',
  quoteVolume: '1',
  openTime: 1,
  closeTime: 1,
  firstId: 1,
  lastId: 1,
  count: 1,
}
const BOOK_TICKER = { symbol: 'S', bidPrice: '1', bidQty: '1', askPrice: '1', askQty: '1', time: 1 }
const POSITION = {
  entryPrice: '1',
  marginType: 'cross',
  isAutoAddMargin: 'false',
  isolatedMargin: '1',
  leverage: '1',
  liquidationPrice: '1',
  markPrice: '1',
  maxNotionalValue: '1',
  positionAmt: '1',
  symbol: 'S',
  unRealizedProfit: '1',
  positionSide: 'BOTH',
  updateTime: 1,
}
const MARGINS = {
  initialMargin: '1',
  maintMargin: '1',
  positionInitialMargin: '1',
  openOrderInitialMargin: '1',
}
const ACCOUNT = {
  feeTier: 0,
  canTrade: true,
  canDeposit: true,
  canWithdraw: true,
  updateTime: 0,
  totalInitialMargin: '1',
  totalMaintMargin: '1',
  totalWalletBalance: '1',
  totalUnrealizedProfit: '1',
  totalMarginBalance: '1',
  totalPositionInitialMargin: '1',
  totalOpenOrderInitialMargin: '1',
  totalCrossWalletBalance: '1',
  totalCrossUnPnl: '1',
  availableBalance: '1',
  maxWithdrawAmount: '1',
  assets: [
    {
      ...MARGINS,
      asset: 'A',
      walletBalance: '1',
      unrealizedProfit: '1',
      marginBalance: '1',
      crossWalletBalance: '1',
      crossUnPnl: '1',
      availableBalance: '1',
      maxWithdrawAmount: '1',
      marginAvailable: true,
      updateTime: 1,
    },
  ],
  positions: [
    {
      ...MARGINS,
      symbol: 'S',
      unrealizedProfit: '1',
      leverage: '1',
      isolated: true,
      entryPrice: '1',
      maxNotional: '1',
      positionSide: 'BOTH',
      positionAmt: '1',
      updateTime: 1,
    },
  ],
}
const BALANCE = {
  accountAlias: 'a',
  asset: 'A',
  balance: '1',
  crossWalletBalance: '1',
  crossUnPnl: '1',
  availableBalance: '1',
  maxWithdrawAmount: '1',
  marginAvailable: true,
  updateTime: 1,
}
const USER_TRADE = {
  buyer: true,
  commission: '1',
  commissionAsset: 'A',
  id: 1,
  maker: true,
  orderId: 1,
  price: '1',
  qty: '1',
  quoteQty: '1',
  realizedPnl: '1',
  side: 'BUY',
  positionSide: 'BOTH',
  symbol: 'S',
  time: 1,
}
const INCOME = {
  symbol: 'S',
  incomeType: 'TRANSFER',
  income: '1',
  asset: 'A',
  info: 'x',
  time: 1,
  tranId: '1',
  tradeId: '1',
}
const BRACKETS = {
  symbol: 'S',
  brackets: [
    {
      bracket: 1,
      initialLeverage: 1,
      notionalCap: 1,
      notionalFloor: 0,
      maintMarginRatio: 1,
      cum: 0,
    },
  ],
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

const POSITION_UPDATE = {
  s: 'S',
  pa: '1',
  ep: '1',
  cr: '1',
  up: '1',
  mt: 'isolated',
  iw: '1',
  ps: 'BOTH',
}
const accountUpdate = (m: string, P: unknown) => ({
  e: 'ACCOUNT_UPDATE',
  E: 1,
  T: 1,
  a: { m, B: [{ a: 'A', wb: '1', cw: '1', bc: '1' }], P },
})
const STREAMED: Readonly<Record<string, unknown>> = {
  ORDER_TRADE_UPDATE: {
    e: 'ORDER_TRADE_UPDATE',
    E: 1,
    T: 1,
    o: {
      s: 'S',
      c: 'c',
      S: 'SELL',
      o: 'LIMIT',
      f: 'GTC',
      q: '1',
      p: '0',
      ap: '0',
      sp: '1',
      x: 'NEW',
      X: 'NEW',
      i: 1,
      l: '0',
      z: '0',
      L: '0',
      N: 'A',
      n: '0',
      T: 1,
      t: 0,
      b: '0',
      a: '0',
      m: false,
      R: false,
      wt: 'CONTRACT_PRICE',
      ot: 'LIMIT',
      ps: 'BOTH',
      cp: false,
      rp: '0',
    },
  },
  'ACCOUNT_UPDATE ORDER': accountUpdate('ORDER', [POSITION_UPDATE]),
  'ACCOUNT_UPDATE FUNDING_FEE': accountUpdate('FUNDING_FEE', []),
  ACCOUNT_CONFIG_UPDATE: { e: 'ACCOUNT_CONFIG_UPDATE', E: 1, T: 1, ac: { s: 'S', l: 25 } },
  MARGIN_CALL: {
    e: 'MARGIN_CALL',
    E: 1,
    cw: '1',
    p: [{ s: 'S', ps: 'BOTH', pa: '1', mt: 'CROSSED', iw: '0', mp: '1', up: '1', mm: '1' }],
  },
  listenKeyExpired: { e: 'listenKeyExpired', E: 1 },
  aggTrade: { e: 'aggTrade', E: 1, s: 'S', ...AGGREGATE },
  markPriceUpdate: { e: 'markPriceUpdate', E: 1, s: 'S', p: '1', i: '1', P: '1', r: '1', T: 1 },
  kline: {
    e: 'kline',
    E: 1,
    s: 'S',
    k: {
      t: 1,
      T: 1,
      s: 'S',
      i: '1m',
      f: 1,
      L: 1,
      o: '1',
      c: '1',
      h: '1',
      l: '1',
      v: '1',
      n: 1,
      x: false,
      q: '1',
      V: '1',
      Q: '1',
      B: '1',
    },
  },
  '24hrMiniTicker': {
    e: '24hrMiniTicker',
    E: 1,
    s: 'S',
    c: '1',
    o: '1',
    h: '1',
    l: '1',
    v: '1',
    q: '1',
  },
  '24hrTicker': {
    e: '24hrTicker',
    E: 1,
    s: 'S',
    p: '1',
    P: '1',
    w: '1',
    c: '1',
    Q: '1',
    o: '1',
    h: '1',
    l: '1',
    v: '1',
    q: '1',
    O: 1,
    C: 1,
    F: 1,
    L: 1,
    n: 1,
  },
  bookTicker: { e: 'bookTicker', u: 1, E: 1, T: 1, s: 'S', b: '1', B: '1', a: '1', A: '1' },
  depthUpdate: {
    e: 'depthUpdate',
    E: 1,
    T: 1,
    s: 'S',
    U: 1,
    u: 1,
    pu: 1,
    b: [['1', '1']],
    a: [['1', '1']],
  },
}

describe('what the front says (Aster)', () => {
  it('answers every request as the documents describe it', () => {
    const { sandbox, client } = open()
    for (const [method, name, fields, described] of REST) {
      const said = client.ask(method, name, fields)
      assert.deepEqual(shapeDifferences(said, described), [], `${method} ${name}`)
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
    // Falls without end: the position comes near its liquidation.
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
  for (let minute = 0; minute < 8; minute += 1) sandbox.advance(60_000)
  sandbox.advance(0, 61 * 60_000)
  return socket.messages
}

function falling(): [number, number, number, number, number][] {
  return Array.from({ length: 60 }, (_, minute) => {
    const from = 10_000 - minute * 140
    return [from, from, from - 140, from - 140, 1_000_000]
  })
}
