/** What a market must be like for an entry; and that nothing of it holds back what reduces. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { testInstrument } from '../../test/support/instruments.ts'
import type { MarketPrice } from './market.ts'
import { type MarketLimits, marketLimitReached } from './market-quality.ts'
import { money, price, quantity, ratio } from './money.ts'
import type { ClientOrderId, OrderRequest } from './order.ts'
import { ApprovedIntent, checkIntent, type GateState } from './risk.ts'

const calm: MarketPrice = {
  last: price(15_000),
  mark: price(15_000),
  bid: price(14_999),
  ask: price(15_001),
  bidQuantity: quantity(500),
  askQuantity: quantity(500),
  index: price(15_000),
}

const taking: OrderRequest = {
  instrument: testInstrument.id,
  side: 'buy',
  kind: 'market',
  price: null,
  quantity: quantity(100),
  timeInForce: 'ioc',
  isPostOnly: false,
  isReduceOnly: false,
  trigger: null,
}
const resting: OrderRequest = { ...taking, kind: 'limit', price: price(14_000), timeInForce: 'gtc' }

const strict: MarketLimits = { spreadMaxBps: 10, depthMinMultiple: 2, priceDisagreementMaxBps: 50 }

const judge = (request: OrderRequest, change: Partial<MarketPrice>, limits = strict) =>
  marketLimitReached(request, quantity(Number(request.quantity)), { ...calm, ...change }, limits)

describe('the market at an entry', () => {
  test('a calm market passes; so does one that tells no more than last and mark', () => {
    assert.equal(judge(taking, {}), null)
    const { last, mark } = calm
    assert.equal(marketLimitReached(taking, quantity(100), { last, mark }, strict), null)
  })

  test('the spread, at its very boundary', () => {
    // 10 basis points of the middle 15,000 are 15 units.
    assert.equal(judge(taking, { bid: price(14_992), ask: price(15_008) }), 'limit_spread')
    assert.equal(judge(taking, { bid: price(14_993), ask: price(15_008) }), null)
    assert.equal(
      judge(taking, { bid: price(15_002), ask: price(15_000) }),
      'limit_spread',
      'crossed',
    )
    const { bidQuantity: _b, askQuantity: _a, ...one } = calm
    const { bid: _bid, ...noBid } = one
    assert.equal(marketLimitReached(taking, quantity(1), noBid, strict), null)
  })

  test('what stands at the touch that is taken from', () => {
    assert.equal(judge(taking, { askQuantity: quantity(199) }), 'limit_depth')
    assert.equal(judge(taking, { askQuantity: quantity(200), bidQuantity: quantity(1) }), null)
    assert.equal(judge({ ...taking, side: 'sell' }, { bidQuantity: quantity(199) }), 'limit_depth')
  })

  test('an order that rests waits for others: spread and depth do not matter to it', () => {
    const thin = { ask: price(16_000), askQuantity: quantity(1) }
    assert.equal(judge(resting, thin), null)
    assert.equal(judge({ ...resting, price: price(16_000) }, thin), 'limit_spread', 'it would take')
    assert.equal(judge({ ...resting, price: price(16_000), isPostOnly: true }, thin), null)
  })

  test('mark, last and index agree within the limit, for whatever is sent', () => {
    for (const request of [taking, resting])
      for (const [change, expected] of [
        [{ index: price(15_076) }, 'limit_price_disagreement'],
        [{ index: price(15_075) }, null],
        [{ last: price(14_924) }, 'limit_price_disagreement'],
        [{ last: price(14_960), index: price(15_040) }, 'limit_price_disagreement'],
      ] as const)
        assert.equal(judge(request, change), expected)
  })
})

const WHOLE = ratio(100_000_000)
const gate: GateState = {
  instrument: testInstrument,
  mode: 'running',
  latch: null,
  isReconciled: true,
  isMismatched: false,
  limits: {
    positionSizeMax: WHOLE * 10,
    positionNotionalMax: null,
    dailyLossMax: 0,
    drawdownMax: 0,
    capitalUtilizationMax: WHOLE * 10,
    onBreach: 'halt',
    ...strict,
  },
  leverage: 1,
  equity: money(15_000 * 10_000 * 100),
  mark: price(15_000),
  exposure: { position: quantity(0), buying: quantity(0), selling: quantity(0) },
  account: null,
  market: calm,
}
const verdictOf = (request: OrderRequest, change: Partial<GateState>): string => {
  const intent = {
    clientId: 'x1' as ClientOrderId,
    instance: 'a',
    origin: { kind: 'target' } as const,
    request,
  }
  const verdict = checkIntent(intent, { ...gate, ...change }, null)
  return verdict instanceof ApprovedIntent ? 'approved' : verdict.refused
}

describe('the gate with all that a market and a venue tell', () => {
  test('each limit is named by its own reason', () => {
    const wide = { ...calm, ask: price(15_100) }
    const limits = { ...gate.limits, leverageMax: 0.99 }
    assert.deepEqual(
      [
        verdictOf(taking, {}),
        verdictOf(taking, { market: wide }),
        verdictOf(taking, { market: { ...calm, askQuantity: quantity(5) } }),
        verdictOf(taking, { market: { ...calm, index: price(16_000) } }),
        verdictOf(taking, { isMarketStale: true }),
        verdictOf(taking, { limits }),
        verdictOf(taking, { budgetRefusal: 'limit_address_budget' }),
      ],
      [
        'approved',
        'limit_spread',
        'limit_depth',
        'limit_price_disagreement',
        'stale_market',
        'limit_leverage',
        'limit_address_budget',
      ],
    )
  })

  test('the leverage of what may be held, at its very boundary', () => {
    const at = (leverageMax: number) =>
      verdictOf(taking, { limits: { ...gate.limits, leverageMax } })
    assert.deepEqual([at(1), at(0.9999), at(2.5)], ['approved', 'limit_leverage', 'approved'])
  })

  test('what reduces passes whatever the market is like', () => {
    fc.assert(
      fc.property(
        fc.record({
          isReduceOnly: fc.boolean(),
          lots: fc.integer({ min: 1, max: 300 }),
          isStale: fc.boolean(),
          ask: fc.integer({ min: 1, max: 60_000 }),
          index: fc.integer({ min: 1, max: 60_000 }),
        }),
        ({ isReduceOnly, lots, isStale, ask, index }) => {
          const request = {
            ...taking,
            side: 'sell' as const,
            quantity: quantity(lots),
            isReduceOnly,
          }
          const verdict = verdictOf(request, {
            exposure: { position: quantity(300), buying: quantity(0), selling: quantity(0) },
            isMarketStale: isStale,
            budgetRefusal: 'limit_address_budget',
            market: { ...calm, ask: price(ask), bidQuantity: quantity(1), index: price(index) },
            limits: { ...gate.limits, leverageMax: 0 },
          })
          assert.equal(verdict, 'approved')
        },
      ),
      { numRuns: 200 },
    )
  })
})
