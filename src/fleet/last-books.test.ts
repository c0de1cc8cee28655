import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { Clock } from '../ports/clock.ts'
import type { BooksView } from '../protocol/fleet-messages.ts'
import { BOOKS_KEPT_MS, LastBooks } from './last-books.ts'

const books: BooksView = {
  base: 'SOL',
  settle: 'USDC',
  mark: '150.0',
  entry_price: '149.0',
  liquidation_price: '90.0',
  grid_profit: '1',
  realised: '2',
  unrealised: '3',
  funding: '4',
  fees: '5',
}
const START = Date.parse('2026-11-21T10:00:00Z')

describe('books that bot and desk do not agree on for a moment', () => {
  let now = 0
  let last: LastBooks
  const told = (change: object = {}) =>
    last.of({ id: 'sol', startedAt: 1, books: null, position: '2', ...change })
  beforeEach(() => {
    now = 0
    const clock = { monotonicMs: () => now, wallMs: () => START + now } as unknown as Clock
    last = new LastBooks(clock)
  })

  it('are those that agreed last, with the time they are of', () => {
    assert.equal(told(), null)
    assert.deepEqual(told({ books }), books)
    now = BOOKS_KEPT_MS
    assert.deepEqual(told(), { ...books, as_of: '2026-11-21T10:00:00.000Z' })
    assert.equal(told({ id: 'eth' }), null)
    now += 1
    assert.equal(told(), null)
  })

  it('are never those of another process', () => {
    told({ books })
    assert.equal(told({ startedAt: 2 }), null)
    told({ books })
    last.forget('sol')
    assert.equal(told(), null)
  })

  it('have no entry when nothing is held any more', () => {
    told({ books })
    const { entry_price, liquidation_price, realised } = told({ position: '0.0' }) ?? books
    assert.deepEqual([entry_price, liquidation_price, realised], [null, null, '2'])
  })
})
