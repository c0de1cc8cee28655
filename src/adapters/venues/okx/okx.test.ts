import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { price, quantity } from '../../../domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../../../domain/order.ts'
import { share } from '../../../domain/request-pool.ts'
import type { WireOrder } from '../live/dialect.ts'
import { accountFrom } from './connect.ts'
import { failureOf, kindOf } from './errors.ts'
import type { Row } from './exchange.ts'
import { type Contract, contractFrom, contractsFrom, feesFrom, tiersFrom } from './instruments.ts'
import { OrderIds } from './order-ids.ts'
import { deadlineHeader, orderPayload, placedFrom, stopPayload } from './orders.ts'
import {
  candleFrom,
  cashFact,
  clientIdOf,
  fillFact,
  fundingFact,
  orderFrom,
  positionFrom,
  statusOf,
  stopFrom,
} from './reports.ts'
import { OKX_POOLS } from './requests.ts'

const BTC: Row = {
  instType: 'SWAP',
  instId: 'BTC-USDT-SWAP',
  instFamily: 'BTC-USDT',
  ctType: 'linear',
  ctVal: '0.01',
  ctMult: '1',
  settleCcy: 'USDT',
  lotSz: '0.01',
  minSz: '0.01',
  tickSz: '0.1',
  lever: '100',
  state: 'live',
}
const btc = contractFrom(BTC) as Contract
const id = (text: string): ClientOrderId => text as ClientOrderId

const request: OrderRequest = {
  instrument: btc.instrument.id,
  side: 'buy',
  kind: 'limit',
  price: price(300_000),
  quantity: quantity(100),
  timeInForce: 'gtc',
  isPostOnly: false,
  isReduceOnly: false,
  trigger: null,
}
const wire = (changes: Partial<OrderRequest> = {}, expiresAt: number | null = null): WireOrder => ({
  clientId: id('pf000010000001'),
  instrument: btc.instrument,
  request: { ...request, ...changes },
  expiresAt,
})

describe('okx instruments', () => {
  test('amounts are contracts at the venue and lots of base here', () => {
    // 0.01 contracts of 0.01 BTC: one lot is 0.0001 BTC.
    assert.equal(btc.instrument.symbol, 'BTC/USDT:USDT')
    assert.deepEqual([btc.instrument.quantityDecimals, btc.instrument.lotSize], [4, 1])
    assert.deepEqual(
      [btc.instrument.priceDecimals, btc.instrument.priceRule],
      [1, { kind: 'tick', tick: 1 }],
    )
    assert.equal(orderPayload(wire(), btc, 'cross')['sz'], '1')
    assert.equal(positionFrom(btc, { pos: '-1.5', avgPx: '30000' })?.quantity, -150)
  })

  test('an inverse contract counts contracts; what cannot be counted is left out', () => {
    const inverse = contractFrom({
      ...BTC,
      instId: 'BTC-USD-SWAP',
      ctType: 'inverse',
      ctVal: '100',
      settleCcy: 'BTC',
      lotSz: '1',
      minSz: '1',
    })
    assert.equal(inverse?.instrument.kind, 'inverse')
    assert.equal(inverse?.instrument.moneyPerUnit, 100 * 1e8)
    const tiny = { ...BTC, instId: 'SHIB-USDT-SWAP', ctVal: '0.001', tickSz: '0.000000001' }
    const option = { ...BTC, instType: 'OPTION' }
    assert.deepEqual([...contractsFrom([BTC, tiny, option]).keys()], ['BTC/USDT:USDT'])
  })

  test('fees are positive when they are paid; the rate of a tier holds for the whole position', () => {
    const row = { maker: '-0.0008', taker: '-0.001', makerU: '-0.0002', takerU: '-0.0005' }
    assert.deepEqual(feesFrom(row, 'USDT'), { maker: 20_000, taker: 50_000 })
    assert.deepEqual(feesFrom({ maker: '0.0001', taker: '-0.001' }, 'USDT').maker, -10_000)
    const tiers = tiersFrom(
      [
        { minSz: '5000', mmr: '0.005', maxLever: '75' },
        { minSz: '0.01', mmr: '0.004', maxLever: '100' },
      ],
      btc,
      price(300_000),
    )
    assert.deepEqual(
      tiers.map((tier) => [tier.notionalFloor / 1e8, tier.maintenanceRate, tier.leverageMax]),
      [
        [0, 400_000, 100],
        [1_500_000, 500_000, 75],
      ],
    )
  })

  test('no tiers at all are one step of the greatest leverage: a position without margin would never be left', () => {
    const empty = (leverageMax: number) => tiersFrom([], { ...btc, leverageMax }, price(300_000))
    const step = { notionalFloor: 0, maintenanceRate: 500_000, maintenanceAmount: 0 }
    assert.deepEqual(empty(100), [{ ...step, leverageMax: 100 }])
    assert.deepEqual(empty(Number.NaN), [{ ...step, maintenanceRate: 50_000_000, leverageMax: 1 }])
  })
})

