/** OKX's front against what unmodified clients send and what the venue was recorded to answer. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { OKX_BTC, OkxClient } from '../support/okx-client.ts'
import { type ShapeRules, shapeDifferences } from '../support/shape.ts'

const folder = process.env['MARKET_DATA'] || undefined
const options = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}

const read = (path: string): unknown =>
  JSON.parse(readFileSync(join(folder ?? '', path), 'utf8')) as unknown

interface Recorded {
  readonly method: string
  readonly url: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

describe('what ccxt signs is taken byte for byte', options, () => {
  const file = () =>
    read('ccxt/requests_okx.json') as {
      readonly frozenTimeMs: number
      readonly requests: readonly { readonly call: string; readonly http: readonly Recorded[] }[]
    }
  const credentials = { apiKey: 'key', secretKey: 'secret', passphrase: 'pass' }

  const codeOf = (
    { method, url, headers, body = '' }: Recorded,
    change = (text: string) => text,
  ) => {
    const client = new OkxClient({ credentials, wallMs: file().frozenTimeMs })
    const target = url.slice('https://www.okx.com'.length)
    const answer = client.sandbox.http(method, target, {
      headers: headers ?? {},
      body: change(body ?? ''),
    })
    return (JSON.parse(answer.body) as { code: string }).code
  }

  it('each request passes the check of its signature', () => {
    const all = file().requests.flatMap(({ call, http }) => http.map((one) => ({ call, one })))
    assert.ok(all.length >= 18)
    for (const { call, one } of all) {
      const code = codeOf(one)
      assert.ok(!/^50(1|0)/.test(code), `${call} ${one.url} was refused with ${code}`)
    }
  })

  it('a changed byte is refused', () => {
    for (const { http } of file().requests) {
      for (const one of http.filter(({ headers }) => headers?.['OK-ACCESS-SIGN'])) {
        if (one.body)
          assert.equal(
            codeOf(one, (text) => `${text} `),
            '50113',
          )
        const changed = { ...one, url: `${one.url}${one.url.includes('?') ? '&' : '?'}a=1` }
        assert.equal(codeOf(changed), '50113')
      }
    }
  })
})

/** A client that has traded: an order that rests, one that is filled, a stop, a position, funding. */
function traded(): OkxClient {
  const client = new OkxClient({ rates: [[120_000, 10_000]] })
  client.place({ ordType: 'market', px: '', clOrdId: 'filled1' })
  client.place({ clOrdId: 'rests1' })
  client.sandbox.advance(300_000)
  return client
}

const stopOf = (parts: object) => ({
  instId: OKX_BTC,
  tdMode: 'cross',
  side: 'sell',
  ...parts,
})
const SL = { ordType: 'conditional', slTriggerPx: '28000', slOrdPx: '-1', slTriggerPxType: 'last' }
const TRIGGER = { ordType: 'trigger', triggerPx: '28000', ordPx: '-1', sz: '1', reduceOnly: true }

/** The last message of a channel after something was done. */
function heard(
  kind: 'public' | 'private' | 'business',
  arg: Readonly<Record<string, string>>,
  act: (client: OkxClient) => void = () => {},
  pick: (message: { readonly data: readonly Record<string, unknown>[] }) => boolean = () => true,
): unknown {
  const client = traded()
  const socket = client.stream(kind)
  socket.say({ op: 'subscribe', args: [arg] })
  act(client)
  const messages = socket.take() as { data?: readonly Record<string, unknown>[] }[]
  return messages.findLast((one) => one.data !== undefined && pick({ data: one.data }))
}

const get = (path: string) => () => traded().get(path)
const post = (path: string, input: unknown) => () => traded().ask('POST', path, input)
const withStop = (path: string, parts: object) => () => {
  const client = traded()
  client.ask('POST', 'trade/order-algo', stopOf(parts))
  return client.get(path)
}
const orders =
  (act: (client: OkxClient) => void, arg = { channel: 'orders', instType: 'SWAP' }) =>
  () =>
    heard('private', arg, act)
const fault = (kind: 'liquidation' | 'adl') => (client: OkxClient) => {
  client.sandbox.backend.intervene(kind, {})
  client.sandbox.deliver()
}

