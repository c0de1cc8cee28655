/** What a pair says of itself for people: bound and aim, prices and margin of each leg, opportunities as rows. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrivenPair, PAIR_START } from '../../../test/support/leg-pair.ts'
import { crossVenueMarketMaking } from '../../strategies/cross-venue-market-making/strategy.ts'
import type { AnyStrategy } from '../../strategies/registry.ts'
import { spreadArbitrage } from '../../strategies/spread-arbitrage/strategy.ts'

const HOUR_MS = 3_600_000
const cheap = { bid: 5_999_900, ask: 6_000_100 }
const dear = { bid: 6_029_900, ask: 6_030_100 }
const parameters = { order_quantity: '0.4', min_edge_bps: 5, exit_spread_bps: 0, cooldown_s: 60 }
const spread = () => new DrivenPair(spreadArbitrage as AnyStrategy, parameters)

type Told = Readonly<Record<string, unknown>>
const part = (told: Told, name: string): Told => told[name] as Told
const rows = (told: Told, name: string): readonly Told[] => told[name] as readonly Told[]

/** Entered at 60,001 and 60,299, left at equal prices after so long. */
function taken(hours: number): Told {
  const driven = spread()
  driven.prices(cheap, dear)
  driven.trade([6_000_100, 6_029_900])
  driven.at += hours * HOUR_MS
  driven.prices({ bid: 6_014_900, ask: 6_015_100 }, { bid: 6_014_700, ask: 6_014_900 })
  driven.trade([6_014_900, 6_014_900])
  return driven.report
}

test('while it holds: aim, net delta with its bound, and what the exit wants', () => {
  const driven = spread()
  driven.prices(cheap, dear)
  driven.fill(0, 100, 6_000_100)
  driven.fill(1, -60, 6_029_900)
  const { report } = driven
  assert.deepEqual(
    [report['phase'], report['aim'], report['lead'], report['base']],
    ['entering', '0.4', 'first', 'BTC'],
  )
  // A part of 0.1 and less than one lot of dust.
  const delta = part(report, 'delta')
  assert.deepEqual([delta['now'], delta['bound'], delta['dust']], ['0.04', '0.1', '0'])
  assert.deepEqual([report['exit_at_bps'], report['edge_now_bps']], ['0', null])
  const [first, second] = rows(report, 'legs')
  assert.deepEqual(
    [first?.['bid'], first?.['ask'], second?.['bid'], second?.['ask']],
    ['59999', '60001', '60299', '60301'],
  )
  // 0.1 and 0.06 at mark, a fifth of it.
  assert.deepEqual([first?.['margin'], second?.['margin']], ['1200', '723.6'])
  assert.deepEqual([first?.['equity'], second?.['equity']], ['9999.9', '9999.94'])
})

test('an opportunity has its size, both legs with their results, and its return on margin', () => {
  const report = taken(1)
  const [one] = rows(report, 'opportunities')
  assert.deepEqual([one?.['size'], one?.['total'], one?.['held_ms']], ['0.4', '119.2', HOUR_MS])
  assert.deepEqual(
    rows(one ?? {}, 'legs').map((leg) => [leg['total'], leg['settle']]),
    [
      ['59.2', 'USDT'],
      ['60', 'USDT'],
    ],
  )
  // 119.2 of a margin of about 9,644.
  assert.deepEqual([one?.['margin_return'], one?.['annual_return']], ['1.24 %', null])
  assert.deepEqual([report['annual_return'], report['held_ms']], [null, HOUR_MS])
  assert.equal(report['entries_pause_until'], PAIR_START + 60_000 + HOUR_MS + 60_000)
})

test('a day is the least of which a return for a year is told, of the instance too', () => {
  const report = taken(24)
  assert.equal(rows(report, 'opportunities')[0]?.['annual_return'], report['annual_return'])
  // 1.2386 % · 365.
  assert.match(String(report['annual_return']), /^452\.\d\d %$/)
})

test('a maker that trades both ways without a pause may be two orders apart', () => {
  const maker = new DrivenPair(crossVenueMarketMaking as AnyStrategy, {
    ...{ order_quantity: '0.1', min_profit_bps: 5 },
  })
  maker.prices(cheap, cheap)
  assert.equal(maker.report['phase'], 'following')
  assert.equal(part(maker.report, 'delta')['bound'], '0.2')
})

test('why an opportunity ended that the strategy did not leave: its desk closed it, or the hedge did not follow', () => {
  const driven = spread()
  driven.prices(cheap, dear)
  driven.trade([6_000_100, 6_029_900])
  // As by kill or close-all: nothing of it was wanted by the strategy.
  driven.fill(0, -400, 5_999_900)
  driven.fill(1, 400, 6_030_100)
  driven.at += HOUR_MS
  driven.prices(cheap, dear)
  driven.fill(0, 100, 6_000_100)
  driven.fill(0, -100, 5_999_900)
  assert.deepEqual(
    rows(driven.report, 'opportunities').map(({ outcome, exit }) => [outcome, exit]),
    [
      ['loss', 'closed by an order of its desk (kill, stop, close-all)'],
      ['unwound', 'the hedge did not follow'],
    ],
  )
})

test('a maker ends by its own quotes what they began', () => {
  const making = new DrivenPair(crossVenueMarketMaking as AnyStrategy, { order_quantity: '0.4' })
  making.prices(cheap, cheap)
  making.fill(0, 100, 5_999_000, 'bid')
  making.fill(1, -100, 5_999_900)
  making.fill(0, -100, 6_001_000, 'ask')
  making.fill(1, 100, 6_000_100)
  assert.equal(rows(making.report, 'opportunities')[0]?.['exit'], 'both legs are flat again')
})
