/**
 * Sizing, profit per line and the walk to liquidation: golden numbers by hand, formulas in the
 * comments.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { btcInstrument } from '../../../test/support/instruments.ts'
import type { Instrument } from '../instrument.ts'
import { money, price, quantity, RATIO_SCALE, ratio } from '../money.ts'
import { applyExecution, FLAT } from '../position/position.ts'
import { buildLines } from './ladder.ts'
import { ladderProfit, worstCell } from './profit.ts'
import { marginNeeded, positionMax, sizeCells } from './sizing.ts'
import { liquidationOf, walkWorstCase } from './worst-case.ts'

const instrument = btcInstrument({ makerFee: ratio(0), takerFee: ratio(0) })
const dollars = (value: number) => money(value * 100_000_000)
const cents = (value: number) => price(value * 100)
const lines = [10_000, 14_000, 18_000, 22_000, 26_000, 30_000].map(cents)
const fee = ratio(40_000) // 0.04 %

test('F3: 60,000 to 70,000 in 50 intervals at 0.04 %: geometric 0.2287 % throughout', () => {
  const ladder = buildLines(instrument, {
    lower: cents(60_000),
    upper: cents(70_000),
    intervals: 50,
    mode: 'geometric',
  })
  for (const cell of ladderProfit(instrument, ladder, quantity(1_000), fee)) {
    // r − 1 − 0.0004 · (1 + r) = 0.00228653585; half a cent at each line moves it by 17e-8
    assert.ok(Math.abs(cell.netShare - 228_654) <= 20, `found ${cell.netShare}`)
  }
})

test('F3: arithmetic 0.2532 % at the bottom, 0.2064 % at the top; the worst line is the top', () => {
  const ladder = buildLines(instrument, {
    lower: cents(60_000),
    upper: cents(70_000),
    intervals: 50,
    mode: 'arithmetic',
  })
  const cells = ladderProfit(instrument, ladder, quantity(1_000), fee)
  assert.equal(((cells[0]?.netShare ?? 0) / 1e6).toFixed(4), '0.2532')
  assert.equal(((cells[49]?.netShare ?? 0) / 1e6).toFixed(4), '0.2064')
  assert.equal(worstCell(cells), cells[49])
  // 1 BTC: 69,800 → 70,000: gross 200, fees 27.92 + 28
  assert.deepEqual(
    [cells[49]?.gross, cells[49]?.fees, cells[49]?.net],
    [dollars(200), 5_592_000_000, 14_408_000_000],
  )
})

test('a rebate is rounded against us and raises the net', () => {
  const [cell] = ladderProfit(instrument, [cents(100), cents(101)], quantity(1), ratio(-10_000))
  // buy 0.1 · −0.01 % = −0.00001; sell 0.101 → −0.0000101 of 0.001 gross
  assert.deepEqual([cell?.gross, cell?.fees, cell?.net], [100_000, -2_010, 102_010])
})

test('sizes: max_position ÷ intervals, value at the middle, margin over what can be open together', () => {
  const context = {
    lines,
    at: price(2_024_850),
    type: 'neutral' as const,
    isFlat: false,
    leverage: 2 * RATIO_SCALE,
  }
  // 10 base = 10,000 lots ÷ 5
  assert.equal(
    sizeCells(instrument, { kind: 'max_position', lots: quantity(10_004) }, context),
    2_000,
  )
  assert.equal(sizeCells(instrument, { kind: 'order_quantity', lots: quantity(152) }, context), 152)
  // 1,000 at 20,000 = 0.05
  assert.equal(
    sizeCells(instrument, { kind: 'order_notional', value: dollars(1_000) }, context),
    50,
  )
  // neutral: buys 18 + 14 + 10 k = 42,000 < sells 26 + 30 k = 56,000; 1,000 · 2 · 0.95 ÷ 56,000 = 0.03392…
  const sizing = {
    kind: 'total_margin' as const,
    margin: dollars(1_000),
    reserve: ratio(5_000_000),
  }
  assert.equal(sizeCells(instrument, sizing, context), 33)
  // long: 42,000 + 2 · 20,248.50 = 82,497: 1,900 ÷ 82,497 = 0.02303…
  assert.equal(sizeCells(instrument, sizing, { ...context, type: 'long' }), 23)
  // short: 56,000 + 3 · 20,248.50 = 116,745.5: 0.01627…
  assert.equal(sizeCells(instrument, sizing, { ...context, type: 'short' }), 16)
  assert.equal(sizeCells(instrument, sizing, { ...context, type: 'short', isFlat: true }), 33)
})

test('the most it can hold, and the margin for it', () => {
  const context = {
    lines,
    at: price(2_024_850),
    type: 'neutral' as const,
    isFlat: false,
    leverage: 2 * RATIO_SCALE,
  }
  assert.equal(positionMax(context, quantity(7)), 21)
  assert.equal(positionMax({ ...context, type: 'long' }, quantity(7)), 35)
  // 0.152 · 56,000 ÷ 2 = 4,256
  assert.equal(marginNeeded(instrument, context, quantity(152)), dollars(4_256))
})

const terms = {
  instrument,
  marginMode: 'isolated' as const,
  leverage: 10 * RATIO_SCALE,
  makerFee: ratio(0),
  closingFee: ratio(0),
  buffer: ratio(0),
}
const long = applyExecution(instrument, FLAT, 'buy', cents(20_000), quantity(1_000)).position
const short = applyExecution(instrument, FLAT, 'sell', cents(20_000), quantity(1_000)).position

test('F4: entry 20,000 at 10x with 0.5 %: long 18,090.45, short 21,890.55', () => {
  // (20,000 − 2,000) ÷ 0.995 = 18,090.4522…; (20,000 + 2,000) ÷ 1.005 = 21,890.5472…, rounded to the first dead price
  assert.equal(liquidationOf(terms, long, 0), 1_809_045)
  assert.equal(liquidationOf(terms, short, 0), 2_189_055)
})

test('F4 with the taker fee in it (Gate, OKX): 18,000 ÷ (1 − 0.0055)', () => {
  assert.equal(liquidationOf({ ...terms, closingFee: ratio(50_000) }, long, 0), 1_809_954)
})

test('tiers: the maintenance amount counts at the notional of the liquidation price', () => {
  const tiered: Instrument = {
    ...instrument,
    marginTiers: [
      {
        notionalFloor: money(0),
        maintenanceRate: ratio(500_000),
        maintenanceAmount: money(0),
        leverageMax: 100,
      },
      // 10,000 · (0.01 − 0.005) = 50
      {
        notionalFloor: dollars(10_000),
        maintenanceRate: ratio(1_000_000),
        maintenanceAmount: dollars(50),
        leverageMax: 50,
      },
    ],
  }
  // (20,000 − 2,000 − 50) ÷ 0.99 = 18,131.3131…
  assert.equal(liquidationOf({ ...terms, instrument: tiered }, long, 0), 1_813_131)
})

test('the walk down stops at the first line that a liquidation would leave unfilled', () => {
  const orders = [18_000, 14_000, 10_000].map((at) => ({ price: cents(at), lots: 1_000 }))
  const start = { position: FLAT, price: price(2_024_850), equity: dollars(10_000) }
  // 10x isolated: after 1 BTC at 18,000: (18,000 − 1,800) ÷ 0.995 = 16,281.40… above 14,000
  const walk = walkWorstCase(terms, 'down', start, orders, cents(10_000))
  assert.deepEqual(walk.broken, { line: 1_400_000, liquidation: 1_628_140 })
  assert.equal(walk.now, null)
  // after all three: C = 42,000, Q = 3: 42,000 · 0.9 ÷ 2.985 = 12,663.31…
  assert.equal(walk.worst, 1_266_331)
  assert.equal(walk.notional, dollars(42_000))
  // 2x: 18,000 · 0.5 ÷ 0.995 = 9,045 < 14,000; then 16,000 · 0.5 ÷ 0.995 = 8,040; at last 14,000 · 0.5 ÷ 0.995
  const safe = walkWorstCase(
    { ...terms, leverage: 2 * RATIO_SCALE },
    'down',
    start,
    orders,
    cents(10_000),
  )
  assert.equal(safe.broken, null)
  assert.equal(safe.worst, 703_517)
  // a buffer of 30 % asks for less than 7,000
  const near = walkWorstCase(
    { ...terms, leverage: 2 * RATIO_SCALE, buffer: ratio(30_000_000) },
    'down',
    start,
    orders,
    cents(10_000),
  )
  assert.deepEqual(near.broken, { line: 1_000_000, liquidation: 703_517 })
})

test('the walk up in cross margin counts the whole balance, less the maker fees', () => {
  const orders = [26_000, 30_000].map((at) => ({ price: cents(at), lots: 1_000 }))
  const start = { position: FLAT, price: price(2_024_850), equity: dollars(10_000) }
  const cross = { ...terms, marginMode: 'cross' as const }
  // (56,000 + 10,000) ÷ (2 · 1.005) = 32,835.8209…
  const walk = walkWorstCase(cross, 'up', start, orders, cents(30_000))
  assert.deepEqual([walk.broken, walk.worst], [null, 3_283_583])
  // 0.1 % of 56,000 less: 65,944 ÷ 2.01 = 32,807.9602…
  assert.equal(
    walkWorstCase({ ...cross, makerFee: ratio(100_000) }, 'up', start, orders, cents(30_000)).worst,
    3_280_797,
  )
  // with 3,000: after the first (26,000 + 3,000) ÷ 1.005 = 28,855.72… below 30,000
  const poor = walkWorstCase(
    cross,
    'up',
    { ...start, equity: dollars(3_000) },
    orders,
    cents(30_000),
  )
  assert.deepEqual(poor.broken, { line: 3_000_000, liquidation: 2_885_573 })
})

test('walking against an inventory of the other side reduces it first', () => {
  const start = { position: short, price: cents(20_000), equity: dollars(10_000) }
  const orders = [
    { price: cents(18_000), lots: 1_000 },
    { price: cents(14_000), lots: 1_000 },
  ]
  const walk = walkWorstCase(
    { ...terms, marginMode: 'cross' },
    'down',
    start,
    orders,
    cents(10_000),
  )
  // the short gains 2,000, then 1 BTC long from 14,000 with 12,000 behind: 2,000 ÷ 0.995
  assert.deepEqual([walk.broken, walk.worst], [null, 201_005])
})
