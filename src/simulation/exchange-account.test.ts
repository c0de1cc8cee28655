/** Margin, latency, liquidation, funding, wakes, and the state that goes over a restart. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AAA, ACCOUNT, BBB, Bench, FLAT, type Setting } from '../../test/support/exchange-bench.ts'
import { MINUTE_MS, ONE, paperTerms, type Row } from '../../test/support/table-market.ts'
import { price, quantity } from '../domain/money.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { Json, Wake } from '../domain/strategy.ts'
import type { AccountTerms } from './simulated-exchange.ts'

describe('initial margin', () => {
  // 1,000 of capital at 10x: 10,000 of notional = 10,000 lots at 100.00.
  const capital = 1_000 * ONE

  test('the worse side of position and open orders must be covered', () => {
    const bench = new Bench([FLAT], { capital, paper: { taker: 0 } })
    assert.equal(bench.place('buy', 10_000, 10_000).status, 'open')
    assert.equal(bench.place('buy', 1, 10_000).reason, 'insufficient_margin')
    assert.equal(bench.place('sell', 10_000, 10_001).reason, 'insufficient_margin')
    assert.equal(bench.place('sell', 9_999, 10_000).status, 'open')
    bench.exchange.cancel(ACCOUNT, AAA.id, 'o1' as ClientOrderId)
    assert.equal(bench.place('buy', 10_000, null).filled, 10_000)
    // The sell that rests closes: it needs nothing, and neither does another that goes short as far.
    assert.equal(bench.place('sell', 10_001, 10_000).status, 'open')
    assert.equal(bench.place('sell', 1, 10_000).reason, 'insufficient_margin')
  })

  test('isolated: the margin of the position stays put aside', () => {
    const bench = new Bench([FLAT], {
      capital,
      paper: { taker: 0 },
      terms: { marginMode: 'isolated' },
    })
    bench.place('buy', 6_000, null)
    assert.equal(bench.place('buy', 4_001, 10_000).reason, 'insufficient_margin')
    assert.equal(bench.place('buy', 4_000, 10_000).status, 'open')
  })

  test('leverage beyond what the tier of the size allows is refused', () => {
    const bench = new Bench([FLAT], { terms: { leverage: 51 } })
    assert.equal(bench.place('buy', 1, 9_000).reason, 'leverage_max')
  })
})

describe('latency', () => {
  test('accepted at once, effective later, a refusal comes as an event', () => {
    const bench = new Bench([[10_000, 10_000, 9_700, 9_700]], { paper: { latencyMs: 30_000 } })
    assert.equal(bench.place('buy', 1, null).status, 'open')
    // At 30 s the price is 9,850.
    assert.equal(bench.place('buy', 1, 9_900, { isPostOnly: true }).status, 'open')
    assert.equal(bench.place('buy', 1, 9_800, { isPostOnly: true }).status, 'open')
    assert.deepEqual(bench.rest(), [
      '30s buy 1 at 9850 taker',
      '30s o2 rejected 0 would_cross',
      '33.4s buy 1 at 9800 maker',
    ])
  })

  test('a cancel is pending, and too late when the order has filled', () => {
    const bench = new Bench([[10_000, 10_000, 9_700, 9_700], FLAT], {
      paper: { latencyMs: 10_000 },
    })
    bench.place('buy', 1, 9_990)
    bench.place('buy', 1, 9_000)
    bench.exchange.advance(15_000)
    const cancels = ['o1', 'o2', 'o9'].map((id) =>
      bench.exchange.cancel(ACCOUNT, AAA.id, id as ClientOrderId),
    )
    assert.deepEqual(
      cancels.map(({ kind }) => kind),
      ['pending', 'pending', 'absent'],
    )
    assert.deepEqual(bench.rest(), ['20.733s buy 1 at 9990 maker', '25s o2 canceled 0 null'])
  })
})

describe('liquidation', () => {
  // 10,000 lots at 100.00 = 10,000; 10x isolated: margin 1,000, maintenance 0.5 %, taker 0.05 %.
  // (10000 - 1000) / (1 - 0.0055) = 9049.773…, in price units of 100 lots each 1: 9,049.
  const falling: Row = [10_000, 10_000, 8_000, 8_000]

  test('isolated: at the first price at which margin and loss meet what must be kept', () => {
    const bench = new Bench([falling], { terms: { marginMode: 'isolated' } })
    bench.place('buy', 10_000, null)
    bench.place('buy', 10, 9_000)
    bench.place('sell', 10, 11_000)
    const at = bench.exchange.liquidationPrice(ACCOUNT, AAA.id)
    assert.equal(at, 9_049)
    bench.told()
    const told = bench.rest()
    assert.deepEqual(
      told.map((text) => text.replace(/^\S+ /, '')),
      [
        'o2 canceled 0 liquidation',
        'o3 canceled 0 liquidation',
        'sell 10000 at 9049 liquidation',
        // Loss 951, fee 4.5245 and liquidation fee 45.245 of 9,049: 0.7695 more than the margin of 1,000.
        'insurance 76950000',
      ],
    )
    // The rest of the balance is untouched: 10,000 - margin 1,000 - taker fee 5.
    assert.equal(bench.exchange.balance(ACCOUNT).balance, 8_995 * ONE)
    assert.equal(bench.exchange.ledger(ACCOUNT).liquidationFees, 4_524_500_000)
  })

  test('a short dies on the other side', () => {
    const bench = new Bench([[10_000, 12_000, 10_000, 12_000]], {
      terms: { marginMode: 'isolated' },
    })
    bench.place('sell', 10_000, null)
    // 11000 / 1.0055 = 10939.83: the first price at or above.
    assert.equal(bench.exchange.liquidationPrice(ACCOUNT, AAA.id), 10_940)
    bench.told()
    assert.match(bench.rest()[0] ?? '', /buy 10000 at 10940 liquidation/)
  })

  test('through a gap it closes at the open, and the exchange takes over the rest', () => {
    const bench = new Bench([FLAT, [8_500, 8_500, 8_500, 8_500]], { capital: 1_100 * ONE })
    bench.place('buy', 10_000, null)
    bench.told()
    const told = bench.rest()
    assert.equal(told[0], '60s sell 10000 at 8500 liquidation')
    assert.match(told[1] ?? '', /insurance/)
    assert.equal(bench.exchange.balance(ACCOUNT).balance, 0)
  })

  test('cross: all positions of the account stand for each other', () => {
    const rows: Row[] = [[10_000, 10_000, 8_000, 8_000]]
    const tables = [
      { instrument: AAA, rows },
      { instrument: BBB, rows: [FLAT] },
    ]
    const bench = new Bench([], { tables, capital: 1_000 * ONE })
    bench.place('buy', 6_000, null)
    bench.place('buy', 2_000, null, {}, BBB)
    bench.told()
    const alone = bench.exchange.liquidationPrice(ACCOUNT, AAA.id) ?? 0
    const told = bench.rest()
    assert.deepEqual(
      told.map((text) => text.replace(/^\S+ /, '')),
      [
        `sell 6000 at ${alone} liquidation`,
        'sell 2000 at 10000 liquidation',
        ...told.slice(2).map((text) => text.replace(/^\S+ /, '')),
      ],
    )
    // (6000 - 1000 + fees 4 + kept for the other 11) / (60 · 0.9945).
    assert.equal(alone, Math.floor(501_500 / (60 * 0.9945)))
  })

  test('cross: what another position has lost since brings it nearer', () => {
    const tables = [
      { instrument: AAA, rows: [FLAT, [10_000, 10_000, 9_000, 9_050]] as Row[] },
      {
        instrument: BBB,
        rows: [
          [10_000, 10_000, 8_000, 8_000],
          [8_000, 8_000, 8_000, 8_000],
        ] as Row[],
      },
    ]
    const bench = new Bench([], { tables, capital: 1_000 * ONE })
    bench.place('buy', 6_000, null)
    bench.place('buy', 2_000, null, {}, BBB)
    bench.told()
    // (6000 - 1000 + fees 4 + lost 400 + kept for the other 8.8) / (60 · 0.9945) = 9071.3…
    assert.match(bench.rest()[0] ?? '', /sell 6000 at 9071 liquidation/)
  })

  test('it follows the mark, and closes at the last price', () => {
    const table = { instrument: AAA, rows: [falling], marks: { 0: 10_100 } }
    const bench = new Bench([], { tables: [table], terms: { marginMode: 'isolated' } })
    bench.exchange.advance(0)
    bench.place('buy', 10_000, null)
    bench.told()
    assert.match(bench.rest()[0] ?? '', /sell 10000 at 8949 liquidation/)
  })

  test('funding that was paid brings it nearer', () => {
    const rows: Row[] = [FLAT, [10_000, 10_000, 9_100, 9_200]]
    const table = { instrument: AAA, rows, rates: [[MINUTE_MS, 1_000_000]] as const }
    const bench = new Bench([], { tables: [table], capital: 1_000 * ONE })
    bench.place('buy', 10_000, null)
    bench.told()
    // 1,000 - taker fee 5 - funding 100: (10000 - 895) / 0.9945 = 9155.35; without the funding 9,054.
    const [paid, closed] = bench.rest()
    assert.equal(paid, `60s funding ${-100 * ONE}`)
    assert.match(closed ?? '', /sell 10000 at 9155 liquidation/)
  })

  test('a mark below the last price liquidates before the last price gets there', () => {
    const table = { instrument: AAA, rows: [falling], marks: { 0: 9_900 } }
    const bench = new Bench([], { tables: [table], terms: { marginMode: 'isolated' } })
    bench.exchange.advance(0)
    bench.place('buy', 10_000, null)
    bench.told()
    assert.match(bench.rest()[0] ?? '', /sell 10000 at 9149 liquidation/)
  })
})

describe('funding', () => {
  const rates = [[MINUTE_MS, 10_000]] as const

  test('is paid on the position after the close, before the next open', () => {
    const bench = new Bench([], {
      tables: [{ instrument: AAA, rows: [FLAT, [9_000, 9_000, 9_000, 9_000]], rates }],
    })
    bench.place('buy', 100, null)
    bench.place('buy', 100, 9_500)
    bench.told()
    // The close of the first candle; what reacts to it is held at the boundary, what the gap fills is not.
    assert.equal(bench.next()?.market.length, 1)
    bench.place('buy', 100, null)
    assert.deepEqual(bench.rest(), [
      '60s buy 100 at 10000 taker',
      '60s funding -2000000',
      '60s buy 100 at 9500 maker',
    ])
  })

  test('shorts receive what longs pay; without a position nothing is told', () => {
    const tables = [{ instrument: AAA, rows: [FLAT, FLAT], rates }]
    const short = new Bench([], { tables })
    short.place('sell', 100, null)
    assert.equal(short.rest()[1], '60s funding 1000000')
    assert.deepEqual(new Bench([], { tables }).rest(), [])
  })
})

describe('wakes', () => {
  const wake = (parts: Partial<Wake>): Wake => ({
    instrument: AAA.id,
    below: null,
    above: null,
    at: null,
    by: 'last',
    ...parts,
  })
  /** Times and prices of the price events. */
  const rings = (bench: Bench): string[] => {
    const all: string[] = []
    for (let stop = bench.next(); stop !== null; stop = bench.next()) {
      for (const event of stop.market) {
        if (event.kind === 'price') all.push(`${event.at / 1000}s ${event.price.last}`)
      }
    }
    return all
  }

  test('the market stops at the bound, once until the price has been inside again', () => {
    // 10000 → 9800 → 10100 → 10050, then 10050 → 10060 → 9850 → 9850.
    const bench = new Bench([
      [10_000, 10_100, 9_800, 10_050],
      [10_050, 10_060, 9_850, 9_850],
    ])
    bench.exchange.setWakes('bot-AAA', [wake({ below: price(9_900) })])
    assert.deepEqual(rings(bench), ['10s 9900', '95.238s 9900'])
  })

  test('a bound that is beyond already rings at the end of the leg', () => {
    const bench = new Bench([[10_000, 10_000, 9_800, 9_900]])
    bench.exchange.setWakes('bot-AAA', [wake({ below: price(10_000) })])
    assert.deepEqual(rings(bench), ['0s 10000'])
    const later = new Bench([[10_000, 10_000, 9_800, 9_900]])
    later.exchange.advance(5_000)
    later.exchange.setWakes('bot-AAA', [wake({ below: price(10_000) })])
    assert.deepEqual(rings(later), ['20s 10000'])
  })

  test('a time rings once, also when the same wake is set again', () => {
    const bench = new Bench([FLAT, FLAT])
    const wakes = [wake({ at: 30_000 })]
    bench.exchange.setWakes('bot-AAA', wakes)
    assert.equal(bench.next()?.at, 30_000)
    bench.exchange.setWakes('bot-AAA', wakes)
    assert.equal(bench.next()?.at, MINUTE_MS)
  })
})

