/** What a pair must not do for ever when one venue is open and refuses: leave and come back, or enter and be unwound. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrivenPair } from '../../../test/support/leg-pair.ts'
import { crossVenueMarketMaking } from '../../strategies/cross-venue-market-making/strategy.ts'
import type { AnyStrategy } from '../../strategies/registry.ts'
import { spreadArbitrage } from '../../strategies/spread-arbitrage/strategy.ts'
import { ratio } from '../money.ts'

const cheap = { bid: 5_999_900, ask: 6_000_100 }
const dear = { bid: 6_029_900, ask: 6_030_100 }
const parameters = { order_quantity: '0.4', min_edge_bps: 5, exit_spread_bps: 2, cooldown_s: 0 }
const pair = (more = {}, context = {}) =>
  new DrivenPair(spreadArbitrage as AnyStrategy, { ...parameters, ...more }, context)
const HOUR_MS = 3_600_000

const held = (driven: DrivenPair, leg: 0 | 1): number => driven.engine.ledger.holding(leg).position

/** The lead fills whatever it wants, the hedge nothing. @returns how often the lead traded */
function drive(driven: DrivenPair, until: number, told = [cheap, dear] as const): number {
  let trades = 0
  for (; driven.at < until; driven.at += 1000) {
    driven.prices(...told)
    const missing = (driven.target(0)?.quantity ?? held(driven, 0)) - held(driven, 0)
    if (missing === 0) continue
    driven.fill(0, missing, missing > 0 ? told[0].ask : told[0].bid)
    trades += 1
  }
  return trades
}

const count = (driven: DrivenPair, pattern: RegExp): number =>
  driven.notes.filter((text) => pattern.test(text)).length

test('an exit whose hedge refuses to follow buys nothing back: the leg that holds more is reduced until it does', () => {
  const driven = pair()
  driven.prices(cheap, dear)
  driven.trade([6_000_100, 6_029_900])
  assert.deepEqual([held(driven, 0), held(driven, 1)], [400, -400])
  assert.equal(drive(driven, driven.at + HOUR_MS, [cheap, cheap]), 1)
  assert.deepEqual([held(driven, 0), held(driven, 1)], [300, -400])
  assert.deepEqual(driven.targets, [null, -300])
  assert.equal(driven.target(1)?.isReduceOnly, true)
  // 0, 5, 15, 35, … s: each stage once, and each twice as long as the one before.
  assert.equal(count(driven, /nothing is bought back/), 10)
  driven.fill(1, 100, 6_000_100)
  driven.trade([5_999_900, 6_000_100])
  assert.deepEqual([held(driven, 0), held(driven, 1)], [0, 0])
})

test('a venue that goes away again and again during an exit makes the lead trade less and less', () => {
  const driven = pair()
  driven.prices(cheap, dear)
  driven.trade([6_000_100, 6_029_900])
  let trades = drive(driven, driven.at + 6000, [cheap, cheap])
  for (let flap = 0; flap < 60; flap += 1) {
    driven.open(1, false)
    trades += drive(driven, driven.at + 12_000, [cheap, cheap])
    driven.open(1)
    trades += drive(driven, driven.at + 6000, [cheap, cheap])
  }
  assert.ok(trades <= 3, `${trades} trades of the lead`)
})

test('a venue that stays away for a minute each time is waited for at most four times as long', () => {
  const driven = pair()
  driven.prices(cheap, dear)
  driven.trade([6_000_100, 6_029_900])
  drive(driven, driven.at + 1000, [cheap, cheap])
  for (let flap = 0; flap < 6; flap += 1) {
    driven.open(1, false)
    drive(driven, driven.at + 41_000, [cheap, cheap])
    assert.deepEqual([held(driven, 0), held(driven, 1)], [400, -400])
    driven.open(1)
    drive(driven, driven.at + 6000, [cheap, cheap])
    assert.deepEqual([held(driven, 0), held(driven, 1)], [300, -400])
  }
})

test('nothing is hedged by a position that its venue may not hold; what lowers the other one goes on', () => {
  const driven = pair()
  driven.prices(cheap, cheap)
  driven.fill(1, -60, 6_000_000)
  assert.equal(driven.target(1)?.quantity, 0)
  driven.doubt(1)
  for (let second = 0; second < 60; second += 1) {
    driven.at += 1000
    driven.prices(cheap, cheap)
    assert.equal(driven.target(0), null)
  }
  driven.doubt(1, true)
  const matched = pair()
  matched.prices(cheap, dear)
  matched.trade([6_000_100, 6_029_900])
  matched.doubt(1)
  // Half of the hedge is gone.
  matched.fill(1, 200, 6_000_000)
  drive(matched, matched.at + 60_000, [cheap, cheap])
  assert.deepEqual([held(matched, 0), held(matched, 1)], [200, -200])
})

