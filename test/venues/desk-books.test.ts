/** What the prices of a desk carry over real sockets: the book that was asked for, and the terms of funding. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { SystemClock } from '../../src/adapters/system/clock.ts'
import { LiveVenue } from '../../src/adapters/venues/live/live-venue.ts'
import { bookVenues } from '../../src/adapters/venues/public/book-feed.ts'
import { deskBooks } from '../../src/adapters/venues/public/desk-books.ts'
import type { MarketEvent } from '../../src/domain/market.ts'
import { credentialsOf, dialectOf } from '../../src/main/live-desk.ts'
import { silentLogger } from '../../src/ports/logger.ts'
import type { AttachRequest } from '../../src/ports/venue.ts'
import type { SandboxVenue } from '../../src/protocol/sandbox-messages.ts'
import { RunningSandbox } from '../support/running-sandbox.ts'

const SETTLE = { okx: 'USDT', hyperliquid: 'USDC', backpack: 'USDC', aster: 'USDT' } as const

class Desk {
  readonly venue: LiveVenue
  readonly #seen: MarketEvent[] = []
  readonly #waiting = new Set<(event: MarketEvent) => void>()

  private constructor(venue: LiveVenue) {
    this.venue = venue
  }

  static async open(sandbox: RunningSandbox, venue: SandboxVenue): Promise<Desk> {
    const clock = new SystemClock()
    const { rest_url: restUrl, ws_url: wsUrl, accounts } = sandbox.keys(venue)
    const parts = { clock, random: Math.random }
    const dialect = await dialectOf(venue, {
      ...parts,
      ...{ restUrl, wsUrl, isTestnet: false, acceptsMainKey: true, acceptsUnverified: false },
      credentials: credentialsOf({ ...accounts['main'] }),
      logger: silentLogger,
      budget: { async take() {}, block() {}, used() {} },
    })
    const desk = new Desk(
      new LiveVenue({
        ...parts,
        dialect,
        books: deskBooks({ ...parts, venue, urls: sandbox.urls(venue) }),
        logger: silentLogger,
        stampsRunAhead: true,
        account: `sandbox/${venue}/main`,
        lastVenueSeq: 0,
        isBooked: () => false,
        eventsFrom: null,
        journalFrom: null,
        fingerprint: null,
      }),
    )
    await desk.venue.connect({
      onAccount: () => {},
      onMarket: (events: readonly MarketEvent[]) => desk.#hear(events),
      onStep: () => {},
      onGap: () => {},
      onReady: () => {},
      onEnd: () => {},
    } as never)
    return desk
  }

  #hear(events: readonly MarketEvent[]): void {
    for (const event of events) {
      this.#seen.push(event)
      for (const look of this.#waiting) look(event)
    }
  }

  /** The next price that is so. */
  price(isWanted: (event: MarketEvent) => boolean): Promise<MarketEvent> {
    return new Promise((resolve) => {
      const look = (event: MarketEvent): void => {
        if (!isWanted(event)) return
        this.#waiting.delete(look)
        resolve(event)
      }
      this.#waiting.add(look)
    })
  }
}

describe('prices of a desk', { timeout: 60_000 }, () => {
  let sandbox: RunningSandbox
  before(async () => {
    sandbox = await RunningSandbox.start(bookVenues)
  })
  after(async () => {
    await sandbox.stop()
    assert.deepEqual(sandbox.errors, [])
  })

  for (const venue of bookVenues)
    test(`${venue}: a book where it was asked for, funding everywhere`, async () => {
      const desk = await Desk.open(sandbox, venue)
      try {
        const request = (base: string, bookDepth?: number): AttachRequest => ({
          instance: base,
          symbol: `${base}/${SETTLE[venue]}:${SETTLE[venue]}`,
          leverage: 3,
          marginMode: 'cross',
          paper: null,
          feed: null,
          ...(bookDepth === undefined ? {} : { bookDepth }),
        })
        const { instrument } = await desk.venue.attach(request('BTC', 3))
        const other = await desk.venue.attach(request('ETH'))
        const whole = await desk.price(
          (event) =>
            event.instrument === instrument.id &&
            event.price.book !== undefined &&
            event.price.funding !== undefined,
        )
        const { book, bid, ask, bidQuantity, funding } = whole.price
        assert.deepEqual([book?.bids.length, book?.asks.length], [3, 3])
        assert.deepEqual([bid, bidQuantity], book?.bids[0])
        assert.equal(ask, book?.asks[0]?.[0])
        assert.equal(funding?.intervalMs, instrument.fundingIntervalMs)
        const plain = await desk.price(
          (event) => event.instrument === other.instrument.id && event.price.funding !== undefined,
        )
        assert.equal(plain.price.book, undefined)
        // A book that does not count any more is not told on.
        sandbox.setFault({ kind: 'wrong_price', venue, text: 'crossed' })
        await desk.price(
          (event) => event.instrument === instrument.id && event.price.book === undefined,
        )
        sandbox.clearFaults()
        await desk.price(
          (event) => event.instrument === instrument.id && event.price.book !== undefined,
        )
      } finally {
        sandbox.clearFaults()
        await desk.venue.close()
      }
    })
})
