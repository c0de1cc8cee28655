/** Live prices end to end: a venue of the sandbox on real HTTP and WebSocket, ccxt, the exchange, a paper desk on its socket. */
import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { quantity } from '../../src/domain/money.ts'
import type { ClientOrderId } from '../../src/domain/order.ts'
import { createAsterFront } from '../../src/exchange/sandbox/aster/aster-front.ts'
import { createBackpackFront } from '../../src/exchange/sandbox/backpack/backpack-front.ts'
import { createHyperliquidFront } from '../../src/exchange/sandbox/hyperliquid/hyperliquid-front.ts'
import { createOkxFront } from '../../src/exchange/sandbox/okx/okx-front.ts'
import { openLiveFeed } from '../../src/main/live-prices.ts'
import type { Attached } from '../../src/ports/venue.ts'
import { VenueError } from '../../src/ports/venue.ts'
import { approve, limitOrder, Recorder } from '../conformance/venue-account-harness.ts'
import { ExchangeProcess } from '../conformance/venue-account-paper.ts'
import { LiveExchange, type LiveScript } from '../support/live-exchange.ts'
import { TestSandbox } from '../support/sandbox.ts'
import { ONE, paperTerms, type Row } from '../support/table-market.ts'
import { sandboxVenue, Wire } from '../support/wire.ts'

/** Ticks around 100.00; the price of a minute goes to its low first, or to its high when it closes lower. */
const CALM: Row = [10_000, 10_010, 9_990, 10_002, 1_000_000]
const DIP: Row = [10_000, 10_010, 9_900, 10_002, 1_000_000]

const okx = (rows: readonly Row[]): LiveScript => ({
  ...{ venue: 'okx', front: createOkxFront, wsPath: '/ws/v5' },
  rows: [...rows, ...Array.from({ length: 20 }, () => CALM)],
})

let running: LiveExchange | null = null
const begin = async (script: LiveScript): Promise<LiveExchange> => {
  running = await LiveExchange.open(script)
  await running.start()
  return running
}

let lastId = 0
async function place(
  { desk }: LiveExchange,
  attached: Attached,
  distance: number,
): Promise<{ readonly id: ClientOrderId; readonly kind: string; readonly reason: string | null }> {
  lastId += 1
  const id = `pflive${lastId}` as ClientOrderId
  const request = limitOrder(attached, 'buy', distance, { quantity: quantity(100) })
  const [outcome] = await desk.place([approve(attached, id, request, null)])
  assert.ok(outcome)
  return { id, kind: outcome.kind, reason: 'reason' in outcome ? outcome.reason : null }
}

const fills = ({ heard }: LiveExchange) =>
  heard.account.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []))
const candles = ({ heard }: LiveExchange) =>
  heard.market.flatMap((event) => (event.kind === 'candle' ? [event.candle] : []))
const told = ({ heard }: LiveExchange): number | undefined => heard.market.at(-1)?.price.last