describe('okx account', () => {
  const config = {
    uid: '1',
    posMode: 'net_mode',
    acctLv: '2',
    perm: 'read_only,trade',
    ip: '1.2.3.4',
  }

  test('two-sided positions, spot mode and keys that cannot trade are refused', () => {
    assert.equal(accountFrom(config, '1', 0).canWithdraw, false)
    assert.equal(accountFrom({ ...config, perm: 'trade,withdraw' }, '1', 0).canWithdraw, true)
    assert.equal(accountFrom({ ...config, ip: '' }, '1', 0).isAddressBound, false)
    assert.match(accountFrom(config, '0', 0).warnings.join(), /empty/)
    const refused = (row: Row | undefined) => () => accountFrom(row, '1', 0)
    assert.throws(refused({ ...config, posMode: 'long_short_mode' }), { code: 'position_mode' })
    assert.throws(refused({ ...config, acctLv: '1' }), { code: 'account_mode' })
    assert.throws(refused({ ...config, perm: 'read_only' }), { kind: 'credential' })
    assert.throws(refused(undefined), { code: 'no_account' })
  })
})

describe('okx errors', () => {
  test('codes mean what they prove', () => {
    assert.equal(kindOf('50004'), 'unknown')
    // "Order timed out": it may stand in the book.
    assert.deepEqual([kindOf('51149'), kindOf('51054')], ['unknown', 'unknown'])
    assert.equal(kindOf('50001'), 'unavailable')
    assert.equal(kindOf('50011'), 'rate_limited')
    assert.equal(kindOf('50113'), 'credential')
    assert.equal(kindOf('51008'), 'rejected')
    assert.equal(kindOf('1'), 'unknown')
    assert.equal(kindOf(''), 'unknown')
  })

  test('an answer is a success, a list of results, or a failure of the whole', () => {
    assert.equal(failureOf(200, { code: '0', data: [] }), null)
    assert.equal(failureOf(200, { code: '2', data: [{ sCode: '0' }, { sCode: '51008' }] }), null)
    assert.equal(failureOf(200, { code: '1', data: [{ sCode: '51008' }] }), null)
    assert.equal(failureOf(200, { code: '1', data: [] })?.kind, 'unknown')
    assert.equal(failureOf(200, undefined)?.kind, 'unknown')
    assert.equal(failureOf(200, '<html>')?.kind, 'unknown')
    assert.equal(failureOf(502, undefined)?.kind, 'unavailable')
    assert.equal(failureOf(429, undefined)?.kind, 'rate_limited')
    assert.equal(failureOf(401, { code: '50111', msg: 'Invalid key' })?.kind, 'credential')
    assert.equal(failureOf(503, { code: '50001' })?.kind, 'unavailable')
  })
})

