import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { testInstrument } from '../../test/support/fault-venue.ts'
import { money, price, quantity, ratio } from '../domain/money.ts'
import type { LiquidationTerms } from '../domain/position/liquidation.ts'
import { PositionWatch } from './position-watch.ts'

const termsOf = (lots: number, at: number, margin: number): LiquidationTerms => ({
  instrument: testInstrument,
  position: {
    quantity: quantity(lots),
    cost: money(lots * at * testInstrument.moneyPerUnit),
  },
  margin,
  closingFee: ratio(50_000),
})

test('time with a position counts from the fill that opened it to the one that closed it', () => {
  const watch = new PositionWatch(0)
  watch.change(10, termsOf(5, 100, 1000))
  watch.change(15, termsOf(3, 100, 1000))
  watch.change(30, termsOf(0, 100, 1000))
  assert.equal(watch.heldMs(100), 20)
  watch.change(90, termsOf(-1, 100, 1000))
  assert.equal(watch.heldMs(100), 30)
})

test('without a candle that closed with a position there is no margin ratio; a liquidation is 1', () => {
  const watch = new PositionWatch(0)
  watch.see(100)
  assert.equal(watch.worstMarginRatio, null)
  watch.change(1, termsOf(1, 100, 1000))
  assert.equal(watch.worstMarginRatio, null)
  watch.liquidated()
  assert.equal(watch.worstMarginRatio, 1)
})

test('the two outermost marks of a stretch give the same ratio as all of its marks', () => {
  const unit = testInstrument.moneyPerUnit
  fc.assert(
    fc.property(
      fc.integer({ min: -40, max: 40 }),
      fc.double({ min: 0.05, max: 3, noNaN: true }),
      fc.array(fc.integer({ min: 9_000, max: 22_000 }), { minLength: 1, maxLength: 30 }),
      (lots, share, marks) => {
        const terms = termsOf(lots, 15_000, Math.round(Math.abs(lots) * 15_000 * unit * share))
        const [whole, lean] = [new PositionWatch(0), new PositionWatch(0)]
        lean.change(0, terms)
        lean.see(Math.min(...marks))
        lean.see(Math.max(...marks))
        for (const mark of marks) {
          whole.change(0, terms)
          whole.see(price(mark))
        }
        assert.equal(lean.worstMarginRatio, whole.worstMarginRatio)
      },
    ),
  )
})