describe('live prices', { timeout: 60_000 }, () => {
  afterEach(async () => {
    await running?.close()
    running = null
  })

  it('of OKX are followed: prices, the venue’s own candles, a fill where its price went', async () => {
    const live = await begin(okx([CALM, DIP]))
    const attached = await live.attach()
    assert.equal(attached.feed, 'live')
    assert.equal(attached.instrument.marginTiers[0]?.leverageMax, 50)
    const { id, kind } = await place(live, attached, -50)
    assert.equal(kind, 'accepted')
    await live.until('the price of the venue is told', () => told(live) === live.venuePrice)
    assert.deepEqual(fills(live), [])
    await live.until('the dip fills the order', () => fills(live).length > 0, 120)
    const [fill] = fills(live)
    assert.equal(fill?.clientId, id)
    assert.equal(fill?.price, attached.price.last - 50)
    assert.equal(fill?.isMaker, true)
    await live.until('both minutes are told', () => candles(live).length === 2, 90)
    assert.deepEqual(
      candles(live).map(({ open, high, low, close }) => [open, high, low, close]),
      [CALM, DIP].map((row) => row.slice(0, 4)),
    )
    assert.ok(Math.abs(live.books.at - live.clock.wallMs()) < 1000, 'market time is venue time')
    assert.deepEqual(live.warnings, [])
  })

  it('of Hyperliquid are followed', async () => {
    const live = await begin({
      ...{ venue: 'hyperliquid', front: createHyperliquidFront, wsPath: '/ws' },
      rows: [CALM, DIP, CALM, CALM],
    })
    const attached = await live.attach()
    assert.equal(attached.instrument.priceRule.kind, 'significantFigures')
    const { kind } = await place(live, attached, -attached.price.last / 200)
    assert.equal(kind, 'accepted')
    await live.until('the dip fills the order', () => fills(live).length > 0, 120)
    await live.until('both minutes are told', () => candles(live).length === 2, 90)
    assert.ok((candles(live)[1]?.low ?? 0) < (fills(live)[0]?.price ?? 0))
  })

  it('of Backpack and Aster are followed', async () => {
    for (const [venue, front, wsPath] of [
      ['backpack', createBackpackFront, ''],
      ['aster', createAsterFront, ''],
    ] as const) {
      const live = await begin({ venue, front, wsPath, rows: [CALM, CALM, CALM] })
      await live.attach()
      await live.until('the price of the venue is told', () => told(live) === live.venuePrice)
      await live.until('its minute is told', () => candles(live).length === 1, 90)
      assert.deepEqual(live.warnings, [])
      await live.close()
    }
  })

  it('that do not come stand still and fill nothing; the hole is fetched and told', async () => {
    const live = await begin(okx([CALM, DIP, CALM]))
    const attached = await live.attach()
    const { id } = await place(live, attached, -50)
    await live.pass(30)
    live.isVenueAway = true
    await live.until('the desk hears of it', () => live.heard.stale.at(-1) === true, 30)
    const stood = live.books.price(attached.instrument.id).last
    const { at } = live.books
    const refused = await place(live, attached, 100)
    assert.deepEqual([refused.kind, refused.reason], ['rejected', 'venue_unavailable'])
    await live.pass(120)
    assert.deepEqual(fills(live), [])
    assert.equal(live.books.price(attached.instrument.id).last, stood)
    assert.equal(live.books.at, at, 'market time stands still')
    live.isVenueAway = false
    await live.until('it comes back', () => live.heard.stale.at(-1) === false, 60)
    await live.until('the dip of the hole has filled the order', () => fills(live).length > 0)
    assert.deepEqual([fills(live)[0]?.clientId, fills(live).length], [id, 1])
    await live.until('all minutes are told', () => candles(live).length >= 3, 90)
    const opens = candles(live).map(({ openAt }) => openAt)
    assert.deepEqual(
      opens,
      opens.map((_, index) => (opens[0] ?? 0) + index * 60_000),
      'each minute once and in order',
    )
    assert.ok(live.warnings.some((text) => text.includes('had a hole')))
    assert.ok(live.warnings.some((text) => text.includes('is stale')))
  })

  it('refuse a contract that the venue does not have, and a venue that nobody knows, with a sentence', async () => {
    const live = await begin(okx([CALM]))
    await assert.rejects(live.attach('NOPE/USDT:USDT'), (error: unknown) => {
      assert.ok(error instanceof VenueError)
      assert.deepEqual([error.kind, error.code], ['rejected', 'unknown_symbol'])
      assert.match(error.message, /^okx has no perpetual contract NOPE\/USDT:USDT: write it like/)
      return true
    })
    assert.equal((await live.attach()).instrument.symbol, live.symbol)
  })

  it('tell an attach that the venue does not answer now: it is no refusal', async () => {
    const live = await begin(okx([CALM]))
    live.isVenueAway = true
    await assert.rejects(live.attach(), (error: unknown) => {
      assert.ok(error instanceof VenueError)
      assert.deepEqual([error.kind, error.code], ['unavailable', 'busy'])
      return true
    })
    const { length } = live.wire.requests
    await assert.rejects(live.attach(), /cannot be followed yet: okx gave no usable answer/)
    assert.equal(live.wire.requests.length, length, 'impatient bots do not reach the venue')
    live.isVenueAway = false
    await live.pass(6)
    assert.equal((await live.attach()).instrument.symbol, live.symbol)
  })

  it('go on after a restart: minutes that were missed fill before anything else', async () => {
    const live = await begin(okx([CALM, DIP, CALM]))
    const attached = await live.attach()
    const { id } = await place(live, attached, -50)
    await live.pass(30)
    await live.stop()
    live.passAlone(120)
    await live.start()
    const again = await live.attach()
    assert.deepEqual(again.instrument, attached.instrument)
    assert.deepEqual(
      (await live.desk.openOrders()).map(({ clientId }) => clientId),
      [id],
    )
    await live.until('the missed dip fills the order', () => fills(live).length > 0, 30)
    assert.equal(fills(live)[0]?.price, attached.price.last - 50)
    const [position] = await live.desk.positions()
    assert.equal(position?.quantity, 100)
    await live.until('the price is the venue’s', () => told(live) === live.venuePrice, 30)
    assert.ok(live.warnings.some((text) => text.includes('had a hole')))
  })

  it('run at pace free and speed 1 alone', async () => {
    const live = await begin(okx([CALM]))
    const parts = { clock: live.clock, logger: undefined as never }
    for (const wrong of [
      { pace: 'lockstep', speed: 1 },
      { pace: 'free', speed: 60 },
    ] as const) {
      const launch = { dbPath: 'exchange.db', ...wrong }
      assert.throws(() => openLiveFeed(launch, undefined as never, parts), /pace free and speed 1/)
    }
  })
})

describe('the exchange program on live prices', { timeout: 60_000 }, () => {
  it('opens a contract for the first instance, and knows it after kill -9 while its venue is away', async () => {
    const sandbox = new TestSandbox({
      ...{ venue: 'okx', front: createOkxFront, wallMs: Date.now() - 300_000 },
    })
    sandbox.advance(300_000)
    const wire = await Wire.open(sandboxVenue(sandbox))
    const liveUrls = { okx: { rest: wire.restUrl, ws: `${wire.wsUrl}/ws/v5` } }
    const exchange = new ExchangeProcess({ feed: 'live', liveUrls })
    const request = {
      ...{ instance: 'one', symbol: 'SOL/USDT:USDT', leverage: 5, feed: null },
      ...{ marginMode: 'cross' as const, paper: paperTerms({ initialBalance: 10_000 * ONE }) },
    }
    try {
      exchange.start()
      const first = exchange.venue('okx/main', 20_000)
      await first.connect(new Recorder())
      const attached = await first.attach(request)
      assert.ok(attached.price.last > 0)
      const { balance } = await first.balance()
      assert.equal(balance, 10_000 * ONE)
      await first.close()
      await exchange.kill()
      wire.fault = () => 'lose_request'
      exchange.start()
      const second = exchange.venue('okx/main', 20_000)
      await second.connect(new Recorder())
      const again = await second.attach(request)
      assert.deepEqual(again.instrument, attached.instrument)
      assert.equal((await second.balance()).balance, balance)
      const [outcome] = await second.place([approve(again, 'pfx1', limitOrder(again, 'buy', -50))])
      assert.equal(outcome?.kind === 'rejected' && outcome.reason, 'venue_unavailable')
      await second.close()
    } finally {
      await exchange.close()
      await wire.close()
    }
  })
})