describe('okx orders', () => {
  test('kinds of orders on the wire', () => {
    const type = (changes: Partial<OrderRequest>) =>
      orderPayload(wire(changes), btc, 'cross')['ordType']
    assert.equal(type({}), 'limit')
    assert.equal(type({ isPostOnly: true }), 'post_only')
    assert.equal(type({ timeInForce: 'ioc' }), 'ioc')
    assert.equal(type({ kind: 'market', price: null }), 'market')
    assert.equal(orderPayload(wire({ isReduceOnly: true }), btc, 'cross')['reduceOnly'], true)
  })

  test('a stop for the whole position closes what there is then', () => {
    const trigger = { kind: 'stop', price: price(285_000), by: 'mark' } as const
    const changes = { side: 'sell', kind: 'market', price: null, trigger } as const
    const whole = stopPayload(wire({ ...changes, quantity: 'position' }), btc, 'isolated')
    assert.deepEqual(whole, {
      instId: 'BTC-USDT-SWAP',
      side: 'sell',
      ordType: 'conditional',
      closeFraction: '1',
      tdMode: 'isolated',
      slTriggerPx: '28500',
      slOrdPx: '-1',
      slTriggerPxType: 'mark',
      algoClOrdId: 'pf000010000001',
      reduceOnly: true,
    })
    const part = stopPayload(wire(changes), btc, 'isolated')
    assert.equal(part['sz'], '1')
  })

  test('the deadline of a message is its earliest', () => {
    assert.deepEqual(deadlineHeader([wire({}, 2000), wire({}, 1000), wire()]), { expTime: '1000' })
    assert.equal(deadlineHeader([wire()]), undefined)
  })

  test('a batch has one outcome each: none is lost, none is guessed', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'].map(id)
    const rows = [
      { clOrdId: 'b', sCode: '51008', sMsg: 'Insufficient' },
      { clOrdId: 'a', sCode: '0', ordId: '1' },
      { clOrdId: 'c', sCode: '51016' },
      { clOrdId: 'd', sCode: '50004' },
      { clOrdId: 'e', sCode: '50013' },
    ]
    assert.deepEqual(
      placedFrom(ids, rows).map((one) => [
        one.clientId,
        one.kind,
        'reason' in one ? one.reason : '',
      ]),
      [
        ['a', 'accepted', ''],
        ['b', 'rejected', 'insufficient_margin'],
        ['c', 'exists', ''],
        ['d', 'unknown', '50004'],
        ['e', 'unknown', '50013'],
        ['f', 'unknown', 'no_result'],
      ],
    )
    // Refusals of a whole batch may carry no ids: then the place in the answer counts.
    const unnamed = placedFrom(ids.slice(0, 2), [{ sCode: '51008' }, { sCode: '51004' }])
    assert.deepEqual(
      unnamed.map((one) => one.kind),
      ['rejected', 'rejected'],
    )
    // Another order's result is nobody's answer.
    assert.equal(placedFrom([id('x')], [{ clOrdId: 'y', sCode: '0' }])[0]?.kind, 'unknown')
  })
})

