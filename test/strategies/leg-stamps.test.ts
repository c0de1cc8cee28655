/** Two legs on two venues of which one writes a wrong time once: what the desk hands on must not silence the other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MarketFeed } from '../../src/adapters/venues/live/market-feed.ts'
import { Stamps } from '../../src/adapters/venues/live/stamps.ts'
import type { MarketPrice } from '../../src/domain/market.ts'
import { price } from '../../src/domain/money.ts'
import type { AnyStrategy } from '../../src/strategies/registry.ts'
import { spreadArbitrage } from '../../src/strategies/spread-arbitrage/strategy.ts'
import { DrivenPair, here, PAIR_START, there } from '../support/leg-pair.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const YEAR_MS = 365 * 86_400_000
const cheap: MarketPrice = {
  ...{ last: price(6_000_000), mark: price(6_000_000) },
  ...{ bid: price(5_999_900), ask: price(6_000_100) },
}
const dear: MarketPrice = {
  ...{ last: price(6_030_000), mark: price(6_030_000) },
  ...{ bid: price(6_029_900), ask: price(6_030_100) },
}

test('a price stamped a year ahead at one venue: both legs go on, and the pair is entered', async () => {
  const clock = new VirtualClock()
  const now = () => PAIR_START + 60_000 + clock.monotonicMs()
  const pair = new DrivenPair(spreadArbitrage as AnyStrategy, {
    ...{ order_quantity: '0.4', min_edge_bps: 5, exit_spread_bps: 2, cooldown_s: 0 },
  })
  const feeds = [here, there].map((instrument) => {
    const stamps = new Stamps({ venueNow: now, runAhead: false, onTrouble: () => {} })
    const feed = new MarketFeed({
      ...{ clock, venueNow: now, stamps, refill: null, onTrouble: () => {}, onStale: () => {} },
      emit: (events) => {
        for (const event of events) pair.engine.on(event)
      },
    })
    feed.watch(instrument, cheap, now())
    return feed
  })
  const [first, second] = feeds
  first?.onPrice(here.id, cheap, now() + YEAR_MS)
  second?.onPrice(there.id, cheap, now())
  assert.deepEqual(pair.targets, [null, null])
  await clock.advance(1000)
  first?.onPrice(here.id, cheap, now())
  second?.onPrice(there.id, dear, now())
  assert.notEqual(pair.targets[0] ?? 0, 0, 'the lead is bought at once')
})
