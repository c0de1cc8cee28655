import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  anyLeg,
  anyTerms,
  bookOf,
  freeTerms,
  legOf,
  solAt,
} from '../../../test/support/arbitrage.ts'
import { btcInstrument, oneTier } from '../../../test/support/instruments.ts'
import type { Instrument } from '../instrument.ts'
import { money, quantity, ratio } from '../money.ts'
import {
  type Assessment,
  assess,
  assessBoth,
  type LegMarket,
  type Opportunity,
} from './opportunity.ts'

const HOUR_MS = 3_600_000
const cheap = solAt('a', 2, 1)
/** Lots of half a coin. */
const dear = solAt('b', 1, 5)
const cheapBook = bookOf(
  [[9_990, 2_000]],
  [
    [10_000, 500],
    [10_010, 1_000],
  ],
)
const dearBook = bookOf(
  [
    [10_100, 10],
    [10_090, 100],
  ],
  [[10_120, 100]],
)
const fees = { entry: ratio(50_000), exit: ratio(50_000) }

const long = legOf(cheap, cheapBook, {
  fees,
  leverage: 5,
  funding: { rate: ratio(10_000), nextAt: HOUR_MS, intervalMs: 8 * HOUR_MS },
})
const short = legOf(dear, dearBook, {
  fees,
  leverage: 5,
  funding: { rate: ratio(5_000), nextAt: HOUR_MS / 2, intervalMs: HOUR_MS },
})
const tenHours = freeTerms({
  wanted: { base: { units: 10, decimals: 0 } },
  slippage: ratio(10_000),
  span: { from: 0, until: 10 * HOUR_MS },
})

function found({ opportunity }: Assessment): Opportunity {
  assert.ok(opportunity !== null)
  return opportunity
}
const codes = ({ reasons }: Assessment): string[] => reasons.map(({ code }) => code)

test('a round trip of 10 SOL, computed by hand', () => {
  const { size, costs, ...rest } = found(assess(long, short, tenHours))
  assert.deepEqual(size, { units: 1_000, decimals: 2 })
  // Bought: 5 at 100.00 and 5 at 100.10 = 1,000.50. Sold: 5 at 101.00 and 5 at 100.90 = 1,009.50.
  assert.equal(rest.long.notional, 100_050_000_000)
  assert.deepEqual([rest.long.price, rest.long.worst, rest.long.lots], [10_005, 10_010, 1_000])
  assert.equal(rest.short.notional, 100_950_000_000)
  assert.deepEqual([rest.short.price, rest.short.worst, rest.short.lots], [10_095, 10_090, 20])
  assert.equal(costs.entryDifference, 900_000_000)
  // Left again at 99.90 (999.00, mid 999.50) and at 101.20 (1,012.00, mid 1,011.00).
  assert.deepEqual(costs.long, {
    entryFee: 50_025_000,
    exitFee: 49_950_000,
    slippage: 19_995_000,
    exitSpread: 50_000_000,
    // 1 h and 9 h: twice 1 bp of 1,000.50 paid.
    funding: -20_010_000,
  })
  assert.deepEqual(costs.short, {
    entryFee: 50_475_000,
    exitFee: 50_600_000,
    slippage: 20_215_000,
    exitSpread: 100_000_000,
    // 0.5 h, 1.5 h … 9.5 h: ten times 0.5 bp of 1,009.50 received.
    funding: 50_475_000,
  })
  assert.equal(costs.costs, 391_260_000)
  assert.equal(costs.funding, 30_465_000)
  // 9.00 − 3.9126 + 0.30465 = 5.39205 of 1,005.00 = 53.65 bps.
  assert.equal(rest.edgeMoney, 539_205_000)
  assert.equal(rest.notional, 100_500_000_000)
  assert.equal(rest.edge, 536_522)
  assert.equal(rest.margin, 40_200_000_000)
  // −0.30015 and +1.2114 a day; the difference of prices pays for everything at once.
  assert.equal(costs.fundingPerDay, 91_125_000)
  assert.equal(rest.breakEvenMs, 0)
  assert.equal(rest.limitedBy, null)
})

test('break-even: what the prices do not pay for, funding has to', () => {
  const same = { ...short, book: { bids: [...cheapBook.bids], asks: [...cheapBook.asks] } }
  const terms = { ...tenHours, slippage: ratio(0) }
  const { costs, breakEvenMs } = found(
    assess(long, { ...same, instrument: solAt('b', 2, 1) }, terms),
  )
  const missing = costs.costs - costs.entryDifference
  assert.ok(missing > 0 && costs.fundingPerDay > 0)
  assert.equal(breakEvenMs, Math.ceil((missing * 86_400_000) / costs.fundingPerDay))
  const paying = { ...short, funding: { rate: ratio(-5_000), nextAt: 1, intervalMs: HOUR_MS } }
  assert.equal(
    found(assess(long, paying, { ...terms, exitBasis: ratio(900_000) })).breakEvenMs,
    null,
  )
})

