import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrivenPair } from '../../../test/support/leg-pair.ts'
import { ratio } from '../../domain/money.ts'
import type { AnyStrategy } from '../registry.ts'
import { fundingArbitrage } from './strategy.ts'

const strategy = fundingArbitrage as AnyStrategy
const HOUR_MS = 3_600_000
const market = { bid: 5_999_900, ask: 6_000_100 }
/** bps for one interval of so many hours. */
const paying = (bps: number, hours: number) => ({
  ...market,
  funding: { rate: ratio(bps * 10_000), intervalMs: hours * HOUR_MS, nextAt: 0 },
})
const parameters = { order_quantity: '0.4', min_rate_bps_day: 5, break_even_max_h: 168 }
const pair = (more = {}) => new DrivenPair(strategy, { ...parameters, ...more })

test('rates are compared per time: 1 bps an hour is more than 4 bps in 8 hours, so the first leg is long', () => {
  const driven = pair()
  // 12 bps a day here, 24 bps a day there: long here, short there, 12 bps a day.
  driven.prices(paying(4, 8), paying(1, 1))
  assert.deepEqual(driven.targets, [100, 0])
  driven.trade([6_000_100, 5_999_900])
  assert.deepEqual(driven.targets, [null, -400])
  assert.equal(driven.report['rate_bps_per_day'], '12')
})

test('the break-even time stands in a note before anything is entered', () => {
  const driven = pair()
  driven.prices(paying(4, 8), paying(1, 1))
  // Four fees of 5 bps, four times 2 bps of slippage, the spreads of both at the exit (0.33 bps), those of the entry
  // (0.33 bps): 28.66 bps at 12 bps a day are 57.3 hours.
  assert.match(
    driven.notes.join('\n'),
    /entering long here:BTC\/USDT:USDT: 12 bps a day, costs 17\.2, funding 7\.2 a day: break-even after 57\.3 h/,
  )
  assert.match(JSON.stringify(driven.report['entered_at']), /"break_even_h":"57\.3"/)
})

test('nothing is entered when break-even lies beyond break_even_max_h, and it is told once', () => {
  const driven = pair({ break_even_max_h: 57 })
  driven.prices(paying(4, 8), paying(1, 1))
  driven.prices(paying(4, 8), paying(1, 1))
  assert.deepEqual(driven.targets, [null, null])
  const told = driven.notes.filter((text) => text.startsWith('not entered'))
  assert.equal(told.length, 1)
  assert.match(told[0] ?? '', /break-even after 57\.3 h; break_even_max_h is 57/)
  assert.match(JSON.stringify(driven.report['judged']), /"break_even_h":"57\.3"/)
})

test('nothing is entered below min_rate_bps_day, without a rate, or while a leg is closed', () => {
  const low = pair({ min_rate_bps_day: 13 })
  low.prices(paying(4, 8), paying(1, 1))
  assert.deepEqual(low.targets, [null, null])
  const unknown = pair()
  unknown.prices(market, paying(10, 1))
  assert.deepEqual(unknown.targets, [null, null])
  const closed = pair()
  closed.open(0, false)
  closed.prices(paying(4, 8), paying(1, 1))
  assert.deepEqual(closed.targets, [null, null])
})

test('leaves when the sign changes, and not before', () => {
  const driven = pair()
  driven.prices(paying(1, 1), paying(4, 8))
  driven.trade([5_999_900, 6_000_100])
  assert.deepEqual(driven.targets, [null, 400])
  driven.price(0, paying(0.51, 1))
  assert.deepEqual(driven.targets, [null, 400])
  driven.price(0, paying(0.5, 1))
  assert.deepEqual(driven.targets, [-300, 400])
  assert.match(driven.notes.join('\n'), /leaving the pair: funding turned to 0 bps a day/)
  driven.trade([6_000_100, 5_999_900])
  assert.equal(driven.report['phase'], 'flat')
})

test('leaves at the target, with the funding that was received and the costs of leaving counted', () => {
  const driven = pair({ take_profit_bps: 10 })
  driven.prices(paying(4, 8), paying(1, 1))
  driven.trade([6_000_100, 5_999_900])
  const pay = (amount: number) => driven.pay(1, amount)
  // Entered and left at the touch: 4 · 0.4 = 1.60 lost; fees of leaving 24: 10 bps of 24,000 need 49.60.
  pay(4_900_000_000)
  driven.price(1, paying(1, 1))
  assert.deepEqual(driven.targets, [null, -400])
  pay(70_000_000)
  driven.price(1, paying(1, 1))
  assert.deepEqual(driven.targets, [300, -400])
})