test('an entry that cannot be hedged: each unwinding doubles the pause, the third one stops entries until an operator adjusts', () => {
  const driven = pair()
  assert.equal(drive(driven, driven.at + HOUR_MS), 6)
  assert.equal(driven.report['phase'], 'flat')
  assert.equal(
    driven.report['entries_stopped'],
    'entries stopped: 3 clips in a row could not be hedged',
  )
  // A resume of a bot that runs changes nothing.
  const stopped =
    /^entries stopped: 3 clips in a row could not be hedged; .*, then perpfleet pause ID and perpfleet resume ID, or change strategy_config in its file$/
  assert.equal(count(driven, stopped), 1)
  assert.equal(
    count(driven, /^net delta of 0\.1 BTC for \d+ ms: the leg that is ahead is unwound$/),
    3,
  )
  driven.engine.on({
    kind: 'command',
    at: driven.at,
    command: { name: 'adjust', parameters: { slippage_bps: '3' } },
  })
  assert.equal(driven.report['entries_stopped'], null)
  assert.equal(drive(driven, driven.at + 60_000), 6)
})

test('the pause doubles from 5 s at least, and up to an hour', () => {
  const driven = pair({ unwinds_max: 1000 })
  // Unwound after 5 s each time; pauses of 5, 10, 20, … 2560, 3600, 3600 s.
  const entries = drive(driven, driven.at + 4 * HOUR_MS) / 2
  assert.equal(entries, 13)
})

test('a clip that was matched as it should be clears the count; a pause that an operator ends does too', () => {
  const driven = pair({ unwinds_max: 2 })
  drive(driven, driven.at + 6000)
  assert.equal(driven.report['unwound_in_row'], 1)
  driven.at += 60_000
  driven.prices(cheap, dear)
  driven.trade([6_000_100, 6_029_900])
  assert.equal(driven.report['unwound_in_row'], 0)
  const resumed = pair({ unwinds_max: 1 })
  drive(resumed, resumed.at + HOUR_MS)
  assert.match(String(resumed.report['entries_stopped']), /1 clips in a row/)
  // Its venue was away: nobody has looked.
  resumed.open(1, false, false)
  resumed.open(1)
  assert.notEqual(resumed.report['entries_stopped'], null)
  resumed.open(1, false, true, 'paused')
  assert.notEqual(resumed.report['entries_stopped'], null)
  resumed.open(1, true, true, 'running')
  assert.equal(resumed.report['entries_stopped'], null)
})

test('the end of a limit, as by the next day, is nobody’s look: entries stay stopped; a resume counts while a venue is away too', () => {
  const driven = pair({ unwinds_max: 1 })
  drive(driven, driven.at + HOUR_MS)
  for (const leg of [0, 1] as const) driven.open(leg, false, true, 'reduce_only')
  for (const leg of [0, 1] as const) driven.open(leg, true, true, 'running')
  assert.match(String(driven.report['entries_stopped']), /1 clips in a row/)
  driven.open(1, false, true, 'paused')
  driven.open(1, false, false, 'running')
  assert.equal(driven.report['entries_stopped'], null)
})

test('cross_venue_market_making quotes no more after fills that could not be hedged', () => {
  const driven = new DrivenPair(crossVenueMarketMaking as AnyStrategy, {
    ...{ order_quantity: '0.1', min_profit_bps: 3, cooldown_s: 0, unwinds_max: 2 },
  })
  const wide = { bid: 5_990_000, ask: 6_010_000 }
  let fills = 0
  for (const end = driven.at + HOUR_MS; driven.at < end; driven.at += 1000) {
    driven.prices(wide, cheap)
    const missing = (driven.target(0)?.quantity ?? held(driven, 0)) - held(driven, 0)
    if (missing !== 0) driven.fill(0, missing, 5_990_000)
    const bid = driven.rest('bid')
    if (bid === null) continue
    driven.fill(0, bid.quantity as number, bid.price, 'bid')
    fills += 1
  }
  assert.equal(fills, 2)
  assert.equal(held(driven, 0), 0)
  assert.notEqual(driven.report['entries_stopped'], null)
})

