import assert from 'node:assert/strict'
import { test } from 'node:test'
import { btcInstrument, usdcInstrument } from '../../../test/support/instruments.ts'
import { money, quantity, type Ratio } from '../money.ts'
import { entryLots, type Sizing, type SizingFacts } from './sizing.ts'

// Prices in 0.01, one lot 0.01: a price unit of a lot is worth 10,000 of 1e-8.
const sol = usdcInstrument()
const percent = (value: number) => (value * 1_000_000) as Ratio
const sizing: Sizing = {
  kind: 'equity_share',
  equityShare: percent(50),
  riskPerTrade: percent(1),
  lots: null,
  notional: null,
}
const facts: SizingFacts = {
  instrument: sol,
  equity: money(1_000 * 1e8),
  leverage: 3,
  last: 10_000,
  worst: 10_100,
  stop: null,
}

test('equity_share: equity × share × leverage at the worst price, rounded down to lots', () => {
  // 1,500 ÷ 101 = 14.851…
  assert.equal(entryLots(sizing, facts), 1_485)
  assert.equal(entryLots(sizing, { ...facts, equity: 0 }), 0)
  assert.equal(entryLots(sizing, { ...facts, equity: -5 }), 0)
})

test('risk_per_trade: what the stop may lose, at most equity_share', () => {
  const risky: Sizing = { ...sizing, kind: 'risk_per_trade' }
  // 1 % of 1,000 is 10; 2 from 100 to 98: 5 SOL.
  assert.equal(entryLots(risky, { ...facts, stop: 9_800 }), 500)
  assert.equal(entryLots(risky, { ...facts, stop: 10_300 }), 333)
  assert.equal(entryLots(risky, { ...facts, stop: 9_999 }), 1_485)
  assert.equal(entryLots(risky, facts), 0)
})

test('fixed: a quantity, or a notional at the worst price', () => {
  assert.equal(entryLots({ ...sizing, kind: 'fixed', lots: 7 }, facts), 7)
  assert.equal(entryLots({ ...sizing, kind: 'fixed', notional: money(300 * 1e8) }, facts), 297)
})

test('below the smallest order of the venue nothing is entered', () => {
  const instrument = { ...sol, quantityMin: quantity(8), notionalMin: money(10 * 1e8) }
  assert.equal(entryLots({ ...sizing, kind: 'fixed', lots: 7 }, { ...facts, instrument }), 0)
  assert.equal(entryLots({ ...sizing, kind: 'fixed', lots: 9 }, { ...facts, instrument }), 0)
  assert.equal(entryLots({ ...sizing, kind: 'fixed', lots: 10 }, { ...facts, instrument }), 10)
})

test('an inverse contract loses in its coin', () => {
  // Contracts of 1 quote; 100 % of 1 BTC at 20,000.00 are 20,000 contracts.
  const inverse = {
    ...btcInstrument(),
    kind: 'inverse' as const,
    moneyPerUnit: 100_000_000,
    lotSize: 1,
    quantityDecimals: 0,
  }
  const other = {
    ...facts,
    instrument: inverse,
    equity: money(1e8),
    leverage: 1,
    last: 2_000_000,
    worst: 2_000_000,
  }
  assert.equal(entryLots({ ...sizing, equityShare: percent(100) }, other), 20_000)
  // From 20,000 to 16,000 a contract loses 1/16,000 − 1/20,000 = 0.0000125 BTC; 1 % is 0.01 BTC.
  const risky: Sizing = { ...sizing, kind: 'risk_per_trade', equityShare: percent(100) }
  const lots = entryLots(risky, { ...other, stop: 1_600_000 })
  assert.ok(lots === 800 || lots === 799, String(lots))
})
