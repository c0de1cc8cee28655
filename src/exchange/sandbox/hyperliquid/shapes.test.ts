/**
 * Every kind of message that the front emits, held against a recorded one (folder MARKET_DATA) or, where none was recorded,
 * against the venue's documents, written down here by hand. Compared are keys, types and nesting, never values.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { TestClient, wireOrder } from '../../../../test/support/hyperliquid-client.ts'
import { TestSandbox } from '../../../../test/support/sandbox.ts'
import { type ShapeRules, shapeDifferences } from '../../../../test/support/shape.ts'
import { createHyperliquidFront } from './hyperliquid-front.ts'

const folder = process.env['MARKET_DATA'] || undefined
const options = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}
const HOUR_MS = 3_600_000
const BTC = { coin: 'BTC' }
const CLOID = `0x${'c'.repeat(32)}`

/** A venue in which everything has happened: fills, funding, a liquidation, stops, replaced orders. */
function lively() {
  const sandbox = new TestSandbox({
    venue: 'hyperliquid',
    front: createHyperliquidFront,
    rates: [[HOUR_MS, 12_500]],
  })
  const client = new TestClient(sandbox)
  const { user } = client
  const socket = sandbox.connect('/ws')
  const streams = [
    ...['orderUpdates', 'userFills', 'userEvents', 'userFundings', 'notification', 'openOrders'],
    ...['userNonFundingLedgerUpdates', 'webData2', 'clearinghouseState', 'userHistoricalOrders'],
  ]
  for (const type of streams) socket.say({ method: 'subscribe', subscription: { type, user } })
  for (const type of ['l2Book', 'bbo', 'trades', 'activeAssetCtx']) {
    socket.say({ method: 'subscribe', subscription: { type, ...BTC } })
  }
  socket.say({ method: 'subscribe', subscription: { type: 'candle', interval: '1m', ...BTC } })
  socket.say({ method: 'subscribe', subscription: { type: 'activeAssetData', user, ...BTC } })
  for (const type of ['allMids', 'allDexsAssetCtxs']) {
    socket.say({ method: 'subscribe', subscription: { type } })
  }
  socket.say({ method: 'ping' })
  const request = { type: 'info', payload: { type: 'l2Book', ...BTC } }
  socket.say({ method: 'post', id: 1, request })
  act(client, sandbox)
  const told = new Map<string, unknown>()
  for (const message of socket.messages as { channel: string; data: unknown }[]) {
    const { channel, data } = message
    const kinds =
      channel === 'user' ? Object.keys(data as object).map((key) => `user.${key}`) : [channel]
    for (const kind of kinds) told.set(kind, message)
  }
  return { sandbox, client, user, told }
}

function act(client: TestClient, sandbox: TestSandbox): void {
  const stop = {
    ...wireOrder(false, '26000', '0.01', { r: true, c: CLOID }),
    t: { trigger: { isMarket: true, triggerPx: '28000', tpsl: 'sl' } },
  }
  client.order(
    wireOrder(true, '31000', '0.01', { tif: 'Ioc', c: CLOID.replaceAll('c', 'd') }),
    stop,
  )
  client.order(wireOrder(true, '29000', '0.01', { c: CLOID.replaceAll('c', 'e') }))
  sandbox.advance(HOUR_MS + 60_000, 8_000)
  client.exchange({ type: 'updateLeverage', asset: 1, isCross: false, leverage: 2 })
  client.order(wireOrder(false, '90', '5', { a: 1, tif: 'Ioc' }))
  sandbox.backend.intervene('liquidation', { symbol: 'SOL/USDC:USDC' })
  sandbox.deliver()
  client.order(wireOrder(false, '90', '5', { a: 1, tif: 'Ioc' }))
  sandbox.advance(60_000, 6_000)
}

type World = ReturnType<typeof lively>

interface Kind {
  /** The file of the recording, or the function of the connector's case that holds it. */
  readonly of: string
  readonly emitted: (world: World) => unknown
  /** Takes the part of the recording that is compared. */
  readonly part?: (recorded: never) => unknown
  readonly rules?: ShapeRules
}

const values = (map: unknown) => Object.values(map as object)
const info =
  (type: string, parts: object = {}) =>
  ({ client, user }: World) =>
    client.info(type, { user, ...parts })

/** Keys that the venue has added since the message was recorded. */
const NEWER_FILL = ['fee', 'tid', 'feeToken', 'twapId', 'cloid', 'liquidation']
const NEWER_ORDER = ['origSz', 'cloid', 'reduceOnly']
const NEWER_CONTEXT = ['dayBaseVlm', 'midPx', 'impactPxs', 'premium', 'prevDayPx']
const of = (path: string, keys: readonly string[]) => keys.map((key) => `${path}${key}`)
const NEWER_POSITION = of('assetPositions[].position.', [
  'cumFunding',
  'maxLeverage',
  'leverage.rawUsd',
])
const LEVELS: ShapeRules = { extra: ['levels[][].n', 'levels[][]'], anyType: [] }

