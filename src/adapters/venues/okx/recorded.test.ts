/**
 * Against recorded messages and exact requests: `MARKET_DATA=… node --test recorded.test.ts`. The folder is not part of the
 * repository; without it these tests are skipped.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { price } from '../../../domain/money.ts'
import { CCXT_OPTIONS, loadCcxtClass } from '../live/ccxt-class.ts'
import { type OkxExchange, okxClass, type Row, type StreamMessage } from './exchange.ts'
import { type Contract, contractsFrom, feesFrom, tiersFrom } from './instruments.ts'
import { placedFrom } from './orders.ts'
import { clientIdOf, fillFact, orderFrom, positionFrom, stopFrom, stopOf } from './reports.ts'

const folder = process.env['MARKET_DATA'] || undefined
const options = folder === undefined ? { skip: 'MARKET_DATA is not set' } : {}

const read = <T>(...path: string[]): T =>
  JSON.parse(readFileSync(join(folder ?? '', ...path), 'utf8')) as T
const rows = (name: string): readonly Row[] =>
  read<{ data: Row[] }>('payloads', 'okx', `${name}.json`).data

const contracts = (): Map<string, Contract> => contractsFrom(rows('http_get_instruments_swap'))

/** Some messages are older than the recorded lot sizes: they count in finer lots. */
function contractOf(row: Row): Contract {
  const found = [...contracts().values()].find((one) => one.instId === row['instId'])
  assert.ok(found, `no contract ${row['instId']}`)
  return { ...found, lotSz: '0.001' }
}

test('recorded instruments, tiers and fees', options, () => {
  const found = contracts()
  const btc = found.get('BTC/USDT:USDT')
  assert.ok(btc && found.get('ETH/USDT:USDT') && found.get('BTC/USD:BTC'))
  assert.equal(feesFrom(rows('http_get_trade_fee_response')[0] ?? {}, 'USDT').taker, 100_000)
  const [tier] = tiersFrom(rows('http_get_position_tiers'), btc, price(300_000))
  assert.deepEqual([tier?.maintenanceRate, tier?.leverageMax], [3_000_000, 10])
})

test('recorded orders of streams and queries', options, () => {
  const names = ['ws_orders', 'ws_orders_ioc', 'ws_orders_fok', 'ws_orders_optimal_limit_ioc']
  for (const name of [...names, 'ws_orders_liquidation', 'ws_orders_adl', 'ws_orders_trigger'])
    for (const row of rows(name)) {
      if (row['instType'] !== 'SWAP') continue
      const contract = contractOf(row)
      const order = orderFrom(contract, row, null)
      assert.ok(order.quantityFilled >= 0, name)
      const fill = fillFact(contract, row, clientIdOf(row))
      if (fill?.kind !== 'fill') continue
      assert.equal(fill.isLiquidation, /liquidation|adl/.test(name), name)
      assert.ok(fill.fill.fee >= 0, name)
    }
  const [fired] = rows('ws_orders_trigger')
  assert.ok(fired)
  assert.equal(clientIdOf(fired), null, 'the id that OKX gives to the order of a stop is not ours')
  assert.equal(stopOf(fired), '706620792746729474')
  const [pending] = rows('http_get_orders_pending')
  assert.ok(pending)
  const order = orderFrom(contractOf(pending), pending, null)
  assert.deepEqual([order.clientId, order.status], ['client-order-1', 'open'])
})

test('recorded stops', options, () => {
  const names = ['http_get_orders_algo_pending', 'http_get_orders_algo_pending_close_fraction']
  for (const name of [...names, 'http_get_orders_algo_history'])
    for (const row of rows(name)) stopFrom(contractOf(row), row, null)
  const [whole] = rows('http_get_orders_algo_pending_close_fraction')
  assert.ok(whole)
  const stop = stopFrom(contractOf(whole), whole, null)
  assert.deepEqual([stop.request.quantity, stop.request.trigger?.by], ['position', 'last'])
  for (const row of rows('ws_orders_algo')) stopFrom(contractOf(row), row, null)
})

test('recorded answers to placements and positions', options, () => {
  const placed = (name: string) => placedFrom([], rows(name))
  assert.deepEqual(placed('http_place_algo_order_response'), [])
  const [accepted] = placedFrom(['test_algo_1' as never], rows('http_place_algo_order_response'))
  const [rejected] = placedFrom(['test_algo_rej' as never], rows('http_place_algo_order_rejected'))
  assert.deepEqual([accepted?.kind, rejected?.kind], ['accepted', 'rejected'])
  for (const row of rows('http_get_positions'))
    assert.ok(positionFrom(contractOf(row), row)?.quantity)
})

interface Recorded {
  readonly frozenTimeMs: number
  readonly testKeys: { readonly apiKey: string; readonly secret: string; readonly password: string }
  readonly market: object
  readonly requests: readonly {
    readonly call: string
    readonly args: readonly unknown[]
    readonly http: readonly {
      readonly method: string
      readonly url: string
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }[]
  }[]
}

test(
  'our class signs and sends byte for byte what ccxt does; an order without our id never leaves',
  options,
  async () => {
    const recorded = read<Recorded>('ccxt', 'requests_okx.json')
    const seen: StreamMessage[] = []
    const Okx = okxClass(await loadCcxtClass<OkxExchange>('okx'), (message) => seen.push(message))
    const { testKeys, frozenTimeMs } = recorded
    const exchange = new Okx({ ...CCXT_OPTIONS, ...testKeys, number: Number }) as OkxExchange &
      Record<string, unknown>
    const stamped = () => frozenTimeMs
    Object.assign(exchange, { milliseconds: stamped, nonce: stamped })
    ;(exchange['setMarkets'] as (markets: object[]) => void)([recorded.market])
    const sent: { method: string; url: string; headers: Record<string, string>; body?: string }[] =
      []
    exchange.fetch = async (url, method = 'GET', headers, body) => {
      sent.push({ method, url, headers: headers as Record<string, string>, body: body as string })
      return { code: '0', data: [] }
    }
    let compared = 0
    let refused = 0
    for (const { call, args, http } of recorded.requests) {
      sent.length = 0
      const run = exchange[call] as (...args: readonly unknown[]) => Promise<unknown>
      const error = await run.apply(exchange, [...args]).then(
        () => null,
        (thrown: unknown) => thrown as { code?: string },
      )
      if (error?.code === 'no_client_id') {
        refused++
        // ccxt would have sent an id of its own.
        assert.match(http[0]?.body ?? '', /6b9ad766b55dBCDE/)
        continue
      }
      for (const [index, expected] of http.entries()) {
        const actual = sent[index]
        assert.ok(actual, `${call} ${index}`)
        assert.equal(actual.method, expected.method, call)
        assert.equal(actual.url, expected.url, call)
        assert.equal(actual.body ?? '', expected.body ?? '', call)
        for (const [name, value] of Object.entries(expected.headers ?? {}))
          assert.equal(actual.headers?.[name], value, `${call} ${name}`)
        compared++
      }
    }
    assert.ok(compared >= 18, `${compared} requests compared`)
    assert.ok(refused >= 5, `${refused} refused`)
    // All that we add: the deadline, which is no part of the signature.
    const order = [{ instId: 'BTC-USDT-SWAP', clOrdId: 'cid0001' }]
    const path = ['trade/batch-orders', 'private', 'POST'] as const
    const plain = exchange.sign(...path, order)
    const timed = exchange.sign(...path, order, { expTime: '1700000002500' })
    assert.deepEqual(timed, { ...plain, headers: { ...plain.headers, expTime: '1700000002500' } })
  },
)
