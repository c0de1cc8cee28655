/** What the venue has said, in recorded messages (need MARKET_DATA) and in ones written from its documents. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { cashFact, fundingFact } from './cash.ts'
import { BASE_FEES, MarketTable } from './instruments.ts'
import { bookOf, candleOf, readMessage, subscriptionKey } from './messages.ts'
import { isRaw, type Raw, rowsOf } from './raw.ts'
import { balanceOf, fillFact, lookupOf, openOrdersOf, positionsOf, statusOf } from './reports.ts'
import { budgetOf } from './requests.ts'

const base = process.env['MARKET_DATA'] || undefined
const recorded = base === undefined ? { skip: 'MARKET_DATA is not set' } : {}
const folder = `${base}/payloads/hyperliquid`
const load = (name: string): unknown => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'))

const USER = '0x31ca8395cf837de08b24da3f660e77761dfb974b'

/** Sizes as the venue has them; what is not listed has one decimal. */
const SIZES: Readonly<Record<string, number>> = {
  BTC: 5,
  ETH: 4,
  SOL: 2,
  ATOM: 2,
  BNB: 3,
  DYDX: 1,
  INJ: 1,
  LTC: 2,
  AVAX: 2,
  BCH: 3,
  kPEPE: 0,
  GMX: 2,
  AAVE: 2,
  COMP: 2,
  MKR: 4,
  kSHIB: 0,
  CFX: 0,
  DOGE: 0,
  XRP: 0,
  HPOS: 0,
  STX: 1,
  RNDR: 1,
}

function tableOf(coins: Iterable<string>): MarketTable {
  const universe = [...new Set(coins)].map((name) => ({
    name,
    szDecimals: SIZES[name] ?? 1,
    maxLeverage: 20,
  }))
  return new MarketTable({ universe }, BASE_FEES)
}

const coinsOf = (rows: readonly Raw[]): string[] => rows.map((row) => String(row['coin']))
const perps = (coins: string[]): string[] => coins.filter((coin) => !/[@/]/.test(coin))