const KINDS: readonly Kind[] = [
  {
    of: 'http_all_perp_metas_non_usdc_collateral.json',
    emitted: info('allPerpMetas'),
    rules: {
      optional: ['[].universe[].growthMode'],
      extra: of('[].universe[].', ['marginTableId', 'onlyIsolated', 'marginMode', 'isDelisted']),
    },
  },
  {
    of: 'http_clearinghouse_state_negative_total_raw_usd.json',
    emitted: info('clearinghouseState'),
    // A part of a message: the recording holds no more.
    rules: { extra: ['marginSummary', 'crossMaintenanceMarginUsed'] },
  },
  { of: 'http_funding_history.json', emitted: info('fundingHistory', { ...BTC, startTime: 0 }) },
  { of: 'http_l2_book_btc.json', emitted: info('l2Book', BTC), rules: LEVELS },
  { of: 'http_l2_book_snapshot.json', emitted: info('l2Book', BTC), rules: LEVELS },
  {
    of: 'http_meta_perp_sample.json',
    emitted: info('meta'),
    rules: {
      optional: ['universe[].isDelisted', 'universe[].onlyIsolated'],
      extra: ['universe[].marginTableId', 'marginTables', 'collateralToken'],
    },
  },
  { of: 'http_recent_trades_btc.json', emitted: info('recentTrades', BTC) },
  { of: 'http_spot_clearinghouse_state.json', emitted: info('spotClearinghouseState') },
  {
    of: 'http_spot_meta_non_usdc_collateral.json',
    emitted: info('spotMeta'),
    rules: { extra: of('tokens[].', ['evmContract', 'fullName', 'deployerTradingFeeShare']) },
  },
  {
    of: 'http_user_fills_dust_conversion.json',
    emitted: info('userFills'),
    rules: { extra: of('[].', ['cloid', 'liquidation']) },
  },
  {
    of: 'ws_all_dexs_asset_ctxs.json',
    emitted: ({ told }) => contextsOf(told.get('allDexsAssetCtxs')),
    part: contextsOf as never,
  },
  {
    of: 'ws_allmids.json',
    emitted: ({ told }) => midsOf(told.get('allMids')),
    part: midsOf as never,
  },
  {
    of: 'ws_book_data.json',
    emitted: ({ told }) => (told.get('l2Book') as { data: unknown }).data,
  },
  {
    of: 'ws_user_fill_liquidation.json',
    emitted: ({ told }) => told.get('user.fills'),
    rules: { optional: ['data.fills[].liquidation', 'data.fills[].cloid'] },
  },
  {
    of: 'recorded/test_get_all_mids.json',
    emitted: (world) => values(info('allMids')(world)),
    part: values as never,
  },
  {
    of: 'recorded/test_get_candles_snapshot.json',
    emitted: info('candleSnapshot', { req: { ...BTC, interval: '1m', startTime: 0 } }),
  },
  {
    of: 'recorded/test_get_frontend_open_orders.json',
    emitted: info('frontendOpenOrders'),
    // The recording merges orders with and without a trigger; only the former have no time in force.
    rules: { extra: ['[].cloid'], maybeEmpty: ['[].children'], anyType: ['[].tif'] },
  },
  {
    of: 'recorded/test_get_funding_history_1684811870000_.json',
    emitted: info('fundingHistory', { ...BTC, startTime: 0 }),
  },
  { of: 'recorded/test_get_l2_snapshot.json', emitted: info('l2Book', BTC), rules: LEVELS },
  {
    of: 'recorded/test_get_open_orders.json',
    emitted: info('openOrders'),
    rules: { extra: of('[].', NEWER_ORDER) },
  },
  {
    of: 'recorded/test_get_user_fills.json',
    emitted: info('userFills'),
    rules: { extra: of('[].', NEWER_FILL) },
  },
  {
    of: 'recorded/test_get_user_state.json',
    emitted: info('clearinghouseState'),
    rules: {
      optional: ['assetPositions[].position.maxTradeSzs'],
      extra: [...NEWER_POSITION, 'crossMaintenanceMarginUsed', 'time'],
      anyType: ['assetPositions[].position.liquidationPx'],
    },
  },
  {
    of: 'recorded/test_user_rate_limit.json',
    emitted: info('userRateLimit'),
    rules: { extra: ['nRequestsSurplus'] },
  },
  { of: 'get_ws_snapshot_msg', emitted: ({ told }) => told.get('l2Book') },
  { of: 'get_rest_snapshot_msg', emitted: info('l2Book', BTC) },
  {
    of: 'test_listen_for_trades_successful',
    emitted: ({ told }) => told.get('trades'),
    rules: { extra: ['data[].tid', 'data[].users'] },
  },
  {
    of: 'get_funding_info_rest_msg',
    emitted: (world) => (info('metaAndAssetCtxs')(world) as unknown[])[1],
    part: ((pair: readonly unknown[]) => pair[1]) as never,
    rules: { extra: of('[].', NEWER_CONTEXT) },
  },
  {
    of: 'test_listen_for_funding_info_successful',
    emitted: ({ told }) => ({ data: (told.get('activeAssetCtx') as { data: unknown }).data }),
    rules: { extra: of('data.ctx.', [...NEWER_CONTEXT, 'dayNtlVlm']) },
  },
  {
    of: 'order_creation_request_successful_mock_response',
    emitted: ({ client }) => client.order(wireOrder(true, '28000', '0.01')),
    // The number is computed by the connector's test.
    rules: { anyType: ['response.data.statuses[].resting.oid'] },
  },
  {
    of: 'balance_request_mock_response_for_base_and_quote',
    emitted: (world) => isolatedOf(info('clearinghouseState')(world)),
  },
  {
    of: '_order_cancelation_request_successful_mock_response',
    emitted: ({ client, user }) => {
      const [{ oid: o }] = client.info('openOrders', { user })
      return client.exchange({ type: 'cancel', cancels: [{ a: 0, o }] })
    },
  },
  {
    of: 'order_event_for_canceled_order_websocket_update',
    emitted: ({ told }) => told.get('orderUpdates'),
    rules: {
      anyType: ['data[].order.oid'],
      extra: ['data[].order.reduceOnly'],
      optional: ['data[].order.cloid'],
    },
  },
  {
    of: 'trade_event_for_full_fill_websocket_update',
    emitted: ({ told }) => told.get('user.fills'),
    // The connector writes the number of the trade and of the order as texts.
    rules: {
      optional: ['data.fills[].liquidationMarkPx', 'data.fills[].cloid'],
      anyType: ['data.fills[].tid', 'data.fills[].oid'],
      extra: of('data.fills[].', ['feeToken', 'twapId', 'liquidation']),
    },
  },
  {
    of: '_order_status_request_completely_filled_mock_response',
    emitted: ({ client, user }) =>
      client.info('orderStatus', { user, oid: CLOID.replaceAll('c', 'd') }),
    rules: { anyType: ['order.order.oid'] },
  },
]

