/** The wait for a hedge that goes away in an exit. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrivenPair } from '../../../test/support/leg-pair.ts'
import type { AnyStrategy } from '../../strategies/registry.ts'
import { spreadArbitrage } from '../../strategies/spread-arbitrage/strategy.ts'

const cheap = { bid: 5_999_900, ask: 6_000_100 }
const dear = { bid: 6_029_900, ask: 6_030_100 }
const parameters = { order_quantity: '0.4', min_edge_bps: 5, exit_spread_bps: 2, cooldown_s: 0 }

function exiting() {
  const driven = new DrivenPair(spreadArbitrage as AnyStrategy, parameters)
  driven.prices(cheap, dear)
  driven.trade([6_000_100, 6_029_900])
  driven.prices(cheap, cheap)
  driven.fill(0, -100, 5_999_900)
  driven.open(1, false)
  return driven
}

/** @returns seconds until the lead is told to go back up; endless when it is not within ten minutes */
function waited(driven: DrivenPair): number {
  for (let second = 1; second <= 600; second += 1) {
    driven.at += 1000
    driven.prices(cheap, cheap)
    if (driven.targets[0] === 400) return second
  }
  return Number.POSITIVE_INFINITY
}

test('the first time in an exit the lead goes back after unwind_after_s (10 s)', () => {
  assert.equal(waited(exiting()), 10)
})

test('the second after twice that, the third after four times, and it stays told until it is done', () => {
  const driven = exiting()
  const times: number[] = []
  for (let n = 0; n < 4; n++) {
    times.push(waited(driven))
    driven.at += 1000
    driven.prices(cheap, cheap)
    assert.equal(driven.targets[0], 400, `taken back a second later (${times})`)
    driven.fill(0, 100, 6_000_100)
    driven.open(1)
    driven.prices(cheap, cheap)
    driven.fill(0, -100, 5_999_900)
    driven.open(1, false)
  }
  assert.deepEqual(times, [10, 20, 40, 40])
})
