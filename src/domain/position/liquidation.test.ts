import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { btcInstrument } from '../../../test/support/instruments.ts'
import type { Instrument } from '../instrument.ts'
import { money, type Price, price, quantity, ratio } from '../money.ts'
import { excessAt, isLiquidatable, type LiquidationTerms, liquidationPrice } from './liquidation.ts'
import { completeTiers, initialMargin, maintenanceMargin, tierOf } from './margin.ts'

const tiers = completeTiers([
  { notionalFloor: money(0), maintenanceRate: ratio(500_000), leverageMax: 100 },
  { notionalFloor: money(5_000_000_000_000), maintenanceRate: ratio(1_000_000), leverageMax: 50 },
  { notionalFloor: money(25_000_000_000_000), maintenanceRate: ratio(2_500_000), leverageMax: 20 },
])
const oneTier = (rate: number) =>
  completeTiers([{ notionalFloor: money(0), maintenanceRate: ratio(rate), leverageMax: 100 }])

const linear = (marginTiers = tiers): Instrument => btcInstrument({ marginTiers })
/** Contracts of 100 USD, settled in BTC. */
const inverse = (marginTiers = tiers): Instrument => ({
  ...linear(marginTiers),
  kind: 'inverse',
  quote: 'USD',
  settle: 'BTC',
  quantityDecimals: 0,
  moneyPerUnit: 10_000_000_000,
})
const long = (instrument: Instrument, lots: number, cost: number, margin: number, fee = 0) => ({
  instrument,
  position: { quantity: quantity(lots), cost: money(cost) },
  margin,
  closingFee: ratio(fee),
})

test('the maintenance margin is continuous at every floor', () => {
  assert.deepEqual(
    tiers.map((tier) => tier.maintenanceAmount),
    [0, 25_000_000_000, 400_000_000_000],
  )
  for (const { notionalFloor } of tiers.slice(1)) {
    const below = maintenanceMargin(tiers, money(notionalFloor - 1))
    assert.ok(maintenanceMargin(tiers, notionalFloor) - below <= 1)
  }
  assert.equal(tierOf(tiers, 4_999_999_999_999).leverageMax, 100)
  assert.equal(tierOf(tiers, 5_000_000_000_000).leverageMax, 50)
})

test('tables that do not rise are refused', () => {
  const row = { notionalFloor: money(1), maintenanceRate: ratio(1), leverageMax: 1 }
  assert.throws(() => completeTiers([row]), /starts at a notional of 0/)
  const first = { ...row, notionalFloor: money(0), maintenanceRate: ratio(2) }
  assert.throws(() => completeTiers([first, row]), /rise/)
})

test('initial margin is rounded up, with fractional leverage too', () => {
  assert.equal(initialMargin(money(10), 3), 4)
  assert.equal(initialMargin(money(10), 2.5), 4)
  assert.equal(initialMargin(money(10), 1), 10)
})

// Entry 20,000, 10x, maintenance 0.5 %: long (20000 - 2000) / 0.995 = 18090.4522…, short 22000 / 1.005 = 21890.5472…
test('linear, isolated, without fee: the general (Binance) form', () => {
  const instrument = linear(oneTier(500_000))
  const cost = 2_000_000_000_000
  assert.equal(liquidationPrice(long(instrument, 1000, cost, cost / 10)), 1_809_045)
  assert.equal(liquidationPrice(long(instrument, -1000, -cost, cost / 10)), 2_189_055)
})

// With a taker fee of 0.05 % (Gate, OKX): 18000 / (1 - 0.0055) = 18099.5475…, 22000 / 1.0055 = 21879.6618…
test('linear, isolated, with the taker fee', () => {
  const instrument = linear(oneTier(500_000))
  const cost = 2_000_000_000_000
  assert.equal(liquidationPrice(long(instrument, 1000, cost, cost / 10, 50_000)), 1_809_954)
  assert.equal(liquidationPrice(long(instrument, -1000, -cost, cost / 10, 50_000)), 2_187_967)
})