describe('recorded messages of hyperliquid', recorded, () => {
  test('fills: price, size, fee, side, and an id of their own each', () => {
    const rows = rowsOf(load('recorded/test_get_user_fills.json'), 'fills')
    const table = tableOf(coinsOf(rows))
    const facts = rows.map((row) => fillFact(table, row, USER))
    assert.ok(facts.length > 300)
    assert.ok(facts.every((fact) => fact?.kind === 'fill' && fact.fill.quantity > 0))
    assert.equal(new Set(facts.map((fact) => fact?.key)).size, facts.length)
    const [first] = facts
    assert.ok(first?.kind === 'fill')
    assert.equal(first.fill.side, 'sell')
    assert.equal(first.fill.price, 131_890)
    assert.equal(first.fill.quantity, 1427)
    assert.equal(first.fill.isMaker, false)
    assert.equal(first.fill.clientId, null)
  })

  test('spot fills and dust are not of this account', () => {
    const rows = rowsOf(load('http_user_fills_dust_conversion.json'), 'fills')
    const table = tableOf(perps(coinsOf(rows)))
    const facts = rows.map((row) => fillFact(table, row, USER))
    const known = facts.filter((fact) => fact !== null)
    assert.equal(known.length, perps(coinsOf(rows)).length)
    assert.ok(known.length < rows.length)
    const [arb] = known
    assert.ok(arb?.kind === 'fill')
    assert.equal(arb.key, 'fill:1782526679879-17679709382320')
    assert.equal(arb.fill.isMaker, true)
  })

  test('a fill against somebody who is liquidated is no liquidation of ours', () => {
    const message = load('ws_user_fill_liquidation.json')
    const table = tableOf(['BTC'])
    const told = readMessage({ table, user: USER }, message)
    assert.ok(told.kind === 'facts')
    const [fact] = told.facts
    assert.ok(fact?.kind === 'fill')
    assert.equal(fact.isLiquidation, false)
    assert.equal(fact.fill.clientId, '0xe8d5fd7ebbb4c3cff4d1803472a11463')
    assert.equal(fact.fill.fee, 999_700)
    const victim = '0x360878D351f05975e25f1807a27895e1e5e004fb'.toLowerCase()
    const ours = readMessage({ table, user: victim }, message)
    assert.ok(
      ours.kind === 'facts' && ours.facts[0]?.kind === 'fill' && ours.facts[0].isLiquidation,
    )
  })

  test('open orders with their triggers', () => {
    const orders = openOrdersOf(
      tableOf(['INJ']),
      load('recorded/test_get_frontend_open_orders.json'),
    )
    assert.deepEqual(
      orders.map(({ clientId, request }) => [
        clientId,
        request.side,
        request.kind,
        request.price,
        request.quantity,
        request.isReduceOnly,
        request.trigger,
      ]),
      [
        [
          'venue:3184595907',
          'sell',
          'market',
          null,
          125,
          true,
          { kind: 'take_profit', price: 1_000_400, by: 'mark' },
        ],
        [
          'venue:3184595906',
          'sell',
          'market',
          null,
          125,
          true,
          { kind: 'stop', price: 999_500, by: 'mark' },
        ],
        ['venue:3184595905', 'buy', 'limit', 1_000_000, 125, false, null],
      ],
    )
    const plain = rowsOf(load('recorded/test_get_open_orders.json'), 'orders')
    const all = openOrdersOf(tableOf(coinsOf(plain)), plain)
    assert.equal(all.length, plain.length)
    assert.ok(all.every(({ status, quantityFilled }) => status === 'open' && quantityFilled === 0))
  })

  test('positions: lots and exactly what was paid for them', () => {
    const state = load('recorded/test_get_user_state.json') as {
      assetPositions: { position: Raw }[]
    }
    const table = tableOf(state.assetPositions.map(({ position }) => String(position['coin'])))
    const positions = positionsOf(table, state)
    const [btc] = positions
    assert.equal(btc?.quantity, -785)
    // -0.00785 · 26,951.0
    assert.equal(btc?.cost, -21_156_535_000)
    const held = state.assetPositions.filter(({ position }) => Number(position['szi']) !== 0)
    assert.equal(positions.length, held.length)
    const balance = balanceOf(state)
    const profit = state.assetPositions.reduce((sum, { position }) => {
      return sum + Math.round(Number(position['unrealizedPnl']) * 1e8)
    }, 0)
    assert.equal(balance.equity - balance.balance, profit)
  })

  test('an account whose raw dollars are negative has its equity', () => {
    const balance = balanceOf(load('http_clearinghouse_state_negative_total_raw_usd.json'))
    assert.equal(balance.equity, 173_603_087_500)
    assert.equal(balance.balance, balance.equity)
  })

  test('candles, books, contracts, contexts', () => {
    const candles = rowsOf(load('recorded/test_get_candles_snapshot.json'), 'candles')
    const pepe = tableOf(['kPEPE']).ofSymbol('KPEPE/USDC:USDC')
    const [first] = candles.map((row) => candleOf(pepe, row))
    assert.equal(first?.open, 1601)
    assert.equal(first?.openAt, 1_684_699_200_000)
    const files = [
      'http_l2_book_btc.json',
      'http_l2_book_snapshot.json',
      'ws_book_data.json',
      'recorded/test_get_l2_snapshot.json',
    ]
    for (const file of files) {
      const told = bookOf({ table: tableOf(['BTC', 'DYDX']), user: USER }, load(file))
      assert.ok(told.kind === 'price', file)
      const { bid, ask, bidQuantity } = told.news.price
      assert.ok(bid !== undefined && ask !== undefined && bid < ask && (bidQuantity ?? 0) > 0, file)
    }
    const table = new MarketTable(load('http_meta_perp_sample.json'), BASE_FEES)
    assert.equal(table.ofSymbol('ETH/USDC:USDC').instrument.quantityDecimals, 4)
    const metas = rowsOf(load('http_all_perp_metas_non_usdc_collateral.json'), 'metas')
    assert.deepEqual(
      metas.map((meta) => new MarketTable(meta, BASE_FEES).ofCoin('BTC') !== null),
      [true, false, false],
    )
  })

  test('the budget of an address, also one that is over it', () => {
    const state = budgetOf(load('recorded/test_user_rate_limit.json'))
    assert.equal(state.isLow, false)
    assert.equal(budgetOf({ nRequestsCap: 10_000, nRequestsUsed: 9500 }).isLow, true)
    assert.equal(budgetOf({ nRequestsCap: 10_000, nRequestsUsed: 12_000 }).used, 10_000)
  })

  /** Not asked for and not subscribed: spot, all mids, public trades, funding rates, other exchanges' contexts. */
  const OUT_OF_SCOPE = [
    'http_funding_history.json',
    'http_recent_trades_btc.json',
    'http_spot_clearinghouse_state.json',
    'http_spot_meta_non_usdc_collateral.json',
    'recorded/test_get_all_mids.json',
    'recorded/test_get_funding_history_1684811870000_.json',
    'ws_all_dexs_asset_ctxs.json',
    'ws_allmids.json',
  ]

  test('every recorded file is understood above, or named as out of scope', () => {
    const files = [
      ...readdirSync(folder).filter((name) => name.endsWith('.json')),
      ...readdirSync(`${folder}/recorded`).map((name) => `recorded/${name}`),
    ]
    const own = readFileSync(new URL(import.meta.url), 'utf8')
    assert.deepEqual(
      files.filter((file) => !own.includes(`'${file}'`)),
      [],
    )
    for (const file of OUT_OF_SCOPE) {
      const told = readMessage({ table: tableOf(['BTC']), user: USER }, load(file))
      assert.equal(told.kind, 'nothing', file)
    }
  })

  test('every message of the connectors that a socket can say is read or left alone', () => {
    const { samples } = load('connector_cases.json') as { samples: { payload: unknown }[] }
    const context = { table: tableOf(['BTC', 'ETH']), user: USER }
    const kinds = new Map<string, number>()
    for (const { payload } of samples) {
      // `<<…>>` stands for what the test of the connector computes.
      const text = JSON.stringify(payload).replace(/"<<[^"]*(?:amount|price|sz)[^"]*>>"/g, '"1"')
      const message: unknown = JSON.parse(text.replace(/"<<[^"]*>>"/g, '"1"'))
      const told = readMessage(context, message).kind
      kinds.set(told, (kinds.get(told) ?? 0) + 1)
    }
    assert.ok((kinds.get('facts') ?? 0) >= 5, JSON.stringify([...kinds]))
    assert.ok((kinds.get('price') ?? 0) >= 3, JSON.stringify([...kinds]))
  })
})

describe('orders of hyperliquid', () => {
  const table = tableOf(['BTC'])
  const row = (part: object = {}) => ({
    coin: 'BTC',
    side: 'B',
    limitPx: '65000.0',
    sz: '0.004',
    origSz: '0.01',
    oid: 77,
    timestamp: 1,
    triggerCondition: 'N/A',
    isTrigger: false,
    triggerPx: '0.0',
    children: [],
    isPositionTpsl: false,
    reduceOnly: false,
    orderType: 'Limit',
    tif: 'Alo',
    cloid: `0x${'a'.repeat(32)}`,
    ...part,
  })
  const lookup = (status: string, part: object = {}) =>
    lookupOf(table, { status: 'order', order: { order: row(part), status, statusTimestamp: 2 } })

  test('each way to end has its status and its reason', () => {
    const canceled = [
      'marginCanceled',
      'reduceOnlyCanceled',
      'liquidatedCanceled',
      'siblingFilledCanceled',
      'selfTradeCanceled',
      'openInterestCapCanceled',
      'delistedCanceled',
      'vaultWithdrawalCanceled',
      'scheduledCancel',
    ]
    for (const status of canceled) {
      const order = lookup(status)
      assert.equal(order?.status, 'canceled', status)
      assert.equal(order?.reason, status)
      assert.equal(order?.quantityFilled, 600)
    }
    for (const status of ['tickRejected', 'badAloPxRejected', 'iocCancelRejected', 'rejected'])
      assert.equal(lookup(status)?.status, 'rejected', status)
    assert.equal(lookup('canceled')?.reason, null)
    assert.equal(lookup('triggered')?.status, 'open')
    assert.throws(() => statusOf('newStatus'), /not a known status/)
  })

  test('what is filled is the original size less what is left', () => {
    assert.equal(lookup('open')?.quantityFilled, 600)
    assert.equal(lookup('filled', { sz: '0.0' })?.quantityFilled, 1000)
    assert.equal(lookup('filled', { sz: '0.01' })?.quantityFilled, 1000)
    assert.equal(lookup('iocCancelRejected', { sz: '0.01' })?.quantityFilled, 0)
    assert.equal(lookup('open')?.request.isPostOnly, true)
    assert.equal(lookup('open', { tif: 'Ioc' })?.request.timeInForce, 'ioc')
  })

  test('a position order has no size of its own', () => {
    const part = {
      isPositionTpsl: true,
      isTrigger: true,
      triggerPx: '60000.0',
      orderType: 'Stop Market',
      tif: null,
      reduceOnly: true,
      sz: '0.0',
      origSz: '0.0',
    }
    const order = lookup('open', part)
    assert.equal(order?.request.quantity, 'position')
    assert.equal(order?.request.price, null)
    assert.deepEqual(order?.request.trigger, { kind: 'stop', price: 600_000, by: 'mark' })
  })

  test('an id that the venue does not know is null, and only then', () => {
    assert.equal(lookupOf(table, { status: 'unknownOid' }), null)
    assert.throws(() => lookupOf(table, { status: 'ok' }), /cannot be read/)
    assert.throws(() => lookupOf(table, 'Bad Gateway'), /cannot be read/)
  })

  test('the status of an order comes once under one key', () => {
    const data = [{ order: row(), status: 'marginCanceled', statusTimestamp: 1_700_000_000_000 }]
    const told = readMessage({ table, user: USER }, { channel: 'orderUpdates', data })
    assert.ok(told.kind === 'facts')
    const key = `order:0x${'a'.repeat(32)}:canceled:600`
    assert.deepEqual(
      told.facts.map((fact) => fact.key),
      [key],
    )
  })
})

describe('money of hyperliquid', () => {
  const table = tableOf(['ETH'])
  const at = 1_700_000_000_000

  test('funding of the stream and of the query is one payment, named by its hour', () => {
    const fields = { coin: 'ETH', usdc: '-3.625312', szi: '49.1477', fundingRate: '0.0000417' }
    const asked = fundingFact(table, {
      time: 1_681_222_254_710,
      delta: { type: 'funding', ...fields },
    })
    const told = fundingFact(table, { time: 1_681_222_254_710, ...fields })
    assert.deepEqual(asked, told)
    assert.ok(asked?.kind === 'funding')
    assert.equal(asked.at, 1_681_221_600_000)
    assert.equal(asked.key, `funding:hyperliquid:ETH/USDC:USDC:${asked.at}`)
    assert.equal(asked.amount, -362_531_200)
    assert.equal(asked.rate, 4170)
    assert.equal(asked.position, 491_477)
  })

  test('deposits, withdrawals and transfers move money, notes do not', () => {
    const moved = (delta: object): number | null => {
      const fact = cashFact({ time: at, hash: '0x1', delta }, USER)
      return fact?.kind === 'cash' ? fact.amount / 1e8 : null
    }
    assert.equal(moved({ type: 'deposit', usdc: '100.5' }), 100.5)
    assert.equal(moved({ type: 'withdraw', usdc: '99.0', nonce: 1, fee: '1.0' }), -100)
    assert.equal(moved({ type: 'accountClassTransfer', usdc: '50.0', toPerp: false }), -50)
    assert.equal(moved({ type: 'accountClassTransfer', usdc: '50.0', toPerp: true }), 50)
    const other = `0x${'9'.repeat(40)}`
    const transfer = { type: 'internalTransfer', usdc: '10.0', fee: '1.0' }
    assert.equal(moved({ ...transfer, user: other, destination: USER }), 10)
    assert.equal(moved({ ...transfer, user: USER, destination: other }), -11)
    const sub = { type: 'subAccountTransfer', usdc: '7.0', user: USER }
    assert.equal(moved({ ...sub, destination: other }), -7)
    const send = { type: 'send', token: 'USDC', amount: '5.0', fee: '0.0', user: USER }
    const toSpot = { destination: USER, sourceDex: '', destinationDex: 'spot' }
    assert.equal(moved({ ...send, ...toSpot }), -5)
    assert.equal(moved({ ...send, ...toSpot, sourceDex: 'spot', destinationDex: '' }), 5)
    assert.equal(moved({ type: 'liquidation', liquidatedNtlPos: '1' }), null)
    assert.equal(moved({ type: 'spotTransfer', token: 'PURR', amount: '1' }), null)
  })

  test('snapshots of a subscription are the past, which queries tell', () => {
    const context = { table, user: USER }
    const fill = {
      coin: 'ETH',
      px: '2091.3',
      sz: '0.01',
      side: 'B',
      time: at,
      tid: 1,
      oid: 2,
      startPosition: '0.0',
      dir: 'Open Long',
      hash: '0x1',
      crossed: true,
      fee: '0.005228',
    }
    const message = (isSnapshot: boolean) => ({
      channel: 'userFills',
      data: { isSnapshot, user: USER, fills: [fill] },
    })
    assert.equal(readMessage(context, message(true)).kind, 'nothing')
    assert.equal(readMessage(context, message(false)).kind, 'facts')
    const odd = { ...fill, feeToken: 'HYPE' }
    const told = readMessage(context, { channel: 'user', data: { fills: [odd] } })
    assert.ok(told.kind === 'facts' && told.facts[0]?.kind === 'fill')
    assert.equal(told.facts[0].fill.fee, 0)
    assert.match(told.warning ?? '', /fee in HYPE/)
  })

  test('a fill belongs to the liquidation of whom it names', () => {
    const fill = {
      coin: 'ETH',
      px: '2091.3',
      sz: '0.01',
      side: 'A',
      time: at,
      tid: 1,
      oid: 2,
      crossed: false,
      startPosition: '0.0',
      dir: 'Open Short',
      hash: '0x1',
      fee: '0.005228',
    }
    const isForced = (liquidatedUser: string, dir = fill.dir) => {
      const fact = fillFact(table, { ...fill, dir, liquidation: { liquidatedUser } }, USER)
      return fact?.kind === 'fill' && fact.isLiquidation
    }
    assert.equal(isForced(`0x${'9'.repeat(40)}`), false)
    assert.equal(isForced(USER.toUpperCase().replace('0X', '0x')), true)
    assert.equal(isForced(`0x${'9'.repeat(40)}`, 'Auto-Deleveraging'), true)
  })

  test('a liquidation of ours and a refused subscription mean: ask everything', () => {
    const context = { table, user: USER }
    const data = { liquidation: { liquidated_user: USER } }
    assert.equal(readMessage(context, { channel: 'user', data }).kind, 'gap')
    const other = { liquidation: { liquidated_user: '0x1' } }
    assert.equal(readMessage(context, { channel: 'user', data: other }).kind, 'nothing')
    const error = (text: string) => readMessage(context, { channel: 'error', data: text }).kind
    assert.equal(error('Invalid subscription {"type":"userFills"}'), 'gap')
    assert.equal(error('Already subscribed: {"type":"userFills"}'), 'nothing')
    assert.equal(isRaw([]), false)
  })

  test('a confirmation belongs to its subscription whatever the venue adds', () => {
    const subscription = { type: 'candle', coin: 'BTC', interval: '1m' }
    const data = { method: 'subscribe', subscription: { ...subscription, nSigFigs: null } }
    const told = readMessage({ table, user: USER }, { channel: 'subscriptionResponse', data })
    assert.deepEqual(told, { kind: 'subscribed', key: subscriptionKey(subscription) })
  })
})
