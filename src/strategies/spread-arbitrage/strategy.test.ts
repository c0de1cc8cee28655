import assert from 'node:assert/strict'
import { test } from 'node:test'
import { btcInstrument } from '../../../test/support/instruments.ts'
import { DrivenPair, here, PAIR_START, there } from '../../../test/support/leg-pair.ts'
import { money, price, quantity } from '../../domain/money.ts'
import type { AnyStrategy } from '../registry.ts'
import { spreadArbitrage } from './strategy.ts'

const strategy = spreadArbitrage as AnyStrategy
// 60,000 against 60,300 is 50 bps; four taker fees of 5 bps and four times 2 bps of slippage are 28.
const cheap = { bid: 5_999_900, ask: 6_000_100 }
const dear = { bid: 6_029_900, ask: 6_030_100 }
const parameters = { order_quantity: '0.4', min_edge_bps: 5, exit_spread_bps: 0, cooldown_s: 60 }
const pair = (more = {}) => new DrivenPair(strategy, { ...parameters, ...more })

test('enters by clips where it is cheap, the hedge follows each fill, and says edge and costs', () => {
  const driven = pair()
  driven.prices(cheap, dear)
  assert.deepEqual(driven.targets, [100, 0])
  assert.equal(driven.target(0)?.worstPrice, 6_001_301)
  driven.fill(0, 40, 6_000_100)
  assert.deepEqual(driven.targets, [100, -40])
  driven.fill(0, 60, 6_000_100)
  driven.fill(1, -100, 6_029_900)
  assert.deepEqual(driven.targets, [200, -100])
  driven.trade([6_000_100, 6_029_900])
  assert.deepEqual(driven.targets, [null, -400])
  assert.equal(driven.report['phase'], 'holding')
  assert.match(
    driven.notes.join('\n'),
    /entering long here:BTC\/USDT:USDT: 21\.\d+ bps after costs of [\d.]+ USDT for a part worth [\d.]+ USDT$/,
  )
})

test('the other direction, and none but the one that is allowed', () => {
  const driven = pair()
  driven.prices(dear, cheap)
  assert.deepEqual(driven.targets, [-100, 0])
  const held = pair({ direction: 'long_first' })
  held.prices(dear, cheap)
  assert.deepEqual(held.targets, [null, null])
})

test('an edge below min_edge_bps after all costs is not entered; one that goes ends the entry', () => {
  const driven = pair({ min_edge_bps: 23 })
  driven.prices(cheap, dear)
  assert.deepEqual(driven.targets, [null, null])
  const begun = pair()
  begun.prices(cheap, dear)
  begun.fill(0, 100, 6_000_100)
  begun.price(1, { bid: 6_009_900, ask: 6_010_100 })
  assert.deepEqual(begun.targets, [null, -100])
  assert.equal(begun.report['phase'], 'holding')
})

test('nothing is entered while a leg is closed, and an entry ends within the event that closes it', () => {
  const driven = pair()
  driven.open(1, false)
  driven.prices(cheap, dear)
  assert.deepEqual(driven.targets, [null, null])
  driven.open(1)
  driven.price(1, dear)
  assert.deepEqual(driven.targets, [100, 0])
  driven.fill(0, 10, 6_000_100)
  driven.open(1, false)
  assert.deepEqual(driven.targets, [null, -10])
  driven.price(0, cheap)
  assert.deepEqual(driven.targets, [null, -10])
})

test('a price that is old or crossed never counts', () => {
  const driven = pair()
  driven.price(1, dear)
  driven.at += 10_001
  driven.price(0, cheap)
  assert.deepEqual(driven.targets, [null, null])
  driven.price(1, { bid: 6_030_100, ask: 6_030_100 })
  assert.deepEqual(driven.targets, [null, null])
  driven.price(1, dear)
  assert.deepEqual(driven.targets, [100, 0])
})

test('leaves when the prices have met, clip by clip; what it earned stands in the report, and nothing is entered before the cooldown is over', () => {
  const driven = pair()
  driven.prices(cheap, dear)
  driven.trade([6_000_100, 6_029_900])
  driven.at += 3_600_000
  driven.prices({ bid: 6_014_900, ask: 6_015_100 }, { bid: 6_014_700, ask: 6_014_900 })
  assert.deepEqual(driven.targets, [300, -400])
  assert.equal(driven.target(0)?.isReduceOnly, true)
  driven.trade([6_014_900, 6_014_900])
  assert.deepEqual(driven.targets, [null, null])
  const { report } = driven
  // 0.4 · (60,149 − 60,001 + 60,299 − 60,149) = 119.2
  assert.equal(report['total'], '119.2')
  assert.equal(report['opportunities_closed'], 1)
  assert.deepEqual(report['opportunities_by_outcome'], { profit: 1, loss: 0, unwound: 0 })
  assert.match(JSON.stringify(report['opportunities']), /converged at 0 bps/)
  driven.prices(cheap, dear)
  assert.deepEqual(driven.targets, [null, null])
  driven.at += 60_000
  driven.prices(cheap, dear)
  assert.deepEqual(driven.targets, [100, 0])
})

