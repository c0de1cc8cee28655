/** Gaps between venues: whose market moves, what the jump fills, and that it comes back. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { paperTerms, TableSource, tableInstrument } from '../../test/support/table-market.ts'
import { SqliteExchangeStore } from '../adapters/stores/sqlite-exchange-store.ts'
import { type InstrumentId, instrumentId } from '../domain/instrument.ts'
import { money, price, quantity, ratio } from '../domain/money.ts'
import type { ClientOrderId, OrderRequest } from '../domain/order.ts'
import type { MarketSource } from '../simulation/market-source.ts'
import { SimulatedExchange } from '../simulation/simulated-exchange.ts'
import { ExchangeBooks } from './exchange-books.ts'
import { demoFeed, type Feed, withGaps } from './feed.ts'
import { GappedSource, PriceGaps } from './price-gaps.ts'

const SYMBOL = 'BTC/USDT:USDT'
const VENUES = ['okx', 'aster'] as const
const idOf = (venue: string): InstrumentId => instrumentId(venue, SYMBOL)

function open(feed: Feed = withGaps(demoFeed(7), new PriceGaps())): ExchangeBooks {
  const store = new SqliteExchangeStore(':memory:')
  const books = new ExchangeBooks({ feed, store, pace: 'free', fillRule: 'touch' })
  for (const venue of VENUES)
    books.attach(
      venue,
      'main',
      {
        instance: venue,
        symbol: SYMBOL,
        leverage: 5,
        marginMode: 'cross',
        paper: {
          initialBalance: money(1e12),
          maker: ratio(0),
          taker: ratio(0),
          slippage: ratio(0),
          latencyMs: 0,
          volumeShare: ratio(100_000_000),
        },
        feed: null,
      },
      () => true,
    )
  advance(books, 90_000)
  return books
}

function advance(books: ExchangeBooks, ms: number): void {
  const until = books.at + ms
  while (books.advance(until) !== null);
  books.commit()
}

const last = (books: ExchangeBooks, venue: string): number => books.price(idOf(venue)).last

function sellAbove(books: ExchangeBooks, venue: string, factor: number): ClientOrderId {
  const clientId = `pf00001000000${VENUES.indexOf(venue as 'okx')}` as ClientOrderId
  const request: OrderRequest = {
    instrument: idOf(venue),
    side: 'sell',
    kind: 'limit',
    price: price(Math.round((last(books, venue) * factor) / 10) * 10),
    quantity: quantity(100),
    timeInForce: 'gtc',
    isPostOnly: false,
    isReduceOnly: false,
    trigger: null,
  }
  const [outcome] = books.place(`${venue}/main`, [{ clientId, request, expiresAt: null }], 0)
  assert.equal(outcome?.kind, 'accepted', JSON.stringify(outcome))
  return clientId
}

describe('price gaps', () => {
  test('one venue moves at once, the other does not; both go on, and a gap that ends is gone', () => {
    const books = open()
    assert.equal(last(books, 'okx'), last(books, 'aster'))
    const before = last(books, 'aster')
    assert.equal(books.setGap(idOf('okx'), 100), true)
    assert.equal(last(books, 'aster'), before)
    const distance = () => last(books, 'okx') / last(books, 'aster') - 1
    assert.ok(Math.abs(distance() - 0.01) < 0.0005, String(distance()))
    const { last: moved, mark } = books.price(idOf('okx'))
    assert.equal(mark, moved)
    for (let minute = 0; minute < 5; minute += 1) {
      advance(books, 37_000)
      assert.ok(Math.abs(distance() - 0.01) < 0.0005, `after ${minute}: ${distance()}`)
    }
    books.setGap(idOf('okx'), 0)
    assert.equal(last(books, 'okx'), last(books, 'aster'))
    advance(books, 100_000)
    assert.equal(last(books, 'okx'), last(books, 'aster'))
  })

  test('an order that the jump passes fills at its limit, the same order elsewhere rests', () => {
    const books = open()
    const ids = VENUES.map((venue) => sellAbove(books, venue, 1.005))
    books.setGap(idOf('okx'), 100)
    advance(books, 1)
    const statuses = VENUES.map((venue, index) => {
      const id = ids[index]
      return id === undefined ? null : books.lookup(`${venue}/main`, id)?.status
    })
    assert.deepEqual(statuses, ['filled', 'open'])
    assert.deepEqual(books.positions('aster/main'), [])
    // It was sold at its limit, so the gap's end is the account's profit.
    const equity = () => books.balance('okx/main').equity
    const inGap = equity()
    books.setGap(idOf('okx'), 0)
    assert.ok(equity() > inGap)
  })

  test('candles of the running minute and of those behind it are moved, earlier ones are not', () => {
    const books = open()
    const { source } = books.feed
    const opened = Math.floor(books.at / 60_000) * 60_000
    const closes = (venue: string) =>
      [-60_000, 0, 60_000].map(
        (shift) => source.candleFrom(idOf(venue), opened + shift)?.close ?? 0,
      )
    books.setGap(idOf('okx'), -200)
    const [moved, still] = [closes('okx'), closes('aster')]
    const ratios = moved.map((close, index) => Math.round((close / (still[index] ?? 1)) * 1000))
    assert.deepEqual(ratios, [1000, 980, 980])
    for (const shift of [0, 60_000]) {
      const candle = source.candleFrom(idOf('okx'), opened + shift)
      assert.ok(candle && candle.low <= Math.min(candle.open, candle.close))
      assert.ok(candle && candle.high >= Math.max(candle.open, candle.close))
    }
  })

  test('a feed without gaps takes none', () => {
    assert.equal(open(demoFeed(7)).setGap(idOf('okx'), 100), false)
  })
})

describe('funding of paper prices', () => {
  test('a demo market foretells, a replay tells what was settled', () => {
    const feed = demoFeed(7)
    const books = open(feed)
    const { funding } = books.price(idOf('okx'))
    const interval = feed.offer('okx', SYMBOL).fundingIntervalMs
    const [next] = feed.source.funding(idOf('okx'), books.at, books.at + interval)
    assert.deepEqual(funding, { rate: next?.rate, nextAt: next?.at, intervalMs: interval })
    advance(books, interval)
    const later = books.price(idOf('okx')).funding
    assert.ok(later && later.nextAt > (funding?.nextAt ?? 0))
    const replayed = open({ ...demoFeed(7), name: 'replay:okx/BTC_USDT_USDT/1m' })
    assert.equal(replayed.price(idOf('okx')).funding, undefined, 'nothing is settled yet')
    advance(replayed, interval)
    const [settled] = feed.source.funding(idOf('okx'), 0, replayed.at).slice(-1)
    assert.equal(replayed.price(idOf('okx')).funding?.rate, settled?.rate)
  })
})

test('recorded history waits for its next candle, a rehearsal on it does not', () => {
  const instrument = tableInstrument()
  const rows = [[10_000, 10_000, 9_000, 9_000] as const, [9_000, 9_000, 9_000, 9_000] as const]
  const table = new TableSource({ instrument, rows })
  const lastAt = (source: MarketSource): number => {
    const exchange = new SimulatedExchange({
      source,
      startAt: 30_000,
      endAt: null,
      fillRule: 'through',
    })
    exchange.openAccount('test/main')
    const terms = { leverage: 2, marginMode: 'cross', paper: paperTerms() } as const
    exchange.attach('test/main', 'one', instrument.id, terms)
    return exchange.price(instrument.id).last
  }
  assert.equal(lastAt(table), 9_000, 'the open of the next')
  assert.equal(lastAt(new GappedSource(table, new PriceGaps())), 9_500)
})