test('an edge above max_edge_bps is a wrong price: nothing is entered, and it is told once', () => {
  const driven = pair()
  const twice = { bid: 11_999_900, ask: 12_000_100 }
  driven.prices(cheap, twice)
  driven.prices(cheap, twice)
  assert.deepEqual(driven.targets, [null, null])
  assert.equal(count(driven, /more than max_edge_bps 500/), 1)
  const wide = pair({ max_edge_bps: 10_000 })
  wide.prices(cheap, twice)
  assert.deepEqual(wide.targets, [100, 0])
})

test('each leg has its own leverage, and the share of its equity that its desk lets be margin', () => {
  const size = (context: object): number => {
    const driven = pair({ order_quantity: '2' }, context)
    driven.prices(cheap, dear)
    driven.trade([6_000_100, 6_029_900])
    return held(driven, 0)
  }
  // 10,000 a leg. The second: 98 % · 3 ÷ 60,301; the first: 40 % · 5 ÷ 60,001.
  assert.equal(size({ legLeverages: [5, 3] }), 487)
  const legUtilizations = [ratio(40_000_000), ratio(100_000_000)]
  assert.equal(size({ legLeverages: [5, 5], legUtilizations }), 333)
  // 80 % where nobody says what the desk allows: · 3 ÷ 60,301.
  assert.equal(size({ legLeverages: [5, 3], legUtilizations: undefined }), 398)
})

test('a repair wakes through both desks, and equity × leverage beyond the safe integers is cut, not thrown', () => {
  const driven = pair({}, { capital: Number.MAX_SAFE_INTEGER - 1, leverage: 50 })
  driven.prices(cheap, dear)
  driven.fill(0, 100, 6_000_100)
  const due = driven.at + 5000
  const state = driven.engine.stored().state as never as { wakes: { at: number | null }[] }
  assert.deepEqual(
    state.wakes.map(({ at }) => at),
    [due, due],
  )
})

test('the margin of a leg is judged by its own last price, also while that of the other leg is too old to count', () => {
  const driven = pair({}, { capital: 1_000_000_000_000 })
  driven.prices(cheap, dear)
  driven.trade([6_000_100, 6_029_900])
  driven.at += 60_000
  // 0.4 short from 60,299: at 72,200 about 240 of 5,000 are left, below 200 % of 0.5 % of 28,880.
  driven.price(1, { bid: 7_219_900, ask: 7_220_100 })
  assert.deepEqual(driven.targets, [300, -400])
  assert.match(JSON.stringify(driven.report['legs']), /"price_fault":"the price is 60000 ms old"/)
})

test('so are the stop and the time of a pair; a profit waits for prices that count', () => {
  const enter = (more: object): DrivenPair => {
    const driven = pair({ exit_spread_bps: -100, ...more })
    driven.prices(cheap, dear)
    driven.trade([6_000_100, 6_029_900])
    driven.at += 60_000
    return driven
  }
  const stopped = enter({ stop_bps: 60 })
  stopped.price(1, { bid: 6_089_900, ask: 6_090_100 })
  assert.deepEqual(stopped.targets, [300, -400])
  const timed = enter({ max_hold_h: 0.016 })
  timed.price(1, dear)
  assert.deepEqual(timed.targets, [300, -400])
  const waiting = enter({ take_profit_bps: 10 })
  waiting.price(1, { bid: 5_969_900, ask: 5_970_100 })
  assert.deepEqual(waiting.targets, [null, -400])
})

test('a repair that no leg can make says so, instead of what it would be', () => {
  const driven = pair()
  driven.prices(cheap, cheap)
  driven.open(0, false)
  driven.open(1, false)
  driven.fill(0, 60, 6_000_000)
  driven.at += 6000
  driven.prices(cheap, cheap)
  assert.equal(count(driven, /nothing can be done before a desk lets its leg trade again$/), 1)
  assert.equal(count(driven, /it is hedged|is unwound/), 0)
})

test('an unwinding goes on while the hedge takes no new risk because of the order that was taken back', () => {
  const driven = pair()
  driven.prices(cheap, dear)
  driven.fill(0, driven.target(0)?.quantity ?? 0, 6_000_100)
  for (let second = 0; second < 6; second += 1) {
    driven.at += 1000
    driven.prices(cheap, dear)
  }
  assert.deepEqual(driven.targets, [0, null])
  const told = driven.notes.length
  for (let change = 0; change < 20; change += 1) {
    driven.open(1, change % 2 === 1, true)
    driven.at += 10
    driven.prices(cheap, dear)
    assert.deepEqual(driven.targets, [0, null])
  }
  assert.equal(count(driven, /is unwound/), 1)
  assert.equal(driven.notes.length, told + 20, 'open and closed, and no repair told anew')
})
