/** What Backpack's refusals prove, and what its contracts demand. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Instrument } from '../../../domain/instrument.ts'
import { money, ratio } from '../../../domain/money.ts'
import { maintenanceMargin } from '../../../domain/position/margin.ts'
import { errorKind } from './errors.ts'
import { instrumentOf } from './instruments.ts'
import type { MarketRow } from './rows.ts'

const MARKET: MarketRow = {
  symbol: 'SOL_USDC_PERP',
  baseSymbol: 'SOL',
  quoteSymbol: 'USDC',
  marketType: 'PERP',
  orderBookState: 'Open',
  fundingInterval: 3_600_000,
  imfFunction: { base: '0.02', factor: '0.00006', type: 'sqrt' },
  mmfFunction: { base: '0.0125', factor: '0.0000361', type: 'sqrt' },
  filters: {
    price: { tickSize: '0.01', minPrice: '0.01' },
    quantity: { stepSize: '0.01', minQuantity: '0.03' },
  },
}
const sol: Instrument = instrumentOf(MARKET, { maker: ratio(20_000), taker: ratio(50_000) })

describe('refusals of backpack', () => {
  test('what each proves', () => {
    const kinds = (pairs: readonly (readonly [number, string | null])[]) =>
      pairs.map(([status, code]) => errorKind(status, code))
    assert.deepEqual(
      kinds([
        [404, 'RESOURCE_NOT_FOUND'],
        [400, 'INSUFFICIENT_MARGIN'],
        [400, 'TRADING_PAUSED'],
        [425, 'TOO_EARLY'],
        [401, 'UNAUTHORIZED'],
        [403, 'ACCOUNT_DEACTIVATED'],
        [503, 'MAINTENANCE'],
        [429, 'TOO_MANY_REQUESTS'],
        [429, null],
        [500, 'SERVER_ERROR'],
        [504, 'TIMEOUT'],
        [404, null],
        [502, null],
        [503, 'INVALID_ORDER'],
        [400, 'SOMETHING_NEW'],
      ]),
      [
        'rejected',
        'rejected',
        'rejected',
        'rejected',
        'credential',
        'credential',
        'unavailable',
        'rate_limited',
        'rate_limited',
        ...Array.from({ length: 6 }, () => 'unknown'),
      ],
    )
  })
})

describe('contracts of backpack', () => {
  test('the smallest quantity is rounded up to a lot', () => {
    assert.equal(sol.quantityMin, 3)
    assert.equal(sol.marginTiers[0]?.leverageMax, 50)
  })

  test('maintenance margin is never below the venue curve', () => {
    for (const notional of [1000, 50_000, 119_000, 200_000, 1_000_000, 20_000_000]) {
      const venue = notional * Math.max(0.0125, 0.0000361 * Math.sqrt(notional))
      const ours = maintenanceMargin(sol.marginTiers, money(notional * 1e8)) / 1e8
      assert.ok(ours >= venue - 0.01 && ours < venue * 1.1, `${notional}: ${ours} for ${venue}`)
    }
  })
})
