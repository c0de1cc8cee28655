/** Books and funding on their way to the desk: what a price carries, and for how long. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { VirtualClock } from '../../../../test/support/virtual-clock.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import type { MarketBook, MarketEvent, MarketPrice } from '../../../domain/market.ts'
import { price, quantity, ratio } from '../../../domain/money.ts'
import { MarketFeed } from './market-feed.ts'

const btc = { id: 'okx:BTC/USDT:USDT', symbol: 'BTC/USDT:USDT' } as unknown as Instrument
const ticker: MarketPrice = {
  last: price(100),
  mark: price(100),
  bid: price(99),
  ask: price(101),
  bidQuantity: quantity(1),
  askQuantity: quantity(1),
}
const bookAt = (bid: number): MarketBook => ({
  bids: [[price(bid), quantity(5)]],
  asks: [[price(bid + 2), quantity(7)]],
})

function feedOf(clock: VirtualClock, venueNow: () => number = () => 0) {
  const prices: MarketPrice[] = []
  const events: MarketEvent[] = []
  const feed = new MarketFeed({
    clock,
    venueNow,
    emit: (told) => {
      events.push(...told)
      for (const one of told) prices.push(one.price)
    },
    refill: null,
    onTrouble: () => {},
    onStale: () => {},
  })
  feed.watch(btc, ticker, 1000)
  return { feed, prices, events }
}

describe('what a price carries', () => {
  test('the book that is there now, and the best prices of it; none that does not count any more', async () => {
    const clock = new VirtualClock()
    const { feed, prices, events } = feedOf(clock)
    feed.onBook(btc.id, bookAt(98), 1100)
    const [first] = prices
    assert.deepEqual(first?.book, bookAt(98))
    assert.deepEqual(
      [first?.bid, first?.bidQuantity, first?.ask, first?.askQuantity, first?.last],
      [98, 5, 100, 7, 100],
    )
    assert.equal(events[0]?.at, 1100)
    feed.onBook(btc.id, { bids: [], asks: bookAt(98).asks }, 1150)
    feed.onBook(btc.id, null, 0)
    assert.equal(prices.length, 1, 'at most ten prices a second')
    await clock.advance(150)
    assert.equal(prices.length, 2)
    assert.equal(prices[1]?.book, undefined)
    assert.equal(prices[1]?.bid, 99)
    assert.equal(events[1]?.at, 1150)
  })

  test('terms of funding stay over messages without them, until two minutes past their settlement', async () => {
    const clock = new VirtualClock()
    const { feed, prices } = feedOf(clock)
    const funding = { rate: ratio(10_000), intervalMs: 3_600_000, nextAt: 5000 }
    const told = async (part: Partial<MarketPrice>, at: number) => {
      feed.onPrice(btc.id, { ...ticker, ...part }, at)
      await clock.advance(150)
      return prices.at(-1)?.funding
    }
    assert.deepEqual(await told({ funding }, 2000), funding)
    assert.deepEqual(await told({}, 100_000), funding)
    assert.equal(await told({}, 5000 + 120_000), undefined)
  })
})

describe('when a strategy is woken', () => {
  test('by the clock of the venue, and not before that is known: by ours its time might come at once', async () => {
    const clock = new VirtualClock()
    let offset = Number.NEGATIVE_INFINITY
    const { feed, events } = feedOf(clock, () => clock.monotonicMs() + offset)
    const band = { instrument: btc.id, below: null, above: null, by: 'last' } as const
    feed.setWakes('arb', [{ ...band, at: 6000 }])
    await clock.advance(60_000)
    assert.deepEqual(events, [])
    offset = -55_500
    feed.onClock()
    await clock.advance(1000)
    assert.deepEqual(events, [])
    await clock.advance(1000)
    assert.deepEqual(
      events.map(({ at }) => at),
      [6000],
    )
  })
})
