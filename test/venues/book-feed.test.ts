/** Books and funding of the four venues over real sockets to the sandbox; gaps between venues; a venue that is cut off. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { SystemClock } from '../../src/adapters/system/clock.ts'
import {
  type BookContract,
  type BookFacts,
  BookFeed,
  type BookUpdate,
  type BookVenue,
  bookVenues,
} from '../../src/adapters/venues/public/book-feed.ts'
import { RunningSandbox } from '../support/running-sandbox.ts'

const SETTLE = { okx: 'USDT', hyperliquid: 'USDC', backpack: 'USDC', aster: 'USDT' } as const
const symbolOf = (venue: BookVenue, base: string): string =>
  `${base}/${SETTLE[venue]}:${SETTLE[venue]}`

class Followed {
  readonly venue: BookVenue
  readonly feed: BookFeed
  readonly books = new Map<string, BookUpdate>()
  readonly facts = new Map<string, BookFacts>()
  readonly lost: string[] = []
  readonly #waiting = new Set<() => void>()

  constructor(sandbox: RunningSandbox, venue: BookVenue, levels: number, staleAfterMs = 20_000) {
    this.venue = venue
    const told = (act: () => void): void => {
      act()
      for (const look of this.#waiting) look()
    }
    this.feed = new BookFeed({
      venue,
      urls: sandbox.urls(venue),
      ...{ levels, staleAfterMs },
      clock: new SystemClock(),
      random: Math.random,
      listener: {
        onBook: (update) => told(() => this.books.set(update.contract.instrument.base, update)),
        onFacts: ({ instrument }, facts) => told(() => this.facts.set(instrument.base, facts)),
        onLost: ({ instrument }, reason) =>
          told(() => {
            this.books.delete(instrument.base)
            this.lost.push(`${instrument.base}: ${reason}`)
          }),
        onTrouble: () => {},
      },
    })
  }

  async start(bases: readonly string[]): Promise<void> {
    const contracts = await this.feed.contracts()
    const wanted = bases.map((base) => contracts.get(symbolOf(this.venue, base)))
    assert.ok(
      wanted.every((one) => one !== undefined),
      `${this.venue} lists ${bases}`,
    )
    this.feed.start(wanted as BookContract[])
  }

  until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isTrue()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }

  mid(base: string): number {
    const { bids, asks } = this.books.get(base) ?? { bids: [], asks: [] }
    return ((bids[0]?.[0] ?? Number.NaN) + (asks[0]?.[0] ?? Number.NaN)) / 2
  }
}

describe('books over sockets', { timeout: 60_000 }, () => {
  let sandbox: RunningSandbox
  before(async () => {
    sandbox = await RunningSandbox.start(bookVenues)
  })
  after(async () => {
    await sandbox.stop()
    assert.deepEqual(sandbox.errors, [])
  })

  for (const [venue, levels] of [
    ['okx', 5],
    ['okx', 20],
    ['hyperliquid', 10],
    ['backpack', 20],
    ['aster', 20],
  ] as const)
    test(`${venue}, ${levels} levels: books of several contracts that move, marks and funding`, async () => {
      const followed = new Followed(sandbox, venue, levels)
      try {
        await followed.start(['BTC', 'ETH'])
        await followed.until(() => followed.books.size === 2 && followed.facts.size === 2)
        const first = followed.books.get('BTC')
        assert.ok(first)
        await followed.until(
          () =>
            (followed.books.get('BTC')?.at ?? 0) > first.at &&
            followed.facts.get('BTC')?.funding !== undefined &&
            followed.facts.get('ETH')?.mark !== undefined,
        )
        const book = followed.books.get('BTC')
        assert.ok(book)
        assert.deepEqual([book.bids.length, book.asks.length], [levels, levels])
        for (const [side, sign] of [
          [book.bids, -1],
          [book.asks, 1],
        ] as const)
          for (const [index, [at, lots]] of side.entries()) {
            assert.ok(Number.isSafeInteger(at) && Number.isSafeInteger(lots) && lots > 0)
            assert.ok(index === 0 || (at - (side[index - 1]?.[0] ?? 0)) * sign > 0, 'in order')
          }
        assert.ok((book.bids[0]?.[0] ?? 0) < (book.asks[0]?.[0] ?? 0))
        const funding = followed.facts.get('BTC')?.funding
        assert.ok(funding && funding.intervalMs === book.contract.instrument.fundingIntervalMs)
        assert.ok(funding.nextAt > book.at - 60_000)
      } finally {
        followed.feed.stop()
      }
    })

  test('a gap moves one contract of one venue, its fills and its mark; clearing it brings them back', async () => {
    const okx = new Followed(sandbox, 'okx', 5)
    const hyperliquid = new Followed(sandbox, 'hyperliquid', 5)
    const distance = (base: string): number => {
      const decimals = (one: Followed) =>
        10 ** (one.books.get(base)?.contract.instrument.priceDecimals ?? 0)
      return okx.mid(base) / decimals(okx) / (hyperliquid.mid(base) / decimals(hyperliquid)) - 1
    }
    try {
      for (const one of [okx, hyperliquid]) {
        await one.start(['BTC', 'ETH'])
        await one.until(() => one.books.size === 2)
      }
      assert.throws(
        () =>
          sandbox.setFault({ kind: 'price_gap', venue: 'okx', symbol: 'NO/USDT:USDT', value: 9 }),
        /there is no NO\/USDT:USDT on okx here/,
      )
      assert.throws(() => sandbox.setFault({ kind: 'price_gap', value: 9 }), /needs the venue/)
      sandbox.setFault({ kind: 'price_gap', venue: 'okx', symbol: 'BTC/USDT:USDT', value: 200 })
      await okx.until(() => distance('BTC') > 0.015)
      assert.ok(Math.abs(distance('ETH')) < 0.005, 'another contract of the venue stays')
      // The books agree with the market in which orders are filled.
      const simulated = sandbox.last('okx:BTC/USDT:USDT' as never)
      assert.ok(Math.abs(okx.mid('BTC') / simulated - 1) < 0.005)
      await okx.until(() => Math.abs((okx.facts.get('BTC')?.mark ?? 0) / simulated - 1) < 0.005)
      sandbox.clearFaults()
      await okx.until(() => Math.abs(distance('BTC')) < 0.005)
    } finally {
      sandbox.clearFaults()
      okx.feed.stop()
      hyperliquid.feed.stop()
    }
  })

  test('a venue that is cut off loses its books at once, the others go on; they come back with it', async () => {
    const okx = new Followed(sandbox, 'okx', 5)
    const aster = new Followed(sandbox, 'aster', 5)
    try {
      for (const one of [okx, aster]) {
        await one.start(['BTC'])
        await one.until(() => one.books.size === 1)
      }
      sandbox.setFault({ kind: 'port_closed', venue: 'aster' })
      await aster.until(() => aster.books.size === 0)
      await assert.rejects(aster.feed.contracts(), /aster gave no answer/)
      const before = okx.books.get('BTC')?.at ?? 0
      await okx.until(() => (okx.books.get('BTC')?.at ?? 0) > before)
      assert.deepEqual(okx.lost, [])
      sandbox.clearFaults()
      await aster.until(() => aster.books.size === 1)
      assert.equal(aster.feed.health.reconnects >= 1, true)
    } finally {
      sandbox.clearFaults()
      okx.feed.stop()
      aster.feed.stop()
    }
  })

  test('a venue that falls silent on open sockets: its books do not count until it speaks again', async () => {
    const aster = new Followed(sandbox, 'aster', 5, 600)
    try {
      await aster.start(['BTC'])
      await aster.until(() => aster.books.size === 1)
      sandbox.setFault({ kind: 'ws_silent', venue: 'aster' })
      await aster.until(() => aster.books.size === 0)
      assert.match(aster.lost[0] ?? '', /^BTC: silent for \d+ ms$/)
      sandbox.clearFaults()
      await aster.until(() => aster.books.size === 1)
    } finally {
      sandbox.clearFaults()
      aster.feed.stop()
    }
  })

  test('changes of a book that are lost on the way are noticed, and the book begins anew', async () => {
    const backpack = new Followed(sandbox, 'backpack', 5)
    try {
      await backpack.start(['BTC'])
      await backpack.until(() => backpack.books.size === 1)
      const begun = backpack.books.get('BTC')?.at ?? 0
      await backpack.until(() => (backpack.books.get('BTC')?.at ?? 0) > begun)
      sandbox.setFault({ kind: 'ws_drop', venue: 'backpack', count: 6 })
      await backpack.until(() => backpack.lost.includes('BTC: a gap'))
      await backpack.until(() => backpack.books.size === 1)
    } finally {
      sandbox.clearFaults()
      backpack.feed.stop()
    }
  })
})
