import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { tableInstrument } from '../../test/support/table-market.ts'
import {
  type Instrument,
  isPriceAllowed,
  linearMoneyPerUnit,
  lotsFor,
  minimumLots,
  notionalOf,
  priceStep,
  roundPrice,
} from './instrument.ts'
import { money, price, quantity } from './money.ts'

const linear = tableInstrument()
/** Five significant figures with two decimals, as Hyperliquid counts them. */
const figures = tableInstrument('FIG', { priceRule: { kind: 'significantFigures', figures: 5 } })
/** Contracts of 100 USD. */
const inverse: Instrument = { ...linear, kind: 'inverse', moneyPerUnit: 10_000_000_000 }

test('money of one price unit and one lot is exact, or refused', () => {
  assert.equal(linearMoneyPerUnit(2, 3, 1), 1_000)
  assert.equal(linearMoneyPerUnit(4, 4, 5), 5)
  assert.throws(() => linearMoneyPerUnit(5, 4, 1), /add up to 8/)
})

test('the notional is exact for linear contracts, rounded by name for inverse ones', () => {
  // 150 lots of 0.01 at 150.25 = 225.375.
  assert.equal(notionalOf(linear, price(15_025), quantity(150)), 22_537_500_000)
  assert.equal(notionalOf(linear, price(15_025), quantity(-150)), -22_537_500_000)
  // 100 USD at 30,000 = 0.0033333… of the coin.
  assert.equal(notionalOf(inverse, price(3_000_000), quantity(1)), 333_333)
  assert.equal(notionalOf(inverse, price(3_000_000), quantity(1), 'ceil'), 333_334)
  assert.equal(notionalOf(inverse, price(3_000_000), quantity(-1), 'floor'), -333_334)
})

test('significant figures: the step grows with the digits, whole numbers are always allowed', () => {
  assert.equal(priceStep(figures, price(12_345)), 1)
  assert.equal(priceStep(figures, price(123_456)), 10)
  assert.equal(priceStep(figures, price(1_234_567)), 100)
  // 123,456 has six figures and is whole.
  assert.equal(priceStep(figures, price(12_345_600)), 100)
  assert.ok(isPriceAllowed(figures, price(12_345_600)))
  assert.ok(!isPriceAllowed(figures, price(123_456)))
})

test('rounding gives the nearest allowed price on the named side', () => {
  const coarse = tableInstrument('CRS', { priceRule: { kind: 'tick', tick: 25 } })
  assert.equal(roundPrice(coarse, price(10_030), 'floor'), 10_025)
  assert.equal(roundPrice(coarse, price(10_030), 'ceil'), 10_050)
  assert.equal(roundPrice(figures, price(99_999), 'ceil'), 99_999)
  assert.equal(roundPrice(figures, price(100_001), 'ceil'), 100_010)
  const property = fc.property(fc.integer({ min: 1, max: 9_999_999 }), (at) => {
    for (const instrument of [coarse, figures]) {
      const [low, high] = [
        roundPrice(instrument, price(at), 'floor'),
        roundPrice(instrument, price(at), 'ceil'),
      ]
      assert.ok(low <= at && at <= high)
      if (low > 0) assert.ok(isPriceAllowed(instrument, low))
      assert.ok(isPriceAllowed(instrument, high))
      if (isPriceAllowed(instrument, price(at))) assert.deepEqual([low, high], [at, at])
    }
  })
  fc.assert(property, { numRuns: 500, seed: 11 })
})

test('lots for a value never cost more, one lot more would', () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 1_000_000 }),
    fc.integer({ min: 0, max: 1_000_000_000_000 }),
    (at, value) => {
      const lots = lotsFor(linear, price(at), money(value))
      assert.ok(notionalOf(linear, price(at), lots) <= value)
      assert.ok(notionalOf(linear, price(at), quantity(lots + 1)) > value)
    },
  )
  fc.assert(property, { numRuns: 500, seed: 12 })
})

test('the smallest order meets quantity and notional', () => {
  const strict = tableInstrument('MIN', {
    quantityMin: quantity(3),
    notionalMin: money(500_000_000),
  })
  assert.equal(minimumLots(strict, price(10_000)), 5)
  assert.equal(minimumLots(strict, price(9_999)), 6)
  assert.equal(minimumLots(strict, price(1_000_000)), 3)
  assert.equal(minimumLots({ ...inverse, notionalMin: money(333_334) }, price(3_000_000)), 2)
})
