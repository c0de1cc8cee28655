/** The socket of Hyperliquid: what is subscribed, how messages become prices and candles, what is a gap. */
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { Heard } from '../../../../test/support/live-parts.ts'
import { VirtualClock } from '../../../../test/support/virtual-clock.ts'
import type { Candle } from '../../../domain/market.ts'
import type { CcxtClient } from '../live/ccxt-class.ts'
import type { HyperliquidExchange } from './exchange.ts'
import { BASE_FEES, MarketTable } from './instruments.ts'
import type { Subscription } from './messages.ts'
import { HyperliquidStreams } from './streams.ts'

const URL = 'wss://api.hyperliquid.xyz/ws'
const USER = `0x${'a'.repeat(40)}`
const MINUTE_MS = 60_000
const table = new MarketTable(
  { universe: [{ name: 'BTC', szDecimals: 5, maxLeverage: 40 }] },
  BASE_FEES,
)
const market = table.ofSymbol('BTC/USDC:USDC')

class Listener extends Heard {
  readonly closed: Candle[] = []
  override onCandle(...args: unknown[]): void {
    this.closed.push(args[1] as Candle)
  }
}

let clock: VirtualClock
let asked: Subscription[]
let warnings: string[]
let streams: HyperliquidStreams
let heard: Listener
let terminated: number

const client = { resolve: () => {} } as unknown as CcxtClient
const say = (message: unknown) => streams.onMessage(client, message)
const settle = () => new Promise<void>((resolve) => void setImmediate(resolve))
const bar = (minute: number, close: string) => ({
  channel: 'candle',
  data: {
    t: minute * MINUTE_MS,
    T: minute * MINUTE_MS + 59_999,
    s: 'BTC',
    i: '1m',
    o: '65000.0',
    h: '65010.0',
    l: '64990.0',
    c: close,
    v: '1.5',
    n: 3,
  },
})
const context = {
  channel: 'activeAssetCtx',
  data: { coin: 'BTC', ctx: { markPx: '65001.0', oraclePx: '65002.0', midPx: '65000.5' } },
}

describe('the socket of hyperliquid', () => {
  beforeEach(async () => {
    clock = new VirtualClock()
    asked = []
    warnings = []
    terminated = 0
    const exchange = {
      urls: { api: { ws: { public: URL } } },
      clients: {} as Record<string, unknown>,
      watch: (url: string, _hash: string, message: { subscription: Subscription }) => {
        exchange.clients[url] = { reset() {}, connection: { terminate: () => void terminated++ } }
        asked.push(message.subscription)
        return Promise.resolve(true)
      },
    }
    streams = new HyperliquidStreams({
      exchange: () => exchange as unknown as HyperliquidExchange,
      table: () => table,
      user: USER,
      clock,
      logger: {
        debug: () => {},
        info: () => {},
        warn: (_module, text) => void warnings.push(text),
        error: () => {},
        flush: () => {},
      },
      random: () => 0.5,
      venueNow: () => clock.wallMs(),
    })
    heard = new Listener()
    streams.watch(market)
    streams.listen(heard)
    await settle()
  })

  test('everything of the account and of the contract is subscribed, and again after a loss', async () => {
    const types = asked.map(({ type }) => type)
    assert.deepEqual(types, [
      'orderUpdates',
      'userFills',
      'userEvents',
      'userFundings',
      'userNonFundingLedgerUpdates',
      'bbo',
      'activeAssetCtx',
      'candle',
    ])
    assert.ok(asked.filter(({ user }) => user === USER).length === 5)
    assert.deepEqual(heard.live, ['account'])
    streams.onLost(URL, 'closed with code 1006')
    assert.equal(terminated, 1)
    assert.equal(heard.gaps.length, 1)
    await clock.advance(1000)
    assert.equal(asked.length, 16)
    assert.deepEqual(heard.live, ['account', 'account'])
  })

  test('silence of twice the ping is a gap', async () => {
    await clock.advance(20_000)
    streams.onFrame()
    await clock.advance(20_000)
    assert.deepEqual(heard.gaps, [])
    await clock.advance(20_000)
    assert.match(heard.gaps[0] ?? '', /silent/)
  })

  test('a price is told when the mark is known; an empty side of the book is empty', () => {
    const book = (bid: unknown, ask: unknown) =>
      say({
        channel: 'bbo',
        data: { coin: 'BTC', time: 1, bbo: [bid, ask] },
      })
    book({ px: '65000.0', sz: '1.5', n: 1 }, { px: '65001.0', sz: '0.5', n: 1 })
    assert.equal(heard.prices.length, 0)
    say(context)
    const index = 650_020
    assert.deepEqual(heard.prices.at(-1), {
      mark: 650_010,
      last: 650_010,
      index,
      bid: 650_000,
      ask: 650_010,
      bidQuantity: 150_000,
      askQuantity: 50_000,
    })
    say(bar(1, '65003.0'))
    assert.equal(heard.prices.at(-1)?.last, 650_030)
    book(null, { px: '65002.0', sz: '0.5', n: 1 })
    assert.equal(heard.prices.at(-1)?.bid, undefined)
    assert.equal(heard.prices.at(-1)?.ask, 650_020)
    assert.equal(streams.lastPrice(market.instrument.id)?.ageMs, 0)
  })

  test('a candle is final when the next one comes or its minute is over, once', async () => {
    say(context)
    const first = Math.floor(clock.wallMs() / MINUTE_MS)
    say(bar(first, '65003.0'))
    say(bar(first, '65004.0'))
    assert.equal(heard.closed.length, 0)
    say(bar(first + 1, '65005.0'))
    assert.deepEqual(
      heard.closed.map(({ close }) => close),
      [650_040],
    )
    say(bar(first, '65009.0'))
    await clock.advance(3 * MINUTE_MS)
    assert.deepEqual(
      heard.closed.map(({ close }) => close),
      [650_040, 650_050],
    )
    say(bar(first + 1, '65009.0'))
    say(bar(first + 2, '65006.0'))
    assert.equal(heard.closed.length, 2)
  })

  test('a bar of the next year ends nothing for ever: the true ones go on', async () => {
    say(context)
    const first = Math.floor(clock.wallMs() / MINUTE_MS)
    say(bar(first + 525_600, '65003.0'))
    say(bar(first, '65004.0'))
    say(bar(first + 1, '65005.0'))
    assert.deepEqual(
      heard.closed.map(({ close }) => close),
      [650_040],
    )
  })

  test('a message that cannot be read is a gap, not a crash', () => {
    say({ channel: 'orderUpdates', data: [{ order: {}, status: 'open' }] })
    assert.equal(heard.gaps.length, 1)
    assert.deepEqual(heard.facts, [])
    say('nonsense')
    say({ channel: 'news', data: {} })
    assert.equal(heard.gaps.length, 1)
  })

  test('a fee in another currency is warned of', () => {
    const fill = {
      coin: 'BTC',
      px: '65000.0',
      sz: '0.01',
      side: 'B',
      time: 1,
      tid: 1,
      oid: 2,
      feeToken: 'HYPE',
      startPosition: '0.0',
      dir: 'Open Long',
      hash: '0x1',
      crossed: true,
      fee: '0.1',
    }
    say({ channel: 'userFills', data: { user: USER, fills: [fill] } })
    assert.equal(heard.facts.length, 1)
    assert.match(warnings[0] ?? '', /fee in HYPE/)
  })
})