// 100 BTC at 20,000 = 2,000,000, 10x: at the price of death the third tier holds (2.5 %, amount 4000):
// (2,000,000 - 200,000 - 4,000) / (100 · 0.975) = 18420.5128…
test('the tier is that of the notional at the liquidation price', () => {
  const cost = 200_000_000_000_000
  assert.equal(liquidationPrice(long(linear(), 100_000, cost, cost / 10)), 1_842_051)
  // Entry just above the floor of the third tier, death in the second: (260,000 - 26,000 - 250) / (13 · 0.99).
  const small = 26_000_000_000_000
  assert.equal(liquidationPrice(long(linear(), 13_000, small, small / 10)), 1_816_239)
})

// 100 contracts of 100 USD at 20,000 = 0.5 BTC, 10x: margin 0.05 BTC.
// Long 10000 · 1.005 / 0.55 = 18272.7272…, short 10000 · 0.995 / 0.45 = 22111.1111…
test('inverse: hand-computed vectors, and more careful than the form with maintenance at entry', () => {
  const instrument = inverse(oneTier(500_000))
  const at = liquidationPrice(long(instrument, 100, 50_000_000, 5_000_000)) ?? 0
  assert.equal(at, 1_827_272)
  const above = liquidationPrice(long(instrument, -100, -50_000_000, 5_000_000)) ?? 0
  assert.equal(above, 2_211_112)
  // E·λ/(λ+1-m·λ) and E·λ/(λ-1+m·λ).
  assert.ok(at >= Math.floor(2_000_000 * (10 / (11 - 0.05))))
  assert.ok(above <= Math.ceil((2_000_000 * 10) / (9 + 0.05)) + 12_500)
})

test('a position that its margin covers at every price has no liquidation price', () => {
  assert.equal(liquidationPrice(long(linear(), 10, 1_000_000, 1_000_000)), null)
  assert.equal(liquidationPrice(long(linear(), 0, 0, 0)), null)
  // A short of an inverse contract without leverage cannot die.
  assert.equal(liquidationPrice(long(inverse(), -100, -50_000_000, 50_000_000)), null)
})

test('cross: what other positions lose comes off the margin', () => {
  const instrument = linear(oneTier(500_000))
  const cost = 2_000_000_000_000
  const alone = liquidationPrice(long(instrument, 1000, cost, 500_000_000_000)) ?? 0
  const beside = liquidationPrice(long(instrument, 1000, cost, 500_000_000_000 - 99_500_000)) ?? 0
  assert.equal(beside - alone, 100)
})

test('at the price it is dead, one unit better it is not', () => {
  const terms = fc
    .record({
      isInverse: fc.boolean(),
      isShort: fc.boolean(),
      lots: fc.integer({ min: 1, max: 400_000 }),
      entry: fc.integer({ min: 100, max: 10_000_000 }),
      marginPercent: fc.integer({ min: 1, max: 150 }),
      fee: fc.constantFrom(0, 20_000, 75_000),
      noise: fc.integer({ min: 0, max: 1_000_000 }),
    })
    .map((one): LiquidationTerms => {
      const instrument = one.isInverse ? inverse() : linear()
      const lots = one.isInverse ? Math.ceil(one.lots / 100) : one.lots
      const value = one.isInverse
        ? Math.floor((lots * 10_000_000_000 * 100) / one.entry)
        : lots * one.entry * instrument.moneyPerUnit
      const sign = one.isShort ? -1 : 1
      const margin = Math.floor((value * one.marginPercent) / 100) + one.noise
      return long(instrument, sign * lots, sign * value, margin, one.fee)
    })
  const property = fc.property(terms, (one) => {
    const at = liquidationPrice(one)
    if (at === null) return
    const better = price(at + (one.position.quantity > 0 ? 1 : -1))
    assert.ok(isLiquidatable(one, at), `dead at ${at}`)
    assert.ok(better < 1 || !isLiquidatable(one, better), `alive at ${better}`)
  })
  fc.assert(property, { numRuns: 2000, seed: 20_261_121 })
})

test('null means that no sensible price kills', () => {
  const instrument = linear()
  for (const [lots, margin] of [[1000, 2_000_000_000_000] as const]) {
    const terms = long(instrument, lots, 2_000_000_000_000, margin)
    assert.equal(liquidationPrice(terms), null)
    for (const at of [1, 10, 1000]) assert.ok(excessAt(terms, at as Price) > 0)
  }
})