describe('okx reports', () => {
  const base = {
    instId: 'BTC-USDT-SWAP',
    ordId: '9',
    clOrdId: 'pf1',
    side: 'sell',
    ordType: 'post_only',
    px: '30000.5',
    sz: '0.1',
    accFillSz: '0.03',
    state: 'partially_filled',
    uTime: '1700000000001',
  }

  test('a fill has the same key from the stream and from the question', () => {
    const told = fillFact(
      btc,
      {
        ...base,
        tradeId: '7',
        fillSz: '0.01',
        fillPx: '30000.5',
        fillTime: '1700000000000',
        fillFee: '-0.006',
        fillFeeCcy: 'USDT',
        execType: 'M',
        fee: '-1',
      },
      id('pf1'),
    )
    const asked = fillFact(
      btc,
      {
        instId: 'BTC-USDT-SWAP',
        ordId: '9',
        tradeId: '7',
        clOrdId: 'pf1',
        side: 'sell',
        fillSz: '0.01',
        fillPx: '30000.5',
        fee: '-0.006',
        feeCcy: 'USDT',
        execType: 'M',
        ts: '1700000000000',
        billId: '3',
      },
      id('pf1'),
    )
    assert.deepEqual(told, asked)
    assert.ok(told?.kind === 'fill')
    assert.deepEqual([told.fill.fee, told.fill.quantity, told.fill.isMaker], [600_000, 1, true])
  })

  test('what cannot be told from another execution yet is left to the question', () => {
    const row = { ...base, fillSz: '0.01', fillPx: '30000', fillTime: '1700000000000' }
    assert.equal(fillFact(btc, { ...row, tradeId: '' }, null), null)
    assert.equal(fillFact(btc, { ...row, tradeId: '0' }, null), null)
    // The sum of the fees of several executions is nobody's fee.
    assert.equal(fillFact(btc, { ...row, tradeId: '7', fee: '-1' }, null), null)
    assert.equal(fillFact(btc, { ...base, fillSz: '0', tradeId: '' }, null), null)
  })

  test('fees: in base at the price of the fill, in anything else 0', () => {
    const fee = (feeCcy: string, text: string) => {
      const row = {
        ...{ ordId: '9', tradeId: '7', side: 'buy', fillSz: '1', fillPx: '30000' },
        ...{ fee: text, feeCcy, ts: '1700000000000' },
      }
      const fact = fillFact(btc, row, null)
      return fact?.kind === 'fill' ? fact.fill.fee : null
    }
    assert.equal(fee('USDT', '0.01'), -1_000_000)
    assert.equal(fee('BTC', '-0.000001'), 3_000_000)
    assert.equal(fee('OKB', '-1'), 0)
  })

  test('orders, and why they ended', () => {
    const order = orderFrom(btc, base, null)
    assert.deepEqual(
      [order.clientId, order.status, order.quantityFilled, order.request.quantity],
      ['pf1', 'open', 3, 10],
    )
    assert.equal(order.request.isPostOnly, true)
    const crossed = { ...base, state: 'canceled', cancelSource: '31' }
    assert.equal(orderFrom(btc, crossed, null).reason, 'would_cross')
    assert.equal(orderFrom(btc, { ...base, clOrdId: '' }, null).clientId, 'venue:9')
    assert.throws(() => statusOf('something_new'), { code: 'unreadable' })
  })

  test('the order that a fired stop places belongs to the stop', () => {
    const ids = new OrderIds()
    const child = { ...base, clOrdId: '706_0', ordId: '10' }
    assert.equal(clientIdOf(child), null)
    assert.equal(ids.of(child), undefined)
    ids.learnStop({ algoId: '706', algoClOrdId: 'pfstop', ordId: '' })
    assert.equal(ids.of(child), 'pfstop')
    assert.equal(ids.isStop(id('pfstop')), true)
    assert.equal(clientIdOf({ ...base, clOrdId: '', algoClOrdId: 'pfstop' }), 'pfstop')
  })

  test('a stop that has fired is what its order is', () => {
    const stop = {
      ...{ algoId: '706', algoClOrdId: 'pfstop', instId: 'BTC-USDT-SWAP', side: 'sell', sz: '' },
      ...{ closeFraction: '1', slTriggerPx: '28500', slOrdPx: '-1', slTriggerPxType: 'mark' },
    }
    const resting = stopFrom(btc, { ...stop, state: 'live' }, null)
    assert.deepEqual([resting.status, resting.request.quantity], ['open', 'position'])
    const child = orderFrom(btc, { ...base, state: 'filled', accFillSz: '0.1' }, id('pfstop'))
    const fired = stopFrom(btc, { ...stop, state: 'effective' }, child)
    assert.deepEqual([fired.status, fired.quantityFilled, fired.clientId], ['filled', 10, 'pfstop'])
  })

  test('the sign of a position at its funding comes of amount and rate', () => {
    const bill = { ts: '1700000000000', balChg: '-0.5', sz: '1', billId: '5' }
    const long = fundingFact(btc, bill, { at: 1, rate: '0.0001' })
    assert.ok(long.kind === 'funding')
    assert.deepEqual([long.amount, long.rate, long.position], [-50_000_000, 10_000, 100])
    const short = fundingFact(btc, { ...bill, balChg: '0.5' }, { at: 1, rate: '0.0001' })
    assert.equal(short.kind === 'funding' && short.position, -100)
    assert.equal(long.key, 'funding:okx:BTC/USDT:USDT:1700000000000')
    assert.deepEqual(cashFact({ ...bill, type: '1', balChg: '100' }).key, 'cash:5')
  })

  test('a candle is final when the venue says so', () => {
    const row = ['1700000000000', '1.1', '2.2', '1', '2', '5', '0', '0', '1']
    assert.deepEqual(candleFrom(btc, row).isClosed, true)
    assert.equal(candleFrom(btc, [...row.slice(0, 8), '0']).isClosed, false)
    assert.equal(candleFrom(btc, row).candle.volume, 500)
  })
})

test('many desks behind one address each have room to ask for the state of the venue', () => {
  const pool = OKX_POOLS.find(({ name }) => name === 'status')
  assert.ok(pool)
  assert.equal(share(pool, 20).capacity, 1)
})
