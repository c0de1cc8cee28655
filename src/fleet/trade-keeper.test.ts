import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { usdcInstrument } from '../../test/support/instruments.ts'
import { Random } from '../../test/support/random.ts'
import { money, price, quantity } from '../domain/money.ts'
import type { AttributedFill } from '../domain/order.ts'
import { tradesOf } from '../domain/statistic/trade-list.ts'
import type { JournalPages, JournalQuestion, PlacedEvent } from '../ports/journal-pages.ts'
import { newestFirst, TRADE_FILLS_MAX, tradeRow } from './table-rows.ts'
import { TradeKeeper } from './trade-keeper.ts'

const instrument = usdcInstrument()

/** A journal in memory that counts what is read of it. */
class Fills implements Pick<JournalPages, 'events'> {
  readonly all: PlacedEvent[] = []
  read = 0

  add(side: 'buy' | 'sell', at: number, lots: number): void {
    const seq = this.all.length + 1
    const fill = {
      id: `f${seq}`,
      at: seq * 1000,
      instrument: instrument.id,
      clientId: null,
      side,
      price: price(at),
      quantity: quantity(lots),
      fee: money(7),
      isMaker: true,
      origin: { kind: 'target' },
    } satisfies AttributedFill
    const event = { kind: 'fill', seq, at: fill.at, fill } as const
    this.all.push({ account: 'x', instance: 'a', instrument, event })
  }

  events({ limit, above = {} }: JournalQuestion) {
    const from = Math.max(above['x'] ?? 0, this.all.length - limit)
    const rows = this.all.slice(from).reverse()
    this.read += rows.length
    const next = from > (above['x'] ?? 0) ? { x: from + 1 } : null
    return { rows, next, top: { x: this.all.length } }
  }

  keeper(): TradeKeeper {
    return new TradeKeeper(this as unknown as JournalPages, 'a')
  }

  /** Made of everything at once. */
  trades(limit = TRADE_FILLS_MAX) {
    const fills = this.all
      .slice(-limit)
      .flatMap(({ event }) => (event.kind === 'fill' ? [event.fill] : []))
    const rows = tradesOf(instrument, fills).map((trade) => tradeRow('a', instrument, trade))
    return newestFirst(rows.reverse())
  }
}

describe('closed round trips that are kept', () => {
  test('are those of all fills at once, however they come, and each fill is read once', () => {
    const random = new Random(11)
    const fills = new Fills()
    const keeper = fills.keeper()
    for (let look = 0; look < 40; look += 1) {
      for (let i = random.int(0, 8); i > 0; i -= 1)
        fills.add(random.chance(0.5) ? 'buy' : 'sell', 10_000 + random.int(0, 99), i)
      assert.deepEqual(keeper.rows(), fills.trades())
    }
    assert.equal(fills.read, fills.all.length)
    assert.ok(fills.trades().length > 20)
  })

  test('are made anew when more fills have come than one look can read', () => {
    const fills = new Fills()
    const keeper = fills.keeper()
    fills.add('buy', 10_000, 5)
    assert.deepEqual(keeper.rows(), [])
    for (let i = 0; i < TRADE_FILLS_MAX + 10; i += 1)
      fills.add(i % 2 === 0 ? 'sell' : 'buy', 10_000 + (i % 7), 1)
    assert.deepEqual(keeper.rows(), fills.trades())
  })
})