/** Fields of the stream of orders that the documents and the second recording have and the first does not. */
const ORDER_EXTRA: ShapeRules = {
  extra: [
    'arg.uid',
    ...[
      'amendResult',
      'code',
      'fillFee',
      'fillFeeCcy',
      'fillNotionalUsd',
      'msg',
      'notionalUsd',
      'reqId',
    ].map((name) => `data[].${name}`),
  ],
}
const NEW_BALANCE = ['coinUsdPrice', 'colBorrAutoConversion', 'collateralRestrict'].map(
  (name) => `data[].details[].${name}`,
)
const INSTRUMENT_EXTRA = [
  'auctionEndTime',
  'contTdSwTime',
  'futureSettlement',
  'instIdCode',
  'maxPlatOILmt',
  'openType',
  'posLmtAmt',
  'posLmtPct',
  'preMktSwTime',
  'tradeQuoteCcyList',
].map((name) => `data[].${name}`)

type Case = readonly [file: string, make: () => unknown, rules?: ShapeRules]

const CASES: readonly Case[] = [
  ['http_get_instruments_swap', get('public/instruments?instType=SWAP')],
  ['http_get_trades', get(`market/trades?instId=${OKX_BTC}`)],
  ['http_get_candlesticks', get(`market/candles?instId=${OKX_BTC}&bar=1m`)],
  ['http_get_candlesticks_full', get(`market/candles?instId=${OKX_BTC}&bar=5m`)],
  ['http_get_mark_price', get(`public/mark-price?instType=SWAP&instId=${OKX_BTC}`)],
  ['http_get_index_price', get('market/index-tickers?instId=BTC-USDT')],
  ['http_get_order_book', get(`market/books?instId=${OKX_BTC}&sz=5`)],
  ['http_get_funding_rate_history', get(`public/funding-rate-history?instId=${OKX_BTC}`)],
  [
    'http_get_position_tiers',
    get('public/position-tiers?instType=SWAP&tdMode=cross&instFamily=BTC-USDT'),
  ],
  ['http_get_account_balance', get('account/balance')],
  ['http_get_positions', get('account/positions')],
  ['http_get_trade_fee_response', get('account/trade-fee?instType=SWAP')],
  ['http_set_position_mode_response', post('account/set-position-mode', { posMode: 'net_mode' })],
  ['http_get_orders_history', get('trade/orders-history?instType=SWAP')],
  ['http_get_orders_pending', get('trade/orders-pending')],
  ['http_place_order_response', () => traded().place().data[0]],
  [
    'http_transaction_detail',
    () => traded().get('trade/fills').data[0],
    { extra: ['subType', 'tag', 'fillPnl', 'posSide', 'fillTime'] },
  ],
  [
    'http_place_algo_order_response',
    post('trade/order-algo', stopOf(TRIGGER)),
    { extra: ['data[].clOrdId', 'data[].tag'] },
  ],
  [
    'http_place_algo_order_rejected',
    post('trade/order-algo', stopOf({ ...TRIGGER, triggerPx: 'x' })),
    { extra: ['data[].clOrdId', 'data[].tag'] },
  ],
  [
    'http_cancel_algo_order_response',
    () => {
      const client = traded()
      const [placed] = client.ask('POST', 'trade/order-algo', stopOf(TRIGGER)).data
      const wanted = [{ instId: OKX_BTC, algoId: placed?.['algoId'] }]
      return client.ask('POST', 'trade/cancel-algos', wanted)
    },
    { extra: ['data[].algoClOrdId', 'data[].clOrdId', 'data[].tag'] },
  ],
  ['http_get_orders_algo_pending', withStop('trade/orders-algo-pending?ordType=trigger', TRIGGER)],
  [
    'http_get_orders_algo_pending_close_fraction',
    withStop('trade/orders-algo-pending?ordType=conditional', { ...SL, closeFraction: '1' }),
  ],
  [
    'http_get_orders_algo_history',
    () => {
      const client = traded()
      client.ask('POST', 'trade/order-algo', stopOf({ ...TRIGGER, triggerPx: '30050' }))
      client.sandbox.advance(120_000)
      return client.get('trade/orders-algo-history?ordType=trigger')
    },
  ],
  [
    'ws_account',
    () => heard('private', { channel: 'account' }),
    { optional: ['data[].availEq', ...NEW_BALANCE] },
  ],
  ['ws_orders', orders((client) => void client.place({ ordType: 'market', px: '' })), ORDER_EXTRA],
  ['ws_orders_liquidation', orders(fault('liquidation')), ORDER_EXTRA],
  ['ws_orders_adl', orders(fault('adl')), ORDER_EXTRA],
  [
    'ws_orders_optimal_limit_ioc',
    orders((client) => void client.place({ ordType: 'optimal_limit_ioc' })),
    ORDER_EXTRA,
  ],
  [
    'ws_orders_fok',
    orders((client) => void client.place({ ordType: 'fok', px: '31000' })),
    ORDER_EXTRA,
  ],
  [
    'ws_orders_ioc',
    orders((client) => void client.place({ ordType: 'ioc', px: '31000' })),
    ORDER_EXTRA,
  ],
  [
    'ws_orders_trigger',
    orders((client) => {
      client.ask('POST', 'trade/order-algo', stopOf({ ...TRIGGER, triggerPx: '30050' }))
      client.sandbox.advance(120_000)
    }),
    {
      extra: [
        ...(ORDER_EXTRA.extra ?? []),
        ...['algoClOrdId', 'algoId', 'attachAlgoClOrdId', 'attachAlgoOrds'].map(
          (name) => `data[].${name}`,
        ),
      ],
    },
  ],
  [
    'ws_orders_algo',
    () =>
      heard('business', { channel: 'orders-algo', instType: 'SWAP' }, (client) => {
        client.ask('POST', 'trade/order-algo', stopOf(TRIGGER))
      }),
    { extra: ['arg.uid'] },
  ],
  ['ws_bbo_tbt', () => heard('public', { channel: 'bbo-tbt', instId: OKX_BTC })],
  ['ws_books_snapshot', () => heard('public', { channel: 'books', instId: OKX_BTC })],
  [
    'ws_books_update',
    () =>
      heard('public', { channel: 'books', instId: OKX_BTC }, (client) => {
        client.sandbox.advance(25_000)
        client.sandbox.tick('BTC/USDT:USDT')
      }),
  ],
  ['ws_candle', () => heard('business', { channel: 'candle1D', instId: OKX_BTC })],
  ['ws_tickers', () => heard('public', { channel: 'tickers', instId: OKX_BTC })],
  ['ws_trades', () => heard('public', { channel: 'trades', instId: OKX_BTC })],
  [
    'ws_funding_rate',
    () => heard('public', { channel: 'funding-rate', instId: OKX_BTC }),
    {
      extra: [
        'instType',
        'method',
        'maxFundingRate',
        'minFundingRate',
        'settFundingRate',
        'settState',
      ].map((name) => `data[].${name}`),
    },
  ],
  [
    'ws_instruments',
    () => heard('public', { channel: 'instruments', instType: 'SWAP' }),
    { extra: INSTRUMENT_EXTRA },
  ],
]