describe('several instruments', () => {
  test('things happen in the order of their time, then of their id', () => {
    const rows: Row[] = [[10_000, 10_000, 9_800, 9_900]]
    const bench = new Bench([], {
      tables: [
        { instrument: BBB, rows },
        { instrument: AAA, rows },
      ],
    })
    bench.place('buy', 1, 9_950, {}, BBB)
    bench.place('buy', 2, 9_950, {}, AAA)
    bench.place('buy', 3, 9_960, {}, BBB)
    assert.deepEqual(
      bench.rest().map((text) => text.split(' ')[2]),
      ['3', '2', '1'],
    )
    const last = new Bench([], {
      tables: [
        { instrument: BBB, rows },
        { instrument: AAA, rows },
      ],
    }).next()
    assert.deepEqual(
      last?.market.map(({ instrument }) => instrument),
      [AAA.id, BBB.id],
    )
  })
})

describe('time, state, accounts', () => {
  const rows: Row[] = [
    [10_000, 10_300, 9_700, 10_100, 90],
    [10_150, 10_200, 9_600, 9_700, 90],
    [9_650, 10_400, 9_500, 10_300, 90],
  ]
  const setting: Setting = {
    tables: [
      {
        instrument: AAA,
        rows,
        rates: [
          [15_000, 12_345],
          [70_001, 12_345],
          [120_000, -9_876],
        ],
      },
    ],
    paper: { volumeShare: 60_000_000, latencyMs: 700 },
  }
  const fill = (bench: Bench): void => {
    for (let step = 1; step <= 5; step += 1) {
      bench.place('buy', 11 * step, 10_000 - 70 * step)
      bench.place('sell', 11 * step, 10_000 + 60 * step)
    }
    bench.place('sell', 1, null, {
      trigger: { kind: 'stop', price: price(9_720), by: 'mark' },
      quantity: 'position',
    })
  }

  test('many small advances tell the same as few large ones', () => {
    const whole = new Bench([], setting)
    fill(whole)
    const expected = whole.rest()
    assert.ok(expected.length > 8)
    for (const stride of [7, 501, 20_000]) {
      const bench = new Bench([], setting)
      fill(bench)
      const told: string[] = []
      for (let at = 0; at <= bench.source.endAt; at += stride) {
        while (bench.exchange.advance(at) !== null) told.push(...bench.told())
        bench.exchange.price(AAA.id)
      }
      told.push(...bench.rest())
      assert.deepEqual(told, expected, `stride ${stride}`)
    }
  })

  test('a state written down at any moment goes on to the same end', () => {
    const whole = new Bench([], setting)
    fill(whole)
    const expected = whole.rest()
    const bench = new Bench([], setting)
    fill(bench)
    const told: string[] = []
    for (let at = 0; at < bench.source.endAt; at += 3_333) {
      while (bench.exchange.advance(at) !== null) told.push(...bench.told())
      bench.exchange.restore(JSON.parse(JSON.stringify(bench.exchange.snapshot())) as Json)
    }
    told.push(...bench.rest())
    assert.deepEqual(told, expected)
    assert.deepEqual(bench.exchange.ledger(ACCOUNT), whole.exchange.ledger(ACCOUNT))
  })

  test('the changed parts, put together, are the snapshot', () => {
    const bench = new Bench([], setting)
    fill(bench)
    const kept: Record<string, Record<string, Json>> = {
      clock: {},
      markets: {},
      accounts: {},
      orders: {},
      instances: {},
    }
    for (let at = 0; at <= bench.source.endAt; at += 1_111) {
      while (bench.exchange.advance(at) !== null) bench.exchange.takeEvents()
      for (const { path, value } of bench.exchange.takeDirty()) {
        const section = kept[path[0]] ?? {}
        if (value === null) delete section[path[1]]
        else section[path[1]] = JSON.parse(JSON.stringify(value)) as Json
      }
      assert.deepEqual(kept, JSON.parse(JSON.stringify(bench.exchange.snapshot())))
    }
  })

  test('balance = deposits + realised + funding - fees + insurance', () => {
    const bench = new Bench([], setting)
    fill(bench)
    bench.rest()
    const { deposits, realised, funding, fees, insurance } = bench.exchange.ledger(ACCOUNT)
    const { balance } = bench.exchange.balance(ACCOUNT)
    assert.equal(balance, deposits + realised + funding - fees + insurance)
    assert.ok(realised !== 0 && funding !== 0 && fees !== 0)
  })

  test('an order is found while it lives and after its end', () => {
    const bench = new Bench([FLAT])
    bench.place('buy', 5, 9_000)
    const id = 'o1' as ClientOrderId
    assert.equal(bench.exchange.lookup(ACCOUNT, id)?.status, 'open')
    const outcome = bench.exchange.cancel(ACCOUNT, AAA.id, id)
    assert.deepEqual(outcome, {
      kind: 'final',
      clientId: id,
      status: 'canceled',
      quantityFilled: quantity(0),
    })
    assert.equal(bench.exchange.lookup(ACCOUNT, id)?.status, 'canceled')
    assert.deepEqual(bench.exchange.openOrders(ACCOUNT), [])
  })

  test('attachments that contradict each other are refused with a sentence', () => {
    const bench = new Bench([FLAT])
    const terms: AccountTerms = { leverage: 10, marginMode: 'cross', paper: paperTerms() }
    const attach = (instance: string, changed: Partial<AccountTerms>): void =>
      bench.exchange.attach(ACCOUNT, instance, AAA.id, { ...terms, ...changed })
    assert.throws(() => attach('other', {}), /is traded by instance bot-AAA/)
    bench.place('buy', 1, null)
    assert.throws(
      () => attach('bot-AAA', { marginMode: 'isolated' }),
      /close it before margin_mode/,
    )
    bench.exchange.detach('bot-AAA')
    attach('other', { leverage: 3 })
  })
})