function contextsOf(message: unknown): unknown {
  const { data } = message as { data: { ctxs: readonly (readonly [string, unknown])[] } }
  const [dex, contexts] = data.ctxs[0] ?? ['', []]
  return { dex, contexts }
}

function midsOf(message: unknown): unknown {
  const { channel, data } = message as { channel: string; data: { mids: object } }
  return { channel, mids: values(data.mids) }
}

function isolatedOf(state: unknown): unknown {
  const { assetPositions, ...rest } = state as {
    assetPositions: readonly { position: { leverage: { type: string } } }[]
  }
  const isolated = assetPositions.filter((one) => one.position.leverage.type === 'isolated')
  return { ...rest, assetPositions: isolated }
}

function recordingOf(name: string): never {
  const base = `${folder}/payloads/hyperliquid`
  const read = (file: string) => JSON.parse(readFileSync(`${base}/${file}`, 'utf8'))
  if (name.endsWith('.json')) return read(name) as never
  const { samples } = read('connector_cases.json')
  const found = samples.find((one: { function: string }) => one.function === name)
  return found?.payload as never
}

describe('what is emitted has the shape of what was recorded', () => {
  for (const { of: name, emitted, part = (one: never): unknown => one, rules } of KINDS) {
    test(name, options, () => {
      const recorded = part(recordingOf(name))
      const message = emitted(lively())
      assert.deepEqual(shapeDifferences(message, recorded, rules), [], JSON.stringify(message))
    })
  }

  test('at least nine of ten recorded kinds are held against it', options, () => {
    const base = `${folder}/payloads/hyperliquid`
    const files = [
      ...readdirSync(base).filter((one) => one.endsWith('.json')),
      ...readdirSync(`${base}/recorded`).map((one) => `recorded/${one}`),
    ].filter((one) => one !== 'connector_cases.json')
    const covered = files.filter((one) => KINDS.some((kind) => kind.of === one))
    assert.ok(covered.length >= 0.9 * files.length, `${covered.length} of ${files.length}`)
  })
})
