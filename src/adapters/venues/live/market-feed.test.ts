/** Books and funding on their way to the desk: what a price carries, and for how long. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { VirtualClock } from '../../../../test/support/virtual-clock.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import type { MarketBook, MarketEvent, MarketPrice } from '../../../domain/market.ts'
import { price, quantity, ratio } from '../../../domain/money.ts'
import { MarketFeed } from './market-feed.ts'
import { AHEAD_MAX_MS, Stamps } from './stamps.ts'

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

function feedOf(clock: VirtualClock, venueNow: () => number = () => Number.NEGATIVE_INFINITY) {
  const prices: MarketPrice[] = []
  const events: MarketEvent[] = []
  const stale: boolean[] = []
  const troubles: string[] = []
  const onTrouble = (text: string): void => void troubles.push(text)
  const stamps = new Stamps({ venueNow, runAhead: false, onTrouble })
  const feed = new MarketFeed({
    clock,
    venueNow,
    stamps,
    emit: (told) => {
      events.push(...told)
      for (const one of told) prices.push(one.price)
    },
    refill: null,
    onTrouble,
    onStale: (_, isStale) => stale.push(isStale),
  })
  feed.watch(btc, ticker, 1000)
  return { feed, prices, events, stale, stamps, troubles }
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

describe('streams that run ahead of each other', () => {
  const moved = (to: number): MarketPrice => ({ ...ticker, last: price(to), mark: price(to) })

  test('a book that runs ahead hides no ticker: last and mark go on, and market time never falls', async () => {
    const clock = new VirtualClock()
    const { feed, prices, events } = feedOf(clock)
    for (let at = 2000; at < 4000; at += 200) {
      feed.onBook(btc.id, bookAt(98), at + 150)
      feed.onPrice(btc.id, moved(at), at)
      await clock.advance(200)
      assert.deepEqual([prices.at(-1)?.last, prices.at(-1)?.mark], [at, at])
      assert.equal(events.at(-1)?.at, at + 150)
    }
  })

  test('nor does a time wake; its band is left by a price that is stamped a little earlier', async () => {
    const clock = new VirtualClock()
    const { feed, events } = feedOf(clock, () => clock.monotonicMs() + 5000)
    const band = { instrument: btc.id, below: null, above: price(150), by: 'mark' } as const
    feed.setWakes('arb', [{ ...band, at: 6000 }])
    await clock.advance(1000)
    assert.deepEqual(
      events.map(({ at, price: { mark } }) => [at, mark]),
      [[6000, 100]],
    )
    feed.setWakes('arb', [{ ...band, at: null }])
    feed.onPrice(btc.id, moved(200), 5900)
    assert.deepEqual([events.length, events[1]?.at, events[1]?.price.mark], [2, 6000, 200])
  })

  test('a trade stamped before the mark is taken; a trade before the last trade is not', async () => {
    const clock = new VirtualClock()
    const { feed, prices } = feedOf(clock)
    feed.onPrice(btc.id, { ...ticker, mark: price(110) }, 2150)
    feed.onPrice(btc.id, { ...ticker, last: price(111), mark: price(110) }, 2000)
    feed.onPrice(btc.id, { ...ticker, last: price(99), mark: price(90) }, 1900)
    await clock.advance(200)
    assert.deepEqual([prices.at(-1)?.last, prices.at(-1)?.mark], [111, 110])
  })

  test('neither books nor tickers of the past keep a price alive', async () => {
    const clock = new VirtualClock()
    const { feed, stale } = feedOf(clock)
    feed.onPrice(btc.id, moved(120), 2000)
    for (let second = 1; second <= 6; second++) {
      await clock.advance(1000)
      feed.onBook(btc.id, bookAt(98), 2000 + second * 1000)
      feed.onPrice(btc.id, ticker, 1500)
    }
    assert.equal(feed.silentMs(btc.id), 6000)
    feed.setStale(btc.id)
    feed.onBook(btc.id, bookAt(99), 9000)
    assert.deepEqual(stale, [true])
    feed.onPrice(btc.id, moved(121), 8900)
    assert.deepEqual(stale, [true, false])
  })
})

describe('a stamp far ahead of the venue clock', () => {
  const YEAR_MS = 365 * 86_400_000
  const moved = (to: number): MarketPrice => ({ ...ticker, last: price(to), mark: price(to) })
  const minute = (openAt: number) => ({
    ...{ openAt, closeAt: openAt + 60_000, volume: quantity(1) },
    ...{ open: price(100), high: price(100), low: price(100), close: price(100) },
  })

  test('is not believed, in no message: the moment of arrival counts, and what comes after it is heard', async () => {
    const clock = new VirtualClock()
    const now = () => clock.monotonicMs() + 1000
    const { feed, events, stamps, troubles } = feedOf(clock, now)
    await clock.advance(200)
    feed.onPrice(btc.id, moved(120), now() + YEAR_MS)
    await clock.advance(200)
    feed.onBook(btc.id, bookAt(98), Number.NaN)
    await clock.advance(200)
    feed.onPrice(btc.id, moved(121), now())
    assert.deepEqual(
      events.map(({ at, price: { last } }) => [at, last]),
      [
        [1200, 120],
        [1400, 120],
        [1600, 121],
      ],
    )
    assert.equal(stamps.wrong, 2)
    assert.match(troubles.join('|'), /^the price of BTC\/USDT:USDT is stamped \d{4}-[^|]+$/)
  })

  test('the first price of a contract neither', async () => {
    const clock = new VirtualClock()
    const { feed, events } = feedOf(clock, () => clock.monotonicMs() + 1000)
    const eth = { id: 'okx:ETH/USDT:USDT', symbol: 'ETH/USDT:USDT' } as unknown as Instrument
    assert.equal(feed.watch(eth, ticker, 1000 + YEAR_MS), 1000)
    feed.onPrice(eth.id, moved(130), 1001)
    assert.deepEqual([events[0]?.at, events[0]?.price.last], [1001, 130])
  })

  test('a candle of the future is none: the next true one is told', () => {
    const clock = new VirtualClock()
    const { feed, events, stamps } = feedOf(clock, () => 120_000)
    feed.onCandle(btc.id, minute(0), ticker)
    feed.onCandle(btc.id, minute(YEAR_MS), ticker)
    feed.onCandle(btc.id, minute(60_000), ticker)
    assert.deepEqual(
      events.map(({ at }) => at),
      [60_000, 120_000],
    )
    assert.equal(stamps.wrong, 1)
  })

  test('a few seconds ahead, and a market that runs ahead of its venue, are let be', () => {
    const seen: string[] = []
    const parts = { venueNow: () => 5000, onTrouble: (text: string) => void seen.push(text) }
    const strict = new Stamps({ ...parts, runAhead: false })
    assert.equal(strict.believed(5000 + AHEAD_MAX_MS, 'x'), 5000 + AHEAD_MAX_MS)
    assert.equal(strict.believed(5001 + AHEAD_MAX_MS, 'x'), 5000)
    const sandbox = new Stamps({ ...parts, runAhead: true })
    assert.equal(sandbox.believed(YEAR_MS, 'x'), YEAR_MS)
    assert.equal(seen.length, 1)
  })
})