test('amounts of another settlement currency are converted against the trader', () => {
  // USDT at 0.999 USDC: sold for 1,009.50 USDT = 1,008.4905 USDC.
  const converted = { ...short, settleRate: ratio(99_900_000) }
  const { costs, short: plan } = found(assess(long, converted, tenHours))
  assert.equal(plan.notional, 100_950_000_000)
  assert.equal(costs.entryDifference, 100_849_050_000 - 100_050_000_000)
  assert.equal(costs.short.entryFee, 50_424_525)
})

test('what is expected to be left between the venues at the exit is a cost', () => {
  const plain = found(assess(long, short, tenHours))
  const left = found(assess(long, short, { ...tenHours, exitBasis: ratio(100_000) }))
  // 10 bps of the long leg at its mid, 999.50.
  assert.equal(left.costs.exitBasis, 99_950_000)
  assert.equal(left.edgeMoney, plain.edgeMoney - 99_950_000)
})

test('sizes: the smallest step of both, depth of all four sides, margin of each leg', () => {
  const sized = (parts: Partial<typeof tenHours>, one = long, other = short) =>
    found(assess(one, other, { ...tenHours, ...parts }))
  // 7.77 SOL on lots of 0.01 and 0.5: 7.5.
  const odd = sized({ wanted: { base: { units: 777, decimals: 2 } } })
  assert.deepEqual([odd.size.units, odd.long.lots, odd.short.lots], [750, 750, 15])
  // The asks of the long venue hold 15 SOL.
  const deep = sized({ wanted: { base: { units: 50, decimals: 0 } } })
  assert.deepEqual([deep.size.units, deep.limitedBy], [1_500, 'depth'])
  // 100 USDC at leverage 5 carry 500: at 100.10 that is 4.99 SOL, on the step 4.5.
  const poor = sized({}, { ...long, marginFree: money(10_000_000_000) })
  assert.deepEqual([poor.size.units, poor.limitedBy], [450, 'margin'])
  assert.ok(poor.long.margin <= 10_000_000_000)
  const poorShort = sized({}, long, { ...short, marginFree: money(5_000_000_000) })
  assert.deepEqual([poorShort.size.units, poorShort.limitedBy], [200, 'margin'])
  assert.ok(poorShort.short.margin <= 5_000_000_000)
  // 320 USDC at the best ask of 100.00.
  const worth = sized({ wanted: { notional: money(32_000_000_000) } })
  assert.equal(worth.size.units, 300)
})

test('refusals say what was found and what was asked for', () => {
  const of = (one: LegMarket, other: LegMarket, terms = tenHours) => assess(one, other, terms)
  assert.deepEqual(of(long, legOf(btcInstrument(), dearBook)).reasons, [
    { code: 'different_base', instrument: 'test:BTC/USDT:USDT', found: 0, needed: 0, unit: 'none' },
  ])
  const inverse: Instrument = { ...dear, kind: 'inverse' }
  assert.deepEqual(codes(of(long, legOf(inverse, dearBook))), ['inverse'])
  assert.deepEqual(codes(of(long, legOf(dear, bookOf([], [[1, 1]])))), ['empty_book'])
  const crossed = of(long, legOf(dear, bookOf([[10_200, 9]], [[10_150, 9]])))
  assert.equal(crossed.opportunity, null)
  assert.deepEqual(crossed.reasons, [
    {
      code: 'crossed',
      instrument: 'b:SOL/USDC:USDC',
      found: 10_200,
      needed: 10_150,
      unit: 'price',
    },
  ])
  const tiny = of(long, short, { ...tenHours, wanted: { base: { units: 49, decimals: 2 } } })
  assert.deepEqual(tiny.reasons, [
    { code: 'no_common_size', instrument: null, found: 49, needed: 50, unit: 'base' },
  ])
  const least = { ...short, instrument: { ...dear, quantityMin: quantity(40) } }
  assert.deepEqual(of(long, least).reasons, [
    { code: 'below_minimum', instrument: 'b:SOL/USDC:USDC', found: 20, needed: 40, unit: 'lots' },
  ])
  const worth = { ...long, instrument: { ...cheap, notionalMin: money(200_000_000_000) } }
  assert.deepEqual(codes(of(worth, short)), ['below_minimum'])
  const tiers = { ...long, instrument: { ...cheap, marginTiers: oneTier(3) } }
  assert.deepEqual(of(tiers, short).reasons[0], {
    code: 'leverage',
    instrument: 'a:SOL/USDC:USDC',
    found: 5,
    needed: 3,
    unit: 'times',
  })
  assert.deepEqual(of(long, short, { ...tenHours, edgeMin: ratio(536_523) }).reasons, [
    { code: 'edge', instrument: null, found: 536_522, needed: 536_523, unit: 'ratio' },
  ])
  assert.deepEqual(of(long, short, { ...tenHours, edgeMax: ratio(536_521) }).reasons, [
    { code: 'implausible', instrument: null, found: 536_522, needed: 536_521, unit: 'ratio' },
  ])
  assert.deepEqual(of(long, short, { ...tenHours, edgeMax: ratio(536_522) }).reasons, [])
  assert.deepEqual(of(long, short, { ...tenHours, edgeMin: ratio(536_522) }).reasons, [])
  const unknown = { ...short, funding: null }
  assert.deepEqual(codes(of(long, unknown)), [])
  assert.deepEqual(codes(of(long, unknown, { ...tenHours, isFundingNeeded: true })), [
    'funding_unknown',
  ])
})