test('by default it is left when the prices have met, both spreads and all', () => {
  const driven = pair({ exit_spread_bps: undefined })
  driven.prices(cheap, dear)
  driven.trade([6_000_100, 6_029_900])
  assert.deepEqual(driven.targets, [null, -400])
  // Equal again, each 0.33 bps wide.
  driven.price(1, cheap)
  assert.deepEqual(driven.targets, [300, -400])
  assert.match(driven.notes.join('\n'), /leaving the pair: converged at 0\.3/)
})

test('leaves at a stop and after a time, at the market', () => {
  const stopped = pair({ stop_bps: 60 })
  stopped.prices(cheap, dear)
  stopped.trade([6_000_100, 6_029_900])
  stopped.price(1, { bid: 6_049_900, ask: 6_050_100 })
  assert.deepEqual(stopped.targets, [null, -400])
  stopped.price(1, { bid: 6_059_900, ask: 6_060_100 })
  assert.deepEqual(stopped.targets, [300, -400])
  assert.equal(stopped.target(0)?.worstPrice, null)
  const timed = pair({ max_hold_h: 1 })
  timed.prices(cheap, dear)
  timed.trade([6_000_100, 6_029_900])
  timed.at += 3_600_000
  timed.price(0, cheap)
  timed.price(1, dear)
  assert.deepEqual(timed.targets, [300, -400])
})

test('the other side is entered 5 s after both legs were flat at the earliest', () => {
  const driven = pair({ cooldown_s: 0 })
  driven.prices(cheap, dear)
  driven.trade([6_000_100, 6_029_900])
  driven.price(1, { bid: 5_999_700, ask: 5_999_900 })
  driven.trade([5_999_900, 5_999_900])
  assert.equal(driven.report['phase'], 'flat')
  driven.at += 4_999
  driven.prices(dear, cheap)
  assert.deepEqual(driven.targets, [null, null])
  driven.at += 1
  driven.price(0, dear)
  assert.deepEqual(driven.targets, [-100, 0])
})

test('a second size needs add_edge_bps more', () => {
  const driven = pair({ max_open: 2, add_edge_bps: 10 })
  driven.prices(cheap, dear)
  driven.trade([6_000_100, 6_029_900])
  driven.price(1, { bid: 6_034_900, ask: 6_035_100 })
  assert.deepEqual(driven.targets, [500, -400])
  driven.trade([6_000_100, 6_034_900])
  assert.deepEqual(driven.targets, [null, -800])
})

test('the margin of one leg running out ends the pair before its venue does', () => {
  const driven = new DrivenPair(strategy, parameters, { capital: money(1_000_000_000_000) })
  driven.prices(cheap, dear)
  driven.trade([6_000_100, 6_029_900])
  // 0.4 short from 60,299: at 72,200 about 240 of 5,000 are left, below 200 % of 0.5 % of 28,880.
  driven.price(1, { bid: 7_219_900, ask: 7_220_100 })
  assert.deepEqual(driven.targets, [300, -400])
  assert.match(driven.notes.join('\n'), /margin of there:BTC/)
  assert.match(
    driven.notes.join('\n'),
    /moving [\d.]+ USDT from the venue of here:BTC\/USDT:USDT to that of there/,
  )
})

test('no clip is begun that the margin of one leg would not carry', () => {
  const driven = new DrivenPair(strategy, parameters, { capital: money(600_000_000_000) })
  driven.prices(cheap, dear)
  driven.trade([6_000_100, 6_029_900])
  const held = ([0, 1] as const).map((leg) => driven.engine.ledger.holding(leg).position)
  // 98 % of 3,000 a leg, five times, at 60,301: 0.2437.
  assert.deepEqual(held, [243, -243])
})

test('refuses what cannot be a pair, with the numbers', () => {
  const context = {
    at: PAIR_START,
    instruments: [here, there],
    prices: [here, there].map(() => ({ last: price(6_000_000), mark: price(6_000_000) })),
    capital: money(100_000_000_000),
    leverage: 2,
    marginMode: 'cross' as const,
    fees: [],
    positions: [quantity(0), quantity(0)],
    initialPosition: 'none' as const,
  }
  const codes = (more: object, parts = {}) =>
    strategy.check({ ...parameters, ...more }, { ...context, ...parts }).map(({ code }) => code)
  assert.deepEqual(codes({}), ['size_too_large', 'size_too_large'])
  assert.deepEqual(codes({ order_quantity: '0.01' }), [])
  assert.deepEqual(codes({ order_quantity: '0.001' }), ['size_too_small'])
  assert.deepEqual(codes({ order_notional: 100 }), ['invalid_order_notional'])
  assert.deepEqual(codes({ order_quantity: null }), ['invalid_order_quantity'])
  assert.deepEqual(codes({ clips: 0 }), ['invalid_clips'])
  assert.deepEqual(codes({}, { instruments: [here, here] }), ['same_leg'])
  const other = btcInstrument({ base: 'ETH' })
  assert.deepEqual(codes({}, { instruments: [here, other] }), ['different_base'])
  assert.deepEqual(codes({}, { instruments: [here, { ...there, kind: 'inverse' }] }), ['inverse'])
})