/** Recorded kinds about perpetual contracts that the front does not speak, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  http_balance_detail_old_fields: 'a part of http_get_account_balance with fewer fields',
  http_balance_detail_new_fields: 'a part of ws_account',
  'http_get_account_positions-history':
    'closed positions: our programs ask fills and bills instead',
  ws_account_empty: 'an account without money: those of the sandbox begin with a deposit',
}
/** What is about spot, margin loans, spreads, options and dated futures, or is no message. */
const OF_OTHERS =
  /spread|sprd|opt(ion|_summary)|futures|spot|margin|transaction_detail_empty_fee|common_optional|connector_cases|with_attached_tp_sl|attached_oco/

describe('each message has the keys, types and nesting of a recorded one', options, () => {
  for (const [file, make, rules = {}] of CASES) {
    it(file, () => {
      assert.deepEqual(shapeDifferences(make(), read(`payloads/okx/${file}.json`), rules), [])
    })
  }

  it('nine of ten recorded kinds about perpetual contracts are spoken', async () => {
    const { readdirSync } = await import('node:fs')
    const all = readdirSync(join(folder ?? '', 'payloads/okx')).map((name) =>
      name.replace('.json', ''),
    )
    const ours = all.filter((name) => !OF_OTHERS.test(name))
    const spoken = ours.filter((name) => CASES.some(([file]) => file === name))
    const missing = ours.filter((name) => !spoken.includes(name))
    assert.deepEqual(missing.sort(), Object.keys(LEFT_OUT).sort())
    assert.ok(spoken.length / ours.length >= 0.9, `${spoken.length} of ${ours.length}`)
  })
})
