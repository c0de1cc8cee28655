/** What orders do on the path of a candle. Liquidation, funding, wakes and state: exchange-account.test.ts. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AAA, ACCOUNT, Bench, FLAT } from '../../test/support/exchange-bench.ts'
import {
  MINUTE_MS,
  ONE,
  orderRequest,
  type Row,
  tableInstrument,
} from '../../test/support/table-market.ts'
import { money, price } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { Json } from '../domain/strategy.ts'

describe('path of a candle', () => {
  // Moves of 20 s: 10000 → 9900 → 10100 → 10050.
  const rising: Row = [10_000, 10_100, 9_900, 10_050]
  const falling: Row = [10_000, 10_100, 9_900, 9_950]

  test('an up candle goes low first, another high first; times are interpolated', () => {
    for (const [row, expected] of [
      [rising, ['10.2s buy 5 at 9950 maker', '35.1s sell 5 at 10050 maker']],
      [falling, ['10.2s sell 5 at 10050 maker', '35.1s buy 5 at 9950 maker']],
    ] as const) {
      const bench = new Bench([row])
      bench.place('buy', 5, 9_950)
      bench.place('sell', 5, 10_050)
      assert.deepEqual(bench.rest(), expected)
    }
  })

  test('touch fills when the price is reached, through one allowed price later', () => {
    for (const [rule, limit, isFilled] of [
      ['touch', 9_900, true],
      ['through', 9_900, false],
      ['through', 9_901, true],
    ] as const) {
      const bench = new Bench([rising], { rule })
      bench.place('buy', 5, limit)
      assert.equal(bench.rest().length > 0, isFilled, `${rule} ${limit}`)
    }
  })

  test('one allowed price beyond is a tick, or a step of the significant figures', () => {
    const coarse = tableInstrument('AAA', { priceRule: { kind: 'tick', tick: 50 } })
    const bench = new Bench([], {
      tables: [{ instrument: coarse, rows: [[10_000, 10_000, 9_901, 10_000]] }],
    })
    bench.place('buy', 5, 9_950, {}, coarse)
    assert.deepEqual(bench.rest(), [])
    const deeper = new Bench([], {
      tables: [{ instrument: coarse, rows: [[10_000, 10_000, 9_900, 10_000]] }],
    })
    deeper.place('buy', 5, 9_950, {}, coarse)
    assert.equal(deeper.rest().length, 1)
  })

  test('orders fill in the order of their price, each as a stop of its own', () => {
    const bench = new Bench([[10_000, 10_000, 9_800, 9_800]])
    for (const at of [9_850, 9_950, 9_900]) bench.place('buy', 1, at)
    const stops = [bench.next(), bench.next(), bench.next()].map((stop) => stop?.at)
    assert.deepEqual(stops, [25_100, 30_100, 35_100])
    assert.deepEqual(
      bench.told().map((text) => text.split(' at ')[1]),
      ['9950 maker', '9900 maker', '9850 maker'],
    )
  })

  test('with a fill comes the price of its moment, and who comes back is told that one', () => {
    const bench = new Bench([[10_000, 10_000, 9_800, 9_800]])
    bench.place('buy', 1, 9_950)
    const stop = bench.next()
    assert.equal(stop?.market.length, 1)
    const [event] = stop?.market ?? []
    assert.ok(event?.kind === 'price')
    // One tick beyond the limit at most, plus what the path moves within the ms of the stop.
    assert.ok(event.price.last <= 9_949 && event.price.last >= 9_948, `${event.price.last}`)
    assert.equal(event.price.last, bench.exchange.price(AAA.id).last)
    bench.exchange.restore(JSON.parse(JSON.stringify(bench.exchange.snapshot())) as Json)
    assert.deepEqual(bench.exchange.toldPrice(AAA.id), event.price)
  })

  test('a candle that touches nothing is told at its close, and the end is told by null', () => {
    const bench = new Bench([FLAT, null, FLAT])
    const stop = bench.next()
    assert.equal(stop?.at, MINUTE_MS)
    assert.equal(stop?.market[0]?.kind, 'candle')
    assert.equal(bench.next()?.at, 3 * MINUTE_MS)
    assert.equal(bench.next(), null)
    assert.ok(bench.exchange.isAtEnd())
  })
})

describe('what crosses the price', () => {
  test('a marketable limit takes at last with slippage, never beyond its limit', () => {
    // 0.1 % of 10000 = 10 price units.
    const paper = { slippage: 100_000 }
    const bench = new Bench([FLAT], { paper })
    assert.equal(bench.place('buy', 5, 10_100).filled, 5)
    bench.place('buy', 5, 10_003)
    bench.place('sell', 5, 9_000)
    assert.deepEqual(bench.told(), [
      'buy 5 at 10010 taker',
      'buy 5 at 10003 taker',
      'sell 5 at 9990 taker',
    ])
  })

  test('at exactly the last price it rests; an immediate-or-cancel order is canceled', () => {
    const bench = new Bench([FLAT])
    assert.deepEqual(bench.place('buy', 5, 10_000), { id: 'o1', status: 'open', filled: 0 })
    assert.equal(bench.place('buy', 5, 10_000, { timeInForce: 'ioc' }).status, 'canceled')
    assert.deepEqual(bench.told(), [])
  })

  test('post-only is refused when it would cross', () => {
    const bench = new Bench([FLAT])
    assert.equal(bench.place('buy', 5, 10_001, { isPostOnly: true }).reason, 'would_cross')
    assert.equal(bench.place('buy', 5, 10_000, { isPostOnly: true }).status, 'open')
  })

  test('malformed orders are refused', () => {
    const bench = new Bench([FLAT], {
      tables: [{ instrument: tableInstrument('AAA', { notionalMin: money(ONE) }), rows: [FLAT] }],
    })
    assert.equal(bench.place('buy', 0, 9_000).reason, 'bad_quantity')
    assert.equal(bench.place('buy', 1, 0).reason, 'bad_price')
    // 1 lot at 90.00 is worth 0.90.
    assert.equal(bench.place('buy', 1, 9_000).reason, 'below_minimum')
    assert.equal(bench.place('buy', 2, 9_000).status, 'open')
    const again = bench.exchange.place(
      ACCOUNT,
      'o4' as ClientOrderId,
      orderRequest(AAA, 'buy', 2, 9_000),
    )
    assert.deepEqual(again, { kind: 'rejected', clientId: 'o4', reason: 'duplicate_client_id' })
  })
})

describe('volume', () => {
  const rows: Row[] = [
    [10_000, 10_000, 9_800, 9_800, 9],
    [9_800, 9_800, 9_700, 9_700, 9],
    [9_700, 9_700, 9_700, 9_700, 9],
  ]
  const paper = { volumeShare: 50_000_000 }

  test('at most the share of the candle, rounded down, over all orders; the rest goes on', () => {
    const bench = new Bench(rows, { paper })
    bench.place('buy', 3, 9_950)
    bench.place('buy', 7, 9_900)
    const told = bench.rest().map((text) => text.replace(/^\S+ /, ''))
    assert.deepEqual(told, [
      'buy 3 at 9950 maker',
      'buy 1 at 9900 maker',
      'buy 4 at 9900 maker',
      'buy 2 at 9900 maker',
    ])
  })

  test('of an immediate order the rest is canceled', () => {
    const bench = new Bench(rows, { paper })
    assert.deepEqual(bench.place('buy', 6, null), { id: 'o1', status: 'canceled', filled: 4 })
    assert.equal(bench.place('buy', 6, null).filled, 0)
  })

  test('a triggered market order chases its rest into the next candles', () => {
    const bench = new Bench(rows, { paper })
    bench.place('sell', 6, null, { trigger: { kind: 'stop', price: price(9_900), by: 'last' } })
    assert.deepEqual(bench.rest(), [
      '30s o1 open 0 triggered',
      '30s sell 4 at 9900 taker',
      '60s sell 2 at 9800 taker',
    ])
  })
})

describe('gap to an open', () => {
  test('limits fill at their own price, stops at the open with slippage', () => {
    const bench = new Bench([FLAT, [9_500, 9_500, 9_500, 9_500]], { paper: { slippage: 100_000 } })
    bench.place('buy', 10, 9_900)
    bench.place('buy', 10, 9_800)
    bench.place('sell', 5, null, { trigger: { kind: 'stop', price: price(9_700), by: 'last' } })
    bench.place('buy', 10, 9_500)
    assert.deepEqual(bench.rest(), [
      '60s buy 10 at 9900 maker',
      '60s buy 10 at 9800 maker',
      '60s o3 open 0 triggered',
      '60s sell 5 at 9490 taker',
    ])
  })
})

describe('reduce-only and close-position', () => {
  const rows: Row[] = [[10_000, 10_200, 9_800, 10_100]]

  test('without a position to reduce it is refused', () => {
    const bench = new Bench(rows)
    assert.equal(bench.place('sell', 5, null, { isReduceOnly: true }).reason, 'reduce_only')
    bench.place('buy', 5, null)
    assert.equal(bench.place('buy', 5, 9_900, { isReduceOnly: true }).reason, 'reduce_only')
  })

  test('it is cut to the position and never flips', () => {
    const bench = new Bench(rows)
    bench.place('buy', 5, null)
    assert.deepEqual(bench.place('sell', 9, null, { isReduceOnly: true }), {
      id: 'o2',
      status: 'canceled',
      filled: 5,
    })
    bench.place('buy', 5, null)
    bench.place('sell', 4, 10_100, { isReduceOnly: true })
    bench.place('sell', 4, 10_150, { isReduceOnly: true })
    bench.told()
    assert.deepEqual(
      bench.rest().map((text) => text.replace(/^\S+ /, '')),
      ['sell 4 at 10100 maker', 'sell 1 at 10150 maker', 'o5 canceled 1 reduce_only'],
    )
    assert.equal(bench.held, 0)
  })

  test('a close-position stop takes what is held at its trigger', () => {
    const bench = new Bench(rows)
    bench.place('buy', 5, null)
    const trigger = { kind: 'take_profit', price: price(10_150), by: 'last' } as const
    bench.place('sell', 1, null, { trigger, quantity: 'position', isReduceOnly: true })
    bench.place('buy', 2, 9_900)
    bench.told()
    const told = bench.rest().map((text) => text.replace(/^\S+ /, ''))
    assert.deepEqual(told, [
      'buy 2 at 9900 maker',
      'o2 open 0 triggered',
      'sell 7 at 10150 taker',
      'o2 filled 7 null',
    ])
  })

  test('a trigger that finds nothing to close is canceled', () => {
    const bench = new Bench(rows)
    const trigger = { kind: 'stop', price: price(9_900), by: 'last' } as const
    bench.place('sell', 1, null, { trigger, quantity: 'position', isReduceOnly: true })
    assert.deepEqual(bench.rest(), ['10s o1 canceled 0 reduce_only'])
  })
})

describe('triggers', () => {
  test('a trigger by mark follows the mark series', () => {
    // The mark stands 100 above last: 9,950 on mark is 9,850 on last.
    const table = {
      instrument: AAA,
      rows: [[10_000, 10_000, 9_800, 10_000] as Row],
      marks: { 0: 10_100 },
    }
    for (const [by, level] of [
      ['last', 9_950],
      ['mark', 9_850],
    ] as const) {
      const bench = new Bench([], { tables: [table] })
      bench.place('sell', 1, null, { trigger: { kind: 'stop', price: price(9_950), by } })
      assert.equal(bench.rest()[1]?.split(' at ')[1], `${level} taker`)
    }
  })

  test('what is beyond its trigger when it is placed fires at once', () => {
    const bench = new Bench([FLAT])
    const trigger = { kind: 'stop', price: price(10_100), by: 'last' } as const
    assert.equal(bench.place('sell', 1, null, { trigger }).status, 'filled')
  })

  test('a triggered limit that may not cross is rejected by an event', () => {
    const bench = new Bench([[10_000, 10_000, 9_800, 9_900]])
    const trigger = { kind: 'stop', price: price(9_900), by: 'last' } as const
    bench.place('sell', 1, 9_850, { trigger, isPostOnly: true })
    bench.place('sell', 1, 9_950, { trigger })
    assert.deepEqual(bench.rest(), [
      '30s o1 open 0 triggered',
      '30s o1 rejected 0 would_cross',
      '30s o2 open 0 triggered',
    ])
    assert.equal(bench.exchange.openOrders(ACCOUNT).length, 1)
  })
})