test('the better direction is found whichever leg is named first', () => {
  const there = found(assessBoth(long, short, tenHours))
  const back = found(assessBoth(short, long, tenHours))
  assert.deepEqual(there, back)
  assert.equal(there.long.instrument, cheap.id)
})

test('property: every sum of the statement is exact', () => {
  const property = fc.property(anyLeg('a'), anyLeg('b'), anyTerms, (one, other, terms) => {
    const { opportunity } = assess(one, other, terms)
    if (opportunity === null) return
    const { costs, edgeMoney, size } = opportunity
    const legs = [costs.long, costs.short]
    const sum = legs.reduce(
      (all, leg) => all + leg.entryFee + leg.exitFee + leg.slippage + leg.exitSpread,
      0,
    )
    assert.equal(costs.costs, sum + costs.exitBasis)
    assert.equal(costs.funding, costs.long.funding + costs.short.funding)
    assert.equal(edgeMoney, costs.entryDifference - costs.costs + costs.funding)
    // Both legs hold the same size, to the last unit.
    for (const [leg, plan] of [
      [one, opportunity.long],
      [other, opportunity.short],
    ] as const) {
      const { lotSize, quantityDecimals } = leg.instrument
      assert.equal(plan.lots * lotSize * 10 ** (size.decimals - quantityDecimals), size.units)
      if (leg.marginFree !== null) assert.ok(plan.margin <= leg.marginFree)
    }
    assert.ok(costs.long.exitSpread >= 0 && costs.short.exitSpread >= 0)
  })
  fc.assert(property, { seed: 74, numRuns: 1_000 })
})

test('property: more fees, more slippage, more left at the exit never leave more edge', () => {
  const more = fc.record({
    fee: fc.integer({ min: 0, max: 100_000 }),
    slippage: fc.integer({ min: 0, max: 10_000 }),
    basis: fc.integer({ min: 0, max: 100_000 }),
  })
  const property = fc.property(
    anyLeg('a'),
    anyLeg('b'),
    anyTerms,
    more,
    (one, other, terms, add) => {
      const before = assess(one, other, terms).opportunity
      const dearer = (leg: LegMarket): LegMarket => ({
        ...leg,
        fees: { entry: ratio(leg.fees.entry + add.fee), exit: ratio(leg.fees.exit + add.fee) },
      })
      const after = assess(dearer(one), dearer(other), {
        ...terms,
        slippage: ratio(terms.slippage + add.slippage),
        exitBasis: ratio(terms.exitBasis + add.basis),
      }).opportunity
      assert.equal(before === null, after === null)
      if (before === null || after === null) return
      assert.ok(after.edge <= before.edge && after.edgeMoney <= before.edgeMoney)
    },
  )
  fc.assert(property, { seed: 75, numRuns: 1_000 })
})

test('property: a larger size never has a better price, a smaller margin never a larger size', () => {
  const property = fc.property(
    anyLeg('a'),
    anyLeg('b'),
    anyTerms,
    fc.integer({ min: 0, max: 1_000 }),
    fc.integer({ min: 0, max: 100_000_000_000 }),
    (one, other, terms, add, free) => {
      const base = 'base' in terms.wanted ? terms.wanted.base : { units: 1, decimals: 2 }
      const small = assess(one, other, terms).opportunity
      const wanted = { base: { ...base, units: base.units + add } }
      const large = assess(one, other, { ...terms, wanted }).opportunity
      if (small === null || large === null) return
      if (one.marginFree === null && other.marginFree === null)
        assert.ok(large.size.units >= small.size.units)
      if (large.size.units >= small.size.units) {
        assert.ok(large.long.price >= small.long.price)
        assert.ok(large.short.price <= small.short.price)
      }
      const marginFree = money(Math.min(free, one.marginFree ?? free))
      const poor = assess({ ...one, marginFree }, other, terms).opportunity
      assert.ok((poor?.size.units ?? 0) <= small.size.units)
    },
  )
  fc.assert(property, { seed: 76, numRuns: 1_000 })
})

test('property: names do not matter: what A against B brings, B against A brings', () => {
  const property = fc.property(anyLeg('a'), anyLeg('b'), anyTerms, (one, other, terms) => {
    const there = assessBoth(one, other, terms)
    const back = assessBoth(other, one, terms)
    assert.equal(there.opportunity?.edge, back.opportunity?.edge)
    // The same venue under another name counts the same.
    const renamed = { ...one, instrument: { ...one.instrument, id: other.instrument.id } }
    assert.equal(
      assess(renamed, other, terms).opportunity?.edge,
      assess(one, other, terms).opportunity?.edge,
    )
  })
  fc.assert(property, { seed: 77, numRuns: 500 })
})
